"""Keeping and resuming an answered form, its submission, and the compiled form as bytes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from lxml import etree

from app.errors import EnvironmentProblem, RuleBroken
from app.forms.definition import FormDefinition, load
from app.forms.problems import FormRefused
from tests.forms.engine.written import NOON, asked, bind, opened, value, xform

_INSTANCE = """<start/><a/><b/><n/><p jr:template=""><x/></p><p><x/></p><hidden>kept</hidden><end/>
<meta><instanceID/><instanceName/></meta>"""
_RULES = (
    bind("start", kind="dateTime", **{"jr:preload": "timestamp", "jr:preloadParams": "start"})
    + bind("end", kind="dateTime", **{"jr:preload": "timestamp", "jr:preloadParams": "end"})
    + bind("a")
    + bind("b", relevant="/data/a = 'yes'")
    + bind("n", calculate="once(random())")
    + bind("meta/instanceID", **{"jr:preload": "uid"})
    + bind("meta/instanceName", calculate="concat('About ', /data/a)")
)
_BODY = asked("a") + asked("b") + '<group ref="/data/p"><repeat nodeset="/data/p">' + asked("p/x") + "</repeat></group>"
FORM = xform(_INSTANCE, binds=_RULES, body=_BODY)


def test_a_session_resumes_where_it_was() -> None:
    session = opened(FORM)
    session.set("/data/a", "yes")
    session.set("/data/b", "kept")
    session.set("/data/a", "no")
    session.add("/data/p")
    session.set("/data/p[2]/x", "é — 2")
    session.place = "/data/p[2]/x"
    resumed = opened(FORM, seed=99, state=session.state())
    assert resumed.place == "/data/p[2]/x"
    assert list(resumed.nodes()) == list(session.nodes())
    assert resumed.state() == session.state()
    assert resumed.instance_xml() == session.instance_xml()
    resumed.set("/data/a", "yes")
    assert value(resumed, "b") == "kept"


def test_instances_that_a_count_hides_are_kept_too() -> None:
    form = xform(
        '<n/><p jr:template=""><x/></p>',
        body=asked("n") + '<repeat nodeset="/data/p" jr:count="/data/n"><input ref="/data/p/x"/></repeat>',
    )
    session = opened(form)
    session.set("/data/n", 2)
    session.set("/data/p[2]/x", "second")
    session.set("/data/n", 1)
    resumed = opened(form, state=session.state())
    resumed.set("/data/n", 2)
    assert value(resumed, "p[2]/x") == "second"


def test_damaged_and_foreign_states_are_refused() -> None:
    state = opened(FORM).state()
    for damaged in (b"", state[:-1], state[:60] + bytes([state[60] ^ 1]) + state[61:], b"x" * 100):
        with pytest.raises(EnvironmentProblem):
            opened(FORM, state=damaged)
    other = FORM.replace(b'version="1"', b'version="2"')
    with pytest.raises(RuleBroken):
        opened(other, state=state)


def test_the_submission_is_as_odk_writes_it() -> None:
    session = opened(FORM)
    session.set("/data/a", "a < b & c")
    session.finish()
    root = etree.fromstring(session.instance_xml())
    assert (root.tag, root.get("id"), root.get("version")) == ("data", "written", "1")
    meta = "{http://openrosa.org/xforms}"
    found = {element.tag: element.text for element in root.iter()}
    assert found[f"{meta}instanceID"] == "uuid:00000000-0000-4000-8000-000000000001"
    assert found[f"{meta}instanceName"] == "About a < b & c"
    assert found["start"] == found["end"] == "2026-03-15T12:00:00.000+00:00"
    assert found["hidden"] == "kept"
    assert "b" not in found
    assert [element.tag for element in root] == ["start", "a", "n", "p", "hidden", "end", f"{meta}meta"]


def test_a_submission_is_taken_over() -> None:
    session = opened(FORM)
    session.set("/data/a", "yes")
    session.set("/data/b", "x")
    session.add("/data/p")
    session.set("/data/p[2]/x", "2")
    other = opened(FORM)
    other.load_instance(session.instance_xml())
    assert other.instance_xml() == session.instance_xml()


@pytest.mark.parametrize(
    "foreign",
    [
        b"<other/>",
        b'<data id="another"/>',
        b"no xml",
        b'<!DOCTYPE data [<!ENTITY e "x">]><data id="written">&e;</data>',
    ],
)
def test_what_is_no_submission_to_this_form_is_refused(foreign: bytes) -> None:
    with pytest.raises(RuleBroken):
        opened(FORM).load_instance(foreign)


def test_characters_that_xml_cannot_hold_are_left_out_of_the_submission() -> None:
    session = opened(FORM)
    session.set("/data/a", "a\x00b\x1fc\ud800d")
    assert etree.fromstring(session.instance_xml()).findtext("a") == "abcd"


def test_a_form_comes_back_from_its_bytes_the_same() -> None:
    definition = load(FORM)
    again = FormDefinition.from_bytes(definition.to_bytes())
    assert again.data == definition.data
    assert (again.id, again.version, again.title, again.languages) == ("written", "1", "Written", ())
    one, two = opened(definition), opened(again)
    for session in (one, two):
        session.set("/data/a", "yes")
    assert one.instance_xml() == two.instance_xml()


def test_damaged_bytes_of_a_form_are_refused() -> None:
    whole = load(FORM).to_bytes()
    for damaged in (
        b"",
        whole[:-1],
        whole[:100] + bytes([whole[100] ^ 1]) + whole[101:],
        b"\x80\x04pickle",
        whole[:40],
    ):
        with pytest.raises(EnvironmentProblem):
            FormDefinition.from_bytes(damaged)


@pytest.mark.parametrize(
    "broken",
    [
        b"", b"text", b"<html/>", b"<a><b></a>",
        b'<!DOCTYPE h [<!ENTITY x SYSTEM "file:///etc/passwd">]><h>&x;</h>',
        b"<a>" * 200 + b"</a>" * 200,
        b"<h:html xmlns:h='http://www.w3.org/1999/xhtml'><h:head/><h:body/></h:html>",
    ],
)  # fmt: skip
def test_what_is_no_form_is_refused(broken: bytes) -> None:
    with pytest.raises(FormRefused):
        load(broken)


@pytest.mark.parametrize(
    ("form", "said"),
    [
        (xform("<a/>", binds=bind("a", kind="colour")), "colour"),
        (xform("<a/>", binds=bind("b")), "/data/b"),
        (xform("<a/>", body='<wheel ref="/data/a"/>'), "wheel"),
        (xform("<a/>", body='<input ref="/data/a" appearance="ex:org.app"/>'), "ex:org.app"),
        (xform("<a/>", body='<select1 ref="/data/a" appearance="search(\'x\')"/>'), "search"),
        (xform("<a/>", binds=bind("a", **{"jr:preload": "patient"})), "patient"),
        (xform("<a/>", more='<setvalue event="xforms-deselect" ref="/data/a"/>'), "xforms-deselect"),
        (xform("<a/>", more='<submission base64RsaPublicKey="AA"/>'), "public_key"),
        (xform('<a/><meta><entity dataset="t" id=""/></meta>'), "ntities"),
        (xform("<a/>", more='<instance id="x" src="http://example.org/x.xml"/>'), "http://example.org"),
        (xform("<a/>", binds=bind("a", relevant="1 +")), "1 +"),
    ],
)
def test_what_the_engine_does_not_run_is_refused_by_name(form: bytes, said: str) -> None:
    with pytest.raises(FormRefused) as refused:
        load(form)
    assert said in refused.value.findings[0].sentence


def test_every_reason_to_refuse_is_named_at_once() -> None:
    rules = bind("a", relevant="1 +") + bind("b", calculate="shout('x')") + bind("c", constraint="(")
    with pytest.raises(FormRefused) as refused:
        load(xform("<a/><b/><c/>", binds=rules))
    assert {finding.place.column for finding in refused.value.findings} == {"relevant", "constraint"}


def test_what_another_moment_would_make_different_is_not_computed_again() -> None:
    rules = bind("r", calculate="random()") + bind("t", calculate="now()") + bind("s", calculate="concat(/data/t, '!')")
    form = xform("<r/><t/><s/>", binds=rules)
    session = opened(form)
    later = opened(form, now=NOON + timedelta(days=3), state=session.state())
    assert [value(later, name) for name in "rts"] == [value(session, name) for name in "rts"]
