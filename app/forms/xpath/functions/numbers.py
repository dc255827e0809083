"""Functions on numbers (XPath 1.0, 4.4; XPath 3.0, math; ODK XForms, Number Functions)."""

from __future__ import annotations

import math
from collections.abc import Callable

from app.forms.xpath.functions.base import Function, Runtime
from app.forms.xpath.values import NAN, round_half_up

_MOST_DECIMALS = 30


def whole(value: float) -> float:
    """The whole part (`int`)."""
    return float(math.trunc(value)) if math.isfinite(value) else value


def rounded(value: float, decimals: float = 0.0) -> float:
    """The nearest number with that many decimals, halves towards positive infinity."""
    if decimals != decimals:
        return NAN
    return round_half_up(value, int(max(-_MOST_DECIMALS, min(_MOST_DECIMALS, decimals))))


def power(value: float, exponent: float) -> float:
    """XPath 3.0 `math:pow`."""
    try:
        found = value**exponent
    except ZeroDivisionError:
        return -math.inf if math.copysign(1, value) < 0 and exponent % 2 == 1 else math.inf
    except OverflowError:
        return -math.inf if value < 0 and exponent % 2 == 1 else math.inf
    return found if isinstance(found, float) else NAN


def greatest(*values: float) -> float:
    """The greatest (XPath 3.0 `max`); not a number when there is none, or when one is none."""
    return NAN if not values or any(value != value for value in values) else max(values)


def least(*values: float) -> float:
    """The least (XPath 3.0 `min`); not a number when there is none, or when one is none."""
    return NAN if not values or any(value != value for value in values) else min(values)


def _safe(work: Callable[[float], float]) -> Callable[[float], float]:
    def call(value: float) -> float:
        try:
            return work(value)
        except ValueError:
            return NAN
        except OverflowError:
            return math.inf

    return call


def _log(work: Callable[[float], float]) -> Callable[[float], float]:
    return _safe(lambda value: -math.inf if value == 0 else work(value))


def divide(left: float, right: float) -> float:
    """IEEE division: by zero gives infinity, or not a number."""
    try:
        return left / right
    except ZeroDivisionError:
        if left == 0 or left != left:
            return NAN
        return math.copysign(math.inf, left) * math.copysign(1.0, right)


def remainder(left: float, right: float) -> float:
    """`mod`: the remainder with the sign of the left operand."""
    try:
        return math.fmod(left, right)
    except ValueError:
        return NAN


def random(runtime: Runtime) -> float:
    """A number from 0 up to, not including, 1."""
    return runtime.random.random()


FUNCTIONS: dict[str, Function] = {
    "number": Function("n", "n", lambda value: value),
    "int": Function("n", "n", whole),
    "round": Function("n?n", "n", rounded),
    "floor": Function("n", "n", lambda value: float(math.floor(value)) if math.isfinite(value) else value),
    "ceiling": Function("n", "n", lambda value: float(math.ceil(value)) if math.isfinite(value) else value),
    "abs": Function("n", "n", abs),
    "pow": Function("nn", "n", power),
    "log": Function("n", "n", _log(math.log)),
    "log10": Function("n", "n", _log(math.log10)),
    "sin": Function("n", "n", _safe(math.sin)),
    "cos": Function("n", "n", _safe(math.cos)),
    "tan": Function("n", "n", _safe(math.tan)),
    "asin": Function("n", "n", _safe(math.asin)),
    "acos": Function("n", "n", _safe(math.acos)),
    "atan": Function("n", "n", _safe(math.atan)),
    "atan2": Function("nn", "n", math.atan2),
    "sqrt": Function("n", "n", _safe(math.sqrt)),
    "exp": Function("n", "n", _safe(math.exp)),
    "exp10": Function("n", "n", lambda value: power(10.0, value)),
    "pi": Function("", "n", lambda: math.pi),
    "random": Function("", "n", random, runtime=True, fresh=True),
}
