"""What the bundle does without a window: says what it stands on, looks after a vault, serves as its own children."""

from __future__ import annotations

import json
import subprocess
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.documents.recovery_rows import FORM_ID, RecoveryRows
from app.documents.renderer import Renderer
from app.forms.convert import to_xform
from app.models.vocab import Audience
from app.queries.form_rows import PrintContext
from app.vault import shares
from tests.bundle import contents, home
from tests.bundle.outside import BundleFailed

_SHEET_WORDS = 1024
"""SLIP-39."""


def prove(bundle: Path, of: Path, recovery: str) -> str:
    """Every command in turn. Raises BundleFailed with what it said."""
    program, folder = str(bundle / "haven"), of / "vaults" / home.NAME
    about = json.loads(_run([program, "--about"]))
    _hold(about["frozen"] is True and about["cipher"] and about["resources"], about)
    _hold(about["keystore"] == "keyring.backends.SecretService.Keyring", about)
    _hold(about["sheet_words"] == _SHEET_WORDS and about["passphrase_words"] > 400, about)
    _hold(about["system_messages"] == "QDBusConnection", about)
    report = json.loads(_run([program, "vault", "check", str(folder), "--passphrase-stdin"], home.PASSPHRASE))
    _hold(report["ok"] and any(check["name"].startswith("backup") for check in report["checks"]), report)
    sheets = "\n".join(shares.split(shares.recovery_key(recovery))[1:])
    drilled = json.loads(_run([program, "vault", "drill", str(folder), "--stdin", "--json"], sheets))
    _hold(drilled["opens"] is True and drilled["with"] == "shares", drilled)
    made = _run([program, "vault", "backup", str(folder), "--passphrase-stdin"], home.PASSPHRASE)
    _hold(".backup" in made, made)
    _children(program, recovery)
    return f"engine {about['engine']}, cipher {about['cipher']}, check, drill with sheets, backup, both children"


def _children(program: str, recovery: str) -> None:
    """The process that reads forms reads one, the process that draws draws the sheets of the recovery key."""
    source = contents.ROOT / "resources" / "forms" / "needs_assessment.md"
    form = to_xform(source.read_bytes(), source.name, command=[program, "--child", "forms"])
    _hold(b"<h:html" in form.xml, form.warnings)
    words = shares.split(shares.recovery_key(recovery))
    renderer = Renderer([program, "--child", "documents"])
    context = PrintContext(
        form_id=FORM_ID, language="fr", audience=Audience.INTERNAL, printed_at=datetime(2026, 3, 4, tzinfo=UTC)
    )
    try:
        sheets = renderer.render(context, RecoveryRows(shares=list(words), needed=shares.NEEDED, vault="BUND-LE00"))
    finally:
        renderer.close()
    said = subprocess.run(["pdftotext", "-", "-"], input=sheets, capture_output=True, check=True).stdout.decode()
    _hold(all(word in said for word in words[0].split()), "the words of a sheet")


def _run(command: list[str], given: str = "") -> str:
    """Run it with as little of this machine in its environment as there is; what it printed."""
    with tempfile.TemporaryDirectory() as nowhere:
        kept = {"PATH": "/nonexistent", "HOME": nowhere, "LANG": "C.UTF-8"}
        done = subprocess.run(
            command,
            input=given + "\n" if given else "",
            env=kept,
            cwd=nowhere,
            capture_output=True,
            text=True,
            timeout=120,
        )
    _hold(done.returncode == 0 and not done.stderr.strip(), f"{command[1:3]}: {done.returncode} {done.stderr}")
    return done.stdout


def _hold(true: object, what: Any) -> None:
    if not true:
        raise BundleFailed(f"not as it should be: {what}")
