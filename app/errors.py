"""What can go wrong, sorted by whose it is: the environment's, the person's, or ours.

Each error carries a sentence that is safe to show. `str(error)` is the English key without any value, so that a log
or a traceback never holds what a person typed; `sentence` fills the values in for the eyes in front of the screen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app import words


class HavenError(Exception):
    """Base of all errors that Haven raises on purpose.

    `text` is a marked English text (`words.mark`), `values` fill its places when it is shown.
    """

    def __init__(self, text: str, **values: object) -> None:
        super().__init__(text)
        self.text = text
        self.values = values

    @property
    def sentence(self) -> str:
        """The sentence for the person, in the interface's language."""
        return words.tr(self.text, **self.values)


class EnvironmentProblem(HavenError):
    """The machine or the network stands in the way: disk full, no network, file damaged. Nothing saved is lost."""


class RuleBroken(HavenError):
    """What was asked is not allowed or cannot be true; the sentence says what to do instead.

    `field` names the input that the sentence is about, when there is one.
    """

    def __init__(self, text: str, *, field: str | None = None, **values: object) -> None:
        super().__init__(text, **values)
        self.field = field


class NotAllowed(RuleBroken):
    """The role or the assignment of the person does not allow this."""


class NotFound(RuleBroken):
    """The record is not on this device (never here, removed, or in a scope whose key is not held)."""


class Defect(HavenError):
    """Our own mistake: a state that the code promises cannot occur."""


@dataclass(frozen=True)
class Said:
    """A marked English text and the values of its places, put into the person's language when it is read."""

    text: str
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """The sentence for the person."""
        return words.tr(self.text, **self.values)


@dataclass(frozen=True)
class RecoveryPlan:
    """What is wrong with a vault and how it can be brought back: three sentences, in the order people ask.

    `complete`: everything that was ever said to be saved comes back.
    """

    found: Said
    remedy: Said
    outcome: Said
    complete: bool


class NeedsRecovery(EnvironmentProblem):
    """The vault does not open as it lies there, and can be brought back when its owner says so (`recover=True`)."""

    def __init__(self, plan: RecoveryPlan) -> None:
        super().__init__(plan.found.text, **plan.found.values)
        self.plan = plan
