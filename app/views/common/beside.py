"""What stands beside a list: the card of what is chosen, or what to do where nothing is."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QWidget

from app.views import style
from app.views.common.empty import EmptyState
from app.views.common.page import PageColumn


def put_beside(area: QScrollArea, widget: QWidget) -> None:
    """Show `widget` in the area instead of what was there: a card from above, an empty state in the middle."""
    holder = PageColumn()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, style.space(2), 0)
    row.addWidget(widget, 1, Qt.AlignmentFlag(0) if isinstance(widget, EmptyState) else Qt.AlignmentFlag.AlignTop)
    area.setWidget(holder)
