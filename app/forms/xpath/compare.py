"""Equality and order as XPath 1.0 (3.4) has them: a list of nodes compares by any of its members."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from app.forms.xpath.compiled import (
    Closure,
    Code,
    Frame,
    Place,
    as_number,
    as_text,
    as_truth,
    node_text,
    number_of,
    text_of,
    truth_of,
)
from app.forms.xpath.values import string_to_number

Relation = Callable[[Any, Any], bool]

_ORDER: dict[str, Relation] = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
_EQUALITY: dict[str, Relation] = {"=": operator.eq, "!=": operator.ne}
_SINGLE = frozenset("snbP")


def compare(sign: str, left: Code, right: Code) -> Code:
    """The comparison of two compiled operands."""
    if sign in _ORDER:
        return Code(_ordered(_ORDER[sign], left, right), "b")
    return Code(_equal(_EQUALITY[sign], left, right), "b")


def _ordered(relation: Relation, left: Code, right: Code) -> Closure:
    if left.kind in _SINGLE and right.kind in _SINGLE:
        first, second = as_number(left), as_number(right)
        return lambda n, e: relation(first(n, e), second(n, e))
    run, other = left.run, right.run

    def any_ordered(n: Any, e: Frame) -> bool:
        seconds = _numbers(other(n, e))
        return any(relation(one, two) for one in _numbers(run(n, e)) for two in seconds)

    return any_ordered


def _numbers(value: object) -> list[float]:
    if isinstance(value, list):
        return [string_to_number(node_text(node)) for node in value]
    return [number_of(value)]


def _equal(relation: Relation, left: Code, right: Code) -> Closure:
    kinds = left.kind + right.kind
    if "a" not in kinds and "b" in kinds:
        one, two = as_truth(left), as_truth(right)
        return lambda n, e: relation(one(n, e), two(n, e))
    if left.kind in _SINGLE and right.kind in _SINGLE:
        convert = as_number if "n" in kinds else as_text
        first, second = convert(left), convert(right)
        return lambda n, e: relation(first(n, e), second(n, e))
    run, other = left.run, right.run
    return lambda n, e: _any_equal(relation, run(n, e), other(n, e))


def _any_equal(relation: Relation, left: object, right: object) -> bool:
    left_nodes, right_nodes = isinstance(left, list), isinstance(right, list)
    if isinstance(left, bool) or isinstance(right, bool):
        return relation(truth_of(left), truth_of(right))
    if isinstance(left, list) and isinstance(right, list):
        return _any_of_both(relation, left, right)
    if left_nodes or right_nodes:
        nodes, value = (left, right) if left_nodes else (right, left)
        assert isinstance(nodes, list)
        if isinstance(value, float):
            return any(relation(string_to_number(node_text(node)), value) for node in nodes)
        text = text_of(value)
        return any(relation(node_text(node), text) for node in nodes)
    if isinstance(left, float) or isinstance(right, float):
        return relation(number_of(left), number_of(right))
    return relation(text_of(left), text_of(right))


def _any_of_both(relation: Relation, left: list[Place], right: list[Place]) -> bool:
    texts = {node_text(node) for node in right}
    if relation is operator.eq:
        return any(node_text(node) in texts for node in left)
    return any(text != node_text(node) for node in left for text in texts)
