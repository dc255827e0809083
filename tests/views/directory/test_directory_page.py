"""The directory on a real vault: what it finds, what its card says, what is stored when an entry is made or mended."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget

from app.models.agency import Organization, Service
from app.models.vocab import NeedDomain, PartnerKind, Role
from app.models.work import Actor
from app.services import directory
from app.views.common.text import PlainLabel
from app.views.directory.form import NEW, ServiceDialog
from app.views.directory.page import DirectoryPage
from tests import factories
from tests.conftest import Office

HOSTILE = ['<img src="/etc/passwd"><b>bold</b>', "=1+1", "\u202e\u05d0\u05d1 \U0001f9ff", "a" * 100_000]


def service_of(office: Office, actor: Actor, organization_id: str, **answers: Any) -> str:
    command = directory.AddService(organization_id=organization_id, **answers)
    return office.do(actor, directory.add_service, command)


@pytest.fixture
def shelter(office: Office, worker: Actor) -> str:
    """A shelter with a confidential address and a legal clinic beside it; the shelter's service."""
    house = office.do(worker, directory.add_organization, factories.organization())
    clinic = office.do(
        worker,
        directory.add_organization,
        factories.organization(name="Example Law Clinic", kind=PartnerKind.LEGAL_AID),
    )
    service_of(
        office,
        worker,
        clinic,
        name="Advice about orders",
        need_domains=["justice"],
        languages=["en"],
        municipality="Port Lindon",
        assured_date=date(2026, 1, 10),
    )
    return service_of(
        office,
        worker,
        house,
        name="Emergency shelter",
        name_fr="Refuge d'urgence",
        description="A safe place to stay.",
        phones=[{"number": "555-0111", "description": "Day and night"}],
        hours="Always open",
        required_documents="Nothing is required",
        application_process="Call first",
        languages=["en", "fr"],
        need_domains=["housing", "safety"],
        municipality="Alder Falls",
        address="1 Secret Lane",
        address_confidential=True,
        assured_date=date(2024, 6, 1),
    )


def opened(stage: Any, actor: Actor) -> DirectoryPage:
    page = DirectoryPage(stage.context(actor, "W. Worker"))
    stage.show(page)
    return page


def names(stage: Any, page: QWidget) -> list[str]:
    """The services listed."""
    model = stage.find(page, "directory.table").model
    rows = range(model.rowCount())
    found = [str(model.index(row, 0).data()) for row in rows]
    stage.settle()
    return [str(model.index(row, 0).data()) for row in rows] if found else []


def texts(page: QWidget) -> str:
    return "\n".join(label.text() for label in page.findChildren(PlainLabel) if label.isVisible())


def pick(stage: Any, page: QWidget, name: str, value: object) -> None:
    """Choose in a picker as touching its list does."""
    picker = stage.find(page, name)
    values = [offered for offered, _ in picker._options]
    picker.activated.emit(values.index(value))
    stage.settle()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("directory.need", NeedDomain.HOUSING),
        ("directory.kind", PartnerKind.SHELTER),
        ("directory.municipality", "Alder Falls"),
        ("directory.language", "fr"),
    ],
)
def test_each_filter_finds_the_shelter(stage: Any, worker: Actor, shelter: str, name: str, value: object) -> None:
    page = opened(stage, worker)
    assert names(stage, page) == ["Advice about orders", "Emergency shelter"]
    pick(stage, page, name, value)
    assert names(stage, page) == ["Emergency shelter"]
    stage.click(stage.find(page, "directory.clear"))
    assert len(names(stage, page)) == 2


def test_words_find_whatever_their_accents_and_nothing_says_what_to_do(stage: Any, worker: Actor, shelter: str) -> None:
    page = opened(stage, worker)
    search = stage.find(page, "directory.search")
    stage.qtbot.keyClicks(search, "REFUGE")
    stage.qtbot.waitUntil(lambda: names(stage, page) == ["Emergency shelter"])
    stage.qtbot.keyClicks(search, " zzz")
    stage.qtbot.waitUntil(lambda: "No service fits" in texts(page))


def test_the_card_says_what_one_needs_and_keeps_the_address(stage: Any, worker: Actor, shelter: str) -> None:
    page = opened(stage, worker)
    names(stage, page)
    stage.find(page, "directory.table").view.selectRow(1)
    stage.settle()
    said = texts(page)
    for words in ("555-0111", "Day and night", "Always open", "Call first", "English, French", "Nothing is required"):
        assert words in said
    assert "Verify before you refer: last checked on" in said
    assert "Kept confidential" in said
    assert "Secret Lane" not in said


def test_checked_today_is_stored(stage: Any, office: Office, worker: Actor, shelter: str) -> None:
    page = opened(stage, worker)
    names(stage, page)
    stage.find(page, "directory.table").view.selectRow(1)
    stage.settle()
    stage.click(stage.find(page, "directory.verify"))
    assert office.get(Service, shelter).assured_date == date(2026, 1, 20)
    assert "Verify before you refer" not in texts(page)


def test_correcting_hands_over_only_what_was_changed(stage: Any, office: Office, worker: Actor, shelter: str) -> None:
    page = opened(stage, worker)
    names(stage, page)
    stage.find(page, "directory.table").view.selectRow(1)
    stage.settle()
    stage.click(stage.find(page, "directory.correct"))
    dialog = page.findChild(ServiceDialog)
    assert isinstance(dialog, ServiceDialog)
    hours = stage.find(dialog, "directory.form.hours")
    hours.clear()
    stage.qtbot.keyClicks(hours, "8 to 8")
    number = stage.find(dialog, "directory.form.phones.0.number")
    number.clear()
    stage.qtbot.keyClicks(number, "555-0112")
    stage.click(stage.find(dialog, "directory.form.save"))
    kept = office.get(Service, shelter)
    assert (kept.hours, kept.address, kept.name_fr) == ("8 to 8", "1 Secret Lane", "Refuge d'urgence")
    assert kept.phones == [{"number": "555-0112", "description": "Day and night"}]
    assert "8 to 8" in texts(page)


@pytest.mark.parametrize("typed", HOSTILE, ids=["markup", "formula", "direction", "long"])
def test_a_service_of_a_new_organization(stage: Any, office: Office, worker: Actor, typed: str) -> None:
    page = opened(stage, worker)
    stage.click(stage.find(page, "directory.add"))
    dialog = page.findChild(ServiceDialog)
    assert isinstance(dialog, ServiceDialog)
    stage.click(stage.find(dialog, "directory.form.save"))
    assert "Choose the organization" in texts(dialog)
    pick(stage, dialog, "directory.form.organization_id", NEW)
    stage.qtbot.keyClicks(stage.find(dialog, "directory.form.organization"), "Example Bridge")
    description = stage.find(dialog, "directory.form.description")
    stage.qtbot.keyClicks(stage.find(dialog, "directory.form.name"), "Walk-in help")
    description.setPlainText(typed)
    stage.click(stage.find(dialog, "directory.form.save"))
    (made,) = office.found(Service)
    assert (made.name, made.description, made.status) == ("Walk-in help", typed, "active")
    assert office.get(Organization, str(made.organization_id)).name == "Example Bridge"
    assert typed in texts(page)


def test_an_officer_reads_and_does_not_write(stage: Any, officer: Actor, shelter: str) -> None:
    page = opened(stage, officer)
    names(stage, page)
    stage.find(page, "directory.table").view.selectRow(1)
    stage.settle()
    assert "555-0111" in texts(page)
    for name in ("directory.add", "directory.correct", "directory.verify"):
        assert not page.findChildren(QWidget, name)
    assert officer.role is Role.OFF
