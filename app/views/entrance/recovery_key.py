"""The recovery key, shown once: printed or written down before the first real record, and shown to be kept."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.views import style
from app.views.common.banner import Banner
from app.views.common.buttons import PrimaryButton
from app.views.common.recovery_proof import RecoveryProof
from app.views.entrance.doors import Opened
from app.views.entrance.frame import titled
from app.views.messages import Messages
from app.views.tasks import Jobs
from app.words import tr


class RecoveryKeyStep(QWidget):
    """Shows the key and goes on once two groups of it, or two of its sheets, were typed back."""

    def __init__(self, opened: Opened, jobs: Jobs, messages: Messages, go_on: Callable[[Opened], None]) -> None:
        super().__init__()
        self._opened, self._go_on = opened, go_on
        self.key_text = opened.recovery_key or ""
        step, layout = titled(
            lambda: tr("Your recovery key"),
            lambda: tr(
                "If the passphrase is forgotten, only this key opens the vault. Nobody can send it to you again."
            ),
        )
        if opened.recovery_renewed:
            layout.addWidget(
                Banner(
                    "info",
                    lambda: tr(
                        "The key that was shown before was never confirmed, so here is a new one. The one before no "
                        "longer counts once you confirm this one."
                    ),
                )
            )
        self.proof = RecoveryProof(self.key_text, opened.keys, jobs, messages)
        self.proof.kept.connect(lambda: self._go_on(self._opened))
        self.primary = PrimaryButton(lambda: tr("I have it"))
        self.proof.refused.connect(lambda: self.primary.setEnabled(True))
        self.primary.setObjectName("recovery.done")
        self.primary.clicked.connect(self._check)
        layout.addWidget(self.proof)
        layout.addWidget(self.primary)
        layout.setSpacing(style.space(3))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(step)

    def _check(self) -> None:
        self.primary.setEnabled(False)
        self.proof.check()
