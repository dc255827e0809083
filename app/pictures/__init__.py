"""Pictures that people bring: decoded apart, stripped of everything but what is seen, made to fit.

A picture from a camera, a telephone or a stranger is a hostile file until it was read (safety.md T6). `intake.prepared`
hands its bytes to a child process (`child`) that may not write, ask the network or take more memory and time than it is
given; what comes back is drawn anew, so no position, name of a device or thumbnail of the original is left. Only what
came back from there is ever decoded beside the vault's key (`fitting`).
"""
