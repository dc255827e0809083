"""Made-up registrants and made-up sightings of them, for `bench.found_person`.

**Registrants.** Five towns in a region of 40 by 30 km; homes lie normally around a town's middle. Ages, conditions,
ways of communicating and attractions follow one of six kinds of person. Heights follow age and sex; hair turns grey
with age. Clothes, things and marks are drawn freely, each written in English or, for a quarter, in French. Each has up
to four known places out of 900 public ones, the nearer the likelier.

**Sightings.** Of 100 found, 35 are at one of their known places (within 300 m), 53 are away from home by the distances
published for people with dementia (R. J. Koester, Wandering Characteristics, dbS Productions: a quarter within 0.3 km,
half within 0.8 km, none beyond 4.8 km; drawn straight between these), 12 are anywhere in the region. Every fact may be
missing or wrong, ages and heights are rounded as people round them, words are other words for the same, in either
language, sometimes misspelt; clothes are often not the usual ones. `LEVELS` has the sizes of it.

None of these numbers, forms or word lists is taken from the scorer (`app/models/rules/found`) or fitted to it: errors
here are even or one-sided where the scorer believes them normal, distances come from the table above.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from app.models.rules.found import Sighting
from app.models.vocab import Attraction, Condition, Gender, Mobility, SpeaksBy, WornAid

SOUTH, NORTH, WEST, EAST = 43.30, 43.57, -80.10, -79.60
_M_A_DEGREE = 111_200.0
_TOWNS = ((43.35, -79.80), (43.45, -79.68), (43.52, -79.88), (43.33, -80.00), (43.50, -80.05))
_DISTANCES_KM = ((0.0, 0.0), (0.25, 0.3), (0.5, 0.8), (0.75, 1.5), (0.95, 3.0), (1.0, 4.8))


@dataclass(frozen=True)
class Level:
    """How much is told, and how wrongly. Shares of 1; heights in centimetres; ages as a share of the age."""

    name: str
    missing: float
    wrong: float
    height_off: int
    age_off: float
    usual_clothes: float
    other_words: float
    misspelt: float
    without_position: float


LEVELS = (
    # An officer with the person in front of them; a passer-by who calls; someone seen from afar or at night.
    Level("in_front", 0.15, 0.03, 4, 0.08, 0.75, 0.3, 0.02, 0.05),
    Level("by_telephone", 0.30, 0.08, 7, 0.14, 0.55, 0.5, 0.05, 0.12),
    Level("in_the_dark", 0.45, 0.15, 11, 0.22, 0.35, 0.7, 0.10, 0.30),
)

# --- words: (what one might write in English, ... in French); the first of each is the plainest -----------------------

_GARMENTS = (
    (("jacket", "coat", "windbreaker", "bomber jacket"), ("veste", "manteau", "blouson")),
    (("sweater", "pullover", "jumper", "cardigan"), ("chandail", "tricot", "gilet")),
    (("hoodie", "sweatshirt", "hooded sweatshirt"), ("molleton", "chandail à capuchon")),
    (("shirt", "button shirt", "dress shirt"), ("chemise",)),
    (("t-shirt", "tee", "tshirt"), ("t-shirt",)),
    (("trousers", "pants", "slacks"), ("pantalon",)),
    (("jeans", "denim pants"), ("jeans",)),
    (("shorts",), ("bermuda", "short")),
    (("dress", "gown", "sundress"), ("robe",)),
    (("skirt",), ("jupe",)),
    (("pyjamas", "pajamas", "nightgown"), ("pyjama", "jaquette")),
    (("running shoes", "sneakers", "runners"), ("espadrilles", "chaussures de course")),
    (("boots", "rubber boots", "winter boots"), ("bottes",)),
    (("sandals", "flip flops"), ("sandales",)),
    (("slippers", "indoor shoes"), ("pantoufles",)),
    (("cap", "baseball cap", "hat"), ("casquette", "chapeau")),
    (("toque", "wool hat", "beanie"), ("tuque",)),
    (("scarf", "shawl"), ("foulard", "écharpe")),
    (("raincoat", "rain jacket", "poncho"), ("imperméable", "manteau de pluie")),
    (("vest", "puffer vest"), ("veste sans manches",)),
    (("mittens", "gloves"), ("mitaines", "gants")),
)
_COLOURS = (
    (("black",), ("noir",)), (("white",), ("blanc",)), (("grey", "gray", "charcoal"), ("gris",)),
    (("brown", "tan"), ("brun", "marron")), (("blue", "navy blue", "dark blue"), ("bleu", "bleu marine")),
    (("green", "dark green", "olive"), ("vert",)), (("red", "dark red", "burgundy"), ("rouge", "bourgogne")),
    (("pink",), ("rose",)), (("purple", "violet"), ("mauve", "violet")), (("orange",), ("orange",)),
    (("yellow", "mustard"), ("jaune",)), (("beige", "khaki"), ("beige", "kaki")),
)  # fmt: skip
_THINGS = (
    (("handbag", "purse"), ("sac à main", "sacoche")), (("backpack", "knapsack"), ("sac à dos",)),
    (("plastic bag", "grocery bag"), ("sac de plastique",)), (("wallet",), ("portefeuille",)),
    (("phone", "cell phone"), ("téléphone", "cellulaire")), (("tablet", "iPad"), ("tablette",)),
    (("headphones", "ear defenders"), ("écouteurs", "casque d’écoute")), (("umbrella",), ("parapluie",)),
    (("cane", "walking stick"), ("canne",)), (("walker", "rollator"), ("marchette", "déambulateur")),
    (("book", "notebook"), ("livre", "cahier")), (("doll",), ("poupée",)),
    (("teddy bear", "stuffed animal"), ("ourson", "toutou")), (("toy train",), ("petit train",)),
    (("toy car", "toy truck"), ("petite auto", "camion jouet")), (("ball",), ("balle", "ballon")),
    (("blanket",), ("couverture", "doudou")), (("ring of keys", "keys"), ("trousseau de clés", "clés")),
    (("wristwatch", "watch"), ("montre",)), (("medical bracelet", "ID bracelet"), ("bracelet médical",)),
    (("water bottle",), ("bouteille d’eau", "gourde")), (("newspaper",), ("journal",)),
    (("family photo", "photograph"), ("photo de famille",)), (("piece of string", "rope"), ("bout de corde",)),
    (("smooth stones", "pebbles"), ("cailloux",)), (("small radio", "radio"), ("petite radio",)),
)  # fmt: skip
_MARK_KINDS = (
    (("scar", "old scar"), ("cicatrice",)), (("tattoo",), ("tatouage",)), (("birthmark",), ("tache de naissance",)),
    (("mole",), ("grain de beauté",)), (("burn mark", "burn scar"), ("marque de brûlure",)),
    (("piercing",), ("perçage", "piercing")),
)  # fmt: skip
_MARK_PLACES = (
    (("forehead",), ("front",)), (("left eyebrow",), ("sourcil gauche",)), (("right eyebrow",), ("sourcil droit",)),
    (("chin",), ("menton",)), (("nose",), ("nez",)), (("left cheek",), ("joue gauche",)),
    (("right cheek",), ("joue droite",)), (("neck",), ("cou",)), (("left forearm", "left arm"), ("avant-bras gauche",)),
    (("right forearm", "right arm"), ("avant-bras droit",)), (("left hand",), ("main gauche",)),
    (("right hand",), ("main droite",)), (("left knee",), ("genou gauche",)), (("right ankle",), ("cheville droite",)),
    (("left shoulder",), ("épaule gauche",)), (("left ear",), ("oreille gauche",)),
)  # fmt: skip
_PICTURES = (
    (("rose",), ("rose",)), (("anchor",), ("ancre",)), (("heart",), ("cœur",)), (("bird", "swallow"), ("oiseau",)),
    (("star",), ("étoile",)), (("name in letters",), ("prénom",)), (("cross",), ("croix",)),
)  # fmt: skip
_HAIR_COLOURS = {
    "black": (("black",), ("noirs",)),
    "brown": (("brown", "brunette", "chestnut"), ("bruns", "châtains")),
    "dark brown": (("dark brown", "dark"), ("brun foncé",)),
    "blond": (("blond", "blonde", "fair", "light"), ("blonds",)),
    "red": (("red", "ginger", "auburn"), ("roux",)),
    "grey": (("grey", "gray", "silver", "salt and pepper"), ("gris", "poivre et sel")),
    "white": (("white",), ("blancs",)),
    "bald": (("bald", "no hair"), ("chauve",)),
}
_HAIR_LENGTHS = {
    "short": (("short", "cropped", "buzz cut"), ("courts", "en brosse")),
    "medium": (("shoulder length", "medium length", "bob"), ("mi-longs", "aux épaules")),
    "long": (("long", "ponytail", "braid"), ("longs", "queue de cheval", "tresse")),
}
_HAIR_FORMS = {"curly": (("curly", "frizzy"), ("frisés", "bouclés")), "straight": (("straight",), ("raides",))}
_EYES = {
    "brown": (("brown", "dark"), ("bruns", "foncés")),
    "blue": (("blue",), ("bleus",)),
    "green": (("green",), ("verts",)),
    "hazel": (("hazel",), ("noisette",)),
    "grey": (("grey",), ("gris",)),
}
_BUILDS = {
    "slim": (("slim", "thin", "skinny", "slight"), ("mince", "menu")),
    "average": (("average", "medium build", "normal"), ("moyenne", "moyen")),
    "stocky": (("stocky", "solid", "broad"), ("trapu", "robuste")),
    "heavy": (("heavy", "overweight", "large"), ("corpulent", "gros")),
    "muscular": (("muscular", "athletic", "fit"), ("musclé",)),
}
_STREETS = (
    "Alder", "Birchmount", "Cedarvale", "Dovecote", "Elmgrove", "Fernhill", "Granary", "Hawthorn", "Ironwood",
    "Juniper", "Kestrel", "Larkspur", "Maplewood", "Northgate", "Orchard", "Pinecrest", "Quarry", "Ridgeway",
    "Sycamore", "Thornbury", "Underhill", "Valleyview", "Willowbrook", "Yarrow", "Ashgrove", "Brookside",
    "Clearwater", "Driftwood", "Eastfield", "Foxglove",
)  # fmt: skip
_STREET_KINDS = ("Street", "Avenue", "Lane", "Drive", "Crescent", "Court")
_PLACE_NAMES = ("Heron", "Mill", "Cobble", "Sunset", "Lowland", "Amber", "Stonegate", "Meadow", "Cardinal", "Bluff",
                "Harvest", "Lantern", "Otter", "Prairie", "Summit")  # fmt: skip
_PLACE_KINDS = ("Pond", "Park", "Mall", "Library", "Arena", "Station", "Church", "School", "Creek", "Market",
                "Playground", "Bridge", "Farm", "Depot", "Beach")  # fmt: skip
_DRAWN_BY = {"Pond": Attraction.WATER, "Creek": Attraction.WATER, "Beach": Attraction.WATER,
             "Station": Attraction.TRAINS,
             "Depot": Attraction.TRAINS, "Mall": Attraction.STORES, "Market": Attraction.STORES,
             "Playground": Attraction.PLAYGROUND, "Farm": Attraction.ANIMALS, "Bridge": Attraction.HEIGHTS}  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """One kind of registrant."""

    share: float
    ages: tuple[int, int]
    conditions: tuple[Condition, ...]
    speaks: tuple[tuple[SpeaksBy, ...], ...]
    moves: tuple[Mobility, ...]
    drawn: tuple[Attraction, ...]
    women: float


_KINDS = (
    Kind(0.46, (62, 95), (Condition.DEMENTIA,), ((SpeaksBy.SPEAKS,), (SpeaksBy.FEW_WORDS, SpeaksBy.NAME),
         (SpeaksBy.SPEAKS, SpeaksBy.NAME)), (Mobility.WALKS_WELL, Mobility.SLOW, Mobility.AID, Mobility.TRANSIT),
         (Attraction.STORES, Attraction.ROADS, Attraction.VEHICLES), 0.6),
    Kind(0.26, (4, 24), (Condition.AUTISM,), ((SpeaksBy.NON_VERBAL, SpeaksBy.PICTURES), (SpeaksBy.FEW_WORDS,),
         (SpeaksBy.ECHOES,), (SpeaksBy.SPEAKS, SpeaksBy.SIMPLE)), (Mobility.RUNS, Mobility.WALKS_WELL, Mobility.BIKE),
         (Attraction.WATER, Attraction.TRAINS, Attraction.PLAYGROUND, Attraction.HEIGHTS, Attraction.VEHICLES), 0.22),
    Kind(0.10, (10, 55), (Condition.INTELLECTUAL,), ((SpeaksBy.SPEAKS, SpeaksBy.SIMPLE), (SpeaksBy.FEW_WORDS,)),
         (Mobility.WALKS_WELL, Mobility.SLOW, Mobility.TRANSIT), (Attraction.ANIMALS, Attraction.STORES), 0.45),
    Kind(0.06, (8, 45), (Condition.DOWN, Condition.INTELLECTUAL), ((SpeaksBy.FEW_WORDS, SpeaksBy.SIGN),
         (SpeaksBy.SPEAKS, SpeaksBy.SIMPLE)), (Mobility.WALKS_WELL, Mobility.SLOW), (Attraction.ANIMALS,
         Attraction.WATER), 0.5),
    Kind(0.07, (20, 65), (Condition.BRAIN_INJURY,), ((SpeaksBy.SPEAKS,), (SpeaksBy.YES_NO,)),
         (Mobility.WALKS_WELL, Mobility.AID, Mobility.WHEELCHAIR), (Attraction.ROADS, Attraction.CONSTRUCTION), 0.35),
    Kind(0.05, (17, 70), (Condition.MENTAL_HEALTH,), ((SpeaksBy.SPEAKS,), (SpeaksBy.NON_VERBAL,)),
         (Mobility.WALKS_WELL, Mobility.TRANSIT, Mobility.BIKE), (Attraction.HEIGHTS, Attraction.TRAINS), 0.5),
)  # fmt: skip
_MISTAKEN = {
    Condition.DEMENTIA: (Condition.MENTAL_HEALTH, Condition.BRAIN_INJURY, Condition.DIABETES),
    Condition.AUTISM: (Condition.INTELLECTUAL, Condition.HEARING, Condition.MENTAL_HEALTH),
    Condition.INTELLECTUAL: (Condition.AUTISM, Condition.BRAIN_INJURY),
    Condition.DOWN: (Condition.INTELLECTUAL,),
    Condition.BRAIN_INJURY: (Condition.MENTAL_HEALTH, Condition.DEMENTIA),
    Condition.MENTAL_HEALTH: (Condition.BRAIN_INJURY, Condition.AUTISM),
}


@dataclass(frozen=True)
class PublicPlace:
    """A place that many know."""

    name: str
    kind: str
    lat: float
    lon: float


def public_places(rng: random.Random) -> list[PublicPlace]:
    """900 places, most of them in the towns."""
    found = []
    for number in range(900):
        lat, lon = _in_town(rng, 3_500)
        kind = rng.choice(_PLACE_KINDS)
        name = f"{rng.choice(_PLACE_NAMES)} {kind}" if number % 3 else f"{rng.choice(_STREETS)} {kind}"
        found.append(PublicPlace(name, kind, lat, lon))
    return found


def _in_town(rng: random.Random, metres: float) -> tuple[float, float]:
    lat, lon = rng.choice(_TOWNS)
    return _moved((lat, lon), rng.gauss(0, metres), rng.gauss(0, metres))


def _moved(here: tuple[float, float], east_m: float, north_m: float) -> tuple[float, float]:
    east = east_m / (_M_A_DEGREE * math.cos(math.radians(here[0])))
    return round(here[0] + north_m / _M_A_DEGREE, 5), round(here[1] + east, 5)


def _apart(one: tuple[float, float], lat: float, lon: float) -> float:
    return math.hypot((lat - one[0]) * _M_A_DEGREE, (lon - one[1]) * _M_A_DEGREE * math.cos(math.radians(one[0])))


@dataclass(frozen=True)
class Truth:
    """What is true of a registrant, beside the card's own words: what sightings are made of."""

    woman: bool
    age: int
    height: int
    build: str
    hair: tuple[str, str, str]
    eyes: str
    clothes: tuple[tuple[int, int], ...]
    things: tuple[int, ...]
    marks: tuple[tuple[int, int, int | None], ...]
    aids: tuple[WornAid, ...]
    conditions: tuple[Condition, ...]
    speaks: tuple[SpeaksBy, ...]
    moves: tuple[Mobility, ...]
    drawn: tuple[Attraction, ...]
    home: tuple[float, float]
    street: str
    places: tuple[PublicPlace, ...]
    french: bool


Words = Sequence[Sequence[str]]


def _say(rng: random.Random, words: Words, french: bool, plain: bool) -> str:
    of_language = words[1] if french and words[1] else words[0]
    return of_language[0] if plain else rng.choice(list(of_language))


def _height(rng: random.Random, woman: bool, age: int) -> int:
    if age < 18:
        middle = 76 + 6.2 * min(age, 15) + (0 if woman or age < 14 else 2.5 * (age - 13))
        return round(rng.gauss(min(middle, 164 if woman else 176), 6))
    return round(rng.gauss((162.5 if woman else 175.5) - max(0, age - 60) * 0.08, 6.8))


def _hair(rng: random.Random, woman: bool, age: int) -> tuple[str, str, str]:
    natural = rng.choices(("black", "brown", "dark brown", "blond", "red"), (22, 30, 22, 20, 6))[0]
    greying = min(max((age - 42) / 35, 0), 0.95)
    colour = natural if rng.random() > greying else rng.choice(("grey", "grey", "white"))
    if not woman and age > 40 and rng.random() < 0.18:
        return "bald", "", ""
    length = rng.choices(("short", "medium", "long"), (30, 40, 30) if woman else (82, 13, 5))[0]
    return colour, length, rng.choices(("", "curly", "straight"), (60, 22, 18))[0]


def truth(rng: random.Random, public: Sequence[PublicPlace]) -> Truth:
    """One registrant."""
    kind = rng.choices(_KINDS, [one.share for one in _KINDS])[0]
    woman, age = rng.random() < kind.women, rng.randint(*kind.ages)
    home = _in_town(rng, 2_600)
    near = sorted(rng.sample(range(len(public)), 60), key=lambda one: _apart(home, public[one].lat, public[one].lon))
    places = tuple(public[one] for one in rng.sample(near[:8], rng.choice((0, 1, 2, 2, 3, 4))))
    clothes = [(rng.randrange(len(_GARMENTS)), rng.randrange(len(_COLOURS))) for _ in range(rng.choice((1, 2, 2, 3)))]
    marked = [
        (place, rng.randrange(len(_MARK_PLACES)), rng.randrange(len(_PICTURES)) if place == 1 else None)
        for place in (rng.randrange(len(_MARK_KINDS)) for _ in range(rng.choices((0, 1, 2), (60, 32, 8))[0]))
    ]
    aids = [WornAid.GLASSES] if rng.random() < (0.65 if age > 45 else 0.25) else []
    if age > 65 and rng.random() < 0.3:
        aids.append(WornAid.HEARING_AID)
    return Truth(
        woman=woman,
        age=age,
        height=_height(rng, woman, age),
        build=rng.choices(list(_BUILDS), (25, 40, 14, 15, 6))[0],
        hair=_hair(rng, woman, age),
        eyes=rng.choices(list(_EYES), (52, 24, 8, 12, 4))[0],
        clothes=tuple(clothes) if rng.random() < 0.85 else (),
        things=tuple(rng.sample(range(len(_THINGS)), rng.choice((0, 1, 1, 2)))),
        marks=tuple(marked),
        aids=tuple(aids),
        conditions=kind.conditions,
        speaks=rng.choice(kind.speaks),
        moves=tuple(rng.sample(kind.moves, rng.choice((1, 1, 2)))),
        drawn=tuple(rng.sample(kind.drawn, min(len(kind.drawn), rng.choice((1, 1, 2))))),
        home=home,
        street=f"{rng.randint(2, 400)} {rng.choice(_STREETS)} {rng.choice(_STREET_KINDS)}",
        places=places,
        french=rng.random() < 0.25,
    )


def _clothes_said(rng: random.Random, clothes: Sequence[tuple[int, int]], french: bool, plain: bool) -> str:
    said = []
    for garment, colour in clothes:
        thing, of_colour = _say(rng, _GARMENTS[garment], french, plain), _say(rng, _COLOURS[colour], french, plain)
        said.append(f"{thing} {of_colour}" if french else f"{of_colour} {thing}")
    return ", ".join(said)


def _things_said(rng: random.Random, things: Sequence[int], french: bool, plain: bool) -> str:
    return ", ".join(_say(rng, _THINGS[one], french, plain) for one in things)


def _marks_said(
    rng: random.Random, marks: Sequence[tuple[int, int, int | None]], french: bool, plain: bool
) -> list[str]:
    said = []
    for kind, where, picture in marks:
        of_what = "" if picture is None else f" ({_say(rng, _PICTURES[picture], french, plain)})"
        between = "sur" if french else "on"
        said.append(
            f"{_say(rng, _MARK_KINDS[kind], french, plain)}{of_what} {between} "
            f"{_say(rng, _MARK_PLACES[where], french, plain)}"
        )
    return said


def _hair_said(rng: random.Random, hair: tuple[str, str, str], french: bool, plain: bool) -> str:
    words = [_say(rng, _HAIR_COLOURS[hair[0]], french, plain)]
    if hair[1]:
        words.append(_say(rng, _HAIR_LENGTHS[hair[1]], french, plain))
    if hair[2]:
        words.append(_say(rng, _HAIR_FORMS[hair[2]], french, plain))
    return " ".join(words)


def card(rng: random.Random, one: Truth, today: date) -> dict[str, Any]:
    """The registration's own words: what a submitter writes."""
    plain = rng.random() < 0.5
    born = today.replace(day=1) - timedelta(days=round(365.25 * one.age + rng.randint(1, 360)))
    home = {"kind": "home", "text": one.street, "municipality": "", "lat": one.home[0], "lon": one.home[1]}
    history = []
    if one.places and rng.random() < 0.35:
        history = [{"on": (today - timedelta(days=rng.randint(20, 900))).isoformat(), "found": one.places[0].name}]
    return {
        "legal_first": f"N{rng.randrange(10**6)}",
        "legal_last": f"M{rng.randrange(10**6)}",
        "dob": born,
        "gender": Gender.WOMAN if one.woman else Gender.MAN,
        "height_cm": one.height + rng.choice((-2, -1, 0, 0, 0, 1, 2)),
        "build": _say(rng, _BUILDS[one.build], one.french, plain),
        "hair": _hair_said(rng, one.hair, one.french, plain),
        "eyes": _say(rng, _EYES[one.eyes], one.french, plain),
        "clothing": _clothes_said(rng, one.clothes, one.french, plain) or None,
        "carried": _things_said(rng, one.things, one.french, plain) or None,
        "marks": _marks_said(rng, one.marks, one.french, plain),
        "worn_aids": [str(aid) for aid in one.aids],
        "mobility": [str(code) for code in one.moves],
        "communication": [str(code) for code in one.speaks],
        "conditions": [str(code) for code in one.conditions],
        "attractions": [str(code) for code in one.drawn],
        "addresses": [home],
        "places": [{"name": each.name, "why": "", "lat": each.lat, "lon": each.lon} for each in one.places],
        "wander_history": history,
    }


# --- sightings --------------------------------------------------------------------------------------------------------


def sighting(rng: random.Random, one: Truth, level: Level, public: Sequence[PublicPlace]) -> Sighting:
    """What an officer tells of a registrant, with the noise of a level; at least three things."""
    while True:
        made = _sighting(rng, one, level, public)
        if made.facts >= 3:
            return made


def _sighting(rng: random.Random, one: Truth, level: Level, public: Sequence[PublicPlace]) -> Sighting:
    def told() -> bool:
        return rng.random() >= level.missing

    def wrong() -> bool:
        return rng.random() < level.wrong

    french = rng.random() < 0.2
    plain = rng.random() >= level.other_words
    where, place = _where(rng, one, public)
    woman = one.woman if rng.random() >= level.wrong / 3 else not one.woman
    hair = _other_hair(rng) if wrong() else one.hair
    if rng.random() < 0.3:
        hair = (hair[0], "", hair[2])
    build = rng.choice(list(_BUILDS)) if rng.random() < level.wrong * 2 else one.build
    eyes = rng.choice(list(_EYES)) if rng.random() < level.wrong * 2 else one.eyes
    clothes = _worn(rng, one, level)
    things = one.things if rng.random() < level.usual_clothes else (rng.randrange(len(_THINGS)),)
    conditions = [
        rng.choice(_MISTAKEN[code]) if rng.random() < level.wrong * 2 else code for code in one.conditions[:1]
    ]
    return Sighting(
        gender=(Gender.WOMAN if woman else Gender.MAN) if rng.random() > level.missing / 3 else None,
        age=_age_told(rng, one.age, level, wrong()) if told() else None,
        height_cm=_height_told(rng, one.height, level, wrong()) if told() else None,
        build=_say(rng, _BUILDS[build], french, plain) if told() else "",
        hair=_typed(rng, _hair_said(rng, hair, french, plain), level) if told() else "",
        eyes=_say(rng, _EYES[eyes], french, plain) if rng.random() > level.missing * 1.6 else "",
        clothing=_typed(rng, _clothes_said(rng, clothes, french, plain), level) if told() else "",
        carried=_typed(rng, _things_said(rng, things, french, plain), level) if told() else "",
        marks=_typed(rng, ", ".join(_marks_said(rng, one.marks[:1], french, plain)), level)
        if rng.random() > level.missing * 1.6
        else "",
        worn_aids=tuple(aid for aid in one.aids if told() and rng.random() < 0.8),
        mobility=(_of(rng, one.moves, Mobility, wrong()),) if rng.random() > level.missing * 1.6 else (),
        communication=(_of(rng, one.speaks, SpeaksBy, wrong()),) if told() else (),
        conditions=tuple(conditions) if rng.random() > level.missing * 1.6 else (),
        attractions=_drawn(rng, one, place, wrong()) if rng.random() > level.missing * 1.6 else (),
        place=_typed(rng, place.name, level) if place is not None and told() else "",
        position=where if rng.random() >= level.without_position else None,
    )


def _where(
    rng: random.Random, one: Truth, public: Sequence[PublicPlace]
) -> tuple[tuple[float, float], PublicPlace | None]:
    chance = rng.random()
    if chance < 0.35 and one.places:
        place = rng.choice(one.places)
        turn, away = rng.uniform(0, 2 * math.pi), rng.uniform(0, 300)
        return _moved((place.lat, place.lon), away * math.sin(turn), away * math.cos(turn)), place
    if chance >= 0.88:
        here = (round(rng.uniform(SOUTH, NORTH), 5), round(rng.uniform(WEST, EAST), 5))
    else:
        turn, away = rng.uniform(0, 2 * math.pi), 1000 * _quantile(rng.random())
        here = _moved(one.home, away * math.sin(turn), away * math.cos(turn))
    near = [each for each in public if _apart(here, each.lat, each.lon) < 250]
    return here, rng.choice(near) if near else None


def _quantile(share: float) -> float:
    for (low, near), (high, far) in pairwise(_DISTANCES_KM):
        if share <= high:
            return near + (far - near) * (share - low) / (high - low)
    return _DISTANCES_KM[-1][1]


def _age_told(rng: random.Random, age: int, level: Level, wrong: bool) -> tuple[int, int]:
    off = age * level.age_off + 0.8
    guess = age + rng.uniform(-1.6 * off, 1.6 * off) if not wrong else rng.uniform(5, 90)
    if rng.random() < 0.5:
        step = 1 if guess < 10 else 5
        about = max(0, min(110, step * round(guess / step)))
        return about, about
    wide = 4 if guess < 14 else 10
    low = max(0, min(100, wide * math.floor(guess / wide)))
    return low, low + wide - 1


def _height_told(rng: random.Random, height: int, level: Level, wrong: bool) -> int:
    if wrong:
        return rng.randrange(110, 195, 5)
    guess = height + rng.uniform(-1.7, 1.7) * level.height_off
    if rng.random() < 0.4:
        return round(round(guess / 2.54) * 2.54)
    return 5 * round(guess / 5)


def _other_hair(rng: random.Random) -> tuple[str, str, str]:
    return rng.choice(list(_HAIR_COLOURS)), rng.choice(list(_HAIR_LENGTHS)), ""


def _worn(rng: random.Random, one: Truth, level: Level) -> list[tuple[int, int]]:
    worn = [each for each in one.clothes if rng.random() < level.usual_clothes]
    while len(worn) < 2:
        worn.append((rng.randrange(len(_GARMENTS)), rng.randrange(len(_COLOURS))))
    rng.shuffle(worn)
    return [
        (garment, rng.randrange(len(_COLOURS)) if rng.random() < level.wrong else colour) for garment, colour in worn
    ]


def _of(rng: random.Random, codes: Sequence[Any], listed: Any, wrong: bool) -> Any:
    return rng.choice(list(listed)) if wrong else rng.choice(list(codes))


def _drawn(rng: random.Random, one: Truth, place: PublicPlace | None, wrong: bool) -> tuple[Attraction, ...]:
    if place is not None and place.kind in _DRAWN_BY and rng.random() < 0.5:
        return (_DRAWN_BY[place.kind],)
    return (_of(rng, one.drawn, Attraction, wrong),)


def _typed(rng: random.Random, text: str, level: Level) -> str:
    """The text with a letter left out, doubled or swapped in some words."""
    return " ".join(_slipped(rng, word) if rng.random() < level.misspelt else word for word in text.split(" "))


def _slipped(rng: random.Random, word: str) -> str:
    if len(word) < 4:
        return word
    place = rng.randrange(1, len(word) - 1)
    slip = rng.randrange(3)
    if slip == 0:
        return word[:place] + word[place + 1 :]
    if slip == 1:
        return word[:place] + word[place] + word[place:]
    return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
