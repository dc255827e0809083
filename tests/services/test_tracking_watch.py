"""What the personal alarms ask for by themselves, as the day and colleagues' work move."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from app.models.local.tables import AuditEntry
from app.models.tracking import LocationTrack, TrackingCheck
from app.models.vocab import CheckResult, Role, TaskKind, TaskStatus
from app.models.work import Actor
from app.models.work_items import Task
from app.services import tracking_locations, tracking_watch
from tests.services.test_tracking import Story, moment, refused, story  # noqa: F401  (the fixture)

WATCH = tracking_watch.Watch()


def watch(story: Story, actor: Actor) -> None:  # noqa: F811
    story.office.do(actor, tracking_watch.watch, WATCH)


def kept_for_client(story: Story, loan_id: str) -> str:  # noqa: F811
    now = story.office.clock.at
    command = tracking_locations.KeepLocations(
        points=({"lat": 43.4, "lon": -79.6, "at": now.isoformat()},), loan_id=loan_id
    )
    return story.office.do(story.worker, tracking_locations.keep_locations, command)


def to_destroy(story: Story) -> list[Task]:  # noqa: F811
    return story.office.found(Task, Task.rule == tracking_locations.DESTROY)


def test_missed_tests_are_noted_without_anybody_looking(story: Story) -> None:  # noqa: F811
    story.lent()
    story.office.clock.at = moment(date(2025, 2, 18))
    watch(story, story.supervisor)
    assert story.office.found(TrackingCheck) == [], "the worker's own device notes them"
    watch(story, story.worker)
    tests = story.office.found(TrackingCheck)
    assert [one.result for one in tests] == [CheckResult.MISSED, CheckResult.MISSED]
    assert len(story.tasks(TaskKind.WELFARE_CALL)) == 1


def test_positions_past_their_time_become_a_supervisors_task_and_are_not_destroyed_alone(
    story: Story,  # noqa: F811
) -> None:
    office, track_id = story.office, kept_for_client(story, story.lent())
    office.clock.at = moment(date(2025, 3, 5))
    watch(story, story.supervisor)
    assert to_destroy(story) == []
    office.clock.at = moment(date(2025, 3, 9))
    watch(story, story.worker)
    assert to_destroy(story) == []
    watch(story, story.supervisor)
    (task,) = to_destroy(story)
    assert task.due_on == date(2025, 3, 6) and task.owner_id == story.supervisor.member_id
    assert office.get(LocationTrack, track_id).points, "two people destroy, not the clock"
    command = tracking_locations.DestroyLocations(reason=" ", second=story.witness.member_id)
    with refused("reason"):
        office.do(story.supervisor, tracking_locations.destroy_locations, command)
    office.do(story.supervisor, tracking_locations.destroy_locations, replace(command, reason="Past its time"))
    assert office.get(LocationTrack, track_id).points is None
    assert [one.status for one in to_destroy(story)] == [TaskStatus.DONE]
    entries = office.found(AuditEntry, AuditEntry.record_id == track_id)
    assert any("Past its time" in (entry.reason or "") for entry in entries)


def test_a_colleague_who_destroyed_them_ends_the_task(story: Story) -> None:  # noqa: F811
    office, track_id = story.office, kept_for_client(story, story.lent())
    office.clock.at = moment(date(2025, 3, 9))
    watch(story, story.supervisor)
    with office.vault.write(story.supervisor) as work:
        track = work.session.get(LocationTrack, track_id)
        assert track is not None
        track.points, track.destroyed_at = None, work.now()
        work.commit()
    watch(story, story.supervisor)
    assert [one.status for one in to_destroy(story)] == [TaskStatus.DONE]


def test_looking_again_writes_nothing(story: Story) -> None:  # noqa: F811
    kept_for_client(story, story.lent())
    story.office.clock.at = moment(date(2025, 3, 9))
    for actor in (story.worker, story.supervisor):
        watch(story, actor)
        story.office.clock.at += timedelta(minutes=1)
        with story.office.vault.write(actor) as work:
            tracking_watch.watch(work, WATCH)
            assert work.commit().ids == frozenset()


def test_other_roles_have_nothing_to_look_after(story: Story) -> None:  # noqa: F811
    kept_for_client(story, story.lent())
    story.office.clock.at = moment(date(2025, 3, 9))
    before = len(story.office.found(Task))
    for role in set(Role) - tracking_watch.ROLES:
        with story.office.vault.write(story.office.member(role, "N. Nobody")) as work:
            tracking_watch.watch(work, WATCH)
            assert work.commit().ids == frozenset()
    assert len(story.office.found(Task)) == before
