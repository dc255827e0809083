"""The counts of the registry and of Project Lifesaver as tables for analysts (domain.md 6.7, 7.8, 20.1 "K").

They are handed to `services.published_counts`, which takes out what is too small. Only what is not about one person is
here: no day, no number of a record, no amount of a single fee.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.models.lifesaver_vocab import DischargeReason, TransmitterStatus
from app.models.rules.suppression import Counted
from app.models.search_vocab import FoundCondition, Precipitation, SearchOutcome
from app.models.vocab import AgeBand, Condition, Listed
from app.queries.lifesaver_stats import Figures, Spread
from app.queries.registry_statistics import NOT_RECORDED, Counts, Statistics
from app.words import mark

REGISTRY, LIFESAVER = "registry", "lifesaver"


def registry_tables(found: Statistics) -> tuple[Counted, ...]:
    """The figures of the registry; `found` with nothing hidden yet."""
    photographs = {
        mark("Photograph recent enough"): found.photo_current,
        mark("Photograph too old"): found.photo_old,
        mark("No photograph"): found.photo_missing,
    }
    stock = {
        mark("In force"): found.active,
        mark("Expired, in grace"): found.in_grace,
        mark("Provisional"): found.provisional,
        mark("Nobody said what calms"): found.without_calming,
        mark("Enrolled in Project Lifesaver"): found.with_transmitter,
    }
    happened = {
        mark("New"): found.new,
        mark("Renewed late"): found.renewed_late,
        mark("Lapsed"): found.lapsed,
        mark("Withdrawn"): found.withdrawn,
        mark("Moved out"): found.moved_out,
        mark("Deceased"): found.deceased,
        mark("Renewed on time"): found.renewed_on_time,
    }
    used = {
        mark("Cards opened"): found.cards_opened,
        mark("Persons looked up"): found.people_looked_up,
        mark("Missing persons"): found.missing_incidents,
        mark("The card helped"): found.card_helped,
    }
    activation = {mark("Within the target"): found.activated_in_time, mark("Later"): found.activated_late}
    return (
        Counted(mark("Registrations today"), stock),
        Counted(mark("Registrations by municipality"), _whole(found.by_municipality), parts=True),
        Counted(mark("Registrations by condition"), _whole(found.by_condition)),
        Counted(mark("Registrations by age"), _whole(found.by_age), parts=True),
        Counted(mark("Registrations by language"), _whole(found.by_language)),
        Counted(mark("Photographs"), photographs, parts=True),
        Counted(mark("What happened in the year"), happened),
        Counted(mark("First activations"), activation, parts=True),
        Counted(mark("Use of cards"), used),
        Counted(mark("Cards opened by reason"), _whole(found.by_reason), parts=True),
        Counted(mark("Missing persons by outcome"), _whole(found.by_outcome), parts=True),
    )


def lifesaver_tables(found: Figures) -> tuple[Counted, ...]:
    """The figures of Project Lifesaver."""
    searches = found.searches
    batteries = {
        mark("By their due day"): found.batteries_on_time,
        mark("Later"): found.batteries_replaced - found.batteries_on_time,
    }
    tests = {
        mark("Days with a test"): found.test_days_done,
        mark("Days without a test"): found.test_days - found.test_days_done,
    }
    signal = {
        mark("The signal"): searches.found_by_signal,
        mark("Otherwise"): searches.found - searches.found_by_signal,
    }
    certificates = {
        mark("Valid"): found.operators_certified - found.operators_expiring,
        mark("Ending soon"): found.operators_expiring,
    }
    single = {
        mark("Enrolled and suspended"): found.active,
        mark("Waitlist"): found.waitlist,
        mark("Enrolments"): found.enrolments,
        mark("Batteries overdue"): found.batteries_overdue,
        mark("Drills"): found.drills,
        mark("Subsidies granted"): found.subsidies_granted,
    }
    spreads = {
        mark("Last seen to call"): searches.caregiver_delay,
        mark("Call to scene"): searches.call_to_scene,
        mark("Call to first signal"): searches.call_to_signal,
        mark("Call to found"): searches.call_to_found,
    }
    return (
        Counted(mark("Clients and care"), single),
        Counted(mark("Clients by condition"), _named(found.clients_by_condition, Condition)),
        Counted(mark("Clients by age"), _named(found.clients_by_age, AgeBand), parts=True),
        Counted(mark("Clients by municipality"), _named(found.clients_by_municipality, None), parts=True),
        Counted(mark("Discharges by reason"), _named(found.discharges, DischargeReason), parts=True),
        Counted(mark("Transmitters by status"), _named(found.transmitters, TransmitterStatus), parts=True),
        Counted(mark("Batteries replaced"), batteries, parts=True),
        Counted(mark("Daily tests"), tests, parts=True),
        Counted(mark("Searches by outcome"), _named(searches.outcomes, SearchOutcome), parts=True),
        Counted(mark("Searches by weather"), _named(searches.weather, Precipitation), parts=True),
        Counted(mark("Found by"), signal, parts=True),
        Counted(mark("Condition when found"), _named(searches.conditions, FoundCondition), parts=True),
        _medians(mark("Minutes of searches, the middle one"), spreads),
        _medians(mark("Metres from last seen, the middle one"), {mark("Found from last seen"): searches.found_m}),
        Counted(mark("Operators’ certificates"), certificates, parts=True),
    )


def _whole(counts: Counts) -> dict[str, int]:
    return {label: count for label, count in counts.items() if count is not None}


def _named(counts: Mapping[str, int], listed: type[Listed] | None) -> dict[str, int]:
    """Counts by the marked text of their code; a town by its own name."""
    known = {one.value: one.text for one in listed or ()}
    return {known.get(code, code) or NOT_RECORDED: count for code, count in counts.items() if count}


def _medians(name: str, spreads: Mapping[str, Spread]) -> Counted:
    known = {label: one for label, one in spreads.items() if one.median is not None}
    middle = {label: round(one.median or 0) for label, one in known.items()}
    return Counted(name, middle, of={label: one.count for label, one in known.items()})
