"""Small helpers that the windows of a case share: options from closed lists, days and moments as people say them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.models.vocab import Listed, Precision
from app.queries.languages import NAMES, name_of
from app.views.common.dates import spoken_moment
from app.views.common.moments import Moment, write_date
from app.views.common.wording import Wording, locale
from app.views.programme import Context
from app.words import tr


def options(listed: Iterable[Listed]) -> list[tuple[Hashable, Wording]]:
    """Each member of a closed list as an option: its code, and its words in the language of the moment."""
    return [(member, member.label) for member in listed]


def marked(texts: dict[str, str]) -> list[tuple[Hashable, Wording]]:
    """Marked texts by code as options."""
    return [(code, _later(text)) for code, text in texts.items()]


def _later(text: str) -> Callable[[], str]:
    return lambda: tr(text)


def zone_of(context: Context) -> ZoneInfo:
    """The service's time zone."""
    return ZoneInfo(context.zone)


def today(context: Context) -> date:
    """The service's calendar day of this moment."""
    return context.clock().astimezone(zone_of(context)).date()


def day_words(day: date | None) -> str:
    """A day as a person writes it; nothing for None."""
    return write_date(day, locale())


def moment_words(context: Context, when: datetime | None, precision: Precision | None = None) -> str:
    """A moment in the service's zone; nothing for None."""
    if when is None:
        return ""
    return spoken_moment(Moment(when, precision or Precision.EXACT), zone_of(context))


def moment_of(when: datetime | None, precision: Precision | None) -> Moment | None:
    """What an `InstantField` shows."""
    if when is None and precision is None:
        return None
    return Moment(when, precision or Precision.EXACT)


def split_moment(answers: dict[str, Any], name: str, precision: str) -> dict[str, Any]:
    """The answers with the moment `name` as an instant and, under `precision`, how well it is known."""
    found = dict(answers)
    if isinstance(found.get(name), Moment):
        moment: Moment = found.pop(name)
        found |= {precision: moment.precision}
        found |= {name: moment.when} if moment.when is not None else {}
    return found


def only(answers: dict[str, Any], *names: str) -> dict[str, Any]:
    """Those of the answers that are named."""
    return {name: answers[name] for name in names if name in answers}


def language_name(code: str | None) -> str:
    """What a language is called in the interface's language; an unknown code as it is."""
    return tr(name_of(code)) if code else ""


def language_options() -> list[tuple[Hashable, Wording]]:
    """Every language that the service knows, as options."""
    return marked(NAMES)
