"""What the whole agency shares: the partner directory and the service's own settings (domain.md 1.3, 18.1, 23)."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Code, Json, Record
from app.models.vocab import PartnerKind, ScopeKind


class Organization(Record):
    """A partner organization; field names follow Open Referral HSDS 3 where it has them."""

    __tablename__ = "organization"
    scope_kind = ScopeKind.AGENCY

    name: Mapped[str | None]
    alternate_name: Mapped[str | None]
    kind: Mapped[PartnerKind | None] = mapped_column(Code(PartnerKind))
    description: Mapped[str | None]
    email: Mapped[str | None]
    website: Mapped[str | None]


class Service(Record):
    """One service of an organization, as a client would look for it. `status`: active, inactive, defunct, closed.

    `phones` is a list of {number, description}; `languages` of ISO 639 codes; `name_fr` and the like hold the
    organization's own French, never a machine's.
    """

    __tablename__ = "service"
    scope_kind = ScopeKind.AGENCY

    organization_id: Mapped[str | None] = mapped_column(index=True)
    name: Mapped[str | None]
    name_fr: Mapped[str | None]
    description: Mapped[str | None]
    description_fr: Mapped[str | None]
    status: Mapped[str | None]
    phones: Mapped[list[dict[str, str]] | None] = mapped_column(Json)
    url: Mapped[str | None]
    email: Mapped[str | None]
    hours: Mapped[str | None]
    hours_fr: Mapped[str | None]
    required_documents: Mapped[str | None]
    required_documents_fr: Mapped[str | None]
    eligibility: Mapped[str | None]
    application_process: Mapped[str | None]
    fees: Mapped[str | None]
    languages: Mapped[list[str] | None] = mapped_column(Json)
    municipality: Mapped[str | None]
    address: Mapped[str | None]
    address_confidential: Mapped[bool | None]
    interpretation: Mapped[str | None]
    need_domains: Mapped[list[str] | None] = mapped_column(Json)
    assured_date: Mapped[date | None]


class Setting(Record):
    """One version of a rule or list that the service set for itself; defaults stand in `rules/defaults.py`.

    In force from `effective_from` to `effective_to` (both days included, open when empty). Edited by adding a version.
    """

    __tablename__ = "setting"
    scope_kind = ScopeKind.AGENCY

    name: Mapped[str | None] = mapped_column(index=True)
    value: Mapped[Any | None] = mapped_column(Json)
    effective_from: Mapped[date | None]
    effective_to: Mapped[date | None]


def newest_in_force(*ties: ColumnElement[Any]) -> Select[Any]:
    """The question for the value of the setting `asked` on the day `on`: of several versions the one that began last.

    `ties`: what decides between versions that began on one day.
    """
    day: BindParameter[date] = bindparam("on")
    begun = or_(Setting.effective_from.is_(None), Setting.effective_from <= day)
    lasts = or_(Setting.effective_to.is_(None), Setting.effective_to >= day)
    asked = select(Setting.value).where(Setting.name == bindparam("asked"), Setting.removed_at.is_(None), begun, lasts)
    return asked.order_by(Setting.effective_from.desc().nulls_last(), *ties).limit(1)
