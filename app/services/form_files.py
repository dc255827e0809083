"""Files in answers: pictures, recordings, documents and signatures, by the name that the answer says (`ref`)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from app.errors import RuleBroken
from app.forms.session import FormSession
from app.models.form_library import FormAnswer
from app.models.rules import attachments as rules
from app.models.rules.attachments import Kept
from app.models.work import Work
from app.services.attachments import attach, attachments_of, detach, kept_of


@dataclass(frozen=True, kw_only=True)
class AnswerFile:
    """A file whose bytes are kept; `ref` is what the answer says, `caption` the name that was typed to sign."""

    ref: str
    kept: Kept
    caption: str = ""


def attach_file(work: Work, answer: FormAnswer, file: AnswerFile) -> None:
    """Give an answer a file. The same file twice stays one."""
    if not rules.is_ref(file.ref):
        raise RuleBroken(rules.WRONG_NAMES)
    if all(one.ref != file.ref for one in attachments_of(work, answer.id)):
        attach(work, answer, file.kept, ref=file.ref, caption=file.caption)


def drop_unnamed(work: Work, answer_id: str, refs: Collection[str]) -> None:
    """Destroy what an answer does not say any more."""
    for one in attachments_of(work, answer_id):
        if one.ref not in refs:
            detach(work, one)


def copy_files(work: Work, earlier: FormAnswer, made: FormAnswer) -> None:
    """Let a correction name the same files, in its own scope; each keeps them for itself from here on."""
    for one in attachments_of(work, earlier.id):
        kept = kept_of(one)
        if kept is not None:
            attach(work, made, kept, ref=one.ref, caption=one.caption)


def refs_of(session: FormSession) -> frozenset[str]:
    """What the questions for files say, those included that are not asked now: their answer may come back."""
    nodes = session.engine.root.below()
    return frozenset(node.value for node in nodes if session.form.bind(node.spec).type == "binary" and node.value)
