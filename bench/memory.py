"""What the image takes on a Pi of 1, 2 and 4 GB when every worker gets the worst photo at once.

    .venv-test/bin/python -m bench.memory [IMAGE]

For each size a container gets the memory that such a Pi has left (turdify.machine), and chooses its limits itself; only
the four cores are told to it. Then each worker gets a photo of the largest allowed size, of one kind after the other.
Printed are the peaks in MB: of each process the most that it ever held, summed up, though not all peak in the same
moment. It fails if an answer isn't the covered photo or anything was killed.
"""

import argparse
import io
import json
import math
import re
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pillow_heif
from PIL import Image

from bench.load import answers, post
from tests.pictures import group
from turdify.machine import SYSTEM_BYTES, Machine, Plan, plan
from turdify.photo import MAX_BYTES

# MemTotal in bytes of Pis of 1, 2 and 4 GB: the rest is the firmware's.
PIS = {"1 GB": 943 * 10**6, "2 GB": 1_990 * 10**6, "4 GB": 3_970 * 10**6}
CORES = 4
ADDRESS = "http://127.0.0.1:18061"


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


def docker(*arguments: str) -> str:
    return subprocess.run(["docker", *arguments], check=True, capture_output=True, text=True).stdout.strip()


def start(image: str, memory: int, chosen: Plan) -> str:
    limits = [f"--memory={memory}", f"--memory-swap={memory}", "--read-only", "--tmpfs=/tmp", "--shm-size=1m"]
    cores = ["-e", f"TURDIFY_WORKERS={chosen.workers}", "-e", f"TURDIFY_THREADS={chosen.threads}"]
    patience = ["-e", f"TURDIFY_TIMEOUT_S={chosen.timeout_s}"]
    container = docker("run", "--detach", "--publish=18061:8000", *limits, *cores, *patience, image)
    for _ in range(300):
        if answers(f"{ADDRESS}/healthz"):
            return container
        time.sleep(0.2)
    sys.exit(docker("logs", container))


def cover(data: bytes) -> None:
    if not post(ADDRESS, data, "png").startswith(b"\x89PNG"):
        sys.exit("The answer is no PNG.")


def peak(image: str, memory: int, chosen: Plan, data: bytes) -> float:
    """The MB that the container's processes came to hold while each worker covered the photo."""
    container = start(image, memory, chosen)
    try:
        with ThreadPoolExecutor(chosen.workers) as pool:
            list(pool.map(cover, [data] * chosen.workers))
        processes = docker("exec", container, "sh", "-c", "cat /proc/[0-9]*/cmdline /proc/[0-9]*/status | tr '\\0' ' '")
        killed = json.loads(docker("inspect", "--format", "{{json .State.OOMKilled}}", container))
        log = subprocess.run(["docker", "logs", container], check=True, capture_output=True, text=True)
        if killed or "SIGKILL" in log.stdout + log.stderr or str(chosen) not in log.stdout:
            sys.exit(log.stdout + log.stderr)
        held = re.findall(r"^Name:\s+(?:gunicorn|python)[\s\S]*?^VmHWM:\s+(\d+) kB", processes, re.MULTILINE)
        return sum(map(int, held)) * 1024 / 10**6
    finally:
        docker("rm", "--force", container)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("image", nargs="?", default="turdify")
    image = parser.parse_args().image
    pillow_heif.register_heif_opener()
    memories = {pi: total - SYSTEM_BYTES for pi, total in PIS.items()}
    plans = {pi: plan(Machine(CORES, memory), {"TURDIFY_TIMEOUT_S": "600"}) for pi, memory in memories.items()}
    print("| |", " | ".join(f"{pi}: {chosen}" for pi, chosen in plans.items()), "|")
    print("|---|" + "---|" * len(plans))
    print("| the container may take |", " | ".join(f"{memory // 10**6}" for memory in memories.values()), "|")
    for kind, make in KINDS.items():
        peaks = [peak(image, memories[pi], plans[pi], make(plans[pi].max_pixels)) for pi in PIS]
        print(f"| {kind} |", " | ".join(f"{megabytes:.0f}" for megabytes in peaks), "|", flush=True)


if __name__ == "__main__":
    main()
