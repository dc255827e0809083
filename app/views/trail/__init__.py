"""The audit trails of the agency's computers: whether each is whole."""
