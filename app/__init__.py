"""Haven: an offline-first, encrypted desktop application for police victim services."""

__version__ = "0.1.0"
