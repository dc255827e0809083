"""The server's own identity: an Ed25519 key in a file beside the store, and the checking of devices' signatures."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app.errors import EnvironmentProblem
from app.words import mark

KEY_BYTES = 32
IDENTITY_FILE = "identity.key"


def create_key_file(path: Path) -> None:
    """Write 32 random bytes to a new file that only its owner may read, durably. Never replaces one."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(descriptor, os.urandom(KEY_BYTES))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable, where the system knows how (Windows does it by itself)."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_key_file(path: Path) -> bytes:
    """The 32 bytes of a key file. Raises EnvironmentProblem when it is missing, damaged or open to others."""
    try:
        mode = path.stat().st_mode
        key = path.read_bytes()
    except OSError:
        raise EnvironmentProblem(mark("The key file {file} cannot be read."), file=path.name) from None
    if os.name == "posix" and mode & 0o077:
        raise EnvironmentProblem(
            mark("The key file {file} can be read by others: set its mode to 0600."), file=path.name
        )
    if len(key) != KEY_BYTES:
        raise EnvironmentProblem(mark("The key file {file} is damaged."), file=path.name)
    return key


class Identity:
    """The server's signing key. Ed25519 is deterministic, so the same receipt is always signed alike."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self._key.public_key().public_bytes_raw()

    def sign(self, content: bytes) -> bytes:
        """The server's signature over `content`."""
        return self._key.sign(content)


def is_signed_by(public: bytes, signature: bytes, content: bytes) -> bool:
    """Whether `signature` over `content` was made by the holder of the Ed25519 key `public`."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, content)
    except (InvalidSignature, ValueError):
        return False
    return True
