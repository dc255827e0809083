"""Planted defects: each takes one protection away on purpose, and its test must fail then (safety.md, G40).

`defects.py` holds what is taken away, a function each; `test_planted.py` says which test must notice. The test runs in
a process of its own, in which the defect is planted before anything of ours is imported (`ready.py`); in processes that
it starts as well (`site/sitecustomize.py`).

To add one: write the function, add its line to the table, and see it pass.
"""
