"""A dialog of fields for one verb: every act of this programme that asks something first is one of these."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.models.vocab import Listed
from app.views.common.choices import ChipChoice, SegmentedChoice
from app.views.common.form_dialog import FormDialog
from app.views.common.moments import Moment
from app.views.common.picker import ComboPicker
from app.views.common.wording import Wording
from app.views.programme import Context
from app.words import tr

Verb = Callable[[Any, Any], Any]


@dataclass(frozen=True)
class Ask:
    """One field: its name, its words, and what it is typed into."""

    name: str
    label: Wording
    control: QWidget
    required: bool = False
    wide: bool = False
    hint: Wording = ""
    part: Wording = ""
    """Begins a new part of the form with this title."""
    when: Callable[[Mapping[str, Any]], bool] | None = None
    """Whether it is asked for, by what stands in the other fields."""


@dataclass(frozen=True)
class Act:
    """What a dialog does: its words, the verb, and the command made of what was typed.

    `changes_only`: the command gets only the fields that differ from what was shown.
    """

    name: str
    title: Wording
    accept: Wording
    verb: Verb
    command: Callable[[dict[str, Any]], Any]
    text: Wording = ""
    said: Wording = ""
    subject: str = ""
    danger: bool = False
    changes_only: bool = False
    width: int = 760


class AskDialog(FormDialog):
    """Asks the fields and does the verb; `done_with` carries what it returned."""

    def __init__(
        self,
        context: Context,
        parent: QWidget,
        act: Act,
        asks: Sequence[Ask],
        values: Mapping[str, Any] | None = None,
        done: Callable[[Any], None] | None = None,
    ) -> None:
        super().__init__(
            context,
            parent,
            act.name,
            act.title,
            act.accept,
            subject=act.subject,
            text=act.text,
            said=act.said,
            danger=act.danger,
            width=act.width,
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._act, self._required = act, [one.name for one in asks if one.required]
        for one in asks:
            if one.part:
                self.part(one.part)
            self.ask(
                one.name,
                one.label,
                one.control,
                hint=one.hint,
                required=one.required,
                wide=one.wide,
                when=_asked(one.when, self) if one.when is not None else None,
            )
        self.begin(values)
        if done is not None:
            self.done_with.connect(done)

    def check(self) -> bool:
        """What has to be said is said."""
        if not super().check():
            return False
        typed = self.typed()
        for name in self._required:
            if self._asked(name) and typed[name] in (None, "", (), []):
                return self.refuse(name, lambda: tr("This has to be answered."))
        return True

    def request(self) -> tuple[Verb, Any]:
        """The verb with its command."""
        found = self.changes() if self._act.changes_only else self.typed()
        return self._act.verb, self._act.command({name: plain(value) for name, value in found.items()})


def _asked(when: Callable[[Mapping[str, Any]], bool], dialog: FormDialog) -> Callable[[], bool]:
    return lambda: when(dialog.typed())


def plain(value: Any) -> Any:
    """What was typed as a command takes it: moments as instants, clock times as text, nothing as None."""
    if isinstance(value, Moment):
        return value.when
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, tuple):
        return list(value)
    return None if value == "" else value


def decimal(text: str | None) -> float | None:
    """A number as people type it, with a point or a comma; None for what is none."""
    try:
        return float((text or "").strip().replace(",", ".").replace("−", "-"))
    except ValueError:
        return None


def options(listed: type[Listed]) -> list[tuple[Any, Wording]]:
    """The members of a closed list with their words."""
    return [(one, one.label) for one in listed]


def one_of(listed: type[Listed]) -> SegmentedChoice:
    """One of a few, all in sight."""
    return SegmentedChoice(options(listed))


def pick(listed: type[Listed]) -> ComboPicker:
    """One of many."""
    return ComboPicker(options(listed))


def some_of(listed: type[Listed]) -> ChipChoice:
    """Any number of a list."""
    return ChipChoice([(one.value, one.label) for one in listed])
