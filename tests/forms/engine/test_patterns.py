"""Patterns of `regex`: what authors write runs, what could try for hours is refused."""

from __future__ import annotations

import pytest

from app.forms.problems import FormRefused
from app.forms.xpath.patterns import pattern
from tests.forms.engine.written import result

USUAL = [
    (r"^[A-Za-z]+( [A-Za-z]+)*$", "Ana Maria Lopez", "Ana  Maria"),
    (r"^([A-Z]+-)*[0-9]+$", "AB-CD-12", "AB--12"),
    (r"^\d{3}-\d{3}-\d{4}$", "416-555-0199", "416-5550199"),
    (r"^[^@\s]+@[^@\s]+\.[^@\s]+$", "a.b@example.org", "a b@example.org"),
    (r"^(?=.*\d)[A-Z].+$", "Abc1", "Abcd"),
    (r"^(yes|no)$", "no", "maybe"),
    (r"^(cat|dog)+$", "catdog", "cow"),
    (r"^[A-Z]\d[A-Z] ?\d[A-Z]\d$", "M4B 1B3", "M4B-1B3"),
    (r"[\]\-a-c]", "x-", "x"),
    (r"^\W\S\D$", "!a!", "aaa"),
    (r"^.{3,7}$", "four", "x"),
    (r"^a?b{0,1}c*$", "acc", "d"),
    (r"^$", "", "x"),
    (r"\bcar\b", "a car here", "scarf"),
    (r"^[[:x]+$", "[x:", "y"),
    (r"^(\+\d{1,3})?[ -]?(\d{2,4}[ -]?){2,3}\d$", "+1 416-555-0199", "x"),
]


@pytest.mark.parametrize(("source", "fits", "fails"), USUAL)
def test_the_patterns_of_authors_run(source: str, fits: str, fails: str) -> None:
    found = pattern(source)
    assert found is not None
    assert found.compiled.search(fits) and not found.compiled.search(fails)


@pytest.mark.parametrize(
    "source",
    [
        "(a+)+$", "(a*)*$", "(a|a)*$", "(a|ab)+$", "(.*a){9,}", "(a?)+$", "([a-z]+)*x", r"(\w+\s?)*$", "(.*)*",
        "((a+)b?)+", "(x+x+)+y", r"(a+)\1", "a{2000}", ".*" * 13 + "x", "(" * 30 + "a" + ")" * 30, "[", "(", ")", "*a",
        "a**b", "(?P<n>a)", "a" * 3_000,
    ],
)  # fmt: skip
def test_patterns_that_could_try_for_hours_or_are_none_are_refused(source: str) -> None:
    assert pattern(source) is None


def test_a_refused_pattern_is_named_when_the_form_is_checked_and_fits_nothing_when_made_later() -> None:
    with pytest.raises(FormRefused) as refused:
        result("regex('a', '(a+)+$')")
    assert "(a+)+$" in refused.value.findings[0].sentence
    assert result("regex('aaa', concat('(a+)', '+$'))") == "false"


def test_the_more_repetitions_the_shorter_the_text() -> None:
    found = pattern("^.*a.*b.*c.*d.*e.*$")
    assert found is not None and found.longest <= 100
    assert result("regex(string-length(/data/a) , '^[0-9]+$')", a="x" * 500) == "true"
