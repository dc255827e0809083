"""Pages on a real vault: real tasks, real drafts, the real renderer; only where `go` leads is written down."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app import words
from app.bootstrap import VaultStore, child_command
from app.documents.renderer import Renderer
from app.form_pages import drawing
from app.key_desk import VaultKeys
from app.models.changes import Changes
from app.models.vocab import Role
from app.models.work import Actor
from app.sitting import VaultDrafts
from app.vault.vault import Vault
from app.views import style
from app.views.broadcast import Broadcast
from app.views.messages import Messages
from app.views.preview.letters import LetterDesk
from app.views.programme import Context, Person, SyncFace
from app.views.tasks import Tasks

Answer = TypeVar("Answer")
ZONE = "America/Toronto"


class ActorStore(VaultStore):
    """The vault as the windows use it, for a member who is not its owner."""

    def __init__(self, vault: Vault, actor: Actor) -> None:
        super().__init__(vault, actor.role)
        self._actor, self._opened = actor, vault

    def write(self, verb: Callable[[Any], Answer]) -> tuple[Answer, Changes]:
        """Do and commit as that member."""
        with self._opened.write(self._actor) as work:
            result = verb(work)
            return result, work.commit()


@dataclass
class Stage:
    """Shows pages of a vault to a person, and waits for what they ask in the background."""

    qtbot: QtBot
    vault: Vault
    messages: Messages = field(default_factory=Messages)
    broadcast: Broadcast = field(default_factory=Broadcast)
    went: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    previews: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    letter_desk: LetterDesk | None = None
    _tasks: list[Tasks] = field(default_factory=list)
    _renderers: list[Renderer] = field(default_factory=list)

    def context(self, actor: Actor | Role, name: str = "A. Example") -> Context:
        """What a page is given, for a member in a role (the vault's owner when only a role is named)."""
        who = actor if isinstance(actor, Actor) else self.vault.actor(actor)
        tasks = Tasks(ActorStore(self.vault, who), self.messages.failed)
        tasks.changed.connect(self.broadcast.announce)
        self._tasks.append(tasks)
        renderer = Renderer(child_command())
        self._renderers.append(renderer)
        clock: Callable[[], datetime] = self.vault.now
        return Context(
            tasks=tasks,
            broadcast=self.broadcast,
            messages=self.messages,
            person=Person(who.member_id, name, who.role, (who.role,)),
            sync=SyncFace(False, lambda: None),
            draw=drawing(renderer.render, lambda sealed: self.vault.attachments.read_whole(sealed, 8_000_000)),
            drafts=VaultDrafts(self.vault, tasks),
            clock=clock,
            zone=ZONE,
            go=lambda route, **subject: self.went.append((route, subject)),
            preview=lambda _parent, form_id, **subject: self.previews.append((form_id, subject)),
            letters=self._letter_desk(tasks, renderer, who, name).show,
            keys=VaultKeys(self.vault, renderer.render),
            media=self.vault.attachments,
        )

    def _letter_desk(self, tasks: Tasks, renderer: Renderer, who: Actor, name: str) -> LetterDesk:
        person = Person(who.member_id, name, who.role, (who.role,))
        self.letter_desk = LetterDesk(
            tasks,
            self.messages,
            person,
            lambda prints, whole: renderer.render_together(prints, whole_sheets=whole),
            self.vault.now,
        )
        return self.letter_desk

    def show(self, page: QWidget, width: int = 1120, height: int = 680) -> None:
        """Show a page as large as it is in a small window, and wait until it has its answers."""
        self.qtbot.addWidget(page)
        page.resize(width, height)
        page.show()
        page.activateWindow()

        def in_front() -> bool:
            # Asked for again: an earlier window that has just been shown may take the front back.
            page.raise_()
            page.activateWindow()
            return page.isActiveWindow()

        self.qtbot.waitUntil(in_front, timeout=20_000)
        self.settle()

    def settle(self) -> None:
        """Wait until nothing is asked or written any more, and all that came of it is drawn."""
        for _ in range(6):
            QApplication.processEvents()
            for tasks in self._tasks:
                self.qtbot.waitUntil(partial(_is_idle, tasks), timeout=20_000)

    def find(self, page: QWidget, name: str) -> Any:
        """The visible widget of this object name."""

        def visible() -> list[QWidget]:
            return [widget for widget in page.findChildren(QWidget, name) if widget.isVisible()]

        def is_there() -> None:
            assert visible(), f"there is no visible {name}"

        self.qtbot.waitUntil(is_there, timeout=10_000)
        return visible()[0]

    def click(self, widget: QWidget) -> None:
        """Press with the left button, and wait for what follows."""
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)
        self.settle()

    def close(self) -> None:
        """End what works in the background."""
        self.settle()
        for tasks in self._tasks:
            tasks.stop()
        for renderer in self._renderers:
            renderer.close()


def _is_idle(tasks: Tasks) -> bool:
    return not tasks.is_busy


@pytest.fixture
def stage(qapp: QApplication, qtbot: QtBot, vault: Vault) -> Iterator[Stage]:
    """A vault with pages to show, in English and light."""
    style.apply(qapp, "light", 1.0)
    made = Stage(qtbot, vault)
    yield made
    made.close()
    words.use("en")
