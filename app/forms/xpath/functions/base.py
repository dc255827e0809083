"""How a function is described to the compiler, and what the form's runtime offers to those that ask for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from random import Random


class Runtime(Protocol):
    """What the session lends to functions: the clock, chance, properties and the language."""

    random: Random
    properties: Mapping[str, str]
    version: str

    @property
    def language_code(self) -> str:
        """The code of the language, empty when it has none."""
        ...

    def now(self) -> datetime:
        """The present, in the zone of the device."""
        ...

    def new_uuid(self) -> str:
        """A random identifier (RFC 4122, version 4)."""
        ...


class Function(NamedTuple):
    """`takes` has a letter an argument: s string, n number, b truth, a anything, N nodes; the last one may be followed
    by `*` (any number, also none) or `+`; all after a `?` are optional. `gives` is one letter. `call` gets the
    converted arguments, after the runtime when `runtime` is set. `fresh` says that the same arguments may give
    another value later; `language` that the value depends on the language.
    """

    takes: str
    gives: str
    call: Callable[..., Any]
    runtime: bool = False
    fresh: bool = False
    language: bool = False

    def fits(self, count: int) -> bool:
        """Whether it can be called with that many arguments."""
        least, most = self.bounds
        return least <= count and (most is None or count <= most)

    @property
    def bounds(self) -> tuple[int, int | None]:
        """The least and the greatest number of arguments; None is without end."""
        required, _, optional = self.takes.partition("?")
        letters = required.rstrip("*+")
        least = len(letters) - (1 if required.endswith("*") else 0)
        endless = self.takes.endswith(("*", "+"))
        return least, None if endless else len(letters) + len(optional)

    def letter(self, index: int) -> str:
        """The kind of the argument at `index`."""
        letters = self.takes.replace("?", "").rstrip("*+")
        return letters[min(index, len(letters) - 1)]
