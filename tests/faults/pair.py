"""The deployment of installer/server on one machine: its own templates, filled for 127.0.0.1 and temporary folders.

One etcd, two PostgreSQL servers under Patroni, two processes of the server, HAProxy in front. All of them are real.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import which
from typing import Any

from app.sync.server.settings import Settings
from app.sync.server.store import create_store
from tests.sync.server import cluster

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "installer" / "server"
MISSING = "This needs Debian's packages patroni, etcd-server, haproxy and postgresql"
PASSWORD = "unrelated-words-for-tests"
_SECONDS = 120.0


def is_installed() -> bool:
    """Whether everything that the deployment needs is on this machine."""
    return cluster.programs() is not None and all(_program(name) for name in ("etcd", "patroni", "haproxy"))


def _program(name: str) -> str | None:
    return which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/bin")


def eventually(what: str, holds: Callable[[], object], seconds: float = _SECONDS) -> float:
    """Wait until something is so; returns how many seconds that took."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < seconds, f"{what}: not within {seconds:.0f} s"
        time.sleep(0.02)
    return time.monotonic() - began


def free_port() -> int:
    """A port that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def children_of(process: int) -> list[int]:
    """The processes that one process has started."""
    with suppress(OSError):
        return [int(word) for word in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    return []


class Node:
    """One of the two machines with a database."""

    def __init__(self, pair: Pair, name: str) -> None:
        self._pair = pair
        self.name = name
        self.folder = pair.folder / name
        self.files = self.folder / "files"
        self.port, self.patroni_port = free_port(), free_port()
        self._patroni: subprocess.Popen[bytes] | None = None

    def fill(self, values: dict[str, str]) -> None:
        """Fill the templates as an administrator does it."""
        self.folder.mkdir()
        mine = {
            "NAME": self.name,
            "PATRONI_PORT": str(self.patroni_port),
            "DATABASE_PORT": str(self.port),
            "DATABASE_DATA": str(self.folder / "data"),
            "PGPASS": str(self.folder / "pgpass"),
            "SOCKETS": str(self.folder),
        }
        file = self.folder / "values"
        file.write_text("".join(f"{name}={said}\n" for name, said in (values | mine).items()))
        subprocess.run([sys.executable, str(TEMPLATES / "fill.py"), str(file), str(self.files)], check=True)
        self._pair.give_away(self.folder)

    def start(self) -> None:
        """Start Patroni, which starts the database."""
        assert self._patroni is None
        program = _program("patroni")
        assert program is not None
        self._patroni = self._pair.start(f"{self.name}.log", program, str(self.files / "patroni.yml"))

    def answer(self) -> dict[str, Any]:
        """What Patroni says about this node; empty when it says nothing."""
        address = f"http://127.0.0.1:{self.patroni_port}/patroni"
        with suppress(OSError, ValueError):
            try:
                with urllib.request.urlopen(address, timeout=2) as answer:
                    return dict(json.load(answer))
            except urllib.error.HTTPError as refused:
                with refused:
                    return dict(json.load(refused))
        return {}

    def is_leader(self) -> bool:
        """Whether its database takes writes."""
        said = self.answer()
        return said.get("role") in ("master", "primary") and said.get("state") == "running"

    def postmaster(self) -> int:
        """The database's main process, 0 when there is none."""
        with suppress(OSError, ValueError, IndexError):
            return int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        return 0

    def process_named(self, word: str) -> int:
        """The database's process that calls itself so, 0 when there is none."""
        for child in children_of(self.postmaster()):
            with suppress(OSError):
                if word in Path(f"/proc/{child}/cmdline").read_text():
                    return child
        return 0

    def kill_database(self) -> None:
        """Every process of the database at once."""
        main = self.postmaster()
        for process in (main, *children_of(main)):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)

    def kill_machine(self) -> None:
        """Patroni first, so that nobody gives the lead away in good order."""
        assert self._patroni is not None
        self._patroni.kill()
        self._patroni.wait()
        self._patroni = None
        self.kill_database()

    def come_back(self) -> None:
        """After the machine was killed."""
        if self._patroni is None:
            self.start()

    def stop(self) -> None:
        """For good."""
        if self._patroni is not None:
            self._patroni.kill()
            self._patroni.wait()
        self.kill_database()

    def sql(self, statement: str) -> str:
        """One statement as the superuser."""
        found = cluster.programs()
        assert found is not None
        command = [str(found / "psql"), "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-d", "postgres"]
        ran = subprocess.run(
            [*command, "-qAtc", statement],
            env={**os.environ, "PGPASSWORD": PASSWORD, "PGCONNECT_TIMEOUT": "5"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
        return ran.stdout.strip()


class Pair:
    """The whole deployment. `port` is where devices are sent."""

    settings: Settings

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._running: list[subprocess.Popen[bytes]] = []
        self.nodes = [Node(self, "one"), Node(self, "two")]
        self.port = free_port()
        self._server_ports = [free_port(), free_port()]
        self._fill()

    def begin(self) -> None:
        """Start everything; returns when devices are answered."""
        self.start("etcd.log", str(_program("etcd")), environment=self._etcd())
        for node in self.nodes:
            node.start()
        self.wait_until_both()
        self.settings = self._make_database()
        for port in self._server_ports:
            self._serve(port)
        self.start("haproxy.log", str(_program("haproxy")), "-db", "-f", str(self.nodes[0].files / "haproxy.cfg"))
        eventually("the proxy answers", self._answers)

    # --- making it ---

    def _fill(self) -> None:
        etcd, peer = free_port(), free_port()
        processes = [f"  server p{number} 127.0.0.1:{port} check" for number, port in enumerate(self._server_ports)]
        programs = cluster.programs()
        values = {
            "ADDRESS": "127.0.0.1",
            "ETCD_DATA": str(self.folder / "etcd"),
            "ETCD_PORT": str(etcd),
            "ETCD_PEER_PORT": str(peer),
            "ETCD_CLUSTER": f"one=http://127.0.0.1:{peer}",
            "ETCD_HOSTS": f"127.0.0.1:{etcd}",
            "TTL": "20",
            "LOOP_WAIT": "1",
            "RETRY_TIMEOUT": "3",
            "DATABASE_PROGRAMS": str(programs),
            "TLS": "off",
            "CERTIFICATE": "",
            "CERTIFICATE_KEY": "",
            **{f"{name}_PASSWORD": PASSWORD for name in ("PATRONI", "SUPERUSER", "REPLICATION", "REWIND")},
            "HBA_KIND": "host",
            "NETWORK": "127.0.0.1/32",
            "WATCHDOG": "off",
            "BIND": f"127.0.0.1:{self.port}",
            "PROXIES": "127.0.0.1",
            "MOST_CONNECTIONS": "200",
            "PROCESSES": "\n".join(["", *processes]),
        }
        for node in self.nodes:
            node.fill(values)

    def _etcd(self) -> dict[str, str]:
        lines = (self.nodes[0].files / "etcd.env").read_text().splitlines()
        pairs = (line.partition("=") for line in lines if "=" in line and not line.startswith("#"))
        return {name: said.strip('"') for name, _, said in pairs}

    def _make_database(self) -> Settings:
        leader = self.leader()
        leader.sql(f"CREATE ROLE haven LOGIN PASSWORD '{PASSWORD}'")
        leader.sql("CREATE DATABASE haven OWNER haven ENCODING UTF8 LOCALE 'C.UTF-8' TEMPLATE template0")
        data = self.folder / "server"
        data.mkdir(mode=0o700)
        (data / "pgpass").write_text(f"*:*:haven:haven:{PASSWORD}\n")
        (data / "pgpass").chmod(0o600)
        ports = ",".join(str(node.port) for node in self.nodes)
        hosts = ",".join("127.0.0.1" for _ in self.nodes)
        create_store(Settings(data=data, store=f"postgresql:///haven?user=haven&host={hosts}&port={ports}"))
        return Settings(data=data)

    def _serve(self, port: int) -> None:
        command = [sys.executable, "-m", "app.sync.server", "--data", str(self.settings.data), "serve"]
        log = (self.folder / f"server-{port}.log").open("ab")
        with log:
            self._running.append(
                subprocess.Popen([*command, "--port", str(port)], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=log)
            )

    def start(self, log: str, *command: str, environment: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
        """Start a program as the unprivileged user."""
        with (self.folder / log).open("ab") as out:
            started = subprocess.Popen(
                [*cluster.as_user(), *command],
                cwd=self.folder,
                env={**os.environ, "HOME": str(self.folder), **(environment or {})},
                stdout=out,
                stderr=out,
            )
        self._running.append(started)
        return started

    def give_away(self, folder: Path) -> None:
        """Let the unprivileged user have a folder and all in it."""
        owner = self.folder.stat()
        for path in (folder, *folder.rglob("*")):
            os.chown(path, owner.st_uid, owner.st_gid)

    # --- looking at it ---

    def _answers(self) -> bool:
        with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
        return False

    def leader(self) -> Node:
        """The node whose database takes writes."""
        eventually("a leader", lambda: any(node.is_leader() for node in self.nodes))
        return next(node for node in self.nodes if node.is_leader())

    def other(self, node: Node) -> Node:
        """The other one."""
        return self.nodes[1 - self.nodes.index(node)]

    def _are_both(self) -> bool:
        """One leads and the other is its synchronous standby."""
        leading = [node for node in self.nodes if node.is_leader()]
        if len(leading) != 1:
            return False
        replication = leading[0].answer().get("replication") or []
        streams = any(one.get("sync_state") == "sync" and one.get("state") == "streaming" for one in replication)
        # Patroni writes it down in etcd a moment later; only then it lets the standby lead.
        return streams and bool(self.other(leading[0]).answer().get("sync_standby"))

    def wait_until_both(self) -> float:
        """Until a primary could be lost again; returns the seconds that it took."""
        return eventually("a synchronous standby", self._are_both)

    def stop(self) -> None:
        """End everything that was started here."""
        for node in self.nodes:
            node.stop()
        for process in self._running:
            process.kill()
            process.wait()


@contextmanager
def running() -> Iterator[Pair]:
    """The deployment, gone afterwards."""
    with cluster.folder_of_user("haven-ha-") as folder:
        pair = Pair(folder)
        try:
            pair.begin()
            yield pair
        except BaseException:
            for log in sorted(folder.glob("*.log")):
                said = log.read_text(errors="replace")
                ours = [line for line in said.splitlines() if "unexpected_error" in line]
                print("\n".join([f"--- {log.name}", *ours[:5], said[-2000:]]))
            raise
        finally:
            pair.stop()
