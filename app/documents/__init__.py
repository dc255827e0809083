"""Documents: PDFs drawn from plain rows, in a child process that holds no key.

The only room that imports reportlab, and only the modules that the child runs do; the window imports `renderer` and
`catalogue`, which do not.

To add a document:

1. Put its rows in `app/queries/form_rows.py` (every field with an empty default, so that it prints blank).
2. Add its line to `CATALOGUE` in `catalogue.py`: id, version, title, audiences, variants.
3. Write `def f_NNN(rows, page) -> list[Block]` in the module of its family, from the blocks in `blocks.py` and
   `table.py`. Every text through `page.tr("...")`; every value that a person typed through `page.typed(...)`.
4. Name it in `DRAWINGS` in `forms.py`.
5. Look at it: English, French, blank, large print.
"""
