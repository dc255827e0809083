"""Relevance, required, constraints, calculations, triggers and defaults, as an answer moves them."""

from __future__ import annotations

import pytest

from app.errors import NotFound, RuleBroken
from app.forms.problems import FormRefused
from tests.forms.engine.written import asked, bind, opened, value, xform

_GROUP = "<a/><g><b/><h><c/></h></g><n/>"
_RULES = (
    bind("a") + bind("g", relevant="/data/a = 'yes'") + bind("g/b") + bind("g/h/c")
    + bind("n", calculate="concat('[', /data/g/b, /data/g/h/c, ']')")
)  # fmt: skip
_BODY = asked("a") + '<group ref="/data/g">' + asked("g/b") + asked("g/h/c") + "</group>"


def test_irrelevance_is_inherited_and_empties_values_in_expressions() -> None:
    session = opened(xform(_GROUP, binds=_RULES, body=_BODY))
    session.set("/data/a", "yes")
    session.set("/data/g/b", "1")
    session.set("/data/g/h/c", "2")
    assert value(session, "n") == "[12]"
    changed = session.set("/data/a", "no")
    assert value(session, "n") == "[]"
    assert not session.node("/data/g/h/c").relevant
    assert {"/data/a", "/data/g", "/data/g/b", "/data/g/h", "/data/g/h/c", "/data/n"} == set(changed.paths)


def test_values_come_back_with_relevance() -> None:
    session = opened(xform(_GROUP, binds=_RULES, body=_BODY))
    session.set("/data/a", "yes")
    session.set("/data/g/b", "1")
    session.set("/data/a", "no")
    assert b"<g>" not in session.instance_xml()
    assert b"<b>1</b>" in session.instance_xml(include_irrelevant=True)
    session.set("/data/a", "yes")
    assert value(session, "n") == "[1]"
    assert b"<b>1</b>" in session.instance_xml()


def test_an_answer_that_is_not_relevant_is_neither_required_nor_judged() -> None:
    rules = bind("a") + bind("b", relevant="/data/a = 'x'", required="true()", constraint=". > 5", kind="int")
    session = opened(xform("<a/><b/>", binds=rules, body=asked("a") + asked("b")))
    session.set("/data/b", 3)
    assert session.problems() == ()
    assert session.node("/data/b").valid is None
    session.set("/data/a", "x")
    assert [problem.kind for problem in session.problems()] == ["constraint"]
    assert session.node("/data/b").valid is False


def test_constraints_are_asked_of_answers_alone() -> None:
    rules = bind("b", constraint=". > 5 and /data/a != 'strict'", kind="int") + bind("a")
    session = opened(xform("<a/><b/>", binds=rules, body=asked("b")))
    assert session.node("/data/b").valid is None
    session.set("/data/b", 6)
    assert session.node("/data/b").valid is True
    session.set("/data/b", 5)
    assert session.node("/data/b").valid is False
    session.set("/data/b", "")
    assert session.node("/data/b").valid is None


def test_a_constraint_is_asked_again_when_what_it_reads_changes() -> None:
    rules = bind("b", constraint=". > /data/a", kind="int") + bind("a", kind="int")
    session = opened(xform("<a>1</a><b>5</b>", binds=rules, body=asked("a") + asked("b")))
    assert session.node("/data/b").valid is True
    assert "/data/b" in session.set("/data/a", 9).paths
    assert session.node("/data/b").valid is False


def test_required_may_depend_on_an_answer() -> None:
    rules = bind("b", required="/data/a = 'yes'") + bind("a")
    session = opened(xform("<a/><b/>", binds=rules, body=asked("a") + asked("b")))
    assert session.problems() == ()
    session.set("/data/a", "yes")
    assert [(found.path, found.kind) for found in session.problems()] == [("/data/b", "required")]
    session.set("/data/b", "x")
    assert session.problems() == ()


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("int", ["-3", "12"], ["1.5", "x", "1e3", "1" * 30]),
        ("decimal", ["-3", "1.5", ".5"], ["x", "1,5", "1e3"]),
        ("date", ["2024-02-29"], ["2023-02-29", "29.2.2024"]),
        ("time", ["23:59:59.000-05:00", "09:00"], ["25:00", "9"]),
        ("dateTime", ["2024-02-29T10:00:00.000-05:00"], ["2024-02-29", "2024-02-29T10"]),
        ("geopoint", ["43.6 -79.6 0 0", "43.6 -79.6"], ["91 0", "43.6"]),
        ("geotrace", ["0 0;1 1"], ["0 0"]),
        ("geoshape", ["0 0;0 1;1 1;0 0"], ["0 0;0 1;1 1;2 2"]),
        ("boolean", ["true", "0"], ["yes"]),
    ],
)
def test_an_answer_that_does_not_fit_its_type_is_kept_and_said(kind: str, good: list[str], bad: list[str]) -> None:
    session = opened(xform("<a/>", binds=bind("a", kind=kind), body=asked("a")))
    for answer in good:
        session.set("/data/a", answer)
        assert session.node("/data/a").valid is True, answer
        assert session.problems() == ()
    for answer in bad:
        session.set("/data/a", answer)
        assert value(session, "a") == answer
        assert session.node("/data/a").valid is False, answer
        assert [found.kind for found in session.problems()] == ["type"]


def test_a_number_that_is_none_is_no_answer_for_a_question_about_a_number() -> None:
    rules = bind("n", calculate="/data/a + 1", kind="int") + bind("t", calculate="/data/a + 1") + bind("a", kind="int")
    session = opened(xform("<a/><n/><t/>", binds=rules, body=asked("a")))
    assert (value(session, "n"), value(session, "t")) == ("", "NaN")
    session.set("/data/a", 1)
    assert (value(session, "n"), value(session, "t")) == ("2", "2")


def test_calculations_follow_in_order_whatever_order_they_are_written_in() -> None:
    rules = bind("d", calculate="/data/c + 1") + bind("c", calculate="/data/b + 1") + bind("b", calculate="/data/a + 1")
    session = opened(xform("<a>1</a><b/><c/><d/>", binds=rules, body=asked("a")))
    assert value(session, "d") == "4"
    assert session.set("/data/a", 10).paths == ("/data/a", "/data/b", "/data/c", "/data/d")
    assert value(session, "d") == "13"


def test_an_answer_recomputes_only_what_depends_on_it() -> None:
    rules = bind("b", calculate="/data/a") + bind("c", calculate="random()") + bind("a")
    session = opened(xform("<a/><b/><c/>", binds=rules, body=asked("a")))
    before = value(session, "c")
    session.set("/data/a", "x")
    assert value(session, "c") == before


@pytest.mark.parametrize(
    ("rules", "names"),
    [
        (bind("a", calculate="/data/b") + bind("b", calculate="/data/a"), ["/data/a", "/data/b"]),
        (bind("a", calculate=". + 1"), ["/data/a"]),
        (bind("a", relevant="/data/a = 1"), ["/data/a"]),
        (bind("a", relevant="/data/b = 1") + bind("b", relevant="/data/a = 1"), ["/data/a", "/data/b"]),
        (bind("g", relevant="/data/b = 1") + bind("b", calculate="/data/g/x"), ["/data/g", "/data/b"]),
    ],
)
def test_circles_are_refused_with_the_questions_in_them(rules: str, names: list[str]) -> None:
    with pytest.raises(FormRefused) as refused:
        opened(xform("<a/><b/><g><x/></g>", binds=rules))
    for name in names:
        assert name in refused.value.findings[0].sentence


def test_a_constraint_and_once_may_read_themselves() -> None:
    rules = bind("a", constraint=". != 'x'") + bind("b", calculate="once(random())")
    assert value(opened(xform("<a/><b/>", binds=rules, body=asked("a"))), "b")


def test_the_relevance_of_a_group_may_depend_on_what_is_in_it() -> None:
    rules = bind("g", relevant="./x = 'user'") + bind("g/x")
    session = opened(xform("<g><x>user</x></g>", binds=rules, body='<group ref="/data/g">' + asked("g/x") + "</group>"))
    assert session.node("/data/g").relevant
    session.set("/data/g/x", "other")
    assert not session.node("/data/g").relevant
    session.set("/data/g/x", "user")
    assert session.node("/data/g").relevant


def test_a_trigger_sets_a_value_each_time_the_answer_changes() -> None:
    action = '<setvalue event="xforms-value-changed" ref="/data/t" value="concat(/data/t, \'+\')"/>'
    session = opened(xform("<a/><t/>", binds=bind("a") + bind("t"), body=asked("a", action)))
    assert value(session, "t") == ""
    session.set("/data/a", "1")
    session.set("/data/a", "1")
    session.set("/data/a", "2")
    assert value(session, "t") == "++"


def test_a_trigger_may_empty_an_answer() -> None:
    action = '<setvalue event="xforms-value-changed" ref="/data/age"/>'
    session = opened(xform("<name/><age/>", binds=bind("age"), body=asked("name", action) + asked("age")))
    session.set("/data/age", 70)
    session.set("/data/name", "someone older")
    assert value(session, "age") == ""


def test_triggers_follow_calculations_and_each_other() -> None:
    one = '<setvalue event="xforms-value-changed" ref="/data/c" value="/data/b * 2"/>'
    two = '<setvalue event="xforms-value-changed" ref="/data/d" value="/data/c + 1"/>'
    rules = bind("a", kind="int") + bind("b", kind="int", calculate="/data/a + 1") + bind("c") + bind("d")
    session = opened(xform("<a/><b/><c/><d/>", binds=rules, body=asked("a") + asked("b", one) + asked("c", two)))
    session.set("/data/a", 4)
    assert (value(session, "c"), value(session, "d")) == ("10", "11")


def test_triggers_that_drive_each_other_come_to_an_end() -> None:
    one = '<setvalue event="xforms-value-changed" ref="/data/b" value="/data/b + 1"/>'
    two = '<setvalue event="xforms-value-changed" ref="/data/a" value="/data/a + 1"/>'
    session = opened(xform("<a>0</a><b>0</b>", binds=bind("a") + bind("b"), body=asked("a", one) + asked("b", two)))
    session.set("/data/a", 1)
    assert session.problems() != ()


def test_defaults_are_set_when_a_form_is_begun_and_not_again() -> None:
    more = '<setvalue event="odk-instance-first-load" ref="/data/a" value="today()"/>'
    form = xform("<a/><b>5</b>", binds=bind("a", kind="date") + bind("b") + more, body=asked("a") + asked("b"))
    session = opened(form)
    assert (value(session, "a"), value(session, "b")) == ("2026-03-15", "5")
    session.set("/data/a", "2020-01-01")
    assert value(opened(form, state=session.state()), "a") == "2020-01-01"


def test_read_only_and_calculated_values_and_groups_cannot_be_answered() -> None:
    rules = bind("a", readonly="true()") + bind("b", calculate="1")
    session = opened(xform("<a/><b/><g><c/></g>", binds=rules, body=asked("a")))
    for path in ("/data/a", "/data/b", "/data/g"):
        with pytest.raises(RuleBroken):
            session.set(path, "x")
    for path in ("/data/z", "/other/a", "a[", "", "/data/a[2]"):
        with pytest.raises(NotFound):
            session.set(path, "x")


def test_answers_are_written_as_the_form_stores_them() -> None:
    session = opened(xform("<a/>", binds=bind("a"), body=asked("a")))
    for given, kept in (
        (3, "3"),
        (2.50, "2.5"),
        (1e21, "1000000000000000000000"),
        (True, "true"),
        (["x", "y"], "x y"),
        (None, ""),
    ):
        session.set("/data/a", given)
        assert value(session, "a") == kept


def test_what_is_not_relevant_is_empty_in_every_kind_of_expression() -> None:
    uses = {
        "same": "/data/b = '7'", "more": "/data/b > 6", "sum": "/data/b + 1", "text": "string(/data/b)",
        "length": "string-length(/data/b)", "both": "/data/b != '' or false()", "there": "boolean(/data/b)",
        "chosen": "if(/data/b = 7, /data/b, 'none')",
    }  # fmt: skip
    rules = bind("a") + bind("b", relevant="/data/a = 'yes'")
    rules += "".join(bind(name, calculate=rule) for name, rule in uses.items())
    instance = "<a>yes</a><b>7</b>" + "".join(f"<{name}/>" for name in uses)
    session = opened(xform(instance, binds=rules, body=asked("a") + asked("b")))
    assert [value(session, name) for name in uses] == ["true", "true", "8", "7", "1", "true", "true", "7"]
    session.set("/data/a", "no")
    assert [value(session, name) for name in uses] == ["false", "false", "NaN", "", "0", "false", "false", "none"]


def test_a_trigger_rests_while_its_question_is_not_relevant() -> None:
    action = '<setvalue event="xforms-value-changed" ref="/data/t" value="concat(/data/t, \'+\')"/>'
    rules = bind("a") + bind("b", calculate="/data/a", relevant="/data/on = 1") + bind("t") + bind("on")
    session = opened(xform("<on>1</on><a/><b/><t/>", binds=rules, body=asked("on") + asked("a") + asked("b", action)))
    session.set("/data/a", "1")
    assert value(session, "t") == "+"
    session.set("/data/on", 0)
    session.set("/data/a", "2")
    assert value(session, "t") == "+"


def test_what_is_in_a_read_only_group_is_read_only() -> None:
    rules = bind("g", readonly="/data/a = 'done'") + bind("g/b") + bind("a")
    body = asked("a") + '<group ref="/data/g">' + asked("g/b") + "</group>"
    session = opened(xform("<a/><g><b/></g>", binds=rules, body=body))
    session.set("/data/g/b", "1")
    assert "/data/g/b" in session.set("/data/a", "done").paths
    assert session.node("/data/g/b").readonly
    with pytest.raises(RuleBroken):
        session.set("/data/g/b", "2")
    session.set("/data/a", "")
    session.set("/data/g/b", "2")


@pytest.mark.parametrize("turned", [False, True])
def test_the_same_words_mean_each_question_and_each_group_by_itself(turned: bool) -> None:
    """Equal expressions share what they were compiled to only where they mean the same."""
    condition = "/data/g/inner != 'n'"
    rules = [bind("after", relevant=condition), bind("g", relevant=condition), bind("g/inner")]
    rules += [bind(name, kind="int", constraint=". < 5") for name in "ab"]
    asking = asked("after") + f'<group ref="/data/g">{asked("g/inner")}</group>' + asked("a") + asked("b")
    instance = "<after/><g><inner/></g><a/><b/>"
    session = opened(xform(instance, binds="".join(rules[::-1] if turned else rules), body=asking))
    session.set("/data/a", 9)
    session.set("/data/b", 3)
    assert [session.node(f"/data/{name}").valid for name in "ab"] == [False, True]
    session.set("/data/g/inner", "n")
    assert not session.node("/data/g").relevant and session.node("/data/after").relevant
    session.set("/data/g/inner", "y")
    assert session.node("/data/g").relevant and session.node("/data/after").relevant
