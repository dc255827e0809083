"""What a push asks and writes (`intake.py`). Built once and not for each push, which cost more than running them."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, String, and_, bindparam, exists, func, insert, or_, select, update

from app.sync.server.members import ACTIVE
from app.sync.server.tables import devices, envelopes, groups, scope_epochs, scopes, segments

ENVELOPE_KEY = ("subject", "subject_id", "epoch", "recipient", "recipient_id", "method", "by_device", "held")
ADD_SEGMENTS, ADD_SCOPE, ADD_ENVELOPE = insert(segments), insert(scopes), insert(envelopes)
_AGENCY, _NAMED = bindparam("of_agency", type_=String), bindparam("named", type_=String)
_ALL_NAMED, _BY = bindparam("named", type_=String, expanding=True), bindparam("by", type_=String)
GROUP = select(groups).where(groups.c.agency_id == _AGENCY, groups.c.name == _NAMED)
SCOPES = select(scopes.c.scope_id, scopes.c.by_device, scopes.c.epoch, scopes.c.last_number, scopes.c.head).where(
    scopes.c.agency_id == _AGENCY, scopes.c.scope_id.in_(_ALL_NAMED)
)
BEGUN = select(scope_epochs).where(
    scope_epochs.c.agency_id == _AGENCY,
    scope_epochs.c.scope_id == _NAMED,
    scope_epochs.c.epoch == bindparam("of_epoch"),
)
HAS_ENVELOPE = select(
    exists().where(
        envelopes.c.agency_id == _AGENCY, *(envelopes.c[name] == bindparam(f"its_{name}") for name in ENVELOPE_KEY)
    )
)


def _is_given(subject: str, to: ColumnElement[bool]) -> Select[bool]:
    """Whether the key of an epoch of a scope or group was given to somebody, and is not held back."""
    named = envelopes.c.subject == subject, envelopes.c.subject_id == _NAMED, envelopes.c.epoch == bindparam("of_epoch")
    return select(exists().where(envelopes.c.agency_id == _AGENCY, *named, envelopes.c.held.is_(False), to))


HOLDS_GROUP_KEY = _is_given("group", and_(envelopes.c.recipient == "device", envelopes.c.recipient_id == _BY))
_ITS_DEVICES = select(devices.c.device_id).where(
    devices.c.agency_id == _AGENCY, devices.c.person_id == bindparam("person"), devices.c.status == ACTIVE
)
IS_GIVEN_KEY = _is_given(
    "scope",
    or_(
        and_(envelopes.c.recipient == "device", envelopes.c.recipient_id.in_(_ITS_DEVICES)),
        and_(
            envelopes.c.recipient == "group",
            envelopes.c.recipient_id.in_(bindparam("its_groups", type_=String, expanding=True)),
        ),
    ),
)
_OF_DEVICE = segments.c.agency_id == _AGENCY, segments.c.device_id == _BY
SEGMENT = select(segments).where(*_OF_DEVICE, segments.c.scope_id == _NAMED, segments.c.first == bindparam("its_first"))
_NEWEST = (
    select(segments.c.scope_id, func.max(segments.c.first).label("first"))
    .where(*_OF_DEVICE, segments.c.scope_id.in_(_ALL_NAMED))
    .group_by(segments.c.scope_id)
    .subquery()
)
CHAINS = (
    select(segments.c.scope_id, segments.c.last, segments.c.hash)
    .join(_NEWEST, (segments.c.scope_id == _NEWEST.c.scope_id) & (segments.c.first == _NEWEST.c.first))
    .where(*_OF_DEVICE)
)
MOVE_SCOPE = (
    update(scopes)
    .where(scopes.c.agency_id == _AGENCY, scopes.c.scope_id == _NAMED)
    .values(epoch=bindparam("now_epoch"), last_number=bindparam("now_last"), head=bindparam("now_head"))
)
