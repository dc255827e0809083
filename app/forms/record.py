"""How an answered form is kept: the state to go on from, and the instance as an ODK submission."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec
from lxml import etree

from app.errors import EnvironmentProblem, RuleBroken
from app.forms.data import FormData, Seed
from app.forms.definition import FormDefinition
from app.forms.engine import Engine
from app.forms.reading import JAVAROSA, OPENROSA, children, local, parse_xml
from app.forms.tree import Node, Spec, named
from app.words import mark

if TYPE_CHECKING:
    from app.forms.session import FormSession

_MAGIC = b"HVNANSW\x01"
_DIGEST = 32
DAMAGED = mark("The kept answers are damaged.")
ANOTHER_FORM = mark("These answers belong to another form or another version of it.")
NOT_ITS_ANSWERS = mark("The file holds no answers to this form.")


class Kept(msgspec.Struct, frozen=True, array_like=True):
    """One node and all below it; `aside` are instances that a smaller count hides."""

    name: str
    value: str = ""
    kids: tuple[Kept, ...] = ()
    aside: tuple[Kept, ...] = ()


class State(msgspec.Struct, frozen=True, array_like=True):
    """A session as it is kept, bound to the form's version."""

    form_id: str
    form_version: str
    language: str
    place: str
    seed: int
    root: Kept


def write_state(session: FormSession, seed: int) -> bytes:
    """The session as bytes, with a digest that notices damage."""
    data = session.definition.data
    state = State(data.id, data.version, session.language, session.place, seed, _kept(session.engine.root))
    payload = msgspec.msgpack.encode(state)
    return _MAGIC + hashlib.sha256(payload).digest() + payload


def _kept(node: Node) -> Kept:
    kids = tuple(_kept(one) for kid in node.kids for one in (kid if isinstance(kid, list) else [kid]))
    aside = tuple(_kept(one) for found in (node.aside or {}).values() for one in found)
    return Kept(node.spec.name, node.value, kids, aside)


def read_state(data: bytes, definition: FormDefinition) -> State:
    """The state in bytes. Raises EnvironmentProblem for damage, RuleBroken for another form or version."""
    digest, payload = data[len(_MAGIC) : len(_MAGIC) + _DIGEST], data[len(_MAGIC) + _DIGEST :]
    if not data.startswith(_MAGIC) or hashlib.sha256(payload).digest() != digest:
        raise EnvironmentProblem(DAMAGED)
    try:
        state = msgspec.msgpack.decode(payload, type=State)
    except (msgspec.DecodeError, msgspec.ValidationError):
        raise EnvironmentProblem(DAMAGED) from None
    if (state.form_id, state.form_version) != (definition.id, definition.version):
        raise RuleBroken(ANOTHER_FORM)
    return state


def restore(engine: Engine, state: State) -> None:
    """Make the tree that was kept."""
    _restore(engine, engine.root, state.root)
    engine.measure()


def _restore(engine: Engine, node: Node, kept: Kept) -> None:
    node.value = kept.value
    node.attributes = engine.form.data.places[node.spec.index].attributes or None
    node.kids = []
    by_name: dict[str, list[Kept]] = {}
    for kid in kept.kids:
        by_name.setdefault(kid.name, []).append(kid)
    for spec in node.spec.kids:
        made = [_made(engine, spec, node, kid) for kid in by_name.get(spec.name, [])]
        node.kids.append(made if spec.repeat else made[0] if made else engine.make(spec, node))
    for kid in kept.aside:
        found = next((spec for spec in node.spec.kids if spec.name == kid.name), None)
        if found is not None:
            node.aside = node.aside or {}
            node.aside.setdefault(found.slot, []).append(_made(engine, found, node, kid))


def _made(engine: Engine, spec: Spec, parent: Node, kept: Kept) -> Node:
    node = Node(spec, parent)
    _restore(engine, node, kept)
    return node


# The instance


def instance_xml(session: FormSession, *, include_irrelevant: bool) -> bytes:
    """The answers as XML: the form's own elements and attributes, metadata in OpenRosa's namespace."""
    data = session.definition.data
    namespaces = {"jr": JAVAROSA, "orx": OPENROSA, **{p: u for p, u in data.namespaces.items() if p in _used(data)}}
    root = session.engine.root
    element = etree.Element(_tag(root.spec.name, namespaces, meta=False), nsmap=dict(namespaces))
    for name, value in data.root_attributes.items():
        element.set(_tag(name, namespaces, meta=False), value)
    _write(element, root, namespaces, include_irrelevant, meta=False)
    return bytes(etree.tostring(element, xml_declaration=True, encoding="UTF-8"))


def _used(data: FormData) -> set[str]:
    places = data.places
    names = [
        *data.root_attributes,
        *(place.name for place in places),
        *(name for place in places for name in place.attributes),
    ]
    return {name.partition(":")[0] for name in names if ":" in name}


def _write(element: etree._Element, node: Node, namespaces: dict[str, str], everything: bool, *, meta: bool) -> None:
    for kid in node.kids:
        for one in kid if isinstance(kid, list) else [kid]:
            if not (one.relevant or everything):
                continue
            inside = meta or (node.parent is None and one.spec.name in ("meta", "orx:meta"))
            child = etree.SubElement(element, _tag(one.spec.name, namespaces, meta=inside))
            for name, value in (one.attributes or {}).items():
                child.set(_tag(name, namespaces, meta=False), value)
            if one.kids:
                _write(child, one, namespaces, everything, meta=inside)
            elif one.value:
                child.text = _allowed(one.value)


def _tag(name: str, namespaces: dict[str, str], *, meta: bool) -> str:
    prefix, colon, bare = name.partition(":")
    if colon:
        return f"{{{namespaces[prefix]}}}{bare}" if prefix in namespaces else bare
    return f"{{{OPENROSA}}}{name}" if meta else name


def _allowed(text: str) -> str:
    """Without characters that XML 1.0 cannot hold."""
    return "".join(
        c for c in text if c in "\t\n\r" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff"
    )


def read_instance(xml: bytes, definition: FormDefinition) -> Seed:
    """The tree of a submission. Raises FormRefused for what is no XML, RuleBroken for answers to another form."""
    root = parse_xml(xml)
    places = definition.compiled.specs
    if not named(places[0].name, local(root)) or (root.get("id") or definition.id) != definition.id:
        raise RuleBroken(NOT_ITS_ANSWERS)
    return _seed(root, places[0], definition)


def _seed(element: etree._Element, spec: Spec, definition: FormDefinition) -> Seed:
    kids = []
    for kid in children(element):
        place = spec.child(local(kid))
        if place is not None:
            kids.append(_seed(kid, place, definition))
    value = "" if spec.kids else (element.text or "")
    return Seed(spec.index, value, definition.data.places[spec.index].attributes, tuple(kids))
