"""The recovery key in three shares: any two make it again, and whatever is mistyped is named."""

from __future__ import annotations

import itertools
import random

import pytest
from shamir_mnemonic.wordlist import WORDLIST

from app.errors import RuleBroken
from app.vault import keys, shares

KEY = bytes(range(32))


@pytest.fixture(scope="module")
def sheets() -> tuple[str, str, str]:
    return shares.split(KEY)


def said(typed: str) -> str:
    """What somebody reads who typed this."""
    with pytest.raises(RuleBroken) as refused:
        shares.recovery_key(typed)
    assert refused.value.field == "recovery_key"
    return refused.value.sentence


def test_any_two_of_the_three_make_the_key(sheets: tuple[str, str, str]) -> None:
    assert [len(sheet.split()) for sheet in sheets] == [shares.WORDS] * shares.COUNT
    for one, other in itertools.permutations(sheets, 2):
        assert shares.recovery_key(f"{one}\n\n{other}") == KEY
    assert shares.join(list(sheets)) == KEY


def test_the_whole_key_goes_through_the_same_door() -> None:
    text = keys.recovery_text(KEY)
    assert shares.recovery_key(text) == KEY and not shares.are_shares(text)
    assert shares.recovery_key(" ".join(text.lower())) == KEY


def test_words_may_be_typed_as_people_type_them(sheets: tuple[str, str, str]) -> None:
    short = " ".join(word[:4] for word in sheets[0].split())
    numbered = "\n".join(f"{place}. {word.upper()}," for place, word in enumerate(sheets[2].split(), start=1))
    assert shares.recovery_key(f"  {short}\t{numbered}  ") == KEY
    longer = sheets[0].replace(sheets[0].split()[5], sheets[0].split()[5])
    assert shares.join([longer, short.replace(short, sheets[1])]) == KEY


def test_four_letters_name_every_word() -> None:
    assert len({word[:4] for word in WORDLIST}) == len(WORDLIST) == 1024


def test_one_sheet_is_not_enough(sheets: tuple[str, str, str]) -> None:
    assert "One sheet is not enough" in said(sheets[0])


def test_the_same_sheet_twice_is_noticed(sheets: tuple[str, str, str]) -> None:
    assert "same sheet twice" in said(sheets[1] + " " + sheets[1])


def test_sheets_of_two_sets_do_not_go_together(sheets: tuple[str, str, str]) -> None:
    assert "not of one set" in said(sheets[0] + " " + shares.split(KEY)[1])


def test_a_word_that_is_none_is_named(sheets: tuple[str, str, str]) -> None:
    words = sheets[1].split()
    words[6] = "xylophone"
    assert "Sheet 2, word 7: “xylophone”" in said(sheets[0] + " " + " ".join(words))
    words[6] = "x" * 90
    assert "x" * 17 not in said(sheets[0] + " " + " ".join(words))


def test_a_wrong_word_of_the_list_and_a_swap_are_noticed(sheets: tuple[str, str, str]) -> None:
    seed = random.SystemRandom().randrange(2**32)
    chance = random.Random(seed)
    for _ in range(200):
        words = sheets[0].split()
        place = chance.randrange(len(words))
        other = chance.choice([word for word in WORDLIST if word != words[place]])
        words[place] = other
        assert "Sheet 1: a word" in said(" ".join(words) + " " + sheets[1]), seed
    words = sheets[0].split()
    words[8], words[9] = words[9], words[8]
    if words != sheets[0].split():
        assert "Sheet 1: a word" in said(" ".join(words) + " " + sheets[1])


def test_a_word_left_out_is_counted(sheets: tuple[str, str, str]) -> None:
    fewer = " ".join(sheets[1].split()[:-1])
    assert "Sheet 2 has 32 words" in said(sheets[0] + " " + fewer)


def test_a_share_tells_nothing_about_the_key(sheets: tuple[str, str, str]) -> None:
    again = shares.split(KEY)
    assert set(again).isdisjoint(sheets)


def test_two_sheets_of_a_set_that_asks_for_three_are_not_ours() -> None:
    from shamir_mnemonic import generate_mnemonics

    other = generate_mnemonics(1, [(3, 5)], KEY, iteration_exponent=0)[0]
    assert "do not make a recovery key" in said(other[0] + " " + other[1])
