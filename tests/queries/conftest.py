"""A store with real tables in memory, and one valid default for each record that queries are asked about."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from app.models.everything import Base, crisis, local_tables, people
from app.vault import find_index
from app.vault.driver import driver

NOW = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)
TODAY = date(2026, 3, 10)
DEVICE = "d" * 32
OTHER_DEVICE = "e" * 32


class Store:
    """Adds records with ids that count up; a record's newest version is what queries read."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._next = 0
        self._places: dict[tuple[str, str], int] = {}

    def new_id(self) -> str:
        self._next += 1
        return f"{self._next:032x}"

    def add(self, kind: type[Any], /, **fields: Any) -> str:
        record = kind(**{"id": self.new_id(), "scope_id": "s", "created_at": NOW, "flagged": False, **fields})
        self.session.add(record)
        self.session.flush()
        return str(record.id)

    def member(self, name: str, *roles: str) -> str:
        member_id = self.new_id()
        self.session.add(local_tables.Member(id=member_id, name=name, roles=list(roles), badge=None, active=True))
        self.session.flush()
        return member_id

    def case(self, **fields: Any) -> str:
        """An open case with a client called Dana Kestrel."""
        case_id = self.new_id()
        person = {"legal_first": "Dana", "legal_last": "Kestrel", "dob": date(1991, 5, 4), "dob_precision": "exact"}
        person |= fields.pop("person", {})
        person_id = self.add(people.Person, case_id=case_id, **person)
        self.add(
            crisis.Case,
            id=case_id,
            **{
                "number": f"VSU-2026-{self._next:06d}",
                "programme": "crisis",
                "person_id": person_id,
                "opened_on": date(2026, 2, 1),
                "status": "active",
                **fields,
            },
        )
        return case_id

    def client(self, case_id: str) -> str:
        case = self.session.get(crisis.Case, case_id)
        assert case is not None and case.person_id is not None
        return case.person_id

    def change(self, record_id: str, kind: str, *, scope: str = "s", device: str = DEVICE, here: bool) -> None:
        """One logged change of a record, in no segment yet when `here`."""
        place = self._places.get((scope, device), 0) + 1
        self._places[scope, device] = place
        self.session.add(
            local_tables.LoggedChange(
                scope_id=scope,
                device_id=device,
                device_seq=place,
                dot=f"{place:012x}.0000.{device}",
                author="a" * 32,
                kind=kind,
                record_id=record_id,
                fields=msgspec.msgpack.encode({}),
            )
        )
        if here:
            self.session.add(local_tables.UnsealedChange(scope_id=scope, device_seq=place))
        self.session.flush()

    def segment(
        self, first: int, *, scope: str = "s", received: datetime | None = None, refusal: str | None = None
    ) -> None:
        self.session.add(
            local_tables.OutSegment(
                scope_id=scope,
                first=first,
                last=first,
                hash=b"",
                body=b"",
                made_at=NOW,
                receipt=b"r" if received else None,
                received_at=received,
                refusal=refusal,
            )
        )
        self.session.flush()

    def private_key(self, case_id: str) -> None:
        """This device holds the key of what only the case's workers may read."""
        self.session.add(local_tables.Scope(id="p" + case_id[1:], kind="case_private", anchor_id=case_id, epoch=1))
        self.session.add(local_tables.ScopeKey(scope_id="p" + case_id[1:], epoch=1, key=b"k" * 32))
        self.session.flush()


@pytest.fixture
def store() -> Iterator[Store]:
    """An empty store that knows its own device."""
    engine = create_engine("sqlite://", module=driver)
    Base.metadata.create_all(engine)
    with engine.begin() as connection:
        find_index.install(connection)
    with Session(engine) as session:
        session.add(local_tables.DeviceState(name="device_id", value=DEVICE))
        session.flush()
        yield Store(session)
    engine.dispose()


@pytest.fixture
def now() -> datetime:
    """The moment at which the tests ask."""
    return NOW


@pytest.fixture
def today() -> date:
    """The day on which the tests ask."""
    return TODAY
