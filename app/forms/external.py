"""Lists that a form looks things up in: written in it, or attached as CSV, XML or GeoJSON (ODK XForms: Secondary
Instances).
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from app.forms.data import Table
from app.forms.problems import FormRefused
from app.forms.reading import Element, children, local, parse_xml
from app.forms.tree import Element as ListElement
from app.words import mark

if TYPE_CHECKING:
    from app.forms.xform import Reader

MISSING = mark("The attached file “{name}” is missing: its list is empty.")
UNREADABLE = mark("The attached file “{name}” cannot be read.")
TOO_LONG = mark("The list “{name}” has more than {limit} rows.")
SOURCE_UNSUPPORTED = mark("Data from “{source}” are not supported.")
LONGEST = 200_000
"""Most rows of one list."""
ITEMSETS = "itemsets.csv"
LAST_SAVED = "jr://instance/last-saved"

Raw = list[Any]


def table(reader: Reader, element: Element) -> Table:
    """The list of one secondary instance; a finding says when it cannot be had."""
    name, source = element.get("id") or "", element.get("src") or ""
    if not source:
        raw = [_raw(kid) for kid in children(element)]
        return _table(reader, name, source, raw)
    if source == LAST_SAVED:
        found = reader.attachments.get("last-saved")
        return _table(reader, name, source, [_raw(parse_xml(found))] if found else [])
    if not source.startswith(("jr://file/", "jr://file-csv/", "jr://images/", "jr://instance/")):
        reader.refused(SOURCE_UNSUPPORTED, source=source)
        return Table(name, source, b"")
    file = source.rpartition("/")[2]
    data = reader.attachments.get(file)
    if data is None:
        reader.warned(MISSING, name=file)
        return _table(reader, name, source, [["root", "", []]])
    try:
        return _table(reader, name, source, _read(file, data))
    except (ValueError, LookupError, TypeError, AttributeError, csv.Error, FormRefused, RecursionError):
        reader.refused(UNREADABLE, name=file)
        return Table(name, source, b"")


def itemsets(reader: Reader, names: Iterable[str]) -> Iterator[Table]:
    """The lists of external selects: the rows of itemsets.csv by their `list_name`."""
    wanted = list(dict.fromkeys(names))
    data = reader.attachments.get(ITEMSETS)
    if wanted and data is None:
        reader.warned(MISSING, name=ITEMSETS)
    try:
        rows = _csv(data) if data is not None else []
    except (ValueError, csv.Error):
        reader.refused(UNREADABLE, name=ITEMSETS)
        rows = []
    for name in wanted:
        mine = [_with_label(row) for row in rows if ["list_name", name, []] in row[2]]
        yield _table(reader, name, ITEMSETS, [["root", "", mine]])


def _with_label(row: Raw) -> Raw:
    """The row with a `label`; where it has them in languages only, the first of them."""
    heads = [cell[0] for cell in row[2]]
    if "label" in heads:
        return row
    first = next((cell for cell in row[2] if cell[0].startswith("label")), None)
    return row if first is None else ["item", "", [*row[2], ["label", first[1], []]]]


def _read(file: str, data: bytes) -> list[Raw]:
    ending = file.rpartition(".")[2].lower()
    if ending == "csv":
        return [["root", "", _csv(data)]]
    if ending == "geojson":
        return [["root", "", _geojson(data)]]
    return [_raw(parse_xml(data))]


def _table(reader: Reader, name: str, source: str, raw: list[Raw]) -> Table:
    count = sum(len(found[2]) for found in raw)
    if count > LONGEST:
        reader.refused(TOO_LONG, name=name, limit=str(LONGEST))
        raw = []
    return Table(name, source, msgspec.msgpack.encode(raw), count)


def _raw(element: Element) -> Raw:
    kids = [_raw(kid) for kid in children(element)]
    return [local(element), "" if kids else (element.text or "").strip(), kids]


def _csv(data: bytes) -> list[Raw]:
    text = data.decode("utf-8-sig")
    first = text.partition("\n")[0]
    delimiter = ";" if ";" in first and "," not in first else "," if "," in first else "\t" if "\t" in first else ","
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    heads = [_head(head) for head in next(rows, [])]
    return [
        ["item", "", [[head, cell, []] for head, cell in zip(heads, [*row, *[""] * len(heads)], strict=False) if head]]
        for row in rows
        if any(row)
    ]


def _head(written: str) -> str:
    return re.sub(r"\s+", "_", written.strip())


def _geojson(data: bytes) -> list[Raw]:
    whole = json.loads(data)
    if not isinstance(whole, dict) or whole.get("type") != "FeatureCollection":
        raise ValueError("not a FeatureCollection")
    return [_feature(feature) for feature in whole["features"] if isinstance(feature, dict)]


def _feature(feature: dict[str, Any]) -> Raw:
    properties = dict(feature.get("properties") or {})
    if "id" in feature:
        properties["id"] = feature["id"]
    properties["geometry"] = _geometry(feature.get("geometry") or {})
    return ["item", "", [[str(name), _plain(value), []] for name, value in properties.items()]]


def _geometry(geometry: dict[str, Any]) -> str:
    """A geometry as ODK writes it: latitude before longitude, then altitude and accuracy."""
    coordinates = geometry.get("coordinates") or []
    match geometry.get("type"):
        case "Point":
            return _point(coordinates)
        case "LineString":
            return ";".join(_point(point) for point in coordinates)
        case "Polygon":
            return ";".join(_point(point) for point in (coordinates[0] if coordinates else []))
        case _:
            return ""


def _point(pair: list[Any]) -> str:
    return f"{pair[1]} {pair[0]} {pair[2] if len(pair) > 2 else 0} 0"


def _plain(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else json.dumps(value)


class ListRoot(ListElement):
    """What `instance('name')` gives: the element around the list's root. A path may leave the root's name out."""

    __slots__ = ()

    def named(self, name: str) -> list[ListElement]:
        """The children of a name; those of the root when the root has another name."""
        found = super().named(name)
        if found or name == "*":
            return found
        return [kid for root in super().named("*") for kid in root.named(name)]


def elements(found: Table) -> ListElement:
    """The list as a tree, read from its compact form."""
    root = ListRoot(found.name)
    pending: list[tuple[ListElement, list[Raw]]] = [
        (root, msgspec.msgpack.decode(found.elements, type=list[Any]) if found.elements else [])
    ]
    while pending:
        parent, raws = pending.pop()
        for name, value, kids in raws:
            made = parent.add(name, value)
            if kids:
                pending.append((made, kids))
    return root
