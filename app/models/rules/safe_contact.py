"""Whether and how a person may be contacted in one way now (domain.md 2.3). The same answer for every screen.

Unknown is never yes: a contact that nobody asked about is not safe. `Decision.instructions` are shown before dialling.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from app.models.vocab import CallerId, Channel, ContactKind, Tri, Voicemail
from app.words import mark


class Verdict(StrEnum):
    """May this contact be used by this channel now."""

    ALLOWED = "allowed"
    REFUSED = "refused"
    NEEDS_OVERRIDE = "needs_override"


class InstructionKind(StrEnum):
    """What an instruction is about; screens choose the icon by it."""

    VOICEMAIL = "voicemail"
    CALLER_ID = "caller_id"
    SAY_YOU_ARE = "say_you_are"
    CODE_WORD = "code_word"
    DANGER_WORD = "danger_word"
    TIMES = "times"
    WHO_ELSE = "who_else"
    WARNING = "warning"


@dataclass(frozen=True)
class Instruction:
    """One instruction: a marked text and the values for its places."""

    kind: InstructionKind
    text: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Reach:
    """What is known of one way to reach a person, as plain values (`models.people.SafeContact`)."""

    kind: ContactKind | None = None
    safe_to_use: Tri | None = None
    voicemail: Voicemail | None = None
    text_ok: Tri | None = None
    email_ok: Tri | None = None
    mail_ok: Tri | None = None
    caller_id: CallerId | None = None
    say_you_are: str | None = None
    code_word_ok: str | None = None
    code_word_danger: str | None = None
    safe_times: tuple[Mapping[str, Any], ...] = ()
    who_else_answers: str | None = None
    confirmed_on: date | None = None
    deceased: bool = False


@dataclass(frozen=True)
class Decision:
    """The answer, the sentence that explains a no (marked text), and what must be shown first."""

    verdict: Verdict
    text: str = ""
    instructions: tuple[Instruction, ...] = ()


CHANNELS: dict[ContactKind, frozenset[Channel]] = {
    ContactKind.PHONE: frozenset({Channel.PHONE, Channel.TEXT, Channel.VIDEO}),
    ContactKind.EMAIL: frozenset({Channel.EMAIL, Channel.VIDEO}),
    ContactKind.ADDRESS: frozenset({Channel.MAIL, Channel.HOME}),
    ContactKind.PERSON: frozenset({Channel.PHONE, Channel.OTHER}),
}
"""The channels that each kind of contact can carry."""

_VOICEMAIL = {
    Voicemail.NONE: mark("Do not leave a message"),
    Voicemail.GENERIC: mark("Leave only a generic message: no name of the service, no reason"),
    Voicemail.FULL: mark("A full message may be left"),
}
_CALLER_ID = {
    CallerId.BLOCK: mark("Block caller ID"),
    CallerId.SHOW: mark("The service's number may be shown"),
    CallerId.ALTERNATE: mark("Call from the alternate number"),
}
_REFUSED = {
    Channel.TEXT: mark("Text messages are not known to be safe here. Ask the person first, in a way that is safe."),
    Channel.EMAIL: mark("E-mail is not known to be safe here. Ask the person first, in a way that is safe."),
    Channel.MAIL: mark("Letters are not known to be safe here. Ask the person first, in a way that is safe."),
}
WRONG_CHANNEL = mark("This way of contact does not fit: choose a telephone number, an e-mail or a postal address.")
DECEASED = mark("This person has died. Nothing is sent to them and nobody calls them.")
NOT_SAFE = mark("This contact is not safe to use. Using it anyway needs a reason, which is recorded.")
NOT_ASKED = mark("Nobody has asked whether this contact is safe. Using it anyway needs a reason, which is recorded.")
NOT_NOW = mark("This is outside the times that are safe. Contacting now needs a reason, which is recorded.")


def decide(reach: Reach, channel: Channel, local_now: datetime, stale_after_days: int) -> Decision:
    """May `reach` be used by `channel` at the local time `local_now`?"""
    shown = instructions(reach, channel, local_now.date(), stale_after_days)
    if reach.deceased:
        return Decision(Verdict.REFUSED, DECEASED, shown)
    if reach.kind is None or channel not in CHANNELS.get(reach.kind, frozenset()):
        return Decision(Verdict.REFUSED, WRONG_CHANNEL, shown)
    if channel in _REFUSED and _permission(reach, channel) is not Tri.YES:
        return Decision(Verdict.REFUSED, _REFUSED[channel], shown)
    if reach.safe_to_use is not Tri.YES:
        text = NOT_SAFE if reach.safe_to_use is Tri.NO else NOT_ASKED
        return Decision(Verdict.NEEDS_OVERRIDE, text, shown)
    if channel is not Channel.MAIL and not in_safe_times(reach.safe_times, local_now):
        return Decision(Verdict.NEEDS_OVERRIDE, NOT_NOW, shown)
    return Decision(Verdict.ALLOWED, "", shown)


def instructions(reach: Reach, channel: Channel, today: date, stale_after_days: int) -> tuple[Instruction, ...]:
    """What must be shown before this contact is used, the most protective answer where none was given."""
    shown: list[Instruction] = []
    if channel in (Channel.PHONE, Channel.VIDEO):
        shown.append(Instruction(InstructionKind.VOICEMAIL, _VOICEMAIL[reach.voicemail or Voicemail.NONE]))
        shown.append(Instruction(InstructionKind.CALLER_ID, _CALLER_ID[reach.caller_id or CallerId.BLOCK]))
    shown += _typed(InstructionKind.SAY_YOU_ARE, mark("Say you are {name}"), "name", reach.say_you_are)
    shown += _typed(InstructionKind.CODE_WORD, mark("Safe to talk: “{word}”"), "word", reach.code_word_ok)
    danger = mark("Not safe, call police: “{word}”")
    shown += _typed(InstructionKind.DANGER_WORD, danger, "word", reach.code_word_danger)
    shown += [_time_instruction(span) for span in reach.safe_times]
    shown += _typed(InstructionKind.WHO_ELSE, mark("Others may answer: {people}"), "people", reach.who_else_answers)
    if is_stale(reach.confirmed_on, today, stale_after_days):
        shown.append(_stale_warning(reach.confirmed_on))
    return tuple(shown)


def is_stale(confirmed_on: date | None, today: date, stale_after_days: int) -> bool:
    """Whether nobody has confirmed this contact for too long."""
    return confirmed_on is None or (today - confirmed_on).days > stale_after_days


def in_safe_times(spans: tuple[Mapping[str, Any], ...], local_now: datetime) -> bool:
    """Whether `local_now` lies in one of the safe times; without any, every time is meant.

    A span whose end is not after its start goes on past midnight. A damaged span is never safe.
    """
    return not spans or any(_within(span, local_now) for span in spans)


def _permission(reach: Reach, channel: Channel) -> Tri | None:
    return {Channel.TEXT: reach.text_ok, Channel.EMAIL: reach.email_ok, Channel.MAIL: reach.mail_ok}[channel]


def _within(span: Mapping[str, Any], local_now: datetime) -> bool:
    try:
        day, start, end = int(span["weekday"]), time.fromisoformat(span["from"]), time.fromisoformat(span["to"])
    except (KeyError, TypeError, ValueError):
        return False
    now, weekday = local_now.time(), local_now.weekday()
    if start < end:
        return weekday == day and start <= now < end
    return (weekday == day and now >= start) or (weekday == (day + 1) % 7 and now < end)


def _typed(kind: InstructionKind, text: str, name: str, value: str | None) -> list[Instruction]:
    return [Instruction(kind, text, {name: value})] if value and value.strip() else []


_DAYS = (
    mark("Safe on Mondays from {start} to {end}"),
    mark("Safe on Tuesdays from {start} to {end}"),
    mark("Safe on Wednesdays from {start} to {end}"),
    mark("Safe on Thursdays from {start} to {end}"),
    mark("Safe on Fridays from {start} to {end}"),
    mark("Safe on Saturdays from {start} to {end}"),
    mark("Safe on Sundays from {start} to {end}"),
)
_UNREADABLE = mark("A safe time could not be read: ask again")


def _time_instruction(span: Mapping[str, Any]) -> Instruction:
    try:
        text = _DAYS[int(span["weekday"])]
        values = {"start": str(span["from"]), "end": str(span["to"])}
    except (KeyError, TypeError, ValueError, IndexError):
        return Instruction(InstructionKind.WARNING, _UNREADABLE)
    return Instruction(InstructionKind.TIMES, text, values)


def _stale_warning(confirmed_on: date | None) -> Instruction:
    if confirmed_on is None:
        return Instruction(InstructionKind.WARNING, mark("Nobody has confirmed these instructions yet"))
    text = mark("Last confirmed on {day}: ask whether this still holds")
    return Instruction(InstructionKind.WARNING, text, {"day": confirmed_on})
