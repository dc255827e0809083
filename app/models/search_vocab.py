"""The closed lists of a search for a missing person (domain.md 7.4, SearchActivation and BearingLog)."""

from __future__ import annotations

from app.models.vocab import Listed
from app.words import mark


class SearchStatus(Listed):
    """Where a search stands (domain.md 7.5)."""

    ALERTED = "alerted", mark("Alerted")
    STAGED = "staged", mark("Team on the way")
    SEARCHING = "searching", mark("Searching")
    LOCATED = "located", mark("Located")
    SUSPENDED = "suspended", mark("Search suspended")
    CLOSED = "closed", mark("Closed")


class SearchStep(Listed):
    """The moments of a search, in their order; the code is the name of the field that keeps it."""

    EN_ROUTE = "en_route_at", mark("On the way")
    ON_SCENE = "on_scene_at", mark("On scene")
    FIRST_SIGNAL = "first_signal_at", mark("First signal")
    LOCATED = "located_at", mark("Located")
    RETURNED = "returned_at", mark("Back home")
    STOOD_DOWN = "stood_down_at", mark("Stood down")


class SearchedPlace(Listed):
    """Where the family looked before they called; call-takers ask for each."""

    HOME = "home", mark("The whole home, cupboards and beds")
    YARD = "yard", mark("Yard, shed and pool")
    BUILDING = "building", mark("The rest of the building")
    VEHICLE = "vehicle", mark("Vehicles")
    NEIGHBOURS = "neighbours", mark("Neighbours")


class Going(Listed):
    """How the missing person moves."""

    FOOT = "foot", mark("On foot")
    BIKE = "bike", mark("Bicycle")
    BUS = "bus", mark("Bus or train")
    CAR = "car", mark("Car")
    WHEELCHAIR = "wheelchair", mark("Wheelchair")
    UNKNOWN = "unknown", mark("Not known")


class Precipitation(Listed):
    """What falls."""

    NONE = "none", mark("Dry")
    RAIN = "rain", mark("Rain")
    SNOW = "snow", mark("Snow")
    ICE = "ice", mark("Freezing rain")


class Light(Listed):
    """How much light there is."""

    DAY = "day", mark("Daylight")
    DUSK = "dusk", mark("Dusk")
    DARK = "dark", mark("Dark")


class NotifyStep(Listed):
    """Whom and what the commander thinks of."""

    CAREGIVER_HOME = "caregiver_home", mark("A caregiver stays at home by the telephone")
    SUPERVISOR = "supervisor", mark("Supervisor told")
    SPECIALISTS = "specialists", mark("Search specialists called")
    REGISTRY = "registry", mark("Registry told")
    MEDIA = "media", mark("A public alert was considered")


class TeamPart(Listed):
    """What takes part in a search."""

    COMMANDER = "commander", mark("Commander")
    OPERATOR = "operator", mark("Operator")
    AIRCRAFT = "aircraft", mark("Aircraft")
    K9 = "k9", mark("Dog team")
    MARINE = "marine", mark("Marine unit")
    NEIGHBOURS = "neighbours", mark("Neighbouring service")
    GROUND = "ground", mark("Ground search")


class UrgencyPart(Listed):
    """What makes a search urgent; each part has its own points (domain.md 7.4, AC)."""

    AGE = "age", mark("Age")
    TIME = "time", mark("Time missing")
    WEATHER = "weather", mark("Weather and light")
    TERRAIN = "terrain", mark("Hazards near home")
    HEALTH = "health", mark("Health")
    DANGER = "danger", mark("Drawn to danger")
    ALONE = "alone", mark("Alone")
    SIGNAL = "signal", mark("The signal may fail")


class UrgencyBand(Listed):
    """What the points come to."""

    URGENT = "urgent", mark("Urgent")
    VERY_URGENT = "very_urgent", mark("Very urgent")
    EXTREME = "extreme", mark("Life in danger")


class PulseHeard(Listed):
    """Whether the transmitter was heard."""

    YES = "yes", mark("Heard")
    INTERMITTENT = "intermittent", mark("Heard now and then")
    NO = "no", mark("Not heard")


class BearingNorth(Listed):
    """What a bearing is counted from; the codes are those of `app.locate`."""

    MAGNETIC = "magnetic", mark("Compass")
    TRUE = "true", mark("Map")


class BearingQuality(Listed):
    """What the operator thinks of a bearing; the codes are those of `app.locate`."""

    GOOD = "good", mark("Good")
    REFLECTED = "reflected", mark("Reflected")
    BLOCKED = "blocked", mark("Blocked")


class SignalScale(Listed):
    """How a signal is read; the codes are those of `app.locate`."""

    BARS = "bars", mark("Bars (0 to 9)")
    DB = "dB", mark("Decibels")


class Polarization(Listed):
    """How the antenna is held."""

    VERTICAL = "vertical", mark("Vertical")
    HORIZONTAL = "horizontal", mark("Horizontal")


class FoundPlace(Listed):
    """Where somebody was found."""

    HOME = "home", mark("At home or in the building")
    YARD = "yard", mark("Yard or garden")
    STREET = "street", mark("Street or path")
    WOODS = "woods", mark("Woods or field")
    WATER = "water", mark("By or in water")
    STORE = "store", mark("Store or public building")
    VEHICLE = "vehicle", mark("Vehicle")
    TRANSIT = "transit", mark("Bus, train or station")
    OTHER_HOME = "other_home", mark("Another home")
    OTHER = "other", mark("Elsewhere")


class FoundBy(Listed):
    """What led to the person."""

    SIGNAL = "signal", mark("The signal")
    PATROL = "patrol", mark("Patrol")
    SEARCHERS = "searchers", mark("Searchers on foot")
    CAREGIVER = "caregiver", mark("Caregiver or family")
    PUBLIC = "public", mark("Somebody of the public")
    SELF = "self", mark("Came back alone")
    DOG = "dog", mark("Dog team")
    AIRCRAFT = "aircraft", mark("Aircraft")


class FoundCondition(Listed):
    """How the person was."""

    WELL = "well", mark("Well")
    COLD_WET = "cold_wet", mark("Cold or wet")
    DEHYDRATED = "dehydrated", mark("Thirsty or exhausted")
    INJURED = "injured", mark("Injured")
    CRITICAL = "critical", mark("Life-threatening")
    DECEASED = "deceased", mark("Deceased")


class TransmitterFound(Listed):
    """How the transmitter was when the person was found."""

    WORKING = "working", mark("Worn and sending")
    SILENT = "silent", mark("Worn and silent")
    REMOVED = "removed", mark("Taken off")
    LOST = "lost", mark("Gone")
    NONE = "none", mark("Had none")


class SearchOutcome(Listed):
    """How a search ended (domain.md 7.4)."""

    SAFE = "safe", mark("Found safe")
    INJURED = "injured", mark("Found injured")
    HOSPITAL = "hospital", mark("Taken to hospital")
    DECEASED = "deceased", mark("Found deceased")
    BY_SELF = "by_self", mark("Came back alone")
    FALSE = "false", mark("Not at risk, or at home")
    OTHER_AGENCY = "other_agency", mark("Taken over by another agency")
    MISSING = "missing", mark("Still missing")


class HandOverPart(Listed):
    """What another service is given of a search (domain.md 7.6.10)."""

    FREQUENCY = "frequency", mark("Frequency")
    CARD = "card", mark("Search card")
    PHOTO = "photo", mark("Photograph")
    BEARINGS = "bearings", mark("Bearings and position")
    EMERGENCY_CARD = "emergency_card", mark("Emergency card")


class HandOverAuthority(Listed):
    """What allows a disclosure (domain.md 2.12)."""

    SAFETY = "safety", mark("Health or safety emergency")
    CONSENT = "consent", mark("Consent")
    CONSISTENT = "consistent", mark("Consistent purpose")
    POLICE = "police", mark("Law enforcement")
    COURT = "court", mark("Court order")
    STATUTE = "statute", mark("Statute")


class HandOverWay(Listed):
    """How it was given."""

    PAPER = "paper", mark("On paper")
    SPOKEN = "spoken", mark("By telephone or radio")
    SEALED_MAIL = "sealed_mail", mark("By encrypted e-mail")


class DebriefStep(Listed):
    """What a debrief goes through (domain.md 7.4)."""

    TEAM = "team", mark("The team talked it through")
    CAREGIVER = "caregiver", mark("The caregiver was shown again what to do")
    PROFILE = "profile", mark("The profile was brought up to date")
    EQUIPMENT = "equipment", mark("Faults of the equipment were reported")
