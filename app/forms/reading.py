"""What the readers of a form share: safe XML, names, and one table of expressions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from lxml import etree

from app.forms.data import NONE, Text
from app.forms.problems import Finding, Place, refuse
from app.forms.xpath.ast import Expr
from app.forms.xpath.lexer import NOT_READABLE, XPathError
from app.forms.xpath.parser import parse
from app.words import mark

XFORMS = "http://www.w3.org/2002/xforms"
XHTML = "http://www.w3.org/1999/xhtml"
JAVAROSA = "http://openrosa.org/javarosa"
OPENROSA = "http://openrosa.org/xforms"
ODK = "http://www.opendatakit.org/xforms"
ENTITIES = "http://www.opendatakit.org/xforms/entities"

LARGEST_XML = 32 * 1024 * 1024
"""Largest form in bytes."""
DEEPEST_XML = 100
MOST_ELEMENTS = 500_000

NOT_XML = mark("The file is not a form: it cannot be read as XML.")
TOO_LARGE = mark("The form is larger than {limit} MB.")
NO_DOCTYPE = mark("The form declares a document type. Forms must not, because it can hide other files in them.")
TOO_DEEP = mark("The form is nested more than {limit} levels deep.")
TOO_MANY = mark("The form has more than {limit} elements.")

Element: TypeAlias = etree._Element


def parse_xml(data: bytes) -> Element:
    """The root of an XML document, without entities, network or a document type. Raises FormRefused."""
    if len(data) > LARGEST_XML:
        raise refuse(TOO_LARGE, limit=str(LARGEST_XML // 1024 // 1024))
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise refuse(NOT_XML) from None
    if root.getroottree().docinfo.doctype:
        raise refuse(NO_DOCTYPE)
    _bounded(root)
    return root


def _bounded(root: Element) -> None:
    document = root.getroottree()
    if document.xpath("count(//*)") > MOST_ELEMENTS:
        raise refuse(TOO_MANY, limit=str(MOST_ELEMENTS))
    if document.xpath("/*" * (DEEPEST_XML + 1)):
        raise refuse(TOO_DEEP, limit=str(DEEPEST_XML))


def local(element: Element) -> str:
    """The name without its namespace."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def namespace(element: Element) -> str:
    """The namespace of the name."""
    tag = element.tag
    return tag[1:].partition("}")[0] if isinstance(tag, str) and tag.startswith("{") else ""


def children(element: Element, *names: str) -> Iterator[Element]:
    """The child elements of these local names; all when there are none."""
    wanted = [f"{{*}}{name}" for name in names] or [etree.Element]
    found: Iterator[Element] = element.iterchildren(*wanted)
    return found


def child(element: Element, name: str) -> Element | None:
    """The first child of a local name."""
    return next(children(element, name), None)


def attribute(element: Element, name: str, *namespaces: str) -> str:
    """An attribute, in any of the namespaces ("" for none); empty when it is not there."""
    for space in namespaces or ("",):
        found = element.get(f"{{{space}}}{name}" if space else name)
        if found is not None:
            return str(found)
    return ""


class Interned:
    """The table of expressions, each text once; `findings` says which cannot be read."""

    def __init__(self) -> None:
        self.trees: list[Expr] = []
        self.sources: list[str] = []
        self.findings: list[Finding] = []
        self._known: dict[str, int] = {}

    def expression(self, source: str, path: str, column: str) -> int:
        """The index of an expression; NONE when there is none, or when it cannot be read (then a finding says so)."""
        source = source.strip()
        if not source:
            return NONE
        known = self._known.get(source)
        if known is not None:
            return known
        try:
            tree = parse(source)
        except XPathError as error:
            self.findings.append(unreadable(source, error, path, column))
            return NONE
        self.trees.append(tree)
        self.sources.append(source)
        self._known[source] = len(self.trees) - 1
        return len(self.trees) - 1

    def text(self, element: Element, path: str) -> Text:
        """The pieces of a label: its words, and its outputs as expressions."""
        if not len(element):
            words = (element.text or "").strip()
            return (words,) if words else ()
        pieces: list[str | int] = []
        _add(pieces, element.text)
        for inner in element:
            if isinstance(inner.tag, str) and local(inner) == "output":
                found = self.expression(inner.get("value") or inner.get("ref") or "", path, "label")
                if found != NONE:
                    pieces.append(found)
            elif isinstance(inner.tag, str):
                _add(pieces, "".join(str(piece) for piece in inner.itertext()))
            _add(pieces, inner.tail)
        return _trimmed(pieces)


def unreadable(source: str, error: XPathError, path: str, column: str) -> Finding:
    """The finding about an expression that cannot be used."""
    shown = source if len(source) <= 120 else f"{source[:117]}..."
    where = Place(path=path, column=column)
    return Finding(NOT_READABLE, {"expression": shown}, where, error.reason, error.values)


def _add(pieces: list[str | int], words: str | None) -> None:
    if words:
        pieces.append(words)


def _trimmed(pieces: list[str | int]) -> Text:
    if pieces and isinstance(pieces[0], str):
        pieces[0] = pieces[0].lstrip()
    if pieces and isinstance(pieces[-1], str):
        pieces[-1] = pieces[-1].rstrip()
    return tuple(piece for piece in pieces if piece != "")
