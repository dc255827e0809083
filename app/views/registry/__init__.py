"""The Vulnerable Person Registry: find a person, the emergency card, and the registry's own list (domain.md 6)."""
