"""A form that is ready to be answered, with the XForm it came from, so that a draft is finished on its own version."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from app import resources
from app.errors import HavenError
from app.forms.check import check
from app.forms.definition import FormDefinition, load
from app.forms.problems import FormRefused

SHIPPED = "forms"
"""The folder of resources with the forms that Haven brings along."""
MOST_BYTES = 64 * 1024 * 1024
"""No form unpacks to more than this."""


@dataclass(frozen=True)
class Prepared:
    """A compiled form with its XForm and the lists that it asks for."""

    definition: FormDefinition
    xml: bytes
    attachments: Mapping[str, bytes] = field(default_factory=dict)


@cache
def shipped(name: str) -> Prepared:
    """A form that Haven brings along, by its name in `resources/forms`.

    Read once in the bounded child process, which takes a second: never ask for it on the interface's thread.
    """
    lists = {path.name: path.read_bytes() for path in sorted(resources.path(SHIPPED).glob("*.csv"))}
    report = check(resources.data(SHIPPED, f"{name}.md"), f"{name}.md", attachments=lists)
    if report.form is None:
        raise FormRefused(report.errors)
    asked = {table.source.rpartition("/")[2] for table in report.form.data.tables}
    return Prepared(report.form, report.xml, {name: data for name, data in lists.items() if name in asked})


def to_draft(prepared: Prepared) -> dict[str, Any]:
    """The form as a draft keeps it beside the answers."""
    return {
        "xml": _packed(prepared.xml),
        "lists": {name: _packed(data) for name, data in prepared.attachments.items()},
    }


def from_draft(kept: Mapping[str, Any]) -> Prepared | None:
    """The form that a draft was begun on; None when the draft does not hold it whole."""
    try:
        lists = {str(name): _unpacked(data) for name, data in dict(kept["lists"]).items()}
        xml = _unpacked(kept["xml"])
        return Prepared(load(xml, lists), xml, lists)
    except (KeyError, TypeError, ValueError, zlib.error, HavenError):
        return None


def _packed(data: bytes) -> str:
    return base64.b64encode(zlib.compress(data, 9)).decode("ascii")


def _unpacked(text: str) -> bytes:
    unpacker = zlib.decompressobj()
    data = unpacker.decompress(base64.b64decode(text, validate=True), MOST_BYTES)
    if unpacker.unconsumed_tail:
        raise ValueError("a form that unpacks to too much")
    return data
