"""The window around the pages: where one can go, what state sync is in, and the way out at one key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from app.models.vocab import Role
from app.views import style
from app.views.common.badge import Badge
from app.views.common.banner import Banner
from app.views.common.buttons import IconButton, QuietButton
from app.views.common.nav import NavigationRail
from app.views.common.nav import Place as NavigationPlace
from app.views.common.picture import Picture
from app.views.common.spots import PAGES
from app.views.common.text import Heading
from app.views.common.toast import Toast
from app.views.common.wording import Wording, button_text
from app.views.messages import Messages, Tone
from app.views.place import Place, front, open_dialogs, whereabouts, within
from app.views.programme import Context, PageSpec, Programme
from app.views.sync_button import SyncButton, SyncSign
from app.words import current, tr

_ICONS = {Tone.INFO: "info", Tone.SUCCESS: "check", Tone.WARNING: "warning", Tone.DANGER: "danger"}
_READ_A_SECOND = 15
"""Characters of a sentence that somebody reads in a second, with an eye on something else."""


class WindowHead(QFrame):
    """The strip above the pages."""


class MainWindow(QWidget):
    """Pages in a stack, built when first shown; a route names a page, a subject the record it shows."""

    lock_asked = Signal()
    language_asked = Signal()
    light_asked = Signal()
    text_size_asked = Signal()
    role_asked = Signal(object)
    switch_asked = Signal()
    label_asked = Signal()

    def __init__(self, programmes: Sequence[Programme], messages: Messages) -> None:
        super().__init__()
        self.setWindowTitle("Haven")
        self.resize(1366, 768)
        self._specs = {page.route: page for programme in programmes for page in programme.pages}
        self._pages: dict[str, QWidget] = {}
        self._trail: list[tuple[str, dict[str, Any]]] = []
        self._context: Context | None = None
        self._stack = QStackedWidget()
        self._stack.setObjectName(PAGES)
        self._rail = NavigationRail([])
        self._rail.chosen.connect(self.go)
        self._person = QuietButton("", "person")
        self._person.setObjectName("window.person")
        self._person.clicked.connect(self._show_menu)
        self._toast = Toast(self)
        self._standing = Banner("warning", "")
        self._standing.setObjectName("window.standing")
        self._standing.hide()
        self.sync_button = SyncButton()
        self.sync_button.clicked.connect(lambda: self.go("outbox"))
        self._demonstration = Badge(lambda: tr("Demonstration: all made up"), "info", "info")
        self._lay_out()
        messages.said.connect(self._say)
        self._shortcuts()

    def furnish(self, context: Context, first: str | None = "") -> None:
        """Take the context of an open vault and show page `first`, or the first one of the person's role when there is
        no such page for it. None shows none yet: whoever leads back to a record does (`show_first` follows).
        """
        self._context = context
        self._drop_pages()
        self._demonstration.setVisible(context.demonstration)
        self._fit_head()
        self._rail.set_places(
            [NavigationPlace(page.route, page.title, page.icon, page.group.title) for page in self.offered()]
        )
        self._trail.clear()
        if first:
            self.go(first)
        if first is not None:
            self.show_first()

    def show_first(self) -> None:
        """Show the first page of the person's role, unless one is shown already."""
        offered = self.offered()
        if not self._trail and offered:
            self.go(offered[0].route)

    def here(self) -> Place:
        """The way to what is shown now, as a draft keeps it."""
        route, subject = self._trail[-1] if self._trail else ("", {})
        page, spec = self._pages.get(route), self._specs.get(route)
        if page is None or spec is None or self._context is None:
            return {}
        return whereabouts(page, route, subject, self._context.person.role.value, spec.title())

    def place(self) -> Place | None:
        """Where the person is, to the letter; None while no page is shown."""
        here = self.here()
        page = self._pages.get(self.route)
        return here | {"within": within(front(page))} if here and page is not None else None

    def offered(self) -> list[PageSpec]:
        """The pages in the navigation for the person's role, in order."""
        if self._context is None:
            return []
        role = self._context.person.role
        found = [page for page in self._specs.values() if page.order is not None and role in page.roles]
        return sorted(found, key=lambda page: page.order or 0)

    def go(self, route: str, **subject: Any) -> None:
        """Show a page; `back` is the page before. A page that the role may not see is not shown."""
        if route == "back":
            self._back()
            return
        spec = self._specs.get(route)
        if spec is None or self._context is None or self._context.person.role not in spec.roles:
            return
        page = self._page(spec)
        if subject or hasattr(page, "open"):
            page.open(**subject)  # type: ignore[attr-defined]  # a page that shows one record has it (programme.py)
        self._stack.setCurrentWidget(page)
        self._trail.append((route, subject))
        del self._trail[:-50]
        self._rail.set_current(self._place_of(route))
        page.setFocus()

    def page(self, route: str) -> QWidget | None:
        """The built page of a route, if it was shown before."""
        return self._pages.get(route)

    @property
    def route(self) -> str:
        """Where one is."""
        return self._trail[-1][0] if self._trail else ""

    def stand(self, sentence: Wording | None) -> None:
        """Let a sentence about the whole of Haven stand above every page; None takes it away."""
        if sentence is not None:
            self._standing.set_message("warning", sentence)
        self._standing.setVisible(sentence is not None)

    @property
    def standing(self) -> str:
        """The sentence that stands above every page; empty when there is none."""
        return "" if self._standing.isHidden() else self._standing.text()

    def set_sync(self, sign: SyncSign) -> None:
        """Show the state of sync."""
        self.sync_button.set_sign(sign)
        self._fit_head()

    def set_count(self, route: str, count: int) -> None:
        """How many things wait on a page, shown at its place in the navigation."""
        self._rail.set_count(route, count)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The rail follows the width."""
        super().resizeEvent(event)
        self._rail.fit_to(event.size().width())
        self._brand_name.setVisible(not self._rail.is_narrow())
        self._fit_head()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing the window ends Haven; pages keep their typing first."""
        self.keep_typing()
        super().closeEvent(event)

    def keep_typing(self) -> None:
        """Every page and open dialog keeps what is typed and not saved, as a draft."""
        for page in self._pages.values():
            keep = getattr(page, "keep_typing", None)
            if callable(keep):
                keep()
        for dialog in open_dialogs(self):
            keep = getattr(dialog, "keep_typing", None)
            if callable(keep):
                keep()

    def _page(self, spec: PageSpec) -> QWidget:
        if spec.route not in self._pages:
            assert self._context is not None, "pages are built once the vault is open"
            page = spec.build(self._context)
            self._pages[spec.route] = page
            self._stack.addWidget(page)
        return self._pages[spec.route]

    def _place_of(self, route: str) -> str:
        """The place in the navigation that a page belongs to: its own, or its programme's."""
        offered = [page.route for page in self.offered()]
        if route in offered:
            return route
        programme = route.split(".")[0]
        return next((place for place in offered if place.split(".")[0] == programme), "")

    def _back(self) -> None:
        if len(self._trail) < 2:
            offered = self.offered()
            if offered:
                self.go(offered[0].route)
            return
        self._trail.pop()
        route, subject = self._trail.pop()
        self.go(route, **subject)

    def _drop_pages(self) -> None:
        for page in self._pages.values():
            self._stack.removeWidget(page)
            page.deleteLater()
        self._pages.clear()

    def _fit_head(self) -> None:
        """Say who acts as what where there is room; else only who (the menu behind it says the role)."""
        if self._context is None:
            return
        person = self._context.person
        words = lambda: f"{person.name} · {person.role.label()}"  # noqa: E731  (said anew in another language)
        self._demonstration.setVisible(self._context.demonstration)
        self._person.set_text(words)
        room = self.width() - self._rail.width()
        if self._head.sizeHint().width() > room:
            self._person.set_text(person.name)
        if self._head.sizeHint().width() > room:
            self._demonstration.hide()

    def changeEvent(self, event: QEvent) -> None:
        """The head fits anew in another language or size of text."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.StyleChange) and hasattr(self, "_head"):
            self._rail.fit_to(self.width())
            self._brand_name.setVisible(not self._rail.is_narrow())
            QTimer.singleShot(0, self, self._fit_head)

    def _say(self, sentence: str, tone: Tone) -> None:
        # What someone must act on stays longer than what only confirms, and what is long until it can be read.
        least = 12.0 if tone in (Tone.WARNING, Tone.DANGER) else Toast.SECONDS
        self._toast.show_message(sentence, _ICONS[tone], max(least, len(sentence) / _READ_A_SECOND))

    def _lay_out(self) -> None:
        brand = QHBoxLayout()
        brand.setContentsMargins(style.space(2), 0, 0, style.space(3))
        brand.setSpacing(style.space(2))
        brand.addWidget(Picture("shield", "accent", 26))
        name = Heading("Haven", 3)
        brand.addWidget(name, 1)
        self._rail.head.addLayout(brand)
        self._brand_name = name
        # The window's size is the person's: neither head nor page may push it wider than the screen.
        head = self._head = WindowHead()
        head.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._stack.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setMinimumSize(800, 560)
        row = QHBoxLayout(head)
        row.setContentsMargins(style.space(4), style.space(2), style.space(4), style.space(2))
        row.setSpacing(style.space(2))
        row.addWidget(self._person)
        row.addStretch(1)
        row.addWidget(self._demonstration)
        row.addStretch(1)
        row.addWidget(self.sync_button)
        lock = IconButton("lock", lambda: tr("Hide and lock (F12)"))
        lock.setObjectName("window.lock")
        lock.clicked.connect(self.lock_asked)
        row.addWidget(lock)
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(head)
        standing = QHBoxLayout()
        standing.setContentsMargins(style.space(5), 0, style.space(5), 0)
        standing.addWidget(self._standing)
        right.addLayout(standing)
        right.addWidget(self._stack, 1)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._rail)
        whole.addLayout(right, 1)

    def _shortcuts(self) -> None:
        for keys, act in (
            (QKeySequence("F12"), self.lock_asked.emit),
            (QKeySequence("Ctrl+L"), self.lock_asked.emit),
            (QKeySequence("Alt+Left"), lambda: self.go("back")),
        ):
            QShortcut(keys, self, act)
        # Pages of different roles may have the same key, and Qt hears a key that is taken twice not at all.
        for key in {page.shortcut for page in self._specs.values() if page.shortcut}:
            QShortcut(QKeySequence(key), self, partial(self._go_by, key))
        for number in range(1, 10):
            QShortcut(QKeySequence(f"Ctrl+{number}"), self, self._jump(number))

    def _go_by(self, key: str) -> None:
        """Go to the page that has this key for the person's role."""
        role = self._context.person.role if self._context is not None else None
        for page in self._specs.values():
            if page.shortcut == key and role in page.roles:
                self.go(page.route)
                return

    def _jump(self, number: int) -> Callable[[], None]:
        def jump() -> None:
            offered = self.offered()
            if number <= len(offered):
                self.go(offered[number - 1].route)

        return jump

    def _show_menu(self) -> None:
        menu = self.menu()
        menu.setObjectName("window.menu")
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self._person.mapToGlobal(self._person.rect().bottomLeft()))

    def menu(self) -> QMenu:
        """What stands behind the person's name: roles, language, light, size, lock."""
        menu = QMenu(self)
        if self._context is not None and len(self._context.person.roles) > 1:
            for role in self._context.person.roles:
                self._entry(menu, tr("Act as: {role}", role=role.label()), self._act_as(role)).setEnabled(
                    role is not self._context.person.role
                )
            menu.addSeparator()
        self._entry(menu, "Français" if current().code == "en" else "English", self.language_asked.emit)
        self._entry(menu, tr("Light") if style.mode() == "dark" else tr("Dark"), self.light_asked.emit)
        self._entry(menu, tr("Size of the text"), self.text_size_asked.emit)
        menu.addSeparator()
        if not self._context_is_demonstration():
            self._entry(menu, tr("Name of this vault"), self.label_asked.emit)
        self._entry(menu, tr("Switch person"), self.switch_asked.emit)
        self._entry(menu, tr("Hide and lock"), self.lock_asked.emit)
        return menu

    def _context_is_demonstration(self) -> bool:
        return self._context is not None and self._context.demonstration

    def _entry(self, menu: QMenu, text: str, act: Callable[[], object]) -> QAction:
        entry = menu.addAction(button_text(text))
        # After the menu is gone: what follows may rebuild the window that the menu belongs to.
        entry.triggered.connect(lambda: QTimer.singleShot(0, act))
        return entry

    def _act_as(self, role: Role) -> Callable[[], None]:
        return lambda: self.role_asked.emit(role)
