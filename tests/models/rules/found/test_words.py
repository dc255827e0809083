"""Words as they are compared: two languages, endings, small mistakes of spelling."""

from __future__ import annotations

import pytest

from app.models.rules.found import looks
from app.models.rules.found.words import Dictionary, bare, distance, folded, terms, told

SAME = [
    ("Manteaux bleus", "blue jacket"),
    ("un chandail GRIS", "grey sweater"),
    ("sac à dos rouge", "backpack red"),
    ("T-shirt", "tee"),
    ("l’écharpe verte", "green scarf"),
    ("pyjamas", "pajama"),
    ("cicatrice au sourcil gauche", "scar left eyebrow"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_ways_to_say_the_same(one: str, other: str) -> None:
    assert set(terms(other)) & set(terms(one)), (terms(one), terms(other))
    assert len(set(terms(one)) ^ set(terms(other))) <= 2


def test_a_colour_belongs_to_the_thing_beside_it() -> None:
    assert "blue+jacket" in terms("a blue coat and red boots") and "red+boot" in terms("a blue coat and red boots")
    assert "blue+boot" not in terms("a blue coat and red boots")
    assert "blue+jacket" in terms("manteau bleu")


def test_what_is_said_back_is_what_was_typed() -> None:
    assert told("Manteau Bleu") == {"jacket": "Manteau", "blue+jacket": "Manteau Bleu", "blue": "Bleu"}


def test_words_that_tell_nothing_are_passed_over() -> None:
    assert terms("with his very old the and") == ()
    assert terms("") == () and terms("\0 … !") == ()


@pytest.mark.parametrize(
    ("typed", "meant"), [("jaket", "jacket"), ("trosers", "trousers"), ("umbrela", "umbrella"), ("espadrlile", "shoes")]
)
def test_small_mistakes_are_forgiven(typed: str, meant: str) -> None:
    assert terms(typed) == terms(meant)


@pytest.mark.parametrize("typed", ["cat", "boats", "xyzzy", "cold", "weather"])
def test_other_words_stay_themselves(typed: str) -> None:
    assert not {"jacket", "yellow", "leather"} & set(terms(typed))


@pytest.mark.parametrize(
    ("one", "other", "steps"),
    [
        ("abc", "abc", 0),
        ("abc", "acb", 1),
        ("abc", "ab", 1),
        ("abc", "xbc", 1),
        ("ab", "ba", 1),
        ("kitten", "sitting", 3),
    ],
)
def test_how_far_two_words_are_apart(one: str, other: str, steps: int) -> None:
    assert distance(one, other) == distance(other, one) == steps


def test_a_dictionary_learns() -> None:
    known = Dictionary({})
    assert known.find("heron") is None
    known.add("heron")
    assert known.find("herom") == "heron" and known.find("her") is None


@pytest.mark.parametrize(
    ("text", "colour", "length"),
    [
        ("Brown, short", "brown", "short"),
        ("cheveux gris courts", "grey", "short"),
        ("salt and pepper", "grey", None),
        ("châtains, aux épaules", "brown", "medium"),
        ("Chauve", "bald", "bald"),
        ("blonde long", "blond", "long"),
        ("", None, None),
        ("unknown", None, None),
    ],
)
def test_hair_out_of_free_words(text: str, colour: str | None, length: str | None) -> None:
    assert looks.class_of(looks.HAIR_COLOUR, text) == colour
    assert looks.class_of(looks.HAIR_LENGTH, text) == length


def test_every_pair_that_looks_alike_is_of_classes_that_exist() -> None:
    for aspect in looks.ASPECTS:
        for pair in aspect.alike:
            assert pair <= set(aspect.classes), (aspect.name, pair)


def test_no_word_stands_for_two_classes() -> None:
    for aspect in looks.ASPECTS:
        words = [bare(folded(word)) for line in aspect.words.splitlines() for word in set(line.split())]
        twice = {word for word in words if words.count(word) > 1}
        lines = [{bare(folded(word)) for word in line.split()} for line in aspect.words.splitlines()]
        assert not [word for word in twice if sum(word in line for line in lines) > 1], aspect.name
