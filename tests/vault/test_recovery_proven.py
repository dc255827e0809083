"""No real record before the recovery key was shown to be kept; what starting writes may be written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from app.errors import RuleBroken
from app.models.agency import Organization
from app.models.crisis import Case
from app.models.vocab import Role, ScopeKind
from app.vault import shares
from app.vault.keys import KdfSetting
from app.vault.vault import Owner, Vault, create_vault, open_with_recovery

PASSPHRASE = "five unrelated garden words"


@pytest.fixture
def fresh(folder: Path, clock: Any, cheap: KdfSetting) -> Iterator[tuple[Vault, str]]:
    """A vault as it is made, and its recovery key, which nobody has shown to have."""
    vault, recovery = create_vault(
        folder, PASSPHRASE, "laptop", owner=Owner("A. Example", (Role.VSU,)), clock=clock, setting=cheap
    )
    yield vault, recovery
    vault.close()


def save_case(vault: Vault) -> None:
    with vault.write(vault.actor(Role.VSU)) as work:
        scope = work.open_scope(ScopeKind.CASE, "anchor")
        work.session.add(Case(id=work.new_id(), scope_id=scope, number="VSU-1"))
        work.commit()


def cases(vault: Vault) -> int:
    with vault.read() as session:
        return session.scalar(select(func.count()).select_from(Case)) or 0


def save_organization(vault: Vault) -> None:
    agency = vault.agency_id
    with vault.write(vault.actor(Role.VSU)) as work:
        scope = work.open_scope(ScopeKind.AGENCY, agency)
        work.session.add(Organization(id=work.new_id(), scope_id=scope, name="An organization"))
        work.commit()


def test_a_case_waits_for_the_proof_and_the_agency_does_not(fresh: tuple[Vault, str]) -> None:
    vault, recovery = fresh
    assert not vault.recovery_proven
    save_organization(vault)
    with pytest.raises(RuleBroken, match="Nothing about a person is saved"):
        save_case(vault)
    assert cases(vault) == 0
    vault.prove_recovery(recovery)
    save_case(vault)
    assert cases(vault) == 1
    assert vault.keys_state().recovery_proven


def test_raw_writing_is_no_way_around_it(fresh: tuple[Vault, str]) -> None:
    vault, _ = fresh
    with vault.settling() as session:
        statement = f"INSERT INTO \"{Case.__tablename__}\" (id, scope_id, flagged) VALUES ('c', 's', 0)"
        session.connection().exec_driver_sql(statement)
    with pytest.raises(RuleBroken, match="Nothing about a person"):
        vault.drain(vault.actor(Role.VSU))


def test_two_sheets_prove_it_too_and_another_key_does_not(fresh: tuple[Vault, str]) -> None:
    vault, recovery = fresh
    with pytest.raises(RuleBroken, match="another vault"):
        vault.prove_recovery(vault.fresh_recovery())
    assert not vault.recovery_proven
    vault.prove_recovery("\n".join(shares.split(shares.recovery_key(recovery))[:2]))
    assert vault.recovery_proven


def test_using_the_key_proves_it(folder: Path, fresh: tuple[Vault, str], clock: Any) -> None:
    vault, recovery = fresh
    vault.close()
    with open_with_recovery(folder, recovery, clock=clock) as opened:
        assert opened.recovery_proven


def test_it_is_remembered(again: Any, made: tuple[Vault, str]) -> None:
    assert again().recovery_proven
