"""Safe contact before any contact (domain.md 2.3): unknown is never yes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.models.rules.safe_contact import CHANNELS, Decision, InstructionKind, Reach, Verdict, decide, in_safe_times
from app.models.vocab import CallerId, Channel, ContactKind, Tri, Voicemail

TUESDAY = datetime(2026, 1, 20, 10, 0)
SAFE = Reach(
    kind=ContactKind.PHONE,
    safe_to_use=Tri.YES,
    voicemail=Voicemail.NONE,
    caller_id=CallerId.BLOCK,
    say_you_are="Bayview Dental",
    confirmed_on=date(2026, 1, 10),
)


def ask(reach: Reach, channel: Channel = Channel.PHONE, now: datetime = TUESDAY) -> Decision:
    return decide(reach, channel, now, 90)


def test_a_safe_number_may_be_called_and_says_how() -> None:
    decision = ask(SAFE)
    assert decision.verdict is Verdict.ALLOWED
    shown = [one.text.format(**one.values) for one in decision.instructions]
    assert shown == ["Do not leave a message", "Block caller ID", "Say you are Bayview Dental"]


@pytest.mark.parametrize("answer", [None, Tri.UNKNOWN, Tri.NO])
def test_what_is_not_known_to_be_safe_needs_a_reason(answer: Tri | None) -> None:
    assert ask(replace(SAFE, safe_to_use=answer)).verdict is Verdict.NEEDS_OVERRIDE


@pytest.mark.parametrize("answer", [None, Tri.UNKNOWN, Tri.NO])
@pytest.mark.parametrize(
    ("kind", "channel", "field"),
    [
        (ContactKind.PHONE, Channel.TEXT, "text_ok"),
        (ContactKind.EMAIL, Channel.EMAIL, "email_ok"),
        (ContactKind.ADDRESS, Channel.MAIL, "mail_ok"),
    ],
)
def test_writing_is_refused_unless_it_was_allowed(
    kind: ContactKind, channel: Channel, field: str, answer: Tri | None
) -> None:
    reach = replace(SAFE, kind=kind)
    refused: dict[str, Any] = {field: answer}
    allowed: dict[str, Any] = {field: Tri.YES}
    assert ask(replace(reach, **refused), channel).verdict is Verdict.REFUSED
    assert ask(replace(reach, **allowed), channel).verdict is Verdict.ALLOWED


def test_nothing_known_shows_the_most_protective_instructions() -> None:
    shown = [one.text for one in ask(Reach(kind=ContactKind.PHONE)).instructions]
    assert shown[:2] == ["Do not leave a message", "Block caller ID"]
    assert "Nobody has confirmed these instructions yet" in shown


def test_a_telephone_carries_no_letter_and_the_dead_get_nothing() -> None:
    assert ask(SAFE, Channel.MAIL).verdict is Verdict.REFUSED
    assert ask(replace(SAFE, deceased=True)).verdict is Verdict.REFUSED


@pytest.mark.parametrize(("confirmed", "stale"), [(date(2025, 10, 22), False), (date(2025, 10, 21), True)])
def test_a_confirmation_is_stale_after_90_days(confirmed: date, stale: bool) -> None:
    kinds = {one.kind for one in ask(replace(SAFE, confirmed_on=confirmed)).instructions}
    assert (InstructionKind.WARNING in kinds) is stale


def test_code_words_times_and_who_else_answers_are_shown() -> None:
    span = {"weekday": 1, "from": "09:00", "to": "12:00"}
    reach = replace(
        SAFE, code_word_ok="maple", code_word_danger="thunder", who_else_answers="Her sister", safe_times=(span,)
    )
    shown = [one.text.format(**one.values) for one in ask(reach).instructions]
    assert "Safe to talk: “maple”" in shown
    assert "Not safe, call police: “thunder”" in shown
    assert "Others may answer: Her sister" in shown
    assert "Safe on Tuesdays from 09:00 to 12:00" in shown


def test_outside_the_safe_times_a_call_needs_a_reason_and_a_letter_does_not() -> None:
    span = {"weekday": 1, "from": "09:00", "to": "09:30"}
    reach = replace(SAFE, safe_times=(span,))
    assert ask(reach).verdict is Verdict.NEEDS_OVERRIDE
    letter = replace(reach, kind=ContactKind.ADDRESS, mail_ok=Tri.YES)
    assert ask(letter, Channel.MAIL).verdict is Verdict.ALLOWED


def test_a_safe_time_past_midnight_and_a_damaged_one() -> None:
    night = ({"weekday": 1, "from": "22:00", "to": "02:00"},)
    assert in_safe_times(night, datetime(2026, 1, 20, 23, 0))
    assert in_safe_times(night, datetime(2026, 1, 21, 1, 59))
    assert not in_safe_times(night, datetime(2026, 1, 21, 2, 0))
    assert not in_safe_times(night, datetime(2026, 1, 20, 1, 0))
    assert not in_safe_times(({"weekday": "x"},), TUESDAY)


tri = some.sampled_from([None, *Tri])


@given(some.sampled_from([None, *ContactKind]), some.sampled_from(list(Channel)), tri, tri, tri, tri, some.booleans())
def test_allowed_only_when_everything_that_must_be_yes_is_yes(
    kind: ContactKind | None,
    channel: Channel,
    safe: Tri | None,
    text: Tri | None,
    email: Tri | None,
    mail: Tri | None,
    deceased: bool,
) -> None:
    reach = Reach(kind=kind, safe_to_use=safe, text_ok=text, email_ok=email, mail_ok=mail, deceased=deceased)
    written = {Channel.TEXT: text, Channel.EMAIL: email, Channel.MAIL: mail}.get(channel, Tri.YES)
    fits = kind is not None and channel in CHANNELS[kind]
    expected = fits and safe is Tri.YES and written is Tri.YES and not deceased
    decision = ask(reach, channel)
    assert (decision.verdict is Verdict.ALLOWED) is expected
    assert bool(decision.text) is not expected
