"""Requests for victim services: raised in a minute, called back in thirty, dispatched by the rules (domain.md 3)."""
