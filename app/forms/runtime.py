"""What expressions ask of the session: the clock, chance, lists, texts in the session's language, and choices."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime
from random import Random

from app.forms import external
from app.forms.data import Label, Text
from app.forms.program import Choices, Compiled
from app.forms.tree import Element, Node
from app.forms.xpath.compiled import Exhausted, Frame
from app.words import LANGUAGES, current, in_language

_CODE = re.compile(r"\(([A-Za-z-]+)\)\s*\Z")
_NO_TRANSLATION = "-"
MEDIA_KINDS = ("image", "audio", "video", "big-image")
"""Forms of a text that name a file."""


class SessionRuntime:
    """Serves one session. `language` is one of the form's; `random` and shuffles follow from `seed`."""

    def __init__(
        self,
        form: Compiled,
        *,
        language: str,
        now: Callable[[], datetime],
        seed: int,
        new_uuid: Callable[[], str],
        properties: Mapping[str, str],
    ) -> None:
        self.form = form
        self.language = language
        self.random = Random(seed)
        self.properties = properties
        self.version = form.data.version
        self.new_uuid = new_uuid
        self._now = now
        self._seed = seed
        self._always: dict[Choices, dict[str, None]] = {}
        self._lists: dict[str, Element] = {}
        self.frame: Frame | None = None

    def now(self) -> datetime:
        """The present, in the zone of the device."""
        found = self._now()
        return found if found.tzinfo is not None else found.replace(tzinfo=UTC)

    @property
    def language_code(self) -> str:
        """The code in brackets of the language's name, `fr` of `Français (fr)`; empty when it has none."""
        hit = _CODE.search(self.language)
        return hit.group(1).replace("-", "_") if hit else ""

    def items(self, name: str) -> Element:
        """The list of that name, made when first asked for."""
        found = self._lists.get(name)
        if found is None:
            table = next(table for table in self.form.data.tables if table.name == name)
            found = self._lists[name] = external.elements(table)
        return found

    def shuffle_seed(self, node: Node) -> int:
        """The seed for a shuffle that names none: the same for a node all session long."""
        return zlib.crc32(f"{self._seed}{node.path}".encode())

    # Texts

    def itext(self, identifier: str) -> str:
        """The text of that identifier in the session's language."""
        assert self.frame is not None
        return self.written(self._text(identifier, ""), self.frame.home)

    def template(self, label: Label | None) -> Text:
        """A text before the values of answers are put into it."""
        if label is None:
            return ()
        return (self._text(label.itext, "") if label.itext else ()) or label.plain

    def label(self, label: Label | None, node: Node, form: str = "") -> str:
        """A text about a node; `form` is short, guidance or a kind of media."""
        if label is None:
            return ""
        if label.itext:
            found = self._text(label.itext, form)
            if found or form:
                return self.written(found, node)
        return "" if form else self.written(label.plain, node)

    def media(self, label: Label | None) -> dict[str, str]:
        """The files of a text by their kind (image, audio, video, big-image), in the session's language."""
        if label is None or label.itext not in self.form.with_media:
            return {}
        found: dict[str, str] = {}
        for language in (self.form.data.default_language, self.language):
            for form, text in self.form.data.itext.get(language, {}).get(label.itext, {}).items():
                words = "".join(piece for piece in text if isinstance(piece, str))
                if form in MEDIA_KINDS and words not in ("", _NO_TRANSLATION):
                    found[form] = words.rpartition("/")[2]
        return found

    def _text(self, identifier: str, form: str) -> Text:
        """In the session's language; where that has none, in the form's first."""
        itext = self.form.data.itext
        for language in (self.language, self.form.data.default_language, *itext):
            found = itext.get(language, {}).get(identifier, {}).get(form)
            if found is not None and found != (_NO_TRANSLATION,):
                return found
        return ()

    def written(self, text: Text, node: Node) -> str:
        """The words of a text, with the values that stand in it."""
        if len(text) == 1 and isinstance(text[0], str):
            return text[0]
        return "".join(piece if isinstance(piece, str) else self._output(piece, node) for piece in text)

    def _output(self, expression: int, node: Node) -> str:
        run = self.form.texts.get((expression, node.spec))
        if run is None or self.frame is None:
            return ""
        home, self.frame.home = self.frame.home, node
        try:
            return str(run(node, self._afresh()))
        except Exhausted:
            return ""
        finally:
            self.frame.home = home

    # Choices

    def choices(self, node: Node) -> Iterator[tuple[str, str, Label | None]]:
        """Value, label and (where it has media) the text of each choice of the question at a node."""
        control = self.form.controls.get(node.spec)
        if control is None or self.frame is None:
            return
        for item in control.items:
            yield item.value, self.label(item.label, node), item.label
        dynamic = self.form.choices.get(node.spec)
        if dynamic is None:
            return
        home, self.frame.home = self.frame.home, node
        try:
            frame = self._afresh()
            for found in dynamic.nodes(node, frame):
                yield dynamic.value(found, frame), dynamic.label(found, frame), _itext_of(found)
        except Exhausted:
            return
        finally:
            self.frame.home = home

    def offered(self, node: Node) -> Collection[str]:
        """The values of the choices of the question at a node, each once."""
        control = self.form.controls.get(node.spec)
        found = {} if control is None else dict.fromkeys(item.value for item in control.items)
        dynamic = self.form.choices.get(node.spec)
        if dynamic is None or self.frame is None:
            return found
        if dynamic.always and not found:
            always = self._always.get(dynamic)
            if always is None:
                always = self._always[dynamic] = self._values(dynamic, node)
            return always
        return {**found, **self._values(dynamic, node)}

    def _values(self, dynamic: Choices, node: Node) -> dict[str, None]:
        assert self.frame is not None
        home, self.frame.home = self.frame.home, node
        try:
            frame = self._afresh()
            return dict.fromkeys(dynamic.value(one, frame) for one in dynamic.nodes(node, frame))
        except Exhausted:
            return {}
        finally:
            self.frame.home = home

    def _afresh(self) -> Frame:
        """The frame, for something that is shown and no part of an act."""
        assert self.frame is not None
        self.frame.budget.renew()
        return self.frame

    def choice_label(self, node: Node, value: str) -> str:
        """The label of a choice of the question at a node."""
        return next((label for found, label, _ in self.choices(node) if found == value), "")

    def say(self, text: str, **values: object) -> str:
        """A sentence of ours in the language that the form is shown in; in the interface's where it is not ours."""
        code = self.language_code.partition("_")[0]
        return (in_language(code) if code in LANGUAGES else current()).tr(text, **values)


def _itext_of(found: object) -> Label | None:
    if isinstance(found, Element):
        for child in found.named("itextId"):
            return Label(child.value)
    return None
