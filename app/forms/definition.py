"""A form that can be answered: read once from its XForm, kept compiled, the same for everyone who answers it."""

from __future__ import annotations

import gc
import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property

import msgspec

from app.errors import EnvironmentProblem
from app.forms.data import Control, FormData
from app.forms.problems import Finding
from app.forms.program import Compiled
from app.forms.xform import Reader
from app.words import mark

_MAGIC = b"HVNFORM\x01"
_DIGEST = 32
DAMAGED = mark("The stored form is damaged. Publish or load it again.")
ANOTHER_VERSION = mark("The stored form was prepared by another version of Haven. It is prepared again.")


_CODE = re.compile(r"\(([A-Za-z]{2,3})(?:-[A-Za-z]+)?\)\s*\Z")
_TITLE = re.compile(r"(?:^|[:}])title_([a-z]{2,3})\Z")


def code_of(language: str) -> str:
    """`fr` of `Français (fr)`; empty when the language does not say its code."""
    found = _CODE.search(language)
    return found[1].lower() if found else ""


class FormDefinition:
    """An immutable form. `body` is the tree of its pages, groups and questions; `warnings` what was left aside."""

    def __init__(self, data: FormData, warnings: tuple[Finding, ...] = ()) -> None:
        self.data = data
        self.warnings = warnings

    @property
    def id(self) -> str:
        """The form's identifier."""
        return self.data.id

    @property
    def version(self) -> str:
        """The form's version, any text."""
        return self.data.version

    @property
    def title(self) -> str:
        """The title that people see."""
        return self.data.title or self.data.id

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """The title by language code. Further languages come from root attributes such as `title_fr`."""
        found = {code_of(self.default_language) or "en": self.title}
        for name, text in self.data.root_attributes.items():
            hit = _TITLE.search(name)
            if hit and text.strip():
                found.setdefault(hit[1], text.strip())
        return found

    def title_in(self, language: str) -> str:
        """The title in a language of the form; the plain one where it has none of it."""
        return self.titles.get(code_of(language), self.title)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages as the form names them, such as `English (en)`; none for a form in one language."""
        return self.data.languages

    @property
    def default_language(self) -> str:
        """The language that is shown first."""
        return self.data.default_language

    @property
    def body(self) -> tuple[Control, ...]:
        """What is asked, in order."""
        return self.data.body

    @property
    def functions(self) -> tuple[str, ...]:
        """The functions that its expressions call."""
        return tuple(sorted(self.compiled.functions))

    @cached_property
    def compiled(self) -> Compiled:
        """Its rules as closures, and what depends on what."""
        with _without_collecting():
            return Compiled(self.data)

    def to_bytes(self) -> bytes:
        """The form as it is cached: loads much faster than its XForm."""
        payload = msgspec.msgpack.encode(self.data)
        return _MAGIC + hashlib.sha256(payload).digest() + payload

    @classmethod
    def from_bytes(cls, data: bytes) -> FormDefinition:
        """What `to_bytes` wrote. Raises EnvironmentProblem when the bytes are damaged or of another version."""
        if data[: len(_MAGIC)] != _MAGIC:
            raise EnvironmentProblem(ANOTHER_VERSION if data.startswith(_MAGIC[:-1]) else DAMAGED)
        digest, payload = data[len(_MAGIC) : len(_MAGIC) + _DIGEST], memoryview(data)[len(_MAGIC) + _DIGEST :]
        if hashlib.sha256(payload).digest() != digest:
            raise EnvironmentProblem(DAMAGED)
        try:
            with _without_collecting():
                return cls(msgspec.msgpack.decode(payload, type=FormData))
        except (msgspec.DecodeError, msgspec.ValidationError):
            raise EnvironmentProblem(ANOTHER_VERSION) from None


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Compiling makes many objects that all stay: looking for garbage among them takes half of the time.

    Frozen and thawed, they count as old, and the next small collection does not go through all of them.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.freeze()
            gc.unfreeze()
            gc.enable()


def load(xml: bytes, attachments: Mapping[str, bytes] | None = None) -> FormDefinition:
    """The form of an XForm; `attachments` are its lists by file name. Raises FormRefused naming all that is wrong."""
    with _without_collecting():
        reader = Reader(xml, attachments or {})
        definition = FormDefinition(reader.read())
    definition.warnings = (*reader.warnings, *definition.compiled.warnings)
    return definition
