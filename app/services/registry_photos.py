"""Photographs of registrants: one at a time, in full on the registration and small on its card (domain.md 6.3).

The card's photograph is an attachment of its own in the card's scope, with the key of the small picture alone: everyone
on scene sees the face, and only the registry can open the photograph as it was taken in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.errors import RuleBroken
from app.models.attachments import Attachment
from app.models.lifesaver_search import SearchCard
from app.models.registry import EmergencyCard, Registration
from app.models.rules import attachments as rules
from app.models.rules import registry as registry_rules
from app.models.rules.attachments import Kept
from app.models.vocab import AttachmentKind, Role
from app.models.work import Work
from app.services.attachments import attach, attachments_of, detach, kept_of
from app.services.permission import require_reason, require_role
from app.services.records import all_of, load

_OFFICE = frozenset({Role.REG, Role.SUP})
REPLACED = "replaced"


@dataclass(frozen=True, kw_only=True)
class AddPhoto:
    """A photograph of the registrant's face, taken on a day; it takes the place of the one before."""

    registration_id: str
    photo: Kept
    taken_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class RemovePhoto:
    """The registration is to have no photograph."""

    registration_id: str
    reason: str


def add_photo(work: Work, command: AddPhoto) -> str:
    """Give a registration its photograph, and its card too; the attachment's id."""
    registration = _to_write(work, command.registration_id)
    if command.taken_on is None:
        raise RuleBroken(rules.NOT_TAKEN, field="taken_on")
    if command.taken_on > work.today():
        raise RuleBroken(rules.TAKEN_LATER, field="taken_on")
    if command.photo.preview is None or command.photo.kind is not AttachmentKind.PHOTO:
        raise RuleBroken(rules.WRONG_NAMES)
    for before in _photos(work, registration.id):
        detach(work, before, REPLACED)
    made = attach(work, registration, command.photo, taken_on=command.taken_on)
    _follow(work, registration.id)
    return made.id


def remove_photo(work: Work, command: RemovePhoto) -> None:
    """Take the photograph from a registration and its card, and destroy it."""
    registration = _to_write(work, command.registration_id)
    reason = require_reason(command.reason)
    found = _photos(work, registration.id)
    if not found:
        raise RuleBroken(rules.NO_PHOTO)
    for photo in found:
        detach(work, photo, reason)
    _follow(work, registration.id)


Card = EmergencyCard | SearchCard


def keep_card_photo(work: Work, registration_id: str | None, card: Card | None, gone: Sequence[Card]) -> None:
    """Make a card show the photograph that the registration has now; cards that go lose theirs."""
    for old in gone:
        for photo in attachments_of(work, old.id):
            detach(work, photo)
    if card is None:
        return
    newest = next(reversed(_photos(work, registration_id)), None) if registration_id else None
    kept = kept_of(newest) if newest is not None else None
    wanted = work.child_id(card.id, newest.id) if newest is not None and kept is not None and kept.preview else None
    present = {one.id: one for one in attachments_of(work, card.id)}
    for other in present.values():
        if other.id != wanted:
            detach(work, other)
    if newest is None or kept is None or kept.preview is None or wanted is None or wanted in present:
        return
    small = replace(kept, sealed=kept.preview, preview=None, name="")
    attach(work, card, small, taken_on=newest.taken_on, attachment_id=wanted)


def _to_write(work: Work, registration_id: str) -> Registration:
    require_role(work, Registration, _OFFICE)
    registration = load(work, Registration, registration_id)
    if registration.status in registry_rules.ENDED:
        raise RuleBroken(rules.ENDED)
    return registration


def _photos(work: Work, registration_id: str) -> list[Attachment]:
    return [one for one in attachments_of(work, registration_id) if one.kind is AttachmentKind.PHOTO]


def _follow(work: Work, registration_id: str) -> None:
    kinds: tuple[type[EmergencyCard] | type[SearchCard], ...] = (EmergencyCard, SearchCard)
    for kind in kinds:
        found: list[Card] = list(all_of(work, kind, kind.registration_id == registration_id))
        for card in found:
            keep_card_photo(work, registration_id, card, [])
