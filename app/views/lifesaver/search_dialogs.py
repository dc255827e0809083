"""The dialogs of a search: the call-taker's script, a bearing, how it ended, the debrief."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QWidget

from app.models.rules.search import FOUND
from app.models.search_vocab import (
    BearingNorth,
    BearingQuality,
    DebriefStep,
    FoundBy,
    FoundCondition,
    FoundPlace,
    Going,
    HandOverAuthority,
    HandOverPart,
    HandOverWay,
    Light,
    NotifyStep,
    Polarization,
    Precipitation,
    PulseHeard,
    SearchedPlace,
    SearchOutcome,
    SignalScale,
    TeamPart,
    TransmitterFound,
)
from app.models.vocab import Precision
from app.queries.lifesaver_search import CardFound, SearchView, card_found, cards
from app.queries.settings import local_day
from app.services import lifesaver_search as verbs
from app.services import search_notices as notices
from app.views.common.asked_picker import AskedPicker, Deliver
from app.views.common.choices import SegmentedChoice, TickBox, TriChoice
from app.views.common.dates import DateField, InstantField
from app.views.common.entries import EntriesEdit, Part
from app.views.common.moments import Moment
from app.views.common.picker import ComboPicker
from app.views.common.stepper import NumberField
from app.views.common.text import LineEdit, NoteEdit
from app.views.lifesaver.ask import Act, Ask, AskDialog, decimal, one_of, options, pick, some_of
from app.views.programme import Context
from app.words import tr

Done = Callable[[Any], None]
_PAGE = 20
_TEAM = (
    Part("part", lambda: tr("What takes part"), listed=TeamPart),
    Part("name", lambda: tr("Name")),
    Part("kit", lambda: tr("Kit")),
)


def script(context: Context) -> list[Ask]:
    """What the call-taker asks, in the order of F-709."""
    zone = ZoneInfo(context.zone)
    seen, medication = (InstantField(clock=context.clock, zone=zone) for _ in range(2))
    return [
        Ask("seen_at", lambda: tr("Last seen"), seen, part=lambda: tr("Last seen"), wide=True),
        Ask("seen_place", lambda: tr("Where"), LineEdit()),
        Ask("seen_by", lambda: tr("By whom"), LineEdit()),
        Ask("seen_lat", lambda: tr("Latitude"), LineEdit(), hint=lambda: tr("Degrees, such as 43.5123")),
        Ask("seen_lon", lambda: tr("Longitude"), LineEdit(), hint=lambda: tr("Degrees, such as -79.8821")),
        Ask("seen_direction", lambda: tr("Which way they went"), LineEdit()),
        Ask("going", lambda: tr("How they move"), pick(Going)),
        Ask(
            "searched",
            lambda: tr("Searched already"),
            some_of(SearchedPlace),
            part=lambda: tr("Before we go"),
            wide=True,
        ),
        Ask("wearing", lambda: tr("Do they wear the transmitter now?"), TriChoice()),
        Ask("last_test_ok", lambda: tr("Was the last daily test all right?"), TriChoice()),
        Ask("alone", lambda: tr("Are they alone?"), TriChoice()),
        Ask("clothing", lambda: tr("Clothing today"), LineEdit(), part=lambda: tr("The person today"), wide=True),
        Ask("footwear", lambda: tr("Shoes"), LineEdit()),
        Ask("mood", lambda: tr("Mood"), LineEdit()),
        Ask("trigger", lambda: tr("What happened before"), LineEdit()),
        Ask("trackers", lambda: tr("Telephone, watch or tag with them"), LineEdit()),
        Ask("medication_due_at", lambda: tr("Medication due at"), medication, wide=True),
        Ask("feels_like_c", lambda: tr("Feels like"), _degrees(), part=lambda: tr("Weather")),
        Ask("temperature_c", lambda: tr("Temperature"), _degrees()),
        Ask("precipitation", lambda: tr("Rain or snow"), one_of(Precipitation)),
        Ask("light", lambda: tr("Light"), one_of(Light)),
        Ask("water_c", lambda: tr("Water temperature"), _degrees()),
    ]


def _degrees() -> NumberField:
    return NumberField(-60, 60, "°C")


def _who_is_missing(context: Context, parent: QWidget) -> AskedPicker:
    """Anybody who wears a transmitter, asked for while one types."""
    tasks = context.tasks

    def words(one: CardFound) -> str:
        parts = (one.initials, one.age_band.label(), one.number, one.municipality)
        return " · ".join(part for part in parts if part)

    def ask(text: str, offset: int, deliver: Deliver) -> None:
        now = context.clock()

        def question(session: Any) -> tuple[CardFound, ...]:
            return cards(session, text, today=local_day(session, now), limit=_PAGE + 1, offset=offset)

        def answer(found: tuple[CardFound, ...]) -> None:
            deliver([(one.card_id, words(one)) for one in found[:_PAGE]], len(found) > _PAGE)

        tasks.read(picker, question, answer)

    def name(value: Any, deliver: Callable[[str], None]) -> None:
        now = context.clock()
        tasks.read(
            picker,
            lambda session: card_found(session, str(value), today=local_day(session, now)),
            lambda found: deliver(words(found) if found is not None else ""),
        )

    picker = AskedPicker(ask, name, lambda: tr("Name, number or town"), parent)
    return picker


def activate(context: Context, parent: QWidget, done: Done) -> AskDialog:
    """The call came in."""
    zone = ZoneInfo(context.zone)
    asks = [
        Ask(
            "card_id",
            lambda: tr("Who is missing"),
            _who_is_missing(context, parent),
            part=lambda: tr("The call"),
        ),
        Ask(
            "person",
            lambda: tr("Name, if not in the programme"),
            LineEdit(),
            when=lambda typed: typed.get("card_id") is None,
        ),
        Ask("occurrence_no", lambda: tr("Occurrence number"), LineEdit(), required=True),
        Ask("call_at", lambda: tr("Call at"), InstantField(clock=context.clock, zone=zone), wide=True),
        Ask("reported_by", lambda: tr("Who calls"), LineEdit()),
        Ask("caller_phone", lambda: tr("Telephone"), LineEdit()),
        Ask("drill", lambda: tr("Drill"), TickBox(lambda: tr("This is a drill: it counts in no statistics"))),
        *script(context),
    ]
    act = Act(
        "search.start",
        lambda: tr("Start a search"),
        lambda: tr("Start the search"),
        verbs.activate_search,
        lambda typed: verbs.ActivateSearch(**_said(typed)),
        text=lambda: tr("Ask in this order; what is not known can be added later. Opening the card is recorded."),
    )
    values = {"call_at": Moment(context.clock().replace(second=0, microsecond=0), Precision.EXACT)}
    return AskDialog(context, parent, act, asks, values, done)


def hand_over(context: Context, parent: QWidget, view: SearchView, done: Done) -> AskDialog:
    """What another service's team is given; the sheet is shown once it is entered."""
    asks = [
        Ask("given_to", lambda: tr("Which service"), LineEdit(), required=True),
        Ask("receiver", lambda: tr("Who takes it, with badge number"), LineEdit()),
        Ask("parts", lambda: tr("What they are given"), some_of(HandOverPart), required=True, wide=True),
        Ask("authority", lambda: tr("What allows it"), pick(HandOverAuthority), required=True),
        Ask("way", lambda: tr("How"), one_of(HandOverWay)),
        Ask("note", lambda: tr("Note"), LineEdit(), wide=True),
    ]

    def command(typed: dict[str, Any]) -> notices.HandOverSearch:
        parts = tuple(HandOverPart.of(code) for code in typed.pop("parts") or ())
        return notices.HandOverSearch(search_id=view.id, parts=parts, **typed)

    act = Act(
        "search.give",
        lambda: tr("Hand over to another service"),
        lambda: tr("Enter it and show the sheet"),
        notices.hand_over_search,
        command,
        subject=view.id,
        text=lambda: tr("The entry says who was given what, and by what right. It stays with the search."),
        said=lambda: tr("Entered. Print the sheet for the other team."),
    )
    given = tuple(one.value for one in (HandOverPart.FREQUENCY, HandOverPart.CARD))
    return AskDialog(context, parent, act, asks, {"parts": given, "authority": HandOverAuthority.SAFETY}, done)


def more(
    context: Context,
    parent: QWidget,
    search_id: str,
    values: Mapping[str, Any],
    people: Sequence[tuple[Any, Any]],
    done: Done,
) -> AskDialog:
    """The script again, with what is known, who commands, who takes part, and whom the commander thought of."""
    asks = [
        *script(context),
        Ask("notified", lambda: tr("Done"), some_of(NotifyStep), part=lambda: tr("Told and arranged"), wide=True),
        Ask("commander_id", lambda: tr("Commander"), ComboPicker(people), part=lambda: tr("Team")),
        Ask(
            "team", lambda: tr("Team"), EntriesEdit("search.more.team", _TEAM, lambda: tr("Add to the team")), wide=True
        ),
    ]
    act = Act(
        "search.more",
        lambda: tr("What else is known"),
        lambda: tr("Save"),
        verbs.update_search,
        lambda typed: verbs.UpdateSearch(search_id=search_id, **_said(typed)),
        subject=search_id,
        changes_only=True,
    )
    return AskDialog(context, parent, act, asks, _shown(values), done)


def bearing(
    context: Context,
    parent: QWidget,
    search_id: str,
    operators: Sequence[tuple[str, str, bool]],
    receivers: Sequence[tuple[str, str]],
    transmitters: Sequence[tuple[str, str]],
    last: Mapping[str, Any],
    done: Done,
) -> AskDialog:
    """One bearing; place, operator and receiver of the last one stand there already."""
    zone = ZoneInfo(context.zone)
    supervisor = context.person.role.value == "SUP"
    certified = {member for member, _, valid in operators if valid}
    asks = [
        Ask("bearing", lambda: tr("Bearing"), LineEdit(), hint=lambda: tr("Degrees from 0 to 360")),
        Ask("north", lambda: tr("Counted from"), SegmentedChoice(options(BearingNorth), optional=False)),
        Ask("lat", lambda: tr("Your latitude"), LineEdit(), required=True),
        Ask("lon", lambda: tr("Your longitude"), LineEdit(), required=True),
        Ask("heard", lambda: tr("Pulse"), SegmentedChoice(options(PulseHeard), optional=False)),
        Ask("quality", lambda: tr("How good it is"), SegmentedChoice(options(BearingQuality), optional=False)),
        Ask("signal", lambda: tr("Signal"), LineEdit()),
        Ask("scale", lambda: tr("Read as"), SegmentedChoice(options(SignalScale), optional=False)),
        Ask(
            "operator_id",
            lambda: tr("Operator"),
            ComboPicker([(member, name) for member, name, _ in operators]),
            required=True,
        ),
        Ask("receiver_id", lambda: tr("Receiver"), ComboPicker([*receivers])),
        Ask("transmitter_id", lambda: tr("Transmitter"), ComboPicker([*transmitters])),
        Ask("attenuation_db", lambda: tr("Attenuation in dB"), LineEdit()),
        Ask("polarization", lambda: tr("Antenna held"), one_of(Polarization)),
        Ask("airborne", lambda: tr("From the air"), TickBox(lambda: tr("Taken from an aircraft"))),
        Ask("altitude_m", lambda: tr("Altitude"), NumberField(0, 9000, "m"), when=lambda typed: typed["airborne"]),
        Ask("taken_at", lambda: tr("Taken at"), InstantField(clock=context.clock, zone=zone), wide=True),
        Ask("note", lambda: tr("Note"), LineEdit(), wide=True),
        Ask(
            "override_reason",
            lambda: tr("Why without a certificate"),
            LineEdit(),
            wide=True,
            when=lambda typed: (
                supervisor and typed["operator_id"] is not None and typed["operator_id"] not in certified
            ),
        ),
    ]
    act = Act(
        "search.bearing",
        lambda: tr("Log a bearing"),
        lambda: tr("Log it"),
        verbs.log_bearing,
        lambda typed: _bearing(search_id, typed),
        subject=search_id,
    )
    first = {"north": BearingNorth.MAGNETIC, "heard": PulseHeard.YES, "quality": BearingQuality.GOOD}
    return AskDialog(context, parent, act, asks, {**first, "scale": SignalScale.BARS, **last}, done)


def close(context: Context, parent: QWidget, search_id: str, done: Done) -> AskDialog:
    """How it ended; where and how the person was found is asked when somebody was."""
    found = lambda typed: typed["outcome"] in FOUND  # noqa: E731  (asked of several fields)
    asks = [
        Ask("outcome", lambda: tr("How it ended"), pick(SearchOutcome), required=True, wide=True),
        Ask("found_where", lambda: tr("Found where"), LineEdit(), wide=True, when=found),
        Ask("found_lat", lambda: tr("Latitude"), LineEdit(), when=found),
        Ask("found_lon", lambda: tr("Longitude"), LineEdit(), when=found),
        Ask("found_place", lambda: tr("Kind of place"), pick(FoundPlace), when=found),
        Ask("found_by", lambda: tr("Found by"), pick(FoundBy), when=found),
        Ask("found_condition", lambda: tr("Condition"), pick(FoundCondition), when=found),
        Ask("transmitter_found", lambda: tr("Transmitter"), pick(TransmitterFound), when=found),
        Ask("found_remarks", lambda: tr("Remarks"), NoteEdit(), wide=True),
    ]
    act = Act(
        "search.close",
        lambda: tr("Close the search"),
        lambda: tr("Close it"),
        verbs.close_search,
        lambda typed: verbs.CloseSearch(
            search_id=search_id,
            **{**typed, "found_lat": decimal(typed["found_lat"]), "found_lon": decimal(typed["found_lon"])},
        ),
        said=lambda: tr("The search is closed. The debrief is on the list of tasks."),
        subject=search_id,
    )
    return AskDialog(context, parent, act, asks, None, done)


def debrief(context: Context, parent: QWidget, search_id: str, values: Mapping[str, Any], done: Done) -> AskDialog:
    """What was gone through after a search."""
    asks = [
        Ask("steps", lambda: tr("Gone through"), some_of(DebriefStep), wide=True),
        Ask("lessons", lambda: tr("What we learned"), NoteEdit(), wide=True),
        Ask("faults", lambda: tr("Faults of the equipment"), NoteEdit(), wide=True),
        Ask("on", lambda: tr("On"), DateField(clock=context.clock)),
    ]
    act = Act(
        "search.debrief",
        lambda: tr("Debrief"),
        lambda: tr("Save"),
        verbs.debrief_search,
        lambda typed: verbs.DebriefSearch(
            search_id=search_id,
            steps=tuple(step for step in DebriefStep if step.value in (typed["steps"] or ())),
            lessons=typed["lessons"],
            faults=typed["faults"],
            on=typed["on"],
        ),
        subject=search_id,
    )
    known = {"steps": values.get("debriefed"), "lessons": values.get("lessons"), "faults": values.get("faults")}
    return AskDialog(context, parent, act, asks, known, done)


def raise_urgency(context: Context, parent: QWidget, search_id: str, total: int, done: Done) -> AskDialog:
    """A supervisor sets the points higher."""
    asks = [
        Ask("to", lambda: tr("Points"), NumberField(1, 99), required=True),
        Ask("reason", lambda: tr("Why?"), NoteEdit(), required=True, wide=True),
    ]
    act = Act(
        "search.raise",
        lambda: tr("Raise the urgency"),
        lambda: tr("Raise it"),
        verbs.raise_urgency,
        lambda typed: verbs.RaiseUrgency(search_id=search_id, to=typed["to"], reason=typed["reason"] or ""),
        subject=search_id,
    )
    return AskDialog(context, parent, act, asks, {"to": total + 1}, done)


def rest(context: Context, parent: QWidget, search_id: str, goes_on: bool, done: Done) -> AskDialog:
    """Let the search rest, or go on with it."""
    title = (lambda: tr("Go on with the search")) if goes_on else (lambda: tr("Suspend the search"))
    act = Act(
        "search.rest",
        title,
        title,
        verbs.suspend_search,
        lambda typed: verbs.SuspendSearch(search_id=search_id, reason=typed["reason"] or "", goes_on=goes_on),
        subject=search_id,
    )
    return AskDialog(
        context, parent, act, [Ask("reason", lambda: tr("Why?"), NoteEdit(), required=True, wide=True)], None, done
    )


def withdraw(context: Context, parent: QWidget, bearing_id: str, done: Done) -> AskDialog:
    """A row of the log was a mistake."""
    act = Act(
        "search.withdraw",
        lambda: tr("Withdraw the bearing"),
        lambda: tr("Withdraw it"),
        verbs.withdraw_bearing,
        lambda typed: verbs.WithdrawBearing(bearing_id=bearing_id, reason=typed["reason"] or ""),
        text=lambda: tr("It stays in the log and counts no more."),
        subject=bearing_id,
    )
    return AskDialog(
        context, parent, act, [Ask("reason", lambda: tr("Why?"), NoteEdit(), required=True, wide=True)], None, done
    )


def _bearing(search_id: str, typed: dict[str, Any]) -> verbs.LogBearing:
    numbers = {name: decimal(typed[name]) for name in ("bearing", "signal", "attenuation_db", "lat", "lon")}
    plain = {name: value for name, value in typed.items() if name not in numbers}
    return verbs.LogBearing(
        search_id=search_id,
        **{**plain, **numbers, "lat": _place(numbers["lat"]), "lon": _place(numbers["lon"])},
    )


def _place(value: float | None) -> float:
    """What cannot be read lies outside the earth, so that the service refuses it at its field."""
    return 999.0 if value is None else value


def _said(typed: dict[str, Any]) -> dict[str, Any]:
    """Without the questions that were not answered, so that nobody's earlier answer is emptied."""
    return {name: value for name, value in typed.items() if value is not None}


def _shown(values: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(values)
    for name in ("seen_at", "medication_due_at"):
        if found.get(name) is not None:
            found[name] = Moment(found[name], found.get("seen_precision") or Precision.EXACT)
    return found
