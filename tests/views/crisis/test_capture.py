"""The capture on scene: saved with its first step, each step as it is left, and nothing lost in between."""

from __future__ import annotations

from typing import Any

import pytest

from app.models.crisis import Case, CrisisContact, ImmediateSafetyItem, Incident, NeedAnswer
from app.models.people import Person, SafeContact
from app.models.vocab import (
    ConsentToContact,
    DobPrecision,
    IncidentKind,
    NeedDomain,
    NeedLevel,
    OffenceGroup,
    RequestSource,
    SafetyStatus,
    SafetyStep,
    Tri,
    Voicemail,
)
from app.models.work import Actor
from app.services.crisis import PersonToSupport, RaiseRequest, raise_request
from app.views.crisis.capture.page import CapturePage


@pytest.fixture
def capture(stage: Any, worker: Actor) -> CapturePage:
    """A new capture in front of the worker."""
    page = CapturePage(stage.context(worker, "W. Worker"))
    page.open()
    stage.show(page, 1134, 704)
    return page


def _next(stage: Any, page: CapturePage) -> None:
    stage.click(page.next)


def _type(stage: Any, page: CapturePage, name: str, text: str) -> None:
    field = stage.find(page, name)
    field.setFocus()
    stage.qtbot.keyClicks(field, text)


def test_the_first_step_needs_a_name_or_a_label(stage: Any, capture: CapturePage, office: Any) -> None:
    _next(stage, capture)
    assert capture.current() == 0
    assert capture.steps[0]._fields["preferred_name"].error()
    assert office.found(Case) == []


def test_the_case_is_saved_with_the_first_step(stage: Any, capture: CapturePage, office: Any) -> None:
    _type(stage, capture, "capture.who.preferred_name", "Dana K.")
    capture.steps[0].fill({"age": 34, "value": "555-0142", "safe_to_use": Tri.YES, "language": "pt"})
    _next(stage, capture)
    assert capture.current() == 1
    (case,), (person,), (contact,) = office.found(Case), office.found(Person), office.found(SafeContact)
    assert capture.capture.case_id == case.id
    assert (person.preferred_name, person.dob_precision) == ("Dana K.", DobPrecision.ESTIMATED)
    assert person.languages[0]["code"] == "pt"
    assert (contact.value, contact.safe_to_use) == ("555-0142", Tri.YES)


def test_each_step_is_saved_as_it_is_left_and_the_case_opens(stage: Any, capture: CapturePage, office: Any) -> None:
    _type(stage, capture, "capture.who.unknown_label", "Unknown adult 1")
    _next(stage, capture)
    capture.steps[1].fill(
        {"kind": IncidentKind.CRIME, "offence_groups": [OffenceGroup.IPV], "children_present_known": Tri.NO}
    )
    _next(stage, capture)
    (incident,) = office.found(Incident)
    assert incident.kind is IncidentKind.CRIME and incident.offence_groups == ["ipv"]
    capture.steps[2].fill({SafetyStep.SAFE_PLACE.value: {"status": SafetyStatus.ARRANGED, "note": None}})
    _next(stage, capture)
    (item,) = [one for one in office.found(ImmediateSafetyItem) if one.status is not None]
    assert (item.step, item.status) == (SafetyStep.SAFE_PLACE, SafetyStatus.ARRANGED)
    capture.steps[3].fill({"presenting": ["tearful"], "suicide_concern": Tri.NO})
    _next(stage, capture)
    assert office.found(CrisisContact)[0].presenting == ["tearful"]
    capture.steps[4].fill({"needs": {NeedDomain.HOUSING.value: {"level": NeedLevel.URGENT}}})
    _next(stage, capture)
    answer = next(one for one in office.found(NeedAnswer) if one.domain is NeedDomain.HOUSING)
    assert answer.level is NeedLevel.URGENT
    _next(stage, capture)
    assert capture.current() == 6
    _next(stage, capture)
    case_id = office.found(Case)[0].id
    assert stage.went[-1] == ("crisis.case", {"case_id": case_id})


def test_going_back_and_forth_saves_nothing_twice(stage: Any, capture: CapturePage, office: Any) -> None:
    _type(stage, capture, "capture.who.preferred_name", "Dana K.")
    _next(stage, capture)
    stage.click(capture.back)
    _next(stage, capture)
    assert len(office.found(Case)) == 1 and len(office.found(Person)) == 1


def test_typing_survives_a_lock_before_anything_was_saved(stage: Any, worker: Actor, capture: CapturePage) -> None:
    _type(stage, capture, "capture.who.preferred_name", "<b>Dana</b> =1+1")
    capture.keep_typing()
    stage.settle()
    again = CapturePage(stage.context(worker, "W. Worker"))
    again.open()
    stage.show(again, 1134, 704)
    assert again.steps[0].typed()["preferred_name"] == "<b>Dana</b> =1+1"


def test_from_a_request_what_it_knows_is_there_already(stage: Any, office: Any, officer: Actor, worker: Actor) -> None:
    command = RaiseRequest(
        source=RequestSource.POLICE_ON_SCENE,
        requester_name="Const. Marchetti",
        consent_to_contact=ConsentToContact.YES,
        contact_phone="555-0142",
        voicemail=Voicemail.NONE,
        offence_group=OffenceGroup.IPV,
        persons=(PersonToSupport(name="Dana K.", age=34, language="pt"),),
    )
    request_id = office.do(officer, raise_request, command)
    page = CapturePage(stage.context(worker, "W. Worker"))
    page.open(request_id=request_id)
    stage.show(page, 1134, 704)
    typed = page.steps[0].typed()
    assert (typed["preferred_name"], typed["age"], typed["language"]) == ("Dana K.", 34, "pt")
    assert typed["value"] == "555-0142"
    _next(stage, page)
    (case,) = office.found(Case)
    assert case.request_id == request_id
    assert office.found(Person)[0].preferred_name == "Dana K."
    assert page.steps[1].typed()["offence_groups"] == (OffenceGroup.IPV,)
