"""What stands in a plan that is being written: plain values that the editor changes, drafts keep and a save hands over.

A version that was saved never changes; what is written is always a copy of it, until it becomes the next version.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from app.models.vocab import CopyChoice, PlanSection, PlanSituation, RiskJudged, Tri
from app.queries.safety import PlanDetail
from app.services.safety import PlanDocument, PlanItem, SavePlan


@dataclass
class ItemState:
    """One item of a section. `text_language` stays that of who typed it until the text is typed anew."""

    catalogue: str | None = None
    text: str | None = None
    text_language: str | None = None
    applies: Tri | None = None
    done: bool = False
    on_date: date | None = None
    who_helps: str | None = None


@dataclass
class DocumentState:
    """One line of the documents checklist."""

    has_original: bool = False
    has_copy: bool = False
    where_kept: str | None = None
    done: bool = False

    def is_touched(self) -> bool:
        """Whether anything was said about it."""
        return self.has_original or self.has_copy or self.done or bool(self.where_kept)


@dataclass
class Head:
    """What the plan says about itself."""

    situation: PlanSituation | None = None
    situation_note: str | None = None
    risk: RiskJudged | None = None
    copy_choice: CopyChoice | None = None
    kept_where: str | None = None
    reading_device: str | None = None
    next_review: date | None = None
    worker_advice: str | None = None
    language: str | None = None


@dataclass
class PlanState:
    """A whole plan: its head, the items of each section in order, the checklist, the sections set aside."""

    head: Head = field(default_factory=Head)
    items: dict[PlanSection, list[ItemState]] = field(default_factory=lambda: {section: [] for section in PlanSection})
    documents: dict[str, DocumentState] = field(default_factory=dict)
    hidden: set[PlanSection] = field(default_factory=set)

    def missing(self) -> bool:
        """Whether the head still lacks what every plan needs (domain.md 4.2)."""
        return None in (self.head.situation, self.head.copy_choice, self.head.next_review)

    def count(self, section: PlanSection) -> int:
        """How many items a section holds, lines of the checklist among them."""
        more = sum(line.is_touched() for line in self.documents.values()) if section is PlanSection.DOCUMENTS else 0
        return len(self.items[section]) + more

    def is_settled(self, section: PlanSection) -> bool:
        """Whether every item of a section has its answer; a section without items is not settled."""
        items = self.items[section]
        return bool(items) and all(item.applies is Tri.NO or item.done or bool(item.text) for item in items)


def from_detail(detail: PlanDetail | None, *, next_review: date | None = None) -> PlanState:
    """The content of a version. `next_review` replaces the version's own, for a plan that starts as its copy."""
    if detail is None:
        return PlanState(head=Head(next_review=next_review))
    names = {one.name for one in fields(Head)}
    state = PlanState(head=Head(**{name: getattr(detail, name) for name in names}))
    if next_review is not None:
        state.head.next_review = next_review
    for row in detail.sections:
        if row.hidden:
            state.hidden.add(row.section)
        state.items[row.section] = [
            ItemState(item.catalogue, item.text or None, item.text_language, item.applies, item.done, item.on_date,
                      item.who_helps)
            for item in row.items
        ]  # fmt: skip
    state.documents = {
        line.item: DocumentState(line.has_original, line.has_copy, line.where_kept, line.done)
        for line in detail.documents
    }
    return state


def to_command(state: PlanState, case_id: str, document_order: Iterable[str]) -> SavePlan:
    """What saves the plan as its next version; the checklist in its order, lines of one's own after it."""
    listed = tuple(document_order)
    own = [code for code in state.documents if code not in listed]
    ordered = [code for code in listed if code in state.documents and state.documents[code].is_touched()] + own
    return SavePlan(
        case_id=case_id,
        **{one.name: getattr(state.head, one.name) for one in fields(Head)},
        hidden_sections=frozenset(state.hidden),
        items=tuple(
            PlanItem(section=section, **{one.name: getattr(item, one.name) for one in fields(ItemState)})
            for section in PlanSection
            for item in state.items[section]
        ),
        documents=tuple(
            PlanDocument(item=code, **{one.name: getattr(line, one.name) for one in fields(DocumentState)})
            for code, line in ((code, state.documents[code]) for code in ordered)
        ),
    )


def to_draft(state: PlanState, base: str | None) -> dict[str, Any]:
    """The plan as a draft keeps it; `base` is the version that it started from."""
    return {
        "base": base,
        "head": _values(state.head),
        "items": {section.value: [_values(item) for item in items] for section, items in state.items.items()},
        "documents": {code: _values(line) for code, line in state.documents.items()},
        "hidden": sorted(section.value for section in state.hidden),
    }


def from_draft(kept: Mapping[str, Any]) -> PlanState:
    """The plan that a draft kept."""
    head = dict(kept["head"])
    lists = {"situation": PlanSituation, "risk": RiskJudged, "copy_choice": CopyChoice}
    for name, listed in lists.items():
        head[name] = listed.of(head[name]) if head.get(name) else None
    state = PlanState(head=Head(**head))
    for code, items in kept["items"].items():
        state.items[PlanSection.of(code)] = [_item(values) for values in items]
    state.documents = {code: DocumentState(**values) for code, values in kept["documents"].items()}
    state.hidden = {PlanSection.of(code) for code in kept["hidden"]}
    return state


def _item(values: Mapping[str, Any]) -> ItemState:
    applies = values.get("applies")
    return ItemState(**{**values, "applies": Tri.of(applies) if applies else None})


def _values(holder: Head | ItemState | DocumentState) -> dict[str, Any]:
    return {one.name: getattr(holder, one.name) for one in fields(holder)}
