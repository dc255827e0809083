"""The demonstration: a made-up region that fills an empty vault, the same every time for the same day.

    OWNER                  who the vault belongs to: create it with this owner
    load(vault, clock)     fills it and says what is in it

The records come in as a colleagues' work would: logged change by change under the device of who wrote them, merged with
capture off, each with its clock. So they can be edited, conflict, and count as received; the owner's own last hours
are waiting to be sent. Everybody and everything is invented. `device_state` says so ("demonstration"), so that windows
can say so too.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from app.demo import directory, forms, histories, outgoing, registry, staff
from app.demo.book import Book
from app.demo.texts import Texts
from app.demo.writer import write
from app.models.rules.deadlines import local_day
from app.models.vocab import AuditAction, Role, ScopeKind
from app.vault import state
from app.vault.attachments import Attachments
from app.vault.vault import Owner, Vault

CASES = 250
SEED = 20_26
DEMONSTRATION = "demonstration"
_ZONE = "America/Toronto"

OWNER = Owner(
    name=staff.OWNER_NAME,
    roles=(Role.VSU, Role.SUP, Role.OFF, Role.REG),
    badge=staff.OWNER_BADGE,
    member_id="0190000000007000800000000000d301",
)
"""Who explores the demonstration: a worker who may also act as supervisor, officer and registry coordinator."""


@dataclass(frozen=True)
class DemoSummary:
    """What was made: the day it is for, members by short key, and how many records of each kind."""

    today: date
    members: Mapping[str, str]
    records: Mapping[str, int]


def load(vault: Vault, clock: Callable[[], datetime]) -> DemoSummary:
    """Fill an empty vault. Deterministic for the vault's owner and device and the day of `clock`."""
    now = clock().astimezone(UTC)
    today = local_day(now, _ZONE)
    actor, agency_id = vault.actor(Role.SUP), vault.agency_id
    with vault.write(actor) as work:
        rng = random.Random(SEED)
        people = staff.gather(rng, now, actor.member_id, actor.device_id)
        staff.enter(work.session, people)
        book = Book(rng, now, today, people, Texts())
        agency = book.scope(ScopeKind.AGENCY, agency_id)
        services = directory.fill(book, agency)
        histories.fill(book, services, CASES)
        # Keys by the same chance as everything else: the demonstration is the same every time, and keeps no secret.
        registry.fill(book, agency_id, Attachments(vault.folder, rng.randbytes))
        forms.fill(book, agency)
        written = write(work, book)
        outgoing.fill(work.session, book, written)
        state.put(work.session, DEMONSTRATION, "1")
        for case_id in book.printed:
            work.audit(AuditAction.PRINT, kind="case_file", record_id=case_id, reason="F-302")
        work.commit()
    counts = Counter(entry.kind for entry in book.entries)
    return DemoSummary(today, {key: person.member_id for key, person in people.items()}, dict(counts))
