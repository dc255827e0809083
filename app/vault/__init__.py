"""How it is kept: one encrypted SQLCipher database per person and device, and everything that guards it.

`vault.py` is the door: `create_vault`, `open_vault`, `Vault.write` (a unit of work) and `Vault.read` (a session that
cannot write). Around it, a subject a file: the data key and its slots, the engine guard, capture of changes by
triggers, the commit, the audit chain, numbers, scopes, drafts, settings, upgrade, backup and lock.
"""
