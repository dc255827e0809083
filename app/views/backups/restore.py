"""Putting a backup back: first which way, then once more whether."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.views.common.banner import Banner
from app.views.common.choices import SegmentedChoice
from app.views.common.dialog import ConfirmDialog, Dialog
from app.views.common.wording import Wording
from app.words import tr

_SINCE, _THEN = "since", "then"


class RestoreDialog(Dialog):
    """Which way: with everything that was saved since, or as it was then."""

    def __init__(self, parent: QWidget, made: str, *, brings_all: bool, restore: Callable[[bool], None]) -> None:
        super().__init__(
            lambda: tr("Put back the backup of {moment}", moment=made),
            lambda: tr("Go on"),
            parent,
            text=lambda: tr(
                "Haven closes, puts the backup in the place of your vault, and asks for your passphrase again."
                " The file that is there now is kept."
            ),
            width=620,
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("backups.restore_dialog")
        self._parent, self._made, self._restore = parent, made, restore
        ways: list[tuple[str, Wording]] = []
        if brings_all:
            ways.append((_SINCE, lambda: tr("With everything saved since")))
        ways.append((_THEN, lambda: tr("As it was then")))
        self.way = SegmentedChoice(ways, optional=False)
        self.way.setAccessibleName(tr("How to put it back"))
        self.way.set_value(ways[0][0])
        self.way.changed.connect(lambda _: self._explain())
        self.add(self.way)
        self.banner = Banner("info", "")
        self.add(self.banner)
        if not brings_all:
            self.add(
                Banner(
                    "info",
                    lambda: tr("What was saved since this backup cannot be added to it: it is too old for that."),
                )
            )
        self._explain()
        self.accepted.connect(self._ask_again)

    @property
    def as_it_was(self) -> bool:
        """Whether what was saved since is left out."""
        return self.way.value() == _THEN

    def _explain(self) -> None:
        if self.as_it_was:
            self.banner.set_message(
                "warning",
                lambda: tr(
                    "Everything that was saved after {moment} will be missing in your vault.", moment=self._made
                ),
            )
        else:
            self.banner.set_message("success", lambda: tr("Nothing that was saved will be missing."))
        self.fit()

    def _ask_again(self) -> None:
        as_it_was, restore = self.as_it_was, self._restore
        made = self._made
        sure = ConfirmDialog(
            lambda: tr("Put the backup back now?"),
            (lambda: tr("What was saved after {moment} will be missing.", moment=made))
            if as_it_was
            else (lambda: tr("Haven closes now and asks for your passphrase again.")),
            lambda: tr("Put it back"),
            self._parent,
            named=tr("as it was then") if as_it_was else "",
        )
        sure.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        sure.setObjectName("backups.sure")
        sure.accepted.connect(lambda: restore(as_it_was))
        sure.open()
