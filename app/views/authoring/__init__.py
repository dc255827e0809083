"""The forms of the service: checking a workbook, publishing it to every device, retiring a form (`docs/forms.md`)."""
