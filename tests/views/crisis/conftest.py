"""A case with a client who may only be called with care, and its page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from app.models.vocab import CallerId, ConsentToContact, ContactKind, Tri, Voicemail
from app.models.work import Actor
from app.services import crisis
from app.services.crisis import IncidentAnswers, OpenCase
from app.services.people import AddSafeContact, PersonAnswers, SafeContactAnswers, add_safe_contact
from app.views.common.dialog import Dialog
from app.views.crisis.case_page import CasePage, CaseView


@dataclass
class Opened:
    """One case on its page."""

    stage: Any
    page: CasePage
    case_id: str

    @property
    def view(self) -> CaseView:
        """What the page shows."""
        view = self.page.view()
        assert view is not None
        return view

    def part(self, key: str) -> Any:
        """Press a tab and wait for its part."""
        self.stage.click(self.stage.find(self.page, f"tab.{key}"))
        return self.view.section(key)

    def dialog(self) -> Any:
        """The dialog that is open."""
        shown = [one for one in self.page.findChildren(Dialog) if one.isVisible()]
        assert shown, "no dialog is open"
        return shown[-1]

    def no_dialog(self) -> bool:
        """Whether none is open."""
        return not [one for one in self.page.findChildren(Dialog) if one.isVisible()]

    def press(self, name: str) -> None:
        """Press a button of the page or of the dialog that is open."""
        self.stage.click(self.stage.find(self.page, name))

    def texts(self) -> str:
        """Every text that a person can read on the page, once it is laid out."""
        for _ in range(5):
            QApplication.processEvents()
        return readable(self.page)


def readable(widget: QWidget) -> str:
    """Everything shown in a widget and below it."""
    found = []
    for child in widget.findChildren(QWidget):
        text = getattr(child, "text", None)
        if child.isVisible() and callable(text):
            found.append(str(text()))
    return "\n".join(found)


def open_command(name: str = "Dana K.") -> OpenCase:
    """A case of a made-up person with one telephone number."""
    contact = SafeContactAnswers(
        kind=ContactKind.PHONE,
        value="555-0142",
        safe_to_use=Tri.YES,
        voicemail=Voicemail.NONE,
        caller_id=CallerId.BLOCK,
        say_you_are="Bayview Dental",
    )
    return OpenCase(
        person=PersonAnswers(preferred_name=name),
        contacts=(contact,),
        incident=IncidentAnswers(location="12 Example Street"),
        consent_to_contact=ConsentToContact.YES,
    )


@pytest.fixture
def case_id(office: Any, worker: Actor) -> str:
    """A case of the worker."""
    opened: str = office.do(worker, crisis.open_case, open_command())
    return opened


@pytest.fixture
def opened(stage: Any, worker: Actor, case_id: str) -> Opened:
    """Its page, shown to the worker."""
    page = CasePage(stage.context(worker, "W. Worker"))
    page.open(case_id=case_id)
    stage.show(page, 1134, 900)
    return Opened(stage, page, case_id)


@pytest.fixture
def address(office: Any, worker: Actor, case_id: str) -> str:
    """A postal address about which nobody has asked."""
    from app.models.crisis import Case

    person_id = office.get(Case, case_id).person_id
    command = AddSafeContact(
        person_id=person_id, kind=ContactKind.ADDRESS, value="12 Example Street", safe_to_use=Tri.YES
    )
    added: str = office.do(worker, add_safe_contact, command)
    return added
