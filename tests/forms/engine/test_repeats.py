"""Repeats: nested, counted, fixed, added, removed and brought back; what new instances begin with."""

from __future__ import annotations

import pytest

from app.errors import NotFound, RuleBroken
from app.forms.engine import MOST_INSTANCES
from tests.forms.engine.written import asked, bind, opened, value, xform

_PEOPLE = """<n/><p jr:template=""><name/><kind>guest</kind><pos/></p><p><name/><kind>guest</kind><pos/></p>
<total/>"""
_RULES = (
    bind("p/pos", calculate="position(..)") + bind("total", calculate="count(/data/p)") + bind("p/name") + bind("n")
)
_INNER = asked("p/name") + asked("p/kind")


def _repeat(attributes: str = "", inner: str = _INNER) -> str:
    return f'<group ref="/data/p"><label>People</label><repeat nodeset="/data/p" {attributes}>{inner}</repeat></group>'


def _paths(session: object) -> list[str]:
    return [view.path for view in session.nodes() if view.kind == "repeat"]  # type: ignore[attr-defined]


def test_an_instance_is_added_with_its_defaults_and_computed() -> None:
    session = opened(xform(_PEOPLE, binds=_RULES, body=_repeat()))
    changed = session.add("/data/p[2]")
    assert changed.structure and "/data/p[2]" in changed.paths and "/data/total" in changed.paths
    assert (value(session, "p[2]/kind"), value(session, "p[2]/pos"), value(session, "total")) == ("guest", "2", "2")
    assert session.node("/data/p[2]").count == 2


def test_only_the_next_number_can_be_added() -> None:
    session = opened(xform(_PEOPLE, binds=_RULES, body=_repeat()))
    session.add("/data/p")
    for path in ("/data/p[2]", "/data/p[9]"):
        with pytest.raises(RuleBroken):
            session.add(path)
    for path in ("/data/n", "/data"):
        with pytest.raises(RuleBroken):
            session.add(path)


def test_removing_renumbers_and_undo_brings_back_what_was_there() -> None:
    session = opened(xform(_PEOPLE, binds=_RULES, body=_repeat()))
    for number, name in ((1, "Ana"), (2, "Bo"), (3, "Cy")):
        if number > 1:
            session.add("/data/p")
        session.set(f"/data/p[{number}]/name", name)
    before = session.instance_xml()
    removed = session.remove("/data/p[2]")
    assert [value(session, f"p[{number}]/name") for number in (1, 2)] == ["Ana", "Cy"]
    assert [value(session, f"p[{number}]/pos") for number in (1, 2)] == ["1", "2"]
    assert value(session, "total") == "2"
    assert removed.undo is not None
    assert session.undo(removed.undo).structure
    assert session.instance_xml() == before
    with pytest.raises(RuleBroken):
        session.undo(removed.undo)


def test_every_instance_can_be_removed() -> None:
    session = opened(xform(_PEOPLE, binds=_RULES, body=_repeat()))
    session.remove("/data/p[1]")
    assert value(session, "total") == "0"
    assert [page.kind for page in session.pages()] == ["add"]
    with pytest.raises(NotFound):
        session.remove("/data/p[1]")


def test_a_count_makes_and_hides_instances_and_keeps_what_they_held() -> None:
    session = opened(xform(_PEOPLE, binds=_RULES, body=asked("n") + _repeat('jr:count="/data/n"')))
    assert value(session, "total") == "0"
    assert session.set("/data/n", 3).structure
    session.set("/data/p[3]/name", "Cy")
    session.set("/data/n", 1)
    assert value(session, "total") == "1"
    assert b"Cy" not in session.instance_xml()
    session.set("/data/n", 3)
    assert value(session, "p[3]/name") == "Cy"
    assert value(session, "p[3]/pos") == "3"


@pytest.mark.parametrize(("count", "instances"), [("", 0), ("-2", 0), ("x", 0), ("2.9", 2), ("2", 2)])
def test_a_count_that_is_no_whole_number_is_cut_to_one(count: str, instances: int) -> None:
    session = opened(xform(_PEOPLE, binds=_RULES, body=asked("n") + _repeat('jr:count="/data/n"')))
    session.set("/data/n", count)
    assert len(_paths(session)) == instances


def test_a_count_beyond_reason_is_bounded_and_said() -> None:
    instance = '<n/><p jr:template=""><name/></p>'
    session = opened(xform(instance, body=asked("n") + _repeat('jr:count="/data/n"', asked("p/name"))))
    session.set("/data/n", "1000000000")
    assert len(_paths(session)) == MOST_INSTANCES
    assert [problem.kind for problem in session.problems()] == ["form"]
    session.set("/data/n", "1")
    assert session.problems() == ()


def test_counted_and_fixed_repeats_are_not_for_people_to_change() -> None:
    for attributes in ('jr:count="2"', 'jr:noAddRemove="true()"'):
        session = opened(xform(_PEOPLE, binds=_RULES, body=_repeat(attributes)))
        with pytest.raises(RuleBroken):
            session.add("/data/p")
        with pytest.raises(RuleBroken):
            session.remove("/data/p[1]")
        assert not session.node("/data/p[1]").can_add
        assert "add" not in [page.kind for page in session.pages()]


def test_new_instances_get_their_dynamic_default_before_anything_is_computed() -> None:
    action = '<setvalue event="odk-new-repeat" ref="/data/p/name" value="concat(../../n, position(..))"/>'
    more = '<setvalue event="odk-instance-first-load" ref="/data/p/name" value="\'first\'"/>'
    form = xform(_PEOPLE.replace("<n/>", "<n>N</n>"), binds=_RULES + more, body=_repeat(inner=action + _INNER))
    session = opened(form)
    assert value(session, "p[1]/name") == "first"
    session.add("/data/p")
    assert value(session, "p[2]/name") == "N2"


def test_a_counted_repeat_also_dispatches_new_repeat() -> None:
    action = '<setvalue event="odk-new-repeat" ref="/data/p/name" value="\'new\'"/>'
    session = opened(xform(_PEOPLE, binds=_RULES, body=asked("n") + _repeat('jr:count="/data/n"', action + _INNER)))
    session.set("/data/n", 2)
    assert [value(session, f"p[{number}]/name") for number in (1, 2)] == ["new", "new"]


def test_a_trigger_in_a_repeat_stays_in_its_instance() -> None:
    action = '<setvalue event="xforms-value-changed" ref="/data/p/kind" value="concat(../name, \'!\')"/>'
    session = opened(xform(_PEOPLE, binds=_RULES, body=_repeat(inner=asked("p/name", action) + asked("p/kind"))))
    session.add("/data/p")
    session.set("/data/p[2]/name", "Bo")
    assert [value(session, f"p[{number}]/kind") for number in (1, 2)] == ["guest", "Bo!"]


_HOUSES = """<h jr:template=""><street/><m jr:template=""><age/></m><sum/></h>
<h><street/><m><age/></m><sum/></h><all/>"""
_HOUSE_RULES = (
    bind("h/sum", calculate="sum(../m/age)") + bind("all", calculate="sum(/data/h/m/age)") + bind("h/m/age", kind="int")
)
_HOUSE_BODY = """<group ref="/data/h"><repeat nodeset="/data/h"><input ref="/data/h/street"/>
<group ref="/data/h/m"><repeat nodeset="/data/h/m"><input ref="/data/h/m/age"/></repeat></group></repeat></group>"""


def test_repeats_in_repeats() -> None:
    session = opened(xform(_HOUSES, binds=_HOUSE_RULES, body=_HOUSE_BODY))
    session.set("/data/h[1]/m[1]/age", 40)
    session.add("/data/h[1]/m[2]")
    session.set("/data/h[1]/m[2]/age", 2)
    session.add("/data/h[2]")
    with pytest.raises(NotFound):  # the template shows none
        session.node("/data/h[2]/m[1]/age")
    session.add("/data/h[2]/m[1]")
    session.set("/data/h[2]/m[1]/age", 10)
    assert [value(session, path) for path in ("h[1]/sum", "h[2]/sum", "all")] == ["42", "10", "52"]
    session.remove("/data/h[1]")
    assert [value(session, path) for path in ("h[1]/sum", "all")] == ["10", "10"]


def test_an_instance_that_is_not_relevant_does_not_count() -> None:
    rules = bind("p", relevant="./kind = 'guest'") + bind("total", calculate="count(/data/p)")
    session = opened(xform(_PEOPLE, binds=rules, body=_repeat()))
    session.add("/data/p")
    assert value(session, "total") == "2"
    session.set("/data/p[1]/kind", "staff")
    assert value(session, "total") == "1"
    assert session.instance_xml().count(b"<p>") == 1


def test_a_running_total_reads_the_instance_before() -> None:
    instance = '<p jr:template=""><x/><sum/></p><p><x/><sum/></p>'
    before = "sum(../x) + coalesce(indexed-repeat(/data/p/sum, /data/p, position(..) - 1), 0)"
    session = opened(
        xform(instance, binds=bind("p/sum", calculate=before) + bind("p/x"), body=_repeat(inner=asked("p/x")))
    )
    session.set("/data/p[1]/x", 1)
    for number in (2, 3, 4):
        session.add("/data/p")
        session.set(f"/data/p[{number}]/x", number)
    assert [value(session, f"p[{number}]/sum") for number in (1, 2, 3, 4)] == ["1", "3", "6", "10"]
    session.set("/data/p[1]/x", 11)
    assert value(session, "p[4]/sum") == "20"
    session.remove("/data/p[2]")
    assert value(session, "p[3]/sum") == "18"


def test_instances_that_feed_each_other_without_end_are_reported() -> None:
    instance = "<p><x>0</x></p><p><x>0</x></p>"
    other = "1 + /data/p[position() = 3 - position(current()/..)]/x"
    session = opened(xform(instance, binds=bind("p/x", calculate=other), body=_repeat(inner="")))
    assert [(problem.path, problem.kind) for problem in session.problems()] == [("/data/p/x", "form")]


def test_what_comes_to_rest_again_is_no_problem_any_more() -> None:
    instance = "<on>1</on><p><x>0</x></p><p><x>0</x></p>"
    other = "if(/data/on = 1, 1 + /data/p[position() = 3 - position(current()/..)]/x, 0)"
    session = opened(
        xform(instance, binds=bind("p/x", calculate=other) + bind("on"), body=asked("on") + _repeat(inner=""))
    )
    assert session.problems()
    session.set("/data/on", 0)
    assert session.problems() == ()


def test_several_instances_may_stand_in_the_form() -> None:
    instance = "<p><name>Ana</name></p><p><name>Bo</name></p>"
    session = opened(xform(instance, body=_repeat(inner=asked("p/name"))))
    assert [value(session, f"p[{number}]/name") for number in (1, 2)] == ["Ana", "Bo"]


def test_the_label_of_a_repeat_is_that_of_the_group_around_it() -> None:
    session = opened(xform(_PEOPLE, binds=_RULES, body=_repeat()))
    assert session.node("/data/p[1]").label == "People"
    assert [page.titles for page in session.pages()] == [("People",), ("People",), ("People",)]


def test_a_predicate_on_the_last_step_follows_each_answer_and_touches_nothing_else() -> None:
    rules = bind("total", calculate="sum(/data/p/name[. != ''])") + bind("p/name", kind="int")
    session = opened(xform(_PEOPLE, binds=rules, body=_repeat()))
    session.set("/data/p[1]/name", 24)
    session.add("/data/p")
    assert session.set("/data/p[2]/name", 19).paths == ("/data/p[2]/name", "/data/total")
    session.add("/data/p")
    assert value(session, "total") == "43"
    assert [value(session, f"p[{number}]/name") for number in (1, 2, 3)] == ["24", "19", ""]
    session.set("/data/p[1]/name", "")
    assert value(session, "total") == "19"
