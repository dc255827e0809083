"""The keys of the open vault as the windows use them (`views/common/key_desk.py`); each change is audited."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from datetime import datetime
from typing import Any

from app.documents.recovery_rows import FORM_ID, RecoveryRows
from app.errors import RuleBroken
from app.models.vocab import Audience, AuditAction
from app.queries.form_rows import PrintContext
from app.vault import shares, suggestion
from app.vault.key_changes import SHARES
from app.vault.vault import Vault
from app.views.common.key_desk import KeysShown
from app.words import mark

_MIB = 1024
_SHORT = 8


class VaultKeys:
    """The real `KeyDesk`. `draw(context, rows)` draws in the child process."""

    def __init__(self, vault: Vault, draw: Callable[[Any, Any], bytes]) -> None:
        self._vault = vault
        self._draw = draw

    def shown(self) -> KeysShown:
        """See `KeyDesk`."""
        found = self._vault.keys_state()
        at, kind = found.drill or (None, None)
        return KeysShown(
            vault_name=self._name,
            recovery_proven=found.recovery_proven,
            practised_at=_moment(at),
            practised_with_sheets=kind == SHARES,
            recovered_at=_moment(found.recovered),
            bound=found.bound,
            memory_mib=found.setting.memory_kib // _MIB,
            passes=found.setting.passes,
        )

    def suggest_passphrase(self) -> str:
        """See `KeyDesk`."""
        return suggestion.suggested()

    def confirm(self, passphrase: str) -> None:
        """See `KeyDesk`."""
        self._vault.verify_passphrase(passphrase)

    def change_passphrase(self, old: str, new: str) -> None:
        """See `KeyDesk`."""
        self._vault.change_passphrase(old, new)
        self._audit("passphrase changed")

    def fresh_recovery(self) -> str:
        """See `KeyDesk`."""
        return self._vault.fresh_recovery()

    def keep_recovery(self, text: str) -> None:
        """See `KeyDesk`. The first key of a vault opens it already; any other one takes the place of the one before."""
        try:
            self._vault.prove_recovery(text)
        except RuleBroken:
            self._vault.replace_recovery(text)
        self._audit("recovery key kept")

    def same_key(self, typed: str, text: str) -> None:
        """See `KeyDesk`."""
        if not hmac.compare_digest(shares.recovery_key(typed), shares.recovery_key(text)):
            raise RuleBroken(mark("These are sheets of another recovery key."), field="recovery_key")

    def sheets(self, typed: str, language: str, name: str = "") -> bytes:
        """See `KeyDesk`."""
        rows = RecoveryRows(
            shares=list(shares.split(shares.recovery_key(typed))), needed=shares.NEEDED, vault=self._name, name=name
        )
        context = PrintContext(
            form_id=FORM_ID, language=language, audience=Audience.INTERNAL, printed_at=self._vault.now()
        )
        return self._draw(context, rows)

    def sheets_leave(self, export: bool) -> None:
        """See `KeyDesk`."""
        self._audit("recovery sheets", AuditAction.EXPORT if export else AuditAction.PRINT)

    def practise(self, typed: str) -> None:
        """See `KeyDesk`."""
        self._vault.drill(typed)
        self._audit("recovery practised")

    def bind(self, passphrase: str) -> None:
        """See `KeyDesk`."""
        self._vault.bind_to_keystore(passphrase)
        self._audit("keystore half on")

    def unbind(self, passphrase: str) -> None:
        """See `KeyDesk`."""
        self._vault.unbind_from_keystore(passphrase)
        self._audit("keystore half off")

    @property
    def _name(self) -> str:
        """How the vault is called on paper: eight signs of its id, which tell nothing of anybody."""
        short = self._vault.vault_id[:_SHORT].upper()
        return f"{short[:4]}-{short[4:]}"

    def _audit(self, reason: str, action: AuditAction = AuditAction.KEYS) -> None:
        with self._vault.write(self._vault.actor(self._vault.owner().roles[0])) as work:
            work.audit(action, reason=reason)
            work.commit()


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
