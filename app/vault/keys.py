"""The data key and what wraps it: Argon2id for passphrases, HKDF for the recovery key, AES-256-GCM around the key."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.errors import Defect, EnvironmentProblem, RuleBroken
from app.words import mark

KEY_BYTES = 32
SALT_BYTES = 32
_NONCE_BYTES = 12
SEALED_BYTES = _NONCE_BYTES + KEY_BYTES + 16
"""How long a wrapped key is."""
_CHECK_BYTES = 3

Randomness = Callable[[int], bytes]


@dataclass(frozen=True)
class KdfSetting:
    """How hard a passphrase is to try: memory in KiB, passes and lanes of Argon2id."""

    memory_kib: int = 256 * 1024
    passes: int = 3
    lanes: int = 4


FLOOR = KdfSetting(memory_kib=64 * 1024, passes=3, lanes=1)
CEILING = KdfSetting(memory_kib=1024 * 1024, passes=20, lanes=16)
MOST_WORK = 256 * 1024 * 20
"""KiB times passes: a file that asks for more would hang this computer for longer than a person waits."""


def bounded(setting: KdfSetting) -> KdfSetting:
    """`setting` if it lies between floor and ceiling: weaker was tampered with, stronger would hang the computer."""
    fits = (
        FLOOR.memory_kib <= setting.memory_kib <= CEILING.memory_kib
        and FLOOR.passes <= setting.passes <= CEILING.passes
        and FLOOR.lanes <= setting.lanes <= CEILING.lanes
        and setting.memory_kib * setting.passes <= MOST_WORK
    )
    if not fits:
        raise EnvironmentProblem(mark("The key file asks for an unsafe key derivation. It was damaged or changed."))
    return setting


def calibrated(seconds: float = 1.0) -> KdfSetting:
    """The setting that takes about `seconds` on this computer, never below the floor."""
    setting = KdfSetting()
    taken = _timed(setting)
    while taken > 1.2 * seconds and setting.memory_kib > FLOOR.memory_kib:
        setting = KdfSetting(setting.memory_kib // 2, setting.passes, setting.lanes)
        taken = _timed(setting)
    if taken < 0.8 * seconds:
        passes = min(CEILING.passes, max(setting.passes, round(setting.passes * seconds / taken)))
        setting = KdfSetting(setting.memory_kib, passes, setting.lanes)
    return setting


def stronger(setting: KdfSetting, than: KdfSetting) -> bool:
    """Whether `setting` costs who guesses more: more work, and no less memory."""
    work, other = setting.memory_kib * setting.passes, than.memory_kib * than.passes
    return setting.memory_kib >= than.memory_kib and work > other


def _timed(setting: KdfSetting) -> float:
    began = time.perf_counter()
    derive(b"how fast is this computer", bytes(SALT_BYTES), setting)
    return time.perf_counter() - began


def derive(passphrase: bytes, salt: bytes, setting: KdfSetting) -> bytes:
    """The wrapping key of a passphrase."""
    kdf = Argon2id(
        salt=salt,
        length=KEY_BYTES,
        iterations=setting.passes,
        lanes=setting.lanes,
        memory_cost=setting.memory_kib,
    )
    return kdf.derive(passphrase)


def expand(secret: bytes, salt: bytes, purpose: bytes) -> bytes:
    """A key for one purpose from a secret that is already random."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=b"haven:" + purpose).derive(secret)


def wrap(key: bytes, wrapping: bytes, bound_to: bytes, random: Randomness = os.urandom) -> bytes:
    """`key` sealed under `wrapping`; opens only with the same `bound_to`."""
    if len(key) != KEY_BYTES:
        raise Defect(mark("A data key has exactly 32 bytes."))
    nonce = random(_NONCE_BYTES)
    return nonce + AESGCM(wrapping).encrypt(nonce, key, bound_to)


def unwrap(sealed: bytes, wrapping: bytes, bound_to: bytes) -> bytes | None:
    """The key, or None when the wrapping key or `bound_to` is another one."""
    try:
        key = AESGCM(wrapping).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound_to)
    except (InvalidTag, ValueError):
        return None
    return key if len(key) == KEY_BYTES else None


def recovery_text(key: bytes) -> str:
    """A recovery key as people write it down: 14 groups of four letters and digits, a checksum within."""
    check = hashlib.sha256(b"haven:recovery" + key).digest()[:_CHECK_BYTES]
    letters = base64.b32encode(key + check).decode("ascii")
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def recovery_key(text: str) -> bytes:
    """The recovery key that was written down as `text`. Raises RuleBroken for anything mistyped."""
    letters = re.sub(r"[^A-Z0-9]", "", text.upper()).translate(str.maketrans("018", "OIB"))
    try:
        raw = base64.b32decode(letters)
    except ValueError:
        raw = b""
    key = raw[:KEY_BYTES]
    if len(raw) != KEY_BYTES + _CHECK_BYTES or recovery_text(key).replace("-", "") != letters:
        raise RuleBroken(
            mark("This is not a recovery key: 14 groups of four letters and digits. Compare it with the sheet."),
            field="recovery_key",
        )
    return key
