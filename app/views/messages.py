"""One road to the user's eyes, usable before a window exists; tests listen on it and read what a person reads."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QObject, Signal

from app.errors import HavenError
from app.words import tr


class Tone(StrEnum):
    """How a message is shown."""

    INFO = "info"
    SUCCESS = "success"
    WARNING = "warning"
    DANGER = "danger"


class Messages(QObject):
    """Says sentences. Until a window listens, the last one is kept for it."""

    said = Signal(str, object)
    """(sentence, Tone)."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.last: tuple[str, Tone] | None = None

    def say(self, sentence: str, tone: Tone = Tone.INFO) -> None:
        """Show a sentence that is already in the person's language."""
        self.last = (sentence, tone)
        self.said.emit(sentence, tone)

    def failed(self, problem: BaseException) -> None:
        """Show what went wrong: our own errors say it themselves, anything else stays general and holds no value."""
        self.say(sentence_of(problem), Tone.DANGER)


def sentence_of(problem: BaseException) -> str:
    """The sentence for a problem that is safe to show."""
    if isinstance(problem, HavenError):
        return problem.sentence
    return tr("Something went wrong in Haven. What was saved before is safe; please try again.")
