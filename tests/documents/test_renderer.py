"""The child that draws: warm, bounded, replaceable, and silent about what it read."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.documents.renderer import Renderer
from app.errors import EnvironmentProblem, RuleBroken
from app.models.vocab import Audience
from app.queries import form_rows as fr
from app.queries.form_rows import PrintContext, Row, Typed

Context = Callable[..., PrintContext]
RowsOf = dict[str, Callable[[], Row]]
ROOT = str(Path(__file__).resolve().parents[2])
PREPARE = f"import sys; sys.path.insert(0, {ROOT!r}); from app.documents import child; "
COMMAND = [sys.executable, "-c", PREPARE + "child.main()"]
HUGE = fr.NeedsRows(strengths=Typed("W" * 3_000_000))


@pytest.fixture(name="renderer")
def _renderer() -> Iterator[Renderer]:
    renderer = Renderer(COMMAND)
    yield renderer
    renderer.close()


def test_the_child_draws_the_same_bytes_and_stays_warm(
    renderer: Renderer, context: Context, rows_of: RowsOf, draw: Callable[..., bytes]
) -> None:
    renderer.warm()
    first = renderer.pid
    for form_id, rows in rows_of.items():
        assert renderer.render(context(form_id), rows()) == draw(form_id)
    assert first is not None
    assert renderer.pid == first


def test_a_rule_broken_in_the_child_is_a_rule_broken_here(renderer: Renderer, context: Context) -> None:
    with pytest.raises(RuleBroken, match="not meant for this audience"):
        renderer.render(context("F-301", audience=Audience.CLIENT), fr.DispatchRows())
    with pytest.raises(RuleBroken, match="no form with this number"):
        renderer.render(context("F-999"), fr.DispatchRows())


def test_rows_of_the_wrong_kind_come_back_as_a_sentence_without_values(renderer: Renderer, context: Context) -> None:
    with pytest.raises(EnvironmentProblem, match="could not be drawn") as raised:
        renderer.render(
            context("F-402"),
            fr.PlanItem(text=Typed("SECRET"), who_helps="SECRET"),
        )
    assert "SECRET" not in str(raised.value)


def test_a_child_killed_while_idle_is_replaced_unseen(renderer: Renderer, context: Context) -> None:
    renderer.warm()
    assert renderer.pid is not None
    os.kill(renderer.pid, signal.SIGKILL)
    assert renderer._child is not None
    renderer._child.wait()
    assert renderer.render(context("F-302"), fr.ContactCardRows()).startswith(b"%PDF")


def test_a_child_killed_while_drawing_gives_a_sentence_and_the_next_document_works(
    renderer: Renderer, context: Context
) -> None:
    renderer.warm()
    pid = renderer.pid
    assert pid is not None
    killer = threading.Timer(0.3, os.kill, (pid, signal.SIGKILL))
    killer.start()
    with pytest.raises(EnvironmentProblem, match="stopped unexpectedly"):
        renderer.render(context("F-304"), HUGE)
    killer.join()
    assert renderer.render(context("F-302"), fr.ContactCardRows()).startswith(b"%PDF")


def test_a_document_that_takes_too_long_is_stopped(context: Context) -> None:
    renderer = Renderer(COMMAND, seconds=1.5)
    try:
        with pytest.raises(EnvironmentProblem, match="took too long"):
            renderer.render(context("F-304"), HUGE)
        renderer._seconds = 30
        assert renderer.render(context("F-302"), fr.ContactCardRows()).startswith(b"%PDF")
    finally:
        renderer.close()


def test_a_child_that_cannot_start_gives_a_sentence(context: Context) -> None:
    with pytest.raises(EnvironmentProblem, match="could not be started"):
        Renderer(["/nowhere/at/all"]).render(context("F-302"), fr.ContactCardRows())


def test_text_that_cannot_be_encoded_gives_a_sentence_without_it(renderer: Renderer, context: Context) -> None:
    with pytest.raises(EnvironmentProblem, match="characters that cannot be stored"):
        renderer.render(context("F-302"), fr.ContactCardRows(worker_first_name="\ud800"))


def test_closing_ends_the_child(renderer: Renderer) -> None:
    renderer.warm()
    child = renderer._child
    assert child is not None
    renderer.close()
    assert child.returncode == 0
    assert renderer.pid is None


@pytest.mark.parametrize(
    "attempt",
    [
        "import socket; socket.socket()",
        "import subprocess; subprocess.run(['true'])",
        "open('never_written', 'w')",
        "import pathlib; pathlib.Path('never_written').write_bytes(b'x')",
        "import os; os.write(os.open('never_written', os.O_CREAT | os.O_WRONLY), b'x')",
    ],
)
def test_the_child_opens_no_network_and_writes_no_file(attempt: str, tmp_path: Path) -> None:
    script = PREPARE + f"child.shut_the_doors()\ntry:\n    {attempt}\nexcept OSError:\n    sys.exit(7)"
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 7, done.stderr.decode()
    assert list(tmp_path.iterdir()) == []


def test_the_window_side_imports_no_reportlab() -> None:
    script = f"import sys; sys.path.insert(0, {ROOT!r}); import app.documents.renderer, app.documents.catalogue; "
    script += "sys.exit('reportlab' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_the_child_knows_no_store_no_key_and_no_window() -> None:
    unwanted = ("sqlalchemy", "sqlcipher3", "app.vault", "PySide6")
    script = PREPARE + f"sys.exit(any(name in sys.modules for name in {unwanted!r}))"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_a_lock_ends_the_child_at_once_and_starts_no_other(renderer: Renderer, context: Context) -> None:
    renderer.warm()
    told: list[str] = []

    def draw() -> None:
        try:
            renderer.render(context("F-304"), HUGE)
        except EnvironmentProblem as problem:
            told.append(problem.sentence)

    drawing = threading.Thread(target=draw)
    drawing.start()
    child = renderer._child
    assert child is not None
    renderer.stop()
    drawing.join(timeout=20)
    assert not drawing.is_alive() and child.poll() is not None and len(told) == 1
    with pytest.raises(EnvironmentProblem):
        renderer.render(context("F-302"), fr.ContactCardRows())
