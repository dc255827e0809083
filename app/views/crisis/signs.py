"""Which icon and colour goes with which state; the word beside it always says the same."""

from __future__ import annotations

from app.models.vocab import CaseStatus, NeedLevel, Priority, ReferralStatus, SafetyStatus, StepStatus
from app.queries.crisis.rows import Standing
from app.queries.outbox import SyncState
from app.views.common.badge import BadgeKind
from app.views.common.table import CellKind

ICON_OF_SYNC: dict[SyncState, str] = {
    SyncState.HERE: "sync-here",
    SyncState.SENDING: "sync-sending",
    SyncState.RECEIVED: "sync-received",
    SyncState.REFUSED: "sync-refused",
    SyncState.COLLEAGUE: "people",
}
KIND_OF_PRIORITY: dict[Priority | None, tuple[CellKind, str]] = {
    Priority.IMMEDIATE: ("danger", "danger"),
    Priority.HIGH: ("warning", "warning"),
    Priority.ROUTINE: ("plain", ""),
}
BADGE_OF_PRIORITY: dict[Priority | None, tuple[str, BadgeKind]] = {
    Priority.IMMEDIATE: ("danger", "danger"),
    Priority.HIGH: ("warning", "warning"),
    Priority.ROUTINE: ("", "neutral"),
}
BADGE_OF_STATUS: dict[CaseStatus | None, tuple[str, BadgeKind]] = {
    CaseStatus.OPEN: ("", "info"),
    CaseStatus.ASSESSING: ("", "info"),
    CaseStatus.ACTIVE: ("", "accent"),
    CaseStatus.MONITORING: ("", "neutral"),
    CaseStatus.CLOSED: ("lock", "neutral"),
}
BADGE_OF_STANDING: dict[Standing, tuple[str, BadgeKind]] = {
    Standing.NOT_YET: ("clock", "info"),
    Standing.IN_FORCE: ("check", "success"),
    Standing.ENDING: ("warning", "warning"),
    Standing.EXPIRED: ("cross", "danger"),
    Standing.WITHDRAWN: ("cross", "danger"),
    Standing.CONFIRM: ("danger", "danger"),
}
BADGE_OF_LEVEL: dict[NeedLevel | None, tuple[str, BadgeKind]] = {
    NeedLevel.URGENT: ("danger", "danger"),
    NeedLevel.SOME_HELP: ("warning", "warning"),
    NeedLevel.INFORMATION: ("info", "info"),
    NeedLevel.NONE: ("check", "success"),
    NeedLevel.NOT_ASKED: ("", "neutral"),
    NeedLevel.DECLINED: ("", "neutral"),
}
BADGE_OF_REFERRAL: dict[ReferralStatus | None, BadgeKind] = {
    ReferralStatus.DRAFT: "neutral",
    ReferralStatus.SENT: "info",
    ReferralStatus.ACKNOWLEDGED: "info",
    ReferralStatus.CONNECTED: "success",
    ReferralStatus.WAITLISTED: "warning",
    ReferralStatus.DECLINED_SERVICE: "warning",
    ReferralStatus.DECLINED_CLIENT: "neutral",
    ReferralStatus.NO_CAPACITY: "warning",
    ReferralStatus.NO_RESPONSE: "warning",
    ReferralStatus.CLOSED: "neutral",
}
BADGE_OF_STEP: dict[StepStatus | None, tuple[str, BadgeKind]] = {
    StepStatus.PLANNED: ("", "neutral"),
    StepStatus.UNDER_WAY: ("clock", "info"),
    StepStatus.DONE: ("check", "success"),
    StepStatus.DROPPED: ("cross", "neutral"),
}
BADGE_OF_SAFETY: dict[SafetyStatus | None, tuple[str, BadgeKind]] = {
    SafetyStatus.NOT_NEEDED: ("", "neutral"),
    SafetyStatus.DONE: ("check", "success"),
    SafetyStatus.ARRANGED: ("clock", "info"),
    SafetyStatus.REFUSED: ("cross", "warning"),
    SafetyStatus.UNABLE: ("warning", "danger"),
}
