"""Made-up answers for every sheet that is a list of parts."""

from __future__ import annotations

from app.queries.sheet_rows import Plot, PlotLine, SheetField, SheetList, SheetRows, SheetTable

_FIELDS = {
    "name": "Teddy Kestrel-Example",
    "number": "PLS-2025-000012",
    "municipality": "Port Lindon",
    "address": "14 Fictional Crescent",
    "person": "Teddy Kestrel-Example",
    "occurrence": "25-0311",
    "clothing": "Blue rain coat",
    "hides": "Under porches",
    "position": "43.45360, -79.69500",
    "ellipse": "140 m × 130 m, 173°",
    "banner": "The battery is 69 days old and may be flat.",
    "remarks": "A grey van in Harbour Street.",
}


def rows() -> SheetRows:
    """One sheet with something under many of the keys; a form takes those that it asks for."""
    line = ["13:29", "43.45000, -79.70000", "55.5° Compass", "45.0°", "4 Bars", "Heard", "E. Marchetti", "In the open"]
    return SheetRows(
        fields=[SheetField(key=key, text=text) for key, text in _FIELDS.items()],
        ticks=[SheetList(key="outcome", items=["safe", "done"]), SheetList(key="duties", items=["test", "call_911"])],
        tables=[
            SheetTable(key="bearings", rows=[line, line]),
            SheetTable(key="caregivers", rows=[["Nora Kestrel-Example", "Mother", "555-0142", "Primary"]]),
            SheetTable(key="transmitters", rows=[["T-044", "216.150 MHz", "1 s", "Issued"]]),
            SheetTable(key="route", rows=[["1", "14 Fictional Crescent", "Port Lindon", "555-0142", "", "T-044"]]),
        ],
        plot=Plot(
            lines=[
                PlotLine(east=-400, north=0, bearing=45),
                PlotLine(east=400, north=0, bearing=315),
                PlotLine(east=0, north=-300, bearing=120, used=False),
            ],
            found=True,
            east=0,
            north=400,
            major=140,
            minor=60,
            azimuth=20,
        ),
    )
