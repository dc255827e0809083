"""What a vault is called on this computer's list: chosen by its owner, readable to whoever opens the computer."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.profile import LONGEST_LABEL, plain_line
from app.views.common.banner import Banner
from app.views.common.dialog import Dialog
from app.views.common.field import Field
from app.views.common.text import LineEdit
from app.words import tr


class LabelDialog(Dialog):
    """One line; `chosen` is told the name."""

    def __init__(self, parent: QWidget, label: str, chosen: Callable[[str], None]) -> None:
        super().__init__(lambda: tr("Name of this vault"), lambda: tr("Save"), parent)
        self.setObjectName("label")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.accept_button.setObjectName("label.save")
        self.line = LineEdit()
        self.line.setObjectName("label.line")
        self.line.setMaxLength(LONGEST_LABEL)
        self.line.set_value(label)
        self._field = Field(
            lambda: tr("Name"),
            self.line,
            hint=lambda: tr("At most {most} characters.", most=LONGEST_LABEL),
            required=True,
        )
        self.add(
            Banner(
                "warning",
                lambda: tr(
                    "Anyone who opens this computer sees it, before a passphrase is typed. Do not write your name "
                    "or what you work on."
                ),
            )
        )
        self.add(self._field)
        self.accepted.connect(lambda: chosen(self.line.value() or ""))

    def check(self) -> bool:
        """Something that can be seen stands there."""
        there = bool(plain_line(self.line.value(), LONGEST_LABEL))
        self._field.set_error(None if there else lambda: tr("Please type a name."))
        return there
