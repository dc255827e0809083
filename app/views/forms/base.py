"""What every input of a form is: a widget whose value is the answer as the form stores it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QLayout, QSizePolicy, QVBoxLayout, QWidget

from app.forms.views import ChoiceView
from app.views import style


class Input(QWidget):
    """An input for one question. `changed` speaks when the person changed the answer, never when it is shown."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(style.space(2))
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._named: list[tuple[QWidget, str]] = []

    def value(self) -> str:
        """The answer as the form stores it; empty for none. What cannot be read is given as it was typed."""
        raise NotImplementedError

    def show_value(self, value: str) -> None:
        """Show an answer of the form, also one that does not fit."""
        raise NotImplementedError

    def set_read_only(self, read_only: bool) -> None:
        """Show without letting it be changed."""
        raise NotImplementedError

    def complains(self) -> bool:
        """Whether the input says itself that it cannot read what was typed."""
        return False

    def next_part(self) -> bool:
        """Lead the keyboard to the following part of the same answer; False from the last one."""
        here = next((at for at, (part, _) in enumerate(self._named) if _has_keyboard(part)), len(self._named))
        if here + 1 >= len(self._named):
            return False
        self._named[here + 1][0].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def set_choices(self, choices: Sequence[ChoiceView]) -> None:
        """Offer these choices; only questions with choices have them."""

    def setObjectName(self, name: str) -> None:
        """Name the parts too: what is half typed in one finds the same one again."""
        super().setObjectName(name)
        for number, (part, _own) in enumerate(self._named, 1):
            part.setObjectName(f"{name}.{number}")

    def setAccessibleName(self, name: str) -> None:
        """Speak the question at every part that the keyboard can reach."""
        super().setAccessibleName(name)
        for part, own in self._named:
            part.setAccessibleName(f"{name}, {own}" if own else name)

    def setAccessibleDescription(self, description: str) -> None:
        """Speak hint and error at every part that the keyboard can reach."""
        super().setAccessibleDescription(description)
        for part, _own in self._named:
            part.setAccessibleDescription(description)

    def _put(self, part: QWidget, own: str = "") -> None:
        """Put a part at the end; `own` is what it is called beside the question."""
        self._column.addWidget(part)
        self._name(part, own)

    def _put_row(self, row: QLayout) -> None:
        self._column.addLayout(row)

    def _name(self, part: QWidget, own: str = "") -> None:
        self._named.append((part, own))
        if self.focusProxy() is None:
            self.setFocusProxy(part)


def _has_keyboard(part: QWidget) -> bool:
    focused = QApplication.focusWidget()
    return focused is not None and (part is focused or part.isAncestorOf(focused))
