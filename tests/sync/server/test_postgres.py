"""What only the PostgreSQL store has: its address, several processes, a standby, a database that goes away."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.errors import EnvironmentProblem, HavenError, RuleBroken
from app.sync import protocol as p
from app.sync.server import members
from app.sync.server.admin import main
from app.sync.server.pokes import HERE, POKE
from app.sync.server.problems import Refused as ServerRefused
from app.sync.server.problems import StoreDamaged, StoreFull, StoreUnavailable
from app.sync.server.settings import Settings
from app.sync.server.signing import IDENTITY_FILE
from app.sync.server.store import ADDRESS_FILE, FLOOR_FILE, Store, create_store, open_store
from app.sync.server.stores import postgres
from app.sync.server.tables import segments
from tests.sync.server.cluster import Cluster, running
from tests.sync.server.harness import Device, Refused, Server, new_server
from tests.sync.server.test_numbers import ask
from tests.sync.server.test_pokes import Stream

pytestmark = pytest.mark.parametrize("kind_of_store", ["postgres"])


def database_of(settings: Settings) -> str:
    """The name of the database behind a data folder."""
    return (settings.data / ADDRESS_FILE).read_text().split("///")[1].partition("?")[0]


def copy_of(settings: Settings, folder: Path, database: str = "") -> Settings:
    """The data folder of a second machine."""
    folder.mkdir(mode=0o700)
    for name in (IDENTITY_FILE, ADDRESS_FILE):
        (folder / name).write_bytes((settings.data / name).read_bytes())
        (folder / name).chmod(0o600)
    if database:
        address = (folder / ADDRESS_FILE).read_text()
        (folder / ADDRESS_FILE).write_text(address.replace(database_of(settings), database))
    return Settings(data=folder, enrol_per_minute=1000, sign_in_per_minute=1000)


def eventually(holds: Callable[[], object]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


# --- the address and the folder -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("postgresql://haven:secret@db.example/haven", "password"),
        ("postgresql://haven@db.example/haven?password=secret", "password"),
        ("not an address", "must look like"),
    ],
)
def test_an_address_without_a_password_is_wanted(tmp_path: Path, address: str, said: str, kind_of_store: str) -> None:
    with pytest.raises(RuleBroken, match=said) as refused:
        create_store(Settings(data=tmp_path / "server", store=address))
    assert "secret" not in refused.value.sentence
    assert list((tmp_path / "server").iterdir()) == []


def test_another_machine_is_spoken_to_with_tls_that_is_checked(tmp_path: Path, kind_of_store: str) -> None:
    far = postgres._conninfo("postgresql://haven@one.example,two.example/haven", tmp_path)
    assert "sslmode=verify-full" in far and "sslrootcert=system" in far and "target_session_attrs=read-write" in far
    assert "sslmode=require" in postgres._conninfo("postgresql://haven@one.example/haven?sslmode=require", tmp_path)
    for near in ("postgresql:///haven", "postgresql://localhost/haven", "postgresql:///haven?host=/run/postgresql"):
        assert "sslmode" not in postgres._conninfo(near, tmp_path)


def test_the_password_comes_from_a_file_in_the_folder(tmp_path: Path, kind_of_store: str) -> None:
    assert "passfile" not in postgres._conninfo("postgresql:///haven", tmp_path)
    (tmp_path / postgres.PASSWORD_FILE).write_text("*:*:*:haven:secret\n")
    assert f"passfile={tmp_path / postgres.PASSWORD_FILE}" in postgres._conninfo("postgresql:///haven", tmp_path)


def test_the_command_makes_a_server_in_a_database_and_finds_it_again(
    cluster: Cluster,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    kind_of_store: str,
) -> None:
    folder, address = str(tmp_path / "server"), cluster.address(cluster.new_database())
    monkeypatch.setenv("HAVEN_SERVER_STORE", address)
    assert main(["--data", folder, "init"]) == 0
    monkeypatch.delenv("HAVEN_SERVER_STORE")
    assert main(["--data", folder, "agency", "add", "Lakeshore Police Service"]) == 0
    assert main(["--data", folder, "verify"]) == 0
    assert {path.name for path in Path(folder).iterdir()} == {IDENTITY_FILE, ADDRESS_FILE}
    capsys.readouterr()
    assert main(["--data", folder, "backup", str(tmp_path / "copy")]) == 1
    assert "pg_basebackup" in capsys.readouterr().err
    assert main(["--data", str(tmp_path / "other"), "--store", address, "init"]) == 1
    assert "There is a server in this database already" in capsys.readouterr().err
    assert list((tmp_path / "other").iterdir()) == []


def test_what_does_not_belong_together_is_refused(settings: Settings, cluster: Cluster, tmp_path: Path) -> None:
    empty = copy_of(settings, tmp_path / "empty", cluster.new_database())
    with pytest.raises(EnvironmentProblem, match="run init"):
        open_store(empty)
    stranger = copy_of(settings, tmp_path / "stranger")
    (stranger.data / IDENTITY_FILE).write_bytes(bytes(range(32)))
    with pytest.raises(EnvironmentProblem, match="not the one that this database began with"):
        open_store(stranger)
    create_store(Settings(data=tmp_path / "embedded"))
    with pytest.raises(EnvironmentProblem, match="needs a folder of its own"):
        open_store(Settings(data=tmp_path / "embedded", store=cluster.address("haven")))


def test_a_database_that_cannot_hold_every_name_is_refused(
    cluster: Cluster, tmp_path: Path, kind_of_store: str
) -> None:
    cluster.sql("CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'")
    with pytest.raises(EnvironmentProblem, match="UTF8"):
        create_store(Settings(data=tmp_path / "server", store=cluster.address("latin")))


def test_a_database_that_is_not_there_does_not_answer(tmp_path: Path, kind_of_store: str) -> None:
    with pytest.raises(StoreUnavailable):
        create_store(Settings(data=tmp_path / "server", store=f"postgresql:///haven?host={tmp_path}"))
    assert list((tmp_path / "server").iterdir()) == []


# --- errors -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("53100", StoreFull),
        ("XX001", StoreDamaged),
        ("XX002", StoreDamaged),
        ("25006", StoreUnavailable),
        ("40P01", StoreUnavailable),
        ("57014", StoreUnavailable),
        ("57P01", StoreUnavailable),
        ("58030", StoreUnavailable),
        ("53300", StoreUnavailable),
        ("08006", StoreUnavailable),
    ],
)
def test_errors_have_their_owner(opened: Store, state: str, kind: type[HavenError]) -> None:
    raised = f"DO $$ BEGIN RAISE EXCEPTION 'canary' USING ERRCODE = '{state}'; END $$"
    with pytest.raises(kind) as caught, opened.writing() as connection:
        connection.exec_driver_sql(raised)
    assert "canary" not in str(caught.value)
    opened.check_ready()


def test_what_the_database_cannot_hold_is_refused_and_no_mistake_of_ours(server: Server, agency: str) -> None:
    device = server.enrolled(agency)
    assert device.raw("GET", "/v1/heads?after=a%00")[0] == 400
    assert device.raw("GET", "/v1/scopes/a%00b/segments")[0] in (400, 404)


# --- one writer of an agency, several processes -------------------------------------------------------------------


def test_agencies_do_not_wait_for_each_other(opened: Store, settings: Settings, cluster: Cluster) -> None:
    other = open_store(settings)
    order: list[str] = []

    def alone() -> None:
        with other.writing():
            order.append("alone")

    with ThreadPoolExecutor(1) as thread:
        with opened.writing("a"):
            with other.writing("b"), other.noting():
                pass
            waiting = thread.submit(alone)
            locked = f"pg_stat_activity WHERE datname = '{database_of(settings)}' AND wait_event_type = 'Lock'"
            eventually(lambda: cluster.sql(f"SELECT count(*) FROM {locked}") == "1")
            order.append("of agency")
        waiting.result(20)
    other.close()
    assert order == ["of agency", "alone"]


def test_any_process_answers_the_next_step(server: Server, agency: str, tmp_path: Path) -> None:
    """Challenge, sign-in, push and feed each at another process; what one takes the other hears of."""
    one, two = server, Server(copy_of(server.settings, tmp_path / "second"))
    try:
        device = one.enrolled(agency)
        answered = device.answered(device.challenge())
        device.move_to(two.port)
        device.token = device.ask(p.Session, "POST", "/v1/session", answered).token
        scope = device.new_scope()
        device.move_to(one.port)
        receipt = device.send(device.segment(scope)).receipts[0]
        device.move_to(two.port)
        assert [segment.scope_id for segment in device.segments()] == [scope]
        assert receipt.number == 1
        grown = count_of(one, "haven_feeds_grown_total")
        eventually(lambda: count_of(two, "haven_feeds_grown_total") >= grown)
        one.revoke(agency, device.device_id)
        with pytest.raises(Refused, match="revoked"):
            device.feed()
    finally:
        two.stop()


def test_a_poke_crosses_processes(server: Server, agency: str, tmp_path: Path) -> None:
    two = Server(copy_of(server.settings, tmp_path / "second"))
    try:
        ann, ben = server.enrolled(agency, "Ann Example"), server.enrolled(agency, "Ben Example")
        scope = ann.new_scope(ben.device_id)
        ben.move_to(two.port)
        with closing(Stream(ben)) as stream:
            assert stream.event() == HERE
            ann.send(ann.segment(scope))
            assert stream.event() == POKE
    finally:
        two.stop()


def count_of(server: Server, name: str) -> int:
    """A counter without labels, 0 when it has not begun."""
    lines = [line for line in server.parts.metrics.text().splitlines() if line.startswith(f"{name} ")]
    return int(lines[0].split()[1]) if lines else 0


def test_segments_lie_in_parts(server: Server, agency: str) -> None:
    device = server.enrolled(agency)
    for _ in range(20):
        device.send(device.segment(device.new_scope()))
    with server.parts.store.reading() as connection:
        of_row: sa.ColumnClause[str] = sa.literal_column("tableoid::regclass::text")
        parts = list(connection.scalars(sa.select(of_row).select_from(segments)))
    assert len(parts) == 20 and len(set(parts)) > 4


# --- numbers ------------------------------------------------------------------------------------------------------


def test_a_restored_database_does_not_hand_numbers_out_again(
    server: Server, agency: str, cluster: Cluster, tmp_path: Path
) -> None:
    device = server.enrolled(agency)
    assert ask(device).last == 10
    server.stop()
    backup = cluster.new_database(database_of(server.settings))
    server.start()
    second = Server(copy_of(server.settings, tmp_path / "second"))
    device.move_to(server.port)
    assert ask(device).last == 20
    floor = second.settings.data / FLOOR_FILE
    eventually(lambda: floor.exists() and " 20 ." in floor.read_text())
    server.stop()
    second.stop()
    # The machine that gave the block is gone; the other heard of it, and starts on the older copy.
    restored = Server(copy_of(server.settings, tmp_path / "third", backup))
    restored.stop()
    (restored.settings.data / FLOOR_FILE).write_bytes(floor.read_bytes())
    restored.start()
    try:
        device.move_to(restored.port)
        device.sign_in()
        assert ask(device).first == 21
        fresh = open_store(copy_of(restored.settings, tmp_path / "fourth", backup))  # knows only the tables
        assert fresh.number_floor(agency, "5e" * 16, 2026) == 30
        fresh.close()
    finally:
        restored.stop()


# --- a database that goes away, a standby that does not answer ----------------------------------------------------


def test_a_commit_whose_connection_was_lost_gives_no_receipt(opened: Store) -> None:
    with pytest.raises(StoreUnavailable), opened.writing() as connection:
        members.add_agency(connection, "Lakeshore Police Service")
        mine = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        with opened.noting() as other:
            other.exec_driver_sql(f"SELECT pg_terminate_backend({mine}, 5000)")
    with opened.reading() as connection:
        assert members.list_agencies(connection) == []


def test_the_database_may_be_restarted_under_a_server(tmp_path: Path, kind_of_store: str) -> None:
    with running() as own:
        server = new_server(tmp_path / "server", store=own.address(own.new_database()))
        try:
            restart_under(server, own)
        finally:
            server.stop()


def restart_under(server: Server, cluster: Cluster) -> None:
    """Stop the database as a crash would, and start it again."""
    device = server.enrolled(server.add_agency())
    scope = device.new_scope()
    cluster.stop()
    with pytest.raises(Refused) as refused:
        device.send(device.segment(scope))
    assert (refused.value.status, refused.value.code) == (503, "unavailable")
    assert device.raw("GET", "/readyz")[0] == 503
    assert device.raw("GET", "/healthz")[0] == 200
    grown = count_of(server, "haven_feeds_grown_total")
    cluster.start()
    eventually(lambda: device.raw("GET", "/readyz")[0] == 200)
    device.chains.clear()
    assert device.send(device.segment(scope)).receipts[0].number == 1
    # Whoever listened names every agency once, as something may have been missed.
    eventually(lambda: count_of(server, "haven_feeds_grown_total") >= grown + 2)


@contextmanager
def absent_standby(cluster: Cluster) -> Iterator[None]:
    """Commits wait for a standby that never comes."""
    cluster.sql("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
    cluster.sql("SELECT pg_reload_conf()")
    try:
        yield
    finally:
        with suppress(AssertionError):
            cluster.sql("ALTER SYSTEM RESET synchronous_standby_names")
            cluster.sql("SELECT pg_reload_conf()")


def cancel_the_waiting(cluster: Cluster, database: str, how: str) -> None:
    """Cut short whoever waits for the standby."""
    waiting = f"pg_stat_activity WHERE datname = '{database}' AND wait_event = 'SyncRep'"
    eventually(lambda: cluster.sql(f"SELECT count(*) FROM {waiting}") == "1")
    cluster.sql(f"SELECT {how}(pid) FROM {waiting}")


@pytest.mark.parametrize("how", ["pg_cancel_backend", "pg_terminate_backend"])
def test_no_receipt_before_the_standby_has_it(server: Server, agency: str, cluster: Cluster, how: str) -> None:
    """Cut short, the commit stays here and may be lost with this machine: neither it nor a repetition is confirmed."""
    device = server.enrolled(agency)
    scope = device.new_scope()
    segment = device.segment(scope)
    with absent_standby(cluster), ThreadPoolExecutor(1) as thread:
        for _ in range(2):
            pushing = thread.submit(device.send, segment)
            cancel_the_waiting(cluster, database_of(server.settings), how)
            with pytest.raises(Refused) as refused:
                pushing.result(20)
            assert (refused.value.status, refused.value.code) == (503, "unavailable")
        again = Device(server.port, device.device_id, device.key, enrolled=device.enrolled)
        assert again.sign_in().token  # signing in waits for nobody
        waiting = thread.submit(device.send, segment)
        cluster.sql("ALTER SYSTEM RESET synchronous_standby_names")
        cluster.sql("SELECT pg_reload_conf()")
        assert [receipt.number for receipt in waiting.result(20).receipts] == [1]
    assert len(device.segments()) == 1


def test_a_text_that_is_refused_says_so_on_the_wire(opened: Store) -> None:
    with pytest.raises(ServerRefused) as refused, opened.writing() as connection:
        connection.execute(sa.text("SELECT :text"), {"text": "a\0b"})
    assert refused.value.status == 400
