"""Who reads what is looked at only when something of it changed; what it follows from is named completely."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event, update
from sqlalchemy.orm import Session

from app.models.base import Base
from app.models.crisis import Case
from app.models.local.tables import InChain, PeerDevice, Scope
from app.models.vocab import Role, ScopeKind
from app.sync.client import facts, readers
from app.sync.client.readers import Readers
from app.vault import noticing, state
from app.vault.vault import Vault
from tests.sync.conftest import Agency, Recruit


@contextmanager
def asked(session: Session) -> Iterator[set[str]]:
    """The tables that statements name meanwhile."""
    tables: set[str] = set()
    bound = session.get_bind()
    engine = bound if isinstance(bound, Engine) else bound.engine

    def listen(_c: object, _cursor: object, statement: str, *_: object) -> None:
        tables.update(re.findall(r'(?:FROM|JOIN|,)\s+"?([a-z_]+)"?', statement))

    event.listen(engine, "before_cursor_execute", listen)
    try:
        yield tables
    finally:
        event.remove(engine, "before_cursor_execute", listen)


def test_everything_that_is_asked_for_is_named(agency: Agency, recruit: Recruit) -> None:
    vault = recruit(agency, "Ann Example", Role.VSU).vault
    case_of(vault)
    with vault.read() as session:
        member = facts.membership(session)
        assert member is not None
        with asked(session) as tables:
            found = Readers(session, member)
            list(found.wanted()), found.to_follow()
    known = tables & set(Base.metadata.tables)
    assert {"peer_device", "granted", "case_file", "scope_key"} <= known, "the test sees what is asked for"
    assert known - {"device_state"} <= set(readers.DEPENDS_ON)
    for table, columns in readers.DEPENDS_ON.items():
        assert set(columns) <= set(Base.metadata.tables[table].columns.keys()), table


def case_of(vault: Vault) -> str:
    with vault.write(vault.actor(Role.VSU)) as work:
        case_id = work.new_id()
        work.session.add(Case(id=case_id, scope_id=work.open_scope(ScopeKind.CASE, case_id), assigned_to="somebody"))
        work.commit()
    return case_id


def test_what_counts_is_counted_and_nothing_else(agency: Agency, recruit: Recruit) -> None:
    device = recruit(agency, "Ann Example", Role.VSU)
    vault, case_id = device.vault, case_of(device.vault)

    def counted() -> int:
        with vault.read() as session:
            return noticing.count(session, readers.NOTICED)

    def changed(**values: object) -> None:
        with vault.write(vault.actor(Role.VSU)) as work:
            work.session.execute(update(Case).where(Case.id == case_id).values(**values))
            work.commit()

    before = counted()
    changed(municipality="Milton")
    changed(assigned_to="somebody")
    assert counted() == before, "neither another column nor the same value is a change"
    changed(assigned_to="somebody else")
    assert counted() > before
    before = counted()
    with vault.settling() as session:
        session.add(InChain(scope_id="s", device_id="d", last=1, hash=b"h" * 32, epoch=1))
    assert counted() > before
    before = counted()
    with vault.settling() as session:
        session.execute(update(InChain).values(last=2))
        state.put(session, facts.LAST_CONTACT, "now")
    assert counted() == before
    with vault.settling() as session:
        state.put(session, facts.KEYS_ANEW, "1")
    assert counted() > before
    before = counted()
    with vault.settling() as session:
        session.execute(update(PeerDevice).values(status="revoked"))
        session.execute(update(Scope).values(offered=False))
        session.rollback()
    assert counted() == before, "what is undone was never written"
