"""Planted defects: each takes one protection away on purpose, and its test must fail then (safety.md, G40).

`defects.py` holds what is taken away, a function each; `test_planted.py` says which test must notice. The test runs in
a process of its own whose interpreter plants the defect before anything else is imported (`site/sitecustomize.py`), its
children included.

To add one: write the function, add its line to the table, and see it pass.
"""
