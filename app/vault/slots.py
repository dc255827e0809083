"""The key-slot file: what opens the vault, wrapped once for each way to open it.

Kept in two copies (`slots.a`, `slots.b`) with a generation number. A change writes the next generation to both, one
after the other, each whole (`files.write_whole`); reading takes the newest valid one, so that a power cut leaves the
old slots or the new ones. Each wrapped key is bound to the format, the vault, the slot and its parameters.

    passphrase or bound   the data key, for the passphrase; `bound` needs a secret of the system's keystore as well
    recovery              the data key, for the recovery key
    duress                the key of another database, for a second passphrase; random bytes while there is none

Every file has exactly these three, of the same lengths, so that it does not show whether a second passphrase is set.
Both typed slots share one salt and one Argon2id setting: a typed passphrase costs one derivation whichever slot it
opens, and HKDF makes the wrapping key of each slot from it. A new passphrase keeps salt and setting, because the
second passphrase is not at hand then and its slot has to stay openable. What a stable salt gives away is small: who
holds an older copy of the file too can try one guess against both. A new salt comes with a new setting (`restretched`)
and with a recovery; a second passphrase does not survive either, so the first is put off while one is set.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import msgspec

from app.errors import Defect, EnvironmentProblem
from app.vault import keys, passphrase
from app.vault.files import write_whole
from app.vault.keys import KdfSetting, Randomness
from app.words import mark

FORMAT = 2
COPIES = ("slots.a", "slots.b")
PASSPHRASE = "passphrase"
BOUND = "bound"
RECOVERY = "recovery"
DURESS = "duress"
_MAGIC = b"HAVENSLOTS\x00"
_HEAD = _MAGIC + bytes([FORMAT])
OTHER_RECOVERY = mark("This recovery key belongs to another vault, or was replaced.")
_UNSAFE = mark("The key file asks for an unsafe key derivation. It was damaged or changed.")


class Slot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One way to open the vault. `salt` is empty for what is typed: those share the file's."""

    type: str
    id: str
    salt: bytes
    sealed: bytes


@dataclass(frozen=True)
class Found:
    """What a passphrase opened: the type of the slot and the 32-byte key within it."""

    type: str
    key: bytes

    @property
    def is_data_key(self) -> bool:
        """Whether the key opens this vault, and not the other database of a duress slot."""
        return self.type in (PASSPHRASE, BOUND)


class SlotFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All slots of one vault in one generation. `setting` is (memory KiB, passes, lanes) of Argon2id."""

    vault_id: str
    generation: int
    setting: tuple[int, ...]
    salt: bytes
    slots: list[Slot]

    def of(self, *types: str) -> Slot:
        """The slot of one of these types."""
        found = [slot for slot in self.slots if slot.type in types]
        if len(found) != 1:
            raise EnvironmentProblem(mark("The key file has no slot of this kind. It was damaged or changed."))
        return found[0]

    @property
    def bound_id(self) -> str | None:
        """The id of the keystore-bound slot, under which the keystore keeps its half; None without such a slot."""
        return next((slot.id for slot in self.slots if slot.type == BOUND), None)

    def kdf(self) -> KdfSetting:
        """The stored Argon2id setting, refused when it or its salt is unsafe."""
        if len(self.setting) != 3 or len(self.salt) != keys.SALT_BYTES:
            raise EnvironmentProblem(_UNSAFE)
        return keys.bounded(KdfSetting(*self.setting))

    def stretch(self, typed: str) -> bytes:
        """The one costly step: what a typed passphrase is worth under this file's salt and setting."""
        return keys.derive(passphrase.normalised(typed), self.salt, self.kdf())

    def opened_by(self, stretched: bytes, bound_secret: bytes | None = None) -> Found | None:
        """What a stretched passphrase opens. All typed slots are tried each time, so that all take as long."""
        real, duress = self.of(PASSPHRASE, BOUND), self.of(DURESS)
        found = [
            Found(slot.type, key)
            for slot, wrapping in (
                (real, _typed_key(self, real.type, stretched, bound_secret)),
                (duress, _typed_key(self, DURESS, stretched, None)),
            )
            if (key := keys.unwrap(slot.sealed, wrapping, _bound_to(self, slot))) is not None
        ]
        return found[0] if found else None

    # --- the next generation ---

    def with_passphrase(
        self,
        stretched: bytes,
        data_key: bytes,
        random: Randomness = os.urandom,
        *,
        bound_id: str | None = None,
        bound_secret: bytes | None = None,
    ) -> SlotFile:
        """The data key for another passphrase, or, with a keystore's half and its id, for both together."""
        if (bound_id is None) != (bound_secret is None):
            raise Defect(mark("A keystore-bound slot needs the keystore's half and its id."))
        slot = Slot(PASSPHRASE if bound_id is None else BOUND, bound_id or random(16).hex(), b"", b"")
        wrapping = _typed_key(self, slot.type, stretched, bound_secret)
        return self._with(_sealed(self, slot, data_key, wrapping, random), PASSPHRASE, BOUND)

    def with_recovery(self, key: bytes, data_key: bytes, random: Randomness = os.urandom) -> SlotFile:
        """The data key for another recovery key."""
        slot = Slot(RECOVERY, random(16).hex(), random(keys.SALT_BYTES), b"")
        return self._with(_sealed(self, slot, data_key, _recovery_key(slot, key), random), RECOVERY)

    def with_duress(self, stretched: bytes, key: bytes, random: Randomness = os.urandom) -> SlotFile:
        """The key of another database for a second passphrase."""
        slot = Slot(DURESS, random(16).hex(), b"", b"")
        return self._with(_sealed(self, slot, key, _typed_key(self, DURESS, stretched, None), random), DURESS)

    def without_duress(self, random: Randomness = os.urandom) -> SlotFile:
        """No second passphrase: what nobody can open, of the same length."""
        return self._with(Slot(DURESS, random(16).hex(), b"", random(keys.SEALED_BYTES)), DURESS)

    def differs_in_duress_only(self, other: SlotFile) -> bool:
        """Whether what opens the vault itself is the same in both."""
        mine, theirs = (
            (file.vault_id, file.setting, file.salt, file.of(PASSPHRASE, BOUND), file.of(RECOVERY))
            for file in (self, other)
        )
        return mine == theirs

    def restretched(self, setting: KdfSetting, random: Randomness = os.urandom) -> SlotFile:
        """Another setting and salt. The typed slots open no more: `with_passphrase` has to follow."""
        keys.bounded(setting)
        parts = (setting.memory_kib, setting.passes, setting.lanes)
        fresh = msgspec.structs.replace(self, setting=parts, salt=random(keys.SALT_BYTES))
        return fresh.without_duress(random)

    def _with(self, slot: Slot, *types: str) -> SlotFile:
        others = [other for other in self.slots if other.type not in types]
        return msgspec.structs.replace(self, generation=self.generation + 1, slots=[*others, slot])


def made(
    vault_id: str, data_key: bytes, typed: str, recovery: bytes, setting: KdfSetting, random: Randomness = os.urandom
) -> SlotFile:
    """The first slots of a vault. The passphrase is not judged here (`passphrase.check`)."""
    empty = SlotFile(vault_id, 0, (), b"", []).restretched(setting, random)
    file = empty.with_passphrase(empty.stretch(typed), data_key, random).with_recovery(recovery, data_key, random)
    return msgspec.structs.replace(file, generation=1)


def exists(folder: Path) -> bool:
    """Whether `folder` holds a vault."""
    return any((folder / name).exists() for name in COPIES)


def read(folder: Path) -> SlotFile:
    """The newest valid copy. Raises EnvironmentProblem when there is none."""
    if not exists(folder) and not (folder / "vault.db").exists():
        raise EnvironmentProblem(mark("There is no vault in this folder."))
    found = [file for name in COPIES if (file := _read_copy(folder / name)) is not None]
    if not found:
        raise EnvironmentProblem(
            mark("Both copies of the key file are damaged, so the vault cannot be opened. Restore them from a backup.")
        )
    return max(found, key=lambda file: file.generation)


def copy_is_sound(path: Path) -> bool:
    """Whether one copy of the key file is there and undamaged."""
    return _read_copy(path) is not None


def heal(folder: Path, file: SlotFile) -> None:
    """Bring both copies to `file`, after it has opened the vault; a copy that is the same stays untouched."""
    for name in COPIES:
        if _read_copy(folder / name) != file:
            write_whole(folder / name, encoded(file))


def write(folder: Path, file: SlotFile) -> None:
    """Write both copies, one after the other."""
    for name in COPIES:
        write_whole(folder / name, encoded(file))


def open_with_passphrase(file: SlotFile, typed: str, bound_secret: bytes | None = None) -> Found | None:
    """What a passphrase opens, or None for a wrong one."""
    return file.opened_by(file.stretch(typed), bound_secret)


def open_with_recovery(file: SlotFile, key: bytes) -> bytes | None:
    """The data key, or None for the recovery key of another vault."""
    slot = file.of(RECOVERY)
    return keys.unwrap(slot.sealed, _recovery_key(slot, key), _bound_to(file, slot))


def _typed_key(file: SlotFile, type_: str, stretched: bytes, bound_secret: bytes | None) -> bytes:
    """The wrapping key of a typed slot. A bound slot whose half is missing gets a key that opens nothing."""
    return keys.expand(stretched + (bound_secret or b""), file.salt, f"{type_}-slot".encode())


def _recovery_key(slot: Slot, key: bytes) -> bytes:
    return keys.expand(key, slot.salt, b"recovery-slot")


def _sealed(file: SlotFile, slot: Slot, key: bytes, wrapping: bytes, random: Randomness) -> Slot:
    return msgspec.structs.replace(slot, sealed=keys.wrap(key, wrapping, _bound_to(file, slot), random))


def _bound_to(file: SlotFile, slot: Slot) -> bytes:
    """What a wrapped key is bound to: everything it leans on but itself."""
    shared = [] if slot.type == RECOVERY else [list(file.setting), file.salt]
    return msgspec.msgpack.encode([FORMAT, file.vault_id, slot.id, slot.type, slot.salt, shared])


def encoded(file: SlotFile) -> bytes:
    """The file's bytes, with the check that tells damage."""
    body = msgspec.msgpack.encode(file)
    return _HEAD + hashlib.sha256(body).digest() + body


def _read_copy(path: Path) -> SlotFile | None:
    """One copy, or None when it is missing or damaged."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    return decoded(content)


def decoded(content: bytes) -> SlotFile | None:
    """The slots in the bytes of a key file, or None when they are damaged."""
    head, check, body = content[: len(_HEAD)], content[len(_HEAD) : len(_HEAD) + 32], content[len(_HEAD) + 32 :]
    if head[: len(_MAGIC)] != _MAGIC or hashlib.sha256(body).digest() != check:
        return None
    if head[len(_MAGIC)] > FORMAT:
        raise EnvironmentProblem(mark("This vault was made by a newer version of Haven. Update Haven first."))
    try:
        return msgspec.msgpack.decode(body, type=SlotFile) if head == _HEAD else None
    except (msgspec.DecodeError, ValueError):
        return None
