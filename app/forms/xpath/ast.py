"""An expression after parsing: plain, immutable data that is kept in the compiled form."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec


class Number(msgspec.Struct, frozen=True, tag="n", array_like=True):
    """A literal number."""

    value: float


class Literal(msgspec.Struct, frozen=True, tag="s", array_like=True):
    """A literal string."""

    value: str


class Step(msgspec.Struct, frozen=True, array_like=True):
    """One step: `axis` is child, parent, self or below (`//`); `name` is `*` for any."""

    axis: str
    name: str = "*"
    predicates: tuple[Expr, ...] = ()


class Path(msgspec.Struct, frozen=True, tag="p", array_like=True):
    """A location path; an absolute one begins at the root of the primary instance."""

    absolute: bool
    steps: tuple[Step, ...]


class From(msgspec.Struct, frozen=True, tag="f", array_like=True):
    """A path that begins at the nodes of another expression: `instance('x')/root/item[...]`."""

    base: Expr
    predicates: tuple[Expr, ...]
    steps: tuple[Step, ...]


class Call(msgspec.Struct, frozen=True, tag="c", array_like=True):
    """A function call."""

    name: str
    arguments: tuple[Expr, ...]


class Binary(msgspec.Struct, frozen=True, tag="b", array_like=True):
    """Two operands and their operator."""

    operator: str
    left: Expr
    right: Expr


class Many(msgspec.Struct, frozen=True, tag="l", array_like=True):
    """A chain of one operator that reads from left to right (`or`, `and`, `+`, `|`), kept flat however long it is."""

    operator: str
    operands: tuple[Expr, ...]


class Negative(msgspec.Struct, frozen=True, tag="m", array_like=True):
    """The unary minus."""

    operand: Expr


Expr = Number | Literal | Path | From | Call | Binary | Many | Negative


def walk(expression: Expr) -> Iterator[Expr]:
    """The expression and everything in it, outermost first."""
    pending: list[Expr] = [expression]
    while pending:
        found = pending.pop()
        yield found
        match found:
            case Path(_, steps):
                pending += [inner for step in steps for inner in step.predicates]
            case From(base, predicates, steps):
                pending += [base, *predicates, *(inner for step in steps for inner in step.predicates)]
            case Call(_, arguments):
                pending += arguments
            case Binary(_, left, right):
                pending += [left, right]
            case Many(_, operands):
                pending += operands
            case Negative(operand):
                pending.append(operand)
            case _:
                pass


def functions(expression: Expr) -> set[str]:
    """The names of the functions that the expression calls."""
    return {found.name for found in walk(expression) if isinstance(found, Call)}
