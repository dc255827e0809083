"""A small form to publish in tests, and how its answers are given."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from app.forms import shipped, stored
from app.forms.session import FormSession
from app.queries.forms import AnswerEntry

VISIT = """<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
 xmlns:jr="http://openrosa.org/javarosa">
<h:head><h:title>{title}</h:title><model>
<itext>
<translation lang="English (en)" default="true()">
<text id="/data/who:label"><value>Who came</value></text>
<text id="/data/what:label"><value>What was said</value></text></translation>
<translation lang="Français (fr)">
<text id="/data/who:label"><value>Qui est venu</value></text>
<text id="/data/what:label"><value>Ce qui a été dit</value></text></translation>
</itext>
<instance><data id="{id}" version="{version}" title_fr="Visite"><who/><what/></data></instance>
<bind nodeset="/data/who" type="string" required="true()"/>
<bind nodeset="/data/what" type="string"/>{more}
</model></h:head><h:body>
<input ref="/data/who"><label ref="jr:itext('/data/who:label')"/></input>
<input ref="/data/what" appearance="multiline"><label ref="jr:itext('/data/what:label')"/></input>
</h:body></h:html>
"""


def visit(version: str = "1", *, title: str = "Visit", more: str = "") -> bytes:
    """The XForm of a form with two questions, in English and French; the first must be answered."""
    return VISIT.format(id="visit", version=version, title=title, more=more).encode()


def answered(found: AnswerEntry, values: Mapping[str, str]) -> bytes:
    """The state of an answer once some questions were answered, as a page hands it over."""
    form = (
        stored.definition(found.form.xform, found.form.attachments)
        if found.form.xform
        else shipped.definition(found.form.form_id, found.form.version)
    )
    session = FormSession(
        form,
        now=lambda: datetime(2026, 1, 20, 15, 0, tzinfo=UTC),
        seed=1,
        new_uuid=lambda: "u",
        state=stored.unpacked(found.state),
    )
    for path, value in values.items():
        session.set(path, value)
    return session.state()
