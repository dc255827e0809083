"""Counts that are published for analysts: a supervisor's button and an analyst's page, for every programme."""
