"""The key-slot file: the data key, wrapped once for each way to open the vault.

Kept in two copies (`slots.a`, `slots.b`) with a generation number. A change writes the next generation to both, one
after the other, each whole (`files.write_whole`); reading takes the newest valid one, so that a power cut leaves the
old slots or the new ones. Each wrapped key is bound to the format, the vault, the slot and its parameters.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import msgspec

from app.errors import EnvironmentProblem
from app.vault import keys, passphrase
from app.vault.files import write_whole
from app.vault.keys import KdfSetting, Randomness
from app.words import mark

FORMAT = 1
COPIES = ("slots.a", "slots.b")
PASSPHRASE = "passphrase"
RECOVERY = "recovery"
_MAGIC = b"HAVENSLOTS\x00\x01"


class Slot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One way to open the vault. `setting` is (memory KiB, passes, lanes), empty where no passphrase is stretched."""

    type: str
    id: str
    setting: tuple[int, ...]
    salt: bytes
    sealed: bytes


class SlotFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All slots of one vault in one generation."""

    format: int
    vault_id: str
    generation: int
    slots: list[Slot]

    def of(self, type_: str) -> Slot:
        """The slot of a type."""
        found = next((slot for slot in self.slots if slot.type == type_), None)
        if found is None:
            raise EnvironmentProblem(mark("The key file has no slot of this kind. It was damaged or changed."))
        return found

    def with_slot(self, slot: Slot) -> SlotFile:
        """The next generation, with `slot` in the place of the one of its type."""
        others = [other for other in self.slots if other.type != slot.type]
        return SlotFile(self.format, self.vault_id, self.generation + 1, [*others, slot])


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
    newest = max(found, key=lambda file: file.generation)
    if newest.format > FORMAT:
        raise EnvironmentProblem(mark("This vault was made by a newer version of Haven. Update Haven first."))
    return newest


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


def for_passphrase(
    vault_id: str, data_key: bytes, typed: str, setting: KdfSetting, random: Randomness = os.urandom
) -> Slot:
    """The slot that a passphrase opens. The passphrase is not judged here (`passphrase.check`)."""
    keys.bounded(setting)
    salt = random(keys.SALT_BYTES)
    wrapping = keys.derive(passphrase.normalised(typed), salt, setting)
    parts = (setting.memory_kib, setting.passes, setting.lanes)
    return _sealed(vault_id, Slot(PASSPHRASE, random(16).hex(), parts, salt, b""), data_key, wrapping, random)


def for_recovery(vault_id: str, data_key: bytes, key: bytes, random: Randomness = os.urandom) -> Slot:
    """The slot that the recovery key opens."""
    salt = random(keys.SALT_BYTES)
    wrapping = keys.expand(key, salt, b"recovery-slot")
    return _sealed(vault_id, Slot(RECOVERY, random(16).hex(), (), salt, b""), data_key, wrapping, random)


def open_with_passphrase(file: SlotFile, typed: str) -> bytes | None:
    """The data key, or None for a wrong passphrase."""
    slot = file.of(PASSPHRASE)
    wrapping = keys.derive(passphrase.normalised(typed), slot.salt, setting_of(slot))
    return keys.unwrap(slot.sealed, wrapping, _bound_to(file.vault_id, slot))


def open_with_recovery(file: SlotFile, key: bytes) -> bytes | None:
    """The data key, or None for the recovery key of another vault."""
    slot = file.of(RECOVERY)
    return keys.unwrap(slot.sealed, keys.expand(key, slot.salt, b"recovery-slot"), _bound_to(file.vault_id, slot))


def setting_of(slot: Slot) -> KdfSetting:
    """The stored Argon2id setting, refused when it is unsafe."""
    if len(slot.setting) != 3:
        raise EnvironmentProblem(mark("The key file asks for an unsafe key derivation. It was damaged or changed."))
    return keys.bounded(KdfSetting(*slot.setting))


def _sealed(vault_id: str, slot: Slot, data_key: bytes, wrapping: bytes, random: Randomness) -> Slot:
    sealed = keys.wrap(data_key, wrapping, _bound_to(vault_id, slot), random)
    return msgspec.structs.replace(slot, sealed=sealed)


def _bound_to(vault_id: str, slot: Slot) -> bytes:
    """What a wrapped key is bound to: everything about its slot but itself."""
    return msgspec.msgpack.encode([FORMAT, vault_id, slot.id, slot.type, list(slot.setting), slot.salt])


def encoded(file: SlotFile) -> bytes:
    """The file's bytes, with the check that tells damage."""
    body = msgspec.msgpack.encode(file)
    return _MAGIC + hashlib.sha256(body).digest() + body


def _read_copy(path: Path) -> SlotFile | None:
    """One copy, or None when it is missing or damaged."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    head, check, body = content[: len(_MAGIC)], content[len(_MAGIC) : len(_MAGIC) + 32], content[len(_MAGIC) + 32 :]
    if head != _MAGIC or hashlib.sha256(body).digest() != check:
        return None
    try:
        return msgspec.msgpack.decode(body, type=SlotFile)
    except (msgspec.DecodeError, ValueError):
        return None
