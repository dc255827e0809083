"""The dialog: a title, a body, and one way on. Escape always leaves without doing anything."""

from __future__ import annotations

from itertools import count
from typing import Any

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QLayout, QScrollArea, QVBoxLayout, QWidget

from app.views import style
from app.views.common.banner import Banner
from app.views.common.buttons import Button, DangerButton, PrimaryButton, SecondaryButton
from app.views.common.spots import last_press
from app.views.common.text import Heading, LineEdit, PlainLabel
from app.views.common.wording import Wording, say
from app.views.hiding import is_leaving
from app.words import tr

_COUNT = count(1)
_ROOM_AROUND = 80
"""What stays free above and below the highest dialog, for its frame and the system's bars."""


class DialogButtons(QFrame):
    """The strip at the foot of a dialog."""


class DialogBody(QWidget):
    """What stands above the strip."""

    outgrown = Signal()
    """What stands in it asks for another room than before."""

    def event(self, event: QEvent) -> bool:
        """Tell when something in it was shown, hidden or became higher."""
        handled = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self.outgrown.emit()
        return handled


class Dialog(QDialog):
    """What every dialog is. `add` fills the body; `accept_button` does it, `cancel_button` and Escape do not.

    A subclass checks in `check()` before it is accepted and says what is missing with `complain`.
    """

    def __init__(
        self,
        title: Wording,
        accept: Wording,
        parent: QWidget | None = None,
        *,
        text: Wording = "",
        danger: bool = False,
        cancel: Wording = "",
        width: int = 560,
    ) -> None:
        super().__init__(parent)
        self.opened_at = 0
        """How many dialogs were opened before it."""
        self.is_open = False
        """Whether it was shown and not left yet; hiding everything for a lock does not count as leaving."""
        self.opened_by: dict[str, Any] | None = None
        """What was pressed to open it (`spots.last_press`)."""
        self._title_wording = title
        self.setModal(True)
        self._title = Heading(title, 2)
        self._complaint = Banner("danger", "")
        self._complaint.hide()
        self.body = QVBoxLayout()
        self.body.setSpacing(style.space(4))
        self.accept_button: Button = DangerButton(accept, filled=True) if danger else PrimaryButton(accept)
        self.cancel_button = SecondaryButton(cancel or (lambda: tr("Cancel")))
        self.accept_button.clicked.connect(self._on_accept)
        self.cancel_button.clicked.connect(self.reject)
        self._buttons = QHBoxLayout()
        self._lay_out(width)
        if say(text):
            self.add(PlainLabel(text))
        self.accept_button.setDefault(not danger)
        self._name()

    def add(self, widget: QWidget) -> None:
        """Put a widget at the end of the body."""
        self.body.addWidget(widget)

    def add_layout(self, layout: QLayout) -> None:
        """Put a layout at the end of the body."""
        self.body.addLayout(layout)

    def add_button(self, button: QWidget) -> None:
        """Put another button at the left of the foot."""
        self._buttons.insertWidget(0, button)

    def complain(self, sentence: Wording | None) -> None:
        """Say above the body what stands in the way; None takes it back."""
        self._complaint.set_message("danger", sentence or "")
        self._complaint.setVisible(bool(sentence and say(sentence)))
        if sentence and self.isVisible():
            self._area.verticalScrollBar().setValue(0)

    def check(self) -> bool:
        """Whether the dialog may be accepted now; a subclass complains when it may not."""
        return True

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._name()

    def _on_accept(self) -> None:
        if self.check():
            self.accept()

    def _name(self) -> None:
        self.setAccessibleName(say(self._title_wording))
        # The title bar may be read over a shoulder or in a task list: it never says what the dialog is about.
        self.setWindowTitle("Haven")

    def _lay_out(self, width: int) -> None:
        content = DialogBody()
        content.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        inner = QVBoxLayout(content)
        edge = style.space(5)
        inner.setContentsMargins(edge, edge, edge, edge)
        inner.setSpacing(style.space(4))
        inner.addWidget(self._title)
        inner.addWidget(self._complaint)
        inner.addLayout(self.body)
        inner.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(content)
        content.outgrown.connect(self._grow)
        foot = DialogButtons()
        self._area, self._content, self._foot = area, content, foot
        self._buttons = QHBoxLayout(foot)
        self._buttons.setContentsMargins(edge, style.space(4), edge, style.space(4))
        self._buttons.setSpacing(style.space(3))
        self._buttons.addStretch(1)
        self._buttons.addWidget(self.cancel_button)
        self._buttons.addWidget(self.accept_button)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(area, 1)
        whole.addWidget(foot)
        self.setMinimumWidth(min(width, 420))
        self._width = width

    def setVisible(self, visible: bool) -> None:
        """Show or hide; once everything is hidden for a lock, nothing comes to the screen any more."""
        super().setVisible(visible and not is_leaving())

    def showEvent(self, event: QShowEvent) -> None:
        """Be as high as the body needs, and never higher than the screen."""
        super().showEvent(event)
        if not self.is_open:
            self.is_open, self.opened_by, self.opened_at = True, last_press(), next(_COUNT)
        self.fit()

    def done(self, result: int) -> None:
        """Leave, one way or the other."""
        self.is_open = False
        super().done(result)

    @property
    def draft_name(self) -> str:
        """What tells this dialog from others: the key of its draft where it keeps one."""
        return f"{type(self).__name__}:{self.objectName()}"

    def fit(self) -> None:
        """Take the size that the body needs now; called again when a shown dialog gets much less to show."""
        self.resize(self._wanted(self._width))

    def _grow(self) -> None:
        """Keep everything in sight as the body grows, where the screen has room; never take back what was given."""
        if not self.isVisible():
            return
        grown = self._wanted(self.width()).expandedTo(self.size())
        if grown == self.size():
            return
        self.resize(grown)
        room = self.screen().availableGeometry()
        beyond = self.frameGeometry().bottom() - room.bottom()
        if beyond > 0:
            self.move(self.x(), max(room.top(), self.y() - beyond))

    def _wanted(self, width: int) -> QSize:
        """The size at which nothing of the body is hidden, or as near to it as the screen allows."""
        layout = self._content.layout()
        assert layout is not None, "the body has a layout"
        layout.activate()
        edges = 2 * self._area.frameWidth()
        most = self.screen().availableGeometry().size() - QSize(0, _ROOM_AROUND)
        least = layout.totalMinimumSize().width() + edges
        inside = max(width, least) - edges
        body = layout.totalHeightForWidth(inside) if layout.hasHeightForWidth() else layout.totalSizeHint().height()
        height = max(body, layout.totalMinimumSize().height()) + edges + self._foot.sizeHint().height()
        if height > most.height():
            least += self._area.verticalScrollBar().sizeHint().width()
        return QSize(max(width, least), height).boundedTo(most)


class ConfirmDialog(Dialog):
    """Asks before something is destroyed, and names it twice: `named` has to be typed (or is only shown, if empty)."""

    def __init__(
        self, title: Wording, text: Wording, accept: Wording, parent: QWidget | None = None, *, named: str = ""
    ) -> None:
        super().__init__(title, accept, parent, text=text, danger=True)
        self._named = named
        self._typed = LineEdit()
        if named:
            label = PlainLabel(lambda: tr("To go on, type: {name}", name=named), strong=True)
            label.setBuddy(self._typed)
            self._typed.setAccessibleName(tr("To go on, type: {name}", name=named))
            self._typed.changed.connect(self._on_typed)
            self.add(label)
            self.add(self._typed)
            self._on_typed()
        self.cancel_button.setDefault(True)

    def _on_typed(self) -> None:
        same = (self._typed.value() or "").casefold() == self._named.casefold()
        self.accept_button.setEnabled(same)
