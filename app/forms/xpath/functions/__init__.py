"""Every function that takes plain values. Those that look at the form itself are compiled in
`app/forms/xpath/special.py`.
"""

from __future__ import annotations

from app.forms.xpath.functions import dates, numbers, places, strings, truth
from app.forms.xpath.functions.base import Function

PLAIN: dict[str, Function] = {
    **strings.FUNCTIONS,
    **numbers.FUNCTIONS,
    **truth.FUNCTIONS,
    **dates.FUNCTIONS,
    **places.FUNCTIONS,
}
