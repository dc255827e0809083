"""One durable save through the unit of work, synced to the disk: record, change and audit entry (p95 10 ms)."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from app.models.agency import Organization
from app.models.vocab import Role, ScopeKind
from app.vault import keys
from app.vault.vault import Owner, create_vault
from bench.figures import figure, seconds

_SAVES = 300


def main() -> int:
    """Save the same kind of record many times, each in a transaction of its own."""
    with tempfile.TemporaryDirectory() as folder:
        vault, _ = create_vault(
            Path(folder) / "vault",
            "seven quiet herons above the pond",
            "bench",
            owner=Owner("Bench Example", (Role.VSU,)),
            setting=keys.FLOOR,
        )
        actor, agency = vault.actor(Role.VSU), vault.agency_id

        def save() -> None:
            with vault.write(actor) as work:
                scope = work.open_scope(ScopeKind.AGENCY, agency)
                work.session.add(Organization(id=work.new_id(), scope_id=scope, name="An organization"))
                work.commit()

        save()
        times = sorted(seconds(save) * 1000 for _ in range(_SAVES))
        vault.close()
    figure("save.p50_ms", statistics.median(times), "ms", of_ratio=False)
    ok = figure("save.p95_ms", times[int(_SAVES * 0.95)], "ms", goal=10, of_ratio=False)
    return 0 if ok else 1


if __name__ == "__main__":
    raise SystemExit(main())
