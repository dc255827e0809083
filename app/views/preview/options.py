"""Before a document is drawn: who is it for, in which language, how large, how plain (domain.md 1.4.13)."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from app.documents.catalogue import Form, find
from app.errors import RuleBroken
from app.models.rules.printing import UNKNOWN_FORM
from app.models.vocab import Audience
from app.views.common.banner import Banner
from app.views.common.choices import SegmentedChoice, TickBox
from app.views.common.dialog import Dialog
from app.views.common.field import Field
from app.words import tr


@dataclass(frozen=True)
class PrintOptions:
    """What was chosen."""

    audience: Audience
    language: str
    large_print: bool = False
    discreet: bool = False
    blank: bool = False
    with_accused_facts: bool = False


def known(form_id: str) -> Form:
    """What is known of a form. Raises RuleBroken for an id that nobody knows."""
    form = find(form_id)
    if form is None:
        raise RuleBroken(UNKNOWN_FORM)
    return form


class OptionsDialog(Dialog):
    """Asks how a form is to be drawn; only what the form offers is shown."""

    def __init__(self, parent: QWidget, form_id: str, *, language: str, has_record: bool, title: str = "") -> None:
        form = known(form_id)
        super().__init__(lambda: title or tr(form.title), lambda: tr("Show the page"), parent)
        self.accept_button.setObjectName("print.show")
        audiences = [entry for entry in Audience if entry.value in {str(one) for one in form.audiences}]
        self.audience = SegmentedChoice([(entry, entry.label) for entry in audiences], optional=False)
        self.audience.set_value(audiences[0])
        self.language = SegmentedChoice([("en", "English"), ("fr", "Français")], optional=False)
        self.language.set_value(language)
        self.add(Field(lambda: tr("Who is it for?"), self.audience))
        self.add(Field(lambda: tr("Language of the page"), self.language))
        self.large = TickBox(lambda: tr("Large print (18 point)"))
        self.discreet = TickBox(lambda: tr("Discreet: a plain title that gives nothing away"))
        self.blank = TickBox(lambda: tr("Blank, to fill in by hand"))
        self.accused = TickBox(lambda: tr("With the facts about the accused: the client asked for them"))
        offered = (form.large_print, form.discreet, has_record, form_id == "F-401")
        for box, wanted in zip((self.large, self.discreet, self.blank, self.accused), offered, strict=True):
            if wanted:
                self.add(box)
        if form.protected:
            self.add(Banner("warning", lambda: tr("This page can put someone in danger if the wrong person finds it.")))

    def chosen(self) -> PrintOptions:
        """The options as they stand."""
        return PrintOptions(
            audience=Audience.of(str(self.audience.value())),
            language=str(self.language.value()),
            large_print=self.large.value(),
            discreet=self.discreet.value(),
            blank=self.blank.value(),
            with_accused_facts=self.accused.value(),
        )
