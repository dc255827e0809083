"""The page of the keys: its sections one below the other, read anew after each change."""

from __future__ import annotations

from app.views.common.key_desk import KeysShown
from app.views.common.page import Page
from app.views.keys.duress_section import DuressSection
from app.views.keys.keystore_section import KeystoreSection
from app.views.keys.passphrase_section import PassphraseSection
from app.views.keys.recovery_section import RecoverySection
from app.views.keys.section import KeysSection
from app.views.programme import Context
from app.words import tr


class KeysPage(Page):
    """What opens this vault."""

    WIDEST = 900

    def __init__(self, context: Context) -> None:
        super().__init__(
            lambda: tr("Keys and recovery"),
            lambda: tr("What opens your vault on this computer, and what opens it when a passphrase is forgotten."),
        )
        assert context.keys is not None, "bootstrap hands over the keys of the open vault"
        self._context, self._keys = context, context.keys
        self._sections: tuple[KeysSection, ...] = (
            RecoverySection(context, self._keys),
            PassphraseSection(context, self._keys),
            KeystoreSection(context, self._keys),
            *([DuressSection(context, self._keys, context.second)] if context.second is not None else []),
        )
        for section in self._sections:
            section.changed.connect(self.refresh)
            self.add(section)
        self.refresh()

    def refresh(self) -> None:
        """Ask anew how the vault can be opened."""
        self._context.tasks.job(self, self._keys.shown, self._show)

    def _show(self, found: KeysShown) -> None:
        for section in self._sections:
            section.show_keys(found)
