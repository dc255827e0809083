"""Tokens and trees of XPath 1.0: its own examples of what is an operator and what a name, precedence, and refusals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.forms.xpath.ast import Binary, Call, From, Literal, Many, Negative, Number, Path, Step, functions
from app.forms.xpath.lexer import LONGEST, XPathError, tokens
from app.forms.xpath.parser import DEEPEST, parse


def _child(name: str) -> Path:
    return Path(False, (Step("child", name),))


def test_a_name_may_hold_points_and_hyphens() -> None:
    assert [token.text for token in tokens("a-b - c.d")] == ["a-b", "-", "c.d", ""]


def test_a_star_is_a_name_or_a_product_by_what_stands_before() -> None:
    assert [token.kind for token in tokens("* * *")] == ["symbol", "operator", "symbol", "end"]


def test_operators_may_be_names_of_questions() -> None:
    assert parse("div div mod") == Binary("div", _child("div"), _child("mod"))
    assert parse("and and or") == Many("and", (_child("and"), _child("or")))


def test_products_bind_before_sums_and_sums_before_comparisons() -> None:
    assert parse("1 + 2 * 3 = 7") == Binary(
        "=", Many("+", (Number(1.0), Binary("*", Number(2.0), Number(3.0)))), Number(7.0)
    )


def test_and_binds_before_or() -> None:
    assert parse("a or b and c") == Many("or", (_child("a"), Many("and", (_child("b"), _child("c")))))


def test_differences_are_taken_from_the_left() -> None:
    assert parse("9 - 3 - 2") == Binary("-", Binary("-", Number(9.0), Number(3.0)), Number(2.0))


def test_minus_may_be_doubled() -> None:
    assert parse("- - 1") == Negative(Negative(Number(1.0)))
    assert parse("3 - -2") == Binary("-", Number(3.0), Negative(Number(2.0)))


def test_steps_abbreviated_and_written_out_are_the_same() -> None:
    assert parse("../x") == parse("parent::node()/child::x")
    assert parse("./x") == parse("self::node()/x")


def test_predicates_belong_to_their_step() -> None:
    tree = parse("/data/r[position() = 2]/x")
    assert isinstance(tree, Path) and tree.absolute
    assert tree.steps[1] == Step("child", "r", (Binary("=", Call("position", ()), Number(2.0)),))


def test_a_path_may_begin_at_a_function() -> None:
    tree = parse("instance('towns')/root/item[name = 'x']/label")
    assert isinstance(tree, From) and tree.base == Call("instance", (Literal("towns"),))
    assert functions(tree) == {"instance"}


def test_both_quotation_marks_hold_text() -> None:
    assert parse('concat("it\'s", \'a "word"\')') == Call("concat", (Literal("it's"), Literal('a "word"')))


def test_a_chain_of_a_thousand_stays_flat() -> None:
    tree = parse(" or ".join(["a"] * 1_000))
    assert isinstance(tree, Many) and len(tree.operands) == 1_000


@pytest.mark.parametrize(
    "broken",
    [
        "", "1 +", "(1", "a b", "'open", "f(1,", "a[1", "$x", "@id", "ancestor::x", "a//", "1 = = 2", "text()", "..5..",
        "#", "a or", "${name}", "/data/[1]", "f(,)",
    ],
)  # fmt: skip
def test_what_is_no_expression_is_refused(broken: str) -> None:
    with pytest.raises(XPathError):
        parse(broken)


def test_depth_and_length_are_bounded() -> None:
    with pytest.raises(XPathError):
        parse("(" * (DEEPEST + 1) + "1" + ")" * (DEEPEST + 1))
    with pytest.raises(XPathError):
        parse("a" * (LONGEST + 1))
    with pytest.raises(XPathError):
        parse("-".join(["a "] * 200))


@given(st.text(alphabet="ab1.'\"()[]/@*+-=<>!|, $:\n", max_size=40))
def test_any_text_is_a_tree_or_a_refusal(text: str) -> None:
    try:
        parse(text)
    except XPathError as refused:
        assert refused.reason
