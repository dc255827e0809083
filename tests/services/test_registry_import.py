"""Registrations from lists and submitted forms: what is taken, what may be a duplicate, what is refused and why."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from app.errors import NotAllowed, RuleBroken
from app.forms import shipped
from app.forms.session import FormSession
from app.models.registry import Registration, RegistryBatch, RegistryEvent
from app.models.rules import duplicates, registry_rows
from app.models.rules.registry_rows import RawRow
from app.models.vocab import (
    DistressRisk,
    Gender,
    RegistryAct,
    RegistryAuthority,
    RegistrySource,
    RegistryStatus,
    Role,
    Tri,
)
from app.models.work import Actor
from app.queries import registry_office
from app.services import registry, registry_import
from app.services.registry_import import ImportRegistrations, import_registrations, read_file
from tests import factories
from tests.conftest import Office

TODAY = date(2026, 1, 20)
LIST = """legal_first,legal_last,dob,gender,street,town,conditions,attractions,contact_name,contact_phone,contact2_name
Iris,Kestrel,1941-03-02,woman,3 Alder Road,Milton,dementia;diabetes,water,Ada Kestrel,555-555-0148,Otto Kestrel
Teo,Renick,2016-05-02,man,14 Maplewood Ln.,Milton,autism,none,Nora,5555550142,
,,1950-01-01,woman,1 Elm Street,Milton,dementia,none,,,
Ben,Alder,1950-13-01,man,2 Elm Street,Milton,dementia,none,,,
Cy,Alder,1950-01-02,man,2 Elm Street,Milton,sleepwalking,none,,,
"""


@pytest.fixture
def coordinator(office: Office) -> Actor:
    return office.member(Role.REG, "R. Registrar")


def listed(text: str = LIST) -> tuple[RawRow, ...]:
    return read_file("home.csv", text.encode())


def test_row_by_row_with_a_report(office: Office, coordinator: Actor) -> None:
    known = office.do(coordinator, registry.register, factories.registration())
    command = ImportRegistrations(rows=listed(), file_name="home.csv", facility="Alder House", contact="A. Kestrel")
    batch_id = office.do(coordinator, import_registrations, command)
    batch = office.get(RegistryBatch, batch_id)
    taken = batch.taken or []
    assert [(row["line"], row["duplicates"]) for row in taken] == [(2, []), (3, [known])]
    assert [(row["line"], row["why"][0][0]) for row in batch.refused or []] == [
        (4, registry_rows.NO_NAME),
        (5, registry_rows.NOT_A_DAY),
        (6, registry_rows.NOT_LISTED),
    ]
    assert "sleepwalking" not in str(batch.refused) and "1950" not in str(batch.refused)
    iris = office.get(Registration, taken[0]["registration_id"])
    assert (iris.status, iris.source, iris.facility) == (RegistryStatus.DRAFT, RegistrySource.PAPER, "Alder House")
    assert (iris.legal_first, iris.dob, iris.gender) == ("Iris", date(1941, 3, 2), Gender.WOMAN)
    assert iris.addresses == [{"kind": "home", "text": "3 Alder Road", "municipality": "Milton"}]
    assert iris.conditions == ["dementia", "diabetes"] and iris.attractions == ["water"]
    assert iris.contacts == [{"name": "Ada Kestrel", "phone": "+15555550148"}, {"name": "Otto Kestrel"}]
    assert [event.act for event in office.found(RegistryEvent, RegistryEvent.registration_id == iris.id)] == [
        RegistryAct.IMPORTED
    ]


def test_nothing_is_half_done(office: Office, coordinator: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    made = registry.new_registration
    count = 0

    def breaks(work: object, answers: object) -> Registration:
        nonlocal count
        count += 1
        if count == 2:
            raise RuleBroken("The disk said no.")
        return made(work, answers)  # type: ignore[arg-type]

    monkeypatch.setattr(registry_import, "new_registration", breaks)
    with pytest.raises(RuleBroken):
        office.do(coordinator, import_registrations, ImportRegistrations(rows=listed(), file_name="home.csv"))
    assert office.found(Registration) == [] and office.found(RegistryBatch) == []


def test_a_person_leaves_rows_out(office: Office, coordinator: Actor, supervisor: Actor) -> None:
    command = ImportRegistrations(rows=listed(), file_name="home.csv", without=frozenset({3}))
    with pytest.raises(NotAllowed):
        office.do(supervisor, import_registrations, command)
    batch = office.get(RegistryBatch, office.do(coordinator, import_registrations, command))
    assert [row["line"] for row in batch.taken or []] == [2]
    nothing = ImportRegistrations(rows=listed(), file_name="home.csv", without=frozenset({2, 3}))
    with pytest.raises(RuleBroken, match="nothing to take"):
        office.do(coordinator, import_registrations, nothing)


def test_two_of_one_file_are_noticed(office: Office, coordinator: Actor) -> None:
    head, first = LIST.splitlines()[:2]
    rows = listed("\n".join((head, first, first.replace("Kestrel,1941", "Kestral,1941"))))
    batch = office.get(
        RegistryBatch, office.do(coordinator, import_registrations, ImportRegistrations(rows=rows, file_name="x.csv"))
    )
    one, other = batch.taken or []
    assert one["duplicates"] == [] and other["duplicates"] == [one["registration_id"]]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no rows"),
        (b"legal_first,legal_last\n", "no rows"),
        (b"colour,shape\nred,round\n", "name the columns"),
        (b"\xff\xfe\x00l", "cannot be read"),
        (b"legal_first\nA\x00B\n", "cannot be read"),
        (b"<html/>", "not a submission"),
        (b"<!DOCTYPE d [<!ENTITY a 'aaaa'>]><data>&a;</data>", "not a submission"),
        (b"x" * (registry_import.LARGEST + 1), "too large"),
        (b"legal_first\n" + b"A\n" * 2001, "too long"),
    ],
)
def test_a_file_that_cannot_be_taken_says_why(data: bytes, said: str) -> None:
    with pytest.raises(RuleBroken, match=said):
        read_file("list.csv", data)


def test_titles_of_other_programs() -> None:
    text = "start;person/legal_first;person-legal_last;Date of birth\n2026-01-01;Ana;Test;1990-05-06\n"
    (row,) = read_file("kobo.csv", text.encode("utf-8-sig"))
    assert registry_rows.read(row, TODAY).answers == {
        "legal_first": "Ana",
        "legal_last": "Test",
        "dob": date(1990, 5, 6),
        "dob_precision": "exact",
    }


def test_a_submitted_form_becomes_a_draft(office: Office, coordinator: Actor) -> None:
    newest = next(form for form in shipped.shipped() if form.id == registry_import.FORM_ID)
    form = FormSession(
        shipped.definition(newest.id, newest.version),
        now=lambda: datetime(2026, 1, 20, 15, tzinfo=UTC),
        seed=1,
        new_uuid=lambda: str(uuid4()),
    )
    root = next(iter(form.nodes())).path.split("/")[1]

    def say(path: str, value: object) -> None:
        form.set(f"/{root}/{path}", value)  # type: ignore[arg-type]

    say("about_you/source", "online")
    say("about_you/submitter_name", "Nora Rennick")
    say("about_you/submitter_phone", "905-555-0142")
    say("about_you/authority", "power_of_attorney")
    say("consent/consent_registry", "yes")
    say("consent/consent_police", "no")
    say("person/legal_first", "Theo")
    say("person/legal_last", "Rennick")
    say("person/dob", "2016-05-02")
    say("places/address[1]/street", "14 Maplewood Lane")
    say("places/address[1]/town", "Milton")
    form.add(f"/{root}/places/address[2]")
    say("places/address[2]/address_kind", "school")
    say("places/address[2]/street", "2 School Road")
    say("places/address[2]/town", "Milton")
    say("movement/mobility", ["walks", "bike"])
    say("movement/swims", "no")
    say("dangers/risks", ["bolts"])
    say("haunts/places_known", "none_known")
    say("calming/triggers_known", "known")
    say("calming/triggers", "Sirens")
    (row,) = read_file("one.xml", form.instance_xml())
    batch_id = office.do(coordinator, import_registrations, ImportRegistrations(rows=(row,), file_name="one.xml"))
    (taken,) = office.get(RegistryBatch, batch_id).taken or []
    found = office.get(Registration, taken["registration_id"])
    assert (found.source, found.authority) == (RegistrySource.ONLINE_PRINT, RegistryAuthority.ATTORNEY)
    assert found.consents == {"registry": "yes", "share_police": "no"}
    assert found.submitter_phone == "+19055550142" and found.triggers == "Sirens"
    assert [(each["kind"], each["text"]) for each in found.addresses or []] == [
        ("home", "14 Maplewood Lane"),
        ("school", "2 School Road"),
    ]
    assert found.mobility == ["walks_well", "bike"] and found.swims is Tri.NO
    assert found.risks == [str(DistressRisk.BOLTS)] and found.places == []
    assert found.status is RegistryStatus.DRAFT


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Rennick", "Renick"),
        ("Beaudoin", "Bodouin"),
        ("Philippe", "Filip"),
        ("Thériault", "Teriau"),
        ("Steven", "Stephen"),
        ("Catherine", "Kathryn"),
        ("Lefebvre", "Lefebre"),
        ("Knight", "Night"),
    ],
)
def test_names_that_sound_alike(one: str, other: str) -> None:
    assert duplicates.sound(one) == duplicates.sound(other) != ""


@pytest.mark.parametrize(("one", "other"), [("Anna", "Otto"), ("Theo", "Leo"), ("Martin", "Morgan"), ("", "Ada")])
def test_names_that_do_not(one: str, other: str) -> None:
    assert duplicates.sound(one) != duplicates.sound(other)


def test_likeness_asks_for_two_of_three() -> None:
    base = {"legal_first": "Theo", "legal_last": "Rennick", "dob": date(2016, 5, 2)}
    home = {"addresses": [{"text": "14 Maplewood Lane, unit 3"}]}

    def alike(**other: object) -> bool:
        return duplicates.likeness(
            duplicates.traits({**base, **home}), duplicates.traits({**base, **home, **other})
        ).suspicious

    assert alike(dob=date(2016, 2, 5)), "day and month swapped"
    assert alike(dob=date(1999, 1, 1)), "name and address"
    assert alike(legal_first="Rennick", legal_last="Theo", addresses=[]), "names swapped, same birth date"
    assert alike(legal_first="Otto", addresses=[{"text": "14 MAPLEWOOD LN"}]), "birth date and address"
    assert not alike(legal_first="Otto", addresses=[{"text": "15 Maplewood Lane"}])
    assert not alike(dob=date(1999, 1, 1), addresses=[])


def test_possible_duplicates_are_asked_for(office: Office, coordinator: Actor) -> None:
    made = office.do(coordinator, registry.register, factories.registration())
    values = {"legal_first": "Teo", "legal_last": "Renick", "dob": date(2016, 5, 2)}
    with office.vault.read() as session:
        (row,) = registry_office.possible_duplicates(session, values, today=TODAY)
        assert (row.id, row.initials, row.likeness.name, row.likeness.born) == (made, "T. R.", True, True)
        assert registry_office.possible_duplicates(session, values, today=TODAY, without=(made,)) == ()
