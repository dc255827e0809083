"""What concerns the plan as a whole: an order that ends, a review that is due, who may be listening, why no print."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.models.vocab import PlanTrigger
from app.views import style
from app.views.common import when
from app.views.common.banner import Banner
from app.views.common.buttons import QuietButton
from app.views.common.wording import Wording
from app.views.safety.desk import PlanDesk
from app.views.safety.reading import PlanFile
from app.words import tr


class PlanBanners(QWidget):
    """The banners above the plan; only those that are true are seen."""

    def __init__(self) -> None:
        super().__init__()
        self.reveal = QuietButton(lambda: tr("Hide again"), "eye-off")
        self.reveal.setObjectName("plan.hide_again")
        self.back = QuietButton(lambda: tr("Back to the plan being written"), "edit")
        self.back.setObjectName("plan.back_to_writing")
        self._complaint = Banner("danger", "")
        self._reading = Banner("info", "", self.back)
        self._listener = Banner("warning", lambda: tr("Someone else may be listening or looking."), self.reveal)
        self._not_yours = Banner(
            "info", lambda: tr("Only the worker and co-workers of this case can write its plan. You can read it.")
        )
        self._no_copy = Banner("warning", no_copy)
        self._order = Banner("warning", "")
        self._review = Banner("warning", "")
        self._outdated = Banner("warning", _outdated_words)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.space(2))
        for banner in (
            self._complaint,
            self._reading,
            self._listener,
            self._not_yours,
            self._no_copy,
            self._order,
            self._review,
            self._outdated,
        ):
            banner.hide()
            column.addWidget(banner)
        self._complaint.setObjectName("plan.banner.complaint")
        self._no_copy.setObjectName("plan.banner.no_copy")
        self._order.setObjectName("plan.banner.order")
        self._review.setObjectName("plan.banner.review")

    def complain(self, sentence: Wording | None) -> None:
        """Say why the plan was not saved; None takes it back."""
        self._complaint.set_message("danger", sentence or "")
        self._complaint.setVisible(sentence is not None)
        self._fold()

    def print_reason(self) -> str:
        """Why nothing is printed, when nothing is; else an empty text."""
        return self._no_copy.text() if not self._no_copy.isHidden() else ""

    def show_about(self, file: PlanFile, desk: PlanDesk, *, revealed: bool, reading: bool, outdated: bool) -> None:
        """Show what is true now."""
        hides = file.header.listener_present and not revealed
        self._show_reading(desk, reading)
        self._listener.setVisible(file.header.listener_present and revealed)
        self._not_yours.setVisible(file.readable and not file.may_write)
        self._no_copy.setVisible(desk.keeps_no_copy and not hides)
        order = file.order_banner
        self._order.set_message("warning", order or "")
        self._order.setVisible(bool(order) and not hides)
        self._show_review(file)
        self._outdated.setVisible(outdated)
        self._fold()

    def _show_reading(self, desk: PlanDesk, reading: bool) -> None:
        self._reading.setVisible(reading and desk.shown is not None)
        if desk.shown is not None:
            number, at, zone = desk.shown.version, desk.shown.saved_at, desk.context.zone
            self._reading.set_message(
                "info",
                lambda: tr(
                    "You are reading version {number}, saved {time}. It stays as it was.",
                    number=number,
                    time=when.moment(at, zone),
                ),
            )

    def _show_review(self, file: PlanFile) -> None:
        due = file.review_due
        self._review.setVisible(due is not None)
        if due is None:
            return
        trigger, day = due.review_trigger, due.next_review
        if trigger:
            self._review.set_message(
                "warning",
                lambda: tr("Look at the plan again now: {reason}.", reason=_trigger_words(trigger)),
            )
        else:
            self._review.set_message(
                "warning", lambda: tr("The review of this plan was due on {day}.", day=when.day(day))
            )

    def _fold(self) -> None:
        """Take no room while there is nothing to say."""
        layout = self.layout()
        assert layout is not None, "made with one"
        shown = [layout.itemAt(place) for place in range(layout.count())]
        self.setVisible(any(item is not None and not item.widget().isHidden() for item in shown))  # type: ignore[union-attr]


def no_copy() -> str:
    """Why nothing of the plan leaves the computer."""
    return tr(
        "The client keeps no copy because it is not safe: nothing of this plan is printed or exported. "
        "It is kept here, where only its workers read it."
    )


def _trigger_words(code: str) -> str:
    try:
        return PlanTrigger.of(code).label()
    except ValueError:
        return code


def _outdated_words() -> str:
    return tr(
        "A colleague saved a newer version while you were writing. What you typed started from the one before: "
        "read the newer version before you save."
    )
