"""The partner directory and the service's own settings (domain.md 18.1, 23)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from app.errors import NotFound, RuleBroken
from app.models.agency import Organization, Service, Setting
from app.models.local.tables import Scope
from app.models.rules.defaults import DEFAULTS
from app.models.vocab import PartnerKind, ScopeKind
from app.models.work import Work
from app.services.answers import KEEP, Given, given, put
from app.services.permission import require_role
from app.services.records import add, all_of, load
from app.words import mark


@dataclass(frozen=True, kw_only=True)
class OrganizationAnswers:
    """A partner organization."""

    name: Given[str] = KEEP
    alternate_name: Given[str] = KEEP
    kind: Given[PartnerKind] = KEEP
    description: Given[str] = KEEP
    email: Given[str] = KEEP
    website: Given[str] = KEEP


@dataclass(frozen=True, kw_only=True)
class AddOrganization(OrganizationAnswers):
    """Add a partner organization."""


@dataclass(frozen=True, kw_only=True)
class UpdateOrganization(OrganizationAnswers):
    """Change a partner organization."""

    organization_id: str


@dataclass(frozen=True, kw_only=True)
class ServiceAnswers:
    """One service. `phones` is a list of {number, description}; `need_domains` of `NeedDomain` codes."""

    name: Given[str] = KEEP
    name_fr: Given[str] = KEEP
    description: Given[str] = KEEP
    description_fr: Given[str] = KEEP
    status: Given[str] = KEEP
    phones: Given[list[dict[str, str]]] = KEEP
    url: Given[str] = KEEP
    email: Given[str] = KEEP
    hours: Given[str] = KEEP
    hours_fr: Given[str] = KEEP
    required_documents: Given[str] = KEEP
    required_documents_fr: Given[str] = KEEP
    eligibility: Given[str] = KEEP
    application_process: Given[str] = KEEP
    fees: Given[str] = KEEP
    languages: Given[list[str]] = KEEP
    municipality: Given[str] = KEEP
    address: Given[str] = KEEP
    address_confidential: Given[bool] = KEEP
    interpretation: Given[str] = KEEP
    need_domains: Given[list[str]] = KEEP
    assured_date: Given[date] = KEEP


@dataclass(frozen=True, kw_only=True)
class AddService(ServiceAnswers):
    """Add a service of an organization."""

    organization_id: str


@dataclass(frozen=True, kw_only=True)
class AddServiceOfNewOrganization(ServiceAnswers):
    """Add a service together with its organization, which the directory does not hold yet."""

    organization: AddOrganization


@dataclass(frozen=True, kw_only=True)
class UpdateService(ServiceAnswers):
    """Change a service."""

    service_id: str


@dataclass(frozen=True, kw_only=True)
class UpdateSetting:
    """A new version of a setting (a key of `rules/defaults.py`), in force from a day on (default today)."""

    name: str
    value: Any
    effective_from: date | None = None


def add_organization(work: Work, command: AddOrganization) -> str:
    """Add an organization; its id."""
    require_role(work, Organization)
    organization = add(work, Organization, agency_scope(work))
    put(organization, command)
    return organization.id


def update_organization(work: Work, command: UpdateOrganization) -> None:
    """Change an organization."""
    require_role(work, Organization)
    put(load(work, Organization, command.organization_id), command)


def add_service(work: Work, command: AddService) -> str:
    """Add a service; its id."""
    require_role(work, Service)
    organization = load(work, Organization, command.organization_id)
    service = add(work, Service, organization.scope_id, status="active")
    put(service, command)
    return service.id


def add_service_of_new_organization(work: Work, command: AddServiceOfNewOrganization) -> str:
    """Add an organization and its first service; the service's id."""
    organization_id = add_organization(work, command.organization)
    answers = {name: value for name, value in given(command).items() if name != "organization"}
    return add_service(work, AddService(organization_id=organization_id, **answers))


def update_service(work: Work, command: UpdateService) -> None:
    """Change a service."""
    require_role(work, Service)
    put(load(work, Service, command.service_id), command)


def update_setting(work: Work, command: UpdateSetting) -> str:
    """Add a version of a setting and end the one before; the new version's id."""
    require_role(work, Setting)
    if command.name not in DEFAULTS and not command.name.startswith(_HOLIDAYS):
        raise RuleBroken(mark("There is no setting of this name."), field="name")
    return new_setting(work, agency_scope(work), command).id


def new_setting(work: Work, scope_id: str, command: UpdateSetting) -> Setting:
    """A version of a setting; the caller has checked who may. Earlier versions end the day before."""
    begins = command.effective_from or work.today()
    for earlier in all_of(work, Setting, Setting.name == command.name, Setting.effective_to.is_(None)):
        if earlier.effective_from is None or earlier.effective_from < begins:
            earlier.effective_to = begins - timedelta(days=1)
    return add(work, Setting, scope_id, name=command.name, value=command.value, effective_from=begins)


def agency_scope(work: Work) -> str:
    """The agency's own scope on this device."""
    found = work.session.scalar(select(Scope.id).where(Scope.kind == str(ScopeKind.AGENCY)).order_by(Scope.id).limit(1))
    if found is None:
        raise NotFound(mark("This device does not know its service yet. Connect once, or set the service up here."))
    return found


_HOLIDAYS = "service.holidays."
