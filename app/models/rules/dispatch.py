"""Going to the scene: when it is refused, and the clocks around it (domain.md 3.3, 3.5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.models.rules.deadlines import minutes_after, whole_minutes
from app.models.vocab import ConsentToContact, RequestStatus, ResponseWanted, SceneSafe
from app.words import mark

POLICE_LEAVE = mark("Police are not staying: nobody is sent. Respond by phone, or a supervisor may override.")
NOT_SECURED = mark("The scene is not secured: nobody is sent. Respond by phone, or a supervisor may override.")
PHONE_ONLY = mark("Only a phone response is possible here. A supervisor may override.")
SCENE_UNKNOWN = mark("Nobody has said whether police stay: nobody is sent until this is answered.")
TOO_FEW = mark("{needed} responders must accept before anyone is sent; {accepted} accepted. A supervisor may override.")
CLIENT_REFUSED = mark("The person did not want contact. Advise the officer; leave the card.")
CLIENT_NOT_ASKED = mark("The person was not asked whether they want contact. Advise the officer, and have them ask.")
CLIENT_UNABLE = mark("The person could not be asked. Advise the officer until the person can answer.")
ALREADY_ENDED = mark("This request has ended.")

ENDED = frozenset(
    {
        RequestStatus.DECLINED,
        RequestStatus.CANCELLED,
        RequestStatus.NOT_FOUND,
        RequestStatus.FOLLOW_UP,
        RequestStatus.NO_FURTHER,
    }
)
"""Statuses in which a request waits for nothing more."""

_SCENE = {
    SceneSafe.POLICE_LEAVING: POLICE_LEAVE,
    SceneSafe.NOT_SECURED: NOT_SECURED,
    SceneSafe.PHONE_ONLY: PHONE_ONLY,
}
_CONSENT = {
    ConsentToContact.REFUSED: CLIENT_REFUSED,
    ConsentToContact.UNABLE: CLIENT_UNABLE,
}


@dataclass(frozen=True)
class Refusal:
    """Why something is refused: a marked text and its values."""

    text: str
    values: dict[str, object]


@dataclass(frozen=True)
class CallBackClock:
    """The call-back clock of an on-scene request. `met` is None while the requester waits."""

    due_at: datetime
    minutes_left: int
    is_over: bool
    met: bool | None


def scene_refusal(scene: SceneSafe | None, override_reason: str | None) -> Refusal | None:
    """Why nobody may be sent to the scene; None when police stay or a supervisor overrode with a reason."""
    if scene is SceneSafe.POLICE_STAYING or (override_reason or "").strip():
        return None
    return Refusal(_SCENE.get(scene, SCENE_UNKNOWN) if scene else SCENE_UNKNOWN, {})


def responder_refusal(accepted: int, needed: int, override_reason: str | None) -> Refusal | None:
    """Why too few responders accepted. An override still needs one: nobody is sent as nobody."""
    if accepted >= needed or (accepted >= 1 and (override_reason or "").strip()):
        return None
    return Refusal(TOO_FEW, {"needed": needed, "accepted": accepted})


def dispatch_refusals(
    scene: SceneSafe | None,
    scene_override: str | None,
    accepted: int,
    needed: int,
    responder_override: str | None,
) -> tuple[Refusal, ...]:
    """Every reason for which dispatch is disabled now."""
    found = (scene_refusal(scene, scene_override), responder_refusal(accepted, needed, responder_override))
    return tuple(refusal for refusal in found if refusal)


def contact_refusal(consent: ConsentToContact | None, death_notification: bool) -> str | None:
    """Why (marked text) a request does not let the client be contacted; support at a death notification is exempt."""
    if consent is ConsentToContact.YES or (death_notification and consent is not ConsentToContact.REFUSED):
        return None
    return _CONSENT.get(consent, CLIENT_NOT_ASKED) if consent else CLIENT_NOT_ASKED


def call_back_clock(
    wanted: ResponseWanted | None,
    requested_at: datetime | None,
    called_back_at: datetime | None,
    now: datetime,
    limit_minutes: int,
) -> CallBackClock | None:
    """The state of the 30-minute clock; None when the request has none (it is not for on scene).

    A call-back in the last minute of the limit is met. `minutes_left` counts down to 0, then negative.
    """
    if wanted is not ResponseWanted.ON_SCENE or requested_at is None:
        return None
    due_at = minutes_after(requested_at, limit_minutes)
    if called_back_at is not None:
        return CallBackClock(due_at, whole_minutes(called_back_at, due_at), False, called_back_at <= due_at)
    return CallBackClock(due_at, whole_minutes(now, due_at), now > due_at, None)


def check_in_due(last: datetime, every_minutes: int) -> datetime:
    """When responders on scene must say again that they are safe."""
    return minutes_after(last, every_minutes)
