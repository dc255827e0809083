"""The sheets of Project Lifesaver, F-701 to F-714 (domain.md 7.7, 24.1): what each asks, in its order."""

from __future__ import annotations

from app.documents.sheets import Ask, Asks, Build, Choices, Face, Grid, Picture, Say, Signs, Ticks, Warn, sheet
from app.documents.signing import GUARDIAN_SIGNS, WITNESS_SIGNS, WORKER_SIGNS
from app.models.lifesaver_vocab import BatteryStep, CaregiverDuty, Criterion, IssueEnd, VisitOutcome
from app.models.search_vocab import (
    DebriefStep,
    FoundBy,
    FoundCondition,
    NotifyStep,
    SearchedPlace,
    SearchOutcome,
    TransmitterFound,
)
from app.models.vocab import Listed
from app.words import mark

_CAREGIVER = mark("Caregiver")
_PHYSICIAN = mark("Physician")
_COMMANDER = mark("Commander")
_SUPERVISOR = mark("Supervisor")


def _choices(listed: type[Listed]) -> Choices:
    return tuple((one.value, one.text) for one in listed)


_PERSON = (
    Ask("name", mark("Name"), strong=True),
    Ask("number", mark("Number")),
    Ask("born", mark("Date of birth")),
    Ask("municipality", mark("Municipality")),
)
_CAREGIVERS = Grid(
    mark("Caregivers"),
    "caregivers",
    ((mark("Name"), 2), (mark("Relation"), 1.2), (mark("Telephone"), 1.6), (mark("Position in the plan"), 1.2)),
    blank=3,
)
_LIMITS = Say(
    mark("What the transmitter is, and what it is not"),
    (
        mark("It is a small radio that sends a pulse about once a second. Searchers follow the pulse with an antenna."),
        mark("It is not a locator: nobody can see on a screen where the person is, and nobody watches the signal."),
        mark("Its reach is limited: about two kilometres on the ground, less in buildings, in water or behind hills."),
        mark("It does not replace supervision, locks or a fence, and it cannot keep the person from harm."),
    ),
)
_NOW = Say(
    mark("When the person is missing"),
    (
        mark("Call 911 at once. Do not search first and call later: every minute counts."),
        mark("Say: “enrolled in Project Lifesaver”, the name, and when and where you last saw the person."),
        mark("Keep this telephone free, and let one caregiver stay at home."),
        mark("Have a recent picture and the clothing of today ready."),
    ),
    caution=True,
)

F_701 = sheet(
    Asks(mark("The person"), (*_PERSON, Ask("asked_by", mark("Who asks")), Ask("asked_on", mark("Asked on")))),
    Asks(
        mark("Health and wandering"),
        (
            Ask("diagnosis", mark("Diagnosis")),
            Ask("letter_on", mark("Physician’s letter of")),
            Ask("wandered", mark("Earlier disappearances"), wide=True),
        ),
    ),
    Grid(
        mark("Eligibility"),
        "criteria",
        ((mark("Criterion"), 3), (mark("Answer"), 1)),
        fixed=tuple(one.text for one in Criterion),
    ),
    Asks(mark("Result"), (Ask("result", mark("Result"), strong=True), Ask("note", mark("Note"), wide=True))),
    Signs((WORKER_SIGNS,)),
)

F_702 = sheet(
    Asks("", _PERSON),
    Say(
        mark("This agreement"),
        (mark("The service lends a transmitter to the person named above. Taking part is voluntary."),),
    ),
    Ticks(mark("What the caregiver takes on"), "duties", _choices(CaregiverDuty), columns=1),
    _NOW,
    _LIMITS,
    Say(
        mark("Consent and release"),
        (
            mark(
                "I agree that police and searchers use the profile, the picture and the frequency to find the person."
            ),
            mark("A neighbouring police service may be given them in a search. They are used for nothing else."),
            mark("I understand the limits above, and do not hold the service liable when no signal is heard in time."),
        ),
    ),
    Asks(
        mark("Fees"),
        (Ask("fee_transmitter", mark("Transmitter")), Ask("fee_annual", mark("Batteries and straps for a year"))),
    ),
    Signs((_CAREGIVER, GUARDIAN_SIGNS, WITNESS_SIGNS, WORKER_SIGNS)),
)

F_703 = sheet(
    Asks(mark("Patient"), _PERSON),
    Say(
        "",
        (mark("The family asks for a search transmitter. Please state whether a condition makes wandering likely."),),
    ),
    Asks(
        mark("Statement"),
        (
            Ask("diagnosis", mark("Condition"), wide=True),
            Ask("risk", mark("Risk of wandering: yes or no")),
            Ask("letter_on", mark("Date")),
            Ask("basis", mark("Basis of this opinion"), wide=True),
            Ask("physician", mark("Physician")),
        ),
    ),
    Signs((_PHYSICIAN,)),
)

F_704 = sheet(
    Asks(mark("The person"), (*_PERSON, Ask("status", mark("Status")), Ask("looks", mark("Looks like"), wide=True))),
    Asks(
        mark("Health"),
        (
            Ask("diagnosis", mark("Diagnosis")),
            Ask("physician", mark("Physician")),
            Ask("letter_on", mark("Physician’s letter of")),
            Ask("alerts", mark("Medical alerts")),
        ),
    ),
    Asks(
        mark("Transmitter"),
        (
            Ask("serial", mark("Serial number"), strong=True),
            Ask("wear_site", mark("Worn on")),
            Ask("hand", mark("Hand they use")),
            Ask("strap", mark("Strap")),
            Ask("skin", mark("Skin")),
            Ask("sensory", mark("What they bear on the skin")),
            Ask("preparation", mark("How to prepare them"), wide=True),
        ),
    ),
    Asks(
        mark("Home"),
        (
            Ask("address", mark("Address"), wide=True),
            Ask("position", mark("Position")),
            Ask("exits", mark("Ways out")),
            Ask("gates", mark("Gates")),
            Ask("terrain", mark("Terrain")),
            Ask("hazards", mark("Hazards near by"), wide=True),
        ),
    ),
    Asks(
        mark("Wandering"),
        (
            Ask("motive", mark("Why they leave")),
            Ask("direction", mark("Usual direction")),
            Ask("speed", mark("Speed")),
            Ask("hides", mark("Hides")),
            Ask("wandered", mark("Earlier disappearances"), wide=True),
        ),
    ),
    _CAREGIVERS,
    Signs((_CAREGIVER, WORKER_SIGNS)),
)

F_705 = sheet(
    _NOW,
    Say(
        mark("The first five minutes"),
        (
            mark("Call 911 and say the sentence above."),
            mark("Answer what the call-taker asks; do not hang up."),
            mark("Look in the whole home while you speak: cupboards, beds, cellar, garage, car."),
            mark("Let somebody meet the police at the door with a picture."),
        ),
    ),
    Asks(
        mark("To have ready"),
        (
            Ask("name", mark("Name"), strong=True),
            Ask("number", mark("Number")),
            Ask("serial", mark("Transmitter")),
            Ask("wear_site", mark("Worn on")),
        ),
    ),
    Say(
        mark("Every day"),
        (
            mark("Test the transmitter and write it down. When the light stays dark, call the programme the same day."),
            mark("Never take it off yourself. When it came off, call us: somebody comes within a day."),
        ),
    ),
    _LIMITS,
)

_TEST_COLUMNS = (
    (mark("Date"), 1.2),
    (mark("Time"), 0.8),
    (mark("Light"), 0.7),
    (mark("Worn"), 0.7),
    (mark("Band"), 0.7),
    (mark("Skin"), 0.7),
    (mark("Initials"), 0.9),
    (mark("Remarks"), 2.4),
)
F_706 = sheet(
    Asks(
        "", (Ask("number", mark("Number")), Ask("serial", mark("Transmitter")), Ask("month", mark("Month"))), columns=3
    ),
    Grid("", "tests", _TEST_COLUMNS, blank=31, roomy=False, tight=True),
    Say("", (mark("When a light stays dark, or something hurts, call the programme the same day."),)),
)

F_707 = sheet(
    Asks(
        mark("Visit"),
        (
            Ask("client", mark("Number"), strong=True),
            Ask("kind", mark("What for")),
            Ask("planned", mark("Planned for")),
            Ask("serial", mark("Transmitter")),
            Ask("arrived", mark("Arrived")),
            Ask("left", mark("Left the place")),
            Ask("who", mark("Done by")),
            Ask("next", mark("Next visit on")),
        ),
    ),
    Asks(
        mark("Battery"),
        (
            Ask("installed", mark("Put in on")),
            Ask("due", mark("Due on")),
            Ask("volts", mark("Voltage before, in volts")),
            Ask("tested_m", mark("Signal tested at, in metres")),
        ),
    ),
    Ticks(mark("Done"), "steps", _choices(BatteryStep)),
    Ticks(mark("How it went"), "outcome", _choices(VisitOutcome)),
    Asks("", (Ask("skin", mark("Skin")), Ask("remarks", mark("Remarks"), wide=True))),
    Signs((_CAREGIVER, WORKER_SIGNS)),
)

F_708 = sheet(
    Asks("", _PERSON),
    Grid(
        mark("Equipment"),
        "issues",
        (
            (mark("Serial number"), 1.2),
            (mark("Given on"), 1.1),
            (mark("Condition"), 1.3),
            (mark("Given with it"), 1.6),
            (mark("Back on"), 1.1),
            (mark("What became of it"), 1.4),
        ),
        blank=4,
    ),
    Ticks(mark("What became of it"), "ends", _choices(IssueEnd)),
    Signs((_CAREGIVER, WORKER_SIGNS)),
)

_LAST_SEEN = (
    Ask("seen", mark("Last seen"), strong=True),
    Ask("place", mark("Where")),
    Ask("seen_by", mark("By whom")),
    Ask("way", mark("Which way they went")),
    Ask("going", mark("How they move")),
    Ask("clothing", mark("Clothing today"), wide=True),
    Ask("shoes", mark("Shoes")),
    Ask("mood", mark("Mood")),
    Ask("trigger", mark("What happened before"), wide=True),
    Ask("trackers", mark("Telephone, watch or tag with them")),
    Ask("medication", mark("Medication due at")),
)
F_709 = sheet(
    Asks(
        mark("The call"),
        (
            Ask("person", mark("Who is missing"), strong=True),
            Ask("enrolled", mark("In the programme?")),
            Ask("call", mark("Call at")),
            Ask("occurrence", mark("Occurrence number")),
            Ask("caller", mark("Who calls")),
            Ask("phone", mark("Telephone")),
        ),
    ),
    Asks(mark("Last seen"), _LAST_SEEN),
    Ticks(mark("Searched already"), "searched", _choices(SearchedPlace)),
    Asks(
        mark("Transmitter"),
        (Ask("wearing", mark("Do they wear the transmitter now?")), Ask("tested", mark("Last good daily test"))),
    ),
    Ticks(mark("Told and arranged"), "notified", _choices(NotifyStep)),
    Asks("", (Ask("units", mark("Units sent"), wide=True),)),
)

F_710 = sheet(
    Face(),
    Asks(
        "",
        (
            Ask("person", mark("Who is missing"), strong=True),
            Ask("age", mark("Age")),
            Ask("number", mark("Number")),
            Ask("occurrence", mark("Occurrence number")),
        ),
        columns=4,
    ),
    Warn("banner", mark("The signal may fail")),
    Grid(
        mark("Listen for"),
        "transmitters",
        ((mark("Serial number"), 1), (mark("Frequency"), 1.2), (mark("Pulse"), 0.8)),
        blank=2,
        large=True,
    ),
    Asks(
        "",
        (
            Ask("wear_site", mark("Worn on")),
            Ask("strap", mark("Strap")),
            Ask("battery", mark("Battery of")),
            Ask("battery_due", mark("Battery due on")),
            Ask("tested", mark("Last good daily test")),
        ),
        columns=3,
    ),
    Asks(mark("Last seen"), _LAST_SEEN[:6], columns=3),
    Asks(
        mark("Where to look"),
        (
            Ask("address", mark("Home"), wide=True),
            Ask("position", mark("Position")),
            Ask("exits", mark("Ways out")),
            Ask("hazards", mark("Hazards near by"), wide=True),
            Ask("places", mark("Places they go to"), wide=True),
            Ask("motive", mark("Why they leave")),
            Ask("direction", mark("Usual direction")),
            Ask("speed", mark("Speed")),
            Ask("hides", mark("Hides")),
        ),
        columns=3,
    ),
    _CAREGIVERS,
)

F_710A = sheet(
    Say("", (mark("For receivers in vehicles and aircraft. Keep it with the kit and destroy it after the search."),)),
    Grid(
        "",
        "transmitters",
        ((mark("Serial number"), 1), (mark("Frequency"), 1.2), (mark("Pulse"), 0.8), (mark("Status"), 1.4)),
        blank=20,
        roomy=False,
    ),
)

_BEARINGS = Grid(
    mark("Bearings"),
    "bearings",
    (
        (mark("Time"), 0.8),
        (mark("Place"), 1.9),
        (mark("Read"), 1),
        (mark("True"), 0.8),
        (mark("Signal"), 0.9),
        (mark("Pulse"), 1),
        (mark("Operator"), 1.3),
        (mark("Remarks"), 1.6),
    ),
    blank=14,
)
_FIX = Asks(
    mark("Position"),
    (
        Ask("position", mark("Position"), strong=True),
        Ask("ellipse", mark("95 of 100 times within")),
        Ask("fix_note", mark("Remarks"), wide=True),
    ),
)
_SEARCH_HEAD = Asks(
    "",
    (
        Ask("number", mark("Number"), strong=True),
        Ask("occurrence", mark("Occurrence number")),
        Ask("person", mark("Who is missing")),
        Ask("commander", mark("Commander")),
    ),
)
F_711 = sheet(_SEARCH_HEAD, _BEARINGS, _FIX, Picture(mark("Plot, north up")))

F_712 = sheet(
    _SEARCH_HEAD,
    Warn("drill"),
    Grid(
        mark("What happened when"),
        "times",
        ((mark("Moment"), 2), (mark("Time"), 1.4), (mark("Since the call"), 1)),
        blank=9,
    ),
    Asks(mark("Last seen"), _LAST_SEEN),
    Asks(mark("Urgency"), (Ask("urgency", mark("Urgency"), strong=True), Ask("parts", mark("Parts"), wide=True))),
    Asks("", (Ask("weather", mark("Weather")), Ask("terrain", mark("Terrain")), Ask("team", mark("Team"), wide=True))),
    _BEARINGS,
    _FIX,
    Asks(
        mark("Found"),
        (
            Ask("found_where", mark("Where"), wide=True),
            Ask("found_m", mark("Found from last seen")),
            Ask("found_place", mark("Kind of place")),
        ),
    ),
    Ticks(mark("How it ended"), "outcome", _choices(SearchOutcome)),
    Ticks(mark("Found by"), "found_by", _choices(FoundBy)),
    Ticks(mark("Condition"), "condition", _choices(FoundCondition)),
    Ticks(mark("Transmitter"), "transmitter", _choices(TransmitterFound)),
    Grid(
        mark("Given to other services"),
        "hand_overs",
        ((mark("Time"), 1.2), (mark("To whom"), 1.6), (mark("What"), 2), (mark("What allows it"), 1.4)),
        blank=2,
    ),
    Ticks(mark("Debrief"), "debrief", _choices(DebriefStep)),
    Asks(
        "",
        (
            Ask("lessons", mark("What we learned"), wide=True),
            Ask("faults", mark("Faults of the equipment"), wide=True),
            Ask("remarks", mark("Remarks"), wide=True),
        ),
    ),
    Signs((_COMMANDER, _SUPERVISOR)),
)

F_713 = sheet(
    Asks("", (Ask("day", mark("Day"), strong=True), Ask("who", mark("Who goes")))),
    Grid(
        "",
        "route",
        (
            (mark("Stop"), 0.7),
            (mark("Address"), 2.2),
            (mark("Municipality"), 1.1),
            (mark("Telephone"), 1.3),
            (mark("Heed"), 1.2),
            (mark("Serial number"), 0.9),
            (mark("Due on"), 1.2),
            (mark("Done"), 0.6),
        ),
        blank=14,
    ),
)

F_714 = sheet(
    Asks("", _PERSON),
    Asks(
        mark("Fee"),
        (
            Ask("kind", mark("What for")),
            Ask("period", mark("For the time from")),
            Ask("amount", mark("Amount"), strong=True),
            Ask("due", mark("Due on"), strong=True),
            Ask("paid", mark("Paid")),
            Ask("owed", mark("Still to pay"), strong=True),
        ),
    ),
    Say(
        mark("If you cannot pay"),
        (
            mark("Nobody loses a transmitter for want of money. Ask for a subsidy below, or call us."),
            mark("A supervisor decides, and we tell you the decision in writing."),
        ),
    ),
    Asks(
        mark("Request for a subsidy"),
        (
            Ask("asked", mark("Subsidy asked for")),
            Ask("proof", mark("Proof that was seen")),
            Ask("decision", mark("Decision")),
            Ask("reason", mark("Reason"), wide=True),
        ),
    ),
    Signs((_CAREGIVER, _SUPERVISOR)),
)

SHEETS: dict[str, Build] = {
    "F-701": F_701,
    "F-702": F_702,
    "F-703": F_703,
    "F-704": F_704,
    "F-705": F_705,
    "F-706": F_706,
    "F-707": F_707,
    "F-708": F_708,
    "F-709": F_709,
    "F-710": F_710,
    "F-710A": F_710A,
    "F-711": F_711,
    "F-712": F_712,
    "F-713": F_713,
    "F-714": F_714,
}
"""Every sheet by its form id."""
