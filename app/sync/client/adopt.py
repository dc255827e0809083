"""Makes a vault the vault of an agency's member: what the server said at enrolment, written down in one transaction.

A vault that was worked in before (without a server) goes on: its person and its agency get the ids that the server
knows. Ids are random and all of one length, so the old one can be replaced wherever it stands, also inside lists and
in the log of changes that nobody else has seen yet.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, Integer, Table, delete, func, select, update
from sqlalchemy.orm import Session

from app.models.base import LOCAL_FIELDS, kinds
from app.models.local.tables import LoggedChange, Member, NumberBlock, PeerDevice, Scope
from app.sync.client import facts
from app.sync.client.members import ACTIVE
from app.sync.protocol import Enrolled
from app.vault import capture, lease, state


def adopt(session: Session, enrolled: Enrolled, address: str, now: datetime) -> None:
    """Write the membership down. `now` by this computer's clock: the lease begins."""
    device_id = state.get(session, state.DEVICE_ID) or ""
    _rename(session, state.get(session, state.OWNER), enrolled.person_id)
    _rename(session, state.get(session, state.AGENCY), enrolled.agency_id)
    _note_facts(session, enrolled, address)
    lease.renew(session, enrolled.server_time, now)
    _note_person(session, enrolled, device_id)
    # Numbers that this device gave itself stay with their records; from now on only the server reserves.
    session.execute(update(NumberBlock).values(last=NumberBlock.following - 1))
    session.execute(delete(NumberBlock).where(NumberBlock.last < NumberBlock.first))


def _note_facts(session: Session, enrolled: Enrolled, address: str) -> None:
    told = {
        state.OWNER: enrolled.person_id,
        state.AGENCY: enrolled.agency_id,
        state.SERVER_ADDRESS: address,
        state.SERVER_EPOCH: enrolled.server_epoch,
        state.FEED_PLACE: "0",
        facts.AGENCY_NAME: enrolled.agency_name,
        facts.SERVER_PUBLIC: enrolled.server_public.hex(),
        facts.RECOVERY_PUBLIC: enrolled.recovery_public.hex() if enrolled.recovery_public is not None else None,
        facts.ORDER_PUBLIC: enrolled.order_public.hex() if enrolled.order_public is not None else None,
        facts.SERVER_TIME: str(enrolled.server_time),
    }
    for name, value in told.items():
        state.put(session, name, value)
    facts.note_own_groups(session, enrolled.groups)
    # The feed is read from its beginning, so no older envelope can be missed.
    state.put(session, facts.ENVELOPES_DUE, None)
    facts.note_roles(session, enrolled.person_id, enrolled.roles)


def _note_person(session: Session, enrolled: Enrolled, device_id: str) -> None:
    before = session.scalars(select(Member)).all()
    badge = next((person.badge for person in before if person.id == enrolled.person_id), None)
    session.merge(
        Member(id=enrolled.person_id, name=enrolled.name, roles=list(enrolled.roles), badge=badge, active=True)
    )
    device = session.get(PeerDevice, device_id)
    if device is not None:
        device.member_id, device.groups, device.status = enrolled.person_id, list(enrolled.groups), ACTIVE
    session.flush()


def _rename(session: Session, old: str | None, new: str) -> None:
    """Put `new` wherever `old` stands as the id of the person or the agency."""
    if old is None or old == new:
        return
    session.execute(update(Member).where(Member.id == old).values(id=new))
    session.execute(update(Scope).where(Scope.anchor_id == old).values(anchor_id=new))
    session.execute(update(LoggedChange).where(LoggedChange.author == old).values(author=new))
    with capture.switched_off(session):
        for kind in kinds().values():
            table = kind.__table__
            assert isinstance(table, Table)
            _rename_in(session, table, old, new)
    found = func.instr(LoggedChange.fields, old.encode())
    for change in session.scalars(select(LoggedChange).where(found > 0)):
        change.fields = change.fields.replace(old.encode(), new.encode())
    session.flush()


def _rename_in(session: Session, table: Table, old: str, new: str) -> None:
    """In the columns of text: in a number no id stands."""
    texts = [
        column.name
        for column in table.columns
        if column.name not in LOCAL_FIELDS and not isinstance(column.type, Boolean | Integer)
    ]
    connection = session.connection()
    if connection.exec_driver_sql(f'SELECT 1 FROM "{table.name}" LIMIT 1').first() is None:
        return
    for name in texts:
        statement = f'UPDATE "{table.name}" SET "{name}" = replace("{name}", ?, ?) WHERE instr("{name}", ?)'
        connection.exec_driver_sql(statement, (old, new, old))
