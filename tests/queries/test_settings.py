"""The list of settings: nothing of the defaults is missing, and what it calls in force is what rules are given."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.errors import RuleBroken
from app.models.agency import Setting
from app.models.local.tables import DeviceState
from app.models.rules.defaults import DEFAULTS
from app.queries.settings import (
    FIELDS,
    Origin,
    SettingGroup,
    SettingKind,
    SettingRow,
    check_value,
    setting,
    settings_list,
)
from tests.queries.conftest import NOW, TODAY

KEY = "vsu.requester_callback_min"


def rows(store: Any, today: date = TODAY) -> dict[str, SettingRow]:
    return {row.field.name: row for row in settings_list(store.session, today=today)}


def test_every_key_of_the_defaults_has_one_row(store: Any) -> None:
    assert sorted(field.name for field in FIELDS) == sorted(DEFAULTS)
    assert list(rows(store)) == [field.name for field in FIELDS]


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_a_field_fits_the_default_of_its_key(field: Any) -> None:
    check_value(field, DEFAULTS[field.name])
    numeric = field.kind in (SettingKind.NUMBER, SettingKind.NUMBERS, SettingKind.MONEY)
    assert bool(field.unit) == numeric
    if numeric:
        wrong: Any = [0] if field.kind is SettingKind.NUMBERS else 0
    else:
        wrong = [] if field.kind is SettingKind.TEXTS else " "
    with pytest.raises(RuleBroken):
        check_value(field, wrong)


def test_groups_stand_together() -> None:
    order = [field.group for field in FIELDS]
    assert order == sorted(order, key=order.index)
    assert set(order) == set(SettingGroup)


def test_what_is_listed_is_what_rules_are_given(store: Any) -> None:
    colette = store.member("Colette", "SUP")
    store.add(Setting, name=KEY, value=20, effective_from=date(2026, 1, 1), effective_to=date(2026, 2, 28))
    store.add(Setting, name=KEY, value=15, effective_from=date(2026, 3, 1), created_by=colette)
    store.add(Setting, name=KEY, value=10, effective_from=date(2026, 3, 20))
    store.add(Setting, name=KEY, value=99, effective_from=date(2026, 3, 1), removed_at=NOW)
    store.add(Setting, name="vsu.needs_days", value=7, effective_from=date(2026, 1, 1), effective_to=date(2026, 1, 31))
    for day in (date(2025, 12, 31), date(2026, 1, 15), date(2026, 2, 28), date(2026, 3, 1), date(2026, 4, 1)):
        listed = rows(store, day)
        for name, row in listed.items():
            own = row.version_on(day)
            assert row.value == setting(store.session, name, day)
            assert row.origin is (Origin.OWN if own else Origin.SHIPPED)
    row = rows(store)[KEY]
    assert (row.value, row.since, row.shipped) == (15, date(2026, 3, 1), 30)
    assert [(one.value, one.replaced_on, one.author) for one in row.versions] == [
        (10, None, ""),
        (15, date(2026, 3, 20), "Colette"),
        (20, date(2026, 3, 1), ""),
    ]
    coming = row.coming(TODAY)
    assert coming is not None
    assert coming.value == 10
    assert row.coming(date(2026, 3, 20)) is None


def test_of_two_versions_of_one_day_the_newer_comes(store: Any) -> None:
    store.add(Setting, name=KEY, value=20, effective_from=date(2026, 4, 1))
    store.add(Setting, name=KEY, value=25, effective_from=date(2026, 4, 1))
    row = rows(store)[KEY]
    coming = row.coming(TODAY)
    assert coming is not None
    assert (coming.value, row.value, row.origin) == (25, 30, Origin.SHIPPED)


def test_until_it_is_set_the_service_is_called_what_the_server_calls_it(store: Any) -> None:
    store.session.add(DeviceState(name="agency_name", value="Lakeshore Victim Services"))
    store.session.flush()
    for name in ("service.name", "service.name_fr"):
        assert setting(store.session, name, TODAY) == "Lakeshore Victim Services"
        assert rows(store)[name].origin is Origin.SERVER
    assert setting(store.session, "service.neutral_name", TODAY) == DEFAULTS["service.neutral_name"]
    store.add(Setting, name="service.name", value="Lakeshore Support", effective_from=TODAY)
    assert setting(store.session, "service.name", TODAY) == "Lakeshore Support"
    assert setting(store.session, "service.name", date(2026, 3, 9)) == "Lakeshore Victim Services"
    assert rows(store)["service.name"].origin is Origin.OWN


def test_the_name_of_the_fact_is_the_one_that_enrolment_writes() -> None:
    from app.queries import settings
    from app.sync.client import facts

    assert settings._AGENCY_NAME == facts.AGENCY_NAME


@pytest.mark.parametrize("name", ["service.name", "service.phone", "vsu.followup_days", "service.municipalities"])
def test_too_much_twice_or_of_another_kind_is_refused(name: str) -> None:
    field = next(field for field in FIELDS if field.name == name)
    listed = field.kind in (SettingKind.TEXTS, SettingKind.NUMBERS)
    wrongs: list[Any] = [["a", "A"], [3, 3], [400], ["x" * 81], [True], None] if listed else ["x" * 121, 5, None]
    for wrong in wrongs:
        with pytest.raises(RuleBroken):
            check_value(field, wrong)
