"""Renewal letters for many: marked in the queue, shown as one file, those left out named with the reason."""

from __future__ import annotations

import subprocess
from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.models.local.tables import AuditEntry
from app.models.registry import Registration
from app.models.vocab import AuditAction, Role, SubmitterWay, Tri
from app.models.work import Actor
from app.queries.registry import RegistryView
from app.services import registry, registry_terms
from app.views.common.banner import Banner
from app.views.common.text import PlainLabel
from app.views.registry.letters import LettersDialog
from app.views.registry.list_page import RegistryPage
from tests import factories
from tests.conftest import Office


@pytest.fixture
def coordinator(office: Office) -> Actor:
    return office.member(Role.REG, "R. Registrar")


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 17, tzinfo=UTC)


def activated(office: Office, coordinator: Actor, **other: Any) -> str:
    made: str = office.do(coordinator, registry.register, factories.registration(**other))
    office.do(coordinator, registry.activate_registration, registry.ActivateRegistration(registration_id=made))
    return made


@pytest.fixture
def queue(office: Office, coordinator: Actor) -> dict[str, str]:
    """On 2026-01-10: six that end on 03-10, of one of which the reminder was noted, and one that ends in May."""
    office.clock.at = noon(date(2025, 3, 10))
    made = {
        "french": activated(office, coordinator, letter_language="fr", submitter_safe=Tri.YES),
        "unsafe": activated(office, coordinator, submitter_safe=Tri.NO),
        "english": activated(office, coordinator, letter_language="en", submitter_safe=Tri.YES),
        "noted": activated(office, coordinator, letter_language="en", submitter_safe=Tri.YES),
        "heeded": activated(office, coordinator, submitter_safe=Tri.YES, submitter_note="Only after the fifth"),
        "unasked": activated(office, coordinator),
    }
    office.clock.at = noon(date(2025, 5, 20))
    made["later"] = activated(office, coordinator)
    office.clock.at = noon(date(2026, 1, 10))
    remind = registry_terms.RecordReminder(registration_id=made["noted"], way=SubmitterWay.MAIL)
    office.do(coordinator, registry_terms.record_reminder, remind)
    return made


def asked(stage: Any, actor: Actor) -> tuple[RegistryPage, LettersDialog]:
    page = RegistryPage(stage.context(actor))
    stage.show(page)
    assert not [one for one in page.findChildren(type(page._letters), "registry.letters.open") if one.isVisible()]
    page._view.set_value(RegistryView.RENEWAL)
    page.refresh()
    stage.settle()
    stage.click(stage.find(page, "registry.letters.open"))
    (dialog,) = page.findChildren(LettersDialog)
    return page, dialog


def words(pdf: bytes) -> str:
    command = ["pdftotext", "-enc", "UTF-8", "-", "-"]
    return " ".join(subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode().split())


def test_whose_reminder_is_due_is_marked(stage: Any, coordinator: Actor, queue: dict[str, str]) -> None:
    _, dialog = asked(stage, coordinator)
    marked = {name: dialog.marks[made].value() for name, made in queue.items() if made in dialog.marks}
    assert {name for name, chosen in marked.items() if chosen} == {"french", "english"}
    assert set(marked) == set(queue) - {"later"}
    said = [label.text() for label in dialog.findChildren(PlainLabel)]
    assert said.count("Heed: Only after the fifth") == 1
    assert said.count("Nobody has asked how the submitter can be reached safely.") == 1
    assert said.count("It is not safe to reach the submitter. Ask a supervisor first.") == 1
    tick = dialog.marks[queue["heeded"]].focusProxy()
    assert tick is not None and tick.accessibleDescription() == "Heed: Only after the fifth"
    stage.click(stage.find(dialog, "registry.letters.none"))
    stage.click(dialog.accept_button)
    assert dialog.isVisible() and dialog.chosen() == ()
    assert any("Mark at least one" in one.text() for one in dialog.findChildren(Banner) if one.isVisible())
    stage.click(stage.find(dialog, "registry.letters.all"))
    assert {one.record_id for one in dialog.chosen()} == set(queue.values()) - {queue["later"]}


def test_one_file_with_who_is_left_out_and_why(
    stage: Any, office: Office, coordinator: Actor, queue: dict[str, str]
) -> None:
    _, dialog = asked(stage, coordinator)
    dialog.marks[queue["unsafe"]].set_value(True)
    stage.click(dialog.accept_button)
    stage.settle()
    desk = stage.letter_desk
    stage.qtbot.waitUntil(lambda: desk.shown is not None, timeout=20_000)
    read = words(desk.shown.pdf)
    assert "Il est temps de renouveler" in read and "Time to renew" in read, "each in its own language"
    numbers = {name: office.get(Registration, made).number or "?" for name, made in queue.items()}
    assert numbers["french"] in read and numbers["english"] in read
    assert numbers["unsafe"] not in read and numbers["noted"] not in read
    (note,) = [one for one in desk.shown.findChildren(Banner) if one.isVisible()]
    assert note.text().startswith("1 registration gets no letter.")
    assert f"{numbers['unsafe']} · T. R.: Letters to the submitter are not safe." in note.text()
    entries = office.found(AuditEntry, AuditEntry.action == str(AuditAction.PRINT))
    assert {(one.record_id, one.reason) for one in entries} == {
        (queue["french"], "F-604 client"),
        (queue["english"], "F-604 client"),
    }
    left: list[str] = []
    desk.shown._leaving(True, lambda: left.append("file"))
    stage.settle()
    assert left == ["file"]
    exported = office.found(AuditEntry, AuditEntry.action == str(AuditAction.EXPORT))
    assert {one.record_id for one in exported} == {queue["french"], queue["english"]}
    change = registry.UpdateRegistration(registration_id=queue["english"], submitter_safe=Tri.NO)
    office.do(coordinator, registry.update_registration, change)
    desk.shown._leaving(False, lambda: left.append("paper"))
    stage.settle()
    assert left == ["file"] and "not safe" in stage.messages.last[0], "what was shown before may not leave any more"
    desk.shown.accept()
    stage.settle()


def test_where_nobody_may_be_written_to_it_is_said(stage: Any, coordinator: Actor, queue: dict[str, str]) -> None:
    _, dialog = asked(stage, coordinator)
    stage.click(stage.find(dialog, "registry.letters.none"))
    dialog.marks[queue["unsafe"]].set_value(True)
    stage.click(dialog.accept_button)
    stage.settle()
    assert stage.letter_desk.shown is None
    assert stage.messages.last[0].startswith("1 registration gets no letter.")
