"""One schedule: what happens, in which order, decided by its seed; then rest, and the look at what must hold."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import process_time

from sqlalchemy import select

from app.models.agency import Organization
from app.models.base import Record
from app.models.crisis import Case, ServiceRequest, SupportNote
from app.models.local.tables import KnownOrder, LoggedChange, OutSegment, Sibling
from app.models.people import SafeContact
from app.models.vocab import Role, ScopeKind, Tri
from app.queries.outbox import of_segment
from app.sync import protocol
from app.sync.client.reports import SyncReport
from app.sync.protocol import Approval, PurgeOrder
from app.sync.server import members
from app.sync.server.tables import purged_scopes, segments
from app.vault import identity
from tests.simulator.chance import YEAR_MS, Chance, Time
from tests.simulator.check import Verdict
from tests.simulator.device import Device
from tests.simulator.network import Network, Weather, Wire
from tests.simulator.policy import WORKERS, Policy
from tests.simulator.truth import Truth
from tests.simulator.world import ServerHost, Template, simulated

_WEATHERS = (Weather(0.02), Weather(0.1, 0.01), Weather(0.25, 0.03), Weather(0.4, 0.05))
_ROUNDS_TO_REST = 7
_SECONDS_BETWEEN_ROUNDS = 5
"""At rest: so short that no checkpoint of an audit trail becomes due by time alone."""
_LOOKED_AT_ONCE_MORE = 0.1
"""The share of schedules in which everybody, when all are at rest, goes round once more."""
_TEXTS = ("Harbour House", "Dog at the door", "Milton", "Oakville", "Burlington", "Élise, 2e étage", "")
_CASE_WRITERS = (*WORKERS, Role.SUP)
Act = Callable[["Schedule", Device], None]


@dataclass(frozen=True)
class Shape:
    """How much there is in a schedule."""

    devices: tuple[int, ...]
    """One of these numbers."""
    acts: tuple[int, int]
    """From and to how many things happen."""
    fresh: float = 0.0
    """The share that begins with devices which have never synchronised."""
    copied: float = 0.0
    """The share in which the server's nightly copy was made before anything happens."""
    favoured: int = 0
    """So many of the rare things happen often: few at a time, so that brief schedules meet them at all."""


_BRIEF = Shape((2, 2, 2, 3), (3, 20), copied=0.3, favoured=2)
_LONG = Shape((2, 3, 4), (15, 40), fresh=0.1)
_IS_LONG = 0.1
"""The share of long schedules. Many brief ones beside them meet more combinations in the same time."""
_RARE, _FAVOUR = 2.0, 8.0
"""What has less than this weight is rare; how much more weight a rare thing has when it is favoured."""


@dataclass
class Result:
    """What a schedule was and what came of it."""

    seed: int
    broken: list[str] = field(default_factory=list)
    devices: int = 0
    changes: int = 0
    faults: dict[str, int] = field(default_factory=dict)
    points: dict[str, int] = field(default_factory=dict)
    skewed: bool = False
    put_back: bool = False
    removed: bool = False
    destroyed: int = 0
    given_away: int = 0
    older: int = 0
    long: bool = False
    spent: float = 0.0
    """Seconds of a processor."""

    @property
    def converged(self) -> bool:
        """Whether everything held."""
        return not self.broken


class Schedule:
    """Plays one seed on copies of the template's folders."""

    def __init__(self, seed: int, template: Template, folder: Path, told: Callable[[str], None]) -> None:
        self.chance = Chance(seed)
        self.result = Result(seed)
        self._told = told
        self._folder = folder
        self._template = template
        self.time = Time()
        self.truth = Truth()
        self.policy = Policy(self.truth, template.devices)
        self._wire = Wire()
        self.network = Network(self._wire, self.chance, told)
        self._copy: Path | None = None
        self._heard: dict[str, int] = {}
        """By device: how often the server had been told something when a round of it last ended well."""

    def run(self) -> Result:
        """Play it."""
        with simulated(self.time, self.chance):
            self._begin()
            try:
                self._play()
                self._rest()
            finally:
                self._end()
        return self.result

    # --- begin and end --------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        self.result.long = self.chance.often(_IS_LONG)
        self._shape = _LONG if self.result.long else _BRIEF
        settled = not self.chance.often(self._shape.fresh)
        taking_part = self.chance.sample(self._template.devices, self.chance.choice(self._shape.devices))
        if not settled:
            taking_part = self.chance.sample(self._template.devices, len(self._template.devices))
        stage = self._template.stage(settled)
        shutil.copytree(stage / "server", self._folder / "server")
        self.host = ServerHost(self._folder / "server", self._wire)
        self.devices: list[Device] = []
        for enrolled in taking_part:
            shutil.copytree(stage / enrolled.name, self._folder / enrolled.name)
            own_chance = Chance(self.chance.randbytes(8))
            device = Device(enrolled, self._folder / enrolled.name, self.time, self.network, own_chance, self.truth)
            device.note(everything=True)
            if self.chance.often(0.2):
                device.stay_behind()
            self.devices.append(device)
            device.link.newer = self.chance.often(0.2)
        self._wire.newer = self.chance.often(0.3)
        self.network.weather = self.chance.choice(_WEATHERS)
        self.result.devices = len(self.devices)
        self.result.older = sum(device.older for device in self.devices)
        names = ", ".join(f"{device.name} (older)" if device.older else device.name for device in self.devices)
        self._told(f"{names}; settled {settled}; {self.network.weather}")
        if self.chance.often(self._shape.copied):
            self.copy_the_server_or_put_it_back(self.devices[0])

    def _play(self) -> None:
        favoured = self.chance.sample([act for act, weight in _ACTS if weight < _RARE], self._shape.favoured)
        acts = [act for act, _ in _ACTS]
        weights = [weight * (_FAVOUR if act in favoured else 1) for act, weight in _ACTS]
        for _ in range(self.chance.randint(*self._shape.acts)):
            self.time.passes(self.chance.choice((1, 30, 600, 4000)))
            device = self.chance.choice(self.devices)
            act = self.chance.choices(acts, weights)[0]
            self._told(f"{device.name}: {act.__name__}")
            act(self, device)

    def _rest(self) -> None:
        """The weather clears, everybody is within reach and synchronises."""
        self._told("rest")
        self.network.clear()
        for device in self.devices:
            device.link.within_reach = True
        active = [device for device in self.devices if not device.revoked]
        self._come_to_rest(active)
        older = [device for device in self.devices if device.older]
        for device in older:
            self._told(f"{device.name}: update")
            device.update()
            self._heard.pop(device.name, None)
        if older:  # what the older version kept of the newer ones is known to its device from here on
            self._come_to_rest(active)
        if self.chance.often(_LOOKED_AT_ONCE_MORE):
            self._look_once_more(active)
        self._excuse_refused(active)
        with self.host.parts.store.reading() as connection:
            self.truth.purged.update(connection.scalars(select(purged_scopes.c.scope_id)))
        self.result.destroyed = len(self.truth.purged)
        self.result.broken += Verdict(self.devices, self.host, self.truth, self.policy).broken()

    def _come_to_rest(self, active: list[Device]) -> None:
        """Rounds until each has had one that ended well, told the server nothing, and heard all that it was told."""
        for _ in range(_ROUNDS_TO_REST):
            for device in active:
                if not self._rests(device):
                    before = self._wire.told
                    report = self._round(device)
                    self._heard[device.name] = before if not report.trouble else -1
            if all(self._rests(device) for device in active):
                return
        self.result.broken.append(f"no rest after {_ROUNDS_TO_REST} rounds of everybody")

    def _rests(self, device: Device) -> bool:
        return self._heard.get(device.name) == self._wire.told

    def _look_once_more(self, active: list[Device]) -> None:
        """Who is passed over at rest has indeed nothing to do: seen in some schedules, for it takes its time."""
        for device in active:
            before = self._wire.told
            report = self._round(device)
            if report.sent or report.received or report.trouble or self._wire.told != before:
                self.result.broken.append(f"{device.name} was not at rest")

    def _excuse_refused(self, active: list[Device]) -> None:
        """Nobody else has to hold what a person was told is refused, and what only a revoked device ever had."""
        for device in self.devices:
            with device.vault.read() as session:
                mine = select(LoggedChange.dot).where(LoggedChange.device_id == device.device_id)
                refused = mine.join(OutSegment, of_segment()).where(OutSegment.refusal.is_not(None))
                self.truth.excused.update(session.scalars(refused))
        for device in self.devices:
            if device not in active:
                self._excuse_unsent(device)

    def _excuse_unsent(self, device: Device) -> None:
        """What a revoked device had not sent: the server takes nothing of it any more."""
        with self.host.parts.store.reading() as connection:
            stored = {
                (row.scope_id, place)
                for row in connection.execute(select(segments).where(segments.c.device_id == device.device_id))
                for place in range(row.first, row.last + 1)
            }
        with device.vault.read() as session:
            mine = session.scalars(select(LoggedChange).where(LoggedChange.device_id == device.device_id)).all()
        self.truth.excused.update(row.dot for row in mine if (row.scope_id, row.device_seq) not in stored)

    def _round(self, device: Device) -> SyncReport:
        self.time.passes(_SECONDS_BETWEEN_ROUNDS)
        report = device.sync()
        assert report is not None, "nothing crashes in clear weather"
        self._told(f"  {device.name}: sent {report.sent}, received {report.received} {report.trouble}")
        return report

    def _end(self) -> None:
        for device in self.devices:
            device.close()
            self.result.given_away += len(device.left)
            for point, count in device.points.items():
                self.result.points[point] = self.result.points.get(point, 0) + count
        self.host.stop()
        self._wire.close()
        self.result.changes = len(self.truth.changes)
        self.result.faults = self.network.faults

    # --- acts of people -------------------------------------------------------------------------------------------

    def synchronise(self, device: Device) -> None:
        """A round."""
        report = device.sync()
        if report is not None:
            self._told(f"    sent {report.sent}, received {report.received} {report.trouble}")

    def _text(self) -> str:
        return f"{self.chance.choice(_TEXTS)} {self.chance.randrange(1000)}"

    def write_organization(self, device: Device) -> None:
        """A new entry of the directory, or an edit of one."""
        if device.person.role is Role.OFF:
            return
        known = device.some(Organization)
        with device.act() as work:
            if known is None or self.chance.often(0.1):
                scope_id = work.open_scope(ScopeKind.AGENCY, device.agency_id)
                work.session.add(Organization(id=work.new_id(), scope_id=scope_id, name=self._text()))
            else:
                work.session.get_one(Organization, known.id).name = self._text()

    def open_case(self, device: Device) -> None:
        """A new case with a way to reach the person and a private note, assigned to somebody or to nobody yet."""
        if device.person.role not in WORKERS:
            return
        with device.act() as work:
            case_id = work.new_id()
            facts = work.open_scope(ScopeKind.CASE, case_id)
            assigned = device.member_id if self.chance.often(0.6) else self._worker()
            second = self._worker() if self.chance.often(0.3) else None
            co_workers = [second] if second is not None else None
            case = Case(id=case_id, scope_id=facts, assigned_to=assigned, co_workers=co_workers)
            case.municipality = None if device.older else self._text()
            work.session.add(case)
            work.session.add(SafeContact(id=work.new_id(), scope_id=facts, case_id=case_id, value=self._text()))
            if self.chance.often(0.5) and not device.older:
                private = work.open_scope(ScopeKind.CASE_PRIVATE, case_id)
                note = SupportNote(id=work.new_id(), scope_id=private, case_id=case_id, text=self._text())
                work.session.add(note)

    def _worker(self) -> str | None:
        """Somebody of the unit, or nobody."""
        people = sorted({one.member_id for one in self._template.devices if one.person.role in WORKERS})
        return self.chance.choice([*people, None])

    def edit_case(self, device: Device) -> None:
        """Facts of a case."""
        known = device.some(Case) if device.person.role in _CASE_WRITERS and not device.older else None
        if known is None:
            return
        with device.act() as work:
            case = work.session.get_one(Case, known.id)
            case.municipality = self._text()
            if self.chance.often(0.3):
                case.high_risk = self.chance.often(0.5)

    def reassign(self, device: Device) -> None:
        """A case goes to somebody else, or gets or loses a second worker."""
        known = device.some(Case) if device.person.role in _CASE_WRITERS else None
        if known is None:
            return
        with device.act() as work:
            case = work.session.get_one(Case, known.id)
            if self.chance.often(0.6):
                case.assigned_to = self._worker()
            else:
                one = self._worker()
                case.co_workers = [one] if one is not None and one not in (case.co_workers or []) else []

    def edit_contact(self, device: Device) -> None:
        """Whether a way to reach a person is safe, and what it is."""
        known = device.some(SafeContact) if device.person.role in WORKERS else None
        if known is None:
            return
        with device.act() as work:
            contact = work.session.get_one(SafeContact, known.id)
            contact.safe_to_use = self.chance.choice(list(Tri))
            if self.chance.often(0.4):
                contact.value = self._text()

    def write_note(self, device: Device) -> None:
        """A private note on a case."""
        known = device.some(Case) if device.person.role in WORKERS and not device.older else None
        if known is None:
            return
        with device.act() as work:
            private = work.open_scope(ScopeKind.CASE_PRIVATE, known.id)
            note = SupportNote(id=work.new_id(), scope_id=private, case_id=known.id, text=self._text())
            work.session.add(note)

    def write_request(self, device: Device) -> None:
        """A new request, or an edit of one."""
        known = device.some(ServiceRequest)
        with device.act() as work:
            if known is None or self.chance.often(0.2):
                request_id = work.new_id()
                scope_id = work.open_scope(ScopeKind.REQUEST, request_id)
                request = ServiceRequest(id=request_id, scope_id=scope_id, parking=self._text())
                work.session.add(request)
            else:
                request = work.session.get_one(ServiceRequest, known.id)
                request.parking = self._text()
            if not device.older:
                request.hazards, request.contact_safe = self._text(), self.chance.choice(list(Tri))

    def remove(self, device: Device) -> None:
        """Take a record away; others may be editing it."""
        kind: type[Record] = self.chance.choice((Organization, ServiceRequest))
        known = device.some(kind)
        if known is None or (kind is Organization and device.person.role is Role.OFF):
            return
        with device.act() as work:
            record = work.session.get_one(kind, known.id)
            record.removed_at, record.removed_reason = work.now(), "entered twice"

    def decide(self, device: Device) -> None:
        """A person decides between values that live side by side."""
        kinds: dict[str, type[Record]] = {"organization": Organization, "case_file": Case, "safe_contact": SafeContact}
        with device.vault.read() as session:
            asked = select(Sibling.kind, Sibling.record_id, Sibling.field).where(Sibling.kind.in_(list(kinds)))
            waiting = sorted({tuple(row) for row in session.execute(asked)})
        allowed = [row for row in waiting if row[0] != "safe_contact" or device.person.role in WORKERS]
        allowed = [row for row in allowed if row[0] == "case_file" or device.person.role is not Role.OFF]
        plain = [row for row in allowed if row[2] in ("municipality", "name", "value")]
        plain = [row for row in plain if not (device.older and row[2] == "municipality")]
        if not plain:
            return
        kind, record_id, name = self.chance.choice(plain)
        with device.act() as work:
            record = work.session.get_one(kinds[kind], record_id)
            if self.chance.often(0.5):
                setattr(record, name, self._text())
            work.decide(record, name)

    def destroy(self, device: Device) -> None:
        """Two supervisors destroy a request; the order leaves with the next round of one of them."""
        chiefs = [one for one in self.devices if one.person.role is Role.SUP and not one.revoked]
        second = next((one for one in chiefs if one.member_id != device.member_id), None)
        known = device.some(ServiceRequest) if device in chiefs else None
        if known is None or second is None:
            return
        order_id, scopes, at = f"{self.chance.getrandbits(128):032x}", [known.scope_id], device.vault.now()
        at = at.replace(microsecond=0)
        approvals = []
        for one in (device, second):
            with one.vault.write(one.vault.actor(Role.SUP)) as work:
                signature = bytes.fromhex(work.sign_destruction(order_id, scopes, at))
            approvals.append(Approval(one.device_id, signature))
        order = PurgeOrder(order_id, device.agency_id, scopes, identity.as_ms(at), approvals)
        with device.vault.settling() as session:
            session.add(KnownOrder(order_id=order_id, body=protocol.encode(order), offered=False))

    # --- acts of the world ----------------------------------------------------------------------------------------

    def turn_the_clock(self, device: Device) -> None:
        """A clock is wrong by minutes, hours or years, forwards or backwards."""
        size = self.chance.choice((60_000, 3_600_000, 24 * 3_600_000, YEAR_MS, 10 * YEAR_MS))
        device.clock.wrong_by_ms = int(size * self.chance.uniform(-1, 1))
        self.result.skewed = True

    def go_out_of_reach(self, device: Device) -> None:
        """A device loses the network, or finds it again."""
        device.link.within_reach = not device.link.within_reach

    def restart_the_server(self, _: Device) -> None:
        """The server's process ends and begins."""
        self.host.stop()
        self.host.start()

    def copy_the_server_or_put_it_back(self, _: Device) -> None:
        """The nightly copy; and, once there is one, the server comes back from it, without what came since."""
        if self._copy is None:
            self._copy = self._folder / "copy"
            self.host.copy(self._copy)
            return
        self.host.put_back(self._copy)
        self.result.put_back = True
        self._administer()

    def revoke(self, device: Device) -> None:
        """A device is reported lost."""
        if len([one for one in self.devices if not one.revoked]) < 3 or device.revoked or self.chance.often(0.5):
            return
        device.revoked = True
        self._administer()
        self.result.removed = True

    def take_out_of_a_group(self, device: Device) -> None:
        """A person leaves the unit or the supervisors."""
        groups = sorted(self.policy.groups_of(device.member_id) - {"staff"})
        if not groups or self.chance.often(0.5):
            return
        self.policy.leaves(device.member_id, self.chance.choice(groups))
        self._administer()
        self.result.removed = True

    def _administer(self) -> None:
        """The administrator sees to it that the server knows who left and which devices are lost."""
        agency_id = self._template.agency_id
        with self.host.parts.store.writing() as connection:
            for person in members.list_persons(connection, agency_id):
                member_id, roles = str(person["person_id"]), person["roles"]
                groups = sorted(self.policy.groups_of(member_id))
                if sorted(person["groups"]) != groups:  # type: ignore[call-overload]
                    members.change_person(connection, agency_id, member_id, roles, groups)  # type: ignore[arg-type]
            known = {str(row["device_id"]): row["status"] for row in members.list_devices(connection, agency_id)}
            for device in self.devices:
                if device.revoked and known[device.device_id] == members.ACTIVE:
                    members.revoke(connection, agency_id, device.device_id)


_ACTS: tuple[tuple[Act, float], ...] = (
    (Schedule.synchronise, 10),
    (Schedule.write_organization, 5),
    (Schedule.open_case, 2),
    (Schedule.edit_case, 6),
    (Schedule.reassign, 3),
    (Schedule.edit_contact, 5),
    (Schedule.write_note, 2),
    (Schedule.write_request, 4),
    (Schedule.remove, 0.7),
    (Schedule.decide, 2),
    (Schedule.destroy, 0.8),
    (Schedule.turn_the_clock, 1),
    (Schedule.go_out_of_reach, 1),
    (Schedule.restart_the_server, 0.3),
    (Schedule.copy_the_server_or_put_it_back, 1.6),
    (Schedule.revoke, 0.7),
    (Schedule.take_out_of_a_group, 0.7),
)


def play(seed: int, template: Template, folder: Path, told: Callable[[str], None] = lambda _: None) -> Result:
    """One schedule in a folder of its own, which is taken away again."""
    own = folder / f"schedule-{seed}"
    own.mkdir()
    began = process_time()
    try:
        result = Schedule(seed, template, own, told).run()
        result.spent = process_time() - began
        return result
    finally:
        with suppress(OSError):
            shutil.rmtree(own)
