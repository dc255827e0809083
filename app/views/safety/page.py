"""The safety plan's editor: written together with the client, saved as versions that never change (domain.md 4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.models.vocab import PlanSection, label
from app.queries.safety import PlanDetail
from app.services import safety as verbs
from app.views import style
from app.views.broadcast import Live
from app.views.common.buttons import PrimaryButton, QuietButton, SecondaryButton
from app.views.common.dates import DateField
from app.views.common.draft_keeper import DraftKeeper
from app.views.common.empty import EmptyState
from app.views.common.page import Page, PageColumn
from app.views.common.wording import Wording, plain_tooltip
from app.views.messages import Tone, sentence_of
from app.views.programme import Context
from app.views.safety import reading
from app.views.safety.about_pane import AboutPane, AdvicePane
from app.views.safety.banners import PlanBanners
from app.views.safety.desk import PlanDesk
from app.views.safety.dialogs import PrintDialog, TriggerDialog
from app.views.safety.log_pane import LogPane
from app.views.safety.reading import PlanFile
from app.views.safety.section_list import Part, PlanListArea
from app.views.safety.section_pane import SectionPane
from app.views.safety.state import from_detail, from_draft, to_command, to_draft
from app.views.safety.versions_pane import VersionsPane
from app.words import tr

ABOUT, ADVICE, LOG, VERSIONS = "about", "advice", "log", "versions"
_SECTIONS = {section.value: section for section in PlanSection}
_KINDS = (
    "safety_plan",
    "safety_plan_content",
    "safety_plan_item",
    "document_item",
    "legal_order",
    "case_file",
)


class PlanPage(Page):
    """One case's plan: the parts at the left, the part that is open beside them."""

    WIDEST = 1360

    def __init__(self, context: Context) -> None:
        super().__init__(lambda: tr("Safety plan"), scrolls=False)
        self._context = context
        self._desk = PlanDesk(context, self)
        self._file: PlanFile | None = None
        self._part = ABOUT
        self._asked_version: str | None = None
        self._revealed = self._dirty = self._saving = False
        self._base: str | None = None
        self._keeper: DraftKeeper | None = None
        self.banners = PlanBanners()
        self.banners.reveal.clicked.connect(lambda: self._reveal(False))
        self.banners.back.clicked.connect(self._back_to_writing)
        self.add_above(self.banners)
        self._list = PlanListArea(_parts())
        self._list.chosen.connect(self.show_part)
        self._list.set_current(ABOUT)
        self._pane: QWidget = QWidget()
        self._area = self._make_area()
        row = QHBoxLayout()
        row.setSpacing(style.space(4))
        row.addWidget(self._list)
        row.addWidget(self._area, 1)
        self.body.addLayout(row, 1)
        self._add_actions()
        self._desk.touched.connect(self._on_touched)
        Live(self, context.broadcast, _KINDS, self.refresh)

    def whereabouts(self) -> dict[str, Any]:
        """What leads here again."""
        return {"case_id": self._desk.case_id, "plan_id": self._asked_version, "part": self._part}

    def short_name(self) -> str:
        """What a list may call this plan: the number of its case."""
        return (self._file.header.number or "") if self._file is not None else ""

    def open(self, case_id: str, plan_id: str | None = None, part: str | None = None) -> None:
        """Show a case's plan as it is being written, or one of its earlier versions; `part` opens a part of it."""
        self.keep_typing()
        if case_id != self._desk.case_id:
            self._forget()
        self._part = part or self._part
        self._desk.case_id, self._asked_version = case_id, plan_id
        self._revealed = False
        if self._file is not None:
            self._show_all()
        self.refresh()

    def keep_typing(self) -> None:
        """Keep what is typed and not saved, now."""
        if self._keeper is not None:
            self._keeper.keep_now()

    def refresh(self) -> None:
        """Ask again; what is being typed stays."""
        case_id, now, asked = self._desk.case_id, self._context.clock(), self._asked_version
        member_id = self._context.person.member_id

        def question(session: Any) -> PlanFile:
            return reading.plan_file(session, case_id, now=now, member_id=member_id, asked=asked)

        if case_id:
            self._context.tasks.read(self, question, self._arrived)

    def show_part(self, key: str) -> None:
        """Open a part of the plan."""
        if not self._all_readable():
            self._list.set_current(self._part)
            return
        self._part = key
        self._list.set_current(key)
        self._show_pane()

    def save(self) -> None:
        """Save what is typed as the next version."""
        focused = QApplication.focusWidget()
        if focused is not None and self.isAncestorOf(focused):
            # What is typed into a date is read when the field is left, which Ctrl+S does not do by itself.
            focused.clearFocus()
        if self._saving or not self._save.isEnabled() or not self._all_readable():
            return
        self._saving = True
        self._save.setEnabled(False)
        listed = [line.code for line in self._desk.document_lines]
        command = to_command(self._desk.working, self._desk.case_id, listed)
        number = self._desk.next_version
        verb = self._keeper_of_this_case().saving(verbs.save_plan)
        self._context.tasks.write(self, verb, command, lambda _plan_id: self._saved(number), self._not_saved)

    def _saved(self, number: int) -> None:
        self._saving = self._dirty = False
        if self._keeper is not None:
            self._keeper.drop()
            self._keeper = None
        self.banners.complain(None)
        self._asked_version = None
        self._context.messages.say(tr("Version {number} of the plan is saved.", number=number), Tone.SUCCESS)
        self.refresh()

    def _not_saved(self, problem: Exception) -> None:
        """Nothing typed is lost: it stays on the screen and in the draft."""
        self._saving = False
        self._keeper_of_this_case().go_on()
        self.banners.complain(lambda: sentence_of(problem))
        self._show_actions()

    def _arrived(self, file: PlanFile) -> None:
        if file.case_id != self._desk.case_id:
            return
        first, before, hid = self._file is None, self._file, self._hides()
        if file == before:
            return
        self._file = file
        self._desk.versions, self._desk.orders = file.versions, file.orders
        if not file.header.listener_present:
            self._revealed = False
        if not self._dirty:
            self._begin(file)
        if file.asked is not None:
            self._show_version(file.asked)
        elif self._dirty and not self._desk.read_only and self._hides() == hid:
            # Someone is typing: what stands around the open part is told anew, the part itself stays.
            self._desk.shown = file.newest
            self._show_around()
        else:
            self._show_working()
        if first and file.may_write:
            self._keeper_of_this_case().restore(self._restored)

    def _begin(self, file: PlanFile) -> None:
        """Start the next version as a copy of the newest."""
        self._desk.working = from_detail(file.newest, next_review=file.next_review if file.may_write else None)
        self._base = file.newest.id if file.newest else None

    def _show_working(self) -> None:
        file = self._file
        self._desk.state = self._desk.working
        self._desk.read_only = file is None or not file.may_write
        self._desk.shown = file.newest if file else None
        self._show_all()

    def _show_version(self, version: PlanDetail) -> None:
        self._desk.state, self._desk.shown, self._desk.read_only = from_detail(version), version, True
        self._show_all()

    def _read_version(self, plan_id: str) -> None:
        self._asked_version = plan_id
        self._part = ABOUT
        self.refresh()

    def _back_to_writing(self) -> None:
        self._asked_version = None
        if self._file is not None:
            self._file = self._file.without_asked()
        self._part = VERSIONS
        self._show_working()

    def _keeper_of_this_case(self) -> DraftKeeper:
        if self._keeper is None:
            case_id = self._desk.case_id
            self._keeper = DraftKeeper(
                self,
                self._context.drafts,
                f"safety.plan:{case_id}",
                self._draft,
                lambda kept: self._fill(case_id, kept),
            )
        return self._keeper

    def _draft(self) -> Mapping[str, Any]:
        return to_draft(self._desk.working, self._base)

    def _fill(self, case_id: str, kept: Mapping[str, Any]) -> None:
        if case_id != self._desk.case_id:
            return
        self._desk.working, self._base = from_draft(kept), kept.get("base")
        self._dirty = True

    def _restored(self, found: bool) -> None:
        if not found:
            return
        self._context.messages.say(tr("Here is what you typed before; it is not saved yet."))
        if self._asked_version is None:
            self._show_working()

    def _forget(self) -> None:
        """Leave the case that was open; its typing is kept."""
        if self._keeper is not None:
            self._keeper.deleteLater()
        self._keeper, self._file, self._base = None, None, None
        self._dirty, self._part = False, ABOUT

    def _on_touched(self) -> None:
        self._dirty = True
        self._keeper_of_this_case().touch()
        self._show_around()

    def _hides(self) -> bool:
        return self._file is not None and self._file.header.listener_present and not self._revealed

    def _reveal(self, shown: bool) -> None:
        self._revealed = shown
        self._show_all()

    def _show_all(self) -> None:
        self._list.set_current(self._part)
        self._show_around()
        self._show_pane()

    def _show_around(self) -> None:
        self._show_title()
        self._show_counts()
        self._show_actions()

    def _show_title(self) -> None:
        file = self._file
        if file is None:
            return
        desk = self._desk

        def quiet() -> str:
            number = desk.next_version
            if self._asked_version is not None and desk.shown is not None:
                which = tr("Version {number}", number=desk.shown.version)
            else:
                which = tr("Version {number} is being written", number=number)
            copy = desk.state.head.copy_choice
            kept = tr("Client's copy: {choice}", choice=label(copy)) if copy else tr("Client's copy: not asked yet")
            return " · ".join(part for part in (file.client, file.header.number or "", which, kept) if part)

        self.set_title(lambda: tr("Safety plan"), quiet)
        newest = file.newest.id if file.newest else None
        self.banners.show_about(
            file,
            desk,
            revealed=self._revealed,
            reading=self._asked_version is not None,
            outdated=self._dirty and self._base != newest,
        )

    def _show_counts(self) -> None:
        state, hides = self._desk.state, self._hides()
        for key, section in _SECTIONS.items():
            aside = section in state.hidden
            self._list.button(key).set_state(
                0 if hides else state.count(section), done=state.is_settled(section) and not aside, aside=aside
            )
        self._list.button(ABOUT).set_state(0, attention=state.missing() and not self._desk.read_only)

    def _show_actions(self) -> None:
        file, number = self._file, self._desk.next_version
        self._save.set_text(lambda: tr("Save as version {number}", number=number))
        writing = file is not None and file.may_write and self._asked_version is None
        self._save.setVisible(writing)
        self._save.setEnabled(writing and not self._saving and not self._hides())
        refused = all(self._desk.refusals().values())
        self._print.setEnabled(self._desk.shown is not None and not refused and not self._hides())
        reason = tr("Save a version first, then it can be printed.") if self._desk.shown is None else ""
        reason = self.banners.print_reason() or reason
        self._print.setAccessibleDescription(reason)
        self._print.setToolTip(plain_tooltip(reason))

    def _show_pane(self) -> None:
        pane = self._make_pane()
        holder = PageColumn()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, style.space(3), style.space(5))
        column.addWidget(pane)
        self._pane = pane
        self._area.setWidget(holder)

    def _make_pane(self) -> QWidget:
        if self._file is not None and not self._file.readable:
            return EmptyState(
                "lock",
                lambda: tr("This plan is kept by its workers"),
                lambda: tr("Only the worker and co-workers of the case can read it. Its dates are in the case."),
            )
        if self._hides():
            return self._hidden_pane()
        if self._part in _SECTIONS:
            return self._section_pane(_SECTIONS[self._part])
        if self._part == ADVICE:
            return AdvicePane(self._desk)
        if self._part == LOG:
            return LogPane(self._desk, self)
        if self._part == VERSIONS:
            versions = VersionsPane(self._desk)
            versions.opened.connect(self._read_version)
            return versions
        return AboutPane(self._desk, self._ask_review)

    def _section_pane(self, section: PlanSection) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.space(4))
        column.addWidget(SectionPane(self._desk, section))
        order = list(PlanSection)
        place = order.index(section)
        if place + 1 < len(order):
            after = order[place + 1]
            button = QuietButton(lambda: tr("Next: {title}", title=after.label()), "arrow-right")
            button.setObjectName("plan.next")
            button.clicked.connect(lambda: self.show_part(after.value))
            row = QHBoxLayout()
            row.addStretch(1)
            row.addWidget(button)
            column.addLayout(row)
        column.addStretch(1)
        return holder

    def _hidden_pane(self) -> QWidget:
        show = SecondaryButton(lambda: tr("Show the plan"), "eye")
        show.setObjectName("plan.reveal")
        show.clicked.connect(lambda: self._reveal(True))
        return EmptyState(
            "eye-off",
            self._part_title(),
            lambda: tr("Someone else may be listening or looking. Only headings are shown until you say so."),
            show,
        )

    def _part_title(self) -> Wording:
        part = next(part for part in _parts() if part.key == self._part)
        return part.title

    def _ask_review(self) -> None:
        TriggerDialog(self._desk, self).open()

    def _ask_print(self) -> None:
        dialog = PrintDialog(self._desk, self, typed_since=self._dirty and self._asked_version is None)
        dialog.chosen.connect(self._preview)
        dialog.open()

    def _preview(self, form_id: str) -> None:
        shown = self._desk.shown
        if shown is not None:
            self._context.preview(self, form_id, record_id=shown.id, language=shown.language)

    def _all_readable(self) -> bool:
        """Whether every day typed in the open part can be read; the first that cannot gets the keyboard."""
        for field in self._pane.findChildren(DateField):
            if isinstance(field, DateField) and not field.is_valid():
                field.setFocus(Qt.FocusReason.OtherFocusReason)
                return False
        return True

    def _make_area(self) -> QScrollArea:
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return area

    def _add_actions(self) -> None:
        back = QuietButton(lambda: tr("Back"), "chevron-left")
        back.setObjectName("plan.back")
        back.clicked.connect(lambda: self._context.go("back"))
        self._print = SecondaryButton(lambda: tr("Print or export"), "print")
        self._print.setObjectName("plan.print")
        self._print.clicked.connect(self._ask_print)
        self._print.setEnabled(False)
        self._save = PrimaryButton(lambda: tr("Save as version {number}", number=self._desk.next_version), "save")
        self._save.setObjectName("plan.save")
        self._save.clicked.connect(self.save)
        self._save.setEnabled(False)
        for button in (back, self._print, self._save):
            self.add_action(button)
        QShortcut(QKeySequence.StandardKey.Save, self, self.save)
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self, lambda: self._context.go("back"))


def _parts() -> list[Part]:
    parts = [Part(ABOUT, lambda: tr("About this plan"), "plan")]
    for number, section in enumerate(PlanSection):
        parts.append(Part(section.value, section.label, apart=number == 0))
    parts += [
        Part(ADVICE, lambda: tr("Worker's advice"), "note", apart=True),
        Part(LOG, lambda: tr("Incident log"), "list"),
        Part(VERSIONS, lambda: tr("Versions"), "history"),
    ]
    return parts
