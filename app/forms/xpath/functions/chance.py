"""The shuffle of `randomize` (ODK XForms, Node-set Functions): inside-out Fisher-Yates over a Park-Miller generator."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import TypeVar

from app.forms.xpath.values import string_to_number

T = TypeVar("T")

_MODULUS = 2_147_483_647
_FACTOR = 16_807


def park_miller(seed: int) -> Callable[[], float]:
    """The minimal standard generator: numbers from 0 up to, not including, 1."""
    # The remainder keeps the sign of the seed, as in the languages that the other engines are written in.
    state = seed % _MODULUS if seed >= 0 else -(-seed % _MODULUS)
    if state <= 0:
        state += _MODULUS - 1

    def following() -> float:
        nonlocal state
        state = state * _FACTOR % _MODULUS
        return (state - 1) / (_MODULUS - 1)

    return following


def shuffled(items: Sequence[T], chance: Callable[[], float]) -> list[T]:
    """The items in an order that `chance` decides."""
    order: list[T] = []
    for index, item in enumerate(items):
        place = int(chance() * (index + 1))
        if place == index:
            order.append(item)
        else:
            order.append(order[place])
            order[place] = item
    return order


def seed_of(value: str) -> int:
    """The seed that a value gives: a number's whole part, else the first 64 bits of the text's SHA-256."""
    number = string_to_number(value)
    if number == number and abs(number) < 2**63:
        return int(number)
    return int.from_bytes(hashlib.sha256(value.encode("utf-8")).digest()[:8], "big", signed=True)
