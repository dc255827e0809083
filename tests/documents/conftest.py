"""Made-up rows for every form, and a way to read what was drawn."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from app.documents import forms, lifesaver
from app.documents.catalogue import CATALOGUE
from app.models.vocab import Audience
from app.queries import form_rows as fr
from app.queries.form_rows import PrintContext, Row, Typed
from app.queries.retention_rows import CertificateRows, DestroyedLine
from tests.documents import sheets, tracking_rows

AT = datetime(2025, 3, 15, 3, 40, tzinfo=UTC)

NOTICE = fr.Notice(
    version="2025-1",
    authority="the Example Services Act, s. 1",
    recipients=["the on-call supervisor"],
    contact_title="Privacy coordinator",
    contact_address="1 Example Road, Sampleville",
    contact_telephone="555-0100",
)


def _context(form_id: str, **changes: object) -> PrintContext:
    audiences = CATALOGUE[form_id].audiences if form_id in CATALOGUE else {Audience.INTERNAL}
    for_client = Audience.CLIENT in audiences
    partner = Audience.PARTNER in audiences
    base = PrintContext(
        form_id=form_id,
        audience=Audience.CLIENT if for_client else Audience.PARTNER if partner else Audience.INTERNAL,
        printed_by="P. Okonkwo-Test",
        printed_at=AT,
        unit_name="Sample Regional Victim Services Unit",
        neutral_name="Sampleville Community Line",
        record_no="VSU-2025-000123",
        notice=NOTICE,
    )
    return msgspec.structs.replace(base, **changes)


def _dispatch() -> fr.DispatchRows:
    later = [AT + timedelta(minutes=minutes) for minutes in (3, 9, 18, 25, 52)]
    return fr.DispatchRows(
        requested_at=AT,
        source="police on scene",
        requester_name="Const. Marchetti",
        requester_badge="4410",
        requester_phone="555-0142",
        response_wanted="on scene now",
        occurrence_no="25-009911",
        incident_kind="crime",
        offence_group="intimate partner violence",
        scene_safe="secured - police staying",
        accused_whereabouts="in custody",
        location=Typed("14 Fictional Crescent, unit 3", "en"),
        meet_point=Typed("Side door off the lane", "en"),
        parking=Typed("Visitor spots behind the building", "en"),
        hazards=Typed("Ice on the outside stairs; broken glass in the kitchen", "en"),
        animals=Typed("One large dog, in the bathroom", "en"),
        persons=[
            fr.DispatchPerson(
                label="Adult 1",
                age_band="25-34",
                role="direct victim",
                language="Portuguese",
                injury="minor",
                distress="high",
            ),
            fr.DispatchPerson(
                label="Child 1", age_band="6-11", role="family member", language="English", distress="high"
            ),
            fr.DispatchPerson(label="Child 2", age_band="0-5", role="family member"),
        ],
        children_on_scene=2,
        consent_to_contact="yes",
        consent_how=Typed("The constable asked in the kitchen", "en"),
        voicemail="no message",
        caller_id="block",
        needs=["Portuguese interpreter"],
        asked=["emotional support", "locks", "child support"],
        call_back_due_at=AT + timedelta(minutes=30),
        called_at=later[0],
        accepted_at=later[1],
        called_back_at=later[2],
        en_route_at=later[3],
        on_scene_at=later[4],
        responders=[
            fr.Responder(name="P. Okonkwo-Test", role="volunteer", called_at=later[0], accepted_at=later[1]),
            fr.Responder(name="R. Samplesson", role="victim services worker", called_at=later[0], accepted_at=later[2]),
            fr.Responder(
                name="T. Exempleau", role="volunteer", called_at=later[0], declined_reason=Typed("Trop loin", "fr")
            ),
        ],
        transport="own car",
        kilometres=23.5,
        out_of_pocket_cents=123456,
        check_ins=[
            fr.CheckIn(
                due_at=AT + timedelta(minutes=82), done_at=AT + timedelta(minutes=80), note=Typed("All well", "en")
            ),
            fr.CheckIn(due_at=AT + timedelta(minutes=112)),
        ],
        debrief_needed=True,
    )


def _card() -> fr.ContactCardRows:
    return fr.ContactCardRows(
        worker_first_name="Pat",
        phone="555-0123",
        text_line="555-0124",
        hours=Typed("Day and night", "en"),
        lines=[
            fr.CrisisLine(
                name="Example Help Line", phone="1-800-555-0199", text_line="text 555123", hours=Typed("24/7")
            ),
            fr.CrisisLine(name="Ligne d’écoute fictive", phone="1-800-555-0188", hours=Typed("24 h")),
            fr.CrisisLine(
                name="Young People's Sample Line", phone="1-800-555-0177", hours=Typed("4 pm to midnight", "en")
            ),
        ],
    )


_SIGNED = [[(0.05, 0.7), (0.12, 0.2), (0.2, 0.8), (0.27, 0.35), (0.36, 0.7), (0.5, 0.4)], [(0.55, 0.6), (0.9, 0.5)]]


def _consent() -> fr.ConsentRows:
    scopes = [
        ("Receive our service", True),
        ("Be contacted in the ways agreed", True),
        ("Share with other police services", False),
        ("Share with the organizations named", True),
        ("Research and statistics without my name", None),
    ]
    return fr.ConsentRows(
        client_name="Dana Kestrel-Example",
        scopes=[fr.ConsentScope(scope=scope, allowed=allowed) for scope, allowed in scopes],
        organizations=[
            fr.NamedOrganization(
                name="Harbour House (made up)", what=Typed("First name, safe phone", "en"), allowed=True
            ),
            fr.NamedOrganization(name="Example Legal Clinic", what=Typed("Court dates only", "en"), allowed=False),
        ],
        how_given="written",
        language_used="Portuguese",
        interpreter="J. Interpretson, by telephone",
        starts_on=date(2025, 3, 14),
        expires_on=date(2026, 3, 14),
        review_on=date(2025, 9, 14),
        signatures=[
            fr.SignatureRow(
                role="Client", name="Dana Kestrel-Example", signed_at=AT, method="signed on the tablet", strokes=_SIGNED
            )
        ],
    )


def _needs() -> fr.NeedsRows:
    return fr.NeedsRows(
        client_name="Dana Kestrel-Example",
        assessor="P. Okonkwo-Test",
        assessed_at=AT,
        occasion="first assessment",
        method="in person",
        participants=Typed("Dana and her sister", "en"),
        listener_present=True,
        domains=[
            fr.NeedDomain(
                domain="Immediate and ongoing safety",
                level=3,
                note=Typed("Afraid that he comes back when released", "en"),
                goal=Typed("Sleep with the door locked", "en"),
                protected_note=Typed("PROTECTED-NOTE: staying with the aunt", "en"),
            ),
            fr.NeedDomain(domain="Physical health", level=1, note=Typed("Seen at the walk-in clinic", "en")),
            fr.NeedDomain(domain="Housing", level=2, note=Typed("Lease in both names", "en")),
            fr.NeedDomain(domain="Money and basic needs", level=8),
            fr.NeedDomain(domain="Technology", level=9),
            fr.NeedDomain(domain="Pets and animals"),
        ],
        strengths=Typed("Very well organized; close to her sister; keeps every paper.", "en"),
        enhanced_support=True,
        enhanced_reasons=["SCREENING-REASON accused at large"],
        steps=[
            fr.PlanStep(
                need="Housing",
                goal=Typed("New locks", "en"),
                step=Typed("Ask the landlord in writing", "en"),
                who="Dana",
                due_on=date(2025, 3, 17),
                status="open",
            ),
            fr.PlanStep(
                need="Justice and rights",
                goal=Typed("Know the bail conditions", "en"),
                step=Typed("Call the court office, tell Dana the same day", "en"),
                who="P. Okonkwo-Test",
                due_on=date(2025, 3, 16),
                status="done",
            ),
        ],
        next_review_on=date(2025, 4, 14),
        support_note=Typed("SUPPORT-NOTE: told in confidence", "en"),
    )


def _referral() -> fr.ReferralRows:
    return fr.ReferralRows(
        to_name="Harbour House (made up)",
        to_address=["2 Invented Street", "Sampleville"],
        to_phone="555-0150",
        from_name="P. Okonkwo-Test",
        from_role="victim services worker",
        from_phone="555-0123",
        sent_on=date(2025, 3, 14),
        method="warm transfer",
        urgent=True,
        need="Housing",
        facts=[
            fr.ReferralFact(key="name", label="Name", value=Typed("Dana Kestrel-Example")),
            fr.ReferralFact(key="language", label="Language", value=Typed("Portuguese, interpreter needed", "en")),
            fr.ReferralFact(
                key="safe_phone", label="Safe way to make contact", value=Typed("555-0166, no message", "en")
            ),
            fr.ReferralFact(key="address", label="Address", value=Typed("SECRET-ADDRESS 14 Fictional Crescent")),
            fr.ReferralFact(key="health", label="Health", value=Typed("NOT-SHARED asthma")),
            fr.ReferralFact(
                key="reason",
                label="Reason",
                value=Typed(
                    "Needs a bed for herself and two children from tonight; the lock cannot be changed before Monday.",
                    "en",
                ),
            ),
        ],
        info_shared=["name", "language", "safe_phone", "address", "reason"],
        consented=["name", "language", "safe_phone", "health", "reason"],
        consent_given_on=date(2025, 3, 14),
        consent_expires_on=date(2026, 3, 14),
    )


def _take_away() -> fr.TakeAwayRows:
    return fr.TakeAwayRows(
        services=[
            fr.TakeAwayService(
                name="Example Legal Clinic",
                phone="555-0170",
                text_line="711 (relay)",
                address="3 Pretend Avenue, 2nd floor",
                hours=Typed("Monday to Friday, 9 to 5", "en"),
                languages=["English", "French", "Portuguese"],
                bring=[
                    Typed("Health card", "en"),
                    Typed("Any court paper", "en"),
                    Typed("Lease", "en"),
                    Typed("Bail", "fr"),
                ],
                note=Typed("Ask for the intake desk. Free.", "en"),
            ),
            fr.TakeAwayService(name="Food cupboard (made up)", phone="555-0171", hours=Typed("Tuesdays", "en")),
        ],
        worker_first_name="Pat",
        phone="555-0123",
    )


def _plan() -> fr.PlanRows:
    def item(text: str, **more: object) -> fr.PlanItem:
        return msgspec.structs.replace(fr.PlanItem(text=Typed(text, "en"), applies=True), **more)

    return fr.PlanRows(
        client_name="Dana Kestrel-Example",
        version=2,
        made_on=date(2025, 3, 14),
        reviewed_on=date(2025, 3, 20),
        worker_name="P. Okonkwo-Test",
        situation="recently left",
        risk_level="RISK-LEVEL high",
        copy_choice="full",
        kept_where=Typed("At her sister's", "en"),
        device_used=Typed("Sister's tablet", "en"),
        next_review_on=date(2025, 4, 14),
        orders_expire_on=date(2025, 6, 30),
        sections=[
            fr.PlanSection(
                number=1,
                items=[
                    item("Stay out of the kitchen; the front room has two doors", done=True),
                    item("Tell the neighbour the knock signal", who_helps="Neighbour", on=date(2025, 3, 16)),
                    item("Practise the way out with the children after school", from_worker=True),
                ],
            ),
            fr.PlanSection(number=2, items=[item("Bag at my sister's", done=True), item("Second phone", applies=None)]),
            fr.PlanSection(number=4, items=[item("Copy of the order in my bag and at the daycare")]),
            fr.PlanSection(number=8, hidden=True, items=[item("HIDDEN-ITEM")]),
            fr.PlanSection(number=12, items=[item("Sister: 555-0181")]),
            fr.PlanSection(number=13, items=[item("ACCUSED-FACT grey van")]),
        ],
        documents=[
            fr.DocumentItem(item="Birth certificates", original=True, kept_where=Typed("Sister's", "en"), done=True),
            fr.DocumentItem(item="Passports", copy=True),
            fr.DocumentItem(item="Keys"),
        ],
    )


def _wallet() -> fr.WalletRows:
    return fr.WalletRows(
        numbers=[
            fr.WalletNumber(label="Help line", phone="1-800-555-0199"),
            fr.WalletNumber(label="Marta Kestrel", phone="555-0181"),
            fr.WalletNumber(label="Taxi", phone="555-0182"),
        ],
        groups=[
            fr.WalletGroup(
                title="To do", items=[Typed("Call marta's sister, not DANA's mother", "en"), Typed("Keys", "en")]
            ),
            fr.WalletGroup(
                title="To pack", items=[Typed(text, "en") for text in ("Papers", "Medication", "Charger", "Cash")]
            ),
            fr.WalletGroup(title="Places", items=[Typed("Library, then the pool", "en")]),
        ],
        names=["Dana Kestrel-Example", "Marta Kestrel"],
    )


def _emergency_card() -> fr.EmergencyCardRows:
    """Theo Rennick's card, full."""
    return fr.EmergencyCardRows(
        answers_to="Teddy",
        name="Theo Rennick",
        age="9 years",
        who="Man or boy · English · also called Bear",
        number="VPR-2026-000001",
        expires="Valid to 2027-01-20",
        warnings=["Not to be shared outside the service without consent or emergency."],
        life_threatening="Cannot swim and walks into water.",
        custody="Do not hand over to the father (order of 2025-02-11).",
        note="Look at the ponds first.",
        looks=[
            "134 cm · 31 kg · slight",
            "Hair: brown, short",
            "Eyes: green",
            "Clothing: blue rain coat, in any weather",
        ],
        moves="Runs · Cannot swim",
        health=["Autism", "Epilepsy: rescue medication in the red pouch"],
        communicate="Non-verbal, picture board or device\nShows a picture for yes.",
        do="From the front, slowly, alone. Kneel.",
        do_not="Do not touch him first. Keep dogs away.",
        triggers="Sirens and shouting.\nLight, Sirens, Dogs",
        calm="Show the picture of his dog; hum his song.",
        risks="Bolts, not afraid of traffic",
        attractions="Water, trains",
        near=["Heron Pond · 313 m · Throws stones", "Mill Pond · 329 m · Ducks"],
        places=["Depot Yard · 2.5 km · Trains"],
        wandered=["2025-07-03 · Home → Heron Pond · 40 minutes", "2024-09-14 · School → Mill Pond · 25 minutes"],
        searching=["Does not answer searchers who call", "Hides: under porches"],
        addresses=[
            "Home: 14 Maplewood Lane, Milton · side door · mother, sister",
            "School: Invented Public School, Milton",
        ],
        devices=["Watch · 555-0161 · mother's account"],
        contacts=[
            fr.CardContact(
                who="Nora Rennick · Mother",
                phones=["555-0142", "555-0143"],
                heed=["Do not leave a message", "Block caller ID"],
            ),
            fr.CardContact(who="Sol Rennick · Aunt", phones=["555-0144"], heed=["Can come to the place"]),
        ],
    )


def _data_form() -> fr.FormRows:
    strokes = '{"strokes":[[[0.1,0.5],[0.5,0.2],[0.9,0.6]]]}'
    levels = [fr.FormChoice(label=label, ticked=label == "Some help") for label in ("No help", "Some help", "A lot")]
    return fr.FormRows(
        title="Check of the home",
        version="1",
        person="Dana Kestrel",
        answered_by="P. Okonkwo-Test",
        answered_at=AT,
        items=[
            fr.FormItem(kind="section", label="Doors and windows", hint="Look at each of them."),
            fr.FormItem(kind="note", label="Ask before you touch anything."),
            fr.FormItem(kind="question", label="Seen on", control="input", type="date", value="2025-03-14"),
            fr.FormItem(kind="question", label="Doors", control="input", type="int", value="3"),
            fr.FormItem(kind="question", label="How much help", control="select1", type="string", choices=levels),
            fr.FormItem(
                kind="question",
                label="What was seen",
                control="input",
                type="string",
                appearance="multiline",
                value="A grey van in Harbour Street. <b>Not bold</b> & so on.",
            ),
            fr.FormItem(kind="question", label="Colour of the door", control="input", type="string"),
            fr.FormItem(kind="section", label="Garden", applies=False),
            fr.FormItem(kind="section", label="Cellar"),
            fr.FormItem(kind="section", label="Rooms"),
            fr.FormItem(kind="entry", number=1),
            fr.FormItem(kind="question", label="Which room", control="input", type="string", value="Kitchen"),
            fr.FormItem(kind="entry", number=2),
            fr.FormItem(kind="question", label="Which room", control="input", type="string", value="Hall"),
            fr.FormItem(kind="section", label="Signatures"),
            fr.FormItem(
                kind="question",
                label="Signature of the client",
                control="upload",
                type="binary",
                appearance="signature",
                value=strokes,
            ),
        ],
    )


ROWS: dict[str, Callable[[], Row]] = {
    "F-301": _dispatch,
    "F-302": _card,
    "F-303": _consent,
    "F-304": _needs,
    "F-305": _referral,
    "F-306": _take_away,
    "F-401": _plan,
    "F-402": _wallet,
    "F-403": _plan,
    "F-405": lambda: fr.DocumentsRows(),
    "F-602": lambda: _emergency_card(),
    "F-602P": lambda: _emergency_card(),
    "F-601": lambda: _registration(),
    "F-603": lambda: _registration(),
    "F-604": lambda: _registration(),
    "F-605": lambda: _registration(),
    "F-606": lambda: _registration(),
    "F-607": lambda: fr.HandOverRows(card=_emergency_card(), occurrence_no="25-009911", opened_by="Const. Marchetti"),
    "F-608": lambda: _facility(),
    "F-2003": lambda: _certificate(),
    "FORM": lambda: _data_form(),
    **dict.fromkeys(lifesaver.SHEETS, sheets.rows),
    **tracking_rows.ROWS,
}


def _certificate() -> CertificateRows:
    return CertificateRows(
        reason=fr.Typed("The time to be kept is over."),
        proposed_by="R. Registrar",
        proposed_on=date(2026, 3, 2),
        approved_by="S. Supervisor",
        approved_on=date(2026, 3, 3),
        destroyed_on=date(2026, 3, 3),
        lines=[
            DestroyedLine(certificate="a1b2" * 8, kept_as="Registration", kept_until=date(2026, 2, 1)),
            DestroyedLine(certificate="c3d4" * 8, kept_as="Emergency cards of a year", kept_until=date(2025, 12, 31)),
        ],
    )


def _registration() -> fr.RegistrationRows:
    return fr.RegistrationRows(
        number="VPR-2025-000123",
        person="Theo Kestrel",
        status="In force",
        starts_on=date(2025, 3, 10),
        expires_on=date(2026, 3, 10),
        shown_until=date(2026, 4, 9),
        reminders=[date(2026, 1, 9), date(2026, 2, 8), date(2026, 3, 3)],
        submitter="Nora Kestrel",
        to=["Nora Kestrel", "14 Harbour Lane", "Sampleville"],
        values={
            "submitter_name": "Nora Kestrel",
            "submitter_phone": "555-0142",
            "legal_first": "Theo",
            "legal_last": "Kestrel",
            "dob": "2016-05-02",
            "hair": "Brown, short",
            "addresses": "Home: 14 Harbour Lane, Sampleville\nSchool: 2 Harbour Road, Sampleville",
            "triggers": "Sirens and shouting.",
            "calming": "Hum, show the picture of the dog.",
            "contacts": "Nora Kestrel · Mother · 555-0142\nAda Kestrel · Aunt · 555-0148",
        },
        chosen={
            "authority": ["parent"],
            "consent_registry": ["yes"],
            "consent_share_police": ["no"],
            "conditions": ["autism"],
            "risks": ["bolts", "traffic"],
            "routines": ["none"],
            "life_threatening": ["yes"],
        },
    )


def _facility() -> fr.FacilityRows:
    return fr.FacilityRows(
        facility="Harbour House",
        contact="Ada Kestrel",
        phone="555-0142",
        received_on=date(2025, 3, 10),
        residents=[
            fr.BatchResident(
                name="Kestrel, Iris",
                number="VPR-2025-000124",
                status="In force",
                expires_on=date(2026, 3, 10),
                contact="Ada Kestrel · 555-0148",
            ),
            fr.BatchResident(name="Kestrel, Otto", status="Submitted", contact="Ada Kestrel · 555-0148"),
        ],
        refused=1,
    )


def words_of(pdf: bytes, *, layout: bool = False) -> str:
    """The text of a PDF, spaces and line ends as one space unless `layout`."""
    command = ["pdftotext", "-enc", "UTF-8", *(["-layout"] if layout else []), "-", "-"]
    found = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()
    return found if layout else " ".join(found.split())


def draw(form_id: str, rows: Row | None = None, **changes: object) -> bytes:
    """The PDF of a form with its made-up rows."""
    return forms.render(_context(form_id, **changes), ROWS[form_id]() if rows is None else rows)


@pytest.fixture(name="draw")
def _draw() -> Callable[..., bytes]:
    return draw


@pytest.fixture(name="words_of")
def _words_of() -> Callable[..., str]:
    return words_of


@pytest.fixture(name="rows_of")
def _rows_of() -> dict[str, Callable[[], Row]]:
    return ROWS


@pytest.fixture(name="context")
def _context_fixture() -> Callable[..., PrintContext]:
    return _context
