"""A case that leaves the computer while its page is open closes calmly, and what was half typed is not kept."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from app.models.crisis import Case
from app.models.local.tables import Draft, PartedScope, Scope
from app.models.work import Actor
from app.views.crisis.case_page import CasePage
from tests.views.crisis.conftest import readable


def taken_off(stage: Any, actor: Actor, case_id: str) -> None:
    """What the round of sync does, and what it announces."""
    with stage.vault.write(actor) as work:
        with work.merging():
            found = work.session.scalars(select(Scope).where(Scope.anchor_id == case_id)).all()
            named = {"case_id": case_id, "epoch": 1, "parted_at": work.now(), "told": False}
            work.part_with([PartedScope(scope_id=one.id, kind=one.kind, **named) for one in found])
        changes = work.commit()
    assert case_id in changes.ids
    stage.broadcast.announce(changes)
    stage.settle()


def test_an_open_case_that_leaves_closes_calmly(opened: Any, worker: Actor) -> None:
    opened.press("case.contact_now")
    assert not opened.no_dialog()
    taken_off(opened.stage, worker, opened.case_id)
    shown = readable(opened.page)
    assert "This case is no longer on this computer" in shown and "Dana K." not in shown
    assert opened.no_dialog() and opened.page.view() is None
    opened.press("case.left_back")
    assert opened.stage.went[-1] == ("back", {})


def test_what_was_half_typed_goes_with_it(opened: Any, worker: Actor) -> None:
    opened.press("case.record_contact")
    dialog = opened.dialog()
    assert dialog is not None
    opened.stage.vault.keep_draft(f"contact:{opened.case_id}", {"text": "half a sentence"}, None)
    taken_off(opened.stage, worker, opened.case_id)
    with opened.stage.vault.read() as session:
        assert session.scalars(select(Draft.form)).all() == []
        assert session.get(Case, opened.case_id) is None


@pytest.mark.parametrize("left", [True, False], ids=["left", "never here"])
def test_opened_from_elsewhere_it_says_why_it_is_not_here(stage: Any, worker: Actor, case_id: str, left: bool) -> None:
    if left:
        taken_off(stage, worker, case_id)
    page = CasePage(stage.context(worker))
    page.open(case_id=case_id if left else "ab" * 16)
    stage.show(page)
    assert ("no longer on this computer" in readable(page)) is left
