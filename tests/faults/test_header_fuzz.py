"""The key file in the hands of somebody who wants a cheaper guess: no changed file opens, none derives for less (G23).

Each round changes the stored derivation, a salt, a slot or plain bytes of a real key file, makes its check right again,
and opens it with the right passphrase and the right recovery key. What lies outside the bounds has to be refused before
anything is derived; what lies inside does not open, because the parameters are part of what the key is bound to. The
floor is low here so that the derivations that do happen are quick; it is the same code. `HAVEN_HEADERS` rounds at
release size; the seed is printed, `HAVEN_SEED` plays it again.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from app.errors import HavenError
from app.vault import keys, slots
from app.vault.keys import KdfSetting
from app.vault.slots import Slot, SlotFile

ROUNDS = int(os.environ.get("HAVEN_HEADERS", "5000"))
SEED = int(os.environ.get("HAVEN_SEED", random.SystemRandom().randrange(2**32)))
PASSPHRASE = "five unrelated garden words"
SECOND = "seven herons above the pond"
DATA_KEY, OTHER_KEY, RECOVERY = (bytes([fill]) * 32 for fill in (1, 2, 3))
FLOOR = KdfSetting(memory_kib=64, passes=1, lanes=1)
STORED = KdfSetting(memory_kib=160, passes=3, lanes=2)
CEILING = KdfSetting(memory_kib=256, passes=5, lanes=4)

Change = Callable[[random.Random, SlotFile], SlotFile]


@pytest.fixture
def file(monkeypatch: pytest.MonkeyPatch) -> SlotFile:
    monkeypatch.setattr(keys, "FLOOR", FLOOR)
    monkeypatch.setattr(keys, "CEILING", CEILING)
    made = slots.made("v" * 32, DATA_KEY, PASSPHRASE, RECOVERY, STORED)
    return made.with_duress(made.stretch(SECOND), OTHER_KEY)


def downgraded(chance: random.Random, file: SlotFile) -> SlotFile:
    """A cheaper derivation, in one number or all; often far below the floor."""
    memory, passes, lanes = file.setting
    cheaper = (chance.randint(-2, memory), chance.randint(-2, passes), chance.randint(-2, lanes))
    kept = [chance.random() < 0.4 for _ in cheaper]
    setting = tuple(old if keep else new for old, new, keep in zip(file.setting, cheaper, kept, strict=True))
    return msgspec.structs.replace(file, setting=setting)


def any_setting(chance: random.Random, file: SlotFile) -> SlotFile:
    """Any numbers, and any number of them."""
    values = [chance.choice((0, 1, 3, 64, 160, 2**31, 2**40, -1)) for _ in range(chance.randint(0, 5))]
    return msgspec.structs.replace(file, setting=tuple(values))


def other_salt(chance: random.Random, file: SlotFile) -> SlotFile:
    """Another shared salt, a shorter one, none."""
    return msgspec.structs.replace(file, salt=chance.randbytes(chance.choice((0, 8, 16, 31, 32, 33))))


def other_slot(chance: random.Random, file: SlotFile) -> SlotFile:
    """One part of one slot changed, taken from another slot or made up."""
    chosen, donor = chance.randrange(len(file.slots)), chance.choice(file.slots)
    part = chance.choice(("type", "id", "salt", "sealed"))
    made_up: dict[str, Any] = {
        "type": chance.choice((slots.PASSPHRASE, slots.BOUND, slots.RECOVERY, slots.DURESS, "plain")),
        "id": chance.randbytes(16).hex(),
        "salt": chance.randbytes(32),
        "sealed": chance.randbytes(chance.choice((0, 12, 59, 60, 61))),
    }
    value = getattr(donor, part) if chance.random() < 0.5 else made_up[part]
    fresh = [
        msgspec.structs.replace(slot, **{part: value}) if place == chosen else slot
        for place, slot in enumerate(file.slots)
    ]
    return msgspec.structs.replace(file, slots=fresh)


def fewer_or_more(chance: random.Random, file: SlotFile) -> SlotFile:
    """Slots left out, doubled or in another order."""
    return msgspec.structs.replace(file, slots=chance.choices(file.slots, k=chance.randint(0, 5)))


def other_vault(chance: random.Random, file: SlotFile) -> SlotFile:
    """The slots of this vault called another one's."""
    return msgspec.structs.replace(file, vault_id=chance.randbytes(16).hex())


CHANGES: tuple[Change, ...] = (downgraded, downgraded, any_setting, other_salt, other_slot, fewer_or_more, other_vault)


def opened(content: bytes, derived: list[KdfSetting]) -> list[str]:
    """What still opens the bytes of a changed key file."""
    file = slots.decoded(content)
    assert file is not None, "its check is right"
    derived.clear()
    ways: dict[str, Callable[[], object]] = {
        "passphrase": lambda: slots.open_with_passphrase(file, PASSPHRASE),
        "second": lambda: slots.open_with_passphrase(file, SECOND),
        "recovery": lambda: slots.open_with_recovery(file, RECOVERY),
    }
    return [name for name, way in ways.items() if _comes_through(way)]


def _comes_through(way: Callable[[], object]) -> bool:
    try:
        return way() is not None
    except HavenError:
        return False


def touched(before: SlotFile, after: SlotFile) -> set[str]:
    """The ways in whose own parameters were changed."""

    def means(file: SlotFile, *types: str) -> tuple[object, ...] | None:
        mine: list[Slot] = [slot for slot in file.slots if slot.type in types]
        if len(mine) != 1:
            return None
        shared = () if types == (slots.RECOVERY,) else (file.setting, file.salt)
        return (file.vault_id, shared, mine[0])

    ways = {
        "passphrase": (slots.PASSPHRASE, slots.BOUND),
        "second": (slots.DURESS,),
        "recovery": (slots.RECOVERY,),
    }
    return {name for name, types in ways.items() if means(before, *types) != means(after, *types)}


def test_no_changed_key_file_opens_or_derives_for_less(
    file: SlotFile, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(SEED)
    derived: list[KdfSetting] = []
    real = keys.derive

    def derive(passphrase: bytes, salt: bytes, setting: KdfSetting) -> bytes:
        derived.append(setting)
        return real(passphrase, salt, setting)

    monkeypatch.setattr(keys, "derive", derive)
    assert opened(slots.encoded(file), derived) == ["passphrase", "second", "recovery"]
    counts: Counter[str] = Counter()
    for number in range(ROUNDS):
        change = chance.choice(CHANGES)
        changed = change(chance, file)
        harmed = touched(file, changed)
        found = opened(slots.encoded(changed), derived)
        wrongly = harmed & set(found)
        assert not wrongly, f"seed {SEED}, round {number}: {change.__name__} still opens by {wrongly}"
        for setting in derived:
            assert keys.bounded(setting) == setting
        counts["changed"] += bool(harmed)
        counts["refused_before_deriving"] += bool(harmed) and not derived
    with capsys.disabled():
        print(json.dumps({"name": "header_fuzz", "rounds": ROUNDS, "opened": 0, "seed": SEED, **counts}))
    assert counts["changed"] > ROUNDS * 0.8 and counts["refused_before_deriving"] > ROUNDS * 0.2


def test_plain_bytes_changed_with_a_right_check_open_nothing_either(file: SlotFile) -> None:
    chance = random.Random(SEED)
    body = msgspec.msgpack.encode(file)
    derived: list[KdfSetting] = []
    read = 0
    for number in range(ROUNDS // 10):
        changed = bytearray(body)
        for _ in range(chance.randint(1, 3)):
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
        content = slots._HEAD + hashlib.sha256(changed).digest() + bytes(changed)
        decoded = slots.decoded(content)
        if decoded is None:
            continue
        read += 1
        assert not touched(file, decoded) & set(opened(content, derived)), f"seed {SEED}, round {number}"
    assert read > 0, "some of them can still be read"
