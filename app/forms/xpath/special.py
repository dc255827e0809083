"""Functions that look at the form itself: nodes, repeats, lists, choices and texts (ODK XForms, XPath Functions)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, cast

from app.forms.tree import Element, Node, Spec
from app.forms.xpath.ast import Call, Expr, Literal, Path
from app.forms.xpath.chooser import indexed
from app.forms.xpath.compiled import Code, Frame, Place, Read, node_text, number_of, text_of
from app.forms.xpath.compiler import Compiler, Special, wrong_count
from app.forms.xpath.functions.chance import park_miller, seed_of, shuffled
from app.forms.xpath.functions.numbers import greatest, least
from app.forms.xpath.functions.places import area, distance
from app.forms.xpath.functions.strings import normalize_space
from app.forms.xpath.functions.truth import checklist, weighted_checklist
from app.forms.xpath.lexer import XPathError
from app.forms.xpath.parser import parse
from app.forms.xpath.values import NAN, string_to_number
from app.words import mark

NOT_A_LITERAL = mark("“{name}” needs its argument {place} written out in quotation marks")
NO_SUCH_LIST = mark("there is no list “{name}”")
NO_CHOICES = mark("“{path}” is not a question with choices")


class FormRuntime(Protocol):
    """What the session lends to these functions."""

    def items(self, name: str) -> Element:
        """The list of that name."""
        ...

    def itext(self, identifier: str) -> str:
        """The text of that identifier in the language of the session."""
        ...

    def choice_label(self, node: Node, value: str) -> str:
        """The label of a choice of the question at a node."""
        ...

    def shuffle_seed(self, node: Node) -> int:
        """The seed for a shuffle that names none: the same for a node all session long."""
        ...


class FormKnowledge(Protocol):
    """What is known of the form while it is compiled."""

    def has_list(self, name: str) -> bool:
        """Whether there is a list of that name."""
        ...

    def has_choices(self, spec: Spec) -> bool:
        """Whether the question of that place has choices."""
        ...


def _runtime(frame: Frame) -> FormRuntime:
    return cast(FormRuntime, frame.runtime)


def _count(call: Call, least_count: int, most: int | None) -> None:
    if len(call.arguments) < least_count or (most is not None and len(call.arguments) > most):
        raise wrong_count(call)


def _if(compiler: Compiler, call: Call) -> Code:
    _count(call, 3, 3)
    truth = compiler.truth(call.arguments[0])
    then, otherwise = compiler.code(call.arguments[1]), compiler.code(call.arguments[2])
    if then.kind == otherwise.kind:
        one, two, kind = then.run, otherwise.run, then.kind
    else:
        one, two, kind = _bare(then), _bare(otherwise), "a"
    return Code(lambda n, e: one(n, e) if truth(n, e) else two(n, e), kind)


def _bare(code: Code) -> Callable[[Any, Frame], Any]:
    """As it is, but a single node as its text: a list of none and one that is not relevant are the same."""
    if code.kind != "P":
        return code.run
    run = code.run
    return lambda n, e: node_text(run(n, e))


def _once(compiler: Compiler, call: Call) -> Code:
    _count(call, 1, 1)
    text = compiler.text(call.arguments[0])
    return Code(lambda n, e: e.home.value or text(n, e), "s")


def _instance(compiler: Compiler, call: Call) -> Code:
    _count(call, 1, 1)
    name = _literal(call, 0)
    _known_list(compiler, name)
    return Code(lambda n, e: [_runtime(e).items(name)], "N")


def _known_list(compiler: Compiler, name: str) -> None:
    if not cast(FormKnowledge, compiler.form).has_list(name):
        raise XPathError(NO_SUCH_LIST, name=name)


def _literal(call: Call, at: int) -> str:
    found = call.arguments[at]
    if not isinstance(found, Literal):
        raise XPathError(NOT_A_LITERAL, name=call.name, place=str(at + 1))
    return found.value


def _current(compiler: Compiler, call: Call) -> Code:
    _count(call, 0, 0)
    compiler.reads.append(Read(compiler.home, compiler.home))
    return Code(lambda n, e: e.home, "P")


def _position(compiler: Compiler, call: Call) -> Code:
    _count(call, 0, 1)
    if not call.arguments:
        return Code(lambda n, e: float(e.position), "n")
    nodes = compiler.nodes(call.arguments[0], call.name)

    def position(n: Any, e: Frame) -> float:
        found = nodes(n, e)
        return float(found[0].position) if found else NAN

    return Code(position, "n")


def _last(compiler: Compiler, call: Call) -> Code:
    _count(call, 0, 0)
    return Code(lambda n, e: float(e.size), "n")


def _how_many(compiler: Compiler, call: Call) -> Code:
    _count(call, 1, 1)
    nodes = compiler.nodes(call.arguments[0], call.name)
    return Code(lambda n, e: float(len(nodes(n, e))), "n")


def _how_many_filled(compiler: Compiler, call: Call) -> Code:
    _count(call, 1, 1)
    nodes = compiler.nodes(call.arguments[0], call.name)
    return Code(lambda n, e: float(sum(1 for node in nodes(n, e) if node_text(node))), "n")


def _sum(compiler: Compiler, call: Call) -> Code:
    _count(call, 1, 1)
    nodes = compiler.nodes(call.arguments[0], call.name)
    return Code(lambda n, e: sum((string_to_number(node_text(node)) for node in nodes(n, e)), 0.0), "n")


def _over_numbers(work: Callable[..., float]) -> Special:
    def special(compiler: Compiler, call: Call) -> Code:
        _count(call, 1, None)
        gather = _gathered(compiler, call.arguments)
        return Code(lambda n, e: work(*[number_of(value) for value in gather(n, e)]), "n")

    return special


def _over_texts(work: Callable[..., Any], kind: str) -> Special:
    def special(compiler: Compiler, call: Call) -> Code:
        _count(call, 1, None)
        gather = _gathered(compiler, call.arguments)
        return Code(lambda n, e: work(*[text_of(value) for value in gather(n, e)]), kind)

    return special


def _gathered(compiler: Compiler, trees: tuple[Expr, ...]) -> Callable[[Any, Frame], list[Any]]:
    """Every argument's value, and of a list of nodes the text of each."""
    runs = [compiler.anything(tree) for tree in trees]

    def gather(n: Any, e: Frame) -> list[Any]:
        values: list[Any] = []
        for run in runs:
            found = run(n, e)
            if isinstance(found, list):
                values += [node_text(node) for node in found]
            else:
                values.append(found)
        return values

    return gather


def _checked(work: Callable[..., bool], weighted: bool) -> Special:
    def special(compiler: Compiler, call: Call) -> Code:
        _count(call, 2, None)
        if weighted and len(call.arguments) % 2:
            raise wrong_count(call)
        fewest, most = compiler.number(call.arguments[0]), compiler.number(call.arguments[1])
        gather = _gathered(compiler, call.arguments[2:])
        return Code(lambda n, e: work(fewest(n, e), most(n, e), *gather(n, e)), "b")

    return special


def _normalize_space(compiler: Compiler, call: Call) -> Code:
    _count(call, 0, 1)
    text = compiler.text(call.arguments[0] if call.arguments else parse("."))
    return Code(lambda n, e: normalize_space(text(n, e)), "s")


def _randomize(compiler: Compiler, call: Call) -> Code:
    _count(call, 1, 2)
    nodes = compiler.nodes(call.arguments[0], call.name)
    if len(call.arguments) == 1:
        return Code(lambda n, e: shuffled(nodes(n, e), park_miller(_runtime(e).shuffle_seed(e.home))), "N")
    text = compiler.text(call.arguments[1])
    return Code(lambda n, e: shuffled(nodes(n, e), park_miller(seed_of(text(n, e)))), "N")


def _pulldata(compiler: Compiler, call: Call) -> Code:
    _count(call, 4, 4)
    name, wanted, key = (_literal(call, at) for at in range(3))
    _known_list(compiler, name)
    value = compiler.text(call.arguments[3])

    def pull(n: Any, e: Frame) -> str:
        looked_for = value(n, e)
        for root in _runtime(e).items(name).named("root"):
            for item in root.where("item", key, looked_for):
                for found in item.named(wanted):
                    return found.text
        return ""

    return Code(pull, "s")


def _indexed_repeat(compiler: Compiler, call: Call) -> Code:
    if len(call.arguments) not in (3, 5, 7):
        raise wrong_count(call)
    return indexed(compiler, call)


def _choice_name(compiler: Compiler, call: Call) -> Code:
    _count(call, 2, 2)
    value = compiler.text(call.arguments[0])
    path = parse(_literal(call, 1).strip())
    if not isinstance(path, Path):
        raise XPathError(NO_CHOICES, path=_literal(call, 1))
    before, missing = len(compiler.reads), len(compiler.missing)
    nodes = compiler.nodes(path, call.name)
    if len(compiler.missing) > missing:
        raise compiler.missing[-1]
    spec = compiler.reads[before].spec
    if not cast(FormKnowledge, compiler.form).has_choices(spec):
        raise XPathError(NO_CHOICES, path=spec.path)
    compiler.language = True

    def label(n: Any, e: Frame) -> str:
        found: list[Place] = nodes(n, e)
        chosen = value(n, e)
        if not found or not chosen or not isinstance(found[0], Node):
            return ""
        return _runtime(e).choice_label(found[0], chosen)

    return Code(label, "s")


def _itext(compiler: Compiler, call: Call) -> Code:
    _count(call, 1, 1)
    text = compiler.text(call.arguments[0])
    compiler.language = True
    return Code(lambda n, e: _runtime(e).itext(text(n, e)), "s")


def _property(compiler: Compiler, call: Call) -> Code:
    _count(call, 1, 1)
    text = compiler.text(call.arguments[0])
    return Code(lambda n, e: e.runtime.properties.get(text(n, e), ""), "s")


def _version(compiler: Compiler, call: Call) -> Code:
    _count(call, 0, 0)
    return Code(lambda n, e: e.runtime.version, "s")


def _name(local: bool) -> Special:
    """`name` and `local-name`: of the first node, or of the context node."""

    def special(compiler: Compiler, call: Call) -> Code:
        _count(call, 0, 1)
        nodes = compiler.nodes(call.arguments[0] if call.arguments else parse("."), call.name)

        def name(n: Any, e: Frame) -> str:
            found: list[Place] = nodes(n, e)
            if not found:
                return ""
            whole = found[0].spec.name if isinstance(found[0], Node) else found[0].name
            return whole.rpartition(":")[2] if local else whole

        return Code(name, "s")

    return special


def _or_context(kind: str) -> Special:
    """`string()` and `number()` without an argument are about the context node."""

    def special(compiler: Compiler, call: Call) -> Code:
        _count(call, 0, 1)
        tree = call.arguments[0] if call.arguments else parse(".")
        return Code(compiler.text(tree) if kind == "s" else compiler.number(tree), kind)

    return special


SPECIAL: dict[str, Special] = {
    "string": _or_context("s"),
    "number": _or_context("n"),
    "if": _if,
    "once": _once,
    "instance": _instance,
    "current": _current,
    "position": _position,
    "last": _last,
    "count": _how_many,
    "count-non-empty": _how_many_filled,
    "sum": _sum,
    "max": _over_numbers(greatest),
    "min": _over_numbers(least),
    "concat": _over_texts(lambda *values: "".join(values), "s"),
    "join": _over_texts(lambda separator="", *values: separator.join(values), "s"),
    "area": _over_texts(area, "n"),
    "enclosed-area": _over_texts(area, "n"),
    "distance": _over_texts(distance, "n"),
    "checklist": _checked(checklist, weighted=False),
    "weighted-checklist": _checked(weighted_checklist, weighted=True),
    "normalize-space": _normalize_space,
    "randomize": _randomize,
    "pulldata": _pulldata,
    "indexed-repeat": _indexed_repeat,
    "jr:choice-name": _choice_name,
    "jr:itext": _itext,
    "name": _name(local=False),
    "local-name": _name(local=True),
    "property": _property,
    "version": _version,
}
