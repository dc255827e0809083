"""Plays a form as the command `python -m app.forms run` does: a definition, steps in order, what each node then is.

A workbook is converted here, in the test's own process, by the same function that the bounded child calls: a process
for each of some hundred forms would cost minutes. The child has tests of its own in `tests/forms/engine`.
"""

from __future__ import annotations

import itertools
import re
import uuid
from collections.abc import Mapping
from datetime import datetime

from lxml import etree

from app.forms.child import Request, answer
from app.forms.definition import FormDefinition, load
from app.forms.limits import LIMITS
from app.forms.problems import FormRefused
from app.forms.session import FormSession

_STEP = re.compile(r"^([^\[]+)(?:\[(\d+)\])?$")


def definition_of(
    form: str | bytes, attachments: Mapping[str, bytes] | None = None, name: str = "form.md"
) -> FormDefinition:
    """The definition of a form: the XML of an XForm, or an XLSForm of the kind that `name` ends in."""
    data = form.encode("utf-8") if isinstance(form, str) else form
    given = dict(attachments or {})
    if name.endswith(".xml") or re.match(rb"\s*<(?!!--)", data):
        return load(data, given)
    made = answer(Request(data, name, LIMITS, given))
    if made.errors:
        raise FormRefused(made.errors)
    return load(made.xml, {**given, **made.attachments})


def begin(definition: FormDefinition, *, now: datetime, language: str = "", seed: int = 1) -> FormSession:
    """A session whose clock stands still and whose identifiers are the same each time."""
    counter = itertools.count(1)

    def new_uuid() -> str:
        return str(uuid.UUID(int=next(counter), version=4))

    return FormSession(definition, language=language, now=lambda: now, seed=seed, new_uuid=new_uuid)


def in_submission(xml: bytes, path: str) -> str | None:
    """The text at a path of a submission, whatever the namespaces; None when it is not there."""
    here = etree.fromstring(xml)
    names = path.strip("/").split("/")
    assert etree.QName(here).localname == names[0]
    for step in names[1:]:
        found = _STEP.match(step)
        assert found, path
        same = [kid for kid in here if isinstance(kid.tag, str) and etree.QName(kid).localname == found[1]]
        number = int(found[2] or 1)
        if len(same) < number:
            return None
        here = same[number - 1]
    return here.text or ""
