"""A supervisor gives the case to a worker, with co-workers if needed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from app.models.vocab import Role
from app.queries.crisis.rows import CaseHeader
from app.queries.members import MemberRow
from app.services.crisis import AssignCase
from app.views.common.choices import ChipChoice
from app.views.common.dialog import Dialog
from app.views.common.field import Field
from app.views.common.picker import ComboPicker
from app.words import tr

_WORKERS = frozenset({Role.VSU, Role.VQC})
_HELPERS = _WORKERS | {Role.VOL}


class AssignDialog(Dialog):
    """Who works on the case; only they read its private notes."""

    def __init__(
        self, parent: QWidget, header: CaseHeader, people: Sequence[MemberRow], chosen: Callable[[AssignCase], None]
    ) -> None:
        super().__init__(
            lambda: tr("Who works on this case"),
            lambda: tr("Assign"),
            parent,
            text=lambda: tr("Only the worker and the co-workers can read private notes and the safety plan."),
        )
        self._case_id = header.id
        self.worker = ComboPicker([(one.id, one.name) for one in people if _WORKERS & set(one.roles)])
        self.worker.setObjectName("review.assign.worker")
        self.worker.set_value(header.assigned_to)
        self.others = ChipChoice([(one.id, one.name) for one in people if _HELPERS & set(one.roles)])
        self.others.setObjectName("review.assign.others")
        self.others.set_value(header.co_worker_ids)
        self._worker_field = Field(lambda: tr("Worker"), self.worker, required=True)
        self.add(self._worker_field)
        self.add(Field(lambda: tr("Co-workers"), self.others))
        self.accept_button.setObjectName("review.assign.save")
        self.accepted.connect(lambda: chosen(self._command()))

    def check(self) -> bool:
        """A worker is chosen."""
        there = self.worker.value() is not None
        self._worker_field.set_error(None if there else lambda: tr("Choose a worker."))
        return there

    def _command(self) -> AssignCase:
        worker = str(self.worker.value())
        others = tuple(str(one) for one in self.others.value() if one != worker)
        return AssignCase(case_id=self._case_id, member_id=worker, co_workers=others)
