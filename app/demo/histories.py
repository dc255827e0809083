"""The made-up histories: requests, cases and what was done in them over two years."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from app.demo import plans
from app.demo.book import Apart, Book
from app.demo.directory import Listed
from app.demo.staff import Person
from app.demo.story import Story
from app.models.vocab import NeedDomain, Right, SafetyStep, ScopeKind
from app.vault.ids import child_id

DAYS = 730
_THEMES: tuple[tuple[str, str, str, int], ...] = (
    ("partner", "ipv", "crime", 30),
    ("partner", "harassment", "crime", 8),
    ("property", "break_and_enter", "crime", 9),
    ("property", "robbery", "crime", 7),
    ("property", "home_invasion", "crime", 2),
    ("loss", "sudden_death", "tragic", 10),
    ("loss", "fatal_collision", "tragic", 5),
    ("loss", "next_of_kin", "tragic", 3),
    ("harm", "sexual_assault", "crime", 7),
    ("harm", "simple_assault", "crime", 7),
    ("harm", "hate_crime", "crime", 3),
    ("fraud", "fraud", "crime", 6),
    ("fraud", "elder_abuse", "suspected", 3),
)
_WORKERS = ("robin", "nadia", "colette", "samir")
_CALLERS = ("alma", "theo", "wren", "alma", "theo", "felix")
_ALERTS = ("Asthma inhaler in the handbag", "Allergic to penicillin")
_FIRST_CHANNELS = ("on_scene", "office", "phone")
_LATER_CHANNELS = ("phone", "phone", "office", "video")
_SERVICES = {
    "partner": ("C.on_scene", "C.safety_planning", "E.bail", "A.justice_process", "F.locks", "B.court"),
    "property": ("C.phone_crisis", "A.compensation", "F.locks", "E.property", "A.justice_process"),
    "loss": ("C.death_notification", "C.on_scene", "A.community", "B.agency", "F.food"),
    "harm": ("B.hospital", "B.interview", "C.phone_crisis", "E.court_preparation", "F.clothing"),
    "fraud": ("A.community", "A.rights", "C.phone_crisis", "B.agency"),
}
_NEEDS = {
    "partner": ("safety", "emotional", "housing", "justice", "family", "technology", "money", "pets", "work_school"),
    "property": ("safety", "emotional", "housing", "practical", "justice"),
    "loss": ("emotional", "money", "practical", "social", "family"),
    "harm": ("physical_health", "emotional", "justice", "safety", "work_school", "culture"),
    "fraud": ("money", "emotional", "technology", "social", "accessibility"),
}


def fill(book: Book, services: Sequence[Listed], cases: int) -> None:
    """Write the cases, the oldest first, and what goes on right now."""
    days = sorted((int(DAYS * book.rng.random() ** 1.35) for _ in range(cases)), reverse=True)
    for place, ago in enumerate(days):
        _case(book, services, book.today - timedelta(days=ago), place)
    _tonight(book)
    _disagreements(book)


def _case(book: Book, services: Sequence[Listed], opened: date, place: int) -> None:
    theme, offence, kind, _ = book.rng.choices(_THEMES, weights=[each[3] for each in _THEMES])[0]
    at = book.moment(opened, 1, 22)
    case_id = book.new_id(at)
    age = (book.today - opened).days
    worker = book.people[_WORKERS[place % len(_WORKERS)]]
    story = Story(
        book=book,
        opened=opened,
        at=at,
        theme=theme,
        offence=offence,
        kind=kind,
        language="fr" if book.chance(0.24) else "en",
        worker=worker,
        case_id=case_id,
        scope=book.scope(ScopeKind.CASE, case_id, at),
        private=book.scope(ScopeKind.CASE_PRIVATE, case_id, at),
        status=_status(book, age),
        enhanced=theme in ("partner", "harm") and book.chance(0.45),
        high_risk=theme == "partner" and book.chance(0.2),
    )
    story.person_id = book.new_id(at)
    request_id = _request(story) if book.chance(0.7) else None
    _people(story)
    _incident(story)
    contacts = _contacts(story)
    _first_days(story)
    _consent(story, services)
    _assessments(story, age)
    _referrals(story, services)
    _orders(story)
    if theme == "partner" or story.enhanced:
        plans.fill(story)
    review_state = _reviews(story)
    _follow_up(story, contacts)
    _case_file(story, request_id, contacts, review_state, place)


def _status(book: Book, age: int) -> str:
    if age > 240:
        return "closed" if book.chance(0.93) else "monitoring"
    if age > 75:
        return book.rng.choices(("closed", "active", "monitoring"), weights=(55, 28, 17))[0]
    if age > 6:
        return book.rng.choices(("closed", "active", "assessing"), weights=(12, 70, 18))[0]
    return "assessing" if book.chance(0.6) else "open"


def _case_file(
    story: Story, request_id: str | None, contacts: list[datetime], review_state: str | None, place: int
) -> None:
    book = story.book
    closed = story.later(book.rng.randint(25, 150)) if not story.is_open else None
    book.add(
        "case_file",
        story.scope,
        story.at,
        story.worker,
        record_id=story.case_id,
        number=book.number("VSU", story.opened),
        programme="crisis",
        person_id=story.person_id,
        request_id=request_id,
        role_in_event="family" if story.theme == "loss" else "direct",
        opened_on=story.opened,
        status=story.status,
        support_level="enhanced" if story.enhanced else "standard",
        enhanced_since=story.later(4) if story.enhanced else None,
        assigned_to=None if story.status == "open" and book.chance(0.4) else story.worker.member_id,
        co_workers=[book.people["milo"].member_id] if book.chance(0.15) else [],
        priority="immediate" if story.high_risk else ("high" if story.enhanced else "routine"),
        high_risk=story.high_risk,
        conflict_flag=place % 83 == 5,
        listener_present=story.is_open and place % 61 == 60,
        municipality=book.pick(book.texts.people["municipalities"]),
        first_contact_at=min(contacts, default=None),
        review_state=review_state,
        closed_on=closed,
        close_reason=book.rng.choices(
            ("goals_met", "client_ended", "moved", "unable_to_reach", "transferred"), weights=(60, 15, 8, 12, 5)
        )[0]
        if closed
        else None,
    )
    if story.is_open and book.chance(0.05):
        book.printed.append(story.case_id)


def _request(story: Story) -> str:
    book, at = story.book, story.at - timedelta(minutes=story.book.rng.randint(50, 300))
    scope = book.scope(ScopeKind.REQUEST, story.case_id, at)
    caller = book.people[book.pick(_CALLERS)]
    on_scene = book.chance(0.55)
    called = at + timedelta(minutes=book.rng.choices((6, 11, 18, 24, 29, 41), weights=(2, 4, 5, 4, 2, 1))[0])
    request_id = book.new_id(at)
    name = caller.name.replace(" (demo)", "")
    book.add(
        "service_request",
        scope,
        at,
        caller,
        record_id=request_id,
        number=book.number("VSR", story.opened),
        requested_at=at,
        source="police_on_scene" if on_scene else book.pick(("police_after", "hospital", "self", "community")),
        requester_name=name,
        requester_badge=caller.badge,
        requester_phone=f"555-01{book.rng.randint(10, 99)}",
        response_wanted="on_scene" if on_scene else book.pick(("phone_now", "within_24h", "next_business_day")),
        scene_safe="police_staying" if on_scene else "phone_only",
        location=_address(book),
        municipality=book.pick(book.texts.people["municipalities"]),
        incident_kind=story.kind,
        offence_group=story.offence,
        consent_to_contact="yes",
        consent_asked_by=name,
        death_notification=story.offence == "next_of_kin",
        voicemail="none" if story.theme == "partner" else "generic",
        caller_id="block",
        children_on_scene=book.rng.choice((0, 0, 1, 2)) if story.theme == "partner" else 0,
        accused_whereabouts=book.pick(("in_custody", "gone", "unknown")) if story.kind == "crime" else "unknown",
        asks=book.some(("emotional", "transport", "locks", "information", "child"), 1, 3),
        occurrence_no=_occurrence(book, story.opened),
        status="follow_up",
        called_back_at=called,
        called_back_by=story.worker.member_id,
        case_id=story.case_id,
    )
    book.add(
        "request_person",
        scope,
        at,
        caller,
        record_id=child_id(request_id, "person:1"),
        request_id=request_id,
        position=1,
        label="Adult 1",
        age_band=book.pick(("18-24", "25-34", "35-44", "55-64")),
        role="family" if story.theme == "loss" else "direct",
        language=story.language,
        injury="minor" if story.theme == "harm" else "none",
        distress=book.pick(("upset", "severe", "calm")),
    )
    if on_scene:
        _deployment(book, scope, request_id, called, story.worker)
    return request_id


def _deployment(book: Book, scope: str, request_id: str, called: datetime, worker: Person) -> None:
    for member in (book.people[book.pick(("milo", "iris"))], worker):
        book.add(
            "responder",
            scope,
            called,
            worker,
            record_id=child_id(request_id, f"responder:{member.member_id}"),
            request_id=request_id,
            member_id=member.member_id,
            called_at=called,
            answered_at=called + timedelta(minutes=4),
            status="accepted",
        )
    arrived = called + timedelta(minutes=book.rng.randint(25, 50))
    book.add(
        "deployment",
        scope,
        called,
        worker,
        record_id=child_id(request_id, "deployment"),
        request_id=request_id,
        dispatched_at=called + timedelta(minutes=6),
        en_route_at=called + timedelta(minutes=12),
        on_scene_at=arrived,
        clear_at=arrived + timedelta(minutes=book.rng.randint(45, 130)),
        transport="Unit car",
        kilometres=book.rng.randint(4, 38),
        debrief_needed=book.chance(0.2),
    )
    check = arrived + timedelta(minutes=28)
    book.add("check_in", scope, check, worker, request_id=request_id, at=check, by=worker.member_id, note="All well")


def _address(book: Book) -> str:
    return f"{book.rng.randint(2, 240)} {book.pick(book.texts.people['streets'])}"


def _occurrence(book: Book, day: date) -> str:
    return f"{day:%y}-{book.rng.randint(10_000, 99_999)}"


def _people(story: Story) -> None:
    book, texts = story.book, story.book.texts.people
    partner = story.theme == "partner"
    languages = [{"code": story.language, "mode": "spoken", "interpreter": False}]
    other = story.language == "en" and book.chance(0.12)
    if other:
        code = book.pick(texts["other_languages"])
        languages.insert(0, {"code": code, "mode": "sign" if code == "ase" else "spoken", "interpreter": True})
    born = date(
        story.opened.year - (book.rng.randint(66, 88) if story.theme == "fraud" else book.rng.randint(18, 70)),
        book.rng.randint(1, 12),
        book.rng.randint(1, 28),
    )
    last = book.pick(texts["last"][story.language])
    story.add(
        "person",
        story.at,
        record_id=story.person_id,
        legal_first=book.pick(texts["first"][story.language]),
        legal_last=last,
        dob=born,
        dob_precision="exact",
        gender="not_asked",
        languages=None if book.chance(0.05) else languages,
        interpreter_needed=other,
        communication_needs=["large print"] if story.theme == "fraud" and book.chance(0.3) else [],
        address_confidential=partner,
        role_in_event="family" if story.theme == "loss" else "direct",
        medical_alerts=book.pick(("Asthma inhaler in the handbag", "Allergic to penicillin"))
        if book.chance(0.06)
        else None,
    )
    for _ in range(book.rng.choice((0, 1, 2)) if partner else 0):
        child = story.add(
            "person",
            story.at,
            legal_first=book.pick(texts["first"][story.language]),
            legal_last=last,
            dob=date(story.opened.year - book.rng.randint(1, 14), book.rng.randint(1, 12), book.rng.randint(1, 28)),
            dob_precision="exact",
            languages=languages[-1:],
            address_confidential=True,
            role_in_event="secondary",
        )
        story.add(
            "relationship",
            story.at,
            person_id=child,
            other_person_id=story.person_id,
            kind="child",
            living_together="yes",
            may_receive_info=False,
        )
    _ways(story)


def _ways(story: Story) -> None:
    """How the client can be reached; now and then nobody has asked yet."""
    book, partner = story.book, story.theme == "partner"
    if book.chance(0.06):
        story.contact_id = None
        return
    confirmed = story.book.today - timedelta(days=book.rng.randint(1, 130)) if story.is_open else story.later(20)
    story.contact_id = story.add(
        "safe_contact",
        story.at,
        person_id=story.person_id,
        kind="phone",
        value=f"+1 555-01{book.rng.randint(10, 99)}",
        description="own cell",
        safe_to_use="unknown" if book.chance(0.06) else "yes",
        voicemail="none" if partner else book.pick(("generic", "full")),
        text_ok=book.pick(("no", "unknown", "yes")),
        caller_id="block" if partner else "show",
        say_you_are=book.pick(book.texts.people["covers"]) if partner and book.chance(0.6) else None,
        code_word_ok="blue kettle" if partner and book.chance(0.3) else None,
        code_word_danger="wrong number" if partner and book.chance(0.3) else None,
        safe_times=[{"weekday": day, "from": "09:30", "to": "15:00"} for day in range(5)] if partner else [],
        who_else_answers=book.pick(book.texts.people["relatives"][story.language]) if book.chance(0.3) else None,
        confirmed_on=max(confirmed, story.opened),
        confirmed_by=story.worker.member_id,
    )
    if book.chance(0.5):
        story.add(
            "safe_contact",
            story.at,
            person_id=story.person_id,
            kind="address",
            value=_address(book),
            safe_to_use="no" if partner else "yes",
            mail_ok="no" if partner else "yes",
            confirmed_on=story.opened,
            confirmed_by=story.worker.member_id,
        )


def _incident(story: Story) -> None:
    book = story.book
    happened = story.at - timedelta(hours=book.rng.randint(1, 40))
    story.add(
        "incident",
        story.at,
        occurrence_no=_occurrence(book, story.opened),
        occurred_from=happened,
        occurred_precision=book.pick(("exact", "about", "about")),
        location=_address(book),
        municipality=book.pick(book.texts.people["municipalities"]),
        kind=story.kind,
        offence_groups=[story.offence],
        most_serious=story.offence,
        weapon=["none"],
        children_present=book.rng.choice((0, 1, 2)) if story.theme == "partner" else 0,
        children_present_known="yes" if story.theme == "partner" else "no",
        injuries="minor" if story.theme == "harm" else "none",
        reported_to=["police"],
        charge_status=book.pick(("none yet", "laid", "peace bond")) if story.kind == "crime" else None,
    )
    if story.theme == "partner":
        story.add(
            "accused_panel",
            story.at,
            private=True,
            record_id=child_id(story.case_id, "accused"),
            name=f"{book.pick(book.texts.people['first']['en'])} {book.pick(book.texts.people['last']['en'])}",
            relation=book.pick(("former partner", "spouse", "former spouse")),
            whereabouts=book.pick(("in_custody", "gone", "unknown")),
        )


def _contacts(story: Story) -> list[datetime]:
    """The contacts of the case, each with its facts; the moments at which somebody was reached."""
    book, words = story.book, story.book.texts.contacts
    length = (book.today - story.opened).days if story.is_open else book.rng.randint(20, 120)
    days = sorted({0, *(book.rng.randint(0, length) for _ in range(book.rng.randint(2, 8)))})
    if story.is_open and length > 40:
        days.append(length - book.rng.randint(2, 38))
    pool = {part: list(words[story.theme][story.language][part]) for part in ("first", "follow")}
    reached: list[datetime] = []
    for day in days:
        when = story.later(day)
        at = story.at + timedelta(minutes=20) if day == 0 else book.moment(when)
        at = min(max(at, story.at), book.now - timedelta(minutes=9))
        if reached and book.chance(0.16):
            story.add(
                "contact_log",
                at,
                at=at,
                precision="exact",
                direction="attempted",
                channel="phone",
                person_id=story.person_id,
                safe_contact_id=story.contact_id,
                safe_contact_checked=True,
                minutes=1,
                service_fact=book.pick(words["attempt"][story.language]),
            )
            continue
        texts = pool["follow" if reached else "first"]
        if not texts:
            texts.extend(words[story.theme][story.language]["follow"])
        chosen = [texts.pop(book.rng.randrange(len(texts))) for _ in range(book.rng.choice((1, 2))) if texts]
        first = not reached
        contact_id = story.add(
            "contact_log",
            at,
            at=at,
            precision="exact",
            direction="in_person" if first else book.pick(("out", "out", "in", "in_person")),
            channel=book.pick(("on_scene", "office", "phone"))
            if first
            else book.pick(("phone", "phone", "office", "video")),
            person_id=story.person_id,
            safe_contact_id=story.contact_id,
            safe_contact_checked=True,
            minutes=book.rng.choice((10, 15, 20, 30, 45, 60)),
            services=book.some(_SERVICES[story.theme], 1, 3),
            service_fact=" ".join(chosen),
        )
        reached.append(at)
        if book.chance(0.28):
            story.add(
                "support_note",
                at,
                private=True,
                contact_id=contact_id,
                at=at,
                text=book.pick(words["note"][story.language]),
            )
        if book.chance(0.05):
            later = min(at + timedelta(days=2), book.now)
            story.add(
                "contact_addendum",
                later,
                contact_id=contact_id,
                at=later,
                text=book.pick(words["addendum"][story.language]),
            )
    return reached


def _first_days(story: Story) -> None:
    """The crisis itself, immediate safety, rights and practical help."""
    book, at = story.book, min(story.at + timedelta(minutes=40), story.book.now)
    if book.chance(0.5):
        story.add(
            "crisis_contact",
            at,
            at=at,
            presenting=book.some(("calm", "tearful", "shock", "angry"), 1, 2),
            components=book.some(("de_escalation", "physical_safety", "emotional_safety", "choices"), 2, 4),
            suicide_concern="no",
        )
    if story.theme in ("partner", "property", "harm"):
        for step in book.some(list(SafetyStep), 4, 9):
            answer = book.rng.choices(("done", "arranged", "not_needed", "refused", "unable"), weights=(5, 3, 4, 1, 1))
            story.part(
                "immediate_safety_item",
                at,
                story.case_id,
                f"safety:{step}",
                step=step,
                status=answer[0],
                answered_at=at,
            )
    told = list(Right) if not story.is_open else list(Right)[: book.pick((0, 5, 5, 5, 8, 15))]
    for right in told:
        story.part(
            "rights_item",
            at,
            story.case_id,
            f"right:{right}",
            right=right,
            answer=book.rng.choices(("told", "declined", "not_applicable"), weights=(8, 1, 1))[0],
            told_at=at,
            told_by=story.worker.member_id,
            language=story.language,
            method="office",
        )
    if book.chance(0.3):
        kind = book.pick(("transport", "clothing", "food", "cab", "locks", "phone"))
        cost = book.rng.choice((1500, 2200, 4800, 6400, 9900))
        approved = book.people["harriet"].member_id if cost <= 5000 or book.chance(0.8) else None
        story.add(
            "practical_assistance",
            at,
            given_on=story.opened,
            kind=kind,
            quantity=1,
            cost_cents=cost,
            approved_by=approved,
            paid_from=book.pick(("fund", "donation")),
        )


def _consent(story: Story, services: Sequence[Listed]) -> None:
    book = story.book
    if story.is_open and book.chance(0.07):
        return
    at = min(story.at + timedelta(minutes=50), book.now)
    useful = sorted({each.organization_id for each in services if set(each.needs) & set(_NEEDS[story.theme])})
    named = book.rng.sample(useful, 4)
    story.consented = named
    begins = story.opened
    ends = begins + timedelta(days=365 if book.chance(0.85) else 90)
    story.consent_id = story.add(
        "consent",
        at,
        person_id=story.person_id,
        given_by_id=story.person_id,
        answers={
            "service": "yes",
            "contact": "yes",
            "share_named": "yes" if book.chance(0.75) else "no",
            "share_police": book.pick(("yes", "no")),
            "share_emergency": "yes",
            "statistics": book.pick(("yes", "no")),
        },
        organizations=named,
        form=book.pick(("written", "verbal", "electronic")),
        witness=book.people["iris"].name,
        language_used=story.language,
        notice_version="2026-1",
        starts_on=begins,
        expires_on=ends,
        review_on=ends - timedelta(days=30),
        withdrawn_on=story.later(40) if book.chance(0.03) else None,
        withdrawn_how="By telephone" if book.chance(0.03) else None,
    )
    if story.is_open and ends >= book.today - timedelta(days=20):
        story.task(
            at,
            "consent_review",
            "Consent ends: ask again",
            ends - timedelta(days=30),
            "consent_expiry",
            story.consent_id,
            warn_from=ends - timedelta(days=60),
        )


def _assessments(story: Story, age: int) -> None:
    book, words = story.book, story.book.texts.needs
    if story.is_open and (story.status == "open" or age < 4 or book.chance(0.12)):
        story.task(story.at, "assessment", "Needs assessment", story.opened + timedelta(days=7), "needs_assessment")
        return
    occasions = [("first", 4)]
    if age > 34 and book.chance(0.6):
        occasions.append(("repeat", 32))
    if not story.is_open and book.chance(0.7):
        occasions.append(("closure", 60))
    domains = [domain for domain in NeedDomain if domain.value in _NEEDS[story.theme]]
    levels = {domain: book.rng.choices((0, 1, 2, 3), weights=(1, 3, 4, 2))[0] for domain in domains}
    for kind, day in occasions:
        at = book.moment(story.later(day), 9, 16)
        assessment_id = story.add(
            "needs_assessment",
            at,
            kind=kind,
            assessor_id=story.worker.member_id,
            assessed_at=at,
            method=book.pick(("office", "phone", "home")),
            listener_present="no",
            client_goal=book.pick(words["goals"][story.language]),
            strengths=book.pick(words["strengths"][story.language]),
            completed_at=at,
            factors=["high_risk_ipv"] if story.high_risk else (["dependent"] if story.enhanced else []),
            screen_result="enhanced" if story.enhanced else "standard",
        )
        for domain in domains:
            if kind != "first":
                levels[domain] = max(levels[domain] - book.rng.choice((0, 0, 1, 1, 2)), 0)
            answer = "8" if book.chance(0.04) else str(levels[domain])
            noted = levels[domain] >= 2
            story.part(
                "need_answer",
                at,
                assessment_id,
                f"need:{domain}",
                assessment_id=assessment_id,
                domain=domain,
                level=answer,
                note=book.pick(words["notes"][domain.value][story.language]) if noted and book.chance(0.7) else None,
                goal=book.pick(words["goals"][story.language]) if noted and book.chance(0.4) else None,
            )
    _steps(story, domains)


def _steps(story: Story, domains: list[NeedDomain]) -> None:
    book, words = story.book, story.book.texts.needs
    for step in book.some(words["steps"][story.language], 1, 4):
        due = story.opened + timedelta(days=book.rng.randint(7, 60))
        done = not story.is_open or due < book.today - timedelta(days=14) or book.chance(0.2)
        story.add(
            "plan_step",
            book.moment(story.later(5)),
            domain=book.pick(domains),
            goal=book.pick(words["goals"][story.language]),
            step=step,
            who=book.pick((story.worker.name, "Client" if story.language == "en" else "La cliente")),
            due_on=due,
            status="done" if done else book.pick(("planned", "under_way")),
        )


def _referrals(story: Story, services: Sequence[Listed]) -> None:
    book, words = story.book, story.book.texts.needs
    if (book.today - story.opened).days < 3:
        return
    wanted = [each for each in services if set(each.needs) & set(_NEEDS[story.theme])]
    if book.chance(0.75):
        wanted = [each for each in wanted if each.organization_id in story.consented] or wanted
    for service in book.rng.sample(wanted, min(book.rng.choice((0, 1, 1, 2, 3)), len(wanted))):
        sent = story.later(book.rng.randint(3, 30))
        at = book.moment(sent, 9, 16)
        checked = not story.is_open or (book.today - sent).days > 25 or book.chance(0.2)
        place = book.rng.choices((0, 1, 2, 3), weights=(6, 3, 1, 2))[0]
        status = ("connected", "waitlisted", "declined_client", "no_response")[place]
        named = service.organization_id in story.consented
        referral_id = story.add(
            "referral",
            at,
            person_id=story.person_id,
            service_id=service.service_id,
            domain=next(code for code in _NEEDS[story.theme] if code in service.needs),
            consent_id=story.consent_id or None if named else None,
            self_referral=not named,
            method=book.pick(("warm", "written", "phone")) if named else "information",
            info_shared=["name", "contact", "language", "reason"] if named else [],
            reason=book.pick(words["referral"][story.language]),
            sent_on=sent,
            status=status if checked else "sent",
            outcome_checked_on=story.later((sent - story.opened).days + 14) if checked else None,
            outcome_note=words["outcome"][story.language][place] if checked else None,
            barriers=["wait"] if checked and place == 1 else [],
        )
        if not checked:
            due = sent + timedelta(days=14)
            story.task(at, "referral_check", "Check what became of a referral", due, "referral_outcome", referral_id)


def _orders(story: Story) -> None:
    book = story.book
    if story.theme != "partner" or book.chance(0.35):
        return
    at = book.moment(story.later(2), 9, 16)
    known = not book.chance(0.08)
    ends = book.today + timedelta(days=book.rng.choice((-12, 5, 18, 27, 44, 58, 90, 160, 300)))
    if not story.is_open:
        ends = story.opened + timedelta(days=365)
    order_id = story.add(
        "legal_order",
        at,
        kind=book.pick(("no_contact", "no_contact", "peace_bond", "probation", "restraining")),
        court="Example Court of Justice",
        file_no=f"EX-{book.rng.randint(1000, 9999)}",
        protected="Client",
        restrained="Accused",
        conditions=[
            {"verb": "No contact, direct or indirect", "place": "", "metres": None, "exceptions": ""},
            {"verb": "Not within", "place": "home and work", "metres": 200, "exceptions": ""},
        ],
        starts_on=story.later(2),
        expires_on=ends if known else None,
        copy_on_file=book.chance(0.8),
        verified_on=story.later(3),
        status="in force",
    )
    if story.is_open and known:
        for days in (60, 30, 7):
            due = ends - timedelta(days=days)
            if due > story.opened:
                over = due < book.today - timedelta(days=5)
                story.task(
                    at,
                    "order_expiry",
                    "An order ends in {days} days",
                    due,
                    "order_expiry",
                    order_id,
                    part=str(days),
                    title_values={"days": days},
                    status="done" if over else "open",
                    closed_at=book.moment(due) if over else None,
                    closed_by=story.worker.member_id if over else None,
                )


def _reviews(story: Story) -> str | None:
    """A supervisor's reviews, and where that leaves the case."""
    book, words = story.book, story.book.texts.needs["review"]
    reviewer = book.people["harriet"]
    age = (book.today - story.opened).days
    if not story.is_open and age < 120 and book.chance(0.35):
        return "waiting"
    waits = story.is_open and age > 9 and book.chance(0.1)
    if waits or age < 12 or not (story.enhanced or book.chance(0.3)):
        return "waiting" if waits else None
    at = book.moment(story.later(31 if story.is_open else 70), 10, 16)
    returned = story.is_open and book.chance(0.16)
    review_id = story.add(
        "case_review",
        at,
        reviewer,
        reviewer_id=reviewer.member_id,
        reviewed_at=at,
        outcome="returned" if returned else "approved",
        summary=book.pick(words["returned" if returned else "approved"][story.language]),
        comments=[
            {"section": section, "text": text} for section, text in book.some(words["comments"][story.language], 1, 2)
        ]
        if returned
        else [],
    )
    if returned:
        story.task(
            at,
            "correction",
            "The supervisor asks for a correction",
            book.today + timedelta(days=3),
            "correction",
            review_id,
        )
    return "returned" if returned else "approved"


def _follow_up(story: Story, contacts: list[datetime]) -> None:
    """The agreed cadence and its calls: done ones, one that is open, now and then one that is late."""
    book = story.book
    if not contacts:
        return
    plan_at = min(story.at + timedelta(hours=2), book.now)
    cadence = "enhanced" if story.enhanced else "standard"
    story.part("follow_up_plan", plan_at, story.case_id, "follow_up", cadence=cadence, starts_at=story.at)
    days = (7, 14, 21, 28) if story.enhanced else (14, 30)
    for step, offset in enumerate(days, start=1):
        due = story.opened + timedelta(days=offset)
        over = due < book.today and not (story.is_open and (book.today - due).days < 25 and book.chance(0.3))
        done_at = book.moment(min(due, book.today)) if over or not story.is_open else None
        story.task(
            plan_at,
            "follow_up",
            "Follow-up call",
            due,
            "follow_up",
            part=f"{cadence}:{step}",
            title_values={"step": step},
            status="done" if done_at else "open",
            closed_at=done_at,
            closed_by=story.worker.member_id if done_at else None,
        )
    if story.is_open and (book.today - story.opened).days > 30:
        due = book.today + timedelta(days=book.rng.randint(-6, 20))
        story.task(book.moment(story.later(30)), "follow_up", "Follow-up call", due, "follow_up", part="next")


def _tonight(book: Book) -> None:
    """Requests that are open now: one whose clock still runs, one that is late, two with responders, some by phone."""
    moments = (12, 47, 95, 130, 600, 1500)
    for place, minutes in enumerate(moments):
        at = book.now - timedelta(minutes=minutes)
        day = book.today
        caller = book.people[_CALLERS[place]]
        request_id = book.new_id(at)
        scope = book.scope(ScopeKind.REQUEST, request_id, at)
        on_scene = place < 4
        french = place == 2
        book.add(
            "service_request",
            scope,
            at,
            caller,
            record_id=request_id,
            number=book.number("VSR", day),
            requested_at=at,
            source="police_on_scene" if on_scene else "hospital",
            requester_name=caller.name.replace(" (demo)", ""),
            requester_badge=caller.badge,
            requester_phone=f"555-01{20 + place}",
            response_wanted="on_scene" if on_scene else "within_24h",
            scene_safe="police_leaving" if place == 1 else ("police_staying" if on_scene else "phone_only"),
            location=_address(book),
            municipality=book.pick(book.texts.people["municipalities"]),
            meet_point="Patrol car at the corner" if on_scene else None,
            hazards="Ice on the steps" if place == 0 else None,
            animals="Friendly dog in the yard" if place == 2 else None,
            incident_kind="tragic" if place == 3 else "crime",
            offence_group=("ipv", "break_and_enter", "harassment", "sudden_death", "simple_assault", "fraud")[place],
            consent_to_contact="not_asked" if place == 4 else "yes",
            voicemail="none",
            caller_id="block",
            children_on_scene=2 if place == 0 else 0,
            accused_whereabouts="gone" if place == 0 else "unknown",
            needs_interpreter="pt" if place == 0 else None,
            asks=["emotional", "locks"] if on_scene else ["information"],
            occurrence_no=_occurrence(book, day),
            note="La dame préfère parler français." if french else None,
            status=("received", "received", "triaged", "dispatched", "received", "phone_response")[place],
            called_back_at=at + timedelta(minutes=14) if place in (2, 3) else None,
            called_back_by=book.people["nadia"].member_id if place in (2, 3) else None,
        )
        for position in range(1, 3 if place == 0 else 2):
            book.add(
                "request_person",
                scope,
                at,
                caller,
                record_id=child_id(request_id, f"person:{position}"),
                request_id=request_id,
                position=position,
                label=f"Adult {position}" if position == 1 else "Child 1",
                age_band="25-34" if position == 1 else "0-11",
                role="direct",
                language="fr" if french else ("pt" if place == 0 else "en"),
                injury="none",
                distress="severe" if place == 0 else "upset",
            )
        if place == 3:
            _deployment(book, scope, request_id, at + timedelta(minutes=14), book.people["nadia"])
        if on_scene and place < 2:
            book.add(
                "task",
                scope,
                at,
                caller,
                record_id=child_id(request_id, "task:call_back:"),
                request_id=request_id,
                subject_id=request_id,
                kind="call_back",
                title="Call the requester back",
                due_at=at + timedelta(minutes=30),
                rule="call_back",
                status="open",
            )


def _disagreements(book: Book) -> None:
    """Three fields that two workers wrote apart from each other, so that the review list has something."""
    contacts = [each for each in book.entries if each.kind == "safe_contact" and each.fields.get("kind") == "phone"]
    steps = [each for each in book.entries if each.kind == "plan_step"]
    people = [each for each in book.entries if each.kind == "person" and each.fields.get("medical_alerts")]
    first, second = book.people["nadia"], book.people["colette"]
    early, late = book.now - timedelta(hours=9), book.now - timedelta(hours=5)
    chosen: list[tuple[Any, str, Any, Any]] = [
        (contacts[-1], "voicemail", "generic", "none"),
        (steps[-2], "due_on", book.today + timedelta(days=4), book.today + timedelta(days=9)),
    ]
    if people:
        old = people[-1].fields["medical_alerts"]
        chosen.append((people[-1], "medical_alerts", f"{old}.", f"{old}; carries a spare at work"))
    for entry, name, one, two in chosen:
        values = ((first, early, one), (second, late, two))
        book.apart.append(Apart(entry.kind, entry.record_id, entry.scope_id, name, values))
