"""Configuration as it stood on a day, the service's own calendar, and every setting with its words and bounds.

A new key in `rules/defaults.py` needs a row in `FIELDS`, or a test fails: without it nobody could change the key.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import RuleBroken
from app.models.agency import Setting, newest_in_force
from app.models.lifesaver_vocab import Criterion
from app.models.local.tables import DeviceState, Member
from app.models.rules import lifesaver_defaults
from app.models.rules.defaults import DEFAULTS
from app.models.vocab import Listed
from app.words import mark

_AGENCY_NAME = "agency_name"
"""The fact under which a device keeps the agency's name that the server told it at enrolment."""
_NAMED_BY_SERVER = frozenset({"service.name", "service.name_fr"})
_NEWEST_IN_FORCE = newest_in_force(Setting.id.desc())
"""Built once: a page asks for settings many times, and building the question takes longer than answering it."""


def setting(session: Session, key: str, on: date) -> Any:
    """The value of a configuration key in force on a day; the default when the service set none.

    The service's name comes before the default from the server, where a device was enrolled with one: until somebody
    sets the name, the agency is called here what its administrator called it there, and not what our example is called.
    """
    found = session.execute(_NEWEST_IN_FORCE, {"asked": key, "on": on}).first()
    if found is not None:
        return found[0]
    return _told_by_server(session, key) or DEFAULTS.get(key)


def zone(session: Session, on: date | None = None) -> ZoneInfo:
    """The service's time zone; on a day when it is given, else by the newest setting."""
    return ZoneInfo(str(setting(session, "service.timezone", on or date.max)))


def local_day(session: Session, moment: datetime) -> date:
    """The service's local calendar day of a moment."""
    return moment.astimezone(zone(session, moment.date())).date()


class SettingGroup(Listed):
    """The parts of the list of settings."""

    SERVICE = "service", mark("The service")
    NOTICE = "notice", mark("Collection notice")
    CRISIS = "crisis", mark("Clocks of crisis intervention")
    CARE = "care", mark("Safe contact, consent, referrals")
    SAFETY = "safety", mark("Safety plan and orders")
    PRIVACY = "privacy", mark("Privacy")
    REGISTRY = "registry", mark("Vulnerable Person Registry")
    MEDIA = "media", mark("Pictures, recordings and files")
    LIFESAVER = "lifesaver", mark("Project Lifesaver")
    TRACKING = "tracking", mark("Personal alarms")


class SettingKind(StrEnum):
    """What a value is, and so how it is asked for."""

    TEXT = "text"
    CHOICE = "choice"
    NUMBER = "number"
    MONEY = "money"
    """A whole number of cents."""
    TEXTS = "texts"
    NUMBERS = "numbers"
    DEGREES = "degrees"
    """A decimal number of degrees from -90 to 90, west negative."""


class Unit(StrEnum):
    """What a number counts; the windows say it with the number."""

    NONE = ""
    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    BUSINESS_DAYS = "business_days"
    MONTHS = "months"
    YEARS = "years"
    PEOPLE = "people"
    NEEDS = "needs"
    ATTEMPTS = "attempts"
    RECORD_NUMBERS = "record_numbers"
    DETAILS = "details"
    CENTS = "cents"
    METRES = "metres"
    KILOBYTES = "kilobytes"
    MEGABYTES = "megabytes"
    CENTIMETRES = "centimetres"
    PERCENT = "percent"
    KILOHERTZ = "kilohertz"
    CELSIUS = "celsius"
    POINTS = "points"


class Origin(StrEnum):
    """Where the value in force comes from."""

    SHIPPED = "shipped"
    SERVER = "server"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class SettingField:
    """How one key is asked for. `least` and `most` bound a number, each number of a list, or the length of a text."""

    name: str
    group: SettingGroup
    kind: SettingKind
    label: str
    """Marked."""
    unit: Unit = Unit.NONE
    least: int = 1
    most: int = 120
    note: str = ""
    """Marked: what one should know before changing it; empty when the label says all."""
    choices: tuple[tuple[str, str], ...] = ()
    """Values with their marked texts."""


@dataclass(frozen=True, slots=True)
class SettingVersion:
    """One version that the service set. `begins` None: always; `ends` None: until further notice."""

    id: str
    value: Any
    begins: date | None
    ends: date | None
    replaced_on: date | None
    """The day on which a newer version takes its place; its own first day when it was replaced at once."""
    author: str

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return (self.begins is None or self.begins <= day) and (self.ends is None or day <= self.ends)


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One setting: its field, the value in force today and since when (None: from the beginning), and its versions."""

    field: SettingField
    value: Any
    origin: Origin
    since: date | None
    shipped: Any
    versions: tuple[SettingVersion, ...]
    """Newest first, those that begin later than today included."""

    def version_on(self, day: date) -> SettingVersion | None:
        """The service's own version in force on a day."""
        return next((version for version in self.versions if version.holds_on(day)), None)

    def coming(self, today: date) -> SettingVersion | None:
        """The version that takes over next."""
        later = [(one, one.begins) for one in reversed(self.versions) if one.begins is not None and one.begins > today]
        return next((one for one, begins in later if self.version_on(begins) is one), None)


def settings_list(session: Session, *, today: date) -> tuple[SettingRow, ...]:
    """Every setting, group by group, with the value in force today and all versions."""
    asked = (
        select(
            Setting.id,
            Setting.name,
            Setting.value,
            Setting.effective_from,
            Setting.effective_to,
            Setting.created_by,
        )
        .where(Setting.removed_at.is_(None), Setting.name.in_([field.name for field in FIELDS]))
        .order_by(Setting.effective_from.desc().nulls_last(), Setting.id.desc())
    )
    names: dict[str, str] = {row.id: row.name for row in session.execute(select(Member.id, Member.name))}
    found: dict[str, list[Any]] = defaultdict(list)
    for record in session.execute(asked):
        found[str(record.name)].append(record)
    return tuple(_row(session, field, _versions(found[field.name], names), today) for field in FIELDS)


def check_value(field: SettingField, value: Any) -> None:
    """Refuse a value that this setting cannot have, with a sentence that says what is possible."""
    if field.kind is SettingKind.TEXT:
        _check_text(field, value)
    elif field.kind is SettingKind.CHOICE:
        if value not in [code for code, _ in field.choices]:
            raise RuleBroken(mark("Choose one of the list."), field="value")
    elif field.kind is SettingKind.NUMBER:
        _check_number(field, value)
    elif field.kind is SettingKind.MONEY:
        _check_money(field, value)
    elif field.kind is SettingKind.DEGREES:
        if isinstance(value, bool) or not isinstance(value, int | float) or not -90 <= value <= 90:
            raise RuleBroken(mark("Enter degrees from -90 to 90, west negative."), field="value")
    else:
        _check_list(field, value)


def _row(session: Session, field: SettingField, versions: tuple[SettingVersion, ...], today: date) -> SettingRow:
    shipped = DEFAULTS[field.name]
    own = next((version for version in versions if version.holds_on(today)), None)
    if own is not None:
        return SettingRow(field, own.value, Origin.OWN, own.begins, shipped, versions)
    told = _told_by_server(session, field.name)
    value, origin = (told, Origin.SERVER) if told else (shipped, Origin.SHIPPED)
    ended = max((version.ends for version in versions if version.ends and version.ends < today), default=None)
    return SettingRow(field, value, origin, ended + timedelta(days=1) if ended else None, shipped, versions)


def _versions(records: Iterable[Any], names: dict[str, str]) -> tuple[SettingVersion, ...]:
    """Newest first, as `setting` looks through them."""
    versions: list[SettingVersion] = []
    following: date | None = None
    for one in records:
        author = names.get(one.created_by or "", "")
        versions.append(SettingVersion(one.id, one.value, one.effective_from, one.effective_to, following, author))
        following = one.effective_from
    return tuple(versions)


def _told_by_server(session: Session, key: str) -> str | None:
    if key not in _NAMED_BY_SERVER:
        return None
    return session.scalar(select(DeviceState.value).where(DeviceState.name == _AGENCY_NAME))


def _check_text(field: SettingField, value: Any) -> None:
    if not isinstance(value, str) or len(value.strip()) < field.least:
        raise RuleBroken(mark("This cannot be empty."), field="value")
    if len(value) > field.most:
        raise RuleBroken(mark("Use at most {most} characters."), field="value", most=field.most)


def _check_number(field: SettingField, value: Any) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not field.least <= value <= field.most:
        raise RuleBroken(
            mark("Enter a whole number from {least} to {most}."), field="value", least=field.least, most=field.most
        )


def _check_money(field: SettingField, value: Any) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not field.least <= value <= field.most:
        raise RuleBroken(
            mark("Enter an amount above zero, up to {most} dollars."), field="value", most=field.most // 100
        )


def _check_list(field: SettingField, value: Any) -> None:
    if not isinstance(value, list) or not value:
        raise RuleBroken(mark("Leave at least one entry in the list."), field="value")
    for entry in value:
        (_check_text if field.kind is SettingKind.TEXTS else _check_number)(field, entry)
    if len({str(entry).casefold() for entry in value}) < len(value):
        raise RuleBroken(mark("An entry stands in the list twice."), field="value")


def _text(
    name: str, group: SettingGroup, label: str, note: str = "", *, least: int = 1, most: int = 120
) -> SettingField:
    return SettingField(name, group, SettingKind.TEXT, label, least=least, most=most, note=note)


def _number(
    name: str, group: SettingGroup, label: str, unit: Unit, most: int, note: str = "", *, least: int = 1
) -> SettingField:
    return SettingField(name, group, SettingKind.NUMBER, label, unit, least, most, note)


def _numbers(name: str, group: SettingGroup, label: str, note: str) -> SettingField:
    return SettingField(name, group, SettingKind.NUMBERS, label, Unit.DAYS, 1, 365, note)


_ZONES = (
    ("America/St_Johns", mark("Newfoundland time (St. John’s)")),
    ("America/Halifax", mark("Atlantic time (Halifax)")),
    ("America/Toronto", mark("Eastern time (Toronto)")),
    ("America/Winnipeg", mark("Central time (Winnipeg)")),
    ("America/Regina", mark("Saskatchewan time (Regina)")),
    ("America/Edmonton", mark("Mountain time (Edmonton)")),
    ("America/Whitehorse", mark("Yukon time (Whitehorse)")),
    ("America/Vancouver", mark("Pacific time (Vancouver)")),
)

_SERVICE, _NOTICE, _CRISIS = SettingGroup.SERVICE, SettingGroup.NOTICE, SettingGroup.CRISIS
_CARE, _SAFETY, _PRIVACY = SettingGroup.CARE, SettingGroup.SAFETY, SettingGroup.PRIVACY
_REGISTRY, _MEDIA, _LIFESAVER = SettingGroup.REGISTRY, SettingGroup.MEDIA, SettingGroup.LIFESAVER
_TRACKING = SettingGroup.TRACKING
_NEUTRAL_NOTE = mark("Stands in place of the name where nobody may guess what a call, a letter or a print is about.")
_NEXT_UNLOCK = mark("Each computer follows a change the next time it is unlocked.")
_DAYS_NOTE = mark("Days after the event, with a comma between them.")

FIELDS: tuple[SettingField, ...] = (
    _text("service.name", _SERVICE, mark("Name of the service in English")),
    _text("service.name_fr", _SERVICE, mark("Name of the service in French")),
    _text("service.neutral_name", _SERVICE, mark("Neutral name in English"), _NEUTRAL_NOTE),
    _text("service.neutral_name_fr", _SERVICE, mark("Neutral name in French"), _NEUTRAL_NOTE),
    _text(
        "service.phone", _SERVICE, mark("Telephone of the service"), mark("Printed on what people take home."), most=40
    ),
    _text("service.address", _SERVICE, mark("Address of the service"), most=300),
    SettingField(
        "service.municipalities",
        _SERVICE,
        SettingKind.TEXTS,
        mark("Municipalities of the region"),
        most=80,
        note=mark("One on each line."),
    ),
    SettingField(
        "service.timezone", _SERVICE, SettingKind.CHOICE, mark("Time zone"), note=_NEXT_UNLOCK, choices=_ZONES
    ),
    _number(
        "service.number_block",
        _SERVICE,
        mark("Record numbers that a computer reserves at a time"),
        Unit.RECORD_NUMBERS,
        500,
        mark("A larger block lasts longer without a network; numbers that are never used stay as gaps."),
    ),
    _text("notice.version", _NOTICE, mark("Version of the notice"), mark("Kept with each consent."), most=40),
    _text(
        "notice.authority",
        _NOTICE,
        mark("Authority for collecting, in English"),
        mark("Completes the sentence: the information is collected under the authority of …"),
        most=300,
    ),
    _text("notice.authority_fr", _NOTICE, mark("Authority for collecting, in French"), most=300),
    _text(
        "notice.contact_title",
        _NOTICE,
        mark("Who answers questions about it, in English"),
        mark("A title, not a name."),
    ),
    _text(
        "notice.contact_title_fr",
        _NOTICE,
        mark("Who answers questions about it, in French"),
        mark("A title, not a name."),
    ),
    _number(
        "vsu.requester_callback_min", _CRISIS, mark("Call back the person who asked for us, within"), Unit.MINUTES, 1440
    ),
    _number("vsu.responders_per_scene", _CRISIS, mark("Responders who go to a scene together"), Unit.PEOPLE, 10),
    _number("vsu.checkin_min", _CRISIS, mark("Responders on scene check in every"), Unit.MINUTES, 240),
    _number(
        "vsu.needs_days", _CRISIS, mark("Needs assessment after the first contact, within"), Unit.BUSINESS_DAYS, 60
    ),
    _number("vsu.needs_repeat_days", _CRISIS, mark("Repeat the needs assessment after"), Unit.DAYS, 365),
    _number("vsu.first_followup_h", _CRISIS, mark("First follow-up call, within"), Unit.HOURS, 720),
    _number(
        "vsu.first_followup_enhanced_h",
        _CRISIS,
        mark("First follow-up call with enhanced support, within"),
        Unit.HOURS,
        720,
    ),
    _numbers("vsu.followup_days", _CRISIS, mark("Later follow-up calls"), _DAYS_NOTE),
    _numbers("vsu.followup_enhanced_days", _CRISIS, mark("Later follow-up calls with enhanced support"), _DAYS_NOTE),
    _number(
        "vsu.followup_enhanced_then_days", _CRISIS, mark("After those, with enhanced support, every"), Unit.DAYS, 365
    ),
    _number("vsu.case_conference_days", _CRISIS, mark("Case conference with enhanced support after"), Unit.DAYS, 365),
    _number(
        "vsu.guardian_permission_under",
        _CRISIS,
        mark("A guardian’s permission is asked below the age of"),
        Unit.YEARS,
        25,
    ),
    _number("vsu.enhanced_review_days", _CRISIS, mark("A supervisor reviews enhanced support every"), Unit.DAYS, 365),
    _number("vsu.enhanced_max_months", _CRISIS, mark("Enhanced support without renewal, for"), Unit.MONTHS, 60),
    _number("vsu.contact_lock_h", _CRISIS, mark("An author may still edit a contact, for"), Unit.HOURS, 168),
    SettingField(
        "vsu.assistance_approval_cents",
        _CRISIS,
        SettingKind.MONEY,
        mark("A supervisor approves practical help above"),
        Unit.CENTS,
        1,
        1_000_000,
    ),
    _number(
        "vsu.vulnerability_urgent_needs", _CRISIS, mark("Urgent needs that call for enhanced support"), Unit.NEEDS, 12
    ),
    _number("safe_contact.stale_days", _CARE, mark("Confirm safe contact again after"), Unit.DAYS, 365),
    _number(
        "safe_contact.stale_days_high_risk", _CARE, mark("Confirm safe contact at high risk after"), Unit.DAYS, 365
    ),
    _number("consent.default_months", _CARE, mark("A consent lasts, when no day was agreed"), Unit.MONTHS, 60),
    _number("referral.outcome_check_days", _CARE, mark("Ask how a referral went after"), Unit.DAYS, 365),
    _number("directory.stale_months", _CARE, mark("Check an entry of the directory again after"), Unit.MONTHS, 60),
    _number("plan.review_days", _SAFETY, mark("Review an active safety plan every"), Unit.DAYS, 365),
    _numbers(
        "order.warn_days",
        _SAFETY,
        mark("Remind before an order ends"),
        mark("Days before the order ends, with a comma between them."),
    ),
    _number(
        "privacy.idle_min",
        _PRIVACY,
        mark("Lock when nobody touches the computer for"),
        Unit.MINUTES,
        15,
        mark("From 1 to 15 minutes; it cannot be switched off. Each computer follows at its next unlock."),
    ),
    _number(
        "privacy.unlock_again_h",
        _PRIVACY,
        mark("Ask for the passphrase again, even while someone works, after"),
        Unit.HOURS,
        12,
        mark("From 1 to 12 hours. What is being typed comes back after unlocking."),
    ),
    _number(
        "privacy.small_cell",
        _PRIVACY,
        mark("Counts that leave the unit are hidden below"),
        Unit.PEOPLE,
        50,
        mark("Also the numbers from which a hidden one could be worked out."),
        least=2,
    ),
    _number(
        "privacy.reveals_per_hour",
        _PRIVACY,
        mark("Hidden details that one person may show within an hour"),
        Unit.DETAILS,
        10,
        mark("From 1 to 10. Emergency, dispatch and search cards do not count."),
    ),
    _number(
        "privacy.full_look_days",
        _PRIVACY,
        mark("Look through the whole vault of each computer every"),
        Unit.DAYS,
        31,
        mark("From 1 to 31 days. Haven reads every page while nobody types, and says if something is damaged."),
    ),
    _number(
        "privacy.lease_warn_days",
        _PRIVACY,
        mark("Warn before a computer without contact locks"),
        Unit.DAYS,
        10,
        mark("From 1 to 10 days. How long a computer may be without contact is set on the server."),
    ),
    _number("vpr.term_months", _REGISTRY, mark("A registration lasts"), Unit.MONTHS, 60),
    _number("vpr.term_months_65", _REGISTRY, mark("A registration of a person of 65 or more lasts"), Unit.MONTHS, 60),
    SettingField(
        "vpr.under16_policy",
        _REGISTRY,
        SettingKind.CHOICE,
        mark("A registration of a child under 16 lasts"),
        choices=(("same", mark("For the months below")), ("birthday", mark("Until the next birthday"))),
    ),
    _number("vpr.term_months_under16", _REGISTRY, mark("A registration of a child under 16 lasts"), Unit.MONTHS, 60),
    _numbers(
        "vpr.reminder_days",
        _REGISTRY,
        mark("Remind before a registration ends"),
        mark("Days before the registration ends, with a comma between them."),
    ),
    _number("vpr.grace_days", _REGISTRY, mark("Officers still see an expired card for"), Unit.DAYS, 365),
    _number("vpr.activation_bd", _REGISTRY, mark("Activate a complete registration within"), Unit.BUSINESS_DAYS, 60),
    _number("vpr.provisional_days", _REGISTRY, mark("A provisional card is shown for"), Unit.DAYS, 365),
    _number(
        "vpr.near_m",
        _REGISTRY,
        mark("A place counts as near within"),
        Unit.METRES,
        10_000,
        mark("Measured from the addresses on an emergency card."),
    ),
    _number(
        "vpr.found_wrong_percent",
        _REGISTRY,
        mark("What is told of a found person is wrong in"),
        Unit.PERCENT,
        50,
        mark("The description search relies less on each fact when this is higher."),
    ),
    _number(
        "vpr.found_height_cm", _REGISTRY, mark("A height is estimated with an error of about"), Unit.CENTIMETRES, 40
    ),
    _number(
        "vpr.found_age_years", _REGISTRY, mark("An adult’s age is estimated with an error of about"), Unit.YEARS, 40
    ),
    _number(
        "vpr.found_near_m",
        _REGISTRY,
        mark("Half of those who wander are found from home within"),
        Unit.METRES,
        50_000,
        mark("Used by the description search."),
    ),
    _number(
        "vpr.reconsent_age",
        _REGISTRY,
        mark("Ask the person for their own consent at the age of"),
        Unit.YEARS,
        30,
    ),
    _number("vpr.capacity_age", _REGISTRY, mark("Review who decides for the person at the age of"), Unit.YEARS, 30),
    _number("vpr.contacts_wanted", _REGISTRY, mark("Emergency contacts wanted"), Unit.PEOPLE, 10),
    _number(
        "vpr.occurrence_h",
        _REGISTRY,
        mark("The occurrence number follows the opening of a card within"),
        Unit.HOURS,
        168,
    ),
    _number(
        "vpr.keep_years",
        _REGISTRY,
        mark("A registration that ended is kept for"),
        Unit.YEARS,
        25,
        mark("Never shorter than the law or your by-law asks."),
    ),
    _number("vpr.photo_age_months", _REGISTRY, mark("Ask for a new photograph after"), Unit.MONTHS, 60),
    _number(
        "vpr.photo_age_months_child", _REGISTRY, mark("Ask for a new photograph of a child after"), Unit.MONTHS, 60
    ),
    _number(
        "media.photo_kb",
        _MEDIA,
        mark("A photograph of a registrant has at most"),
        Unit.KILOBYTES,
        1000,
        mark("A larger one is made smaller. At 60 and 18 kilobytes, 20,000 registrants need less than 2 gigabytes."),
        least=20,
    ),
    _number(
        "media.preview_kb",
        _MEDIA,
        mark("The small picture on lists and cards has at most"),
        Unit.KILOBYTES,
        100,
        least=8,
    ),
    _number("media.picture_kb", _MEDIA, mark("A picture in a form has at most"), Unit.KILOBYTES, 5000, least=50),
    _number("media.sound_mb", _MEDIA, mark("A recording may have at most"), Unit.MEGABYTES, 2000),
    _number("media.file_mb", _MEDIA, mark("Any other file may have at most"), Unit.MEGABYTES, 2000),
    *(_number(name, _LIFESAVER, label, Unit(unit), most) for name, label, unit, most in lifesaver_defaults.NUMBERS),
    SettingField(
        "pls.declination_deg",
        _LIFESAVER,
        SettingKind.DEGREES,
        mark("Magnetic declination of the region"),
        note=mark("Degrees, west negative. It changes a little every year: look it up each spring."),
    ),
    *(
        SettingField(name, _LIFESAVER, SettingKind.MONEY, label, Unit.CENTS, 1, 1_000_000)
        for name, label in lifesaver_defaults.AMOUNTS
    ),
    *(
        SettingField(
            f"pls.ask_{one.value}",
            _LIFESAVER,
            SettingKind.CHOICE,
            one.text,
            choices=lifesaver_defaults.CHOICES,
            note=mark("Whether eligibility asks for it."),
        )
        for one in Criterion
    ),
    _number("mts.loan_days", _TRACKING, mark("A personal alarm is lent for"), Unit.DAYS, 365),
    _number("mts.review_days", _TRACKING, mark("Review a loan every"), Unit.DAYS, 365),
    _number("mts.test_days", _TRACKING, mark("Test an alarm every"), Unit.DAYS, 60),
    _number(
        "mts.plan_max_age_days",
        _TRACKING,
        mark("No loan when the safety plan was written more than this long ago"),
        Unit.DAYS,
        365,
    ),
    _number("mts.test_miss_call", _TRACKING, mark("Welfare call after missed tests"), Unit.ATTEMPTS, 20),
    _number("mts.test_miss_visit", _TRACKING, mark("Visit after missed tests"), Unit.ATTEMPTS, 20),
    _number("mts.alarm_followup_h", _TRACKING, mark("Contact the client after an alarm within"), Unit.HOURS, 168),
    _number(
        "mts.people_at_handover",
        _TRACKING,
        mark("People who see a device handed over, taken back and wiped"),
        Unit.PEOPLE,
        2,
        mark("With two, a second member of the service is named as witness."),
    ),
    _number("mts.location_days", _TRACKING, mark("Locations that nobody looked at are kept for"), Unit.DAYS, 365),
    _number(
        "mts.location_viewed_days", _TRACKING, mark("After the last look, locations are kept for"), Unit.DAYS, 3650
    ),
    _number("mts.location_event_years", _TRACKING, mark("Locations of an alarm are kept for"), Unit.YEARS, 30),
)
"""Every key of `rules/defaults.py`, in the order in which people read them."""
