"""How many cases may leave a computer without asking (safety.md, G35), and who is still on a case."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.models.rules.leaving import MOST_UNASKED, is_named, needs_approval

ME, OTHER = "a" * 32, "b" * 32


@given(st.integers(min_value=1, max_value=5000), st.integers(min_value=0, max_value=5000))
def test_never_more_than_twenty_nor_one_in_twenty_go_unasked(count: int, here: int) -> None:
    if needs_approval(count, here):
        assert count > 1, "one case alone is never many"
    else:
        assert count <= MOST_UNASKED and (count == 1 or count * 20 <= here)


@pytest.mark.parametrize(
    ("count", "here", "asked"), [(1, 1, False), (2, 39, True), (2, 40, False), (20, 400, False), (21, 5000, True)]
)
def test_where_the_guard_begins(count: int, here: int, asked: bool) -> None:
    assert needs_approval(count, here) is asked


def test_named_is_who_stands_in_any_value_that_lives() -> None:
    assert is_named(ME, [OTHER, f'["{OTHER}","{ME}"]'])
    assert not is_named(ME, [OTHER, None, "[]", 7])
