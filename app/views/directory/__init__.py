"""The partner directory: who helps with what, where and in which language (domain.md 2.8, 18.1)."""
