"""From the tree of an expression to closures, with the list of places that the expression reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.forms.tree import Spec
from app.forms.xpath import routes
from app.forms.xpath.ast import Binary, Call, Expr, From, Literal, Many, Negative, Number, Path, Step
from app.forms.xpath.compare import compare
from app.forms.xpath.compiled import (
    Closure,
    Code,
    Frame,
    Place,
    Read,
    as_any,
    as_nodes,
    as_number,
    as_text,
    as_truth,
    truth_of,
)
from app.forms.xpath.functions import PLAIN
from app.forms.xpath.functions.base import Function
from app.forms.xpath.functions.numbers import divide, remainder
from app.forms.xpath.lexer import XPathError
from app.forms.xpath.lists import Chosen, key_of, walk_list
from app.forms.xpath.patterns import pattern
from app.words import mark

NOT_A_FUNCTION = mark("the function “{name}” is not supported")
WRONG_COUNT = mark("the function “{name}” does not take {count} arguments")
NOT_A_PATTERN = mark("the pattern “{pattern}” cannot be read, or trying it could take forever")
NOT_NODES = mark("“{name}” needs a path to questions")

Special = Callable[["Compiler", Call], Code]


class Scope:
    """Where a part of an expression stands: `context` is the place of its context node, None inside of a list."""

    __slots__ = ("anchor", "context", "inside")

    def __init__(self, context: Spec | None, *, anchor: Spec | None = None, inside: bool = False) -> None:
        self.context = context
        self.anchor = anchor
        self.inside = inside


class Compiler:
    """Compiles the expressions of one place, `home`, of a form. `reads` collects what they look at.

    `special` are the functions that look at the form itself; `form` is what they know of it.
    """

    def __init__(self, root: Spec, home: Spec, special: Mapping[str, Special], form: Any = None) -> None:
        self.root = root
        self.home = home
        self.form = form
        self.reads: list[Read] = []
        self.missing: list[XPathError] = []
        """The paths that lead nowhere, which by XPath means: to no node."""
        self.relevance = False
        """Whether the expression is the relevance of `home`."""
        self.fresh = False
        self.language = False
        self.alike = True
        """Whether the closure is the same wherever it stands: it looks only at places that there are once."""
        self._special = special
        self._scope = Scope(home)

    @property
    def scope(self) -> Scope:
        """Where the part that is being compiled stands."""
        return self._scope

    def code(self, tree: Expr) -> Code:
        """The closure of a tree, of whatever kind comes out."""
        match tree:
            case Path():
                return self._path(tree)
            case Literal(value):
                return Code(lambda n, e: value, "s")
            case Number(number):
                return Code(lambda n, e: number, "n")
            case Call():
                return self._call(tree)
            case Binary(sign, left, right):
                return self._binary(sign, self.code(left), self.code(right))
            case Many(sign, operands):
                return self._many(sign, [self.code(operand) for operand in operands])
            case Negative(operand):
                inner = self.number(operand)
                return Code(lambda n, e: -inner(n, e), "n")
            case From():
                return self._from(tree)

    def text(self, tree: Expr) -> Closure:
        """The closure that gives a string."""
        return as_text(self.code(tree))

    def number(self, tree: Expr) -> Closure:
        """The closure that gives a number."""
        return as_number(self.code(tree))

    def truth(self, tree: Expr) -> Closure:
        """The closure that gives a truth."""
        return as_truth(self.code(tree))

    def nodes(self, tree: Expr, name: str) -> Closure:
        """The closure that gives nodes; `name` is the function that needs them."""
        found = as_nodes(self.code(tree))
        if found is None:
            raise XPathError(NOT_NODES, name=name)
        return found

    def anything(self, tree: Expr) -> Closure:
        """The closure that gives a string, a number, a truth or a list of nodes."""
        return as_any(self.code(tree))

    def _binary(self, sign: str, left: Code, right: Code) -> Code:
        if sign in ("=", "!=", "<", "<=", ">", ">="):
            return compare(sign, left, right)
        one, two = as_number(left), as_number(right)
        match sign:
            case "-":
                return Code(lambda n, e: one(n, e) - two(n, e), "n")
            case "*":
                return Code(lambda n, e: one(n, e) * two(n, e), "n")
            case "div":
                return Code(lambda n, e: divide(one(n, e), two(n, e)), "n")
            case _:
                return Code(lambda n, e: remainder(one(n, e), two(n, e)), "n")

    def _many(self, sign: str, operands: list[Code]) -> Code:
        if sign == "+":
            return Code(_sum([as_number(operand) for operand in operands]), "n")
        if sign == "|":
            return self._union(operands)
        truths = [as_truth(operand) for operand in operands]
        if len(truths) == 2:
            one, two = truths
            if sign == "and":
                return Code(lambda n, e: one(n, e) and two(n, e), "b")
            return Code(lambda n, e: one(n, e) or two(n, e), "b")
        if sign == "and":
            return Code(lambda n, e: all(truth(n, e) for truth in truths), "b")
        return Code(lambda n, e: any(truth(n, e) for truth in truths), "b")

    def _union(self, operands: list[Code]) -> Code:
        lists = [as_nodes(operand) for operand in operands]
        if any(found is None for found in lists):
            raise XPathError(NOT_NODES, name="|")

        def union(n: Any, e: Frame) -> list[Place]:
            found: dict[int, Place] = {}
            for run in lists:
                assert run is not None
                for node in run(n, e):
                    found.setdefault(id(node), node)
            return list(found.values())

        return Code(union, "N")

    # Paths

    def _path(self, path: Path) -> Code:
        try:
            return self._found(path)
        except routes.NoSuchPlace as missing:
            self.missing.append(missing)
            return Code(lambda n, e: [], "N")

    def _found(self, path: Path) -> Code:
        scope = self._scope
        if path.absolute:
            return self._routed(routes.absolute(self.root, path.steps, self.home))
        if scope.context is None:
            return Code(walk_list(lambda n, e: [n], path.steps, self.choose_in_list), "N")
        if len(path.steps) == 1 and path.steps[0] == Step("self"):
            self.alike = False
            self.reads.append(Read(scope.context, scope.anchor or scope.context))
            return Code(_self_node, "P", scope.context.leaf)
        return self._routed(routes.relative("context", scope.context, path.steps))

    def _routed(self, found: list[routes.Route]) -> Code:
        if len(found) > 1 or found[0].start != "root" or not found[0].single:
            self.alike = False
        if self.relevance and not self._scope.inside and len(found) == 1 and self._is_within(found[0]):
            self.alike = False
            self.reads.append(Read(found[0].target, found[0].top, within=True))
            return Code(_text_within(routes.single(found[0]), self.home), "s")
        for route in found:
            self._note(route)
        if len(found) == 1 and found[0].single:
            return Code(routes.single(found[0]), "P", found[0].target.leaf)
        runs = [routes.many(route, self._chooser(route)) for route in found]
        if len(runs) == 1:
            return Code(runs[0], "N")
        return Code(lambda n, e: [node for run in runs for node in run(n, e)], "N")

    def _is_within(self, route: routes.Route) -> bool:
        return route.single and route.target is not self.home and self.home in route.target.chain

    def _note(self, route: routes.Route) -> None:
        """Remember what a route reads: the node at its end, and through which repeats it was looked for."""
        anchor = route.top
        outer = self._scope.anchor
        if outer is not None and outer.depth < anchor.depth and route.start == "context":
            anchor = outer
        across = any(down.predicates and down.spec in self.home.chain for down in route.downs) or (
            self._scope.inside and route.start == "context"
        )
        target = route.target
        if target.repeat and anchor is target and target.parent is not None:
            anchor = target.parent
        self.reads.append(Read(target, anchor, across))
        self.reads += [Read(down.spec, anchor, across) for down in route.downs if down.spec.repeat]

    def _chooser(self, route: routes.Route) -> routes.Choosing:
        anchor = route.top

        def choosing(predicates: tuple[Expr, ...], spec: Spec) -> routes.Chooser:
            return self.predicates(predicates, Scope(spec, anchor=anchor, inside=True))

        return choosing

    def predicates(self, trees: tuple[Expr, ...], scope: Scope) -> routes.Chooser:
        """What keeps of a list of nodes those that every predicate is true for."""
        before, self._scope = self._scope, scope
        try:
            tests = [_test(self.code(tree)) for tree in trees]
        finally:
            self._scope = before

        def choose(nodes: list[Place], frame: Frame) -> list[Place]:
            for test in tests:
                frame.budget.spend(len(nodes))
                inner, kept = frame.inner(len(nodes)), []
                for position, node in enumerate(nodes, 1):
                    inner.position = position
                    if test(node, inner):
                        kept.append(node)
                nodes = kept
            return nodes

        return choose

    def choose_in_list(self, trees: tuple[Expr, ...]) -> Chosen:
        """As `predicates` for the elements of a list; `key = value` is answered through an index."""
        keyed = None
        if trees and (found := key_of(trees[0])) is not None:
            key, value = found
            before, self._scope = self._scope, Scope(None)
            try:
                code = self.code(value)
            finally:
                self._scope = before
            if code.kind in ("s", "P"):  # a number or a list of nodes compares otherwise than by text
                keyed = (key, as_text(code))
                trees = trees[1:]
        return Chosen(keyed, self.predicates(trees, Scope(None)) if trees else None)

    def _from(self, tree: From) -> Code:
        if isinstance(tree.base, Call) and tree.base.name == "current" and not tree.predicates:
            return self._from_current(tree.steps)
        base = self.code(tree.base)
        nodes = as_nodes(base)
        if nodes is None:
            raise XPathError(NOT_NODES, name="/")
        if tree.predicates:
            nodes = _chosen(nodes, self.predicates(tree.predicates, self._scope_of(tree.base)))
        if not tree.steps:
            return Code(nodes, "N")
        if isinstance(tree.base, Path) or (isinstance(tree.base, Many) and tree.base.operator == "|"):
            return self._further(tree, nodes)
        return Code(walk_list(nodes, tree.steps, self.choose_in_list), "N")

    def _scope_of(self, base: Expr) -> Scope:
        if isinstance(base, Path):
            found = self._routes_of(base)
            if found:
                return Scope(found[0].target, anchor=found[0].top, inside=True)
        return Scope(None)

    def _routes_of(self, path: Path) -> list[routes.Route]:
        if path.absolute:
            return routes.absolute(self.root, path.steps, self.home)
        if self._scope.context is None:
            return []
        return routes.relative("context", self._scope.context, path.steps)

    def _further(self, tree: From, nodes: Closure) -> Code:
        """Steps after a path in parentheses: `(/data/r/x)[2]/y`."""
        assert isinstance(tree.base, Path | Many)
        bases = (tree.base,) if isinstance(tree.base, Path) else tree.base.operands
        found = [route for base in bases if isinstance(base, Path) for route in self._routes_of(base)]
        if len({route.target for route in found}) != 1:
            raise XPathError(NOT_NODES, name="/")
        further = routes.relative("context", found[0].target, tree.steps)
        before, self._scope = self._scope, Scope(found[0].target, anchor=found[0].top, inside=True)
        try:
            run = as_nodes(self._routed(further))
        finally:
            self._scope = before
        assert run is not None
        return Code(lambda n, e: [kid for node in nodes(n, e) for kid in run(node, e)], "N")

    def _from_current(self, steps: tuple[Step, ...]) -> Code:
        if all(step == Step("self") for step in steps):
            self.alike = False
            self.reads.append(Read(self.home, self.home))
            return Code(lambda n, e: e.home, "P")
        try:
            return self._routed(routes.relative("home", self.home, steps))
        except routes.NoSuchPlace as missing:
            self.missing.append(missing)
            return Code(lambda n, e: [], "N")

    def inside(self, base: Expr) -> Callable[[Expr], Code]:
        """Compiles expressions about each node that `base` gives: the value and label of a choice."""
        path = _innermost(base)
        scope = self._scope_of(path) if isinstance(path, Path) else Scope(None)

        def code(tree: Expr) -> Code:
            before, self._scope = self._scope, scope
            try:
                return self.code(tree)
            finally:
                self._scope = before

        return code

    # Functions

    def _call(self, call: Call) -> Code:
        special = self._special.get(call.name)
        if special is not None:
            self.alike = False
            return special(self, call)
        function = PLAIN.get(call.name)
        if function is None:
            raise XPathError(NOT_A_FUNCTION, name=call.name)
        if not function.fits(len(call.arguments)):
            raise wrong_count(call)
        if call.name == "regex" and isinstance(call.arguments[1], Literal):
            self._check_pattern(call.arguments[1].value)
        self.fresh |= function.fresh
        self.language |= function.language
        arguments = [self._argument(function, at, tree) for at, tree in enumerate(call.arguments)]
        return Code(_plain(function, arguments), function.gives)

    @staticmethod
    def _check_pattern(source: str) -> None:
        if pattern(source) is None:
            raise XPathError(NOT_A_PATTERN, pattern=source)

    def _argument(self, function: Function, at: int, tree: Expr) -> Closure:
        letter = function.letter(at)
        if letter == "s":
            return self.text(tree)
        if letter == "n":
            return self.number(tree)
        if letter == "b":
            return self.truth(tree)
        code = self.code(tree)
        return code.run if code.kind in "snb" else as_text(code)


def _innermost(tree: Expr) -> Expr:
    """The path that a shuffled or chosen list comes from."""
    while isinstance(tree, Call | From):
        if isinstance(tree, From):
            return tree
        if tree.name != "randomize" or not tree.arguments:
            return tree
        tree = tree.arguments[0]
    return tree


def _text_within(run: Closure, home: Spec) -> Closure:
    """The text of a node in a group, whether or not the group itself is relevant."""

    def text(n: Any, e: Frame) -> str:
        node = here = run(n, e)
        while here.spec is not home:
            if not here.own:
                return ""
            here = here.parent
        return str(node.value)

    return text


def wrong_count(call: Call) -> XPathError:
    """The error for a call with too few or too many arguments."""
    return XPathError(WRONG_COUNT, name=call.name, count=str(len(call.arguments)))


def _self_node(n: Any, e: Frame) -> Any:
    return n


def _sum(numbers: list[Closure]) -> Closure:
    if len(numbers) == 2:
        one, two = numbers
        return lambda n, e: one(n, e) + two(n, e)

    def total(n: Any, e: Frame) -> float:
        found = 0.0
        for number in numbers:
            found += number(n, e)
        return found

    return total


def _test(code: Code) -> Callable[[Place, Frame], bool]:
    run = code.run
    if code.kind == "n":
        return lambda n, e: bool(run(n, e) == e.position)
    if code.kind != "a":
        truth = as_truth(code)
        return lambda n, e: bool(truth(n, e))

    def test(n: Place, e: Frame) -> bool:
        found = run(n, e)
        return found == e.position if isinstance(found, float) else truth_of(found)

    return test


def _chosen(nodes: Closure, choose: routes.Chooser) -> Closure:
    return lambda n, e: choose(nodes(n, e), e)


def _plain(function: Function, arguments: list[Closure]) -> Closure:
    call = function.call
    if function.runtime:
        return lambda n, e: call(e.runtime, *[argument(n, e) for argument in arguments])
    if len(arguments) == 1:
        only = arguments[0]
        return lambda n, e: call(only(n, e))
    if len(arguments) == 2:
        one, two = arguments
        return lambda n, e: call(one(n, e), two(n, e))
    return lambda n, e: call(*[argument(n, e) for argument in arguments])
