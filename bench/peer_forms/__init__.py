"""ODK's own engine, `@getodk/xforms-engine`, in headless Chromium: what it takes and what it makes of the same answers.

Nothing of it is kept here. `peer.ask` installs the package by its name into `out/peer` when it is not there, serves
this folder and the package on this computer alone, and lets the browser do the jobs. `python -m bench.peer_forms.renew`
writes the peer's outcomes into `tests/forms/published/peer`, so that the tests need no browser.
"""
