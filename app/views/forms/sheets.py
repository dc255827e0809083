"""The pages of a form on a desktop: a page for each group that fits, and for each run of questions outside of groups.

The pages follow from the form alone, so that they stay the same ones whatever is answered; what is not relevant is not
shown on them, and a page without anything to show is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.forms.data import NONE, Control
from app.forms.program import Compiled
from app.forms.session import FormSession
from app.forms.tree import Node, Spec
from app.forms.views import node_of, walk

FITS = 48
"""Most questions of a group that is one page; a larger one is a page for each group in it."""
RUN = 16
"""Most questions of a page that is no group."""
FEW = 5
"""Small neighbours of the same group are one page up to so many questions."""


@dataclass(frozen=True)
class Sheet:
    """One page: controls that stand beside each other, and the groups around them, outermost first."""

    controls: tuple[Control, ...]
    around: tuple[Control, ...] = ()

    @property
    def is_group(self) -> bool:
        """Whether the page is exactly one group, which names it."""
        return len(self.controls) == 1 and self.controls[0].kind == "group"


def sheets(form: Compiled, controls: tuple[Control, ...], around: tuple[Control, ...] = ()) -> tuple[Sheet, ...]:
    """The pages of a form, in order."""
    return tuple(_joined(list(_split(form, controls, around))))


def part_of(form: Compiled, controls: tuple[Control, ...], path: str) -> Sheet:
    """The page that is one group of the form, named by its path, however large it is. Raises KeyError."""
    for control in controls:
        if control.kind == "group" and control.place != NONE and form.specs[control.place].path == path:
            return Sheet((control,))
        try:
            return part_of(form, control.children, path)
        except KeyError:
            continue
    raise KeyError(path)


def size(controls: tuple[Control, ...]) -> int:
    """How many questions there are in these controls, each repeat once."""
    return sum(size(control.children) if control.children else 1 for control in controls)


def repeated(form: Compiled, control: Control) -> Control | None:
    """The repeat that a control is: itself, or the one in the group that only names it."""
    if control.kind == "repeat":
        return control
    if control.kind == "group" and control.place != NONE and form.specs[control.place].repeat:
        return next((kid for kid in control.children if kid.kind == "repeat"), None)
    return None


def _split(form: Compiled, controls: tuple[Control, ...], around: tuple[Control, ...]) -> Iterator[Sheet]:
    run: list[Control] = []
    for control in controls:
        if control.kind not in ("group", "repeat"):
            run.append(control)
            if len(run) == RUN:
                yield Sheet(tuple(run), around)
                run = []
            continue
        if run:
            yield Sheet(tuple(run), around)
            run = []
        if size((control,)) <= FITS or "field-list" in control.appearance.split() or repeated(form, control):
            yield Sheet((control,), around)
        else:
            yield from _split(form, control.children, (*around, control))
    if run:
        yield Sheet(tuple(run), around)


def _joined(found: list[Sheet]) -> Iterator[Sheet]:
    pending: Sheet | None = None
    for sheet in found:
        if pending is not None and _go_together(pending, sheet):
            pending = Sheet((*pending.controls, *sheet.controls), sheet.around)
            continue
        if pending is not None:
            yield pending
        pending = sheet
    if pending is not None:
        yield pending


def _go_together(one: Sheet, other: Sheet) -> bool:
    """Few questions before or between groups are no page of their own, unless the form made a page of the group."""
    made = any("field-list" in control.appearance.split() for sheet in (one, other) for control in sheet.controls)
    return one.around == other.around and not made and size(one.controls) + size(other.controls) <= FEW


@dataclass(frozen=True)
class Asked:
    """One question or note that is shown now."""

    node: Node
    control: Control
    around: tuple[tuple[Control, Node], ...]
    sheet: int


def asked(session: FormSession, pages: tuple[Sheet, ...]) -> list[Asked]:
    """Everything that is shown now, in order, with the page on which it stands."""
    home: dict[Spec, int] = {}
    for number, sheet in enumerate(pages):
        for spec in _specs(session.form, sheet.controls):
            home.setdefault(spec, number)
    root = session.engine.root
    return [
        Asked(shown.node, shown.control, shown.around, home[shown.node.spec])
        for shown in walk(session.form, session.definition.body, root, ())
        if shown.control.kind not in ("group", "repeat") and shown.node.spec in home
    ]


def _specs(form: Compiled, controls: tuple[Control, ...]) -> Iterator[Spec]:
    for control in controls:
        if control.kind not in ("group", "repeat"):
            yield form.specs[control.place]
        yield from _specs(form, control.children)


def has_something(session: FormSession, sheet: Sheet) -> bool:
    """Whether there is anything to show on a page now."""
    root = session.engine.root
    for control in sheet.around:
        if not node_of(session.form, control, root).relevant:
            return False
    for shown in walk(session.form, sheet.controls, root, ()):
        if shown.control.kind == "repeat":
            if session.offers(shown.control, shown.node):
                return True
        elif shown.control.kind != "group":
            return True
    return False
