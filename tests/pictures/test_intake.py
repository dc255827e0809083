"""A picture from outside comes in upright, stripped and no larger than asked, or is refused with a sentence."""

from __future__ import annotations

import io
import sys

import msgspec
import pytest
from PySide6.QtGui import QColor, QImage

from app.errors import EnvironmentProblem, HavenError, RuleBroken
from app.pictures import child, intake
from app.pictures.child import Answer, Limits, Request
from app.pictures.drawing import as_jpeg
from app.pictures.fitting import Cut, fitted
from app.pictures.intake import prepared
from tests.pictures.made import CANARY, file_of, halves, photograph, png_that_says


def test_a_photograph_comes_in_without_what_it_told() -> None:
    file = photograph()
    assert CANARY in file
    found = prepared(file)
    assert (found.width, found.height) == (400, 300)
    assert CANARY not in found.jpeg and b"Exif" not in found.jpeg and b"ICC" not in found.jpeg
    image = QImage.fromData(found.jpeg)
    assert image.pixelColor(20, 150).red() > 200 and image.pixelColor(380, 150).blue() > 200


@pytest.mark.parametrize(
    ("orientation", "size", "red_at"),
    [(1, (400, 300), (20, 150)), (3, (400, 300), (380, 150)), (6, (300, 400), (150, 20)), (8, (300, 400), (150, 380))],
)
def test_it_stands_upright(orientation: int, size: tuple[int, int], red_at: tuple[int, int]) -> None:
    found = child.answer(Request(photograph(orientation=orientation)))
    assert (found.width, found.height) == size
    assert QImage.fromData(found.jpeg).pixelColor(*red_at).red() > 200


@pytest.mark.parametrize("form", ["JPEG", "PNG", "BMP"])
def test_common_formats_are_read(form: str) -> None:
    found = child.answer(Request(file_of(halves(), form)))
    assert (found.width, found.height, found.problem) == (400, 300, "")


def test_what_is_transparent_stands_on_white_paper() -> None:
    image = QImage(20, 20, QImage.Format.Format_ARGB32)
    image.fill(QColor(0, 0, 0, 0))
    found = child.answer(Request(file_of(image, "PNG")))
    assert QImage.fromData(found.jpeg).pixelColor(10, 10) == QColor(255, 255, 255)


def test_a_large_one_is_made_smaller_in_its_own_shape() -> None:
    found = child.answer(Request(photograph(halves(3000, 1000)), Limits(longest=600)))
    assert (found.width, found.height) == (600, 200)


@pytest.mark.parametrize(
    "data",
    [b"", b"not a picture", b"\xff\xd8\xff", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a", b"%PDF-1.7"],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(RuleBroken, match="not a picture"):
        prepared(data)


def test_a_bomb_is_refused_before_it_is_opened() -> None:
    bomb = png_that_says(60_000, 60_000)
    assert len(bomb) < 10_000
    with pytest.raises(RuleBroken) as caught:
        prepared(bomb)
    assert caught.value.text == child.TOO_MANY_DOTS and "120" in caught.value.sentence


def test_a_file_that_is_too_large_is_not_even_handed_on() -> None:
    with pytest.raises(RuleBroken) as caught:
        prepared(b"\xff" * 2_000_000, limits=Limits(file=1024 * 1024), command=["no such program"])
    assert caught.value.text == intake.TOO_LARGE


def test_a_decoder_that_wants_too_much_memory_dies_alone() -> None:
    with pytest.raises(HavenError) as caught:
        prepared(png_that_says(10_000, 10_000), limits=Limits(memory=200 * 1024 * 1024))
    assert caught.value.text in (intake.STOPPED, child.NOT_A_PICTURE)


def test_a_child_that_hangs_crashes_or_lies_is_told() -> None:
    def said(program: str, limits: Limits | None = None) -> str:
        with pytest.raises(RuleBroken) as caught:
            prepared(photograph(), limits=limits, command=[sys.executable, "-c", program])
        return caught.value.text

    assert said("import time; time.sleep(60)", Limits(seconds=1)) == intake.TOO_SLOW
    assert said("import os; os.kill(os.getpid(), 11)") == intake.STOPPED
    assert said("print('no answer')") == intake.STOPPED
    assert said("import sys; sys.stdout.write('x' * 100)", Limits(answer=10)) == intake.STOPPED
    with pytest.raises(EnvironmentProblem):
        prepared(photograph(), command=["/no such program"])


def test_the_child_cannot_write_or_ask_anyone() -> None:
    program = (
        "import socket, sys; from app.pictures.child import Limits, shut_the_doors; shut_the_doors(Limits())\n"
        "for act in (lambda: open('/tmp/haven-test', 'wb'), socket.socket):\n"
        "    try:\n        act()\n    except PermissionError:\n        sys.stdout.write('refused ')\n"
    )
    import subprocess

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "refused refused "


@pytest.mark.usefixtures("qapp")  # or it would leave this process an application that can show no window
def test_serving_is_one_request_and_one_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, said = io.BytesIO(msgspec.msgpack.encode(Request(b"nothing"))), io.BytesIO()
    monkeypatch.setattr(child, "shut_the_doors", lambda _: None)
    child.serve(asked, said)
    assert msgspec.msgpack.decode(said.getvalue(), type=Answer).problem == child.NOT_A_PICTURE


# --- made to fit ---


def test_a_part_is_cut_out_and_fits() -> None:
    whole = as_jpeg(halves(1200, 800), 95)
    made = fitted(whole, longest=300, most=20_000, cut=Cut(0.5, 0.0, 0.5, 1.0))
    image = QImage.fromData(made)
    assert len(made) <= 20_000 and (image.width(), image.height()) == (225, 300)
    assert image.pixelColor(10, 10).blue() > 200 > image.pixelColor(10, 10).red()


def test_a_small_picture_is_never_blown_up() -> None:
    image = QImage.fromData(fitted(as_jpeg(halves(40, 30), 95), longest=800, most=20_000))
    assert (image.width(), image.height()) == (40, 30)


def test_the_roughest_picture_fits_as_well() -> None:
    import random

    noise = QImage(random.Random(7).randbytes(800 * 800 * 4), 800, 800, QImage.Format.Format_RGB32)
    assert len(fitted(as_jpeg(noise, 95), longest=800, most=40_000)) <= 40_000


def test_what_cannot_fit_is_told() -> None:
    for jpeg, most in ((as_jpeg(halves(), 90), 10), (b"no picture", 10_000)):
        with pytest.raises(EnvironmentProblem):
            fitted(jpeg, longest=100, most=most)
