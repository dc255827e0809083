"""The card that a search opens: for its room, for officers while it goes on, and what others were given of it (7.6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.models.base import fields_of
from app.models.lifesaver_search import BatteryNotice, SearchCard, SearchHandOver, SearchNotice
from app.models.registry import CardView as CardOpening
from app.models.rules import ages
from app.models.rules import lifesaver as rules
from app.models.search_vocab import HandOverAuthority, HandOverPart, HandOverWay
from app.models.vocab import AgeBand, DobPrecision
from app.queries.attachments import PhotoRow, photo_of
from app.queries.masking import age_band, initials
from app.queries.settings import setting
from app.words import mark

NOT_SHOWN = mark("This card is no longer shown. Its search is over, or the client has left the programme.")


@dataclass(frozen=True, slots=True)
class WornRow:
    """A transmitter that the person may wear; its frequency is asked for apart."""

    id: str
    serial: str
    pulse_ms: int | None


@dataclass(frozen=True, slots=True)
class CardView:
    """What a search shows of the client (F-710): people's own words, empty when not answered."""

    values: Mapping[str, Any]
    name: str
    age: int | None
    transmitters: tuple[WornRow, ...]
    battery_on: date | None
    battery_due_on: date | None
    battery_age_days: int | None
    may_be_silent: bool
    tested_on: date | None
    emergency_card: str
    """The id of the registration whose emergency card belongs to it."""
    photo: PhotoRow | None = None


def card_of(session: Session, card_id: str | None, today: date) -> CardView | None:
    """The search card of this id, as a search that goes on opens it."""
    card = session.get(SearchCard, card_id) if card_id else None
    return _opened(session, card, today) if card is not None else None


def _opened(session: Session, card: SearchCard, today: date) -> CardView:
    battery_on, due = _battery(session, card)
    terms = rules.BatteryTerms(silent=int(setting(session, "pls.no_signal_days", today)))
    silent = due is not None and rules.battery_dates(due, 0, terms).may_be_silent(today)
    age = ages.age_on(card.born, today) if card.born is not None and card.born <= today else None
    return CardView(
        values={name: getattr(card, name) for name in fields_of(SearchCard)},
        name=" ".join(part for part in (card.preferred_name or card.legal_first, card.legal_last) if part),
        age=age,
        transmitters=tuple(
            WornRow(str(one.get("id")), str(one.get("serial") or ""), one.get("pulse_ms"))
            for one in card.transmitters or ()
        ),
        battery_on=battery_on,
        battery_due_on=due,
        battery_age_days=(today - battery_on).days if battery_on else None,
        may_be_silent=silent,
        tested_on=card.tested_on,
        emergency_card=card.registration_id or "",
        photo=photo_of(session, card.id, born=card.born, precision=DobPrecision.EXACT, today=today),
    )


def _battery(session: Session, card: SearchCard) -> tuple[date | None, date | None]:
    """The newest battery that this device knows of: the card's, or one that a technician told of since."""
    told = session.execute(
        select(BatteryNotice.installed_on, BatteryNotice.due_on)
        .where(BatteryNotice.client_id == card.client_id, BatteryNotice.removed_at.is_(None))
        .order_by(BatteryNotice.installed_on.desc(), BatteryNotice.due_on)
        .limit(1)
    ).one_or_none()
    if told is None or told[0] is None or (card.battery_on is not None and told[0] <= card.battery_on):
        return card.battery_on, card.battery_due_on
    return told[0], told[1]


@dataclass(frozen=True, slots=True)
class GoingOn:
    """A search that goes on, as an officer's list may show it before its card is opened."""

    notice_id: str
    number: str
    initials: str
    age_band: AgeBand
    municipality: str
    call_at: datetime | None
    drill: bool


def going_on(session: Session, *, today: date) -> tuple[GoingOn, ...]:
    """The searches whose card an officer may open now, the newest first."""
    asked = (
        select(SearchNotice, SearchCard)
        .join(SearchCard, SearchCard.id == SearchNotice.card_id)
        .where(
            SearchNotice.closed_at.is_(None),
            SearchNotice.removed_at.is_(None),
            SearchCard.removed_at.is_(None),
        )
        .order_by(SearchNotice.call_at.desc(), SearchNotice.id)
    )
    return tuple(
        GoingOn(
            notice_id=notice.id,
            number=notice.number or "",
            initials=initials(card.legal_first or card.preferred_name, card.legal_last),
            age_band=age_band(card.born, DobPrecision.EXACT, today),
            municipality=card.municipality or "",
            call_at=notice.call_at,
            drill=bool(notice.drill),
        )
        for notice, card in session.execute(asked)
    )


def opened_card(session: Session, view_id: str, *, today: date) -> CardView:
    """The card that an officer opened with a reason, while its search goes on. Raises NotFound."""
    view = session.get(CardOpening, view_id)
    card = session.get(SearchCard, view.card_id) if view is not None and view.card_id else None
    goes_on = select(SearchNotice.id).where(
        SearchNotice.card_id == (card.id if card is not None else ""), SearchNotice.closed_at.is_(None)
    )
    if card is None or card.removed_at is not None or session.scalar(goes_on.limit(1)) is None:
        raise NotFound(NOT_SHOWN)
    return _opened(session, card, today)


@dataclass(frozen=True, slots=True)
class HandOverRow:
    """One thing that another service was given of a search."""

    given_at: datetime | None
    given_to: str
    receiver: str
    parts: tuple[HandOverPart, ...]
    authority: HandOverAuthority | None
    way: HandOverWay | None
    approved_by: str
    given_by: str
    note: str


def hand_overs(session: Session, search_id: str, names: Mapping[str, str]) -> tuple[HandOverRow, ...]:
    """What other services were given of a search, the first at the top."""
    asked = select(SearchHandOver).where(SearchHandOver.activation_id == search_id, SearchHandOver.removed_at.is_(None))
    return tuple(
        HandOverRow(
            given_at=one.given_at,
            given_to=one.given_to or "",
            receiver=one.receiver or "",
            parts=tuple(part for part in HandOverPart if part.value in (one.parts or ())),
            authority=one.authority,
            way=one.way,
            approved_by=names.get(one.approved_by or "", ""),
            given_by=names.get(one.given_by or "", ""),
            note=one.note or "",
        )
        for one in session.scalars(asked.order_by(SearchHandOver.given_at, SearchHandOver.id))
    )
