"""XPath 1.0 into its tree, by recursive descent: a function a level of precedence."""

from __future__ import annotations

from functools import lru_cache

from app.forms.xpath.ast import Binary, Call, Expr, From, Literal, Many, Negative, Number, Path, Step
from app.forms.xpath.lexer import ENDS_TOO_EARLY, UNEXPECTED, Token, XPathError, tokens
from app.words import mark

DEEPEST = 60
"""How deep parentheses, calls and predicates may be nested."""

TOO_DEEP = mark("it is nested too deeply")
NO_VARIABLES = mark("variables (“$”) do not exist in forms")
NO_ATTRIBUTES = mark("attributes (“@”) cannot be asked for")
NO_AXIS = mark("the axis “{axis}” is not supported (only child, parent and self are)")
NO_NODE_TEST = mark("“{name}()” cannot be used as a step")

_LEVELS: tuple[frozenset[str], ...] = (
    frozenset({"or"}),
    frozenset({"and"}),
    frozenset({"=", "!="}),
    frozenset({"<", "<=", ">", ">="}),
    frozenset({"+", "-"}),
    frozenset({"*", "div", "mod"}),
)
_FLAT = frozenset({"or", "and", "+"})
_NODE_TYPES = frozenset({"comment", "text", "processing-instruction", "node"})
_AXES = {"child": "child", "parent": "parent", "self": "self"}


@lru_cache(maxsize=4096)
def parse(source: str) -> Expr:
    """The tree of an expression. Raises XPathError with the reason."""
    return _Parser(tokens(source)).whole()


class _Parser:
    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._at = 0
        self._depth = 0

    def whole(self) -> Expr:
        tree = self._level(0)
        if self._here.kind != "end":
            raise self._unexpected()
        return tree

    @property
    def _here(self) -> Token:
        return self._tokens[self._at]

    def _is(self, text: str) -> bool:
        here = self._here
        return here.text == text and here.kind in ("symbol", "operator")

    def _take(self) -> Token:
        here = self._here
        self._at += 1
        return here

    def _expect(self, text: str) -> None:
        if not self._is(text):
            raise self._unexpected()
        self._at += 1

    def _unexpected(self) -> XPathError:
        here = self._here
        return XPathError(ENDS_TOO_EARLY) if here.kind == "end" else XPathError(UNEXPECTED, found=here.text)

    def _level(self, level: int) -> Expr:
        if level == len(_LEVELS):
            return self._unary()
        if level == 0:
            self._depth += 1
            if self._depth > DEEPEST:
                raise XPathError(TOO_DEEP)
        left, links = self._level(level + 1), 0
        while self._here.kind in ("symbol", "operator") and self._here.text in _LEVELS[level]:
            left = self._chained(left, self._take().text, level)
            links += not isinstance(left, Many)
            if links > DEEPEST:
                raise XPathError(TOO_DEEP)
        if level == 0:
            self._depth -= 1
        return left

    def _chained(self, left: Expr, operator: str, level: int) -> Expr:
        right = self._level(level + 1)
        if operator not in _FLAT:
            return Binary(operator, left, right)
        operands = [left, right]
        while self._is(operator) or (self._here.kind == "operator" and self._here.text == operator):
            self._at += 1
            operands.append(self._level(level + 1))
        return Many(operator, tuple(operands))

    def _unary(self) -> Expr:
        minus = 0
        while self._is("-"):
            self._at += 1
            minus += 1
        tree = self._union()
        return tree if minus == 0 else Negative(tree) if minus % 2 else Negative(Negative(tree))

    def _union(self) -> Expr:
        operands = [self._path()]
        while self._is("|"):
            self._at += 1
            operands.append(self._path())
        return operands[0] if len(operands) == 1 else Many("|", tuple(operands))

    def _path(self) -> Expr:
        if not self._begins_primary():
            return self._location()
        base = self._primary()
        predicates = self._predicates()
        steps: tuple[Step, ...] = ()
        if self._is("/") or self._is("//"):
            steps = self._more_steps()
        return From(base, predicates, steps) if predicates or steps else base

    def _begins_primary(self) -> bool:
        here = self._here
        if here.kind in ("number", "string") or here.text in ("(", "$"):
            return True
        after = self._tokens[self._at + 1] if here.kind == "name" else None
        return after is not None and after.text == "(" and after.kind == "symbol" and here.text not in _NODE_TYPES

    def _primary(self) -> Expr:
        here = self._take()
        if here.kind == "number":
            return Number(float(here.text))
        if here.kind == "string":
            return Literal(here.text)
        if here.text == "$":
            raise XPathError(NO_VARIABLES)
        if here.text == "(":
            inner = self._level(0)
            self._expect(")")
            return inner
        self._expect("(")
        arguments: list[Expr] = []
        while not self._is(")"):
            if arguments:
                self._expect(",")
            arguments.append(self._level(0))
        self._at += 1
        return Call(here.text, tuple(arguments))

    def _location(self) -> Path:
        if self._is("//"):
            return Path(True, self._more_steps())
        if self._is("/"):
            self._at += 1
            steps = (self._step(), *self._more_steps()) if self._begins_step() else ()
            return Path(True, steps)
        return Path(False, (self._step(), *self._more_steps()))

    def _begins_step(self) -> bool:
        here = self._here
        return here.kind == "name" or (here.kind == "symbol" and here.text in (".", "..", "*", "@"))

    def _more_steps(self) -> tuple[Step, ...]:
        steps: list[Step] = []
        while self._is("/") or self._is("//"):
            if self._take().text == "//":
                steps.append(Step("below"))
            steps.append(self._step())
        return tuple(steps)

    def _step(self) -> Step:
        here = self._take()
        if here.text == "@" and here.kind == "symbol":
            raise XPathError(NO_ATTRIBUTES)
        if here.kind == "symbol" and here.text in (".", ".."):
            return Step("self" if here.text == "." else "parent", "*", self._predicates())
        axis = "child"
        if here.kind == "name" and self._is("::"):
            if here.text not in _AXES:
                raise XPathError(NO_AXIS, axis=here.text)
            axis = _AXES[here.text]
            self._at += 1
            here = self._take()
        if here.kind == "name" and self._is("("):
            return self._node_test(here.text, axis)
        if here.kind == "name" or here.text == "*":
            return Step(axis, here.text, self._predicates())
        self._at -= 1
        raise self._unexpected()

    def _node_test(self, name: str, axis: str) -> Step:
        if name != "node":
            raise XPathError(NO_NODE_TEST, name=name)
        self._expect("(")
        self._expect(")")
        return Step(axis, "*", self._predicates())

    def _predicates(self) -> tuple[Expr, ...]:
        found: list[Expr] = []
        while self._is("["):
            self._at += 1
            found.append(self._level(0))
            self._expect("]")
        return tuple(found)
