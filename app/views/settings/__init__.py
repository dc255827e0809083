"""The service's own settings: what holds today, since when, and a new version from a day on (domain.md 23)."""
