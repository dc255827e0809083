"""Which input a question gets: the one table from kind, type and appearance to a widget."""

from __future__ import annotations

from app.forms.session import FormSession
from app.forms.views import NodeView
from app.views.forms.attaching import FileInput, PictureInput, SoundInput
from app.views.forms.base import Input
from app.views.forms.choosing import (
    IN_SIGHT,
    SHORT,
    SIDE_BY_SIDE,
    DropInput,
    ManyInput,
    OneInput,
    SeveralInput,
    TickInput,
)
from app.views.forms.files import AnswerFiles, longest_edge
from app.views.forms.numbers import NumberInput, RangeInput
from app.views.forms.places import LineInput, PointInput
from app.views.forms.ranking import RankInput
from app.views.forms.signing import SignatureInput
from app.views.forms.texts import DigitsInput, KeptElsewhereInput, NoteInput, TextInput
from app.views.forms.times import DateInput, MomentInput, MonthInput, TimeInput, YearInput

_NARROWS = {"minimal", "autocomplete", "autocomplete_chars", "autocomplete_noedit"}
_DRAWN = {"signature", "draw", "annotate"}


def make(session: FormSession, view: NodeView, files: AnswerFiles | None = None) -> Input | None:
    """The input of a question; None for a note, which is only read. Without `files` none can be kept."""
    looks = set(view.appearance.split())
    match view.kind:
        case "select1":
            return _one(session, view, looks)
        case "select":
            few = len(session.choices(view.path)) <= 2 * IN_SIGHT and not looks & _NARROWS
            return SeveralInput() if few else ManyInput()
        case "rank":
            return RankInput()
        case "trigger":
            return TickInput()
        case "range":
            return RangeInput(view.parameters)
        case "upload":
            return SignatureInput(files) if looks & _DRAWN else _upload(view, files)
        case _:
            return _typed(session, view, looks)


def _upload(view: NodeView, files: AnswerFiles | None) -> Input:
    if files is None:
        return KeptElsewhereInput()
    wanted = view.parameters.get("mediatype", "").partition("/")[0]
    if wanted == "image":
        return PictureInput(files, longest_edge(view.parameters))
    return SoundInput(files) if wanted == "audio" else FileInput(files)


def is_note(view: NodeView) -> bool:
    """Whether a question is only read: nothing may be typed, and nothing stands there."""
    return view.kind == "input" and view.type == "string" and view.readonly and not view.value and not view.calculated


def _one(session: FormSession, view: NodeView, looks: set[str]) -> Input:
    choices = session.choices(view.path)
    if looks & _NARROWS or (len(choices) > IN_SIGHT and "likert" not in looks):
        return DropInput()
    short = all(len(choice.label) <= SHORT for choice in choices)
    beside = looks & {"likert", "horizontal", "horizontal-compact", "columns", "columns-pack", "quick"}
    return OneInput(column=not beside and (len(choices) > SIDE_BY_SIDE or not short))


def _typed(session: FormSession, view: NodeView, looks: set[str]) -> Input | None:
    if is_note(view):
        return None
    now = session.runtime.now
    match view.type:
        case "int" | "decimal":
            return NumberInput(whole=view.type == "int")
        case "date" if "month-year" in looks:
            return MonthInput()
        case "date" if "year" in looks:
            return YearInput()
        case "date":
            return DateInput(now)
        case "time":
            return TimeInput(now)
        case "dateTime":
            return MomentInput(now)
        case "geopoint":
            return PointInput()
        case "geotrace" | "geoshape":
            return LineInput()
    if "multiline" in looks or view.parameters.get("rows"):
        return NoteInput(_lines(view.parameters.get("rows", "")))
    return DigitsInput() if "numbers" in looks else TextInput()


def _lines(rows: str) -> int:
    return min(max(int(rows), 2), 12) if rows.isdecimal() and len(rows) < 4 else 3
