"""The forms of personal alarms, F-801 to F-809 (domain.md 8.7, 24.1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.documents.blocks import (
    Block,
    Bullets,
    Field,
    Fields,
    Heading,
    Notice,
    Paragraph,
    Tick,
    TickList,
    Value,
    WriteLines,
)
from app.documents.notice import collection_notice
from app.documents.printing import Printing
from app.documents.signing import CLIENT_SIGNS, WITNESS_SIGNS, WORKER_SIGNS, signatures
from app.documents.table import Column, Table
from app.models.vocab import TrackingCriterion
from app.queries.tracking_rows import (
    AlarmApplicationRows,
    AlarmLoanRows,
    AlarmReportRows,
    ConditionLine,
    DispatchCardRows,
    InventoryRows,
    OrderLine,
)
from app.words import mark

RETURNER_SIGNS = mark("Who gives the device back")
SUPERVISOR_SIGNS = mark("Supervisor")
_ROWS_TO_WRITE = 12


def f_801(rows: AlarmApplicationRows, p: Printing) -> list[Block]:
    """Application and eligibility: who asks, why, the conditions, the decision."""
    asked = rows.conditions or [ConditionLine(question=one.text) for one in TrackingCriterion]
    return [
        Heading(p.tr("Application")),
        Fields(
            (
                p.field(p.tr("Who asks for it"), p.term(rows.source)),
                p.field(p.tr("Referred on"), p.long_date(rows.referred_on)),
                p.field(p.tr("Priority"), p.term(rows.priority)),
                p.field(p.tr("Risk as judged"), p.term(rows.risk), strong=True),
                p.field(p.tr("Children in the household"), rows.children),
                p.field(p.tr("Relation to the accused"), p.term(rows.relationship)),
                p.field(p.tr("Why an alarm is wanted"), rows.reason, wide=True),
                p.field(p.tr("Results of risk tools"), rows.risk_results, wide=True),
                p.field(p.tr("Orders that protect the client"), rows.orders, wide=True),
            ),
            columns=3,
            blank=p.blank,
        ),
        Heading(p.tr("Conditions")),
        Table(
            (Column(p.tr("Condition"), 3), Column(p.tr("Answer"), 1), Column(p.tr("Note"), 2)),
            [(p.term(one.question), p.term(one.answer), _condition_note(one, p)) for one in asked],
            roomy=p.blank,
        ),
        *_coverage(rows, p),
        Fields(
            (
                p.field(p.tr("Plan when the accused could reach the device"), rows.conflict_plan, wide=True),
                p.field(p.tr("What keeps the client safe meanwhile"), rows.interim_plan, wide=True),
            ),
            blank=p.blank,
        ),
        Heading(p.tr("Decision")),
        Fields(
            (
                p.field(p.tr("Decision"), p.term(rows.decision), strong=True),
                p.field(p.tr("Decided by"), rows.decided_by),
                p.field(p.tr("Decided on"), p.long_date(rows.decided_on)),
                p.field(p.tr("Reason or note"), rows.decision_note, wide=True),
                p.field(p.tr("What is offered instead"), rows.alternative, wide=True),
            ),
            columns=3,
            blank=p.blank,
        ),
        *signatures(p, [], (CLIENT_SIGNS, WORKER_SIGNS, SUPERVISOR_SIGNS)),
        collection_notice(p),
    ]


def f_802(rows: AlarmApplicationRows, p: Printing) -> list[Block]:
    """Loan agreement and consent to location use, in plain words."""
    return [
        Paragraph(p.tr("This device is lent to me for a short time. It is one part of my safety plan.")),
        Heading(p.tr("What I should know")),
        Bullets(_values(p, _KNOW)),
        Heading(p.tr("What I agree to")),
        TickList(tuple(Tick(p.tr(text)) for text in _AGREE)),
        Heading(p.tr("Where the device is")),
        Bullets(_values(p, _LOCATION)),
        Heading(p.tr("Giving it back")),
        Bullets(_values(p, _RETURN)),
        *signatures(p, [], (CLIENT_SIGNS, WORKER_SIGNS, WITNESS_SIGNS)),
        collection_notice(p),
    ]


def f_803(rows: AlarmApplicationRows, p: Printing) -> list[Block]:
    """Quick guide: neutral in every word, for a pocket or a kitchen drawer."""
    return [
        Heading(p.tr("What it is")),
        Paragraph(p.tr("A small device that calls for someone when its button is pressed.")),
        Heading(p.tr("Press the button")),
        Bullets(_values(p, _PRESS)),
        Heading(p.tr("Once a week")),
        Bullets(_values(p, _WEEKLY)),
        Heading(p.tr("Every day")),
        Bullets(_values(p, _DAILY)),
        Heading(p.tr("Please do not")),
        Bullets(_values(p, _NOT)),
        Fields(
            (
                p.field(p.tr("Day of the test"), ""),
                p.field(p.tr("Telephone for questions"), "" if p.blank else p.context.notice.contact_telephone),
            ),
            blank=True,
        ),
    ]


def f_804(rows: DispatchCardRows, p: Printing) -> list[Block]:
    """Dispatch card: for who answers an alarm. Nobody is named but the client and whom to alert."""
    warnings = [
        *([p.tr("The device is lost or compromised: it may be with another person.")] if rows.compromised else []),
        *([p.tr("People gave different answers: all of them are shown.")] if rows.disputed else []),
    ]
    device = " · ".join(part for part in (rows.asset_no, p.term(rows.device_type)) if part)
    orders = rows.orders
    return [
        *[Notice(text, p.tr("Heed this"), caution=True) for text in warnings],
        Fields(
            (
                p.field(p.tr("Name"), rows.name, strong=True),
                p.field(p.tr("Device"), device, strong=True),
                p.field(p.tr("At the monitoring centre"), rows.monitoring_id),
                p.field(p.tr("Number of the device"), rows.device_phone),
                p.field(p.tr("How the client looks"), rows.description, wide=True, strong=True),
                p.field(p.tr("Addresses"), "\n".join(rows.addresses), wide=True, strong=True),
            ),
            blank=p.blank,
        ),
        Heading(p.tr("Agreed words")),
        Fields(
            (
                p.field(p.tr("Word for danger"), rows.word_duress, strong=True),
                p.field(p.tr("Word that all is well"), rows.word_clear, strong=True),
                p.field(p.tr("Word that takes an alarm back"), rows.word_cancel),
            ),
            columns=3,
            blank=p.blank,
        ),
        Heading(p.tr("Look out for")),
        Fields(
            (
                p.field(p.tr("Description"), rows.accused_description, wide=True),
                p.field(p.tr("Vehicle"), rows.accused_vehicle),
                p.field(p.tr("Weapons"), ", ".join(rows.weapons), strong=True),
                p.field(p.tr("Hazards"), rows.hazards, strong=True),
                p.field(p.tr("Children in the household"), rows.children),
            ),
            blank=p.blank,
        ),
        Heading(p.tr("Orders")),
        _orders(orders, p),
        Heading(p.tr("Persons to alert")),
        WriteLines(3)
        if p.blank
        else Bullets([Value(line) for line in rows.alert] or [Value(p.tr("Nobody recorded."))]),
    ]


def f_805(rows: AlarmLoanRows, p: Printing) -> list[Block]:
    """Issue and return receipt, each half signed by two people."""
    device = (
        p.field(p.tr("Number of the device"), rows.asset_no, strong=True),
        p.field(p.tr("Kind of device"), p.term(rows.device_type)),
        p.field(p.tr("Serial number (IMEI)"), rows.imei),
    )
    return [
        Heading(p.tr("Handed to the client")),
        Fields(
            (
                *device,
                p.field(p.tr("On"), p.moment(rows.issued_at)),
                p.field(p.tr("Practice alarm"), p.term(rows.practice)),
                p.field(p.tr("Ends on"), p.long_date(rows.extended_to or rows.planned_end)),
                p.field(p.tr("Who did it"), rows.issued_by),
                p.field(p.tr("Who saw it"), rows.issue_witness),
                p.field(p.tr("Condition"), rows.condition),
            ),
            columns=3,
            blank=p.blank,
        ),
        *signatures(p, [], (CLIENT_SIGNS, WORKER_SIGNS, WITNESS_SIGNS), close=True),
        Heading(p.tr("Given back")),
        Fields(
            (
                _later(p.tr("On"), p.moment(rows.returned_at)),
                _later(p.tr("Taken back by"), rows.returned_to),
                _later(p.tr("Who saw it"), rows.return_witness),
                _later(p.tr("Condition"), rows.return_condition),
            ),
            columns=2,
            blank=p.blank or rows.returned_at is None,
        ),
        *signatures(p, [], (RETURNER_SIGNS, WORKER_SIGNS, WITNESS_SIGNS), close=True),
    ]


def f_806(rows: AlarmLoanRows, p: Printing) -> list[Block]:
    """Check-in log: what each check showed, with room for the next ones."""
    return [
        _loan_head(rows, p),
        Table(
            (
                Column(p.tr("Date"), 1),
                Column(p.tr("Kind"), 1.4),
                Column(p.tr("Battery"), 0.8),
                Column(p.tr("Result"), 1.1),
                Column(p.tr("Plan changed"), 0.9),
                Column(p.tr("Who did it"), 1.1),
                *((Column(p.tr("Signal"), 0.9), Column(p.tr("Note"), 1.6)) if p.blank else ()),
            ),
            [
                (
                    p.short_date(one.on), p.term(one.kind), one.battery, p.term(one.result),
                    p.yes_no(one.plan_changed), one.by,
                )
                for one in rows.checks
            ],
            blank_rows=_ROWS_TO_WRITE if p.blank else 4,
            roomy=p.blank,
        ),
        *_remarks(p, [(one.on, one.signal, one.note) for one in rows.checks]),
        Fields((p.field(p.tr("Next test"), p.long_date(rows.next_test)),), blank=p.blank),
    ]  # fmt: skip


def f_807(rows: AlarmReportRows, p: Printing) -> list[Block]:
    """Alarm event report. Positions are counted here; they are looked at only where they are kept."""
    positions = (
        p.tr("None are kept.")
        if not rows.positions
        else p.tr("{count} are kept in the protected record; they are not printed.", count=rows.positions)
    )
    return [
        Heading(p.tr("Times")),
        Fields(
            (
                p.field(p.tr("Number of the device"), rows.asset_no, strong=True),
                p.field(p.tr("Raised by"), p.term(rows.source)),
                p.field(p.tr("Occurrence number"), rows.occurrence_no),
                p.field(p.tr("Raised"), p.moment(rows.raised_at)),
                p.field(p.tr("Received"), p.moment(rows.received_at)),
                p.field(p.tr("Acknowledged"), p.moment(rows.ack_at)),
                p.field(p.tr("Dispatched"), p.moment(rows.dispatched_at)),
                p.field(p.tr("Arrived"), p.moment(rows.arrived_at)),
                p.field(p.tr("Cleared"), p.moment(rows.cleared_at)),
                p.field(p.tr("Received to dispatched"), rows.to_dispatch, strong=True),
                p.field(p.tr("Received to arrived"), rows.to_arrive, strong=True),
                p.field(p.tr("Units"), ", ".join(rows.units)),
            ),
            columns=3,
            blank=p.blank,
        ),
        Heading(p.tr("What happened")),
        Fields(
            (
                p.field(p.tr("Outcome"), p.term(rows.outcome), strong=True),
                p.field(p.tr("Word that was given"), p.term(rows.passphrase)),
                p.field(p.tr("What was heard"), rows.voice, wide=True),
                p.field(p.tr("Positions"), "" if p.blank else positions, wide=True),
            ),
            blank=p.blank,
        ),
        Heading(p.tr("What followed")),
        Fields(
            (
                p.field(p.tr("Breach reference"), rows.breach_ref),
                p.field(p.tr("Arrests"), rows.arrests),
                p.field(p.tr("Charges"), rows.charges),
                p.field(p.tr("Injuries"), rows.injuries),
                p.field(p.tr("Children"), rows.children),
                p.field(p.tr("Note"), rows.note, wide=True),
            ),
            blank=p.blank,
        ),
        Heading(p.tr("Afterwards")),
        TickList(tuple(Tick(p.tr(text)) for text in _AFTER)),
        *signatures(p, [], (WORKER_SIGNS,)),
    ]


def f_808(rows: AlarmLoanRows, p: Printing) -> list[Block]:
    """Review and extension: the risk as judged now, what is advised, the new end."""
    return [
        _loan_head(rows, p),
        Heading(p.tr("Reviews")),
        Table(
            (
                Column(p.tr("Date"), 1),
                Column(p.tr("Risk as judged"), 1),
                Column(p.tr("Plan of"), 1),
                Column(p.tr("What is advised"), 1.3),
                Column(p.tr("New end"), 1),
                Column(p.tr("Who did it"), 1.2),
                *((Column(p.tr("Reason"), 2),) if p.blank else ()),
            ),
            [
                (
                    p.short_date(one.on), p.term(one.risk_now), p.short_date(one.plan_on), p.term(one.advice),
                    p.short_date(one.new_end), one.by,
                )
                for one in rows.reviews
            ],
            empty=p.tr("No review yet."),
            blank_rows=3 if p.blank else 0,
            roomy=p.blank,
        ),
        *_remarks(p, [(one.on, one.reason) for one in rows.reviews]),
        Paragraph(p.tr("A judgement of risk does not replace what the client knows about their own safety."), "mark"),
        *signatures(p, [], (CLIENT_SIGNS, WORKER_SIGNS, SUPERVISOR_SIGNS)),
    ]  # fmt: skip


def f_809(rows: InventoryRows, p: Printing) -> list[Block]:
    """Device inventory: numbers, never names."""
    return [
        Table(
            (
                Column(p.tr("Number"), 1),
                Column(p.tr("Kind of device"), 1.6),
                Column(p.tr("Status"), 1.4),
                Column(p.tr("With"), 1.4),
                Column(p.tr("Price"), 0.9, "right"),
                Column(p.tr("A month"), 0.9, "right"),
                Column(p.tr("Due back"), 1),
            ),
            [
                (
                    one.asset_no, p.term(one.device_type), p.term(one.status), one.holder, p.money(one.purchase_cents),
                    p.money(one.monthly_cents), p.short_date(one.due_on),
                )
                for one in rows.devices
            ],
            empty=p.tr("No device yet"),
            blank_rows=_ROWS_TO_WRITE if p.blank else 0,
            first_strong=True,
            roomy=p.blank,
        ),
        Paragraph(p.tr("{count} devices.", count=len(rows.devices)) if not p.blank else "", "mark"),
    ]  # fmt: skip


def _loan_head(rows: AlarmLoanRows, p: Printing) -> Fields:
    return Fields(
        (
            p.field(p.tr("Number of the device"), rows.asset_no, strong=True),
            p.field(p.tr("Lent since"), p.long_date(rows.starts_on)),
            p.field(p.tr("Ends on"), p.long_date(rows.extended_to or rows.planned_end)),
            p.field(p.tr("Review due"), p.long_date(rows.review_due)),
        ),
        columns=2,
        blank=p.blank,
    )


def _remarks(p: Printing, lines: Sequence[tuple[date | None, *tuple[str, ...]]]) -> list[Block]:
    """What was written about each line of a table: below it, where a long text has the whole width."""
    said = [(p.short_date(on), [text for text in texts if text]) for on, *texts in lines]
    told = [(day, texts) for day, texts in said if texts]
    if not told:
        return []
    return [Heading(p.tr("Notes"), 2), *(Paragraph("\n".join((day, *texts))) for day, texts in told)]


def _condition_note(one: ConditionLine, p: Printing) -> str:
    let_go = p.tr("Not asked for: {reason}", reason=one.waived) if one.waived else ""
    return " · ".join(part for part in (one.note, let_go) if part)


def _coverage(rows: AlarmApplicationRows, p: Printing) -> list[Block]:
    said = ", ".join(f"{p.term(place)}: {p.term(answer)}" for place, answer in rows.coverage if answer)
    return [Fields((p.field(p.tr("Coverage"), said),), blank=p.blank)]


def _orders(orders: list[OrderLine], p: Printing) -> Table:
    return Table(
        (
            Column(p.tr("Order"), 1.4),
            Column(p.tr("What it forbids"), 3),
            Column(p.tr("Until"), 1),
            Column(p.tr("File"), 1),
        ),
        [(one.kind, one.conditions, p.short_date(one.expires_on), one.file_no) for one in orders],
        empty=p.tr("No order is recorded."),
        blank_rows=3 if p.blank else 0,
    )


def _later(label: str, value: str) -> Field:
    """A field that is filled in on paper when it is not known yet."""
    return Field(label, Value(value))


def _values(p: Printing, texts: tuple[str, ...]) -> list[Value]:
    return [Value(p.tr(text)) for text in texts]


_KNOW = (
    mark("It helps to call for help. It cannot promise that help comes in time, and it does not replace a shelter."),
    mark("Without a signal or with a flat battery it does not work. I call 911 whenever I can."),
    mark("If the other person finds it, it may make things worse. I may give it back at any time."),
)
_AGREE = (
    mark("I carry it and charge it as we agreed."),
    mark("I press it when I am in danger or when the other person comes near against an order."),
    mark("I test it every week and tell my worker when something does not work."),
    mark("I say at once when it is lost or when somebody has found it."),
)
_LOCATION = (
    mark("Nobody follows me. Where the device is may be looked at when I raise an alarm, or when I ask for it."),
    mark("Police dispatchers see it during an alarm. My worker and a supervisor may see it afterwards, with a reason."),
    mark("What nobody needs is destroyed after the time that the service has set. Every look is recorded; I may ask."),
)
_RETURN = (
    mark("The loan ends on the agreed day unless it is extended. I give the device back then, or earlier if I wish."),
    mark("The device costs me nothing. Alarms that were pressed by accident cost nothing and are not held against me."),
)
_PRESS = (
    mark("Hold the button for three seconds."),
    mark("Wait where it is safe. Someone may speak through the device or call."),
    mark("Use the words that we agreed."),
)
_WEEKLY = (mark("Press it on the agreed day and say that it is a test."),)
_DAILY = (mark("Carry it with you."), mark("Charge it every night."))
_NOT = (mark("Put it in water."), mark("Lend it to anybody."), mark("Write a name or an address on it."))
_AFTER = (
    mark("Contact with the client within the agreed time"),
    mark("Safety plan reviewed"),
    mark("Device checked"),
    mark("Orders checked"),
)
