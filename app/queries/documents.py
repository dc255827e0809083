"""The rows of each form, filled from the records and cut down to what its reader may see (domain.md 20.4).

What does not belong on a copy never gets into its rows: a client's copy has nothing of S4 that was not asked for, a
partner's only what is both chosen for sharing and covered by a consent that holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import NotFound, RuleBroken
from app.models.agency import Organization, Service
from app.models.crisis import (
    AccusedPanel,
    Case,
    Deployment,
    Incident,
    LegalOrder,
    NeedAnswer,
    NeedsAssessment,
    Referral,
    ServiceRequest,
)
from app.models.people import Person, SafeContact
from app.models.rules import ages, plan_catalogue
from app.models.rules import consent as consent_rule
from app.models.rules import plan as plan_rule
from app.models.rules.deadlines import minutes_after
from app.models.rules.defaults import DEFAULTS
from app.models.vocab import (
    Audience,
    CallerId,
    Listed,
    NeedDomain,
    PartnerKind,
    PlanSection,
    ReferralMethod,
    Role,
    SupportLevel,
    Tri,
    VulnerabilityFactor,
)
from app.models.vocab import ConsentScope as Scope
from app.models.vocab import ContactKind as Reach
from app.models.work_items import Consent
from app.queries import crisis, form_rows, members, safety
from app.queries.clients import display_name
from app.queries.crisis.call_outs import listed
from app.queries.crisis.file import consent_answers, live, the_case
from app.queries.crisis.rows import RequestDetail, Standing
from app.queries.directory import phones_of, text_in
from app.queries.languages import name_of
from app.queries.settings import local_day, setting, zone
from app.words import in_language, mark

_NOT_HERE = mark("This record is not on this computer.")
_PHONE = re.compile(r"\+?\d[\d\s().-]{5,}\d")
_RANKS = {"const", "constable", "sgt", "sergeant", "det", "detective", "insp", "staff", "dr", "mme", "m"}

SHARED_FACTS: dict[str, str] = {
    "name": mark("Name"),
    "age": mark("Age"),
    "language": mark("Language"),
    "interpreter": mark("Interpreter"),
    "contact": mark("Safe way to make contact"),
    "safe_times": mark("Safe times"),
    "address": mark("Address"),
    "accessibility": mark("Accessibility"),
    "what_happened": mark("What happened"),
    "need": mark("Need"),
    "goal": mark("The client's own goal"),
    "reason": mark("Why we refer"),
}
"""What a referral may share about a person: the keys of `Referral.info_shared`, with their labels."""


def _label(value: object) -> str:
    """The marked English text of a closed-list value; a code from a newer version as it is."""
    return value.text if isinstance(value, Listed) else ("" if value is None else str(value))


def _typed(text: str | None, language: str | None = "") -> form_rows.Typed:
    return form_rows.Typed(text or "", language or "")


def _get(session: Session, kind: Any, record_id: str) -> Any:
    found = session.get(kind, record_id)
    if found is None or found.removed_at is not None:
        raise NotFound(_NOT_HERE)
    return found


def _first_name(name: str) -> str:
    """The first name of a member, without rank and without what stands in brackets."""
    words = [word for word in re.sub(r"\(.*?\)", "", name).split() if word.lower().rstrip(".") not in _RANKS]
    return words[0] if words else ""


def _signatures(stored: Sequence[dict[str, Any]] | None) -> list[form_rows.SignatureRow]:
    rows = []
    for each in stored or ():
        at = each.get("at")
        rows.append(
            form_rows.SignatureRow(
                role=str(each.get("role") or ""),
                name=str(each.get("name") or ""),
                signed_at=datetime.fromisoformat(at) if isinstance(at, str) and at else None,
                method=str(each.get("method") or ""),
                strokes=[[(float(x), float(y)) for x, y in stroke] for stroke in each.get("strokes") or ()],
                aspect=float(each.get("aspect") or 3.0),
            )
        )
    return rows


def print_context(
    session: Session,
    form_id: str,
    *,
    audience: Audience,
    now: datetime,
    language: str = "en",
    printed_by: str = "",
    record_no: str = "",
    large_print: bool = False,
    discreet: bool = False,
    blank: bool = False,
) -> form_rows.PrintContext:
    """Everything about one print that is not the record, from the service's settings."""
    today = local_day(session, now)

    def text(key: str) -> str:
        own = setting(session, key, today)
        french = setting(session, f"{key}_fr", today) if language == "fr" else None
        if own != DEFAULTS.get(key) and french == DEFAULTS.get(f"{key}_fr"):
            french = None  # the service's own English says more than the French of our example
        return str(french or own or "")

    return form_rows.PrintContext(
        form_id=form_id,
        language=language,
        audience=audience,
        large_print=large_print,
        discreet=discreet,
        printed_by=printed_by,
        printed_at=now,
        unit_name=text("service.name"),
        neutral_name=text("service.neutral_name"),
        record_no=record_no,
        notice=form_rows.Notice(
            version=text("notice.version"),
            authority=text("notice.authority"),
            contact_title=text("notice.contact_title"),
            contact_address=text("service.address"),
            contact_telephone=text("service.phone"),
        ),
        blank=blank,
        time_zone=zone(session, today).key,
    )


# --- F-301 ------------------------------------------------------------------------------------------------------------


def dispatch_sheet(session: Session, request_id: str, *, now: datetime) -> form_rows.DispatchRows:
    """F-301, internal: people by label only, never by name."""
    request: ServiceRequest = _get(session, ServiceRequest, request_id)
    detail = crisis.request_detail(session, request_id, now=now)
    deployment = detail.deployment or Deployment()
    accepted = [one.answered_at for one in detail.responders if one.status == "accepted" and one.answered_at]
    called = [one.called_at for one in detail.responders if one.called_at]
    staff = {member.id: member for member in members.members(session, active_only=False)}
    return form_rows.DispatchRows(
        requested_at=request.requested_at,
        source=_label(request.source),
        requester_name=request.requester_name or "",
        requester_badge=request.requester_badge or "",
        requester_phone=request.requester_phone or "",
        response_wanted=_label(request.response_wanted),
        occurrence_no=request.occurrence_no or "",
        incident_kind=_label(request.incident_kind),
        offence_group=_label(request.offence_group),
        scene_safe=_label(request.scene_safe),
        accused_whereabouts=_label(request.accused_whereabouts),
        location=_typed(request.location),
        meet_point=_typed(request.meet_point),
        parking=_typed(request.parking),
        hazards=_typed(request.hazards),
        animals=_typed(request.animals),
        persons=[
            form_rows.DispatchPerson(
                label=person.label,
                age_band=_label(person.age_band),
                role=_label(person.role),
                language=name_of(person.language),
                injury=_label(person.injury),
                distress=_label(person.distress),
            )
            for person in detail.persons
        ],
        children_on_scene=request.children_on_scene,
        consent_to_contact=_label(request.consent_to_contact),
        consent_how=_typed(request.consent_asked_by),
        voicemail=_label(request.voicemail),
        caller_id=_label(request.caller_id),
        needs=[text for text in (name_of(request.needs_interpreter), *(request.access_needs or ())) if text],
        asked=[_label(ask) for ask in detail.asks],
        asked_note=_typed(request.note),
        call_back_due_at=detail.row.call_back_due,
        called_at=min(called, default=None),
        accepted_at=max(accepted, default=None),
        called_back_at=request.called_back_at,
        en_route_at=deployment.en_route_at,
        on_scene_at=deployment.on_scene_at,
        clear_at=deployment.clear_at,
        responders=[
            form_rows.Responder(
                name=one.name,
                role=_duty(staff.get(one.member_id or "")),
                called_at=one.called_at,
                accepted_at=one.answered_at if one.status == "accepted" else None,
                declined_reason=_typed(one.declined_reason),
            )
            for one in detail.responders
        ],
        transport=deployment.transport or "",
        kilometres=None if deployment.kilometres is None else float(deployment.kilometres),
        out_of_pocket_cents=deployment.out_of_pocket_cents,
        check_ins=_check_ins(session, deployment.on_scene_at, detail),
        debrief_needed=deployment.debrief_needed,
        debrief_done_on=deployment.debrief_done_on,
    )


def _duty(member: members.MemberRow | None) -> str:
    """What a responder goes as: volunteer or worker, whichever they are."""
    roles = member.roles if member else ()
    return _label(next((role for role in (Role.VOL, Role.VSU, Role.VQC, Role.SUP) if role in roles), None))


def _check_ins(session: Session, on_scene_at: datetime | None, detail: RequestDetail) -> list[form_rows.CheckIn]:
    """Each check-in with the moment at which it was due: the interval after the one before."""
    rows: list[form_rows.CheckIn] = []
    last = on_scene_at
    for done in detail.check_ins:
        due = None
        if last is not None:
            due = minutes_after(last, int(setting(session, "vsu.checkin_min", local_day(session, last))))
        rows.append(form_rows.CheckIn(due_at=due, done_at=done.at, note=_typed(done.note)))
        last = done.at or last
    if detail.deployment is not None and detail.deployment.next_check_in_due is not None:
        rows.append(form_rows.CheckIn(due_at=detail.deployment.next_check_in_due))
    return rows


# --- F-302 and F-306 --------------------------------------------------------------------------------------------------


def contact_card(
    session: Session,
    case_id: str | None = None,
    *,
    member_id: str | None = None,
    language: str = "en",
    today: date,
    with_file_no: bool = False,
) -> form_rows.ContactCardRows:
    """F-302: neutral; the worker's first name only, the file number only when the person wants it."""
    number = the_case(session, case_id).number if case_id and with_file_no else None
    asked = (
        select(Service)
        .join(Organization, Organization.id == Service.organization_id)
        .where(Organization.kind == PartnerKind.CRISIS_LINE, Service.removed_at.is_(None), Service.status == "active")
        .order_by(Service.name, Service.id)
    )
    return form_rows.ContactCardRows(
        worker_first_name=_first_name(members.names(session).get(member_id or "", "")),
        phone=str(setting(session, "service.phone", today) or ""),
        file_no=number or "",
        lines=[_line(session, service, language) for service in session.scalars(asked)],
    )


def _numbers(service: Service) -> tuple[str, str]:
    """The number to call, and the one to text or relay."""
    text, call = "", ""
    for phone in phones_of(service):
        if re.search(r"text|tty|relay|sms", phone.description, re.IGNORECASE):
            text = text or phone.number
        else:
            call = call or phone.number
    return call, text


def _title(session: Session, service: Service, language: str) -> str:
    """The service with its organization, as one asks for it."""
    name = text_in(language, service.name, service.name_fr)
    organization = session.get(Organization, service.organization_id or "")
    whose = text_in(language, organization.name, organization.alternate_name) if organization else ""
    return ", ".join(part for part in (whose, name) if part)


def _line(session: Session, service: Service, language: str) -> form_rows.CrisisLine:
    phone, text = _numbers(service)
    hours, hours_language = _own_words(language, service.hours, service.hours_fr)
    return form_rows.CrisisLine(
        name=_title(session, service, language),
        phone=phone,
        text_line=text,
        hours=_typed(hours, hours_language),
    )


def _own_words(language: str, english: str | None, french: str | None) -> tuple[str, str]:
    """The organization's own words and the language that they are in."""
    found = text_in(language, english, french)
    return found, "fr" if found and found == french else "en"


def take_away(
    session: Session,
    *,
    service_ids: Sequence[str],
    member_id: str | None = None,
    language: str = "en",
    today: date,
    note: str = "",
    note_language: str = "",
) -> form_rows.TakeAwayRows:
    """F-306: services and what to bring, in the order given; nothing about the person and nothing about why."""
    found = {one.id: one for one in session.scalars(select(Service).where(Service.id.in_(service_ids)))}
    rows = []
    for service_id in service_ids:
        one = found.get(service_id)
        if one is None or one.removed_at is not None:
            continue
        phone, text = _numbers(one)
        hours, hours_language = _own_words(language, one.hours, one.hours_fr)
        bring, bring_language = _own_words(language, one.required_documents, one.required_documents_fr)
        rows.append(
            form_rows.TakeAwayService(
                name=_title(session, one, language),
                phone=phone,
                text_line=text,
                address="" if one.address_confidential else (one.address or ""),
                hours=_typed(hours, hours_language),
                languages=[name_of(code) for code in one.languages or ()],
                bring=[_typed(part.strip(), bring_language) for part in bring.split("\n") if part.strip()],
            )
        )
    return form_rows.TakeAwayRows(
        services=rows,
        worker_first_name=_first_name(members.names(session).get(member_id or "", "")),
        phone=str(setting(session, "service.phone", today) or ""),
        note=_typed(note, note_language),
    )


# --- F-303 ------------------------------------------------------------------------------------------------------------


def consent_form(session: Session, consent_id: str) -> form_rows.ConsentRows:
    """F-303: the same for the client and inside; everything in it is the client's own."""
    consent: Consent = _get(session, Consent, consent_id)
    client = session.get(Person, consent.person_id or "")
    giver = session.get(Person, consent.given_by_id or "")
    answers = consent_answers(consent)
    shares = answers.get(Scope.SHARE_NAMED)
    given_by_other = consent.given_by_id is not None and consent.given_by_id != consent.person_id
    return form_rows.ConsentRows(
        client_name=display_name(client) if client else "",
        given_by_name=consent.given_by_name or (display_name(giver) if giver and given_by_other else ""),
        given_by_authority=consent.authority or "",
        scopes=[form_rows.ConsentScope(scope=scope.text, allowed=answers.get(scope)) for scope in Scope],
        organizations=[
            form_rows.NamedOrganization(name=name, allowed=shares)
            for name in _organization_names(session, consent.organizations or ())
        ],
        how_given=_label(consent.form),
        language_used=name_of(consent.language_used),
        interpreter=consent.interpreter or "",
        starts_on=consent.starts_on,
        expires_on=consent.expires_on,
        review_on=consent.review_on,
        withdrawn_on=consent.withdrawn_on,
        withdrawn_how=_typed(consent.withdrawn_how),
        signatures=_signatures(consent.signatures),
    )


def _organization_names(session: Session, named: Iterable[str]) -> list[str]:
    """Names of organizations that were given by id or by name."""
    wanted = list(named)
    asked = select(Organization.id, Organization.name).where(Organization.id.in_(wanted))
    known = dict(session.execute(asked).all())
    return [known.get(each) or each for each in wanted]


# --- F-304 ------------------------------------------------------------------------------------------------------------


def needs_and_plan(session: Session, assessment_id: str, *, audience: Audience, today: date) -> form_rows.NeedsRows:
    """F-304. The client's copy has neither the screening nor who listened, and nothing of S4 ever gets in here."""
    found: NeedsAssessment = _get(session, NeedsAssessment, assessment_id)
    inside = audience is Audience.INTERNAL
    case = the_case(session, found.case_id or "")
    client = session.get(Person, case.person_id or "")
    asked = select(NeedAnswer).where(NeedAnswer.assessment_id == assessment_id, NeedAnswer.removed_at.is_(None))
    answers = {answer.domain: answer for answer in session.scalars(asked)}
    factors = [listed(VulnerabilityFactor, code) for code in found.factors or ()]
    level = found.screen_override or found.screen_result
    steps = crisis.plan_steps(session, case.id, today=today)
    return form_rows.NeedsRows(
        client_name=display_name(client) if client else "",
        assessor=members.names(session).get(found.assessor_id or "", ""),
        assessed_at=found.assessed_at,
        occasion=_label(found.kind),
        method=_label(found.method),
        participants=_typed(found.participants),
        listener_present=inside and found.listener_present is Tri.YES,
        domains=[_domain(domain, answers.get(domain)) for domain in NeedDomain],
        strengths=_typed(found.strengths),
        enhanced_support=None if level is None or not inside else level is SupportLevel.ENHANCED,
        enhanced_reasons=[_label(factor) for factor in factors] if inside else [],
        steps=[
            form_rows.PlanStep(
                need=step.need or _label(step.domain),
                goal=_typed(step.goal),
                step=_typed(step.step),
                who=step.who or "",
                due_on=step.due_on,
                status=_label(step.status),
            )
            for step in steps
        ],
    )


def _domain(domain: NeedDomain, answer: NeedAnswer | None) -> form_rows.NeedDomain:
    if answer is None:
        return form_rows.NeedDomain(domain=domain.text)
    level = str(answer.level.value) if isinstance(answer.level, Listed) else str(answer.level or "")
    return form_rows.NeedDomain(
        domain=domain.text,
        level=int(level) if level.isdigit() else None,
        note=_typed(answer.note),
        goal=_typed(answer.goal),
    )


# --- F-305 ------------------------------------------------------------------------------------------------------------


def referral_letter(
    session: Session, referral_id: str, *, member_id: str | None, today: date
) -> form_rows.ReferralRows:
    """F-305: of the person only the facts that are both chosen for sharing and covered by consent, whoever reads it."""
    referral: Referral = _get(session, Referral, referral_id)
    case = the_case(session, referral.case_id or "")
    service = session.get(Service, referral.service_id or "")
    organization = session.get(Organization, service.organization_id or "") if service else None
    person = session.get(Person, referral.person_id or case.person_id or "")
    consent = _covering(session, case, person.id if person else None, service, today)
    shared = [key for key in referral.info_shared or () if key in SHARED_FACTS] if consent else []
    facts = _facts(session, case, person, referral, today) if shared else {}
    worker = members.member(session, member_id or case.assigned_to or "")
    return form_rows.ReferralRows(
        to_name="\n".join(one.name for one in (organization, service) if one is not None and one.name),
        to_address=[service.address] if service and service.address and not service.address_confidential else [],
        to_phone=_numbers(service)[0] if service else "",
        from_name=worker.name if worker else "",
        from_role=_duty(worker),
        from_phone=str(setting(session, "service.phone", today) or ""),
        sent_on=referral.sent_on,
        method=_label(referral.method),
        urgent=referral.method is ReferralMethod.URGENT,
        need=_label(referral.domain),
        facts=[
            form_rows.ReferralFact(key=key, label=SHARED_FACTS[key], value=_typed(facts[key]))
            for key in SHARED_FACTS
            if key in shared and facts.get(key)
        ],
        info_shared=shared,
        consented=shared,
        consent_given_on=consent.starts_on if consent else None,
        consent_expires_on=consent.expires_on if consent else None,
    )


def _covering(
    session: Session, case: Case, person_id: str | None, service: Service | None, today: date
) -> Consent | None:
    """The consent under which this service may be told something today; None when there is none.

    The person's latest answer about sharing counts, and a consent that holds must name the organization or service.
    """
    known = [one for one in live(session, Consent, case.id) if one.person_id in (person_id, None)]
    given = [
        consent_rule.Given(
            answers=one.answers or {},
            starts_on=one.starts_on,
            expires_on=one.expires_on,
            withdrawn_on=one.withdrawn_on,
        )
        for one in known
    ]
    if consent_rule.state(given, Scope.SHARE_NAMED, today) is not consent_rule.ConsentState.ACTIVE:
        return None
    names = _names_of(session, service)
    for one, values in zip(reversed(known), reversed(given), strict=True):
        active = consent_rule.state_of(values, Scope.SHARE_NAMED, today) is consent_rule.ConsentState.ACTIVE
        if active and names & {name.strip().casefold() for name in one.organizations or ()}:
            return one
    return None


def _names_of(session: Session, service: Service | None) -> set[str]:
    """Every name by which a consent may have named a service: its own, its organization's, and their ids."""
    if service is None:
        return set()
    organization = session.get(Organization, service.organization_id or "")
    names = [service.id, service.name, service.name_fr]
    if organization is not None:
        names += [organization.id, organization.name, organization.alternate_name]
    return {name.strip().casefold() for name in names if name}


def _facts(session: Session, case: Case, person: Person | None, referral: Referral, today: date) -> dict[str, str]:
    """The facts that could be shared, by key. Code words, the cover name and confidential addresses are none."""
    words = in_language("en")
    found: dict[str, str] = {"reason": referral.reason or "", "need": _label(referral.domain)}
    if person is not None:
        languages = [name_of(str(each.get("code") or "")) for each in person.languages or ()]
        found["name"] = display_name(person)
        found["language"] = ", ".join(name for name in languages if name)
        found["interpreter"] = words.tr("Yes") if person.interpreter_needed else ""
        found["accessibility"] = ", ".join(person.communication_needs or ())
        if person.dob is not None:
            found["age"] = str(max(ages.age_on(person.dob, today), 0))
        found |= _reach_facts(session, person)
    incident = next(iter(live(session, Incident, case.id, Incident.id.desc())), None)
    if incident is not None:
        found["what_happened"] = _label(incident.most_serious)
    goals = select(NeedAnswer.goal).where(
        NeedAnswer.case_id == case.id, NeedAnswer.domain == referral.domain, NeedAnswer.goal.is_not(None)
    )
    found["goal"] = next(iter(session.scalars(goals.order_by(NeedAnswer.id.desc()))), None) or ""
    return found


def _reach_facts(session: Session, person: Person) -> dict[str, str]:
    """Only ways that are known to be safe, with what must be kept in mind."""
    asked = (
        select(SafeContact)
        .where(
            SafeContact.person_id == person.id,
            SafeContact.safe_to_use == Tri.YES,
            SafeContact.removed_at.is_(None),
        )
        .order_by(SafeContact.id)
    )
    found: dict[str, str] = {}
    words = in_language("en")
    for contact in session.scalars(asked):
        if contact.kind is Reach.ADDRESS:
            hidden = bool(person.address_confidential)
            found.setdefault("address", words.tr("Address on file") if hidden else (contact.value or ""))
        elif "contact" not in found and contact.value:
            care = [_label(contact.voicemail) or words.tr("Do not leave a message")]
            care.append(_label(contact.caller_id) or CallerId.BLOCK.text)
            found["contact"] = " · ".join((contact.value, *care))
            found["safe_times"] = "; ".join(
                f"{each.get('from', '')}–{each.get('to', '')}" for each in contact.safe_times or ()
            )
    return found


# --- F-401, F-402, F-403, F-405 ---------------------------------------------------------------------------------------


def safety_plan(
    session: Session,
    plan_id: str,
    *,
    form_id: str = plan_rule.FULL_PLAN,
    language: str = "en",
    with_accused_facts: bool = False,
    export: bool = False,
    today: date,
) -> form_rows.PlanRows:
    """F-401 for the client, F-403 for the worker. Refused (RuleBroken) when the client's copy choice says so.

    On the client's copy section 13 is there only when the client asked for it, and the worker's judgement of the risk
    is not.
    """
    detail = _plan(session, plan_id, form_id, export, today)
    inside = form_id == plan_rule.WORKER_COPY
    person = session.get(Person, detail.person_id or "")
    ending = [order.expires_on for order in detail.orders if order.expires_on and order.standing is Standing.ENDING]
    sections = []
    for section in detail.sections:
        if section.section is PlanSection.ACCUSED and not (inside or with_accused_facts):
            continue
        items = [_plan_item(item, language) for item in section.items]
        if section.section is PlanSection.DURING and detail.worker_advice:
            items.append(form_rows.PlanItem(text=_typed(detail.worker_advice, detail.language), from_worker=True))
        sections.append(form_rows.PlanSection(number=section.number, hidden=section.hidden, items=items))
    return form_rows.PlanRows(
        client_name=display_name(person) if person else "",
        version=detail.version,
        made_on=local_day(session, detail.written_at) if detail.written_at else None,
        reviewed_on=local_day(session, detail.saved_at) if detail.saved_at and detail.version > 1 else None,
        worker_name=detail.worker if inside else _first_name(detail.worker),
        situation=_label(detail.situation),
        risk_level=_label(detail.risk) if inside else "",
        copy_choice=_label(detail.copy_choice) if inside else "",
        kept_where=_typed(detail.kept_where) if inside else _typed(""),
        device_used=_typed(detail.reading_device) if inside else _typed(""),
        next_review_on=detail.next_review,
        orders_expire_on=min(ending, default=None),
        client_asked_for_accused_facts=with_accused_facts,
        sections=sections,
        documents=_checklist(detail),
    )


def _plan(session: Session, plan_id: str, form_id: str, export: bool, today: date) -> safety.PlanDetail:
    detail = safety.plan_detail(session, plan_id, today=today)
    if not detail.readable:
        raise NotFound(mark("The content of this safety plan is not on this computer."))
    refusal = plan_rule.copy_refusal(form_id, detail.copy_choice, export)
    if refusal is not None:
        raise RuleBroken(refusal)
    return detail


def _plan_item(item: safety.PlanItemRow, language: str) -> form_rows.PlanItem:
    return form_rows.PlanItem(
        text=_item_text(item, language),
        applies={Tri.YES: True, Tri.NO: False}.get(item.applies) if item.applies else None,
        done=item.done,
        on=item.on_date,
        who_helps=item.who_helps or "",
    )


def _item_text(item: safety.PlanItemRow, language: str) -> form_rows.Typed:
    """What the client wants, as typed; without it the suggestion in the language of the page."""
    if item.text:
        return _typed(item.text, item.text_language)
    suggestion = plan_catalogue.item_text(item.catalogue)
    return _typed(in_language(language).tr(suggestion), language)


def _checklist(detail: safety.PlanDetail) -> list[form_rows.DocumentItem]:
    return [
        form_rows.DocumentItem(
            item=plan_catalogue.document_text(document.item),
            original=document.has_original,
            copy=document.has_copy,
            kept_where=_typed(document.where_kept),
            done=document.done,
        )
        for document in detail.documents
    ]


def documents_checklist(
    session: Session, plan_id: str, *, export: bool = False, today: date
) -> form_rows.DocumentsRows:
    """F-405: the checklist alone. Refused when the client's copy choice says so."""
    return form_rows.DocumentsRows(
        documents=_checklist(_plan(session, plan_id, plan_rule.DOCUMENT_LIST, export, today))
    )


_WALLET_GROUPS: tuple[tuple[PlanSection, str], ...] = (
    (PlanSection.DURING, mark("To do")),
    (PlanSection.LEAVING, mark("Also")),
    (PlanSection.DOCUMENTS, mark("To pack")),
    (PlanSection.EMOTIONAL, mark("For me")),
)
_WALLET_LINES = 6


def wallet(
    session: Session, plan_id: str, *, language: str = "en", export: bool = False, today: date
) -> form_rows.WalletRows:
    """F-402 "My list": short lines and numbers without names; every name known in the case is blanked."""
    detail = _plan(session, plan_id, plan_rule.WALLET_PLAN, export, today)
    by_section = {section.section: section for section in detail.sections}
    groups = []
    for section, title in _WALLET_GROUPS:
        items = (
            [] if by_section[section].hidden else [_item_text(item, language) for item in _wanted(by_section[section])]
        )
        if section is PlanSection.DOCUMENTS:
            words = in_language(language)
            unpacked = (plan_catalogue.document_text(each.item) for each in detail.documents if not each.done)
            items += [_typed(words.tr(text), language) for text in unpacked]
        if items:
            groups.append(form_rows.WalletGroup(title=title, items=items[:_WALLET_LINES]))
    people = by_section[PlanSection.PEOPLE]
    numbers = [] if people.hidden else [_number(_item_text(item, language).text) for item in _wanted(people)]
    return form_rows.WalletRows(
        numbers=[number for number in numbers if number is not None],
        groups=groups,
        names=_known_names(session, detail.case_id),
    )


def _wanted(section: safety.PlanSectionRow) -> list[safety.PlanItemRow]:
    return [item for item in section.items if item.applies is not Tri.NO]


def _number(text: str) -> form_rows.WalletNumber | None:
    """The telephone number in a line, with the rest of the line as its label."""
    found = _PHONE.search(text)
    if found is None:
        return None
    label = (text[: found.start()] + text[found.end() :]).strip(" ,:;–-()")
    return form_rows.WalletNumber(label=label, phone=found.group().strip())


def _known_names(session: Session, case_id: str) -> list[str]:
    """Every name that the case knows: of people, of who passes messages on, of the accused, on orders."""
    names: list[str | None] = []
    for person in live(session, Person, case_id):
        names += [person.legal_first, person.legal_middle, person.legal_last, person.preferred_name]
        names += person.aliases or []
    for panel in live(session, AccusedPanel, case_id):
        names.append(panel.name)
    for order in live(session, LegalOrder, case_id):
        names += [*_capitalized(order.protected), *_capitalized(order.restrained)]
    for contact in live(session, SafeContact, case_id):
        names += [contact.value] if contact.kind is Reach.PERSON else []
        names += _capitalized(contact.who_else_answers)
    return sorted({name.strip() for name in names if name and name.strip()})


def _capitalized(text: str | None) -> list[str]:
    """The words of a typed line that may be names; everyday words in small letters are none."""
    return [word for word in re.findall(r"[^\W\d_][\w'’-]+", text or "") if word[0].isupper()]
