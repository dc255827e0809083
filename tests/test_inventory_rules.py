"""Who holds a thing that exists once, and what two hand-overs of it mean (`models/rules/inventory.py`)."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from app.models.rules.inventory import Clash, Holding, clashes, may_hand_out, open_holdings

NOON = datetime(2026, 3, 4, 17, 0, tzinfo=UTC)


def holding(name: str, item: str = "T-1", holder: str = "ann", minute: int = 0, *, ended: bool = False) -> Holding:
    return Holding(name, item, holder, NOON.replace(minute=minute), ended)


def test_one_holder_is_no_clash_and_keeps_the_thing_from_being_handed_out() -> None:
    held = [holding("a"), holding("b", "T-2", ended=True)]
    assert clashes(held) == ()
    assert not may_hand_out("T-1", held)
    assert may_hand_out("T-2", held) and may_hand_out("T-3", held)


def test_two_open_hand_overs_of_one_thing_clash_the_earlier_first() -> None:
    later, earlier = holding("a", holder="ann", minute=9), holding("b", holder="bea", minute=3)
    assert clashes([later, earlier]) == (Clash("T-1", (earlier, later)),)
    assert not clashes([later, earlier])[0].same_holder
    assert clashes([later, holding("c", holder="ann", minute=5)])[0].same_holder


def test_a_clash_is_over_when_all_but_one_have_ended() -> None:
    assert clashes([holding("a"), holding("b", holder="bea", ended=True)]) == ()


@given(st.permutations([holding("a", minute=2), holding("b", minute=2), holding("c", "T-2"), holding("d", "T-2")]))
def test_the_order_of_arrival_does_not_show(order: list[Holding]) -> None:
    assert [[one.id for one in clash.holdings] for clash in clashes(order)] == [["c", "d"], ["a", "b"]]
    assert [one.id for one in open_holdings(order, "T-1")] == ["a", "b"]
