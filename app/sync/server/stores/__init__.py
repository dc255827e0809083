"""The two places where the server can keep things: `embedded.py` and `postgres.py`, behind `store.Store`.

`upgrading.py` brings the tables of either to this version; `after_commit.py` is what a transaction leaves to be told
when it has ended.
"""
