"""What is true: tables and rules, one module a programme.

To add a kind of record:

1. Add a class on `base.Record` in the programme's module: `__tablename__` is its kind on the wire and in the audit
   trail, for ever; `scope_kind` says who may read it (`vocab.ScopeKind`, `rules/access.py`). Split what has different
   readers into two kinds. Every field but `id` and `scope_id` may be empty: a draft is never refused.
2. Mark fields with `safety(...)` when two people's different answers must show the more protective one, and name a
   rule of `rules/protective.py`.
3. Import the module in `everything.py`, so that the table, its capture triggers and the migration test know it.
4. Write the migration in `migrations/versions/` (its test compares the migrated schema with the models).
5. Give the kind its row in `rules/access.py`: which roles may write it.
"""
