"""The dialogs of the equipment: transmitters, receivers and their checks, operators' certificates."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtWidgets import QWidget

from app.models.lifesaver_vocab import KitCondition, OperatorLevel, ReceiverKind, Strap, TransmitterStatus
from app.services import lifesaver_kit as kit
from app.views.common.choices import SegmentedChoice
from app.views.common.dates import DateField
from app.views.common.picker import ComboPicker
from app.views.common.stepper import NumberField
from app.views.common.text import LineEdit
from app.views.lifesaver.ask import Act, Ask, AskDialog, one_of, options, pick
from app.views.programme import Context
from app.words import tr

Done = Callable[[Any], None]
_MOVES = (
    TransmitterStatus.IN_STOCK,
    TransmitterStatus.TEST,
    TransmitterStatus.REPAIR,
    TransmitterStatus.QUARANTINE,
    TransmitterStatus.LOST,
    TransmitterStatus.DESTROYED,
    TransmitterStatus.RETIRED,
)


def transmitter(
    context: Context, parent: QWidget, transmitter_id: str | None, values: Mapping[str, Any], done: Done
) -> AskDialog:
    """Enter a transmitter or change one; its frequency is never shown here, only replaced."""
    adds = transmitter_id is None
    bought, until = DateField(clock=context.clock), DateField(clock=context.clock)
    asks = [
        Ask("serial", lambda: tr("Serial number"), LineEdit(), required=True),
        Ask("model", lambda: tr("Model"), LineEdit()),
        Ask(
            "frequency_khz",
            lambda: tr("Frequency") if adds else tr("New frequency"),
            NumberField(0, 999_999, "kHz"),
            hint=lambda: tr("In kilohertz, such as 216150. Only the registry, supervisors and searches see it."),
        ),
        Ask("pulse_ms", lambda: tr("Pulse every"), NumberField(0, 9999, "ms")),
        Ask("battery_type", lambda: tr("Kind of battery"), LineEdit()),
        Ask("strap", lambda: tr("Strap"), one_of(Strap)),
        Ask("purchased_on", lambda: tr("Bought on"), bought),
        Ask("warranty_until", lambda: tr("Warranty until"), until),
        Ask("condition", lambda: tr("Condition"), LineEdit()),
        Ask("location", lambda: tr("Where it lies"), LineEdit()),
    ]

    def command(typed: dict[str, Any]) -> Any:
        if transmitter_id is None:
            return kit.AddTransmitter(**typed)
        return kit.UpdateTransmitter(transmitter_id=transmitter_id, **typed)

    act = Act(
        "pls.transmitter",
        (lambda: tr("New transmitter")) if adds else (lambda: tr("Change the transmitter")),
        lambda: tr("Save"),
        kit.add_transmitter if adds else kit.update_transmitter,
        command,
        subject=transmitter_id or "",
        changes_only=not adds,
    )
    return AskDialog(context, parent, act, asks, {"pulse_ms": 1000} if adds else values, done)


def move(context: Context, parent: QWidget, transmitter_id: str, serial: str, done: Done) -> AskDialog:
    """Put a transmitter that nobody holds elsewhere."""
    asks = [
        Ask("status", lambda: tr("Where it goes"), ComboPicker([(one, one.label) for one in _MOVES]), required=True),
        Ask("reason", lambda: tr("Why?"), LineEdit(), wide=True),
    ]
    act = Act(
        "pls.move",
        lambda: tr("Move transmitter {serial}", serial=serial),
        lambda: tr("Move it"),
        kit.move_transmitter,
        lambda typed: kit.MoveTransmitter(transmitter_id=transmitter_id, **typed),
        subject=transmitter_id,
    )
    return AskDialog(context, parent, act, asks, None, done)


def receiver(
    context: Context,
    parent: QWidget,
    receiver_id: str | None,
    values: Mapping[str, Any],
    people: Sequence[tuple[Any, Any]],
    done: Done,
) -> AskDialog:
    """Enter a receiver or change one."""
    adds = receiver_id is None
    calibrated, retired = DateField(clock=context.clock), DateField(clock=context.clock)
    asks = [
        Ask("serial", lambda: tr("Serial number"), LineEdit(), required=True),
        Ask("model", lambda: tr("Model"), LineEdit()),
        Ask("kind", lambda: tr("Kind"), pick(ReceiverKind)),
        Ask("kit", lambda: tr("Kit"), LineEdit()),
        Ask("location", lambda: tr("Where it lies"), LineEdit()),
        Ask("assigned_to", lambda: tr("Who has it"), ComboPicker(people)),
        Ask("battery", lambda: tr("Battery"), LineEdit()),
        Ask("calibrated_on", lambda: tr("Calibrated on"), calibrated),
        Ask("retired_on", lambda: tr("Taken out of use on"), retired),
    ]

    def command(typed: dict[str, Any]) -> Any:
        if receiver_id is None:
            return kit.AddReceiver(**typed)
        return kit.UpdateReceiver(receiver_id=receiver_id, **typed)

    act = Act(
        "pls.receiver",
        (lambda: tr("New receiver")) if adds else (lambda: tr("Change the receiver")),
        lambda: tr("Save"),
        kit.add_receiver if adds else kit.update_receiver,
        command,
        subject=receiver_id or "",
        changes_only=not adds,
    )
    return AskDialog(context, parent, act, asks, values, done)


def check(context: Context, parent: QWidget, receiver_id: str, serial: str, done: Done) -> AskDialog:
    """A receiver was tried out."""
    asks = [
        Ask("condition", lambda: tr("What was found"), one_of(KitCondition), required=True, wide=True),
        Ask("checked_on", lambda: tr("On"), DateField(clock=context.clock)),
        Ask("note", lambda: tr("Note"), LineEdit(), wide=True),
    ]
    act = Act(
        "pls.check",
        lambda: tr("Check receiver {serial}", serial=serial),
        lambda: tr("Record it"),
        kit.check_kit,
        lambda typed: kit.CheckKit(receiver_id=receiver_id, **typed),
        subject=receiver_id,
    )
    return AskDialog(context, parent, act, asks, {"checked_on": context.clock().date()}, done)


def certificate(
    context: Context, parent: QWidget, people: Sequence[tuple[Any, Any]], member_id: str | None, done: Done
) -> AskDialog:
    """A course or a drill that somebody passed."""
    passed, drilled = DateField(clock=context.clock), DateField(clock=context.clock)
    asks = [
        Ask("member_id", lambda: tr("Operator"), ComboPicker(people), required=True),
        Ask("level", lambda: tr("Certified as"), SegmentedChoice(options(OperatorLevel), optional=False)),
        Ask("certified_on", lambda: tr("Certified on"), passed),
        Ask("last_drill_on", lambda: tr("Last drill on"), drilled),
        Ask("note", lambda: tr("Note"), LineEdit(), wide=True),
    ]
    act = Act(
        "pls.certificate",
        lambda: tr("Certificate"),
        lambda: tr("Record it"),
        kit.certify_operator,
        lambda typed: kit.CertifyOperator(**typed),
        subject=member_id or "",
    )
    first = {"level": OperatorLevel.OPERATOR, "member_id": member_id}
    return AskDialog(context, parent, act, asks, first, done)
