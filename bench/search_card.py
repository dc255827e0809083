"""From a call to the search card, its photograph, the frequency and the printed sheet, offline (domain.md 7.6.6).

    python -m bench.search_card

On the demonstration: the vault is opened anew for each round, and the sheet (F-710) is drawn by a child process
that was just started, as after a lock. Key derivation is the smallest allowed: unlocking has its own figure
(`bench/emergency_card.py`).
"""

from __future__ import annotations

import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from app import demo
from app.bootstrap import child_command
from app.documents.renderer import Renderer
from app.form_pages import drawing
from app.models.attachments import Attachment
from app.models.lifesaver_search import SearchCard
from app.models.vocab import Audience, Role
from app.queries import lifesaver_search as questions
from app.queries.prints import PrintAsked, print_rows
from app.services import lifesaver_kit, lifesaver_search, printing
from app.vault import keys
from app.vault.vault import Vault, create_vault, open_vault
from bench.figures import figure

_ROUNDS = 5
_GOAL_S = 10.0
_PASSPHRASE = "everything in here is made up"


def main() -> int:
    """Make the demonstration once, then start a search in it several times."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "vault"
        vault, recovery = create_vault(place, _PASSPHRASE, "demonstration", owner=demo.OWNER, setting=keys.FLOOR)
        vault.prove_recovery(recovery)
        demo.load(vault, lambda: datetime.now(UTC))
        vault.close()
        rounds = [_round(place, number) for number in range(_ROUNDS + 1)][1:]
    shown, printed = ([one[part] for one in rounds] for part in (0, 1))
    met = figure("search_card.shown_s", statistics.median(shown), "s", goal=_GOAL_S)
    met &= figure("search_card.shown_and_printed_s", statistics.median(printed), "s", goal=_GOAL_S)
    return 0 if met & figure("search_card.slowest_s", max(printed), "s", goal=_GOAL_S) else 1


def _round(place: Path, number: int) -> tuple[float, float]:
    """Seconds until card, photograph and frequency are there, and until the sheet is drawn as well."""
    vault = open_vault(place, _PASSPHRASE)
    renderer = Renderer(child_command())
    try:
        card_id = _photographed(vault)
        begun = time.perf_counter()
        with vault.write(vault.actor(Role.ESS)) as work:
            command = lifesaver_search.ActivateSearch(card_id=card_id, occurrence_no=f"26-{number:04d}")
            search_id = lifesaver_search.activate_search(work, command)
            work.commit()
        with vault.read() as session:
            card = questions.search(session, search_id, now=vault.now()).card
        assert card is not None and card.photo is not None, "the demonstration has a photograph on this card"
        vault.attachments.read_whole(card.photo.preview, 5_000_000)
        with vault.write(vault.actor(Role.ESS)) as work:
            reveal = lifesaver_kit.RevealFrequency(transmitter_id=card.transmitters[0].id, activation_id=search_id)
            lifesaver_kit.reveal_frequency(work, reveal)
            work.commit()
        shown = time.perf_counter() - begun
        _print(vault, renderer, search_id)
        return shown, time.perf_counter() - begun
    finally:
        renderer.close()
        vault.close()


def _photographed(vault: Vault) -> str:
    asked = select(SearchCard.id).join(Attachment, Attachment.owner_id == SearchCard.id)
    with vault.read() as session:
        return str(session.scalars(asked.order_by(SearchCard.id)).first())


def _print(vault: Vault, renderer: Renderer, search_id: str) -> None:
    with vault.write(vault.actor(Role.ESS)) as work:
        allow = printing.AuthorisePrint(form_id="F-710", audience=Audience.INTERNAL, record_id=search_id)
        printing.authorise_print(work, allow)
        work.commit()
    member = vault.actor(Role.ESS).member_id
    asked = PrintAsked("F-710", Audience.INTERNAL, "en", member, "Bench", record_id=search_id)
    with vault.read() as session:
        context, rows = print_rows(session, asked, now=vault.now())
    drawing(renderer.render, lambda sealed: vault.attachments.read_whole(sealed, 5_000_000))(context, rows)


if __name__ == "__main__":
    raise SystemExit(main())
