"""Views of a session's nodes, and the pages they stand on."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from app.forms import judging
from app.forms.data import NONE, Control, Label
from app.forms.program import CALCULATE, Compiled
from app.forms.tree import Node, Spec
from app.forms.views import ChoiceView, NodeView, Page, Shown, walk

if TYPE_CHECKING:
    from app.forms.session import FormSession

_NO_CONTROL = Control("value", NONE)
_NO_MEDIA: Mapping[str, str] = MappingProxyType({})


class Fixed(NamedTuple):
    """What is the same of a place however it is answered."""

    control: Control
    kind: str
    label: Label | None
    parameters: Mapping[str, str]
    calculated: bool
    free: bool


def _fixed(form: Compiled, spec: Spec) -> Fixed:
    control = form.repeats.get(spec) or form.controls.get(spec) or _NO_CONTROL
    return Fixed(
        control,
        control.kind if control is not _NO_CONTROL else "group" if spec.kids else "value",
        form.wrappers.get(spec) if control.kind == "repeat" else control.label,
        MappingProxyType({**form.bind(spec).attributes, **control.attributes}),
        any(found.kind == CALCULATE for found in form.computations.get(spec, ())),
        control.kind == "repeat" and control.count == NONE and not control.fixed,
    )


def view(session: FormSession, node: Node, path: str = "") -> NodeView:
    """What one node is now; `path` is its path where it is known already."""
    form, spec = session.form, node.spec
    fixed = form.fixed.get(spec)
    if fixed is None:
        fixed = form.fixed[spec] = _fixed(form, spec)
    control, kind, label, parameters, calculated, free = fixed
    valid, message = judging.judged(session, node)
    count = len(node.parent.instances(spec.slot)) if spec.repeat and node.parent is not None else 0
    return NodeView(
        path=path or node.path,
        name=spec.name,
        kind=kind,
        type=form.bind(spec).type,
        value=node.value,
        relevant=node.relevant,
        required=node.required,
        readonly=node.locked,
        valid=valid,
        message=message,
        label=session.runtime.label(label, node),
        hint=session.runtime.label(control.hint, node),
        guidance=session.runtime.label(control.hint, node, "guidance"),
        appearance=control.appearance,
        parameters=parameters,
        media=session.runtime.media(label) if label is not None and label.itext else _NO_MEDIA,
        calculated=calculated,
        count=count,
        can_add=free and count < session.engine.most,
        can_remove=free and count > 0,
    )


def choices(session: FormSession, node: Node) -> tuple[ChoiceView, ...]:
    """The choices of the question at a node."""
    return tuple(
        ChoiceView(value, label, session.runtime.media(text)) for value, label, text in session.runtime.choices(node)
    )


def questions(session: FormSession) -> tuple[str, ...]:
    """The paths of everything that is shown, in order. A repeat stands after its instances, without a position."""
    return tuple(_path(session, shown) for shown in _shown(session))


def _shown(session: FormSession) -> list[Shown]:
    return list(walk(session.form, session.definition.body, session.engine.root, ()))


def _path(session: FormSession, shown: Shown) -> str:
    if shown.control.kind == "repeat":
        return f"{shown.node.path}/{session.form.specs[shown.control.place].name}"
    return shown.node.path


def pages(session: FormSession) -> tuple[Page, ...]:
    """A page for each field-list group and for each other question; and where a person may add to a repeat."""
    found: list[Page] = []
    gathering: tuple[Control, Node] | None = None
    gathered: list[str] = []
    titles: tuple[str, ...] = ()

    def close() -> None:
        nonlocal gathering
        if gathering is not None and gathered:
            found.append(Page(gathering[1].path, titles, tuple(gathered)))
        gathering = None
        gathered.clear()

    for shown in _shown(session):
        group = _field_list(shown)
        if gathering is not None and group != gathering:
            close()
        if shown.control.kind == "group":
            continue
        if group is not None:
            if gathering is None:
                gathering, titles = group, _titles(session, shown, until=group)
            gathered.append(_path(session, shown))
        elif shown.control.kind != "repeat":
            found.append(Page("", _titles(session, shown), (shown.node.path,)))
        elif shown.control.count == NONE and not shown.control.fixed and session.offers(shown.control, shown.node):
            found.append(Page(_path(session, shown), _titles(session, shown), (), "add"))
    close()
    return tuple(found)


def _field_list(shown: Shown) -> tuple[Control, Node] | None:
    """The outermost group around that is shown as one page."""
    for control, node in shown.around:
        if "field-list" in control.appearance.split() or "table-list" in control.appearance.split():
            return control, node
    return None


def _titles(session: FormSession, shown: Shown, until: tuple[Control, Node] | None = None) -> tuple[str, ...]:
    titles = []
    for control, node in shown.around:
        title = session.runtime.label(control.label, node)
        if title:
            titles.append(title)
        if until is not None and control is until[0]:
            break
    return tuple(titles)
