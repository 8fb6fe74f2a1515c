"""Whatever comes in, the core answers with an error of its own that says what to do."""

import struct
import subprocess
import sys
import time
from contextlib import suppress

import numpy as np
import pytest
from PIL import Image

from tests.containers import heic_grid, tiff_of_a_tile
from tests.hostile import EXHAUSTING, HOSTILE, JPEG, TILE, jpeg_of_scans, png_claiming, webp_claiming
from tests.pictures import encoded, gradient
from turdify.errors import DamagedPhoto, PhotoTooLarge, TooManyPixels, TurdifyError
from turdify.photo import read_photo


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_a_sentence(name: str) -> None:
    data, status = HOSTILE[name]
    with pytest.raises(TurdifyError) as refused:
        read_photo(data, max_bytes=2**20, max_pixels=1_000_000)
    assert refused.value.status == status
    assert refused.value.message.endswith(".")


def test_a_photo_of_exactly_the_limits_is_read() -> None:
    assert read_photo(JPEG, max_bytes=len(JPEG), max_pixels=512 * 512).image.size == (512, 512)
    with pytest.raises(PhotoTooLarge):
        read_photo(JPEG, max_bytes=len(JPEG) - 1)
    with pytest.raises(TooManyPixels):
        read_photo(JPEG, max_pixels=512 * 512 - 1)


@pytest.mark.parametrize("bomb", [png_claiming(50_000, 50_000), png_claiming(8_100, 8_100), webp_claiming(13_300)])
def test_a_bomb_is_refused_before_it_takes_memory(bomb: bytes) -> None:
    """In a process of its own, whose peak is known."""
    program = """
import resource, sys
from turdify.errors import TooManyPixels
from turdify.photo import read_photo
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    read_photo(sys.stdin.buffer.read())
except TooManyPixels:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    done = subprocess.run([sys.executable, "-c", program], input=bomb, capture_output=True, check=True)
    assert int(done.stdout) < 20_000  # KiB


@pytest.mark.parametrize("name", EXHAUSTING)
def test_what_holds_no_photo_of_such_a_size_takes_no_such_time(name: str) -> None:
    data = EXHAUSTING[name]()
    started = time.process_time()
    with suppress(TurdifyError):
        read_photo(data)
    assert time.process_time() - started < 2


def test_pixels_are_what_is_decoded_and_not_what_the_container_claims() -> None:
    large = encoded(Image.new("RGB", (3000, 3000)), "AVIF", speed=10)
    small = large.replace(struct.pack(">II", 3000, 3000), struct.pack(">II", 64, 64))
    assert small != large
    with pytest.raises(TooManyPixels):
        read_photo(small, max_pixels=3_000_000)
    with pytest.raises(TooManyPixels):
        read_photo(heic_grid(TILE, 8, 8, (64, 64)), max_pixels=1_000_000)
    with pytest.raises(TooManyPixels):
        read_photo(tiff_of_a_tile(64, 2048), max_pixels=1_000_000)


def test_a_tiff_whose_tile_reaches_beyond_it_is_read() -> None:
    assert read_photo(tiff_of_a_tile(100, 256)).image.size == (100, 100)


def test_a_heic_of_tiles_is_read() -> None:
    image = read_photo(heic_grid(TILE, 3, 2, (1500, 1000))).image
    assert image.size == (1500, 1000)
    corner, whole = image.crop((512, 0, 1024, 512)), read_photo(TILE).image
    assert np.abs(np.asarray(corner).astype(int) - np.asarray(whole)).mean() < 1


def test_a_jpeg_of_as_many_scans_as_an_encoder_may_make_is_read() -> None:
    assert read_photo(jpeg_of_scans(64)).image.size == (64, 64)


def test_only_the_scans_of_the_picture_itself_count() -> None:
    """Neither bytes in a comment nor a video behind the picture, as phones append it."""
    scans = b"\xff\xda\x00\x02" * 100
    comment = b"\xff\xfe" + (2 + len(scans)).to_bytes(2) + scans
    assert read_photo(JPEG[:2] + comment + JPEG[2:] + scans).image.size == (512, 512)


def test_scans_cannot_hide_behind_a_reserved_marker() -> None:
    """Within the pixels' code libjpeg may skip it alone, and not the bytes that it claims."""
    jpeg = jpeg_of_scans(65)
    second = jpeg.index(b"\xff\xda", jpeg.index(b"\xff\xda") + 2)
    with pytest.raises(DamagedPhoto):
        read_photo(jpeg[:second] + b"\xff\x02\xff\xff" + jpeg[second:])


def test_the_message_names_the_limit() -> None:
    assert "max 65 MP" in TooManyPixels(65_000_000).message
    assert "25 MB" in PhotoTooLarge(25 * 2**20).message


def test_what_libtiff_makes_of_a_file_is_not_told_past_the_log(capfd: pytest.CaptureFixture[str]) -> None:
    data = bytearray(encoded(gradient((200, 100)), "TIFF", compression="tiff_adobe_deflate"))
    data[60:80] = bytes(20)
    with pytest.raises(DamagedPhoto):
        read_photo(bytes(data))
    assert capfd.readouterr().err == ""
