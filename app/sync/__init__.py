"""Synchronisation: the wire contract (`protocol`), the device's end (`client`) and the blind server (`server`)."""
