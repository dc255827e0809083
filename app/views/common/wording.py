"""How widgets hold their words, so that a change of language reaches each of them."""

from __future__ import annotations

import html
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from app import words

# A string is data, shown as it stands. A callable says its text in the interface's language, whichever that is.
Wording = str | Callable[[], str]


def say(wording: Wording) -> str:
    """The text of a wording in the language of this moment."""
    return wording if isinstance(wording, str) else wording()


def plain_tooltip(text: str) -> str:
    """`text` as a tooltip that shows it literally: Qt reads tooltips as markup whenever they look like it."""
    return f"<qt>{html.escape(text)}</qt>" if text else ""


def button_text(text: str) -> str:
    """`text` for a Qt button, where a lone ampersand would vanish into a shortcut."""
    return text.replace("&", "&&")


def locale() -> QLocale:
    """How dates and numbers are written in the interface's language, in Canada."""
    language = QLocale.Language.French if words.current().code == "fr" else QLocale.Language.English
    return QLocale(language, QLocale.Country.Canada)


def _translate_qt(code: str) -> None:
    """Let Qt's own dialogs (saving a file, printing) speak the same language."""
    app = QCoreApplication.instance()
    if app is None:
        return
    for earlier in app.findChildren(QTranslator, "qt.words"):
        app.removeTranslator(earlier)
        earlier.deleteLater()
    translator = QTranslator(app)
    translator.setObjectName("qt.words")
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if code != "en" and translator.load(f"qtbase_{code}", folder):
        app.installTranslator(translator)


def use_language(code: str) -> None:
    """Make `code` the language of the interface and have every open window say its words anew."""
    words.use(code)
    QLocale.setDefault(locale())
    _translate_qt(code)
    for window in QApplication.topLevelWidgets():
        QCoreApplication.sendEvent(window, QEvent(QEvent.Type.LanguageChange))
