"""A form as plain, immutable data: what `definition` caches and compiles. Expressions and places are by index."""

from __future__ import annotations

import msgspec

from app.forms.xpath.ast import Expr

Text = tuple[str | int, ...]
"""Pieces of a text: words, and the indexes of expressions whose value stands there."""

NONE = -1
"""The index of no expression and no place."""


class Label(msgspec.Struct, frozen=True, array_like=True):
    """A text of the form: `itext` names it in the form's languages, `plain` is the same in each."""

    itext: str = ""
    plain: Text = ()


class Place(msgspec.Struct, frozen=True, array_like=True):
    """One place of the primary instance; `default` and `attributes` are those of a new instance. A repeat that is
    `bare` has no instance yet in a new instance of what is around it.
    """

    name: str
    parent: int
    repeat: bool = False
    default: str = ""
    attributes: dict[str, str] = {}
    bare: bool = False


class Seed(msgspec.Struct, frozen=True, array_like=True):
    """A node of the primary instance as the form gives it."""

    place: int
    value: str = ""
    attributes: dict[str, str] = {}
    kids: tuple[Seed, ...] = ()


class Bind(msgspec.Struct, frozen=True, array_like=True):
    """What is computed for a place, and its type."""

    place: int
    type: str = "string"
    relevant: int = NONE
    required: int = NONE
    readonly: int = NONE
    constraint: int = NONE
    calculate: int = NONE
    required_message: Label | None = None
    constraint_message: Label | None = None
    preload: str = ""
    preload_parameter: str = ""
    attributes: dict[str, str] = {}


class Item(msgspec.Struct, frozen=True, array_like=True):
    """A choice that is written in the question itself."""

    value: str
    label: Label


class Itemset(msgspec.Struct, frozen=True, array_like=True):
    """Choices from a list: which nodes, and per node the expressions of value and label."""

    nodes: int
    value: int
    label: int


class Control(msgspec.Struct, frozen=True, array_like=True):
    """One element of the body: a question (`kind` is input, select, select1, rank, upload, trigger or range), a group
    or a repeat. A group without a place of its own has `place` NONE.
    """

    kind: str
    place: int
    label: Label | None = None
    hint: Label | None = None
    appearance: str = ""
    attributes: dict[str, str] = {}
    items: tuple[Item, ...] = ()
    itemset: Itemset | None = None
    children: tuple[Control, ...] = ()
    count: int = NONE
    fixed: bool = False


class Action(msgspec.Struct, frozen=True, array_like=True):
    """Set a value at an event. `home` is the place of the question or repeat it belongs to, NONE for the form."""

    events: tuple[str, ...]
    target: int
    home: int
    value: int = NONE
    words: str = ""


class Table(msgspec.Struct, frozen=True, array_like=True):
    """A secondary instance; `elements` is MessagePack of nested `[name, text, [children]]`, read when first used."""

    name: str
    source: str
    elements: bytes
    count: int = 0


class FormData(msgspec.Struct, frozen=True, array_like=True):
    """The whole form."""

    id: str
    version: str
    title: str
    languages: tuple[str, ...]
    default_language: str
    root_attributes: dict[str, str]
    namespaces: dict[str, str]
    places: tuple[Place, ...]
    seed: Seed
    binds: tuple[Bind, ...]
    body: tuple[Control, ...]
    actions: tuple[Action, ...]
    tables: tuple[Table, ...]
    expressions: tuple[Expr, ...]
    sources: tuple[str, ...]
    itext: dict[str, dict[str, dict[str, Text]]]
    style: str = ""
