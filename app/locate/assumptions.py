"""What the calculation assumes about radio, people and the operators' skill, in one place and changeable.

Sources, and what each number does:

* `sigma_deg`: how far a bearing by hand lies off, as a standard deviation. Five degrees is the project's own figure
  for a directional antenna and a hand compass. The residuals correct it as far as they can (`prior_readings`).
* `sight_m`: nearer than this a person is seen or heard, not located by bearings; and the observer's own place is not
  known much better.
* `reflected_share`: how often a bearing points somewhere quite else, at a wall or a hill that throws the signal back.
* `range_m`, `air_range_m`: how far a transmitter is heard, 2.5 km on the ground and 10 km from the air (domain.md 7.4).
  Beyond it a position is not impossible, only less likely: `range_spread` is a standard deviation in the logarithm.
* `path_exponent`, `shadow_db`: how a signal fades with distance near the ground. With low antennas the ground wave
  falls with the fourth power of the distance, in the open with the second; what is in between serves here, with a
  wide scatter by walls, trees and the body (A. Longley and G. Hufford, "Sensor path loss measurements", NTIA 1975).
* `bar_db`: one bar of a receiver, taken as the S-unit of 6 dB (IARU Region 1 Technical Recommendation R.1).
* `horizon_m`: lines that would meet farther away do not meet, and who stands farther from the others has a place that
  was mistyped; ten times as far as an aircraft hears.
* `fade_after_s`: from this age on a bearing fades (domain.md 7.4); its weight halves every `fade_half_s`, because the
  person walks on. Below `least_weight` it is set aside.
* `least_angle_deg`: lines that cross at a smaller angle, or a larger one than 180 less it, give no fix (domain.md 7.4).
* `reach_m`: how far the next bearing may be from the last one, on foot.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Assumptions:
    """The numbers that the calculation stands on; the module says where each comes from."""

    sigma_deg: float = 5.0
    sight_m: float = 25.0
    prior_readings: float = 100.0
    reflected_share: float = 0.1
    range_m: float = 2500.0
    air_range_m: float = 10000.0
    range_spread: float = 0.5
    path_exponent: float = 3.5
    shadow_db: float = 10.0
    bar_db: float = 6.0
    horizon_m: float = 100_000.0
    fade_after_s: float = 300.0
    fade_half_s: float = 300.0
    least_weight: float = 1 / 64
    least_angle_deg: float = 20.0
    same_place_m: float = 5.0
    reach_m: float = 600.0
