"""Closed lists: the words of the field, each with the code that is stored and the English text that is translated.

A new member is added at the end of its list; a code never changes its meaning. What a service may edit itself
(municipalities, service types, limits) is not here but in `rules/defaults.py` and the agency's settings.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from app.words import Words, current, mark


class Listed(StrEnum):
    """A closed list: the value is the code, `text` the marked English text."""

    text: str

    def __new__(cls, code: str, text: str) -> Self:
        """One member: its code and its English text."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.text = text
        return member

    @classmethod
    def of(cls, code: str) -> Self:
        """The member with this code. Raises ValueError for any other."""
        return cls(code)  # type: ignore[call-arg]  # the look-up by value, which mypy takes for the making of a member

    def label(self, words: Words | None = None) -> str:
        """The text in the given language (default: the interface's)."""
        return (words or current()).tr(self.text)


def label(value: object, words: Words | None = None) -> str:
    """The text of a listed value; a code from a newer version is shown as it is, nothing as an empty text."""
    if isinstance(value, Listed):
        return value.label(words)
    return "" if value is None else str(value)


class ScopeKind(StrEnum):
    """What a scope holds; who may read each kind stands in `rules/access.py`."""

    AGENCY = "agency"
    REQUEST = "request"
    CASE = "case"
    CASE_PRIVATE = "case_private"
    CHILD_PROTECTION = "child_protection"
    REGISTRATION = "registration"
    REGISTRY_CARD = "registry_card"
    REGISTRY_ACCESS = "registry_access"
    FORM_ANSWER = "form_answer"
    LIFESAVER = "lifesaver"
    LIFESAVER_VISIT = "lifesaver_visit"
    LIFESAVER_STORE = "lifesaver_store"
    LIFESAVER_FREQUENCY = "lifesaver_frequency"
    LIFESAVER_FLEET = "lifesaver_fleet"
    LIFESAVER_CARD = "lifesaver_card"
    LIFESAVER_SEARCH = "lifesaver_search"
    LIFESAVER_NOTICE = "lifesaver_notice"
    TRACKING_STOCK = "tracking_stock"
    TRACKING = "tracking"
    TRACKING_SAFETY = "tracking_safety"
    TRACKING_ALARM = "tracking_alarm"
    TRACKING_LOCATION = "tracking_location"
    DISPATCH_CARD = "dispatch_card"
    TRACKING_ACCESS = "tracking_access"
    COUNTS = "counts"
    RETENTION = "retention"
    AUDIT = "audit"
    AUDIT_APART = "audit_apart"


class AttachmentKind(Listed):
    """What the bytes of an attachment are to people."""

    PHOTO = "photo", mark("Photograph")
    PICTURE = "picture", mark("Picture")
    SOUND = "sound", mark("Recording")
    FILE = "file", mark("File")
    SIGNATURE = "signature", mark("Signature or drawing")


class Tri(Listed):
    """Yes, no or unknown; unknown is never treated as no (nor as yes)."""

    YES = "yes", mark("Yes")
    NO = "no", mark("No")
    UNKNOWN = "unknown", mark("Not known")


class Role(Listed):
    """What a person acts as, one at a time (domain.md 1.2)."""

    OFF = "OFF", mark("Officer")
    DSP = "DSP", mark("Dispatcher")
    VOL = "VOL", mark("Crisis responder (volunteer)")
    VSU = "VSU", mark("Victim services worker")
    VQC = "VQC", mark("Quick response coordinator")
    REG = "REG", mark("Registry coordinator")
    ESS = "ESS", mark("Electronic search specialist")
    IPV = "IPV", mark("Partner violence liaison")
    YTH = "YTH", mark("Youth team")
    DIV = "DIV", mark("Diversion officer")
    CSW = "CSW", mark("Community plan analyst")
    SUP = "SUP", mark("Supervisor")
    ADM = "ADM", mark("Administrator")
    AUD = "AUD", mark("Auditor")


class AuditAction(StrEnum):
    """What the audit trail records (domain.md 2.12, safety.md 5.4)."""

    VIEW = "view"
    CREATE = "create"
    EDIT = "edit"
    REVEAL = "reveal"
    PRINT = "print"
    EXPORT = "export"
    CONTACT = "contact"
    OVERRIDE = "override"
    BREAK_GLASS = "break_glass"
    FAILED_ACCESS = "failed_access"
    LOGIN = "login"
    LOCK = "lock"
    ROLE_SWITCH = "role_switch"
    REVIEW = "review"
    SYNC = "sync"
    KEYS = "keys"
    RESTORE = "restore"
    DESTROY = "destroy"


class Waits(StrEnum):
    """Why a case that was given to others is still on this computer (safety.md 5.3.8)."""

    WORK = "work"
    """Own work in it has no receipt yet."""
    REFUSED = "refused"
    FILES = "files"
    """The bytes of own files in it are perhaps only here."""
    NEWS = "news"
    """Something that came for it waits for a key, an author or what was written before."""
    OTHERS = "others"
    """Nobody who reads it now has begun the next key yet."""


class RetentionClass(Listed):
    """What is destroyed together at the end of its time (domain.md 20.5)."""

    REGISTRATION = "registration", mark("Registration")
    CARDS = "cards", mark("Emergency cards of a year")
    LOCATIONS = "locations", mark("Positions of an alarm device")


class Precision(Listed):
    """How well a moment is known."""

    EXACT = "exact", mark("Exact")
    ABOUT = "about", mark("About")
    DATE_ONLY = "date_only", mark("Date only")
    UNKNOWN = "unknown", mark("Not known")


class DobPrecision(Listed):
    """How well a date of birth is known."""

    EXACT = "exact", mark("Exact date")
    YEAR_MONTH = "year_month", mark("Month and year")
    YEAR = "year", mark("Year only")
    ESTIMATED = "estimated", mark("Estimated from age")


class AgeBand(Listed):
    """Age groups used where a birth date is not needed (domain.md 22.3)."""

    B0_11 = "0-11", mark("0 to 11")
    B12_17 = "12-17", mark("12 to 17")
    B18_24 = "18-24", mark("18 to 24")
    B25_34 = "25-34", mark("25 to 34")
    B35_44 = "35-44", mark("35 to 44")
    B45_54 = "45-54", mark("45 to 54")
    B55_64 = "55-64", mark("55 to 64")
    B65 = "65+", mark("65 and over")
    UNKNOWN = "unknown", mark("Not known")


class Gender(Listed):
    """Gender as the person says it; not asked by default."""

    WOMAN = "woman", mark("Woman or girl")
    MAN = "man", mark("Man or boy")
    NON_BINARY = "non_binary", mark("Non-binary")
    TWO_SPIRIT = "two_spirit", mark("Two-Spirit")
    ANOTHER = "another", mark("Another gender")
    NOT_ASKED = "not_asked", mark("Not asked")
    PREFERS_NOT = "prefers_not", mark("Prefers not to say")


class Capacity(Listed):
    """Who decides for the person."""

    OWN = "own", mark("Makes own decisions")
    PARENT = "parent", mark("Parent or guardian")
    SUBSTITUTE = "substitute", mark("Substitute decision-maker")
    ATTORNEY = "attorney", mark("Power of attorney")
    UNKNOWN = "unknown", mark("Not known")


class Relation(Listed):
    """How one person is related to another (domain.md 2.2)."""

    SPOUSE = "spouse", mark("Spouse")
    FORMER_SPOUSE = "former_spouse", mark("Former spouse")
    COMMON_LAW = "common_law", mark("Common-law partner")
    DATING = "dating", mark("Dating partner")
    FORMER_DATING = "former_dating", mark("Former dating partner")
    PARENT = "parent", mark("Parent")
    CHILD = "child", mark("Child")
    STEP_CHILD = "step_child", mark("Step-child")
    SIBLING = "sibling", mark("Brother or sister")
    GRANDPARENT = "grandparent", mark("Grandparent")
    OTHER_FAMILY = "other_family", mark("Other family")
    GUARDIAN = "guardian", mark("Guardian")
    SUBSTITUTE = "substitute", mark("Substitute decision-maker")
    CAREGIVER = "caregiver", mark("Paid caregiver")
    FRIEND = "friend", mark("Friend")
    ROOMMATE = "roommate", mark("Roommate")
    NEIGHBOUR = "neighbour", mark("Neighbour")
    CO_WORKER = "co_worker", mark("Co-worker")
    ACQUAINTANCE = "acquaintance", mark("Acquaintance")
    AUTHORITY = "authority", mark("Authority figure")
    STRANGER = "stranger", mark("Stranger")
    UNKNOWN = "unknown", mark("Not known")


class ContactKind(Listed):
    """What a safe contact is."""

    PHONE = "phone", mark("Telephone")
    EMAIL = "email", mark("E-mail")
    ADDRESS = "address", mark("Address")
    PERSON = "person", mark("Someone who can pass on a message")


class Voicemail(Listed):
    """Whether a message may be left; none by default."""

    NONE = "none", mark("Do not leave a message")
    GENERIC = "generic", mark("Generic message only")
    FULL = "full", mark("Full message allowed")


class CallerId(Listed):
    """What the telephone shows when we call; blocked by default."""

    BLOCK = "block", mark("Block caller ID")
    SHOW = "show", mark("Show the service")
    ALTERNATE = "alternate", mark("Show the alternate number")


class RequestSource(Listed):
    """Who asks for the service (domain.md 3.3)."""

    POLICE_ON_SCENE = "police_on_scene", mark("Police on scene")
    POLICE_AFTER = "police_after", mark("Police, afterwards")
    HOSPITAL = "hospital", mark("Hospital")
    SHELTER = "shelter", mark("Shelter")
    VICTIM_SERVICE = "victim_service", mark("Other victim service")
    COMMUNITY = "community", mark("Community agency")
    SELF = "self", mark("The person themself")
    FAMILY = "family", mark("Family or friend")


class ResponseWanted(Listed):
    """What the requester wants to happen."""

    ON_SCENE = "on_scene", mark("On scene now")
    PHONE_NOW = "phone_now", mark("Phone now")
    WITHIN_24H = "within_24h", mark("Call within 24 hours")
    NEXT_BUSINESS_DAY = "next_business_day", mark("Next business day")


class SceneSafe(Listed):
    """Whether responders may go in; on-scene help needs police who stay."""

    POLICE_STAYING = "police_staying", mark("Secured, police staying")
    POLICE_LEAVING = "police_leaving", mark("Secured, police leaving")
    NOT_SECURED = "not_secured", mark("Not secured")
    PHONE_ONLY = "phone_only", mark("Phone only")


class ConsentToContact(Listed):
    """Whether the person agreed to be contacted."""

    YES = "yes", mark("Yes")
    REFUSED = "refused", mark("Refused")
    NOT_ASKED = "not_asked", mark("Not asked")
    UNABLE = "unable", mark("Unable to answer")


class AccusedWhereabouts(Listed):
    """Where the accused is now."""

    IN_CUSTODY = "in_custody", mark("In custody")
    GONE = "gone", mark("Gone")
    ON_SCENE = "on_scene", mark("On scene")
    UNKNOWN = "unknown", mark("Not known")


class Ask(Listed):
    """What is asked of victim services."""

    EMOTIONAL = "emotional", mark("Emotional support")
    TRANSPORT = "transport", mark("Transport")
    SHELTER = "shelter", mark("Shelter")
    LOCKS = "locks", mark("Locks")
    CLEAN_UP = "clean_up", mark("Clean-up")
    NOTIFICATION = "notification", mark("Notification support")
    CHILD = "child", mark("Child support")
    INFORMATION = "information", mark("Information")


class IncidentKind(Listed):
    """Crime or tragic circumstance."""

    CRIME = "crime", mark("Crime")
    SUSPECTED = "suspected", mark("Suspected crime")
    TRAGIC = "tragic", mark("Tragic circumstance (no crime)")


class OffenceGroup(Listed):
    """Offence groups and tragic circumstances (domain.md 2.4.1)."""

    HOMICIDE = "homicide", mark("Homicide")
    ATTEMPTED_MURDER = "attempted_murder", mark("Attempted murder")
    SERIOUS_ASSAULT = "serious_assault", mark("Serious assault")
    KIDNAPPING = "kidnapping", mark("Kidnapping or forcible confinement")
    SIMPLE_ASSAULT = "simple_assault", mark("Simple assault")
    IPV = "ipv", mark("Intimate partner violence")
    CHILD_ABUSE = "child_abuse", mark("Child abuse")
    ELDER_ABUSE = "elder_abuse", mark("Elder abuse")
    SEXUAL_ASSAULT = "sexual_assault", mark("Sexual assault")
    CHILD_SEXUAL_ABUSE = "child_sexual_abuse", mark("Child sexual abuse")
    HARASSMENT = "harassment", mark("Criminal harassment")
    TRAFFICKING = "trafficking", mark("Human trafficking")
    HATE_CRIME = "hate_crime", mark("Hate crime")
    INTIMATE_IMAGES = "intimate_images", mark("Sharing of intimate images without consent")
    THREATS = "threats", mark("Uttering threats")
    ROBBERY = "robbery", mark("Robbery")
    HOME_INVASION = "home_invasion", mark("Home invasion")
    ARSON = "arson", mark("Arson")
    FRAUD = "fraud", mark("Fraud or scam")
    BREAK_AND_ENTER = "break_and_enter", mark("Break and enter")
    THEFT = "theft", mark("Theft")
    MISCHIEF = "mischief", mark("Mischief")
    IMPAIRED_DRIVING = "impaired_driving", mark("Impaired driving causing harm")
    OTHER = "other", mark("Other offence")
    SUDDEN_DEATH = "sudden_death", mark("Sudden death")
    SUICIDE = "suicide", mark("Suicide")
    FATAL_COLLISION = "fatal_collision", mark("Fatal collision")
    FIRE = "fire", mark("Fire")
    DROWNING = "drowning", mark("Drowning")
    MISSING_PERSON = "missing_person", mark("Missing person")
    OVERDOSE = "overdose", mark("Overdose")
    WORKPLACE_DEATH = "workplace_death", mark("Workplace death")
    DISASTER = "disaster", mark("Natural disaster")
    NEXT_OF_KIN = "next_of_kin", mark("Notification of next of kin")
    OTHER_TRAGIC = "other_tragic", mark("Other tragic circumstance")


TRAGIC_CIRCUMSTANCES = frozenset(
    list(OffenceGroup)[list(OffenceGroup).index(OffenceGroup.SUDDEN_DEATH) :],
)


class Injury(Listed):
    """How badly someone is hurt."""

    NONE = "none", mark("None")
    MINOR = "minor", mark("Minor")
    HOSPITAL = "hospital", mark("Hospital")
    LIFE_THREATENING = "life_threatening", mark("Life-threatening")
    FATAL = "fatal", mark("Fatal")
    UNKNOWN = "unknown", mark("Not known")


class Distress(Listed):
    """How distressed someone appears."""

    CALM = "calm", mark("Calm")
    UPSET = "upset", mark("Upset")
    SEVERE = "severe", mark("Severe distress")
    UNKNOWN = "unknown", mark("Not known")


class RoleInEvent(Listed):
    """What the person is in the event (domain.md 2.5)."""

    DIRECT = "direct", mark("Direct victim")
    FAMILY = "family", mark("Family member")
    WITNESS = "witness", mark("Witness")
    SECONDARY = "secondary", mark("Other person affected")
    REGISTRANT = "registrant", mark("Registrant")
    CAREGIVER = "caregiver", mark("Caregiver")
    YOUTH = "youth", mark("Youth")


class RequestStatus(Listed):
    """Where a service request stands (domain.md 3.4)."""

    RECEIVED = "received", mark("Received")
    TRIAGED = "triaged", mark("Triaged")
    DISPATCHED = "dispatched", mark("Dispatched")
    PHONE_RESPONSE = "phone_response", mark("Phone response")
    DECLINED = "declined", mark("Declined")
    ATTENDED = "attended", mark("Attended")
    CANCELLED = "cancelled", mark("Cancelled")
    NOT_FOUND = "not_found", mark("Not found")
    FOLLOW_UP = "follow_up", mark("Handed to follow-up")
    NO_FURTHER = "no_further", mark("No further service")


class ResponderStatus(Listed):
    """Whether a called responder comes."""

    CALLED = "called", mark("Called")
    ACCEPTED = "accepted", mark("Accepted")
    DECLINED = "declined", mark("Declined")


class CaseStatus(Listed):
    """Where a case stands (domain.md 3.4)."""

    OPEN = "open", mark("Open")
    ASSESSING = "assessing", mark("Assessing")
    ACTIVE = "active", mark("Active")
    MONITORING = "monitoring", mark("Monitoring")
    CLOSED = "closed", mark("Closed")


class SupportLevel(Listed):
    """Standard or enhanced support."""

    STANDARD = "standard", mark("Standard support")
    ENHANCED = "enhanced", mark("Enhanced support")


class Priority(Listed):
    """How soon a case needs someone."""

    IMMEDIATE = "immediate", mark("Immediate")
    HIGH = "high", mark("High")
    ROUTINE = "routine", mark("Routine")


class CloseReason(Listed):
    """Why a case is closed."""

    GOALS_MET = "goals_met", mark("Goals met")
    CLIENT_ENDED = "client_ended", mark("Ended by the client")
    MOVED = "moved", mark("Moved away")
    UNABLE_TO_REACH = "unable_to_reach", mark("Unable to reach")
    TRANSFERRED = "transferred", mark("Transferred")
    DECEASED = "deceased", mark("Deceased")
    INELIGIBLE = "ineligible", mark("Not eligible")


class Direction(Listed):
    """Which way a contact went."""

    OUT = "out", mark("Outgoing")
    IN = "in", mark("Incoming")
    ATTEMPTED = "attempted", mark("Attempted, no answer")
    IN_PERSON = "in_person", mark("In person")
    LETTER = "letter", mark("Letter")
    THIRD_PARTY = "third_party", mark("Through someone else")


class Channel(Listed):
    """How a contact is made."""

    PHONE = "phone", mark("Phone call")
    TEXT = "text", mark("Text message")
    EMAIL = "email", mark("E-mail")
    MAIL = "mail", mark("Letter")
    ON_SCENE = "on_scene", mark("On scene")
    OFFICE = "office", mark("Office visit")
    HOME = "home", mark("Home visit")
    VIDEO = "video", mark("Video call")
    OTHER = "other", mark("Other")


class ServiceFamily(Listed):
    """Families of services delivered (domain.md 2.7)."""

    A = "A", mark("Information and referral")
    B = "B", mark("Advocacy and accompaniment")
    C = "C", mark("Emotional support or safety")
    D = "D", mark("Shelter and housing")
    E = "E", mark("Justice assistance")
    F = "F", mark("Practical help")


class ServiceItem(Listed):
    """Services delivered; the letter before the point is the family."""

    JUSTICE_PROCESS = "A.justice_process", mark("How the justice process works")
    RIGHTS = "A.rights", mark("Victims' rights explained")
    VQRP_INFORMATION = "A.vqrp", mark("Quick response programme explained")
    COMPENSATION = "A.compensation", mark("Compensation and restitution")
    COMMUNITY_SERVICES = "A.community", mark("Community services")
    IMPACT_STATEMENT = "A.impact_statement", mark("Victim impact statement")
    HOSPITAL = "B.hospital", mark("Hospital accompaniment")
    INTERVIEW = "B.interview", mark("Interview accompaniment")
    COURT = "B.court", mark("Court accompaniment")
    AGENCY = "B.agency", mark("Agency accompaniment")
    DEPENDANT_CARE = "B.dependant_care", mark("Care of children or dependants arranged")
    IMMIGRATION = "B.immigration", mark("Immigration help")
    INTERPRETER = "B.interpreter", mark("Interpreter arranged")
    TRANSPORT = "B.transport", mark("Transport arranged")
    ON_SCENE = "C.on_scene", mark("On-scene crisis intervention")
    PHONE_CRISIS = "C.phone_crisis", mark("Phone crisis intervention")
    DE_ESCALATION = "C.de_escalation", mark("De-escalation")
    SAFETY_PLANNING = "C.safety_planning", mark("Safety planning")
    DEATH_NOTIFICATION = "C.death_notification", mark("Support at a death notification")
    EMERGENCY_FUNDS = "C.emergency_funds", mark("Emergency funds")
    DEVICE_ISSUED = "C.device", mark("Personal alarm issued")
    EMERGENCY_ACCOMMODATION = "D.accommodation", mark("Emergency accommodation")
    SHELTER_PLACEMENT = "D.shelter", mark("Shelter placement")
    RELOCATION = "D.relocation", mark("Relocation")
    HOUSING_APPLICATION = "D.housing", mark("Housing application")
    EVENT_NOTICE = "E.event_notice", mark("Told of justice events")
    BAIL_CONDITIONS = "E.bail", mark("Bail conditions explained")
    PROPERTY_RETURN = "E.property", mark("Return of property")
    STATEMENT_SUPPORT = "E.statement", mark("Support with a statement")
    COURT_PREPARATION = "E.court_preparation", mark("Court preparation")
    STATUS_LETTER = "E.status_letter", mark("Case status letter")
    CLOTHING = "F.clothing", mark("Clothing")
    FOOD = "F.food", mark("Food")
    CLEANING = "F.cleaning", mark("Cleaning")
    LOCKS = "F.locks", mark("Locks changed")
    CELL_PHONE = "F.cell_phone", mark("Cell phone")
    DOCUMENTS = "F.documents", mark("Documents replaced")

    @property
    def family(self) -> ServiceFamily:
        """The family of this service."""
        return ServiceFamily[self.value[0]]


class PresentingState(Listed):
    """How the person is when met."""

    CALM = "calm", mark("Calm")
    TEARFUL = "tearful", mark("Tearful")
    SHOCK = "shock", mark("In shock")
    ANGRY = "angry", mark("Angry")
    DISSOCIATED = "dissociated", mark("Far away, dissociated")
    INTOXICATED = "intoxicated", mark("Intoxicated")
    MEDICAL = "medical", mark("Medical need")
    SUICIDAL = "suicidal", mark("Thoughts of suicide")


class CrisisComponent(Listed):
    """What crisis intervention delivered."""

    DE_ESCALATION = "de_escalation", mark("De-escalation")
    PHYSICAL_SAFETY = "physical_safety", mark("Physical safety established")
    EMOTIONAL_SAFETY = "emotional_safety", mark("Emotional safety")
    CHOICES = "choices", mark("Choices reinforced")


class SafetyStep(Listed):
    """What is checked for immediate safety on scene (domain.md 3.3)."""

    PREMISES = "premises", mark("Premises secured (board-up, locks, doors, windows)")
    SAFE_PLACE = "safe_place", mark("Safe place to go tonight")
    SHELTER_BED = "shelter_bed", mark("Shelter bed")
    TRANSPORT = "transport", mark("Transport")
    MEDICAL = "medical", mark("Medical care")
    DEPENDANTS = "dependants", mark("Care for children or dependants")
    MEDICATION = "medication", mark("Medication")
    PHONE = "phone", mark("A working phone")
    FLAG_911 = "flag_911", mark("911 flag on the address requested")
    KEYS = "keys", mark("Keys and access codes held by the accused")
    WEAPONS = "weapons", mark("Weapons removed")
    PETS = "pets", mark("Pets")
    WORK_SCHOOL = "work_school", mark("Workplace or school told")
    PROTECTIVE_ORDER = "protective_order", mark("Protective order requested")
    CHILDRENS_AID = "childrens_aid", mark("Children's aid told")


class SafetyStatus(Listed):
    """The state of one immediate safety step."""

    NOT_NEEDED = "not_needed", mark("Not needed")
    DONE = "done", mark("Done")
    ARRANGED = "arranged", mark("Arranged")
    REFUSED = "refused", mark("Refused")
    UNABLE = "unable", mark("Unable")


class AssistanceKind(Listed):
    """Kinds of practical assistance."""

    TRANSPORT = "transport", mark("Transport")
    CLOTHING = "clothing", mark("Clothing")
    FOOD = "food", mark("Food")
    HYGIENE = "hygiene", mark("Hygiene kit")
    PHONE = "phone", mark("Phone")
    CAB = "cab", mark("Cab voucher")
    GIFT_CARD = "gift_card", mark("Gift card")
    LOCKS = "locks", mark("Locks")
    CLEAN_UP = "clean_up", mark("Clean-up")
    RELATIVES = "relatives", mark("Contacting relatives")
    DOCUMENTS = "documents", mark("Replacing documents")
    PETS = "pets", mark("Pet care")
    CHILDCARE = "childcare", mark("Childcare")
    OTHER = "other", mark("Other")


class PaidFrom(Listed):
    """Which money pays for practical assistance."""

    FUND = "fund", mark("Programme fund")
    DONATION = "donation", mark("Donation")
    VQRP = "vqrp", mark("Quick response programme")


class NeedDomain(Listed):
    """Domains of the needs assessment (domain.md 3.3)."""

    SAFETY = "safety", mark("Immediate and ongoing safety")
    PHYSICAL_HEALTH = "physical_health", mark("Physical health")
    EMOTIONAL = "emotional", mark("Emotional and mental health")
    HOUSING = "housing", mark("Housing")
    MONEY = "money", mark("Money and basic needs")
    JUSTICE = "justice", mark("Justice and rights")
    FAMILY = "family", mark("Family and children")
    PRACTICAL = "practical", mark("Practical")
    TECHNOLOGY = "technology", mark("Technology")
    SOCIAL = "social", mark("Social support")
    CULTURE = "culture", mark("Culture, language, identity, immigration")
    ACCESSIBILITY = "accessibility", mark("Accessibility")
    WORK_SCHOOL = "work_school", mark("Work and school")
    PETS = "pets", mark("Pets and animals")


NEED_PROMPTS: dict[NeedDomain, str] = {
    NeedDomain.SAFETY: mark("Fear of further harm, access by the accused, stalking, weapons, a way out"),
    NeedDomain.PHYSICAL_HEALTH: mark("Injury, hospital, medication, pregnancy, strangulation check, disability"),
    NeedDomain.EMOTIONAL: mark("Sleep, panic, grief, thoughts of suicide, substance use, who supports"),
    NeedDomain.HOUSING: mark("Safe tonight and for 30 days, locks, lease, eviction, shelter"),
    NeedDomain.MONEY: mark("Income, food, bills, benefits, whether the accused controls money"),
    NeedDomain.JUSTICE: mark("Statement, charges, bail, court date, impact statement, compensation, property"),
    NeedDomain.FAMILY: mark("Care, school, custody, children exposed to violence, child protection contact"),
    NeedDomain.PRACTICAL: mark("Transport, phone, documents, clean-up, funeral"),
    NeedDomain.TECHNOLOGY: mark("Shared accounts, tracking, images, harassment online"),
    NeedDomain.SOCIAL: mark("Who knows, who helps, isolation, faith and culture"),
    NeedDomain.CULTURE: mark("Interpreter, status at risk, Indigenous healing, discrimination"),
    NeedDomain.ACCESSIBILITY: mark("Mobility, communication, service animal, support person"),
    NeedDomain.WORK_SCHOOL: mark("Leave, safety on site, attendance"),
    NeedDomain.PETS: mark("Care, threats against animals, shelter for them"),
}
"""What to ask about in each domain, in our own words."""


class NeedLevel(Listed):
    """How much help a domain needs."""

    NONE = "0", mark("No need")
    INFORMATION = "1", mark("Information")
    SOME_HELP = "2", mark("Some help")
    URGENT = "3", mark("Urgent")
    NOT_ASKED = "9", mark("Not asked")
    DECLINED = "8", mark("Declined")


class AssessmentKind(Listed):
    """When the needs were assessed."""

    FIRST = "first", mark("First assessment")
    REPEAT = "repeat", mark("Repeated at 30 days")
    CLOSURE = "closure", mark("At closure")


class VulnerabilityFactor(Listed):
    """Any of these leads to enhanced support (domain.md 3.3; editable by the service)."""

    HOMICIDE_FAMILY = "homicide_family", mark("Family of a homicide victim")
    SEXUAL_OFFENCE = "sexual_offence", mark("Sexual offence")
    TRAFFICKING = "trafficking", mark("Human trafficking")
    HIGH_RISK_IPV = "high_risk_ipv", mark("Partner violence with high risk")
    DEPENDENT = "dependent", mark("Dependent child or older adult")
    HATE_CRIME = "hate_crime", mark("Hate crime")
    REPEAT = "repeat", mark("Victimized again within 12 months")
    SUICIDE = "suicide", mark("Suicide concern")
    NO_ADDRESS = "no_address", mark("No fixed address")
    BARRIER = "barrier", mark("Disability or language barrier without support")
    ACCUSED_AT_LARGE = "at_large", mark("Accused at large")
    TWO_URGENT = "two_urgent", mark("Two or more urgent needs")


class StepStatus(Listed):
    """The state of a step in the service plan."""

    PLANNED = "planned", mark("Planned")
    UNDER_WAY = "under_way", mark("Under way")
    DONE = "done", mark("Done")
    DROPPED = "dropped", mark("Dropped")


class Cadence(Listed):
    """How often follow-up happens."""

    STANDARD = "standard", mark("Standard: within 72 hours, then 2 weeks and 30 days")
    ENHANCED = "enhanced", mark("Enhanced: within 24 hours, weekly for 4 weeks, then every 2 weeks")
    NONE_WANTED = "none_wanted", mark("No follow-up wanted")


class TaskKind(Listed):
    """What a task is for (domain.md 2.5)."""

    CALL_BACK = "call_back", mark("Call back")
    FOLLOW_UP = "follow_up", mark("Follow-up call")
    VISIT = "visit", mark("Visit")
    ASSESSMENT = "assessment", mark("Needs assessment")
    REFERRAL_CHECK = "referral_check", mark("Referral outcome")
    PLAN_REVIEW = "plan_review", mark("Safety plan review")
    ORDER_EXPIRY = "order_expiry", mark("Order expiry")
    CHILD_PROTECTION = "child_protection", mark("Report to children's aid")
    CONSENT_REVIEW = "consent_review", mark("Consent review")
    ENHANCED_REVIEW = "enhanced_review", mark("Enhanced support review")
    COURT_DATE = "court_date", mark("Court date")
    CHECK_IN = "check_in", mark("Safety check-in")
    REVIEW = "review", mark("Review")
    CORRECTION = "correction", mark("Correction asked for")
    BATTERY = "battery", mark("Battery")
    DAILY_TESTS = "daily_tests", mark("Daily tests")
    AGREEMENT = "agreement", mark("Agreement and profile")
    FEE = "fee", mark("Fee")
    CERTIFICATE = "certificate", mark("Certificate")
    KIT_CHECK = "kit_check", mark("Equipment check")
    DEBRIEF = "debrief", mark("Debrief")
    DRILL = "drill", mark("Drill")
    INVENTORY = "inventory", mark("Inventory")
    OTHER = "other", mark("Other")
    DEVICE_TEST = "device_test", mark("Weekly test of the alarm")
    DEVICE_REVIEW = "device_review", mark("Review of the alarm loan")
    DEVICE_RETURN = "device_return", mark("End of the alarm loan")
    DEVICE_CHECK = "device_check", mark("Check of the alarm device")
    WELFARE_CALL = "welfare_call", mark("Welfare call")


SAFETY_TASKS = frozenset(
    {TaskKind.ORDER_EXPIRY, TaskKind.PLAN_REVIEW, TaskKind.CHILD_PROTECTION, TaskKind.DEVICE_RETURN}
)
"""Tasks that keep a case from closing and outlast a withdrawn consent (domain.md 3.4, 3.5)."""


class TaskStatus(Listed):
    """The state of a task."""

    OPEN = "open", mark("Open")
    DONE = "done", mark("Done")
    CANCELLED = "cancelled", mark("Cancelled")
    HANDED_OVER = "handed_over", mark("Handed over")
    ESCALATED = "escalated", mark("Escalated")


class ConsentScope(Listed):
    """What a person agrees to (domain.md 2.6)."""

    SERVICE = "service", mark("Receive our service")
    CONTACT = "contact", mark("Be contacted in the ways agreed")
    SHARE_NAMED = "share_named", mark("Share with the organizations named")
    SHARE_POLICE = "share_police", mark("Share with other police services")
    SHARE_EMERGENCY = "share_emergency", mark("Share with fire and ambulance in an emergency")
    PHOTOGRAPH = "photograph", mark("Photograph")
    STATISTICS = "statistics", mark("Research and statistics without my name")
    EMAIL_UPDATES = "email_updates", mark("E-mail updates")


class ConsentForm(Listed):
    """How consent was given."""

    WRITTEN = "written", mark("Written")
    VERBAL = "verbal", mark("Verbal, with a witness")
    ELECTRONIC = "electronic", mark("Electronic")
    RECORDED = "recorded", mark("Recorded")


class ReferralMethod(Listed):
    """How a referral is made."""

    INFORMATION = "information", mark("Client given the information")
    WARM = "warm", mark("Warm transfer")
    WRITTEN = "written", mark("Written")
    PHONE = "phone", mark("Phone")
    URGENT = "urgent", mark("Urgent")


class ReferralStatus(Listed):
    """Where a referral stands (domain.md 2.8)."""

    DRAFT = "draft", mark("Draft")
    SENT = "sent", mark("Sent")
    ACKNOWLEDGED = "acknowledged", mark("Acknowledged")
    CONNECTED = "connected", mark("Connected")
    WAITLISTED = "waitlisted", mark("On a waiting list")
    DECLINED_SERVICE = "declined_service", mark("Declined by the service")
    DECLINED_CLIENT = "declined_client", mark("Declined by the client")
    NO_CAPACITY = "no_capacity", mark("No capacity")
    NO_RESPONSE = "no_response", mark("No response")
    CLOSED = "closed", mark("Closed")


REFERRAL_OUTCOMES = frozenset(
    {
        ReferralStatus.CONNECTED,
        ReferralStatus.WAITLISTED,
        ReferralStatus.DECLINED_SERVICE,
        ReferralStatus.DECLINED_CLIENT,
        ReferralStatus.NO_CAPACITY,
        ReferralStatus.NO_RESPONSE,
    }
)
"""The answers to "what became of it"."""


class Barrier(Listed):
    """What stood between the person and the service."""

    LANGUAGE = "language", mark("Language")
    COST = "cost", mark("Cost")
    TRANSPORT = "transport", mark("Transport")
    ELIGIBILITY = "eligibility", mark("Eligibility")
    WAIT = "wait", mark("Waiting time")
    SAFETY = "safety", mark("Safety")
    CHILDCARE = "childcare", mark("Childcare")


class OrderKind(Listed):
    """Kinds of court order (domain.md 2.9)."""

    NO_CONTACT = "no_contact", mark("No-contact bail or undertaking")
    PROBATION = "probation", mark("Probation")
    PEACE_BOND = "peace_bond", mark("Peace bond")
    RESTRAINING = "restraining", mark("Restraining order")
    EXCLUSIVE_POSSESSION = "exclusive_possession", mark("Exclusive possession of the home")
    CUSTODY = "custody", mark("Custody or parenting order")
    PUBLICATION_BAN = "publication_ban", mark("Publication ban")
    WEAPONS = "weapons", mark("Weapons prohibition")
    YOUTH = "youth", mark("Youth order")


class ChildGrounds(Listed):
    """Grounds of a report to children's aid (domain.md 2.10)."""

    PHYSICAL = "physical", mark("Physical harm or risk")
    SEXUAL = "sexual", mark("Sexual")
    NEGLECT = "neglect", mark("Neglect")
    MEDICAL = "medical", mark("Medical")
    EMOTIONAL = "emotional", mark("Emotional")
    EXPOSURE = "exposure", mark("Exposure to violence")
    ABANDONMENT = "abandonment", mark("Abandonment")
    OTHER = "other", mark("Other")


class Right(Listed):
    """Items of the rights checklist; the first five are told at first contact (domain.md 10)."""

    RESPECT = "respect", mark("Respect and dignity")
    SERVICES = "services", mark("Services and remedies")
    MONEY = "money", mark("Financial help")
    PROTECTION = "protection", mark("Protection from intimidation")
    PROGRESS = "progress", mark("Progress of the investigation")
    CHARGES = "charges", mark("Charges laid, or reasons for none")
    COURT = "court", mark("Court role, dates, places and outcomes")
    PLEA = "plea", mark("Plea arrangements")
    RELEASE = "release", mark("Release conditions")
    SENTENCE = "sentence", mark("Sentence")
    PROPERTY = "property", mark("Return of property")
    INTERVIEW = "interview", mark("Interview by an officer of the same gender, on request")
    RESTITUTION = "restitution", mark("Restitution")
    BAN = "ban", mark("Publication ban and testimonial aids")
    COMPLAINT = "complaint", mark("How to complain")


class RightAnswer(Listed):
    """What was done about one right."""

    TOLD = "told", mark("Told")
    DECLINED = "declined", mark("Did not want to hear it")
    LATER = "later", mark("Remind me later")
    NOT_APPLICABLE = "not_applicable", mark("Does not apply")


class PlanSituation(Listed):
    """The situation a safety plan is for (domain.md 4.2)."""

    LIVING_WITH = "living_with", mark("Living with the accused")
    PLANNING = "planning", mark("Planning to leave")
    RECENTLY_LEFT = "recently_left", mark("Recently left")
    SEPARATED = "separated", mark("Separated for more than 6 months")
    STALKING = "stalking", mark("Stalking by a stranger or acquaintance")
    FAMILY = "family", mark("Family violence")
    TRAFFICKING = "trafficking", mark("Human trafficking")
    HATE = "hate", mark("Hate or threats")
    OTHER = "other", mark("Other")


class RiskJudged(Listed):
    """Risk as the worker judges it; not a score."""

    LOWER = "lower", mark("Lower")
    MODERATE = "moderate", mark("Moderate")
    HIGH = "high", mark("High")
    EXTREME = "extreme", mark("Extreme")
    NOT_JUDGED = "not_judged", mark("Not judged")


class CopyChoice(Listed):
    """Whether and how the client keeps a copy of the plan (domain.md 4.2)."""

    NO_COPY = "no_copy", mark("No copy, unsafe")
    FULL = "full", mark("Full copy")
    WALLET = "wallet", mark("Short wallet copy")
    DIGITAL = "digital", mark("Digital, to a safe account")
    TRUSTED = "trusted", mark("Held by a trusted person")


class PlanSection(Listed):
    """Sections of the safety plan, in order (domain.md 4.1)."""

    DURING = "during", mark("During an incident")
    LEAVING = "leaving", mark("Preparing to leave")
    RESIDENCE = "residence", mark("At my own home after separation")
    ORDERS = "orders", mark("Protection orders")
    PUBLIC = "public", mark("At work, at school, in public")
    CHILDREN = "children", mark("Children")
    TECHNOLOGY = "technology", mark("Technology")
    PETS = "pets", mark("Pets and livestock")
    EMOTIONAL = "emotional", mark("Emotional safety")
    HEALTH = "health", mark("Health and injury")
    DOCUMENTS = "documents", mark("Important documents and things")
    PEOPLE = "people", mark("People and numbers")
    ACCUSED = "accused", mark("Facts about the accused, as the client tells them")
    DEVICE = "device", mark("Alarm or other device")


class PlanTrigger(Listed):
    """What asks for a review of the plan at once (domain.md 4.3)."""

    SEPARATION = "separation", mark("Separation")
    CHARGE = "charge", mark("New charge or release")
    BREACH = "breach", mark("Breach of an order")
    CUSTODY = "custody", mark("Custody date")
    PREGNANCY = "pregnancy", mark("Pregnancy")
    NEW_PARTNER = "new_partner", mark("New partner")
    MOVE = "move", mark("Move")
    WEAPON = "weapon", mark("Weapon")
    THREAT = "threat", mark("Threat")
    ALARM = "alarm", mark("Alarm")
    LOST_DEVICE = "lost_device", mark("Lost device")


class ReviewOutcome(Listed):
    """What a supervisor decided on a case."""

    APPROVED = "approved", mark("Approved")
    RETURNED = "returned", mark("Returned for correction")


class PartnerKind(Listed):
    """Types of partner organization (domain.md 1.3)."""

    SHELTER = "shelter", mark("Shelter or transitional house")
    SEXUAL_ASSAULT_CENTRE = "sexual_assault_centre", mark("Sexual assault centre")
    HOSPITAL_CENTRE = "hospital_centre", mark("Hospital sexual-assault and domestic-violence care centre")
    CHILDRENS_AID = "childrens_aid", mark("Children's aid society")
    VICTIM_WITNESS = "victim_witness", mark("Victim/Witness Assistance Program")
    CROWN = "crown", mark("Crown")
    PROBATION = "probation", mark("Probation and parole")
    LEGAL_AID = "legal_aid", mark("Legal aid")
    HOUSING = "housing", mark("Housing and income support")
    MENTAL_HEALTH = "mental_health", mark("Mental health and addiction")
    YOUTH_MENTAL_HEALTH = "youth_mental_health", mark("Child and youth mental health")
    NEWCOMER = "newcomer", mark("Newcomer services")
    INDIGENOUS = "indigenous", mark("Indigenous services")
    FRANCOPHONE = "francophone", mark("Francophone services")
    LGBTQ = "2slgbtq", mark("2SLGBTQ+ services")
    SENIORS = "seniors", mark("Seniors and elder abuse")
    ALZHEIMER = "alzheimer", mark("Alzheimer society")
    AUTISM = "autism", mark("Autism organization")
    CRISIS_LINE = "crisis_line", mark("Crisis line")
    SCHOOL_BOARD = "school_board", mark("School board")
    SITUATION_TABLE = "situation_table", mark("Situation table")
    HIGH_RISK_TABLE = "high_risk_table", mark("High-risk case table")
    ALARM_CENTRE = "alarm_centre", mark("Alarm monitoring centre")
    POLICE = "police", mark("Neighbouring police service")


class Audience(Listed):
    """Who a print or export is for; it decides what may stand on it (domain.md 20.4)."""

    CLIENT = "client", mark("The client")
    PARTNER = "partner", mark("A partner organization")
    INTERNAL = "internal", mark("Inside the service")
    COURT = "court", mark("Crown or court")


class RegistrySource(Listed):
    """How a registration came to the registry (domain.md 6.3)."""

    ONLINE_PRINT = "online_print", mark("Form printed from the website")
    PAPER = "paper", mark("Paper form")
    STATION = "station", mark("At a police station")
    VSU = "vsu", mark("Through victim services")
    LIFESAVER = "lifesaver", mark("At a Project Lifesaver enrolment")
    TRANSFER = "transfer", mark("Transfer from another registry")


class RegistryAuthority(Listed):
    """By what right the submitter registers the person; without one a registration cannot be activated."""

    SELF = "self", mark("The person themselves")
    PARENT = "parent", mark("Parent")
    GUARDIAN = "guardian", mark("Guardian")
    SUBSTITUTE = "substitute", mark("Substitute decision-maker")
    ATTORNEY = "attorney", mark("Power of attorney")
    FACILITY = "facility", mark("Facility administrator")
    NONE = "none", mark("No authority shown")


class ResidenceLink(Listed):
    """What ties the person to this region."""

    LIVES = "lives", mark("Lives here")
    SCHOOL = "school", mark("Attends school here")
    WORKS = "works", mark("Works here")
    VISITS = "visits", mark("Visits regularly")


class RegistryConsent(Listed):
    """What the submitter agrees to for a registration (domain.md 2.6, 6.3)."""

    REGISTRY = "registry", mark("Entry in the registry")
    SHARE_POLICE = "share_police", mark("Share with other police services")
    SHARE_EMERGENCY = "share_emergency", mark("Share with fire and ambulance in an emergency")


class RegistryStatus(Listed):
    """Where a registration stands. Renewal due, grace and expired follow from its dates and are never stored."""

    DRAFT = "draft", mark("Draft")
    SUBMITTED = "submitted", mark("Submitted")
    VERIFYING = "verifying", mark("Being verified")
    PROVISIONAL = "provisional", mark("Provisional")
    ACTIVE = "active", mark("In force")
    SUSPENDED = "suspended", mark("Suspended")
    WITHDRAWN = "withdrawn", mark("Withdrawn")
    MOVED_OUT = "moved_out", mark("Moved out")
    DECEASED = "deceased", mark("Deceased")
    ARCHIVED = "archived", mark("Archived")


class RegistryStage(Listed):
    """What the dates make of an active or provisional registration on a day (domain.md 6.4)."""

    CURRENT = "current", mark("Current")
    RENEWAL_DUE = "renewal_due", mark("Renewal due")
    GRACE = "grace", mark("Expired, in grace")
    EXPIRED = "expired", mark("Expired")


class AddressKind(Listed):
    """What a registrant's address is."""

    HOME = "home", mark("Home")
    SCHOOL = "school", mark("School")
    DAY_PROGRAM = "day_program", mark("Day program")
    WORK = "work", mark("Work")
    OTHER_PARENT = "other_parent", mark("Other parent")
    OTHER = "other", mark("Another address")


class WornAid(Listed):
    """What a registrant wears that helps to recognise them."""

    GLASSES = "glasses", mark("Glasses")
    HEARING_AID = "hearing_aid", mark("Hearing aid")
    DENTURES = "dentures", mark("Dentures")
    PROSTHESIS = "prosthesis", mark("Prosthesis")


class Mobility(Listed):
    """How a registrant gets about."""

    RUNS = "runs", mark("Runs")
    WALKS_WELL = "walks_well", mark("Walks well")
    SLOW = "slow", mark("Walks slowly")
    AID = "aid", mark("Uses a walking aid")
    WHEELCHAIR = "wheelchair", mark("Uses a wheelchair")
    BIKE = "bike", mark("Rides a bike")
    TRANSIT = "transit", mark("Uses transit")
    DRIVES = "drives", mark("Drives or has driven")


class Condition(Listed):
    """Conditions that may lead to danger (domain.md 6.1, 6.3)."""

    DEMENTIA = "dementia", mark("Dementia")
    AUTISM = "autism", mark("Autism")
    INTELLECTUAL = "intellectual", mark("Intellectual or developmental disability")
    BRAIN_INJURY = "brain_injury", mark("Acquired brain injury")
    CEREBRAL_PALSY = "cerebral_palsy", mark("Cerebral palsy")
    MENTAL_HEALTH = "mental_health", mark("Mental health")
    SEIZURE = "seizure", mark("Seizures")
    DIABETES = "diabetes", mark("Diabetes")
    HEARING = "hearing", mark("Hearing loss")
    VISION = "vision", mark("Vision loss")
    SPEECH = "speech", mark("Speech")
    FASD = "fasd", mark("Fetal alcohol spectrum")
    DOWN = "down", mark("Down syndrome")
    RARE = "rare", mark("Rare condition")
    OTHER = "other", mark("Another condition")


class SpeaksBy(Listed):
    """How a registrant communicates."""

    SPEAKS = "speaks", mark("Speaks")
    FEW_WORDS = "few_words", mark("Few words")
    NON_VERBAL = "non_verbal", mark("Non-verbal")
    ECHOES = "echoes", mark("Echoes what is said")
    SIGN = "sign", mark("Sign language")
    PICTURES = "pictures", mark("Picture board or device")
    WRITES = "writes", mark("Writes")
    YES_NO = "yes_no", mark("Has a way to say yes and no")
    SIMPLE = "simple", mark("Understands simple commands")
    NAME = "name", mark("Answers to their name")


class Sensitivity(Listed):
    """What is hard to bear for a registrant."""

    LIGHT = "light", mark("Bright light")
    SIRENS = "sirens", mark("Sirens")
    TOUCH = "touch", mark("Touch")
    CROWDS = "crowds", mark("Crowds")
    UNIFORMS = "uniforms", mark("Uniforms")
    DOGS = "dogs", mark("Dogs")
    SOUND = "sound", mark("Sound")
    SMELL = "smell", mark("Smell")


class DistressRisk(Listed):
    """What a registrant may do when distressed."""

    BOLTS = "bolts", mark("Bolts")
    HIDES = "hides", mark("Hides")
    CLIMBS = "climbs", mark("Climbs")
    HITS = "hits", mark("Hits")
    BITES = "bites", mark("Bites")
    SELF_INJURY = "self_injury", mark("Hurts themselves")
    WEAPON = "weapon", mark("May reach a weapon")
    SUICIDE = "suicide", mark("Risk of suicide")
    TRAFFIC = "traffic", mark("Not afraid of traffic")


class Attraction(Listed):
    """What draws a registrant."""

    WATER = "water", mark("Water")
    TRAINS = "trains", mark("Trains")
    ROADS = "roads", mark("Roads")
    CONSTRUCTION = "construction", mark("Construction sites")
    HEIGHTS = "heights", mark("Heights")
    ANIMALS = "animals", mark("Animals")
    STORES = "stores", mark("Stores")
    VEHICLES = "vehicles", mark("Vehicles")
    PLAYGROUND = "playground", mark("Playgrounds")
    ELECTRICITY = "electricity", mark("Electricity")


class CardReason(Listed):
    """Why an emergency card is opened (domain.md 6.5.7)."""

    MISSING = "missing", mark("Missing person")
    CALL = "call", mark("Call for service")
    FOUND = "found", mark("Found person")
    WELFARE = "welfare", mark("Welfare check")
    CONTACT = "contact", mark("Talking with the person")
    OTHER = "other", mark("Another reason")


class CardOutcome(Listed):
    """How the call ended for which a card was opened (domain.md 6.7)."""

    FOUND_WELL = "found_well", mark("Found, unharmed")
    FOUND_HURT = "found_hurt", mark("Found, hurt")
    FOUND_DEAD = "found_dead", mark("Found, deceased")
    NOT_FOUND = "not_found", mark("Not found yet")
    NOT_MISSING = "not_missing", mark("Was not missing")
    SETTLED = "settled", mark("Settled on the spot")
    OTHER = "other", mark("Otherwise")


class SubmitterWay(Listed):
    """How the registry may reach the submitter (domain.md 6.5.2: by a safe channel)."""

    MAIL = "mail", mark("Letter")
    EMAIL = "email", mark("E-mail")
    PHONE = "phone", mark("Telephone")
    IN_PERSON = "in_person", mark("In person")


class RegistryAct(Listed):
    """What happened to a registration (domain.md 6.4)."""

    SUBMITTED = "submitted", mark("Handed in")
    IMPORTED = "imported", mark("Taken from a list")
    VERIFIED = "verified", mark("Authority checked")
    PROVISIONAL = "provisional", mark("Shown provisionally")
    ACTIVATED = "activated", mark("Activated")
    CHANGED = "changed", mark("Changed")
    REMINDED = "reminded", mark("Reminder sent")
    RENEWED = "renewed", mark("Renewed without changes")
    RENEWED_CHANGED = "renewed_changed", mark("Renewed with changes")
    SUSPENDED = "suspended", mark("Suspended")
    RESUMED = "resumed", mark("Shown again")
    DISPUTE_OPENED = "dispute_opened", mark("Dispute recorded")
    DISPUTE_DECIDED = "dispute_decided", mark("Dispute decided")
    CONSENT_RENEWED = "consent_renewed", mark("Own consent asked for")
    CAPACITY_REVIEWED = "capacity_reviewed", mark("Capacity reviewed")
    WITHDRAWN = "withdrawn", mark("Withdrawn")
    MOVED_OUT = "moved_out", mark("Moved out")
    DECEASED = "deceased", mark("Deceased")
    ARCHIVED = "archived", mark("Archived")


class DisputeSide(Listed):
    """Whose version a supervisor let stand."""

    FIRST = "first", mark("The version that stood")
    SECOND = "second", mark("The other version")
    OWN = "own", mark("Neither: another text")


class CardMatch(Listed):
    """Where the words of a search were found."""

    NAME = "name", mark("Name")
    ADDRESS = "address", mark("Address")
    PHONE = "phone", mark("Telephone")


class FormAbout(Listed):
    """What the answers of a form are about; it decides who may read them."""

    CASE = "case", mark("A client, in their case")
    ALONE = "alone", mark("A person without a case: its author and supervisors read it")
    SERVICE = "service", mark("The service itself: all staff may read it")
    PAPER = "paper", mark("For paper only")


class FormAnswerState(Listed):
    """Whether a form can still be changed."""

    DRAFT = "draft", mark("Draft")
    FINISHED = "finished", mark("Finished")


class TrackingSource(Listed):
    """Who asked for a personal alarm (domain.md 8.4)."""

    IPV_UNIT = "ipv_unit", mark("Partner violence unit")
    SHELTER = "shelter", mark("Shelter")
    SEXUAL_ASSAULT_CENTRE = "sexual_assault_centre", mark("Sexual assault centre")
    AGENCY = "agency", mark("Another agency")
    VSU = "vsu", mark("Victim services")
    CLIENT = "client", mark("The client")


class TrackingCriterion(Listed):
    """What the eligibility checklist of a personal alarm asks (domain.md 8.3)."""

    RESIDENT = "resident", mark("Lives in the region")
    COMPLAINT = "complaint", mark("Complained to police of violence or a threat")
    HIGH_RISK = "high_risk", mark("At high risk, with a serious safety concern")
    COMPLETES = "completes", mark("Completes the application, the risk assessment and the safety plan")
    CONTACT = "contact", mark("Stays in contact and follows the instructions for the device")
    COOPERATES = "cooperates", mark("Cooperates with the justice process")
    NO_CONFLICT = "no_conflict", mark("The accused cannot reach the device and does not live there")
    COVERAGE = "coverage", mark("Charging and coverage are possible")
    UNDERSTANDS = "understands", mark("Able to understand how to use it")


class TrackingStatus(Listed):
    """Where an application for a personal alarm stands (domain.md 8.5)."""

    REFERRED = "referred", mark("Referred")
    ASSESSED = "assessed", mark("Assessed")
    APPROVED = "approved", mark("Approved")
    DECLINED = "declined", mark("Declined")
    WAITLISTED = "waitlisted", mark("On the waiting list")
    LOANED = "loaned", mark("On loan")
    IN_REVIEW = "in_review", mark("In review")
    EXTENDED = "extended", mark("Extended")
    ENDING = "ending", mark("Ending")
    RETURNED = "returned", mark("Returned")
    CLOSED = "closed", mark("Closed")


class DeviceType(Listed):
    """Kinds of personal alarm (domain.md 8.4)."""

    PENDANT = "pendant", mark("Pendant or pager")
    PHONE = "phone", mark("Telephone")
    WATCH = "watch", mark("Watch")
    APP = "app", mark("Application on a telephone")
    PANIC_BUTTON = "panic_button", mark("Panic button at home")


class DeviceStatus(Listed):
    """Where a device stands (domain.md 8.4)."""

    IN_STOCK = "in_stock", mark("In stock")
    RESERVED = "reserved", mark("Reserved")
    LOANED = "loaned", mark("On loan")
    RETURNED = "returned", mark("Returned")
    WIPING = "wiping", mark("Waiting to be wiped")
    REPAIR = "repair", mark("In repair")
    LOST = "lost", mark("Lost")
    COMPROMISED = "compromised", mark("Compromised")
    RETIRED = "retired", mark("Retired")


class LoanEnd(Listed):
    """Why the loan of a personal alarm ended (domain.md 8.4, 8.6)."""

    TERM = "term", mark("The term is over")
    SAFER = "safer", mark("The danger is less")
    RECONCILED = "reconciled", mark("The client lives with the accused again")
    MOVED = "moved", mark("Moved out of the region")
    NOT_WANTED = "not_wanted", mark("The client does not want it any more")
    NOT_USED = "not_used", mark("It was not carried or tested")
    IN_CUSTODY = "in_custody", mark("The accused is in custody")
    LOST = "lost", mark("The device is lost")
    COMPROMISED = "compromised", mark("The accused may know of the device or reach it")
    OTHER = "other", mark("Other")
    NEVER_HANDED = "never_handed", mark("Never handed over: another computer had lent the device already")


class CheckKind(Listed):
    """Kinds of check during a loan (domain.md 8.4)."""

    WEEKLY_TEST = "weekly_test", mark("Weekly test")
    MONTHLY_REVIEW = "monthly_review", mark("Monthly review")
    AFTER_EVENT = "after_event", mark("Call after an alarm")


class CheckResult(Listed):
    """What a check of a device showed."""

    OK = "ok", mark("In order")
    NO_SIGNAL = "no_signal", mark("No signal")
    LOW_BATTERY = "low_battery", mark("Low battery")
    MISSED = "missed", mark("Missed")


class LoanAdvice(Listed):
    """What a review of a loan leads to (domain.md 8.6)."""

    GO_ON = "go_on", mark("Goes on as it is")
    EXTEND = "extend", mark("Extend the loan")
    END = "end", mark("End the loan")


class AlarmSource(Listed):
    """What raised an alarm (domain.md 8.4)."""

    SOS = "sos", mark("The client pressed for help")
    FALL = "fall", mark("Fall")
    LOW_BATTERY = "low_battery", mark("Low battery")
    GEOFENCE = "geofence", mark("Left or entered an area")
    TAMPER = "tamper", mark("Tampering")
    MONITORING_CALL = "monitoring_call", mark("Call of the monitoring centre")
    TEST = "test", mark("Test")


class Passphrase(Listed):
    """Which word was heard during an alarm."""

    DURESS = "duress", mark("The word for danger")
    ALL_CLEAR = "all_clear", mark("The word that all is well")
    NONE = "none", mark("None")


class AlarmOutcome(Listed):
    """How an alarm ended (domain.md 8.4)."""

    PRESENT = "genuine_present", mark("Genuine: the accused was there")
    HARASSMENT = "genuine_harassment", mark("Genuine: harassment or breach of an order")
    MEDICAL = "medical", mark("Medical")
    ACCIDENTAL = "accidental", mark("Pressed by accident")
    TEST = "test", mark("Test")
    FAULT = "fault", mark("Fault of the device")
    UNKNOWN = "unknown", mark("Not known")


class TrackingReason(Listed):
    """Why a dispatch card or the location of a device is looked at (domain.md 8.6)."""

    ALARM = "alarm", mark("An alarm")
    CALL = "call", mark("A call from or about the client")
    CLIENT = "client", mark("The client asked for it")
    OTHER = "other", mark("Another reason")
