"""What two people destroy is gone from every device and from the server, and never comes back (safety.md G34)."""

from __future__ import annotations

import shutil
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.agency import Setting
from app.models.local.tables import OutSegment, PurgedScope, Scope, WaitingItem
from app.models.registry import EmergencyCard, Registration
from app.models.retention import DestructionRun
from app.models.vocab import RegistryStatus, RetentionClass, Role, ScopeKind
from app.queries.registry_search import find_cards
from app.queries.retention import lost_changes
from app.services import registry, retention
from app.sync import protocol
from app.sync.client import orders
from app.sync.client.arriving import take_in
from app.sync.client.keys import Opening
from app.sync.client.open import Reason
from app.sync.client.problems import ServerProblem
from app.sync.client.rounds import Tally
from app.sync.client.session import Server
from app.sync.protocol import Approval, FeedItem, FeedPage, OrderTaken, PurgeOrder, Push, PushResult, Segment
from app.sync.server.settings import Settings
from app.sync.server.store import EmbeddedStore
from app.sync.server.tables import envelopes, feed, purged_scopes, scope_epochs, scopes, segments
from app.sync.server.verifying import find_faults
from app.vault import backup, identity
from app.vault.destroying import KEPT_DAYS
from app.vault.engine import open_keyed
from tests import factories
from tests.sync.conftest import Agency, Recruit, ServerProcess, Station
from tests.sync.test_registry_apart import OFFICER, REGISTRY, SUPERVISOR, do

CANARY = "Quixbyton-Tallulandra"
TRACE = "uixbyton"
"""What is looked for: an index keeps words in small letters, and may share a first letter with the word before."""
WHY = "The time to be kept is over."
YEARS = timedelta(days=3 * 366)


@pytest.fixture
def three(agency: Agency, recruit: Recruit) -> tuple[Station, Station, Station]:
    """A supervisor, the registry, and an officer, who all know the agency."""
    return staffed(agency, recruit)


def staffed(agency: Agency, recruit: Recruit) -> tuple[Station, Station, Station]:
    chief = recruit(agency, "Sam Supervisor", Role.SUP, SUPERVISOR)
    desk = recruit(agency, "Robin Registrar", Role.REG, REGISTRY)
    patrol = recruit(agency, "Olive Officer", Role.OFF, OFFICER)
    stations = (chief, desk, patrol)
    around(*stations)
    chief.write(Setting(name="vpr.near_m", value=500))
    around(*stations)
    return stations


def around(*stations: Station) -> None:
    """Everybody has what everybody wrote."""
    for station in (*stations, *stations):
        station.sync()


def ended(stations: tuple[Station, Station, Station]) -> str:
    """A registration that was active, was withdrawn, and whose time to be kept is over; its id."""
    _chief, desk, _patrol = stations
    made: str = do(desk, registry.register, factories.registration(legal_last=CANARY, calming=f"hum {CANARY}"))
    do(desk, registry.activate_registration, registry.ActivateRegistration(registration_id=made))
    around(*stations)
    command = registry.EndRegistration(registration_id=made, status=RegistryStatus.WITHDRAWN, reason="asked for it")
    do(desk, registry.end_registration, command)
    around(*stations)
    desk.clock.ahead += YEARS
    return made


def chosen(station: Station, made: str) -> tuple[tuple[RetentionClass, str], ...]:
    """The registration, and the year of cards that its own lay in."""

    def question(session: Session) -> list[str]:
        return list(session.scalars(select(Scope.id).where(Scope.kind == str(ScopeKind.REGISTRY_CARD))))

    cards = [(RetentionClass.CARDS, scope_id) for scope_id in station.ask(question)]
    return ((RetentionClass.REGISTRATION, made), *cards)


def destroyed(stations: tuple[Station, Station, Station], made: str) -> str:
    """The registry proposes, the supervisor approves, everybody synchronises; the run's id."""
    chief, desk, _patrol = stations
    command = retention.ProposeDestruction(chosen=chosen(desk, made), reason=WHY)
    run: str = do(desk, retention.propose_destruction, command)
    around(desk, chief)
    do(chief, retention.approve_destruction, retention.ApproveDestruction(run_id=run))
    around(*stations)
    return run


def everything_in(path: Path, data_key: bytes) -> str:
    """All rows of all tables of a vault's file as text: what somebody with its key could read."""
    with closing(open_keyed(path, data_key)) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return "\n".join(readable(row) for name in names for row in connection.execute(f'SELECT * FROM "{name}"'))


def readable(row: Any) -> str:
    return " ".join(one.decode("utf-8", "replace") if isinstance(one, bytes) else str(one) for one in row)


def journal_of(station: Station) -> str:
    """Everything that the second journal still holds."""
    journal = station.vault._store.keeper.journal
    return "".join(repr(msgspec.to_builtins(content)) for _, content in journal.after(journal.base))


def holds_canary(station: Station) -> list[str]:
    """Where in a station's files, opened with its key, the canary is found."""
    vault = station.vault
    found = []
    copy = vault.folder.parent / "copy.db"
    with vault.still():
        for ending in ("", "-wal"):
            beside = vault.folder / f"vault.db{ending}"
            if beside.exists():
                shutil.copy(beside, copy.with_name(copy.name + ending))
        if TRACE in everything_in(copy, vault._data_key):
            found.append("vault.db")
        if TRACE in journal_of(station):
            found.append("journal")
    copy.unlink()
    found += [path.name for path in backup.listed(vault.folder)[:2] if TRACE in everything_in(path, vault._data_key)]
    return found


def scopes_of(station: Station, run: str) -> list[str]:
    found: list[str] = station.ask(lambda session: session.get_one(DestructionRun, run).scopes)
    return found


def test_two_people_destroy_a_registration_and_its_cards_everywhere(three: tuple[Station, Station, Station]) -> None:
    chief, _desk, patrol = three
    made = ended(three)
    before = {station: holds_canary(station) for station in three}
    assert all("vault.db" in found and "journal" in found for found in before.values()), before
    run = destroyed(three, made)
    doomed = scopes_of(chief, run)
    for station in three:
        assert station.get(Registration, made) is None
        assert station.ask(lambda s: s.scalars(select(EmergencyCard.id)).all()) == []
        gone = station.ask(lambda s: s.scalars(select(PurgedScope.scope_id)).all())
        assert sorted(gone) == doomed and len(doomed) >= 2
        assert holds_canary(station) == []
        assert station.vault.sound()
    assert patrol.ask(lambda s: find_cards(s, CANARY, today=patrol.vault.now().date())) == ()


def kept_at(server: ServerProcess, scope_ids: list[str]) -> dict[str, int]:
    """How many rows of each of the server's tables still belong to these scopes."""
    with closing(EmbeddedStore(Settings(data=server.folder))) as store, store.reading() as connection:
        counts = {}
        for table, column in ((segments, "scope_id"), (scope_epochs, "scope_id"), (scopes, "scope_id")):
            asked = select(func.count()).select_from(table).where(table.c[column].in_(scope_ids))
            counts[table.name] = connection.scalar(asked) or 0
        of_scope = select(func.count()).select_from(envelopes).where(envelopes.c.subject_id.in_(scope_ids))
        counts["envelopes"] = connection.scalar(of_scope) or 0
        bodies = (
            select(func.count()).select_from(feed).where(feed.c.subject_id.in_(scope_ids), feed.c.body.is_not(None))
        )
        counts["feed"] = connection.scalar(bodies) or 0
        assert find_faults(connection) == []
        counts["tombstones"] = (
            connection.scalar(
                select(func.count()).select_from(purged_scopes).where(purged_scopes.c.scope_id.in_(scope_ids))
            )
            or 0
        )
    return counts


def own_segments(station: Station, scope_ids: list[str]) -> list[Segment]:
    """What a station holds, sealed, of these scopes."""
    bodies = station.ask(lambda s: s.scalars(select(OutSegment.body).where(OutSegment.scope_id.in_(scope_ids))).all())
    return [protocol.decode(Segment, body) for body in bodies]


def told(station: Station) -> Server:
    """The server as a station speaks to it."""
    return station.engine._begin(Tally()).server


def scopes_chosen(station: Station, made: str) -> list[str]:
    def question(session: Session) -> list[str]:
        found = session.get_one(Registration, made).scope_id
        cards = session.scalars(select(Scope.id).where(Scope.kind == str(ScopeKind.REGISTRY_CARD)))
        return sorted([found, *cards])

    found: list[str] = station.ask(question)
    return found


def test_the_server_keeps_an_id_and_refuses_to_take_it_again(
    agency: Agency, three: tuple[Station, Station, Station]
) -> None:
    _chief, desk, _patrol = three
    made = ended(three)
    sealed = own_segments(desk, scopes_chosen(desk, made))
    assert sealed
    doomed = scopes_of(desk, destroyed(three, made))
    assert kept_at(agency.server, doomed) == {
        **dict.fromkeys(("segments", "scope_epochs", "scopes", "envelopes", "feed"), 0),
        "tombstones": len(doomed),
    }
    answer = told(desk).post("/v1/push", Push(segments=sealed), PushResult)
    assert {one.code for one in answer.refusals} == {"purged"} and answer.receipts == []
    newcomer_sees = told(desk).get("/v1/feed?after=0", FeedPage)
    assert not {item.kind for item in newcomer_sees.items} & {"purged"}


def test_a_device_that_was_away_loses_its_unsent_words_and_says_so(
    agency: Agency, recruit: Recruit, three: tuple[Station, Station, Station]
) -> None:
    chief, desk, patrol = three
    second = recruit(agency, "Rene Registrar", Role.REG, REGISTRY)
    around(second, desk, second)
    made = ended(three)
    around(desk, second)
    second.set(Registration, made, calming=f"sing {CANARY}")
    second.vault.keep_draft(f"registry.form:{made}", {"calming": CANARY}, None)
    destroyed((chief, desk, patrol), made)
    assert second.ask(lost_changes) == 0
    report = second.sync()
    assert second.get(Registration, made) is None and holds_canary(second) == []
    assert second.ask(lost_changes) == 1, "one change that nobody else ever had"
    assert report.counts.only_here == 0 and report.counts.refused == 0
    do(second, retention.note_lost, retention.NoteLost())
    assert second.ask(lost_changes) == 0


def test_a_server_put_back_to_an_older_copy_is_told_again(
    own_server: ServerProcess, recruit: Recruit, tmp_path: Path
) -> None:
    stations = staffed(own_server.agency(), recruit)
    _chief, desk, patrol = stations
    made = ended(stations)
    own_server.copy(tmp_path / "copy")
    doomed = scopes_of(desk, destroyed(stations, made))
    own_server.put_back(tmp_path / "copy")
    assert kept_at(own_server, doomed)["segments"] > 0
    patrol.sync()
    assert kept_at(own_server, doomed)["segments"] == 0
    around(*stations)
    assert all(station.get(Registration, made) is None for station in stations)
    assert all(holds_canary(station) == [] for station in stations)


def test_who_joins_later_learns_the_ids_and_nothing_else(
    agency: Agency, recruit: Recruit, three: tuple[Station, Station, Station]
) -> None:
    made = ended(three)
    doomed = scopes_of(three[0], destroyed(three, made))
    late = recruit(agency, "Lou Later", Role.REG, REGISTRY)
    around(three[0], late)
    assert sorted(late.ask(lambda s: s.scalars(select(PurgedScope.scope_id)).all())) == doomed
    assert late.ask(lambda s: s.scalars(select(EmergencyCard.id)).all()) == []


def signed_by(order: PurgeOrder, *stations: Station) -> PurgeOrder:
    content = protocol.purge_bytes(order.agency_id, order.order_id, order.scopes, order.proposed_at)
    approvals = []
    for station in stations:
        signature = station.ask(lambda session: identity.signing_key(session).sign(content))
        approvals.append(Approval(station.vault.device_id, signature))
    return msgspec.structs.replace(order, approvals=approvals)


@pytest.mark.parametrize("case", ["one person", "an officer", "no supervisor", "another list", "another agency"])
def test_no_order_is_obeyed_without_two_people_who_may(
    agency: Agency, recruit: Recruit, three: tuple[Station, Station, Station], case: str
) -> None:
    chief, desk, patrol = three
    second = recruit(agency, "Rene Registrar", Role.REG, REGISTRY)
    around(second, *three)
    made = ended(three)
    order = PurgeOrder("ab" * 16, agency.agency_id, scopes_chosen(desk, made), 1, [])
    match case:
        case "one person":
            order = signed_by(order, chief, chief)
        case "an officer":
            order = signed_by(order, chief, patrol)
        case "no supervisor":
            order = signed_by(order, desk, second)
        case "another list":
            order = signed_by(order, chief, desk)
            order = msgspec.structs.replace(order, scopes=[*order.scopes, "cd" * 16])
        case _:
            order = msgspec.structs.replace(order, agency_id="ef" * 16)
            order = signed_by(order, chief, desk)
    with pytest.raises(ServerProblem):
        told(chief).post("/v1/order", order, OrderTaken)
    # And a server that hands it on all the same is not believed.
    round_ = patrol.engine._begin(Tally())
    with round_.merging() as work:
        opening = orders.take_in(work, order, round_.member)
    assert opening in (Opening.REFUSED, Opening.WAITS)
    assert all(patrol.holds(ScopeKind.REGISTRY_CARD, anchor) for anchor in anchors(patrol))
    assert patrol.ask(lambda s: s.scalars(select(PurgedScope.scope_id)).all()) == []


def anchors(station: Station) -> list[str]:
    asked = select(Scope.anchor_id).where(Scope.kind == str(ScopeKind.REGISTRY_CARD))
    found: list[str] = station.ask(lambda session: list(session.scalars(asked)))
    assert found
    return found


def test_an_order_that_waited_takes_what_waits_in_its_scopes_along(three: tuple[Station, Station, Station]) -> None:
    chief, desk, patrol = three
    made = ended(three)
    order = PurgeOrder("ab" * 16, chief.vault.agency_id, scopes_chosen(desk, made), 1, [])
    order = signed_by(order, chief, desk)
    sealed = own_segments(desk, order.scopes)[-1]
    page = told(chief).get("/v1/feed?after=0", FeedPage)
    somebody = next(item for item in page.items if item.kind == "member")
    with patrol.vault.settling() as session:
        for place, kind, subject, reason, body in (
            (10**6, "order", order.order_id, Reason.AUTHOR, protocol.encode(order)),
            (10**6 + 1, "segment", sealed.scope_id, Reason.BEFORE, protocol.encode(sealed)),
        ):
            item = FeedItem(place, kind, msgspec.Raw(body))
            row = WaitingItem(place=place, scope_id=subject, reason=str(reason), body=protocol.encode(item))
            session.add(row)
    round_ = patrol.engine._begin(Tally())
    with round_.merging() as work:
        take_in(work, [somebody], round_.member)
    assert sorted(patrol.ask(lambda s: s.scalars(select(PurgedScope.scope_id)).all())) == sorted(order.scopes)
    assert patrol.ask(lambda s: s.scalars(select(WaitingItem.place)).all()) == []


def test_the_agencys_own_scope_is_never_destroyed(three: tuple[Station, Station, Station]) -> None:
    chief, desk, patrol = three
    own = patrol.ask(lambda s: s.scalars(select(Scope.id).where(Scope.kind == str(ScopeKind.AGENCY))).all())
    order = signed_by(PurgeOrder("ab" * 16, chief.vault.agency_id, list(own), 1, []), chief, desk)
    round_ = patrol.engine._begin(Tally())
    with round_.merging() as work:
        assert orders.take_in(work, order, round_.member) is Opening.REFUSED
    assert patrol.ask(lambda s: s.scalars(select(Setting.id)).all())


def test_both_ends_sign_the_same_bytes() -> None:
    at = datetime(2026, 1, 20, 15, 0, 0, 123000, tzinfo=UTC)
    named = ["b" * 32, "a" * 32]
    ours = identity.destruction_bytes("c" * 32, "d" * 32, named, at)
    assert ours == protocol.purge_bytes("c" * 32, "d" * 32, named, identity.as_ms(at))
    assert ours != protocol.purge_bytes("c" * 32, "d" * 32, named[:1], identity.as_ms(at))


def test_older_backups_are_gone_a_week_later(three: tuple[Station, Station, Station]) -> None:
    _chief, desk, _patrol = three
    made = ended(three)
    held = desk.vault.back_up()
    assert TRACE in everything_in(held, desk.vault._data_key)
    destroyed(three, made)
    assert held.exists()
    desk.clock.ahead += timedelta(days=KEPT_DAYS + 1)
    desk.vault.back_up()
    left = backup.listed(desk.vault.folder)
    assert held not in left and len(left) >= 2
    assert all(TRACE not in everything_in(path, desk.vault._data_key) for path in left)
