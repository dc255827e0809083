"""Where somebody is in the windows, as plain values: the page, the dialog, the field, the cursor, what is half typed.

What a form holds is kept by its own draft (`draft_keeper.py`). Here is the rest: the way back to the form, texts as
they stand letter by letter (half a date, a blank at the end), and what was typed where no draft is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QPoint
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QScrollArea, QWidget

from app.views.common.dialog import Dialog
from app.views.common.draft_keeper import from_draft, to_draft
from app.views.common.form_dialog import FormDialog
from app.views.common.spots import Spot, shown, spot_of, widget_at
from app.views.common.table import RowTable
from app.views.common.tabs import TabBar

PLACE = "~place"
"""The name under which the place is kept beside the drafts; it is none."""

Place = dict[str, Any]


def open_dialogs() -> list[Dialog]:
    """The dialogs that were shown and not left, the one in front last."""
    found = [one for one in QApplication.topLevelWidgets() if isinstance(one, Dialog) and one.is_open]
    return sorted(found, key=lambda one: one.opened_at)


def front(page: QWidget) -> QWidget:
    """What one works in: the dialog in front, or the page."""
    dialogs = open_dialogs()
    return dialogs[-1] if dialogs else page


def whereabouts(page: QWidget, route: str, subject: Mapping[str, Any], role: str, title: str) -> Place:
    """The way to a form, and what to call it: kept with each draft, and the beginning of the place."""
    say_more = getattr(page, "whereabouts", None)
    known = dict(subject) | (say_more() if callable(say_more) else {})
    dialogs = open_dialogs()
    return {
        "route": route,
        "subject": {name: to_draft(value) for name, value in known.items() if value is not None},
        "role": role,
        "tabs": [[spot_of(bar, page), bar.current()] for bar in shown(page, TabBar)],
        "rows": [[spot_of(table, page), table.selected_id()] for table in shown(page, RowTable) if table.selected_id()],
        "dialogs": [{"name": one.draft_name, "opened_by": one.opened_by} for one in dialogs],
        "title": _title(page, dialogs, title),
    }


def _title(page: QWidget, dialogs: list[Dialog], otherwise: str) -> str:
    """What the list of drafts calls it: the form and the number of its record, never a name."""
    short_name = getattr(page, "short_name", None)
    of = short_name() if callable(short_name) else ""
    form = dialogs[-1].accessibleName() if dialogs else (otherwise if of else page.accessibleName() or otherwise)
    return " · ".join(part for part in (form, of) if part)


def within(root: QWidget) -> dict[str, Any]:
    """What stands in a page or dialog beside its draft: texts, choices without a draft, cursor and scroll."""
    focused: QWidget | None = root.focusWidget() if root.isWindow() else root.window().focusWidget()
    if focused is not None and not root.isAncestorOf(focused):
        focused = None
    plain_dialog = isinstance(root, Dialog) and not isinstance(root, FormDialog)
    return {
        "texts": _texts(root),
        "choices": _choices(root) if plain_dialog else [],
        "focus": spot_of(focused, root) if focused is not None else None,
        "cursor": _cursor(focused),
        "scroll": [[spot_of(area, root), area.verticalScrollBar().value()] for area in shown(root, QScrollArea)],
    }


def put_tabs(page: QWidget, place: Place) -> None:
    """Open the tabs that were open."""
    for spot, key in place.get("tabs") or ():
        bar = widget_at(page, spot)
        if isinstance(bar, TabBar) and bar.current() != key:
            bar.set_current(key)
            bar.chosen.emit(key)


def put_rows(page: QWidget, place: Place) -> None:
    """Choose the rows that were chosen, where they are there already."""
    for spot, row_id in place.get("rows") or ():
        table = widget_at(page, spot)
        if isinstance(table, RowTable):
            table.select_id(row_id)


def put_within(root: QWidget, kept: Mapping[str, Any]) -> None:
    """Put texts, choices, scroll and cursor back; each only where it still fits."""
    for spot, value in kept.get("choices") or ():
        control: Any = widget_at(root, spot)
        if _is_input(control):
            control.set_value(from_draft(value))
            control.changed.emit()
    for spot, text in kept.get("texts") or ():
        _put_text(widget_at(root, spot), str(text))
    focused = widget_at(root, kept.get("focus"))
    if focused is not None and focused.isVisible():
        focused.setFocus()
        _put_cursor(focused, kept.get("cursor"))
    for spot, value in kept.get("scroll") or ():
        area = widget_at(root, spot)
        if isinstance(area, QScrollArea):
            area.verticalScrollBar().setValue(int(value))
    if focused is not None and (area := _area_of(focused)) is not None:
        seen = focused.mapTo(area.viewport(), QPoint(0, 0)).y()
        if not 0 <= seen < area.viewport().height():
            area.ensureWidgetVisible(focused, 0, 40)


def is_anything_typed(kept: Mapping[str, Any]) -> bool:
    """Whether something stands there that is kept nowhere else."""
    return bool(kept.get("texts"))


def _texts(root: QWidget) -> list[list[Any]]:
    lines = [
        [spot_of(edit, root), edit.text()]
        for edit in shown(root, QLineEdit)
        if edit.isModified() and edit.echoMode() == QLineEdit.EchoMode.Normal and not edit.isReadOnly()
    ]
    notes = [
        [spot_of(edit, root), edit.toPlainText()]
        for edit in shown(root, QPlainTextEdit)
        if edit.document().isModified() and not edit.isReadOnly()
    ]
    return lines + notes


def _choices(root: QWidget) -> list[list[Any]]:
    """The inputs of a dialog that are no texts: outermost ones, with an answer."""
    found: list[list[Any]] = []
    for widget in shown(root, QWidget):
        if not _is_input(widget) or isinstance(widget, QLineEdit | QPlainTextEdit) or _inside_input(widget, root):
            continue
        value = widget.value()
        if value not in (None, "", (), []):
            found.append([spot_of(widget, root), to_draft(value)])
    return found


def _is_input(widget: Any) -> bool:
    return isinstance(widget, QWidget) and all(hasattr(widget, name) for name in ("value", "set_value", "changed"))


def _inside_input(widget: QWidget, root: QWidget) -> bool:
    above = widget.parentWidget()
    while above is not None and above is not root:
        if _is_input(above):
            return True
        above = above.parentWidget()
    return False


def _cursor(widget: QWidget | None) -> list[int] | None:
    """[where the cursor stands, where the selection began]."""
    if isinstance(widget, QLineEdit) and widget.echoMode() == QLineEdit.EchoMode.Normal:
        here = widget.cursorPosition()
        if not widget.hasSelectedText():
            return [here, here]
        start, end = widget.selectionStart(), widget.selectionEnd()
        return [here, end if here == start else start]
    if isinstance(widget, QPlainTextEdit):
        cursor = widget.textCursor()
        return [cursor.position(), cursor.anchor()]
    return None


def _put_cursor(widget: QWidget, kept: Any) -> None:
    if not isinstance(kept, list) or len(kept) != 2:
        return
    here, anchor = int(kept[0]), int(kept[1])
    if isinstance(widget, QLineEdit):
        longest = len(widget.text())
        here, anchor = min(here, longest), min(anchor, longest)
        if here == anchor:
            widget.setCursorPosition(here)
        else:
            widget.setSelection(anchor, here - anchor)
    elif isinstance(widget, QPlainTextEdit):
        longest = widget.document().characterCount() - 1
        cursor = widget.textCursor()
        cursor.setPosition(min(anchor, longest))
        cursor.setPosition(min(here, longest), QTextCursor.MoveMode.KeepAnchor)
        widget.setTextCursor(cursor)


def _put_text(widget: QWidget | None, text: str) -> None:
    """Put a text back as if the person had typed it, so that the form hears of it."""
    if isinstance(widget, QLineEdit) and not widget.isReadOnly():
        if widget.text() != text:
            widget.setText(text)
            widget.textEdited.emit(text)
        widget.setModified(True)
    elif isinstance(widget, QPlainTextEdit) and not widget.isReadOnly():
        if widget.toPlainText() != text:
            widget.setPlainText(text)
        widget.document().setModified(True)


def _area_of(widget: QWidget) -> QScrollArea | None:
    above = widget.parentWidget()
    while above is not None:
        if isinstance(above, QScrollArea):
            return above
        above = above.parentWidget()
    return None


def opener(place: Place, number: int) -> tuple[str, Spot | None, str]:
    """(name of the dialog, the spot to press, the entry of its menu) of the dialog that was opened as `number`."""
    entry = place["dialogs"][number]
    by = entry.get("opened_by") or {}
    return str(entry.get("name")), by.get("spot"), str(by.get("entry") or "")
