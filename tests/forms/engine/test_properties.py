"""For any form and answers: the order of independent answers does not matter, and what an answer recomputes is what
computing everything would give.
"""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from app.forms.definition import FormDefinition, load
from app.forms.session import FormSession
from tests.forms.engine.written import asked, bind, opened, xform

_QUESTIONS = 8
_VALUES = ("", "1", "2", "yes", "no")


def _form(seed: int) -> FormDefinition:
    """A form of which the rules are made by chance; each reads only questions before it, so that there is no circle."""
    chance = random.Random(seed)
    instance, binds, body = "", "", ""
    for number in range(_QUESTIONS):
        instance += f"<q{number}/>"
        rules = {
            name: _rule(chance, number) for name in ("relevant", "required", "constraint") if chance.random() < 0.5
        }
        binds += bind(f"q{number}", **rules)
        body += asked(f"q{number}")
    for number in range(_QUESTIONS, _QUESTIONS + 4):
        instance += f"<q{number}/>"
        binds += bind(f"q{number}", calculate=_value(chance, number))
    instance += "<n/><r jr:template=''><x/><y/></r><r><x/><y/></r><s/>"
    binds += bind("n", calculate="count-selected(concat(/data/q0, ' ', /data/q1))")
    binds += bind("r/y", calculate="concat(../x, position(..), /data/q2)", relevant="/data/q3 != 'no'")
    binds += bind("r", relevant=_rule(chance, _QUESTIONS)) + bind("s", calculate="join(',', /data/r/y)")
    count = ' jr:count="/data/n"' if chance.random() < 0.5 else ""
    body += f'<group ref="/data/r"><repeat nodeset="/data/r"{count}>{asked("r/x")}</repeat></group>'
    return load(xform(instance, binds=binds, body=body))


def _rule(chance: random.Random, before: int) -> str:
    if before == 0:
        return "true()"
    one, two = (f"/data/q{chance.randrange(before)}" for _ in range(2))
    return chance.choice(
        [
            f"{one} = 'yes'",
            f"{one} != {two}",
            f"{one} > 1 or {two} = ''",
            f"not(selected({one}, 'no'))",
            f"string({one})",
        ]
    )


def _value(chance: random.Random, before: int) -> str:
    one, two = (f"/data/q{chance.randrange(before)}" for _ in range(2))
    return chance.choice(
        [f"concat({one}, {two})", f"coalesce({one}, {two})", f"{one} + {two}", f"if({one} = 'yes', {two}, 'none')"]
    )


def _seen(session: FormSession) -> list[object]:
    return list(session.nodes())


def _computed_anew(session: FormSession, definition: FormDefinition) -> FormSession:
    return opened(definition, state=session.state())


_FORMS = {seed: _form(seed) for seed in range(12)}
_ANSWERS = st.lists(st.tuples(st.integers(0, _QUESTIONS - 1), st.sampled_from(_VALUES)), max_size=12)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 11), _ANSWERS, st.integers(0, 3))
def test_what_an_answer_recomputes_is_what_computing_everything_gives(
    seed: int, answers: list[tuple[int, str]], added: int
) -> None:
    definition = _FORMS[seed]
    session = opened(definition)
    for at, (number, answer) in enumerate(answers):
        session.set(f"/data/q{number}", answer)
        if at < added and session.definition.data.body[-1].children[0].count == -1:
            session.add("/data/r")
            session.set("/data/r[1]/x", answer)
    assert _seen(session) == _seen(_computed_anew(session, definition))


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, 11),
    st.dictionaries(st.integers(0, _QUESTIONS - 1), st.sampled_from(_VALUES), max_size=_QUESTIONS),
    st.randoms(use_true_random=False),
)
def test_the_order_of_answers_to_different_questions_does_not_matter(
    seed: int, answers: dict[int, str], chance: random.Random
) -> None:
    definition = _FORMS[seed]
    one, other = opened(definition), opened(definition)
    items = list(answers.items())
    for number, answer in items:
        one.set(f"/data/q{number}", answer)
    chance.shuffle(items)
    for number, answer in items:
        other.set(f"/data/q{number}", answer)
    assert _seen(one) == _seen(other)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 11), _ANSWERS)
def test_what_changed_is_said(seed: int, answers: list[tuple[int, str]]) -> None:
    session = opened(_FORMS[seed])
    for number, answer in answers:
        before = {view.path: view for view in session.nodes()}
        changed = set(session.set(f"/data/q{number}", answer).paths)
        for view in session.nodes():
            assert view.path in changed or before.get(view.path) == view


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=30))
def test_any_text_can_be_an_answer_and_is_kept(answer: str) -> None:
    definition = _FORMS[0]
    session = opened(definition)
    session.set("/data/q0", answer)
    assert opened(definition, state=session.state()).node("/data/q0").value == answer.encode("utf-8", "ignore").decode()
    session.instance_xml()
    session.problems()
