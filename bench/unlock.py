"""Unlocking: what each Argon2id setting costs, and what everything else adds to it (goal: at most 150 ms)."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from app.models.vocab import Role
from app.vault import keys
from app.vault.keys import KdfSetting
from app.vault.vault import Owner, Vault, create_vault, open_vault
from bench.figures import figure, seconds

_PASSPHRASE = "seven quiet herons above the pond"
_SETTINGS_MIB = (64, 128, 256, 512)
_ROUNDS = 5
_OVERHEAD_GOAL_MS = 150


def main() -> int:
    """Derive by each setting; then unlock a real vault, and take the derivation off."""
    for mib in _SETTINGS_MIB:
        setting = KdfSetting(mib * 1024, 3, 4)
        took = statistics.median(seconds(lambda s=setting: _derive(s)) for _ in range(_ROUNDS))
        figure(f"unlock.argon2id_{mib}_3_4_s", took, "s", of_ratio=False)
    chosen = keys.calibrated()
    figure("unlock.calibrated_memory_mib", chosen.memory_kib / 1024, "MiB", of_ratio=False)
    figure("unlock.calibrated_passes", chosen.passes, "passes", of_ratio=False)
    figure("unlock.calibrated_s", statistics.median(seconds(lambda: _derive(chosen)) for _ in range(3)), "s")
    with tempfile.TemporaryDirectory() as folder:
        return 0 if _unlock(Path(folder) / "vault") else 1


def _derive(setting: KdfSetting) -> bytes:
    return keys.derive(_PASSPHRASE.encode(), bytes(keys.SALT_BYTES), setting)


def _unlock(folder: Path) -> bool:
    """Unlock a real vault at the default setting; the derivation is timed within each unlock, so noise meets both."""
    owner = Owner("Bench Example", (Role.VSU,))
    vault, _ = create_vault(folder, _PASSPHRASE, "bench", owner=owner, setting=KdfSetting())
    vault.close()
    derived: list[float] = []
    real = keys.derive

    def derive(passphrase: bytes, salt: bytes, setting: KdfSetting) -> bytes:
        began = time.perf_counter()
        try:
            return real(passphrase, salt, setting)
        finally:
            derived.append(time.perf_counter() - began)

    keys.derive = derive
    opened: list[Vault] = []
    whole = []
    for _ in range(_ROUNDS + 1):
        whole.append(seconds(lambda: opened.append(open_vault(folder, _PASSPHRASE))))
        opened.pop().close()
    keys.derive = real
    unlock, argon = statistics.median(whole[1:]), statistics.median(derived[1:])
    figure("unlock.whole_s", unlock, "s", reference="argon2id", reference_value=argon, of_ratio=False)
    overhead = statistics.median((one - other) * 1000 for one, other in zip(whole[1:], derived[1:], strict=True))
    return figure("unlock.beside_argon2id_ms", overhead, "ms", goal=_OVERHEAD_GOAL_MS, of_ratio=False)


if __name__ == "__main__":
    raise SystemExit(main())
