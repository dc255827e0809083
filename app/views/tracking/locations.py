"""Where the device was, in the room of an alarm: kept here, looked at with a reason, shown nowhere else."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.models.vocab import Role, TrackingReason
from app.queries import dispatch_card
from app.queries.dispatch_card import AlarmRow, Position
from app.services import tracking_locations
from app.views.common import when
from app.views.common.buttons import SecondaryButton
from app.views.common.card import Card
from app.views.common.choices import SegmentedChoice
from app.views.common.flow import FlowLayout
from app.views.common.form_dialog import FormDialog, Verb
from app.views.common.text import LineEdit, PlainLabel, QuietText
from app.views.programme import Context
from app.views.tracking.inputs import Lines
from app.words import tr, trn

_KEEPS = frozenset({Role.DSP, Role.VSU, Role.VQC})
_LOOKS = _KEEPS | {Role.SUP}
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
        dialog = LookDialog(self._context, self, row)
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


class PositionsDialog(FormDialog):
    """Positions as the monitoring centre gives them, one on each line."""

    def __init__(self, context: Context, parent: QWidget, row: AlarmRow) -> None:
        super().__init__(
            context,
            parent,
            "tracking.positions",
            lambda: tr("Add positions"),
            lambda: tr("Keep them"),
            subject=row.id,
            said=lambda: tr("The positions are kept with the alarm, and nowhere else."),
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._row = row
        hint = lambda: tr("Latitude, longitude, time, accuracy in metres: 43.4511, -79.6877, 21:16, 12")  # noqa: E731
        self.ask("lines", lambda: tr("One on each line"), Lines(least_lines=5), hint=hint, wide=True)
        self.begin()

    def check(self) -> bool:
        """Every line can be read."""
        lines = self.typed()["lines"]
        if super().check() and not lines:
            return self.refuse("lines", lambda: tr("There is no position here."))
        wrong = next((line for line in lines or () if _LINE.match(line) is None), None)
        if wrong is not None:
            return self.refuse("lines", lambda: tr("This line is not a position: {line}", line=wrong))
        return super().check()

    def request(self) -> tuple[Verb, Any]:
        """Keep them."""
        received = self._row.received_at or self.context.clock()
        day = received.astimezone(ZoneInfo(self.context.zone)).date()
        points = tuple(point_of(line, day, self.context.zone) for line in self.typed()["lines"])
        return tracking_locations.keep_locations, tracking_locations.KeepLocations(points=points, event_id=self._row.id)


class LookDialog(FormDialog):
    """Why the positions are looked at."""

    def __init__(self, context: Context, parent: QWidget, row: AlarmRow) -> None:
        super().__init__(
            context,
            parent,
            "tracking.look",
            lambda: tr("Why do you look at the positions?"),
            lambda: tr("Show them"),
            subject=row.id,
            text=lambda: tr("Nobody is followed: positions are for an alarm, or when the client asks."),
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._row = row
        why = [(one, one.label) for one in (TrackingReason.ALARM, TrackingReason.CLIENT)]
        self.ask("why", lambda: tr("Reason"), SegmentedChoice(why, optional=False), wide=True)
        self.ask("reason", lambda: tr("In words"), LineEdit(), wide=True)
        self.begin({"why": TrackingReason.ALARM})

    def request(self) -> tuple[Verb, Any]:
        """Record the reason."""
        typed = self.typed()
        command = tracking_locations.ViewLocations(
            track_id=self._row.track_id,
            why=typed["why"],
            reason=typed["reason"],
            occurrence_no=self._row.occurrence_no,
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


def _words(one: Position, zone: str) -> str:
    accuracy = tr("within {count} metres", count=round(one.accuracy_m)) if one.accuracy_m is not None else ""
    parts = (when.time_of(one.at, zone), f"{one.lat:.5f}, {one.lon:.5f}", accuracy)
    return " · ".join(part for part in parts if part)
