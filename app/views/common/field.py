"""A labelled input: the label above, a hint, the input, and what is wrong with it when something is."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.views.common.picture import Picture
from app.views.common.text import PlainLabel, QuietText
from app.views.common.wording import Wording, say
from app.words import tr


class FieldLabel(PlainLabel):
    """The label of an input; touching it leads to the input."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Lead to the input."""
        super().mouseReleaseEvent(event)
        control = self.buddy()
        if control is not None and control.isEnabled():
            control.setFocus(Qt.FocusReason.MouseFocusReason)


class Field(QWidget):
    """Wraps any input. The label is the input's accessible name; hint and error are its accessible description."""

    def __init__(
        self,
        label: Wording,
        control: QWidget,
        *,
        hint: Wording = "",
        required: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.control = control
        self._label_wording, self._hint_wording, self._required = label, hint, required
        self._error_wording: Wording = ""
        self._label = FieldLabel(label, strong=True)
        self._label.setBuddy(control)
        self._mark = QuietText(lambda: tr("(required)"))
        self._hint = QuietText(hint)
        self._error = PlainLabel()
        self._error.set_kind("danger")
        self._error_row = self._make_error_row()
        self._lay_out()
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.set_required(required)
        self.set_error(None)

    def set_required(self, required: bool) -> None:
        """Mark the field as one that must be answered before the record is complete."""
        self._required = required
        self._mark.setVisible(required)
        self._speak()

    def set_error(self, sentence: Wording | None) -> None:
        """Say what is wrong and what to do about it; None when nothing is."""
        self._error_wording = sentence or ""
        self._error.set_text(self._error_wording)
        wrong = bool(say(self._error_wording))
        self._error_row.setVisible(wrong)
        for widget in (self.control, *self.control.findChildren(QWidget)):
            if bool(widget.property("invalid")) != wrong:
                widget.setProperty("invalid", wrong)
                widget.style().unpolish(widget)
                widget.style().polish(widget)
        self._speak()

    def error(self) -> str:
        """The sentence shown now, or an empty text."""
        return say(self._error_wording)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._speak()

    def _make_error_row(self) -> QWidget:
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(Picture("danger", "danger", 18), 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._error, 1)
        return row

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(6)
        self._label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._mark.setWordWrap(False)
        head.addWidget(self._label, 0 if self._short_label() else 1)
        head.addWidget(self._mark)
        if self._short_label():
            head.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.control)
        # Below, so that inputs side by side stand on one line whatever is said about each.
        column.addWidget(self._hint)
        column.addWidget(self._error_row)
        column.addStretch(1)
        self._hint.setVisible(bool(say(self._hint_wording)))

    def _short_label(self) -> bool:
        """A short label stays on one line beside its mark; a question as long as a sentence wraps."""
        short = len(say(self._label_wording)) <= 40
        self._label.setWordWrap(not short)
        return short

    def _speak(self) -> None:
        label = say(self._label_wording)
        self.control.setAccessibleName(tr("{label}, required", label=label) if self._required else label)
        said = [say(self._error_wording), say(self._hint_wording)]
        self.control.setAccessibleDescription(" ".join(text for text in said if text))
