"""The network between the devices and the server, and the weather in it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

import msgspec

from app.sync import protocol
from app.sync.client import problems
from app.sync.client.problems import BadAnswer, Offline
from app.sync.client.transport import Call, Reply, Transport
from app.sync.protocol import Push, PushResult
from tests.simulator.chance import Chance
from tests.simulator.versions import with_more

ADDRESS = "http://127.0.0.1:1"
_ONLY_ASKING = ("/v1/challenge", "/v1/session", "/v1/chunks/missing", "/v1/chunks/fetch")
"""What is posted and leaves nothing on the server that anybody else could read."""


class Fault(StrEnum):
    """What may happen to one message."""

    LOST_REQUEST = "lost request"
    LOST_ANSWER = "lost answer"
    DOUBLED = "doubled"
    DELAYED = "delayed"
    CUT_REQUEST = "cut request"
    CUT_ANSWER = "cut answer"
    PORTAL = "portal"
    BUSY = "busy"
    CRASH_BEFORE = "crash before"
    CRASH_AFTER = "crash after"


@dataclass(frozen=True)
class Weather:
    """How often messages meet a fault, and how often a saving is the last thing that a process does."""

    faults: float = 0.0
    crashes: float = 0.0


CLEAR = Weather()


class Crash(BaseException):
    """The process of a device dies here. Nothing catches it but the schedule."""

    def __init__(self, point: str) -> None:
        super().__init__(point)
        self.point = point


class Wire:
    """Carries calls into the server's own ASGI application, in this thread."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self.newer = False
        """Whether the server is of a newer version, and says more than devices know."""
        self.app: Any = None
        """The application that answers now; None while the server is down."""
        self.told = 0
        """How often somebody told the server something, so that it may have more to say than before."""

    def deliver(self, call: Call) -> Reply:
        """The server's answer."""
        if self.app is None:
            raise Offline(problems.UNREACHABLE)
        reply = self._runner.run(self._deliver(call))
        self.told += _tells(call, reply)
        return reply

    async def _deliver(self, call: Call) -> Reply:
        where = urlsplit(call.url)
        headers = [(b"content-type", protocol.MEDIA_TYPE.encode())] if call.body is not None else []
        if call.token is not None:
            headers.append((b"authorization", f"Bearer {call.token}".encode()))
        status, answered, body = 0, {}, bytearray()

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": call.body or b"", "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                answered.update({name.decode().lower(): value.decode() for name, value in message["headers"]})
            else:
                body.extend(message.get("body", b""))

        await self.app(asked(call.method, where.path, where.query.encode(), headers), receive, send)
        kind = answered.get("content-type", "").partition(";")[0].strip()
        if self.newer and kind == protocol.MEDIA_TYPE:
            body = bytearray(with_more(bytes(body)))
        return Reply(status, kind, bytes(body), int(answered.get("retry-after", "0")))

    def close(self) -> None:
        """Let go of the event loop."""
        self._runner.close()


def asked(method: str, path: str, query: bytes, headers: list[tuple[bytes, bytes]]) -> dict[str, Any]:
    """A request as an application is told of it, from this computer."""
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query,
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 1),
    }


def _tells(call: Call, reply: Reply) -> bool:
    """Whether the server took anything of a message. What it refused it may be offered again for ever."""
    path = urlsplit(call.url).path
    if call.method != "POST" or path in _ONLY_ASKING or reply.status != 200:
        return False
    if path != "/v1/push":
        return True
    offered = msgspec.structs.astuple(protocol.decode(Push, call.body or b""))
    refused = protocol.decode(PushResult, reply.body).refusals
    return sum(len(part) for part in offered if isinstance(part, list)) > len(refused)


class Network:
    """All messages of one schedule: some are lost, some come twice, some come much later than they were sent."""

    def __init__(self, wire: Wire, chance: Chance, told: Callable[[str], None]) -> None:
        self._wire = wire
        self._chance = chance
        self._told = told
        self._late: list[Call] = []
        self.weather = CLEAR
        self.faults: dict[str, int] = {}

    def exchange(self, call: Call) -> Reply:
        """The reply, or what a device sees instead of it."""
        if self._late and self._chance.often(0.3):
            self._deliver_late()
        if not self._chance.often(self.weather.faults):
            return self._wire.deliver(call)
        fault = self._chance.choice(list(Fault))
        if "crash" in fault and not self.weather.crashes:
            return self._wire.deliver(call)
        self.faults[fault] = self.faults.get(fault, 0) + 1
        self._told(f"    {fault}: {call.method} {urlsplit(call.url).path}")
        return self._faulty(fault, call)

    def clear(self) -> None:
        """The weather clears; what was still under way arrives."""
        self.weather = CLEAR
        while self._late:
            self._deliver_late()

    def _deliver_late(self) -> None:
        call = self._late.pop(self._chance.randrange(len(self._late)))
        self._told(f"    arrives late: {call.method} {urlsplit(call.url).path}")
        try:
            self._wire.deliver(call)
        except Offline:
            return

    def _faulty(self, fault: Fault, call: Call) -> Reply:
        path = urlsplit(call.url).path
        match fault:
            case Fault.LOST_REQUEST:
                raise Offline(problems.UNREACHABLE)
            case Fault.DELAYED:
                self._late.append(call)
                raise Offline(problems.TOO_SLOW)
            case Fault.PORTAL:
                return Reply(200, "text/html", b"<html>Welcome to the free network</html>")
            case Fault.BUSY:
                problem = protocol.Problem("about:blank", "busy", 503, "unavailable")
                return Reply(503, protocol.PROBLEM_TYPE, protocol.encode_problem(problem), 5)
            case Fault.CRASH_BEFORE:
                raise Crash(f"before {path}")
            case Fault.CUT_REQUEST if call.body:
                call = Call(call.method, call.url, call.body[: self._chance.randrange(len(call.body))], call.token)
            case Fault.DOUBLED:
                self._wire.deliver(call)
            case _:
                pass
        reply = self._wire.deliver(call)
        if fault is Fault.LOST_ANSWER:
            raise Offline(problems.UNREACHABLE)
        if fault is Fault.CRASH_AFTER:
            raise Crash(f"after {path}")
        if fault is Fault.CUT_ANSWER and reply.body:
            return Reply(reply.status, reply.content_type, reply.body[: self._chance.randrange(len(reply.body))])
        return reply


class DeviceNetwork(Transport):
    """One device's end of the network (a `Transport`). It may be out of reach of everything."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self.within_reach = True
        self.newer = False
        """Whether the device is of a newer version than the server, and says more than it knows."""

    def exchange(self, call: Call) -> Reply:
        """The reply."""
        if not self.within_reach:
            raise Offline(problems.UNREACHABLE)
        if self.newer and call.body:
            call = replace(call, body=with_more(call.body))
        return self._network.exchange(call)

    def close(self) -> None:
        """Nothing is held."""


__all__ = ["ADDRESS", "CLEAR", "BadAnswer", "Crash", "DeviceNetwork", "Network", "Weather", "Wire"]
