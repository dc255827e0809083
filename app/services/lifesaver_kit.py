"""Project Lifesaver's equipment: transmitters and their frequencies, hand-overs, receivers, operators (7.4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.errors import NotAllowed, RuleBroken
from app.models.lifesaver import (
    EquipmentIssue,
    LifesaverClient,
    Receiver,
    SearchOperator,
    Transmitter,
    TransmitterFrequency,
)
from app.models.lifesaver_search import SearchActivation, SearchCard
from app.models.lifesaver_vocab import (
    IssueEnd,
    KitCondition,
    LifesaverStatus,
    OperatorLevel,
    ReceiverKind,
    Strap,
    TransmitterStatus,
)
from app.models.rules import inventory as inventory_rules
from app.models.rules import lifesaver as rules
from app.models.rules.deadlines import months
from app.models.search_vocab import SearchStatus
from app.models.vocab import AuditAction, CardReason, Role, ScopeKind
from app.models.work import Work
from app.services import inventory, lifesaver_cards
from app.services.answers import KEEP, Given, put
from app.services.lifesaver_stock import holdings, shared_scope
from app.services.permission import ROLE, require_reason, require_role
from app.services.records import add, all_of, ensure, load
from app.services.registry_cards import tell_registry
from app.words import mark

_REG = frozenset({Role.REG})
FREQUENCY = "frequency"
NEEDS_SEARCH = mark("The frequency is shown to search specialists while a search for its wearer is open.")


@dataclass(frozen=True, kw_only=True)
class TransmitterAnswers:
    """The fields of a transmitter."""

    serial: Given[str] = KEEP
    model: Given[str] = KEEP
    pulse_ms: Given[int] = KEEP
    battery_type: Given[str] = KEEP
    purchased_on: Given[date] = KEEP
    warranty_until: Given[date] = KEEP
    strap: Given[Strap] = KEEP
    condition: Given[str] = KEEP
    location: Given[str] = KEEP


@dataclass(frozen=True, kw_only=True)
class AddTransmitter(TransmitterAnswers):
    """A transmitter comes into the inventory."""

    frequency_khz: int | None = None


@dataclass(frozen=True, kw_only=True)
class UpdateTransmitter(TransmitterAnswers):
    """Change what is known of a transmitter."""

    transmitter_id: str
    frequency_khz: Given[int] = KEEP


@dataclass(frozen=True, kw_only=True)
class MoveTransmitter:
    """Put a transmitter that nobody holds somewhere else: stock, test, repair, retired."""

    transmitter_id: str
    status: TransmitterStatus
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class IssueTransmitter:
    """Hand a transmitter to a client."""

    transmitter_id: str
    client_id: str
    accessories: str | None = None
    condition: str | None = None


@dataclass(frozen=True, kw_only=True)
class EndIssue:
    """A transmitter came back, was lost or destroyed. `battery_out`: it cannot send any more."""

    issue_id: str
    end: IssueEnd
    ended_on: date | None = None
    condition: str | None = None
    battery_out: bool = False
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class RevealFrequency:
    """About to show a frequency; a search specialist names the open search that it is for."""

    transmitter_id: str
    activation_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class ReceiverAnswers:
    """The fields of a receiver."""

    serial: Given[str] = KEEP
    model: Given[str] = KEEP
    kind: Given[ReceiverKind] = KEEP
    kit: Given[str] = KEEP
    location: Given[str] = KEEP
    assigned_to: Given[str] = KEEP
    battery: Given[str] = KEEP
    calibrated_on: Given[date] = KEEP
    retired_on: Given[date] = KEEP


@dataclass(frozen=True, kw_only=True)
class AddReceiver(ReceiverAnswers):
    """A receiver comes into the inventory."""


@dataclass(frozen=True, kw_only=True)
class UpdateReceiver(ReceiverAnswers):
    """Change what is known of a receiver."""

    receiver_id: str


@dataclass(frozen=True, kw_only=True)
class CheckKit:
    """A receiver was tried out."""

    receiver_id: str
    condition: KitCondition
    checked_on: date | None = None
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class CertifyOperator:
    """A member passed the course, or a drill; the certificate ends after `pls.operator_cert_months`."""

    member_id: str
    level: OperatorLevel = OperatorLevel.OPERATOR
    certified_on: date | None = None
    last_drill_on: date | None = None
    note: str | None = None


def add_transmitter(work: Work, command: AddTransmitter) -> str:
    """Enter a transmitter, in stock; its id."""
    require_role(work, Transmitter, _REG)
    scope_id = shared_scope(work, ScopeKind.LIFESAVER_STORE)
    made = add(work, Transmitter, scope_id, status=TransmitterStatus.IN_STOCK)
    _write(work, made, command)
    if command.frequency_khz is not None:
        _set_frequency(work, made, command.frequency_khz)
    return made.id


def update_transmitter(work: Work, command: UpdateTransmitter) -> None:
    """Change a transmitter; a new frequency is checked against those in use."""
    require_role(work, Transmitter, _REG)
    found = load(work, Transmitter, command.transmitter_id)
    _write(work, found, command)
    if command.frequency_khz is not KEEP and command.frequency_khz is not None:
        _set_frequency(work, found, command.frequency_khz)
    lifesaver_cards.keep_cards_of(work, found.id)


def move_transmitter(work: Work, command: MoveTransmitter) -> None:
    """Put it elsewhere; while somebody holds it the hand-over has to end first."""
    require_role(work, Transmitter, _REG)
    found = load(work, Transmitter, command.transmitter_id)
    if not inventory_rules.may_hand_out(found.id, holdings(work)):
        raise RuleBroken(rules.NOT_FREE)
    if command.status is TransmitterStatus.ISSUED:
        raise RuleBroken(mark("Hand it to a client instead."), field="status")
    if command.status is not TransmitterStatus.IN_STOCK:
        found.status_reason = require_reason(command.reason)
    elif found.status is TransmitterStatus.QUARANTINE and (found.quarantine_until or work.today()) >= work.today():
        raise RuleBroken(
            mark("It stays in quarantine until {day}: it may still send."), day=str(found.quarantine_until)
        )
    else:
        found.status_reason, found.quarantine_until = None, None
    found.status = command.status


def issue_transmitter(work: Work, command: IssueTransmitter) -> str:
    """Hand a transmitter over; refused while it is held or another one sends too near (domain.md 7b). Its id."""
    require_role(work, EquipmentIssue, _REG)
    found = load(work, Transmitter, command.transmitter_id)
    client = load(work, LifesaverClient, command.client_id)
    if client.status not in rules.WEARING | {LifesaverStatus.ACCEPTED}:
        raise RuleBroken(rules.NOT_NOW, status=client.status.label() if client.status else "")
    if found.status not in (TransmitterStatus.IN_STOCK, TransmitterStatus.TEST):
        raise RuleBroken(rules.NOT_FREE)
    if not inventory_rules.may_hand_out(found.id, holdings(work)):
        raise RuleBroken(rules.NOT_FREE)
    frequency = frequency_of(work, found.id)
    if frequency is None:
        raise RuleBroken(rules.NO_FREQUENCY)
    _refuse_near(work, found, frequency)
    made = add(
        work,
        EquipmentIssue,
        found.scope_id,
        transmitter_id=found.id,
        client_id=client.id,
        issued_at=work.now(),
        issued_by=work.actor.member_id,
        accessories=command.accessories,
        condition_out=command.condition,
    )
    found.status, found.quarantine_until = TransmitterStatus.ISSUED, None
    lifesaver_cards.keep_card(work, client)
    return made.id


def end_issue(work: Work, command: EndIssue) -> None:
    """Record how a hand-over ended; what may still send keeps its frequency in quarantine (domain.md 7.5, 23)."""
    require_role(work, EquipmentIssue, _REG)
    issue = load(work, EquipmentIssue, command.issue_id)
    if issue.end is not None:
        raise RuleBroken(mark("This hand-over has ended already."))
    issue.end, issue.ended_on = command.end, command.ended_on or work.today()
    issue.ended_by, issue.condition_in, issue.note = work.actor.member_id, command.condition, command.note
    found = load(work, Transmitter, issue.transmitter_id)
    if not inventory_rules.open_holdings(holdings(work), found.id):
        _after(work, found, command, issue.ended_on)
    client = work.session.get(LifesaverClient, issue.client_id)
    if client is not None:
        lifesaver_cards.keep_card(work, client)
    lifesaver_cards.keep_cards_of(work, found.id)
    inventory.raise_clashes(work)


def reveal_frequency(work: Work, command: RevealFrequency) -> int:
    """The frequency in kHz, audited before it is shown (domain.md 7.6.7, 7g)."""
    found = work.session.get(TransmitterFrequency, _frequency_id(work, command.transmitter_id))
    occurrence = _require_may_see(work, command)
    if found is None or found.frequency_khz is None or found.removed_at is not None:
        raise RuleBroken(mark("No frequency is recorded for this transmitter."))
    work.audit(
        AuditAction.REVEAL,
        kind=TransmitterFrequency.__tablename__,
        record_id=found.id,
        reason=occurrence or FREQUENCY,
        fields=("frequency_khz",),
    )
    return found.frequency_khz


def frequency_of(work: Work, transmitter_id: str) -> int | None:
    """The frequency, for a rule; nothing is shown by it."""
    work.session.flush()
    found = work.session.get(TransmitterFrequency, _frequency_id(work, transmitter_id))
    return None if found is None or found.removed_at is not None else found.frequency_khz


def add_receiver(work: Work, command: AddReceiver) -> str:
    """Enter a receiver; its id."""
    require_role(work, Receiver)
    made = add(work, Receiver, shared_scope(work, ScopeKind.LIFESAVER_FLEET))
    put(made, command)
    if not (made.serial or "").strip():
        raise RuleBroken(mark("Enter the serial number."), field="serial")
    return made.id


def update_receiver(work: Work, command: UpdateReceiver) -> None:
    """Change a receiver."""
    require_role(work, Receiver)
    put(load(work, Receiver, command.receiver_id), command)


def check_kit(work: Work, command: CheckKit) -> None:
    """Record a check; the next is due after `pls.kit_check_months`."""
    require_role(work, Receiver)
    found = load(work, Receiver, command.receiver_id)
    found.checked_on, found.checked_by = command.checked_on or work.today(), work.actor.member_id
    found.condition, found.check_note = command.condition, command.note
    if found.checked_on > work.today():
        raise RuleBroken(mark("This day lies in the future."), field="checked_on")


def certify_operator(work: Work, command: CertifyOperator) -> str:
    """Record a certificate or a drill; the record's id."""
    require_role(work, SearchOperator)
    scope_id = shared_scope(work, ScopeKind.LIFESAVER_FLEET)
    found = ensure(
        work, SearchOperator, scope_id, work.child_id(command.member_id, "search operator"), member_id=command.member_id
    )
    found.level, found.note = command.level, command.note or found.note
    if command.certified_on is not None:
        found.certified_on = command.certified_on
        found.expires_on = months(command.certified_on, int(work.setting("pls.operator_cert_months")))
    if command.last_drill_on is not None:
        found.last_drill_on = command.last_drill_on
    if found.certified_on is None:
        raise RuleBroken(mark("Enter the day of the certificate."), field="certified_on")
    return found.id


def _write(work: Work, found: Transmitter, answers: TransmitterAnswers) -> None:
    put(found, answers)
    serial = (found.serial or "").strip()
    if not serial:
        raise RuleBroken(mark("Enter the serial number."), field="serial")
    found.serial = serial
    others = all_of(work, Transmitter, Transmitter.serial == serial, Transmitter.id != found.id)
    if others:
        raise RuleBroken(mark("There is a transmitter with this serial number already."), field="serial")


def _set_frequency(work: Work, found: Transmitter, frequency_khz: int) -> None:
    require_role(work, TransmitterFrequency)
    low, high = int(work.setting("pls.freq_low_khz")), int(work.setting("pls.freq_high_khz"))
    if not low <= frequency_khz <= high:
        raise RuleBroken(rules.OUT_OF_BAND, field="frequency_khz", low=low, high=high)
    if not inventory_rules.may_hand_out(found.id, holdings(work)):
        _refuse_near(work, found, frequency_khz)
    scope_id = shared_scope(work, ScopeKind.LIFESAVER_FREQUENCY)
    kept = ensure(work, TransmitterFrequency, scope_id, _frequency_id(work, found.id), transmitter_id=found.id)
    kept.frequency_khz = frequency_khz


def _refuse_near(work: Work, found: Transmitter, frequency_khz: int) -> None:
    """Refuse a frequency that is in use; only the registry hears by which transmitter (domain.md 7b)."""
    other = rules.too_near(frequency_khz, _on_air(work), int(work.setting("pls.guard_khz")), found.id)
    if other is None:
        return
    if work.actor.role is Role.REG:
        raise RuleBroken(rules.TAKEN_BY, field="frequency_khz", serial=other.serial)
    raise RuleBroken(rules.TAKEN, field="frequency_khz")


def _on_air(work: Work) -> list[rules.OnAir]:
    today = work.today()
    held = {one.item_id for one in inventory_rules.open_holdings(holdings(work))}
    return [
        rules.OnAir(one.id, one.serial or "", frequency_of(work, one.id))
        for one in all_of(work, Transmitter)
        if rules.may_send(one.status, one.quarantine_until, one.id in held, today)
    ]


def _after(work: Work, found: Transmitter, command: EndIssue, ended_on: date) -> None:
    """Where a transmitter is once nobody holds it any more."""
    interval, extra = int(work.setting("pls.battery_days")), int(work.setting("pls.quarantine_extra_days"))
    until = rules.quarantine_end(ended_on, interval, extra)
    match command.end:
        case IssueEnd.DESTROYED:
            found.status, found.quarantine_until = TransmitterStatus.DESTROYED, None
        case IssueEnd.LOST:
            found.status, found.quarantine_until = TransmitterStatus.LOST, until
        case IssueEnd.NEVER_HANDED:
            found.status, found.quarantine_until = TransmitterStatus.IN_STOCK, None
        case _ if command.battery_out:
            found.status, found.quarantine_until = TransmitterStatus.TEST, None
        case _:
            found.status, found.quarantine_until = TransmitterStatus.QUARANTINE, until
    found.condition = command.condition or found.condition


def _require_may_see(work: Work, command: RevealFrequency) -> str:
    """Whether the acting member may see the frequency; the occurrence number of the search that it is for."""
    if work.actor.role in (Role.REG, Role.SUP):
        return _occurrence(work, command.activation_id)
    if work.actor.role is not Role.ESS:
        raise NotAllowed(ROLE)
    if command.activation_id is None:
        raise NotAllowed(NEEDS_SEARCH)
    search = load(work, SearchActivation, command.activation_id)
    card = work.session.get(SearchCard, search.card_id) if search.card_id else None
    worn = {str(one.get("id")) for one in (card.transmitters or ())} if card is not None else set()
    if search.status is SearchStatus.CLOSED or command.transmitter_id not in worn:
        raise NotAllowed(NEEDS_SEARCH)
    assert card is not None, "a transmitter was found on it"
    occurrence = search.occurrence_no or search.number or search.id
    tell_registry(work, card.id, card.registration_id, CardReason.MISSING, FREQUENCY, occurrence)
    return occurrence


def _occurrence(work: Work, activation_id: str | None) -> str:
    search = work.session.get(SearchActivation, activation_id) if activation_id else None
    return (search.occurrence_no or search.number or "") if search is not None else ""


def _frequency_id(work: Work, transmitter_id: str) -> str:
    return work.child_id(transmitter_id, FREQUENCY)
