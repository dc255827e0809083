"""Something telling in every column of every kind, to look for where it must not be."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Boolean, Integer, Table

from app.models.base import Day, Instant, Json, kinds
from app.models.rules import reduced as rules
from app.models.rules.reduced import How
from app.vault import capture
from app.vault.vault import Vault

NAMES = ("Tallulandra", "Quixbyton", "Luluminda")
BORN = "1990-05-17"
FIXED: dict[tuple[str, str], Any] = {
    ("organization", "kind"): "housing",
    ("service", "address_confidential"): 0,
    ("service", "organization_id"): "id-organization",
    ("task", "kind"): "call_back",
    ("person", "dob"): BORN,
    ("person", "dob_precision"): "exact",
    ("request_person", "name"): "Tallulandra Quixbyton",
    ("person", "legal_first"): "Tallulandra",
    ("person", "preferred_name"): "Luluminda",
    ("person", "legal_last"): "Quixbyton",
}
"""What has to be as it is for a record to be carried over, and names as people have them."""


class Canaries:
    """Values by kind and column, of the column's type, each only once; text begins with `token`."""

    def __init__(self, token: str = "canary") -> None:
        self.token = token
        self.values: dict[tuple[str, str], Any] = {}
        for name, kind in kinds().items():
            for column in kind.__table__.columns:
                self.values[name, column.name] = self._value(name, column.name, column.type)

    def of(self, kind: str, column: str) -> str:
        """What a column holds."""
        return str(self.values[kind, column])

    def withheld(self) -> set[str]:
        """Texts that begin with the token and stand in columns that no reduced copy may have."""
        return {
            f"{kind}.{column}"
            for (kind, column), value in self.values.items()
            if self.token in str(value)
            and (kind, column) not in FIXED
            and column not in {"id", "scope_id", *_OWN}
            and not (kind in rules.COPIED and {**rules.HEAD, **rules.COPIED[kind]}.get(column) is How.SAME)
        }

    def fill(self, vault: Vault, fixed: dict[tuple[str, str], Any] | None = None) -> None:
        """One record of every kind with all of it."""
        chosen = FIXED if fixed is None else fixed
        with vault.settling() as session, capture.switched_off(session):
            for name, kind in kinds().items():
                table = kind.__table__
                assert isinstance(table, Table)
                row: dict[str, Any] = {column.name: self.values[name, column.name] for column in table.columns}
                row |= {"id": f"id-{name}", "scope_id": f"scope-{name}"} | _OWN
                row |= {column: value for (of, column), value in chosen.items() if of == name}
                columns, places = ", ".join(f'"{column}"' for column in row), ", ".join("?" * len(row))
                session.connection().exec_driver_sql(
                    f'INSERT INTO "{name}" ({columns}) VALUES ({places})', tuple(row.values())
                )

    def _value(self, kind: str, column: str, of_type: Any) -> Any:
        text, place = f"{self.token}<{kind}.{column}>", len(self.values)
        if isinstance(of_type, Boolean | Integer):
            return 1
        if isinstance(of_type, Day):
            return (date(3000, 1, 1) + timedelta(days=place)).isoformat()
        if isinstance(of_type, Instant):
            return f"{(date(4000, 1, 1) + timedelta(days=place)).isoformat()}T00:00:00.000Z"
        return json.dumps([text]) if isinstance(of_type, Json) else text


_OWN: dict[str, Any] = {"clock": None, "removed_at": None, "unknown": None, "flagged": 0}
