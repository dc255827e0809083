"""`indexed-repeat`: the value of a question in the instances of its repeats that are named by number, up to three
deep.
"""

from __future__ import annotations

from typing import Any

from app.forms.tree import Spec
from app.forms.xpath import routes
from app.forms.xpath.ast import Call, Expr, Path
from app.forms.xpath.compiled import Closure, Code, Frame, Read, node_text
from app.forms.xpath.compiler import Compiler
from app.forms.xpath.lexer import XPathError
from app.words import mark

NOT_ITS_REPEAT = mark("in “indexed-repeat” the question “{path}” is not in the repeat “{repeat}”")
NOT_A_PATH = mark("“indexed-repeat” needs paths to a question and its repeats")


def indexed(compiler: Compiler, call: Call) -> Code:
    """The closure of a call of `indexed-repeat`."""
    target = _place(compiler, call.arguments[0])
    pairs = zip(call.arguments[1::2], call.arguments[2::2], strict=True)
    indexes = {_place(compiler, repeat): compiler.number(index) for repeat, index in pairs}
    for repeat in indexes:
        if repeat not in target.chain or not repeat.repeat:
            raise XPathError(NOT_ITS_REPEAT, path=target.path, repeat=repeat.path)
    start, ups, below = _start(compiler.home, target, indexes)
    steps = [(spec.slot, spec.repeat, indexes.get(spec)) for spec in below]
    _note(compiler, target, start)
    return Code(_walk(ups, steps), "s")


def _place(compiler: Compiler, tree: Expr) -> Spec:
    if not isinstance(tree, Path):
        raise XPathError(NOT_A_PATH)
    if tree.absolute:
        return routes.absolute(compiler.root, tree.steps, compiler.home)[0].target
    context = compiler.scope.context
    if context is None:
        raise XPathError(NOT_A_PATH)
    return routes.relative("context", context, tree.steps)[0].target


def _start(home: Spec, target: Spec, indexes: dict[Spec, Closure]) -> tuple[Spec, int, tuple[Spec, ...]]:
    """The deepest common place above every repeat that an index chooses, how far up it is, and the way down."""
    top = target.chain[0]
    for spec in target.chain[:-1]:
        if spec in indexes or spec not in home.chain:
            break
        top = spec
    return top, home.depth - top.depth, target.chain[top.depth + 1 :]


def _note(compiler: Compiler, target: Spec, start: Spec) -> None:
    compiler.reads.append(Read(target, start, across=True))
    compiler.reads += [
        Read(spec, start, across=True) for spec in target.chain if spec.repeat and spec.depth > start.depth
    ]


def _walk(ups: int, steps: list[tuple[int, bool, Closure | None]]) -> Closure:
    def run(n: Any, e: Frame) -> str:
        node: Any = e.home
        for _ in range(ups):
            node = node.parent
        for slot, repeat, index in steps:
            if not repeat:
                node = node.kids[slot]
                continue
            number = 1.0 if index is None else index(n, e)
            instances = node.kids[slot]
            if number != number or not 1 <= number <= len(instances):
                return ""
            node = instances[int(number) - 1]
        return node_text(node)

    return run
