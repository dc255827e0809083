"""The list of settings, group by group: what holds today, whether it is as shipped, and what comes."""

from __future__ import annotations

from datetime import date
from itertools import groupby

from app.queries import device, settings
from app.queries.settings import Origin, SettingRow
from app.services.map_file import MAP_FILE
from app.views.broadcast import Live
from app.views.common import when
from app.views.common.buttons import PrimaryButton, SecondaryButton
from app.views.common.page import Page
from app.views.common.table import Cell, Column, Row, RowTable
from app.views.map.file import MapFileDialog
from app.views.programme import Context
from app.views.settings.dialog import SettingDialog
from app.views.settings.values import spoken
from app.words import tr


class SettingsPage(Page):
    """One table of everything; a row opens the dialog in which a new version is made."""

    WIDEST = 1400

    def __init__(self, context: Context) -> None:
        super().__init__(
            lambda: tr("Settings"),
            lambda: tr(
                "Names, clocks and limits of your service. Records from before a change keep the version of their day."
            ),
            scrolls=False,
        )
        self._context = context
        self._rows: dict[str, SettingRow] = {}
        map_file = SecondaryButton(lambda: tr("Map file"), "pin")
        map_file.setObjectName("settings.map")
        map_file.clicked.connect(self._choose_map)
        self.add_action(map_file)
        self._change = PrimaryButton(lambda: tr("Change"), "edit")
        self._change.setObjectName("settings.edit")
        self._change.setEnabled(False)
        self.add_action(self._change)
        self._table = RowTable(
            [
                Column(lambda: tr("Setting")),
                Column(lambda: tr("In force today"), 330),
                Column(lambda: tr("Since"), 330),
            ],
            name=lambda: tr("Settings"),
        )
        self._table.setObjectName("settings.table")
        self._table.selected.connect(lambda name: self._change.setEnabled(name in self._rows))
        self._table.opened.connect(self._edit)
        self._change.clicked.connect(lambda: self._edit(self._table.selected_id()))
        self.add(self._table, 1)
        Live(self, context.broadcast, ("setting",), self.refresh)
        self.refresh()

    @property
    def _today(self) -> date:
        return when.local_day(self._context.clock(), self._context.zone)

    def refresh(self) -> None:
        """Ask anew what holds today."""
        today = self._today
        self._context.tasks.read(
            self,
            lambda session: settings.settings_list(session, today=today),
            lambda found: self._show(found, today),
        )

    def _show(self, found: tuple[SettingRow, ...], today: date) -> None:
        chosen, scrolled = self._table.selected_id(), self._table.view.verticalScrollBar().value()
        self._rows = {row.field.name: row for row in found}
        lines: list[Row] = []
        for group, rows in groupby(found, lambda row: row.field.group):
            lines.append(Row("", (Cell(group.label(), "accent"),)))
            lines.extend(_line(row, today) for row in rows)
        self._table.set_rows(lines)
        place = next((place for place, line in enumerate(lines) if line.id and line.id == chosen), None)
        if place is not None:
            self._table.view.selectRow(place)
        self._table.view.verticalScrollBar().setValue(scrolled)
        self._change.setEnabled(place is not None)

    def _choose_map(self) -> None:
        """The map file of this computer; everybody else comes to it from a map."""

        def shown(path: str) -> None:
            MapFileDialog(self._context, self, path).open()

        self._context.tasks.read(self, lambda session: device.state(session, MAP_FILE) or "", shown)

    def _edit(self, name: str) -> None:
        row = self._rows.get(name)
        if row is None:
            return
        dialog = SettingDialog(self._context, self, row, self._today)
        dialog.open()


def _line(row: SettingRow, today: date) -> Row:
    own = row.origin is Origin.OWN
    return Row(
        row.field.name,
        (tr(row.field.label), Cell(spoken(row.field, row.value), "strong" if own else "plain"), _since(row, today)),
    )


def _since(row: SettingRow, today: date) -> Cell:
    """Where the value comes from and since when; what is planned comes first, because it needs to be known."""
    coming = row.coming(today)
    if coming is not None:
        value, day = spoken(row.field, coming.value), when.day(coming.begins)
        return Cell(tr("From {day}: {value}", day=day, value=value), "info", "calendar")
    if row.origin is Origin.SERVER:
        return Cell(tr("As your server calls it"), "quiet")
    if row.origin is Origin.SHIPPED:
        return Cell(tr("As shipped"), "quiet")
    return Cell(when.day(row.since) if row.since else tr("Set by the service"))
