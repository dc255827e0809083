"""The dialog of a form on a real vault: prepared beside the interface, kept while typing, its troubles said."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.errors import EnvironmentProblem
from app.forms.convert import NOT_STARTED
from app.models.vocab import Role
from app.views.forms import prepared
from app.views.forms.filling import FormWindow
from app.views.forms.prepared import Prepared
from tests.views.forms.kinds import kinds

_XML = b"<not-read-again/>"


class Window(FormWindow):
    """A form whose answers a test takes."""

    def __init__(self, context: Any, parent: QWidget, prepare: Callable[[], Prepared]) -> None:
        super().__init__(context, parent, "kinds", "Every kind", "Finish", prepare, subject="one")
        self.taken: list[tuple[str, bool]] = []

    def request(self) -> tuple[Any, Any]:
        """Take the name."""
        asked = (self.session.node("/data/who").value, self.completing)

        def take(_work: Any, command: tuple[str, bool]) -> None:
            self.taken.append(command)

        return take, asked


def shown(stage: Any, prepare: Callable[[], Prepared]) -> Window:
    """The dialog, once it has what it waits for."""
    page = QWidget()
    stage.show(page)
    dialog = Window(stage.context(Role.VSU), page, prepare)
    dialog.page_behind = page  # type: ignore[attr-defined]  # it lives as long as the dialog
    dialog.open()
    stage.settle()
    return dialog


def every_kind() -> Prepared:
    return Prepared(kinds(), _XML)


def test_what_is_typed_is_kept_and_there_again(stage: Any) -> None:
    dialog = shown(stage, every_kind)
    assert dialog.page is not None and dialog.page.go_to("/data/who")
    question = dialog.page.question("/data/who")
    assert question is not None and question.input is not None
    line = question.input.focusProxy()
    assert line is not None
    QTest.keyClicks(line, "Ana Ex")
    dialog.reject()
    stage.settle()
    again = shown(stage, every_kind)
    assert again.page is not None
    assert again.session.node("/data/who").value == "Ana Ex"
    assert again.session.place in ("", "/data/who")


def test_it_is_saved_incomplete_and_finished_only_when_complete(stage: Any) -> None:
    dialog = shown(stage, every_kind)
    stage.click(dialog.accept_button)
    assert dialog.taken == [] and dialog.isVisible()
    stage.click(dialog.later)
    assert dialog.taken == [("", False)] and not dialog.isVisible()
    again = shown(stage, every_kind)
    again.session.set("/data/who", "Ana")
    stage.click(again.accept_button)
    assert again.taken == [("Ana", True)] and not again.isVisible()


def test_a_form_that_cannot_be_prepared_is_said(stage: Any) -> None:
    def trouble() -> Prepared:
        raise EnvironmentProblem(NOT_STARTED)

    dialog = shown(stage, trouble)
    texts = [getattr(part, "text", str)() for part in dialog.findChildren(QWidget) if part.isVisible()]
    assert NOT_STARTED in texts
    assert not dialog.accept_button.isEnabled() and not dialog.later.isEnabled()


def test_a_draft_that_cannot_be_read_opens_an_empty_form_and_says_so(stage: Any) -> None:
    said: list[str] = []
    stage.messages.said.connect(lambda text, *_: said.append(str(text)))
    context = stage.context(Role.VSU)
    context.drafts.keep("kinds:one", {"state": "bm90IGEgc3RhdGU=", "form": {}}, None)
    stage.settle()
    dialog = shown(stage, every_kind)
    QApplication.processEvents()
    assert dialog.page is not None and dialog.session.node("/data/who").value == ""
    assert "What you typed before cannot be read any more." in said


def test_a_form_that_unpacks_to_too_much_is_no_form(monkeypatch: Any) -> None:
    kept = prepared.to_draft(Prepared(kinds(), b"a" * 5_000))
    monkeypatch.setattr(prepared, "MOST_BYTES", 1_000)
    assert prepared.from_draft(kept) is None


def test_shipped_forms_are_prepared_once_with_their_own_lists_only() -> None:
    booking = prepared.shipped("village_booking")
    assert set(booking.attachments) == {"village_programs.csv"}
    assert prepared.shipped("village_booking") is booking
    kept = prepared.from_draft(prepared.to_draft(booking))
    assert kept is not None and kept.definition.version == booking.definition.version
