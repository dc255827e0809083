"""XPath 1.0 with the functions of the ODK XForms specification, compiled to closures over a form's own tree.

`lexer` and `parser` make the tree of `ast`; `compiler` makes closures of it; `functions` has what can be called, split
by subject; `values` has XPath's conversions.

To add a function: write it in the module of its subject in `functions/`, with the source of its rule in the docstring;
give it a line in that module's `FUNCTIONS`; name it in `docs/forms.md`.
"""
