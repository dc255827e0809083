"""Destroying what is past its time: proposed by one person, approved by another."""
