"""The forms that Haven ships: tables in text under `resources/forms`, offered without having been published.

A version that was shipped once stays: a form that is changed gets a new version, and the file of the old one moves to
`resources/forms/earlier/NAME-VERSION.md`, because drafts and answers of people are bound to it.
"""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path

import msgspec

from app import resources
from app.errors import NotFound
from app.forms.convert import to_xform
from app.forms.definition import FormDefinition, load
from app.words import mark

UNKNOWN = mark("This version of Haven does not hold that form.")
_FOLDER, _EARLIER = "forms", "earlier"


class ShippedForm(msgspec.Struct, frozen=True):
    """One shipped form; `titles` are by language code, `earlier` says that a newer version of it is shipped too."""

    id: str
    version: str
    titles: dict[str, str]
    file: Path
    earlier: bool = False

    @property
    def attachments(self) -> dict[str, bytes]:
        """The lists that it asks for, by file name."""
        words = self.file.read_text(encoding="utf-8")
        lists = resources.path(_FOLDER).glob("*.csv")
        return {one.name: one.read_bytes() for one in sorted(lists) if one.name in words}


@cache
def shipped() -> tuple[ShippedForm, ...]:
    """Every shipped form, the newest version of each, by id."""
    return tuple(form for form in _all() if not form.earlier)


def find(form_id: str, version: str) -> ShippedForm | None:
    """One shipped version, earlier ones included."""
    return next((form for form in _all() if (form.id, form.version) == (form_id, version)), None)


@lru_cache(maxsize=16)
def definition(form_id: str, version: str) -> FormDefinition:
    """A shipped form, ready to be answered; the first time takes a second or two. Raises NotFound, FormRefused."""
    form = find(form_id, version)
    if form is None:
        raise NotFound(UNKNOWN)
    given = form.attachments
    made = to_xform(form.file.read_bytes(), form.file.name, attachments=given)
    return load(made.xml, {**given, **made.attachments})


@cache
def _all() -> tuple[ShippedForm, ...]:
    folder = resources.path(_FOLDER)
    newest = [_read(file, earlier=False) for file in sorted(folder.glob("*.md"))]
    return (*newest, *(_read(file, earlier=True) for file in sorted((folder / _EARLIER).glob("*.md"))))


def _read(file: Path, *, earlier: bool) -> ShippedForm:
    """What the sheet settings says, without converting the form."""
    rows = file.read_text(encoding="utf-8").partition("| settings |")[2].strip().splitlines()
    head, values = ([cell.strip() for cell in row.strip().strip("|").split("|")] for row in rows[:2])
    said = dict(zip(head, values, strict=False))
    titles = {"en": said["form_title"]}
    titles |= {name[-2:]: text for name, text in said.items() if ":title_" in name and text}
    return ShippedForm(said["form_id"], said["version"], titles, file, earlier)
