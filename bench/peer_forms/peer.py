"""Lets the peer's engine do jobs in a browser of its own, and gives back what it says.

Needs `npm` and `chromium` (Debian's packages of these names, which `installer/system.sh bench` installs); without them
`Missing` says so in one sentence. The npm packages are locked beside this file by the digest of their contents.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

HERE = Path(__file__).resolve().parent
LOCKED = ("package.json", "package-lock.json")
"""What is installed, each package named by the digest of its contents."""
PACKAGE = "@getodk/xforms-engine"
VERSION: str = json.loads(HERE.joinpath(LOCKED[0]).read_text(encoding="utf-8"))["dependencies"][PACKAGE]
ROOT = HERE.parents[1]
PEER = ROOT / "out" / "peer"
ENGINE = PEER / "node_modules" / PACKAGE / "dist"
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--enable-precise-memory-info",
    "--js-flags=--expose-gc",
)
_KINDS = {".html": "text/html", ".js": "text/javascript"}


class Missing(RuntimeError):
    """A tool that the comparison needs is not on this computer."""


@dataclass(frozen=True)
class Job:
    """One form to load and answer. `rounds` are lists of steps as `python -m app.forms run` takes them; after each the
    state of every node is noted, with labels, choices and violations if `texts` is set."""

    name: str
    xml: str
    rounds: Sequence[Sequence[dict[str, Any]]] = ()
    attachments: dict[str, str] = field(default_factory=dict)
    language: str = ""
    texts: bool = False


def engine_name() -> str:
    """The peer and its version, as results are labelled."""
    return f"{PACKAGE} {VERSION}"


def ask(jobs: Sequence[Job], *, now: str = "", zone: str = "UTC", seconds: float = 300) -> list[dict[str, Any]]:
    """What the peer says of each job, in order; `error` in a result says why it could not. Times are milliseconds."""
    _install()
    desk = _Desk(jobs)
    server = ThreadingHTTPServer(("127.0.0.1", 0), desk.handler())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        address = f"http://127.0.0.1:{server.server_address[1]}/page.html?now={quote(now)}"
        with tempfile.TemporaryDirectory(prefix="peer-profile-") as profile:
            _browse(address, profile, desk, zone, seconds)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    return [desk.results.get(job.name, {"error": "the browser gave no answer"}) for job in jobs]


def _install() -> None:
    locked = [HERE.joinpath(name).read_bytes() for name in LOCKED]
    there = [PEER.joinpath(name).read_bytes() if PEER.joinpath(name).exists() else b"" for name in LOCKED]
    if ENGINE.joinpath("index.js").exists() and there == locked:
        return
    npm = shutil.which("npm")
    if npm is None:
        raise Missing("The peer needs npm, which is not installed: run `bash installer/system.sh bench` as root.")
    PEER.mkdir(parents=True, exist_ok=True)
    for name, content in zip(LOCKED, locked, strict=True):
        PEER.joinpath(name).write_bytes(content)
    command = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
    if subprocess.run(command, cwd=PEER, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode:
        PEER.joinpath(LOCKED[1]).unlink()
        raise Missing("npm could not fetch the packages of the peer: is there a network, and does it reach a registry?")


def _browse(address: str, profile: str, desk: _Desk, zone: str, seconds: float) -> None:
    browser = next((found for name in _BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        raise Missing("The peer needs Chromium, which is not installed: run `bash installer/system.sh bench` as root.")
    # `timeout` ends the browser even where nobody is left to end it.
    ended = ["timeout", "--kill-after=5", str(seconds + 30)]
    command = [*ended, browser, *_FLAGS, f"--user-data-dir={profile}", "--remote-debugging-port=0", address]
    process = subprocess.Popen(
        command,
        env={**os.environ, "TZ": zone},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        desk.done.wait(seconds)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class _Desk:
    """Hands the jobs to the page and takes the results."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        self.jobs = json.dumps([asdict(job) for job in jobs]).encode("utf-8")
        self.results: dict[str, dict[str, Any]] = {}
        self.done = threading.Event()

    def handler(self) -> type[BaseHTTPRequestHandler]:
        desk = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = urlsplit(self.path).path
                if path == "/jobs.json":
                    self._give(desk.jobs, "application/json")
                    return
                folder, name = (
                    (ENGINE, path.removeprefix("/engine/")) if path.startswith("/engine/") else (HERE, path[1:])
                )
                file = folder / name
                if "/" in name or file.suffix not in _KINDS or not file.is_file():
                    self.send_error(404)
                    return
                self._give(file.read_bytes(), _KINDS[file.suffix])

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                if self.path == "/done":
                    desk.done.set()
                else:
                    result = json.loads(body)
                    desk.results[result.pop("name")] = result
                self._give(b"", "text/plain")

            def _give(self, body: bytes, kind: str) -> None:
                self.send_response(200)
                self.send_header("Content-Type", f"{kind}; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                # Isolation gives the page a clock of microseconds.
                self.send_header("Cross-Origin-Opener-Policy", "same-origin")
                self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler
