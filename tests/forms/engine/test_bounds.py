"""What one form may take of the machine while it is answered, and that it says so when it wants more."""

from __future__ import annotations

from itertools import pairwise

import pytest

from app.errors import RuleBroken
from app.forms import engine
from app.forms.xpath import compiled
from tests.forms.engine.written import asked, bind, opened, value, xform


def test_values_that_double_and_double_are_cut() -> None:
    names = [f"x{number}" for number in range(25)]
    rules = "".join(
        bind(after, calculate=f"concat(/data/{before}, /data/{before})") for before, after in pairwise(names)
    )
    session = opened(xform("".join(f"<{name}/>" for name in names), binds=rules + bind("x0"), body=asked("x0")))
    session.set("/data/x0", "ab")
    assert len(value(session, "x24")) == engine.LONGEST_RESULT
    assert {problem.kind for problem in session.problems()} == {"form"}
    session.set("/data/x0", "")
    assert session.problems() == ()


def test_a_formula_that_looks_at_too_much_is_given_up_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "MOST_LOOKED_AT", 5_000)
    items = "".join(f"<item><name>{number}</name></item>" for number in range(100))
    slow = "count(instance('l')/root/item[count(../item[name != current()/../q]) > 5])"
    rules = (
        bind("r", calculate=slow) + bind("ok", calculate="count(instance('l')/root/item[name != /data/q])") + bind("q")
    )
    more = f'<instance id="l"><root>{items}</root></instance>'
    session = opened(xform("<q/><r/><ok/>", binds=rules, more=more, body=asked("q")))
    assert [(problem.path, problem.kind) for problem in session.problems()] == [("/data/r", "form")]
    session.set("/data/q", "7")
    assert value(session, "ok") == "99"


def test_choices_that_look_at_too_much_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "MOST_LOOKED_AT", 50)
    items = "".join(f"<item><name>{number}</name></item>" for number in range(100))
    body = """<select1 ref="/data/q"><label>Q</label><itemset nodeset="instance('l')/root/item[name != 1]">
    <value ref="name"/><label ref="name"/></itemset></select1>"""
    session = opened(xform("<q/>", more=f'<instance id="l"><root>{items}</root></instance>', body=body))
    assert session.choices("/data/q") == ()


_PEOPLE = '<n/><p jr:template=""><a/><b/></p>'
_BODY = '<repeat nodeset="/data/p" {}><input ref="/data/p/a"/></repeat>'


def test_a_form_holds_so_many_nodes_by_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "MOST_NODES", 30)
    session = opened(xform(_PEOPLE, body=asked("n") + _BODY.format('jr:count="/data/n"')))
    session.set("/data/n", 20)
    assert len([view for view in session.nodes() if view.kind == "repeat"]) == 9  # root, n and nine times three
    assert [problem.kind for problem in session.problems()] == ["form"]
    session.set("/data/n", 2)
    assert session.problems() == ()


def test_a_form_holds_so_many_nodes_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "MOST_NODES", 10)
    session = opened(xform(_PEOPLE, body=_BODY.format("")))
    session.add("/data/p")
    session.add("/data/p")
    with pytest.raises(RuleBroken):
        session.add("/data/p")
    session.remove("/data/p[1]")
    session.add("/data/p")


def test_many_slow_formulas_are_bounded_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "MOST_LOOKED_AT", 2_000)
    monkeypatch.setattr(compiled, "MOST_IN_AN_ACT", 5_000)
    items = "".join(f"<item><name>{number}</name></item>" for number in range(900))
    names = [f"r{number}" for number in range(4)]
    rules = "".join(bind(name, calculate="count(instance('l')/root/item[name != 1])") for name in names)
    more = f'<instance id="l"><root>{items}</root></instance>'
    session = opened(xform("".join(f"<{name}/>" for name in names), binds=rules, more=more))
    assert [value(session, name) for name in names] == ["899", "899", "", ""]
    assert [problem.path for problem in session.problems()] == ["/data/r2", "/data/r3"]
