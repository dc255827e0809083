"""The device's end of sync: what is written here reaches the blind server, what colleagues wrote comes back.

`engine.py` is the list of the stages; each stage is a file and takes the `Round` (`rounds.py`). A stage does its work
on the vault in short transactions and never waits for the network inside one. Whatever a stage learns is in the vault
when it ends, so that a round may be killed anywhere and the next one goes on from there.

To add a stage: a module with one public function that takes the `Round`; a line in `SyncEngine._stages`; a test in
tests/sync/client in which the process dies before and after it. Whatever may take long tells `Round.meter` how far it
is. Beside the rounds, `pokes.py` listens for the server's "look now". Orders to a revoked device are a later stage.
"""
