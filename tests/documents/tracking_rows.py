"""Made-up rows for the forms of personal alarms."""

from __future__ import annotations

from datetime import UTC, date, datetime

from app.models.vocab import TrackingCriterion
from app.queries import tracking_rows as rows
from app.queries.form_rows import Typed

AT = datetime(2025, 2, 25, 2, 14, 5, tzinfo=UTC)


def application() -> rows.AlarmApplicationRows:
    """An application that was approved, one condition let go."""
    return rows.AlarmApplicationRows(
        source="Partner violence unit",
        referred_on=date(2025, 1, 20),
        priority="High",
        reason=Typed("Threats since the separation.", "en"),
        relationship="Former spouse",
        risk="High",
        risk_results=Typed("Tool A, high, 2025-01-18", "en"),
        children="2",
        coverage=[("Home", "Yes"), ("Work", "Not known")],
        conditions=[
            rows.ConditionLine(
                question=one.text,
                answer="No" if one is TrackingCriterion.COOPERATES else "Yes",
                waived="Her own decision" if one is TrackingCriterion.COOPERATES else "",
            )
            for one in TrackingCriterion
        ],
        interim_plan=Typed("Stays with Kestrel", "en"),
        decision="Approved",
        decided_by="S. Supervisor",
        decided_on=date(2025, 1, 27),
    )


def loan() -> rows.AlarmLoanRows:
    """A running loan with two checks and a review."""
    return rows.AlarmLoanRows(
        asset_no="MT-07",
        device_type="Pendant or pager",
        imei="350000000000007",
        issued_at=datetime(2025, 2, 3, 17, 0, tzinfo=UTC),
        issued_by="W. Worker",
        issue_witness="E. Eyewitness",
        practice="In order",
        starts_on=date(2025, 2, 3),
        review_due=date(2025, 3, 5),
        planned_end=date(2025, 5, 4),
        next_test=date(2025, 2, 24),
        checks=[
            rows.CheckLine(on=date(2025, 2, 10), kind="Weekly test", battery="88 %", result="In order", by="W. Worker"),
            rows.CheckLine(on=date(2025, 2, 17), kind="Weekly test", result="Missed"),
        ],
        reviews=[
            rows.ReviewLine(
                on=date(2025, 2, 18), by="W. Worker", risk_now="High", plan_on=date(2025, 2, 3),
                advice="Extend the loan", new_end=date(2025, 8, 2), reason="Trial in July",
            )
        ],
    )  # fmt: skip


def card() -> rows.DispatchCardRows:
    """A card with everything on it."""
    return rows.DispatchCardRows(
        name="Dana Kestrel",
        asset_no="MT-07",
        device_type="Pendant or pager",
        device_phone="555-0177",
        monitoring_id="M-7",
        description="Green coat, grey hair, tall",
        addresses=["5 Invented Road", "Fictional Bakery, 2 Harbour Lane"],
        orders=[
            rows.OrderLine(
                kind="Peace bond", conditions="No contact; 200 metres from the home", expires_on=date(2025, 6, 30),
                file_no="25-0311",
            )
        ],
        accused_description="Tall, beard",
        accused_vehicle="grey van",
        weapons=["Knife"],
        children="2",
        word_duress="Is the parcel there",
        word_clear="Sunny afternoon",
        word_cancel="Wrong number",
        hazards="Dog behind the gate",
        alert=["Ada Sorrel, sister, 555-0188"],
    )  # fmt: skip


def alarm() -> rows.AlarmReportRows:
    """The alarm of the acceptance example 8b."""
    return rows.AlarmReportRows(
        asset_no="MT-07",
        source="The client pressed for help",
        raised_at=AT,
        received_at=AT,
        ack_at=AT.replace(second=40),
        dispatched_at=AT.replace(minute=15, second=10),
        arrived_at=AT.replace(minute=22, second=30),
        cleared_at=AT.replace(minute=50),
        to_dispatch="1:05",
        to_arrive="8:25",
        priority="Immediate",
        units=["Unit 14"],
        voice=Typed("Shouting in the background", "en"),
        passphrase="The word for danger",
        occurrence_no="25-00311",
        outcome="Genuine: the accused was there",
        positions=3,
        breach_ref="25-00311-B",
        charges="Breach of an undertaking",
    )


def inventory() -> rows.InventoryRows:
    """Two devices, one of them on loan."""
    return rows.InventoryRows(
        devices=[
            rows.DeviceLine(
                asset_no="MT-07", device_type="Pendant or pager", status="On loan", holder="MTS-2025-000001",
                purchase_cents=20000, monthly_cents=2000, due_on=date(2025, 5, 4),
            ),
            rows.DeviceLine(asset_no="MT-08", device_type="Watch", status="In stock", purchase_cents=18000),
        ]
    )  # fmt: skip


ROWS = {
    "F-801": application,
    "F-802": application,
    "F-803": application,
    "F-804": card,
    "F-805": loan,
    "F-806": loan,
    "F-807": alarm,
    "F-808": loan,
    "F-809": inventory,
}
