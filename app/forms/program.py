"""A form compiled: its places, its computations in order, and which of them an answer touches.

A computation is one rule (`calculate`, `relevant`, ...) of one place. `reads` of its expression become edges: when a
node changes, every edge of its place names a computation and the way to its nodes (up to the common anchor, then
down). Values, relevance and counts of repeats are computed in the order of what they read; a circle among them is
refused. Outcomes that nothing reads (required, read-only, constraint, texts, choices) come after, in any order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from typing import Any, NamedTuple

import msgspec

from app.forms import circles
from app.forms.data import NONE, Bind, Control, FormData, Itemset, Label, Text
from app.forms.problems import Finding, FormRefused, Place
from app.forms.reading import unreadable
from app.forms.tree import Spec
from app.forms.xpath.ast import Expr, functions
from app.forms.xpath.compiled import Closure, Read, as_nodes, as_text
from app.forms.xpath.compiler import NOT_NODES, Compiler
from app.forms.xpath.lexer import XPathError
from app.forms.xpath.special import SPECIAL
from app.words import mark

LEADS_NOWHERE = mark("“{expression}” asks for something that is always empty: {reason}.")
CIRCLE = mark("These questions depend on each other in a circle: {questions}.")

CALCULATE, RELEVANT, COUNT, REQUIRED, READONLY, CONSTRAINT, SHOWN = range(7)
_NAMES = ("calculation", "relevant", "repeat_count", "required", "readonly", "constraint", "label")
_ORDERED = frozenset({CALCULATE, RELEVANT, COUNT})


class Computation:
    """One rule of one place. `rank` orders those that others read."""

    __slots__ = ("column", "fresh", "kind", "language", "rank", "reads", "run", "spec")

    def __init__(self, kind: int, spec: Spec, run: Closure, compiler: Compiler, column: str) -> None:
        self.kind = kind
        self.spec = spec
        self.run = run
        self.reads: tuple[Read, ...] = tuple(dict.fromkeys(compiler.reads))
        self.fresh = compiler.fresh
        self.language = compiler.language
        self.rank = 0
        self.column = column


class Edge(NamedTuple):
    """From a changed node `ups` steps up, then down through `downs` to the nodes of a computation."""

    computation: Computation
    ups: int
    downs: tuple[Spec, ...]


class Choices(NamedTuple):
    """Where the choices of a question come from: nodes, and the closures of a choice's value and label.

    They are `always` the same, if in another order, when they read no answer and no clock.
    """

    nodes: Closure
    value: Closure
    label: Closure
    always: bool


class Compiled:
    """A form ready to run."""

    def __init__(self, data: FormData) -> None:
        self.data = data
        self.findings: list[Finding] = []
        self.warnings: list[Finding] = []
        self.specs = _specs(data)
        self.root = self.specs[0]
        self.binds: dict[Spec, Bind] = {self.specs[bind.place]: bind for bind in data.binds}
        self.controls: dict[Spec, Control] = {}
        self.repeats: dict[Spec, Control] = {}
        self.wrappers: dict[Spec, Label] = {}
        self._learn_controls(data.body)
        self._lists = frozenset(found.name for found in data.tables)
        self.computations: dict[Spec, list[Computation]] = {}
        self.choices: dict[Spec, Choices] = {}
        self.fixed: dict[Spec, Any] = {}
        """What views of a place have in common, kept by `showing`."""
        self._shared: dict[Itemset, tuple[Choices, bool]] = {}
        self.texts: dict[tuple[int, Spec], Closure] = {}
        self.values: dict[int, Closure] = {}
        self.edges: dict[Spec, list[Edge]] = {}
        self._known: dict[tuple[int, str], tuple[Closure, Compiler]] = {}
        """Expressions that mean the same wherever they stand: forms repeat `true()` and whole conditions many times."""
        self._compile()
        if self.findings:
            raise FormRefused(self.findings)
        self._order()

    # What functions ask

    def has_list(self, name: str) -> bool:
        """Whether there is a list of that name."""
        return name in self._lists

    def has_choices(self, spec: Spec) -> bool:
        """Whether the question of that place has choices."""
        control = self.controls.get(spec)
        return control is not None and control.kind in ("select", "select1", "rank")

    @cached_property
    def with_media(self) -> frozenset[str]:
        """The texts that have a picture, a sound or a film in some language."""
        return frozenset(
            identifier
            for texts in self.data.itext.values()
            for identifier, forms in texts.items()
            if not forms.keys() <= {"", "short", "guidance"}
        )

    def bind(self, spec: Spec) -> Bind:
        """The rules of a place; those of plain text where the form says none."""
        return self.binds.get(spec) or Bind(spec.index)

    def all(self) -> Iterator[Computation]:
        """Every computation."""
        for found in self.computations.values():
            yield from found

    @property
    def functions(self) -> set[str]:
        """The names of all functions that the form calls."""
        return {name for tree in self.data.expressions for name in functions(tree)}

    # Compiling

    def _learn_controls(self, controls: tuple[Control, ...]) -> None:
        for control in controls:
            if control.place != NONE:
                spec = self.specs[control.place]
                if control.kind == "repeat":
                    self.repeats[spec] = control
                elif control.kind == "group" and spec.repeat:
                    if control.label is not None:
                        self.wrappers[spec] = control.label
                else:
                    self.controls.setdefault(spec, control)
            self._learn_controls(control.children)

    def _compile(self) -> None:
        for spec, bind in self.binds.items():
            self._rule(CALCULATE, spec, bind.calculate, "text")
            self._rule(RELEVANT, spec, bind.relevant, "relevance")
            self._rule(REQUIRED, spec, bind.required, "truth")
            self._rule(READONLY, spec, bind.readonly, "truth")
            self._rule(CONSTRAINT, spec, bind.constraint, "truth")
        for spec, control in self.repeats.items():
            self._rule(COUNT, spec, control.count, "number")
        for at, action in enumerate(self.data.actions):
            if action.value != NONE:
                made = self._closure(self.specs[action.target], action.value, "default", "text")
                if made is not None:
                    self.values[at] = made[0]
        for spec, control in self.controls.items():
            self._show(spec, control)
        self._compile_texts()

    def _rule(self, kind: int, spec: Spec, expression: int, wanted: str) -> None:
        if expression == NONE:
            return
        made = self._closure(spec, expression, _NAMES[kind], wanted)
        if made is not None:
            self.computations.setdefault(spec, []).append(Computation(kind, spec, *made, _NAMES[kind]))

    def _closure(self, spec: Spec, expression: int, column: str, wanted: str) -> tuple[Closure, Compiler] | None:
        known = self._known.get((expression, wanted))
        # A group's relevance may look into the group, which is then another thing than the same words elsewhere.
        if known is not None and not (spec.kids and any(spec in read.spec.chain for read in known[1].reads)):
            return known
        compiler = Compiler(self.root, spec, SPECIAL, self)
        compiler.relevance = wanted == "relevance"
        tree = self.data.expressions[expression]
        try:
            found = self._converted(compiler, tree, wanted)
            if compiler.alike and not compiler.missing:
                self._known[expression, wanted] = found, compiler
            self._warn(compiler, expression, spec, column)
            return found, compiler
        except XPathError as error:
            self.findings.append(unreadable(self.data.sources[expression], error, spec.path, column))
            return None

    def _warn(self, compiler: Compiler, expression: int, spec: Spec, column: str) -> None:
        for missing in compiler.missing:
            found = unreadable(self.data.sources[expression], missing, spec.path, column)
            self.warnings.append(msgspec.structs.replace(found, text=LEADS_NOWHERE))
        compiler.missing.clear()

    @staticmethod
    def _converted(compiler: Compiler, tree: Expr, wanted: str) -> Closure:
        if wanted == "text":
            return compiler.text(tree)
        if wanted in ("truth", "relevance"):
            return compiler.truth(tree)
        if wanted == "number":
            return compiler.number(tree)
        return compiler.nodes(tree, "choice_filter")

    def _show(self, spec: Spec, control: Control) -> None:
        """Choices of a question; what they and its texts read makes the question be shown anew."""
        compiler = Compiler(self.root, spec, SPECIAL, self)
        if control.itemset is not None:
            self._choices(spec, control.itemset, compiler)
        if spec in self.choices:
            for text in self._choice_texts:
                self._outputs(spec, text, compiler)
        bind = self.bind(spec)
        for label in (control.label, control.hint, bind.required_message, bind.constraint_message):
            for text in self._versions(label):
                self._outputs(spec, text, compiler)
        if compiler.reads or compiler.language:
            shown = Computation(SHOWN, spec, _nothing, compiler, "label")
            self.computations.setdefault(spec, []).append(shown)

    def _choices(self, spec: Spec, itemset: Itemset, compiler: Compiler) -> None:
        if NONE in (itemset.nodes, itemset.value):
            return
        if (shared := self._shared.get(itemset)) is not None:
            self.choices[spec], compiler.language = shared
            return
        sources, trees = self.data.sources, self.data.expressions
        at = itemset.nodes
        try:
            code = compiler.code(trees[at])
            nodes = as_nodes(code)
            if nodes is None:
                raise XPathError(NOT_NODES, name="choice_filter")
            inside = compiler.inside(trees[at])
            at = itemset.value
            value = as_text(inside(trees[at]))
            at = itemset.label if itemset.label != NONE else itemset.value
            label = as_text(inside(trees[at]))
            self._warn(compiler, itemset.nodes, spec, "choice_filter")
        except XPathError as error:
            self.findings.append(unreadable(sources[at], error, spec.path, "choice_filter"))
            return
        always = not compiler.reads and not compiler.fresh
        self.choices[spec] = Choices(nodes, value, label, always)
        if always:  # the list is the same wherever it is asked for
            self._shared[itemset] = self.choices[spec], compiler.language

    def _versions(self, label: Label | None) -> Iterator[Text]:
        if label is None:
            return
        yield label.plain
        if label.itext:
            for texts in self.data.itext.values():
                yield from texts.get(label.itext, {}).values()

    @cached_property
    def _choice_texts(self) -> list[Text]:
        """Texts of choices that hold outputs: those that no question names."""
        return [
            text
            for texts in self.data.itext.values()
            for identifier, forms in texts.items()
            if not identifier.startswith("/")
            for text in forms.values()
            if any(isinstance(piece, int) for piece in text)
        ]

    def _outputs(self, spec: Spec, text: Text, compiler: Compiler) -> None:
        for piece in text:
            if not isinstance(piece, int) or (piece, spec) in self.texts:
                continue
            try:
                self.texts[piece, spec] = compiler.text(self.data.expressions[piece])
                self._warn(compiler, piece, spec, "label")
            except XPathError as error:
                self.findings.append(unreadable(self.data.sources[piece], error, spec.path, "label"))

    def _compile_texts(self) -> None:
        for spec, label in self.wrappers.items():
            for text in self._versions(label):
                self._outputs(spec, text, Compiler(self.root, spec, SPECIAL, self))

    # Order and edges

    def _order(self) -> None:
        edges: dict[Spec, dict[Edge, None]] = defaultdict(dict)
        for computation in self.all():
            for read in computation.reads:
                edges[read.spec][_edge(read, computation)] = None
            if computation.kind == CONSTRAINT:
                edges[computation.spec][Edge(computation, 0, ())] = None
        self.edges = {spec: list(found) for spec, found in edges.items()}
        ranks, circle = circles.order(self)
        if circle:
            names = ", ".join(dict.fromkeys(found.spec.path for found in circle))
            first = circle[0]
            where = Place(path=first.spec.path, column=first.column)
            raise FormRefused([Finding(CIRCLE, {"questions": names}, where)])
        last = len(ranks) + 1
        for computation in self.all():
            computation.rank = ranks.get(computation, last)


def _edge(read: Read, computation: Computation) -> Edge:
    chain = computation.spec.chain[:-1] if computation.kind == COUNT else computation.spec.chain
    anchor = read.anchor
    while anchor not in chain and anchor.parent is not None:
        anchor = anchor.parent
    return Edge(computation, read.spec.depth - anchor.depth, chain[anchor.depth + 1 :])


def _nothing(n: Any, e: Any) -> None:
    return None


def _specs(data: FormData) -> list[Spec]:
    specs: list[Spec] = []
    for index, place in enumerate(data.places):
        parent = None if place.parent == NONE else specs[place.parent]
        specs.append(Spec(index, place.name, parent, repeat=place.repeat, default=place.default))
    return specs
