"""What happened in the case, newest first; private notes only as headings until pressed."""

from __future__ import annotations

from typing import Any

from app.models.vocab import TaskStatus
from app.queries.crisis import file, history, people
from app.queries.crisis.rows import TimelineKind, TimelineRow
from app.queries.outbox import SyncState
from app.views.common.buttons import SecondaryButton
from app.views.common.card import Card
from app.views.common.choices import ChipChoice
from app.views.common.empty import EmptyState
from app.views.common.timeline import Timeline, TimelineEntry
from app.views.crisis.asking import day_words, marked, moment_words
from app.views.crisis.desk import Desk
from app.views.crisis.dialogs.amend_contact import AmendContactDialog
from app.views.crisis.dialogs.record_contact import RecordContactDialog
from app.views.crisis.dialogs.support_note import SupportNoteDialog
from app.views.crisis.parts import act
from app.views.crisis.sections.base import CaseSection
from app.views.crisis.signs import ICON_OF_SYNC
from app.words import mark, tr

_PAGE = 50
_GROUPS: dict[str, tuple[TimelineKind, ...]] = {
    mark("Contacts"): (TimelineKind.CONTACT, TimelineKind.CRISIS),
    mark("Private notes"): (TimelineKind.NOTE,),
    mark("Needs and plans"): (TimelineKind.ASSESSMENT, TimelineKind.PLAN),
    mark("Referrals and help"): (TimelineKind.REFERRAL, TimelineKind.ASSISTANCE),
    mark("Consent and orders"): (TimelineKind.CONSENT, TimelineKind.ORDER),
    mark("Tasks and prints"): (TimelineKind.TASK, TimelineKind.REVIEW, TimelineKind.PRINT),
}
"""What the chips above the entries stand for."""


class TimelineSection(CaseSection):
    """Filter chips and the entries."""

    KINDS = (
        "contact_log", "contact_addendum", "support_note", "crisis_contact", "needs_assessment", "safety_plan",
        "referral", "consent", "legal_order", "task", "case_review", "practical_assistance",
    )  # fmt: skip

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.chosen: tuple[str, ...] = ()
        self._limit = _PAGE
        self._shown: set[str] = set()

    def question(self, session: Any) -> Any:
        """The newest entries of the kinds chosen, and how many there are."""
        kinds = tuple(kind for name in self.chosen for kind in _GROUPS[name]) or None
        case_id = self.desk.case_id
        rows = history.timeline(session, case_id, now=self.desk.context.clock(), kinds=kinds, limit=self._limit)
        return rows, history.timeline_count(session, case_id, kinds=kinds)

    def draw(self, answer: Any) -> None:
        """Chips, then entries."""
        rows, count = answer
        chips = ChipChoice(marked({name: name for name in _GROUPS}))
        chips.setObjectName("timeline.filter")
        chips.setAccessibleName(tr("Show only"))
        chips.set_value(self.chosen)
        chips.changed.connect(lambda: self._filter(chips))
        card = Card(lambda: tr("Timeline"))
        if self.desk.may("support_note"):
            note = act(
                lambda: tr("Private note"),
                "lock",
                "timeline.note",
                lambda: self.desk.show(SupportNoteDialog(self.desk)),
            )
            card.add_action(note)
        card.add(chips)
        if rows:
            line = Timeline([self._entry(row) for row in rows])
            line.setObjectName("timeline.entries")
            line.opened.connect(self._open)
            card.add(line)
        else:
            card.add(self._nothing())
        if count > len(rows):
            earlier = act(lambda: tr("Show earlier entries"), "history", "timeline.earlier", self._earlier)
            card.add(earlier)
        self.body.addWidget(card)

    def record(self, **known: Any) -> None:
        """Open the form for a contact."""
        desk = self.desk

        def question(session: Any) -> Any:
            now, today = desk.context.clock(), desk.today
            found = people.case_people(session, desk.case_id, now=now)
            tasks = file.tasks_of_case(session, desk.case_id, today=today)
            return found, tuple(task for task in tasks if task.status is TaskStatus.OPEN)

        desk.read(desk.window, question, lambda found: desk.show(RecordContactDialog(desk, *found, **known)))

    def _filter(self, chips: ChipChoice) -> None:
        self.chosen = tuple(str(name) for name in chips.value())
        self._limit = _PAGE
        self.refresh()

    def _earlier(self) -> None:
        self._limit += _PAGE
        self.refresh()

    def _nothing(self) -> EmptyState:
        record = None
        if self.desk.may("contact_log") and not self.chosen:
            record = SecondaryButton(lambda: tr("Record a contact"), "call")
            record.clicked.connect(lambda: self.record())
        return EmptyState(
            "timeline",
            lambda: tr("Nothing here yet"),
            lambda: tr("What you record about this case appears here, the newest first."),
            record,
        )

    def _entry(self, row: TimelineRow) -> TimelineEntry:
        hidden = (row.protected or self.desk.hides) and row.record_id not in self._shown
        shown = moment_words(self.desk.context, row.at, row.precision) or day_words(row.on)
        text = "" if hidden else "\n".join([row.text, *self._addenda(row)]).strip()
        has_more = bool(row.text or row.addenda)
        action = self._action(row, hidden=hidden)
        waiting = row.sync not in (SyncState.RECEIVED, SyncState.COLLEAGUE)
        return TimelineEntry(
            when=" · ".join(part for part in (shown, row.author) if part),
            title=row.title,
            text=text,
            icon="lock" if row.protected else row.icon,
            badge=row.sync.label if waiting else "",
            badge_icon=ICON_OF_SYNC.get(row.sync, "") if waiting else "",
            badge_kind="danger" if row.sync is SyncState.REFUSED else "neutral",
            opens=row.record_id if action and (has_more or row.kind is TimelineKind.CONTACT) else "",
            action=action or "",
        )

    def _action(self, row: TimelineRow, *, hidden: bool) -> Any:
        if hidden:
            return lambda: tr("Show")
        if row.record_id in self._shown:
            return lambda: tr("Hide")
        if row.kind is TimelineKind.CONTACT and self.desk.may("contact_addendum") and not self.desk.is_closed:
            own = row.author_id == self.desk.context.person.member_id and not row.locked
            return (lambda: tr("Correct")) if own else (lambda: tr("Add to it"))
        return None

    def _addenda(self, row: TimelineRow) -> list[str]:
        return [
            tr(
                "Added {moment} by {author}: {words}",
                moment=moment_words(self.desk.context, each.at),
                author=each.author,
                words=each.text,
            )
            for each in row.addenda
        ]

    def _open(self, record_id: str) -> None:
        row: TimelineRow | None = next((one for one in self.answer[0] if one.record_id == record_id), None)
        if row is None:
            return
        if row.record_id in self._shown:
            self._shown.discard(row.record_id)
        elif row.protected or self.desk.hides:
            self._shown.add(row.record_id)
        else:
            self.desk.show(AmendContactDialog(self.desk, row))
            return
        self.redraw()

    def hideEvent(self, event: Any) -> None:
        """Never come back with a private note shown."""
        super().hideEvent(event)
        self._shown.clear()
