"""From a lost vault of 150 MB to a working one: backup put back, journal replayed, everything read (goal 120 s).

Also how long opening it takes when nothing is wrong, with and without the log of a crash.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from app.models.agency import Organization
from app.models.vocab import Role, ScopeKind
from app.vault import keys
from app.vault.vault import Owner, Vault, create_vault, open_vault
from bench.figures import figure, seconds

_PHRASE = "seven quiet herons above the pond"
_BYTES = 150 * 1024 * 1024
_AFTER = 200


def main() -> int:
    """Fill a vault, back it up, save some more, lose it, and bring it back."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "vault"
        owner = Owner("Bench Example", (Role.VSU,))
        vault, key = create_vault(folder, _PHRASE, "bench", owner=owner, setting=keys.FLOOR)
        vault.prove_recovery(key)
        while (folder / "vault.db").stat().st_size < _BYTES:
            _save(vault, 400, "x" * 8000)
        figure("restore.backup_s", seconds(vault.back_up), "s", of_ratio=False)
        for _ in range(_AFTER):
            _save(vault, 1, "x" * 200)
        shutil.copytree(folder, Path(place) / "killed")
        vault.close()
        size = (folder / "vault.db").stat().st_size
        figure("restore.vault_mb", size / 1e6, "MB", of_ratio=False)
        figure(
            "restore.open_s", seconds(lambda: open_vault(folder, _PHRASE, counted=False).close()), "s", of_ratio=False
        )
        killed = Path(place) / "killed"
        figure(
            "restore.open_after_kill_s",
            seconds(lambda: open_vault(killed, _PHRASE, counted=False).close()),
            "s",
            of_ratio=False,
        )
        (folder / "vault.db").unlink()
        taken = seconds(lambda: _bring_back(folder))
        return 0 if figure("restore.working_again_s", taken, "s", goal=120, of_ratio=False) else 1


def _save(vault: Vault, count: int, note: str) -> None:
    agency = vault.agency_id
    with vault.write(vault.actor(Role.VSU)) as work:
        scope = work.open_scope(ScopeKind.AGENCY, agency)
        for _ in range(count):
            work.session.add(Organization(id=work.new_id(), scope_id=scope, name="An organization", description=note))
        work.commit()


def _bring_back(folder: Path) -> None:
    with open_vault(folder, _PHRASE, recover=True, counted=False) as vault:
        assert vault.recovered is not None and vault.recovered.missing == 0


if __name__ == "__main__":
    raise SystemExit(main())
