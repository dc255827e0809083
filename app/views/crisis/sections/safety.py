"""Immediate safety: 15 things that are looked at on scene, each answered with one touch (domain.md 3.3)."""

from __future__ import annotations

from typing import Any

from app.queries.crisis import file
from app.queries.crisis.rows import SafetyStepRow
from app.services.crisis import AnswerSafetyStep, answer_safety_step
from app.views.common.card import Card
from app.views.crisis.desk import Desk
from app.views.crisis.dialogs.crisis_contact import CrisisContactDialog
from app.views.crisis.parts import act
from app.views.crisis.safety_rows import SafetyRow
from app.views.crisis.sections.base import CaseSection
from app.words import tr, trn


class SafetySection(CaseSection):
    """All steps, answered or not; a touch saves at once."""

    KINDS = ("immediate_safety_item",)
    SKIP_OWN = True

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._card = Card()
        self._lines: list[SafetyRow] = []

    def question(self, session: Any) -> Any:
        """Every step of the list."""
        return file.immediate_safety(session, self.desk.case_id)

    def draw(self, answer: Any) -> None:
        """One card with a row a step."""
        rows: tuple[SafetyStepRow, ...] = answer
        card = Card(lambda: tr("Immediate safety"))
        self._card, self._lines = card, []
        desk = self.desk
        may = desk.may("immediate_safety_item") and not desk.is_closed
        if may and desk.may("crisis_contact"):
            card.add_action(
                act(
                    lambda: tr("Crisis intervention"),
                    "shield",
                    "safety.crisis",
                    lambda: desk.show(CrisisContactDialog(desk)),
                )
            )
        for row in rows:
            line = SafetyRow(row.step, note=not desk.hides)
            line.set_value({"status": row.status, "note": row.note})
            line.set_read_only(not may)
            line.changed.connect(lambda line=line: self._save(line))
            card.add(line)
            self._lines.append(line)
        self._count()
        self.body.addWidget(card)

    def _count(self) -> None:
        left = sum(line.value()["status"] is None for line in self._lines)
        self._card.set_title(lambda: tr("Immediate safety"), lambda: _left_words(left))

    def _save(self, line: SafetyRow) -> None:
        value = line.value()
        command = AnswerSafetyStep(
            case_id=self.desk.case_id, step=line.step, status=value["status"], note=value["note"]
        )
        self._count()
        self.desk.write(self, answer_safety_step, command)


def _left_words(left: int) -> str:
    if not left:
        return tr("Every step is answered.")
    return trn("{count} step not answered", "{count} steps not answered", left)
