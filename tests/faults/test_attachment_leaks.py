"""Of an attached file nothing can be read on the disk: not its bytes, its name, nor what a camera wrote (G20)."""

from __future__ import annotations

import secrets
import tempfile
from pathlib import Path

import pytest

from app.models.attachments import Attachment
from app.models.rules.attachments import Kept
from app.models.vocab import AttachmentKind, Role, ScopeKind
from app.pictures.fitting import fitted
from app.pictures.intake import prepared
from app.services.attachments import kept_of
from app.vault import keys
from app.vault.vault import Owner, create_vault, open_vault
from tests.faults.saving_child import CHEAP
from tests.faults.scan import leaks
from tests.pictures.made import CANARY, halves, photograph

PASSPHRASE = "five unrelated garden words"


def test_nothing_of_an_attached_file_is_readable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "FLOOR", CHEAP)
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    words = [f"Wren{secrets.token_hex(9)}" for _ in range(3)]
    canaries = [*words, CANARY.decode()]
    vault, recovery = create_vault(
        tmp_path / "vault", PASSPHRASE, "x", owner=Owner("A. Example", (Role.VSU,)), setting=CHEAP
    )
    vault.prove_recovery(recovery)
    agency, store = vault.agency_id, vault.attachments
    picture = fitted(prepared(photograph(halves(200, 100))).jpeg, longest=200, most=50_000)
    text = (words[0] * 90_000).encode()
    kept = (
        Kept(AttachmentKind.FILE, store.keep_bytes(text, 1 << 30), "text/plain", f"{words[1]}.txt"),
        Kept(AttachmentKind.PICTURE, store.keep_bytes(picture, 1 << 30), "image/jpeg"),
    )
    with vault.write(vault.actor(Role.VSU)) as work:
        scope = work.open_scope(ScopeKind.AGENCY, agency)
        for one in kept:
            values = {"size": one.sealed.size, "chunks": list(one.sealed.chunks), "key": one.sealed.key}
            made = Attachment(
                id=work.new_id(), scope_id=scope, kind=one.kind, name=one.name, caption=words[2], **values
            )
            work.session.add(made)
        work.commit()
    chosen = vault.back_up()
    store.here.remove(kept[0].sealed.chunks)
    vault.restore(chosen)
    with open_vault(tmp_path / "vault", PASSPHRASE, counted=False) as opened, opened.read() as session:
        found = [kept_of(one) for one in session.query(Attachment)]
        read = {opened.attachments.read_whole(one.sealed, 1 << 30) for one in found if one is not None}
        assert read == {text, picture}
        assert leaks(tmp_path, canaries) == []
    assert leaks(tmp_path, canaries) == []
    (tmp_path / "vault" / "forgotten").write_bytes(text)
    assert leaks(tmp_path, canaries) == ["vault/forgotten"], "the search can find something"
