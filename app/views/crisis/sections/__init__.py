"""The parts of a case, in the order of their tabs: one explicit table."""

from __future__ import annotations

from app.views.common.wording import Wording
from app.views.crisis.sections.assistance import AssistanceSection
from app.views.crisis.sections.base import CaseSection
from app.views.crisis.sections.consents import ConsentsSection
from app.views.crisis.sections.forms import FormsSection
from app.views.crisis.sections.incident import IncidentSection
from app.views.crisis.sections.needs import NeedsSection
from app.views.crisis.sections.orders import OrdersSection
from app.views.crisis.sections.people import PeopleSection
from app.views.crisis.sections.plans import PlansSection
from app.views.crisis.sections.referrals import ReferralsSection
from app.views.crisis.sections.rights import RightsSection
from app.views.crisis.sections.safety import SafetySection
from app.views.crisis.sections.tasks import TasksSection
from app.views.crisis.sections.timeline import TimelineSection
from app.views.crisis.sections.tracking import TrackingSection
from app.words import tr

SECTIONS: dict[str, tuple[Wording, type[CaseSection]]] = {
    "timeline": (lambda: tr("Timeline"), TimelineSection),
    "people": (lambda: tr("People"), PeopleSection),
    "safety": (lambda: tr("Safety now"), SafetySection),
    "needs": (lambda: tr("Needs"), NeedsSection),
    "plans": (lambda: tr("Safety plan"), PlansSection),
    "referrals": (lambda: tr("Referrals"), ReferralsSection),
    "consents": (lambda: tr("Consent"), ConsentsSection),
    "orders": (lambda: tr("Orders"), OrdersSection),
    "alarm": (lambda: tr("Alarm"), TrackingSection),
    "rights": (lambda: tr("Rights"), RightsSection),
    "forms": (lambda: tr("Forms"), FormsSection),
    "tasks": (lambda: tr("Tasks"), TasksSection),
    "assistance": (lambda: tr("Help"), AssistanceSection),
    "incident": (lambda: tr("Incident"), IncidentSection),
}
