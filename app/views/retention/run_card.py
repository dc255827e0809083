"""One destruction: who proposed and approved it, and its records; the buttons of the second person."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.models.vocab import RetentionClass
from app.queries.retention import ItemRow, RunRow, RunState
from app.views.common import when
from app.views.common.banner import Banner
from app.views.common.buttons import DangerButton, SecondaryButton
from app.views.common.card import Card
from app.views.common.facts import Facts
from app.views.common.table import Cell, Column, Row, RowTable
from app.views.common.wording import Wording
from app.words import tr, trn

_TONES = {RunState.PROPOSED: "warning", RunState.APPROVED: "info", RunState.DECLINED: "info"}


class RunCard(Card):
    """Shows one destruction. `approve`, `decline` and `certify` carry its id."""

    approve = Signal(str)
    decline = Signal(str)
    certify = Signal(str)

    def __init__(self, run: RunRow, zone: str, parent: QWidget | None = None) -> None:
        count = len(run.items)
        super().__init__(
            lambda: trn("Destruction of {count} record", "Destruction of {count} records", count),
            parent,
            subtitle=run.state.label,
        )
        self.setObjectName("retention.run")
        self._run = run
        if run.state in _TONES:
            kind = "warning" if run.state is RunState.PROPOSED and run.may_approve else "info"
            self.add(Banner(kind, _said(run)))  # type: ignore[arg-type]  # one of the banner's own kinds
        self.add(Facts(_facts(run, zone)))
        self.table = _table(run)
        self.add(self.table)
        self.table.fit_height(6)
        self._offer_buttons()

    def _offer_buttons(self) -> None:
        if self._run.state is RunState.DESTROYED:
            paper = SecondaryButton(lambda: tr("Certificate"), "document")
            paper.setObjectName("retention.certificate")
            paper.clicked.connect(lambda: self.certify.emit(self._run.id))
            self.add_action(paper)
        if self._run.state is not RunState.PROPOSED:
            return
        no = SecondaryButton(lambda: tr("Decline"))
        no.setObjectName("retention.decline")
        no.clicked.connect(lambda: self.decline.emit(self._run.id))
        self.add_action(no)
        if self._run.may_approve:
            yes = DangerButton(lambda: tr("Approve the destruction"))
            yes.setObjectName("retention.approve")
            yes.clicked.connect(lambda: self.approve.emit(self._run.id))
            self.add_action(yes)


def _said(run: RunRow) -> Wording:
    if run.state is RunState.APPROVED:
        return lambda: tr(
            "Two people have approved this. Each computer destroys the records with its next contact to the server."
        )
    if run.state is RunState.DECLINED:
        return lambda: tr("Declined: {reason}", reason=run.declined_reason)
    if run.may_approve:
        return lambda: tr(
            "Look at each record. Once you approve, they are destroyed on every computer and on the server, "
            "and nobody can bring them back."
        )
    return lambda: tr("A second person has to approve this on their own computer; one of the two is a supervisor.")


def _facts(run: RunRow, zone: str) -> list[tuple[Wording, Wording]]:
    rows: list[tuple[Wording, Wording]] = [
        (lambda: tr("Why?"), run.reason),
        (lambda: tr("Proposed by"), _who(run.proposed_by, when.moment(run.proposed_at, zone))),
    ]
    if run.approved_at is not None:
        rows.append((lambda: tr("Approved by"), _who(run.approved_by, when.moment(run.approved_at, zone))))
    if run.destroyed_at is not None:
        at = run.destroyed_at
        rows.append((lambda: tr("Destroyed here"), lambda: when.moment(at, zone)))
        rows.append((lambda: tr("How"), lambda: tr("The keys were destroyed and the records overwritten.")))
    return rows


def _who(name: str, moment: str) -> str:
    return " · ".join(part for part in (name, moment) if part)


def _table(run: RunRow) -> RowTable:
    gone = run.state is RunState.DESTROYED
    known = Column(lambda: tr("Certificate") if gone else tr("Number"), 290 if gone else 190)
    columns = [Column(lambda: tr("Kind"), 260), known, Column(lambda: tr("Kept until"))]
    if not gone:
        columns.insert(2, Column(lambda: tr("Person"), 120))
    table = RowTable(columns, name=lambda: tr("Records of the destruction"))
    table.setObjectName("retention.items")
    table.set_rows([_row(item, gone) for item in run.items])
    return table


def _row(item: ItemRow, gone: bool) -> Row:
    until = when.day(item.until)
    if gone:
        return Row(item.subject_id, (item.kept_as.label(), Cell(item.certificate, "quiet"), until))
    who = who_of(item.kept_as, item.who)
    return Row(item.subject_id, (item.kept_as.label(), Cell(item.number or "–", "strong"), who, until))


def who_of(kept_as: RetentionClass, who: str) -> str:
    """Whose record it is, or how much there is in one that belongs to nobody alone."""
    match kept_as:
        case RetentionClass.CARDS if who:
            return trn("{count} card", "{count} cards", int(who))
        case RetentionClass.LOCATIONS if who:
            return trn("{count} place", "{count} places", int(who))
        case _:
            return who or "–"
