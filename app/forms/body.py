"""The body of an XForm: questions, groups, repeats, choices and their texts (ODK XForms: Body, Groups, Repeats)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from app.forms.data import NONE, Action, Control, Item, Itemset, Label
from app.forms.reading import JAVAROSA, Element, attribute, child, children, local
from app.words import mark

if TYPE_CHECKING:
    from app.forms.xform import Reader

UNKNOWN_CONTROL = mark("The kind of question “{name}” is not supported.")
SEARCH_UNSUPPORTED = mark("The appearance “search()” is not supported: use select_one_from_file instead.")
EXTERNAL_APP = mark("The appearance “{name}” asks for another application, which is not supported.")
NO_PLACE = mark("A question of the kind “{name}” does not say where its answer is kept.")

QUESTIONS = frozenset({"input", "select", "select1", "rank", "upload", "trigger", "range"})
_ITEXT = re.compile(r"\s*jr:itext\(\s*(['\"])(.*?)\1\s*\)\s*\Z", re.DOTALL)
_INSTANCE = re.compile(r"instance\(\s*['\"]([^'\"]+)['\"]\s*\)")
_SKIPPED = frozenset({"query", "ref", "nodeset", "bind", "appearance", "class"})


def itext_id(written: str) -> str:
    """The identifier of `jr:itext('...')`; empty for anything else."""
    hit = _ITEXT.match(written)
    return hit.group(2) if hit else ""


class BodyReader:
    """Reads controls; `actions` are those nested in them, `repeats` the places that repeat, `queried` the lists that
    external selects choose from.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.actions: list[Action] = []
        self.repeats: list[int] = []
        self.queried: list[str] = []

    def controls(self, parent: Element, context: str) -> list[Control]:
        """The controls below an element."""
        found = []
        for element in children(parent):
            name = local(element)
            if name in ("label", "hint", "value", "item", "itemset", "copy") or self._reader_action(element, context):
                continue
            control = self._control(element, name, context)
            if control is not None:
                found.append(control)
        return found

    def _reader_action(self, element: Element, context: str) -> bool:
        if "event" not in element.attrib:
            return False
        home = self._reader.paths.get(context, NONE)
        action = self._reader.action(element, home, context)
        if action is not None:
            self.actions.append(action)
        return True

    def _control(self, element: Element, name: str, context: str) -> Control | None:
        if name == "group":
            return self._group(element, context)
        if name == "repeat":
            return self._repeat(element, context)
        if name in QUESTIONS or name == "secret":
            return self._question(element, "input" if name == "secret" else name, context)
        self._reader.refused(UNKNOWN_CONTROL, context, "type", name=name)
        return None

    def _group(self, element: Element, context: str) -> Control:
        path = self._reader.bound(element, context)
        place = self._reader.place(path) if path else NONE
        return Control(
            kind="group",
            place=place,
            label=self._label(element, "label", path),
            hint=self._label(element, "hint", path),
            appearance=element.get("appearance") or "",
            attributes=_rest(element),
            children=tuple(self.controls(element, path or context)),
        )

    def _repeat(self, element: Element, context: str) -> Control:
        path = self._reader.bound(element, context)
        place = self._reader.place(path)
        if place != NONE:
            self.repeats.append(place)
        count = attribute(element, "count", JAVAROSA)
        return Control(
            kind="repeat",
            place=place,
            appearance=element.get("appearance") or "",
            attributes=_rest(element),
            children=tuple(self.controls(element, path)),
            count=self._reader.interned.expression(count, path, "repeat_count"),
            fixed=attribute(element, "noAddRemove", JAVAROSA).strip() in ("true()", "true"),
        )

    def _question(self, element: Element, kind: str, context: str) -> Control | None:
        path = self._reader.bound(element, context)
        if not path:
            self._reader.refused(NO_PLACE, context, "name", name=kind)
            return None
        place = self._reader.place(path)
        appearance = element.get("appearance") or ""
        self._refuse_appearance(appearance, path)
        itemset = child(element, "itemset")
        query = element.get("query") or ""
        for inner in children(element):
            self._reader_action(inner, path)
        return Control(
            kind="select1" if query else kind,
            place=place,
            label=self._label(element, "label", path),
            hint=self._label(element, "hint", path),
            appearance=appearance,
            attributes=_rest(element),
            items=tuple(self._item(item, path) for item in children(element, "item")),
            itemset=self._query(query, path) if query else None if itemset is None else self._itemset(itemset, path),
        )

    def _query(self, query: str, path: str) -> Itemset:
        """The choices of `select_one_external`: rows of itemsets.csv (XLSForm, "fast external itemsets")."""
        self.queried += _INSTANCE.findall(query)
        expression = self._reader.interned.expression
        return Itemset(
            expression(query, path, "choice_filter"), expression("name", path, ""), expression("label", path, "")
        )

    def _refuse_appearance(self, appearance: str, path: str) -> None:
        if "search(" in appearance:
            self._reader.refused(SEARCH_UNSUPPORTED, path, "appearance")
        elif appearance.startswith("ex:") or " ex:" in appearance:
            self._reader.refused(EXTERNAL_APP, path, "appearance", name=appearance.split("(")[0])

    def _item(self, element: Element, path: str) -> Item:
        value = child(element, "value")
        written = (value.text or "").strip() if value is not None else ""
        return Item(written, self._label(element, "label", path) or Label("", (written,)))

    def _itemset(self, element: Element, path: str) -> Itemset:
        value, label = child(element, "value"), child(element, "label")
        expression = self._reader.interned.expression
        return Itemset(
            expression(element.get("nodeset") or "", path, "choice_filter"),
            expression((value.get("ref") or "") if value is not None else "", path, "parameters"),
            expression((label.get("ref") or "") if label is not None else "", path, "parameters"),
        )

    def _label(self, element: Element, name: str, path: str) -> Label | None:
        found = child(element, name)
        if found is None:
            return None
        reference = found.get("ref") or ""
        identifier = itext_id(reference)
        if identifier:
            return Label(identifier, self._reader.interned.text(found, path))
        if reference:
            index = self._reader.interned.expression(reference, path, name)
            return Label("", () if index == NONE else (index,))
        return Label("", self._reader.interned.text(found, path))


def _rest(element: Element) -> dict[str, str]:
    """What else the element says: parameters that a widget may use."""
    return {
        str(name).rpartition("}")[2]: str(value) for name, value in element.attrib.items() if str(name) not in _SKIPPED
    }
