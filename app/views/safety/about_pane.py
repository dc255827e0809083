"""About the plan: may the client keep a copy (which decides what is printed), the situation, the risk, the review."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.models.vocab import CopyChoice, PlanSituation, RiskJudged
from app.views import style
from app.views.common.banner import Banner
from app.views.common.buttons import SecondaryButton
from app.views.common.card import Card
from app.views.common.choices import SegmentedChoice
from app.views.common.dates import DateField
from app.views.common.field import Field
from app.views.common.form import FormLayout
from app.views.common.text import LineEdit, NoteEdit
from app.views.common.wording import Wording
from app.views.safety.desk import PlanDesk
from app.words import tr


def caution() -> str:
    """What every reader of a plan is told (domain.md 4.3)."""
    return tr(
        "Anything written here may be found by the other person, or used as evidence. The client decides what goes in "
        "and what stays out."
    )


class AboutPane(QWidget):
    """The head of the plan. `review_asked`: something happened, a review is wanted now."""

    def __init__(self, desk: PlanDesk, review_asked: Callable[[], None]) -> None:
        super().__init__()
        self._desk = desk
        self._controls: dict[str, Any] = {}
        self._fields: dict[str, Field] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.space(4))
        column.addWidget(Banner("warning", caution))
        column.addWidget(self._copy_card())
        column.addWidget(self._situation_card())
        column.addWidget(self._review_card(review_asked))
        column.addStretch(1)
        self._fill()

    def _copy_card(self) -> Card:
        card = Card(
            lambda: tr("Does the client keep a copy?"),
            subtitle=lambda: tr("Ask first. A plan in the wrong hands can put the client in danger."),
        )
        card.add(
            self._ask(
                "copy_choice",
                lambda: tr("The client's choice"),
                SegmentedChoice([(one, one.label) for one in CopyChoice]),
                required=True,
            )
        )
        form = FormLayout()
        form.add(self._ask("kept_where", lambda: tr("Where the client keeps it"), LineEdit()))
        form.add(self._ask("reading_device", lambda: tr("Device that it is read on"), LineEdit()))
        form.add(
            self._ask(
                "language",
                lambda: tr("Language of the client's copy"),
                SegmentedChoice([("en", "English"), ("fr", "Français")]),
            )
        )
        card.add(form)
        return card

    def _situation_card(self) -> Card:
        card = Card(lambda: tr("Situation and risk"))
        card.add(
            self._ask(
                "situation",
                lambda: tr("Situation"),
                SegmentedChoice([(one, one.label) for one in PlanSituation]),
                required=True,
            )
        )
        card.add(self._ask("situation_note", lambda: tr("What else matters about it"), NoteEdit(least_lines=2)))
        card.add(
            self._ask(
                "risk",
                lambda: tr("Risk as the worker judges it"),
                SegmentedChoice([(one, one.label) for one in RiskJudged]),
                hint=lambda: tr("A judgment, not a score."),
            )
        )
        return card

    def _review_card(self, review_asked: Callable[[], None]) -> Card:
        card = Card(lambda: tr("Next review"))
        form = FormLayout()
        form.add(
            self._ask(
                "next_review",
                lambda: tr("The plan is looked at again by"),
                DateField(clock=self._desk.context.clock),
                required=True,
            )
        )
        card.add(form)
        if not self._desk.read_only:
            button = SecondaryButton(lambda: tr("Something happened: review now"), "flag")
            button.setObjectName("plan.trigger")
            button.clicked.connect(lambda: review_asked())
            row = QHBoxLayout()
            row.addWidget(button)
            row.addStretch(1)
            card.add_layout(row)
        return card

    def _ask(self, name: str, label: Wording, control: Any, *, required: bool = False, hint: Wording = "") -> Field:
        control.setObjectName(f"plan.{name}")
        self._controls[name] = control
        self._fields[name] = Field(label, control, required=required, hint=hint)
        control.changed.connect(lambda: self._take(name))
        return self._fields[name]

    def _fill(self) -> None:
        for name, control in self._controls.items():
            control.set_value(getattr(self._desk.state.head, name))
            control.set_read_only(self._desk.read_only)
        self._show_needed()

    def _take(self, name: str) -> None:
        setattr(self._desk.state.head, name, self._controls[name].value())
        self._show_needed()
        self._desk.touch()

    def _show_needed(self) -> None:
        kept = self._desk.state.head.copy_choice is not CopyChoice.NO_COPY
        for name in ("kept_where", "reading_device"):
            self._fields[name].setVisible(kept)


class AdvicePane(QWidget):
    """What the worker advises, apart from what the client chose."""

    def __init__(self, desk: PlanDesk) -> None:
        super().__init__()
        self._desk = desk
        card = Card(
            lambda: tr("Worker's advice"),
            subtitle=lambda: tr("The sections hold the client's own choices. What you advise stands here, apart."),
        )
        self._advice = NoteEdit(least_lines=6, most_lines=30)
        self._advice.setObjectName("plan.worker_advice")
        self._advice.set_value(desk.state.head.worker_advice)
        self._advice.set_read_only(desk.read_only)
        self._advice.changed.connect(self._take)
        card.add(Field(lambda: tr("What the worker advises"), self._advice))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(card)
        column.addStretch(1)

    def _take(self) -> None:
        self._desk.state.head.worker_advice = self._advice.value()
        self._desk.touch()
