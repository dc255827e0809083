"""One person's sitting at an open vault: when it ends by itself, what is asked again, and where they were.

Made by `bootstrap.House`; everything here works with the open vault and the windows together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QWidget

from app.models.rules.draft_place import pack, unpack
from app.queries import settings
from app.services.reveals import RevealDetail, reveal_detail
from app.vault import lock
from app.vault.vault import Vault, uptime_ms
from app.views.clipboard import ClipboardWatch
from app.views.confirm import Confirmation
from app.views.idle import IdleWatch
from app.views.main_window import MainWindow
from app.views.messages import Messages, Tone
from app.views.place import PLACE, Place
from app.views.place_keeper import PlaceKeeper
from app.views.returning import Returning, left_over
from app.views.system_watch import watch_system
from app.views.tasks import Tasks
from app.words import tr

HOME = "today"


class VaultDrafts:
    """Drafts kept in the vault, in the background, in order.

    `here` says where the person is, `told` hears that the list of drafts changed.
    """

    def __init__(
        self,
        vault: Vault,
        tasks: Tasks,
        here: Callable[[], Mapping[str, Any]] = dict,
        told: Callable[[], None] = lambda: None,
    ) -> None:
        self._vault, self._tasks = vault, tasks
        self._here, self._told = here, told
        self._places: dict[str, Mapping[str, Any]] = {}
        self.typing: Callable[[], None] = lambda: None
        """Called when typing begins that is not kept yet: the place is kept with it."""
        self._known: set[str] = set()

    def noted(self, form: str) -> None:
        """Remember where the person is while they type in a form."""
        self._places[form] = self._here()
        self.typing()

    def keep(self, form: str, values: Mapping[str, Any], focus: str | None) -> None:
        """Keep what stands in a form now."""
        kept, way = dict(values), pack(focus, self._places.get(form) or self._here())
        self._tasks.later(self._tasks, lambda: self._keep_now(form, kept, way))
        if form not in self._known:
            self._known.add(form)
            self._told()

    def keep_place(self, name: str, place: Mapping[str, Any]) -> None:
        """Keep where the person is: no draft, and not among them."""
        kept = dict(place)
        self._tasks.later(self._tasks, lambda: self._keep_now(name, kept, None))

    def load(self, form: str, done: Callable[[Mapping[str, Any] | None, str | None], None]) -> None:
        """Hand over what was kept."""

        def question(session: Any) -> tuple[dict[str, Any] | None, str | None]:
            found = self._vault.kept_draft(session, form)
            return (None, None) if found is None else (dict(found.values), unpack(found.focus)[0])

        self._tasks.read(self._tasks, question, lambda found: done(*found))

    def drop(self, form: str) -> None:
        """Forget a draft."""
        self._tasks.later(self._tasks, lambda: self._drop_now(form))
        self._known.discard(form)
        self._told()

    def saving(self, form: str, verb: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        """The verb, with the draft forgotten in the same transaction."""

        def save(work: Any, command: Any) -> Any:
            result = verb(work, command)
            self._vault.drop_draft(work.session, form)
            return result

        return save

    def _keep_now(self, form: str, values: dict[str, Any], focus: str | None) -> None:
        self._vault.keep_draft(form, values, focus)

    def _drop_now(self, form: str) -> None:
        with self._vault.settling() as session:
            self._vault.drop_draft(session, form)


class Sitting(QObject):
    """Watches over one open vault until `stop`."""

    def __init__(
        self,
        app: QApplication,
        vault: Vault,
        tasks: Tasks,
        window: MainWindow,
        drafts: VaultDrafts,
        messages: Messages,
        lock_now: Callable[[], None],
        *,
        asks_again: bool = True,
    ) -> None:
        super().__init__(window)
        self._asks_again = asks_again
        self._app, self._vault, self._tasks, self._window = app, vault, tasks, window
        self._drafts, self._messages, self._lock_now = drafts, messages, lock_now
        self._confirmation = Confirmation(tasks, vault.verify_passphrase, _uptime)
        self._clipboard = ClipboardWatch(app)
        self._timer = idle_timer(vault)
        self.places = PlaceKeeper(app, window.place, drafts.keep_place)
        drafts.typing = self.places.soon
        self._idle = IdleWatch(app, self._touched, self._timer.due, self._lock)
        self._system = watch_system(app, self._lock)

    def confirm(self, parent: QWidget, why: Any, then: Callable[[], None]) -> None:
        """See `programme.Confirm`. The demonstration has no passphrase that anyone could type."""
        if self._asks_again:
            self._confirmation.ask(parent, why, then)
        else:
            then()

    def reveal(self, owner: QWidget, kind: str, record_id: str, field: str, show: Callable[[], None]) -> None:
        """See `programme.Reveal`."""
        command = RevealDetail(kind=kind, record_id=record_id, field=field)
        self.confirm(
            owner,
            lambda: tr("This detail is hidden because it can put someone in danger."),
            lambda: self._tasks.write(owner, reveal_detail, command, lambda _: show()),
        )

    def come_back(self, place: Place) -> None:
        """Lead back to where the person was when the vault was locked."""

        def done(arrived: bool) -> None:
            self.places.waits = False
            if arrived:
                if place.get("route") != HOME or place.get("dialogs"):
                    self._messages.say(tr("Back where you were."))
            else:
                self._keep_left_over(place)
            self.places.soon()

        self.places.waits = True
        self._return(place, done)

    def resume(self, place: Mapping[str, Any]) -> None:
        """Go on with a draft from the list; its own form fills itself."""

        def done(arrived: bool) -> None:
            if not arrived:
                self._messages.say(
                    tr("This form opens from another place now. What you typed is kept and appears when you open it."),
                    Tone.WARNING,
                )

        self._return(dict(place), done)

    def stop(self) -> None:
        """Watch no longer."""
        self._idle.stop()
        self._system.stop()
        self._clipboard.stop()
        self.places.stop()

    def _return(self, place: Place, done: Callable[[bool], None]) -> None:
        Returning(self._window, self._tasks, self._go, place, done).start()

    def _go(self, route: str, subject: Mapping[str, Any]) -> QWidget | None:
        if self._window.route != route or subject:
            self._window.go(route, **subject)
        return self._window.page(route) if self._window.route == route else None

    def _keep_left_over(self, place: Place) -> None:
        """Nothing typed is lost: texts whose form did not open again wait among the drafts, to be read and copied."""
        texts = left_over(place)
        if texts:
            name = f"text:{place.get('title', '')}:{self._vault.now().isoformat()}"
            here = {"title": place.get("title", ""), "text": texts}
            self._tasks.later(self._tasks, lambda: self._keep_texts(name, texts, here))
            self._messages.say(
                tr("The form that you were in could not be opened again. What you typed is on Today under Unfinished."),
                Tone.WARNING,
            )

    def _keep_texts(self, name: str, texts: list[str], here: Mapping[str, Any]) -> None:
        self._vault.keep_draft(name, {"texts": texts}, pack(None, here))

    def _touched(self) -> None:
        self._timer.touch()
        self.places.soon()

    def _lock(self) -> None:
        self._lock_now()


class FirstKeyWatch:
    """Locks while the first recovery key is on the screen, before there is a sitting; until `stop`."""

    def __init__(self, app: QApplication, vault: Vault, lock_now: Callable[[], None]) -> None:
        timer = idle_timer(vault)
        self._idle = IdleWatch(app, timer.touch, timer.due, lock_now)
        self._system = watch_system(app, lock_now)

    def stop(self) -> None:
        """Watch no longer."""
        self._idle.stop()
        self._system.stop()


def idle_timer(vault: Vault) -> lock.IdleTimer:
    """The limits of an open vault, running."""
    with vault.read() as session:
        day = settings.local_day(session, vault.now())
        minutes = int(settings.setting(session, "privacy.idle_min", day))
        hours = int(settings.setting(session, "privacy.unlock_again_h", day))
    # Sleep counts: a laptop that was closed for longer than the limit locks when it wakes.
    return lock.IdleTimer(_uptime, minutes, hours)


def kept_place(vault: Vault) -> Place | None:
    """Where the person was when the vault was locked or the application died; None after an orderly end."""
    with vault.read() as session:
        found = vault.kept_draft(session, PLACE)
    return dict(found.values) if found is not None and found.values.get("route") else None


def drop_place(vault: Vault, session: Any) -> None:
    """An orderly end: the next start begins at the first page."""
    vault.drop_draft(session, PLACE)


def _uptime() -> float:
    return uptime_ms() / 1000
