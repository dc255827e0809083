"""What only the workers of a case read of a loan: hidden until each is asked for (domain.md 20.4)."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.queries.tracking import LoanEntry
from app.views.common.card import Card
from app.views.common.masked import MaskedText
from app.views.common.text import QuietText
from app.views.common.wording import Wording
from app.views.programme import Context
from app.views.tracking.inputs import alert_lines
from app.words import tr

_KIND = "tracking_safety"


def secrets_card(context: Context, loan: LoanEntry) -> Card:
    """The agreed words, the places and whom to alert; each is shown when it is pressed, and hides itself again."""
    card = Card(lambda: tr("Agreed with the client"), subtitle=lambda: tr("Only the workers of this case read this."))
    secrets = loan.secrets or {}
    for name, label, value in _shown(secrets):
        if value:
            card.add(QuietText(label))
            card.add(_hidden(context, loan.id, name, value))
    return card


def _shown(secrets: dict[str, Any]) -> list[tuple[str, Wording, str]]:
    places = "; ".join(str(one.get("text") or "") for one in secrets.get("places") or () if one.get("text"))
    return [
        ("carrying_place", lambda: tr("Where it is carried"), str(secrets.get("carrying_place") or "")),
        ("charge_plan", lambda: tr("When and where it is charged"), str(secrets.get("charge_plan") or "")),
        ("decoy", lambda: tr("What it is, if somebody asks"), str(secrets.get("decoy") or "")),
        ("word_duress", lambda: tr("Word for danger"), str(secrets.get("word_duress") or "")),
        ("word_clear", lambda: tr("Word that all is well"), str(secrets.get("word_clear") or "")),
        ("word_cancel", lambda: tr("Word that takes an alarm back"), str(secrets.get("word_cancel") or "")),
        ("description", lambda: tr("How the client looks"), str(secrets.get("description") or "")),
        ("places", lambda: tr("Places"), places),
        ("alert", lambda: tr("Persons to alert"), "; ".join(alert_lines(secrets.get("alert")))),
        ("hazards", lambda: tr("Hazards"), str(secrets.get("hazards") or "")),
    ]


def _hidden(context: Context, loan_id: str, field: str, value: str) -> QWidget:
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    masked = MaskedText(value, ask=lambda show: context.reveal(holder, _KIND, loan_id, field, show))
    masked.setObjectName(f"tracking.secret.{field}")
    column.addWidget(masked)
    return holder
