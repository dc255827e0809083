"""The files of installer/server: every place has a value in the example, and one that is missing is said."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parents[3] / "installer" / "server"
TEMPLATES = ("etcd.env", "patroni.yml", "haproxy.cfg", "haven-server@.service")


def fill(values: Path, into: Path) -> subprocess.CompletedProcess[str]:
    """As the administrator does it."""
    command = [sys.executable, str(FOLDER / "fill.py"), str(values), str(into)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_example_fills_every_template(tmp_path: Path) -> None:
    done = fill(FOLDER / "values.example", tmp_path / "files")
    assert done.returncode == 0, done.stderr
    for name in TEMPLATES:
        content = (tmp_path / "files" / name).read_text()
        assert re.findall(r"@[A-Z_]+@", content) == [], name
        assert (tmp_path / "files" / name).stat().st_mode & 0o007 == 0
    proxy = (tmp_path / "files" / "haproxy.cfg").read_text()
    assert re.findall(r"^ +server (\w+) ", proxy, re.MULTILINE) == ["haven1a", "haven1b", "haven2a", "haven2b"]


def test_a_value_that_is_missing_is_named(tmp_path: Path) -> None:
    lines = (FOLDER / "values.example").read_text().splitlines()
    (tmp_path / "values").write_text("\n".join(line for line in lines if not line.startswith("NETWORK=")))
    done = fill(tmp_path / "values", tmp_path / "files")
    assert (done.returncode, done.stderr.strip()) == (1, "patroni.yml needs a value for NETWORK")


def test_a_receipt_waits_for_both_machines() -> None:
    patroni = (FOLDER / "patroni.yml").read_text()
    for said in ("synchronous_mode: true", "synchronous_mode_strict: true", 'synchronous_commit: "on"'):
        assert said in patroni


def test_the_guide_names_every_file() -> None:
    guide = (FOLDER / "README.md").read_text()
    assert [name for name in (*TEMPLATES, "fill.py", "values.example") if name not in guide] == []
