"""Nothing that a person typed lies readable on the disk, outside a page that was saved on purpose (safety.md, G20)."""

from __future__ import annotations

import base64
import json
import os
import secrets
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from app import bootstrap
from app.desktop import Desktop
from app.models.vocab import Audience, PlanSection, Tri
from app.profile import ALLOWED, Profile
from app.queries import search
from app.queries.prints import PrintAsked, print_rows
from app.services import crisis, safety
from app.vault import drafts, keys
from app.vault.keys import KdfSetting
from app.vault.vault import open_vault
from app.views import style
from tests import factories

PHRASE = "seven quiet herons above the pond"
CHEAP = KdfSetting(memory_kib=64, passes=1, lanes=1)
CANARIES = 40


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Everything this test may write to: home, temporary folder and profile."""
    for name, variable in (
        ("home", "HOME"),
        ("tmp", "TMPDIR"),
        ("config", "XDG_CONFIG_HOME"),
        ("data", "XDG_DATA_HOME"),
    ):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(variable, str(tmp_path / name))
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(keys, "FLOOR", CHEAP)
    monkeypatch.setattr(keys, "calibrated", lambda: CHEAP)
    monkeypatch.setattr(bootstrap, "replace_process", lambda _arguments: None)
    yield tmp_path
    tempfile.tempdir = None


def forms_of(canary: str) -> list[bytes]:
    """How a canary may lie on the disk; base64 in each of the three places where a group may begin."""
    raw = canary.encode()
    shifted = [base64.b64encode(b"\0" * pad + raw)[pad + (pad > 0) : -4] for pad in range(3)]
    return [raw, canary.encode("utf-16-le"), canary.encode("utf-16-be"), *shifted]


def layers(content: bytes) -> Iterator[bytes]:
    """The content, and whatever in it is compressed."""
    yield content
    for start in range(len(content) - 2):
        if content[start] == 0x78 and content[start + 1] in (0x01, 0x5E, 0x9C, 0xDA):
            yield inflated(content[start:], zlib.MAX_WBITS)
        elif content[start : start + 4] == b"PK\x03\x04":
            skip = 30 + int.from_bytes(content[start + 26 : start + 28], "little")
            yield inflated(content[start + skip + int.from_bytes(content[start + 28 : start + 30], "little") :], -15)
        elif content[start : start + 2] == b"\x1f\x8b":
            yield inflated(content[start:], 31)


def inflated(content: bytes, bits: int) -> bytes:
    """What can be inflated of it."""
    try:
        return zlib.decompressobj(bits).decompress(content, 10_000_000)
    except zlib.error:
        return b""


def leaks(folder: Path, canaries: list[str]) -> list[str]:
    """The files in which a canary can be read."""
    wanted = [form for canary in canaries for form in forms_of(canary)]
    return [
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and any(form in layer for layer in layers(path.read_bytes()) for form in wanted)
    ]


def quiet(desktop: Desktop, more: Callable[[], bool] = lambda: True) -> None:
    """Let the windows live until nothing is under way."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        QApplication.processEvents()
        time.sleep(0.002)
        house = desktop.house
        if not desktop.jobs.is_busy and (house is None or not house.tasks.is_busy) and more():
            return
    raise AssertionError("never quiet")


def test_nothing_typed_is_readable_on_the_disk(
    disk: Path, qapp: QApplication, capfd: pytest.CaptureFixture[str], qtbot: Any
) -> None:
    canaries = [f"Wren{secrets.token_hex(9)}" for _ in range(CANARIES)]
    left = iter(canaries)
    style.apply(qapp, "light", 1.0)
    profile = Profile(disk / "profile")
    profile.keep("mode", "light")
    desktop = Desktop(qapp, profile, ["haven"])
    said: list[str] = []
    desktop.messages.said.connect(lambda sentence, _tone: said.append(sentence))
    opened = bootstrap.RealDoors(profile).create(next(left), next(left), PHRASE)
    opened.keys.keep_recovery(opened.recovery_key)
    desktop.enter(opened)
    house: Any = desktop.house
    quiet(desktop)

    def act(verb: Callable[[Any, Any], Any], command: Any) -> Any:
        return house.store.write(lambda work: verb(work, command))[0]

    names = ("location", "note", "hazards", "meet_point", "requester_name", "contact_phone", "municipality")
    request = act(crisis.raise_request, factories.request(**{name: next(left) for name in names}))
    person = factories.person(preferred_name=next(left), legal_first=next(left), medical_alerts=next(left))
    reach = factories.safe_phone(value=next(left), say_you_are=next(left), code_word_ok=next(left))
    case = act(crisis.open_case, factories.case(person=person, contacts=(reach,)))
    act(crisis.record_contact, factories.contact(case, service_fact=next(left), support_note=next(left)))
    items = tuple(
        safety.PlanItem(section=section, text=next(left), applies=Tri.YES) for section in list(PlanSection)[:11]
    )
    act(safety.save_plan, factories.plan(case, items=items))
    for route, subject in (("requests.detail", {"request_id": request}), ("crisis.case", {"case_id": case})):
        house.window.go(route, **subject)
        quiet(desktop)
    found = house.store.read(lambda session: search.find(session, canaries[9], today=house.vault.now().date()))
    assert found, "what is looked for is found"
    asked = PrintAsked("F-301", Audience.INTERNAL, "en", house.context.person.member_id, "x", request)
    pdf = house.renderer.render(*house.store.read(lambda session: print_rows(session, asked, now=house.vault.now())))
    assert pdf.startswith(b"%PDF")

    def burst(_work: Any, command: str) -> None:
        raise ValueError(command)

    house.tasks.write(house.window, burst, next(left))
    quiet(desktop)
    house.window.go("requests.new")
    quiet(desktop)
    typed = {name: next(left) for name in (*names, "requester_badge", "occurrence_no", "consent_asked_by")}
    house.window.page("requests.new").form.fill(typed)
    house.window.page("requests.new")._touch()
    house.window.keep_typing()
    quiet(desktop)
    qapp.clipboard().setText(next(left))
    assert next(left, None) is None, "every canary was let fly"
    desktop.lock()
    assert qapp.clipboard().text() == ""
    (place,) = profile.vaults()
    with open_vault(place.folder, PHRASE) as vault, vault.read() as session:
        kept = drafts.load(session, "request:new")
        assert kept is not None and kept.values["location"] == typed["location"], "the draft is in the vault"
    assert any("Something went wrong" in sentence for sentence in said)
    assert not any(canary in sentence for sentence in said for canary in canaries)
    written = capfd.readouterr()
    assert not any(canary in written.out + written.err for canary in canaries)
    assert (written.out, written.err) == ("", "")
    assert leaks(disk, canaries) == []
    assert set(json.loads((profile.home / "settings.json").read_text(encoding="utf-8"))) <= set(ALLOWED)
    on_purpose = disk / "home" / "page.pdf"
    on_purpose.write_bytes(pdf)
    assert on_purpose.stat().st_size
    desktop.close()


@pytest.mark.parametrize("pad", [0, 1, 2])
def test_the_scan_sees_a_leak_in_every_form(tmp_path: Path, pad: int) -> None:
    canary = f"Wren{secrets.token_hex(9)}"
    raw = os.urandom(pad) + canary.encode() + b"the rest of it"
    for number, content in enumerate(
        (raw, canary.encode("utf-16-le"), base64.b64encode(raw), zlib.compress(raw * 3), b"junk" + zlib.compress(raw))
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "file").write_bytes(content)
        assert leaks(folder, [canary]) == ["file"], number
    assert leaks(tmp_path, ["Wren" + "0" * 18]) == []
