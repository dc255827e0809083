"""The settings on a real vault: what holds today and from when a change holds, by clicks; who sees the page at all."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget

from app.errors import NotAllowed
from app.models.agency import Setting
from app.models.vocab import Role
from app.models.work import Actor
from app.queries.settings import FIELDS
from app.services import directory
from app.services.directory import UpdateSetting
from app.vault import state
from app.views.common.dates import DateField
from app.views.common.table import RowTable
from app.views.common.text import LineEdit, PlainLabel
from app.views.main_window import MainWindow
from app.views.settings.dialog import SettingDialog
from app.views.settings.page import SettingsPage
from app.views.settings.programme import PROGRAMME
from tests.conftest import Office, TestClock

CALL_BACK = "vsu.requester_callback_min"
TODAY = date(2026, 1, 20)


def opened(stage: Any, actor: Actor) -> SettingsPage:
    page = SettingsPage(stage.context(actor, "S. Supervisor"))
    stage.show(page)
    return page


def lines(page: SettingsPage) -> list[tuple[str, str, str]]:
    """What the table says."""
    (table,) = page.findChildren(RowTable, "settings.table")
    rows = range(table.model.rowCount())
    label, value, since = ([str(table.model.index(row, place).data()) for row in rows] for place in range(3))
    return list(zip(label, value, since, strict=True))


def line_of(page: SettingsPage, name: str) -> tuple[str, str]:
    """Value and since of one setting."""
    label = next(field.label for field in FIELDS if field.name == name)
    return next((value, since) for said, value, since in lines(page) if said == label)


def change(stage: Any, page: SettingsPage, name: str) -> SettingDialog:
    """Choose a setting's row and press Change."""
    table = stage.find(page, "settings.table")
    place = next(place for place in range(table.model.rowCount()) if table.model.row(place).id == name)
    table.view.selectRow(place)
    stage.click(stage.find(page, "settings.edit"))
    dialogs = [dialog for dialog in page.findChildren(SettingDialog) if dialog.isVisible()]
    assert len(dialogs) == 1
    return dialogs[0]


def type_into(stage: Any, dialog: SettingDialog, text: str, name: str = "settings.value") -> None:
    """Replace what stands in an input by typing."""
    found = stage.find(dialog, name)
    edit = found if isinstance(found, LineEdit) else found.findChild(LineEdit)
    edit.clear()
    if text.isascii():
        stage.qtbot.keyClicks(edit, text)
    else:
        edit.insert(text)  # as from the clipboard: a test's keyboard has no such keys


def save(stage: Any, dialog: SettingDialog) -> None:
    stage.click(stage.find(dialog, "settings.save"))


def texts(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(PlainLabel) if label.isVisible())


def test_every_setting_is_listed_under_its_group(stage: Any, supervisor: Actor) -> None:
    page = opened(stage, supervisor)
    said = lines(page)
    assert len(said) == len(FIELDS) + 8
    assert [label for label, value, _ in said if not value] == [
        "The service",
        "Collection notice",
        "Clocks of crisis intervention",
        "Safe contact, consent, referrals",
        "Safety plan and orders",
        "Privacy",
        "Vulnerable Person Registry",
        "Project Lifesaver",
    ]
    assert line_of(page, CALL_BACK) == ("30 minutes", "As shipped")
    assert line_of(page, "order.warn_days") == ("60, 30 and 7 days", "As shipped")
    assert line_of(page, "vsu.assistance_approval_cents")[0] == "$50.00"
    assert line_of(page, "service.name") == ("Example Service", "20 Jan 2026")
    edit = stage.find(page, "settings.edit")
    assert not edit.isEnabled()
    stage.find(page, "settings.table").view.selectRow(0)
    assert not edit.isEnabled()


def test_a_change_holds_from_its_day_and_not_before(
    stage: Any, office: Office, clock: TestClock, supervisor: Actor
) -> None:
    page = opened(stage, supervisor)
    dialog = change(stage, page, CALL_BACK)
    type_into(stage, dialog, "20")
    save(stage, dialog)
    assert line_of(page, CALL_BACK) == ("20 minutes", "20 Jan 2026")
    dialog = change(stage, page, CALL_BACK)
    type_into(stage, dialog, "15")
    stage.find(dialog, "settings.effective_from").set_value(date(2026, 2, 1))
    save(stage, dialog)
    assert line_of(page, CALL_BACK) == ("20 minutes", "From 1 Feb 2026: 15 minutes")
    kept = sorted(office.found(Setting, Setting.name == CALL_BACK), key=lambda one: str(one.effective_from))
    assert [(one.value, one.effective_from, one.effective_to) for one in kept] == [
        (20, TODAY, date(2026, 1, 31)),
        (15, date(2026, 2, 1), None),
    ]
    with office.vault.write(supervisor) as work:
        days = (date(2026, 1, 19), TODAY, date(2026, 1, 31), date(2026, 2, 1))
        assert [work.setting(CALL_BACK, day) for day in days] == [30, 20, 20, 15]
    clock.move(days=12)
    page.refresh()
    stage.settle()
    assert line_of(page, CALL_BACK) == ("15 minutes", "1 Feb 2026")
    said = texts(change(stage, page, CALL_BACK))
    for words in ("From 1 Feb 2026, by S. Supervisor", "From 20 Jan 2026 to 31 Jan 2026, by S. Supervisor"):
        assert words in said
    assert "As shipped" in said


@pytest.mark.parametrize("typed", ["0", "16", ""])
def test_an_idle_lock_out_of_bounds_is_refused(stage: Any, office: Office, supervisor: Actor, typed: str) -> None:
    page = opened(stage, supervisor)
    dialog = change(stage, page, "privacy.idle_min")
    type_into(stage, dialog, typed)
    save(stage, dialog)
    assert dialog.isVisible()
    assert "Enter a whole number from 1 to 15." in texts(dialog)
    assert not office.found(Setting, Setting.name == "privacy.idle_min")
    type_into(stage, dialog, "15")
    save(stage, dialog)
    assert line_of(page, "privacy.idle_min")[0] == "15 minutes"


def test_a_day_that_is_over_and_what_holds_already_are_refused(stage: Any, office: Office, supervisor: Actor) -> None:
    page = opened(stage, supervisor)
    dialog = change(stage, page, "service.name")
    save(stage, dialog)
    assert "This is in force on that day already." in texts(dialog)
    type_into(stage, dialog, "   ")
    save(stage, dialog)
    assert "This cannot be empty." in texts(dialog)
    type_into(stage, dialog, "Lakeshore Victim Services")
    day = stage.find(dialog, "settings.effective_from")
    assert isinstance(day, DateField)
    day.set_value(date(2026, 1, 19))
    save(stage, dialog)
    assert "Choose today or a later day" in texts(dialog)
    assert len(office.found(Setting, Setting.name == "service.name")) == 1


@pytest.mark.parametrize(
    ("name", "typed", "kept", "said"),
    [
        ("vsu.followup_days", "30; 7, 14", [7, 14, 30], "7, 14 and 30 days"),
        ("vsu.assistance_approval_cents", "75,50", 7550, "$75.50"),
        ("service.neutral_name", "<b>=1+1</b> \u202eline", "<b>=1+1</b> \u202eline", "<b>=1+1</b> \u202eline"),
    ],
)
def test_each_kind_of_value_is_typed_and_kept(
    stage: Any, office: Office, supervisor: Actor, name: str, typed: str, kept: object, said: str
) -> None:
    page = opened(stage, supervisor)
    dialog = change(stage, page, name)
    type_into(stage, dialog, typed)
    save(stage, dialog)
    (record,) = office.found(Setting, Setting.name == name)
    assert record.value == kept
    assert line_of(page, name)[0] == said
    assert said in texts(change(stage, page, name))


def test_municipalities_stand_one_on_a_line_and_go_back_to_the_shipped(
    stage: Any, office: Office, supervisor: Actor
) -> None:
    name = "service.municipalities"
    page = opened(stage, supervisor)
    dialog = change(stage, page, name)
    stage.find(dialog, "settings.value").setPlainText("Port Lindon\n\n  Alder Falls \nport lindon")
    save(stage, dialog)
    assert "An entry stands in the list twice." in texts(dialog)
    stage.find(dialog, "settings.value").setPlainText("Port Lindon\n\n  Alder Falls ")
    save(stage, dialog)
    assert line_of(page, name)[0] == "Port Lindon, Alder Falls"
    dialog = change(stage, page, name)
    stage.click(stage.find(dialog, "settings.shipped"))
    save(stage, dialog)
    values = [one.value for one in office.found(Setting, Setting.name == name)]
    assert ["Port Lindon", "Alder Falls"] in values
    assert ["Burlington", "Halton Hills", "Milton", "Oakville"] in values


@pytest.mark.parametrize("typed", ["7, soon", "7.5", "², ٣"])
def test_days_that_cannot_be_read_are_explained(stage: Any, office: Office, supervisor: Actor, typed: str) -> None:
    page = opened(stage, supervisor)
    dialog = change(stage, page, "order.warn_days")
    type_into(stage, dialog, typed)
    save(stage, dialog)
    assert "Write whole numbers with a comma between them" in texts(dialog)
    assert stage.find(dialog, "settings.value").text() == typed
    assert not office.found(Setting, Setting.name == "order.warn_days")


def test_a_long_text_is_refused_and_stays(stage: Any, office: Office, supervisor: Actor) -> None:
    page = opened(stage, supervisor)
    dialog = change(stage, page, "service.address")
    stage.find(dialog, "settings.value").setText("a" * 30_000)
    save(stage, dialog)
    assert "Use at most 300 characters." in texts(dialog)
    assert len(stage.find(dialog, "settings.value").text()) == 30_000
    assert not office.found(Setting, Setting.name == "service.address")


def test_the_name_that_the_server_told_is_offered_until_one_is_set(
    stage: Any, office: Office, supervisor: Actor
) -> None:
    with office.vault.settling() as session:
        state.put(session, "agency_name", "Lakeshore Regional")
    page = opened(stage, supervisor)
    assert line_of(page, "service.name_fr") == ("Lakeshore Regional", "As your server calls it")
    dialog = change(stage, page, "service.name_fr")
    assert stage.find(dialog, "settings.value").text() == "Lakeshore Regional"
    save(stage, dialog)
    assert line_of(page, "service.name_fr") == ("Lakeshore Regional", "20 Jan 2026")


@pytest.mark.parametrize(("role", "sees"), [(Role.SUP, True), (Role.ADM, True), (Role.OFF, False), (Role.VSU, False)])
def test_who_finds_the_page(stage: Any, office: Office, role: Role, sees: bool) -> None:
    member = office.member(role, "M. Member")
    window = MainWindow((PROGRAMME,), stage.messages)
    stage.qtbot.addWidget(window)
    window.furnish(stage.context(member))
    window.go("settings")
    stage.settle()
    assert bool(window.findChildren(SettingsPage)) is sees
    if not sees:
        with pytest.raises(NotAllowed):
            office.do(member, directory.update_setting, UpdateSetting(name=CALL_BACK, value=1))
