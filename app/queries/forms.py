"""Forms in use, the versions that were published, and what was answered on them.

Shipped forms are no records: who knows them (`app.forms.shipped`) hands them over as `KnownForm`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.models.crisis import Case
from app.models.form_library import FormAnswer, FormStanding, FormVersion
from app.models.people import Person
from app.models.rules.forms import UNKNOWN, age, beginners, in_force
from app.models.vocab import FormAbout, FormAnswerState, Role
from app.queries import members
from app.queries.attachments import AttachmentRow, MediaLimits, attachments_of, limits
from app.queries.clients import display_name
from app.queries.form_rows import SealedRow, StoredAnswer, StoredFile, StoredForm
from app.words import mark

NO_ANSWER = mark("This form is not on this device. It may have been removed, or you may not have access to it.")


@dataclass(frozen=True, slots=True)
class KnownForm:
    """A form that Haven ships, as far as a list shows it."""

    form_id: str
    version: str
    titles: Mapping[str, str]
    about: FormAbout


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One published version. `in_force`: it is the one that new answers are begun on. `size` is in characters kept."""

    id: str
    form_id: str
    version: str
    titles: Mapping[str, str]
    languages: tuple[str, ...]
    about: FormAbout
    published_at: datetime | None
    published_by: str
    workbook_name: str
    in_force: bool
    size: int


@dataclass(frozen=True, slots=True)
class FormRow:
    """One form: the version in force and where it is from (`version_id` empty: shipped). `retired_at`: not offered."""

    form_id: str
    version: str
    version_id: str
    titles: Mapping[str, str]
    about: FormAbout
    shipped: bool
    versions: int
    published_at: datetime | None
    published_by: str
    retired_at: datetime | None
    retired_by: str
    reason: str
    drafts: int

    @property
    def offered(self) -> bool:
        """Whether the form can be begun."""
        return self.retired_at is None and self.about is not FormAbout.PAPER


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One answered form in a list. `replaced`: a finished correction took its place.

    `put_away_at` and `reason` are of a draft that was begun by mistake.
    """

    id: str
    form_id: str
    version: str
    titles: Mapping[str, str]
    case_id: str | None
    draft: bool
    corrects_id: str | None
    replaced: bool
    started_at: datetime | None
    finished_at: datetime | None
    answered_by_id: str | None
    answered_by: str
    put_away_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AnswerEntry:
    """One answered form with the version that it is bound to, to go on with it or to read it."""

    row: AnswerRow
    form: StoredForm
    language: str
    state: str
    instance: str
    files: tuple[AttachmentRow, ...] = ()
    limits: MediaLimits | None = None


def title_in(titles: Mapping[str, str] | None, language: str) -> str:
    """A title in a language, else in English, else in whichever there is."""
    known = titles or {}
    return known.get(language) or known.get("en") or next(iter(known.values()), "")


def forms_in_use(session: Session, shipped: Iterable[KnownForm]) -> tuple[FormRow, ...]:
    """Every form, shipped or published, retired ones included, by id. What was published stands before what came."""
    versions: dict[str, list[FormVersion]] = {}
    for version in session.scalars(select(FormVersion).where(FormVersion.removed_at.is_(None))):
        versions.setdefault(version.form_id or "", []).append(version)
    standing = {one.form_id or "": one for one in session.scalars(select(FormStanding))}
    names, drafts = members.names(session), _drafts(session)
    known = {form.form_id: form for form in shipped}
    rows = []
    for form_id in sorted({*known, *versions}):
        newest, own, now = in_force(versions.get(form_id, ())), known.get(form_id), standing.get(form_id)
        rows.append(
            FormRow(
                form_id=form_id,
                version=(newest.version or "") if newest else own.version if own else "",
                version_id=newest.id if newest else "",
                titles=(newest.titles or {}) if newest else own.titles if own else {},
                about=_about(newest.about) if newest else own.about if own else FormAbout.PAPER,
                shipped=newest is None,
                versions=len(versions.get(form_id, ())),
                published_at=newest.published_at if newest else None,
                published_by=names.get(newest.published_by or "", "") if newest else "",
                retired_at=now.retired_at if now else None,
                retired_by=names.get(now.retired_by or "", "") if now else "",
                reason=(now.reason or "") if now else "",
                drafts=drafts.get(form_id, 0),
            )
        )
    return tuple(rows)


def versions_of(session: Session, form_id: str) -> tuple[VersionRow, ...]:
    """Every published version of a form, the newest first."""
    asked = select(FormVersion).where(FormVersion.form_id == form_id, FormVersion.removed_at.is_(None))
    found = sorted(session.scalars(asked), key=age, reverse=True)
    newest = in_force(found)
    names = members.names(session)
    return tuple(
        VersionRow(
            id=one.id,
            form_id=form_id,
            version=one.version or "",
            titles=one.titles or {},
            languages=tuple(one.languages or ()),
            about=_about(one.about),
            published_at=one.published_at,
            published_by=names.get(one.published_by or "", ""),
            workbook_name=one.workbook_name or "",
            in_force=one is newest,
            size=sum(len(text) for text in (one.xform, one.workbook, *(one.attachments or {}).values()) if text),
        )
        for one in found
    )


def workbook_of(session: Session, version_id: str) -> tuple[str, str, StoredForm]:
    """The workbook of a version, packed, its file name, and the version itself. Raises NotFound."""
    found = session.get(FormVersion, version_id)
    if found is None:
        raise NotFound(UNKNOWN)
    return found.workbook or "", found.workbook_name or "", _stored(found)


def stored_form(session: Session, row: FormRow) -> StoredForm:
    """The version of a form that is in force. Raises NotFound."""
    if not row.version_id:
        return StoredForm(form_id=row.form_id, version=row.version)
    return workbook_of(session, row.version_id)[2]


def answers_of_case(session: Session, case_id: str) -> tuple[AnswerRow, ...]:
    """What was answered in a case, the newest first."""
    return _rows(session, FormAnswer.case_id == case_id)


def answers_alone(session: Session, form_id: str | None = None) -> tuple[AnswerRow, ...]:
    """What was answered outside cases and may be read on this device, the newest first."""
    wanted = [FormAnswer.case_id.is_(None)]
    return _rows(session, *wanted, *([FormAnswer.form_id == form_id] if form_id else []))


def answers_for(session: Session, member_id: str, role: Role) -> tuple[AnswerRow, ...]:
    """What was answered outside cases, as far as it concerns a person in a role: their own answers, and those on forms
    that the role begins; a supervisor sees all of it (domain.md 20.1).
    """
    rows = answers_alone(session)
    return tuple(
        row for row in rows if role is Role.SUP or row.answered_by_id == member_id or role in beginners(row.form_id)
    )


def put_away(session: Session, member_id: str, case_id: str | None = None) -> tuple[AnswerRow, ...]:
    """Drafts that were put away: of a case, or those of a person outside cases. The newest first."""
    of_whom = FormAnswer.case_id == case_id if case_id else FormAnswer.case_id.is_(None)
    found = _rows(session, of_whom, kept=False)
    return tuple(row for row in found if case_id or row.answered_by_id == member_id)


def answer(session: Session, answer_id: str, *, today: date = date.max) -> AnswerEntry:
    """One answered form. Raises NotFound when it, or the version that it was answered on, is not here.

    `today` is the day whose settings say how large its files may be.
    """
    found = _answer(session, answer_id)
    (row,) = _rows(session, FormAnswer.id == answer_id)
    files = attachments_of(session, answer_id)
    return AnswerEntry(
        row,
        _bound(session, found),
        found.language or "en",
        found.state or "",
        found.instance or "",
        files,
        limits(session, today),
    )


def answer_to_print(session: Session, answer_id: str) -> StoredAnswer:
    """An answered form for a page. Raises NotFound."""
    found = _answer(session, answer_id)
    return StoredAnswer(
        form=_bound(session, found),
        titles=found.titles or {},
        state=found.state or "",
        files={row.ref: _file(row) for row in attachments_of(session, answer_id) if row.ref},
        draft=found.status is not FormAnswerState.FINISHED,
        corrects=found.corrects_id is not None,
        person=_person(session, found.case_id),
        answered_by=members.names(session).get(found.answered_by or "", ""),
        answered_at=found.finished_at or found.started_at,
    )


def blank_to_print(session: Session, form_id: str) -> StoredAnswer:
    """The blank of a form: the published version in force; with no version said, the one that Haven ships."""
    asked = select(FormVersion).where(FormVersion.form_id == form_id, FormVersion.removed_at.is_(None))
    newest = in_force(session.scalars(asked).all())
    if newest is None:
        return StoredAnswer(form=StoredForm(form_id=form_id))
    return StoredAnswer(form=_stored(newest), titles=newest.titles or {})


def _file(row: AttachmentRow) -> StoredFile:
    sealed = row.sealed
    named = None if sealed is None else SealedRow(key=sealed.key, chunks=list(sealed.chunks), size=sealed.size)
    return StoredFile(name=row.name, media_type=row.media_type, caption=row.caption, sealed=named)


def _about(found: object) -> FormAbout:
    """What a newer version of Haven calls otherwise is for paper here: nobody can tell who may read it."""
    return found if isinstance(found, FormAbout) else FormAbout.PAPER


def _stored(version: FormVersion) -> StoredForm:
    return StoredForm(
        form_id=version.form_id or "",
        version=version.version or "",
        xform=version.xform or "",
        attachments=dict(version.attachments or {}),
    )


def _answer(session: Session, answer_id: str) -> FormAnswer:
    found = session.get(FormAnswer, answer_id)
    if found is None or found.removed_at is not None:
        raise NotFound(NO_ANSWER)
    return found


def _bound(session: Session, found: FormAnswer) -> StoredForm:
    if found.form_version_id is None:
        return StoredForm(form_id=found.form_id or "", version=found.form_version or "")
    return workbook_of(session, found.form_version_id)[2]


def _person(session: Session, case_id: str | None) -> str:
    case = session.get(Case, case_id) if case_id else None
    person = session.get(Person, case.person_id) if case is not None and case.person_id else None
    return display_name(person) if person is not None else ""


def _drafts(session: Session) -> dict[str, int]:
    found: dict[str, int] = {}
    asked = select(FormAnswer.form_id).where(
        FormAnswer.status == FormAnswerState.DRAFT, FormAnswer.removed_at.is_(None), FormAnswer.form_id.is_not(None)
    )
    for form_id in session.scalars(asked):
        found[form_id or ""] = found.get(form_id or "", 0) + 1
    return found


def _rows(session: Session, *conditions: ColumnElement[bool], kept: bool = True) -> tuple[AnswerRow, ...]:
    there = FormAnswer.removed_at.is_(None) if kept else FormAnswer.removed_at.is_not(None)
    asked = select(FormAnswer).where(there, *conditions)
    found = sorted(session.scalars(asked), key=lambda one: (_moment(one), one.id), reverse=True)
    names = members.names(session)
    ids = [one.id for one in found]
    done = select(FormAnswer.corrects_id).where(
        FormAnswer.corrects_id.in_(ids),
        FormAnswer.status == FormAnswerState.FINISHED,
        FormAnswer.removed_at.is_(None),
    )
    replaced = set(session.scalars(done))
    return tuple(
        AnswerRow(
            id=one.id,
            form_id=one.form_id or "",
            version=one.form_version or "",
            titles=one.titles or {},
            case_id=one.case_id,
            draft=one.status is not FormAnswerState.FINISHED,
            corrects_id=one.corrects_id,
            replaced=one.id in replaced,
            started_at=one.started_at,
            finished_at=one.finished_at,
            answered_by_id=one.answered_by,
            answered_by=names.get(one.answered_by or "", ""),
            put_away_at=one.removed_at,
            reason=one.removed_reason or "",
        )
        for one in found
    )


def _moment(one: FormAnswer) -> str:
    at = one.removed_at or one.finished_at or one.started_at
    return at.isoformat() if at is not None else ""
