"""The card of one form: what it is about, its versions and who published them, and what can be done with it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.models.vocab import FormAbout
from app.queries.forms import FormRow, VersionRow, title_in
from app.views import style
from app.views.common import when
from app.views.common.banner import Banner
from app.views.common.buttons import DangerButton, QuietButton, SecondaryButton
from app.views.common.card import Card
from app.views.common.facts import Facts
from app.views.common.text import Heading, QuietText
from app.views.common.wording import Wording
from app.words import current, tr


class FormCard(Card):
    """Shows one form. Each signal is a button; `workbook` and `xform` carry a version's id, none for a shipped form."""

    read_through = Signal()
    tried = Signal()
    blank = Signal()
    workbook = Signal(str)
    xform = Signal(str)
    retire = Signal()
    reinstate = Signal()

    def __init__(self, row: FormRow, versions: tuple[VersionRow, ...], zone: str) -> None:
        super().__init__(lambda: title_in(row.titles, current().code), subtitle=row.form_id)
        self.setObjectName("authoring.card")
        if row.retired_at is not None:
            self.add(Banner("warning", lambda: _retired(row, zone)))
        elif row.about is FormAbout.PAPER:
            self.add(Banner("info", lambda: tr("It is printed blank and answered on paper for now.")))
        self.add(
            Facts(
                [
                    (lambda: tr("Version in use"), row.version),
                    (lambda: tr("Its answers are about"), row.about.label),
                    (lambda: tr("Drafts on this device"), str(row.drafts) if row.drafts else ""),
                ],
                columns=1,
            )
        )
        read = self._button(lambda: tr("Read it through"), "eye", "read")
        read.clicked.connect(self.read_through)
        blank = self._button(lambda: tr("Print it blank…"), "print", "blank")
        blank.clicked.connect(self.blank)
        trial = self._button(lambda: tr("Try it"), "edit", "try")
        trial.clicked.connect(self.tried)
        self._line(read, trial)
        self._line(blank)
        self._add_versions(row, versions, zone)
        self._add_standing(row)

    def _add_versions(self, row: FormRow, versions: tuple[VersionRow, ...], zone: str) -> None:
        self.add(Heading(lambda: tr("Versions"), 3))
        if not versions:
            self.add(QuietText(lambda: tr("Version {version} came with Haven.", version=row.version)))
            save = self._button(lambda: tr("Save the workbook…"), "save", "workbook")
            save.clicked.connect(lambda: self.workbook.emit(""))
            self._line(save)
        for version in versions:
            self.add(QuietText(partial(_version, version, zone)))
            buttons: list[QWidget] = []
            if version.workbook_name:
                save = self._button(lambda: tr("Save the workbook…"), "save", f"workbook.{version.version}")
                save.clicked.connect(lambda _=False, one=version.id: self.workbook.emit(one))
                buttons.append(save)
            plain = QuietButton(lambda: tr("Save the XForm…"), "save")
            plain.setObjectName(f"authoring.xform.{version.version}")
            plain.clicked.connect(lambda _=False, one=version.id: self.xform.emit(one))
            self._line(*buttons, plain)

    def _add_standing(self, row: FormRow) -> None:
        if row.retired_at is not None:
            back = self._button(lambda: tr("Offer it again"), "undo", "reinstate")
            back.clicked.connect(self.reinstate)
            self._line(back)
            return
        retire = DangerButton(lambda: tr("Retire it…"), "cross")
        retire.setObjectName("authoring.retire")
        retire.clicked.connect(self.retire)
        self._line(retire)

    def _button(self, words: Wording, icon: str, name: str) -> SecondaryButton:
        button = SecondaryButton(words, icon)
        button.setObjectName(f"authoring.{name}")
        return button

    def _line(self, *widgets: QWidget) -> None:
        line = QHBoxLayout()
        line.setSpacing(style.space(2))
        for widget in widgets:
            line.addWidget(widget)
        line.addStretch(1)
        self.add_layout(line)


def _version(version: VersionRow, zone: str) -> str:
    at = when.moment(version.published_at, zone) if version.published_at else ""
    said = tr("Version {version}: published {at} by {name}", version=version.version, at=at, name=version.published_by)
    return " · ".join((said, tr("in use"))) if version.in_force else said


def _retired(row: FormRow, zone: str) -> str:
    at = when.moment(row.retired_at, zone) if row.retired_at else ""
    return tr("Retired {at} by {name}: {reason}", at=at, name=row.retired_by, reason=row.reason)
