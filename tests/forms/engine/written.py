"""Small XForms written in the test, and sessions of them with a clock that stands still."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from xml.sax.saxutils import escape, quoteattr

from app.forms.definition import FormDefinition, load
from app.forms.session import FormSession

NOON = datetime(2026, 3, 15, 12, 0, tzinfo=UTC)
TORONTO_WINTER = timezone(timedelta(hours=-5))

_FORM = """<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
 xmlns:jr="http://openrosa.org/javarosa" xmlns:odk="http://www.opendatakit.org/xforms"
 xmlns:orx="http://openrosa.org/xforms">
<h:head><h:title>Written</h:title><model>{itext}<instance><data id="written" version="1">{instance}</data></instance>
{more}{binds}</model></h:head><h:body>{body}</h:body></h:html>"""


def xform(instance: str, *, binds: str = "", body: str = "", more: str = "", itext: str = "") -> bytes:
    """An XForm of these parts."""
    return _FORM.format(itext=itext, instance=instance, more=more, binds=binds, body=body).encode()


def bind(path: str, **rules: str) -> str:
    """A bind of `/data/PATH`; `kind` is its type."""
    kind = rules.pop("kind", "string")
    written = " ".join(f"{name}={quoteattr(rule)}" for name, rule in rules.items())
    return f'<bind nodeset="/data/{path}" type="{kind}" {written}/>'


def asked(path: str, inner: str = "", kind: str = "input") -> str:
    """A question about `/data/PATH`."""
    return f'<{kind} ref="/data/{path}"><label>{escape(path)}</label>{inner}</{kind}>'


def opened(
    form: bytes | FormDefinition,
    *,
    now: datetime = NOON,
    language: str = "",
    seed: int = 1,
    state: bytes | None = None,
    attachments: Mapping[str, bytes] | None = None,
) -> FormSession:
    """A session of the form."""
    numbers = itertools.count(1)
    return FormSession(
        form if isinstance(form, FormDefinition) else load(form, attachments or {}),
        language=language,
        now=lambda: now,
        seed=seed,
        new_uuid=lambda: f"00000000-0000-4000-8000-{next(numbers):012d}",
        state=state,
    )


def value(session: FormSession, path: str) -> str:
    """The value at `/data/PATH`."""
    return session.node(f"/data/{path}").value


def result(
    expression: str, *, now: datetime = NOON, attachments: Mapping[str, bytes] | None = None, **nodes: str
) -> str:
    """What a calculation gives, in a form whose other questions have these values."""
    instance = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in nodes.items()) + "<r/>"
    return value(opened(xform(instance, binds=bind("r", calculate=expression)), now=now), "r")
