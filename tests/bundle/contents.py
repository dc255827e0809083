"""What must be in the bundle and what must not, read from its files."""

from __future__ import annotations

import os
import re
import subprocess
from importlib import metadata
from pathlib import Path

from PyInstaller.archive.readers import CArchiveReader  # type: ignore[import-untyped]

from tests.bundle.outside import BundleFailed

ROOT = Path(__file__).resolve().parent.parent.parent
BUNDLE = ROOT / "dist" / "haven"
INSIDE = BUNDLE / "_internal"

_MOST_MIB = 230
_NEVER_MODULES = (
    "tests", "pytest", "_pytest", "hypothesis", "mypy", "ruff", "PyInstaller", "pip", "setuptools", "uv", "litestar",
    "uvicorn", "app.sync.server", "sqlite3", "tkinter", "PySide6.QtQml", "PySide6.QtQuick", "PySide6.QtMultimedia",
    "PySide6.QtWebEngineCore", "PySide6.QtDesigner",
)  # fmt: skip
_OURS = ("app", "resources", "licenses")
_NEVER_FILES = re.compile(
    r"libQt6(Qml|Quick|WebEngine|Multimedia|Designer|3D|VirtualKeyboard|Test)|libgtk|_sqlite3\.cpython-.*lib-dynload"
    r"|__pycache__|\.po$|(^|/)(tests?|pytest|hypothesis)/"
)
_MUST_BE = (
    "resources/locale/fr/LC_MESSAGES/haven.mo",
    "resources/fonts/OpenSans-Regular.ttf",
    "resources/fonts/LICENSE-OpenSans.txt",
    "resources/icons/print.svg",
    "resources/theme/tokens.json",
    "resources/demo/people.json",
    "resources/passphrase/words.txt",
    "babel/global.dat",
    "babel/locale-data/root.dat",
    "babel/locale-data/en.dat",
    "babel/locale-data/en_CA.dat",
    "babel/locale-data/fr.dat",
    "babel/locale-data/fr_CA.dat",
    "licenses/LICENSE",
    "licenses/NOTICE",
    "licenses/Python",
    "licenses/pyinstaller",
    "licenses/SQLCipher/LICENSE.txt",
    "licenses/PySide6_Essentials/COPYING.LESSER",
    "licenses/PySide6_Addons/COPYING.LESSER",
    "licenses/shiboken6/COPYING.LESSER",
)
# The C library, the graphics driver and the screen's own: they belong to the machine, and are never packed.
_OF_THE_SYSTEM = re.compile(
    r"^(ld-linux|linux-vdso|lib(c|m|dl|rt|pthread|resolv|util|xcb|GL|EGL|OpenGL|GLX|GLdispatch|wayland-[a-z]+)\.)"
)


def check() -> str:
    """Every finding at once, as BundleFailed; what was found, in a line, when all is well."""
    problems = [*_missing(), *_superfluous(), *_strange(), *_unresolved(), *_welded()]
    size = _size_mib()
    if size > _MOST_MIB:
        problems.append(f"{size} MiB is more than {_MOST_MIB}")
    if problems:
        raise BundleFailed("\n".join(problems))
    texts = sum(1 for path in (INSIDE / "licenses").rglob("*") if path.is_file())
    return f"{size} MiB, {len(_modules())} modules, {texts} licence texts"


def _modules() -> set[str]:
    program = CArchiveReader(str(BUNDLE / "haven"))
    (name,) = (name for name in program.toc if name.endswith(".pyz"))
    return set(program.open_embedded_archive(name).toc)


def _missing() -> list[str]:
    wanted = [*_MUST_BE]
    for folder in ("resources", "app/models/migrations/versions"):
        source = ROOT / folder
        wanted += [
            str(path.relative_to(ROOT))
            for path in source.rglob("*")
            if path.is_file() and path.suffix not in (".po", ".pyc")
        ]
    found = [f"missing: {name}" for name in wanted if not (INSIDE / name).exists()]
    modules = _modules()
    ours = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in (ROOT / "app").rglob("*.py")
        if not path.is_relative_to(ROOT / "app" / "sync" / "server") and path.parent.name != "versions"
    }
    return found + [f"missing module: {name}" for name in sorted(ours - modules)]


def _superfluous() -> list[str]:
    unwanted = [
        name
        for name in sorted(_modules())
        if any(name == never or name.startswith(f"{never}.") for never in _NEVER_MODULES)
    ]
    files = [str(path.relative_to(INSIDE)) for path in INSIDE.rglob("*")]
    languages = {path.stem.split("_")[0] for path in (INSIDE / "babel" / "locale-data").iterdir()} - {
        "root",
        "en",
        "fr",
    }
    return [
        *(f"module that does not belong here: {name}" for name in unwanted),
        *(f"file that does not belong here: {name}" for name in files if _NEVER_FILES.search(name)),
        *(f"language that does not belong here: {name}" for name in sorted(languages)),
    ]


def _strange() -> list[str]:
    """Installed packages in the bundle that the desktop is not locked to, or whose licence text is not there."""
    locked = (ROOT / "requirements" / "client.txt").read_text(encoding="utf-8")
    known = {_plain(name) for name in re.findall(r"^([A-Za-z0-9._-]+)==", locked, re.MULTILINE)}
    present = {module.split(".")[0] for module in _modules()} | {path.name.split(".")[0] for path in INSIDE.iterdir()}
    packed = {
        _plain(name)
        for top, names in metadata.packages_distributions().items()
        if top in present and top not in _OURS
        for name in names
    }
    texts = {_plain(path.name) for path in (INSIDE / "licenses").iterdir()}
    return [
        *(f"not one of the desktop's packages: {name}" for name in sorted(packed - known)),
        *(f"no licence text for {name}" for name in sorted(packed - texts)),
    ]


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _unresolved() -> list[str]:
    """Libraries that a file in the bundle asks for and that neither the bundle nor a plain desktop has."""
    paths = ":".join(str(path) for path in (INSIDE, INSIDE / "PySide6" / "Qt" / "lib"))
    found: set[str] = set()
    for library in INSIDE.rglob("*.so*"):
        if not library.is_file() or library.is_symlink():
            continue
        said = subprocess.run(
            ["ldd", str(library)],
            capture_output=True,
            text=True,
            check=False,
            env={"LD_LIBRARY_PATH": paths, "PATH": os.environ["PATH"]},
        ).stdout
        for line in said.splitlines():
            name = line.split()[0]
            if _OF_THE_SYSTEM.match(name):
                continue
            if "not found" in line:
                found.add(f"{library.name} asks for {name}, which is not there")
            elif "=> /" in line and str(INSIDE) not in line:
                found.add(f"{library.name} takes {name} from this machine")
    return sorted(found)


def _welded() -> list[str]:
    """Qt lies in files of its own that a user may exchange, unlike code welded into the program."""
    libraries = [INSIDE / "PySide6" / "Qt" / "lib" / f"libQt6{name}.so.6" for name in ("Core", "Gui", "Widgets", "Pdf")]
    return [f"not a file of its own: {path.name}" for path in libraries if not path.is_file() or path.is_symlink()]


def _size_mib() -> int:
    return round(
        sum(path.lstat().st_size for path in BUNDLE.rglob("*") if path.is_file() and not path.is_symlink()) / 2**20
    )
