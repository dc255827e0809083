"""A disk that loses power: the calls of a real run, and what may lie on it after any of them (safety.md, G3).

What a file was told to write and not yet to sync may be there, be lost, or be there in part, write by write; what a
folder was told (a new name, a rename, a removal) may be lost from some moment on. Synced is there.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

SECTOR = 512
CALLS = "openat,write,pwrite64,fdatasync,fsync,ftruncate,rename,unlink,fallocate"
_LINE = re.compile(r"^(\d+) +(\w+)\((.*)\) += (-?\d+)")
_HEX = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_FILE = re.compile(r"^(\d+)<([^>]*)>")


@dataclass(frozen=True)
class Call:
    """One call: its name, the file's path, and what belongs to it."""

    name: str
    path: str
    content: bytes = b""
    place: int = 0
    target: str = ""
    new: bool = False


@dataclass
class _Inode:
    content: bytearray = field(default_factory=bytearray)
    pending: list[tuple[str, int, bytes]] = field(default_factory=list)

    def sync(self) -> None:
        for change in self.pending:
            apply(self.content, change)
        self.pending = []


def apply(content: bytearray, change: tuple[str, int, bytes]) -> None:
    """Do one write or one change of length."""
    kind, place, what = change
    if kind == "length":
        del content[place:]
        content.extend(bytes(place - len(content)))
    else:
        content.extend(bytes(max(place - len(content), 0)))
        content[place : place + len(what)] = what


class Disk:
    """The folder as it was before the run, then after each call."""

    def __init__(self, folder: Path) -> None:
        self._names = {str(path): _Inode(bytearray(path.read_bytes())) for path in folder.rglob("*") if path.is_file()}
        self._seen = dict(self._names)
        self._folder_changes: list[tuple[str, str, str, _Inode | None]] = []
        self._offsets: dict[str, int] = {}

    def do(self, call: Call) -> None:
        """Take one call."""
        inode = self._seen.get(call.path)
        if call.name == "openat":
            self._offsets[call.path] = 0
            if inode is None:
                inode = self._seen[call.path] = _Inode()
                self._folder_changes.append(("link", call.path, "", inode))
            elif call.new:
                inode.pending.append(("length", 0, b""))
        elif call.name == "rename":
            self._seen[call.target] = self._seen.pop(call.path)
            self._folder_changes.append(("rename", call.path, call.target, None))
        elif call.name == "unlink":
            self._seen.pop(call.path, None)
            self._folder_changes.append(("unlink", call.path, "", None))
        elif call.name in ("fsync", "fdatasync") and inode is None:
            self._names = dict(self._seen)
            self._folder_changes = []
        elif inode is not None:
            self._do_on(inode, call)

    def _do_on(self, inode: _Inode, call: Call) -> None:
        if call.name in ("fsync", "fdatasync"):
            inode.sync()
        elif call.name == "ftruncate":
            inode.pending.append(("length", call.place, b""))
        elif call.name == "pwrite64":
            inode.pending.append(("write", call.place, call.content))
        elif call.name == "write":
            offset = self._offsets.get(call.path, 0)
            inode.pending.append(("write", offset, call.content))
            self._offsets[call.path] = offset + len(call.content)

    def after_power_loss(self, chance: random.Random) -> dict[str, bytes]:
        """One of the states that may be found: the files and their content."""
        names = dict(self._names)
        for kind, path, target, inode in self._folder_changes[: chance.randint(0, len(self._folder_changes))]:
            if kind == "link" and inode is not None:
                names[path] = inode
            elif kind == "rename" and path in names:
                names[target] = names.pop(path)
            elif kind == "unlink":
                names.pop(path, None)
        return {path: _survived(inode, chance) for path, inode in names.items()}


def _survived(inode: _Inode, chance: random.Random) -> bytes:
    content = bytearray(inode.content)
    mood = chance.random()  # all kept, all lost, or each on its own
    for change in inode.pending:
        drawn = mood if mood < 0.4 else chance.random()
        if drawn < 0.2:
            continue
        kind, place, what = change
        if kind == "write" and 0.2 <= drawn < 0.3 and mood >= 0.4 and len(what) > SECTOR:
            what = what[: SECTOR * chance.randrange(len(what) // SECTOR)]
        apply(content, (kind, place, what))
    return bytes(content)


def calls(trace: str, folder: Path) -> Iterator[Call]:
    """The calls on the folder's files, and the writes to standard output, of a trace in hexadecimal."""
    inside = str(folder)
    for line in _joined(trace):
        met = _LINE.match(line)
        if met is None or int(met[4]) < 0:
            continue
        call = _parsed(met[2], met[3], int(met[4]))
        if call is not None and (call.path.startswith(inside) or call.path == "1"):
            yield call


def _joined(trace: str) -> Iterator[str]:
    """Lines, with those put together that another thread's call broke in two."""
    begun: dict[str, str] = {}
    for line in trace.splitlines():
        pid = line.split(" ", 1)[0]
        if line.endswith("<unfinished ...>"):
            begun[pid] = line.removesuffix("<unfinished ...>").rstrip()
        elif " resumed>" in line and pid in begun:
            yield begun.pop(pid) + line.split(" resumed>", 1)[1]
        else:
            yield line


def _parsed(name: str, arguments: str, result: int) -> Call | None:
    texts = [bytes.fromhex(text.replace("\\x", "")) for text in _HEX.findall(arguments)]
    if name in ("rename", "unlink"):
        return Call(name, texts[0].decode(), target=texts[1].decode() if name == "rename" else "")
    if name == "openat":
        if "O_DIRECTORY" in arguments or "O_CREAT" not in arguments:
            return None
        return Call(name, texts[0].decode(), new="O_TRUNC" in arguments)
    met = _FILE.match(arguments)
    if met is None:
        return None
    path = "1" if met[1] == "1" else bytes.fromhex(met[2].replace("\\x", "")).decode(errors="replace")
    if name == "ftruncate":
        return Call(name, path, place=int(arguments.rsplit(",", 1)[1]))
    if name == "fallocate":
        raise AssertionError("the model knows no fallocate")
    if name == "pwrite64":
        return Call(name, path, texts[0][:result], int(arguments.rsplit(",", 1)[1]))
    return Call(name, path, texts[0][:result] if texts else b"")
