"""Copy choice, order warnings, the vulnerability screen, follow-up, closing, what is missing (domain.md 3, 4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from app.models.rules import child_protection, closing, follow_up, missing, needs, plan, plan_catalogue
from app.models.rules.ages import AgeRange
from app.models.rules.consent import ConsentState
from app.models.vocab import (
    AccusedWhereabouts,
    Cadence,
    CopyChoice,
    NeedDomain,
    NeedLevel,
    OffenceGroup,
    PlanSection,
    ReferralStatus,
    Right,
    RightAnswer,
    RoleInEvent,
    SupportLevel,
    TaskKind,
    TaskStatus,
    VulnerabilityFactor,
)

TERMS = follow_up.FollowUpTerms(72, 24, (14, 30), (7, 14, 21, 28), 14, 30)
EVENT = datetime(2026, 3, 7, 23, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("choice", "form", "export", "may"),
    [
        (CopyChoice.NO_COPY, "F-401", False, False),
        (CopyChoice.NO_COPY, "F-403", True, False),
        (CopyChoice.FULL, "F-401", False, True),
        (CopyChoice.WALLET, "F-402", False, True),
        (CopyChoice.WALLET, "F-401", False, False),
        (CopyChoice.DIGITAL, "F-401", True, True),
        (CopyChoice.DIGITAL, "F-401", False, False),
        (CopyChoice.TRUSTED, "F-405", False, True),
        (None, "F-401", False, False),
        (None, "F-403", False, True),
        (CopyChoice.NO_COPY, "F-302", False, True),
    ],
)
def test_what_the_copy_choice_lets_print(choice: CopyChoice | None, form: str, export: bool, may: bool) -> None:
    assert (plan.copy_refusal(form, choice, export) is None) is may


def test_an_order_that_ended_keeps_its_banner_and_an_unknown_one_is_red() -> None:
    ended = plan.order_warning(date(2026, 1, 10), date(2026, 1, 20), (60, 30, 7))
    assert ended is not None
    assert ended.days_left == -10
    unknown = plan.order_warning(None, date(2026, 1, 20), (60, 30, 7))
    assert unknown is not None
    assert unknown.unknown_expiry


def test_a_trigger_asks_for_a_review_at_once() -> None:
    assert plan.is_review_due(date(2026, 2, 1), date(2026, 1, 20), triggered=True)
    assert not plan.is_review_due(date(2026, 2, 1), date(2026, 1, 31))
    assert plan.is_review_due(date(2026, 2, 1), date(2026, 2, 1))


def test_every_section_suggests_something_and_codes_are_unique() -> None:
    codes = [one.code for items in plan_catalogue.CATALOGUE.values() for one in items]
    assert set(plan_catalogue.CATALOGUE) == set(PlanSection)
    assert len(codes) == len(set(codes)) > 90
    assert len({one.code for one in plan_catalogue.DOCUMENTS}) == len(plan_catalogue.DOCUMENTS) == 28
    assert plan_catalogue.item_text("pets.photo") == "A photo of each animal with me"
    assert plan_catalogue.item_text("from.a.newer.version") == ""
    assert plan_catalogue.document_text("My violin") == "My violin"


@pytest.mark.parametrize(
    ("known", "factor"),
    [
        (
            needs.Screened(offences=frozenset({"homicide"}), role=RoleInEvent.FAMILY),
            VulnerabilityFactor.HOMICIDE_FAMILY,
        ),
        (needs.Screened(offences=frozenset({"sexual_assault"})), VulnerabilityFactor.SEXUAL_OFFENCE),
        (needs.Screened(offences=frozenset({"trafficking"})), VulnerabilityFactor.TRAFFICKING),
        (needs.Screened(offences=frozenset({"ipv"}), high_risk=True), VulnerabilityFactor.HIGH_RISK_IPV),
        (needs.Screened(ages=AgeRange(17, 17)), VulnerabilityFactor.DEPENDENT),
        (needs.Screened(offences=frozenset({"hate_crime"})), VulnerabilityFactor.HATE_CRIME),
        (needs.Screened(suicide_concern=True), VulnerabilityFactor.SUICIDE),
        (needs.Screened(accused=AccusedWhereabouts.GONE), VulnerabilityFactor.ACCUSED_AT_LARGE),
        (
            needs.Screened(levels={NeedDomain.MONEY: NeedLevel.URGENT, NeedDomain.HOUSING: NeedLevel.URGENT}),
            VulnerabilityFactor.TWO_URGENT,
        ),
        (needs.Screened(seen=frozenset({VulnerabilityFactor.REPEAT})), VulnerabilityFactor.REPEAT),
    ],
)
def test_each_factor_leads_to_enhanced_support(known: needs.Screened, factor: VulnerabilityFactor) -> None:
    found = needs.factors(known, 2)
    assert found == {factor}
    assert needs.level(found) is SupportLevel.ENHANCED
    assert needs.level(found, SupportLevel.STANDARD) is SupportLevel.STANDARD


def test_nothing_known_is_standard_support() -> None:
    one_urgent = {NeedDomain.MONEY: NeedLevel.URGENT, NeedDomain.HOUSING: NeedLevel.DECLINED}
    known = needs.Screened(offences=frozenset({"ipv", "homicide"}), role=RoleInEvent.DIRECT, levels=one_urgent)
    assert needs.factors(known, 2) == frozenset()
    assert needs.level(frozenset()) is SupportLevel.STANDARD
    assert needs.level(frozenset(), SupportLevel.ENHANCED) is SupportLevel.ENHANCED


def test_standard_follow_up_over_a_clock_change() -> None:
    first, *later = follow_up.due_dates(Cadence.STANDARD, EVENT, "America/Toronto", TERMS)
    assert first.at == EVENT + timedelta(hours=72)
    assert [one.on for one in later] == [date(2026, 3, 21), date(2026, 4, 6)]
    assert follow_up.next_after(Cadence.STANDARD, later[-1], TERMS) is None


def test_enhanced_follow_up_goes_on_every_two_weeks() -> None:
    first, *later = follow_up.due_dates(Cadence.ENHANCED, EVENT, "America/Toronto", TERMS)
    assert first.at == EVENT + timedelta(hours=24)
    assert [one.on for one in later] == [date(2026, 3, day) for day in (14, 21, 28)] + [date(2026, 4, 4)]
    following = follow_up.next_after(Cadence.ENHANCED, later[-1], TERMS)
    assert following == follow_up.Due(5, on=date(2026, 4, 18))
    assert follow_up.conference_on(Cadence.ENHANCED, EVENT, "America/Toronto", TERMS) == date(2026, 4, 6)
    assert follow_up.due_dates(Cadence.NONE_WANTED, EVENT, "America/Toronto", TERMS) == ()


def test_unable_to_reach_needs_three_attempts_over_ten_business_days() -> None:
    attempts = [date(2026, 1, 5), date(2026, 1, 9), date(2026, 1, 19)]
    assert follow_up.may_give_up(attempts, date(2026, 1, 19), 3, 10)
    assert not follow_up.may_give_up(attempts, date(2026, 1, 16), 3, 10)
    assert not follow_up.may_give_up(attempts[:2], date(2026, 3, 1), 3, 10)


def test_closing_lists_everything_in_the_way() -> None:
    told: dict[Right, RightAnswer | None] = dict.fromkeys(Right, RightAnswer.TOLD)
    order = closing.OpenTask("t1", TaskKind.ORDER_EXPIRY, TaskStatus.OPEN, "An order ends in 7 days")
    escalated = closing.OpenTask("t2", TaskKind.PLAN_REVIEW, TaskStatus.ESCALATED, "Review of the safety plan")
    call = closing.OpenTask("t3", TaskKind.FOLLOW_UP, TaskStatus.OPEN, "Follow-up call")
    sent = closing.ReferralState("r1", ReferralStatus.SENT, False)
    checked = replace(sent, id="r2", status=ReferralStatus.CONNECTED, outcome_checked=True)
    drafted = replace(sent, id="r3", status=ReferralStatus.DRAFT)
    later = {**told, Right.MONEY: RightAnswer.LATER}
    found = closing.blockers([order, escalated, call], later, [sent, checked, drafted], ConsentState.NONE)
    assert [one.record_id for one in found] == ["t1", "t2", "", "r1", ""]
    assert [one.kind for one in found] == ["task", "task", "rights_item", "referral", "consent"]
    done = [replace(order, status=TaskStatus.DONE), replace(escalated, status=TaskStatus.HANDED_OVER), call]
    assert closing.blockers(done, told, [checked, drafted], ConsentState.WITHDRAWN) == ()


@pytest.mark.parametrize(
    ("offences", "people", "children", "prompted"),
    [
        ([OffenceGroup.CHILD_ABUSE], [AgeRange(15, 15)], 0, True),
        ([OffenceGroup.CHILD_ABUSE], [None], 0, True),
        ([OffenceGroup.CHILD_ABUSE], [AgeRange(40, 40)], 0, False),
        ([OffenceGroup.IPV], [AgeRange(34, 34)], 2, True),
        ([OffenceGroup.IPV], [AgeRange(34, 34)], None, False),
        ([OffenceGroup.THEFT], [AgeRange(10, 10)], 3, False),
    ],
)
def test_when_the_duty_to_report_is_prompted(
    offences: list[OffenceGroup], people: list[AgeRange | None], children: int | None, prompted: bool
) -> None:
    assert child_protection.prompts(offences, people, children) is prompted


def test_an_unsafe_guardian_always_prompts() -> None:
    assert child_protection.prompts([], [], None, guardian_unsafe=True)


def test_what_is_missing_follows_the_form_and_never_the_empty_answer_no() -> None:
    assert "Meeting point" in missing.missing("service_request", {"response_wanted": "on_scene"})
    assert "Meeting point" not in missing.missing("service_request", {"response_wanted": "phone_now"})
    assert missing.missing("person", {"preferred_name": "Dana", "languages": [{"code": "pt"}]}) == (
        "Whether the address is confidential",
    )
    complete = {"unknown_label": "Child 1", "languages": [{"code": "en"}], "address_confidential": False}
    assert missing.missing("person", complete) == ()
    assert "Children on scene" not in missing.missing("service_request", {"children_on_scene": 0})
    assert missing.missing("a_kind_of_tomorrow", {}) == ()
