"""A form that a supervisor publishes reaches a colleague's device, and what is answered on it comes back."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

from app.errors import NotAllowed, NotFound
from app.forms import stored
from app.models.form_library import FormAnswer, FormVersion
from app.models.local.tables import LoggedChange
from app.models.rules.forms import LONGEST
from app.models.vocab import FormAbout, Role, ScopeKind
from app.queries import conflicts
from app.queries import forms as questions
from app.services import crisis, forms
from app.sync import protocol
from app.sync.client.judging import Verdict
from tests import factories
from tests.forms.published_forms import answered, visit
from tests.sync.conftest import Agency, Recruit, Station


def do(station: Station, verb: Callable[[Any, Any], Any], command: Any) -> Any:
    """One act of the station's owner, saved."""
    with station.vault.write(station.vault.actor(station.role)) as work:
        found = verb(work, command)
        work.commit()
    return found


def all_sync(*stations: Station) -> None:
    for _ in range(2):
        for station in stations:
            station.sync()


@pytest.fixture
def supervisor(agency: Agency, recruit: Recruit) -> Station:
    made = recruit(agency, "Sam Supervisor", Role.SUP)
    made.sync()
    made.scope(ScopeKind.AGENCY, made.vault.agency_id)
    return made


def publish(station: Station, version: str = "1", **how: Any) -> str:
    command = forms.PublishForm(xml=visit(version), about=how.pop("about", FormAbout.ALONE), **how)
    version_id: str = do(station, forms.publish_form, command)
    return version_id


def test_a_published_form_is_answered_on_a_colleagues_device(
    agency: Agency, recruit: Recruit, supervisor: Station
) -> None:
    worker, other = recruit(agency, "Wanda Worker"), recruit(agency, "Will Worker")
    all_sync(worker, other, supervisor)
    with pytest.raises(NotFound):
        do(worker, forms.start_answer, forms.StartAnswer(form_id="visit"))
    version_id = publish(supervisor)
    all_sync(supervisor, worker, other)
    (row,) = worker.ask(lambda session: questions.forms_in_use(session, ()))
    assert (row.version, row.published_by) == ("1", "Sam Supervisor")

    answer_id = do(worker, forms.start_answer, forms.StartAnswer(form_id="visit"))
    publish(supervisor, "2")
    all_sync(supervisor, worker)
    found = worker.ask(lambda session: questions.answer(session, answer_id))
    assert found.form.version == "1"
    state = answered(found, {"/data/who": "Ana"})
    do(worker, forms.finish_answer, forms.FinishAnswer(answer_id=answer_id, state=state))
    all_sync(worker, supervisor, other)

    read = supervisor.get(FormAnswer, answer_id)
    assert read is not None and read.form_version_id == version_id
    assert b">Ana<" in stored.unpacked(read.instance or "")
    assert other.get(FormAnswer, answer_id) is None and other.get(FormVersion, version_id) is not None


def test_what_is_about_the_service_reaches_everyone(agency: Agency, recruit: Recruit, supervisor: Station) -> None:
    officer = recruit(agency, "Olive Officer", Role.OFF)
    worker = recruit(agency, "Wanda Worker")
    publish(supervisor, about=FormAbout.SERVICE)
    all_sync(supervisor, officer, worker)
    answer_id = do(officer, forms.start_answer, forms.StartAnswer(form_id="visit"))
    all_sync(officer, worker)
    assert worker.get(FormAnswer, answer_id) is not None


def test_a_form_that_somebody_else_publishes_is_set_aside(
    agency: Agency, recruit: Recruit, supervisor: Station
) -> None:
    worker = recruit(agency, "Wanda Worker")
    all_sync(supervisor, worker)
    with pytest.raises(NotAllowed):
        publish(worker)
    forged = FormVersion(form_id="visit", version="9", xform=stored.packed(visit("9")), about=FormAbout.SERVICE)
    worker.write(forged)
    all_sync(worker, supervisor)
    assert supervisor.get(FormVersion, forged.id) is None
    states = supervisor.ask(
        lambda session: {one.state for one in session.query(LoggedChange).filter_by(record_id=forged.id)}
    )
    assert states == {str(Verdict.QUARANTINED)}


def test_two_versions_published_apart_are_one_in_force_everywhere(
    agency: Agency, recruit: Recruit, supervisor: Station
) -> None:
    second = recruit(agency, "Sue Supervisor", Role.SUP)
    publish(supervisor)
    all_sync(supervisor, second)
    publish(supervisor, "2")
    publish(second, "3")
    all_sync(supervisor, second)

    def in_force(station: Station) -> str:
        return str(station.ask(lambda session: questions.forms_in_use(session, ())[0].version))

    assert in_force(supervisor) == in_force(second) == "3"
    assert supervisor.contents() == second.contents()


def test_the_largest_form_that_is_accepted_fits_the_wire(agency: Agency, recruit: Recruit, supervisor: Station) -> None:
    worker = recruit(agency, "Wanda Worker")
    room = (LONGEST - len(stored.packed(visit()))) * 3 // 4 - 100
    version_id = publish(supervisor, workbook=os.urandom(room), workbook_name="visit.xlsx")
    kept = supervisor.get(FormVersion, version_id)
    assert kept is not None and kept.workbook is not None and len(kept.workbook) > LONGEST * 0.99
    all_sync(supervisor, worker)
    read = worker.get(FormVersion, version_id)
    assert read is not None and read.workbook == kept.workbook
    assert len(kept.workbook) * 3 // 4 < protocol.MAX_SEGMENT


def test_one_draft_changed_apart_is_kept_whole_from_one_of_both(
    agency: Agency, recruit: Recruit, supervisor: Station
) -> None:
    worker, other = recruit(agency, "Wanda Worker"), recruit(agency, "Will Worker")
    publish(supervisor, about=FormAbout.CASE)
    all_sync(supervisor, worker, other)
    case_id = do(worker, crisis.open_case, factories.case(co_workers=(other.member_id,)))
    answer_id = do(worker, forms.start_answer, forms.StartAnswer(form_id="visit", case_id=case_id))
    all_sync(worker, supervisor, other)
    for station, name in ((worker, "Ana"), (other, "Ben")):
        found = station.ask(lambda session: questions.answer(session, answer_id))
        state = answered(found, {"/data/who": name})
        do(station, forms.save_answer, forms.SaveAnswer(answer_id=answer_id, state=state))
    all_sync(worker, other)
    (row,) = worker.ask(lambda session: conflicts.conflicts(session, case_id=case_id))
    assert (row.kind, row.field, row.field_label, row.shape) == ("form_answer", "state", "Answers", "only_keep")
    assert {value.text for value in row.values} == {"All answers as this person left them"}
    assert {value.author for value in row.values} == {"Wanda Worker", "Will Worker"}
    assert worker.contents()["form_answer"] == other.contents()["form_answer"]
