"""A supervisor gives the case to a worker."""

from __future__ import annotations

from typing import Any

from app.models.vocab import Role
from app.queries.members import MemberRow
from app.services.crisis import AssignCase, assign_case
from app.views.common.choices import ChipChoice
from app.views.common.form_dialog import FormDialog, Verb
from app.views.common.picker import ComboPicker
from app.views.crisis.desk import Desk
from app.words import tr


class AssignDialog(FormDialog):
    """Who works on the case; only they read its private notes."""

    def __init__(self, desk: Desk, members: tuple[MemberRow, ...]) -> None:
        super().__init__(
            desk.context,
            desk.window,
            "assign",
            lambda: tr("Who works on this case"),
            lambda: tr("Assign"),
            subject=desk.case_id,
            text=lambda: tr("Only the worker and the co-workers can read private notes and the safety plan."),
            said=lambda: tr("The case is assigned."),
            width=640,
        )
        self._case_id = desk.case_id
        workers = [one for one in members if {Role.VSU, Role.VQC} & set(one.roles)]
        helpers = [one for one in members if {Role.VSU, Role.VQC, Role.VOL} & set(one.roles)]
        self.ask(
            "member_id",
            lambda: tr("Worker"),
            ComboPicker([(one.id, one.name) for one in workers]),
            required=True,
            wide=True,
        )
        co_workers = ChipChoice([(one.id, one.name) for one in helpers])
        self.ask("co_workers", lambda: tr("Co-workers"), co_workers, wide=True)
        header = desk.header
        self.begin({"member_id": header.assigned_to, "co_workers": header.co_worker_ids} if header else {})

    def check(self) -> bool:
        """A worker is chosen."""
        if "member_id" not in self.answers():
            return self.refuse("member_id", lambda: tr("Choose a worker."))
        return super().check()

    def request(self) -> tuple[Verb, Any]:
        """Assign."""
        typed = self.typed()
        others = tuple(str(one) for one in typed["co_workers"] if one != typed["member_id"])
        return assign_case, AssignCase(case_id=self._case_id, member_id=typed["member_id"], co_workers=others)
