"""The endpoints. Each reads its message, does its work in a thread on one transaction, and answers.

`HANDLERS` is the index; PROTOCOL.md tells what each is for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar, cast

import structlog
from anyio import to_thread
from litestar import MediaType, get, post
from litestar.response import Stream
from sqlalchemy import Connection

from app.sync import protocol
from app.sync.protocol import (
    MAX_SMALL_BODY,
    Challenge,
    ChallengeAsked,
    ChunksAsked,
    ChunksGiven,
    ChunksHanded,
    ChunksMissing,
    ChunksNamed,
    ChunksTaken,
    Enrol,
    Enrolled,
    EnrolSignedIn,
    EnrolTerms,
    EnrolTermsAsked,
    FeedPage,
    FlagRaised,
    FlagSeen,
    FlagTaken,
    Heads,
    NumberBlock,
    NumbersAsked,
    OrderTaken,
    ProblemCode,
    PurgeOrder,
    Push,
    PushResult,
    RefusalCode,
    Session,
    SignIn,
    TreeGrown,
    Wiped,
    WipedTaken,
    WipeOrder,
    Wire,
)
from app.sync.server import agency_log, auth, chunks, flags, members, numbers, orders, reading
from app.sync.server.auth import SignedIn
from app.sync.server.bodies import Answer, AnyRequest, answer, read_body
from app.sync.server.clock import now_ms
from app.sync.server.intake import Examined, Intake, authors_of, examine, examine_with
from app.sync.server.limits import RateLimit
from app.sync.server.members import ACTIVE, Caller
from app.sync.server.parts import Parts
from app.sync.server.pokes import stream as poke_stream
from app.sync.server.problems import Refused, malformed
from app.words import mark

T = TypeVar("T")
W = TypeVar("W", bound=Wire)
_log = structlog.get_logger("haven.server")


def parts_of(request: AnyRequest) -> Parts:
    """The parts that `build_app` put into the application's state."""
    return cast(Parts, request.app.state.parts)


@dataclass(frozen=True)
class _Call:
    """A request of a device that has shown its token. `signed` and `known` are who it was before the body arrived."""

    request: AnyRequest
    parts: Parts
    authorization: str | None
    signed: SignedIn

    @property
    def known(self) -> Caller:
        """The device and its person."""
        return self.signed.caller

    async def body(self, kind: type[W], most: int = MAX_SMALL_BODY) -> W:
        """The request's message."""
        return await read_body(self.request, kind, self.parts.settings.body_seconds, most)

    @contextmanager
    def reading(self) -> Iterator[tuple[Connection, Caller]]:
        """A snapshot, and who asks: a revocation may have been written while the body arrived."""
        with self.parts.store.reading() as connection:
            yield connection, auth.caller_of(connection, self.authorization)

    @contextmanager
    def writing(self) -> Iterator[tuple[Connection, Caller]]:
        """The writer of the agency, and who asks."""
        with self.parts.store.writing(self.known.agency_id) as connection:
            yield connection, auth.caller_of(connection, self.authorization)


async def _call_of(request: AnyRequest) -> _Call:
    """Raises `Refused` before anything of the body is read for whoever shows no token that counts."""
    parts, authorization = parts_of(request), request.headers.get("authorization")
    return _Call(request, parts, authorization, await _in_thread(lambda: _signed_in(parts, authorization)))


def _signed_in(parts: Parts, authorization: str | None) -> SignedIn:
    with parts.store.reading() as connection:
        return auth.signed_in(connection, authorization)


async def _in_thread(work: Callable[[], T]) -> T:
    """Database and signatures would hold the event loop up."""
    return await to_thread.run_sync(work)


async def _open_call(request: AnyRequest, kind: type[W], limit: RateLimit) -> tuple[Parts, W]:
    """The parts, and the message of whoever shows no token; so many of each address as `limit` allows."""
    parts = parts_of(request)
    limit.take(request.client.host if request.client else "unknown")
    return parts, await read_body(request, kind, parts.settings.body_seconds, MAX_SMALL_BODY)


# --- becoming a member, signing in --------------------------------------------------------------------------------


@post("/v1/enrol")
async def enrol(request: AnyRequest) -> Answer:
    """A one-time code and two public keys for a membership."""
    parts, asked = await _open_call(request, Enrol, parts_of(request).enrol_limit)

    def work() -> Enrolled:
        with parts.store.writing() as connection:
            return members.enrol(connection, asked, parts.identity.public)

    enrolled = await _in_thread(work)
    _log.info("device_enrolled", agency=enrolled.agency_id, device=asked.device_id)
    return answer(request, enrolled)


@post("/v1/enrol/terms")
async def enrol_terms(request: AnyRequest) -> Answer:
    """Where the owner of a code signs in before a device is enrolled."""
    parts, asked = await _open_call(request, EnrolTermsAsked, parts_of(request).enrol_limit)

    def work() -> EnrolTerms:
        with parts.store.reading() as connection:
            provider = members.provider_for(connection, asked.code)
        if provider is None:
            return EnrolTerms("", "", "", now_ms())
        return EnrolTerms(provider.issuer, parts.providers.authorization(provider), provider.client_id, now_ms())

    return answer(request, await _in_thread(work))


@post("/v1/enrol/account")
async def enrol_signed_in(request: AnyRequest) -> Answer:
    """A membership for somebody who signed in with the agency's provider. It is asked while no transaction is open."""
    parts, shown = await _open_call(request, EnrolSignedIn, parts_of(request).enrol_limit)

    def work() -> Enrolled:
        with parts.store.reading() as connection:
            provider = members.provider_for(connection, shown.enrol.code)
        account = None if provider is None else parts.providers.account(provider, shown)
        with parts.store.writing() as connection:
            return members.enrol(connection, shown.enrol, parts.identity.public, account)

    enrolled = await _in_thread(work)
    _log.info("device_enrolled", agency=enrolled.agency_id, device=shown.enrol.device_id)
    return answer(request, enrolled)


@post("/v1/challenge")
async def challenge(request: AnyRequest) -> Answer:
    """A nonce to sign."""
    parts, asked = await _open_call(request, ChallengeAsked, parts_of(request).address_limit)
    parts.device_limit.take(asked.device_id)

    def work() -> Challenge:
        with parts.store.noting() as connection:
            return auth.challenge(connection, asked)

    return answer(request, await _in_thread(work))


@post("/v1/session")
async def sign_in(request: AnyRequest) -> Answer:
    """A signed nonce for a token."""
    parts, asked = await _open_call(request, SignIn, parts_of(request).address_limit)
    parts.device_limit.take(asked.device_id)

    def work() -> Session | None:
        with parts.store.noting() as connection:
            return auth.sign_in(connection, asked, parts.identity.public, parts.settings.session_seconds)

    session = await _in_thread(work)
    if session is None:
        _log.warning("sign_in_failed", device=asked.device_id)
        raise auth.sign_in_failed()
    return answer(request, session)


# --- writing ------------------------------------------------------------------------------------------------------


@post("/v1/push")
async def push(request: AnyRequest) -> Answer:
    """Segments, scopes, envelopes and groups, for receipts and refusals."""
    call = await _call_of(request)
    after = _counter(request, "after", 0) if "after" in request.query_params else None
    offered = await call.body(Push, protocol.MAX_BODY)
    return answer(request, await _in_thread(lambda: _take(call, offered, after)))


def _take(call: _Call, offered: Push, after: int | None) -> PushResult:
    """Takes a push in; `after`: whoever has sent its work goes on from there in the feed."""
    parts, caller = call.parts, call.known
    examined = _examined(call, offered)
    with parts.store.writing(caller.agency_id) as connection:
        now = auth.signed_in(connection, call.authorization)  # it may have been revoked while the body arrived
        known = {caller.device_id: (now.caller, ACTIVE, now.signing_public)}
        intake = Intake(connection, caller.agency_id, examined, now_ms(), known)
        intake.take()
    _count(parts, caller, examined, intake)
    receipts = [protocol.signed(receipt, parts.identity.sign) for receipt in intake.receipts]
    since = None if after is None else _since(call, after)
    return PushResult(receipts, intake.refusals, intake.server_epoch, now_ms(), since)


def _examined(call: _Call, offered: Push) -> Examined:
    """Whoever sends only its own work is known with its key, which never changes: nothing needs to be asked."""
    mine = {call.known.device_id: call.signed.signing_public}
    if authors_of(offered) <= mine.keys():
        return examine_with(mine, offered)
    with call.parts.store.reading() as connection:
        return examine(connection, call.known.agency_id, offered)


def _since(call: _Call, after: int) -> FeedPage:
    with call.parts.store.reading() as connection:
        signed = auth.signed_in(connection, call.authorization)
        return _feed(connection, signed, after, protocol.DEFAULT_PAGE, own=False, heads=True)


def _feed(connection: Connection, signed: SignedIn, after: int, limit: int, *, own: bool, heads: bool) -> FeedPage:
    agency = signed.server_epoch, signed.feed_end
    return reading.read_feed(connection, signed.caller, after, limit, own=own, heads=heads, agency=agency)


def _count(parts: Parts, caller: Caller, examined: Examined, intake: Intake) -> None:
    refused = sum(refusal.about == "segment" for refusal in intake.refusals)
    parts.metrics.count("haven_segments_total", len(intake.receipts) - intake.repeated, outcome="received")
    parts.metrics.count("haven_segments_total", intake.repeated, outcome="repeated")
    parts.metrics.count("haven_segments_total", refused, outcome="refused")
    _log.info(
        "pushed",
        agency=caller.agency_id,
        device=caller.device_id,
        offered=len(examined.push.segments),
        received=len(intake.receipts),
        refused=refused,
    )
    for refusal in intake.refusals:
        if refusal.code == RefusalCode.FORK:
            parts.metrics.count("haven_alarms_total", kind="fork")
            _log.error("fork_alarm", agency=caller.agency_id, scope=refusal.scope_id, device=refusal.device_id)


@post("/v1/numbers")
async def reserve_numbers(request: AnyRequest) -> Answer:
    """A block of record numbers."""
    call = await _call_of(request)
    asked = await call.body(NumbersAsked)

    def work() -> NumberBlock:
        with call.writing() as (connection, caller):
            return numbers.give_block(call.parts.store, connection, caller, asked)

    return answer(request, await _in_thread(work))


@post("/v1/flag")
async def raise_flag(request: AnyRequest) -> Answer:
    """What a device says about itself that supervisors must know."""
    call = await _call_of(request)
    call.parts.flag_limit.take(call.known.device_id)
    raised = await call.body(FlagRaised)

    def work() -> tuple[FlagTaken, bool]:
        with call.writing() as (connection, caller):
            return flags.raise_flag(connection, caller, raised)

    taken, is_new = await _in_thread(work)
    if is_new:
        kind = protocol.DURESS if raised.kind == protocol.DURESS else "other"
        call.parts.metrics.count("haven_flags_total", kind=kind)
        _log.warning("flag_raised", agency=call.known.agency_id, device=call.known.device_id, kind=kind)
    return answer(request, taken)


@post("/v1/flag/seen")
async def flag_seen(request: AnyRequest) -> Answer:
    """A supervisor took note of a flag."""
    call = await _call_of(request)
    call.parts.flag_limit.take(call.known.device_id)
    seen = await call.body(FlagSeen)

    def work() -> FlagTaken:
        with call.writing() as (connection, caller):
            return flags.take_note(connection, caller, seen)

    return answer(request, await _in_thread(work))


@post("/v1/order")
async def order(request: AnyRequest) -> Answer:
    """An order of two people to destroy scopes."""
    call = await _call_of(request)
    call.parts.flag_limit.take(call.known.device_id)
    asked = await call.body(PurgeOrder)

    def work() -> tuple[OrderTaken, bool]:
        with call.writing() as (connection, caller):
            return orders.take_purge(connection, caller, asked)

    taken, is_new = await _in_thread(work)
    if is_new:
        call.parts.metrics.count("haven_purged_scopes_total", len(asked.scopes))
        _log.warning("purged", agency=asked.agency_id, order=asked.order_id, scopes=len(asked.scopes))
    return answer(request, taken)


@post("/v1/wipe")
async def wipe(request: AnyRequest) -> Answer:
    """For a revoked device that signs its nonce: the order to erase itself, if there is one."""
    parts, asked = await _open_call(request, SignIn, parts_of(request).address_limit)
    parts.device_limit.take(asked.device_id)

    def work() -> WipeOrder | None:
        with parts.store.noting() as connection:
            if not auth.proves_itself(connection, asked, parts.identity.public):
                return None
            return orders.wipe_for(connection, asked.device_id)

    found = await _in_thread(work)
    if found is None:
        raise auth.sign_in_failed()
    return answer(request, found)


@post("/v1/wiped")
async def wiped(request: AnyRequest) -> Answer:
    """A device says that it has erased itself."""
    parts, done = await _open_call(request, Wiped, parts_of(request).address_limit)
    parts.device_limit.take(done.device_id)

    def work() -> bool:
        with parts.store.reading() as connection:
            agency_id = orders.agency_of_wiped(connection, done)
        with parts.store.writing(agency_id) as connection:
            return orders.note_wiped(connection, agency_id, done)

    if await _in_thread(work):
        _log.warning("device_erased", device=done.device_id)
    return answer(request, WipedTaken(done.device_id, now_ms()))


# --- chunks of attachments ----------------------------------------------------------------------------------------


@post("/v1/chunks")
async def give_chunks(request: AnyRequest) -> Answer:
    """Sealed chunks to keep."""
    call = await _call_of(request)
    given = await call.body(ChunksGiven, protocol.MAX_BODY)

    def work() -> ChunksTaken:
        with call.writing() as (connection, caller):
            return chunks.take(connection, caller, given, call.parts.settings.chunk_bytes_per_day)

    taken = await _in_thread(work)
    call.parts.metrics.count("haven_chunks_total", len(taken.taken), outcome="received")
    call.parts.metrics.count("haven_chunks_total", len(taken.refused), outcome="refused")
    return answer(request, taken)


@post("/v1/chunks/missing")
async def missing_chunks(request: AnyRequest) -> Answer:
    """Which chunks the server has still to be given."""
    call = await _call_of(request)
    named = await call.body(ChunksNamed)

    def work() -> ChunksMissing:
        with call.reading() as (connection, caller):
            return chunks.missing(connection, caller, named.chunks)

    return answer(request, await _in_thread(work))


@post("/v1/chunks/fetch")
async def fetch_chunks(request: AnyRequest) -> Answer:
    """Chunks that records of this device name."""
    call = await _call_of(request)
    asked = await call.body(ChunksAsked)

    def work() -> ChunksHanded:
        with call.reading() as (connection, caller):
            return chunks.fetch(connection, caller, asked.names)

    return answer(request, await _in_thread(work))


# --- reading ------------------------------------------------------------------------------------------------------


def _counter(request: AnyRequest, name: str, default: int) -> int:
    """A whole number of the query string, within the protocol's bounds."""
    text = request.query_params.get(name, str(default))
    if not (text.isascii() and text.isdecimal()) or len(text) > 16 or int(text) > protocol.MAX_PLACE:
        raise malformed()
    return int(text)


def _choice(request: AnyRequest, name: str, default: bool) -> bool:
    """A yes or no of the query string."""
    said = request.query_params.get(name, "yes" if default else "no")
    if said not in ("yes", "no"):
        raise malformed()
    return bool(said == "yes")


def _page_limit(request: AnyRequest) -> int:
    return min(max(_counter(request, "limit", protocol.DEFAULT_PAGE), 1), protocol.MAX_PAGE)


@get("/v1/feed")
async def feed(request: AnyRequest) -> Answer:
    """What lies after a place of the agency's feed and is for this device."""
    parts, authorization = parts_of(request), request.headers.get("authorization")
    after, limit = _counter(request, "after", 0), _page_limit(request)
    own, heads = _choice(request, "own", True), _choice(request, "heads", False)

    def work() -> FeedPage:
        with parts.store.reading() as connection:
            signed = auth.signed_in(connection, authorization)
            return _feed(connection, signed, after, limit, own=own, heads=heads)

    return answer(request, await _in_thread(work))


@get("/v1/envelopes")
async def envelopes(request: AnyRequest) -> Answer:
    """All envelopes for this device from a place on."""
    parts, authorization = parts_of(request), request.headers.get("authorization")
    after, limit = _counter(request, "after", 0), _page_limit(request)

    def work() -> FeedPage:
        with parts.store.reading() as connection:
            return reading.read_envelopes(connection, auth.caller_of(connection, authorization), after, limit)

    return answer(request, await _in_thread(work))


@get("/v1/scopes/{scope_id:str}/segments")
async def scope_segments(request: AnyRequest) -> Answer:
    """The segments of one scope after a number."""
    parts, authorization = parts_of(request), request.headers.get("authorization")
    after, limit = _counter(request, "after", 0), _page_limit(request)
    scope_id = str(request.path_params["scope_id"])

    def work() -> FeedPage:
        with parts.store.reading() as connection:
            caller = auth.caller_of(connection, authorization)
            return reading.read_scope(connection, caller, scope_id, after, limit)

    return answer(request, await _in_thread(work))


@get("/v1/heads")
async def heads(request: AnyRequest) -> Answer:
    """The heads of readable scopes after a scope id."""
    parts, authorization = parts_of(request), request.headers.get("authorization")
    after = request.query_params.get("after", "")
    if len(after) > 32:
        raise malformed()

    def work() -> Heads:
        with parts.store.reading() as connection:
            return reading.read_heads(connection, auth.caller_of(connection, authorization), after)

    return answer(request, await _in_thread(work))


@get("/v1/tree")
async def tree(request: AnyRequest) -> Answer:
    """The signed head of the agency's log, and the proof that it has only grown."""
    parts, authorization = parts_of(request), request.headers.get("authorization")
    first = _counter(request, "first", 0)

    def work() -> TreeGrown:
        with parts.store.reading() as connection:
            caller = auth.caller_of(connection, authorization)
            return agency_log.grown(connection, caller.agency_id, first, parts.identity.sign)

    return answer(request, await _in_thread(work))


@get("/v1/pokes")
async def pokes(request: AnyRequest) -> Stream:
    """A stream that says "look now" whenever something lies in the feed for this device. Never what."""
    parts, authorization = parts_of(request), request.headers.get("authorization")
    after = _counter(request, "after", 0)

    signed = await _in_thread(lambda: _signed_in(parts, authorization))
    parts.pokes.check_room()
    return Stream(
        poke_stream(parts.pokes, signed, authorization, after, parts.settings.heartbeat_seconds),
        media_type=protocol.EVENT_STREAM,
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )


# --- for the people who run it ------------------------------------------------------------------------------------


@get("/healthz", media_type=MediaType.TEXT)
async def healthz() -> str:
    """The process answers."""
    return "ok\n"


@get("/readyz", media_type=MediaType.TEXT)
async def readyz(request: AnyRequest) -> str:
    """The store answers, and this process has not been asked to stop."""
    parts = parts_of(request)
    if parts.draining.begun:
        raise Refused(503, ProblemCode.UNAVAILABLE, mark("The server is stopping."), retry_after=5)
    await _in_thread(parts.store.check_ready)
    return "ready\n"


@get("/metrics", media_type=MediaType.TEXT)
async def metrics(request: AnyRequest) -> str:
    """Counters for Prometheus."""
    return parts_of(request).metrics.text()


HANDLERS = [
    enrol,
    enrol_terms,
    enrol_signed_in,
    challenge,
    sign_in,
    push,
    reserve_numbers,
    raise_flag,
    flag_seen,
    order,
    wipe,
    wiped,
    give_chunks,
    missing_chunks,
    fetch_chunks,
    feed,
    envelopes,
    scope_segments,
    heads,
    tree,
    pokes,
    healthz,
    readyz,
    metrics,
]
