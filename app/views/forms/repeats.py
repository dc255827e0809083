"""A repeat on a page: a box for each instance, a way to add one, and a way to bring back one that was removed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout

from app.forms import showing
from app.forms.data import NONE, Control
from app.forms.tree import Node, Spec
from app.views import style
from app.views.common.banner import Banner
from app.views.common.buttons import IconButton, SecondaryButton
from app.views.common.text import Heading
from app.views.forms.blocks import Builder, Part, Stack
from app.views.forms.question import Question
from app.words import tr


class Instance(QFrame):
    """One instance: its name and number, its questions, and the button that removes it."""

    def __init__(self, builder: Builder, control: Control, node: Node) -> None:
        super().__init__()
        self.node = node
        self._builder = builder
        self.stack = Stack(builder, control.children, node, self.words)
        self._heading = Heading(self.words, 3)
        self.remove = IconButton("trash", lambda: tr("Remove {name}", name=self.words()), token="text-quiet")
        self.remove.clicked.connect(lambda: builder.remove(self.node, self.words()))
        head = QHBoxLayout()
        head.addWidget(self._heading, 1)
        head.addWidget(self.remove, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        edge = style.space(4)
        column.setContentsMargins(edge, style.space(3), edge, edge)
        column.setSpacing(style.space(3))
        column.addLayout(head)
        column.addWidget(self.stack)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def words(self) -> str:
        """What it is called: its label and its number."""
        session = self._builder.session
        label = session.runtime.label(session.form.wrappers.get(self.node.spec), self.node)
        number = self.node.position
        return f"{label} {number}" if label else tr("Number {number}", number=number)

    def settle(self) -> bool:
        """Show what is relevant now."""
        self._heading.say_again()
        self.remove.retranslate()
        self.remove.setObjectName(f"{self._builder.name_of(self.node.path)}.remove")
        self.remove.setVisible(showing.view(self._builder.session, self.node).can_remove)
        for question in self.stack.questions():
            if question.input is not None:
                question.input.setObjectName(self._builder.name_of(question.path))
        return self.stack.settle()


class RepeatBlock(Part):
    """All instances of one repeat within one place, in order."""

    def __init__(self, builder: Builder, control: Control, node: Node) -> None:
        super().__init__()
        self._builder, self._control = builder, control
        self._spec = builder.session.form.specs[control.place]
        self._around = _around(builder, control, node)
        self._instances: list[Instance] = []
        self._undo = SecondaryButton(lambda: tr("Undo"), "undo")
        self._undo.setObjectName(f"{self._name()}.undo")
        self._undo.clicked.connect(lambda: builder.undo(self._around, self._spec))
        self._removed = Banner("info", "", self._undo)
        self._removed.hide()
        self.add_button = SecondaryButton(self._add_words, "plus")
        self.add_button.setObjectName(f"{self._name()}.add")
        self.add_button.clicked.connect(lambda: builder.add(f"{self._around.path}/{self._spec.name}"))
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(style.space(3))
        self._column.addWidget(self._removed)
        self._column.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignLeading)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def settle(self) -> bool:
        """Show the instances that there are; False when time ran out before all of them were built."""
        present = self._around.instances(self._spec.slot)
        self._drop(present)
        complete = True
        for at, node in enumerate(present):
            if at == len(self._instances) or self._instances[at].node is not node:
                if not complete or not self._builder.may_build():
                    complete = False
                    break
                self._instances.insert(at, Instance(self._builder, self._control, node))
                self._column.insertWidget(at, self._instances[at])
            shown = self._instances[at]
            complete &= shown.settle()
            if shown.isHidden() == node.relevant:
                shown.setVisible(node.relevant)
        self._show_ends()
        return complete

    def questions(self) -> list[Question]:
        """The questions that are built, in order."""
        return [question for instance in self._instances for question in instance.stack.questions()]

    def is_for(self, parent: Node | None, spec: Spec) -> bool:
        """Whether the instances of `spec` that hang in `parent` are shown here."""
        return self._around is parent and self._spec is spec

    def offer_undo(self) -> None:
        """Put the keyboard on the way back."""
        self._undo.setFocus(Qt.FocusReason.OtherFocusReason)

    def _name(self) -> str:
        return self._builder.name_of(f"{self._around.path}/{self._spec.name}")

    def _drop(self, present: list[Node]) -> None:
        there = {id(node) for node in present}
        for instance in [one for one in self._instances if id(one.node) not in there]:
            for question in instance.stack.questions():
                self._builder.gone(question)
            self._instances.remove(instance)
            self._column.removeWidget(instance)
            instance.hide()
            instance.deleteLater()

    def _show_ends(self) -> None:
        session = self._builder.session
        free = self._control.count == NONE and not self._control.fixed
        room = len(self._around.instances(self._spec.slot)) < session.engine.most
        self.add_button.retranslate()
        offered = self._around.relevant and session.engine.offers(self._around, self._spec)
        self.add_button.setVisible(free and room and offered)
        words = self._builder.undo_words(self._around, self._spec)
        if words:
            self._removed.set_message("info", lambda: tr("Removed: {name}", name=words))
        self._removed.setVisible(bool(words))

    def _add_words(self) -> str:
        session = self._builder.session
        label = session.runtime.label(session.form.wrappers.get(self._spec), Node(self._spec, self._around))
        return tr("Add: {name}", name=label) if label else tr("Add one more")


def _around(builder: Builder, control: Control, node: Node) -> Node:
    """The node in which the instances hang, seen from a node above."""
    chain = builder.session.form.specs[control.place].chain
    here = node
    while here.spec not in chain and here.parent is not None:
        here = here.parent
    for step in chain[here.spec.depth + 1 : -1]:
        found = here.kids[step.slot]
        here = found if isinstance(found, Node) else found[0]
    return here
