"""The data types of answers: which texts they allow (ODK XForms, Data Types), and what to say when one does not fit."""

from __future__ import annotations

import re

from app.forms.xpath.functions.places import read_point, read_points
from app.forms.xpath.values import read_date, read_date_time, read_time
from app.words import mark

_INT = re.compile(r"[+-]?[0-9]{1,19}\Z")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)\Z")
_LARGEST = 2**63

MESSAGES = {
    "int": mark("Please enter a whole number."),
    "decimal": mark("Please enter a number."),
    "boolean": mark("Please answer yes or no."),
    "date": mark("Please enter a date."),
    "time": mark("Please enter a time."),
    "dateTime": mark("Please enter a date and a time."),
    "geopoint": mark("Please enter a place as latitude and longitude."),
    "geotrace": mark("Please enter a line of at least two places."),
    "geoshape": mark("Please enter an area that ends where it begins."),
}


def well_formed(kind: str, value: str) -> bool:
    """Whether a text that is not empty is a value of the type."""
    match kind:
        case "int":
            return _INT.match(value) is not None and abs(int(value)) < _LARGEST
        case "decimal":
            return _DECIMAL.match(value) is not None
        case "boolean":
            return value in ("true", "false", "1", "0")
        case "date":
            return read_date(value) is not None
        case "time":
            return read_time(value) is not None
        case "dateTime":
            return read_date_time(value) is not None
        case "geopoint":
            return read_point(value) is not None
        case "geotrace":
            points = read_points(value)
            return points is not None and len(points) >= 2
        case "geoshape":
            points = read_points(value)
            return points is not None and len(points) >= 4 and points[0] == points[-1]
        case _:
            return True
