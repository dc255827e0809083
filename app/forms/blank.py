"""The words of a form that nobody has answered: for printing it, listing it, comparing its languages."""

from __future__ import annotations

import re

from app.forms import external
from app.forms.data import NONE, Bind, Control, Label, Text
from app.forms.definition import FormDefinition
from app.forms.tree import Element
from app.forms.xpath.ast import Call, Expr, From, Literal

GAP = "……"
"""What stands where an answer would."""
_ITEXT = re.compile(r"jr:itext\(\s*([\w.\-]+)\s*\)\Z")
_UNTRANSLATED = ("-",)


def words(definition: FormDefinition, label: Label | None, language: str = "", form: str = "") -> str:
    """A text in a language, else in the form's first; `form` is short, guidance or a kind of media."""
    if label is None:
        return ""
    if label.itext:
        found = _translated(definition, label.itext, language, form)
        if found or form:
            return _written(found)
    return "" if form else _written(label.plain)


def rules(definition: FormDefinition, control: Control) -> Bind:
    """The type, rules and messages of a question."""
    return definition.compiled.bind(definition.compiled.specs[control.place])


def choices(definition: FormDefinition, control: Control, language: str = "") -> tuple[tuple[str, str], ...]:
    """Value and label of every choice that the question can ever offer; none where they come from answers."""
    written = tuple((item.value, words(definition, item.label, language)) for item in control.items)
    if control.itemset is None or NONE in (control.itemset.nodes, control.itemset.value):
        return written
    data = definition.data
    value = data.sources[control.itemset.value]
    label = value if control.itemset.label == NONE else data.sources[control.itemset.label]
    found = _elements(definition, data.expressions[control.itemset.nodes])
    return written + tuple((_text(one, value), _label(definition, one, label, language)) for one in found)


def _translated(definition: FormDefinition, identifier: str, language: str, form: str) -> Text:
    itext = definition.data.itext
    for name in (language, definition.default_language, *itext):
        found = itext.get(name, {}).get(identifier, {}).get(form)
        if found is not None and found != _UNTRANSLATED:
            return found
    return ()


def _written(text: Text) -> str:
    return "".join(piece if isinstance(piece, str) else GAP for piece in text)


def _elements(definition: FormDefinition, tree: Expr) -> list[Element]:
    """The elements of a list, whatever filters and shuffles them."""
    while isinstance(tree, Call) and tree.name == "randomize" and tree.arguments:
        tree = tree.arguments[0]
    if not (isinstance(tree, From) and isinstance(tree.base, Call) and tree.base.name == "instance"):
        return []
    name = tree.base.arguments[0]
    table = next((table for table in definition.data.tables if Literal(table.name) == name), None)
    found = [] if table is None else [external.elements(table)]
    for step in tree.steps:
        if step.axis != "child":
            return []
        found = [child for element in found for child in element.named(step.name)]
    return found


def _text(element: Element, source: str) -> str:
    return next((child.text for child in element.named(source.strip("./ "))), "")


def _label(definition: FormDefinition, element: Element, source: str, language: str) -> str:
    hit = _ITEXT.match(source.strip())
    if hit is None:
        return _text(element, source)
    return words(definition, Label(_text(element, hit.group(1))), language)
