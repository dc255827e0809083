"""The partner directory: services by need, kind, words, place and language (domain.md 1.3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.models.agency import Organization, Service
from app.models.rules.deadlines import months
from app.models.vocab import NeedDomain, PartnerKind
from app.queries.search import plain
from app.queries.settings import setting
from app.words import mark


@dataclass(frozen=True, slots=True)
class Phone:
    """A number and what it is for."""

    number: str
    description: str


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """One service. Texts are in the language asked for when the organization gave them, else in the other one.

    `address` is None and `address_confidential` True when the address may not be shown. `stale`: not confirmed lately.
    """

    id: str
    organization_id: str | None
    organization: str
    kind: PartnerKind | None
    name: str
    description: str
    hours: str
    required_documents: str
    eligibility: str
    application_process: str
    fees: str
    phones: tuple[Phone, ...]
    email: str | None
    url: str | None
    languages: tuple[str, ...]
    interpretation: str | None
    municipality: str | None
    address: str | None
    address_confidential: bool
    need_domains: tuple[NeedDomain, ...]
    status: str
    assured_date: date | None
    stale: bool


@dataclass(frozen=True, slots=True)
class ServiceFilter:
    """What the directory shows; an empty filter shows every active service."""

    text: str = ""
    need: NeedDomain | None = None
    kind: PartnerKind | None = None
    municipality: str | None = None
    language: str | None = None
    any_status: bool = False


@dataclass(frozen=True, slots=True)
class OrganizationRow:
    """One organization with its services."""

    id: str
    name: str
    alternate_name: str | None
    kind: PartnerKind | None
    description: str
    email: str | None
    website: str | None
    services: tuple[ServiceRow, ...]


@dataclass(frozen=True, slots=True)
class ServiceEntry:
    """One service as it is stored, in both languages, for correcting it. A confidential address is not handed out."""

    id: str
    organization_id: str | None
    name: str | None
    name_fr: str | None
    description: str | None
    description_fr: str | None
    status: str | None
    phones: tuple[Phone, ...]
    url: str | None
    email: str | None
    hours: str | None
    hours_fr: str | None
    required_documents: str | None
    required_documents_fr: str | None
    eligibility: str | None
    application_process: str | None
    fees: str | None
    languages: tuple[str, ...]
    municipality: str | None
    address: str | None
    address_confidential: bool
    interpretation: str | None
    need_domains: tuple[NeedDomain, ...]
    assured_date: date | None


_GONE = ("inactive", "defunct", "closed")


def services(
    session: Session, asked: ServiceFilter, *, language: str, today: date, limit: int = 50, offset: int = 0
) -> tuple[ServiceRow, ...]:
    """One page of the services that a filter asks for, by name in the language asked for."""
    found = _found(session, asked, language)[offset : offset + limit]
    return _rows(session, found, language, today)


def service_count(session: Session, asked: ServiceFilter) -> int:
    """How many services a filter asks for."""
    return len(_found(session, asked, "en"))


def service(session: Session, service_id: str, *, language: str, today: date) -> ServiceRow:
    """One service. Raises NotFound."""
    found = session.get(Service, service_id)
    if found is None or found.removed_at is not None:
        raise NotFound(mark("This service is not in the directory."))
    return _rows(session, [found], language, today)[0]


def organization(session: Session, organization_id: str, *, language: str, today: date) -> OrganizationRow:
    """One organization with all its services. Raises NotFound."""
    found = session.get(Organization, organization_id)
    if found is None or found.removed_at is not None:
        raise NotFound(mark("This organization is not in the directory."))
    asked = (
        select(Service)
        .where(Service.organization_id == organization_id, Service.removed_at.is_(None))
        .order_by(Service.name, Service.id)
    )
    return OrganizationRow(
        id=found.id,
        name=found.name or "",
        alternate_name=found.alternate_name,
        kind=found.kind,
        description=found.description or "",
        email=found.email,
        website=found.website,
        services=_rows(session, session.scalars(asked).all(), language, today),
    )


def organizations(session: Session) -> tuple[tuple[str, str], ...]:
    """Id and name of every organization, by name."""
    asked = select(Organization.id, Organization.name).where(Organization.removed_at.is_(None))
    return tuple(sorted(((id_, name or "") for id_, name in session.execute(asked)), key=lambda row: plain(row[1])))


def service_entry(session: Session, service_id: str) -> ServiceEntry:
    """One service as it is stored. Raises NotFound."""
    found = session.get(Service, service_id)
    if found is None or found.removed_at is not None:
        raise NotFound(mark("This service is not in the directory."))
    return ServiceEntry(
        id=found.id,
        organization_id=found.organization_id,
        name=found.name,
        name_fr=found.name_fr,
        description=found.description,
        description_fr=found.description_fr,
        status=found.status,
        phones=phones_of(found),
        url=found.url,
        email=found.email,
        hours=found.hours,
        hours_fr=found.hours_fr,
        required_documents=found.required_documents,
        required_documents_fr=found.required_documents_fr,
        eligibility=found.eligibility,
        application_process=found.application_process,
        fees=found.fees,
        languages=tuple(found.languages or ()),
        municipality=found.municipality,
        address=None if found.address_confidential else found.address,
        address_confidential=bool(found.address_confidential),
        interpretation=found.interpretation,
        need_domains=tuple(need for need in NeedDomain if need.value in (found.need_domains or ())),
        assured_date=found.assured_date,
    )


def municipalities(session: Session) -> tuple[str, ...]:
    """The places that services are in, for the filter."""
    asked = select(Service.municipality).where(Service.municipality.is_not(None), Service.removed_at.is_(None))
    return tuple(sorted({place for place in session.scalars(asked) if place}, key=plain))


def _found(session: Session, asked: ServiceFilter, language: str) -> list[Service]:
    """A directory is a few hundred rows: what SQL cannot compare (words, lists) is compared here."""
    statement = (
        select(Service, Organization.name, Organization.kind)
        .outerjoin(Organization, Organization.id == Service.organization_id)
        .where(Service.removed_at.is_(None))
    )
    if not asked.any_status:
        statement = statement.where(or_(Service.status.is_(None), func.lower(Service.status).not_in(_GONE)))
    if asked.kind is not None:
        statement = statement.where(Organization.kind == asked.kind)
    if asked.municipality is not None:
        statement = statement.where(Service.municipality == asked.municipality)
    words = plain(asked.text).split()
    found = [
        one
        for one, organization_name, _ in session.execute(statement)
        if (asked.need is None or asked.need.value in (one.need_domains or ()))
        and (asked.language is None or asked.language in (one.languages or ()))
        and _has_words(words, one, organization_name)
    ]
    return sorted(found, key=lambda one: (plain(text_in(language, one.name, one.name_fr)), one.id))


def _has_words(words: Iterable[str], one: Service, organization_name: str | None) -> bool:
    parts = (one.name, one.name_fr, one.description, one.description_fr, organization_name, one.municipality)
    where = plain(" ".join(part for part in parts if part))
    return all(word in where for word in words)


def text_in(language: str, english: str | None, french: str | None) -> str:
    """The organization's own words in a language, else in the other one."""
    first, second = (french, english) if language == "fr" else (english, french)
    return first or second or ""


def _rows(session: Session, found: Sequence[Service], language: str, today: date) -> tuple[ServiceRow, ...]:
    ids = {one.organization_id for one in found if one.organization_id}
    asked = select(Organization.id, Organization.name, Organization.kind).where(Organization.id.in_(ids))
    organizations = {row[0]: row for row in session.execute(asked)}
    oldest = months(today, -int(setting(session, "directory.stale_months", today)))
    rows = []
    for one in found:
        _, organization_name, kind = organizations.get(one.organization_id or "", (None, None, None))
        rows.append(
            ServiceRow(
                id=one.id,
                organization_id=one.organization_id,
                organization=organization_name or "",
                kind=kind,
                name=text_in(language, one.name, one.name_fr),
                description=text_in(language, one.description, one.description_fr),
                hours=text_in(language, one.hours, one.hours_fr),
                required_documents=text_in(language, one.required_documents, one.required_documents_fr),
                eligibility=one.eligibility or "",
                application_process=one.application_process or "",
                fees=one.fees or "",
                phones=phones_of(one),
                email=one.email,
                url=one.url,
                languages=tuple(one.languages or ()),
                interpretation=one.interpretation,
                municipality=one.municipality,
                address=None if one.address_confidential else one.address,
                address_confidential=bool(one.address_confidential),
                need_domains=tuple(need for need in NeedDomain if need.value in (one.need_domains or ())),
                status=one.status or "",
                assured_date=one.assured_date,
                stale=one.assured_date is None or one.assured_date < oldest,
            )
        )
    return tuple(rows)


def phones_of(one: Service) -> tuple[Phone, ...]:
    """The numbers of a service in the order given."""
    return tuple(Phone(str(each.get("number", "")), str(each.get("description", ""))) for each in one.phones or ())
