"""The needs assessment is a form: filled with keyboard and mouse, put aside, gone on with, completed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from app.models.vocab import (
    AssessmentKind,
    Channel,
    NeedDomain,
    NeedLevel,
    StepStatus,
    SupportLevel,
    Tri,
    VulnerabilityFactor,
)
from app.queries.crisis import needs
from app.queries.crisis.rows import AssessmentRow, PlanStepRow
from app.views.crisis.dialogs.assessment import AssessmentDialog
from app.views.crisis.needs_filling import FORM
from app.views.forms.prepared import shipped
from tests.views.crisis.conftest import Opened

_SHOWN = 20_000


def assessments(opened: Opened) -> tuple[AssessmentRow, ...]:
    with opened.stage.vault.read() as session:
        return needs.assessments(session, opened.case_id)


def steps(opened: Opened) -> tuple[PlanStepRow, ...]:
    with opened.stage.vault.read() as session:
        return needs.plan_steps(session, opened.case_id, today=date(2026, 3, 1))


def assess(opened: Opened, button: str) -> AssessmentDialog:
    """Press the button and wait until the form is there."""
    opened.part("needs")
    opened.press(button)
    dialog = opened.dialog()
    assert isinstance(dialog, AssessmentDialog)
    opened.stage.qtbot.waitUntil(lambda: dialog.page is not None, timeout=_SHOWN)
    dialog.activateWindow()
    opened.stage.qtbot.waitUntil(dialog.isActiveWindow, timeout=_SHOWN)
    opened.stage.settle()
    return dialog


def choose(opened: Opened, dialog: AssessmentDialog, path: str, name: str, words: str) -> None:
    """Go to a question and press the choice with these words."""
    assert dialog.page is not None and dialog.page.go_to(path), path
    QApplication.processEvents()
    control = opened.stage.find(dialog, name)
    button = next(one for one in control.findChildren(QAbstractButton) if one.text() == words)
    opened.stage.click(button)


def write(opened: Opened, dialog: AssessmentDialog, path: str, text: str) -> None:
    """Go to a question and type."""
    assert dialog.page is not None and dialog.page.go_to(path), path
    QApplication.processEvents()
    focused = QApplication.focusWidget()
    assert isinstance(focused, QWidget)
    QTest.keyClicks(focused, text)
    opened.stage.settle()


def answer_head(opened: Opened, dialog: AssessmentDialog) -> None:
    assert dialog.page is not None
    assert dialog.page.go_to("/data/head/method")
    dialog.page.session.set("/data/head/method", "phone")
    choose(opened, dialog, "/data/head/listener_present", "assessment.listener_present", "No")


def test_an_assessment_is_filled_and_completed(opened: Opened) -> None:
    dialog = assess(opened, "needs.begin")
    answer_head(opened, dialog)
    choose(opened, dialog, "/data/needs/housing/level", "need.housing", "Urgent")
    write(opened, dialog, "/data/needs/housing/note", "The lock is broken")
    choose(opened, dialog, "/data/needs/pets/level", "need.pets", "Not asked")
    choose(opened, dialog, "/data/screen/factors", "assessment.factors", "No fixed address")
    opened.stage.click(dialog.accept_button)
    (row,) = assessments(opened)
    assert row.completed_at is not None
    assert (row.kind, row.method, row.listener_present) == (AssessmentKind.FIRST, Channel.PHONE, Tri.NO)
    assert (row.form_id, row.form_version) == (FORM, shipped(FORM).definition.version)
    answers = {answer.domain: (answer.level, answer.note) for answer in row.answers}
    assert answers == {
        NeedDomain.HOUSING: (NeedLevel.URGENT, "The lock is broken"),
        NeedDomain.PETS: (NeedLevel.NOT_ASKED, None),
    }
    assert VulnerabilityFactor.NO_ADDRESS in row.factors
    assert row.screen_result is SupportLevel.ENHANCED


def test_what_is_required_is_asked_for_before_it_is_completed(opened: Opened) -> None:
    dialog = assess(opened, "needs.begin")
    opened.stage.click(dialog.accept_button)
    assert dialog.isVisible() and assessments(opened) == ()
    assert dialog.page is not None
    question = dialog.page.question("/data/head/method")
    assert question is not None and question.error() == "Please answer this question."


def test_it_is_put_aside_and_gone_on_with(opened: Opened) -> None:
    dialog = assess(opened, "needs.begin")
    choose(opened, dialog, "/data/needs/safety/level", "need.safety", "Some help")
    choose(opened, dialog, "/data/screen/factors", "assessment.factors", "Hate crime")
    opened.stage.click(dialog.later)
    (row,) = assessments(opened)
    assert row.completed_at is None and [answer.level for answer in row.answers] == [NeedLevel.SOME_HELP]
    again = assess(opened, "needs.assess")
    assert again.page is not None
    assert again.page.session.node("/data/needs/safety/level").value == "2"
    assert again.page.session.node("/data/screen/factors").value == "hate_crime"
    answer_head(opened, again)
    choose(opened, again, "/data/needs/safety/level", "need.safety", "No need")
    opened.stage.click(again.accept_button)
    (row,) = assessments(opened)
    assert row.completed_at is not None and [answer.level for answer in row.answers] == [NeedLevel.NONE]


def test_what_was_typed_and_not_saved_is_there_again(opened: Opened) -> None:
    dialog = assess(opened, "needs.begin")
    choose(opened, dialog, "/data/needs/safety/level", "need.safety", "Urgent")
    write(opened, dialog, "/data/needs/safety/note", "He knows the sch")
    dialog.reject()
    opened.stage.settle()
    assert assessments(opened) == ()
    again = assess(opened, "needs.begin")
    assert again.page is not None
    assert again.page.session.node("/data/needs/safety/note").value == "He knows the sch"
    assert again.page.session.place == "/data/needs/safety/note"


def test_a_draft_is_finished_on_the_version_on_which_it_was_begun(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = assess(opened, "needs.begin")
    choose(opened, dialog, "/data/needs/safety/level", "need.safety", "Urgent")
    answer_head(opened, dialog)
    begun_on = shipped(FORM).definition.version
    dialog.reject()
    opened.stage.settle()
    newer = newer_form()
    monkeypatch.setattr("app.views.crisis.dialogs.assessment.shipped", lambda _name: newer)
    again = assess(opened, "needs.begin")
    assert again.page is not None
    assert again.page.session.definition.version == begun_on != newer.definition.version
    opened.stage.click(again.accept_button)
    (row,) = assessments(opened)
    assert row.form_version == begun_on and row.completed_at is not None
    later = assess(opened, "needs.assess")
    assert later.page is not None and later.page.session.definition.version == newer.definition.version


def newer_form() -> Any:
    """The same form in a later version."""
    from app.forms.definition import load
    from app.views.forms.prepared import Prepared

    known = shipped(FORM)
    xml = known.xml.replace(known.definition.version.encode(), b"2099010101")
    return Prepared(load(xml), xml)


def test_a_draft_of_before_assessments_were_forms_goes_into_the_form(opened: Opened) -> None:
    kept = {"kind": "first", "participants": "Her sister", "needs": {"money": {"level": "3", "note": "Rent"}}}
    opened.view.desk.context.drafts.keep(f"assessment:{opened.case_id}", kept, None)
    opened.stage.settle()
    dialog = assess(opened, "needs.begin")
    assert dialog.page is not None
    session = dialog.page.session
    assert session.node("/data/head/participants").value == "Her sister"
    assert session.node("/data/needs/money/note").value == "Rent"


def test_steps_of_the_plan_and_a_decision_are_recorded(opened: Opened) -> None:
    dialog = assess(opened, "needs.begin")
    answer_head(opened, dialog)
    choose(opened, dialog, "/data/plan/plan_now", "assessment.plan_now", "Yes")
    session = dialog.session
    for name, value in (("domain", "housing"), ("need", "A lock"), ("what", "Call the landlord"), ("who", "Dana")):
        session.set(f"/data/plan/step[1]/{name}", value)
    choose(opened, dialog, "/data/screen/screen_override", "assessment.screen_override", "Enhanced support")
    write(opened, dialog, "/data/screen/override_reason", "She is alone with it")
    opened.stage.click(dialog.accept_button)
    (row,) = assessments(opened)
    assert (row.screen_override, row.override_reason) == (SupportLevel.ENHANCED, "She is alone with it")
    (step,) = steps(opened)
    assert (step.domain, step.step, step.status) == (NeedDomain.HOUSING, "Call the landlord", StepStatus.PLANNED)


def test_a_note_stays_recorded_where_the_level_does_not_ask_for_it(opened: Opened) -> None:
    dialog = assess(opened, "needs.begin")
    choose(opened, dialog, "/data/needs/housing/level", "need.housing", "Urgent")
    write(opened, dialog, "/data/needs/housing/note", "The lock is broken")
    opened.stage.click(dialog.later)
    again = assess(opened, "needs.assess")
    choose(opened, again, "/data/needs/housing/level", "need.housing", "No need")
    opened.stage.click(again.later)
    (row,) = assessments(opened)
    assert [(answer.level, answer.note) for answer in row.answers] == [(NeedLevel.NONE, "The lock is broken")]


def test_who_may_hear_is_warned_about_at_once(opened: Opened) -> None:
    dialog = assess(opened, "needs.begin")
    choose(opened, dialog, "/data/head/listener_present", "assessment.listener_present", "Yes")
    assert dialog.page is not None
    warning = dialog.page.question("/data/head/listener_warning")
    assert warning is not None and warning.isVisible()
