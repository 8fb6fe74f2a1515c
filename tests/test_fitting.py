"""Own pictures as covers: where in them the face goes."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from tests.pictures import encoded, gradient
from turdify.covers import PICTURES, cover_face
from turdify.covers.artwork import artwork_from, load_artwork
from turdify.covers.fitting import fit_ellipse
from turdify.errors import IncompletePhoto, NotAPhoto, TurdifyError, UnsupportedOption
from turdify.faces import Box, Ellipse, Face
from turdify.pipeline import read_artwork


def opaque_inside(alpha: Image.Image, ellipse: Ellipse) -> bool:
    y, x = np.mgrid[: alpha.height, : alpha.width] + 0.5
    (center_x, center_y), (radius_x, radius_y) = ellipse.center, ellipse.radii
    inside = ((x - center_x) / radius_x) ** 2 + ((y - center_y) / radius_y) ** 2 < 1
    return bool(np.asarray(alpha)[inside].min() == 255)


def disc(size: tuple[int, int], box: tuple[int, int, int, int]) -> Image.Image:
    alpha = Image.new("L", size)
    ImageDraw.Draw(alpha).ellipse(box, fill=255)
    return alpha


@pytest.mark.parametrize("name", PICTURES)
def test_it_is_opaque_and_about_as_large_as_the_one_that_is_declared(name: str) -> None:
    artwork = load_artwork(name)
    alpha = artwork.decode().getchannel("A")
    ellipse = fit_ellipse(alpha)
    assert ellipse is not None
    assert opaque_inside(alpha, ellipse)
    assert np.prod(ellipse.radii) > 0.93 * np.prod(artwork.face.radii)


def test_a_disc_is_found_where_it_is() -> None:
    ellipse = fit_ellipse(disc((400, 300), (100, 40, 300, 240)))
    assert ellipse is not None
    assert ellipse.center == pytest.approx((200.5, 140.5), abs=3)
    assert ellipse.radii == pytest.approx((100, 100), abs=5)


@pytest.mark.parametrize("size", [(300, 100), (100, 300), (7, 5)])
def test_a_picture_without_alpha_covers_with_its_inscribed_ellipse(size: tuple[int, int]) -> None:
    artwork = read_artwork(encoded(gradient(size), "PNG"))
    width, height = size
    assert artwork.face == Ellipse((width / 2, height / 2), ((width - 1) / 2, (height - 1) / 2)), "but for its soft rim"


SMALL_DISC = gradient((33, 33)).convert("RGBA")
SMALL_DISC.putalpha(disc((33, 33), (2, 2, 30, 30)))


@pytest.mark.parametrize("picture", [gradient((3, 3)), gradient((40, 5)), gradient((300, 4)), SMALL_DISC])
@pytest.mark.parametrize("angle", [0, 40])
def test_a_face_is_hidden_by_however_small_a_picture(picture: Image.Image, angle: float) -> None:
    """Enlarged, the pixels at its rim, or beside transparent ones, are soft over many of the photo's."""
    grounds = Image.new("RGB", (500, 500), "black"), Image.new("RGB", (500, 500), "white")
    for ground in grounds:
        cover_face(ground, Face(Box(150, 125, 350, 375), angle), artwork_from(picture), size=100)
    y, x = np.mgrid[:500, :500] + 0.5
    seen_through = (np.asarray(grounds[0]) != np.asarray(grounds[1])).any(axis=2)
    assert not seen_through[((x - 250) / 100) ** 2 + ((y - 250) / 125) ** 2 <= 1].any()


@pytest.mark.parametrize("size", [(1, 1), (1, 3), (2, 2), (2, 33), (33, 3), (2048, 1), (2048, 17), (17, 2048)])
@pytest.mark.parametrize("corner", [0, 255])
def test_a_picture_that_is_next_to_nothing_covers_faces_or_is_refused(size: tuple[int, int], corner: int) -> None:
    """One that is wide and low was laid beside the face, and of some the server had a fault."""
    picture = Image.new("RGBA", size, "red")
    picture.putpixel((0, 0), (255, 0, 0, corner))
    try:
        artwork = artwork_from(picture)
    except UnsupportedOption as error:
        assert "too small or too transparent" in error.message  # noqa: PT017  some are accepted
        return
    photo = Image.new("RGB", (99, 99))
    cover_face(photo, Face(Box(20, 20, 70, 80)), artwork)
    assert photo.getpixel((45, 50)) == (255, 0, 0)


@pytest.mark.parametrize("format", ["PNG", "WEBP"])
def test_an_own_picture_keeps_its_aspect_and_its_transparency(format: str) -> None:
    picture = gradient((4000, 2400)).convert("RGBA")
    picture.putalpha(disc((4000, 2400), (200, 200, 3800, 2200)))
    artwork = read_artwork(encoded(picture, format, lossless=True))
    image = artwork.decode()
    assert (image.mode, image.size) == ("RGBA", (2048, 1229))
    assert image.getpixel((2, 2))[3] == 0  # type: ignore[index]
    assert opaque_inside(image.getchannel("A"), artwork.face)
    width, height = artwork.face.radii
    assert height == pytest.approx(512, rel=0.03)
    assert width > 1.5 * height


@pytest.mark.parametrize("alpha", [0, 254])
def test_a_picture_with_next_to_nothing_opaque_is_refused(alpha: int) -> None:
    picture = gradient((300, 300)).convert("RGBA")
    picture.putalpha(alpha)
    picture.paste((0, 0, 0, 255), (100, 100, 130, 130))
    with pytest.raises(UnsupportedOption, match="too small or too transparent"):
        read_artwork(encoded(picture, "PNG"))


@pytest.mark.parametrize(
    ("data", "error"), [(b"hello", NotAPhoto), (encoded(gradient(), "PNG")[:120], IncompletePhoto)]
)
def test_bytes_that_are_no_picture_are_refused_as_photos_are(data: bytes, error: type[TurdifyError]) -> None:
    with pytest.raises(error):
        read_artwork(data)
