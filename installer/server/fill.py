"""Fills the templates beside it: `python3 installer/server/fill.py VALUES FOLDER`.

VALUES is a file of lines `NAME=what stands for @NAME@`; a value may span lines when its lines go on with two spaces.
Whatever a template needs and the file does not say is an error.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

TEMPLATES = ("etcd.env", "patroni.yml", "haproxy.cfg", "haven-server@.service")
_PLACE = re.compile(r"@([A-Z_]+)@")


def read_values(file: Path) -> dict[str, str]:
    """The values of a file; empty lines and comments are passed over."""
    values: dict[str, str] = {}
    name = ""
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("  ") and name:
            values[name] = f"{values[name]}\n{line}".lstrip("\n")
        elif line.strip() and not line.startswith("#"):
            name, _, values_of_name = line.partition("=")
            values[name] = values_of_name
    return values


def filled(template: str, values: dict[str, str]) -> str:
    """A template with its values. Raises KeyError for one that is missing."""
    return _PLACE.sub(lambda place: values[place.group(1)], template)


def main() -> int:
    """Write every template, filled, into the folder."""
    values, folder = read_values(Path(sys.argv[1])), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    for name in TEMPLATES:
        template = Path(__file__).with_name(name).read_text(encoding="utf-8")
        try:
            content = filled(template, values)
        except KeyError as missing:
            print(f"{name} needs a value for {missing.args[0]}", file=sys.stderr)  # noqa: T201
            return 1
        (folder / name).write_text(content, encoding="utf-8")
        (folder / name).chmod(0o640)
    return 0


if __name__ == "__main__":
    sys.exit(main())
