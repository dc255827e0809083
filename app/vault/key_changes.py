"""What can be done to the keys of an open vault: other passphrases and recovery keys, the keystore, the drill.

Every change is a new generation of the slot file (`slots.py`): a power cut leaves the old way in or the new one. What
the vault remembers of its keys stands in its own database.
"""

from __future__ import annotations

import hmac
import json
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import RLock

from sqlalchemy.orm import Session

from app.errors import EnvironmentProblem, RuleBroken
from app.vault import keys, keystore, passphrase, shares, slots, state, witness
from app.vault.keys import KdfSetting, Randomness
from app.vault.problems import explained
from app.vault.slots import SlotFile
from app.vault.throttle import Throttle
from app.vault.trying import Door, half_name
from app.words import mark

KEY, SHARES = "key", "shares"
"""With what a recovery was practised."""
_QUICK_S = 0.6
"""A derivation that takes less than this here is made stronger; well below what `keys.calibrated` aims at."""


@dataclass(frozen=True)
class KeysState:
    """How a vault can be opened, for the person it belongs to. Moments are ISO 8601 in UTC.

    `drill`: when a recovery was last practised on this computer, and with what. `recovered`: when the recovery key
    last opened the vault. `bound`: the keystore holds half of the key. `duress`: a second passphrase is set.
    """

    recovery_proven: bool
    drill: tuple[str, str] | None
    recovered: str | None
    bound: bool
    duress: bool
    setting: KdfSetting


class KeyChanges(ABC):
    """The part of a vault that looks after its keys; `Vault` is the whole."""

    home: Path
    """Where the key file lies: the vault's own folder, or that of the vault beside a reduced workspace."""
    folder: Path
    _file: SlotFile
    _data_key: bytes
    _clock: Callable[[], datetime]
    _random: Randomness
    _lock: RLock
    _quick: tuple[str, SlotFile] | None = None
    """The passphrase that opened, while its derivation waits to be made stronger."""

    @abstractmethod
    def read(self) -> AbstractContextManager[Session]:
        """A session that cannot write."""

    @abstractmethod
    def settling(self) -> AbstractContextManager[Session]:
        """A session for the device's own facts."""

    @abstractmethod
    def now(self) -> datetime:
        """This moment by the vault's clock."""

    @property
    def is_reduced(self) -> bool:
        """Whether this is the reduced workspace that a second passphrase opened. No window may show it."""
        return self.home != self.folder

    def keys_state(self) -> KeysState:
        """How this vault can be opened."""
        with self.read() as session:
            proven, drill, recovered, duress = (
                state.get(session, name) for name in (state.RECOVERY_PROVEN, state.DRILL, state.RECOVERED, state.DURESS)
            )
        at, kind = (None, None) if drill is None else json.loads(drill)
        return KeysState(
            recovery_proven=proven is not None,
            drill=None if at is None else (str(at), str(kind)),
            recovered=recovered,
            bound=self._file.bound_id is not None,
            duress=duress is not None,
            setting=self._file.kdf(),
        )

    # --- the passphrase ---

    def change_passphrase(self, old: str, new: str) -> None:
        """Let `new` open the vault instead of `old`. The database is not touched."""
        passphrase.check(new, field="new_passphrase")
        with self._lock, explained():
            door = self._door()
            door.tried(old, only_vault=True)
            stretched = self._file.stretch(new)
            found = door.opened_by(stretched)
            if found is not None and found.is_data_key == self.is_reduced:
                raise RuleBroken(mark("Choose another passphrase."), field="new_passphrase")
            self._rewrap(stretched, door.secret)
            self._quick = None

    def verify_passphrase(self, typed: str) -> None:
        """Make sure that the person at the keyboard knows the passphrase. Takes as long as unlocking; blocks no work.

        Counted like a try to unlock. Raises RuleBroken when it is wrong, or while too many wrong ones are waited for.
        """
        with explained():
            self._door().tried(typed, only_vault=True)

    def set_passphrase(self, new: str, setting: KdfSetting | None = None) -> None:
        """Let `new` open the vault, after it was opened with the recovery key.

        What the key file said of the derivation was not proven by a passphrase then, so all of it is made anew: the
        keystore's half goes, and a second passphrase has to be set again.
        """
        passphrase.check(new)
        with self._lock, explained():
            before = self._file
            fresh = before.restretched(setting or keys.calibrated(), self._random)
            self._keep(fresh.with_passphrase(fresh.stretch(new), self._data_key, self._random))
            self._note(state.DURESS, None)
            Throttle(self.home, self._file.vault_id).start()
            if before.bound_id is not None:
                keystore.forget(before.vault_id, half_name(before.bound_id))
                witness.forget(before.vault_id)

    def opened_quickly(self, typed: str, seconds: float) -> None:
        """Keep what `strengthen` needs when the passphrase took less time than it should on this computer."""
        self._quick = (typed, self._file) if seconds < _QUICK_S else None

    def strengthen(self) -> bool:
        """Make the derivation as strong as this computer allows, if it was quick; whether it changed. Takes seconds.

        To be called in the background after opening. Put off while a second passphrase is set: it shares the
        derivation, and is not at hand. The long part is done without holding the vault.
        """
        quick, self._quick = self._quick, None
        if quick is None or self.keys_state().duress:
            return False
        typed, file = quick
        better = keys.calibrated()
        if not keys.stronger(better, file.kdf()):
            return False
        fresh = file.restretched(better, self._random)
        stretched = fresh.stretch(typed)
        with self._lock, explained():
            if self._file != file or self.keys_state().duress:
                return False
            self._keep(self._wrapped(fresh, stretched, self._door().secret))
        return True

    # --- the recovery key ---

    @property
    def recovery_proven(self) -> bool:
        """Whether somebody showed that the recovery key was kept; no real record is saved before."""
        return self.keys_state().recovery_proven

    def fresh_recovery(self) -> str:
        """A new recovery key as text. Nothing changes until it is proven and given to `replace_recovery`."""
        return keys.recovery_text(self._random(keys.KEY_BYTES))

    def prove_recovery(self, typed: str) -> None:
        """Note that the recovery key (or two of its shares) was typed back. Raises RuleBroken when it does not open."""
        self._unwrapped(typed)
        self._note(state.RECOVERY_PROVEN, self._at())

    def replace_recovery(self, text: str) -> None:
        """Let another recovery key open the vault, one that was shown and proven; the one before opens no more."""
        key = shares.recovery_key(text)
        with self._lock, explained():
            self._keep(self._file.with_recovery(key, self._data_key, self._random))
        self._note(state.RECOVERY_PROVEN, self._at())
        self._note(state.DRILL, None)

    def drill(self, typed: str) -> str:
        """Practise a recovery: what was typed opens the key file on the disk and this vault. Only that is noted.

        Returns with what it was done (`KEY`, `SHARES`).
        """
        self._unwrapped(typed)
        with self.read() as session:
            if state.get(session, state.VAULT_ID) != self._file.vault_id:
                raise EnvironmentProblem(mark("The vault opened, but its content is not that of this key file."))
        kind = SHARES if shares.are_shares(typed) else KEY
        self._note(state.DRILL, json.dumps([self._at(), kind]))
        self._note(state.RECOVERY_PROVEN, self._at())
        return kind

    def note_recovery(self) -> None:
        """Note that the recovery key opened the vault, to be told to its owner."""
        self._note(state.RECOVERY_PROVEN, self._at())
        self._note(state.RECOVERED, self._at())
        self._note(state.RECOVERED_TOLD, None)

    def recovery_to_tell(self) -> str | None:
        """When the recovery key opened the vault, as long as its owner was not told (`told_of_recovery`)."""
        with self.read() as session:
            told = state.get(session, state.RECOVERED_TOLD)
            return None if told is not None else state.get(session, state.RECOVERED)

    def told_of_recovery(self) -> None:
        """The owner read that the recovery key was used."""
        self._note(state.RECOVERED_TOLD, self._at())

    def forget_keystore_half(self) -> None:
        """The vault is no more: the keystore keeps nothing of it."""
        bound_id = self._file.bound_id
        if bound_id is not None:
            keystore.forget(self._file.vault_id, half_name(bound_id))
            witness.forget(self._file.vault_id)

    def _unwrapped(self, typed: str) -> None:
        """Whether a recovery key opens the key file as it lies on the disk now, with the key of this vault."""
        with explained():
            found = slots.open_with_recovery(slots.read(self.home), shares.recovery_key(typed))
        if found is None or not hmac.compare_digest(found, self._data_key):
            raise RuleBroken(slots.OTHER_RECOVERY, field="recovery_key")

    # --- the keystore's half ---

    def bind_to_keystore(self, typed: str) -> None:
        """Let the passphrase open the vault only together with a secret of this computer's keystore.

        Raises RuleBroken before a recovery was practised here, EnvironmentProblem when there is no keystore.
        """
        with self._lock, explained():
            if self.keys_state().drill is None:
                raise RuleBroken(mark("Practise the recovery first: if the keystore fails, only that opens the vault."))
            door = self._door()
            door.tried(typed, only_vault=True)
            bound_id, secret = self._random(16).hex(), self._random(keys.KEY_BYTES)
            if not keystore.available() or not keystore.remember(
                self._file.vault_id, half_name(bound_id), secret.hex()
            ):
                raise EnvironmentProblem(
                    mark("This computer has no keystore that Haven may use, or it is locked. Nothing was changed.")
                )
            stretched = self._file.stretch(typed)
            self._keep(
                self._file.with_passphrase(
                    stretched, self._data_key, self._random, bound_id=bound_id, bound_secret=secret
                )
            )
            self._door().throttle.start()

    def unbind_from_keystore(self, typed: str) -> None:
        """Let the passphrase alone open the vault again."""
        with self._lock, explained():
            before = self._file
            self._door().tried(typed, only_vault=True)
            self._keep(before.with_passphrase(before.stretch(typed), self._data_key, self._random))
            self._door().throttle.start()
            if before.bound_id is not None:
                keystore.forget(before.vault_id, half_name(before.bound_id))
                witness.forget(before.vault_id)

    # --- a second passphrase ---

    @property
    def duress_set(self) -> bool:
        """Whether a second passphrase opens a reduced workspace. Only the vault itself knows."""
        return self.keys_state().duress

    def set_duress(self, passphrase_text: str, reduced_key: bytes) -> None:
        """Let a second passphrase open the database whose key is `reduced_key` (32 bytes) instead of this vault."""
        passphrase.check(passphrase_text, field="duress")
        with self._lock, explained():
            self.refuse_lent()
            stretched = self._file.stretch(passphrase_text)
            found = self._door().opened_by(stretched)
            if found is not None and found.is_data_key:
                raise RuleBroken(mark("Choose another second passphrase: this one opens the vault."), field="duress")
            # Noted first: a vault that thinks it has a second passphrase only puts off a stronger derivation.
            self._note(state.DURESS, self._at())
            self._keep(self._file.with_duress(stretched, reduced_key, self._random))

    def duress_key(self, passphrase_text: str) -> bytes | None:
        """The key that a second passphrase stands for; None for any other. Not counted: its owner sits inside."""
        with self._lock, explained():
            found = self._door().opened_by(self._file.stretch(passphrase_text))
            return None if found is None or found.is_data_key else found.key

    def clear_duress(self) -> None:
        """No second passphrase any more; nothing in the key file shows that there was one."""
        with self._lock, explained():
            self.refuse_lent()
            self._keep(self._file.without_duress(self._random))
            self._note(state.DURESS, None)

    # --- inside ---

    def _door(self) -> Door:
        return Door(self.home, self._file, self._clock, reduced=self.is_reduced)

    def _rewrap(self, stretched: bytes, secret: bytes | None) -> None:
        if self.is_reduced:
            self._keep(self._file.with_duress(stretched, self._data_key, self._random))
        else:
            self._keep(self._wrapped(self._file, stretched, secret))

    def _wrapped(self, file: SlotFile, stretched: bytes, secret: bytes | None) -> SlotFile:
        """`file` with the data key under a stretched passphrase, bound to the keystore where it is so now."""
        bound_id = self._file.bound_id
        return file.with_passphrase(
            stretched, self._data_key, self._random, bound_id=bound_id, bound_secret=secret if bound_id else None
        )

    def _keep(self, file: SlotFile) -> None:
        if not file.differs_in_duress_only(self._file):
            self.refuse_lent()
        slots.write(self.home, file)
        self._file = file

    def refuse_lent(self) -> None:
        """Keep a reduced workspace from every slot of the vault beside it: nothing that opens that is ever lost."""
        if self.is_reduced:
            raise EnvironmentProblem(mark("The key file cannot be changed just now. Try again later."))

    def _note(self, name: str, value: str | None) -> None:
        with self.settling() as session:
            state.put(session, name, value)

    def _at(self) -> str:
        return self.now().isoformat(timespec="seconds")
