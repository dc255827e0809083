"""Places as people copy them from maps, telephones and reports."""

from __future__ import annotations

import random

import pytest

from app.errors import RuleBroken
from app.forms import coordinates
from app.forms.coordinates import read_coordinate, read_place

# 31' 24" are 31/60 + 24/3600 = 0.5233333 degrees; 52' 16" are 52/60 + 16/3600 = 0.8711111; 31.4' are 0.5233333.
_SAME = ("43.5233333", "-79.8711111")


@pytest.mark.parametrize(
    ("text", "latitude", "longitude"),
    [
        ("43.5234, -79.8711", "43.5234", "-79.8711"),
        ("43.5234 -79.8711", "43.5234", "-79.8711"),
        ("43.5234;-79.8711", "43.5234", "-79.8711"),
        ("(43.5234,-79.8711)", "43.5234", "-79.8711"),
        ("+43.50 −79.0", "43.5", "-79"),
        ("43,5234 -79,8711", "43.5234", "-79.8711"),
        ("43,5234; -79,8711", "43.5234", "-79.8711"),
        ("43, -79", "43", "-79"),
        ("43.5234° N, 79.8711° W", "43.5234", "-79.8711"),
        ("N 43.5234 W 79.8711", "43.5234", "-79.8711"),
        ("79.8711 W, 43.5234 N", "43.5234", "-79.8711"),
        ("43,5234° Nord, 79,8711° Ouest", "43.5234", "-79.8711"),
        ("43.5234 north 79.8711 west", "43.5234", "-79.8711"),
        ("43.5234N 79.8711O", "43.5234", "-79.8711"),
        ("33.8568 S 151.2153 E", "-33.8568", "151.2153"),
        ("geo:43.5234,-79.8711;u=35", "43.5234", "-79.8711"),
        ("43°31'24\"N 79°52'16\"W", *_SAME),
        ("43° 31′ 24″ N, 79° 52′ 16″ W", *_SAME),
        ("43º31’24”N 79º52’16”O", *_SAME),
        ("43°31'24''N, 79°52'16''W", *_SAME),
        ("N43°31'24\" W79°52'16\"", *_SAME),
        ("43 31 24 N 79 52 16 W", *_SAME),
        ("43 31 24 -79 52 16", *_SAME),
        ("43° 31' 24\" -79° 52' 16\"", *_SAME),
        ("43°31.4' N 79°30' W", "43.5233333", "-79.5"),
        ("43 30.0 -79 30.0", "43.5", "-79.5"),
        ("43°31'24,0\"N 79°52'16,0\"W", *_SAME),
        ("0 0", "0", "0"),
        ("-90 180", "-90", "180"),
    ],
)
def test_a_place_is_read_as_it_was_written(text: str, latitude: str, longitude: str) -> None:
    assert read_place(text) == (latitude, longitude)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", coordinates.UNREADABLE),
        ("at the mill", coordinates.UNREADABLE),
        ("43.5", coordinates.ONLY_ONE),
        ("43.5 N", coordinates.ONLY_ONE),
        ("43.5 -79.8 12", coordinates.UNREADABLE),
        ("1, 2, 3", coordinates.UNREADABLE),
        ("-179.8711, 43.5234", coordinates.LATITUDE),
        ("43.5 190", coordinates.LONGITUDE),
        ("43°61'00\"N 79°00'00\"W", coordinates.SIXTY),
        ("43 30 60 N 79 0 0 W", coordinates.SIXTY),
        ("43.5 N 79.8 N", coordinates.DIRECTIONS),
        ("-43.5 N 79.8 W", coordinates.DIRECTIONS),
        ("43.5°30' N 79 W", coordinates.UNREADABLE),
        ("43'30° N 79 W", coordinates.UNREADABLE),
        ("1e5 2", coordinates.UNREADABLE),
        ("9" * 150 + " 2", coordinates.UNREADABLE),
        ("4" * 201, coordinates.UNREADABLE),
    ],
)
def test_what_is_wrong_is_said(text: str, sentence: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        read_place(text)
    assert refused.value.text == sentence


def test_one_coordinate_is_read_by_itself() -> None:
    assert read_coordinate("43°30'N", "latitude") == "43.5"
    assert read_coordinate("79,5 O", "longitude") == "-79.5"
    for text, axis in (("79.5 W", "latitude"), ("95", "latitude"), ("181", "longitude"), ("x", "latitude")):
        with pytest.raises(RuleBroken):
            read_coordinate(text, axis)


def test_whatever_is_pasted_is_read_or_refused() -> None:
    chance = random.Random(20_260_315)
    for _ in range(3_000):
        text = "".join(chance.choice("0123456789.,;°'\" NSEWO+-x\u2212\u0663") for _ in range(chance.randrange(30)))
        try:
            latitude, longitude = read_place(text)
        except RuleBroken as refused:
            assert refused.sentence
        else:
            assert abs(float(latitude)) <= 90 and abs(float(longitude)) <= 180
