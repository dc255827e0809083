"""How a programme joins the shell: a descriptor, found by its place. The shell knows no programme by name.

To add a programme's windows:

1. Make the package `app/views/NAME/` with a module `programme.py` that holds `PROGRAMME`.
2. Each page is a widget built from a `Context`; give it a method `open(**subject)` when it shows one record.
3. Name the page's route `NAME.page`; other programmes reach it only through `context.go(route, ...)`.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, BinaryIO, Protocol

from PySide6.QtWidgets import QWidget

from app.models.rules.attachments import Sealed
from app.models.vocab import Role
from app.views.broadcast import Broadcast
from app.views.common.key_desk import KeyDesk
from app.views.common.second_desk import SecondDesk
from app.views.common.wording import Wording
from app.views.messages import Messages
from app.views.sync_button import SyncProgress
from app.views.tasks import Tasks
from app.words import tr


@dataclass(frozen=True)
class Person:
    """Who sits in front of the screen and what they act as."""

    member_id: str
    name: str
    role: Role
    roles: tuple[Role, ...]


@dataclass(frozen=True)
class Addressed:
    """One letter of several: the record it is about, what the record is called in lists, and the letter's language.

    `language` empty: the one of the windows.
    """

    record_id: str
    named: str
    language: str = ""


@dataclass(frozen=True)
class WorkWritten:
    """A file of work: its bytes and, counted, attached files that are in it and that are not.

    `no_room`: it may hold no more. `damaged`: they cannot be read on this computer.
    """

    whole: bytes
    files: int = 0
    no_room: int = 0
    damaged: int = 0


@dataclass(frozen=True)
class WorkTaken:
    """What a file of work brought: parts that were new, and parts that were set aside because they cannot be right.

    `files`: attached files that are here by it. `absent`: those that its records name and that are not here yet.
    `trouble`: the sentence that says why attached files could not be kept, empty when they were.
    """

    parts: int = 0
    set_aside: int = 0
    files: int = 0
    absent: int = 0
    trouble: str = ""


class FileSync(Protocol):
    """Work that goes from laptop to laptop in a file. Both take a while: call them in a job. Both raise RuleBroken."""

    def write(self) -> WorkWritten:
        """The file with all own work."""

    def read(self, whole: bytes) -> WorkTaken:
        """Take a file in."""


@dataclass(frozen=True)
class SyncFace:
    """What the windows may know of sync: plain callables from bootstrap. Without a server `available` is False."""

    available: bool
    now: Callable[[], None]
    trouble: Callable[[], str] = str
    """The sentence that says what stands in the way, empty when nothing does."""
    progress: Callable[[], SyncProgress | None] = lambda: None
    """How far the round under way is, where it may take long."""
    stop: Callable[[], None] = lambda: None
    """Let the round under way end at its next step; what it did is saved."""
    files: FileSync | None = None
    """Work in files instead of over the network; None where this vault belongs to no service."""


@dataclass(frozen=True)
class BackupRow:
    """One backup of this vault: its name, when it was made (UTC), its size in bytes.

    `brings_all`: whether everything saved since comes back with it; None when it cannot be opened.
    """

    name: str
    made_at: datetime
    size: int
    brings_all: bool | None


@dataclass(frozen=True)
class LookRow:
    """A look through the whole vault: when it ended, and a sentence about what is damaged, empty when nothing is."""

    at: datetime
    damage: str


@dataclass(frozen=True)
class TrailRow:
    """What is known here of the audit trail of one computer.

    `standing`: whole, none, gap, damaged or forked, with the first entry that does not hold as `row`. `entries` follow
    each other unbroken; of these only auditors read `sealed`. `until`: the last checkpoint that came (UTC).
    """

    device_id: str
    person: str
    standing: str
    entries: int
    row: int | None
    sealed: int
    until: datetime | None


@dataclass(frozen=True)
class LogRow:
    """What is known here of the server's log: it had `size` places at `at`, under the root hash `root` (hexadecimal).

    `put_back`: the last moment known of before the server was put back to a copy. `broken`: the moment at which it
    contained what it contains no longer, and `is_over` that this was before it was put back. `text`: what to keep
    elsewhere.
    """

    size: int
    root: str
    at: datetime
    text: str
    put_back: datetime | None = None
    broken: datetime | None = None
    is_over: bool = False


class BackupFace(Protocol):
    """What the windows may do with the vault's backups. Everything but `restore` takes long: call it in a job."""

    def listed(self) -> tuple[BackupRow, ...]:
        """The backups, the newest first."""

    def make(self) -> None:
        """Back up now, verified."""

    def sound(self, name: str) -> bool:
        """Whether every page and row of a backup is sound."""

    def last_look(self) -> LookRow | None:
        """When everything in the vault was last looked through; None when it never was."""

    def look(self) -> LookRow | None:
        """Look through everything now; None when it was broken off."""

    def restore(self, name: str, as_it_was: bool) -> None:
        """Close the vault, put the backup in its place, start anew. Returns at once."""


class Media(Protocol):
    """The bytes of pictures, recordings and files, sealed beside the vault. All of it takes time: call it in a job."""

    def keep(self, source: BinaryIO, most: int) -> Sealed:
        """Seal a file of at most `most` bytes; a record has to name it then. Raises RuleBroken, EnvironmentProblem."""

    def keep_bytes(self, data: bytes, most: int) -> Sealed:
        """Seal bytes that are in memory."""

    def let_go(self, sealed: Sealed) -> None:
        """What was kept is not wanted after all."""

    def read(self, sealed: Sealed) -> Iterator[bytes]:
        """A file, piece by piece. Raises EnvironmentProblem for what is damaged or not here."""

    def read_whole(self, sealed: Sealed, most: int) -> bytes:
        """A file of at most `most` bytes."""


class Draw(Protocol):
    """Draws a document in the child process: (PrintContext, rows) to the bytes of a PDF. Call it in `tasks.job`."""

    def __call__(self, context: Any, rows: Any) -> bytes:
        """The PDF."""


class Drafts(Protocol):
    """Keeps typing that is not saved yet, encrypted in the vault."""

    def keep(self, form: str, values: Mapping[str, Any], focus: str | None) -> None:
        """Keep what stands in a form now (returns at once)."""

    def load(self, form: str, done: Callable[[Mapping[str, Any] | None, str | None], None]) -> None:
        """Hand over what was kept: its values and the field that had the cursor."""

    def drop(self, form: str) -> None:
        """Forget a draft: it was saved, or thrown away by the person."""

    def noted(self, form: str) -> None:
        """Remember where the person is now: the draft is found again from there."""

    def saving(self, form: str, verb: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        """The verb, with the draft forgotten in the same transaction."""


class Confirm(Protocol):
    """Makes sure that the person at the keyboard is the one who unlocked."""

    def __call__(self, parent: QWidget, why: Wording, then: Callable[[], None]) -> None:
        """Ask for the passphrase, saying `why`, and call `then` when it is right."""


def at_once(parent: QWidget, why: Wording, then: Callable[[], None]) -> None:
    """Asks nothing: for pages that stand without an open vault behind them."""
    then()


class Reveal(Protocol):
    """Shows what is hidden until asked for."""

    def __call__(self, owner: QWidget, kind: str, record_id: str, field: str, show: Callable[[], None]) -> None:
        """Call `show` when field `field` of a record may be shown now; what stands in the way is told."""


def shown_at_once(owner: QWidget, kind: str, record_id: str, field: str, show: Callable[[], None]) -> None:
    """Asks nothing: for pages that stand without an open vault behind them."""
    show()


@dataclass(frozen=True)
class Context:
    """Everything a page is given. Nothing is reached from anywhere else."""

    tasks: Tasks
    broadcast: Broadcast
    messages: Messages
    person: Person
    sync: SyncFace
    draw: Draw
    drafts: Drafts
    clock: Callable[[], datetime]
    zone: str
    go: Callable[..., None]
    """`go(route, **subject)` shows a page; `go("back")` the one before."""
    preview: Callable[..., None]
    """`preview(parent, form_id, **subject)` asks who it is for, draws the form and shows it."""
    letters: Callable[..., None]
    """`letters(parent, form_id, to, whole_sheets=False)` shows one letter to each `Addressed` as one file."""
    demonstration: bool = False
    keys: KeyDesk | None = None
    """The keys of the open vault."""
    second: SecondDesk | None = None
    """The second passphrase of the open vault."""
    backups: BackupFace | None = None
    trails: Callable[[], tuple[TrailRow, ...]] | None = None
    """Proves the audit trails that came here, the broken ones first. Takes a while: call it in a job."""
    log: Callable[[], LogRow | None] = lambda: None
    """What is known of the server's log; nothing where it was never asked for."""
    media: Media | None = None
    """What is attached to the records of the open vault."""
    resume: Callable[[Mapping[str, Any]], None] = lambda _place: None
    """`resume(place)` goes back to where a draft was typed (`queries.today.DraftRow.place`)."""
    confirm: Confirm = at_once
    """`confirm(parent, why, then)` asks for the passphrase again, unless it was typed within two minutes."""
    reveal: Reveal = shown_at_once
    """`reveal(owner, kind, record_id, field, show)` shows a hidden detail: asks for the passphrase, keeps to the limit
    of an hour, audits, then calls `show`. What a card shows in an emergency does not come this way (safety.md 5.5)."""


class Group(Enum):
    """What stands together in the navigation; the value is the first `order` of the group."""

    DAY = 0
    PROGRAMMES = 50
    OFFICE = 60
    COMPUTER = 90

    @property
    def title(self) -> Wording:
        """What is written above the group; nothing above the day's work, which comes first."""
        titles: dict[Group, Wording] = {
            Group.DAY: "",
            Group.PROGRAMMES: lambda: tr("Programmes"),
            Group.OFFICE: lambda: tr("Office"),
            Group.COMPUTER: lambda: tr("This computer"),
        }
        return titles[self]


@dataclass(frozen=True)
class PageSpec:
    """One page: where it stands in the navigation (`order` None: reached only from other pages)."""

    route: str
    title: Callable[[], str]
    icon: str
    build: Callable[[Context], QWidget]
    roles: frozenset[Role]
    order: int | None = None
    shortcut: str = ""
    """A key that leads here from everywhere, such as `F3`; only for what cannot wait."""

    @property
    def group(self) -> Group:
        """Where it stands together with others, as its order says."""
        return max((group for group in Group if group.value <= (self.order or 0)), key=lambda group: group.value)


@dataclass(frozen=True)
class Programme:
    """One programme's pages, as the shell sees them."""

    name: str
    pages: tuple[PageSpec, ...]
    forms: tuple[str, ...] = field(default=())
    tasks: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Where a task of this programme leads: how its rule begins, the page, and by which name it is told the subject."""


def way_to(task: Any) -> tuple[str, dict[str, str]] | None:
    """The page that a task (`queries.tasks.TaskRow`) leads to, and what it is told; None: it leads nowhere."""
    if task.case_id:
        return "crisis.case", {"case_id": task.case_id}
    if task.request_id:
        return "requests.detail", {"request_id": task.request_id}
    found = way_of(task.rule or "")
    return None if found is None else (found[0], {found[1]: task.subject_id or ""} if found[1] else {})


def way_of(rule: str) -> tuple[str, str] | None:
    """The page that a task leads to and by which name it is told the subject; None for a task of no programme."""
    ways = {start: way for programme in discover() for start, way in programme.tasks.items() if rule.startswith(start)}
    return ways[max(ways, key=len)] if ways else None


def discover() -> tuple[Programme, ...]:
    """Every programme there is: the packages of `app.views` that hold a module `programme` with `PROGRAMME`."""
    import app.views as rooms

    found: list[Programme] = []
    for room in pkgutil.iter_modules(rooms.__path__):
        if not room.ispkg:
            continue
        package = importlib.import_module(f"app.views.{room.name}")
        if any(module.name == "programme" for module in pkgutil.iter_modules(package.__path__)):
            found.append(importlib.import_module(f"app.views.{room.name}.programme").PROGRAMME)
    return tuple(found)
