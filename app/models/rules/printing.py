"""Who may print which form for whom (domain.md 20.2, 20.4). Default deny: a form that is not here is not printed."""

from __future__ import annotations

from dataclasses import dataclass

from app.models.rules.access import CARD_OPENERS, ON_SCENE_ROLES, REGISTRY_OFFICE, REGISTRY_SUBMITTERS
from app.models.rules.forms import ANSWERERS, PUBLISHERS
from app.models.rules.lifesaver_printing import LIFESAVER_FORMS
from app.models.vocab import Audience, Role
from app.words import mark

ROLE = mark("Your role may not print this document.")
AUDIENCE = mark("This document is not meant for this audience.")
UNKNOWN_FORM = mark("There is no document with this number.")
NEEDS_ADDRESS = mark("Say which address it goes to: a letter leaves only for an address that is safe.")
NOT_SENT = mark("Only who is sent on this visit, or the registry, may print it.")
SEARCH_OVER = mark("The search is closed: its card and its frequency are printed no more.")
NOT_YOURS = mark("Only who answered this form, or a supervisor, may print it.")
NOT_SAFE = mark("Letters to the submitter are not safe. Reach them in the way that was agreed.")
TOO_MANY_LETTERS = mark("One file holds at most 100 letters. Print some of them first.")
HANDED_IN = mark("This registration was handed in: only the registry prints it now.")
NOT_DESTROYED = mark("These records are not destroyed on this computer: there is no certificate yet.")
NO_PARTNER_CONSENT = mark("The client has not agreed to share with this organization: the letter is not printed.")

_WORKERS = frozenset({Role.VSU, Role.VQC})
_UNIT = _WORKERS | {Role.SUP}
_ON_SCENE = frozenset({Role.OFF, Role.DSP, Role.VOL})
_CLIENT = frozenset({Audience.CLIENT})
_INTERNAL = frozenset({Audience.INTERNAL})
_BOTH = _CLIENT | _INTERNAL
DATA_FORM = "FORM"
"""Every form that is data is printed by one rule; its prints are asked for as `FORM:` and the form's id."""


@dataclass(frozen=True)
class FormRule:
    """The kind of record that a form prints, who may print it, for whom, and whether it is a letter."""

    kind: str
    roles: frozenset[Role]
    audiences: frozenset[Audience]
    letter: bool = False


FORMS: dict[str, FormRule] = {
    "F-301": FormRule("service_request", _UNIT | {Role.OFF, Role.DSP}, _INTERNAL),
    "F-302": FormRule("case_file", _UNIT | _ON_SCENE | {Role.YTH}, _CLIENT),
    "F-303": FormRule("consent", _UNIT, _BOTH),
    "F-304": FormRule("needs_assessment", _UNIT, _BOTH),
    "F-305": FormRule("referral", _UNIT, frozenset({Audience.PARTNER, Audience.INTERNAL})),
    "F-306": FormRule("referral", _UNIT, _CLIENT),
    "F-307": FormRule("case_file", _WORKERS, _CLIENT, letter=True),
    "F-401": FormRule("safety_plan", _WORKERS, _CLIENT),
    "F-402": FormRule("safety_plan", _WORKERS, _CLIENT),
    "F-403": FormRule("safety_plan", _WORKERS, _INTERNAL),
    "F-405": FormRule("safety_plan", _WORKERS, _BOTH),
    "F-602": FormRule("emergency_card", ON_SCENE_ROLES, _INTERNAL),
    "F-602P": FormRule("emergency_card", ON_SCENE_ROLES, _INTERNAL),
    **{form_id: FormRule(*rule) for form_id, rule in LIFESAVER_FORMS.items()},
    "F-601": FormRule("registration", REGISTRY_OFFICE | REGISTRY_SUBMITTERS, _BOTH),
    "F-603": FormRule("registration", REGISTRY_OFFICE, _CLIENT),
    "F-604": FormRule("registration", REGISTRY_OFFICE, _CLIENT),
    "F-605": FormRule("registration", REGISTRY_OFFICE, _CLIENT),
    "F-606": FormRule("registration", REGISTRY_OFFICE | REGISTRY_SUBMITTERS, _CLIENT),
    "F-607": FormRule("emergency_card", ON_SCENE_ROLES, _INTERNAL),
    "F-608": FormRule("registry_batch", REGISTRY_OFFICE, frozenset({Audience.INTERNAL, Audience.PARTNER})),
    "F-801": FormRule("tracking_application", _UNIT, _BOTH),
    "F-802": FormRule("tracking_application", _UNIT, _BOTH),
    "F-803": FormRule("tracking_application", _UNIT, _CLIENT),
    "F-804": FormRule("dispatch_card", CARD_OPENERS, _INTERNAL),
    "F-805": FormRule("tracking_loan", _UNIT, _BOTH),
    "F-806": FormRule("tracking_loan", _UNIT, _INTERNAL),
    "F-807": FormRule("alarm_event", _UNIT | {Role.IPV}, _INTERNAL),
    "F-808": FormRule("tracking_loan", _UNIT, _INTERNAL),
    "F-809": FormRule("tracking_device", _UNIT, _INTERNAL),
    "F-2003": FormRule("destruction_run", REGISTRY_OFFICE, _INTERNAL),
    DATA_FORM: FormRule("form_answer", ANSWERERS | PUBLISHERS, _BOTH),
}
"""Every form of crisis intervention, the safety plan, the registry, personal alarms, and those that are data."""


def rule_of(form_id: str) -> FormRule | None:
    """The rule of a form; None for one that is not printed."""
    return FORMS.get(DATA_FORM if form_id.startswith(f"{DATA_FORM}:") else form_id)


def refusal(form_id: str, role: Role, audience: Audience) -> str | None:
    """Why `role` may not print the form for `audience`, or None."""
    form = rule_of(form_id)
    if form is None:
        return UNKNOWN_FORM
    if role not in form.roles:
        return ROLE
    return None if audience in form.audiences else AUDIENCE
