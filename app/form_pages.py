"""Between the vault and the page: lists what a form asks and what was answered, so that documents can draw it.

Reading a form runs its engine, so it happens where documents are drawn, beside the interface, and never in the vault.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from app.errors import HavenError, NotFound
from app.forms import outline, shipped, stored
from app.forms.definition import FormDefinition
from app.forms.session import FormSession
from app.models.rules.attachments import Sealed
from app.models.rules.forms import ABOUT, UNKNOWN
from app.models.vocab import FormAbout
from app.queries.form_rows import EmergencyCardRows, FormItem, FormRows, SealedRow, StoredAnswer, StoredForm
from app.queries.forms import KnownForm, title_in
from app.queries.sheet_rows import SheetRows

if TYPE_CHECKING:
    from app.views.programme import Draw


def drawing(draw: Callable[[Any, Any], bytes], opened: Callable[[Sealed], bytes] | None = None) -> Draw:
    """`draw`, which may also be handed a `StoredAnswer` or rows that name a picture, whose bytes `opened` reads."""
    read = opened or (lambda _: b"")

    def drawn(context: Any, rows: Any) -> bytes:
        if isinstance(rows, StoredAnswer):
            rows = form_rows(rows, context.language, read)
        elif isinstance(rows, EmergencyCardRows | SheetRows) and rows.photo is not None:
            rows = msgspec.structs.replace(rows, photo=None, picture=_bytes_of(rows.photo, read))
        return draw(context, rows)

    return drawn


def _bytes_of(row: SealedRow, read: Callable[[Sealed], bytes]) -> bytes:
    """The bytes, or none: a page without its picture is better than no page."""
    try:
        return read(Sealed(row.key, tuple(row.chunks), row.size))
    except HavenError:
        return b""


def known_forms() -> tuple[KnownForm, ...]:
    """The forms that Haven ships, for the lists of forms."""
    return tuple(
        KnownForm(form.id, form.version, form.titles, ABOUT.get(form.id, FormAbout.PAPER)) for form in shipped.shipped()
    )


def definition_of(form: StoredForm) -> FormDefinition:
    """A stored version, ready to be run. Takes up to two seconds for a shipped one. Raises NotFound, FormRefused."""
    if form.xform:
        return stored.definition(form.xform, form.attachments)
    version = form.version or next((one.version for one in shipped.shipped() if one.id == form.form_id), "")
    if not version:
        raise NotFound(UNKNOWN)
    return shipped.definition(form.form_id, version)


def form_rows(answer: StoredAnswer, language: str, read: Callable[[Sealed], bytes] = lambda _: b"") -> FormRows:
    """The rows of a page in a language of the form (its own first one when it has none of that code).

    `read` opens the pictures and signatures that were attached to the answer.
    """
    form = definition_of(answer.form)
    own = stored.language_for(form, language)
    items = outline.blank(form, own) if not answer.state else outline.filled(resumed(form, answer.state, own))
    return FormRows(
        title=title_in(stored.titles_of(form), language),
        version=form.version,
        items=[_with_file(item, answer, read) for item in msgspec.convert(msgspec.to_builtins(items), list[FormItem])],
        draft=answer.draft,
        corrects=answer.corrects,
        person=answer.person,
        answered_by=answer.answered_by,
        answered_at=answer.answered_at,
    )


def _with_file(item: FormItem, answer: StoredAnswer, read: Callable[[Sealed], bytes]) -> FormItem:
    """A question for a file, with what the file was called and, where it can be drawn, its bytes."""
    file = answer.files.get(item.value) if item.type == "binary" and item.value else None
    if file is None:
        return item
    drawn = file.media_type in _DRAWN and file.sealed is not None and file.sealed.size <= _MOST_DRAWN
    picture = _bytes_of(file.sealed, read) if drawn and file.sealed is not None else b""
    return msgspec.structs.replace(item, picture=picture, file_name=file.name or item.value, caption=file.caption)


_DRAWN = frozenset({"image/jpeg", "image/png"})
_MOST_DRAWN = 5_000_000
"""Bytes of a picture that goes to the page; one in a form is far smaller."""


def resumed(form: FormDefinition, state: str, language: str = "") -> FormSession:
    """A session over kept answers that is only read. Nothing in it is computed from the present again."""
    return FormSession(
        form,
        language=language,
        now=lambda: datetime.now(UTC),
        seed=1,
        new_uuid=lambda: str(UUID(int=0)),
        state=stored.unpacked(state),
    )
