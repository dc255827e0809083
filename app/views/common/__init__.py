"""The small library of widgets from which every page is built.

What they share:

* A text is a `Wording` (`wording.py`): a plain string is data and shown as it stands; a callable such as
  `lambda: tr("Save")` is asked again when the language changes. Always plain text, never markup.
* An input has `value()`, `set_value(value)` and the signal `changed`, which speaks only when a person changed
  something, never when the program did. None is the value of an empty input.
* Colours and sizes come from `app.views.style`, never from a widget.

To add a widget: one class a file here; its looks in a numbered file of `resources/theme`; a picture of it in
`tests/views/common/gallery.py`; a test of what it shows and of the keyboard; look at it in light and dark.
"""
