"""The windows of crisis intervention for cases: the list, one case, and the capture on scene.

* `case_list` and `case_page` are the pages; what stands at the top of a case is in `header`, `banners` and `reach`,
  the right column in `aside`.
* `sections/` holds the parts of a case, one a file; a part asks for its rows when it is first shown.
* `dialogs/` holds what people fill in, one form a file, all on `form_dialog.FormDialog`.
* `capture/` is the step-by-step flow for a tablet on a knee.

To add a part: a `CaseSection` in `sections/`, a line in `sections/__init__.py`. To add a form: a `FormDialog` in
`dialogs/` that asks its fields and says which verb does it.
"""
