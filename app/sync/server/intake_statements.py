"""What a push asks and writes (`intake.py`). Built once and not for each push, which cost more than running them."""

from __future__ import annotations

from sqlalchemy import String, and_, bindparam, exists, func, insert, or_, select, update

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
HOLDS_GROUP_KEY = select(
    exists().where(
        envelopes.c.agency_id == _AGENCY,
        envelopes.c.subject == "group",
        envelopes.c.subject_id == _NAMED,
        envelopes.c.epoch == bindparam("of_epoch"),
        envelopes.c.recipient == "device",
        envelopes.c.recipient_id == _BY,
        envelopes.c.held.is_(False),
    )
)
_ITS_DEVICES = select(devices.c.device_id).where(
    devices.c.agency_id == _AGENCY, devices.c.person_id == bindparam("person"), devices.c.status == ACTIVE
)
IS_GIVEN_KEY = select(
    exists().where(
        envelopes.c.agency_id == _AGENCY,
        envelopes.c.subject == "scope",
        envelopes.c.subject_id == _NAMED,
        envelopes.c.epoch == bindparam("of_epoch"),
        envelopes.c.held.is_(False),
        or_(
            and_(envelopes.c.recipient == "device", envelopes.c.recipient_id.in_(_ITS_DEVICES)),
            and_(
                envelopes.c.recipient == "group",
                envelopes.c.recipient_id.in_(bindparam("its_groups", type_=String, expanding=True)),
            ),
        ),
    )
)
SEGMENT = select(segments).where(
    segments.c.agency_id == _AGENCY,
    segments.c.scope_id == _NAMED,
    segments.c.device_id == _BY,
    segments.c.first == bindparam("its_first"),
)
_OF_DEVICE = segments.c.agency_id == _AGENCY, segments.c.device_id == _BY
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
    .where(scopes.c.agency_id == bindparam("of_agency"), scopes.c.scope_id == bindparam("named"))
    .values(epoch=bindparam("now_epoch"), last_number=bindparam("now_last"), head=bindparam("now_head"))
)
