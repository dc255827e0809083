"""The deterministic simulator of sync: several real vaults, the real server, and everything that can go wrong between.

One seed decides all of a schedule: who writes what, which message is lost, doubled, delayed or cut, where a process
dies, whose clock is wrong, when the server is put back to an older copy. Time, network, crashes and chance come from
the schedule; vaults, engine, server and stores are the real ones. After the weather has cleared, `check.py` says what
must hold (safety.md, G2, G4, G6 to G8, G36).

Nine of ten schedules are brief, so that many combinations are met; the tenth is long (`Shape` in `schedule.py`).

    python -m tests.simulator --seed 41          plays one schedule again, and tells each step
    python -m tests.simulator --schedules 500    plays the schedules from 0 on, and prints the figures

To add a thing that can happen: a method of `Schedule` in `schedule.py` and its line in `_ACTS`. To add a promise: a
function in `check.py` and its line in `PROMISES`.
"""
