"""Alembic revisions of the server's store. Each stands alone: no import of ours, a file name that begins with a number.

To add one: change `tables.py`; write `versions/000N_what.py` by hand with `upgrade` and `downgrade`; the test that
compares the migrated schema with the tables and walks every revision up and down tells whether they agree.
"""
