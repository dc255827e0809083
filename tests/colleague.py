"""A colleague on a device of their own, who writes without having seen what was written here meanwhile."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping

from sqlalchemy import Table

from app.models.base import Record
from app.models.changes import Change, FieldValue, FieldWrite
from app.models.local.tables import Member, PeerDevice
from app.models.rules import registers
from app.models.vocab import Role
from app.sync.client import facts
from app.sync.client.merge import Incoming, merge
from app.vault import capture
from app.vault.vault import Vault


class Colleague:
    """Writes changes that are really merged into a vault."""

    def __init__(self, vault: Vault, name: str = "C. Colleague", role: Role = Role.VSU) -> None:
        self.vault = vault
        self.member_id, self.device_id = os.urandom(16).hex(), os.urandom(16).hex()
        self._place = 0
        with vault.settling() as session:
            session.add(Member(id=self.member_id, name=name, roles=[str(role)], badge=None, active=True))
            session.add(
                PeerDevice(
                    device_id=self.device_id,
                    member_id=self.member_id,
                    signing_public=bytes(32),
                    kem_public=bytes(1216),
                    groups=[],
                    status="active",
                )
            )
            facts.note_roles(session, self.member_id, [str(role)])

    def seen(self, kind: type[Record], record_id: str, *fields: str) -> dict[str, tuple[str, ...]]:
        """The writes behind the fields as they stand now: what this colleague has on the screen."""
        table = kind.__table__
        assert isinstance(table, Table), "a kind has a table"
        with self.vault.read() as session:
            row = json.loads(capture.rows_now(session, table, [record_id])[record_id])
        return {name: registers.replaces(row["clock"], name, row[name] is not None) for name in fields}

    def write(
        self,
        kind: type[Record],
        record_id: str,
        values: Mapping[str, FieldValue],
        seen: Mapping[str, tuple[str, ...]],
    ) -> None:
        """Let a change of this colleague arrive that had only `seen` these writes."""
        with self.vault.read() as session:
            record = session.get_one(kind, record_id)
            scope_id = record.scope_id
        self._place += 1
        dot = f"{int(self.vault.now().timestamp() * 1000):012x}.{self._place:04x}.{self.device_id}"
        writes = {name: FieldWrite(value, seen.get(name, ())) for name, value in values.items()}
        change = Change(dot, self.member_id, kind.__tablename__, record_id, writes)
        with self.vault.write(self.vault.actor(Role.SUP)) as work:
            with work.merging():
                merge(work, [Incoming(scope_id, self.device_id, self._place, change)])
            work.commit()
