"""The one door to `resources/`, the same from source and from an installed build."""

from __future__ import annotations

import sys
from pathlib import Path


def folder() -> Path:
    """The `resources` folder: beside `app/` in a checkout, inside the bundle when frozen."""
    bundle = getattr(sys, "_MEIPASS", None)
    if bundle is not None:
        return Path(bundle) / "resources"
    return Path(__file__).resolve().parent.parent / "resources"


def path(*parts: str) -> Path:
    """The path of one resource, for libraries that insist on opening the file themselves.

    Raises FileNotFoundError naming the resource (never a person's data) when it is missing.
    """
    found = folder().joinpath(*parts)
    if not found.exists():
        raise FileNotFoundError(f"resource missing from this installation: {'/'.join(parts)}")
    return found


def text(*parts: str) -> str:
    """The UTF-8 text of one resource."""
    return path(*parts).read_text(encoding="utf-8")


def data(*parts: str) -> bytes:
    """The bytes of one resource."""
    return path(*parts).read_bytes()
