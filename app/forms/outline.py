"""A form as a list of plain items, top to bottom: for paper, and to read through before it is published.

`filled` lists an answered form as it stands, `blank` the form for writing by hand: every section and every question,
whatever would be left out while filling, with the condition in words where it is simple enough to be one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import msgspec

from app.forms.data import NONE, Control, Label, Text
from app.forms.definition import FormDefinition
from app.forms.session import FormSession
from app.forms.tree import Node, Spec
from app.forms.views import node_of, placed
from app.forms.xpath.ast import Binary, Call, Expr, From, Literal, Path, Step
from app.forms.xpath.compiled import Exhausted, as_nodes
from app.forms.xpath.compiler import Compiler
from app.forms.xpath.special import SPECIAL

GAP = "……"
"""What stands on a blank for a value that another answer gives."""
MOST_CHOICES = 60
"""A longer list of choices is not printed: the answer is written."""
EMPTY_INSTANCES = 2
"""How many times a blank asks what may be asked more than once."""


class OutlineChoice(msgspec.Struct, frozen=True):
    """One choice; `ticked` when it is the answer, `rank` its place from 1 where choices are put in order."""

    label: str
    ticked: bool = False
    rank: int = 0


class OutlineItem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing on the page. `kind` is section, entry (one instance of what may be asked more than once), question,
    note or nothing (there is no entry).

    `level` counts the sections around it from 0. `control` and `type` are those of the form (`select1`, `date`, ...).
    `applies` is False for a section that is not asked. On a blank, `condition` is (question, answer) that it depends
    on, or two empty texts when it depends on more than one can say.
    """

    kind: str
    level: int = 0
    label: str = ""
    hint: str = ""
    number: int = 0
    control: str = ""
    type: str = ""
    appearance: str = ""
    value: str = ""
    choices: tuple[OutlineChoice, ...] = ()
    required: bool = False
    applies: bool = True
    condition: tuple[str, str] | None = None


def filled(session: FormSession) -> tuple[OutlineItem, ...]:
    """An answered form, in the session's language: every section, and in it what was to be answered."""
    return tuple(_Filled(session).items())


def blank(definition: FormDefinition, language: str) -> tuple[OutlineItem, ...]:
    """The empty form in one of its languages, for paper."""
    session = FormSession(
        definition,
        language=language,
        now=lambda: datetime(2000, 1, 1, tzinfo=UTC),
        seed=1,
        new_uuid=lambda: str(UUID(int=0)),
    )
    return tuple(_without_bare_sections(list(_Blank(session).items())))


def _without_bare_sections(items: list[OutlineItem]) -> Iterator[OutlineItem]:
    """A section of notes alone that are not for paper has nothing to print."""
    for at, item in enumerate(items):
        following = items[at + 1] if at + 1 < len(items) else None
        bare = following is None or (following.kind == "section" and following.level <= item.level)
        if item.kind != "section" or not bare:
            yield item


class _Filled:
    """Walks the body of a session. What differs on a blank is overridden by `_Blank`."""

    def __init__(self, session: FormSession) -> None:
        self.session = session
        self.form = session.form

    def items(self) -> Iterator[OutlineItem]:
        yield from self.walk(self.session.definition.body, self.session.engine.root, 0)

    def walk(self, controls: tuple[Control, ...], node: Node, level: int) -> Iterator[OutlineItem]:
        for control in controls:
            if control.kind == "repeat":
                yield from self.repeat(control, node, level)
            elif control.kind == "group":
                yield from self.group(control, node, level)
            else:
                yield from self.question(control, node_of(self.form, control, node), level)

    def group(self, control: Control, node: Node, level: int) -> Iterator[OutlineItem]:
        here = node_of(self.form, control, node)
        label = self.words(control.label, here)
        applies = self.applies(here)
        if label:
            yield OutlineItem(
                kind="section",
                level=level,
                label=label,
                hint=self.words(control.hint, here),
                applies=applies,
                condition=self.condition(here.spec) if control.place != NONE and not here.spec.repeat else None,
            )
        if applies:
            yield from self.walk(control.children, here, level + 1 if label else level)

    def repeat(self, control: Control, node: Node, level: int) -> Iterator[OutlineItem]:
        spec = self.form.specs[control.place]
        parent = placed(self.form, control.place, node)
        found = [one for one in self.instances(parent, spec) if self.applies(one)]
        if not found:
            yield OutlineItem(kind="nothing", level=level)
        for number, instance in enumerate(found, 1):
            yield OutlineItem(kind="entry", level=level, number=number)
            yield from self.walk(control.children, instance, level)

    def question(self, control: Control, node: Node, level: int) -> Iterator[OutlineItem]:
        if not self.applies(node):
            return
        bind = self.form.bind(node.spec)
        label = self.words(control.label, node)
        if self.is_note(control, node):
            if label and self.shows_note(control, node):
                yield OutlineItem(kind="note", level=level, label=label, hint=self.words(control.hint, node))
            return
        yield OutlineItem(
            kind="question",
            level=level,
            label=label or node.spec.name,
            hint=self.words(control.hint, node),
            control=control.kind,
            type=bind.type,
            appearance=control.appearance,
            value=node.value,
            choices=self.choices(control, node),
            required=node.required,
            condition=self.condition(node.spec),
        )

    def is_note(self, control: Control, node: Node) -> bool:
        """A text that is only read: in an XForm, a question that can never be answered."""
        readonly = self.form.bind(node.spec).readonly
        fixed = readonly != NONE and self.session.definition.data.sources[readonly].replace(" ", "") == "true()"
        return control.kind == "input" and fixed and not node.value

    def applies(self, node: Node) -> bool:
        return node.relevant

    def instances(self, parent: Node, spec: Spec) -> list[Node]:
        return parent.instances(spec.slot)

    def shows_note(self, control: Control, node: Node) -> bool:
        return True

    def condition(self, spec: Spec) -> tuple[str, str] | None:
        return None

    def words(self, label: Label | None, node: Node) -> str:
        return self.session.runtime.label(label, node)

    def choices(self, control: Control, node: Node) -> tuple[OutlineChoice, ...]:
        if control.kind not in ("select", "select1", "rank"):
            return ()
        chosen = [node.value] if control.kind == "select1" else node.value.split()
        offered = {value: label for value, label, _ in self.session.runtime.choices(node)}
        if control.kind == "rank":
            return tuple(OutlineChoice(offered.get(value, value), True, at) for at, value in enumerate(chosen, 1))
        listed = [OutlineChoice(label or value, value in chosen) for value, label in offered.items()]
        # What was chosen and is no longer offered was still the answer.
        lost = [OutlineChoice(value, True) for value in chosen if value and value not in offered]
        return (*listed, *lost)


class _Blank(_Filled):
    """The same walk over everything that the form may ask."""

    def applies(self, node: Node) -> bool:
        return True

    def instances(self, parent: Node, spec: Spec) -> list[Node]:
        return [self.session.engine.make(spec, parent) for _ in range(EMPTY_INSTANCES)]

    def shows_note(self, control: Control, node: Node) -> bool:
        """A note that says a result, or answers an answer, says nothing on paper."""
        says_result = any(isinstance(piece, int) for piece in self.session.runtime.template(control.label))
        return not says_result and self.form.bind(node.spec).relevant == NONE

    def words(self, label: Label | None, node: Node) -> str:
        pieces: Text = self.session.runtime.template(label)
        return "".join(piece if isinstance(piece, str) else GAP for piece in pieces)

    def choices(self, control: Control, node: Node) -> tuple[OutlineChoice, ...]:
        if control.kind not in ("select", "select1", "rank"):
            return ()
        found = [OutlineChoice(label or value) for value, label in self._every(control, node)]
        return tuple(found) if len(found) <= MOST_CHOICES else ()

    def _every(self, control: Control, node: Node) -> list[tuple[str, str]]:
        """Every choice of the list, without the filter that other answers decide."""
        found = [(item.value, self.words(item.label, node)) for item in control.items]
        dynamic, itemset, runtime = self.form.choices.get(node.spec), control.itemset, self.session.runtime
        if dynamic is None or itemset is None or runtime.frame is None:
            return found
        tree = self.session.definition.data.expressions[itemset.nodes]
        nodes = as_nodes(Compiler(self.form.root, node.spec, SPECIAL, self.form).code(_without_filter(tree)))
        frame = runtime.frame
        frame.budget.renew()
        try:
            for at, one in enumerate((nodes or dynamic.nodes)(node, frame)):
                if at > MOST_CHOICES:
                    break
                found.append((dynamic.value(one, frame), dynamic.label(one, frame)))
        except Exhausted:
            pass
        return list(dict(found).items())

    def condition(self, spec: Spec) -> tuple[str, str] | None:
        relevant = self.form.bind(spec).relevant
        if relevant == NONE:
            return None
        said = _answer_asked(self.session.definition.data.expressions[relevant])
        if said is None:
            return "", ""
        path, value = said
        asked = _resolved(spec, path)
        control = self.form.controls.get(asked) if asked is not None else None
        if asked is None or control is None:
            return "", ""
        here = self.session.engine.make(asked, self.session.engine.root)
        choices = dict(self._every(control, here))
        label = self.words(control.label, here)
        return (label, choices[value]) if label and value in choices else ("", "")


def _without_filter(tree: Expr) -> Expr:
    """The same list of nodes without predicates, and in the order of the form."""
    match tree:
        case From(base, _, steps):
            return From(base, (), tuple(Step(step.axis, step.name) for step in steps))
        case Call("randomize", arguments) if arguments:
            return _without_filter(arguments[0])
        case _:
            return tree


def _answer_asked(tree: Expr) -> tuple[Expr, str] | None:
    """The path and the answer of `${question} = 'answer'` and `selected(${question}, 'answer')`."""
    match tree:
        case Binary("=", left, Literal(value)) | Call("selected", (left, Literal(value))):
            return left, value
        case Binary("=", Literal(value), right):
            return right, value
        case _:
            return None


def _resolved(spec: Spec, tree: Expr) -> Spec | None:
    """The place that a path of names leads to."""
    match tree:
        case Path(absolute, steps):
            here: Spec | None = spec.chain[0] if absolute else spec
        case From(Call("current", ()), (), steps):
            absolute, here = False, spec
        case _:
            return None
    for at, step in enumerate(steps):
        if here is None or step.predicates:
            return None
        if absolute and at == 0:
            continue
        if step.axis == "parent":
            here = here.parent
        elif step.axis == "child":
            here = here.child(step.name)
        elif step.axis != "self":
            return None
    return here
