"""Installs, starts and drives the peers. `Missing` says in one sentence what is not on this computer.

PouchDB comes by npm, locked in `package-lock.json`; Anki by pip into an environment of its own, locked in `anki.txt`.
Neither is among Haven's own requirements.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
OUT = ROOT / "out" / "peer_sync"
_NPM_LOCK = ("package.json", "package-lock.json")
_ANKI_LOCK = "anki.txt"
_ANKI = OUT / "anki"
_ACCOUNT, _PASSWORD = "bench", "quiet-herons"


class Missing(RuntimeError):
    """A peer that cannot be installed or started here."""


class Peer:
    """A peer that is told what to do. Times are in milliseconds."""

    def __init__(self, name: str, command: Sequence[str | Path], port: int, account: str) -> None:
        self.name = name
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self.tell("begin", port=port, name=account)

    def tell(self, do: str, **how: Any) -> float:
        """Do one thing; how long it took."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps({"do": do, **how}) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline() or '{"error": "it ended"}')
        if "error" in answer:
            raise Missing(f"{self.name} could not {do}: {answer['error']}")
        return float(answer["took"])

    def close(self) -> None:
        """End it."""
        _end(self._process)


@contextmanager
def pouch() -> Iterator[Peer]:
    """PouchDB with LevelDB, and its own server with LevelDB in a process of its own."""
    version = _install_pouch()
    node = shutil.which("node")
    if node is None:
        raise Missing("PouchDB needs Node.js, which is not installed: run `bash installer/system.sh bench` as root.")
    with tempfile.TemporaryDirectory(prefix="peer-") as folder:
        for name in ("server", "client"):
            Path(folder, name).mkdir()
        command = [node, HERE / "pouch.js", Path(folder, "server"), OUT, "serve"]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            assert server.stdout is not None
            port = json.loads(server.stdout.readline() or "{}").get("port")
            if not port:
                raise Missing("PouchDB's server does not start here.")
            peer = Peer(f"PouchDB {version}", [node, HERE / "pouch.js", Path(folder, "client"), OUT], port, "work")
            try:
                yield peer
            finally:
                peer.close()
        finally:
            _end(server)


@contextmanager
def anki() -> Iterator[Peer]:
    """Anki's client, and its own sync server in a process of its own."""
    python, version = _install_anki()
    with tempfile.TemporaryDirectory(prefix="peer-") as folder:
        port = _free_port()
        told = {"SYNC_USER1": f"{_ACCOUNT}:{_PASSWORD}", "SYNC_BASE": str(Path(folder, "server"))}
        told |= {"SYNC_HOST": "127.0.0.1", "SYNC_PORT": str(port), "RUST_LOG": "error"}
        server = subprocess.Popen(
            [python, "-m", "anki.syncserver"],
            env={**os.environ, **told},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait_for(port, server)
            client = Path(folder, "client")
            client.mkdir()
            peer = Peer(f"Anki {version}", [python, HERE / "anki_client.py", client], port, _ACCOUNT)
            try:
                yield peer
            finally:
                peer.close()
        finally:
            _end(server)


def _install_pouch() -> str:
    locked = [HERE.joinpath(name).read_bytes() for name in _NPM_LOCK]
    there = [OUT.joinpath(name).read_bytes() if OUT.joinpath(name).exists() else b"" for name in _NPM_LOCK]
    version: str = json.loads(locked[0])["dependencies"]["pouchdb"]
    if there == locked and OUT.joinpath("node_modules", "pouchdb", "package.json").exists():
        return version
    npm = shutil.which("npm")
    if npm is None:
        raise Missing("PouchDB needs npm, which is not installed: run `bash installer/system.sh bench` as root.")
    OUT.mkdir(parents=True, exist_ok=True)
    for name, content in zip(_NPM_LOCK, locked, strict=True):
        OUT.joinpath(name).write_bytes(content)
    # Without the scripts of packages: what is compiled in them is there already.
    command = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
    if subprocess.run(command, cwd=OUT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode:
        OUT.joinpath(_NPM_LOCK[1]).unlink()
        raise Missing("npm could not fetch PouchDB: is there a network, and does it reach a registry?")
    return version


def _install_anki() -> tuple[Path, str]:
    locked = HERE.joinpath(_ANKI_LOCK).read_text(encoding="utf-8")
    version = locked.partition("anki==")[2].split()[0]
    python, mark = _ANKI / "bin" / "python", _ANKI / _ANKI_LOCK
    if python.exists() and mark.exists() and mark.read_text(encoding="utf-8") == locked:
        return python, version
    OUT.mkdir(parents=True, exist_ok=True)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", _ANKI], **quiet)
    install = ["-m", "pip", "install", "--quiet", "--require-hashes", "--requirement", HERE / _ANKI_LOCK]
    if made.returncode or subprocess.run([python, *install], **quiet).returncode:
        raise Missing("pip could not fetch Anki: is there a network, and a package of it for this computer?")
    mark.write_text(locked, encoding="utf-8")
    return python, version


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 20
    while True:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        if server.poll() is not None or time.monotonic() > deadline:
            raise Missing("Anki's server does not start here.")
        time.sleep(0.05)


def _end(process: subprocess.Popen[Any]) -> None:
    process.terminate()
    try:
        process.communicate(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
