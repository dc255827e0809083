"""Supervision: the caseload of the unit, what is late or missing, and the review of a case. Works offline."""
