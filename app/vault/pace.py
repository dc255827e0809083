"""How long opening takes, so that a reduced workspace does not tell itself apart by being quick (decision 14).

The vault remembers its newest openings, in milliseconds, and tells them to its reduced copies. A copy waits, before
its window is built, for what one of them took, drawn by chance; so both vary alike. The vault itself never waits.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from app.vault import state

if TYPE_CHECKING:
    from app.vault.vault import Vault

KEPT = 8
_USUAL_SHARE = 0.75
"""What building the window takes in a copy of which nothing is known yet, as a share of the vault's own."""
LONGEST_MS = 20_000
"""Longer than this is no opening but a computer that slept meanwhile: neither remembered nor waited for."""


class Opening(msgspec.Struct, frozen=True, array_like=True):
    """One opening: from the passphrase to the open vault, and from there to the window on the screen."""

    unlock_ms: int
    window_ms: int


def note(vault: Vault, opening: Opening) -> None:
    """Remember an opening of this vault, or of this copy."""
    if not 0 < opening.unlock_ms + opening.window_ms < LONGEST_MS:
        return
    name = state.OWN_PACE if vault.is_reduced else state.PACE
    with vault.settling() as session:
        kept = [*parsed(state.get(session, name)), opening][-KEPT:]
        state.put(session, name, msgspec.json.encode(kept).decode())


def wait_ms(vault: Vault, passed_ms: int, choose: Callable[[list[Opening]], Opening] = random.choice) -> int:
    """How long a copy waits now, `passed_ms` after the passphrase; 0 for a vault and where nothing is known."""
    if not vault.is_reduced:
        return 0
    with vault.read() as session:
        told, own = parsed(state.get(session, state.PACE)), parsed(state.get(session, state.OWN_PACE))
    if not told:
        return 0
    drawn = choose(told)
    windows = sorted(opening.window_ms for opening in own) or [int(drawn.window_ms * _USUAL_SHARE)]
    ahead = windows[len(windows) // 2]
    return max(0, drawn.unlock_ms + drawn.window_ms - ahead - passed_ms)


def parsed(kept: str | None) -> list[Opening]:
    """The openings that are remembered, the newest last."""
    try:
        return msgspec.json.decode(kept, type=list[Opening]) if kept else []
    except msgspec.DecodeError:
        return []
