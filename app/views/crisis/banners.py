"""What matters about the whole case, above everything else: one sentence each, with one step at most."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.models.vocab import Tri
from app.queries.crisis.rows import CaseHeader, OrderRow, Standing
from app.queries.supervision import ReviewRow
from app.services.crisis import ReopenCase, reopen_case
from app.services.people import ConfirmSafeContact, confirm_safe_contact
from app.views import style
from app.views.common.banner import Banner
from app.views.common.kinds import Kind
from app.views.common.wording import Wording, say
from app.views.crisis.asking import day_words
from app.views.crisis.desk import Desk
from app.views.crisis.dialogs.answer_review import answer_review_dialog
from app.views.crisis.dialogs.reason import ReasonDialog
from app.views.crisis.front import Front
from app.views.crisis.parts import act, empty_layout
from app.views.crisis.sections import SECTIONS
from app.words import tr, trn


class CaseBanners(QWidget):
    """All banners of a case; takes no room while there are none."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._front: Front | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(style.space(2))
        desk.changed.connect(self._draw)
        self.hide()

    def show_front(self, front: Front) -> None:
        """Say what matters now."""
        self._front = front
        self._draw()

    def texts(self) -> tuple[str, ...]:
        """The sentences as shown."""
        return tuple(banner.text() for banner in self.findChildren(Banner) if not banner.isHidden())

    def _draw(self) -> None:
        empty_layout(self._column)
        if self._front is None:
            return
        header = self._front.header
        self._listener(header)
        if self._desk.is_closed:
            self._closed(header)
        if self._front.review is not None:
            self._returned(self._front.review)
        self._conflicts(header)
        for order in self._front.orders:
            self._order(order)
        self._stale()
        self.setVisible(self._column.count() > 0)

    def _say(
        self, kind: Kind, text: Wording, name: str = "", words: Wording = "", todo: Callable[[], object] | None = None
    ) -> None:
        button = act(words, "", f"banner.{name}", todo, quiet=True) if todo is not None else None
        banner = Banner(kind, text, button)
        if name:
            banner.setObjectName(f"banner.{name}.text")
        self._column.addWidget(banner)

    def _listener(self, header: CaseHeader) -> None:
        desk = self._desk
        if not header.listener_present:
            return
        shown = desk.revealed
        self._say(
            "danger",
            lambda: (
                tr("Someone who should not hear may be present. Only headings are shown.")
                if not shown
                else tr("Someone who should not hear may be present. Everything is shown.")
            ),
            "reveal",
            (lambda: tr("Hide again")) if shown else (lambda: tr("Show everything")),
            lambda: desk.reveal(not shown),
        )

    def _closed(self, header: CaseHeader) -> None:
        desk = self._desk
        may = desk.may("case_file")
        self._say(
            "info",
            lambda: tr(
                "Closed on {day}: {reason}",
                day=day_words(header.closed_on),
                reason=header.close_reason.label() if header.close_reason else "–",
            ),
            "reopen",
            lambda: tr("Reopen"),
            (lambda: desk.show(_reopening(desk))) if may else None,
        )

    def _returned(self, review: ReviewRow) -> None:
        desk = self._desk

        def words() -> str:
            lines = [
                tr("{name} asks for a correction. {summary}", name=review.reviewer, summary=review.summary).strip()
            ]
            for section, comment in review.comments:
                part = _part_name(section)
                lines.append(f"{part}: {comment}")
            return "\n".join(lines)

        todo = (lambda: desk.show(answer_review_dialog(desk, review))) if desk.may("case_review") else None
        mine = todo if not desk.supervises else None
        self._say("warning", words, "answer_review", lambda: tr("Answer"), mine)

    def _conflicts(self, header: CaseHeader) -> None:
        if header.conflict_flag:
            self._say(
                "warning",
                lambda: tr("Someone on the other side is helped too: this case needs another worker than theirs."),
            )
        count = header.conflicts
        if count:
            self._say(
                "warning",
                lambda: trn(
                    "Two people changed the same answer; one choice waits.",
                    "Two people changed the same answers; {count} choices wait.",
                    count,
                ),
                "conflicts",
                lambda: tr("Choose"),
                lambda: self._desk.context.go("conflicts"),
            )

    def _order(self, order: OrderRow) -> None:
        kind = order.kind.label() if order.kind else tr("Order")
        days = order.days_left or 0
        go = lambda: self._desk.asked.emit("orders")  # noqa: E731  (what the button does)
        if order.standing is Standing.CONFIRM:
            self._say(
                "danger",
                lambda: tr("{order}: the end date is not known.", order=kind),
                "orders",
                lambda: tr("Look"),
                go,
            )
            return
        words = lambda: trn("{order} ends in {count} day.", "{order} ends in {count} days.", days, order=kind)  # noqa: E731
        self._say("warning", words, "orders", lambda: tr("Look"), go)

    def _stale(self) -> None:
        desk = self._desk
        stale = next((one for one in desk.contacts if one.stale and one.safe_to_use is Tri.YES), None)
        if stale is None or desk.is_closed or not desk.may("safe_contact"):
            return
        command = ConfirmSafeContact(safe_contact_id=stale.id)
        self._say(
            "warning",
            lambda: tr("Nobody has confirmed the safe contact lately: ask whether it still holds."),
            "confirm",
            lambda: tr("It still holds"),
            lambda: desk.write(self, confirm_safe_contact, command),
        )


def _reopening(desk: Desk) -> ReasonDialog:
    return ReasonDialog(
        desk,
        "reopen",
        lambda: tr("Reopen the case"),
        lambda: tr("Why"),
        lambda: tr("Reopen"),
        reopen_case,
        lambda reason: ReopenCase(case_id=desk.case_id, reason=reason),
        said=lambda: tr("The case is open again."),
    )


def _part_name(section: str) -> str:
    """What a part is called; a reviewer's own name for it as it is."""
    key = next((key for key in (section, f"{section}s") if key in SECTIONS), None)
    return say(SECTIONS[key][0]) if key else section
