"""The closed lists of Project Lifesaver (domain.md 7): codes that are stored, and the words people read."""

from __future__ import annotations

from app.models.vocab import Listed
from app.words import mark


class LifesaverStatus(Listed):
    """Where a client stands (domain.md 7.5)."""

    INQUIRY = "inquiry", mark("Inquiry")
    SCREENING = "screening", mark("Being screened")
    NOT_ELIGIBLE = "not_eligible", mark("Not eligible")
    WAITLIST = "waitlist", mark("On the waitlist")
    ACCEPTED = "accepted", mark("Accepted")
    ENROLLED = "enrolled", mark("Enrolled")
    SUSPENDED = "paused", mark("Suspended")
    DISCHARGED = "discharged", mark("Discharged")


class SuspendReason(Listed):
    """Why a client does not wear the transmitter for a while."""

    HOSPITAL = "hospital", mark("In hospital")
    TRAVEL = "travel", mark("Travelling")
    OTHER = "other", mark("Another reason")


class DischargeReason(Listed):
    """Why a client leaves the programme."""

    MOVED = "moved", mark("Moved away")
    DECLINED = "declined", mark("The family declines")
    NOT_WEARING = "not_wearing", mark("Does not wear it")
    CAREGIVER = "caregiver", mark("The caregiver cannot keep the duties")
    DECEASED = "deceased", mark("Deceased")
    SECURE_CARE = "secure_care", mark("In secure care")


class Criterion(Listed):
    """What eligibility asks (domain.md 7.3); the codes are those of the form `pls_eligibility`."""

    RESIDENT = "resident", mark("Lives in the region")
    WANDER_RISK = "wander_risk", mark("Has wandered, or a physician states the risk")
    CAREGIVER_ALWAYS = "caregiver_always", mark("A caregiver is there day and night")
    WITH_CAREGIVER = "with_caregiver", mark("Lives with a caregiver or in an open part of a facility")
    NO_OUTINGS = "unescorted", mark("Does not go out alone in a way that raises the risk")
    NO_DRIVING = "drives", mark("Does not drive")
    WILLING = "willing", mark("Will wear the transmitter at all times")
    COGNITIVE = "cognitive", mark("Leaves because of a condition, not because of a conflict")
    CONSENT = "consent", mark("Informed consent of who may decide")
    AGREES = "agrees", mark("The caregiver accepts the duties")


class WearSite(Listed):
    """Where the transmitter is worn (domain.md 7.4)."""

    DOMINANT_WRIST = "dominant_wrist", mark("Wrist of the hand they use")
    OTHER_WRIST = "other_wrist", mark("Other wrist")
    LEFT_ANKLE = "left_ankle", mark("Left ankle")
    RIGHT_ANKLE = "right_ankle", mark("Right ankle")
    OTHER = "other", mark("Elsewhere")


class Hand(Listed):
    """The hand a person uses."""

    RIGHT = "right", mark("Right")
    LEFT = "left", mark("Left")
    BOTH = "both", mark("Both")


class Strap(Listed):
    """What holds the transmitter."""

    PLASTIC = "plastic", mark("Plastic")
    NYLON = "nylon", mark("Nylon")
    SECURE = "secure", mark("Secure clasp")


class CaregiverPosition(Listed):
    """Whether a caregiver is asked first."""

    PRIMARY = "primary", mark("Primary")
    BACKUP = "backup", mark("Back-up")


class CaregiverDuty(Listed):
    """What a caregiver takes on (domain.md 7.7, F-702)."""

    SUPERVISE = "supervise", mark("Stay with the person; the transmitter does not watch")
    TEST = "test", mark("Test the transmitter every day and write it down")
    VISITS = "visits", mark("Be there for the battery visits")
    CHANGES = "changes", mark("Tell us of changes")
    CALL_911 = "call_911", mark("Call 911 at once when the person is missing")
    FEES = "fees", mark("Pay the fee, or ask for a subsidy")
    RETURN_KIT = "return_kit", mark("Give everything back at the end")


class TransmitterStatus(Listed):
    """Where a transmitter is (domain.md 7.4). One that is issued to a suspended client stays issued."""

    IN_STOCK = "in_stock", mark("In stock")
    ISSUED = "issued", mark("Issued")
    QUARANTINE = "quarantine", mark("In quarantine")
    TEST = "test", mark("To be tested")
    REPAIR = "repair", mark("In repair")
    LOST = "lost", mark("Lost")
    DESTROYED = "destroyed", mark("Destroyed")
    RETIRED = "retired", mark("Retired")


class IssueEnd(Listed):
    """How an issue ended."""

    RETURNED = "returned", mark("Returned")
    LOST = "lost", mark("Lost")
    DESTROYED = "destroyed", mark("Destroyed")
    NEVER_HANDED = "never_handed", mark("Was never handed over")


class VisitKind(Listed):
    """What a visit is for (domain.md 7.4)."""

    ENROLMENT = "enrolment", mark("Enrolment")
    MAINTENANCE = "maintenance", mark("Battery and care")
    REPAIR = "repair", mark("Repair")
    SKIN = "skin", mark("Skin check")
    REFIT = "refit", mark("Put the transmitter on again")
    DISCHARGE = "discharge", mark("Discharge")


class VisitOutcome(Listed):
    """How a visit went."""

    DONE = "done", mark("Done")
    NOBODY_HOME = "nobody_home", mark("Nobody at home")
    REFUSED = "refused", mark("Refused")
    PUT_OFF = "put_off", mark("Put off")


class BatteryStep(Listed):
    """What is done with each new battery (domain.md 7.4, F-707)."""

    BAND = "band", mark("Band replaced")
    O_RING = "o_ring", mark("O-ring lubricated")
    CLEANED = "cleaned", mark("Residue cleaned off")
    INSPECTED = "inspected", mark("Case and seal inspected")
    SKIN = "skin", mark("Skin looked at")
    SHEET_IN = "sheet_in", mark("Test sheet collected")
    SHEET_OUT = "sheet_out", mark("New test sheet given")


class FeeKind(Listed):
    """What a fee is for."""

    TRANSMITTER = "transmitter", mark("Transmitter")
    ANNUAL = "annual", mark("Batteries and straps for a year")
    MONTHLY = "monthly", mark("Batteries and straps for a month")
    REPLACEMENT = "replacement", mark("Replacement")


class SubsidyDecision(Listed):
    """What was decided about a subsidy."""

    ASKED = "asked", mark("Asked for")
    GRANTED = "granted", mark("Granted")
    REFUSED = "refused", mark("Refused")


class ReceiverKind(Listed):
    """A receiver and its antenna (domain.md 7.4)."""

    HANDHELD = "handheld", mark("Handheld with directional antenna")
    VEHICLE = "vehicle", mark("Vehicle, all round")
    AIRCRAFT = "aircraft", mark("Aircraft")


class KitCondition(Listed):
    """What a check found."""

    GOOD = "good", mark("Works")
    LIMITED = "limited", mark("Works with limits")
    DEFECTIVE = "defective", mark("Does not work")


class OperatorLevel(Listed):
    """What an operator is certified for."""

    OPERATOR = "operator", mark("Operator")
    INSTRUCTOR = "instructor", mark("Instructor")
