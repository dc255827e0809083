"""One case: how to reach the client, what is due, and its parts, each read when it is first shown."""

from __future__ import annotations

from typing import Any

from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QBoxLayout, QDialog, QVBoxLayout, QWidget

from app.models.vocab import Channel
from app.services.crisis import UpdateCase, update_case
from app.views import style
from app.views.broadcast import Live
from app.views.common.buttons import IconButton, PrimaryButton, SecondaryButton
from app.views.common.empty import EmptyState
from app.views.common.form_dialog import FormDialog
from app.views.common.page import Page
from app.views.common.tabs import TabBar
from app.views.crisis.aside import CaseAside
from app.views.crisis.banners import CaseBanners
from app.views.crisis.case_menu import CaseMenu
from app.views.crisis.desk import Desk
from app.views.crisis.dialogs.contact_now import ContactNowDialog
from app.views.crisis.front import Front, front_or_left
from app.views.crisis.header import case_badges, case_subtitle, case_title
from app.views.crisis.parts import Wrap, empty_layout
from app.views.crisis.reach import ReachPanel
from app.views.crisis.sections import SECTIONS
from app.views.crisis.sections.base import CaseSection
from app.views.crisis.sections.timeline import TimelineSection
from app.views.forms import answering
from app.views.programme import Context
from app.words import tr

_BESIDE_FROM = 900
_KINDS = (
    "case_file", "person", "safe_contact", "task", "legal_order", "consent", "case_review", "needs_assessment",
    "contact_log", "follow_up_plan",
)  # fmt: skip


class CasePage(Page):
    """Built once; `open` shows a case in it."""

    WIDEST = 1400

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.setObjectName("case")
        self._context = context
        self.desk: Desk | None = None
        self._view: CaseView | None = None

    def open(self, case_id: str = "", tab: str | None = None, **_more: Any) -> None:
        """Show a case, at one of its parts."""
        if self._view is None or self.desk is None or self.desk.case_id != case_id:
            self._leave()
            self.desk = Desk(self._context, case_id, self)
            self._view = CaseView(self, self.desk)
        else:
            self._view.refresh()
        if tab in SECTIONS:
            self._view.show_part(tab)

    def short_name(self) -> str:
        """What a list may call this case: its number, never a name."""
        header = self.desk.header if self.desk is not None else None
        return (header.number or "") if header is not None else ""

    def reopen(self, name: str) -> None:
        """Open the form of this draft again, when what opened it at first is gone."""
        if self._view is not None and name.startswith("contact:"):
            self._view.record_contact()
        if self._view is not None and name.startswith(f"{answering.NAME}:"):
            answering.go_on(self._context, self, name.partition(":")[2])

    def view(self) -> CaseView | None:
        """What is shown now."""
        return self._view

    def clear_head(self) -> None:
        """Take the buttons of the case before out of the head."""
        empty_layout(self._actions)

    def say_left(self) -> None:
        """The case was given to others and has left this computer: close what is open of it, and say so."""
        for dialog in self.findChildren(QDialog):
            if isinstance(dialog, FormDialog):
                dialog.discard()  # what it would keep is of a case that is no more here
            else:
                dialog.reject()
        self._leave()
        self._view = self.desk = None
        back = SecondaryButton(lambda: tr("Back"), "chevron-left")
        back.setObjectName("case.left_back")
        back.clicked.connect(lambda: self._context.go("back"))
        self.add(
            EmptyState(
                "check-circle",
                lambda: tr("This case is no longer on this computer"),
                lambda: tr(
                    "It was given to others, and everything that was saved in it was received. When it is given back "
                    "it comes again by itself."
                ),
                back,
            ),
            1,
        )

    def _leave(self) -> None:
        empty_layout(self.above)
        empty_layout(self.body)
        self.clear_head()
        if self._view is not None:
            self._view.deleteLater()
        if self.desk is not None:
            self.desk.deleteLater()
        self.set_title("")


class CaseView(QWidget):
    """The widgets of one case, placed on the page."""

    def __init__(self, page: CasePage, desk: Desk) -> None:
        super().__init__()
        self.page, self.desk = page, desk
        self.menu = CaseMenu(desk)
        self.banners, self.reach, self.badges = CaseBanners(desk), ReachPanel(desk), Wrap()
        self.aside = CaseAside(desk)
        self.tabs = TabBar([(key, words) for key, (words, _) in SECTIONS.items()])
        self._sections: dict[str, CaseSection] = {}
        self._holder = QVBoxLayout()
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._lay_out()
        self._add_actions()
        self.tabs.chosen.connect(self.show_part)
        self.reach.contacting.connect(lambda: self.contact_now())
        self.aside.details.connect(self.menu.details)
        desk.asked.connect(self.show_part)
        desk.changed.connect(self._show_head)
        Live(self, desk.context.broadcast, _KINDS, self.refresh)
        self.show_part("timeline")
        self.refresh()

    def refresh(self) -> None:
        """Ask for head, tasks and banners again."""
        desk = self.desk
        desk.read(self, lambda session: front_or_left(session, desk), self._show_front)

    def show_part(self, key: str) -> None:
        """Show one part; it asks for its rows when it is first seen."""
        if key not in self._sections:
            section = SECTIONS[key][1](self.desk)
            section.setObjectName(f"case.{key}")
            section.hide()
            self._sections[key] = section
            self._holder.insertWidget(self._holder.count() - 1, section)
        for other, section in self._sections.items():
            section.setVisible(other == key)
        self.tabs.set_current(key)

    def section(self, key: str) -> CaseSection | None:
        """A part, when it was shown before."""
        return self._sections.get(key)

    def record_contact(self, **known: Any) -> None:
        """Open the form for a contact."""
        self.show_part("timeline")
        timeline = self._sections["timeline"]
        assert isinstance(timeline, TimelineSection), "the part of that name"
        timeline.record(**known)

    def contact_now(self, channel: Channel = Channel.PHONE) -> None:
        """Open the gate before a contact."""
        dialog = ContactNowDialog(self.desk, channel)
        dialog.recording.connect(
            lambda chosen, contact_id, reason: self.record_contact(
                channel=chosen, safe_contact_id=contact_id, override_reason=reason or None
            )
        )
        self.desk.show(dialog)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The side column goes below where the window is narrow."""
        super().resizeEvent(event)
        beside = event.size().width() >= style.grown(_BESIDE_FROM)
        direction = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        if self._columns.direction() != direction:
            self._columns.setDirection(direction)
        self.aside.setMaximumWidth(style.grown(300) if beside else 16_777_215)
        self.aside.setMinimumWidth(style.grown(280) if beside else 0)

    def _lay_out(self) -> None:
        self._holder.setContentsMargins(0, 0, 0, 0)
        self._holder.setSpacing(0)
        self._holder.addStretch(1)
        self._columns.setContentsMargins(0, 0, 0, 0)
        self._columns.setSpacing(style.space(5))
        self._columns.addLayout(self._holder, 1)
        self._columns.addWidget(self.aside)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(style.space(4))
        whole.addWidget(self.badges)
        whole.addWidget(self.banners)
        whole.addWidget(self.reach)
        whole.addWidget(self.tabs)
        whole.addLayout(self._columns, 1)
        self.page.add(self, 1)

    def _add_actions(self) -> None:
        desk, page = self.desk, self.page
        back = IconButton("chevron-left", lambda: tr("Back"))
        back.setObjectName("case.back")
        back.clicked.connect(lambda: desk.context.go("back"))
        page.add_action(back)
        self.listening = SecondaryButton(self._listening_words, "eye-off")
        self.listening.setObjectName("case.listening")
        self.listening.clicked.connect(self._toggle_listening)
        prints = IconButton("print", lambda: tr("Print"))
        prints.setObjectName("case.print")
        prints.clicked.connect(lambda: self.menu.show_prints(prints))
        more = IconButton("more", lambda: tr("More steps"))
        more.setObjectName("case.more")
        more.clicked.connect(lambda: self.menu.show_steps(more))
        self.record = PrimaryButton(lambda: tr("Record a contact"), "note")
        self.record.setObjectName("case.record_contact")
        self.record.clicked.connect(lambda: self.record_contact())
        for button in (self.listening, prints, more, self.record):
            page.add_action(button)
        QShortcut(QKeySequence("Ctrl+R"), self, self.record.click)

    def _listening_words(self) -> str:
        header = self.desk.header
        listening = header is not None and header.listener_present
        return tr("Nobody listens any more") if listening else tr("Someone is listening")

    def _toggle_listening(self) -> None:
        header = self.desk.header
        if header is not None:
            command = UpdateCase(case_id=header.id, listener_present=not header.listener_present)
            self.desk.write(self, update_case, command)

    def _show_front(self, found: Front | None) -> None:
        if found is None:
            self.page.say_left()
            return
        self.banners.show_front(found)
        self.desk.set_header(found.header)
        self.aside.show_front(found)
        self.tabs.set_attention(tuple({one.part for one in found.missing}))

    def _show_head(self) -> None:
        header, hides = self.desk.header, self.desk.hides
        if header is None:
            return
        self.page.set_title(lambda: case_title(header, hides), lambda: case_subtitle(header, hides))
        self.badges.set_widgets(case_badges(header))
        self.listening.retranslate()
        may = not self.desk.is_closed
        self.listening.setVisible(may and self.desk.may("case_file"))
        self.record.setVisible(may and self.desk.may("contact_log"))
