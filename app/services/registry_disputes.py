"""Two who may decide for a person disagree: both versions are kept, a supervisor decides (domain.md 6.5.10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.errors import RuleBroken
from app.models.registry import Registration, RegistryDispute
from app.models.rules import registry as rules
from app.models.rules import registry_disputes as dispute_rules
from app.models.vocab import DisputeSide, RegistryAct
from app.models.work import Work
from app.services.permission import require_reason, require_role, require_supervisor
from app.services.records import add, load
from app.services.registry_cards import keep_card, open_disputes
from app.services.registry_events import happened
from app.words import mark

DECIDED = mark("This dispute is decided already.")
SAY_VALUE = mark("Say what stands from now on.")


@dataclass(frozen=True, kw_only=True)
class OpenDispute:
    """Somebody with authority contradicts what is recorded. `value`: their version, as the registration keeps it."""

    registration_id: str
    field: str
    value: Any
    second_by: str
    first_by: str | None = None


@dataclass(frozen=True, kw_only=True)
class DecideDispute:
    """A supervisor's decision. `value` is only for `DisputeSide.OWN`."""

    dispute_id: str
    side: DisputeSide
    reason: str
    value: Any = None


def open_dispute(work: Work, command: OpenDispute) -> str:
    """Record both versions; the card withholds the field, or shows both where that protects more. The dispute's id."""
    require_role(work, RegistryDispute)
    found = load(work, Registration, command.registration_id)
    if found.status in rules.ENDED:
        raise RuleBroken(mark("This registration has ended."))
    if command.field not in dispute_rules.DISPUTABLE:
        raise RuleBroken(dispute_rules.NOT_DISPUTABLE, field="field")
    if any(one.field == command.field for one in open_disputes(work, found.id)):
        raise RuleBroken(dispute_rules.ALREADY, field="field")
    if not command.second_by.strip():
        raise RuleBroken(dispute_rules.WHO, field="second_by")
    stands = getattr(found, command.field)
    if command.value in (None, "", stands):
        raise RuleBroken(dispute_rules.TWO_VERSIONS, field="value")
    made = add(
        work,
        RegistryDispute,
        found.scope_id,
        registration_id=found.id,
        field=command.field,
        first={"value": _plain(stands)},
        first_by=(command.first_by or found.submitter_name or "").strip() or None,
        second={"value": _plain(command.value)},
        second_by=command.second_by.strip(),
        opened_on=work.today(),
    )
    happened(work, found, RegistryAct.DISPUTE_OPENED, command.field)
    keep_card(work, found)
    return made.id


def decide_dispute(work: Work, command: DecideDispute) -> None:
    """Let one version stand. The card follows at once."""
    require_supervisor(work, RegistryDispute)
    dispute = load(work, RegistryDispute, command.dispute_id)
    if dispute.decided_on is not None:
        raise RuleBroken(DECIDED)
    reason = require_reason(command.reason)
    found = load(work, Registration, dispute.registration_id)
    if command.side is DisputeSide.OWN and command.value in (None, ""):
        raise RuleBroken(SAY_VALUE, field="value")
    if command.side is not DisputeSide.FIRST and dispute.field in dispute_rules.DISPUTABLE:
        second = (dispute.second or {}).get("value")
        setattr(found, dispute.field, command.value if command.side is DisputeSide.OWN else _typed(dispute, second))
    dispute.decided_on, dispute.decided_by = work.today(), work.actor.member_id
    dispute.side, dispute.reason = command.side, reason
    happened(work, found, RegistryAct.DISPUTE_DECIDED, dispute.field)
    work.session.flush()
    keep_card(work, found)


def _plain(value: Any) -> Any:
    """A value as JSON keeps it: codes of closed lists as their text."""
    return str(value) if isinstance(value, str) else value


def _typed(dispute: RegistryDispute, value: Any) -> Any:
    column = Registration.__table__.columns[str(dispute.field)]
    listed = getattr(column.type, "listed", None)
    return listed(value) if listed is not None and value is not None else value
