"""Hundreds of simulated devices against one real server: each signs in, offers a scope, then pushes a segment steadily.

Every device has a key, a chain and a kept connection of its own; the segments are sealed and signed as real ones are,
over real HTTP. The server cannot tell them from laptops.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec
import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.sync import protocol as p
from bench.syncing import made
from bench.syncing.server import Server

_EARLY_SECONDS = 90
_CHANGES = 5
"""Changes of one segment: what an officer saves between two rounds."""
_WARM_SECONDS = 5.0


@dataclass
class Load:
    """What many devices saw: milliseconds of each push, and how many segments a second the server took."""

    pushes: list[float] = field(default_factory=list)
    late: int = 0
    """Pushes that began late because the device's own push before was still under way."""
    seconds: float = 0.0
    memory: list[tuple[float, float]] = field(default_factory=list)
    """Seconds since the beginning, and megabytes that the server held then."""

    @property
    def per_second(self) -> float:
        """Segments that the server took a second."""
        return len(self.pushes) / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """The push time in milliseconds that `share` of all pushes kept."""
        return sorted(self.pushes)[min(int(len(self.pushes) * share), len(self.pushes) - 1)]


class Device:
    """One simulated device."""

    def __init__(self, code: str, port: int) -> None:
        self.device_id, self.scope_id = os.urandom(16).hex(), os.urandom(16).hex()
        self._code, self._port = code, port
        self._key, self._seal = Ed25519PrivateKey.generate(), AESGCM(os.urandom(32))
        self._last, self._hash = 0, p.NO_HASH
        self.token = ""
        self._server_public, self._signed_in_until = b"", 0.0
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def join(self) -> None:
        """Become a member, sign in, offer the scope with its first envelope."""
        public = self._key.public_key().public_bytes_raw()
        asked = p.Enrol(self._code, self.device_id, "laptop", public, os.urandom(1216), p.UNSIGNED)
        enrolled = p.decode(p.Enrolled, await self._post("/v1/enrol", p.signed(asked, self._key.sign)))
        self._server_public = enrolled.server_public
        await self.sign_in()
        offer = p.signed(p.ScopeOffer(self.scope_id, self.device_id, p.UNSIGNED), self._key.sign)
        sealed = os.urandom(1168)
        envelope = p.Envelope(
            "scope", self.scope_id, 1, "recovery", p.RECOVERY, "hpke", sealed, False, self.device_id, p.UNSIGNED
        )
        push = p.Push(scopes=[offer], envelopes=[p.signed(envelope, self._key.sign)])
        _refuse_refusals(p.decode(p.PushResult, await self._post("/v1/push", push)))

    async def sign_in(self) -> None:
        """A session; it lasts for a quarter of an hour."""
        challenge = p.decode(p.Challenge, await self._post("/v1/challenge", p.ChallengeAsked(self.device_id)))
        content = p.sign_in_bytes(self.device_id, challenge.nonce, self._server_public)
        signed = p.SignIn(self.device_id, challenge.nonce, self._key.sign(content))
        session = p.decode(p.Session, await self._post("/v1/session", signed))
        self.token = session.token
        self._signed_in_until = time.monotonic() + (session.expires_at - session.server_time) / 1000 - _EARLY_SECONDS

    def segment(self, content: bytes) -> p.Segment:
        """The next segment of the chain, sealed and signed."""
        nonce = os.urandom(12)
        segment = p.Segment(
            scope_id=self.scope_id,
            device_id=self.device_id,
            first=self._last + 1,
            last=self._last + _CHANGES,
            epoch=1,
            previous=self._hash,
            sealed=nonce + self._seal.encrypt(nonce, content, None),
            signature=p.UNSIGNED,
        )
        return p.signed(segment, self._key.sign)

    async def push(self, content: bytes) -> float:
        """Send the next segment until its receipt is here; milliseconds."""
        if time.monotonic() > self._signed_in_until:
            await self.sign_in()  # not counted: once in a quarter of an hour, at a moment of its own
        segment = self.segment(content)
        began = time.perf_counter()
        result = p.decode(p.PushResult, await self._post("/v1/push", p.Push(segments=[segment])))
        took = (time.perf_counter() - began) * 1000
        _refuse_refusals(result)
        self._last, self._hash = segment.last, p.segment_hash(segment)
        return took

    async def close(self) -> None:
        """Let go of the connection."""
        if self._streams is not None:
            self._streams[1].close()

    async def _post(self, path: str, message: p.Wire) -> bytes:
        body = p.encode(message)
        lines = [f"POST {path} HTTP/1.1", "host: bench", f"content-type: {p.MEDIA_TYPE}"]
        lines.append(f"content-length: {len(body)}")
        if self.token:
            lines.append(f"authorization: Bearer {self.token}")
        head = ("\r\n".join(lines) + "\r\n\r\n").encode()
        for _ in range(2):  # the server closes a connection that was quiet for half a minute
            if self._streams is None:
                self._streams = await asyncio.open_connection("127.0.0.1", self._port)
            reader, writer = self._streams
            try:
                writer.write(head + body)
                return await _answer(reader)
            except (asyncio.IncompleteReadError, ConnectionError):
                writer.close()
                self._streams = None
        raise RuntimeError("the server closes the connection")


async def _answer(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    body = await reader.readexactly(length)
    if status != 200:
        raise RuntimeError(f"{status} {p.decode_problem(body).code}")
    return zstandard.ZstdDecompressor().decompress(body) if b"content-encoding: zstd" in head.lower() else body


def _refuse_refusals(result: p.PushResult) -> None:
    if result.refusals:
        raise RuntimeError(f"refused: {result.refusals[0].code}")


def contents(count: int = 200) -> list[bytes]:
    """What is inside the segments: five made-up records each, packed as a real segment packs them."""
    rows = made.plain(count * _CHANGES)
    packer = zstandard.ZstdCompressor(level=3)
    return [packer.compress(msgspec.msgpack.encode(rows[at * _CHANGES : (at + 1) * _CHANGES])) for at in range(count)]


async def steadily(server: Server, devices: Sequence[Device], every: float, seconds: float) -> Load:
    """Each device pushes once in `every` seconds, at a moment of its own; what comes before the warm-up is left out."""
    load, inside, chance = Load(seconds=seconds), contents(), random.Random(made.SEED)
    began = time.perf_counter() + _WARM_SECONDS

    async def keep_pushing(device: Device) -> None:
        due = began - _WARM_SECONDS + chance.random() * every
        while due < began + seconds:
            await asyncio.sleep(max(due - time.perf_counter(), 0))
            load.late += time.perf_counter() - due > every
            took = await device.push(chance.choice(inside))
            if due >= began:
                load.pushes.append(took)
            due = max(due + every, time.perf_counter())

    async def watch() -> None:
        while time.perf_counter() < began + seconds:
            load.memory.append((time.perf_counter() - began, server.memory()[0]))
            await asyncio.sleep(min(10.0, seconds / 5))

    await asyncio.gather(watch(), *(keep_pushing(device) for device in devices))
    return load


async def as_fast_as_possible(devices: Sequence[Device], seconds: float) -> Load:
    """Each device pushes again as soon as it has its receipt."""
    load, inside, chance = Load(), contents(), random.Random(made.SEED)
    began = time.perf_counter()

    async def keep_pushing(device: Device) -> None:
        while time.perf_counter() < began + seconds:
            load.pushes.append(await device.push(chance.choice(inside)))

    await asyncio.gather(*(keep_pushing(device) for device in devices))
    load.seconds = time.perf_counter() - began
    return load


async def joined(server: Server, count: int) -> list[Device]:
    """`count` devices that are members."""
    devices = [Device(code, server.port) for code in server.codes(count)]
    for at in range(0, count, 20):
        await asyncio.gather(*(device.join() for device in devices[at : at + 20]))
    return devices
