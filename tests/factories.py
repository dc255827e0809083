"""One valid default for every record and command that tests need. All people are made up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from app.models.vocab import (
    AccusedWhereabouts,
    CallerId,
    Channel,
    CheckResult,
    CloseReason,
    ConsentForm,
    ConsentScope,
    ConsentToContact,
    ContactKind,
    CopyChoice,
    DeviceType,
    Direction,
    DobPrecision,
    Gender,
    IncidentKind,
    NeedDomain,
    OffenceGroup,
    OrderKind,
    PartnerKind,
    PlanSection,
    PlanSituation,
    ReferralMethod,
    RegistryAuthority,
    RegistrySource,
    Relation,
    RequestSource,
    ResidenceLink,
    ResponseWanted,
    Right,
    RightAnswer,
    RiskJudged,
    RoleInEvent,
    SceneSafe,
    TrackingCriterion,
    TrackingSource,
    Tri,
    Voicemail,
)
from app.services import (
    crisis,
    directory,
    people,
    referrals,
    registry,
    safety,
    tracking,
    tracking_loans,
    tracking_stock,
)
from app.services.crisis import PersonToSupport

SATURDAY_NIGHT = datetime(2026, 1, 18, 4, 40, tzinfo=UTC)
"""Saturday 17 January 2026, 23:40 in Toronto."""


def request(**other: Any) -> crisis.RaiseRequest:
    """Const. Marchetti asks for on-scene support; police stay, one adult with two children."""
    return replace(
        crisis.RaiseRequest(
            source=RequestSource.POLICE_ON_SCENE,
            requester_name="Const. Marchetti",
            requester_badge="4417",
            requester_phone="+15550100",
            response_wanted=ResponseWanted.ON_SCENE,
            scene_safe=SceneSafe.POLICE_STAYING,
            location="12 Invented Crescent",
            meet_point="Lobby",
            municipality="Milton",
            incident_kind=IncidentKind.CRIME,
            offence_group=OffenceGroup.IPV,
            consent_to_contact=ConsentToContact.YES,
            consent_asked_by="Const. Marchetti",
            contact_phone="+15550123",
            contact_safe=Tri.YES,
            voicemail=Voicemail.NONE,
            caller_id=CallerId.BLOCK,
            children_on_scene=2,
            accused_whereabouts=AccusedWhereabouts.IN_CUSTODY,
            needs_interpreter="Portuguese",
            asks=["emotional", "locks"],
            persons=(PersonToSupport(name="Dana K.", age=34, role=RoleInEvent.DIRECT, language="pt"),),
        ),
        **other,
    )


def person(**other: Any) -> people.PersonAnswers:
    """Dana K., 34."""
    return replace(
        people.PersonAnswers(
            preferred_name="Dana K.",
            dob=date(1991, 6, 2),
            dob_precision=DobPrecision.EXACT,
            languages=[{"code": "pt", "mode": "spoken", "interpreter": True}],
            role_in_event=RoleInEvent.DIRECT,
        ),
        **other,
    )


def youth(**other: Any) -> people.PersonAnswers:
    """Robin, 15."""
    return person(preferred_name="Robin", dob=date(2010, 9, 9), **other)


def safe_phone(**other: Any) -> people.SafeContactAnswers:
    """A telephone that is safe with instructions."""
    return replace(
        people.SafeContactAnswers(
            kind=ContactKind.PHONE,
            value="+15550123",
            safe_to_use=Tri.YES,
            voicemail=Voicemail.NONE,
            caller_id=CallerId.BLOCK,
            say_you_are="Bayview Dental",
        ),
        **other,
    )


def address(**other: Any) -> people.SafeContactAnswers:
    """An address of which nobody asked whether letters are safe."""
    return replace(
        people.SafeContactAnswers(kind=ContactKind.ADDRESS, value="12 Invented Crescent", safe_to_use=Tri.YES), **other
    )


def case(**other: Any) -> crisis.OpenCase:
    """A case opened fresh, with spoken consent to be contacted."""
    return replace(
        crisis.OpenCase(
            person=person(),
            contacts=(safe_phone(),),
            incident=crisis.IncidentAnswers(kind=IncidentKind.CRIME, offence_groups=[OffenceGroup.THREATS.value]),
            consent_to_contact=ConsentToContact.YES,
        ),
        **other,
    )


def contact(case_id: str, **other: Any) -> crisis.RecordContact:
    """An outgoing call of 20 minutes."""
    return replace(
        crisis.RecordContact(
            case_id=case_id,
            direction=Direction.OUT,
            channel=Channel.PHONE,
            minutes=20,
            services=["A.rights"],
            service_fact="Rights explained by telephone.",
            safe_contact_checked=True,
        ),
        **other,
    )


def consent(case_id: str, person_id: str, **other: Any) -> crisis.RecordConsent:
    """A written consent to service, contact and sharing with one named organization."""
    return replace(
        crisis.RecordConsent(
            case_id=case_id,
            person_id=person_id,
            answers={ConsentScope.SERVICE: True, ConsentScope.CONTACT: True, ConsentScope.SHARE_NAMED: True},
            organizations=("Example House",),
            form=ConsentForm.WRITTEN,
            language_used="en",
        ),
        **other,
    )


def order(case_id: str, **other: Any) -> crisis.AddOrder:
    """A no-contact condition of bail."""
    return replace(
        crisis.AddOrder(
            case_id=case_id,
            kind=OrderKind.NO_CONTACT,
            court="Example Court",
            starts_on=date(2026, 1, 5),
            expires_on=date(2026, 12, 31),
            verified_on=date(2026, 1, 6),
        ),
        **other,
    )


def rights(case_id: str) -> crisis.AnswerRights:
    """Every right told."""
    return crisis.AnswerRights(case_id=case_id, answers=dict.fromkeys(Right, RightAnswer.TOLD), language="en")


def plan(case_id: str, **other: Any) -> safety.SavePlan:
    """A plan with one item and a full copy."""
    return replace(
        safety.SavePlan(
            case_id=case_id,
            copy_choice=CopyChoice.FULL,
            situation=PlanSituation.RECENTLY_LEFT,
            risk=RiskJudged.MODERATE,
            language="en",
            items=(
                safety.PlanItem(
                    section=PlanSection.DURING, catalogue="during.exits", text="Back stairs", applies=Tri.YES
                ),
            ),
            documents=(safety.PlanDocument(item="passports", has_original=True),),
        ),
        **other,
    )


def referral(case_id: str, service_id: str, **other: Any) -> referrals.AddReferral:
    """A written referral for housing."""
    return replace(
        referrals.AddReferral(
            case_id=case_id,
            service_id=service_id,
            domain=NeedDomain.HOUSING,
            method=ReferralMethod.WRITTEN,
            info_shared=["name", "phone"],
        ),
        **other,
    )


def organization(**other: Any) -> directory.AddOrganization:
    """A made-up shelter."""
    return replace(directory.AddOrganization(name="Example House", kind=PartnerKind.SHELTER), **other)


def closing(case_id: str, **other: Any) -> crisis.CloseCase:
    """Goals met."""
    return replace(crisis.CloseCase(case_id=case_id, reason=CloseReason.GOALS_MET), **other)


def registration(**other: Any) -> registry.Register:
    """Theo R., nine, non-verbal, drawn to water: registered by his mother, complete and ready to be activated."""
    return replace(
        registry.Register(
            source=RegistrySource.STATION,
            submitter_name="Nora Rennick",
            submitter_phone="+15550142",
            relation=Relation.PARENT,
            authority=RegistryAuthority.PARENT,
            authority_evidence="Birth certificate",
            id_checked=True,
            residence_link=ResidenceLink.LIVES,
            consents={"registry": "yes", "share_police": "yes", "share_emergency": "yes"},
            legal_first="Theo",
            legal_last="Rennick",
            preferred_name="Teddy",
            aliases=["Bear"],
            dob=date(2016, 5, 2),
            dob_precision=DobPrecision.EXACT,
            gender=Gender.MAN,
            languages=["en"],
            addresses=[
                {"kind": "home", "text": "14 Maplewood Lane", "municipality": "Milton", "lat": 43.512, "lon": -79.882}
            ],
            height_cm=134,
            hair="Brown, short",
            eyes="Green",
            mobility=["runs"],
            swims=Tri.NO,
            conditions=["autism"],
            life_threatening=True,
            life_threatening_text="Cannot swim and walks into water.",
            communication=["non_verbal", "pictures"],
            triggers="Sirens and shouting.",
            calming="Show the picture of his dog; hum.",
            approach="From the front, slowly, alone.",
            do_not="Do not touch him first.",
            risks=["bolts", "traffic"],
            attractions=["water"],
            places=[
                {"name": "Heron Pond", "why": "Throws stones", "lat": 43.5148, "lon": -79.8815},
                {"name": "Mill Pond", "why": "Ducks", "lat": 43.5101, "lon": -79.8851},
                {"name": "Depot Yard", "why": "Trains", "lat": 43.53, "lon": -79.90},
            ],
            routines=[],
            wander_history=[{"on": "2025-07-03", "from": "Home", "found": "Heron Pond", "minutes": 40}],
            contacts=[{"name": "Nora Rennick", "relation": "Mother", "phone": "+15555550142", "safe_to_use": "yes"}],
        ),
        **other,
    )


def application(case_id: str, **other: Any) -> tracking.Apply:
    """An application for a personal alarm that meets the whole checklist."""
    return replace(
        tracking.Apply(
            case_id=case_id,
            source=TrackingSource.IPV_UNIT,
            reason="Threats since the separation.",
            relationship=Relation.FORMER_SPOUSE,
            risk=RiskJudged.HIGH,
            coverage={"home": "yes", "work": "yes", "school": "unknown"},
            children=2,
            eligibility={one.value: {"answer": "yes", "note": ""} for one in TrackingCriterion},
        ),
        **other,
    )


def device(asset_no: str = "MT-07", **other: Any) -> tracking_stock.AddDevice:
    """A pendant that was never lent."""
    return replace(
        tracking_stock.AddDevice(
            asset_no=asset_no,
            device_type=DeviceType.PENDANT,
            imei="350000000000007",
            phone="+15550177",
            monitoring_id="M-7",
            purchase_cents=20000,
            monthly_cents=2000,
        ),
        **other,
    )


def loan(application_id: str, device_id: str, witness: str, signed: date, **other: Any) -> tracking_loans.IssueLoan:
    """A loan with everything agreed and a practice alarm that went well."""
    return replace(
        tracking_loans.IssueLoan(
            application_id=application_id,
            device_id=device_id,
            witness=witness,
            language="en",
            practice=CheckResult.OK,
            agreement_on=signed,
            charge_plan="Every night beside the bed",
            carrying_place="Inside coat pocket",
            decoy="A step counter",
            description="Green coat, grey hair, tall",
            places=[{"kind": "home", "text": "5 Invented Road", "lat": 43.4712, "lon": -79.7421}],
            word_duress="Is the parcel there",
            word_clear="Sunny afternoon",
            word_cancel="Wrong number",
            alert=[{"name": "Ada Sorrel", "relation": "Sister", "phone": "+15550188"}],
            hazards="Dog behind the gate",
        ),
        **other,
    )
