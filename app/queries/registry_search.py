"""Finding an emergency card while typing: by name, address or a piece of a telephone number (domain.md 6.5.5).

The full-text index (revision 0002) folds accents and case. Nothing is scored over all hits: whole names come before
beginnings of names, these before addresses and telephone numbers, and each step stops when the page is full. Lists show
initials and age band until a card is opened with a reason (domain.md 20.2, 20.4).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.registry import EmergencyCard
from app.models.rules import registry as rules
from app.models.vocab import AgeBand, CardMatch, RegistryStage
from app.queries.masking import age_band, initials
from app.queries.settings import setting

LEAST_LETTERS = 2
"""Shorter texts are not searched for: nearly everybody would be found."""
_LEAST_DIGITS, _MOST_WORDS = 3, 8

_FIND = (
    "SELECT card_search.card_id FROM card_words JOIN card_search ON card_search.place = card_words.rowid"
    " JOIN emergency_card ON emergency_card.id = card_search.card_id"
    " WHERE card_words MATCH ? AND emergency_card.expires_on >= iif(emergency_card.provisional, ?, ?) LIMIT ?"
)


@dataclass(frozen=True, slots=True)
class FoundCard:
    """One card as a list may show it; what it was found by, so that two of the same initials can be told apart."""

    card_id: str
    initials: str
    age_band: AgeBand
    matched: CardMatch
    stage: RegistryStage
    provisional: bool


def find_cards(session: Session, text: str, *, today: date, limit: int = 20) -> tuple[FoundCard, ...]:
    """The cards that every word of `text` is found in, names first; none for fewer than two letters or digits."""
    grace = int(setting(session, "vpr.grace_days", today))
    days = (today.isoformat(), (today - timedelta(days=grace)).isoformat())
    found: dict[str, CardMatch] = {}
    connection = session.connection()
    for matched, asked in _steps(text):
        if len(found) >= limit:
            break
        for (card_id,) in connection.exec_driver_sql(_FIND, (asked, *days, limit + len(found))):
            found.setdefault(card_id, matched)
    return _rows(session, dict(list(found.items())[:limit]), today, grace)


def _steps(text: str) -> Iterator[tuple[CardMatch, str]]:
    """What is asked of the index, one after another until the page is full."""
    words = [word for word in text.replace("\0", " ").split() if any(letter.isalnum() for letter in word)][:_MOST_WORDS]
    if sum(letter.isalnum() for word in words for letter in word) < LEAST_LETTERS:
        return
    digits = "".join(letter for letter in text if letter.isascii() and letter.isdigit())
    only_digits = not any(letter.isalpha() for letter in text)
    if only_digits and len(digits) >= _LEAST_DIGITS + 1:
        yield CardMatch.PHONE, f'{{numbers}} : "{digits}" *'
    whole = " AND ".join(_quoted(word) for word in words)
    begun = " AND ".join(f"{_quoted(word)} *" for word in words)
    yield CardMatch.NAME, f"{{names}} : ({whole})"
    yield CardMatch.NAME, f"{{names}} : ({begun})"
    yield CardMatch.ADDRESS, f"{{names places}} : ({begun})"
    if only_digits and len(digits) == _LEAST_DIGITS:
        yield CardMatch.PHONE, f'{{numbers}} : "{digits}" *'


def _quoted(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'


def _rows(session: Session, found: dict[str, CardMatch], today: date, grace: int) -> tuple[FoundCard, ...]:
    asked = select(
        EmergencyCard.id,
        EmergencyCard.legal_first,
        EmergencyCard.preferred_name,
        EmergencyCard.legal_last,
        EmergencyCard.dob,
        EmergencyCard.dob_precision,
        EmergencyCard.expires_on,
        EmergencyCard.provisional,
    ).where(EmergencyCard.id.in_(list(found)))
    rows = {row.id: row for row in session.execute(asked)} if found else {}
    made = []
    for card_id, matched in found.items():
        row = rows[card_id]
        provisional = bool(row.provisional)
        made.append(
            FoundCard(
                card_id=card_id,
                initials=initials(row.legal_first or row.preferred_name, row.legal_last),
                age_band=age_band(row.dob, row.dob_precision, today),
                matched=matched,
                stage=rules.stage(row.expires_on, today, grace_days=grace, reminder_days=(), provisional=provisional),
                provisional=provisional,
            )
        )
    return tuple(made)
