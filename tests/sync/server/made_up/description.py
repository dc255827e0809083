"""What the server's own description says: messages made from it, and whether an answer follows it."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.sync import protocol as p
from app.sync.server.description import describe

Schema = dict[str, Any]

TEXTS = (
    "0" * 32,
    "f" * 32,
    "ab" * 8,
    "staff",
    "supervisors",
    "recovery",
    "device",
    "SUP",
    "VSU",
    "segment",
    "scope",
    "x",
    "Test laptop",
    "K" * 43,
    "a-b_C" * 20,
)
"""Every pattern of the description fits at least one of them (`Description` refuses to begin otherwise)."""


@dataclass(frozen=True)
class Operation:
    """One endpoint as it is described."""

    method: str
    path: str
    asked: Schema | None
    query: dict[str, Schema]
    answers: dict[int, tuple[str, Schema | None]]
    """By status: the media type and what the answer looks like."""

    @property
    def name(self) -> str:
        """What it is called in figures and failures."""
        return f"{self.method} {self.path}"


class Description:
    """The document of `describe`, read."""

    def __init__(self) -> None:
        document = describe()
        self._schemas: dict[str, Schema] = document["components"]["schemas"]
        self._texts = {pattern: _fitting(pattern) for pattern in _patterns(document)}
        self.operations = tuple(
            _operation(method, path, told)
            for path, methods in document["paths"].items()
            for method, told in methods.items()
            if path != "/v1/pokes"  # a stream that does not end
        )

    # --- making ---

    def make(self, schema: Schema, chance: random.Random) -> Any:
        """A value that follows a schema; its fields need not fit each other."""
        schema = self._resolved(schema)
        if "anyOf" in schema:
            return self.make(chance.choice(schema["anyOf"]), chance)
        if "enum" in schema:
            return chance.choice(schema["enum"])
        match schema.get("type"):
            case "object":
                must = schema.get("required", ())
                fields: dict[str, Schema] = schema["properties"]
                return {
                    name: self.make(one, chance)
                    for name, one in fields.items()
                    if name in must or chance.random() < 0.5
                }
            case "array":
                least = schema.get("minItems", 0)
                return [self.make(schema["items"], chance) for _ in range(chance.randint(least, max(least, 2)))]
            case "string":
                return self._text(schema, chance)
            case "integer":
                low, high = schema.get("minimum", 0), schema.get("maximum", 2**53)
                return chance.choice((low, high, min(low + chance.randint(1, 5), high), chance.randint(low, high)))
            case "boolean":
                return chance.random() < 0.5
            case _:
                return None

    def _text(self, schema: Schema, chance: random.Random) -> str | bytes:
        if "x-min-bytes" in schema:
            low, high = schema["x-min-bytes"], schema["x-max-bytes"]
            return chance.randbytes(chance.choice((low, min(low + 40, high))))
        if "pattern" in schema:
            fits = [text for text in self._texts[schema["pattern"]] if len(text) >= schema.get("minLength", 0)]
            return chance.choice(fits)
        low, high = schema.get("minLength", 0), schema.get("maxLength", 40)
        return "".join(chance.choice("aé\0'<%\U0001f600") for _ in range(chance.choice((low, min(low + 12, high)))))

    # --- comparing ---

    def fault(self, schema: Schema, value: Any, at: str = "answer") -> str | None:
        """Where a value does not follow a schema; None when it does."""
        schema = self._resolved(schema)
        if "anyOf" in schema:
            return None if any(self.fault(one, value) is None for one in schema["anyOf"]) else at
        if "enum" in schema:
            return None if value in schema["enum"] else at
        match schema.get("type"):
            case "object":
                return self._object_fault(schema, value, at)
            case "array":
                return self._array_fault(schema, value, at)
            case "string":
                return None if _is_text(schema, value) else at
            case "integer":
                right = isinstance(value, int) and not isinstance(value, bool)
                inside = right and schema.get("minimum", value) <= value <= schema.get("maximum", value)
                return None if inside else at
            case "boolean":
                return None if isinstance(value, bool) else at
            case "null":
                return None if value is None else at
            case _:
                return None

    def _object_fault(self, schema: Schema, value: Any, at: str) -> str | None:
        fields = schema["properties"]
        if not isinstance(value, dict) or not set(schema.get("required", ())) <= value.keys() <= fields.keys():
            return at
        faults = (self.fault(fields[name], inner, f"{at}.{name}") for name, inner in value.items())
        found = next((one for one in faults if one is not None), None)
        if found is None and schema["title"] == "FeedItem":  # its body is described by its kind
            return self.fault(self._schemas[p.FEED_BODIES[value["kind"]].__name__], value["body"], f"{at}.body")
        return found

    def _array_fault(self, schema: Schema, value: Any, at: str) -> str | None:
        if not isinstance(value, list):
            return at
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
            return at
        faults = (self.fault(schema["items"], one, f"{at}[{place}]") for place, one in enumerate(value))
        return next((one for one in faults if one is not None), None)

    def _resolved(self, schema: Schema) -> Schema:
        return self._schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema


def _operation(method: str, path: str, told: dict[str, Any]) -> Operation:
    answers: dict[int, tuple[str, Schema | None]] = {}
    for status, answer in told["responses"].items():
        ((kind, content),) = answer["content"].items()
        answers[int(status)] = (kind, content.get("schema"))
    body = told.get("requestBody")
    asked = None if body is None else body["content"][p.MEDIA_TYPE]["schema"]
    query = {one["name"]: one["schema"] for one in told.get("parameters", ()) if one["in"] == "query"}
    return Operation(method.upper(), path, asked, query, answers)


def _patterns(told: Any) -> Iterator[str]:
    if isinstance(told, dict):
        if isinstance(told.get("pattern"), str):
            yield told["pattern"]
        for inner in told.values():
            yield from _patterns(inner)
    elif isinstance(told, list):
        for inner in told:
            yield from _patterns(inner)


def _fitting(pattern: str) -> list[str]:
    found = [text for text in TEXTS if re.search(pattern, text)]
    assert found, f"no text here fits {pattern}"
    return found


def _is_text(schema: Schema, value: Any) -> bool:
    if "x-min-bytes" in schema:
        return isinstance(value, bytes) and schema["x-min-bytes"] <= len(value) <= schema["x-max-bytes"]
    if not isinstance(value, str):
        return False
    if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
        return False
    return "pattern" not in schema or re.search(schema["pattern"], value) is not None
