"""Reading a form through: every question in order, in two of its languages, with its choices and when it is asked."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from app.forms import outline
from app.forms.definition import FormDefinition
from app.forms.outline import OutlineItem
from app.queries.forms import title_in
from app.views.common.card import Card
from app.views.common.dialog import Dialog
from app.views.common.table import Cell, CellKind, Column, Row, RowTable
from app.views.common.text import PlainLabel, QuietText
from app.views.common.wording import Wording
from app.views.programme import Context
from app.words import current, tr

_STEP = "    "
_HEIGHT = 360


def show_preview(context: Context, parent: QWidget, form: FormDefinition) -> None:
    """Show a form that may not be published yet. Listing it takes a moment for a long form."""
    languages = (form.languages or ("",))[:2]

    def listed() -> list[tuple[OutlineItem, ...]]:
        return [outline.blank(form, language) for language in languages]

    def show(found: list[tuple[OutlineItem, ...]]) -> None:
        OutlineDialog(parent, lambda: title_in(form.titles, current().code), languages, found).open()

    context.tasks.job(parent, listed, show)


class OutlineDialog(Dialog):
    """A table of everything that the form asks; the chosen line stands below in full."""

    def __init__(
        self,
        parent: QWidget,
        title: Wording,
        languages: Sequence[str],
        items: Sequence[tuple[OutlineItem, ...]],
    ) -> None:
        super().__init__(title, lambda: tr("Close"), parent, width=980)
        self.setObjectName("authoring.outline")
        self.cancel_button.hide()
        self._lines = [same for same in zip(*items, strict=True) if same[0].kind not in ("nothing", "entry")]
        self.table = RowTable(
            [*(Column(language or tr("Question")) for language in languages), Column(lambda: tr("Answer"), 190)],
            name=lambda: tr("Questions of the form"),
        )
        self.table.setObjectName("authoring.outline.table")
        self.table.setMinimumHeight(_HEIGHT)
        self.table.set_rows([_row(str(at), same) for at, same in enumerate(self._lines)])
        self.table.selected.connect(self._show)
        self.add(self.table)
        self.card = Card()
        self._parts = [PlainLabel(""), QuietText(""), QuietText("")]
        for part in self._parts:
            part.set_selectable()
            self.card.add(part)
        self.add(self.card)
        self.card.hide()
        self.finished.connect(self.deleteLater)

    def _show(self, row_id: str) -> None:
        same = self._lines[int(row_id)]
        texts = (
            "\n".join(dict.fromkeys(item.label for item in same)),
            "\n".join(dict.fromkeys(item.hint for item in same if item.hint)),
            "\n".join(part for part in (_condition(same[0]), *(_choices(item) for item in same)) if part),
        )
        for part, text in zip(self._parts, texts, strict=True):
            part.set_text(text)
            part.setVisible(bool(text))
        self.card.show()
        self.fit()


def _row(row_id: str, same: tuple[OutlineItem, ...]) -> Row:
    first = same[0]
    kind: CellKind = "strong" if first.kind == "section" else "quiet" if first.kind == "note" else "plain"
    cells: list[Cell | str] = [Cell(f"{_STEP * item.level}{item.label}", kind) for item in same]
    return Row(row_id, (*cells, Cell(_answer(first), "quiet")))


def _answer(item: OutlineItem) -> str:
    """What kind of answer a question asks for."""
    if item.kind != "question":
        return tr("Note") if item.kind == "note" else ""
    if item.control in ("select1", "select", "rank"):
        count = len(item.choices)
        said = {"select1": tr("One of {count}", count=count), "select": tr("Any of {count}", count=count)}
        return said.get(item.control, tr("In order")) if count else tr("From a list")
    words = {
        "string": tr("Text"),
        "int": tr("Whole number"),
        "decimal": tr("Number"),
        "date": tr("Date"),
        "time": tr("Time"),
        "dateTime": tr("Date and time"),
        "geopoint": tr("Place"),
        "binary": tr("Signature") if "signature" in item.appearance else tr("File"),
    }
    return tr("Tick") if item.control == "trigger" else words.get(item.type, item.type)


def _choices(item: OutlineItem) -> str:
    return " · ".join(choice.label for choice in item.choices)


def _condition(item: OutlineItem) -> str:
    if item.condition is None:
        return ""
    question, answer = item.condition
    if not question:
        return tr("Asked only when other answers ask for it.")
    return tr("Asked only if “{question}” is “{answer}”.", question=question, answer=answer)
