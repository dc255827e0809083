"""What is taken away. Each function changes the running program; none of them is reachable from the application."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Defect = Callable[[], None]
DEFECTS: dict[str, Defect] = {}


def defect(function: Defect) -> Defect:
    """Register a defect under the name of its function."""
    DEFECTS[function.__name__] = function
    return function


def plant(name: str) -> None:
    """Plant one defect in this process."""
    DEFECTS[name]()


def swap(owner: Any, name: str, instead: Any) -> Any:
    """Put something else in the place of an attribute; what was there."""
    honest = getattr(owner, name)
    setattr(owner, name, instead)
    return honest


def _named(name: str) -> Callable[..., None]:
    """In the place of a stage of sync, which is called by its name."""

    def stage(_round: Any) -> None:
        """Nothing."""

    stage.__name__ = name
    return stage


def _nothing(*_: Any, **__: Any) -> None:
    """In the place of a check."""


@defect
def saved_is_said_too_early() -> None:
    """The row is undone although commit was reached."""
    from app.vault.unit_of_work import UnitOfWork

    def forgetful(self: UnitOfWork) -> Any:
        commit = swap(self.session, "commit", self.session.rollback)
        try:
            return honest(self)
        finally:
            swap(self.session, "commit", commit)

    honest = swap(UnitOfWork, "commit", forgetful)


@defect
def any_key_is_taken() -> None:
    """The length of a data key is not looked at."""
    from app.vault import engine

    def unchecked(connection: Any, data_key: bytes) -> None:
        connection.execute(f"PRAGMA key = \"x'{data_key!r}'\"")

    swap(engine, "_key", unchecked)


@defect
def a_readable_file_is_opened() -> None:
    """The header of the file is not looked at."""
    from app.vault import engine

    swap(engine, "refuse_plain_header", _nothing)


@defect
def any_driver_will_do() -> None:
    """Neither cipher nor version of the engine is looked at."""
    from app.vault import engine

    swap(engine, "refuse_weak_driver", _nothing)


@defect
def values_stand_in_errors() -> None:
    """SQLAlchemy puts the bound values into its messages, as it does by itself."""
    from app.vault import engine

    def talkative(*given: Any, **named: Any) -> Any:
        named.pop("hide_parameters", None)
        return honest(*given, **named)

    honest = swap(engine, "create_engine", talkative)


@defect
def every_file_is_called_sound() -> None:
    """The check of a file reads nothing."""
    from app.vault import backup

    swap(backup, "check", lambda _connection: True)


@defect
def wrong_passphrases_cost_nothing() -> None:
    """Tries are not counted."""
    from app.vault.throttle import Throttle

    swap(Throttle, "allow", _nothing)


@defect
def a_wait_ends_by_the_clock() -> None:
    """Only the wall clock counts, so setting it forward ends a wait."""
    from app.vault import throttle

    def hasty(tries: Any, wall_ms: int, _uptime_ms: int) -> int:
        return int(max(0, tries.wait_ms - max(0, wall_ms - tries.began_ms)))

    swap(throttle, "wait_left", hasty)


@defect
def weak_derivations_are_taken() -> None:
    """Stored settings of the key derivation are not bounded."""
    from app.vault import keys

    swap(keys, "bounded", lambda setting: setting)


@defect
def slots_are_not_bound_to_their_parameters() -> None:
    """The wrapped key does not cover what stands beside it."""
    from app.vault import slots

    swap(slots, "_bound_to", lambda *_: b"")


@defect
def capture_misses_updates() -> None:
    """Updates leave no change."""
    from app.vault import capture

    def fewer(table: Any) -> dict[str, str]:
        return {name: sql for name, sql in honest(table).items() if not name.endswith("_update")}

    honest = swap(capture, "triggers", fewer)


@defect
def the_lock_leaves_the_clipboard() -> None:
    """What was copied stays when the screen locks."""
    from PySide6.QtGui import QClipboard

    swap(QClipboard, "clear", _nothing)


@defect
def a_draft_is_kept_beside_the_vault() -> None:
    """Typing goes into a readable file as well."""
    from app.vault import drafts

    def readable(session: Any, form: str, values: Any, focus: Any, at: Any) -> None:
        import tempfile
        from pathlib import Path

        Path(tempfile.gettempdir(), "draft.txt").write_text(repr(values), encoding="utf-8")
        honest(session, form, values, focus, at)

    honest = swap(drafts, "save", readable)


@defect
def crashes_say_everything() -> None:
    """The hook for what nobody caught prints the message of the problem."""
    from app import unexpected

    swap(unexpected, "redacted", lambda kind, _trace: f"unexpected {kind.__name__}: {sys.exc_info()[1]} in burst\n")


@defect
def labels_read_markup() -> None:
    """A label takes text that looks like markup for markup."""
    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QLabel

    honest = QLabel.setTextFormat
    swap(QLabel, "setTextFormat", lambda self, _format: honest(self, Qt.TextFormat.AutoText))


@defect
def the_merge_is_captured() -> None:
    """What colleagues wrote is logged as ours again."""
    from app.vault import capture

    @contextmanager
    def left_on(_session: Any) -> Any:
        yield

    swap(capture, "switched_off", left_on)


@defect
def cores_may_be_dumped() -> None:
    """A crash may write memory to the disk."""
    from app.vault import lock

    swap(lock, "forbid_core_dumps", _nothing)


@defect
def an_older_file_is_opened() -> None:
    """Nothing is compared at an opening."""
    from app.vault import opening

    swap(opening, "_judged", lambda _found: opening.Trouble.NONE)


@defect
def old_pages_are_taken() -> None:
    """The seal over the pages is not compared."""
    from app.vault import opening

    swap(opening, "_proven", lambda *_: True)


@defect
def the_journal_misses_repeated_statements() -> None:
    """What runs once for each of several values is not remembered."""
    from app.vault.recording import RecordingConnection

    def forgetful(self: Any, before: Any, word: str, statement: str, values: Any, *, many: bool) -> None:
        if not many:
            honest(self, before, word, statement, values, many=many)

    honest = swap(RecordingConnection, "ran", forgetful)


@defect
def a_recovery_is_not_asked_for() -> None:
    """A vault that is not what was last saved is brought back without a word."""
    from app.vault import recovery

    def hasty(*given: Any, **named: Any) -> Any:
        return honest(*given, **{**named, "recover": True})

    honest = swap(recovery, "open_store", hasty)


@defect
def the_disk_is_not_waited_for() -> None:
    """Nothing is synced: what was said to be saved may still be on its way when the power fails."""
    from app.vault import anchor, engine, journal

    def hurried(connection: Any) -> None:
        honest(connection)
        connection.execute("PRAGMA synchronous = OFF")

    honest = swap(engine, "configure", hurried)
    for module in (anchor, journal):
        swap(module, "sync_data", _nothing)


@defect
def a_full_disk_for_the_journal_is_ignored() -> None:
    """A save goes on although the second journal could not be written."""
    from app.vault.journal import Journal

    def careless(self: Journal, counter: int, content: Any) -> bytes:
        try:
            return bytes(honest(self, counter, content))
        except OSError:
            return bytes(32)

    honest = swap(Journal, "append", careless)


@defect
def an_upgrade_begins_without_a_backup() -> None:
    """Tables are changed with nothing to go back to."""
    from app.vault.vault import Vault

    swap(Vault, "_back_up_first", _nothing)


@defect
def typing_is_not_kept() -> None:
    """A draft is forgotten as it is made."""
    from app.vault import drafts

    swap(drafts, "save", _nothing)


@defect
def files_of_tries_may_be_put_back() -> None:
    """Nobody looks whether the count of wrong passphrases is an older copy."""
    from app.vault.throttle import Throttle

    swap(Throttle, "_handled", lambda _self, _kept, _newest: False)


@defect
def key_files_are_written_in_place() -> None:
    """A key file is emptied before it is written, so a cut leaves half of it, and both copies are cut at once."""
    from app.vault import slots

    def torn(folder: Path, file: Any) -> None:
        content = slots.encoded(file)
        opened = [os.open(folder / name, os.O_WRONLY | os.O_TRUNC | os.O_CREAT, 0o600) for name in slots.COPIES]
        for half in (content[: len(content) // 2], content[len(content) // 2 :]):
            for descriptor in opened:
                os.write(descriptor, half)
                os.fsync(descriptor)
        for descriptor in opened:
            os.close(descriptor)

    swap(slots, "write", torn)


@defect
def records_are_saved_before_the_recovery_is_kept() -> None:
    """Nobody asks whether somebody kept the recovery key."""
    from app.vault.unit_of_work import UnitOfWork

    swap(UnitOfWork, "_refuse_unproven", _nothing)


@defect
def the_reduced_workspace_takes_everything() -> None:
    """The copy that is opened under force has every column of what it copies."""
    from app.vault import reducing

    def everything(session: Any, kind: str, _today: Any) -> list[dict[str, Any]]:
        found = session.connection().exec_driver_sql(f'SELECT * FROM "{kind}"').mappings()
        return [dict(row) for row in found]

    swap(reducing, "_rows", everything)


@defect
def the_cursor_moves_before_the_page_is_kept() -> None:
    """Where the feed was read to is written down first; a crash in between loses the page for ever."""
    from app.sync.client import pull
    from app.vault import state

    def hasty(round_: Any, page: Any, place: int | None) -> Any:
        if place is not None:
            with round_.settling() as session:
                state.put(session, state.FEED_PLACE, str(place))
        return honest(round_, page, None)

    honest = swap(pull, "apply", hasty)
    # Nor is it noticed afterwards that something is missing.
    from app.sync.client import engine

    swap(engine, "compare", _named("compare"))


@defect
def a_round_looks_only_once() -> None:
    """What becomes due while a round runs is not seen by it: the round after it may never come."""
    from app.sync.client.rounds import Round

    swap(Round, "_look_again", _nothing)


@defect
def receipts_are_believed_unverified() -> None:
    """Nobody looks whether the pinned server signed a receipt."""
    from app.sync.client import keys

    swap(keys, "is_signed_by", lambda *_: True)


@defect
def the_newest_clock_wins() -> None:
    """Of two values written apart from each other the older one is dropped."""
    from app.models.rules import registers

    def newest(live: Any, early: Any, dot: str, write: Any) -> Any:
        merged = honest(live, early, dot, write)
        last = max(merged.live, default=None)
        return registers.Merged({last: merged.live[last]} if last is not None else {}, merged.early)

    honest = swap(registers, "merge_write", newest)


@defect
def keys_are_never_followed() -> None:
    """Who was taken off a case goes on reading what is written on it."""
    from app.sync.client import engine

    swap(engine, "rekey", _named("rekey"))


@defect
def a_groups_key_is_kept_when_somebody_leaves() -> None:
    """Leaving a group asks for no new key."""
    from app.sync.client import facts

    swap(facts, "note_group_needs", _nothing)


@defect
def a_groups_key_travels_later() -> None:
    """The server hears of a group before anybody has its key."""
    from app.sync.client import founding

    swap(founding, "_for_members", lambda *_: [])


@defect
def who_was_overtaken_tries_for_ever() -> None:
    """An epoch that a colleague began is begun again in each round."""
    from app.sync.client import rekey

    swap(rekey, "_is_overtaken", lambda *_: False)


@defect
def two_keys_of_one_epoch_are_taken() -> None:
    """The server takes whatever key an epoch is begun with, also the second time."""
    from app.sync.server.intake import Intake

    def lenient(self: Any, begun: Any) -> Any:
        code = honest(self, begun)
        return None if code is not None and str(code) == "exists" else code

    honest = swap(Intake, "_take_epoch", lenient)


@defect
def a_server_that_went_back_is_not_told_again() -> None:
    """What was acknowledged before the server was put back to an older copy is not sent once more."""
    from app.sync.client import engine

    swap(engine, "rewind", _nothing)


@defect
def a_store_put_back_is_believed() -> None:
    """The store is not compared with how far it once was."""
    from app.sync.server.high_water import HighWater

    swap(HighWater, "look", lambda *_: False)


@defect
def work_sealed_anew_waits_for_ever() -> None:
    """A segment stands in its chain by its place alone, whatever key it came with."""
    from app.sync.client.chains import Chains

    def ageless(self: Chains, scope_id: str, device_id: str) -> Any:
        last, before, _ = honest(self, scope_id, device_id)
        return last, before, 2**31

    honest = swap(Chains, "last", ageless)


@defect
def holders_of_keys_are_forgotten() -> None:
    """With the server's memory goes the memory of who was given a key."""
    from sqlalchemy import delete

    from app.models.local.tables import Granted
    from app.sync.client import rewind

    swap(rewind, "_remember_holders", lambda session: session.execute(delete(Granted)))


@defect
def what_a_newer_version_wrote_is_dropped() -> None:
    """Fields that this version does not know are not kept beside the record."""
    from app.sync.client import merge

    def narrow(state: Any, known: frozenset[str]) -> Any:
        return {name: value for name, value in honest(state, known).items() if name != "unknown"}

    honest = swap(merge, "_columns", narrow)


@defect
def newly_known_fields_stay_aside() -> None:
    """After an update nobody looks at what the version before had kept."""
    from app.sync.client import newly_known

    swap(newly_known, "is_due", lambda _: False)


@defect
def the_find_index_forgets() -> None:
    """Changes of records are not followed by the index of quick find."""
    from app.vault import find_index

    def fewer() -> dict[str, str]:
        return {name: sql for name, sql in honest().items() if not name.endswith("_update")}

    honest = swap(find_index, "_wanted", fewer)


@defect
def records_come_before_their_files() -> None:
    """A record is saved whether its file is on the disk or not."""
    from app.vault.attachments import Attachments

    swap(Attachments, "refuse_missing", _nothing)


@defect
def files_are_believed() -> None:
    """What stands in a chunk is not held against its name."""
    from app.vault.chunks import ChunkFolder, Missing

    def believed(self: ChunkFolder, name: str) -> bytes:
        try:
            return self.path(name).read_bytes()
        except FileNotFoundError:
            raise Missing from None

    swap(ChunkFolder, "read", believed)


@defect
def a_file_of_work_brings_what_nobody_calls_for() -> None:
    """Every chunk in a bundle is kept, whether a record names it or not."""
    from app.vault import errands

    swap(errands, "named", lambda _session, names: set(names))


@defect
def chunks_of_a_file_of_work_are_believed() -> None:
    """What stands in a bundle's chunk is not held against its name."""
    from app.sync.client import bundle

    swap(bundle, "is_misnamed", lambda _chunk: False)


@defect
def two_stories_are_not_held_against_each_other() -> None:
    """Heads of the server's log that come in a file of work are not looked at."""
    from app.sync.client import agency_log

    swap(agency_log, "compare", _nothing)


@defect
def removed_files_stay() -> None:
    """What no record names any more is left where it is."""
    from app.vault.attachments import Attachments

    swap(Attachments, "destroy", _nothing)


@defect
def destroyed_words_stay_in_the_indexes() -> None:
    """The words of a destroyed record can still be read in the pages of an index."""
    from app.vault import find_index

    swap(find_index, "squeeze", _nothing)


@defect
def the_server_takes_what_was_destroyed() -> None:
    """What two people destroyed is stored again when somebody sends it."""
    from app.sync.server import intake

    swap(intake, "purged_among", lambda *_: frozenset())


@defect
def a_case_leaves_before_it_is_received() -> None:
    """What was given to others leaves at once, whatever of it is still to be sent."""
    from app.sync.client import unassign

    swap(unassign, "waits_for", lambda *_: None)


@defect
def old_keys_bring_a_case_back() -> None:
    """Whatever was ever sealed to a device opens there again what has left it."""
    from app.sync.client import keys

    swap(keys, "_gives_back", lambda *_: True)


@defect
def many_leave_unasked() -> None:
    """However many cases are given to others at once, nobody looks first."""
    from app.models.rules import leaving

    swap(leaving, "needs_approval", lambda *_: False)


@defect
def one_person_destroys() -> None:
    """A device believes an order to destroy whoever approved it."""
    from app.sync.client import orders
    from app.sync.client.keys import Opening

    swap(orders, "_approved", lambda *_: Opening.OPENED)


@defect
def anybody_erases_a_computer() -> None:
    """A device erases itself without the signature of the order key."""
    from app.sync.client import wiping

    swap(wiping, "is_meant", lambda *_: True)


@defect
def a_lease_ends_by_the_clock_alone() -> None:
    """What was seen is forgotten: only what the clock shows now counts."""
    from app.vault import lease

    def believing(held: lease.Lease, now: int, _ran: int) -> lease.Lease:
        return lease.Lease(held.server_at, held.own_at, now, max(0, now - held.server_at))

    swap(lease, "passed", believing)


@defect
def a_lease_that_is_over_lets_in() -> None:
    """Nobody is kept outside, whatever became of the lease."""
    from app.vault.lease import Standing

    swap(Standing, "is_over", property(lambda _: False))


@defect
def streams_remember_who_could_read() -> None:
    """A change of members is not looked at by the streams that are open."""
    from dataclasses import replace

    from app.sync.server import reading

    honest = reading.growth
    swap(reading, "growth", lambda *asked: replace(honest(*asked), members_changed=False))


@defect
def anybody_signs_in_for_anybody() -> None:
    """A sign-in with the agency's provider counts for every person."""
    from app.sync.server import members

    swap(members, "_check_account", _nothing)


@defect
def a_log_that_lost_something_is_believed() -> None:
    """Whatever head a server signs follows the one before."""
    from app.sync import tree

    swap(tree, "begins_with", lambda *_: True)


@defect
def a_scope_is_read_by_its_name_alone() -> None:
    """Whoever names a scope reads it, of whatever agency."""
    from dataclasses import replace

    from sqlalchemy import select

    from app.sync.server import reading
    from app.sync.server.tables import scopes

    def read(connection: Any, caller: Any, scope_id: str, *more: Any) -> Any:
        asked = select(scopes).where(scopes.c.scope_id == scope_id, scopes.c.agency_id != caller.agency_id)
        found = connection.execute(asked).first()
        if found is not None:
            caller = replace(caller, agency_id=found.agency_id, device_id=found.by_device)
        return honest(connection, caller, scope_id, *more)

    honest = swap(reading, "read_scope", read)
