"""The sync engine. `SyncEngine._stages` is the list of what a round does; each stage is a file.

A round can be killed anywhere: what a stage learned is in the vault, and the next round goes on from there. The engine
may be used from a background thread while windows use the vault: every stage's work on the vault is short and never
open while it waits for the network.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Lock

from app.errors import Defect, EnvironmentProblem, HavenError, RuleBroken
from app.models.changes import Changes
from app.sync import protocol
from app.sync.client import agency_log, bundle, facts, flags, newly_known, orders, parted, problems, readers, wiping
from app.sync.client import enrol as enrolment
from app.sync.client.chunks import carry_chunks
from app.sync.client.compare import compare
from app.sync.client.facts import Membership
from app.sync.client.founding import found_groups
from app.sync.client.grant import grant
from app.sync.client.merge import judge_again
from app.sync.client.numbers import reserve_numbers
from app.sync.client.pokes import PokeListener
from app.sync.client.problems import Offline, ServerProblem, ServerWentBack
from app.sync.client.progress import Cancelled, Meter, Progress
from app.sync.client.pull import ask_feed, catch_up, pull
from app.sync.client.push import push, tidy
from app.sync.client.questions import questions
from app.sync.client.rekey import rekey
from app.sync.client.reports import Standing, SyncCounts, SyncReport, SyncState, counts_of, has_all, report_of
from app.sync.client.rewind import rewind
from app.sync.client.rounds import Round, Step, Tally, finds, unwatched
from app.sync.client.seal import seal
from app.sync.client.session import Server
from app.sync.client.signing_in import Way
from app.sync.client.trail import checkpoint
from app.sync.client.transport import HttpTransport, Transport
from app.sync.client.unassign import unassign
from app.sync.protocol import Enrolled, EnrolTerms, ProblemCode, WipeOrder
from app.vault import identity, lease, state, trail
from app.vault.keys import Randomness
from app.vault.vault import Vault, utc_now
from app.words import mark, tr

_USUAL_SECONDS = 60.0
_GO_ON_SECONDS = 2.0
_FIRST_RETRY_SECONDS = 5.0
_LONGEST_RETRY_SECONDS = 15 * 60.0
_NO_HOPE_SECONDS = 60 * 60.0
_REMEMBERED = timedelta(minutes=5)


@dataclass(frozen=True)
class _Quiet:
    """Where both ends stand: the vault's commits, the server's heads, and the day (record numbers go by the year)."""

    commits: int
    heads: bytes | None
    day: date


@dataclass(frozen=True)
class _Rest:
    """After a round that only asked the feed and found nothing, with nothing here that time alone makes due."""

    commits: int
    day: date
    place: int
    epoch: str


class SyncEngine:
    """Synchronises one vault. `run_once` does a round; two at once wait for each other.

    Everything that chance decides comes from outside: network, clock, randomness, and `step`, which is told of each
    saving (`rounds.Step`) and may stop the round there. So the whole engine can be played through (tests/simulator).
    """

    def __init__(
        self,
        vault: Vault,
        transport: Transport,
        clock: Callable[[], datetime] = utc_now,
        random: Randomness = os.urandom,
        step: Step = unwatched,
        listening: Callable[[], HttpTransport] = HttpTransport,
    ) -> None:
        self._vault = vault
        self._listening = listening
        self._transport = transport
        self._clock = clock
        self._random = random
        self._step = step
        self._one_at_a_time = Lock()
        self._failures = 0
        self._awaiting = 0
        self._judged = False
        self._may_leave = True
        self._said_of_log = ""
        self._watch: Callable[[Progress], None] | None = None
        self._arrived: Callable[[Changes], None] | None = None
        self._meter = Meter(clock, self._note_progress)
        self._server: tuple[Membership, Server] | None = None
        self._wipe: WipeOrder | None = None
        self._quiet: _Quiet | None = None
        self._rest: _Rest | None = None
        self._settled: dict[str, object] = {}
        self._questions = questions(self._unassign, self._forget_destroyed, self._watch_log)
        vault.notice(readers.NOTICED, readers.DEPENDS_ON, readers.DEPENDS_ON_FACTS)
        self._began = 0
        self._asked_before = 0
        self._written_down: datetime | None = None
        with vault.read() as session:
            known = facts.membership(session) is not None
            last = state.get(session, facts.LAST_CONTACT)
            counts = counts_of(session)
        standing = Standing.IDLE if known else Standing.ALONE
        self._state = SyncState(standing, "", datetime.fromisoformat(last) if last else None, counts)

    def enrol(self, address: str, code: str) -> Enrolled:
        """Make this vault the vault of an agency's member. Raises RuleBroken and EnvironmentProblem."""
        with self._one_at_a_time:
            enrolled = enrolment.enrol(self._vault, self._transport, address, code)
            self._state = replace(self._state, standing=Standing.IDLE)
        return enrolled

    def state(self) -> SyncState:
        """How sync stands. Never waits."""
        return self._state

    def watch(self, told: Callable[[Progress], None], arrived: Callable[[Changes], None] | None = None) -> None:
        """Let `told` hear, on the round's thread, how far a round is.

        `arrived` hears what came as soon as all of it has been merged, while the round goes on with its own work; the
        report then tells of the rest.
        """
        self._watch, self._arrived = told, arrived

    def cancel(self) -> None:
        """Let the round under way end at its next step, from any thread. What it did so far is saved."""
        self._meter.cancel()

    def run_once(self) -> SyncReport:
        """One round. Problems of the network and of the server are in the report; only defects are raised."""
        with self._one_at_a_time:
            self._state = replace(self._state, standing=Standing.WORKING)
            self._meter = Meter(self._clock, self._note_progress)
            tally = Tally()
            try:
                if not self._finds_nothing_new(tally):
                    self._round(tally)
            except Cancelled:
                report = self._stopped(tally)
            except EnvironmentProblem as problem:
                report = self._failed(tally, problem)
            except BaseException:
                self._state = replace(self._state, standing=Standing.TROUBLE, progress=None)
                raise
            else:
                report = self._succeeded(tally)
            return report

    def make_contact(self) -> SyncReport:
        """Nothing but what a locked vault needs: to sign in, which renews the lease, and to raise flags that wait."""
        with self._one_at_a_time:
            tally = Tally()
            try:
                self._contact(tally)
            except EnvironmentProblem as problem:
                return self._failed(tally, problem)
            self._renew_lease(tally)
            return report_of(tally, self._state.counts)

    def write_bundle(self) -> bundle.Written:
        """All own work as a file, and what is in it (`bundle.py`). Needs no network. Raises RuleBroken."""
        with self._one_at_a_time:
            return bundle.write_bundle(self._begin(Tally(stage="bundle")))

    def read_bundle(self, whole: bytes) -> tuple[bundle.Taken, Changes]:
        """Take a file in, and what changed by it. Needs no network. Raises RuleBroken, with nothing taken in."""
        with self._one_at_a_time:
            tally = Tally(stage="bundle")
            self._may_leave = True
            return bundle.read_bundle(self._begin(tally), whole), tally.changes

    def obey(self) -> bool:
        """Erase the vault as an order said: for good, keys first. Whether the server has heard of it."""
        with self._one_at_a_time:
            order = self._wipe
            if order is None:
                raise Defect(mark("There is no order to erase this vault."))
            round_ = self._begin(Tally(stage="erase"))
            said = wiping.done(order, self._vault.now(), round_.sign)
            self._vault.erase(protocol.encode(said))
            return wiping.tell(self._transport, round_.member, said)

    def listener(self, told: Callable[[], None]) -> PokeListener:
        """What calls `told` when the server says "look now"; it has a connection of its own. Not started yet."""
        return PokeListener(self._vault, self._listening(), self._clock, told, self._random)

    def close(self) -> None:
        """Let go of the network, when no round is under way any more."""
        with self._one_at_a_time:
            self._transport.close()

    def next_delay(self, report: SyncReport) -> float:
        """Seconds until the next round: longer after each failure, and never all devices at the same moment."""
        chance = int.from_bytes(self._random(4), "big") / 2**32
        if report.retry_after:
            return report.retry_after * (1 + chance)
        if report.hopeless:
            return _NO_HOPE_SECONDS * (1 + chance)
        if report.more:
            return _GO_ON_SECONDS * (0.5 + chance / 2)
        if report.awaited and not self._failures:
            return min(_GO_ON_SECONDS * 2.0 ** min(self._awaiting, 20), _USUAL_SECONDS) * (0.75 + chance / 2)
        if not self._failures:
            return _USUAL_SECONDS * (0.75 + chance / 2)
        doubled = _FIRST_RETRY_SECONDS * 2.0 ** min(self._failures - 1, 20)
        return min(doubled, _LONGEST_RETRY_SECONDS) * (0.5 + chance / 2)

    def _finds_nothing_new(self, tally: Tally) -> bool:
        """Whether nothing has changed here, and the server says that its feed has nothing more either.

        Most rounds are this. Both ends are compared with each round that writes its contact down, every few minutes;
        what changed in between would stand in the feed.
        """
        rest, at_rest = self._rest, self._server
        self._rest = None  # whatever goes wrong, the next round is a whole one
        if rest is None or at_rest is None or not at_rest[1].is_signed_in or self._wipe is not None:
            return False
        now = self._clock()
        if (self._vault.commits, now.date()) != (rest.commits, rest.day) or not self._is_written_down(now):
            return False
        page = ask_feed(at_rest[1], rest.place)
        if page.items or page.more or (page.next, page.end, page.server_epoch) != (rest.place, rest.place, rest.epoch):
            return False
        tally.server_time, tally.at_rest = page.server_time, True
        self._rest = rest
        return True

    def _round(self, tally: Tally) -> None:
        """The stages, and once more from the beginning when the server turns out to have gone back."""
        try:
            self._stages(self._begin(tally))
        except ServerWentBack as found:
            self._server = None  # the session that it keeps names the epoch of before
            rewind(self._begin(tally), found.epoch)
            try:
                self._stages(self._begin(tally))
            except ServerWentBack:
                raise EnvironmentProblem(problems.DIFFERENT) from None

    def _contact(self, tally: Tally) -> None:
        round_ = self._begin(tally)
        with suppress(ServerWentBack):  # the next round sees to that
            self._sign_in(round_)
            flags.tell(round_)

    def _stages(self, round_: Round) -> None:
        def stage(work: Callable[[Round], None]) -> None:
            round_.meter.check()
            round_.tally.stage = work.__name__.strip("_")
            if round_.is_due(work):
                work(round_)

        self._began = self._vault.commits
        self._asked_before = round_.server.asked
        stage(self._sign_in)
        stage(flags.tell)
        stage(orders.tell)
        stage(self._judge_again)
        stage(pull)
        self._hand_on(round_.tally)
        stage(checkpoint)  # in quiet rounds too: what makes it due may be time alone
        if not self._is_quiet(round_.tally):
            self._work(round_, stage)
            stage(self._unassign)
        stage(self._forget_destroyed)
        self._said_of_log = ""
        stage(self._watch_log)
        stage(carry_chunks)  # last: no record ever waits for a file

    def _work(self, round_: Round, stage: Callable[[Callable[[Round], None]], None]) -> None:
        """The stages of a round in which there may be something to do."""
        known = round_.tally.received
        stage(found_groups)
        stage(grant)
        stage(seal)
        stage(push)
        stage(bundle.carry)
        stage(parted.tell_again)
        stage(rekey)
        stage(reserve_numbers)
        if round_.tally.told > round_.tally.caught_up:
            stage(catch_up)
        stage(compare)
        if round_.tally.received > known:
            stage(grant)  # what has just come may name new readers
            stage(rekey)  # or say that somebody reads no more
        stage(tidy)

    def _is_quiet(self, tally: Tally) -> bool:
        """Whether all is as it was when a whole round last found nothing to do: then this one finds nothing either."""
        as_it_is = _Quiet(self._vault.commits, tally.heads, self._clock().date())
        return tally.heads is not None and not tally.received and self._quiet == as_it_is

    def _begin(self, tally: Tally) -> Round:
        with self._vault.read() as session:
            member = facts.membership(session)
            if member is None:
                raise RuleBroken(mark("This vault belongs to no service yet."))
            epoch = state.get(session, state.SERVER_EPOCH) or ""
            sign = identity.signing_key(session).sign
            if self._server is None or self._server[0] != member:
                self._server = member, Server(self._transport, member, sign, self._clock)
            doing = tally, self._step, self._meter, self._settled, self._questions
            round_ = Round(self._vault, self._server[1], member, epoch, self._random, sign, *doing)
            round_.look(session)
        return round_

    def _sign_in(self, round_: Round) -> None:
        session = round_.server.sign_in()
        round_.noted(session.server_epoch, session.server_time)
        if round_.fact(facts.LEASE_DAYS) != str(session.lease_days):
            with round_.settling() as settling:
                state.put(settling, facts.LEASE_DAYS, str(session.lease_days))

    def _judge_again(self, round_: Round) -> None:
        """Once after each start: a newer version may know what an older one kept."""
        if not self._judged:
            with round_.vault.read() as session:
                due = newly_known.is_due(session)
            with round_.merging() as work:
                judge_again(work)
                if due:
                    newly_known.settle_newly_known(work)
            self._judged = True

    def _unassign(self, round_: Round) -> None:
        """Take off what was given to others: looked for when something came or went, and while something waits."""
        if self._may_leave or round_.tally.told or round_.tally.received:
            self._may_leave = unassign(round_)

    def _watch_log(self, round_: Round) -> None:
        """In quiet rounds too: what makes it due is time alone."""
        self._said_of_log = agency_log.watch_log(round_)

    def _forget_destroyed(self, round_: Round) -> None:
        """What was destroyed leaves the files around the database too."""
        round_.vault.forget_destroyed()

    def _succeeded(self, tally: Tally) -> SyncReport:
        self._failures = 0
        self._awaiting = self._awaiting + 1 if tally.absent and not tally.received else 0
        now = self._clock().astimezone(UTC)
        known = tally.at_rest or (self._is_quiet(tally) and self._is_written_down(now))
        counts = self._state.counts if known else self._write_down(tally, now)
        self._state = SyncState(Standing.IDLE, "", now, counts)
        if not tally.at_rest:
            self._rest = self._at_rest(tally)
        if not tally.at_rest:
            self._retire(counts)
        trouble = tr(self._said_of_log) if self._said_of_log else ""
        return replace(report_of(tally, counts), trouble=trouble, erase=self._wipe is not None)

    def _at_rest(self, tally: Tally) -> _Rest | None:
        """Where both ends are left by a round that had nothing to do but to ask the feed once."""
        server = self._server
        if server is None or server[1].asked != self._asked_before + 1 or not self._is_quiet(tally):
            return None
        with self._vault.read() as session:
            epoch, place = state.get(session, state.SERVER_EPOCH), state.get(session, state.FEED_PLACE)
            if epoch is None or place is None or trail.waits(session):
                return None
        return _Rest(self._vault.commits, self._clock().date(), int(place), epoch)

    def _retire(self, counts: SyncCounts) -> None:
        """Obey an order that waits, as soon as nothing is left that only this computer has, files included."""
        if counts.only_here or counts.refused:
            return
        with self._vault.read() as session:
            if not finds(session, "SELECT 1 FROM chunk_errand WHERE ours"):
                self._wipe = wiping.retiring(session)

    def _is_written_down(self, now: datetime) -> bool:
        """Whether the vault knows of a contact that is not long ago: a lease is counted in days."""
        return self._written_down is not None and timedelta() <= now - self._written_down < _REMEMBERED

    def _write_down(self, tally: Tally, now: datetime) -> SyncCounts:
        """Remember the contact in the vault, now and then; of a round without anything new, where both ends are."""
        with self._vault.read() as session:
            commits, counts = self._vault.commits, counts_of(session)
            first_ends = tally.ended and state.get(session, facts.FIRST_SYNC) != "done" and has_all(session)
        idle = commits == self._began and not (tally.told or tally.received or tally.repaired)
        if first_ends or not self._is_written_down(now):
            commits += 1
            with self._vault.settling() as session:
                state.put(session, facts.LAST_CONTACT, now.isoformat())
                state.put(session, facts.SERVER_TIME, str(tally.server_time))
                lease.renew(session, tally.server_time, now)
                if first_ends:
                    state.put(session, facts.FIRST_SYNC, "done")
            self._written_down = now
        self._quiet = _Quiet(commits, tally.heads, self._clock().date()) if idle else None
        return counts

    def _renew_lease(self, tally: Tally) -> None:
        """After a round that did not end well: the server has taken this computer all the same, if it answered."""
        now = self._clock()
        with suppress(HavenError):  # a vault that cannot be written has a problem of its own
            with self._vault.read() as session:
                held = lease.held(session, now)
            if tally.server_time and held is not None and lease.is_worn(held, now):
                with self._vault.settling() as session:
                    lease.renew(session, tally.server_time, now)

    def _stopped(self, tally: Tally) -> SyncReport:
        self._renew_lease(tally)
        counts = self._counts_if_readable()
        self._state = SyncState(Standing.IDLE, "", self._state.last_success, counts)
        return replace(report_of(tally, counts), cancelled=True)

    def _hand_on(self, tally: Tally) -> None:
        """Let windows show what came without waiting for what is sent."""
        if self._arrived is not None and tally.changes:
            self._arrived(tally.hand_on())

    def _note_progress(self, progress: Progress) -> None:
        self._state = replace(self._state, progress=progress)
        if self._watch is not None:
            self._watch(progress)

    def _failed(self, tally: Tally, problem: EnvironmentProblem) -> SyncReport:
        self._failures += 1
        if not _is_turned_away(problem):
            self._renew_lease(tally)
        counts = self._counts_if_readable()
        offline = isinstance(problem, Offline)
        standing = Standing.OFFLINE if offline else Standing.TROUBLE
        self._state = SyncState(standing, problem.sentence, self._state.last_success, counts)
        report = replace(report_of(tally, counts), offline=offline, trouble=problem.sentence)
        if isinstance(problem, ServerProblem):
            report = replace(report, retry_after=problem.retry_after, hopeless=_is_turned_away(problem))
            if problem.code == ProblemCode.REVOKED:
                report = replace(report, erase=self._is_ordered())
        return report

    def _is_ordered(self) -> bool:
        """Revoked: whether there is an order to erase this device too, signed by who may give it."""
        round_ = self._begin(Tally(stage="revoked"))
        with self._vault.read() as session:
            pinned = bool(state.get(session, facts.ORDER_PUBLIC))
        self._wipe = wiping.fetch(round_) if pinned else None
        return self._wipe is not None

    def _counts_if_readable(self) -> SyncCounts:
        """The counts; those of before when it is the vault that has the problem."""
        try:
            with self._vault.read() as session:
                return counts_of(session)
        except HavenError:
            return self._state.counts


def connect(vault: Vault, ca_file: Path | None = None) -> SyncEngine:
    """The engine of a vault over the real network. `ca_file`: the only authority whose certificates are believed."""
    return SyncEngine(vault, HttpTransport(ca_file), listening=lambda: HttpTransport(ca_file))


def enrol(
    vault: Vault,
    address: str,
    code: str,
    ca_file: Path | None = None,
    signing: tuple[EnrolTerms, Way] | None = None,
) -> Enrolled:
    """Enrol a vault over the real network (`enrol.py`)."""
    transport = HttpTransport(ca_file)
    try:
        return enrolment.enrol(vault, transport, address, code, signing)
    finally:
        transport.close()


def enrolment_terms(address: str, code: str, ca_file: Path | None = None) -> EnrolTerms | None:
    """Where the owner of a code has to sign in before they enrol, asked over the real network."""
    transport = HttpTransport(ca_file)
    try:
        return enrolment.terms(transport, address, code)
    finally:
        transport.close()


def _is_turned_away(problem: EnvironmentProblem) -> bool:
    """Whether the server wants to hear of this computer no more."""
    return isinstance(problem, ServerProblem) and problem.code in (ProblemCode.REVOKED, ProblemCode.SIGN_IN_FAILED)
