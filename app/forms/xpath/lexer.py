"""Tokens of XPath 1.0 (W3C, 3.7), with its rule for telling `*`, `and`, `or`, `div` and `mod` from names."""

from __future__ import annotations

import re
from typing import NamedTuple

from app.words import mark

NOT_READABLE = mark("“{expression}” cannot be read as a formula: {reason}.")
TOO_LONG = mark("A formula is longer than {limit} characters.")
LONGEST = 32_768
"""Longest expression in characters."""

_NAME = r"[^\W\d][\w.\-·]*"
_TOKEN = re.compile(
    rf"""\s*(?:
      (?P<number>\d+(?:\.\d*)?|\.\d+)
    | (?P<string>"[^"]*"|'[^']*')
    | (?P<name>{_NAME}(?::{_NAME}|:\*)?(?!:(?!:)))
    | (?P<symbol>::|//|\.\.|!=|<=|>=|[()\[\],./@|+\-=<>*$])
    )""",
    re.VERBOSE,
)
_NAMED_OPERATORS = frozenset({"and", "or", "mod", "div"})
_AFTER_THESE_AN_OPERAND = frozenset(
    {"@", "::", "(", "[", ",", "/", "//", "|", "+", "-", "=", "!=", "<", "<=", ">", ">="}
)


class Token(NamedTuple):
    """`kind` is number, string, name, symbol, operator or end; `text` what was written; `at` where."""

    kind: str
    text: str
    at: int


class XPathError(Exception):
    """The expression is not XPath; `reason` is a marked text with `values`."""

    def __init__(self, reason: str, **values: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.values = values


UNEXPECTED = mark("“{found}” is not expected there")
ENDS_TOO_EARLY = mark("it ends too early")
QUOTE_OPEN = mark("a quotation mark is not closed")


def tokens(source: str) -> list[Token]:
    """The tokens of an expression, closed by one of kind `end`. Raises XPathError."""
    if len(source) > LONGEST:
        raise XPathError(TOO_LONG, limit=str(LONGEST))
    found: list[Token] = []
    at, end = 0, len(source.rstrip())
    while at < end:
        hit = _TOKEN.match(source, at)
        if hit is None or hit.lastgroup is None:
            rest = source[at:].lstrip()
            if rest[:1] in "\"'":
                raise XPathError(QUOTE_OPEN)
            raise XPathError(UNEXPECTED, found=rest[:1])
        found.append(_token(hit, found))
        at = hit.end()
    found.append(Token("end", "", end))
    return found


def _token(hit: re.Match[str], before: list[Token]) -> Token:
    kind, text, at = str(hit.lastgroup), str(hit.group(str(hit.lastgroup))), hit.start(str(hit.lastgroup))
    operand_before = bool(before) and before[-1].kind != "operator" and before[-1].text not in _AFTER_THESE_AN_OPERAND
    if kind == "string":
        return Token(kind, text[1:-1], at)
    if operand_before and (text == "*" or (kind == "name" and text in _NAMED_OPERATORS)):
        return Token("operator", text, at)
    return Token(kind, text, at)
