"""The forms of a call-out: F-301 dispatch sheet, F-302 contact card, F-304 needs and service plan (`domain.md` 3.6)."""

from __future__ import annotations

from app.documents import wording
from app.documents.blocks import (
    Block,
    Field,
    Fields,
    Heading,
    Notice,
    Paragraph,
    Value,
    WriteLines,
)
from app.documents.notice import collection_notice
from app.documents.printing import Printing
from app.documents.signing import CLIENT_SIGNS, WORKER_SIGNS, signatures
from app.documents.table import Column, Table
from app.queries.form_rows import (
    ContactCardRows,
    DispatchRows,
    NeedDomain,
    NeedsRows,
)

# --- F-301 --------------------------------------------------------------------------------------------------------


def f_301(rows: DispatchRows, p: Printing) -> list[Block]:
    """Service request and dispatch sheet: one look for the two who go. People by label only."""
    return [
        *_request(rows, p),
        *_scene(rows, p),
        *_people(rows, p),
        *_clocks(rows, p),
        *_check_ins(rows, p),
        collection_notice(p),
    ]


def _request(rows: DispatchRows, p: Printing) -> list[Block]:
    requester = " · ".join(part for part in (rows.requester_name, rows.requester_badge) if part)
    incident = " · ".join(p.term(part) for part in (rows.incident_kind, rows.offence_group) if part)
    return [
        Heading(p.tr("Request")),
        Fields(
            (
                p.field(p.tr("Asked at"), p.moment(rows.requested_at), strong=True),
                p.field(p.tr("Response wanted"), p.term(rows.response_wanted), strong=True),
                p.field(p.tr("Call back before"), p.moment(rows.call_back_due_at), strong=True),
                p.field(p.tr("Source"), p.term(rows.source)),
                p.field(p.tr("Asked by"), requester),
                p.field(p.tr("Call-back telephone"), rows.requester_phone, strong=True),
                p.field(p.tr("Occurrence number"), rows.occurrence_no),
                p.field(p.tr("What happened"), incident),
                p.field(p.tr("What is asked of us"), p.terms(rows.asked)),
            ),
            columns=3,
            blank=p.blank,
        ),
        *([Paragraph(rows.asked_note.text, remark=p.remark(rows.asked_note))] if rows.asked_note.text else []),
    ]


def _scene(rows: DispatchRows, p: Printing) -> list[Block]:
    return [
        Heading(p.tr("Scene")),
        Fields(
            (
                p.field(p.tr("Scene safety"), p.term(rows.scene_safe), strong=True),
                p.field(p.tr("Where the accused is"), p.term(rows.accused_whereabouts), strong=True),
                p.field(p.tr("Location"), rows.location),
                p.field(p.tr("Meet point"), rows.meet_point),
                p.field(p.tr("Parking"), rows.parking),
                p.field(p.tr("Animals"), rows.animals),
                p.field(p.tr("Hazards"), rows.hazards, wide=True),
            ),
            blank=p.blank,
        ),
    ]


def _people(rows: DispatchRows, p: Printing) -> list[Block]:
    children = "" if rows.children_on_scene is None else str(rows.children_on_scene)
    people = [
        (
            person.label,
            p.term(person.age_band),
            p.term(person.role),
            p.term(person.language),
            p.term(person.injury),
            p.term(person.distress),
        )
        for person in rows.persons
    ]
    return [
        Heading(p.tr("People to support (labels only, no names)")),
        Table(
            (
                Column(p.tr("Label"), 1.3),
                Column(p.tr("Age band"), 0.9),
                Column(p.tr("Role"), 1.2),
                Column(p.tr("Language"), 1.2),
                Column(p.tr("Injury"), 1),
                Column(p.tr("Distress"), 1),
            ),
            people,
            empty=p.tr("Nobody recorded."),
            blank_rows=4 if p.blank else 0,
            first_strong=True,
        ),
        Fields(
            (
                p.field(p.tr("Children on scene"), children),
                p.field(p.tr("Agreed to be contacted"), p.term(rows.consent_to_contact)),
                p.field(p.tr("Asked by whom and how"), rows.consent_how),
                p.field(p.tr("Voicemail"), p.term(rows.voicemail)),
                p.field(p.tr("Caller identification"), p.term(rows.caller_id)),
                p.field(p.tr("Interpreter, access, culture"), p.terms(rows.needs)),
            ),
            columns=3,
            blank=p.blank,
        ),
    ]


def _clocks(rows: DispatchRows, p: Printing) -> list[Block]:
    def shown(text: str) -> str:
        return text or ("" if p.blank else "–")

    responders = [
        (
            responder.name,
            p.term(responder.role),
            shown(p.time(responder.called_at)),
            shown(p.time(responder.accepted_at)),
            p.typed(responder.declined_reason),
        )
        for responder in rows.responders
    ]
    return [
        Heading(p.tr("Responders and clocks")),
        Table(
            (
                Column(p.tr("Called")),
                Column(p.tr("Accepted")),
                Column(p.tr("Requester called back")),
                Column(p.tr("On the way")),
                Column(p.tr("On scene")),
                Column(p.tr("Clear")),
            ),
            [
                tuple(
                    shown(p.time(at))
                    for at in (
                        rows.called_at,
                        rows.accepted_at,
                        rows.called_back_at,
                        rows.en_route_at,
                        rows.on_scene_at,
                        rows.clear_at,
                    )
                )
            ]
            if not p.blank
            else [],
            blank_rows=1 if p.blank else 0,
        ),
        Table(
            (
                Column(p.tr("Responder"), 1.6),
                Column(p.tr("Role"), 1.2),
                Column(p.tr("Called"), 0.8),
                Column(p.tr("Accepted"), 0.8),
                Column(p.tr("Declined because"), 1.6),
            ),
            responders,
            empty=p.tr("Nobody called yet."),
            blank_rows=2 if p.blank else 0,
            first_strong=True,
        ),
    ]


def _check_ins(rows: DispatchRows, p: Printing) -> list[Block]:
    kilometres = p.tr("{number} km", number=p.number(rows.kilometres)) if rows.kilometres is not None else ""
    return [
        Heading(p.tr("Safety check-ins")),
        Table(
            (Column(p.tr("Due"), 0.7), Column(p.tr("Done"), 0.7), Column(p.tr("Remark"), 3)),
            [
                (p.time(check.due_at), p.time(check.done_at) or p.tr("open"), p.typed(check.note))
                for check in rows.check_ins
            ],
            empty=p.tr("No check-in yet."),
            blank_rows=4 if p.blank else 0,
        ),
        Fields(
            (
                p.field(p.tr("Transport"), p.term(rows.transport)),
                p.field(p.tr("Distance"), kilometres),
                p.field(p.tr("Out of pocket"), p.money(rows.out_of_pocket_cents)),
                p.field(p.tr("Debrief needed"), p.yes_no(rows.debrief_needed)),
                p.field(p.tr("Debrief done on"), p.long_date(rows.debrief_done_on)),
            ),
            columns=3,
            blank=p.blank,
        ),
    ]


# --- F-302 --------------------------------------------------------------------------------------------------------


def f_302(rows: ContactCardRows, p: Printing) -> list[Block]:
    """The contact card: says nothing of police or victims."""
    worker = p.tr("Ask for {name}", name=rows.worker_first_name) if rows.worker_first_name else ""
    fields = [Field(p.tr("Telephone"), Value(rows.phone, large=True))] if rows.phone or p.blank else []
    if rows.text_line or p.blank:
        fields.append(Field(p.tr("Text or relay"), Value(rows.text_line, large=True)))
    if rows.hours.text or p.blank:
        fields.append(p.field(p.tr("Hours"), rows.hours))
    if rows.file_no or p.blank:
        fields.append(p.field(p.tr("Number to mention"), rows.file_no))
    lines = [
        (line.name, Value("\n".join(n for n in (line.phone, line.text_line) if n), strong=True), p.typed(line.hours))
        for line in rows.lines
    ]
    start = [] if p.context.large_print else [Paragraph(p.unit, "title")]
    return [
        *start,
        *([Paragraph(worker, "subheading")] if worker else []),
        *([_ask_for(p)] if p.blank else []),
        Fields(tuple(fields), blank=p.blank),
        Fields((Field(p.tr("Our code word when we call back"), Value()),), columns=1, blank=True),
        Table(
            (Column(p.tr("Someone to talk to"), 1.7), Column(p.tr("Telephone or text"), 1.2), Column(p.tr("Hours"), 1)),
            lines,
            empty=p.tr("Ask us for numbers."),
            blank_rows=3 if p.blank else 0,
        ),
        Paragraph(p.tr("In an emergency call 911."), "strong"),
    ]


def _ask_for(p: Printing) -> Fields:
    """The line for the worker's first name on a blank card."""
    return Fields((Field(p.tr("Ask for"), Value()),), columns=1, blank=True)


# --- F-304 --------------------------------------------------------------------------------------------------------


def f_304(rows: NeedsRows, p: Printing) -> list[Block]:
    """Needs assessment and service plan. The client's version carries nothing protected and no screening."""
    inside = not p.for_client
    return [
        *_needs_head(rows, p),
        *([_listener(p)] if inside and rows.listener_present else []),
        Heading(p.tr("Needs")),
        Paragraph(
            p.tr(
                "Levels: 0 no need, 1 information, 2 some help, 3 urgent; 8 declined, 9 not asked. They help to talk "
                "about what comes first. They do not add up to a score."
            ),
            "mark",
        ),
        _domains(rows, p),
        Heading(p.tr("Strengths")),
        WriteLines(2) if p.blank else p.paragraph(rows.strengths),
        *(_screening(rows, p) if inside else []),
        *_steps(rows, p),
        *(_support_note(rows, p) if inside and not p.blank else []),
        collection_notice(p),
        *signatures(p, rows.signatures, (CLIENT_SIGNS, WORKER_SIGNS)),
    ]


def _needs_head(rows: NeedsRows, p: Printing) -> list[Block]:
    return [
        Fields(
            (
                p.field(p.tr("Client"), rows.client_name, strong=True),
                p.field(p.tr("Assessed at"), p.moment(rows.assessed_at)),
                p.field(p.tr("Occasion"), p.term(rows.occasion)),
                p.field(p.tr("Assessor"), rows.assessor),
                p.field(p.tr("How"), p.term(rows.method)),
                p.field(p.tr("Who took part"), rows.participants),
            ),
            columns=3,
            blank=p.blank,
        )
    ]


def _listener(p: Printing) -> Block:
    return Notice(
        p.tr("Answers may not be what the person would say alone. Ask again in private."),
        p.tr("The accused or another listener was present"),
        caution=True,
    )


def _domains(rows: NeedsRows, p: Printing) -> Block:
    domains = rows.domains or [NeedDomain(domain=domain) for domain in wording.NEED_DOMAINS]
    return Table(
        (
            Column(p.tr("Domain"), 1.5),
            Column(p.tr("Level"), 1.15),
            Column(p.tr("Note"), 2.1),
            Column(p.tr("The client's own goal"), 1.7),
        ),
        [
            (p.term(domain.domain), _level(domain, p), _domain_note(domain, p), p.typed(domain.goal))
            for domain in domains
        ],
        first_strong=True,
        roomy=p.blank,
    )


def _level(domain: NeedDomain, p: Printing) -> Value:
    if p.blank:
        return Value("0  1  2  3  8  9")
    if domain.level is None:
        return Value("", p.tr("not reached"))
    word = p.tr(wording.LEVELS.get(domain.level, ""))
    return Value(f"{domain.level} {word[:1].lower()}{word[1:]}", strong=domain.level == 3)


def _domain_note(domain: NeedDomain, p: Printing) -> Value:
    if p.for_client or not domain.protected_note.text:
        return p.typed(domain.note)
    protected = p.tr("Protected: {note}", note=domain.protected_note.text)
    remarks = " ".join(part for part in (p.remark(domain.note), p.remark(domain.protected_note)) if part)
    return Value("\n".join(part for part in (domain.note.text, protected) if part), remarks)


def _screening(rows: NeedsRows, p: Printing) -> list[Block]:
    return [
        Heading(p.tr("Enhanced support")),
        Fields(
            (
                p.field(p.tr("Enhanced support"), p.yes_no(rows.enhanced_support), strong=True),
                p.field(p.tr("Because"), p.terms(rows.enhanced_reasons)),
            ),
            blank=p.blank,
        ),
    ]


def _steps(rows: NeedsRows, p: Printing) -> list[Block]:
    return [
        Heading(p.tr("Service plan")),
        Table(
            (
                Column(p.tr("Need"), 1.1),
                Column(p.tr("Goal"), 1.4),
                Column(p.tr("Step"), 1.8),
                Column(p.tr("Who"), 0.9),
                Column(p.tr("By when"), 0.9),
                Column(p.tr("Status"), 0.8),
            ),
            [
                (
                    p.term(step.need),
                    p.typed(step.goal),
                    p.typed(step.step),
                    step.who,
                    p.short_date(step.due_on),
                    p.term(step.status),
                )
                for step in rows.steps
            ],
            empty=p.tr("No steps agreed yet."),
            blank_rows=6 if p.blank else 0,
        ),
        Fields(
            (p.field(p.tr("Next review"), p.long_date(rows.next_review_on), strong=True),), columns=3, blank=p.blank
        ),
    ]


def _support_note(rows: NeedsRows, p: Printing) -> list[Block]:
    if not rows.support_note.text:
        return []
    return [Heading(p.tr("Support note (protected)")), p.paragraph(rows.support_note)]
