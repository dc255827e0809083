"""What is found by its words: which columns of which kinds, and the case, request or registration it leads to.

Quick find asks for cases and requests; the registry's own lists and choosers ask for registrations.

To make another kind findable, add a line to `FINDABLE`; the next unlock makes the index anew (`vault/find_index.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

NUMBER, NAME, OCCURRENCE, ADDRESS = "number", "name", "occurrence", "address"
PLACES = (NUMBER, NAME, OCCURRENCE)
"""Where words may be found, the most telling first. All words must be found in the same place of one record."""

COLUMNS = (*PLACES, ADDRESS)
"""The same, and the addresses that only look for one person entered twice."""

CASE, REQUEST, REGISTRATION = "case_file", "service_request", "registration"


@dataclass(frozen=True)
class Findable:
    """One kind: the kind it leads to, the column that holds that one's id, and the columns of each place.

    Of a column in `lists`, which holds a JSON list of mappings, the `text` of each is taken.
    """

    kind: str
    leads_to: str
    owner: str
    columns: dict[str, tuple[str, ...]] = field(hash=False)
    lists: frozenset[str] = frozenset()

    def read(self) -> tuple[str, ...]:
        """Every column that the index depends on."""
        words = tuple(column for place in COLUMNS for column in self.columns.get(place, ()))
        return (*words, "removed_at", *((self.owner,) if self.owner != "id" else ()))


_PERSON = ("legal_first", "legal_middle", "legal_last", "preferred_name", "unknown_label", "aliases")

FINDABLE = (
    Findable("case_file", CASE, "id", {NUMBER: ("number",)}),
    Findable("person", CASE, "case_id", {NAME: _PERSON}),
    Findable("incident", CASE, "case_id", {OCCURRENCE: ("occurrence_no",)}),
    Findable("service_request", REQUEST, "id", {NUMBER: ("number",), OCCURRENCE: ("occurrence_no",)}),
    Findable("request_person", REQUEST, "request_id", {NAME: ("name", "label")}),
    Findable(
        "registration",
        REGISTRATION,
        "id",
        {
            NUMBER: ("number",),
            NAME: ("legal_first", "legal_middle", "legal_last", "preferred_name", "aliases"),
            ADDRESS: ("addresses",),
        },
        frozenset({"addresses"}),
    ),
)
