"""Personal alarms on a real vault: from the application to the return, and the room of an alarm by keyboard."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QScrollArea, QWidget
from shiboken6 import isValid

from app.models.local.tables import AuditEntry
from app.models.tracking import (
    AlarmEvent,
    LocationTrack,
    TrackingApplication,
    TrackingDevice,
    TrackingLoan,
    TrackingView,
)
from app.models.vocab import (
    AlarmOutcome,
    AlarmSource,
    AuditAction,
    Channel,
    CheckResult,
    DeviceStatus,
    LoanEnd,
    Role,
    TrackingReason,
    TrackingSource,
    TrackingStatus,
    Tri,
)
from app.services import (
    published_counts,
    tracking,
    tracking_alarms,
    tracking_loans,
    tracking_locations,
)
from app.views.common.text import Heading, PlainLabel
from app.views.tracking.alarm_page import AlarmPage, EndDialog
from app.views.tracking.card_page import CardPage, ViewsPage
from app.views.tracking.case_page import CasePage
from app.views.tracking.device_dialogs import ContactDeviceDialog, DestroyDialog, DeviceNumberDialog, ReserveDialog
from app.views.tracking.dialogs import ApplicationDialog, DecideDialog, DeviceDialog, WipeDialog
from app.views.tracking.dispatch_page import CardReasonDialog, DispatchPage, RaiseDialog
from app.views.tracking.figures_page import CountsPage, FiguresPage
from app.views.tracking.list_page import ListPage
from app.views.tracking.loan_dialogs import CheckDialog, IssueDialog, ReturnDialog
from app.views.tracking.locations import LookDialog, PositionsDialog
from tests import factories
from tests.services.test_tracking import Story, story  # noqa: F401  (the fixture)


def texts(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(PlainLabel) if label.isVisible() and label.text()]


def says(widget: QWidget, words: str) -> bool:
    return any(words in text for text in texts(widget))


def dialog_of(page: QWidget, kind: type[QDialog]) -> Any:
    found = [one for one in page.findChildren(kind) if one.isVisible()]
    assert len(found) == 1, kind.__name__
    return found[0]


def save(stage: Any, dialog: Any) -> None:
    dialog.accept_button.click()
    stage.settle()
    assert not isValid(dialog) or not dialog.isVisible(), texts(dialog)


def put(dialog: Any, **values: Any) -> None:
    for name, value in values.items():
        dialog._fields[name].control.set_value(value)


def case_page(stage: Any, actor: Any, case_id: str) -> CasePage:
    page = CasePage(stage.context(actor, "W. Worker"))
    stage.show(page, 1200, 800)
    page.open(case_id=case_id)
    stage.settle()
    return page


def put_up(stage: Any, page: QWidget) -> None:
    """Show a page that needs no keyboard."""
    stage.qtbot.addWidget(page)
    page.resize(1000, 800)
    page.show()
    stage.settle()


def key(stage: Any, page: QWidget, code: Qt.Key) -> None:
    """A key with Ctrl, once the window has the keyboard: without a screen a dialog that goes takes it along."""
    page.activateWindow()
    stage.qtbot.waitUntil(page.isActiveWindow)
    QTest.keyClick(page, code, Qt.KeyboardModifier.ControlModifier)


def test_from_the_application_to_the_return(stage: Any, story: Story) -> None:  # noqa: F811
    office = story.office
    closed = tracking.CloseApplication(application_id=story.application_id, reason="Begun anew")
    office.do(story.worker, tracking.close_application, closed)
    story.plan()
    page = case_page(stage, story.worker, story.case_id)
    stage.find(page, "tracking.apply").click()
    stage.settle()
    dialog = dialog_of(page, ApplicationDialog)
    met = factories.application(story.case_id).eligibility
    put(dialog, source=TrackingSource.SHELTER, reason="Threats", eligibility=met)
    save(stage, dialog)
    (application,) = office.found(TrackingApplication, TrackingApplication.status == TrackingStatus.REFERRED)
    assert application.source is TrackingSource.SHELTER
    stage.find(page, "tracking.assess").click()
    stage.settle()
    above = case_page(stage, story.supervisor, story.case_id)
    stage.find(above, "tracking.decide").click()
    stage.settle()
    decision = dialog_of(above, DecideDialog)
    decision.accept_button.click()
    assert says(decision, "Choose how you decide")
    put(decision, decision=TrackingStatus.APPROVED)
    save(stage, decision)
    above.close()
    page.refresh()
    stage.settle()
    stage.find(page, "tracking.issue").click()
    stage.settle()
    issue = dialog_of(page, IssueDialog)
    today = office.clock.at.date()
    put(issue, device_id=story.device_id, practice=CheckResult.OK, agreement_on=today, word_clear="Sunny afternoon")
    issue.accept_button.click()
    stage.settle()
    assert says(issue, "A second person has to see this"), "the refusal stands at the witness"
    put(issue, witness=story.witness.member_id, place_home="5 Invented Road", alert=["Ada Sorrel, sister, 555-0188"])
    save(stage, issue)
    (loan,) = office.found(TrackingLoan)
    assert says(page, "MT-07") and not says(page, "Sunny afternoon"), "the words are hidden until asked for"
    stage.find(page, "tracking.check").click()
    stage.settle()
    check = dialog_of(page, CheckDialog)
    put(check, result=CheckResult.OK, battery=88)
    save(stage, check)
    assert says(page, "battery 88 %")
    stage.find(page, "tracking.return").click()
    stage.settle()
    back = dialog_of(page, ReturnDialog)
    put(back, reason=LoanEnd.SAFER, witness=story.witness.member_id)
    save(stage, back)
    assert office.get(TrackingLoan, loan.id).returned_at is not None
    assert office.get(TrackingDevice, story.device_id).status is DeviceStatus.WIPING


def test_a_device_is_entered_and_wiped_from_the_list(stage: Any, story: Story) -> None:  # noqa: F811
    office = story.office
    page = ListPage(stage.context(story.worker, "W. Worker"))
    stage.show(page, 1200, 760)
    page._view.set_value("devices")
    page._view.changed.emit()
    stage.find(page, "tracking.device.add").click()
    stage.settle()
    dialog = dialog_of(page, DeviceDialog)
    put(dialog, asset_no="MT-20", monthly_cents=21)
    save(stage, dialog)
    (device,) = office.found(TrackingDevice, TrackingDevice.asset_no == "MT-20")
    assert device.monthly_cents == 2100
    loan_id = story.lent()
    command = tracking_loans.ReturnDevice(loan_id=loan_id, reason=LoanEnd.TERM, witness=story.witness.member_id)
    office.do(story.worker, tracking_loans.return_device, command)
    page.refresh()
    stage.settle()
    table = stage.find(page, "tracking.devices")
    table.view.selectRow(0)
    stage.find(page, "tracking.device.wipe").click()
    stage.settle()
    wipe = dialog_of(page, WipeDialog)
    put(wipe, witness=story.witness.member_id)
    save(stage, wipe)
    assert office.get(TrackingDevice, story.device_id).status is DeviceStatus.IN_STOCK


def test_an_alarm_by_keyboard_alone(stage: Any, story: Story) -> None:  # noqa: F811
    office, _ = story.office, story.lent()
    page = DispatchPage(stage.context(story.dispatcher, "D. Dispatcher"))
    stage.show(page, 1200, 760)
    assert not says(page, "Nadia") and not says(page, "Sunny afternoon"), "the list names nobody"
    page.setFocus()
    field = QApplication.focusWidget()
    assert field is not None
    QTest.keyClicks(field, "mt-07")
    stage.settle()
    key(stage, page, Qt.Key.Key_Return)
    stage.settle()
    office.clock.move(seconds=9)
    save(stage, dialog_of(page, RaiseDialog))
    (event,) = office.found(AlarmEvent)
    assert event.source is AlarmSource.SOS and event.received_at == office.clock.at - timedelta(seconds=9)
    assert stage.went == [("tracking.alarm", {"event_id": event.id})]
    page.close()
    room = AlarmPage(stage.context(story.dispatcher, "D. Dispatcher"))
    stage.show(room, 1280, 800)
    room.open(event_id=event.id)
    stage.settle()
    assert says(room, "Sunny afternoon"), "the card opens with the alarm as its reason"
    (view,) = office.found(TrackingView)
    assert view.why is TrackingReason.ALARM
    for seconds, code in ((26, Qt.Key.Key_1), (30, Qt.Key.Key_2), (440, Qt.Key.Key_3)):
        office.clock.move(seconds=seconds)
        key(stage, room, code)
        stage.settle()
    assert [clock.text() for clock in room._clocks.values()][:3] == ["0:35", "1:05", "8:25"]
    before = office.get(AlarmEvent, event.id).ack_at
    key(stage, room, Qt.Key.Key_1)
    stage.settle()
    assert office.get(AlarmEvent, event.id).ack_at == before, "a time that was taken stays"
    key(stage, room, Qt.Key.Key_6)
    stage.settle()
    end = dialog_of(room, EndDialog)
    put(end, outcome=AlarmOutcome.PRESENT)
    save(stage, end)
    found = office.get(AlarmEvent, event.id)
    assert found.outcome is AlarmOutcome.PRESENT and found.cleared_at is not None


def test_positions_are_typed_and_shown_with_a_reason(stage: Any, story: Story) -> None:  # noqa: F811
    office, loan_id = story.office, story.lent()
    raised = tracking_alarms.RaiseAlarm(loan_id=loan_id, source=AlarmSource.SOS)
    event_id = office.do(story.worker, tracking_alarms.raise_alarm, raised)
    room = AlarmPage(stage.context(story.worker, "W. Worker"))
    stage.show(room, 1280, 800)
    room.open(event_id=event_id)
    stage.settle()
    stage.find(room, "tracking.positions.add").click()
    stage.settle()
    dialog = dialog_of(room, PositionsDialog)
    put(dialog, lines=["somewhere"])
    dialog.accept_button.click()
    assert says(dialog, "This line is not a position: somewhere")
    put(dialog, lines=["43.451137, -79.687713, 11:58, 12", "43.4512 -79.6878 11:59:30"])
    save(stage, dialog)
    (track,) = office.found(LocationTrack)
    assert track.point_count == 2 and not says(room, "43.451")
    stage.find(room, "tracking.positions.show").click()
    stage.settle()
    save(stage, dialog_of(room, LookDialog))
    assert says(room, "43.45114") and says(room, "within 12 metres")


def test_a_card_opens_with_a_reason(stage: Any, story: Story, officer: Any) -> None:  # noqa: F811
    story.lent()
    page = DispatchPage(stage.context(officer, "Const. Marchetti"))
    stage.show(page, 1200, 760)
    table = stage.find(page, "tracking.dispatch.devices")
    table.view.selectRow(0)
    stage.find(page, "tracking.dispatch.card").click()
    stage.settle()
    dialog = dialog_of(page, CardReasonDialog)
    dialog.accept_button.click()
    stage.settle()
    assert says(dialog, "Say why you open this") and stage.went == []
    stage.find(dialog, "tracking.reason.why").set_value(TrackingReason.CALL)
    dialog.accept_button.click()
    stage.settle()
    ((route, subject),) = stage.went
    page.close()
    card = CardPage(stage.context(officer, "Const. Marchetti"))
    stage.show(card, 1000, 800)
    card.open(**subject)
    stage.settle()
    assert route == "tracking.card" and says(card, "Is the parcel there") and says(card, "Green coat")
    card.print_card()
    assert stage.previews[0][0] == "F-804"
    card.close()
    seen = ViewsPage(stage.context(story.supervisor, "S. Supervisor"))
    stage.show(seen, 1000, 600)
    assert stage.find(seen, "tracking.views").model.rowCount() == 1


def test_figures_are_published_and_analysts_see_them(stage: Any, story: Story) -> None:  # noqa: F811
    story.lent()
    page = FiguresPage(stage.context(story.supervisor, "S. Supervisor"))
    put_up(stage, page)
    assert says(page, "Loans begun")
    stage.find(page, "tracking.publish").click()
    stage.settle()
    page.close()
    counts = CountsPage(stage.context(Role.CSW, "C. Counter"))
    put_up(stage, counts)
    assert stage.find(counts, "tracking.counts").model.rowCount() == 12
    assert published_counts.TOTAL == "All"


@pytest.mark.parametrize("role", [Role.VSU, Role.DSP])
def test_an_empty_start_says_what_comes(stage: Any, office: Any, role: Role) -> None:
    page = (ListPage if role is Role.VSU else DispatchPage)(stage.context(role))
    stage.show(page, 1100, 700)
    assert says(page, "No device is on loan")


def devices_page(stage: Any, actor: Any) -> ListPage:
    page = ListPage(stage.context(actor, "W. Worker"))
    stage.show(page, 1200, 760)
    page._view.set_value("devices")
    page._view.changed.emit()
    stage.find(page, "tracking.devices").view.selectRow(0)
    return page


def test_a_device_is_kept_for_a_client(stage: Any, story: Story) -> None:  # noqa: F811
    story.plan()
    page = devices_page(stage, story.worker)
    button = stage.find(page, "tracking.device.reserve")
    assert not button.isEnabled(), "no application may have a device yet"
    story.approve()
    page.refresh()
    stage.settle()
    stage.find(page, "tracking.devices").view.selectRow(0)
    button.click()
    stage.settle()
    dialog = dialog_of(page, ReserveDialog)
    dialog.accept_button.click()
    assert says(dialog, "Choose the application")
    put(dialog, application_id=story.application_id)
    save(stage, dialog)
    device = story.office.get(TrackingDevice, story.device_id)
    assert device.status is DeviceStatus.RESERVED and device.reserved_for == story.application_id
    page.close()
    above = devices_page(stage, story.supervisor)
    assert not above._keep.isVisible()


def test_the_number_of_a_device_is_shown_only_as_the_client_agreed(stage: Any, story: Story) -> None:  # noqa: F811
    office, loan_id = story.office, story.lent()
    agreed = tracking_loans.UpdateLoan(loan_id=loan_id, device_call_ok=Tri.NO, device_text_ok=Tri.YES)
    office.do(story.worker, tracking_loans.update_loan, agreed)
    page = case_page(stage, story.worker, story.case_id)
    stage.find(page, "tracking.contact.open").click()
    stage.settle()
    dialog = dialog_of(page, ContactDeviceDialog)
    dialog.accept_button.click()
    assert says(dialog, "Choose how you reach")
    put(dialog, channel=Channel.PHONE)
    dialog.accept_button.click()
    stage.settle()
    assert says(dialog, "The client did not agree to this") and not page.findChildren(DeviceNumberDialog)
    area = dialog.findChild(QScrollArea)
    assert isinstance(area, QScrollArea) and area.verticalScrollBar().maximum() == 0, "the whole dialog is in sight"
    assert office.found(AuditEntry, AuditEntry.action == AuditAction.CONTACT) == []
    put(dialog, channel=Channel.TEXT)
    save(stage, dialog)
    number = dialog_of(page, DeviceNumberDialog)
    assert "+15550177" in [label.text() for label in number.findChildren(Heading)]
    (entry,) = office.found(AuditEntry, AuditEntry.action == AuditAction.CONTACT)
    assert entry.record_id == loan_id
    number.accept_button.click()


def test_positions_are_kept_because_the_client_asked(stage: Any, story: Story) -> None:  # noqa: F811
    office, loan_id = story.office, story.lent()
    page = case_page(stage, story.worker, story.case_id)
    stage.find(page, "tracking.client.keep").click()
    stage.settle()
    dialog = dialog_of(page, PositionsDialog)
    put(dialog, lines=["43.451137, -79.687713, 9:58, 12"])
    save(stage, dialog)
    (track,) = office.found(LocationTrack)
    assert track.loan_id == loan_id and track.why is TrackingReason.CLIENT and track.event_id is None
    assert not says(page, "43.451")
    stage.find(page, "tracking.client.show").click()
    stage.settle()
    look = dialog_of(page, LookDialog)
    look.accept_button.click()
    stage.settle()
    assert says(look, "Say why you open this") and not says(page, "43.451")
    put(look, reason="She asked where she was")
    save(stage, look)
    assert says(page, "43.45114")


def test_a_supervisor_destroys_positions_past_their_time(stage: Any, story: Story) -> None:  # noqa: F811
    office, loan_id = story.office, story.lent()
    point = {"lat": 43.4, "lon": -79.6, "at": office.clock.at.isoformat()}
    kept = tracking_locations.KeepLocations(points=(point,), loan_id=loan_id)
    track_id = office.do(story.worker, tracking_locations.keep_locations, kept)
    page = ListPage(stage.context(story.supervisor, "S. Supervisor"))
    stage.show(page, 1200, 760)
    assert not page._destroy.isVisible()
    office.clock.move(days=31)
    page.refresh()
    stage.settle()
    stage.find(page, "tracking.destroy.open").click()
    stage.settle()
    dialog = dialog_of(page, DestroyDialog)
    put(dialog, reason="Past its time")
    dialog.accept_button.click()
    stage.settle()
    assert says(dialog, "A second person has to see this") and office.get(LocationTrack, track_id).points
    put(dialog, second=story.witness.member_id)
    save(stage, dialog)
    assert office.get(LocationTrack, track_id).points is None
    assert not page._destroy.isVisible()
