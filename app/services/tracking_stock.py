"""The service's stock of alarm devices: entered, reserved, repaired, wiped before the next loan (domain.md 8.4)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select

from app.errors import NotFound, RuleBroken
from app.models.local.tables import Member, Scope
from app.models.rules import tracking as rules
from app.models.rules.inventory import Holding
from app.models.tracking import TrackingApplication, TrackingDevice, TrackingLoan
from app.models.vocab import DeviceStatus, DeviceType, ScopeKind, TrackingStatus
from app.models.work import Work
from app.services.answers import KEEP, Given, put
from app.services.directory import agency_scope
from app.services.permission import UNIT, case_to_write, require_reason, require_role
from app.services.records import add, all_of, load
from app.words import mark

NOT_NOW = mark("This does not fit where the device stands: {status}.")
SAME_PERSON = mark("The witness is another person than the one who does it.")
NO_WITNESS = mark("A second person has to see this: name the witness.")


@dataclass(frozen=True, kw_only=True)
class DeviceAnswers:
    """The fields of a device (`models.tracking`). Money in cents."""

    device_type: Given[DeviceType] = KEEP
    imei: Given[str] = KEEP
    sim: Given[str] = KEEP
    phone: Given[str] = KEEP
    vendor: Given[str] = KEEP
    monitoring_id: Given[str] = KEEP
    condition: Given[str] = KEEP
    firmware: Given[str] = KEEP
    purchased_on: Given[date] = KEEP
    purchase_cents: Given[int] = KEEP
    monthly_cents: Given[int] = KEEP
    battery_health: Given[str] = KEEP
    last_charged_on: Given[date] = KEEP


@dataclass(frozen=True, kw_only=True)
class AddDevice(DeviceAnswers):
    """Enter a new device, never used before."""

    asset_no: str


@dataclass(frozen=True, kw_only=True)
class UpdateDevice(DeviceAnswers):
    """Change what is known of a device: only the fields named here change."""

    device_id: str


@dataclass(frozen=True, kw_only=True)
class ReserveDevice:
    """Keep a device for an approved application."""

    device_id: str
    application_id: str


@dataclass(frozen=True, kw_only=True)
class SetAside:
    """The device is in repair, lost or retired; or found again and waiting to be wiped (`WIPING`)."""

    device_id: str
    status: DeviceStatus
    reason: str


@dataclass(frozen=True, kw_only=True)
class WipeDevice:
    """The device was set back to how it left the factory, and another member saw it: it may be lent again."""

    device_id: str
    witness: str | None = None


@dataclass(frozen=True, kw_only=True)
class ConfirmDisabled:
    """The vendor switched the device off from afar."""

    device_id: str


_ASIDE = frozenset({DeviceStatus.REPAIR, DeviceStatus.LOST, DeviceStatus.RETIRED, DeviceStatus.WIPING})


def add_device(work: Work, command: AddDevice) -> str:
    """Enter a device; its id."""
    require_role(work, TrackingDevice, UNIT)
    asset_no = command.asset_no.strip()
    if not asset_no:
        raise RuleBroken(mark("Give the device its number."), field="asset_no")
    if all_of(work, TrackingDevice, TrackingDevice.asset_no == asset_no):
        raise RuleBroken(mark("There is already a device with this number."), field="asset_no")
    made = add(work, TrackingDevice, stock_scope(work), asset_no=asset_no, status=DeviceStatus.IN_STOCK)
    _write(made, replace(command, asset_no=asset_no))
    return made.id


def update_device(work: Work, command: UpdateDevice) -> None:
    """Change what is known of a device."""
    _write(_load(work, command.device_id), command)


def reserve_device(work: Work, command: ReserveDevice) -> None:
    """Keep a device on the shelf for an approved application."""
    device = _load(work, command.device_id)
    application = load(work, TrackingApplication, command.application_id)
    case_to_write(work, application.case_id, TrackingApplication)
    if device.status is not DeviceStatus.IN_STOCK:
        raise not_now(device)
    if application.status not in (TrackingStatus.APPROVED, TrackingStatus.WAITLISTED):
        raise RuleBroken(mark("A device is kept only for an application that is approved or waits."))
    device.status, device.reserved_for, device.holder_no = DeviceStatus.RESERVED, application.id, application.number


def set_aside(work: Work, command: SetAside) -> None:
    """Take a device that nobody has out of use, or back in (it then waits to be wiped)."""
    device = _load(work, command.device_id)
    if device.status in (DeviceStatus.LOANED, command.status) or command.status not in _ASIDE:
        raise not_now(device)
    device.status, device.status_note = command.status, require_reason(command.reason)
    device.reserved_for, device.holder_no, device.due_on = None, None, None


def wipe_device(work: Work, command: WipeDevice) -> None:
    """Record the wipe with its witness; the device is in stock again."""
    device = _load(work, command.device_id)
    if device.status not in rules.USED | {DeviceStatus.REPAIR}:
        raise not_now(device)
    device.wipe_witness = witness(work, command.witness)
    device.wiped_at, device.wiped_by = work.now(), work.actor.member_id
    device.status, device.status_note = DeviceStatus.IN_STOCK, None
    device.loan_id, device.holder_no, device.due_on = None, None, None
    device.disable_asked_at, device.disabled_at = None, None


def confirm_disabled(work: Work, command: ConfirmDisabled) -> None:
    """Record that a device that was lost or compromised is switched off."""
    device = _load(work, command.device_id)
    if device.disable_asked_at is None:
        raise not_now(device)
    device.disabled_at = work.now()


def stock_scope(work: Work) -> str:
    """The scope of the service's devices, the same on every computer."""
    return work.open_scope(ScopeKind.TRACKING_STOCK, _anchor(work))


def stock_if_readable(work: Work) -> str | None:
    """The scope of the devices; None where its key is not on this computer, or not even its service is known yet."""
    try:
        return work.scope_of(ScopeKind.TRACKING_STOCK, _anchor(work))
    except NotFound:
        return None


def holdings(work: Work) -> list[Holding]:
    """Every loan of a device that this computer knows, as `rules/inventory.py` judges them."""
    return [
        Holding(
            id=one.id,
            item_id=one.device_id or "",
            holder_id=one.case_id or "",
            since=one.issued_at or one.created_at or work.now(),
            ended=one.returned_at is not None,
        )
        for one in all_of(work, TrackingLoan)
    ]


def asset_of(work: Work, device_id: str) -> str:
    """What stands on the label of a device."""
    found = work.session.get(TrackingDevice, device_id)
    return (found.asset_no or "") if found is not None else ""


def _anchor(work: Work) -> str:
    return str(work.session.scalar(select(Scope.anchor_id).where(Scope.id == agency_scope(work))))


def witness(work: Work, member_id: str | None, field: str = "witness") -> str | None:
    """The second person who saw it: another member of the service, unless the service decided that one is enough."""
    if member_id and member_id == work.actor.member_id:
        raise RuleBroken(SAME_PERSON, field=field)
    if member_id and work.session.get(Member, member_id) is not None:
        return member_id
    if int(work.setting("mts.people_at_handover")) > 1:
        raise RuleBroken(NO_WITNESS, field=field)
    return None


def not_now(device: TrackingDevice) -> RuleBroken:
    """The refusal of what does not fit where a device stands."""
    status = device.status.label() if isinstance(device.status, DeviceStatus) else str(device.status or "")
    return RuleBroken(NOT_NOW, status=status)


def _load(work: Work, device_id: str) -> TrackingDevice:
    require_role(work, TrackingDevice, UNIT)
    return load(work, TrackingDevice, device_id)


def _write(device: TrackingDevice, answers: DeviceAnswers) -> None:
    put(device, answers)
    for name in ("purchase_cents", "monthly_cents"):
        if (getattr(device, name) or 0) < 0:
            raise RuleBroken(mark("An amount cannot be below zero."), field=name)
