"""What the spec leaves out of the bundle, and which licence texts travel in it.

An entry is one of PyInstaller's: where it goes in the bundle, where it comes from, and its kind.
"""

from __future__ import annotations

import posixpath
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from functools import cache
from importlib import metadata
from pathlib import Path, PurePosixPath

from PyInstaller.depend.bindepend import get_imports

Entry = tuple[str, str, str]

_LANGUAGES = ("en", "fr")
# Plugins of Qt that no desktop of ours uses. Some pull half a desktop in behind them: the virtual keyboard brings QML,
# the GTK theme brings GTK of the machine that built the bundle.
_PLUGINS = re.compile(
    r"(egldeviceintegrations|generic|networkinformation|tls)/"
    r"|platforms/(lib)?q(eglfs|linuxfb|vnc|vkkhrdisplay|minimal|minimalegl|webgl|direct2d)\."
    r"|platformthemes/libqgtk3"
    r"|platforminputcontexts/(lib)?qtvirtualkeyboard"
    r"|wayland-shell-integration/lib(ivi|fullscreen|wl)-"
    r"|imageformats/(lib)?q(icns|pdf|tga|tiff|wbmp|webp)\."
)
_LIBRARY = re.compile(r"^lib[^/]*\.so(\.|$)")
_LICENCE = re.compile(r"(licen[cs]e|copying|notice|authors|copyright)", re.IGNORECASE)


def wanted(entry: Entry) -> bool:
    """Whether a file belongs into the bundle at all."""
    place = entry[0].replace("\\", "/")
    if "__pycache__" in place or place.endswith((".po", ".pot")):
        return False
    if "/Qt/plugins/" in place or "/plugins/" in place:
        return not _PLUGINS.search(place.split("plugins/", 1)[1])
    if "/translations/" in place and place.startswith("PySide6/"):
        return posixpath.basename(place) == "qtbase_fr.qm"
    if place.startswith("babel/locale-data/"):
        return re.split(r"[_.]", posixpath.basename(place))[0] in (*_LANGUAGES, "root")
    return True


def without_orphans(entries: Iterable[Entry]) -> list[Entry]:
    """The entries without the shared libraries that nothing in the bundle asks for any more (Linux only)."""
    kept = list(entries)
    if sys.platform != "linux":
        return kept
    loose = {place for place, _, kind in kept if kind == "BINARY" and _is_library(place)}
    needed: set[str] = set()
    for place, source, kind in kept:
        if place not in loose and kind in ("BINARY", "EXTENSION"):
            needed |= {posixpath.basename(found) for _, found in get_imports(source) if found}
            needed |= {name for name, _ in get_imports(source)}
    gone = {place for place in loose if posixpath.basename(place) not in needed}
    return [entry for entry in kept if entry[0] not in gone and not (entry[2] == "SYMLINK" and leads_to(entry) in gone)]


def leads_to(entry: Entry) -> str:
    """The place in the bundle that a link stands for."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(entry[0]), entry[1]))


def _is_library(place: str) -> bool:
    name = posixpath.basename(place)
    return bool(_LIBRARY.match(name)) and "/plugins/" not in place and not name.startswith("libpython")


def licences(entries: Iterable[Entry], own: Path) -> list[tuple[str, str, str]]:
    """The licence text of every part whose files are packed, as entries under `licenses/`.

    `own` holds texts that the parts themselves do not carry (in folders named like the part). Raises LookupError
    naming the parts that have no text: a bundle without them must not be passed on.
    """
    sources = {Path(source).resolve() for _, source, kind in entries if source and kind != "SYMLINK"}
    found: dict[str, list[Path]] = {"Python": _of_python()}
    found["pyinstaller"] = _of_distribution(metadata.distribution("pyinstaller"))  # its starter is the program itself
    owners = _owners()
    for name in sorted({owners[source].name for source in sources if source in owners}):
        found[name] = _of_distribution(metadata.distribution(name))
    found.update(_of_the_system(sources - set(owners)))
    for folder in sorted(path for path in own.iterdir() if path.is_dir()):
        found[folder.name] = [*found.get(folder.name, []), *sorted(folder.iterdir())]
    _borrow(found)
    missing = sorted(name for name, texts in found.items() if not texts)
    if missing:
        raise LookupError(f"no licence text for: {', '.join(missing)}")
    return [(f"licenses/{name}/{text.name}", str(text), "DATA") for name, texts in found.items() for text in texts]


@cache
def _owners() -> dict[Path, metadata.Distribution]:
    """Which installed package each file belongs to."""
    return {
        Path(str(one.locate_file(file))).resolve(): one for one in metadata.distributions() for file in one.files or ()
    }


def _of_distribution(one: metadata.Distribution) -> list[Path]:
    files = [file for file in one.files or () if any(part.endswith(".dist-info") for part in PurePosixPath(file).parts)]
    texts = [file for file in files if "licenses" in PurePosixPath(file).parts or _LICENCE.search(file.name)]
    return [Path(str(one.locate_file(file))) for file in texts]


def _of_python() -> list[Path]:
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    base = Path(sys.base_prefix)
    places = (
        base / "lib" / version / "LICENSE.txt",
        base / "LICENSE.txt",
        Path("/usr/share/doc") / version / "copyright",
    )
    return [place for place in places if place.is_file()][:1]


def _of_the_system(files: Iterable[Path]) -> dict[str, list[Path]]:
    """The copyright files of the Debian packages that packed libraries come from."""
    if shutil.which("dpkg-query") is None:
        return {}
    found: dict[str, list[Path]] = {}
    libraries = [str(file) for file in files if file.is_relative_to("/usr/lib") or file.is_relative_to("/lib")]
    asked = [*libraries, *(path.removeprefix("/usr") for path in libraries if path.startswith("/usr/lib"))]
    said = subprocess.run(["dpkg-query", "-S", *asked], capture_output=True, text=True, check=False) if asked else None
    for line in said.stdout.splitlines() if said is not None else ():
        package = line.split(":", 1)[0]
        text = Path("/usr/share/doc") / package / "copyright"
        found[package] = [text] if text.is_file() else []
    return found


def _borrow(found: dict[str, list[Path]]) -> None:
    """The wheels of Qt and PySide6 carry no text; the LGPL's travels with python-bidi, word for word the same."""
    lesser = [text for text in found.get("python-bidi", []) if text.name.startswith("COPYING")]
    for name in found:
        if not found[name] and name.lower().startswith(("pyside6", "shiboken6")):
            found[name] = lesser
