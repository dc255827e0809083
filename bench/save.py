"""One durable save through the unit of work, synced to the disk: record, change and audit entry (p95 10 ms).

Beside it the same save without the second journal and the anchor, in turn on the same disk: what they cost.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path

from app.models.agency import Organization
from app.models.vocab import Role, ScopeKind
from app.vault import keys
from app.vault.vault import Owner, Vault, create_vault
from bench.figures import figure, seconds

_SAVES = 300


def main() -> int:
    """Save the same kind of record many times, each in a transaction of its own."""
    with tempfile.TemporaryDirectory() as folder:
        twice, once = _vault(Path(folder) / "twice"), _vault(Path(folder) / "once")
        # The bare connection commits without its keeper: as a vault without journal and anchor would.
        once._connection.keep_with(None)
        save, bare = _saving(twice), _saving(once)
        save(), bare()
        began = twice._store.keeper.journal.size
        pairs = [(seconds(save) * 1000, seconds(bare) * 1000) for _ in range(_SAVES)]
        grown = twice._store.keeper.journal.size - began
        twice.close()
        once.close()
    times, without = (sorted(one) for one in zip(*pairs, strict=True))
    figure("save.journal_bytes", grown / _SAVES, "bytes", of_ratio=False)
    figure(
        "save.p50_ms",
        statistics.median(times),
        "ms",
        reference="without journal and anchor",
        reference_value=statistics.median(without),
        of_ratio=False,
    )
    place = int(_SAVES * 0.95)
    ok = figure(
        "save.p95_ms",
        times[place],
        "ms",
        reference="without journal and anchor",
        reference_value=without[place],
        goal=10,
        of_ratio=False,
    )
    return 0 if ok else 1


def _vault(folder: Path) -> Vault:
    owner = Owner("Bench Example", (Role.VSU,))
    return create_vault(folder, "seven quiet herons above the pond", "bench", owner=owner, setting=keys.FLOOR)[0]


def _saving(vault: Vault) -> Callable[[], None]:
    actor, agency = vault.actor(Role.VSU), vault.agency_id

    def save() -> None:
        with vault.write(actor) as work:
            scope = work.open_scope(ScopeKind.AGENCY, agency)
            work.session.add(Organization(id=work.new_id(), scope_id=scope, name="An organization"))
            work.commit()

    return save


if __name__ == "__main__":
    raise SystemExit(main())
