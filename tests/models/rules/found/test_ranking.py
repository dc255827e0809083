"""Who a found person may be: facts add up, wrong and missing ones exclude nobody, reasons say what spoke."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from app.errors import RuleBroken
from app.models.rules.found import Gallery, Looks, Point, PointKind, Sighting, Weights, explain, rank
from app.models.rules.found.gallery import CODE_FIELDS
from app.models.rules.found.nearness import density, metres, scores
from app.models.vocab import Attraction, Condition, Gender, Mobility, SpeaksBy, WornAid

THEO = Looks(
    card_id="theo",
    gender=Gender.MAN,
    age=(9, 9),
    height_cm=134,
    build="Slight",
    hair="Brown, short",
    eyes="Green",
    clothing="Blue rain coat in any weather",
    carried="A red toy boat",
    marks="Scar over the left eyebrow",
    place="14 Maplewood Lane Heron Pond Mill Pond",
    codes=(
        frozenset({"glasses"}),
        frozenset({"runs"}),
        frozenset({"non_verbal", "pictures"}),
        frozenset({"autism"}),
        frozenset({"water", "trains"}),
    ),
    points=(Point(PointKind.HOME, 43.512, -79.882), Point(PointKind.FOUND_BEFORE, 43.5148, -79.8815)),
)
SEEN = Sighting(
    gender=Gender.MAN,
    age=(8, 10),
    height_cm=130,
    hair="brown",
    clothing="blue jacket",
    communication=(SpeaksBy.NON_VERBAL,),
    position=(43.5149, -79.8817),
)


def others(count: int = 400) -> list[Looks]:
    """A made-up crowd; nobody in it is like Theo in more than chance."""
    rng = random.Random(11)
    crowd = []
    for number in range(count):
        old = rng.random() < 0.6
        age = rng.randint(65, 90) if old else rng.randint(6, 30)
        home = Point(PointKind.HOME, 43.5 + rng.uniform(-0.1, 0.1), -79.9 + rng.uniform(-0.1, 0.1))
        codes = (
            frozenset({"glasses"} if rng.random() < 0.5 else set()),
            frozenset({"slow" if old else "walks_well"}),
            frozenset({"speaks"} if old else {rng.choice(["few_words", "non_verbal"])}),
            frozenset({"dementia" if old else "autism"}),
            frozenset({rng.choice([str(one) for one in Attraction])}),
        )
        crowd.append(
            Looks(
                card_id=f"other-{number}",
                gender=rng.choice((Gender.MAN, Gender.WOMAN)),
                age=(age, age),
                height_cm=rng.randint(120, 185),
                hair=rng.choice(["grey", "white, short", "brown", "black curly", "blond long"]),
                eyes=rng.choice(["brown", "blue", "green"]),
                clothing=rng.choice(["", "grey cardigan", "red jacket", "jeans and a white shirt"]),
                codes=codes,
                points=(home,),
            )
        )
    return crowd


@pytest.fixture(scope="module")
def gallery() -> Gallery:
    return Gallery([*others(), THEO])


def first(gallery: Gallery, sighting: Sighting) -> str:
    return rank(gallery, sighting, Weights())[0].card_id


def test_all_facts_together_find_the_one(gallery: Gallery) -> None:
    found = rank(gallery, SEEN, Weights())
    assert found[0].card_id == "theo" and found[0].chance > 0.9
    assert found[0].score == pytest.approx(sum(part.score for part in found[0].parts))


WRONG: list[dict[str, Any]] = [
    {"gender": Gender.WOMAN},
    {"age": (40, 50)},
    {"height_cm": 175},
    {"hair": "white"},
    {"clothing": "yellow dress"},
    {"communication": (SpeaksBy.SPEAKS,)},
    {"position": (43.41, -79.99)},
]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: next(iter(wrong)))
def test_one_wrong_fact_excludes_nobody(gallery: Gallery, wrong: dict[str, Any]) -> None:
    right = replace(SEEN, marks="scar by the eyebrow")
    told = replace(right, **wrong)
    ranked = [match.card_id for match in rank(gallery, told, Weights())]
    assert "theo" in ranked[:5]
    everybody = rank(gallery, told, Weights(), most=1000)
    assert len(everybody) == len(gallery), "nobody is left out of the order"
    assert next(one for one in everybody if one.card_id == "theo").score < rank(gallery, right, Weights())[0].score


@pytest.mark.parametrize("name", ["gender", "age", "height_cm", "hair", "clothing", "communication", "position"])
def test_a_missing_fact_is_not_a_no(gallery: Gallery, name: str) -> None:
    empty: dict[str, Any] = {"hair": "", "clothing": "", "communication": ()}
    without: dict[str, Any] = {name: empty.get(name)}
    assert first(gallery, replace(SEEN, **without)) == "theo"


def test_what_a_card_does_not_tell_neither_helps_nor_harms() -> None:
    silent = Looks(card_id="silent")
    gallery = Gallery([*others(60), silent])
    told = replace(SEEN, carried="red boat", marks="scar", place="pond", attractions=(Attraction.WATER,))
    found = next(one for one in rank(gallery, told, Weights(), most=100) if one.card_id == "silent")
    assert found.score == 0 and all(part.score == 0 for part in found.parts)
    assert explain(found, silent, told) == ()


def test_a_rare_thing_that_fits_speaks_louder_than_a_common_one(gallery: Gallery) -> None:
    def worth(sighting: Sighting, fact: str) -> float:
        found = next(one for one in rank(gallery, sighting, Weights(), most=1000) if one.card_id == "theo")
        return next(part.score for part in found.parts if part.fact == fact)

    rare = worth(replace(SEEN, marks="scar on the eyebrow"), "marks")
    common = worth(replace(SEEN, worn_aids=(WornAid.GLASSES,)), "worn_aids")
    assert rare > 2 > common > 0


WORDS = ["blue raincoat", "manteau bleu", "imperméable bleue", "bleu coat", "bule rain cot", "BLUE COATS", "blue jaket"]


@pytest.mark.parametrize("said", WORDS)
def test_clothes_are_known_by_other_words_and_spellings(gallery: Gallery, said: str) -> None:
    plain = Sighting(clothing=said, gender=Gender.MAN)
    found = next(one for one in rank(gallery, plain, Weights(), most=1000) if one.card_id == "theo")
    assert next(part.score for part in found.parts if part.fact == "clothing") > 1


def test_the_reasons_are_said_in_the_order_of_their_weight(gallery: Gallery) -> None:
    told = replace(SEEN, hair="blond", eyes="green", mobility=(Mobility.WHEELCHAIR,), marks="scar left eyebrow")
    found = rank(gallery, told, Weights())[0]
    reasons = explain(found, THEO, told)
    weights = [abs(reason.score) for reason in reasons]
    assert weights == sorted(weights, reverse=True)
    said = {reason.sentence.format(**reason.values): reason.speaks_for for reason in reasons}
    assert said["Age fits"] and said["Height within 4 cm"] and said["Eyes fit"]
    assert said["Marks fit: scar, left, eyebrow"] and said["Clothing fits: blue jacket"]
    assert "Hair colour is close" in said
    assert said["Not on the card: " + Mobility.WHEELCHAIR] is False


def test_a_condition_that_is_easily_mistaken_still_counts(gallery: Gallery) -> None:
    def worth(condition: Condition) -> float:
        told = replace(SEEN, conditions=(condition,))
        found = next(one for one in rank(gallery, told, Weights(), most=1000) if one.card_id == "theo")
        return next(part.score for part in found.parts if part.fact == "conditions")

    assert worth(Condition.INTELLECTUAL) > 0 > worth(Condition.DEMENTIA)


def test_near_home_and_where_found_before_outweigh_elsewhere() -> None:
    near = Looks(card_id="near", points=(Point(PointKind.HOME, 43.5, -79.9),))
    before = Looks(card_id="before", points=(Point(PointKind.FOUND_BEFORE, 43.5, -79.9),))
    far = Looks(card_id="far", points=(Point(PointKind.HOME, 43.6, -79.9),))
    gallery = Gallery([near, before, far])
    at_door, street_away, elsewhere = (scores(gallery, here, Weights()) for here in
                                       ((43.5, -79.9), (43.507, -79.9), (43.55, -79.2)))  # fmt: skip
    assert at_door[1] > at_door[0] > at_door[2], "a known place is smaller than a neighbourhood"
    assert street_away[0] > street_away[1] > street_away[2]
    assert elsewhere[0] == pytest.approx(0, abs=0.05), "far from everybody says nothing about anybody"


def test_half_are_within_the_distance_that_the_curve_is_named_by() -> None:
    step, half = 5.0, 800.0
    inside = sum(density(r, half) * 2 * 3.14159265 * r * step for r in [step * (n + 0.5) for n in range(160)])
    assert inside == pytest.approx(0.5, abs=0.01)


def test_distances_are_taken_across_the_date_line() -> None:
    assert metres((0.0, 179.999), 0.0, -179.999) == pytest.approx(222, abs=2)


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"age": (80, 70)}, "age"),
    ({"age": (5, 200)}, "age"),
    ({"height_cm": 17}, "height_cm"),
    ({"position": (91.0, 0.0)}, "position"),
]


@pytest.mark.parametrize(("facts", "field"), REFUSED)
def test_what_cannot_be_is_refused_at_its_field(facts: dict[str, Any], field: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        Sighting(**facts)
    assert refused.value.field == field


def test_one_fact_alone_would_list_everybody(gallery: Gallery) -> None:
    with pytest.raises(RuleBroken):
        rank(gallery, Sighting(gender=Gender.MAN), Weights())
    assert rank(Gallery(), SEEN, Weights()) == ()


def test_the_order_of_codes_fits_their_fields() -> None:
    assert CODE_FIELDS == ("worn_aids", "mobility", "communication", "conditions", "attractions")


def test_random_sightings_never_fail(gallery: Gallery) -> None:
    seed = random.SystemRandom().randrange(10**6)
    rng = random.Random(seed)
    letters = "abc éàç-'\0\n*\"()%😀 blue manteau"
    for _ in range(60):
        text = "".join(rng.choice(letters) for _ in range(rng.randint(0, 60)))
        told = Sighting(gender=Gender.MAN, age=(5, 9), clothing=text, marks=text[::-1], hair=text, place=text)
        assert rank(gallery, told, Weights()), f"seed {seed}"
