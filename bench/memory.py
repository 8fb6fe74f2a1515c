"""What a worker takes for the worst photo: where turdify.machine.NEEDS comes from.

    .venv-test/bin/python -m bench.memory

For each kind of photo, of 12 and of 60 megapixels, gunicorn with one worker, and what that held at most in MB, beside
what is planned for it. It fails if an answer isn't the covered photo, or if more was taken than was planned. First it
prints what is planned for Pis of 1, 2 and 4 GB.
"""

import io
import math
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pillow_heif
from PIL import Image

from bench.load import peak_megabytes, post, worker_processes
from tests.pictures import group
from tests.serving import serving
from turdify.machine import MB, SYSTEM_BYTES, Machine, need, plan
from turdify.photo import MAX_BYTES

# MemTotal in bytes of Pis of 1, 2 and 4 GB: the rest is the firmware's.
PIS = {"1 GB": 943 * 10**6, "2 GB": 1_990 * 10**6, "4 GB": 3_970 * 10**6}
CORES = 4
SIZES = 12_000_000, 60_000_000


def photo(pixels: int) -> Image.Image:
    """At most so many pixels, 4:3, with faces; so much of it is noise as makes a PNG of nearly the largest size."""
    height = math.isqrt(pixels * 3 // 4)
    width = pixels // height
    picture = Image.new("RGB", (width, height), (120, 140, 160))
    noisy = width, min(height, MAX_BYTES * 3 // 4 // (3 * width))
    picture.paste(Image.merge("RGB", [Image.effect_noise(noisy, 40) for _ in "RGB"]))
    picture.paste(group(12, height=150)[0], (0, height // 2))
    return picture


def encoded(format: str, mode: str = "RGB", **parameters: object) -> Callable[[int], bytes]:
    """What makes a file of a photo of so many pixels."""

    def encode(pixels: int) -> bytes:
        file = io.BytesIO()
        photo(pixels).convert(mode).save(file, format, **parameters)
        return file.getvalue()

    return encode


def turned() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif


KINDS: dict[str, Callable[[int], bytes]] = {
    "JPEG": encoded("JPEG"),
    "JPEG, progressive": encoded("JPEG", progressive=True),
    "JPEG, turned": encoded("JPEG", exif=turned()),
    "PNG": encoded("PNG", compress_level=1),
    "PNG, transparent": encoded("PNG", "RGBA", compress_level=1),
    "WebP": encoded("WEBP", quality=60, method=0),
    "WebP, transparent": encoded("WEBP", "RGBA", quality=60, method=0),
    "HEIC": encoded("HEIF", quality=50),
    "AVIF": encoded("AVIF", quality=50, speed=10),
}


def peak(data: bytes, pixels: int) -> float:
    """The MB that a worker came to hold while it covered the photo."""
    settings = {"TURDIFY_WORKERS": "1", "TURDIFY_MAX_PIXELS": str(pixels), "TURDIFY_TIMEOUT_S": "600"}
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), settings=settings) as server:
        if not post(server.address, data, "png").startswith(b"\x89PNG"):
            sys.exit("The answer is no PNG.")
        (worker,) = worker_processes(server.process.pid)
        return peak_megabytes(worker) * 2**20 / MB


def main() -> None:
    pillow_heif.register_heif_opener()
    for pi, total in PIS.items():
        machine = Machine(CORES, total - SYSTEM_BYTES)
        print(f"{pi}: {plan(machine, {})}, for {machine}")
    planned = [need("centerface", pixels) / MB for pixels in SIZES]
    print("| |", " | ".join(f"{pixels // 10**6} megapixels" for pixels in SIZES), "|")
    print("|---|" + "---|" * len(SIZES))
    for kind, make in KINDS.items():
        peaks = [peak(make(pixels), pixels) for pixels in SIZES]
        print(f"| {kind} |", " | ".join(f"{megabytes:.0f}" for megabytes in peaks), "|", flush=True)
        if any(taken > allowed for taken, allowed in zip(peaks, planned, strict=True)):
            sys.exit("That is more than was planned.")
    print("| planned |", " | ".join(f"{megabytes:.0f}" for megabytes in planned), "|")


if __name__ == "__main__":
    main()
