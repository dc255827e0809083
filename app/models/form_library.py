"""Forms that the service published, and what was answered on them (`docs/decisions/0018-published-forms.md`).

A published version never changes: a changed form is another version. An answer is bound to one version for good.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Code, Json, Record
from app.models.vocab import FormAbout, FormAnswerState, ScopeKind


class FormVersion(Record):
    """One published version of a form, as every device runs it.

    `xform`, the values of `attachments` (by file name) and `workbook` are compressed and in base64
    (`app.forms.stored`). `replaces_id` is the version that was in force where this one was published. `titles` are by
    language code; `workbook_name` says of which kind the workbook was.
    """

    __tablename__ = "form_version"
    scope_kind = ScopeKind.AGENCY
    append_only = True

    form_id: Mapped[str | None] = mapped_column(index=True)
    version: Mapped[str | None]
    titles: Mapped[dict[str, str] | None] = mapped_column(Json)
    languages: Mapped[list[str] | None] = mapped_column(Json)
    about: Mapped[FormAbout | None] = mapped_column(Code(FormAbout))
    xform: Mapped[str | None]
    attachments: Mapped[dict[str, str] | None] = mapped_column(Json)
    workbook: Mapped[str | None]
    workbook_name: Mapped[str | None]
    published_at: Mapped[datetime | None]
    published_by: Mapped[str | None]
    replaces_id: Mapped[str | None]


class FormStanding(Record):
    """Whether a form is offered at all. Its id follows from the agency and the form, shipped forms included."""

    __tablename__ = "form_standing"
    scope_kind = ScopeKind.AGENCY

    form_id: Mapped[str | None] = mapped_column(index=True)
    retired_at: Mapped[datetime | None]
    retired_by: Mapped[str | None]
    reason: Mapped[str | None]


class FormAnswer(Record):
    """One answered form: in a case, or by itself. `about` says in which kind of scope it is kept.

    `form_version_id` is None for a version that Haven ships. `state` is what filling goes on from, `instance` the
    finished submission, both compressed and in base64. `corrects_id` is the finished answer that this one replaces.
    """

    __tablename__ = "form_answer"
    scope_kind = ScopeKind.FORM_ANSWER

    case_id: Mapped[str | None] = mapped_column(index=True)
    form_id: Mapped[str | None] = mapped_column(index=True)
    form_version: Mapped[str | None]
    form_version_id: Mapped[str | None] = mapped_column(index=True)
    titles: Mapped[dict[str, str] | None] = mapped_column(Json)
    about: Mapped[FormAbout | None] = mapped_column(Code(FormAbout))
    status: Mapped[FormAnswerState | None] = mapped_column(Code(FormAnswerState))
    language: Mapped[str | None]
    state: Mapped[str | None]
    instance: Mapped[str | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    answered_by: Mapped[str | None]
    corrects_id: Mapped[str | None] = mapped_column(index=True)
