"""Answering a form: set, add and remove; read what each node is now; keep, resume and finish.

Nothing here knows of windows or storage. Paths are absolute and carry the position of every repeat, from 1:
`/data/household[2]/age`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.errors import RuleBroken
from app.forms import judging, record, showing
from app.forms.data import NONE, Control
from app.forms.definition import FormDefinition
from app.forms.engine import MOST_INSTANCES, Engine
from app.forms.locate import Locator
from app.forms.runtime import SessionRuntime
from app.forms.tree import Node, Spec
from app.forms.views import ChoiceView, NodeView, Page, Problem
from app.forms.xpath.compiled import Frame
from app.forms.xpath.functions import dates
from app.forms.xpath.values import number_to_string
from app.words import mark

NOT_AN_ANSWER = mark("This cannot be answered: it is read-only.")
NOT_A_QUESTION = mark("This is a group, not a question.")
NO_REPEAT = mark("Nothing can be added or removed there.")
COUNTED = mark("How many there are follows from another answer.")
FIXED = mark("This form does not let anyone add or remove here.")
FULL = mark("There can be at most {limit} of these.")
ADDED_AT_THE_END = mark("The next one is number {number}.")
UNKNOWN_LANGUAGE = mark("The form is not written in this language.")
UNDONE = mark("This can no longer be undone.")

Value = str | int | float | bool | Sequence[str] | None


@dataclass(frozen=True)
class Undo:
    """What was removed, and where it was."""

    instance: Node
    at: int


@dataclass(frozen=True)
class Changed:
    """The paths of the nodes that a change touched: value, relevance, required, read-only, validity, texts or choices.

    `structure` says that instances came or went, so that other paths may have moved. `undo` brings a removed one back.
    """

    paths: tuple[str, ...]
    structure: bool = False
    undo: Undo | None = None


class FormSession:
    """One answered form. `now` gives the present in the device's zone, `seed` decides all chance, `properties` are what
    the form may ask of the device (deviceid, username, email, phonenumber). `state` resumes what `state()` gave.
    """

    def __init__(
        self,
        definition: FormDefinition,
        *,
        language: str = "",
        now: Callable[[], datetime],
        seed: int,
        new_uuid: Callable[[], str],
        state: bytes | None = None,
        properties: Mapping[str, str] | None = None,
    ) -> None:
        self.definition = definition
        self.form = definition.compiled
        self.place = ""
        """The path of the question where the person is; kept in the state."""
        self._structure = False
        kept = None if state is None else record.read_state(state, definition)
        self.runtime = SessionRuntime(
            self.form,
            language=self._known_language(language or (kept.language if kept else "") or definition.default_language),
            now=now,
            seed=kept.seed if kept else seed,
            new_uuid=new_uuid,
            properties=dict(properties or {}),
        )
        self._seed = kept.seed if kept else seed
        self.engine = self._new_engine()
        if kept is not None:
            self._resume(kept)
        else:
            self._begin()

    def _new_engine(self) -> Engine:
        engine = Engine(self.form, lambda root: Frame(self.runtime, root, root))
        self.runtime.frame = engine.frame
        self._locator = Locator(engine.root)
        return engine

    def _begin(self) -> None:
        self.engine.fill(self.definition.data.seed)
        self._preload("first-load")
        self.engine.events.clear()
        self.engine.compute_all()
        self.engine.run_actions("first-load")
        self.engine.run_actions("load")
        self.engine.events.clear()
        self.engine.settle()
        self.engine.changed.clear()
        self.engine.begun = True

    def _resume(self, kept: record.State) -> None:
        record.restore(self.engine, kept)
        self.place = kept.place
        self._recompute_kept()
        self.engine.run_actions("load")
        self._done()

    def _recompute_kept(self) -> None:
        self.engine.begun = True
        self.engine.compute_all(fresh=False)
        self.engine.events.clear()
        self.engine.changed.clear()

    # Changing

    def set(self, path: str, value: Value) -> Changed:
        """Answer a question. A list is written with spaces between, a number and a truth as XPath writes them.

        An answer that does not fit its type or constraint is kept and reported by `problems`. Raises NotFound for a
        path that is not there, RuleBroken for a group and for what is read-only.
        """
        node = self._locator.node(path)
        if node.spec.kids:
            raise RuleBroken(NOT_A_QUESTION, field=path)
        calculated = self.form.bind(node.spec).calculate != NONE and node.spec not in self.form.controls
        if node.locked or calculated:
            raise RuleBroken(NOT_AN_ANSWER, field=path)
        self.engine.put(node, written(value))
        return self._done()

    def add(self, path: str) -> Changed:
        """Add an instance at the end of a repeat; the path may name the number that it will have."""
        parent, spec, number = self._repeat(path)
        present = len(parent.instances(spec.slot))
        if number is not None and number != present + 1:
            raise RuleBroken(ADDED_AT_THE_END, field=path, number=present + 1)
        if present >= MOST_INSTANCES or self.engine.is_full(spec):
            raise RuleBroken(FULL, field=path, limit=MOST_INSTANCES)
        self.engine.add_instance(parent, spec)
        self._structure = True
        return self._done()

    def remove(self, path: str) -> Changed:
        """Remove an instance of a repeat; `undo` of what is returned brings it back as it was."""
        self._repeat(path)
        node = self._locator.node(path)
        at = self.engine.remove_instance(node)
        self._structure = True
        return self._done(Undo(node, at))

    def undo(self, token: Undo) -> Changed:
        """Bring back what was removed, to where it was."""
        parent = token.instance.parent
        if parent is None or not self._stands(parent):
            raise RuleBroken(UNDONE)
        siblings = parent.instances(token.instance.spec.slot)
        if any(node is token.instance for node in siblings):
            raise RuleBroken(UNDONE)
        self.engine.add_instance(parent, token.instance.spec, at=min(token.at, len(siblings)), instance=token.instance)
        self._structure = True
        return self._done()

    def set_language(self, language: str) -> Changed:
        """Show the form in another of its languages; answers stay, results that depend on the language follow."""
        self.runtime.language = self._known_language(language)
        for node in self.engine.root.below():
            for computation in self.form.computations.get(node.spec, ()):
                if computation.language:
                    self.engine.queue(computation, node)
        return self._done()

    @property
    def language(self) -> str:
        """The language that the form is shown in."""
        return self.runtime.language

    @property
    def title(self) -> str:
        """The title of the form in the language that it is shown in."""
        return self.definition.title_in(self.runtime.language)

    def finish(self) -> tuple[Problem, ...]:
        """Write the end of the work into the form; the problems that keep it from being complete, if any."""
        self._preload("end")
        self._done()
        return self.problems()

    # Reading

    def node(self, path: str) -> NodeView:
        """What one node is now. Raises NotFound."""
        return showing.view(self, self._locator.node(path))

    def nodes(self) -> Iterator[NodeView]:
        """Every node below the root, in document order, relevant or not."""
        root = self.engine.root
        for node, path in root.with_paths(root.path):
            yield showing.view(self, node, path)

    def choices(self, path: str) -> tuple[ChoiceView, ...]:
        """The choices of a question, as they are filtered and ordered now."""
        return showing.choices(self, self._locator.node(path))

    def questions(self) -> tuple[str, ...]:
        """The paths of what is shown now (questions, groups, repeats), in order."""
        return showing.questions(self)

    def pages(self) -> tuple[Page, ...]:
        """What is shown now, page by page."""
        return showing.pages(self)

    def problems(self) -> tuple[Problem, ...]:
        """What keeps the form from being complete, in order, said in the form's or the interface's language."""
        return judging.problems(self)

    def offers(self, control: Control, around: Node) -> bool:
        """Whether a person may see that something can be added to a repeat."""
        return self.engine.offers(around, self.form.specs[control.place])

    # Keeping

    def state(self) -> bytes:
        """Everything that is needed to go on later, the place included."""
        return record.write_state(self, self._seed)

    def instance_xml(self, include_irrelevant: bool = False) -> bytes:
        """The answers as an ODK submission; what is not relevant is left out."""
        return record.instance_xml(self, include_irrelevant=include_irrelevant)

    def load_instance(self, xml: bytes) -> None:
        """Take over the answers of a submission to this form."""
        seed = record.read_instance(xml, self.definition)
        self.engine = self._new_engine()
        self.engine.fill(seed)
        self._recompute_kept()

    # Inside

    def _done(self, undo: Undo | None = None) -> Changed:
        engine = self.engine
        engine.settle()
        touched, engine.changed = engine.changed, {}
        structure, self._structure = self._structure or engine.resized, False
        engine.resized = False
        return Changed(tuple(node.path for node in touched if self._stands(node)), structure, undo)

    def _stands(self, node: Node) -> bool:
        here = node
        while here.parent is not None:
            if here.spec.repeat and not any(kid is here for kid in here.parent.instances(here.spec.slot)):
                return False
            here = here.parent
        return here is self.engine.root

    def _repeat(self, path: str) -> tuple[Node, Spec, int | None]:
        parent, spec, number = self._locator.repeat(path)
        control = self.form.repeats.get(spec)
        if control is None:
            raise RuleBroken(NO_REPEAT, field=path)
        if control.count != NONE:
            raise RuleBroken(COUNTED, field=path)
        if control.fixed:
            raise RuleBroken(FIXED, field=path)
        return parent, spec, number

    def _known_language(self, language: str) -> str:
        languages = self.definition.languages
        if not languages or language in languages:
            return language
        if not language:
            return languages[0]
        matching = [name for name in languages if f"({language})" in name]
        if not matching:
            raise RuleBroken(UNKNOWN_LANGUAGE)
        return matching[0]

    def _preload(self, when: str) -> None:
        for bind in self.definition.data.binds:
            if not bind.preload:
                continue
            value = self._preloaded(bind.preload, bind.preload_parameter, when)
            if value is None:
                continue
            for node in self._locator.every(self.form.specs[bind.place]):
                if when == "end" or not node.value:
                    self.engine.put(node, value)

    def _preloaded(self, preload: str, parameter: str, when: str) -> str | None:
        match preload, parameter, when:
            case "timestamp", "end", "end":
                return dates.now(self.runtime)
            case "timestamp", "start", "first-load":
                return dates.now(self.runtime)
            case "date", "today", "first-load":
                return dates.today(self.runtime)
            case "uid", _, "first-load":
                return f"uuid:{self.runtime.new_uuid()}"
            case "property", name, "first-load":
                return self.runtime.properties.get(name.replace(" ", ""), "")
            case _:
                return None


def written(value: Value) -> str:
    """A value as the form stores it."""
    if value is None:
        return ""
    if isinstance(value, str):
        # Half a character, as broken clipboards hold them, can neither be kept nor sent.
        return value if value.isascii() else value.encode("utf-8", "ignore").decode("utf-8")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number_to_string(float(value)) if isinstance(value, float) else str(value)
    return " ".join(value)
