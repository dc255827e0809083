"""What stands above and below a page of a form: progress, the list of questions, the language, and turning pages."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.views import style
from app.views.common.buttons import QuietButton, SecondaryButton
from app.views.common.picker import ComboPicker
from app.views.common.text import QuietText
from app.views.forms.progress import AnsweredBar
from app.words import tr


class FormHead(QWidget):
    """Progress, the button of the list of questions, and the form's languages where it has several."""

    language_chosen = Signal(str)

    def __init__(self, languages: Sequence[str], language: str) -> None:
        super().__init__()
        self.progress = AnsweredBar()
        self.jump = QuietButton(lambda: tr("Go to a question"), "list")
        self.jump.setObjectName("form.jump")
        self._language = ComboPicker([(name, _plain_name(name)) for name in languages])
        self._language.setObjectName("form.language")
        self._language.setMaximumWidth(200)
        self._language.changed.connect(self._on_language)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(style.space(3))
        row.addWidget(self.progress, 1)
        row.addWidget(self.jump)
        row.addWidget(self._language)
        # Shown before it stood in the row, it would be a window of its own for a moment and take the keyboard away.
        self._language.setVisible(len(languages) > 1)
        self.show_language(language)

    def show_language(self, language: str) -> None:
        """Show which language the form is in."""
        self._shown = language
        self._language.set_value(language)
        self._language.setAccessibleName(tr("Language of the form"))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the interface's language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._language.setAccessibleName(tr("Language of the form"))

    def _on_language(self) -> None:
        chosen = self._language.value()
        if chosen is None:
            # A form is always in one of its languages; an emptied line shows it again.
            self._language.set_value(self._shown)
        else:
            self.language_chosen.emit(str(chosen))


class PageFoot(QWidget):
    """Back, where one is, and on. `turned` carries -1 or 1."""

    turned = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._number, self._count = 1, 1
        self._back = SecondaryButton(lambda: tr("Back"), "chevron-left")
        self._next = SecondaryButton(lambda: tr("Next page"), "chevron-right")
        self._back.setObjectName("form.back")
        self._next.setObjectName("form.next")
        self._back.clicked.connect(lambda: self.turned.emit(-1))
        self._next.clicked.connect(lambda: self.turned.emit(1))
        self._where = QuietText(lambda: tr("Page {number} of {count}", number=self._number, count=self._count))
        self._where.setWordWrap(False)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, style.space(2), 0, 0)
        row.setSpacing(style.space(3))
        row.addWidget(self._back)
        row.addStretch(1)
        row.addWidget(self._where)
        row.addStretch(1)
        row.addWidget(self._next)

    def show_place(self, number: int, count: int) -> None:
        """Show that one is on page `number` of `count`; a form of one page needs no foot."""
        self._number, self._count = number, count
        self._where.say_again()
        self._back.setEnabled(number > 1)
        self._next.setEnabled(number < count)
        self.setVisible(count > 1)

    def lead_on(self) -> bool:
        """Put the keyboard on the way to the next page; False on the last one."""
        if not self._next.isEnabled() or not self._next.isVisible():
            return False
        self._next.setFocus(Qt.FocusReason.TabFocusReason)
        return True


def _plain_name(language: str) -> str:
    """`Français` of `Français (fr)`."""
    return language.rpartition(" (")[0] or language
