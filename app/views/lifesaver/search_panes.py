"""Who is missing, as the search card says it, and everything that is known of the disappearance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.models.search_vocab import NotifyStep, SearchedPlace, SearchStatus, TeamPart
from app.models.vocab import Listed, Role, label
from app.queries.attachments import PhotoRow
from app.queries.card_words import photo_said, spoken
from app.queries.lifesaver_search import SearchView
from app.queries.search_cards import CardView, HandOverRow, WornRow
from app.services import lifesaver_kit
from app.views import style
from app.views.common import when
from app.views.common.badge import Badge, BadgeKind
from app.views.common.buttons import SecondaryButton
from app.views.common.card import Card, empty
from app.views.common.facts import Facts
from app.views.common.page import PageColumn
from app.views.common.photo import Photo, show_photo
from app.views.common.text import Heading, PlainLabel, QuietText
from app.views.common.wording import Wording
from app.views.programme import Context
from app.words import current, tr

_BANDS: dict[str, BadgeKind] = {"urgent": "warning", "very_urgent": "danger", "extreme": "danger"}
SEES_FREQUENCY = frozenset({Role.ESS, Role.REG, Role.SUP})


class _Pane(QScrollArea):
    """Cards below each other, scrolling."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        holder = PageColumn()
        self.body = QHBoxLayout(holder)
        self.body.setContentsMargins(0, 0, style.space(2), 0)
        self.body.setSpacing(style.space(4))
        self.setWidget(holder)

    def columns(self, *columns: list[QWidget]) -> None:
        """Show cards in columns."""
        empty(self.body)
        for widgets in columns:
            column = QVBoxLayout()
            column.setSpacing(style.space(3))
            for widget in widgets:
                column.addWidget(widget)
            column.addStretch(1)
            self.body.addLayout(column, 1)


class PersonPane(_Pane):
    """The search card: how they wander, what is dangerous, whom to call, which transmitter."""

    def show_search(self, view: SearchView) -> None:
        """Show the card that a search opened."""
        if view.card is None:
            card = Card(lambda: tr("Not in the programme"))
            card.add(PlainLabel(lambda: tr("There is no search card. Look for an emergency card: F3.")))
            self.columns([card])
            return
        self.show_card(view.card, view if view.status is not SearchStatus.CLOSED else None)

    def show_card(self, card: CardView, search: SearchView | None = None) -> None:
        """Show a card; with the open search whose frequency some roles may ask for."""
        self.columns([self._wears(search, card), _home(card)], [self._wander(card), _calls(card)])

    def _wears(self, search: SearchView | None, card: CardView) -> Card:
        made = Card(lambda: tr("Transmitter"))
        for worn in card.transmitters:
            made.add(Heading(worn.serial, 2))
            if self.context.person.role in SEES_FREQUENCY and search is not None:
                made.add(self._frequency(search, worn))
        if card.may_be_silent:
            made.add(Badge(lambda: tr("It may not transmit: the battery is old"), "warning", "danger"))
        values = card.values
        age = tr("{days} days old", days=card.battery_age_days) if card.battery_age_days is not None else ""
        made.add(
            Facts(
                [
                    (lambda: tr("Worn on"), label(values["wear_site"])),
                    (lambda: tr("Strap"), label(values["strap"])),
                    (lambda: tr("Battery of"), " · ".join(p for p in (when.day(card.battery_on), age) if p)),
                    (lambda: tr("Battery due on"), when.day(card.battery_due_on)),
                    (lambda: tr("Last good daily test"), when.day(card.tested_on)),
                ]
            )
        )
        return made

    def _wander(self, card: CardView) -> Card:
        values = card.values
        age = tr("{age} years", age=card.age) if card.age is not None else ""
        made = Card(card.name, subtitle=" · ".join(part for part in (age, str(values["number"] or "")) if part))
        facts = Facts(
            [
                (lambda: tr("Why they leave"), str(values["wander_motive"] or "")),
                (lambda: tr("Usual direction"), str(values["wander_direction"] or "")),
                (lambda: tr("Speed"), str(values["wander_speed"] or "")),
                (lambda: tr("Hides"), str(values["hides"] or "")),
                (lambda: tr("Places they go to"), _places(values["places"])),
            ],
            columns=1 if card.photo is not None else 2,
        )
        if card.photo is None:
            made.add(facts)
        else:
            made.add(self._face(card.photo, facts))
        made.add(QuietText(lambda: tr("How to approach and what calms is on the emergency card: F3.")))
        return made

    def _face(self, row: PhotoRow, beside: QWidget) -> QWidget:
        """The photograph at the left, its day under it, and something beside it."""
        photo = Photo(lambda: tr("Photograph"), 120, 160)
        photo.setObjectName("search.photo")
        show_photo(self.context, photo, row.preview, photo.set_bytes)
        said = QuietText(photo_said(row, current()))
        said.setMaximumWidth(style.grown(120))
        left = QVBoxLayout()
        left.setSpacing(style.space(1))
        left.addWidget(photo)
        left.addWidget(said)
        left.addStretch(1)
        both = QWidget()
        row_of = QHBoxLayout(both)
        row_of.setContentsMargins(0, 0, 0, 0)
        row_of.setSpacing(style.space(4))
        row_of.addLayout(left)
        row_of.addWidget(beside, 1)
        return both

    def _frequency(self, view: SearchView, worn: WornRow) -> QWidget:
        """A button that shows the frequency: each showing is recorded."""
        button = SecondaryButton(lambda: tr("Show the frequency"), "eye")
        button.setObjectName(f"search.frequency.{worn.serial}")
        command = lifesaver_kit.RevealFrequency(transmitter_id=worn.id, activation_id=view.id)

        def show(khz: int) -> None:
            button.set_text(lambda: megahertz(khz))

        button.clicked.connect(lambda: self.context.tasks.write(self, lifesaver_kit.reveal_frequency, command, show))
        return button


class FactsPane(_Pane):
    """Urgency with its parts, the call-taker's answers, what other services were given; the acts of these."""

    asked_to_raise = Signal()
    asked_to_give = Signal()

    def show_search(self, view: SearchView, *, writes: bool = False) -> None:
        """Show what is known of a search; `writes`: it goes on, and this person takes part."""
        zone, urgency = self.context.zone, _urgency(view)
        if writes and self.context.person.role is Role.SUP:
            urgency.add(_act(lambda: tr("Raise the urgency"), "warning", "search.raise_button", self.asked_to_raise))
        last: list[QWidget] = [_arranged(view)]
        if writes or view.hand_overs:
            given = _given(view.hand_overs, zone)
            if writes:
                words, name = (lambda: tr("Hand over to another service")), "search.give_button"
                given.add(_act(words, "handshake", name, self.asked_to_give))
            last.insert(0, given)
        self.columns([urgency], [_answers(view, zone)], last)


def _act(words: Wording, icon: str, name: str, asked: SignalInstance) -> QWidget:
    button = SecondaryButton(words, icon)
    button.setObjectName(name)
    button.clicked.connect(lambda: asked.emit())
    return button


def megahertz(khz: int) -> str:
    """`216.150 MHz`."""
    return f"{khz / 1000:.3f} MHz"


def _home(card: CardView) -> Card:
    values = card.values
    made = Card(lambda: tr("Home"))
    hazards = "; ".join(
        " ".join(part for part in (str(one.get("name") or ""), _metres(one.get("metres"))) if part)
        for one in values["hazards"] or ()
    )
    position = ", ".join(part for part in (values["home_lat"], values["home_lon"]) if part)
    made.add(
        Facts(
            [
                (lambda: tr("Address"), ", ".join(p for p in (values["address"], values["municipality"]) if p)),
                (lambda: tr("Position"), position),
                (lambda: tr("Hazards near by"), hazards),
                (lambda: tr("Ways out"), str(values["exits"] or "")),
                (lambda: tr("Gates"), str(values["gates"] or "")),
                (lambda: tr("Terrain"), str(values["terrain"] or "")),
            ]
        )
    )
    return made


def _places(places: Sequence[Mapping[str, Any]] | None) -> str:
    said = (" – ".join(str(one[part]) for part in ("name", "why") if one.get(part)) for one in places or ())
    return "; ".join(text for text in said if text)


def _calls(card: CardView) -> Card:
    made = Card(lambda: tr("Caregivers"))
    for one in card.values["caregivers"] or ():
        made.add(PlainLabel(" · ".join(str(one[name]) for name in ("name", "relation") if one.get(name)), strong=True))
        phone = Heading(" · ".join(spoken(str(one[name])) for name in ("phone", "other_phone") if one.get(name)), 2)
        phone.set_selectable()
        made.add(phone)
        if one.get("safe_to_use") != "yes":
            made.add(Badge(lambda: tr("Not known to be safe to call"), "warning", "warning"))
        if one.get("say_you_are"):
            made.add(QuietText(tr("Say you are: {who}", who=one["say_you_are"])))
    return made


def _urgency(view: SearchView) -> Card:
    urgency = view.urgency
    made = Card(
        lambda: tr("Urgency"), subtitle=lambda: tr("A sum of points that helps to judge and never replaces it.")
    )
    badge = Badge(
        tr("{band}: {points} points", band=urgency.band.label(), points=urgency.total),
        "warning",
        _BANDS[urgency.band.value],
    )
    badge.setObjectName("search.urgency")
    made.add(badge)
    made.add(
        Facts([(one.part.label(), tr("not known") if one.points is None else str(one.points)) for one in urgency.parts])
    )
    if urgency.raised_to is not None:
        why = str(view.values["raised_reason"] or "")
        made.add(PlainLabel(tr("Raised by a supervisor to {points}: {why}", points=urgency.raised_to, why=why)))
    return made


def _answers(view: SearchView, zone: str) -> Card:
    values = view.values
    made = Card(lambda: tr("What the caller said"))
    seen = " · ".join(part for part in (when.moment(values["seen_at"], zone), label(values["seen_precision"])) if part)
    made.add(
        Facts(
            [
                (lambda: tr("The call"), when.moment(values["call_at"], zone)),
                (
                    lambda: tr("Who calls"),
                    " · ".join(p for p in (values["reported_by"], spoken(values["caller_phone"] or "")) if p),
                ),
                (lambda: tr("Last seen"), seen),
                (lambda: tr("Where"), _text(values, "seen_place")),
                (lambda: tr("By whom"), _text(values, "seen_by")),
                (lambda: tr("Which way they went"), _text(values, "seen_direction")),
                (lambda: tr("How they move"), label(values["going"])),
                (lambda: tr("Wears the transmitter"), label(values["wearing"])),
                (lambda: tr("Clothing today"), _text(values, "clothing")),
                (lambda: tr("Shoes"), _text(values, "footwear")),
                (lambda: tr("Mood"), _text(values, "mood")),
                (lambda: tr("What happened before"), _text(values, "trigger")),
                (lambda: tr("Telephone, watch or tag with them"), _text(values, "trackers")),
                (lambda: tr("Medication due at"), when.moment(values["medication_due_at"], zone)),
                (lambda: tr("Weather"), _weather(values)),
            ]
        )
    )
    return made


def _arranged(view: SearchView) -> Card:
    values = view.values
    made = Card(lambda: tr("Searched and arranged"))
    team = "; ".join(
        " ".join(str(part) for part in (_word(TeamPart, one.get("part")), one.get("name"), one.get("kit")) if part)
        for one in values["team"] or ()
    )
    made.add(
        Facts(
            [
                (lambda: tr("Searched already"), _words(SearchedPlace, values["searched"])),
                (lambda: tr("Told and arranged"), _words(NotifyStep, values["notified"])),
                (lambda: tr("Team"), team),
                (lambda: tr("Found where"), _text(values, "found_where")),
                (lambda: tr("Found from last seen"), _metres(values["found_m"])),
                (lambda: tr("Condition"), label(values["found_condition"])),
                (lambda: tr("How it ended"), label(values["outcome"])),
                (lambda: tr("What we learned"), _text(values, "lessons")),
            ],
            columns=1,
        )
    )
    return made


def _given(rows: Sequence[HandOverRow], zone: str) -> Card:
    made = Card(lambda: tr("Given to other services"))
    made.setObjectName("search.given")
    for row in rows:
        whom = " · ".join(part for part in (row.given_to, row.receiver) if part)
        made.add(PlainLabel(whom, strong=True))
        made.add(PlainLabel(", ".join(part.label() for part in row.parts)))
        how = (when.moment(row.given_at, zone), label(row.authority), label(row.way), row.given_by, row.note)
        made.add(QuietText(" · ".join(part for part in how if part)))
    return made


def _weather(values: Mapping[str, Any]) -> str:
    feels = values["feels_like_c"] if values["feels_like_c"] is not None else values["temperature_c"]
    parts = [f"{feels} °C" if feels is not None else "", label(values["precipitation"]), label(values["light"])]
    return ", ".join(part for part in parts if part)


def _text(values: Mapping[str, Any], name: str) -> str:
    return str(values[name] or "")


def _metres(value: Any) -> str:
    return f"{value} m" if value is not None else ""


def _words(listed: type[Listed], codes: list[str] | None) -> str:
    return ", ".join(_word(listed, code) for code in codes or ())


def _word(listed: type[Listed], code: object) -> str:
    return next((one.label() for one in listed if one.value == code), str(code or ""))
