"""The home folder that the bundle is started on: one vault with one request, made by the application from source."""

from __future__ import annotations

from pathlib import Path

from app.bootstrap import found_agency
from app.models.vocab import ConsentToContact, IncidentKind, OffenceGroup, ResponseWanted, Role, RoleInEvent, SceneSafe
from app.profile import Profile
from app.services import crisis
from app.vault import keys
from app.vault.vault import Owner, create_vault

PASSPHRASE = "seven quiet herons above the pond"
NAME = "vault-bundle"
WORDS = ("VSR-", "14 Fictional Crescent", "Const. Marchetti", "Side door")
"""What the dispatch sheet must say, in any language."""

PERSON = "Dana Kestrel-Example"
"""Whom it must not name: the sheet goes along to the scene."""


def furnish(home: Path) -> str:
    """Make the vault; returns its recovery key. Its derivation stays at the floor, so that any machine can run this."""
    place = Profile(home).place(NAME)
    owner = Owner("Robin Worker-Example", (Role.VSU,))
    vault, recovery = create_vault(place.folder, PASSPHRASE, "computer", owner=owner, setting=keys.FLOOR)
    try:
        vault.prove_recovery(recovery)
        found_agency(vault, "Example Service")
        with vault.write(vault.actor(Role.VSU)) as work:
            crisis.raise_request(
                work,
                crisis.RaiseRequest(
                    requester_name="Const. Marchetti",
                    requester_phone="555-0142",
                    response_wanted=ResponseWanted.ON_SCENE,
                    scene_safe=SceneSafe.POLICE_STAYING,
                    location="14 Fictional Crescent",
                    municipality="Milton",
                    meet_point="Side door, visitor spots behind the building",
                    incident_kind=IncidentKind.CRIME,
                    offence_group=OffenceGroup.IPV,
                    consent_to_contact=ConsentToContact.YES,
                    asks=["emotional", "locks"],
                    persons=(crisis.PersonToSupport(name=PERSON, age=34, role=RoleInEvent.DIRECT),),
                ),
            )
            work.commit()
        vault.back_up()
    finally:
        vault.close()
    return recovery
