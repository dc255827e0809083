"""Rules of published forms: what each shipped form is about, who answers, and how large a version may be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol, TypeVar

from app.models.vocab import FormAbout, Role
from app.words import mark

LONGEST = 960_000
"""Most characters of one published version or one answer, in base64: a sealed change may have 1 MiB (`protocol`)."""

LONGEST_NAME = 200
"""Most characters of a form's id and of its version."""

ABOUT: Mapping[str, FormAbout] = {
    "needs_assessment": FormAbout.CASE,
    "immediate_safety": FormAbout.CASE,
    "vulnerability_screen": FormAbout.CASE,
    "vqrp_screening": FormAbout.CASE,
    "vpr_registration": FormAbout.ALONE,
    "pls_eligibility": FormAbout.ALONE,
    "mts_eligibility": FormAbout.ALONE,
    "diversion_intake": FormAbout.PAPER,
    "award_nomination": FormAbout.ALONE,
    "community_issue": FormAbout.ALONE,
    "village_booking": FormAbout.SERVICE,
}
"""What each shipped form is about. A youth's file may be read by the diversion team alone (domain.md 14, 20.1), which
Haven does not hold yet: that form is for paper until then.
"""

PUBLISHERS = frozenset({Role.SUP, Role.ADM})
ANSWERERS = frozenset(Role) - {Role.ADM, Role.AUD}
"""Whoever works with people or for the service may answer a form; administrators and auditors do not."""

_BEGINNERS: Mapping[str, frozenset[Role]] = {
    "vpr_registration": frozenset({Role.OFF, Role.VSU, Role.VQC, Role.REG}),
    "pls_eligibility": frozenset({Role.REG, Role.VSU, Role.VQC}),
    "mts_eligibility": frozenset({Role.VSU, Role.VQC, Role.IPV}),
    "award_nomination": frozenset({Role.YTH}),
    "village_booking": frozenset({Role.YTH}),
}
"""Who begins a form of one programme (domain.md 20.1, columns C and submit); every other form is for all who answer."""

TOO_LARGE = mark(
    "The form is too large to reach every device: {size} kB, and at most {limit} kB go. Shorten its lists, or attach "
    "fewer of them."
)
ANSWER_TOO_LARGE = mark("These answers are too large to be kept: {size} kB, and at most {limit} kB go. Shorten them.")
NO_ID = mark("The form has no id. Write one into the column “form_id” of the sheet “settings”.")
NO_VERSION = mark("The form has no version. Write one into the column “version” of the sheet “settings”.")
LONG_NAME = mark("The id or the version of the form is longer than {limit} characters.")
TAKEN = mark(
    "Version {version} of this form is already published, and a published version never changes. Write a new version "
    "into the sheet “settings”."
)
SHIPPED = mark("Version {version} of this form came with Haven and never changes. Write a new version into “settings”.")
RETIRED = mark("This form is retired: nobody can begin it any more. Drafts can still be finished.")
NOT_RETIRED = mark("This form is in use already.")
UNKNOWN = mark("This device has no such version of the form.")
UNKNOWN_FILE = mark("This form has no such file.")
FOR_PAPER = mark(
    "This form belongs to a programme that Haven does not hold yet. Print it blank and answer it on paper."
)
NEEDS_CASE = mark("This form is answered in a case. Open the case first.")
NO_CASE = mark("This form is not about a case. Begin it from the list of forms.")
FINISHED = mark("This form is finished. Correct it to write a new version; what was said stays on record.")
DRAFT = mark("This form is not finished yet. Finish it, then it can be corrected.")
CORRECTED = mark("A correction of this form was begun already. Go on with that one.")
NOT_COMPLETE = mark("Not finished yet: {count} answers are missing or do not fit. The first is “{question}”: {message}")
NOT_COMPLETE_ONE = mark("Not finished yet: “{question}”: {message}")
NOT_PUT_AWAY = mark("This draft was not put away.")
NOT_YOURS = mark("Only who began this form may change it.")


def beginners(form_id: str) -> frozenset[Role]:
    """The roles that may begin a form, also where the service published its own version of it."""
    return _BEGINNERS.get(form_id, ANSWERERS)


class Published(Protocol):
    """What of a published version decides which is in force."""

    @property
    def id(self) -> Any:
        """Its record."""

    @property
    def replaces_id(self) -> Any:
        """The version that it took the place of, if any."""

    @property
    def published_at(self) -> Any:
        """When it was published, aware UTC."""


V = TypeVar("V", bound=Published)


def in_force(versions: Iterable[V]) -> V | None:
    """The version in force: one that none took the place of. Clocks decide only between two that did not know of each
    other, and everyone decides alike (safety.md, finding 7).
    """
    known = tuple(versions)
    replaced = {one.replaces_id for one in known}
    return max((one for one in known if one.id not in replaced), key=age, default=None)


def age(version: Published) -> tuple[bool, str, str]:
    """An order by when versions were published."""
    at = version.published_at
    return at is not None, at.isoformat() if at is not None else "", version.id


def kilobytes(characters: int) -> int:
    """Base64 characters as the kilobytes that people are told."""
    return -(-characters * 3 // 4 // 1000)
