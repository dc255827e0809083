"""Listens for the server's "look now" beside the rounds of sync, on a connection of its own.

A poke is a hint and nothing more: whoever hears it lets a round begin, which asks and verifies as always. Without it
everything works the same, a minute later. A server that pokes without end is listened to five times a second at most;
how often a round follows is for `background_sync.py` to say.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from datetime import datetime

from app.errors import HavenError
from app.sync.client import facts, problems
from app.sync.client.cutting import Cut
from app.sync.client.problems import BadAnswer, ServerProblem
from app.sync.client.session import Server, read_reply
from app.sync.client.transport import Call, HttpTransport, NoStream
from app.sync.protocol import Heads, ProblemCode
from app.vault import identity, state
from app.vault.keys import Randomness
from app.vault.vault import Vault

SILENCE_SECONDS = 70.0
"""The server says that it is there every 25 seconds; after so long without a byte it is not."""
_FIRST_RETRY_SECONDS = 2.0
_LONGEST_RETRY_SECONDS = 60.0
"""When a network comes back, whether a cable was put in or somebody signed in to it, sync goes on within a minute."""
_NO_USE_SECONDS = 60 * 60.0
_BETWEEN_SECONDS = 0.2
_POKE = b"event: poke"
_OF_NO_USE = (ProblemCode.NOT_FOUND, ProblemCode.REVOKED, ProblemCode.SIGN_IN_FAILED)


class PokeListener:
    """Calls `told` for each poke, and once when the server answers again after it did not."""

    def __init__(
        self,
        vault: Vault,
        transport: HttpTransport,
        clock: Callable[[], datetime],
        told: Callable[[], None],
        random: Randomness = os.urandom,
    ) -> None:
        self._vault = vault
        self._transport = transport
        self._clock = clock
        self._told = told
        self._random = random
        self._stopping = threading.Event()
        self._cut = Cut()
        self._failures = 0

    def stop(self) -> None:
        """Let `run` end, also in the middle of waiting. From any thread."""
        self._stopping.set()
        self._cut.cut()

    def run(self) -> None:
        """Listen until `stop`."""
        try:
            self._listen_on()
        finally:
            self._transport.close()

    def _listen_on(self) -> None:
        delay = 0.0
        while not self._stopping.wait(delay):
            try:
                self._listen()
            except ServerProblem as problem:
                self._failures += 1
                useless = problem.code in _OF_NO_USE
                delay = _NO_USE_SECONDS if useless else max(self._delay(), problem.retry_after)
            except HavenError:
                self._failures += 1
                delay = self._delay()
            else:
                delay = self._delay()

    def _delay(self) -> float:
        """Seconds until the next try: longer after each failure, never the same on all devices."""
        chance = int.from_bytes(self._random(4), "big") / 2**32
        doubled = _FIRST_RETRY_SECONDS * 2.0 ** min(self._failures, 20)
        return min(doubled, _LONGEST_RETRY_SECONDS) * (0.5 + chance / 2)

    def _listen(self) -> None:
        """One stream to its end."""
        with self._vault.read() as session:
            member = facts.membership(session)
            sign = identity.signing_key(session).sign
            place = state.get(session, state.FEED_PLACE) or "0"
        if member is None:
            raise ServerProblem(ProblemCode.NOT_FOUND)
        token = Server(self._transport, member, sign, self._clock).sign_in().token
        call = Call("GET", f"{member.address}/v1/pokes?after={place}", token=token)
        try:
            for line in self._transport.stream(call, self._cut, SILENCE_SECONDS):
                if self._failures:
                    self._failures = 0
                    self._told()
                if line.startswith(_POKE):
                    self._told()
                    if self._stopping.wait(_BETWEEN_SECONDS):
                        return
        except NoStream as answered:
            read_reply(answered.reply, Heads)  # raises what the answer says
            raise BadAnswer(problems.NONSENSE) from None
