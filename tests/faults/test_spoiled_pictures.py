"""Spoiled pictures: each is read or refused with a sentence, in bounded memory, and no decoder crashes (G29).

`HAVEN_SPOILED_PICTURES` is how many of each format are tried; the seed is printed, and `HAVEN_SEED` tries it again.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys

import pytest

ROUNDS = int(os.environ.get("HAVEN_SPOILED_PICTURES", "3400"))
SEED = int(os.environ.get("HAVEN_SEED", "0")) or random.SystemRandom().randrange(1, 2**31)
_CHILD = """
import random, sys
from app.pictures import child
from app.pictures.child import Limits, Request
from tests.pictures.made import file_of, halves, photograph

form, rounds, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
honest = photograph(halves(60, 40)) if form == "EXIF" else file_of(halves(60, 40), form)
rng = random.Random(seed)
child._load_decoders()
limits = Limits(seconds=600)
child.shut_the_doors(limits)
read = refused = 0
for _ in range(rounds):
    data = bytearray(honest)
    for _ in range(rng.randint(1, 12)):
        place = rng.randrange(len(data))
        match rng.randrange(4):
            case 0: data[place] = rng.randrange(256)
            case 1: del data[place : place + rng.randint(1, 40)]
            case 2: data[place:place] = rng.randbytes(rng.randint(1, 40))
            case 3: data[place : place + 4] = rng.choice((b"\\xff" * 4, bytes(4), b"\\x7f\\xff\\xff\\xff"))
        data = data or bytearray(b"x")
    found = child.answer(Request(bytes(data), limits))
    assert bool(found.jpeg) != bool(found.problem)
    assert found.width * found.height <= limits.longest ** 2
    read, refused = read + bool(found.jpeg), refused + bool(found.problem)
sys.stdout.write(f"{read} {refused}")
"""


@pytest.mark.parametrize("form", ["EXIF", "PNG", "BMP"])
def test_spoiled_pictures_are_read_or_refused(form: str) -> None:
    print(f"seed {SEED}")
    command = [sys.executable, "-c", _CHILD, form, str(ROUNDS), str(SEED)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (SEED, done.stderr[-2000:])
    read, refused = map(int, done.stdout.split())
    # Every part of a PNG carries a checksum, and whatever stands in a BMP is a dot.
    both = ROUNDS < 20 or form != "EXIF" or (read and refused)
    assert read + refused == ROUNDS and both, SEED
