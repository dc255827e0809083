"""The rights checklist: what the client was told, and what is still to be told (domain.md 10)."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QVBoxLayout

from app.models.vocab import Right, RightAnswer
from app.queries.crisis import file
from app.queries.crisis.rows import RightRow
from app.services.crisis import AnswerRight, AnswerRights, answer_right, answer_rights
from app.views import style
from app.views.common.card import Card
from app.views.common.choices import SegmentedChoice
from app.views.common.text import PlainLabel, QuietText
from app.views.crisis.asking import language_name, moment_words, options
from app.views.crisis.parts import StepRow, act
from app.views.crisis.sections.base import CaseSection
from app.words import tr, trn


class RightsSection(CaseSection):
    """The five of the first contact, then the others; a touch saves at once."""

    KINDS = ("rights_item",)

    def question(self, session: Any) -> Any:
        """Every right of the list."""
        return file.rights(session, self.desk.case_id)

    def draw(self, answer: Any) -> None:
        """Two cards."""
        rows: tuple[RightRow, ...] = answer
        first = [row for row in rows if row.at_first_contact]
        later = [row for row in rows if not row.at_first_contact]
        self.body.addWidget(self._card(lambda: tr("At the first contact"), first, told_all=True))
        self.body.addWidget(self._card(lambda: tr("Later"), later, told_all=False))

    def _card(self, title: Any, rows: list[RightRow], *, told_all: bool) -> Card:
        desk = self.desk
        open_rows = [row for row in rows if row.answer in (None, RightAnswer.LATER)]
        left = len(open_rows)
        card = Card(
            title,
            subtitle=(lambda: trn("{count} not answered", "{count} not answered", left))
            if left
            else (lambda: tr("All answered")),
        )
        may = desk.may("rights_item") and not desk.is_closed
        if told_all and left and may:
            command = AnswerRights(
                case_id=desk.case_id,
                answers={row.right: RightAnswer.TOLD for row in open_rows},
                language=self._language(),
            )
            card.add_action(
                act(
                    lambda: tr("All of these told"),
                    "check",
                    "rights.all",
                    lambda: desk.write(self, answer_rights, command),
                )
            )
        for row in rows:
            card.add(self._row(row, may))
        return card

    def _row(self, row: RightRow, may: bool) -> StepRow:
        line = StepRow()
        column = QVBoxLayout(line)
        column.setContentsMargins(style.space(4), style.space(2), style.space(4), style.space(3))
        column.setSpacing(style.space(1))
        column.addWidget(PlainLabel(row.right.label, strong=True))
        choice = SegmentedChoice(options(RightAnswer), optional=False)
        choice.setObjectName(f"right.{row.right}")
        choice.setAccessibleName(row.right.label())
        choice.set_value(row.answer)
        choice.set_read_only(not may)
        choice.changed.connect(lambda: self._save(row.right, choice))
        column.addWidget(choice)
        told = " · ".join(
            part
            for part in (moment_words(self.desk.context, row.told_at), row.told_by, language_name(row.language))
            if part
        )
        if told:
            column.addWidget(QuietText(told))
        return line

    def _save(self, right: Right, choice: SegmentedChoice) -> None:
        answer = RightAnswer.of(str(choice.value()))
        command = AnswerRight(case_id=self.desk.case_id, right=right, answer=answer, language=self._language())
        self.desk.write(self, answer_right, command)

    def _language(self) -> str | None:
        client = self.desk.client
        return client.languages[0].code if client and client.languages else None
