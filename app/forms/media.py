"""The pictures and recordings that the texts of a form show, by the names of their files."""

from __future__ import annotations

from app.forms.definition import FormDefinition
from app.forms.runtime import MEDIA_KINDS

NOT_WRITTEN = frozenset({"", "-"})
"""What the converter writes where a language has none."""


def media_files(definition: FormDefinition) -> tuple[str, ...]:
    """Every file that some language shows beside a label or a choice, in the order of their names."""
    found: set[str] = set()
    for texts in definition.compiled.data.itext.values():
        for forms in texts.values():
            for kind, text in forms.items():
                words = "".join(piece for piece in text if isinstance(piece, str))
                if kind in MEDIA_KINDS and words not in NOT_WRITTEN:
                    found.add(words.rpartition("/")[2])
    return tuple(sorted(found - NOT_WRITTEN))
