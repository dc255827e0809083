"""Filling a form: the windows of a `FormSession`, whatever the form asks.

`page.FormPage` shows a session page by page; `filling.FormWindow` is the dialog around it, with its draft. Nothing in
here knows where answers are stored.

One more kind of question:

1. Write its input: a class of `base.Input` in the file of its family (`texts`, `numbers`, `choosing`, `times`,
   `places`, `ranking`, `signing`). `value()` is the answer as the form stores it.
2. Name it in `making.make`, by the kind, type and appearance of the question.
3. Add it to the form of every kind in `tests/views/forms/test_questions.py`.
"""
