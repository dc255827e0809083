"""Proving an audit trail of a million entries: on the device, and as it travelled (60 s, safety.md G31)."""

from __future__ import annotations

import tempfile
from pathlib import Path

from app.models.vocab import AuditAction, Role
from app.vault import audit, keys, state, trail
from app.vault.vault import Owner, Vault, create_vault
from bench.figures import figure, seconds

_ENTRIES = 1_000_000
_AT_ONCE = 20_000


def main() -> int:
    """Enter, hand on, prove both."""
    with tempfile.TemporaryDirectory() as folder:
        owner = Owner("Bench Example", (Role.VSU,))
        vault, key = create_vault(
            Path(folder) / "vault", "seven quiet herons above the pond", "bench", owner=owner, setting=keys.FLOOR
        )
        vault.prove_recovery(key)
        with vault.settling() as session:
            state.put(session, state.SERVER_ADDRESS, "https://server.example")
        for _ in range(_ENTRIES // _AT_ONCE):
            _enter(vault)
        handing_on = seconds(lambda: _hand_on(vault))
        with vault.read() as session:
            found: list[object] = []
            on_device = seconds(lambda: found.append(audit.verify(session).whole))
            travelled = seconds(lambda: found.append(trail.trails(session)[0].standing))
        vault.close()
    whole = found == [True, trail.Standing.WHOLE]
    figure("audit.entries", _ENTRIES, "entries", of_ratio=False)
    figure("audit.hand_on_s", handing_on, "s", of_ratio=False)
    ok = figure("audit.prove_device_s", on_device, "s", goal=60, of_ratio=False)
    return 0 if figure("audit.prove_travelled_s", travelled, "s", goal=60, of_ratio=False) and ok and whole else 1


def _enter(vault: Vault) -> None:
    with vault.write(vault.actor(Role.VSU)) as work:
        for number in range(_AT_ONCE):
            work.audit(AuditAction.VIEW, kind="case_file", record_id=f"{number:032x}", reason="call-out")
        work.commit()


def _hand_on(vault: Vault) -> None:
    due = True
    while due:
        trail.close(vault)
        with vault.read() as session:
            due = trail.is_due(session, vault.now(), at_once=True)


if __name__ == "__main__":
    raise SystemExit(main())
