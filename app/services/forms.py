"""Forms as the service's own people publish them, and the answers given on them (`docs/forms.md`).

An answer stays bound to the version that it was begun with. A finished one never changes: correcting it begins
another answer, which takes its place when it is finished.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.errors import NotAllowed, NotFound, RuleBroken
from app.forms import shipped, stored
from app.forms.definition import FormDefinition, load
from app.forms.session import FormSession
from app.models.form_library import FormAnswer, FormStanding, FormVersion
from app.models.rules import forms as rules
from app.models.vocab import AuditAction, FormAbout, FormAnswerState, ScopeKind
from app.models.work import Work
from app.services.attachments import attachments_of
from app.services.directory import agency_scope
from app.services.form_files import AnswerFile, attach_file, copy_files, drop_unnamed, refs_of
from app.services.permission import ROLE, case_to_write, require_reason, require_role
from app.services.records import GONE, add, all_of, ensure
from app.services.records import load as load_record

_SEED = 2**31


@dataclass(frozen=True, kw_only=True)
class PublishForm:
    """Publish a checked form to every device. `xml` is its XForm, `attachments` its lists by file name.

    `workbook` is what the author wrote, kept so that the next change can begin from it.
    """

    xml: bytes
    about: FormAbout
    attachments: Mapping[str, bytes] = field(default_factory=dict)
    workbook: bytes | None = None
    workbook_name: str = ""


@dataclass(frozen=True, kw_only=True)
class RetireForm:
    """Nobody begins this form any more; drafts are still finished on it."""

    form_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ReinstateForm:
    """A retired form is offered again."""

    form_id: str


@dataclass(frozen=True, kw_only=True)
class StartAnswer:
    """Begin to answer a form, on the version that is in force now. `language` is a code that the form may know."""

    form_id: str
    case_id: str | None = None
    language: str = "en"


@dataclass(frozen=True, kw_only=True)
class SaveAnswer:
    """Keep a draft as it stands, complete or not. `state` is what `FormSession.state()` gave."""

    answer_id: str
    state: bytes


@dataclass(frozen=True, kw_only=True)
class FinishAnswer:
    """Finish a draft: refused, naming the first question, while something is missing or does not fit.

    `signed` are the signatures and drawings that became files at this moment; the state names them already.
    """

    answer_id: str
    state: bytes
    signed: tuple[AnswerFile, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CorrectAnswer:
    """Begin a new version of a finished answer."""

    answer_id: str


@dataclass(frozen=True, kw_only=True)
class AttachToAnswer:
    """Keep a file with a draft, from the moment it was chosen."""

    answer_id: str
    file: AnswerFile


@dataclass(frozen=True, kw_only=True)
class ExportFile:
    """A copy of a file leaves the vault."""

    answer_id: str
    ref: str


@dataclass(frozen=True, kw_only=True)
class DropAnswer:
    """Put a draft away that was begun by mistake, with a reason. A finished answer is never put away."""

    answer_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class RestoreAnswer:
    """Take a draft up again that was put away."""

    answer_id: str


# Publishing


def publish_form(work: Work, command: PublishForm) -> str:
    """Publish a version; its id. Raises FormRefused for what cannot be run, RuleBroken for what may not go out."""
    require_role(work, FormVersion)
    form = load(command.xml, command.attachments)
    _check_names(form)
    _check_is_new(work, form)
    xform = stored.packed(command.xml)
    attachments = {name: stored.packed(data) for name, data in sorted(command.attachments.items())}
    workbook = stored.packed(command.workbook) if command.workbook else None
    before = rules.in_force(_published(work, form.id))
    size = len(xform) + sum(map(len, attachments.values()))
    if size > rules.LONGEST:
        raise RuleBroken(rules.TOO_LARGE, size=rules.kilobytes(size), limit=rules.kilobytes(rules.LONGEST))
    if workbook is not None and size + len(workbook) > rules.LONGEST:
        workbook = None
    made = add(
        work,
        FormVersion,
        agency_scope(work),
        form_id=form.id,
        version=form.version,
        titles=stored.titles_of(form),
        languages=list(form.languages),
        about=command.about,
        xform=xform,
        attachments=attachments or None,
        workbook=workbook,
        workbook_name=command.workbook_name if workbook else None,
        published_at=work.now(),
        published_by=work.actor.member_id,
        replaces_id=before.id if before is not None else None,
    )
    standing = work.session.get(FormStanding, _standing_id(work, form.id))
    if standing is not None and standing.retired_at is not None:
        _offer_again(standing)
    return made.id


def retire_form(work: Work, command: RetireForm) -> None:
    """Take a form out of use, shipped or published."""
    require_role(work, FormStanding)
    reason = require_reason(command.reason)
    if not _published(work, command.form_id) and not _newest_shipped(command.form_id):
        raise NotFound(rules.UNKNOWN)
    standing = ensure(
        work, FormStanding, agency_scope(work), _standing_id(work, command.form_id), form_id=command.form_id
    )
    if standing.retired_at is not None:
        raise RuleBroken(rules.RETIRED)
    standing.retired_at, standing.retired_by, standing.reason = work.now(), work.actor.member_id, reason


def reinstate_form(work: Work, command: ReinstateForm) -> None:
    """Offer a retired form again."""
    require_role(work, FormStanding)
    standing = work.session.get(FormStanding, _standing_id(work, command.form_id))
    if standing is None or standing.retired_at is None:
        raise RuleBroken(rules.NOT_RETIRED)
    _offer_again(standing)


def _offer_again(standing: FormStanding) -> None:
    standing.retired_at, standing.retired_by, standing.reason = None, None, None


def _check_names(form: FormDefinition) -> None:
    if not form.id.strip():
        raise RuleBroken(rules.NO_ID)
    if not form.version.strip():
        raise RuleBroken(rules.NO_VERSION)
    if max(len(form.id), len(form.version)) > rules.LONGEST_NAME:
        raise RuleBroken(rules.LONG_NAME, limit=rules.LONGEST_NAME)


def _check_is_new(work: Work, form: FormDefinition) -> None:
    if any(known.version == form.version for known in _published(work, form.id)):
        raise RuleBroken(rules.TAKEN, version=form.version)
    if shipped.find(form.id, form.version) is not None:
        raise RuleBroken(rules.SHIPPED, version=form.version)


def _published(work: Work, form_id: str) -> list[FormVersion]:
    return all_of(work, FormVersion, FormVersion.form_id == form_id)


def _newest_shipped(form_id: str) -> shipped.ShippedForm | None:
    return next((form for form in shipped.shipped() if form.id == form_id), None)


def _standing_id(work: Work, form_id: str) -> str:
    return work.child_id(agency_scope(work), f"form {form_id}")


# Answering


@dataclass(frozen=True)
class _Bound:
    """The version that a new answer is bound to."""

    version: str
    version_id: str | None
    titles: dict[str, str]
    about: FormAbout


def start_answer(work: Work, command: StartAnswer) -> str:
    """Begin a form; the answer's id."""
    require_role(work, FormAnswer)
    standing = work.session.get(FormStanding, _standing_id(work, command.form_id))
    if standing is not None and standing.retired_at is not None:
        raise RuleBroken(rules.RETIRED)
    if work.actor.role not in rules.beginners(command.form_id):
        raise NotAllowed(ROLE)
    bound = _in_force(work, command.form_id)
    answer_id = work.new_id()
    scope_id = _scope(work, bound.about, command.case_id, answer_id)
    answer = add(
        work,
        FormAnswer,
        scope_id,
        id=answer_id,
        case_id=command.case_id,
        form_id=command.form_id,
        form_version=bound.version,
        form_version_id=bound.version_id,
        titles=bound.titles,
        about=bound.about,
        status=FormAnswerState.DRAFT,
        started_at=work.now(),
        answered_by=work.actor.member_id,
    )
    form = _definition(work, answer)
    session = _session(work, form, language=stored.language_for(form, command.language))
    _put_state(answer, session)
    return answer.id


def save_answer(work: Work, command: SaveAnswer) -> None:
    """Keep a draft."""
    answer = draft_to_write(work, command.answer_id)
    _put_state(answer, _session(work, _definition(work, answer), state=command.state))


def attach_to_answer(work: Work, command: AttachToAnswer) -> str:
    """Keep a file with a draft; what the answer says of it. What the finished answer does not say is destroyed."""
    attach_file(work, draft_to_write(work, command.answer_id), command.file)
    return command.file.ref


def export_file(work: Work, command: ExportFile) -> None:
    """Note that a copy of a file is saved outside. Raises NotFound for a file that the answer does not have."""
    answer = _answer_to_write(work, command.answer_id)
    found = next((one for one in attachments_of(work, answer.id) if one.ref == command.ref), None)
    if found is None:
        raise NotFound(rules.UNKNOWN_FILE)
    work.audit(AuditAction.EXPORT, kind=found.__tablename__, record_id=found.id)


def finish_answer(work: Work, command: FinishAnswer) -> None:
    """Finish a draft. Raises RuleBroken naming the first question that keeps it from being complete."""
    answer = draft_to_write(work, command.answer_id)
    session = _session(work, _definition(work, answer), state=command.state)
    problems = session.finish()
    if problems:
        first = problems[0]
        question = session.node(first.path).label or first.path.rpartition("/")[2]
        text = rules.NOT_COMPLETE if len(problems) > 1 else rules.NOT_COMPLETE_ONE
        raise RuleBroken(text, field=first.path, count=len(problems), question=question, message=first.message)
    for file in command.signed:
        attach_file(work, answer, file)
    drop_unnamed(work, answer.id, refs_of(session))
    _put_state(answer, session)
    answer.instance = stored.packed(session.instance_xml())
    _check_size(answer)
    answer.status, answer.finished_at = FormAnswerState.FINISHED, work.now()
    answer.answered_by = work.actor.member_id


def correct_answer(work: Work, command: CorrectAnswer) -> str:
    """Begin a correction of a finished answer, on the same version; the new answer's id."""
    earlier = _answer_to_write(work, command.answer_id)
    if earlier.status is not FormAnswerState.FINISHED:
        raise RuleBroken(rules.DRAFT)
    if all_of(work, FormAnswer, FormAnswer.corrects_id == earlier.id):
        raise RuleBroken(rules.CORRECTED)
    answer_id = work.new_id()
    made = add(
        work,
        FormAnswer,
        _scope(work, _about(earlier), earlier.case_id, answer_id),
        id=answer_id,
        **{name: getattr(earlier, name) for name in _BOUND},
        status=FormAnswerState.DRAFT,
        started_at=work.now(),
        answered_by=work.actor.member_id,
        corrects_id=earlier.id,
    )
    copy_files(work, earlier, made)
    return made.id


_BOUND = ("case_id", "form_id", "form_version", "form_version_id", "titles", "about", "language", "state")
"""What a correction takes over."""


def drop_answer(work: Work, command: DropAnswer) -> None:
    """Put a draft away; it leaves every list but the one of what was put away. Its files stay with it."""
    answer = draft_to_write(work, command.answer_id)
    answer.removed_at, answer.removed_reason = work.now(), require_reason(command.reason)


def restore_answer(work: Work, command: RestoreAnswer) -> None:
    """Take a draft up again, with all that was answered. Refused when another correction was begun meanwhile."""
    require_role(work, FormAnswer)
    answer = work.session.get(FormAnswer, command.answer_id)
    if answer is None:
        raise NotFound(GONE)
    _check_writer(work, answer)
    if answer.removed_at is None:
        raise RuleBroken(rules.NOT_PUT_AWAY)
    if answer.corrects_id and all_of(work, FormAnswer, FormAnswer.corrects_id == answer.corrects_id):
        raise RuleBroken(rules.CORRECTED)
    answer.removed_at, answer.removed_reason = None, None


def _in_force(work: Work, form_id: str) -> _Bound:
    newest = rules.in_force(_published(work, form_id))
    if newest is not None:
        about = newest.about if isinstance(newest.about, FormAbout) else FormAbout.PAPER
        return _Bound(newest.version or "", newest.id, newest.titles or {}, about)
    own = _newest_shipped(form_id)
    if own is None:
        raise NotFound(rules.UNKNOWN)
    return _Bound(own.version, None, own.titles, rules.ABOUT.get(form_id, FormAbout.PAPER))


def _scope(work: Work, about: FormAbout, case_id: str | None, answer_id: str) -> str:
    """Where an answer is kept: the case's facts, a scope of its own, or the agency's."""
    if about is FormAbout.CASE:
        if case_id is None:
            raise RuleBroken(rules.NEEDS_CASE, field="case_id")
        return case_to_write(work, case_id, FormAnswer).scope_id
    if about is FormAbout.PAPER:
        raise RuleBroken(rules.FOR_PAPER)
    if case_id is not None:
        raise RuleBroken(rules.NO_CASE, field="case_id")
    if about is FormAbout.SERVICE:
        return agency_scope(work)
    return work.open_scope(ScopeKind.FORM_ANSWER, answer_id)


def _about(answer: FormAnswer) -> FormAbout:
    return answer.about if isinstance(answer.about, FormAbout) else FormAbout.PAPER


def _answer_to_write(work: Work, answer_id: str) -> FormAnswer:
    """The answer, for the workers of its case, or for who began it."""
    require_role(work, FormAnswer)
    answer = load_record(work, FormAnswer, answer_id)
    _check_writer(work, answer)
    return answer


def _check_writer(work: Work, answer: FormAnswer) -> None:
    if answer.case_id is not None:
        case_to_write(work, answer.case_id, FormAnswer)
    elif answer.answered_by != work.actor.member_id:
        raise NotAllowed(rules.NOT_YOURS)


def draft_to_write(work: Work, answer_id: str) -> FormAnswer:
    """A draft, for who may go on with it. Raises RuleBroken for a finished one."""
    answer = _answer_to_write(work, answer_id)
    if answer.status is not FormAnswerState.DRAFT:
        raise RuleBroken(rules.FINISHED)
    return answer


def _definition(work: Work, answer: FormAnswer) -> FormDefinition:
    """The version that an answer is bound to, whatever came after it. Raises NotFound while it has not arrived."""
    if answer.form_version_id is None:
        return shipped.definition(answer.form_id or "", answer.form_version or "")
    version = work.session.get(FormVersion, answer.form_version_id)
    if version is None or not version.xform:
        raise NotFound(rules.UNKNOWN)
    return stored.definition(version.xform, version.attachments or {})


def _session(work: Work, form: FormDefinition, **how: Any) -> FormSession:
    zone = ZoneInfo(str(work.setting("service.timezone")))

    def now() -> datetime:
        return work.now().astimezone(zone)

    def new_uuid() -> str:
        return str(uuid.UUID(work.new_id()))

    return FormSession(form, now=now, seed=int(work.new_id(), 16) % _SEED, new_uuid=new_uuid, **how)


def _put_state(answer: FormAnswer, session: FormSession) -> None:
    answer.state, answer.language = stored.packed(session.state()), stored.code_of(session.language) or None
    _check_size(answer)


def _check_size(answer: FormAnswer) -> None:
    size = len(answer.state or "") + len(answer.instance or "")
    if size > rules.LONGEST:
        raise RuleBroken(rules.ANSWER_TOO_LARGE, size=rules.kilobytes(size), limit=rules.kilobytes(rules.LONGEST))
