"""Two forms that the made-up service published as its own versions, and what was answered on them in a few cases."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from app.demo.book import Book, Entry
from app.demo.staff import Person
from app.forms import shipped, stored
from app.forms.convert import to_xform
from app.forms.definition import FormDefinition
from app.forms.session import FormSession
from app.models.rules.forms import ABOUT
from app.models.vocab import FormAnswerState, Role, ScopeKind

FORMS = ("immediate_safety", "vulnerability_screen")
_SEED = 2_112
_ZONE = ZoneInfo("America/Toronto")
_CASES = 6
_SAFETY = {
    "/data/now/danger_now": "no",
    "/data/now/listener_present": "no",
    "/data/now/children_present": "1",
    "/data/steps/premises/status": "done",
    "/data/steps/safe_place/status": "arranged",
    "/data/steps/safe_place/note": "Sister's house until Friday",
    "/data/steps/phone/status": "done",
    "/data/steps/pets/status": "refused",
    "/data/steps/keys/status": "not_needed",
}
_SCREEN = {
    f"/data/about/{name}": answer
    for name, answer in (
        ("homicide_family", "no"),
        ("sexual_offence", "no"),
        ("trafficking", "no"),
        ("high_risk_ipv", "yes"),
        ("dependent", "no"),
        ("hate_crime", "no"),
        ("repeat", "unknown"),
        ("suicide", "no"),
        ("no_address", "no"),
        ("barrier", "yes"),
        ("at_large", "no"),
    )
}


_ISSUE = {
    "/data/proposer/proposer_kind": "person",
    "/data/proposer/reply_language": "en",
    "/data/issue/title": "Nobody knows whom to call at night",
    "/data/issue/description": "Neighbours of the old mill do not know whom to call when someone sleeps outside.",
    "/data/issue/municipalities": "milton",
    "/data/issue/affected": "older newcomers",
    "/data/issue/why_many": "Housing, health and the town each hold one part of it.",
    "/data/issue/urgency": "months",
    "/data/issue/ask": "One number that is answered at night.",
    "/data/issue/quote": "yes",
}


def fill(book: Book, agency_scope: str) -> None:
    """Publish the forms and answer them in the newest open cases; the last answer is a draft."""
    author = next(person for person in book.people.values() if Role.SUP in person.roles)
    at = book.moment(book.today - timedelta(days=40))
    rng = Random(_SEED)
    with ThreadPoolExecutor(len(FORMS) + 1) as every:
        asked = every.submit(_shipped, "community_issue")
        made = list(every.map(_own_version, FORMS))
    versions = [_publish(book, agency_scope, at, author, *one) for one in made]
    cases = [entry for entry in book.entries if entry.kind == "case_file" and _is_worked_on(entry)][-_CASES:]
    for place, case in enumerate(cases):
        which = place % len(FORMS)
        answers = dict((_SAFETY, _SCREEN)[which])
        draft = place == len(cases) - 1
        if draft:
            answers = dict(list(answers.items())[:4])
        _answer(book, case, versions[which], made[which][0], answers, rng, draft=draft)
    _outside_cases(book, author, asked.result(), rng)


def _outside_cases(book: Book, author: Person, form: FormDefinition, rng: Random) -> None:
    """A community issue that is finished, and one that was only begun."""
    for days, answers in ((9, _ISSUE), (1, dict(list(_ISSUE.items())[:4]))):
        at = book.moment(book.today - timedelta(days=days))
        answer_id = book.new_id(at)
        place = _Place(book.scope(ScopeKind.FORM_ANSWER, answer_id, at), None, at, author, answer_id)
        _write(book, place, None, form, answers, rng, draft=answers is not _ISSUE)


def _is_worked_on(case: Entry) -> bool:
    """Whether an open case has a worker."""
    return bool(case.fields.get("assigned_to")) and case.fields.get("status") in ("active", "assessing")


def _shipped(form_id: str) -> FormDefinition:
    own = next(form for form in shipped.shipped() if form.id == form_id)
    return shipped.definition(own.id, own.version)


def _own_version(form_id: str) -> tuple[FormDefinition, bytes, bytes]:
    """A shipped form under a version of the service's own: the definition, its XForm, the workbook."""
    own = next(form for form in shipped.shipped() if form.id == form_id)
    workbook = own.file.read_text(encoding="utf-8").replace(f"| {own.version} |", f"| {own.version}-1 |").encode()
    xml = to_xform(workbook, own.file.name).xml
    return stored.definition(stored.packed(xml), {}), xml, workbook


def _publish(
    book: Book, scope: str, at: datetime, author: Person, form: FormDefinition, xml: bytes, workbook: bytes
) -> str:
    return book.add(
        "form_version",
        scope,
        at,
        author,
        form_id=form.id,
        version=form.version,
        titles=stored.titles_of(form),
        languages=list(form.languages),
        about=ABOUT[form.id],
        xform=stored.packed(xml),
        workbook=stored.packed(workbook),
        workbook_name=f"{form.id}.md",
        published_at=at,
        published_by=author.member_id,
    )


@dataclass(frozen=True)
class _Place:
    """Where an answer is kept, when it was begun and by whom."""

    scope_id: str
    case_id: str | None
    at: datetime
    author: Person
    answer_id: str | None = None


def _answer(
    book: Book,
    case: Entry,
    version_id: str,
    form: FormDefinition,
    answers: Mapping[str, str],
    rng: Random,
    *,
    draft: bool,
) -> None:
    at = min(case.at + timedelta(hours=rng.randint(1, 30)), book.now - timedelta(minutes=20))
    _write(book, _Place(case.scope_id, case.record_id, at, case.author), version_id, form, answers, rng, draft=draft)


def _write(
    book: Book,
    place: _Place,
    version_id: str | None,
    form: FormDefinition,
    answers: Mapping[str, str],
    rng: Random,
    *,
    draft: bool,
) -> None:
    session = FormSession(
        form,
        language=stored.language_for(form, "en"),
        now=lambda: place.at.astimezone(_ZONE),
        seed=rng.randrange(2**31),
        new_uuid=lambda: str(uuid.UUID(bytes=rng.randbytes(16), version=4)),
    )
    for path, value in answers.items():
        session.set(path, value)
    if not draft:
        session.finish()
    book.add(
        "form_answer",
        place.scope_id,
        place.at,
        place.author,
        record_id=place.answer_id,
        case_id=place.case_id,
        form_id=form.id,
        form_version=form.version,
        form_version_id=version_id,
        titles=stored.titles_of(form),
        about=ABOUT[form.id],
        status=FormAnswerState.DRAFT if draft else FormAnswerState.FINISHED,
        language="en",
        state=stored.packed(session.state()),
        instance=None if draft else stored.packed(session.instance_xml()),
        started_at=place.at,
        finished_at=None if draft else place.at + timedelta(minutes=12),
        answered_by=place.author.member_id,
    )
