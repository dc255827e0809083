"""A vault whose files were changed: explained before it is done, done with one button, and told afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from app.models.crisis import ServiceRequest
from app.services import crisis
from app.vault.vault import open_vault
from app.views.backups.page import BackupsPage
from app.views.backups.restore import RestoreDialog
from app.views.common.dialog import ConfirmDialog
from app.views.entrance.mend import MendStep
from app.views.entrance.recover import RecoverStep
from app.views.entrance.unlock import UnlockStep
from app.views.recovered import RecoveredDialog
from tests import factories
from tests.journeys.conftest import PHRASE, Visit

Start = Callable[[], Visit]


def _requests(here: Visit) -> int:
    return int(here.house.store.read(lambda session: session.query(ServiceRequest).count()))


def _made(visit: Start) -> Visit:
    """A vault with three records, closed."""
    here = visit()
    here.enter_new_vault()
    for _ in range(3):
        here.do(crisis.raise_request, factories.request())
    return here


def _unlocked(here: Visit) -> UnlockStep:
    step = cast(UnlockStep, here.find(UnlockStep))
    step.secret.set_value(PHRASE)
    step.submit()
    here.settle()
    return step


def test_a_missing_vault_is_explained_brought_back_and_told(visit: Start) -> None:
    first = _made(visit)
    first.desktop.close()
    (place,) = first.profile.vaults()
    (place.folder / "vault.db").unlink()
    here = visit()
    _unlocked(here)
    assert here.desktop.house is None, "nothing is done before the person said so"
    assert not (place.folder / "vault.db").exists()
    step = cast(MendStep, here.find(MendStep))
    assert step.outcome.text() == "Nothing that was saved will be missing."
    step.primary.click()
    here.settle()
    assert _requests(here) == 3
    notice = cast(RecoveredDialog, here.find(RecoveredDialog))
    assert "whole again" in notice.banner.text()
    notice.accept_button.click()
    here.settle()
    here.desktop.close()
    with open_vault(place.folder, PHRASE) as vault:
        assert vault.recovered is None, "it is told once"


def test_the_recovery_key_brings_back_too(visit: Start) -> None:
    first = _made(visit)
    key = first.house.vault.fresh_recovery()
    first.house.vault.replace_recovery(key)
    first.desktop.close()
    (place,) = first.profile.vaults()
    (place.folder / "vault.db").write_bytes(b"")
    here = visit()
    here.desktop.entrance.show_recover(place)  # type: ignore[union-attr]
    step = cast(RecoverStep, here.find(RecoverStep))
    step.entry.key.set_value(key)
    step.passphrase.first.set_value("another quiet pond with herons")
    step.passphrase.second.set_value("another quiet pond with herons")
    step.submit()
    here.settle()
    mend = cast(MendStep, here.find(MendStep))
    mend.primary.click()
    here.settle()
    assert _requests(here) == 3


def test_a_backup_is_made_looked_through_and_put_back(visit: Start) -> None:
    here = _made(visit)
    here.house.window.go("backups")
    here.settle()
    page = cast(BackupsPage, here.find(BackupsPage))
    assert not page.restore.isEnabled()
    page.make.click()
    here.settle()
    assert page.table.view.model().rowCount() == 1
    page.table.view.selectRow(0)
    page.check.click()
    here.settle()
    (row,) = page._rows.values()
    assert page._looked == {row.name: True}
    here.do(crisis.raise_request, factories.request())
    assert _requests(here) == 4
    page.table.view.selectRow(0)
    page.restore.click()
    dialog = cast(RestoreDialog, here.find(RestoreDialog))
    dialog.way.set_value("then")
    assert "will be missing" in dialog.banner.text()
    dialog.way.set_value("since")
    dialog.accept_button.click()
    sure = cast(ConfirmDialog, here.find(ConfirmDialog))
    sure.accept_button.click()
    here.settle()
    here.qtbot.waitUntil(lambda: bool(here.replaced), timeout=30_000)
    (place,) = here.profile.vaults()
    with open_vault(place.folder, PHRASE) as vault:
        assert vault.recovered is not None and "whole again" in vault.recovered.sentence
        with vault.read() as session:
            assert session.query(ServiceRequest).count() == 4
    assert list(place.folder.glob("vault.db.replaced-*"))
