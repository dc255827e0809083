"""What every step is: fields by name, what is stored of them, and the verb that saves what changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.views import style
from app.views.common.field import Field
from app.views.common.form import FormLayout
from app.views.common.text import Heading, QuietText
from app.views.common.wording import Wording
from app.views.crisis.capture.state import Capture

Control = TypeVar("Control", bound=QWidget)
Verb = Callable[[Any, Any], Any]


class CaptureStep(QWidget):
    """One screen. A subclass asks its fields, says in `shown` what is stored, and in `request` what saves it."""

    changed = Signal()

    def __init__(self, capture: Capture, name: str, title: Wording, hint: Wording = "") -> None:
        super().__init__()
        self.capture, self.name = capture, name
        self.setObjectName(f"capture.{name}")
        self._fields: dict[str, Field] = {}
        self._conditions: dict[str, Callable[[], bool]] = {}
        self._stored: dict[str, Any] = {}
        self._form: FormLayout | None = None
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(style.space(5))
        self.body.addWidget(Heading(title, 2))
        if hint:
            self.body.addWidget(QuietText(hint))

    def part(self, title: Wording = "") -> None:
        """Begin a new part."""
        if title:
            self.body.addWidget(Heading(title, 3))
        self._form = FormLayout()
        self.body.addWidget(self._form)

    def ask(
        self,
        name: str,
        label: Wording,
        control: Control,
        *,
        hint: Wording = "",
        wide: bool = False,
        when: Callable[[], bool] | None = None,
    ) -> Control:
        """Ask one field."""
        if self._form is None:
            self.part()
        assert self._form is not None, "a part was begun"
        field = Field(label, control, hint=hint)
        control.setObjectName(f"capture.{self.name}.{name}")
        self._form.add(field, wide=wide)
        self._fields[name] = field
        if when is not None:
            self._conditions[name] = when
        control.changed.connect(lambda: self._on_changed(name))  # type: ignore[attr-defined]  # every input has it
        return control

    def typed(self) -> dict[str, Any]:
        """What stands in each field now."""
        return {name: field.control.value() for name, field in self._fields.items()}  # type: ignore[attr-defined]

    def fill(self, values: Mapping[str, Any]) -> None:
        """Put values into the fields of the same name."""
        for name, value in values.items():
            if name in self._fields:
                self._fields[name].control.set_value(value)  # type: ignore[attr-defined]  # every input has it
        self.renew()

    def show_stored(self) -> None:
        """Show what the vault holds, and take it as what need not be saved again."""
        self.fill(self.shown())
        self.mark_saved()

    def mark_saved(self) -> None:
        """What stands in the fields now is saved."""
        self._stored = self.typed()

    def changes(self) -> dict[str, Any]:
        """The fields that differ from what is stored."""
        now = self.typed()
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in now.items()
            if value != self._stored.get(name)
        }

    def is_answered(self) -> bool:
        """Whether anything was answered in this step."""
        return any(value not in (None, "", (), [], {}, False) for value in self.typed().values())

    def shown(self) -> dict[str, Any]:
        """What the vault (or the request) says about the fields of this step."""
        return {}

    def check(self) -> bool:
        """Whether everything that was typed can be read."""
        for field in self._fields.values():
            valid = getattr(field.control, "is_valid", None)
            if not field.isHidden() and callable(valid) and not valid():
                field.control.setFocus()
                return False
        return True

    def request(self) -> tuple[Verb, Any] | None:
        """The verb that saves what changed, or None when nothing did."""
        raise NotImplementedError

    def saved(self, result: Any) -> None:
        """Take what the verb returned."""

    def refuse(self, name: str, sentence: Wording) -> bool:
        """Say at a field what is wrong; False, for `return self.refuse(...)` in `check`."""
        if name not in self._fields:
            return False
        self._fields[name].set_error(sentence)
        self._fields[name].control.setFocus()
        return False

    def has(self, name: str | None) -> bool:
        """Whether a field of this name is asked here."""
        return name in self._fields

    def renew(self) -> None:
        """Show and hide what depends on other answers."""
        for name, asked in self._conditions.items():
            self._fields[name].setVisible(asked())

    def entered(self) -> None:
        """The step comes into view."""

    def _on_changed(self, name: str) -> None:
        self._fields[name].set_error(None)
        self.renew()
        self.changed.emit()
