"""How the client may safely be reached: always in sight at the top of the case, never only the number."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from app.models.vocab import Tri
from app.queries.crisis.rows import SafeContactRow
from app.views import style
from app.views.common.badge import Badge
from app.views.common.buttons import SecondaryButton
from app.views.common.text import PlainLabel, QuietText
from app.views.crisis.desk import Desk
from app.views.crisis.instructions import Instructions
from app.words import tr

_AT_MOST = 4


class ReachPanel(QFrame):
    """The first way to reach the client, masked, with its instructions. `contacting` opens the gate."""

    contacting = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.setObjectName("case.reach")
        self._title, self._value = PlainLabel("", strong=True), QuietText("")
        self._badge = Badge("")
        self.instructions = Instructions(small=True)
        self._hidden = QuietText(lambda: tr("The instructions are shown before each contact."))
        self.button = SecondaryButton(lambda: tr("Contact now"), "call")
        self.button.setObjectName("case.contact_now")
        self.button.clicked.connect(self.contacting)
        head = QHBoxLayout()
        head.setSpacing(style.space(3))
        head.addWidget(self._title)
        head.addWidget(self._value, 1)
        head.addWidget(self._badge)
        words = QVBoxLayout()
        words.setSpacing(style.space(1))
        words.addLayout(head)
        words.addWidget(self.instructions)
        words.addWidget(self._hidden)
        row = QHBoxLayout(self)
        row.setContentsMargins(style.space(4), style.space(3), style.space(4), style.space(3))
        row.setSpacing(style.space(4))
        row.addLayout(words, 1)
        row.addWidget(self.button)
        desk.changed.connect(self.renew)

    def renew(self) -> None:
        """Show what is known now."""
        desk = self._desk
        contact = desk.contacts[0] if desk.contacts else None
        may = desk.may("contact_log") and not desk.is_closed
        self.button.setVisible(may)
        self.button.setEnabled(contact is not None)
        if contact is None:
            self._show_none()
            return
        count = len(desk.contacts)
        self._title.set_text(lambda: tr("Safe contact"))
        kind = contact.kind.label() if contact.kind else ""
        more = tr("{count} ways in all", count=count) if count > 1 else ""
        shown = ("", "") if desk.hides else (contact.masked, contact.description or "")
        self._value.set_text(" · ".join(part for part in (kind, *shown, more) if part))
        words, icon, colour = _standing(contact)
        self._badge.set_badge(words, icon, colour)  # type: ignore[arg-type]  # a colour of the table below
        self._badge.show()
        self._set_kind({"success": "", "warning": "warning", "danger": "danger"}[colour])
        self.instructions.set_rows(() if desk.hides else contact.instructions[:_AT_MOST])
        self._hidden.setVisible(desk.hides)

    def _show_none(self) -> None:
        self._title.set_text(lambda: tr("No safe contact is recorded"))
        self._value.set_text(lambda: tr("Ask how this person may safely be reached, then add it under People."))
        self._badge.hide()
        self.instructions.set_rows(())
        self._hidden.hide()
        self._set_kind("warning")

    def _set_kind(self, kind: str) -> None:
        if self.property("kind") != kind:
            self.setProperty("kind", kind)
            self.style().unpolish(self)
            self.style().polish(self)


def _standing(contact: SafeContactRow) -> tuple[object, str, str]:
    if contact.safe_to_use is Tri.NO:
        return (lambda: tr("Not safe")), "danger", "danger"
    if contact.safe_to_use is not Tri.YES:
        return (lambda: tr("Nobody asked yet")), "warning", "warning"
    if contact.stale:
        return (lambda: tr("Confirm again")), "warning", "warning"
    if not contact.usable:
        return (lambda: tr("Not at this hour")), "clock", "warning"
    return (lambda: tr("Safe to use")), "shield-check", "success"
