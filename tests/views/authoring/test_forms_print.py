"""Printing a form through the desk that every page uses: the permission, the rows, the child that draws, the pages."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest

from app.errors import NotAllowed, RuleBroken
from app.models.local.tables import AuditEntry
from app.models.vocab import Audience, AuditAction, FormAbout, Role
from app.models.work import Actor
from app.queries import forms as questions
from app.services import crisis, forms, printing
from app.views.authoring.page import FormsPage
from app.views.preview.desk import PrintDesk
from app.views.preview.options import OptionsDialog
from tests import factories
from tests.conftest import Office
from tests.forms.published_forms import answered, visit


def words(pdf: bytes) -> str:
    command = ["pdftotext", "-enc", "UTF-8", "-", "-"]
    return " ".join(subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode().split())


def finished(office: Office, supervisor: Actor, worker: Actor, about: FormAbout, case_id: str | None = None) -> str:
    office.do(supervisor, forms.publish_form, forms.PublishForm(xml=visit(), about=about))
    answer_id: str = office.do(worker, forms.start_answer, forms.StartAnswer(form_id="visit", case_id=case_id))
    with office.vault.read() as session:
        state = answered(questions.answer(session, answer_id), {"/data/who": "Ana <b>Example</b>"})
    office.do(worker, forms.finish_answer, forms.FinishAnswer(answer_id=answer_id, state=state))
    return answer_id


def printed(stage: Any, actor: Actor, form_id: str, language: str, **subject: Any) -> str:
    context = stage.context(actor)
    page = FormsPage(context)
    stage.show(page)
    desk = PrintDesk(context.tasks, context.messages, context.person, context.draw, context.clock)
    desk.preview(page, form_id, **subject)
    dialog = page.findChildren(OptionsDialog)[0]
    dialog.language.set_value(language)
    stage.click(dialog.accept_button)
    stage.settle()
    assert desk.shown is not None
    found = words(desk.shown.pdf)
    desk.shown.accept()
    stage.settle()
    return found


def test_a_shipped_form_prints_blank_in_french(stage: Any, office: Office, supervisor: Actor) -> None:
    found = printed(stage, supervisor, "FORM:award_nomination", "fr", title="Prix jeunesse")
    assert "Prix jeunesse" in found and "award_nomination version 2026112601" in found and "Page 1 de" in found
    (entry,) = office.found(AuditEntry, AuditEntry.action == str(AuditAction.PRINT))
    assert entry.reason == "FORM:award_nomination client blank"


def test_an_answered_form_of_a_case_prints_with_its_client(
    stage: Any, office: Office, supervisor: Actor, worker: Actor
) -> None:
    case_id = office.do(worker, crisis.open_case, factories.case())
    answer_id = finished(office, supervisor, worker, FormAbout.CASE, case_id)
    office.do(supervisor, forms.publish_form, forms.PublishForm(xml=visit("2", title="Later"), about=FormAbout.CASE))
    found = printed(stage, worker, "FORM:visit", "en", record_id=answer_id)
    assert "Ana <b>Example</b>" in found and "W. Worker" in found and "What was said not recorded" in found
    assert "visit version 1" in found and "Later" not in found


def test_who_may_print_an_answer(office: Office, supervisor: Actor, worker: Actor) -> None:
    stranger = office.member(Role.VSU, "A. Stranger")
    answer_id = finished(office, supervisor, worker, FormAbout.ALONE)
    command = printing.AuthorisePrint(form_id="FORM:visit", audience=Audience.INTERNAL, record_id=answer_id)
    for actor in (worker, supervisor):
        office.do(actor, printing.authorise_print, command)
    with pytest.raises(NotAllowed):
        office.do(stranger, printing.authorise_print, command)
    for_partner = printing.AuthorisePrint(form_id="FORM:visit", audience=Audience.PARTNER, record_id=answer_id)
    with pytest.raises(RuleBroken):
        office.do(worker, printing.authorise_print, for_partner)


def test_all_staff_print_what_is_about_the_service(office: Office, supervisor: Actor, worker: Actor) -> None:
    answer_id = finished(office, supervisor, worker, FormAbout.SERVICE)
    command = printing.AuthorisePrint(form_id="FORM:visit", audience=Audience.INTERNAL, record_id=answer_id)
    office.do(office.member(Role.OFF, "O. Officer"), printing.authorise_print, command)
    with pytest.raises(NotAllowed):
        office.do(office.member(Role.AUD, "A. Auditor"), printing.authorise_print, command)


def test_an_answer_of_a_case_is_printed_by_its_workers(office: Office, supervisor: Actor, worker: Actor) -> None:
    case_id = office.do(worker, crisis.open_case, factories.case())
    answer_id = finished(office, supervisor, worker, FormAbout.CASE, case_id)
    command = printing.AuthorisePrint(form_id="FORM:visit", audience=Audience.CLIENT, record_id=answer_id)
    office.do(worker, printing.authorise_print, command)
    with pytest.raises(NotAllowed):
        office.do(office.member(Role.VSU, "A. Stranger"), printing.authorise_print, command)


def test_an_answer_is_not_printed_as_another_form(office: Office, supervisor: Actor, worker: Actor) -> None:
    answer_id = finished(office, supervisor, worker, FormAbout.ALONE)
    command = printing.AuthorisePrint(form_id="FORM:other", audience=Audience.INTERNAL, record_id=answer_id)
    with pytest.raises(RuleBroken):
        office.do(worker, printing.authorise_print, command)
