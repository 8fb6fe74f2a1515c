"""Reading and writing: nothing of the picture is lost, nothing of its metadata is kept."""

import io
import struct
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageOps, JpegImagePlugin, MpoImagePlugin
from PIL.PngImagePlugin import PngInfo

from tests.containers import ultra_hdr
from tests.pictures import astronaut, decoded, encoded, exif, gradient, moving
from turdify.errors import UnsupportedOption
from turdify.photo import Format, encode, read_photo


def difference(one: Image.Image, other: Image.Image) -> float:
    """Mean absolute difference, in gray levels."""
    return float(np.abs(np.asarray(one).astype(int) - np.asarray(other)).mean())


# Orientation


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "HEIF", "AVIF"])
@pytest.mark.parametrize("orientation", range(10))
def test_every_orientation_is_applied_and_an_unknown_one_ignored(orientation: int, format: str) -> None:
    data = encoded(gradient(), format, exif=exif({0x0112: orientation}))
    assert difference(read_photo(data).image, ImageOps.exif_transpose(decoded(data))) == 0


def test_orientation_six_stands_on_its_side() -> None:
    data = encoded(gradient((60, 40)), "PNG", exif=exif({0x0112: 6}))
    image = read_photo(data).image
    assert image.size == (40, 60)
    assert image.getpixel((39, 0)) == gradient((60, 40)).getpixel((0, 0))


# An EXIF block whose one entry is the orientation, as a text ("six") rather than a number.
ORIENTATION_SIX = b"Exif\0\0" + struct.pack("<2sHIHHHI4sI", b"II", 42, 8, 1, 0x0112, 2, 4, b"six\0", 0)

# The same as a number, but two of them, which Pillow warns about.
ORIENTATION_TWICE = b"Exif\0\0" + struct.pack("<2sHIHHHIHHI", b"II", 42, 8, 1, 0x0112, 3, 2, 1, 1, 0)


@pytest.mark.parametrize(
    "broken", [ORIENTATION_SIX, ORIENTATION_TWICE, b"Exif\0\0garbage", b"Exif\0\0II*\0\xff\xff\xff\xff", b"\0"]
)
def test_broken_exif_is_no_reason_to_refuse_a_photo(broken: bytes) -> None:
    assert read_photo(encoded(gradient(), "JPEG", exif=broken)).image.size == (60, 40)


def test_oddities_of_files_warn_nobody_and_other_warnings_stay_as_they_were() -> None:
    """In a process of its own, whose warnings are errors, while photos are read on several threads."""
    program = """
import sys, warnings
from concurrent.futures import ThreadPoolExecutor
from turdify.photo import read_photo
data = sys.stdin.buffer.read()
before = list(warnings.filters)
with ThreadPoolExecutor(4) as pool:
    print(sorted({photo.image.size for photo in pool.map(read_photo, [data] * 100)}), warnings.filters == before)
"""
    odd = encoded(gradient(), "JPEG", exif=ORIENTATION_TWICE)
    arguments = [sys.executable, "-W", "error", "-c", program]
    done = subprocess.run(arguments, input=odd, capture_output=True, check=True)
    assert done.stdout.strip() == b"[(60, 40)] True"
    assert done.stderr == b""


# Modes


def test_gray_stays_gray() -> None:
    gray = gradient().convert("L")
    image = read_photo(encoded(gray, "PNG")).image
    assert (image.mode, difference(image, gray)) == ("L", 0)


def test_black_and_white_becomes_gray() -> None:
    image = read_photo(encoded(gradient().convert("1"), "PNG")).image
    assert image.mode == "L"
    assert set(np.unique(np.asarray(image))) == {0, 255}


def test_sixteen_bits_of_gray_are_scaled_to_eight() -> None:
    deep = Image.fromarray(np.array([[0, 128, 32896, 65535]], np.uint16))
    assert np.asarray(read_photo(encoded(deep, "PNG")).image).tolist() == [[0, 0, 128, 255]]


def test_a_transparent_level_of_sixteen_bits_becomes_transparent_pixels() -> None:
    deep = Image.fromarray(np.array([[0, 32896, 65535]], np.uint16))
    image = read_photo(encoded(deep, "PNG", transparency=32896)).image
    assert np.asarray(image).tolist() == [[[0, 255], [128, 0], [255, 255]]]


def test_a_palette_becomes_its_colors() -> None:
    indexed = gradient().quantize(16)
    image = read_photo(encoded(indexed, "PNG")).image
    assert (image.mode, difference(image, indexed.convert("RGB"))) == ("RGB", 0)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparency_survives(mode: str) -> None:
    clear = gradient().convert("RGBA")
    clear.paste((0, 0, 0, 0), (0, 0, 30, 40))
    source = clear.quantize(32) if mode == "P" else clear.convert(mode)
    result = decoded(encode(read_photo(encoded(source, "PNG")), "png"))
    assert result.mode == mode
    assert difference(result.convert("RGBA").getchannel("A"), clear.getchannel("A")) == 0


def test_a_transparent_color_becomes_transparent_pixels() -> None:
    image = read_photo(encoded(Image.new("RGB", (4, 4), "red"), "PNG", transparency=(255, 0, 0))).image
    assert image.getpixel((0, 0)) == (255, 0, 0, 0)


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparency_becomes_white_in_jpeg(mode: str) -> None:
    clear = Image.new(mode, (16, 16))
    assert decoded(encode(read_photo(encoded(clear, "PNG")), "jpeg")).convert("L").getextrema() == (255, 255)


def test_cmyk_becomes_rgb_with_the_same_colors() -> None:
    cmyk = encoded(gradient().convert("CMYK"), "JPEG", quality=95)
    result = decoded(encode(read_photo(cmyk), "jpeg"))
    assert result.mode == "RGB"
    assert difference(result, gradient()) < 4


# Formats


@pytest.mark.parametrize(
    ("source", "same"),
    [("JPEG", "jpeg"), ("PNG", "png"), ("WEBP", "webp"), ("HEIF", "jpeg"), ("AVIF", "jpeg"), ("GIF", "png")],
)
@pytest.mark.parametrize("target", ["png", "jpeg", "webp"])
def test_every_format_can_be_read_and_written_as_every_other(source: str, same: Format, target: Format) -> None:
    photo = read_photo(encoded(astronaut(), source))
    assert photo.format == same
    result = decoded(encode(photo, target))
    assert (result.format or "").lower() == target
    assert difference(result.convert("RGB"), astronaut()) < 8


def test_a_transparent_avif_stays_transparent_as_png() -> None:
    assert read_photo(encoded(Image.new("RGBA", (16, 16)), "AVIF")).format == "png"


@pytest.mark.parametrize("format", ["GIF", "PNG", "WEBP", "AVIF"])
def test_of_an_animation_only_the_first_frame_comes_through(format: str) -> None:
    photo = read_photo(moving(format))
    result = decoded(encode(photo, photo.format))
    assert getattr(result, "n_frames", 1) == 1
    red, green, blue = np.asarray(result.convert("RGB"))[10, 10].tolist()
    assert red > 240
    assert max(green, blue) < 15


@pytest.mark.parametrize("subsampling", [0, 1, 2])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_a_jpeg_keeps_its_quantization_tables_and_subsampling(mode: str, subsampling: int) -> None:
    source = encoded(astronaut().convert(mode), "JPEG", quality=61, subsampling=subsampling)
    photo = read_photo(source)
    before, after = decoded(source), decoded(encode(photo, "jpeg"))
    assert isinstance(before, JpegImagePlugin.JpegImageFile)
    assert isinstance(after, JpegImagePlugin.JpegImageFile)
    assert after.quantization == before.quantization
    assert JpegImagePlugin.get_sampling(after) == JpegImagePlugin.get_sampling(before)
    assert difference(before, after) < 0.5


def test_a_picture_too_wide_for_a_format_is_refused_with_what_to_do() -> None:
    photo = read_photo(encoded(Image.new("L", (16384, 1)), "PNG"))
    with pytest.raises(UnsupportedOption, match=r"16383 pixels on a side, too many for webp\. Choose png"):
        encode(photo, "webp")
    assert decoded(encode(photo, "png")).size == (16384, 1)


# Metadata


# What Pillow reports of any picture of these formats: versions, densities and frames of the container.
STRUCTURE = {
    *("jfif", "jfif_version", "jfif_unit", "jfif_density"),
    *("loop", "background", "timestamp", "duration"),
}


def everything() -> dict[str, Any]:
    thumbnail = encoded(gradient((8, 8)), "JPEG")
    return {
        "exif": exif({0x010F: "SECRET-MAKER", 0x0131: "SECRET-SOFTWARE"}) + b"SECRET-TRAILER" + thumbnail,
        "xmp": b"<x:xmpmeta>SECRET-XMP</x:xmpmeta>",
        "comment": b"SECRET-COMMENT",
    }


@pytest.mark.parametrize("target", ["png", "jpeg", "webp"])
@pytest.mark.parametrize("source", ["JPEG", "PNG", "WEBP", "HEIF", "AVIF", "GIF"])
def test_no_metadata_leaves(source: str, target: Format) -> None:
    extra = everything()
    if source == "PNG":
        extra["pnginfo"] = PngInfo()
        extra["pnginfo"].add_text("Comment", "SECRET-TEXT")
    data = encoded(gradient(), source, **extra) + b"SECRET-AFTER-THE-END"
    result = encode(read_photo(data), target)
    assert b"SECRET" in data
    assert b"SECRET" not in result
    image = decoded(result)
    assert not image.getexif()
    assert set(image.info) <= STRUCTURE


def test_a_second_picture_in_the_file_does_not_come_along() -> None:
    buffer = io.BytesIO()
    astronaut().save(buffer, "MPO", save_all=True, append_images=[Image.new("RGB", (512, 512), "lime")])
    photo = read_photo(buffer.getvalue())
    result = encode(photo, photo.format)
    assert photo.format == "jpeg"
    assert result.count(b"\xff\xd8\xff") == 1
    assert len(result) < 0.95 * len(buffer.getvalue())


def test_of_an_ultra_hdr_photo_the_plain_picture_stays_and_nothing_of_its_gains() -> None:
    plain = encoded(astronaut(), "JPEG", quality=90)
    whole = ultra_hdr(plain, encoded(Image.linear_gradient("L"), "JPEG"))
    second = MpoImagePlugin.MpoImageFile(io.BytesIO(whole))
    second.seek(1)
    assert second.size == (256, 256), "the index is right"
    assert whole.count(b"hdrgm:Version") == 2
    photo = read_photo(whole)
    assert not photo.animated
    result = encode(photo, photo.format)
    assert result == encode(read_photo(plain), "jpeg")
    assert not [name for name in (b"hdrgm", b"MPF", b"http") if name in result]
    assert result.count(b"\xff\xd8\xff") == 1


def test_an_orientation_that_only_xmp_tells_is_left_alone_as_browsers_do() -> None:
    xmp = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        b'<rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="3"/></rdf:RDF></x:xmpmeta>'
    )
    data = encoded(gradient(), "JPEG", xmp=xmp)
    assert decoded(data).getexif().get(0x0112) == 3, "Pillow would turn it"
    assert read_photo(data).image.getpixel((0, 0)) == decoded(data).getpixel((0, 0))
