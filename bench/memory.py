"""What the server takes on a Pi of 1, 2 and 4 GB when every worker gets the worst photo at once.

    .venv-test/bin/python -m bench.memory

For each size gunicorn is told what it would choose there (turdify.machine), memory for each photo included. Then each
worker gets a photo of the largest allowed size, of one kind after the other. Printed are the peaks in MB: of each
process the most that it ever held, summed up, though not all peak in the same moment. It fails if an answer isn't the
covered photo, or if more was taken than there is.
"""

import argparse
import io
import math
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.error import HTTPError

import pillow_heif
from PIL import Image

from bench.load import peak_megabytes, post, worker_processes
from tests.pictures import group
from tests.serving import serving
from turdify.machine import SYSTEM_BYTES, Machine, Plan, plan
from turdify.photo import MAX_BYTES

# MemTotal in bytes of Pis of 1, 2 and 4 GB: the rest is the firmware's.
PIS = {"1 GB": 943 * 10**6, "2 GB": 1_990 * 10**6, "4 GB": 3_970 * 10**6}
CORES = 4


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
    "JPEG of 12 megapixels": lambda pixels: encoded("JPEG")(12_000_000),
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


def cover(address: str, data: bytes) -> None:
    """Again where one worker got several large uploads, which it can't hold at once."""
    while True:
        try:
            if not post(address, data, "png").startswith(b"\x89PNG"):
                sys.exit("The answer is no PNG.")
            return
        except HTTPError as error:
            if error.code != 503:
                raise
            time.sleep(1)


def peak(chosen: Plan, data: bytes) -> float:
    """The MB that the server's processes came to hold while each worker covered the photo."""
    settings = {
        "TURDIFY_WORKERS": str(chosen.workers),
        "TURDIFY_THREADS": str(chosen.threads),
        "TURDIFY_MAX_PIXELS": str(chosen.max_pixels),
        "TURDIFY_TIMEOUT_S": "600",
    }
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), settings=settings) as server:
        with ThreadPoolExecutor(chosen.workers) as pool:
            list(pool.map(cover, [server.address] * chosen.workers, [data] * chosen.workers))
        parent = server.process.pid
        return sum(map(peak_megabytes, [Path(f"/proc/{parent}"), *worker_processes(parent)])) * 2**20 / 10**6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.parse_args()
    pillow_heif.register_heif_opener()
    memories = {pi: total - SYSTEM_BYTES for pi, total in PIS.items()}
    plans = {pi: plan(Machine(CORES, memory), {}) for pi, memory in memories.items()}
    print("| |", " | ".join(f"{pi}: {chosen}" for pi, chosen in plans.items()), "|")
    print("|---|" + "---|" * len(plans))
    print("| there is |", " | ".join(f"{memory // 10**6}" for memory in memories.values()), "|")
    for kind, make in KINDS.items():
        peaks = {pi: peak(plans[pi], make(plans[pi].max_pixels)) for pi in PIS}
        print(f"| {kind} |", " | ".join(f"{megabytes:.0f}" for megabytes in peaks.values()), "|", flush=True)
        if any(peaks[pi] > memories[pi] / 10**6 for pi in PIS):
            sys.exit("That is more than there is.")


if __name__ == "__main__":
    main()
