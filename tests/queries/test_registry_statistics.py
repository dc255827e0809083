"""The registry's statistics on a register that was worked out by hand (domain.md 6.7)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from app.models.lifesaver import LifesaverClient
from app.models.lifesaver_vocab import LifesaverStatus
from app.models.registry import EmergencyCard
from app.models.rules.attachments import Kept
from app.models.rules.suppression import suppressed_cells
from app.models.vocab import AttachmentKind, CardOutcome, CardReason, RegistryStatus, Role, ScopeKind, Tri
from app.queries.registry_statistics import NOT_RECORDED, Period, Statistics, statistics
from app.services import registry, registry_terms
from app.services.registry_cards import FollowUpCard, OpenCard, follow_up_card, open_card
from app.services.registry_photos import AddPhoto, add_photo
from tests import factories
from tests.conftest import Office

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 17, 0, tzinfo=UTC)


def home(municipality: str) -> list[dict[str, Any]]:
    return [{"kind": "home", "text": "1 Example Street", "municipality": municipality}]


def the_register(office: Office) -> dict[str, str]:
    """Eight registrations:

    | who | handed in  | activated  | then                                           | 2026-07-01 |
    | --- | ---------- | ---------- | ---------------------------------------------- | ---------- |
    | ann | 2025-03-03 | 2025-03-04 | renewed 2026-02-10 (on time)                   | active     |
    | ben | 2025-03-03 | 2025-03-04 | renewed 2026-03-20, 16 days late               | active     |
    | cat | 2025-03-03 | 2025-03-04 | nobody renewed; hidden from 2026-04-04 on      | lapsed     |
    | dan | 2025-06-10 | 2025-06-11 | nobody has renewed yet; grace until 2026-07-11 | in grace   |
    | eve | 2026-04-02 | 2026-04-07 | Easter between: 1 business day                 | active     |
    | fay | 2026-05-04 | 2026-05-07 | 3 business days                                | active     |
    | gus | 2026-05-04 | 2026-05-05 | withdrawn 2026-06-01                           | withdrawn  |
    | hal | 2026-06-29 | -          | shown provisionally from 2026-06-30 on         | provisional |
    """
    coordinator = office.member(Role.REG, "R. Registrar")
    supervisor = office.member(Role.SUP, "S. Chief")
    ids: dict[str, str] = {}

    def hand_in(name: str, day: date, **other: Any) -> None:
        office.clock.at = noon(day)
        command = factories.registration(legal_first=name.title(), submit=True, **other)
        ids[name] = office.do(coordinator, registry.register, command)

    def activate(name: str, day: date) -> None:
        office.clock.at = noon(day)
        office.do(coordinator, registry.activate_registration, registry.ActivateRegistration(registration_id=ids[name]))

    def renew(name: str, day: date) -> None:
        office.clock.at = noon(day)
        office.do(coordinator, registry.renew_registration, registry.RenewRegistration(registration_id=ids[name]))

    for name, place, conditions in (
        ("ann", "Milton", ["autism"]),
        ("ben", "Milton", ["dementia", "diabetes"]),
        ("cat", "Oakville", ["autism"]),
    ):
        hand_in(name, date(2025, 3, 3), addresses=home(place), conditions=conditions)
        activate(name, date(2025, 3, 4))
    hand_in("dan", date(2025, 6, 10))
    activate("dan", date(2025, 6, 11))
    renew("ann", date(2026, 2, 10))
    renew("ben", date(2026, 3, 20))
    hand_in("eve", date(2026, 4, 2), dob=date(1950, 1, 1), addresses=home("Oakville"), languages=["fr", "en"])
    activate("eve", date(2026, 4, 7))
    hand_in("fay", date(2026, 5, 4), addresses=[{"kind": "home", "text": "2 Example Street"}], languages=[])
    hand_in("gus", date(2026, 5, 4))
    activate("gus", date(2026, 5, 5))
    activate("fay", date(2026, 5, 7))
    office.clock.at = noon(date(2026, 6, 1))
    office.do(
        coordinator,
        registry.end_registration,
        registry.EndRegistration(registration_id=ids["gus"], status=RegistryStatus.WITHDRAWN, reason="Asked for"),
    )
    hand_in("hal", date(2026, 6, 29))
    office.clock.at = noon(date(2026, 6, 30))
    office.do(
        supervisor,
        registry.activate_provisionally,
        registry.ActivateProvisionally(registration_id=ids["hal"], reason="Wandered twice"),
    )
    office.clock.at = noon(date(2026, 7, 1))
    return ids


def figures(office: Office, *, to_share: bool = False) -> Statistics:
    with office.vault.read() as session:
        return statistics(session, YEAR, today=office.clock.at.date(), to_share=to_share)


def test_the_stock_of_a_day(office: Office) -> None:
    the_register(office)
    found = figures(office)
    assert (found.active, found.in_grace, found.provisional) == (4, 1, 1)
    assert found.by_municipality == {"Milton": 2, "Oakville": 1, NOT_RECORDED: 1}
    assert found.by_condition == {"Autism": 3, "Dementia": 1, "Diabetes": 1}
    assert {band: count for band, count in found.by_age.items() if count} == {"0 to 11": 3, "65 and over": 1}
    assert found.by_language == {"English": 3, "French": 1, NOT_RECORDED: 1}
    assert found.without_calming == 0


def test_what_happened_in_a_year(office: Office) -> None:
    the_register(office)
    found = figures(office)
    assert (found.new, found.renewed_on_time, found.renewed_late) == (3, 1, 1)
    assert (found.lapsed, found.withdrawn, found.moved_out, found.deceased) == (1, 1, 0, 0)
    assert (found.days_to_activate, found.activated_in_time, found.activated_late) == (1.0, 2, 1)


def test_what_cards_lack_and_who_left(office: Office) -> None:
    """In force are ann, ben, eve and fay. Of fay nothing is said of what calms, of ben only blanks."""
    ids = the_register(office)
    coordinator = office.member(Role.REG, "R. Other")
    for name, calming in (("fay", None), ("ben", "  ")):
        change = registry.UpdateRegistration(registration_id=ids[name], calming=calming)
        office.do(coordinator, registry.update_registration, change)
    assert figures(office).without_calming == 2
    for name, status in (("eve", RegistryStatus.MOVED_OUT), ("ann", RegistryStatus.DECEASED)):
        ended = registry.EndRegistration(registration_id=ids[name], status=status, reason="The family told us")
        office.do(coordinator, registry.end_registration, ended)
    found = figures(office)
    assert (found.active, found.in_grace, found.provisional) == (2, 1, 1)
    assert (found.withdrawn, found.moved_out, found.deceased) == (1, 1, 1)
    assert found.by_municipality == {"Milton": 1, NOT_RECORDED: 1}
    assert found.without_calming == 2


def test_cards_opened_and_what_they_led_to(office: Office) -> None:
    ids = the_register(office)
    officer = office.member(Role.OFF, "Const. Marchetti")
    dispatcher = office.member(Role.DSP, "D. Dispatcher")

    def card(name: str) -> str:
        (found,) = office.found(
            EmergencyCard, EmergencyCard.registration_id == ids[name], EmergencyCard.removed_at.is_(None)
        )
        return found.id

    first = office.do(officer, open_card, OpenCard(card_id=card("ann"), why=CardReason.MISSING))
    second = office.do(dispatcher, open_card, OpenCard(card_id=card("ann"), why=CardReason.MISSING))
    office.do(officer, open_card, OpenCard(card_id=card("eve"), why=CardReason.CALL, occurrence_no="26-2"))
    office.do(
        officer,
        follow_up_card,
        FollowUpCard(view_id=first, occurrence_no="26-1", outcome=CardOutcome.FOUND_WELL, helped=Tri.YES),
    )
    found = figures(office)
    assert (found.cards_opened, found.people_looked_up) == (3, 2)
    assert found.by_reason == {"Missing person": 2, "Call for service": 1}
    assert (found.numbers_given, found.numbers_owed) == (2, 1)
    assert (found.missing_incidents, found.card_helped) == (2, 1)
    assert found.by_outcome == {"Found, unharmed": 1, NOT_RECORDED: 1}
    office.do(dispatcher, follow_up_card, FollowUpCard(view_id=second, occurrence_no="26-1"))
    assert figures(office).missing_incidents == 1, "two cards opened for one occurrence"


def test_to_share_hides_small_counts(office: Office) -> None:
    the_register(office)
    found = figures(office, to_share=True)
    assert found.by_municipality == {"Milton": None, "Oakville": None, NOT_RECORDED: None}


def test_suppression() -> None:
    assert suppressed_cells({"a": 4, "b": 12, "c": 7, "d": 0}, 5) == {"a": None, "b": 12, "c": None, "d": 0}
    assert suppressed_cells({"a": 4, "b": 12, "c": 7}, 5, total_shown=False) == {"a": None, "b": 12, "c": 7}
    assert suppressed_cells({"a": 4, "b": 3, "c": 7}, 5) == {"a": None, "b": None, "c": 7}
    assert suppressed_cells({"a": 5, "b": 6}, 5) == {"a": 5, "b": 6}


def test_lapsed_counts_once_it_is_archived(office: Office) -> None:
    ids = the_register(office)
    coordinator = office.member(Role.REG, "R. Other")
    archive = registry_terms.ArchiveRegistration(registration_id=ids["cat"], reason="Nobody renewed it")
    office.do(coordinator, registry_terms.archive_registration, archive)
    assert figures(office).lapsed == 1


def test_photographs_by_age_and_who_wears_a_transmitter(office: Office) -> None:
    """On 2026-07-01: ann is 10 (limit 6 months), eve is 76 (limit 12 months); ben and fay have no photograph."""
    ids = the_register(office)
    coordinator = office.member(Role.REG, "R. Other")
    store = office.vault.attachments

    def photograph(name: str, taken_on: date) -> None:
        sealed = store.keep_bytes(name.encode(), 1000)
        kept = Kept(AttachmentKind.PHOTO, sealed, "image/jpeg", preview=store.keep_bytes(b"small", 1000))
        office.do(coordinator, add_photo, AddPhoto(registration_id=ids[name], photo=kept, taken_on=taken_on))

    photograph("ann", date(2025, 12, 1))
    photograph("eve", date(2025, 12, 1))
    with office.vault.write(coordinator) as work:
        for name, status in (("ann", LifesaverStatus.ENROLLED), ("eve", LifesaverStatus.WAITLIST)):
            client_id = work.new_id()
            scope_id = work.open_scope(ScopeKind.LIFESAVER, client_id)
            client = LifesaverClient(id=client_id, scope_id=scope_id, registration_id=ids[name], status=status)
            work.session.add(client)
        work.commit()
    found = figures(office)
    assert (found.photo_current, found.photo_old, found.photo_missing) == (1, 1, 2)
    assert found.with_transmitter == 1
