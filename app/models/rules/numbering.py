"""Series of the numbers that people read (domain.md 1.4.7). Devices reserve blocks of each."""

REQUESTS = "VSR"
CASES = "VSU"

SERIES = (REQUESTS, CASES)
"""Every series that a device of the unit reserves."""
