"""Made-up clients and equipment of Project Lifesaver, written through the real services."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.errors import RuleBroken
from app.models.lifesaver import EquipmentIssue, LifesaverClient, Transmitter
from app.models.lifesaver_vocab import CaregiverDuty, Criterion, LifesaverStatus, WearSite
from app.models.vocab import Role
from app.models.work import Actor
from app.services import lifesaver, lifesaver_care, lifesaver_kit, registry
from tests import factories
from tests.conftest import Office

ANSWERS = {one.value: "yes" for one in Criterion}
CAREGIVERS: list[dict[str, Any]] = [
    {
        "name": "Nora Rennick",
        "position": "primary",
        "relation": "Mother",
        "phone": "+15555550142",
        "safe_to_use": "yes",
        "duties": [duty.value for duty in CaregiverDuty],
        "agreed_on": "2025-04-28",
    },
    {"name": "Sol Rennick", "position": "backup", "relation": "Aunt", "phone": "+15555550144", "safe_to_use": "yes"},
]


def day(year: int, month: int, at: int, hour: int = 17, minute: int = 0) -> datetime:
    """A moment of a day, noon in Toronto or about when not said."""
    return datetime(year, month, at, hour, minute, tzinfo=UTC)


@dataclass
class Programme:
    """The office with a coordinator, a supervisor, a search specialist and a dispatcher of the programme."""

    office: Office
    reg: Actor
    sup: Actor
    ess: Actor
    dsp: Actor

    def transmitter(self, serial: str, khz: int | None = 216_150) -> str:
        """One in stock."""
        command = lifesaver_kit.AddTransmitter(serial=serial, model="PLT-2", pulse_ms=1000, frequency_khz=khz)
        return self.office.do(self.reg, lifesaver_kit.add_transmitter, command)

    def accepted(self, **person: Any) -> str:
        """A client who may be enrolled, of a new registration; at least one transmitter is in stock."""
        registration_id = self.office.do(self.reg, registry.register, factories.registration(**person))
        inquiry = lifesaver.OpenInquiry(
            registration_id=registration_id,
            caregivers=CAREGIVERS,
            wear_site=WearSite.DOMINANT_WRIST,
            agreement_on=self.office.clock().date(),
            home_lat="43.5120",
            home_lon="-79.8820",
            hides="Under porches",
        )
        client_id = self.office.do(self.reg, lifesaver.open_inquiry, inquiry)
        screen = lifesaver.ScreenClient(client_id=client_id, answers=ANSWERS)
        assert self.office.do(self.reg, lifesaver.screen_client, screen) is LifesaverStatus.ACCEPTED
        return client_id

    def issue(self, transmitter_id: str, client_id: str) -> str:
        """Hand it over."""
        command = lifesaver_kit.IssueTransmitter(transmitter_id=transmitter_id, client_id=client_id)
        return self.office.do(self.reg, lifesaver_kit.issue_transmitter, command)

    def battery(self, client_id: str, installed: date | None = None) -> str:
        """Put one in."""
        command = lifesaver_care.RecordBattery(client_id=client_id, installed_on=installed, steps=("band", "skin"))
        return self.office.do(self.reg, lifesaver_care.record_battery, command)

    def enrolled(self, serial: str = "T-044", khz: int = 216_150, **person: Any) -> str:
        """A client who wears a transmitter with a battery of today."""
        transmitter_id = self.transmitter(serial, khz)
        client_id = self.accepted(**person)
        self.issue(transmitter_id, client_id)
        self.battery(client_id)
        self.office.do(self.reg, lifesaver.enrol_client, lifesaver.EnrolClient(client_id=client_id))
        return client_id

    def client(self, client_id: str) -> LifesaverClient:
        """The client as it stands."""
        return self.office.get(LifesaverClient, client_id)

    def held(self, transmitter_id: str) -> list[EquipmentIssue]:
        """The hand-overs of a transmitter that have not ended."""
        return self.office.found(
            EquipmentIssue, EquipmentIssue.transmitter_id == transmitter_id, EquipmentIssue.end.is_(None)
        )

    def serial(self, serial: str) -> Transmitter:
        """A transmitter by what is written on it."""
        (found,) = self.office.found(Transmitter, Transmitter.serial == serial)
        return found


def programme(office: Office) -> Programme:
    """Made anew in an office."""
    return Programme(
        office,
        reg=office.member(Role.REG, "R. Registrar"),
        sup=office.member(Role.SUP, "S. Supervisor"),
        ess=office.member(Role.ESS, "E. Specialist"),
        dsp=office.member(Role.DSP, "D. Dispatcher"),
    )


def lines(*days: date, **other: Any) -> tuple[lifesaver_care.TestLine, ...]:
    """Lines of a caregiver's sheet on which all was well."""
    return tuple(replace(lifesaver_care.TestLine(tested_on=one, initials="NR"), **other) for one in days)


@contextmanager
def refused(words: str) -> Iterator[None]:
    """Within: a rule is broken, and the sentence that people read says `words`."""
    with pytest.raises(RuleBroken) as problem:
        yield
    assert words in problem.value.sentence, problem.value.sentence
