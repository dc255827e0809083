"""The kinds of message, each with an icon and a word, so that none depends on colour alone."""

from __future__ import annotations

from typing import Literal

from app.words import tr

Kind = Literal["info", "success", "warning", "danger"]
ICONS: dict[str, str] = {"info": "info", "success": "check-circle", "warning": "warning", "danger": "danger"}


def spoken(kind: str) -> str:
    """The word that a screen reader says before a message of this kind."""
    return {
        "info": tr("Note"),
        "success": tr("Done"),
        "warning": tr("Careful"),
        "danger": tr("Important"),
    }[kind]
