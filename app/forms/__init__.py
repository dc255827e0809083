"""Forms as data: XLSForm workbooks run with the meaning of the ODK XForms and XLSForm specifications (`docs/forms.md`).

From a file to an answered form:

* `convert` turns a workbook into an XForm in a child process (`child`, `workbook`), `check` reports on it; *
`definition.load` reads an XForm (`xform`, `body`, `external`) into plain data (`data`), which is cached as bytes; *
`program` compiles its expressions (`xpath/`) and knows what depends on what (`circles` orders it); *
`session.FormSession` answers it: `engine` keeps the nodes true to the rules, `judging` says what is wrong, `showing`
what is
  shown, `record` keeps and submits.

Imports nothing of the house but errors and words.
"""
