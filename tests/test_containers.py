"""What browsers overlook in a file is overlooked, and what is missing is told."""

import struct

import numpy as np
import pytest
from PIL import Image

from tests.containers import SIGNATURE, chrm, chunk, gama, with_segments
from tests.pictures import astronaut, decoded, encoded, exif, gradient, moving
from turdify.errors import DamagedPhoto, IncompletePhoto, NotAPhoto, TurdifyError, UnreadableKind
from turdify.photo import encode, read_photo

JPEG = encoded(astronaut(), "JPEG", quality=85)
PROGRESSIVE = encoded(astronaut(), "JPEG", quality=85, progressive=True)
PNG = encoded(gradient((300, 200)), "PNG")


def same(data: bytes, whole: bytes) -> bool:
    return np.array_equal(np.asarray(read_photo(data).image), np.asarray(read_photo(whole).image))


# What is missing


@pytest.mark.parametrize("jpeg", [JPEG, PROGRESSIVE, encoded(astronaut().convert("L"), "JPEG")])
def test_a_jpeg_with_all_its_pixels_needs_no_end(jpeg: bytes) -> None:
    assert same(jpeg[:-2], jpeg)
    assert same(jpeg[:-1], jpeg)


@pytest.mark.parametrize("end", [b"", b"\xff\xd9", b"\xff\xd9" + JPEG])
@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_a_jpeg_without_its_lower_part_is_refused(mode: str, share: float, end: bytes) -> None:
    """Also where somebody put an end behind it: libjpeg fills in gray, and half a face would be there."""
    jpeg = encoded(astronaut().convert(mode), "JPEG")
    with pytest.raises(IncompletePhoto):
        read_photo(jpeg[: int(share * len(jpeg))] + end)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_progressive_jpeg_that_ends_within_a_scan_is_refused(share: float) -> None:
    with pytest.raises(IncompletePhoto):
        read_photo(PROGRESSIVE[: int(share * len(PROGRESSIVE))])


@pytest.mark.parametrize("marker", range(0xD0, 0xD8))
def test_a_jpeg_that_ends_between_two_intervals_is_refused(marker: int) -> None:
    """There the decoder wants a restart marker, and overlooks more code."""
    jpeg = encoded(astronaut(), "JPEG", restart_marker_rows=1)
    cut_off = jpeg[: jpeg.rindex(bytes([0xFF, marker]))]
    for end in (b"", b"\xff\xd9", bytes([0xFF, marker])):
        with pytest.raises(IncompletePhoto):
            read_photo(cut_off + end)


def test_a_jpeg_with_all_its_intervals_needs_no_end() -> None:
    jpeg = encoded(astronaut(), "JPEG", restart_marker_rows=1)
    assert same(jpeg[:-2], jpeg)


def test_a_jpeg_without_the_scan_of_a_color_is_refused() -> None:
    last = PROGRESSIVE.index(b"\xff\xda", PROGRESSIVE.index(b"\xff\xda") + 2)
    luma = bytearray(PROGRESSIVE[:last])
    scan = luma.index(b"\xff\xda")
    luma[scan + 4 :] = bytes([1, 1, 0, 0, 63, 0]) + luma[scan + 14 :]
    with pytest.raises(IncompletePhoto):
        read_photo(bytes(luma) + b"\xff\xd9")


def test_a_photo_that_is_gray_at_the_bottom_is_whole() -> None:
    picture = astronaut().copy()
    picture.paste((128, 128, 128), (0, 400, 512, 512))
    assert read_photo(encoded(picture, "JPEG")).image.size == (512, 512)


def test_a_png_with_all_its_pixels_needs_no_end() -> None:
    assert same(PNG[:-12], PNG)
    assert same(PNG[:-16], PNG), "nor its checksum"


@pytest.mark.parametrize("format", ["PNG", "WEBP", "HEIF", "AVIF", "GIF", "BMP", "TIFF"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_of_a_photo_that_was_cut_off_a_part_is_missing(format: str, share: float) -> None:
    data = encoded(astronaut(), format)
    with pytest.raises(IncompletePhoto):
        read_photo(data[: int(share * len(data))])


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "HEIF", "AVIF", "TIFF", "GIF"])
def test_of_a_photo_that_was_cut_off_wherever_a_part_is_missing(format: str) -> None:
    """Also within its tables, of which a decoder might say all kinds of things."""
    data = encoded(gradient(), format)
    for length in range(24, len(data) // 2, 3):
        with pytest.raises(IncompletePhoto):
            read_photo(data[:length])


def test_a_gif_that_was_cut_off_between_two_blocks_lacks_a_part() -> None:
    data = encoded(gradient(), "GIF")
    first = data.index(b",\0\0\0\0") + 11  # the length of its first block, which is followed by others
    end = first + 1 + data[first]
    for length in (end - 1, end, end + 1):
        with pytest.raises(IncompletePhoto):
            read_photo(data[:length])


# What doesn't matter


@pytest.mark.parametrize(
    "broken",
    [
        chunk(b"tEXt", b"Comment\0hello")[:-4] + b"oops",
        chunk(b"zTXt", b"Comment\0\0garbage"),
        chunk(b"iTXt", b"x" * 2**21),
        chunk(b"pHYs", b"1"),
        chunk(b"eXIf", b"MM\0*\xff\xff\xff\xff"),
        chunk(b"iCCP", b"no profile"),
        chunk(b"cHRM", b"short"),
        chunk(b"gAMA", b"short"),
        gama(1 / 100_000),
        gama(0.5) + chrm(*[0] * 8),
        gama(0.5) + chrm(0.31, 0.33, 0.6, 0, 0.3, 0.6, 0.1, 0.1),
        gama(0.5) + chrm(0.3, 0.3, 0.1, 0.1, 0.2, 0.2, 0.3, 0.3),
        chunk(b"acTL", b""),
        chunk(b"fcTL", b"nonsense"),
    ],
)
def test_nonsense_in_a_png_that_is_thrown_away_does_not_matter(broken: bytes) -> None:
    assert same(PNG[:33] + broken + PNG[33:], PNG)


def test_a_wrong_checksum_of_pixels_matters() -> None:
    at = PNG.index(b"IDAT") + 40
    with pytest.raises(DamagedPhoto):
        read_photo(PNG[:at] + bytes([PNG[at] ^ 1]) + PNG[at + 1 :])


@pytest.mark.parametrize(
    "segment",
    [
        (0xED, b"Photoshop 3.0\x008BIM\xff\xff\xff\xff"),
        (0xE1, b"Exif\0\0garbage"),
        (0xE1, b"http://ns.adobe.com/xap/1.0/\0<not xml"),
        (0xE2, b"MPF\0garbage"),
        (0xE2, b"ICC_PROFILE\0"),
        (0xE2, b"ICC_PROFILE\0\x02\x05half of one"),
        (0xEB, b"JP\0"),
        (0xFE, b""),
    ],
)
def test_nonsense_in_a_jpeg_that_is_thrown_away_does_not_matter(segment: tuple[int, bytes]) -> None:
    assert same(with_segments(JPEG, segment), JPEG)


# Turns


def heic(orientation: int) -> bytes:
    return encoded(gradient(), "HEIF", exif=exif({0x0112: orientation}))


def test_a_heic_is_turned_once_by_its_container() -> None:
    assert b"irot" in heic(6)
    assert read_photo(heic(6)).image.size == (40, 60)


def test_a_heic_whose_container_has_no_turn_is_turned_by_exif() -> None:
    upright = read_photo(heic(1)).image
    silent = heic(6).replace(b"irot", b"free")
    assert read_photo(silent).image.tobytes() == upright.transpose(Image.Transpose.ROTATE_270).tobytes()


# Transparency


def transparent_avif() -> bytes:
    clear = gradient().convert("RGBA")
    clear.putalpha(Image.linear_gradient("L").resize(clear.size))
    return encoded(clear, "AVIF", quality=90)


def test_an_alpha_plane_without_a_size_of_its_own_is_read() -> None:
    """In the last item's associations, the plane's, the index of its size becomes one of nothing."""
    whole = transparent_avif()
    items = whole.index(b"ipma") + 12
    colors = whole[items + 2]
    alpha = items + 3 + colors
    count = whole[alpha + 2]
    listed = whole[alpha + 3 : alpha + 3 + count]
    size = next(index for index in listed if property_name(whole, index & 0x7F) == b"ispe")
    lacking = bytearray(whole)
    lacking[alpha + 3 + listed.index(size)] = 0
    with pytest.raises(OSError):  # noqa: PT011
        decoded(bytes(lacking))
    assert same(bytes(lacking), whole)


@pytest.mark.parametrize("mode", ["P", "L"])
def test_around_a_gif_that_does_not_fill_its_canvas_is_nothing(mode: str) -> None:
    """As browsers show it; Pillow shows the palette's first color there."""
    picture = gradient().quantize(16) if mode == "P" else gradient().convert("L")
    gif = bytearray(encoded(picture, "GIF"))
    gif[6:10] = struct.pack("<HH", 70, 50)  # the canvas
    frame = gif.index(struct.pack("<cHHHH", b",", 0, 0, *picture.size))
    gif[frame + 1 : frame + 5] = struct.pack("<HH", 10, 5)
    photo = read_photo(bytes(gif))
    pixels = np.asarray(photo.image.convert("RGBA"))
    assert np.array_equal(pixels[5:45, 10:, :3], np.asarray(picture.convert("RGB")))
    assert pixels[5:45, 10:, 3].min() == 255
    assert not pixels[:5, :, 3].any()
    assert not pixels[:, :10, 3].any()
    assert not pixels[45:, :, 3].any()
    assert np.array_equal(np.asarray(decoded(encode(photo, "png")).convert("RGBA")), pixels)


def test_around_a_moving_webp_that_does_not_fill_its_canvas_is_nothing() -> None:
    webp = bytearray(moving("WEBP"))
    canvas, frame = webp.index(b"VP8X") + 12, webp.index(b"ANMF") + 8
    assert webp[canvas : canvas + 6] == bytes([19, 0, 0, 19, 0, 0])
    webp[canvas : canvas + 6] = bytes([29, 0, 0, 39, 0, 0])
    webp[frame : frame + 6] = bytes([3, 0, 0, 5, 0, 0])  # in steps of two
    pixels = np.asarray(read_photo(bytes(webp)).image.convert("RGBA"))
    assert pixels.shape == (40, 30, 4)
    alpha = np.zeros((40, 30), np.uint8)
    alpha[10:30, 6:26] = 255
    assert np.array_equal(pixels[..., 3], alpha)
    assert pixels[20, 16, 0] > 240


def property_name(avif: bytes, index: int) -> bytes:
    """Of the property of that index, from 1."""
    at = avif.index(b"ipco") + 4
    for _ in range(index - 1):
        at += int.from_bytes(avif[at : at + 4])
    return avif[at + 4 : at + 8]


# Other kinds


def patched(tiff: bytes, tag: int, number: int) -> bytes:
    """A TIFF with another number for a tag that it has."""
    at = tiff.index(struct.pack("<HH", tag, 3)) + 8
    return tiff[:at] + struct.pack("<H", number) + tiff[at + 2 :]


# 16 pixels of 16 bits, 4 for each color, which Chromium shows.
BMP_OF_4_BITS = (
    b"BM"
    + struct.pack("<IIIIiiHHIIiiII", 102, 0, 70, 56, 4, 4, 1, 16, 3, 32, 0, 0, 0, 0)
    + struct.pack("<IIII", 0xF00, 0xF0, 0xF, 0xF000)
    + bytes(32)
)

DEEP = Image.fromarray(np.array([[0, 32896, 65535]], np.uint16))


@pytest.mark.parametrize(
    "tiff",
    [
        encoded(Image.fromarray(np.array([[0, 0.5, 1]], np.float32)), "TIFF"),
        encoded(Image.fromarray(np.array([[0, 2**20, 2**31 - 1]], np.int32)), "TIFF"),
        patched(encoded(DEEP, "TIFF", tiffinfo={0x0153: 2}), 0x0153, 2),
        patched(encoded(DEEP, "TIFF"), 0x0106, 0),
    ],
)
def test_a_scan_with_numbers_whose_white_nobody_knows_is_refused(tiff: bytes) -> None:
    """Floating-point numbers, more than 16 bits, signed ones, and negatives of 16 bits, which Pillow shows as such."""
    with pytest.raises(UnreadableKind, match="scientific TIFF"):
        read_photo(tiff)


def test_a_negative_of_eight_bits_is_read() -> None:
    tiff = encoded(Image.fromarray(np.array([[0, 128, 255]], np.uint8)), "TIFF")
    assert np.asarray(read_photo(patched(tiff, 0x0106, 0)).image).tolist() == [[255, 127, 0]]


@pytest.mark.parametrize("data", [b"BMW cars are nice, and this is a text.", b"RIFF" + bytes(40)])
def test_what_only_begins_like_a_picture_is_none(data: bytes) -> None:
    with pytest.raises(NotAPhoto):
        read_photo(data)


@pytest.mark.parametrize("format", ["BMP", "TIFF"])
@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB"])
def test_screenshots_and_scans_become_png(format: str, mode: str) -> None:
    picture = gradient().convert(mode)
    photo = read_photo(encoded(picture, format))
    assert photo.format == "png"
    assert np.array_equal(np.asarray(photo.image.convert("RGB")), np.asarray(picture.convert("RGB")))


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg", "group4"])
def test_a_scan_may_be_compressed(compression: str) -> None:
    picture = gradient((64, 64)).convert("1" if compression == "group4" else "RGB")
    image = read_photo(encoded(picture, "TIFF", compression=compression)).image
    assert np.abs(np.asarray(image.convert("RGB")).astype(int) - np.asarray(picture.convert("RGB"))).mean() < 4


def test_a_scan_is_turned_upright() -> None:
    assert read_photo(encoded(gradient(), "TIFF", tiffinfo={0x0112: 6})).image.size == (40, 60)


@pytest.mark.parametrize(
    ("beginning", "kind"),
    [
        (b"%PDF-1.4\n", "PDF"),
        (b"8BPS\0\1", "PSD"),
        (b"\0\0\0\x18ftypcrx ", "RAW"),
        (b"II*\0\x10\0\0\0CR\2\0", "RAW"),
        (b"FUJIFILMCCD-RAW 0201", "RAW"),
        (b"\0\0\0\x14ftypqt  ", "QuickTime"),
        (b"\0\0\0\x18ftypmp42", "MP4"),
        (b"RIFF\0\0\0\0AVI LIST", "AVI"),
        (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
        (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"),
        (encoded(gradient(), "TIFF", tiffinfo={0xC612: b"\1\4\0\0"}), "RAW"),
        (b"II+\0\x08\0\0\0\x10", "BigTIFF"),
        (b"MM\0+\0\x08\0\0", "BigTIFF"),
        (b"\xff\xd8\xff\xf7\0\x0b\x08", "JPEG-LS"),
        (patched(encoded(gradient(), "TIFF"), 0x0103, 34712), "TIFF"),
        (BMP_OF_4_BITS, "BMP"),
    ],
)
def test_what_is_not_read_is_called_by_its_name(beginning: bytes, kind: str) -> None:
    with pytest.raises(UnreadableKind, match=f"That file is {kind}, which"):
        read_photo(beginning + bytes(100))


def test_a_jpeg_that_is_not_for_browsers_is_called_by_its_name() -> None:
    frame = JPEG.index(b"\xff\xc0")
    with pytest.raises(UnreadableKind, match="lossless JPEG"):
        read_photo(JPEG[: frame + 1] + b"\xc3" + JPEG[frame + 2 :])
    with pytest.raises(UnreadableKind, match="12-bit JPEG"):
        read_photo(JPEG[: frame + 4] + b"\x0c" + JPEG[frame + 5 :])


# Keeping what a file was


def test_a_lossless_webp_stays_lossless() -> None:
    source = encoded(astronaut(), "WEBP", lossless=True)
    result = encode(read_photo(source), "webp")
    assert np.array_equal(np.asarray(decoded(result)), np.asarray(astronaut()))
    assert len(result) < 1.5 * len(source)


@pytest.mark.parametrize("method", [0, 4])
@pytest.mark.parametrize("quality", [30, 60, 80, 95])
def test_a_lossy_webp_keeps_its_quality_and_size(quality: int, method: int) -> None:
    source = encoded(astronaut(), "WEBP", quality=quality, method=method)
    result = encode(read_photo(source), "webp")
    lost = np.square(np.asarray(astronaut()).astype(float) - np.asarray(decoded(source))).mean()
    lost_again = np.square(np.asarray(decoded(source)).astype(float) - np.asarray(decoded(result))).mean()
    assert len(result) < 1.5 * len(source)
    assert lost_again < lost, "less than was lost when it was made"


# Moving pictures


@pytest.mark.parametrize("format", ["GIF", "PNG", "WEBP", "AVIF"])
def test_moving_pictures_are_told_from_still_ones(format: str) -> None:
    assert read_photo(moving(format)).animated
    assert not read_photo(encoded(Image.new("RGB", (20, 20)), format)).animated
    red, green, blue = read_photo(moving(format)).image.convert("RGB").getpixel((10, 10))  # type: ignore[misc]
    assert red > 240
    assert max(green, blue) < 15


@pytest.mark.parametrize("seed", range(40))
def test_bytes_changed_at_random_raise_nothing_but_errors_of_ours(seed: int) -> None:
    chance = np.random.default_rng(seed)
    for whole in (
        JPEG,
        PROGRESSIVE,
        PNG,
        *(encoded(gradient(), format) for format in ("WEBP", "HEIF", "AVIF", "GIF", "BMP", "TIFF")),
    ):
        data = bytearray(whole)
        for at in chance.integers(0, min(len(data), 600), 5):
            data[at] = chance.integers(256)
        try:
            read_photo(bytes(data))
        except TurdifyError:
            continue


def test_a_png_of_chunks_that_never_end_is_refused() -> None:
    with pytest.raises(TurdifyError):
        read_photo(SIGNATURE + struct.pack(">I4s", 2**31 - 1, b"IHDR") + bytes(100))
