"""Tasks: everything that someone still has to do, in one list."""
