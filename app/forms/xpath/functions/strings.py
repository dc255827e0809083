"""Functions on text (XPath 1.0, 4.2; ODK XForms, String Functions)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import string

from app.forms.xpath.functions.base import Function, Runtime
from app.forms.xpath.patterns import pattern
from app.forms.xpath.values import number_to_string, round_half_up

_SPACES = re.compile(r"[ \t\r\n]+")
_ALPHABET = string.ascii_letters + string.digits
_HASHES = {"md5": "md5", "sha1": "sha1", "sha256": "sha256", "sha384": "sha384", "sha512": "sha512"}
_LONGEST_RANDOM = 1_000


def join(separator: str, *values: str) -> str:
    """The values with the separator between them."""
    return separator.join(values)


def substr(value: str, start: float, end: float | None = None) -> str:
    """From the 0-based start up to, not including, end; negative places count from the end."""
    if start != start or (end is not None and end != end):
        return ""
    return value[_place(start) : None if end is None else _place(end)]


def _place(number: float) -> int:
    return int(max(-1e9, min(1e9, number)))


def substring(value: str, start: float, length: float | None = None) -> str:
    """XPath 1.0 `substring`: places are counted from 1 and rounded."""
    first = round_half_up(start)
    beyond = float("inf") if length is None else first + round_half_up(length)
    if first != first or beyond != beyond:
        return ""
    begin, end = max(first, 1.0), min(beyond, len(value) + 1.0)
    return value[int(begin) - 1 : int(end) - 1] if end > begin else ""


def substring_before(value: str, mark: str) -> str:
    """What stands before the first occurrence of `mark`; nothing when there is none."""
    before, found, _ = value.partition(mark) if mark else ("", "", "")
    return before if found else ""


def substring_after(value: str, mark: str) -> str:
    """What stands after the first occurrence of `mark`."""
    if not mark:
        return value
    _, found, after = value.partition(mark)
    return after if found else ""


def translate(value: str, old: str, new: str) -> str:
    """Each character of `old` replaced by the one at its place in `new`, or dropped."""
    table: dict[int, str | None] = {}
    for index, character in enumerate(old):
        table.setdefault(ord(character), new[index] if index < len(new) else None)
    return value.translate(table)


def normalize_space(value: str) -> str:
    """Without space at its ends, and single spaces inside."""
    return _SPACES.sub(" ", value).strip(" ")


def matches(value: str, source: str) -> bool:
    """Whether the pattern occurs in the value (`regex`): `[0-9]+` becomes `/[0-9]+/`, so anchors are the author's.

    A pattern that is none, or that could try for hours (`patterns`), fits nothing.
    """
    found = pattern(source)
    return found is not None and len(value) <= found.longest and found.compiled.search(value) is not None


def digest(source: str, algorithm: str, encoding: str = "base64") -> str:
    """The hash of the text's UTF-8 (XForms 1.1, 7.8.2), in base64 or hex; nothing for an algorithm it does not know."""
    name = _HASHES.get(algorithm.lower().replace("-", ""))
    if name is None or encoding not in ("base64", "hex"):
        return ""
    found = hashlib.new(name, source.encode("utf-8"), usedforsecurity=False).digest()
    return found.hex() if encoding == "hex" else base64.b64encode(found).decode("ascii")


def base64_decode(value: str) -> str:
    """The UTF-8 text of base64; nothing when it is none."""
    try:
        return base64.b64decode(value, validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return ""


def uuid(runtime: Runtime, length: float | None = None) -> str:
    """A random identifier, or random characters of the length that is asked for."""
    if length is None:
        return runtime.new_uuid()
    count = int(length) if 0 < length <= _LONGEST_RANDOM else 0
    return "".join(runtime.random.choice(_ALPHABET) for _ in range(count))


def thousandsep(value: float | str, separator: str = ",") -> str:
    """A number with its thousands set apart."""
    text = value if isinstance(value, str) else number_to_string(value)
    whole, point, rest = text.partition(".")
    digits = whole.lstrip("-")
    if not digits.isdecimal():
        return text
    grouped = f"{int(digits):,}".replace(",", separator)
    return f"{'-' if whole.startswith('-') else ''}{grouped}{point}{rest}"


def string_length(value: str) -> float:
    """How many characters."""
    return float(len(value))


FUNCTIONS: dict[str, Function] = {
    "string": Function("s", "s", lambda value: value),
    "substr": Function("sn?n", "s", substr),
    "substring": Function("sn?n", "s", substring),
    "substring-before": Function("ss", "s", substring_before),
    "substring-after": Function("ss", "s", substring_after),
    "translate": Function("sss", "s", translate),
    "string-length": Function("s", "n", string_length),
    "contains": Function("ss", "b", lambda value, part: part in value),
    "starts-with": Function("ss", "b", lambda value, part: value.startswith(part)),
    "ends-with": Function("ss", "b", lambda value, part: value.endswith(part)),
    "regex": Function("ss", "b", matches),
    "digest": Function("ss?s", "s", digest),
    "base64-decode": Function("s", "s", base64_decode),
    "uuid": Function("?n", "s", uuid, runtime=True, fresh=True),
    "upper-case": Function("s", "s", str.upper),
    "lower-case": Function("s", "s", str.lower),
    "thousandsep": Function("s?s", "s", thousandsep),
}
