"""Where a device was never leaves its own scope; it is looked at with a reason and destroyed in time (8.6)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.errors import NotAllowed
from app.models import everything
from app.models.local.tables import AuditEntry, LoggedChange, Scope
from app.models.rules.access import READING_GROUPS, groups_of
from app.models.tracking import LocationTrack, TrackingLoan
from app.models.vocab import AlarmOutcome, AlarmSource, AuditAction, Role, ScopeKind, TrackingReason
from app.queries import dispatch_card
from app.services import tracking_alarms, tracking_locations
from app.vault.unit_of_work import unpacked
from tests.services.test_tracking import Story, moment, refused, story  # noqa: F401  (the fixture)

LAT, LON = 43.451137, -79.687713
"""A position that stands nowhere else: whatever shows it got it from the track."""


def raised(here: Story) -> str:
    (loan,) = here.office.found(TrackingLoan)
    command = tracking_alarms.RaiseAlarm(loan_id=loan.id, source=AlarmSource.SOS)
    return here.office.do(here.dispatcher, tracking_alarms.raise_alarm, command)


def kept(here: Story, event_id: str) -> str:
    now = here.office.clock.at
    points = tuple(
        {"lat": LAT + minute / 1000, "lon": LON, "at": (now - timedelta(minutes=minute)).isoformat(), "accuracy_m": 12}
        for minute in range(3)
    )
    command = tracking_locations.KeepLocations(points=points, event_id=event_id)
    return here.office.do(here.dispatcher, tracking_locations.keep_locations, command)


def says(text: str) -> bool:
    """Whether a text shows the position, in whatever digits it was rounded to."""
    return "43.451" in text or "79.687" in text


def test_the_changes_of_no_other_scope_hold_a_position(story: Story) -> None:  # noqa: F811
    story.lent()
    event_id = raised(story)
    track_id = kept(story, event_id)
    look = tracking_locations.ViewLocations(track_id=track_id, why=TrackingReason.ALARM)
    story.office.do(story.dispatcher, tracking_locations.view_locations, look)
    ended = tracking_alarms.CloseAlarm(event_id=event_id, outcome=AlarmOutcome.PRESENT)
    story.office.do(story.dispatcher, tracking_alarms.close_alarm, ended)
    with story.office.vault.read() as session:
        kinds = dict(session.execute(select(Scope.id, Scope.kind)).all())
        changes = session.execute(select(LoggedChange.scope_id, LoggedChange.fields)).all()
    holding = set()
    for scope_id, fields in changes:
        if says(json.dumps({name: write.value for name, write in unpacked(fields).items()})):
            holding.add(kinds[scope_id])
    assert holding == {str(ScopeKind.TRACKING_LOCATION)}


def test_no_other_table_holds_a_position(story: Story) -> None:  # noqa: F811
    story.lent()
    kept(story, raised(story))
    holding = set()
    with story.office.vault.read() as session:
        connection = session.connection()
        for table in everything.Base.metadata.tables:
            for row in connection.exec_driver_sql(f'SELECT * FROM "{table}"'):
                if any(says(str(value)) for value in row if not isinstance(value, bytes)):
                    holding.add(table)
    assert holding == {"location_track"}


def test_who_holds_the_key_of_a_track() -> None:
    reading = READING_GROUPS[ScopeKind.TRACKING_LOCATION]
    holders = {role for role in Role if groups_of([role]) & reading}
    assert holders == {Role.DSP, Role.SUP}


def test_looking_needs_an_alarm_or_the_clients_wish(story: Story) -> None:  # noqa: F811
    office, loan_id = story.office, story.lent()
    event_id = raised(story)
    track_id = kept(story, event_id)
    look = tracking_locations.ViewLocations(track_id=track_id, why=TrackingReason.ALARM)
    for why in (TrackingReason.CALL, TrackingReason.OTHER):
        with refused("only for an alarm"):
            office.do(story.supervisor, tracking_locations.view_locations, replace(look, why=why, reason="Curious"))
    with refused("Say why"):
        office.do(story.supervisor, tracking_locations.view_locations, replace(look, why=TrackingReason.CLIENT))
    view_id = office.do(story.dispatcher, tracking_locations.view_locations, look)
    with office.vault.read() as session:
        found = dispatch_card.locations(session, view_id, member_id=story.dispatcher.member_id, now=office.clock())
        with pytest.raises(NotAllowed):
            dispatch_card.locations(session, view_id, member_id=story.worker.member_id, now=office.clock())
    assert [one.accuracy_m for one in found] == [12, 12, 12]
    assert [one.at for one in found] == sorted(one.at for one in found)
    (entry,) = office.found(AuditEntry, AuditEntry.kind == "location_track", AuditEntry.action == AuditAction.VIEW)
    assert entry.record_id == track_id and not says(entry.reason)
    asked = tracking_locations.KeepLocations(
        points=({"lat": LAT, "lon": LON, "at": office.clock.at.isoformat()},), loan_id=loan_id
    )
    with pytest.raises(NotAllowed):
        office.do(story.dispatcher, tracking_locations.keep_locations, asked)
    own = office.do(story.worker, tracking_locations.keep_locations, asked)
    with refused("only for an alarm"):
        office.do(story.worker, tracking_locations.view_locations, replace(look, track_id=own))


def test_after_the_alarm_the_dispatcher_sees_it_no_more(story: Story) -> None:  # noqa: F811
    office, _ = story.office, story.lent()
    event_id = raised(story)
    track_id = kept(story, event_id)
    ended = tracking_alarms.CloseAlarm(event_id=event_id, outcome=AlarmOutcome.ACCIDENTAL)
    office.do(story.dispatcher, tracking_alarms.close_alarm, ended)
    look = tracking_locations.ViewLocations(track_id=track_id, why=TrackingReason.ALARM)
    with pytest.raises(NotAllowed, match="over"):
        office.do(story.dispatcher, tracking_locations.view_locations, look)
    office.do(story.worker, tracking_locations.view_locations, look)
    for role in (Role.OFF, Role.ESS, Role.CSW, Role.ADM, Role.REG, Role.IPV):
        with pytest.raises(NotAllowed):
            office.do(office.member(role, "N. Nobody"), tracking_locations.view_locations, look)


def test_points_are_destroyed_in_time_with_two_people(story: Story) -> None:  # noqa: F811
    office, loan_id = story.office, story.lent()
    of_alarm = kept(story, raised(story))
    asked = tracking_locations.KeepLocations(
        points=({"lat": LAT, "lon": LON, "at": office.clock.at.isoformat()},), loan_id=loan_id
    )
    never_seen = office.do(story.worker, tracking_locations.keep_locations, asked)
    seen = office.do(story.worker, tracking_locations.keep_locations, asked)
    look = tracking_locations.ViewLocations(track_id=seen, why=TrackingReason.CLIENT, reason="She asked")
    office.do(story.worker, tracking_locations.view_locations, look)
    destroy = tracking_locations.DestroyLocations(reason="Past its time")
    office.clock.at = moment(date(2025, 3, 5))
    assert office.do(story.supervisor, tracking_locations.destroy_locations, destroy) == 0
    office.clock.at = moment(date(2025, 3, 6))
    with refused("second person"):
        office.do(story.supervisor, tracking_locations.destroy_locations, destroy)
    with pytest.raises(NotAllowed):
        office.do(story.worker, tracking_locations.destroy_locations, destroy)
    both = replace(destroy, second=story.witness.member_id)
    assert office.do(story.supervisor, tracking_locations.destroy_locations, both) == 1
    gone = office.get(LocationTrack, never_seen)
    assert gone.points is None and gone.point_count == 1 and gone.destroyed_by == story.supervisor.member_id
    assert office.get(LocationTrack, seen).points and office.get(LocationTrack, of_alarm).points
    office.clock.at = moment(date(2026, 2, 4))
    assert office.do(story.supervisor, tracking_locations.destroy_locations, both) == 1
    assert office.get(LocationTrack, seen).points is None
    office.clock.at = moment(date(2032, 2, 3))
    assert office.do(story.supervisor, tracking_locations.destroy_locations, both) == 0
    office.clock.at = moment(date(2032, 2, 4))
    assert office.do(story.supervisor, tracking_locations.destroy_locations, both) == 1


def test_a_position_has_to_be_one(story: Story) -> None:  # noqa: F811
    story.lent()
    event_id = raised(story)
    for wrong in ({"lat": 95, "lon": 0, "at": "2025-02-03T10:00:00-05:00"}, {"lat": 1, "lon": 2}, {"lat": "x"}):
        with refused("latitude, a longitude and a time"):
            command = tracking_locations.KeepLocations(points=(wrong,), event_id=event_id)
            story.office.do(story.dispatcher, tracking_locations.keep_locations, command)
    with refused("no position"):
        command = tracking_locations.KeepLocations(points=(), event_id=event_id)
        story.office.do(story.dispatcher, tracking_locations.keep_locations, command)
