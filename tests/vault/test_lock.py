"""Idle lock and what is left of the process that held keys."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.errors import RuleBroken
from app.vault.lock import IdleTimer

ROOT = Path(__file__).parents[2]


def test_the_lock_is_due_after_the_minutes_without_a_touch() -> None:
    now = [100.0]
    timer = IdleTimer(lambda: now[0])
    now[0] += 299
    assert not timer.due() and timer.remaining() == 1
    timer.touch()
    now[0] += 299.9
    assert not timer.due()
    now[0] += 0.1
    assert timer.due()


def test_a_touch_after_the_lock_was_due_comes_too_late() -> None:
    now = [0.0]
    timer = IdleTimer(lambda: now[0], minutes=1)
    now[0] = 3600.0
    timer.touch()
    assert timer.due()


@pytest.mark.parametrize("minutes", [0, -1, 16, 1000])
def test_the_lock_is_never_off(minutes: int) -> None:
    with pytest.raises(RuleBroken):
        IdleTimer(lambda: 0.0, minutes)
    timer = IdleTimer(lambda: 0.0, 15)
    with pytest.raises(RuleBroken):
        timer.set_minutes(minutes)


@pytest.mark.skipif(os.name != "posix", reason="process replacement in place is a POSIX call")
def test_the_process_is_replaced_in_place() -> None:
    code = (
        "import os, sys; from app.vault.lock import replace_process; print(os.getpid());"
        "replace_process([sys.executable, '-c', 'import os; print(os.getpid())'])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    before, after = done.stdout.split()
    assert before == after


@pytest.mark.skipif(os.name != "posix", reason="process replacement in place is a POSIX call")
def test_a_windowed_bundle_without_streams_is_replaced_too() -> None:
    code = (
        "import sys; from app.vault.lock import replace_process; sys.stdout = sys.stderr = None;"
        "replace_process([sys.executable, '-c', 'print(1)'])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "1"


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux")
def test_core_dumps_are_off() -> None:
    code = (
        "import ctypes, resource; from app.vault.lock import forbid_core_dumps; forbid_core_dumps();"
        "print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "(0, 0) 0"


def test_the_lock_is_due_after_twelve_hours_however_much_it_is_touched() -> None:
    now = [0.0]
    timer = IdleTimer(lambda: now[0])
    while now[0] < 12 * 3600 - 60:
        now[0] += 60
        timer.touch()
        assert not timer.due()
    now[0] += 60
    assert timer.due()
    assert IdleTimer(lambda: 0.0, hours=100).remaining() <= 12 * 3600, "a longer time cannot be set"


@pytest.mark.skipif(os.name != "posix", reason="process replacement in place is a POSIX call")
def test_a_process_that_cannot_be_replaced_ends_all_the_same() -> None:
    code = "from app.vault.lock import replace_process; replace_process(['/nowhere/at/all']); print('still here')"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (71, "")


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux")
@pytest.mark.parametrize("arguments", [[], ["--child", "documents"]])
def test_every_process_of_ours_is_closed_before_it_does_anything(arguments: list[str], tmp_path: Path) -> None:
    code = (
        "import ctypes, os, resource, sys; import app.__main__ as entry\n"
        "def look(*_, **__):\n"
        "    umask = os.umask(0); os.umask(umask)\n"
        "    print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), oct(umask))\n"
        "    return 0\n"
        "import app.desktop; app.desktop.run = look; entry._draw_documents = look\n"
        "entry.main(sys.argv[1:])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "--home", str(tmp_path), *arguments],
        cwd=ROOT,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "(0, 0) 0 0o77"
