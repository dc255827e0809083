"""Builds each long-lived object once and hands it on. Only the command line, the desktop and tests import it."""

from __future__ import annotations

import platform
import secrets
import shutil
import time
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication

from app import apart, demo, sitting
from app.background_sync import BackgroundSync, SyncNews
from app.backup_desk import VaultBackups, look_sentence
from app.documents.renderer import Renderer
from app.errors import HavenError
from app.file_sync import EngineFiles
from app.form_pages import drawing
from app.key_desk import VaultKeys
from app.lease_watch import LeaseWatch, let_in
from app.look_watch import LookWatch
from app.models.changes import Changes
from app.models.local import flags
from app.models.vocab import AuditAction, Role
from app.profile import Profile, VaultPlace
from app.programme_watch import ProgrammeWatch
from app.queries import device, outbox, settings
from app.queries import today as today_queries
from app.room_watch import RoomWatch
from app.second_desk import VaultSecond
from app.services import setup
from app.sitting import FirstKeyWatch as FirstKeyWatch
from app.sitting import Sitting, drop_place, kept_place
from app.sync.client import engine as sync_engine
from app.sync.client import silent
from app.sync.client.signing_in import Way
from app.sync.protocol import EnrolTerms
from app.trail_desk import read_log, read_trails
from app.vault import backup, erasing, keys, lock, pace, passphrase, reducing, state, suggestion, throttle, trail
from app.vault.full_look import Look
from app.vault.vault import Owner, Vault, create_vault, open_vault, open_with_recovery, utc_now, vault_exists
from app.views import style
from app.views.backups.page import LOOK
from app.views.broadcast import Broadcast
from app.views.common import when
from app.views.common.wording import use_language
from app.views.entrance.doors import Opened
from app.views.label_dialog import LabelDialog
from app.views.main_window import MainWindow
from app.views.messages import Messages, Tone, sentence_of
from app.views.preview.desk import PrintDesk
from app.views.preview.letters import LetterDesk
from app.views.programme import Context, Person, SyncFace, discover
from app.views.recovered import RecoveredDialog
from app.views.sync_button import SyncProgress, SyncSign
from app.views.tasks import Tasks
from app.words import current, mark, tr

Answer = TypeVar("Answer")

_DEMONSTRATION = "demonstration"
_SYNC_STATE = "sync_state"
"""What is announced when sync begins or stops having trouble: no record, but a screen may show it."""
_DEMONSTRATION_PHRASE = "everything in here is made up"
_TEXT_SCALES = (1.0, 1.15, 1.3, 1.5, 0.9)
_DAY_SECONDS = 24 * 3600
_BACKUP_AFTER_MS = 60_000
_STRENGTHEN_AFTER_MS = 5_000
_DRAFT = "draft"
"""What is announced when a draft appears or goes: no record either, but Today lists them."""
_LONGEST_SETTLING, _LONGEST_SYNC = 10.0, 3.0
"""Seconds for which a lock waits for what is being saved, and for a round of sync that can be begun again."""
_ROLE_FIRST = (Role.VSU, Role.VQC, Role.SUP, Role.OFF)

_LARGEST_DRAWN = 8_000_000
"""Bytes of a picture that may stand on a page."""

replace_process = lock.replace_process
VaultDrafts = sitting.VaultDrafts

PROGRAMMES = discover()
"""Found when this module is, beside the entrance: importing every page after the passphrase keeps people waiting."""


class RealDoors:
    """Opens and makes vaults (`views/entrance/doors.py`)."""

    def __init__(self, profile: Profile, browse: Callable[[str], bool] = webbrowser.open) -> None:
        self._profile = profile
        self._browse = browse

    def vaults(self) -> tuple[VaultPlace, ...]:
        """The vaults of this computer."""
        return self._profile.vaults()

    def unlock(self, place: VaultPlace, passphrase_text: str, *, bring_back: bool = False) -> Opened:
        """Open a vault by its passphrase; `bring_back` does what NeedsRecovery explained."""
        began = time.perf_counter()
        vault = open_vault(place.folder, passphrase_text, recover=bring_back)
        try:
            let_in(vault)
            opened = self._unlocked(vault, place)
            if bring_back or opened.recovery_key is not None:  # no opening as usual
                return opened
            passed = _ms_since(began)
            time.sleep(pace.wait_ms(vault, passed) / 1000)
            return replace(opened, unlock_ms=passed, since=time.perf_counter())
        except BaseException:
            vault.close()
            raise

    def _unlocked(self, vault: Vault, place: VaultPlace) -> Opened:
        """With a recovery key to keep where none was shown to be kept yet: a window was closed too early then."""
        if not vault.recovery_proven:
            return Opened(vault, place, vault.fresh_recovery(), recovery_renewed=True, keys=VaultKeys(vault, draw_once))
        told = vault.recovery_to_tell()
        return Opened(vault, place, recovered=None if told is None else datetime.fromisoformat(told))

    def recover(
        self, place: VaultPlace, recovery_key: str, passphrase_text: str, *, bring_back: bool = False
    ) -> Opened:
        """Open a vault by its recovery key, then let the new passphrase open it."""
        passphrase.check(passphrase_text)
        vault = open_with_recovery(place.folder, recovery_key, recover=bring_back)
        try:
            let_in(vault)
            vault.set_passphrase(passphrase_text)
        except BaseException:
            vault.close()
            raise
        return Opened(vault, place)

    def create(self, owner: str, service: str, passphrase_text: str) -> Opened:
        """A vault for one person without a server: they found their own small agency."""
        place = self._fresh_place()
        vault, recovery = create_vault(
            place.folder, passphrase_text, platform.node() or "computer", owner=Owner(owner, (Role.VSU, Role.SUP))
        )
        found_agency(vault, service)
        return Opened(vault, place, recovery, keys=VaultKeys(vault, draw_once))

    def account_wanted(self, address: str, code: str) -> EnrolTerms | None:
        """Where the agency wants people to sign in before they enrol."""
        return sync_engine.enrolment_terms(address, code)

    def enrol(
        self,
        address: str,
        code: str,
        passphrase_text: str,
        account: EnrolTerms | None = None,
        stopped: Event | None = None,
    ) -> Opened:
        """A vault that belongs to an agency; when the server or the person says no, nothing is left behind."""
        signing = None if account is None else (account, Way(self._browse, stopped or Event()))
        place = self._fresh_place()
        vault, recovery = create_vault(
            place.folder, passphrase_text, platform.node() or "computer", owner=Owner("-", (Role.VSU,))
        )
        try:
            sync_engine.enrol(vault, address, code, signing=signing)
        except BaseException:
            vault.close()
            throttle.forget(place.folder, vault.vault_id)
            shutil.rmtree(place.folder, ignore_errors=True)
            raise
        return Opened(vault, place, recovery, keys=VaultKeys(vault, draw_once))

    def demonstration(self) -> Opened:
        """The made-up region; made once, then kept with whatever was tried in it."""
        place = self._profile.place(_DEMONSTRATION)
        if vault_exists(place.folder):
            # Its passphrase is no secret and nothing in it is real: nobody waits for it, nobody is asked first.
            return Opened(open_vault(place.folder, _DEMONSTRATION_PHRASE, recover=True, counted=False), place)
        shutil.rmtree(place.folder, ignore_errors=True)
        return Opened(make_demonstration(place.folder), place)

    def suggest_passphrase(self) -> str:
        """Seven words drawn by chance."""
        return suggestion.suggested()

    def _fresh_place(self) -> VaultPlace:
        return self._profile.place(f"vault-{secrets.token_hex(4)}")


def found_agency(vault: Vault, service: str) -> None:
    """Give a vault without a server its own agency scope and person."""
    agency_id, owner = vault.agency_id, vault.owner()
    with vault.write(vault.actor(Role.SUP)) as work:
        command = setup.FoundAgency(
            agency_id=agency_id, service_name=service, member_name=owner.name, roles=owner.roles
        )
        setup.found_agency_locally(work, command)
        work.commit()


def make_demonstration(folder: Path, clock: Callable[[], datetime] = utc_now) -> Vault:
    """A vault filled with the made-up region. Its key slot is cheap: there is nothing in it to protect."""
    vault, recovery = create_vault(
        folder,
        _DEMONSTRATION_PHRASE,
        "demonstration",
        owner=demo.OWNER,
        setting=keys.FLOOR,
        clock=clock,
    )
    try:
        vault.prove_recovery(recovery)
        demo.load(vault, clock)
    except BaseException:
        vault.close()
        throttle.forget(folder, vault.vault_id)
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return vault


class VaultStore:
    """The vault as the windows use it: questions and verbs, in the role that the person acts in."""

    def __init__(self, vault: Vault, role: Role) -> None:
        self._vault = vault
        self.role = role

    def read(self, question: Callable[[Any], Answer]) -> Answer:
        """Ask."""
        with self._vault.read() as session:
            return question(session)

    def write(self, verb: Callable[[Any], Answer]) -> tuple[Answer, Changes]:
        """Do and commit."""
        with self._vault.write(self._vault.actor(self.role)) as work:
            result = verb(work)
            return result, work.commit()


class SyncRelay(QObject):
    """Carries news of another thread to the interface's thread."""

    arrived = Signal(object)


class House:
    """Everything of one open vault: made by `open_house`, taken down by `close`."""

    def __init__(
        self,
        opened: Opened,
        profile: Profile,
        messages: Messages,
        lock_now: Callable[[], None],
        restore_now: Callable[[Path, bool], None] | None = None,
        switch_person: Callable[[], None] = lambda: None,
        leave_erased: Callable[[bool], None] = lambda _: None,
    ) -> None:
        self._restore_now, self._leave_erased = restore_now, leave_erased
        self._unlock_ms, self._since = opened.unlock_ms, opened.since
        self.place: VaultPlace = opened.place
        self.vault: Vault = opened.vault
        self._profile, self._messages = profile, messages
        self._lock_now, self._switch_person = lock_now, switch_person
        owner = self.vault.owner()
        before = kept_place(self.vault)
        was = [one for one in owner.roles if before and one.value == before.get("role")]
        role = next((role for role in (*was, *_ROLE_FIRST) if role in owner.roles), owner.roles[0])
        self.store = VaultStore(self.vault, role)
        self.tasks = Tasks(self.store, messages.failed)
        self.broadcast = Broadcast()
        self.tasks.changed.connect(self.broadcast.announce)
        self.renderer = Renderer(child_command())
        self.window = MainWindow(PROGRAMMES, messages)
        self.drafts = VaultDrafts(self.vault, self.tasks, self.window.here, self._tell_drafts)
        self.place = self._call_place()
        self._news = SyncNews()
        self._sent = outbox.OutboxCounts()
        self._online_since: datetime | None = None
        self._clocks = ProgrammeWatch(self.vault, self.tasks, lambda: self.store.role, self._zone(), self.window)
        self._waiting = 0
        self._relay, self._looked = SyncRelay(), SyncRelay()
        self._relay.arrived.connect(self._on_news, Qt.ConnectionType.QueuedConnection)
        self.sync = self._make_sync()
        self._connect_window()
        self._context: Context | None = None
        self._backing_up = False
        self.sitting = Sitting(
            _application(),
            self.vault,
            self.tasks,
            self.window,
            self.drafts,
            messages,
            self._lock_now,
            asks_again=not self.place.is_demonstration,
        )
        self._look = LookWatch(self.vault, self.sitting.quiet_for, self._on_look, self.window)
        self._furnish(role, None if before and not opened.first else opened.first)
        if before and not opened.first:
            self.sitting.come_back(before)
            self.window.show_first()
        self.broadcast.announced.connect(lambda *_: self._count())
        self.tasks.changed.connect(lambda *_: self.sync.ask() if self.sync is not None else None)
        self.tasks.changed.connect(lambda *_: self._back_up_when_long())
        self._room = RoomWatch(self.vault, self.tasks, self.window)
        with self._room.allowed():
            self._audit(AuditAction.LOGIN)
        self._count()
        daily = QTimer(self.window)
        daily.setSingleShot(True)
        daily.timeout.connect(self.back_up_daily)
        daily.start(_BACKUP_AFTER_MS)
        self._look_after_second()
        if not self.place.is_demonstration:
            QTimer.singleShot(_STRENGTHEN_AFTER_MS, self.window, self._strengthen)
        self._tell_of_recovery(opened.recovered)
        QTimer.singleShot(1500, lambda: self.tasks.job(self.tasks, self.renderer.warm, lambda _: None))
        self._lease: LeaseWatch | None = None
        if self.sync is not None:
            self.sync.start()
            self._lease = LeaseWatch(self.vault, self.tasks, messages, self._lock_now, self._zone(), self.window)
        if self.vault.recovered is not None:
            QTimer.singleShot(0, self.window, self._tell_brought_back)

    def shown(self) -> None:
        """The window is on the screen: remember how long that took, for a reduced workspace to take as long."""
        if self._unlock_ms and not self.vault.is_full:
            opening = pace.Opening(self._unlock_ms, _ms_since(self._since))
            self.tasks.later(self.tasks, lambda: pace.note(self.vault, opening))

    @property
    def context(self) -> Context:
        """What the pages were given."""
        assert self._context is not None, "furnished when the house was built"
        return self._context

    def close(self, *, keep_vault: bool = False) -> int:
        """An orderly end: keep typing, finish what is queued, close the vault; the next start begins afresh.

        Returns how many records wait to be sent. `keep_vault` leaves the vault open, for one more thing with it.
        """
        self._finish(lambda session: drop_place(self.vault, session), keep_vault)
        return self._waiting

    def lock(self) -> int:
        """Keep typing and the place, finish what is queued, close the vault. Returns how many records wait to be sent.

        Called once nothing is visible any more. What is being drawn or fetched is not waited for.
        """
        self.renderer.stop()
        self.tasks.settle(_LONGEST_SETTLING)
        self.sitting.places.keep_now()
        self._finish(lambda session: None)
        return self._waiting

    def _finish(self, last: Callable[[Any], None], keep_vault: bool = False) -> None:
        self.sitting.stop()
        self._look.stop()
        self._room.stop()
        self._clocks.stop()
        self.window.keep_typing()
        if self.sync is not None:
            self.sync.stop(_LONGEST_SYNC)
        self.tasks.stop()
        if self._lease is not None:
            self._lease.stop()
        self.renderer.close()
        self._waiting = self.store.read(outbox.unsent) if self.sync is not None else 0
        with suppress(HavenError), self.vault.settling() as session:  # a full disk keeps nobody from locking
            last(session)
        with suppress(HavenError):
            self._audit(AuditAction.LOCK)
            trail.close(self.vault)
        if not keep_vault:
            self.vault.close()
        self.window.close()

    def back_up_daily(self) -> None:
        """Make a verified backup, once a day, when the morning's rush of opening is over."""
        made = backup.listed(self.vault.folder)
        fresh = bool(made) and time.time() - made[0].stat().st_mtime < _DAY_SECONDS
        if not self.place.is_demonstration and not fresh and not self.vault.is_full:
            self.tasks.job(self.tasks, self.vault.back_up, lambda _: None)
        if not self.vault.is_full:
            self.tasks.later(self.tasks, self.vault.tidy_attachments)
        if not self.vault.is_reduced and not self.vault.is_full:
            self.tasks.later(self.tasks, self._keep_second_fresh)

    def _strengthen(self) -> None:
        if not self.vault.is_full:
            self.tasks.job(self.tasks, self.vault.strengthen, _nothing)

    def _keep_second_fresh(self) -> None:
        if reducing.is_stale(self.vault, self.vault.now()):
            reducing.refresh(self.vault)

    def _look_after_second(self) -> None:
        """See whether the second passphrase was used; the server hears of it with the first round of sync."""
        if not self.vault.is_reduced:
            self._looked.arrived.connect(self._on_looked, Qt.ConnectionType.QueuedConnection)
            self.tasks.later(self.tasks, lambda: self._looked.arrived.emit(reducing.look(self.vault)))

    def _on_looked(self, fresh: tuple[flags.Use, ...]) -> None:
        if fresh:
            self.broadcast.announce(Changes(frozenset({flags.KIND})))
            if self.sync is not None:
                self.sync.ask()

    def _on_look(self, look: Look) -> None:
        """Something damaged is said at once; the page of backups says what is sound."""
        if not look.is_sound:
            self._messages.say(look_sentence(look), Tone.WARNING)
        self.broadcast.announce(Changes(frozenset({LOOK})))

    def _tell_of_recovery(self, at: datetime | None) -> None:
        """Say once that somebody opened this vault with the recovery key; its page keeps saying when."""
        if at is None:
            return
        self._messages.say(
            tr(
                "This vault was opened with the recovery key on {day}. If that was not you or your supervisor, make a "
                "new recovery key under Keys and recovery.",
                day=when.day(when.local_day(at, self.context.zone)),
            ),
            Tone.WARNING,
        )
        self.tasks.later(self.tasks, self.vault.told_of_recovery)

    def _back_up_when_long(self) -> None:
        """A long second journal is shortened by a backup: it is read whenever the vault is unlocked."""
        if self.vault.backup_due() and not self._backing_up:
            self._backing_up = True
            self.tasks.job(self.tasks, self._back_up_now, lambda _: None)

    def _back_up_now(self) -> None:
        try:
            self.vault.back_up()
        finally:
            self._backing_up = False

    def _tell_brought_back(self) -> None:
        """What was brought back stands in the middle of the window until the person has read it."""
        recovered = self.vault.recovered
        if recovered is None:
            return
        notice = RecoveredDialog(recovered.said, self.window, missing=recovered.missing > 0)
        notice.finished.connect(lambda _: self.tasks.later(self.tasks, self.vault.recovery_told))
        notice.open()

    def act_as(self, role: Role) -> None:
        """Act in another role of one's own; the switch is audited and the windows are built anew."""
        if role not in self.vault.owner().roles:
            return

        def switch() -> None:
            self.store.role = role
            self._audit(AuditAction.ROLE_SWITCH)
            self._furnish(role)

        self.sitting.confirm(
            self.window, lambda: tr("In another role you see and do other things: {role}.", role=role.label()), switch
        )

    def _furnish(self, role: Role, first: str | None = "") -> None:
        self.window.keep_typing()
        self._clocks.look()
        owner = self.vault.owner()
        person = Person(owner.member_id or "", owner.name, role, owner.roles)
        watch = self.sitting
        media = self.vault.attachments
        draw = drawing(self.renderer.render, lambda sealed: media.read_whole(sealed, _LARGEST_DRAWN))
        desk = PrintDesk(self.tasks, self._messages, person, draw, self.vault.now, watch.confirm)
        letters = LetterDesk(
            self.tasks,
            self._messages,
            person,
            lambda prints, whole: self.renderer.render_together(prints, whole_sheets=whole),
            self.vault.now,
            watch.confirm,
        )
        self._context = Context(
            tasks=self.tasks,
            broadcast=self.broadcast,
            messages=self._messages,
            person=person,
            sync=SyncFace(
                available=self._speaks_of_sync,
                now=self._sync_now,
                trouble=lambda: self._news.trouble,
                progress=lambda: _shown_progress(self._news),
                stop=self._stop_sync,
                files=self._files,
            ),
            draw=draw,
            drafts=self.drafts,
            clock=self.vault.now,
            zone=self._zone(),
            go=self.window.go,
            preview=desk.preview,
            letters=letters.show,
            demonstration=self.store.read(device.is_demonstration),
            keys=VaultKeys(self.vault, self.renderer.render),
            second=VaultSecond(self.vault, lambda: self.store.role),
            backups=VaultBackups(self.vault, self._restore_now, self._look.now),
            trails=lambda: read_trails(self.vault),
            log=lambda: read_log(self.vault),
            media=media,
            resume=watch.resume,
            confirm=watch.confirm,
            reveal=watch.reveal,
        )
        self.window.furnish(self._context, first)

    def _tell_drafts(self) -> None:
        self.broadcast.announce(Changes(frozenset({_DRAFT})))

    def _call_place(self) -> VaultPlace:
        """Write beside the vault what it is called, for the list of the entrance: never whose it is."""
        if self.place.is_demonstration:
            return self.place
        name = str(self.store.read(lambda session: settings.setting(session, "service.name", self._today())))
        numbered = lambda number: tr("Vault {number}", number=number)  # noqa: E731  (how a vault without a name is called)
        label = None if self.place.label else self._profile.free_label(self.place, numbered)
        with suppress(OSError):  # a full disk: the list shows a number instead
            return self._profile.call(self.place, label=label, service=name)
        return self.place

    def _ask_label(self) -> None:
        LabelDialog(self.window, self.place.label, self._relabel).open()

    def _relabel(self, label: str) -> None:
        try:
            self.place = self._profile.call(self.place, label=label)
        except OSError:
            self._messages.say(tr("The name could not be written: is the disk full?"), Tone.WARNING)

    def _today(self) -> Any:
        return self.vault.now().date()

    def _zone(self) -> str:
        return str(self.store.read(lambda session: settings.setting(session, "service.timezone", self._today())))

    _files: EngineFiles | None = None

    def _make_sync(self) -> BackgroundSync | None:
        address = self.store.read(lambda session: state.get(session, state.SERVER_ADDRESS))
        if not address:
            return None
        engine = silent.fitting(self.vault)
        self._files = EngineFiles(engine, self._tell_of_changes)
        return BackgroundSync(engine, self._relay.arrived.emit, sentence_of, engine.listener)

    def _tell_of_changes(self, changes: Changes) -> None:
        self._relay.arrived.emit(replace(self._news, changes=changes))

    def _sync_now(self) -> None:
        if self.sync is not None:
            self.sync.ask()
        else:
            self._messages.say(tr("In the demonstration nothing leaves this computer."))

    def _stop_sync(self) -> None:
        if self.sync is not None:
            self.sync.cancel()

    @property
    def _speaks_of_sync(self) -> bool:
        """The demonstration shows what became of each record, although no server stands behind it."""
        return self.sync is not None or self.place.is_demonstration

    def _on_news(self, news: SyncNews) -> None:
        if news.erasing or news.erased:
            self._leave_erased(news.erased)
            return
        if news.trouble != self._news.trouble and not news.working:
            self.broadcast.announce(Changes(frozenset({_SYNC_STATE})))
        self._news = news if not news.working else replace(news, offline=self._news.offline, trouble=self._news.trouble)
        if news.progress is not None:
            self.window.set_sync(self._sign(self._sent))
            return
        if not news.working:
            self._online_since = None if news.offline else self._online_since or self.vault.now()
        self.broadcast.announce(news.changes)
        self._clocks.arrived(news.changes.kinds)
        self._count()

    def _sign(self, sent: outbox.OutboxCounts) -> SyncSign:
        return SyncSign(
            available=self._speaks_of_sync,
            working=self._news.working,
            offline=self._news.offline,
            trouble=self._news.trouble,
            waiting=sent.unsent,
            refused=sent.refused,
            files=sent.files,
            stalled=self.sync is not None and outbox.is_stalled(sent, self.vault.now(), self._online_since),
            progress=_shown_progress(self._news),
        )

    def _count(self) -> None:
        member, now = self.context.person.member_id, self.vault.now()

        def question(session: Any) -> tuple[outbox.OutboxCounts, today_queries.TodayCounts]:
            day = settings.local_day(session, now)
            return outbox.counts(session), today_queries.counts(session, member, today=day)

        def show(answer: tuple[outbox.OutboxCounts, today_queries.TodayCounts]) -> None:
            self._sent, today = answer
            self.window.set_sync(self._sign(self._sent))
            self.window.set_count("today", today.overdue + today.due_today)
            self.window.set_count("requests.list", today.call_backs)
            self.window.set_count("conflicts", today.conflicts)

        self.tasks.read(self.window, question, show)

    def _connect_window(self) -> None:
        self.window.lock_asked.connect(self._lock_now)
        self.window.switch_asked.connect(self._switch_person)
        self.window.label_asked.connect(self._ask_label)
        self.window.language_asked.connect(self._switch_language)
        self.window.light_asked.connect(self._switch_light)
        self.window.text_size_asked.connect(self._next_text_size)
        self.window.role_asked.connect(self.act_as)

    def _switch_language(self) -> None:
        code = "fr" if current().code == "en" else "en"
        self._profile.keep("language", code)
        use_language(code)
        self._furnish(self.store.role)

    def _switch_light(self) -> None:
        mode: style.Mode = "light" if style.mode() == "dark" else "dark"
        self._profile.keep("mode", mode)
        style.apply(_application(), mode, style.text_scale())

    def _next_text_size(self) -> None:
        here = _TEXT_SCALES.index(style.text_scale()) if style.text_scale() in _TEXT_SCALES else 0
        scale = _TEXT_SCALES[(here + 1) % len(_TEXT_SCALES)]
        self._profile.keep("text_scale", scale)
        style.apply(_application(), style.mode(), scale)

    def _audit(self, action: AuditAction) -> None:
        self.store.write(lambda work: work.audit(action))


def open_house(
    opened: Opened,
    profile: Profile,
    messages: Messages,
    lock_now: Callable[[], None],
    restore_now: Callable[[Path, bool], None] | None = None,
    switch_person: Callable[[], None] = lambda: None,
    leave_erased: Callable[[bool], None] = lambda _: None,
) -> House:
    """The main window of an open vault with everything behind it."""
    return House(opened, profile, messages, lock_now, restore_now, switch_person, leave_erased)


def finish_erasing(profile: Profile) -> None:
    """Whatever an erasing left when it was broken off goes now, before anything is opened."""
    for folder in profile.folders():
        with suppress(OSError):
            erasing.go_on(folder)


def _shown_progress(news: SyncNews) -> SyncProgress | None:
    """What windows show of how far a round is."""
    found = news.progress
    if not news.working or found is None or not found.whole:
        return None
    return SyncProgress(str(found.doing), found.done / found.whole, found.seconds_left)


def draw_once(context: Any, rows: Any) -> bytes:
    """Draw one document in a child of its own, before there is a house that keeps one warm."""
    renderer = Renderer(child_command())
    try:
        return renderer.render(context, rows)
    finally:
        renderer.close()


def child_command() -> list[str]:
    """How the process that draws documents is started, from source and from a bundle."""
    return apart.command_of("documents")


def _ms_since(began: float) -> int:
    return int((time.perf_counter() - began) * 1000)


def _nothing(_: object) -> None:
    """What follows a job that nobody waits for."""


def _application() -> QApplication:
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        raise RuntimeError(mark("There is no application to dress."))
    return app
