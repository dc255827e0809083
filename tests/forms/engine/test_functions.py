"""Every function, with values worked out by hand from XPath 1.0, XPath 3.0, XForms and the ODK XForms specification."""

from __future__ import annotations

import hashlib
from datetime import datetime

import pytest

from tests.forms.engine.written import TORONTO_WINTER, result

CASES = [
    # XPath 1.0, 4.2 (its own examples) and ODK XForms, String Functions
    ("concat('a', 1, true())", "a1true"),
    ("concat('only')", "only"),
    ("join('-', 'a', 'b', 'c')", "a-b-c"),
    ("substr('hello', 1, 3)", "el"),
    ("substr('hello', 3)", "lo"),
    ("substr('hello', -2)", "lo"),
    ("substr('hello', 0, 0)", ""),
    ("substring('12345', 2, 3)", "234"),
    ("substring('12345', 2)", "2345"),
    ("substring('12345', 1.5, 2.6)", "234"),
    ("substring('12345', 0, 3)", "12"),
    ("substring('12345', 0 div 0, 3)", ""),
    ("substring('12345', -42, 1 div 0)", "12345"),
    ("substring('12345', -1 div 0, 1 div 0)", ""),
    ("substring-before('1999/04/01', '/')", "1999"),
    ("substring-before('abc', 'x')", ""),
    ("substring-after('1999/04/01', '/')", "04/01"),
    ("substring-after('1999/04/01', '19')", "99/04/01"),
    ("substring-after('abc', 'x')", ""),
    ("translate('bar', 'abc', 'ABC')", "BAr"),
    ("translate('--aaa--', 'abc-', 'ABC')", "AAA"),
    ("string-length('Émile')", "5"),
    ("normalize-space('  a \t b\n c ')", "a b c"),
    ("contains('Toronto', 'ront')", "true"),
    ("contains('Toronto', 'x')", "false"),
    ("starts-with('Toronto', 'To')", "true"),
    ("ends-with('Toronto', 'to')", "true"),
    ("ends-with('Toronto', 'To')", "false"),
    ("upper-case('abc')", "ABC"),
    ("lower-case('ABC')", "abc"),
    ("regex('a1', '[0-9]+')", "true"),
    ("regex('a1', '^[0-9]+$')", "false"),
    ("regex('M4B 1B3', '^[A-Z][0-9][A-Z] ?[0-9][A-Z][0-9]$')", "true"),
    ("base64-decode('w4ltaWxl')", "Émile"),
    ("base64-decode('not base64!')", ""),
    ("thousandsep('1234567.5')", "1,234,567.5"),
    ("string(1 div 3)", "0.3333333333333333"),
    ("string(0.0000001)", "0.0000001"),
    ("string(1000000000000000000000)", "1000000000000000000000"),
    ("string(-0)", "0"),
    ("string(1 div 0)", "Infinity"),
    ("string(-1 div 0)", "-Infinity"),
    ("string(0 div 0)", "NaN"),
    # Truth
    ("boolean('false')", "true"),
    ("boolean('')", "false"),
    ("boolean(0)", "false"),
    ("boolean(0 div 0)", "false"),
    ("boolean-from-string('true')", "true"),
    ("boolean-from-string('1')", "true"),
    ("boolean-from-string('yes')", "false"),
    ("not(1 = 1)", "false"),
    ("true() and false()", "false"),
    ("if(1 < 2, 'yes', 'no')", "yes"),
    ("if('', 1, 2)", "2"),
    ("coalesce('', 'b')", "b"),
    ("coalesce('a', 'b')", "a"),
    ("checklist(2, 3, true(), 1, 0, 'x')", "true"),
    ("checklist(-1, 1, 1, 1)", "false"),
    ("checklist(3, -1, 1, 1)", "false"),
    ("weighted-checklist(5, 8, true(), 3, false(), 9, 1, 4)", "true"),
    ("weighted-checklist(8, -1, true(), 3, 1, 4)", "false"),
    # Numbers
    ("number('12.5') + 1", "13.5"),
    ("number('1e3')", "NaN"),
    ("number('+1')", "NaN"),
    ("number(' -.5 ')", "-0.5"),
    ("number(true())", "1"),
    ("number('')", "NaN"),
    ("int(2.9)", "2"),
    ("int(-2.9)", "-2"),
    ("round(2.5)", "3"),
    ("round(-2.5)", "-2"),
    ("round(2.4999)", "2"),
    ("round(1.005, 2)", "1.01"),
    ("round(1234.5, -2)", "1200"),
    ("round(0 div 0)", "NaN"),
    ("floor(-2.5)", "-3"),
    ("ceiling(-2.5)", "-2"),
    ("abs(-3.5)", "3.5"),
    ("pow(2, 10)", "1024"),
    ("pow(-8, 0.5)", "NaN"),
    ("pow(0, -1)", "Infinity"),
    ("log10(1000)", "3"),
    ("log(exp(1))", "1"),
    ("log(0)", "-Infinity"),
    ("log(-1)", "NaN"),
    ("exp10(3)", "1000"),
    ("sqrt(2.25)", "1.5"),
    ("sqrt(-1)", "NaN"),
    ("round(pi(), 5)", "3.14159"),
    ("sin(0)", "0"),
    ("cos(0)", "1"),
    ("round(tan(pi() div 4), 9)", "1"),
    ("round(asin(1), 5)", "1.5708"),
    ("acos(1)", "0"),
    ("round(atan(1) * 4, 5)", "3.14159"),
    ("round(atan2(1, -1), 5)", "2.35619"),
    ("acos(2)", "NaN"),
    ("5 mod 2", "1"),
    ("5 mod -2", "1"),
    ("-5 mod 2", "-1"),
    ("1.5 mod 0.5", "0"),
    ("6 div 4", "1.5"),
    ("max(3, 10, 7)", "10"),
    ("min(3, 10, 7)", "3"),
    ("max(3, 'x')", "NaN"),
    ("min('')", "NaN"),
    # Lists of answers
    ("selected('a b c', 'b')", "true"),
    ("selected('ab c', 'b')", "false"),
    ("selected('', '')", "false"),
    ("selected-at('a b c', 1)", "b"),
    ("selected-at('a b c', 3)", ""),
    ("selected-at('a b c', -1)", ""),
    ("count-selected('a b c')", "3"),
    ("count-selected('')", "0"),
    # Comparisons: XPath 1.0, 3.4
    ("'1.0' = '1'", "false"),
    ("'1.0' = 1", "true"),
    ("'b' < 'a'", "false"),
    ("'2' > '10'", "false"),
    ("true() = 'x'", "true"),
    ("'2020-01-02' > '2020-01-01'", "true"),
    ("1 != 2", "true"),
    ("0 div 0 = 0 div 0", "false"),
]  # fmt: skip


@pytest.mark.parametrize(("expression", "expected"), CASES, ids=[case[0] for case in CASES])
def test_the_value_is_the_one_of_the_specification(expression: str, expected: str) -> None:
    assert result(expression) == expected


DATES = [
    # 15 March 2026 is day 20527 after 1 January 1970; the clock says 12:00:00 UTC.
    ("today()", "2026-03-15"),
    ("now()", "2026-03-15T12:00:00.000+00:00"),
    ("number('1970-01-02')", "1"),
    ("number('2026-03-15')", "20527"),
    ("number('1970-01-01T12:00:00.000Z')", "0.5"),
    ("number('1970-01-01T00:00:00.000-06:00')", "0.25"),
    ("today() + 1", "20528"),
    ("date(today() + 30)", "2026-04-14"),
    ("date('2026-03-15T23:30:00.000-05:00')", "2026-03-16"),
    ("date('')", ""),
    ("date('2026-02-30')", ""),
    ("date('soon')", ""),
    ("date-time('2026-03-15')", "2026-03-15T00:00:00.000+00:00"),
    ("date-time(0.5)", "1970-01-01T12:00:00.000+00:00"),
    ("decimal-date-time('1970-01-03T06:00:00.000Z')", "2.25"),
    ("decimal-time('12:00:00.000Z')", "0.5"),
    ("decimal-time('18:00')", "0.75"),
    ("decimal-time('13:00:00.000+01:00')", "0.5"),
    ("decimal-time('no time')", "NaN"),
    ("format-date('2026-03-05', '%Y %y %m %n %d %e')", "2026 26 03 3 05 5"),
    ("format-date('2026-03-05', '%a %b')", "Thu Mar"),
    ("format-date('', '%Y')", ""),
    ("format-date('2026-03-05', '100%%')", "100%"),
    ("format-date-time('2026-03-05T07:08:09.120Z', '%H %h %M %S %3')", "07 7 08 09 120"),
    ("now() > today()", "true"),
    ("int((today() - '1990-03-16') div 365.25)", "35"),
]


@pytest.mark.parametrize(("expression", "expected"), DATES, ids=[case[0] for case in DATES])
def test_dates_are_those_of_the_specification(expression: str, expected: str) -> None:
    assert result(expression) == expected


EVENING = datetime(2026, 3, 15, 21, 0, tzinfo=TORONTO_WINTER)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("today()", "2026-03-15"),  # in London it is the 16th already
        ("now()", "2026-03-15T21:00:00.000-05:00"),
        ("date(today() + 1)", "2026-03-16"),
        ("date('2026-03-16T01:00:00.000Z')", "2026-03-15"),
        ("date-time('2026-03-16T01:00:00.000Z')", "2026-03-15T20:00:00.000-05:00"),
        ("decimal-time('17:00:00.000Z')", "0.5"),
        ("format-date-time('2026-03-16T01:00:00.000Z', '%d %H')", "15 20"),
        ("'2026-03-16' - '2026-03-15'", "1"),
    ],
)
def test_the_zone_of_the_device_decides_which_day_it_is(expression: str, expected: str) -> None:
    assert result(expression, now=EVENING) == expected


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512", "sha256"])
def test_digests_are_those_of_their_algorithms(algorithm: str) -> None:
    expected = hashlib.new(algorithm.lower().replace("-", ""), b"abc").hexdigest()
    assert result(f"digest('abc', '{algorithm}', 'hex')") == expected


def test_a_digest_is_base64_unless_hex_is_asked_for() -> None:
    # RFC 3174: the SHA-1 of "abc" is A9993E36 4706816A BA3E2571 7850C26C 9CD0D89D.
    assert result("digest('abc', 'SHA-1')") == "qZk+NkcGgWq6PiVxeFDCbJzQ2J0="
    assert result("digest('abc', 'SHA-1', 'hex')") == "a9993e364706816aba3e25717850c26c9cd0d89d"
    assert result("digest('abc', 'CRC')") == ""


def test_a_uuid_is_of_version_four_or_of_the_length_asked_for() -> None:
    assert result("uuid()")[14] == "4"
    assert len(result("uuid(7)")) == 7
    assert result("uuid(-1)") == ""


def test_chance_is_a_number_below_one_and_follows_the_seed() -> None:
    first, second = result("random()"), result("random()")
    assert first == second and 0 <= float(first) < 1


def test_places_are_measured_on_a_sphere_with_the_radius_at_the_equator() -> None:
    # A degree of latitude is 2 pi R / 360 = 111,318.8 m for R = 6,378,100 m.
    assert result("round(distance('0 0;1 0'), 1)") == "111318.8"
    assert result("round(distance(../a, ../b), 1)", a="0 0 0 0", b="0 1 5 3") == "111318.8"
    # The octant between the equator, two meridians 90 degrees apart and the pole is an eighth of the sphere.
    octant = str(round(4 * 3.141592653589793 * 6_378_100**2 / 8))
    assert result("round(area('0 0;0 90;90 90;90 0;0 0'))") == octant
    assert result("enclosed-area('0 0;0 1')") == "0"
    assert result("distance('nowhere')") == "NaN"
    assert result("geofence('1 1', '0 0;0 2;2 2;2 0;0 0')") == "true"
    assert result("geofence('3 1', '0 0;0 2;2 2;2 0;0 0')") == "false"


def test_dates_are_named_in_the_language_of_the_form() -> None:
    from tests.forms.engine.written import bind, opened, value, xform

    itext = '<itext><translation lang="Français (fr)"><text id="x"><value>x</value></text></translation></itext>'
    form = xform("<r/>", binds=bind("r", calculate="format-date('2026-03-05', '%a %e %b')"), itext=itext)
    assert value(opened(form), "r") == "jeu. 5 mars"
