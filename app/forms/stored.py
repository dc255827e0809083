"""A form and its answers as records hold them: compressed text, and the definition that it is again."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from functools import lru_cache

import zstandard

from app.errors import EnvironmentProblem
from app.forms.definition import DAMAGED, FormDefinition, code_of, load
from app.forms.limits import LIMITS

_WINDOW = 8 * 1024 * 1024
_READY = 12
"""How many definitions stay ready: a person works with few forms at a time."""


def packed(data: bytes) -> str:
    """Bytes as the text of a record."""
    return base64.b64encode(zstandard.ZstdCompressor(level=10).compress(data)).decode("ascii")


def unpacked(text: str, most: int = LIMITS.unpacked) -> bytes:
    """What `packed` made a text of, at most `most` bytes. Raises EnvironmentProblem when it is damaged or larger."""
    try:
        plain = base64.b64decode(text, validate=True)
        reader = zstandard.ZstdDecompressor(max_window_size=_WINDOW).stream_reader(plain)
        data: bytes = reader.read(most + 1)
    except (zstandard.ZstdError, binascii.Error, ValueError):
        raise EnvironmentProblem(DAMAGED) from None
    if len(data) > most:
        raise EnvironmentProblem(DAMAGED)
    return data


def definition(xform: str, attachments: Mapping[str, str]) -> FormDefinition:
    """The form of a packed XForm with its packed lists; the last few stay ready. Raises FormRefused as `load` does."""
    return _definition(xform, tuple(sorted(attachments.items())))


@lru_cache(maxsize=_READY)
def _definition(xform: str, attachments: tuple[tuple[str, str], ...]) -> FormDefinition:
    return load(unpacked(xform), {name: unpacked(text) for name, text in attachments})


def language_for(form: FormDefinition, code: str) -> str:
    """The language of the form that has this code; its own first one when it has none."""
    return next((language for language in form.languages if code_of(language) == code), form.default_language)


def titles_of(form: FormDefinition) -> dict[str, str]:
    """The title by language code, as records hold it."""
    return dict(form.titles)
