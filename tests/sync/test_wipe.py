"""A revoked computer erases itself by the order of the administrator's offline key, and by nothing else (G33)."""

from __future__ import annotations

import os
import shutil
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from app.errors import EnvironmentProblem, HavenError, RuleBroken
from app.models.agency import Setting
from app.models.local.tables import LoggedChange
from app.models.vocab import Role
from app.profile import ERASED, ERASING, Profile
from app.sync import protocol
from app.sync.client.session import Server
from app.sync.protocol import Wiped
from app.sync.server import orders
from app.sync.server.settings import Settings
from app.sync.server.signing import Identity
from app.sync.server.store import EmbeddedStore
from app.sync.server.tables import devices, wipes
from app.vault import erasing, keys, slots
from app.vault.vault import open_vault, open_with_recovery
from tests.sync.conftest import PASSPHRASE, Agency, Recruit, Station


@pytest.fixture
def two(agency: Agency, recruit: Recruit) -> tuple[Station, Station]:
    """A supervisor and an officer who have worked."""
    chief = recruit(agency, "Sam Supervisor", Role.SUP)
    officer = recruit(agency, "Olive Officer", Role.VSU)
    for station in (chief, officer, chief, officer):
        station.sync()
    chief.write(Setting(name="vsu.needs_days", value=4))
    for station in (chief, officer):
        station.sync()
    return chief, officer


def standing(agency: Agency, device_id: str) -> tuple[str, int]:
    """How the server sees a device: its status, and when it said that it is erased."""
    with closing(EmbeddedStore(Settings(data=agency.server.folder))) as store, store.reading() as connection:
        status = connection.scalar(select(devices.c.status).where(devices.c.device_id == device_id))
        done = connection.scalar(select(wipes.c.done_at).where(wipes.c.device_id == device_id))
    return str(status), int(done or 0)


def wrapped_keys(folder: Path) -> list[bytes]:
    """Everything in the key file that wraps the vault's key."""
    return [slot.sealed for slot in slots.read(folder).slots]


def disk(folder: Path) -> bytes:
    """Every byte of every file in a folder."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_a_revoked_computer_erases_itself_at_its_next_contact(agency: Agency, two: tuple[Station, Station]) -> None:
    _chief, officer = two
    vault, device_id = officer.vault, officer.vault.device_id
    vault.back_up()
    folder, wrapped = vault.folder, wrapped_keys(vault.folder)
    data_key = vault._data_key
    assert all(one in disk(folder) for one in wrapped)
    order = agency.wipe(device_id)
    report = officer.engine.run_once()
    assert report.erase and report.hopeless
    assert officer.engine.obey(), "the server has heard"
    assert [path.name for path in folder.iterdir()] == [ERASED]
    left = disk(folder)
    assert not any(one in left for one in wrapped) and data_key not in left
    said = protocol.decode(Wiped, (folder / ERASED).read_bytes())
    assert (said.device_id, said.nonce) == (device_id, order.nonce)
    assert standing(agency, device_id)[0] == "revoked" and standing(agency, device_id)[1] > 0
    with pytest.raises(HavenError):
        open_vault(folder, PASSPHRASE)


def test_a_server_that_only_says_revoked_erases_nothing(agency: Agency, two: tuple[Station, Station]) -> None:
    _chief, officer = two
    agency.revoke(officer.vault.device_id)
    report = officer.engine.run_once()
    assert report.hopeless and not report.erase
    assert officer.get(Setting, officer.ask(lambda session: session.scalar(select(Setting.id)))) is not None


@pytest.mark.parametrize("forged", ["another key", "another device", "another agency", "drain"])
def test_an_order_that_the_order_key_did_not_sign_for_this_device_is_not_obeyed(
    agency: Agency, two: tuple[Station, Station], forged: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    chief, officer = two
    device_id = officer.vault.device_id
    agency.revoke(device_id)
    order = protocol.WipeOrder(agency.agency_id, device_id, os.urandom(32), 1, False, protocol.UNSIGNED)
    match forged:
        case "another key":
            order = protocol.signed(order, Identity(os.urandom(32)).sign)
        case "another device":
            order = protocol.signed(msgspec.structs.replace(order, device_id=chief.vault.device_id), agency.order.sign)
            order = msgspec.structs.replace(order, device_id=device_id)
        case "another agency":
            order = protocol.signed(msgspec.structs.replace(order, agency_id="ab" * 16), agency.order.sign)
        case _:
            order = protocol.signed(msgspec.structs.replace(order, drain=True), agency.order.sign)
    monkeypatch.setattr(Server, "wipe_order", lambda _: order)
    assert not officer.engine.run_once().erase
    assert slots.exists(officer.vault.folder)


def test_the_server_keeps_no_order_that_another_key_signed(agency: Agency, two: tuple[Station, Station]) -> None:
    _chief, officer = two
    with pytest.raises(RuleBroken):
        agency.wipe(officer.vault.device_id, by=Identity(os.urandom(32)))
    assert standing(agency, officer.vault.device_id) == ("active", 0)


def test_retiring_sends_everything_first(agency: Agency, two: tuple[Station, Station]) -> None:
    chief, officer = two
    device_id = officer.vault.device_id
    agency.wipe(device_id, drain=True)
    officer.write(Setting(name="vsu.callback_min", value=7))
    unsent = officer.only_here()
    assert unsent
    report = officer.engine.run_once()
    assert report.erase and report.counts.only_here == 0
    assert officer.engine.obey()
    assert standing(agency, device_id)[0] == "revoked"
    chief.sync()
    arrived = chief.ask(lambda s: s.scalars(select(LoggedChange.dot).where(LoggedChange.dot.in_(unsent))).all())
    assert sorted(arrived) == sorted(unsent), "nothing that was written is lost"


def test_a_retiring_computer_waits_while_something_is_refused(agency: Agency, two: tuple[Station, Station]) -> None:
    _chief, officer = two
    agency.wipe(officer.vault.device_id, drain=True)
    officer.write(Setting(name="vsu.callback_min", value=os.urandom(1_500_000).hex()))
    report = officer.engine.run_once()
    assert report.counts.refused and not report.erase
    assert slots.exists(officer.vault.folder)


def test_an_order_to_erase_at_once_replaces_one_to_send_first(agency: Agency, two: tuple[Station, Station]) -> None:
    _chief, officer = two
    agency.wipe(officer.vault.device_id, drain=True)
    order = agency.wipe(officer.vault.device_id)
    with closing(EmbeddedStore(Settings(data=agency.server.folder))) as store, store.reading() as connection:
        assert orders.wipe_for(connection, officer.vault.device_id) == order


def test_broken_off_anywhere_the_key_is_gone_and_the_next_start_goes_on(
    agency: Agency, two: tuple[Station, Station], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _chief, officer = two
    officer.vault.back_up()
    officer.vault.close()
    recovery = keys.recovery_text(os.urandom(32))
    steps = 0
    while True:
        folder = tmp_path / "vaults" / f"try-{steps}"
        shutil.copytree(officer.vault.folder, folder)
        steps += 1
        left = steps
        real = Path.unlink

        def unlink(path: Path, missing_ok: bool = False, real: object = real) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                raise OSError("cut off")
            real(path, missing_ok=missing_ok)  # type: ignore[operator]

        monkeypatch.setattr(Path, "unlink", unlink)
        try:
            erasing.erase(folder, b"said")
            whole = True
        except OSError:
            whole = False
        monkeypatch.setattr(Path, "unlink", real)
        if whole:
            break
        assert erasing.is_erased(folder)
        assert folder.name not in [place.name for place in Profile(tmp_path).vaults()]
        assert erasing.go_on(folder)
        assert [path.name for path in folder.iterdir()] == [ERASED]
        with pytest.raises(HavenError):
            open_with_recovery(folder, recovery)
    assert steps > 5


def test_names_agree() -> None:
    assert (ERASING, ERASED) == (erasing.DOING, erasing.DONE)


def test_a_disk_that_refuses_is_gone_on_with_at_the_next_start(
    agency: Agency, two: tuple[Station, Station], monkeypatch: pytest.MonkeyPatch
) -> None:
    _chief, officer = two
    agency.wipe(officer.vault.device_id)
    assert officer.engine.run_once().erase

    def refuse(path: Path) -> None:
        raise OSError(28, "no room")

    monkeypatch.setattr(erasing, "_remove_all", refuse)
    with pytest.raises(EnvironmentProblem):
        officer.engine.obey()
    monkeypatch.undo()
    assert not slots.exists(officer.vault.folder)
    assert erasing.go_on(officer.vault.folder)
