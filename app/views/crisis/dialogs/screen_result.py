"""What the vulnerability screen found, and the way to decide otherwise (domain.md 3.3)."""

from __future__ import annotations

from typing import Any

from app.models.vocab import SupportLevel
from app.queries.crisis import needs
from app.queries.crisis.rows import AssessmentRow
from app.services.crisis import OverrideScreen, override_screen
from app.views.common.badge import Badge
from app.views.common.banner import Banner
from app.views.common.buttons import SecondaryButton
from app.views.common.dialog import Dialog
from app.views.common.text import PlainLabel, QuietText
from app.views.crisis.desk import Desk
from app.views.crisis.dialogs.reason import ReasonDialog
from app.views.crisis.parts import Wrap
from app.words import tr


class ScreenResultDialog(Dialog):
    """The level of support, the factors that led to it, and a button to decide otherwise with a reason."""

    def __init__(self, desk: Desk, assessment_id: str, level: SupportLevel) -> None:
        super().__init__(
            lambda: tr("Result of the screen"), lambda: tr("Done"), desk.window, cancel=lambda: tr("Close"), width=600
        )
        self._desk, self._id, self._level = desk, assessment_id, level
        self.setObjectName("screen")
        self.accept_button.setObjectName("screen.done")
        self.cancel_button.hide()
        enhanced = level is SupportLevel.ENHANCED
        self.add(Banner("warning" if enhanced else "info", level.label))
        self.add(
            PlainLabel(
                lambda: (
                    tr("Enhanced support needs a service plan, and the supervisor looks at it every 30 days.")
                    if enhanced
                    else tr("No factor was found that leads to enhanced support.")
                )
            )
        )
        self._factors = Wrap()
        self.add(self._factors)
        self.add(QuietText(lambda: tr("This result is an aid. It does not replace your judgement.")))
        other = SecondaryButton(lambda: tr("Decide otherwise"), "edit")
        other.setObjectName("screen.override")
        other.clicked.connect(self._override)
        self.add_button(other)
        desk.read(self, lambda session: needs.assessments(session, desk.case_id), self._show_factors)

    def _show_factors(self, rows: tuple[AssessmentRow, ...]) -> None:
        row = next((one for one in rows if one.id == self._id), None)
        self._factors.set_widgets([Badge(factor.label, "", "warning") for factor in row.factors] if row else [])

    def _override(self) -> None:
        enhanced = self._level is SupportLevel.ENHANCED
        other = SupportLevel.STANDARD if enhanced else SupportLevel.ENHANCED
        self.accept()
        self._desk.show(override_dialog(self._desk, self._id, other))


def override_dialog(desk: Desk, assessment_id: str, level: SupportLevel) -> ReasonDialog:
    """Asks why the support is to be another than the screen says."""

    def make(reason: str) -> Any:
        return OverrideScreen(assessment_id=assessment_id, level=level, reason=reason)

    return ReasonDialog(
        desk,
        "override",
        lambda: tr("Decide: {level}", level=level.label()),
        lambda: tr("Why"),
        lambda: tr("Save the decision"),
        override_screen,
        make,
        said=lambda: tr("The decision is recorded."),
        subject=assessment_id,
    )
