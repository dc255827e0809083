"""Makes the reduced workspace from the open vault, keeps it fresh, and looks at what became of it (`reduced.py`).

What may be carried over stands in `models/rules/reduced.py`; everything else stays out. No key of the vault goes along
but the device's signing key: a workspace that was opened under force has to prove to the server whose it is, and
nothing that is sealed opens with it. Scopes get made-up keys, so that writing works and nothing of others is readable.

A change of the second passphrase makes a copy with a new key first, then changes the slot, then forgets the old key.
After a power cut in between both keys may be the one that the slot holds, and both keep a fresh copy.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.errors import EnvironmentProblem, RuleBroken
from app.models.local import flags
from app.models.local.tables import LoggedChange, Member, NumberBlock, OwnKey, Scope, ScopeKey
from app.models.rules import reduced as rules
from app.models.rules.reduced import How
from app.models.vocab import AuditAction, DobPrecision
from app.vault import capture, identity, keys, lease, passphrase, reduced, state
from app.vault.problems import explained
from app.vault.vault import Vault, made_copy, opened_copy
from app.words import mark

MADE_AT = "reduced_made_at"
"""The fact of the vault that says when its newest copy was made."""
SETTLED = "reduced_settled"
"""The fact of a copy that says when the owner decided about what was written in it."""
FACTS = (
    state.VAULT_ID,
    state.DEVICE_ID,
    state.DEVICE_NAME,
    state.OWNER,
    state.AGENCY,
    state.CLOCK,
    state.SERVER_ADDRESS,
    state.SERVER_EPOCH,
    state.RECOVERY_PROVEN,
    state.DRILL,
    state.RECOVERED,
    state.RECOVERED_TOLD,
    state.PACE,
    "server_public",
    "agency_name",
    lease.DAYS,
    state.LEASE,
    lease.LAST_CONTACT,
    lease.SERVER_TIME,
    "demonstration",
)
"""Facts of the device that are carried over: whose computer it is and where its server is."""
SET, CLEARED, USED = "second passphrase set", "second passphrase cleared", "second passphrase used"
"""Reasons in the audit trail."""
_ONE_AT_A_TIME = Lock()
_KEY = "reduced:"
_OLD_KEY = "reduced-old:"
_DAY = timedelta(days=1)
_CHUNK = 500


@dataclass(frozen=True)
class Aside:
    """A copy in which something was written that the vault does not have: how many records."""

    copy: Path
    written: int


# --- setting it up and keeping it fresh ---


def set_up(vault: Vault, passphrase_text: str) -> None:
    """Let a second passphrase open a reduced workspace; also in the place of an earlier one.

    Raises RuleBroken for a passphrase that is too weak or opens the vault itself, EnvironmentProblem for a full disk.
    Whatever happens in between, the earlier passphrase or the new one opens a whole workspace.
    """
    passphrase.check(passphrase_text, field="duress")
    vault.refuse_lent()
    if not vault.recovery_proven:
        raise RuleBroken(mark("Show first that you kept the recovery key."), field="duress")
    key = os.urandom(keys.KEY_BYTES)
    name = _KEY + os.urandom(8).hex()
    with _ONE_AT_A_TIME:
        with vault.settling() as session:
            session.add(OwnKey(name=name, public=b"", private=key))
        _make(vault, key)
        try:
            vault.set_duress(passphrase_text, key)
        except RuleBroken:
            # Refused before anything was written; after any other error the key file may hold either key.
            _retire(vault, lambda known: known == name)
            _tidy(vault)
            raise
        _retire(vault, lambda known: known != name)
        _tidy(vault)
        _enter(vault, SET)


def opens_workspace(vault: Vault, passphrase_text: str) -> bool:
    """Whether a passphrase is the second one and there is a workspace for it. No use is written down."""
    key = vault.duress_key(passphrase_text)
    return key is not None and _newest(vault, key) is not None


def clear(vault: Vault) -> None:
    """No second passphrase any more. A copy in which something was written stays until the owner decides."""
    vault.refuse_lent()
    with _ONE_AT_A_TIME:
        vault.clear_duress()
        _retire(vault, lambda _: True)
        _tidy(vault)
        _enter(vault, CLEARED)


def is_stale(vault: Vault, now: datetime) -> bool:
    """Whether a copy that may be opened is missing or more than a day old."""
    held = _keys(vault, _KEY)
    if not held:
        return False
    with vault.read() as session:
        made = state.get(session, MADE_AT)
    old = made is None or not timedelta(0) <= now - datetime.fromisoformat(made) < _DAY
    return old or any(_newest(vault, key) is None for key in held.values())


def refresh(vault: Vault) -> None:
    """Make each workspace that the key file may open anew from the vault as it is now."""
    with _ONE_AT_A_TIME:
        if not vault.duress_set:
            # A recovery took the slot away, or it never came to be.
            _retire(vault, lambda _: True)
        for key in _keys(vault, _KEY).values():
            _make(vault, key)
        _tidy(vault)


# --- looking at it from the vault ---


def look(vault: Vault) -> tuple[flags.Use, ...]:
    """Take over what the copies say of their uses, and how much was written in them; returns what is new.

    Each is entered in the vault's audit trail. A copy that is open elsewhere is looked at the next time.
    """
    found: dict[str, flags.Use] = {}
    waits = 0
    with vault.read() as session:
        pace = state.get(session, state.PACE)
        own = lease.held(session, vault.now())
    for _, opened in _opened(vault):
        _tell_pace(opened, pace)
        _tell_lease(opened, own)
        with opened.read() as session:
            found |= {use.flag_id: use for use in flags.uses(session)}
            waits += 0 if state.get(session, SETTLED) else _written(session)
    with vault.read() as session:
        known = {use.flag_id: use for use in flags.uses(session)}
        noted = int(state.get(session, flags.ASIDE) or 0)
    if waits != noted:
        with vault.settling() as session:
            state.put(session, flags.ASIDE, str(waits))
    fresh = tuple(use for use in found.values() if use.flag_id not in known)
    told = [use for use in found.values() if use.told is not None and use.flag_id in known]
    if fresh or any(known[use.flag_id].told is None for use in told):
        with vault.write(vault.actor(vault.owner().roles[0])) as work:
            for use in fresh:
                flags.keep_use(work.session, use)
                work.audit(AuditAction.KEYS, record_id=use.flag_id, reason=USED)
            for use in told:
                flags.note_told(work.session, [use.flag_id], use.told or vault.now())
            work.commit()
    return fresh


def _tell_pace(opened: Vault, pace: str | None) -> None:
    """Let a copy know how long the vault's newest openings took (`pace.py`)."""
    with opened.read() as session:
        known = state.get(session, state.PACE)
    if pace is not None and pace != known:
        with suppress(EnvironmentProblem), opened.settling() as session:  # a full disk: what it knew will do
            state.put(session, state.PACE, pace)


def _tell_lease(opened: Vault, own: lease.Lease | None) -> None:
    """Let a copy know of the vault's newest contact: one that locks earlier would tell itself apart."""
    with opened.read() as session:
        known = lease.held(session, opened.now())
    if own is not None and (known is None or known.server_at < own.server_at):
        with suppress(EnvironmentProblem), opened.settling() as session:
            lease.keep(session, own)


def asides(vault: Vault) -> tuple[Aside, ...]:
    """Copies in which something was written that the owner has not decided about, the newest first."""
    found = []
    for copy, opened in _opened(vault):
        with opened.read() as session:
            settled, count = state.get(session, SETTLED), _written(session)
        if count and settled is None:
            found.append(Aside(copy, count))
    return tuple(found)


def settle(opened: Vault, at: datetime) -> None:
    """The owner has decided about what was written in a copy."""
    with opened.settling() as session:
        state.put(session, SETTLED, at.isoformat())


def _written(session: Session) -> int:
    """How many records were written in a copy."""
    return session.scalar(select(func.count(LoggedChange.record_id.distinct()))) or 0


@contextmanager
def opened_aside(vault: Vault, copy: Path) -> Iterator[Vault | None]:
    """A copy opened by the vault that it belongs to; None when no key of the vault opens it.

    Raises EnvironmentProblem when it is open elsewhere.
    """
    with explained():
        key = next((key for key in _all_keys(vault) if reduced.is_of(copy, key)), None)
    if key is None:
        yield None
        return
    with opened_copy(copy, vault.folder, key, vault.now) as opened:
        yield opened


# --- making a copy ---


def _make(vault: Vault, key: bytes) -> Path:
    fresh = reduced.fresh_place(vault.folder, key)
    with made_copy(fresh, vault.folder, key, vault.now) as made:
        _fill(vault, made)
    copy = reduced.keep(fresh)
    with vault.settling() as session:
        state.put(session, MADE_AT, vault.now().isoformat())
    return copy


def _fill(vault: Vault, made: Vault) -> None:
    today = vault.now().date()
    with vault.read() as session:
        rows = {kind: _rows(session, kind, today) for kind in rules.COPIED}
        facts = {name: state.get(session, name) for name in FACTS}
        own = session.get_one(OwnKey, identity.SIGNING)
        signing = OwnKey(name=own.name, public=own.public, private=own.private)
        members = [
            Member(id=one.id, name=one.name, roles=list(one.roles), badge=one.badge, active=one.active)
            for one in session.scalars(select(Member))
        ]
        blocks = session.execute(
            select(NumberBlock.series, NumberBlock.year, func.max(NumberBlock.last)).group_by(
                NumberBlock.series, NumberBlock.year
            )
        ).all()
        scopes = _scopes(session, rows.values())
    with made.settling() as session:
        with capture.switched_off(session):
            for kind, found in rows.items():
                _insert(session, kind, found)
        for name, value in facts.items():
            state.put(session, name, value)
        state.put(session, flags.REDUCED, vault.now().isoformat())
        session.add(signing)
        session.add_all([*members, *scopes])
        session.add_all([ScopeKey(scope_id=one.id, epoch=1, key=os.urandom(keys.KEY_BYTES)) for one in scopes])
        # All used up, so that a number which the vault gave is never given again.
        session.add_all(
            NumberBlock(series=series, year=year, first=last, last=last, following=last + 1)
            for series, year, last in blocks
        )


def _rows(session: Session, kind: str, today: date) -> list[dict[str, Any]]:
    """The allowed columns of the records of a kind that may be carried over, as they are stored."""
    allowed = {**rules.HEAD, **rules.COPIED[kind]}
    columns = ", ".join(f'"{name}"' for name in allowed)
    condition = _CONDITIONS.get(kind, "1")
    statement = f'SELECT {columns} FROM "{kind}" WHERE removed_at IS NULL AND ({condition})'
    found = session.connection().exec_driver_sql(statement).mappings()
    return [_carried(kind, dict(row), allowed, today) for row in found]


def _listed(values: Iterable[str]) -> str:
    return ", ".join(f"'{value}'" for value in values)


_PARTNERS = f"kind IS NOT NULL AND kind NOT IN ({_listed(rules.LISTED_PARTNERS_WITHOUT)})"
_CONDITIONS = {
    "organization": _PARTNERS,
    "service": f"address_confidential IS NOT 1 AND organization_id IN (SELECT id FROM organization WHERE {_PARTNERS})",
    "task": f"kind IN ({_listed(rules.QUIET_TASKS)})",
}


def _carried(kind: str, row: dict[str, Any], allowed: Any, today: date) -> dict[str, Any]:
    carried = dict(row)
    for name, how in allowed.items():
        if how is How.LETTER:
            carried[name] = rules.letter(row[name])
        elif how is How.INITIALS:
            carried[name] = rules.initials(row[name])
        elif how is How.BAND:
            born = None if row[name] is None else date.fromisoformat(row[name])
            known = next((one for one in DobPrecision if one == row["dob_precision"]), None)
            shown = rules.band_birth(born, known, today)
            carried[name] = None if shown is None else shown.isoformat()
            carried["dob_precision"] = str(DobPrecision.ESTIMATED)
    return carried


def _insert(session: Session, kind: str, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    names = list(rows[0])
    columns, places = ", ".join(f'"{name}"' for name in names), ", ".join("?" * len(names))
    values = [tuple(row[name] for name in names) for row in rows]
    session.connection().exec_driver_sql(f'INSERT INTO "{kind}" ({columns}) VALUES ({places})', values)


def _scopes(session: Session, kinds: Iterable[list[dict[str, Any]]]) -> list[Scope]:
    """The scopes of what is carried over, for keys that are made up."""
    wanted = sorted({row["scope_id"] for rows in kinds for row in rows})
    found: list[Scope] = []
    for start in range(0, len(wanted), _CHUNK):
        some = Scope.id.in_(wanted[start : start + _CHUNK])
        found += [
            Scope(id=one.id, kind=one.kind, anchor_id=one.anchor_id, epoch=1, made_here=False, offered=True, number=0)
            for one in session.scalars(select(Scope).where(some))
        ]
    return found


# --- keys and copies ---


def _keys(vault: Vault, prefix: str) -> dict[str, bytes]:
    with vault.read() as session:
        found = session.scalars(select(OwnKey).where(OwnKey.name.startswith(prefix)).order_by(OwnKey.name))
        return {own.name: own.private for own in found if own.private is not None}


def _all_keys(vault: Vault) -> list[bytes]:
    return [*_keys(vault, _KEY).values(), *_keys(vault, _OLD_KEY).values()]


def _newest(vault: Vault, key: bytes) -> Path | None:
    return next((copy for copy in reduced.copies(vault.folder) if reduced.is_of(copy, key)), None)


def _retire(vault: Vault, which: Callable[[str], bool]) -> None:
    """The key file holds these keys no more; they open only what is left of their copies."""
    with vault.settling() as session:
        for own in session.scalars(select(OwnKey).where(OwnKey.name.startswith(_KEY))).all():
            if which(own.name):
                session.add(OwnKey(name=own.name.replace(_KEY, _OLD_KEY, 1), public=b"", private=own.private))
                session.delete(own)


def _tidy(vault: Vault) -> None:
    """Take away copies that a newer one replaced and in which nothing was written, and keys that open nothing.

    What a copy tells of its uses is taken over first.
    """
    look(vault)
    newest = {_newest(vault, key) for key in _keys(vault, _KEY).values()}
    for copy, opened in _opened(vault):
        with opened.read() as session:
            empty = _written(session) == 0
        if copy not in newest and empty:
            opened.close()
            reduced.remove(copy)
    left = reduced.copies(vault.folder)
    old = _keys(vault, _OLD_KEY)
    useless = [name for name, key in old.items() if not any(reduced.is_of(copy, key) for copy in left)]
    with vault.settling() as session:
        for name in useless:
            session.delete(session.get_one(OwnKey, name))


def _opened(vault: Vault) -> Iterator[tuple[Path, Vault]]:
    """Each copy that a key of the vault opens and that is not open elsewhere, while it is looked at."""
    for copy in reduced.copies(vault.folder):
        try:
            with opened_aside(vault, copy) as opened:
                if opened is not None:
                    yield copy, opened
        except EnvironmentProblem:
            continue


def _enter(vault: Vault, reason: str) -> None:
    with vault.write(vault.actor(vault.owner().roles[0])) as work:
        work.audit(AuditAction.KEYS, reason=reason)
        work.commit()
