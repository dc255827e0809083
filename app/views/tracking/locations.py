"""Where the device was, in the room of an alarm: kept here, looked at with a reason, shown nowhere else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.models.vocab import Role, TrackingReason
from app.queries import dispatch_card
from app.queries.dispatch_card import AlarmRow, Position, TrackRow
from app.services import tracking_locations
from app.views.common import when
from app.views.common.buttons import SecondaryButton
from app.views.common.card import Card
from app.views.common.choices import SegmentedChoice
from app.views.common.dates import DateField
from app.views.common.entries import LinesEdit
from app.views.common.flow import FlowLayout
from app.views.common.form_dialog import FormDialog, Verb
from app.views.common.text import LineEdit, PlainLabel, QuietText
from app.views.programme import Context
from app.words import tr, trn

_KEEPS = frozenset({Role.DSP, Role.VSU, Role.VQC})
_LOOKS = _KEEPS | {Role.SUP}
_FOR_CLIENT = _LOOKS - {Role.DSP}
_LINE = re.compile(
    r"^\s*(?P<lat>-?\d{1,2}(?:\.\d+)?)[\s,;]+(?P<lon>-?\d{1,3}(?:\.\d+)?)[\s,;]+(?P<hour>\d{1,2}):(?P<minute>\d{2})"
    r"(?::(?P<second>\d{2}))?(?:[\s,;]+(?P<accuracy>\d+(?:\.\d+)?))?\s*$"
)


class LocationsPart(Card):
    """How many positions there are; they are shown when somebody says why, and go again with the page."""

    def __init__(self, context: Context) -> None:
        super().__init__(lambda: tr("Positions"), subtitle=lambda: tr("Only for this alarm; every look is recorded."))
        self._context = context
        self._row: AlarmRow | None = None

    def show_alarm(self, row: AlarmRow) -> None:
        """Show how many positions an alarm has."""
        self._row = row
        role = self._context.person.role
        self.setVisible(role in _LOOKS)
        self.clear()
        if row.point_count:
            self.add(
                PlainLabel(lambda: trn("{count} position is kept.", "{count} positions are kept.", row.point_count))
            )
        else:
            self.add(QuietText(lambda: tr("No position is kept.")))
        flow = FlowLayout()
        if role in _KEEPS:
            add = SecondaryButton(lambda: tr("Add positions"), "pin")
            add.setObjectName("tracking.positions.add")
            add.clicked.connect(lambda: PositionsDialog(self._context, self, row).open())
            flow.addWidget(add)
        if row.track_id:
            look = SecondaryButton(lambda: tr("Show positions"), "eye")
            look.setObjectName("tracking.positions.show")
            look.clicked.connect(lambda: self._look(row))
            flow.addWidget(look)
        self.add_layout(flow)

    def _look(self, row: AlarmRow) -> None:
        dialog = LookDialog(self._context, self, row.track_id, occurrence_no=row.occurrence_no)
        dialog.done_with.connect(lambda view_id: self._opened(str(view_id)))
        dialog.open()

    def _opened(self, view_id: str) -> None:
        person, now = self._context.person, self._context.clock()
        self._context.tasks.read(
            self,
            lambda session: dispatch_card.locations(session, view_id, member_id=person.member_id, now=now),
            self._show,
        )

    def _show(self, found: tuple[Position, ...]) -> None:
        for one in found:
            self.add(PlainLabel(_words(one, self._context.zone)))


class ClientLocationsPart(LocationsPart):
    """The positions that are kept in a case because the client asked for it."""

    def __init__(self, context: Context) -> None:
        Card.__init__(
            self,
            lambda: tr("Positions the client asked for"),
            subtitle=lambda: tr("Nothing is kept without being asked; every look is recorded."),
        )
        self._context = context

    def show_case(self, loan_id: str, tracks: Sequence[TrackRow]) -> None:
        """Show what is kept in a case; `loan_id` is empty without a running loan."""
        role = self._context.person.role
        self.clear()
        self.setVisible(role in _FOR_CLIENT and bool(loan_id or tracks))
        if not tracks:
            self.add(QuietText(lambda: tr("No position is kept.")))
        for track in tracks:
            self._add_track(track)
        if loan_id and role in _KEEPS:
            flow = FlowLayout()
            add = SecondaryButton(lambda: tr("Keep positions the client asks for"), "pin")
            add.setObjectName("tracking.client.keep")
            add.clicked.connect(lambda: PositionsDialog(self._context, self, None, loan_id=loan_id).open())
            flow.addWidget(add)
            self.add_layout(flow)

    def _add_track(self, track: TrackRow) -> None:
        words = _track_words(track, self._context.zone)
        if track.destroyed:
            self.add(QuietText(lambda: tr("{positions}: destroyed", positions=words)))
            return
        self.add(PlainLabel(words))
        flow = FlowLayout()
        look = SecondaryButton(lambda: tr("Show positions"), "eye")
        look.setObjectName("tracking.client.show")
        look.setAccessibleName(tr("Show positions: {positions}", positions=words))
        look.clicked.connect(lambda: self._look_at(track))
        flow.addWidget(look)
        self.add_layout(flow)

    def _look_at(self, track: TrackRow) -> None:
        dialog = LookDialog(self._context, self, track.id, for_client=True)
        dialog.done_with.connect(lambda view_id: self._opened(str(view_id)))
        dialog.open()


class PositionsDialog(FormDialog):
    """Positions as the monitoring centre gives them, one on each line: of an alarm, or (`row` None) of a loan."""

    def __init__(self, context: Context, parent: QWidget, row: AlarmRow | None, *, loan_id: str = "") -> None:
        super().__init__(
            context,
            parent,
            "tracking.positions",
            lambda: tr("Add positions") if row else tr("Positions the client asked for"),
            lambda: tr("Keep them"),
            subject=row.id if row else loan_id,
            said=lambda: (
                tr("The positions are kept with the alarm, and nowhere else.")
                if row
                else tr("The positions are kept here, and nowhere else.")
            ),
            text="" if row else lambda: tr("Keep them only when the client asked you to. They are destroyed in time."),
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._row, self._loan_id = row, loan_id
        if row is None:
            self.ask("day", lambda: tr("Day"), DateField(clock=context.clock), required=True)
        hint = lambda: tr("Latitude, longitude, time, accuracy in metres: 43.4511, -79.6877, 21:16, 12")  # noqa: E731
        self.ask("lines", lambda: tr("One on each line"), LinesEdit(least_lines=5), hint=hint, wide=True)
        self.begin({} if row else {"day": self._today()})

    def check(self) -> bool:
        """Every line can be read."""
        if super().check() and self._row is None and self.typed()["day"] is None:
            return self.refuse("day", lambda: tr("Say on which day this was."))
        lines = self.typed()["lines"]
        if super().check() and not lines:
            return self.refuse("lines", lambda: tr("There is no position here."))
        wrong = next((line for line in lines or () if _LINE.match(line) is None), None)
        if wrong is not None:
            return self.refuse("lines", lambda: tr("This line is not a position: {line}", line=wrong))
        return super().check()

    def request(self) -> tuple[Verb, Any]:
        """Keep them."""
        typed, row = self.typed(), self._row
        day = typed["day"] if row is None else self._day_of(row.received_at or self.context.clock())
        points = tuple(point_of(line, day, self.context.zone) for line in typed["lines"])
        command = tracking_locations.KeepLocations(
            points=points, event_id=row.id if row else None, loan_id=None if row else self._loan_id
        )
        return tracking_locations.keep_locations, command

    def _today(self) -> date:
        return self._day_of(self.context.clock())

    def _day_of(self, moment: datetime) -> date:
        return moment.astimezone(ZoneInfo(self.context.zone)).date()


class LookDialog(FormDialog):
    """Why the positions are looked at. Those that the client asked for (`for_client`) are shown for no alarm."""

    def __init__(
        self, context: Context, parent: QWidget, track_id: str, *, occurrence_no: str = "", for_client: bool = False
    ) -> None:
        super().__init__(
            context,
            parent,
            "tracking.look",
            lambda: tr("Why do you look at the positions?"),
            lambda: tr("Show them"),
            subject=track_id,
            text=lambda: tr("Nobody is followed: positions are for an alarm, or when the client asks."),
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._track_id, self._occurrence_no = track_id, occurrence_no
        reasons = (TrackingReason.CLIENT,) if for_client else (TrackingReason.ALARM, TrackingReason.CLIENT)
        why = [(one, one.label) for one in reasons]
        self.ask("why", lambda: tr("Reason"), SegmentedChoice(why, optional=False), wide=True)
        self.ask("reason", lambda: tr("In words"), LineEdit(), required=for_client, wide=True)
        self.begin({"why": reasons[0]})

    def request(self) -> tuple[Verb, Any]:
        """Record the reason."""
        typed = self.typed()
        command = tracking_locations.ViewLocations(
            track_id=self._track_id,
            why=typed["why"],
            reason=typed["reason"],
            occurrence_no=self._occurrence_no or None,
        )
        return tracking_locations.view_locations, command


def point_of(line: str, day: date, zone: str) -> dict[str, Any]:
    """A typed line as a position; its time is of the day of the alarm on the service's clock."""
    found = _LINE.match(line)
    assert found is not None, "lines are checked before"
    at = time(int(found["hour"]) % 24, int(found["minute"]) % 60, int(found["second"] or 0) % 60)
    moment = datetime.combine(day, at, ZoneInfo(zone))
    point: dict[str, Any] = {"lat": float(found["lat"]), "lon": float(found["lon"]), "at": moment.isoformat()}
    if found["accuracy"]:
        point["accuracy_m"] = float(found["accuracy"])
    return point


def _track_words(track: TrackRow, zone: str) -> str:
    count = track.point_count
    kept = trn("{count} position", "{count} positions", count)
    parts = (when.moment(track.first_at, zone), when.moment(track.last_at, zone) if count > 1 else "", kept)
    return " · ".join(part for part in parts if part)


def _words(one: Position, zone: str) -> str:
    accuracy = tr("within {count} metres", count=round(one.accuracy_m)) if one.accuracy_m is not None else ""
    parts = (when.time_of(one.at, zone), f"{one.lat:.5f}, {one.lon:.5f}", accuracy)
    return " · ".join(part for part in parts if part)
