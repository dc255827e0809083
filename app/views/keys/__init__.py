"""The keys of the vault in front of the person: practise a recovery, print its sheets, change what opens the vault.

A section a file; the page puts them one below the other. To add one: a `KeysSection` in a module of its own, and a line
in `page.py`.
"""
