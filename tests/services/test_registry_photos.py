"""Photographs of registrants: on the registration in full, on the card small, never older than their record says."""

from __future__ import annotations

from datetime import date

import pytest

from app.errors import NotAllowed, RuleBroken
from app.models.attachments import Attachment
from app.models.local.tables import Scope
from app.models.registry import EmergencyCard
from app.models.rules import attachments as rules
from app.models.rules.attachments import Kept, Sealed
from app.models.vocab import AttachmentKind, CardReason, RegistryStatus, Role
from app.models.work import Actor
from app.queries import attachments as questions
from app.queries import registry as registry_questions
from app.queries import registry_card as cards
from app.queries.card_words import composed
from app.services import registry
from app.services.registry_cards import OpenCard, open_card
from app.services.registry_photos import AddPhoto, RemovePhoto, add_photo, remove_photo
from app.words import in_language
from tests import factories
from tests.conftest import Office

FACE, SMALL = b"the whole face", b"small face"


@pytest.fixture
def coordinator(office: Office) -> Actor:
    return office.member(Role.REG, "R. Registrar")


def kept(office: Office, whole: bytes = FACE, small: bytes | None = SMALL) -> Kept:
    store = office.vault.attachments
    preview = store.keep_bytes(small, 1000) if small is not None else None
    return Kept(AttachmentKind.PHOTO, store.keep_bytes(whole, 1000), "image/jpeg", preview=preview)


def registered(office: Office, coordinator: Actor, *, active: bool = True) -> str:
    made = office.do(coordinator, registry.register, factories.registration(submit=True))
    if active:
        office.do(coordinator, registry.activate_registration, registry.ActivateRegistration(registration_id=made))
    return made


def with_photo(office: Office, coordinator: Actor, *, active: bool = True, taken_on: date | None = None) -> str:
    made = registered(office, coordinator, active=active)
    day = taken_on or date(2026, 1, 5)
    office.do(coordinator, add_photo, AddPhoto(registration_id=made, photo=kept(office), taken_on=day))
    return made


def card_of(office: Office, registration_id: str) -> EmergencyCard:
    (found,) = office.found(
        EmergencyCard, EmergencyCard.registration_id == registration_id, EmergencyCard.removed_at.is_(None)
    )
    return found


def attached(office: Office, owner_id: str) -> list[Attachment]:
    return office.found(Attachment, Attachment.owner_id == owner_id, Attachment.removed_at.is_(None))


def read(office: Office, sealed: Sealed) -> bytes:
    return office.vault.attachments.read_whole(sealed, 1000)


def shown(office: Office, actor: Actor, registration_id: str) -> cards.CardRow:
    card = card_of(office, registration_id)
    view = office.do(actor, open_card, OpenCard(card_id=card.id, why=CardReason.MISSING))
    with office.vault.read() as session:
        return cards.card(session, view, member_id=actor.member_id, now=office.clock.at)


@pytest.mark.parametrize("order", ["photo first", "card first"])
def test_the_card_shows_the_small_photograph_and_cannot_open_the_whole(
    office: Office, coordinator: Actor, order: str
) -> None:
    made = with_photo(office, coordinator, active=order == "card first")
    if order == "photo first":
        office.do(coordinator, registry.activate_registration, registry.ActivateRegistration(registration_id=made))
    (whole,), (small,) = attached(office, made), attached(office, card_of(office, made).id)
    assert (small.key, small.chunks, small.size) == (whole.preview_key, whole.preview_chunks, whole.preview_size)
    assert small.preview_key is None and small.key != whole.key and small.taken_on == date(2026, 1, 5)
    with office.vault.read() as session:
        scopes = {one.id: one.kind for one in session.query(Scope)}
    assert (scopes[whole.scope_id], scopes[small.scope_id]) == ("registration", "registry_card")
    row = shown(office, office.member(Role.OFF, "Const. Example"), made)
    assert row.photo is not None and read(office, row.photo.preview) == SMALL
    assert read(office, row.photo.sealed) == SMALL


def test_another_photograph_takes_its_place_and_the_old_one_is_destroyed(office: Office, coordinator: Actor) -> None:
    made = with_photo(office, coordinator)
    before = set(office.vault.attachments.here.names())
    command = AddPhoto(registration_id=made, photo=kept(office, b"new", b"n"), taken_on=date(2026, 1, 6))
    office.do(coordinator, add_photo, command)
    assert not before & set(office.vault.attachments.here.names())
    (small,) = attached(office, card_of(office, made).id)
    assert small.taken_on == date(2026, 1, 6) and len(attached(office, made)) == 1


def test_a_removed_photograph_leaves_the_card_and_the_disk(office: Office, coordinator: Actor) -> None:
    made = with_photo(office, coordinator)
    with pytest.raises(RuleBroken):
        office.do(coordinator, remove_photo, RemovePhoto(registration_id=made, reason=" "))
    office.do(coordinator, remove_photo, RemovePhoto(registration_id=made, reason="asked for"))
    assert not attached(office, made) and not attached(office, card_of(office, made).id)
    assert not list(office.vault.attachments.here.names())
    with pytest.raises(RuleBroken) as caught:
        office.do(coordinator, remove_photo, RemovePhoto(registration_id=made, reason="again"))
    assert caught.value.text == rules.NO_PHOTO


def test_a_card_that_goes_takes_its_photograph_along_and_comes_back_with_it(office: Office, coordinator: Actor) -> None:
    made = with_photo(office, coordinator)
    card = card_of(office, made).id
    office.do(
        coordinator, registry.suspend_registration, registry.SuspendRegistration(registration_id=made, reason="x")
    )
    assert not attached(office, card) and len(attached(office, made)) == 1
    supervisor = office.member(Role.SUP, "S. Visor")
    office.do(supervisor, registry.resume_registration, registry.ResumeRegistration(registration_id=made, reason="y"))
    (small,) = attached(office, card_of(office, made).id)
    sealed = rules.sealed_of(small.key, small.chunks, small.size)
    assert sealed is not None and read(office, sealed) == SMALL


def test_an_ended_registration_keeps_its_photograph_and_takes_no_other(office: Office, coordinator: Actor) -> None:
    made = with_photo(office, coordinator)
    command = registry.EndRegistration(registration_id=made, status=RegistryStatus.WITHDRAWN, reason="x")
    office.do(coordinator, registry.end_registration, command)
    assert len(attached(office, made)) == 1
    with pytest.raises(RuleBroken) as caught:
        office.do(coordinator, add_photo, AddPhoto(registration_id=made, photo=kept(office), taken_on=date(2026, 1, 6)))
    assert caught.value.text == rules.ENDED


@pytest.mark.parametrize("role", [Role.OFF, Role.VSU, Role.ADM, Role.AUD, Role.ESS])
def test_only_the_registry_and_a_supervisor_add_a_photograph(office: Office, coordinator: Actor, role: Role) -> None:
    made = registered(office, coordinator)
    other = office.member(role, "O. Other")
    command = AddPhoto(registration_id=made, photo=kept(office), taken_on=date(2026, 1, 6))
    with pytest.raises(NotAllowed):
        office.do(other, add_photo, command)
    with pytest.raises(NotAllowed):
        office.do(other, remove_photo, RemovePhoto(registration_id=made, reason="x"))


def test_what_is_refused(office: Office, coordinator: Actor) -> None:
    made = registered(office, coordinator)
    good = kept(office)
    forged = Kept(AttachmentKind.PHOTO, Sealed("no key", ("../../vault.db",), 3), "image/jpeg", preview=good.preview)
    refused = {
        rules.NOT_TAKEN: AddPhoto(registration_id=made, photo=good),
        rules.TAKEN_LATER: AddPhoto(registration_id=made, photo=good, taken_on=date(2026, 1, 21)),
        rules.WRONG_NAMES: AddPhoto(registration_id=made, photo=forged, taken_on=date(2026, 1, 6)),
    }
    for text, command in refused.items():
        with pytest.raises(RuleBroken) as caught:
            office.do(coordinator, add_photo, command)
        assert caught.value.text == text
    small = AddPhoto(registration_id=made, photo=kept(office, small=None), taken_on=date(2026, 1, 6))
    with pytest.raises(RuleBroken):
        office.do(coordinator, add_photo, small)
    assert not attached(office, made)


@pytest.mark.parametrize(
    ("taken_on", "born", "old", "months"),
    [
        (date(2025, 7, 20), date(2016, 5, 2), False, 6),
        (date(2025, 7, 19), date(2016, 5, 2), True, 6),
        (date(2025, 7, 19), date(1950, 5, 2), False, 12),
        (date(2025, 1, 20), date(1950, 5, 2), False, 12),
        (date(2025, 1, 19), date(1950, 5, 2), True, 12),
    ],
)
def test_an_old_photograph_warns_sooner_for_a_child(
    office: Office, coordinator: Actor, taken_on: date, born: date, old: bool, months: int
) -> None:
    made = with_photo(office, coordinator, taken_on=taken_on)
    office.do(coordinator, registry.update_registration, registry.UpdateRegistration(registration_id=made, dob=born))
    row = shown(office, coordinator, made)
    assert row.photo is not None and (row.photo.old, row.photo.months) == (old, months)
    said = composed(row, in_language("en"))
    assert said.photo_old is old and in_language("en").day(taken_on) in said.photo_said
    assert (f"more than {months} months ago" in said.photo_said) is old
    with office.vault.read() as session:
        entry = registry_questions.registration(session, made, today=date(2026, 1, 20))
    assert entry.photo is not None and entry.photo.old is old


def test_a_photograph_of_unknown_age_counts_as_old() -> None:
    assert rules.photo_is_old(None, date(2026, 1, 20), 12)


def test_the_limits_are_the_services_settings(office: Office) -> None:
    with office.vault.read() as session:
        limits = questions.limits(session, date(2026, 1, 20))
    assert (limits.photo, limits.preview, limits.picture) == (60_000, 18_000, 400_000)
    assert (limits.sound, limits.file) == (200_000_000, 100_000_000)


def test_without_a_photograph_there_is_none(office: Office, coordinator: Actor) -> None:
    made = registered(office, coordinator)
    assert shown(office, coordinator, made).photo is None
