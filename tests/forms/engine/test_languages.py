"""Texts in each language: labels, hints, guidance, messages, media, choices, outputs in them, and switching."""

from __future__ import annotations

import pytest

from app.errors import RuleBroken
from app.forms import blank
from app.forms.session import FormSession
from tests.forms.engine.written import asked, bind, opened, value, xform

_ITEXT = """<itext>
<translation lang="English (en)" default="true()">
 <text id="/data/a:label"><value>How old is <output value="/data/name"/>?</value>
   <value form="image">jr://images/age.png</value></text>
 <text id="/data/a:hint"><value>In years</value><value form="guidance">Ask the parent.</value></text> <text
 id="/data/a:jr:constraintMsg"><value>Too old</value></text> <text
 id="/data/a:jr:requiredMsg"><value>Needed</value></text> <text id="c-0"><value>Yes</value><value
 form="audio">jr://audio/yes.mp3</value></text><text id="c-1"><value>No</value></text>
</translation>
<translation lang="Français (fr)">
 <text id="/data/a:label"><value>Quel âge a <output value="/data/name"/> ?</value></text>
 <text id="/data/a:hint"><value>-</value><value form="guidance">-</value></text>
 <text id="/data/a:jr:constraintMsg"><value>Trop vieux</value></text>
 <text id="/data/a:jr:requiredMsg"><value>Nécessaire</value></text>
 <text id="c-0"><value>Oui</value></text><text id="c-1"><value>Non</value></text>
</translation></itext>"""
_MORE = """<instance id="c"><root><item><itextId>c-0</itextId><name>y</name></item>
<item><itextId>c-1</itextId><name>n</name></item></root></instance>"""
_BINDS = (
    bind("a", kind="int", constraint=". &lt; 100".replace("&lt;", "<"), required="true()",
         **{"jr:constraintMsg": "jr:itext('/data/a:jr:constraintMsg')", "jr:requiredMsg":
         "jr:itext('/data/a:jr:requiredMsg')"})
    + bind("said", calculate="jr:choice-name(/data/q, '/data/q')")
    + bind("text", calculate="jr:itext('c-1')")
)  # fmt: skip
_BODY = """<input ref="/data/name"><label>Name</label></input>
<input ref="/data/a"><label ref="jr:itext('/data/a:label')"/><hint ref="jr:itext('/data/a:hint')"/></input>
<select1 ref="/data/q"><label>Which?</label><itemset nodeset="instance('c')/root/item">
<value ref="name"/><label ref="jr:itext(itextId)"/></itemset></select1>"""


@pytest.fixture
def session() -> FormSession:
    """A session in English of a form in two languages."""
    form = xform("<name/><a/><q/><said/><text/>", itext=_ITEXT, more=_MORE, binds=_BINDS, body=_BODY)
    return opened(form)


def test_labels_hold_the_answers_that_stand_in_them(session: FormSession) -> None:
    assert session.node("/data/a").label == "How old is ?"
    assert "/data/a" in session.set("/data/name", "Zoë").paths
    assert session.node("/data/a").label == "How old is Zoë?"


def test_hints_guidance_and_media_belong_to_a_question(session: FormSession) -> None:
    view = session.node("/data/a")
    assert (view.hint, view.guidance, view.media) == ("In years", "Ask the parent.", {"image": "age.png"})


def test_messages_are_the_forms_own(session: FormSession) -> None:
    assert session.node("/data/a").message == "Needed"
    session.set("/data/a", 120)
    assert session.node("/data/a").message == "Too old"


def test_our_own_sentences_are_in_the_language_of_the_form() -> None:
    itext = "".join(
        f'<translation lang="{name}"><text id="x"><value>x</value></text></translation>'
        for name in ("English (en)", "Français (fr)", "Español (es)")
    )
    rules = bind("a", kind="int", required="true()")
    session = opened(xform("<a/>", itext=f"<itext>{itext}</itext>", binds=rules, body='<input ref="/data/a"/>'))
    assert session.node("/data/a").message == "Please answer this question."
    session.set_language("fr")
    assert session.node("/data/a").message == "Veuillez répondre à cette question."
    session.set("/data/a", "x")
    assert session.problems()[0].message == "Veuillez entrer un nombre entier."
    session.set_language("es")
    assert session.problems()[0].message == "Please enter a whole number."


def test_switching_keeps_answers_and_changes_every_text(session: FormSession) -> None:
    session.set("/data/name", "Zoë")
    session.set("/data/a", 120)
    session.set("/data/q", "y")
    changed = session.set_language("Français (fr)")
    assert {"/data/said", "/data/text"} <= set(changed.paths)
    view = session.node("/data/a")
    assert (view.label, view.message, view.value) == ("Quel âge a Zoë ?", "Trop vieux", "120")
    assert [choice.label for choice in session.choices("/data/q")] == ["Oui", "Non"]
    assert (value(session, "said"), value(session, "text")) == ("Oui", "Non")


def test_what_is_not_translated_is_shown_in_the_first_language(session: FormSession) -> None:
    session.set_language("fr")
    assert session.node("/data/a").hint == "In years"
    assert session.node("/data/a").media == {"image": "age.png"}


def test_choices_have_values_labels_and_media(session: FormSession) -> None:
    first, second = session.choices("/data/q")
    assert (first.value, first.label, first.media) == ("y", "Yes", {"audio": "yes.mp3"})
    assert (second.value, second.label, second.media) == ("n", "No", {})


def test_a_language_may_be_named_by_its_code_and_must_be_there(session: FormSession) -> None:
    session.set_language("fr")
    assert session.language == "Français (fr)"
    with pytest.raises(RuleBroken):
        session.set_language("Cree (cr)")
    assert session.definition.languages == ("English (en)", "Français (fr)")


def test_choices_written_in_the_question_and_filtered_by_an_answer() -> None:
    body = """<select1 ref="/data/a"><label>A</label><item><label>One</label><value>1</value></item>
    <item><label>Two</label><value>2</value></item></select1>
    <select ref="/data/b"><label>B</label><itemset nodeset="instance('t')/root/item[of = /data/a]">
    <value ref="name"/><label ref="label"/></itemset></select>"""
    more = """<instance id="t"><root><item><name>x</name><label>Ex</label><of>1</of></item>
    <item><name>y</name><label>Why</label><of>2</of></item><item><name>z</name><label>Zed</label><of>2</of></item></root></instance>"""
    session = opened(xform("<a/><b/>", more=more, body=body))
    assert [choice.label for choice in session.choices("/data/a")] == ["One", "Two"]
    assert session.choices("/data/b") == ()
    assert "/data/b" in session.set("/data/a", "2").paths
    assert [choice.value for choice in session.choices("/data/b")] == ["y", "z"]
    session.set("/data/b", ["y", "z"])
    assert session.problems() == ()
    session.set("/data/a", "1")
    assert [(problem.path, problem.kind) for problem in session.problems()] == [("/data/b", "choice")]
    assert value(session, "b") == "y z"
    session.set("/data/a", "2")
    assert session.problems() == ()


def test_choices_may_come_from_the_instances_of_a_repeat() -> None:
    body = """<repeat nodeset="/data/p"><input ref="/data/p/name"/></repeat><select1 ref="/data/eldest"><label>E</label>
    <itemset nodeset="/data/p[./name != '']"><value ref="name"/><label ref="name"/></itemset></select1>"""
    session = opened(xform("<p><name/></p><eldest/>", body=body))
    assert session.choices("/data/eldest") == ()
    assert "/data/eldest" in session.set("/data/p[1]/name", "Ana").paths
    session.add("/data/p")
    session.set("/data/p[2]/name", "Bo")
    assert [choice.label for choice in session.choices("/data/eldest")] == ["Ana", "Bo"]
    assert "/data/eldest" in session.remove("/data/p[1]").paths
    assert [choice.label for choice in session.choices("/data/eldest")] == ["Bo"]


def test_all_of_a_ranking_must_be_in_it() -> None:
    body = """<odk:rank ref="/data/r"><label>R</label><item><label>A</label><value>a</value></item>
    <item><label>B</label><value>b</value></item></odk:rank>"""
    session = opened(xform("<r/>", binds='<bind nodeset="/data/r" type="odk:rank"/>', body=body))
    session.set("/data/r", "b")
    assert session.node("/data/r").valid is False
    session.set("/data/r", "b a")
    assert session.node("/data/r").valid is True
    session.set("/data/r", "b b")
    assert session.node("/data/r").valid is False


def test_a_range_has_bounds_and_steps() -> None:
    body = '<range ref="/data/r" start="1" end="2" step="0.1"><label>R</label></range>'
    session = opened(xform("<r/>", binds=bind("r", kind="decimal"), body=body))
    for answer, fits in (("1", True), ("1.3", True), ("2.0", True), ("0.9", False), ("1.25", False), ("2.1", False)):
        session.set("/data/r", answer)
        assert session.node("/data/r").valid is fits, answer
    assert session.node("/data/r").parameters == {"start": "1", "end": "2", "step": "0.1"}


def test_pages_follow_field_lists_groups_and_relevance() -> None:
    body = """<input ref="/data/a"><label>A</label></input> <group ref="/data/g"
    appearance="field-list"><label>Together</label><input ref="/data/g/b"/><group><label>Inner</label> <input
    ref="/data/g/c"/></group></group> <group ref="/data/h"><label>Apart</label><input ref="/data/h/d"/><input
    ref="/data/h/e"/></group>"""
    rules = bind("h/e", relevant="/data/a = 'x'")
    session = opened(xform("<a/><g><b/><c/></g><h><d/><e/></h>", binds=rules, body=body))
    found = [(page.path, page.titles, page.questions) for page in session.pages()]
    assert found == [
        ("", (), ("/data/a",)),
        ("/data/g", ("Together",), ("/data/g/b", "/data/g/c")),
        ("", ("Apart",), ("/data/h/d",)),
    ]
    session.set("/data/a", "x")
    assert session.pages()[-1].questions == ("/data/h/e",)
    assert session.questions()[:3] == ("/data/a", "/data/g", "/data/g/b")


def test_the_words_of_a_form_that_nobody_has_answered(session: FormSession) -> None:
    form = session.definition
    _, age, which = form.body
    assert blank.words(form, age.label) == f"How old is {blank.GAP}?"
    assert blank.words(form, age.label, "Français (fr)") == f"Quel âge a {blank.GAP} ?"
    assert blank.words(form, age.hint, "Français (fr)") == "In years"
    assert blank.words(form, age.hint, form="guidance") == "Ask the parent."
    assert blank.words(form, None) == ""
    assert blank.words(form, blank.rules(form, age).constraint_message, "Français (fr)") == "Trop vieux"
    assert blank.choices(form, which, "Français (fr)") == (("y", "Oui"), ("n", "Non"))


def test_all_choices_of_a_form_that_nobody_has_answered() -> None:
    body = """<select1 ref="/data/a"><label>A</label><item><label>One</label><value>1</value></item></select1>
    <select ref="/data/b"><label>B</label><itemset nodeset="randomize(instance('t')/root/item[of = /data/a])">
    <value ref="name"/><label ref="label"/></itemset></select>
    <select1 ref="/data/c"><label>C</label><itemset nodeset="/data/p"><value ref="n"/></itemset></select1>"""
    more = """<instance id="t"><root><item><name>x</name><label>Ex</label><of>1</of></item>
    <item><name>y</name><label>Why</label><of>2</of></item></root></instance>"""
    form = opened(xform("<a/><b/><c/><p><n/></p>", more=more, body=body)).definition
    assert [blank.choices(form, control) for control in form.body] == [(("1", "One"),), (("x", "Ex"), ("y", "Why")), ()]


def test_every_question_with_the_same_choices_is_shown_anew_in_another_language() -> None:
    question = """<select1 ref="/data/{}"><label>Q</label><itemset nodeset="instance('c')/root/item"><value ref="name"/>
    <label ref="jr:itext(itextId)"/></itemset></select1>"""
    session = opened(xform("<a/><b/>", itext=_ITEXT, more=_MORE, body=question.format("a") + question.format("b")))
    assert {"/data/a", "/data/b"} <= set(session.set_language("fr").paths)


def test_the_title_follows_the_language_of_the_form() -> None:
    itext = "".join(
        f'<translation lang="{name}"><text id="x"><value>x</value></text></translation>'
        for name in ("English (en)", "Français (fr)", "Español (es)")
    )
    xml = xform("<a/>", itext=f"<itext>{itext}</itext>", body=asked("a"))
    titled = b'<data id="written" xmlns:haven="urn:haven:forms" haven:title_fr="\xc3\x89crit"'
    session = opened(xml.replace(b'<data id="written"', titled))
    assert session.title == "Written"
    session.set_language("fr")
    assert session.title == "Écrit" and dict(session.definition.titles) == {"en": "Written", "fr": "Écrit"}
    session.set_language("es")
    assert session.title == "Written"
