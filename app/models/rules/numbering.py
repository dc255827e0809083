"""Series of the numbers that people read (domain.md 1.4.7). Devices reserve blocks of each."""

REQUESTS = "VSR"
CASES = "VSU"
REGISTRATIONS = "VPR"
LIFESAVER = "PLS"
SEARCHES = "PLX"
TRACKING = "MTS"

SERIES = (REQUESTS, CASES, REGISTRATIONS, LIFESAVER, SEARCHES, TRACKING)
"""Every series that a device reserves."""
