"""Going to the scene and the call-back clock (domain.md 3.5)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.models.rules import dispatch
from app.models.vocab import ConsentToContact, ResponseWanted, SceneSafe

ASKED = datetime(2026, 3, 8, 6, 45, tzinfo=UTC)  # 15 minutes before the clocks change


@pytest.mark.parametrize("scene", [None, *SceneSafe])
def test_only_police_who_stay_or_an_override_let_anyone_go(scene: SceneSafe | None) -> None:
    assert (dispatch.scene_refusal(scene, None) is None) is (scene is SceneSafe.POLICE_STAYING)
    assert (dispatch.scene_refusal(scene, "  ") is None) is (scene is SceneSafe.POLICE_STAYING)
    assert dispatch.scene_refusal(scene, "A second patrol comes") is None


@pytest.mark.parametrize(
    ("accepted", "override", "goes"), [(2, None, True), (1, None, False), (1, "Storm", True), (0, "Storm", False)]
)
def test_two_responders_or_one_with_an_override(accepted: int, override: str | None, goes: bool) -> None:
    assert (dispatch.responder_refusal(accepted, 2, override) is None) is goes


@pytest.mark.parametrize(("minutes", "left", "over"), [(0, 30, False), (29, 1, False), (30, 0, False), (31, -1, True)])
def test_the_clock_counts_real_minutes_over_a_clock_change(minutes: int, left: int, over: bool) -> None:
    now = ASKED + timedelta(minutes=minutes)
    clock = dispatch.call_back_clock(ResponseWanted.ON_SCENE, ASKED, None, now, 30)
    assert clock is not None
    assert (clock.minutes_left, clock.is_over, clock.met) == (left, over, None)


@pytest.mark.parametrize(("minutes", "met"), [(18, True), (30, True), (31, False)])
def test_the_call_back_is_met_or_late(minutes: int, met: bool) -> None:
    called = ASKED + timedelta(minutes=minutes)
    clock = dispatch.call_back_clock(ResponseWanted.ON_SCENE, ASKED, called, called + timedelta(hours=5), 30)
    assert clock is not None
    assert (clock.met, clock.is_over) == (met, False)


def test_a_request_that_is_not_for_the_scene_has_no_clock() -> None:
    assert dispatch.call_back_clock(ResponseWanted.PHONE_NOW, ASKED, None, ASKED, 30) is None


@pytest.mark.parametrize("consent", [None, *ConsentToContact])
def test_only_yes_lets_the_client_be_contacted(consent: ConsentToContact | None) -> None:
    assert (dispatch.contact_refusal(consent, False) is None) is (consent is ConsentToContact.YES)
    assert (dispatch.contact_refusal(consent, True) is None) is (consent is not ConsentToContact.REFUSED)
