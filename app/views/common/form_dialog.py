"""What every form in a dialog is: fields by name, a draft while typing, one verb, and refusals at the field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QWidget

from app.errors import RuleBroken
from app.views.common.dialog import Dialog
from app.views.common.draft_keeper import DraftKeeper
from app.views.common.field import Field
from app.views.common.form import FormLayout
from app.views.common.text import Heading
from app.views.common.wording import Wording
from app.views.messages import Tone, sentence_of
from app.views.programme import Context
from app.words import tr

Control = TypeVar("Control", bound=QWidget)
Verb = Callable[[Any, Any], Any]


class FormDialog(Dialog):
    """A dialog of fields. `name` begins the object names of its inputs (`name.field`) and the key of its draft.

    A subclass asks its fields with `ask`, says in `request` which verb with which command saves them, and may check
    more in `check`. `done` carries what the verb returned.
    """

    done_with = Signal(object)

    def __init__(
        self,
        context: Context,
        parent: QWidget,
        name: str,
        title: Wording,
        accept: Wording,
        *,
        subject: str = "",
        text: Wording = "",
        said: Wording = "",
        width: int = 760,
        danger: bool = False,
    ) -> None:
        super().__init__(title, accept, parent, text=text, width=width, danger=danger)
        self.context = context
        self._form_name, self._said = name, said
        self._fields: dict[str, Field] = {}
        self._conditions: dict[str, Callable[[], bool]] = {}
        self._initial: dict[str, Any] = {}
        self._form: FormLayout | None = None
        self._keeper = DraftKeeper(self, context.drafts, f"{name}:{subject}", self.typed, self._overlay)
        self.setObjectName(name)
        self.accept_button.setObjectName(f"{name}.save")
        self.cancel_button.setObjectName(f"{name}.cancel")
        QShortcut(QKeySequence.StandardKey.Save, self, self._on_accept)

    @property
    def draft_name(self) -> str:
        """The key of its draft."""
        return self._keeper.form

    def keep_typing(self) -> None:
        """Keep what is typed and not saved, now."""
        self._keeper.keep_now()

    def part(self, title: Wording = "") -> None:
        """Begin a new part of the form."""
        if title:
            self.add(Heading(title, 3))
        self._form = FormLayout()
        self.add(self._form)

    def ask(
        self,
        name: str,
        label: Wording,
        control: Control,
        *,
        hint: Wording = "",
        required: bool = False,
        wide: bool = False,
        when: Callable[[], bool] | None = None,
    ) -> Control:
        """Ask one field; `when` says whether it is asked for at all, by what stands in the others."""
        if self._form is None:
            self.part()
        assert self._form is not None, "a part was begun"
        field = Field(label, control, hint=hint, required=required)
        control.setObjectName(f"{self._form_name}.{name}")
        self._form.add(field, wide=wide)
        self._fields[name] = field
        if when is not None:
            self._conditions[name] = when
        control.changed.connect(lambda: self._on_changed(name))  # type: ignore[attr-defined]  # every input has it
        return control

    def begin(self, values: Mapping[str, Any] | None = None) -> None:
        """Show what is known already, then what an earlier sitting typed. Call it once all fields are asked."""
        self.fill(values or {})
        self._initial = self.typed()
        self._keeper.restore(self._on_restored)

    def fill(self, values: Mapping[str, Any]) -> None:
        """Put values into the fields of the same name."""
        for name, value in values.items():
            if name in self._fields:
                self._fields[name].control.set_value(value)  # type: ignore[attr-defined]  # every input has it
        self._show_conditions()

    def typed(self) -> dict[str, Any]:
        """What stands in each field now."""
        return {name: field.control.value() for name, field in self._fields.items()}  # type: ignore[attr-defined]

    def answers(self) -> dict[str, Any]:
        """What is answered: without what is empty or not asked for now; several choices as a list."""
        found = {name: _plain(value) for name, value in self.typed().items() if self._asked(name)}
        return {name: value for name, value in found.items() if value not in (None, "", [])}

    def changes(self) -> dict[str, Any]:
        """The fields that differ from what was shown at first, with their new values."""
        now = self.typed()
        return {name: _plain(value) for name, value in now.items() if value != self._initial.get(name)}

    def is_changed(self) -> bool:
        """Whether anything was changed since it was opened."""
        return bool(self.changes())

    def refuse(self, name: str, sentence: Wording) -> bool:
        """Say at a field what is wrong with it and go there; always False, for `return self.refuse(...)` in `check`."""
        field = self._fields[name]
        field.set_error(sentence)
        field.control.setFocus()
        self._area.ensureWidgetVisible(field, 0, 40)
        return False

    def check(self) -> bool:
        """Whether everything that was typed can be read."""
        for name, field in self._fields.items():
            valid = getattr(field.control, "is_valid", None)
            if self._asked(name) and callable(valid) and not valid():
                field.control.setFocus()
                return False
        return True

    def request(self) -> tuple[Verb, Any]:
        """The verb that saves, and its command."""
        raise NotImplementedError

    def saved(self, result: Any) -> None:
        """What happens once it is saved; the dialog closes by itself."""

    def reject(self) -> None:
        """Leave; what was typed stays as a draft and is there when the form is opened again."""
        self._keeper.keep_now()
        super().reject()

    def discard(self) -> None:
        """Leave and forget what was typed."""
        self._keeper.drop()
        super().reject()

    def send(self) -> None:
        """Do the verb now."""
        self.complain(None)
        for field in self._fields.values():
            field.set_error(None)
        verb, command = self.request()
        self.accept_button.setEnabled(False)
        self.context.tasks.write(self, self._keeper.saving(verb), command, self._on_saved, self._on_refused)

    def _on_accept(self) -> None:
        focused = QApplication.focusWidget()
        if focused is not None and self.isAncestorOf(focused):
            # What is typed into a date is read when the field is left, which Ctrl+S and Enter do not do by themselves.
            focused.clearFocus()
        if self.accept_button.isEnabled() and self.check():
            self.send()

    def _on_saved(self, result: Any) -> None:
        self._keeper.drop()
        if self._said:
            self.context.messages.say(self._said if isinstance(self._said, str) else self._said(), Tone.SUCCESS)
        self.accept()
        self.saved(result)
        self.done_with.emit(result)

    def _on_refused(self, problem: Exception) -> None:
        self._keeper.go_on()
        self.accept_button.setEnabled(True)
        if isinstance(problem, RuleBroken) and problem.field in self._fields:
            self.refuse(problem.field, lambda: problem.sentence)
            return
        self.complain(lambda: sentence_of(problem))
        self._area.verticalScrollBar().setValue(0)

    def _on_changed(self, name: str) -> None:
        self._fields[name].set_error(None)
        self._show_conditions()
        self._keeper.touch()

    def _overlay(self, values: Mapping[str, Any]) -> None:
        self.fill(values)

    def _on_restored(self, found: bool) -> None:
        if found:
            self.context.messages.say(tr("Here is what you typed before; it is not saved yet."))

    def _asked(self, name: str) -> bool:
        return name not in self._conditions or self._conditions[name]()

    def _show_conditions(self) -> None:
        for name, asked in self._conditions.items():
            self._fields[name].setVisible(asked())


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
