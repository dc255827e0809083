"""The parts of the tour, in the order in which `__main__` runs them. Each is one sitting of one person."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from app.queries import outbox
from app.queries.outbox import SyncState
from app.views import style
from app.views.common.table import RowTable
from tests.tour.drill import missing_person, wearer
from tests.tour.hand import Hand, TourFailed
from tests.tour.session import PASSPHRASE, PICTURES, Sitting

__all__ = ["missing_person", "wearer"]
"""Parts that stand in a file of their own."""


def begin(sitting: Sitting, given: dict[str, Any]) -> None:
    """A new person enrols with the code from the administrator and meets the server."""
    sitting.start()
    sitting.enrol(given["address"], given["code"])
    sitting.hand.picture("first-page")
    sitting.send()


def meet(sitting: Sitting, _given: dict[str, Any]) -> None:
    """Unlock and exchange with the server."""
    sitting.start()
    sitting.unlock()
    sitting.send()


def call_out(sitting: Sitting, given: dict[str, Any]) -> dict[str, Any]:
    """The whole call-out with the cable pulled: request, response, case, needs, plan, pages."""
    hand = sitting.hand
    sitting.start()
    sitting.unlock()
    _raise_request(sitting)
    _respond(sitting, given["responders"])
    _capture(sitting)
    _record_contact(sitting)
    _contact_now(sitting)
    _write_plan(sitting)
    _print_from_case(sitting)
    sitting.go_to("outbox")
    hand.picture("nothing-sent-yet")
    waiting = sitting.house.store.read(outbox.counts)
    if waiting.unsent == 0 or waiting.received:
        raise TourFailed("without a server everything written must still be only here")
    return {"unsent": waiting.unsent}


def send(sitting: Sitting, _given: dict[str, Any]) -> dict[str, Any]:
    """The cable is back: everything is received."""
    sitting.start()
    sitting.unlock()
    sitting.send()
    hand = sitting.hand
    hand.wait(lambda: sitting.house.store.read(outbox.unsent) == 0, "everything is received")
    sitting.quiet()
    hand.choose("outbox.filter", SyncState.RECEIVED.label())
    sitting.quiet()
    hand.picture("everything-received")
    counts = sitting.house.store.read(outbox.counts)
    return {"received": counts.received}


def review(sitting: Sitting, _given: dict[str, Any]) -> None:
    """The supervisor sees the case, looks it over and returns it."""
    hand = sitting.hand
    sitting.start()
    sitting.unlock()
    sitting.send()
    sitting.go_to("supervision.caseload")
    hand.picture("caseload-overview")
    hand.click("supervision.tab.caseload")
    sitting.quiet()
    hand.picture("caseload-by-officer")
    sitting.go_to("crisis.cases")
    table = hand.find("cases.table", RowTable)
    hand.wait(lambda: table.model.rowCount() >= 1, "the case reached the supervisor")
    hand.picture("cases-of-the-team")
    case_id = _only_case(sitting)
    sitting.house.window.go("supervision.review", case_id=case_id)
    sitting.quiet()
    hand.picture("case-review")
    hand.type("review.comment.needs", "Please add what was said about housing.")
    hand.type("review.summary", "Careful work. One thing before I can approve it.")
    hand.picture("case-review-written")
    hand.click("review.return")
    sitting.quiet()
    sitting.send()


def correct(sitting: Sitting, _given: dict[str, Any]) -> None:
    """The worker sees what came back; then the same page in French, at night."""
    hand = sitting.hand
    sitting.start()
    sitting.unlock()
    sitting.send()
    sitting.go_to("today")
    hand.picture("returned-for-correction")
    sitting.house.window.go("crisis.case", case_id=_only_case(sitting))
    sitting.quiet()
    hand.picture("case-returned")
    _menu(hand, 0)
    hand.wait(lambda: sitting.profile.settings()["language"] == "fr", "French")
    sitting.quiet()
    _menu(hand, 1)
    hand.wait(lambda: style.mode() == "dark", "the dark mode")
    sitting.house.window.go("crisis.case", case_id=_only_case(sitting))
    sitting.quiet()
    hand.picture("case-in-french-at-night")
    sitting.house.window.resize(1920, 1060)
    sitting.go_to("today")
    hand.picture("today-in-french-at-night-wide")


def demonstration(sitting: Sitting, _given: dict[str, Any]) -> None:
    """First start, the demonstration: every page of every role."""
    hand = sitting.hand
    sitting.start()
    hand.click("welcome.explore")
    sitting.inside(1366, 768)
    for route in [page.route for page in sitting.house.window.offered()]:
        sitting.go_to(route)
        hand.picture(f"demonstration-{route.replace('.', '-')}")
    from app.models.vocab import Role

    sitting.house.window.role_asked.emit(Role.SUP)
    sitting.quiet()
    sitting.go_to("supervision.caseload")
    hand.picture("demonstration-supervisor")


def _raise_request(sitting: Sitting) -> None:
    hand = sitting.hand
    hand.picture("today-without-network")
    hand.click("today.new_request")
    sitting.quiet()
    hand.choose("request.response_wanted", "On scene now")
    hand.choose("request.scene_safe", "Secured, police staying")
    hand.choose("request.incident_kind", "Crime")
    hand.pick("request.offence_group", "Intimate partner")
    hand.choose("request.asks", "Emotional support")
    hand.choose("request.asks", "Locks")
    hand.type("request.person.1.name", "Dana Kestrel-Example")
    hand.pick("request.person.1.role", "Direct victim")
    hand.type("request.location", "14 Fictional Crescent, unit 3")
    hand.type("request.municipality", "Milton")
    hand.type("request.meet_point", "Side door, visitor spots behind the building")
    hand.type("request.requester_name", "Const. Marchetti")
    hand.type("request.requester_phone", "555-0142")
    hand.choose("request.consent_to_contact", "Yes")
    hand.picture("request")
    hand.click("request.send")
    hand.wait(lambda: sitting.house.window.route == "requests.detail", "the request is saved")
    sitting.quiet()
    hand.picture("request-saved-with-its-clock")


def _respond(sitting: Sitting, responders: list[str]) -> None:
    hand = sitting.hand
    hand.click("request.called_back")
    sitting.quiet()
    for name in responders:
        hand.click("request.call_responder")
        hand.pick("member.person", name)
        hand.click("member.save")
        sitting.quiet()
        hand.click("request.responder.accepts")
        sitting.quiet()
    hand.picture("two-responders")
    for step in ("request.dispatch", "request.en_route_at", "request.on_scene_at", "request.check_in"):
        hand.click(step)
        sitting.quiet()
    hand.picture("on-scene")
    hand.click("request.print")
    _preview(sitting, "dispatch-sheet")


def _capture(sitting: Sitting) -> None:
    hand = sitting.hand
    hand.click("request.case")
    hand.wait(lambda: sitting.house.window.route == "crisis.capture", "the capture begins")
    sitting.quiet()
    hand.type("capture.who.value", "555-0177")
    hand.choose("capture.who.safe_to_use", "Yes")
    hand.type("capture.who.say_you_are", "Bayview Dental")
    hand.picture("capture-who")
    _next(sitting)
    hand.picture("capture-what-happened")
    _next(sitting)
    for step in ("premises", "safe_place", "phone"):
        hand.choose(f"safety.{step}", "Done" if step == "safe_place" else "Arranged")
    hand.picture("capture-safe-now")
    _next(sitting)
    hand.choose("capture.how.presenting", "Tearful")
    hand.choose("capture.how.suicide_concern", "No")
    hand.picture("capture-how-they-are")
    _next(sitting)
    for domain, level in (
        ("safety", "Urgent"),
        ("housing", "Some help"),
        ("emotional", "Some help"),
        ("pets", "No need"),
    ):
        hand.choose(f"need.{domain}", level)
    hand.picture("capture-needs")
    _next(sitting)
    hand.choose("capture.after.cadence", "Standard: within 72 hours, then 2 weeks and 30 days")
    hand.picture("capture-going-on")
    _next(sitting)
    hand.picture("capture-look-over")
    hand.click("capture.next")
    hand.wait(lambda: sitting.house.window.route == "crisis.case", "the case is open")
    sitting.quiet()
    hand.picture("case")


def _next(sitting: Sitting) -> None:
    page: Any = sitting.house.window.page("crisis.capture")
    before = page.current()
    sitting.hand.click("capture.next")
    sitting.hand.wait(lambda: page.current() == before + 1, f"step {before + 2} of the capture")
    sitting.quiet()


def _record_contact(sitting: Sitting) -> None:
    hand = sitting.hand
    hand.click("case.record_contact")
    hand.choose("contact.direction", "In person")
    hand.choose("contact.channel", "On scene")
    hand.type("contact.service_fact", "Crisis intervention on scene. Locks arranged for tomorrow morning.")
    hand.type("contact.support_note", "Afraid that he returns when he is released.")
    hand.picture("record-contact")
    hand.click("contact.save")
    sitting.quiet()
    hand.picture("timeline")


def _contact_now(sitting: Sitting) -> None:
    hand = sitting.hand
    hand.click("case.contact_now")
    hand.wait(lambda: hand.find("contact_now").isVisible(), "the dialog before a call")
    sitting.quiet()
    hand.picture("before-calling")
    hand.click("contact_now.show")
    sitting.quiet()
    hand.picture("what-to-heed")
    hand.key("Escape")
    sitting.quiet()


def _write_plan(sitting: Sitting) -> None:
    hand = sitting.hand
    hand.click("tab.plans")
    sitting.quiet()
    hand.click("plans.open")
    hand.wait(lambda: sitting.house.window.route == "safety.plan", "the plan opens")
    sitting.quiet()
    hand.choose("plan.copy_choice", "Full copy")
    hand.choose("plan.situation", "Recently left")
    hand.choose("plan.risk", "High")
    hand.picture("plan-about")
    for section, count in (("during", 3), ("leaving", 2), ("technology", 2), ("children", 1)):
        hand.click(f"plan.section.{section}")
        sitting.quiet()
        for _ in range(count):
            hand.press(_first_suggestion(sitting))
            sitting.quiet()
        hand.picture(f"plan-{section}")
    hand.click("plan.save")
    hand.wait(lambda: _plans(sitting) == 1, "version 1 is saved")
    sitting.quiet()
    hand.picture("plan-saved")
    for form in ("F-401", "F-402"):
        hand.click("plan.print")
        hand.click(f"plan.print.{form}")
        _preview(sitting, "safety-plan" if form == "F-401" else "wallet-plan")
    hand.click("plan.back")
    sitting.quiet()


def _print_from_case(sitting: Sitting) -> None:
    hand = sitting.hand
    if sitting.house.window.route != "crisis.case":
        sitting.house.window.go("crisis.case", case_id=_only_case(sitting))
    sitting.quiet()
    for words, title in (("F-302", "contact-card"), ("F-304", "needs")):
        sitting.house.context.preview(
            sitting.house.window, words, record_id=_only_case(sitting) if words == "F-302" else _assessment(sitting)
        )
        _preview(sitting, title)
    hand.picture("case-after-the-call-out")


def _shown(name: str) -> bool:
    return any(widget.isVisible() for widget in QApplication.allWidgets() if widget.objectName() == name)


def _preview(sitting: Sitting, title: str) -> None:
    """From the options to the page, save it, close."""
    hand = sitting.hand
    hand.click("print.show")
    hand.find("preview.save")
    hand.linger(0.6)  # the page is drawn beside the window, without any signal that it is done
    hand.picture(f"preview-{title}")
    path = PICTURES / f"{title}.pdf"
    hand.click("preview.save")
    hand.wait(lambda: _shown("confirm.secret") or _shown("fileNameEdit"), "where to save, or who it is")
    if _shown("confirm.secret"):
        hand.type("confirm.secret", PASSPHRASE)
        hand.click("confirm.go")
    hand.find("fileNameEdit", QLineEdit)
    hand.key("ctrl+a")
    hand.write(str(path))
    hand.key("Return")
    hand.wait(path.exists, f"{title}.pdf is saved")
    sitting.quiet()
    if not path.read_bytes().startswith(b"%PDF"):
        raise TourFailed(f"{title}.pdf is no PDF")
    hand.click("preview.close")
    sitting.quiet()


def _first_suggestion(sitting: Sitting) -> QWidget:
    window: QWidget = sitting.house.window
    found = [
        widget
        for widget in window.findChildren(QWidget)
        if widget.objectName().startswith("plan.suggest.") and widget.isVisible() and widget.isEnabled()
    ]
    if not found:
        raise TourFailed("the section offers no suggestion")
    return found[0]


def _menu(hand: Hand, entry: int) -> None:
    """Choose an entry of the person's menu with the keys."""
    hand.click("window.person")
    hand.find("window.menu")
    hand.key(*["Down"] * (entry + 1), "Return")


def _only_case(sitting: Sitting) -> str:
    return _ids(sitting, "case_file")[0]


def _assessment(sitting: Sitting) -> str:
    return _ids(sitting, "needs_assessment")[0]


def _plans(sitting: Sitting) -> int:
    return len(_ids(sitting, "safety_plan"))


def _ids(sitting: Sitting, kind: str) -> list[str]:
    from sqlalchemy import text

    found: list[str] = sitting.house.store.read(
        lambda session: list(session.scalars(text(f"SELECT id FROM {kind} ORDER BY id")))
    )
    return found
