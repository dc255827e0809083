"""One request: the clock, the people, who goes, the times, the check-ins, and how it ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.errors import RuleBroken
from app.models.vocab import ConsentToContact, Injury, RequestStatus, ResponderStatus, Role, label
from app.queries import crisis, languages, members
from app.queries.crisis.rows import RequestDetail, ResponderRow
from app.queries.members import MemberRow
from app.services.crisis import requests as verbs
from app.views import style
from app.views.broadcast import Live
from app.views.common import when
from app.views.common.badge import Badge
from app.views.common.banner import Banner
from app.views.common.buttons import PrimaryButton, QuietButton, SecondaryButton
from app.views.common.card import Card
from app.views.common.countdown import CountdownClock
from app.views.common.flow import FlowLayout
from app.views.common.page import Page
from app.views.common.text import PlainLabel, QuietText
from app.views.common.wording import Wording
from app.views.messages import Tone
from app.views.programme import Context
from app.views.requests.dialogs import ChooseMemberDialog, HeedDialog, ReasonDialog
from app.words import tr, trn

_ENDED = frozenset(
    {
        RequestStatus.DECLINED,
        RequestStatus.CANCELLED,
        RequestStatus.NOT_FOUND,
        RequestStatus.FOLLOW_UP,
        RequestStatus.NO_FURTHER,
    }
)
_UNIT = frozenset({Role.VSU, Role.VQC, Role.SUP})
_CASE_WORK = frozenset({Role.VSU, Role.VQC})


class DetailPage(Page):
    """Everything about one request, with what can be done now as buttons."""

    def __init__(self, context: Context) -> None:
        super().__init__(lambda: tr("Request"))
        self._context = context
        self._request_id = ""
        self._detail: RequestDetail | None = None
        self._unit = context.person.role in _UNIT
        self._supervisor = context.person.role is Role.SUP
        self._on_scene = context.person.role in _UNIT | {Role.VOL}
        self._head = QHBoxLayout()
        self._banner = Banner("warning", "")
        self.add_above(self._banner)
        self._actions_card = Card(lambda: tr("Now"))
        self._people = Card(lambda: tr("People to support"))
        self._facts = Card(lambda: tr("What is known"))
        self._crew = Card(lambda: tr("Responders"), subtitle=lambda: tr("Two people go to every scene."))
        self._times = Card(lambda: tr("Times and check-ins"))
        grid = QGridLayout()
        grid.setSpacing(style.space(4))
        grid.setColumnStretch(0, 3)
        grid.setColumnStretch(1, 2)
        left, right = QVBoxLayout(), QVBoxLayout()
        for side in (left, right):
            side.setSpacing(style.space(4))
        for card in (self._actions_card, self._people, self._facts):
            left.addWidget(card)
        for card in (self._crew, self._times):
            right.addWidget(card)
        left.addStretch(1)
        right.addStretch(1)
        grid.addLayout(left, 0, 0)
        grid.addLayout(right, 0, 1)
        self.add_layout(grid)
        self._add_page_actions()
        Live(
            self,
            context.broadcast,
            ("service_request", "request_person", "responder", "deployment", "check_in"),
            self.refresh,
        )

    def open(self, request_id: str) -> None:
        """Show a request."""
        self._request_id = request_id
        self.refresh()

    def refresh(self) -> None:
        """Ask again."""
        if not self._request_id:
            return
        request_id, now = self._request_id, self._context.clock()

        def question(session: Any) -> RequestDetail:
            return crisis.request_detail(session, request_id, now=now)

        self._context.tasks.read(self, question, self._show)

    def _show(self, detail: RequestDetail) -> None:
        self._detail = detail
        row = detail.row
        self._case.setVisible(self._context.person.role in _CASE_WORK or row.case_id is not None)
        self._case.set_text((lambda: tr("Open the case")) if row.case_id else (lambda: tr("Begin the case")))
        self.set_title(
            row.number or (lambda: tr("Number pending")),
            lambda: " · ".join(
                part
                for part in (
                    label(row.offence_group),
                    row.municipality or row.location or "",
                    when.moment(row.requested_at, self._context.zone),
                )
                if part
            ),
        )
        self._show_banner(detail)
        self._show_now(detail)
        self._show_people(detail)
        self._show_facts(detail)
        self._show_crew(detail)
        self._show_times(detail)

    def _show_banner(self, detail: RequestDetail) -> None:
        consent = detail.row.consent_to_contact
        blocked = consent is not ConsentToContact.YES and not detail.death_notification
        self._banner.setVisible(blocked)
        refused = consent is ConsentToContact.REFUSED
        self._banner.set_message("warning", _refused if refused else _not_asked)

    def _show_now(self, detail: RequestDetail) -> None:
        card, row = self._actions_card, detail.row
        card.clear()
        head = QHBoxLayout()
        head.setSpacing(style.space(3))
        status = row.status
        head.addWidget(Badge(lambda: label(status), "flag", "accent"))
        if row.called_back_at is None and row.status not in _ENDED and row.call_back_due is not None:
            head.addWidget(CountdownClock(row.call_back_due, self._context.clock))
        elif row.called_back_at is not None:
            met, at = bool(row.call_back_met), row.called_back_at
            head.addWidget(
                Badge(
                    lambda: tr("Called back {time}", time=when.time_of(at, self._context.zone)),
                    "check" if met else "warning",
                    "success" if met else "warning",
                )
            )
        head.addStretch(1)
        card.add_layout(head)
        if self._unit and row.status not in _ENDED:
            self._offer_actions(card, detail)
        if detail.missing:
            missing = [entry.sentence for entry in detail.missing]
            card.add(QuietText(lambda: tr("Still missing: {list}", list="; ".join(missing))))

    def _offer_actions(self, card: Card, detail: RequestDetail) -> None:
        row = detail.row
        buttons: list[QWidget] = []
        if row.called_back_at is None:
            button = PrimaryButton(lambda: tr("I have called back"), "call-back")
            button.setObjectName("request.called_back")
            button.clicked.connect(
                lambda: self._do(verbs.call_back_requester, verbs.CallBackRequester(request_id=row.id))
            )
            buttons.append(button)
        if detail.deployment is None:
            go = (
                PrimaryButton(lambda: tr("Dispatch"), "arrow-right")
                if row.called_back_at
                else SecondaryButton(lambda: tr("Dispatch"), "arrow-right")
            )
            go.setObjectName("request.dispatch")
            go.setEnabled(detail.dispatch.allowed)
            go.clicked.connect(lambda: self._do(verbs.dispatch, verbs.Dispatch(request_id=row.id)))
            phone = SecondaryButton(lambda: tr("Respond by phone"), "call")
            phone.setObjectName("request.by_phone")
            phone.clicked.connect(lambda: self._respond_by_phone(None))
            buttons += [go, phone]
        line = FlowLayout(spacing=style.space(2))
        for entry in buttons:
            line.addWidget(entry)
        card.add_layout(line)
        if detail.deployment is None and not detail.dispatch.allowed:
            for sentence in detail.dispatch.sentences:
                card.add(QuietText(sentence))
            if self._supervisor:
                card.add_layout(self._overrides(detail))
        card.add_layout(self._endings(row.id))

    def _overrides(self, detail: RequestDetail) -> FlowLayout:
        request_id, line = detail.row.id, FlowLayout()
        scene = QuietButton(lambda: tr("Go although police are not staying"))
        scene.setObjectName("request.override_scene")
        scene.clicked.connect(
            lambda: self._with_reason(
                lambda: tr("Why may responders go?"),
                lambda reason: self._do(
                    verbs.override_scene, verbs.OverrideScene(request_id=request_id, reason=reason)
                ),
            )
        )
        crew = QuietButton(lambda: tr("Go with fewer than two"))
        crew.setObjectName("request.override_responders")
        crew.clicked.connect(
            lambda: self._with_reason(
                lambda: tr("Why may fewer than two go?"),
                lambda reason: self._do(
                    verbs.override_responders, verbs.OverrideResponders(request_id=request_id, reason=reason)
                ),
            )
        )
        for button in (scene, crew):
            line.addWidget(button)
        return line

    def _endings(self, request_id: str) -> FlowLayout:
        line = FlowLayout()
        hand = QuietButton(lambda: tr("Hand to follow-up"), "handshake")
        hand.clicked.connect(lambda: self._do(verbs.hand_to_follow_up, verbs.HandToFollowUp(request_id=request_id)))
        decline = QuietButton(lambda: tr("Decline"))
        decline.clicked.connect(
            lambda: self._with_reason(
                lambda: tr("Why is the request declined?"),
                lambda reason: self._do(
                    verbs.decline_request, verbs.DeclineRequest(request_id=request_id, reason=reason)
                ),
            )
        )
        cancel = QuietButton(lambda: tr("Cancelled by the requester"))
        cancel.clicked.connect(
            lambda: self._with_reason(
                lambda: tr("Why was it cancelled?"),
                lambda reason: self._do(
                    verbs.cancel_request, verbs.CancelRequest(request_id=request_id, reason=reason)
                ),
            )
        )
        for button in (hand, decline, cancel):
            line.addWidget(button)
        return line

    def _show_people(self, detail: RequestDetail) -> None:
        self._people.clear()
        if not detail.persons:
            self._people.add(QuietText(lambda: tr("Nobody is named yet.")))
        for person in detail.persons:
            about = [
                str(person.age) if person.age is not None else label(person.age_band),
                label(person.role),
                tr(languages.name_of(person.language)) if person.language else "",
                _unless_none(person.injury),
                label(person.distress),
            ]
            self._people.add(PlainLabel(person.name or person.label, strong=True))
            self._people.add(QuietText(" · ".join(part for part in about if part)))
        if detail.row.children_on_scene:
            count = detail.row.children_on_scene
            self._people.add(QuietText(lambda: trn("{count} child on scene", "{count} children on scene", count)))

    def _show_facts(self, detail: RequestDetail) -> None:
        self._facts.clear()
        row = detail.row
        asked = ", ".join(label(ask) for ask in detail.asks)
        facts: list[tuple[Wording, str]] = [
            (lambda: tr("Response wanted"), label(row.response_wanted)),
            (lambda: tr("Is the scene safe?"), label(row.scene_safe)),
            (lambda: tr("What is asked of us"), asked),
            (lambda: tr("Place"), row.location or ""),
            (lambda: tr("Meeting point and parking"), detail.meet_point or ""),
            (lambda: tr("Hazards and animals"), detail.hazards or ""),
            (lambda: tr("Where is the accused?"), label(detail.accused_whereabouts)),
            (lambda: tr("Interpreter or access needs"), detail.needs_interpreter or ""),
            (lambda: tr("Requester"), " · ".join(p for p in (detail.requester_name, detail.requester_badge) if p)),
            (lambda: tr("Call-back number"), row.requester_phone or ""),
            (lambda: tr("Consent to be contacted"), label(row.consent_to_contact)),
            (lambda: tr("Occurrence number"), detail.occurrence_no or ""),
            (lambda: tr("Anything else"), detail.note or ""),
        ]
        grid = QGridLayout()
        grid.setHorizontalSpacing(style.space(4))
        grid.setVerticalSpacing(style.space(2))
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 2)
        for number, (name, value) in enumerate((name, value) for name, value in facts if value):
            grid.addWidget(QuietText(name), number, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(PlainLabel(value), number, 1)
        self._facts.add_layout(grid)

    def _show_crew(self, detail: RequestDetail) -> None:
        self._crew.clear()
        for responder in detail.responders:
            self._crew.add(self._responder_line(detail, responder))
        if not detail.responders:
            self._crew.add(QuietText(lambda: tr("Nobody was called yet.")))
        if self._unit and detail.deployment is None and detail.row.status not in _ENDED:
            call = SecondaryButton(lambda: tr("Call a responder"), "person")
            call.setObjectName("request.call_responder")
            call.clicked.connect(self._choose_responder)
            line = QHBoxLayout()
            line.addWidget(call)
            line.addStretch(1)
            self._crew.add_layout(line)

    def _responder_line(self, detail: RequestDetail, responder: ResponderRow) -> QWidget:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(PlainLabel(responder.name, strong=True), 1)
        if responder.status is ResponderStatus.CALLED and self._unit and responder.member_id:
            member_id = responder.member_id
            for text, accepted in ((lambda: tr("Accepts"), True), (lambda: tr("Declines"), False)):
                button = SecondaryButton(text) if accepted else QuietButton(text)
                button.setObjectName(f"request.responder.{'accepts' if accepted else 'declines'}")
                answer = verbs.AnswerCall(request_id=detail.row.id, member_id=member_id, accepted=accepted)
                button.clicked.connect(lambda _=False, answer=answer: self._do(verbs.answer_call, answer))
                row.addWidget(button)
        else:
            status = responder.status
            good = status is ResponderStatus.ACCEPTED
            row.addWidget(Badge(lambda: label(status), "check" if good else "", "success" if good else "neutral"))
        return line

    def _show_times(self, detail: RequestDetail) -> None:
        self._times.clear()
        going = detail.deployment
        self._times.setVisible(going is not None)
        if going is None:
            return
        request_id, zone = detail.row.id, self._context.zone
        steps: list[tuple[Wording, datetime | None, str]] = [
            (lambda: tr("Dispatched"), going.dispatched_at, ""),
            (lambda: tr("On the way"), going.en_route_at, "en_route_at"),
            (lambda: tr("On scene"), going.on_scene_at, "on_scene_at"),
            (lambda: tr("Clear"), going.clear_at, "clear_at"),
        ]
        offered = False
        for name, at, field in steps:
            line = QHBoxLayout()
            line.addWidget(PlainLabel(name), 1)
            if at is not None:
                line.addWidget(PlainLabel(when.time_of(at, zone), strong=True))
            elif field and self._on_scene and not offered:
                offered = True
                button = SecondaryButton(lambda: tr("Now"), "clock")
                button.setObjectName(f"request.{field}")
                button.clicked.connect(lambda _=False, field=field: self._record_time(request_id, field))
                line.addWidget(button)
            self._times.add_layout(line)
        self._show_check_ins(detail)

    def _show_check_ins(self, detail: RequestDetail) -> None:
        going = detail.deployment
        if going is None:
            return
        for entry in detail.check_ins:
            said = tr("{time} safe, {name}", time=when.time_of(entry.at, self._context.zone), name=entry.by)
            self._times.add(QuietText(said if not entry.note else f"{said}: {entry.note}"))
        if going.next_check_in_due is None:
            return
        line = QHBoxLayout()
        line.addWidget(PlainLabel(lambda: tr("Next check-in")), 1)
        line.addWidget(CountdownClock(going.next_check_in_due, self._context.clock))
        safe = PrimaryButton(lambda: tr("We are safe"), "check")
        safe.setObjectName("request.check_in")
        safe.clicked.connect(lambda: self._do(verbs.check_in, verbs.CheckInNow(request_id=detail.row.id)))
        line.addWidget(safe)
        self._times.add_layout(line)

    def _record_time(self, request_id: str, field: str) -> None:
        now = self._context.clock()
        command = {
            "en_route_at": verbs.RecordTimes(request_id=request_id, en_route_at=now),
            "on_scene_at": verbs.RecordTimes(request_id=request_id, on_scene_at=now),
            "clear_at": verbs.RecordTimes(request_id=request_id, clear_at=now),
        }[field]
        self._do(verbs.record_times, command)

    def _respond_by_phone(self, override_reason: str | None) -> None:
        command = verbs.RespondByPhone(request_id=self._request_id, override_reason=override_reason)
        self._context.tasks.write(self, verbs.respond_by_phone, command, self._show_instructions, self._ask_to_override)

    def _show_instructions(self, decision: Any) -> None:
        number = self._detail.contact_phone if self._detail is not None else None
        HeedDialog(self, number or "", [tr(one.text, **one.values) for one in decision.instructions]).open()

    def _ask_to_override(self, problem: Exception) -> None:
        if not isinstance(problem, RuleBroken) or problem.field != "override_reason":
            self._context.messages.failed(problem)
            return
        self._with_reason(
            lambda: tr("{sentence} Call all the same?", sentence=problem.sentence), self._respond_by_phone
        )

    def _choose_responder(self) -> None:
        self._context.tasks.read(self, members.members, self._ask_whom)

    def _ask_whom(self, people: tuple[MemberRow, ...]) -> None:
        detail = self._detail
        if detail is None:
            return
        called = {responder.member_id for responder in detail.responders}
        able = [p for p in people if p.id not in called and {Role.VSU, Role.VOL, Role.VQC} & set(p.roles)]
        dialog = ChooseMemberDialog(
            self,
            lambda: tr("Call a responder"),
            able,
            lambda member_id: self._do(
                verbs.call_responder, verbs.CallResponder(request_id=detail.row.id, member_id=member_id)
            ),
        )
        dialog.open()

    def _with_reason(self, question: Wording, then: Callable[[str], None]) -> None:
        ReasonDialog(self, question, then).open()

    def _do(self, verb: Callable[[Any, Any], Any], command: Any) -> None:
        self._context.tasks.write(self, verb, command, lambda _: self._context.messages.say(tr("Saved."), Tone.SUCCESS))

    def _add_page_actions(self) -> None:
        correct = SecondaryButton(lambda: tr("Complete or correct"), "edit")
        correct.setObjectName("request.correct")
        correct.clicked.connect(lambda: self._context.go("requests.new", request_id=self._request_id))
        if self._context.person.role is not Role.VOL:
            self.add_action(correct)
        if self._unit:
            paper = SecondaryButton(lambda: tr("Dispatch sheet"), "print")
            paper.setObjectName("request.print")
            paper.clicked.connect(self._print_sheet)
            self.add_action(paper)
            QShortcut(QKeySequence.StandardKey.Print, self, self._print_sheet)
        self._case = PrimaryButton(lambda: tr("Begin the case"), "case")
        self._case.setObjectName("request.case")
        self._case.clicked.connect(self._go_to_case)
        self._case.hide()
        if self._unit:
            self.add_action(self._case)

    def _print_sheet(self) -> None:
        if self._request_id:
            self._context.preview(self, "F-301", record_id=self._request_id)

    def _go_to_case(self) -> None:
        if self._detail is None:
            return
        if self._detail.row.case_id:
            self._context.go("crisis.case", case_id=self._detail.row.case_id)
        else:
            self._context.go("crisis.capture", request_id=self._request_id)


def _unless_none(injury: Injury | None) -> str:
    if injury in (None, Injury.NONE, Injury.UNKNOWN):
        return ""
    return tr("Injury: {injury}", injury=label(injury))


def _refused() -> str:
    return tr("The person refused contact. Offer the card only, and advise the officer.")


def _not_asked() -> str:
    return tr("There is no consent yet: do not contact the person. You can still advise the officer.")
