"""The blind central server: it orders, stores and hands out sealed segments, and holds no key that opens them.

Read in this order: `app.py` (what is built), `routes.py` (the wire), `auth.py` (who asks), `intake.py` (what is
taken), `reading.py` (what is handed out), `members.py` (agencies, people, devices), `store.py` (where it is kept).

To add an endpoint: its messages in `sync/protocol.py`; a function that takes an open connection in the module of its
subject; a handler of a few lines in `routes.py`, listed in `HANDLERS`; a row in PROTOCOL.md; tests.
"""
