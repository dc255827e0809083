"""What stands above everything else on Today: a colleague's computer that was opened under force, or one's own."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.models.vocab import Role
from app.queries import flags
from app.queries.flags import FlagRow, OwnUses
from app.services.flags import KnowUses, TakeNote, know_uses, take_note
from app.views import style
from app.views.common import when
from app.views.common.banner import Banner
from app.views.common.buttons import SecondaryButton
from app.views.common.card import empty
from app.views.programme import Context
from app.words import tr, trn


class Alerts(QWidget):
    """One banner for each matter; takes no room while there is none."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(style.space(2))
        self.hide()

    def refresh(self) -> None:
        """Ask again."""
        supervises = Role.SUP in self._context.person.roles

        def question(session: Any) -> tuple[tuple[FlagRow, ...], OwnUses]:
            return (flags.open_flags(session) if supervises else ()), flags.own_uses(session)

        self._context.tasks.read(self, question, lambda found: self._show(*found))

    def texts(self) -> tuple[str, ...]:
        """The sentences as shown."""
        return tuple(banner.text() for banner in self.findChildren(Banner) if not banner.isHidden())

    def _show(self, open_flags: tuple[FlagRow, ...], own: OwnUses) -> None:
        empty(self._column)
        for row in open_flags:
            self._column.addWidget(self._flag(row))
        if own.uses:
            self._column.addWidget(self._own(own))
        if own.aside:
            self._column.addWidget(self._aside(own.aside))
        self.setVisible(self._column.count() > 0)

    def _flag(self, row: FlagRow) -> Banner:
        noted = SecondaryButton(lambda: tr("I look after it"), "check")
        noted.setObjectName(f"today.flag.{row.flag_id}")
        noted.clicked.connect(partial(self._take_note, row.flag_id))
        return Banner("danger", lambda: _flag_sentence(row, when.moment(row.at, self._context.zone)), noted)

    def _take_note(self, flag_id: str) -> None:
        def noted(_: object) -> None:
            self._context.sync.now()
            self.refresh()

        self._context.tasks.write(self, take_note, TakeNote(flag_id=flag_id), noted)

    def _own(self, own: OwnUses) -> Banner:
        last = when.moment(own.uses[0].at, self._context.zone)
        known = SecondaryButton(lambda: tr("I know"), "check")
        known.setObjectName("today.own_use")
        ids = tuple(use.flag_id for use in own.uses)
        known.clicked.connect(
            lambda: self._context.tasks.write(self, know_uses, KnowUses(flag_ids=ids), lambda _: self.refresh())
        )
        return Banner("danger", lambda: _own_sentence(own, last, self._context.sync.available), known)

    def _aside(self, count: int) -> Banner:
        look = SecondaryButton(lambda: tr("Decide"), "arrow-right")
        look.setObjectName("today.aside")
        look.clicked.connect(lambda: self._context.go("keys"))
        return Banner("warning", lambda: _aside_words(count), look)


def _flag_sentence(row: FlagRow, at: str) -> str:
    name = row.name or tr("somebody whose name is not known here")
    if not row.is_duress:
        return tr("A computer of the service needs you to look after it: {name}, {time}.", name=name, time=at)
    return tr(
        "An officer's computer was opened with the duress passphrase: {name}, {time}. Somebody may be forcing them. "
        "Call by another way, not through this computer.",
        name=name,
        time=at,
    )


def _aside_words(count: int) -> str:
    """How much was written in the reduced workspace."""
    return trn(
        "{count} record was written in the reduced workspace. It is kept apart until you decide.",
        "{count} records were written in the reduced workspace. They are kept apart until you decide.",
        count,
    )


def _own_sentence(own: OwnUses, last: str, has_server: bool) -> str:
    said = trn(
        "Your second passphrase was used on this computer, on {time}.",
        "Your second passphrase was used {count} times on this computer, the last time on {time}.",
        len(own.uses),
        time=last,
    )
    if all(use.told for use in own.uses):
        return said + " " + tr("Your supervisors were told.")
    if has_server:
        return said + " " + tr("Your supervisors are told as soon as the server is reached.")
    return said + " " + tr("This computer has no server, so nobody else was told.")
