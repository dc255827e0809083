"""What the panes of one open plan share: the plan that is shown, whether it may be changed, and what is suggested."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, Signal

from app.models.vocab import CopyChoice, PlanSection
from app.queries import safety
from app.queries.crisis.rows import OrderRow
from app.queries.safety import PlanDetail, PlanVersionRow
from app.views.programme import Context
from app.views.safety.state import DocumentState, PlanState
from app.words import current

PLAN_FORMS = ("F-401", "F-402", "F-403", "F-405")


class PlanDesk(QObject):
    """`touched` speaks when a person changed something in the plan that is being written."""

    touched = Signal()

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self.context = context
        self.case_id = ""
        self.working = PlanState()
        """The plan that is being written, also while an earlier version is read."""
        self.state = self.working
        """The plan that is shown."""
        self.read_only = False
        self.shown: PlanDetail | None = None
        """The version that is shown or that the plan being written started from; None before the first one."""
        self.versions: tuple[PlanVersionRow, ...] = ()
        self.orders: tuple[OrderRow, ...] = ()
        self.suggestions = safety.suggestions()
        self.document_lines = safety.document_lines()

    @property
    def today(self) -> date:
        """The service's calendar day."""
        return self.context.clock().astimezone(ZoneInfo(self.context.zone)).date()

    @property
    def next_version(self) -> int:
        """The number that the next save makes."""
        return max((row.version for row in self.versions), default=0) + 1

    def touch(self) -> None:
        """A person changed something."""
        if not self.read_only:
            self.touched.emit()

    def language_after_typing(self) -> str:
        """The language that a text typed now is taken to be in."""
        return current().code

    def unused(self, section: PlanSection) -> tuple[safety.CatalogueItem, ...]:
        """What a section suggests and does not hold yet."""
        used = {item.catalogue for item in self.state.items[section]}
        return tuple(one for one in self.suggestions.get(section, ()) if one.code not in used)

    def suggested_text(self, section: PlanSection, code: str | None) -> str:
        """The marked text of a suggested item; empty for an item of one's own."""
        return next((one.text for one in self.suggestions.get(section, ()) if one.code == code), "")

    def document(self, code: str) -> DocumentState:
        """A line of the checklist, begun when it is first asked for."""
        return self.state.documents.setdefault(code, DocumentState())

    @property
    def _choices(self) -> set[CopyChoice | None]:
        """The copy choices that count: of the plan shown, of the one being written, of the version saved."""
        choices: set[CopyChoice | None] = {self.state.head.copy_choice, self.working.head.copy_choice}
        return choices | {self.shown.copy_choice} if self.shown is not None else choices

    @property
    def keeps_no_copy(self) -> bool:
        """Whether the client chose to keep no copy, saved or just now."""
        return CopyChoice.NO_COPY in self._choices

    def refusals(self) -> dict[str, str | None]:
        """For each form why it is not printed (a marked sentence), by the saved choice or the one made just now."""
        found: dict[str, str | None] = dict.fromkeys(PLAN_FORMS)
        for choice in self._choices:
            for form_id, refusal in safety.print_refusals(choice).items():
                if refusal is not None and (found.get(form_id) is None or choice is CopyChoice.NO_COPY):
                    found[form_id] = refusal
        return found
