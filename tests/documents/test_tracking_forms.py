"""What the forms of personal alarms must say, and what they never say (domain.md 8.6, 8.7)."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import msgspec
import pikepdf
import pytest

from app.documents import forms
from app.documents.catalogue import CATALOGUE
from app.errors import NotAllowed
from app.models.tracking import DispatchCard
from app.models.vocab import AlarmOutcome, AlarmSource, Audience, Role, TrackingReason
from app.queries.prints import PrintAsked, print_rows
from app.queries.tracking_rows import AlarmReportRows, DispatchCardRows
from app.services import dispatch_cards, printing, tracking, tracking_alarms, tracking_locations
from tests.documents.conftest import words_of
from tests.services.test_tracking import Story, story  # noqa: F401  (the fixture)

Draw = Callable[..., bytes]
FORMS = [form_id for form_id in CATALOGUE if form_id.startswith("F-8")]


def test_nine_forms_there_are() -> None:
    assert [f"F-80{number}" for number in range(1, 10)] == FORMS


def test_the_agreement_says_what_a_person_has_to_know(draw: Draw) -> None:
    found = words_of(draw("F-802"))
    for said in (
        "short time", "part of my safety plan", "carry it and charge it", "test it every week", "cannot promise",
        "Nobody follows me", "give the device back", "costs me nothing", "not held against me",
    ):  # fmt: skip
        assert said in found, said
    french = words_of(draw("F-802", language="fr"))
    assert "Personne ne me suit" in french and "Nobody" not in french


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(
    "condition", ["", "The strap is worn and the case is scratched on both sides, the clip holds."]
)
def test_a_receipt_with_its_six_signatures_is_one_page(
    draw: Draw, rows_of: dict[str, Callable[[], Any]], language: str, condition: str
) -> None:
    rows = msgspec.structs.replace(rows_of["F-805"](), condition=condition, return_condition=condition)
    for blank in (False, True):
        with pikepdf.open(io.BytesIO(draw("F-805", rows, language=language, blank=blank))) as opened:
            assert len(opened.pages) == 1, blank


def test_the_guide_is_neutral_in_every_word(draw: Draw) -> None:
    for language in ("en", "fr"):
        found = words_of(draw("F-803", language=language)).casefold()
        for word in ("alarm", "police", "accus", "violen", "victim", "danger", "track", "gps", "localis"):
            assert word not in found, word


def test_the_card_says_what_counts_and_nothing_of_the_case(draw: Draw) -> None:
    found = words_of(draw("F-804"))
    for said in ("Is the parcel there", "Sunny afternoon", "Green coat", "5 Invented Road", "Peace bond", "grey van"):
        assert said in found, said
    assert "Umbrage" not in found and "case" not in found.casefold()


def test_no_row_has_a_place_for_a_position() -> None:
    for rows in (AlarmReportRows, DispatchCardRows):
        names = {field.name for field in msgspec.structs.fields(rows)}
        assert not names & {"lat", "lon", "points", "locations", "position", "geo"}


def test_the_report_of_an_alarm_counts_positions_and_prints_none(draw: Draw) -> None:
    found = words_of(draw("F-807"))
    assert "3 are kept in the protected record" in found and "1:05" in found and "8:25" in found


def rows_of(here: Story, actor: Any, form_id: str, record_id: str, language: str = "en") -> bytes:
    audiences = CATALOGUE[form_id].audiences
    audience = Audience.INTERNAL if Audience.INTERNAL in audiences else Audience.CLIENT
    asked = printing.AuthorisePrint(form_id=form_id, audience=audience, record_id=record_id)
    here.office.do(actor, printing.authorise_print, asked)
    with here.office.vault.read() as session:
        wanted = PrintAsked(form_id, audience, language, actor.member_id, "W. Worker", record_id)
        return forms.render(*print_rows(session, wanted, now=here.office.clock()))


def test_every_form_prints_from_records_without_a_position(story: Story) -> None:  # noqa: F811
    office, loan_id = story.office, story.lent()
    raised = tracking_alarms.RaiseAlarm(loan_id=loan_id, source=AlarmSource.SOS)
    event_id = office.do(story.worker, tracking_alarms.raise_alarm, raised)
    point = {"lat": 43.451137, "lon": -79.687713, "at": office.clock.at.isoformat()}
    kept = tracking_locations.KeepLocations(points=(point,), event_id=event_id)
    office.do(story.worker, tracking_locations.keep_locations, kept)
    ended = tracking_alarms.CloseAlarm(event_id=event_id, outcome=AlarmOutcome.PRESENT)
    office.do(story.worker, tracking_alarms.close_alarm, ended)
    card_id = office.found(DispatchCard)[0].id
    of_card = printing.AuthorisePrint(form_id="F-804", audience=Audience.INTERNAL, record_id=card_id)
    with pytest.raises(NotAllowed, match="Open the card"):
        office.do(story.dispatcher, printing.authorise_print, of_card)
    opened = dispatch_cards.OpenDispatchCard(card_id=card_id, why=TrackingReason.ALARM)
    office.do(story.worker, dispatch_cards.open_dispatch_card, opened)
    records = {
        "F-801": story.application_id, "F-802": story.application_id, "F-803": story.application_id, "F-804": card_id,
        "F-805": loan_id, "F-806": loan_id, "F-807": event_id, "F-808": loan_id, "F-809": story.device_id,
    }  # fmt: skip
    for form_id in FORMS:
        for language in ("en", "fr"):
            found = words_of(rows_of(story, story.worker, form_id, records[form_id], language))
            assert "43.4511" not in found and "43,4511" not in found and "79.687" not in found, form_id
    assert "MTS-2025-000001" in words_of(rows_of(story, story.worker, "F-809", story.device_id))


def test_only_the_named_liaison_prints_the_report(story: Story) -> None:  # noqa: F811
    office, loan_id = story.office, story.lent()
    liaison = office.member(Role.IPV, "L. Liaison")
    raised = tracking_alarms.RaiseAlarm(loan_id=loan_id, source=AlarmSource.SOS)
    event_id = office.do(story.worker, tracking_alarms.raise_alarm, raised)
    with pytest.raises(NotAllowed):
        rows_of(story, liaison, "F-807", event_id)
    named = tracking.UpdateApplication(application_id=story.application_id, liaison_id=liaison.member_id)
    office.do(story.worker, tracking.update_application, named)
    assert rows_of(story, liaison, "F-807", event_id)
