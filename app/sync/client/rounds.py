"""One round of sync: what its stages share, and what it reports."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from app.models.changes import Changes
from app.models.vocab import Role
from app.models.work import Actor
from app.sync.client import facts
from app.sync.client.facts import Membership
from app.sync.client.problems import ServerWentBack
from app.sync.client.progress import Meter
from app.sync.client.readers import NOTICED
from app.sync.client.session import Server
from app.vault import asking, noticing, state
from app.vault.keys import Randomness
from app.vault.unit_of_work import UnitOfWork
from app.vault.vault import Vault, utc_now

Step = Callable[[str], None]
"""Told of each step of a round by name: `STAGE saving` before a transaction is committed, `STAGE saved` after it."""


_MANY = 10_000
"""Records; who shows that many asks again whatever their ids are, and a first synchronisation touches a lot more."""


def unwatched(_name: str) -> None:
    """Nobody looks at the steps."""


def finds(session: Session, statement: str, *values: object) -> bool:
    """Whether there is any such row: most questions of a round are no more than this."""
    return asking.row(session, statement + " LIMIT 1", values) is not None


@dataclass
class Tally:
    """What a round did, counted while it runs, and which stage it is in."""

    told: int = 0
    """Messages that may have brought something new to the server."""
    caught_up: int = 0
    """Of these, how many had been sent when the feed was last followed to its end."""
    sent: int = 0
    received: int = 0
    refused: int = 0
    repaired: int = 0
    more: bool = False
    """Files were left for the next round, so that this one came to its end."""
    absent: int = 0
    """Chunks of colleagues' files that the server did not have yet."""
    ended: bool = False
    """The feed was followed to the place that the server named as its end."""
    server_time: int = 0
    heads: bytes | None = None
    """`protocol.heads_hash` of what the server holds, as it said with the end of the feed."""
    stage: str = ""
    at_rest: bool = False
    """Nothing was new: neither here nor, as the server said, in its feed."""
    _kinds: set[str] = field(default_factory=set)
    _ids: set[str] = field(default_factory=set)

    @property
    def changes(self) -> Changes:
        """What was touched and not handed on yet. Of very many records only the kinds are said."""
        return Changes(frozenset(self._kinds), frozenset(self._ids if len(self._ids) < _MANY else ()))

    def touch(self, changes: Changes) -> None:
        """Add what a transaction touched."""
        self._kinds |= changes.kinds
        if len(self._ids) < _MANY:
            self._ids |= changes.ids

    def hand_on(self) -> Changes:
        """What was touched, which from now on counts as told."""
        changes = self.changes
        self._kinds.clear()
        self._ids.clear()
        return changes


Question = Callable[[Session, "Round"], bool]
"""Whether a stage has something to do: True also where only the stage itself can tell."""


@dataclass
class _Look:
    """What was found when the vault was last looked through for a round."""

    commits: int = -1
    facts: dict[str, str | None] = field(default_factory=dict)
    due: frozenset[object] = frozenset()


@dataclass(frozen=True)
class Round:
    """Handed from stage to stage.

    Most stages of most rounds have nothing to do, and a reading of the vault for each of them costs more than the few
    that have. So their questions are asked together, with the facts that they need: at the beginning of the round, and
    again after each saving, whoever saved. What one stage makes due is due for every later one.
    """

    vault: Vault
    server: Server
    member: Membership
    epoch: str
    random: Randomness
    sign: Callable[[bytes], bytes]
    tally: Tally = field(default_factory=Tally)
    step: Step = unwatched
    meter: Meter = field(default_factory=lambda: Meter(utc_now, lambda _: None))

    settled: dict[str, object] = field(default_factory=dict)
    """By stage: the count of what readers follow from (`readers.py`) when the stage last found nothing to do.

    And which epochs others began (`rekey.py`), and the day of the last tidying. Kept while the process lives and the
    server does not go back.
    """
    questions: Mapping[Callable[[Round], None], Question] = field(default_factory=dict)
    """By stage; a stage without one always has something to do."""
    _look: _Look = field(default_factory=_Look)

    def is_due(self, stage: Callable[[Round], None]) -> bool:
        """Whether a stage has something to do, as the vault stands now."""
        if stage not in self.questions:
            return True
        self._look_again()
        return stage in self._look.due

    def fact(self, name: str) -> str | None:
        """One of `facts.OF_A_ROUND`, as the vault stands now."""
        self._look_again()
        return self._look.facts[name]

    def look(self, session: Session) -> None:
        """Ask all the questions of this round."""
        self._look.commits = self.vault.commits
        self._look.facts = state.several(session, facts.OF_A_ROUND)
        self._look.due = frozenset(stage for stage, question in self.questions.items() if question(session, self))

    def is_settled(self, session: Session, stage: str) -> bool:
        """Whether nothing has changed since a stage found nothing to do."""
        return self.settled.get(stage) == noticing.count(session, NOTICED)

    def _look_again(self) -> None:
        if self._look.commits != self.vault.commits:
            with self.vault.read() as session:
                self.look(session)

    @contextmanager
    def merging(self, role: Role = Role.OFF) -> Iterator[UnitOfWork]:
        """One transaction that takes colleagues' changes in; saved when it is left without an error.

        `role`: in which the owner stands in the audit trail, when something is entered there.
        """
        with self.vault.write(Actor(self.member.member_id, role, self.member.device_id)) as work:
            with work.merging():
                yield work
            self.step(f"{self.tally.stage} saving")
            self.tally.touch(work.commit())
        self.step(f"{self.tally.stage} saved")

    @contextmanager
    def settling(self) -> Iterator[Session]:
        """One transaction on the device's own facts."""
        with self.vault.settling() as session:
            yield session
            self.step(f"{self.tally.stage} saving")
        self.step(f"{self.tally.stage} saved")

    def noted(self, epoch: str, server_time: int) -> None:
        """Look at what every answer brings. Raises ServerWentBack when its epoch is not the one known."""
        self.tally.server_time = max(self.tally.server_time, server_time)
        if epoch != self.epoch:
            raise ServerWentBack(epoch)
