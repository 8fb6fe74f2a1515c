"""Draw where the time of a 12 MP photo goes, into docs/performance.svg.

    .venv-test/bin/python -m bench.where

The photo is bench.photos' with five large faces; the stages are bench.load's, in CPU seconds of all threads.
"""

import tempfile
from pathlib import Path

from bench.load import cpu_seconds_by_stage
from bench.photos import Kind, make_photo

SVG = Path(__file__).parent.parent / "docs" / "performance.svg"
COLORS = ("#7a4a29", "#d9952f", "#b5651d", "#5b7f95", "#8fb0c2")
WIDTH, ROW, LABEL = 640, 34, 130


def drawing(stages: dict[str, float]) -> str:
    """A bar for each stage, as long as it takes."""
    longest = max(stages.values())
    bars = []
    for number, ((stage, seconds), color) in enumerate(zip(stages.items(), COLORS, strict=True)):
        length, y = (WIDTH - LABEL - 90) * seconds / longest, 10 + ROW * number
        bars += [
            f'<text x="{LABEL - 10}" y="{y + 17}" text-anchor="end">{stage}</text>',
            f'<rect x="{LABEL}" y="{y}" width="{length:.0f}" height="24" rx="4" fill="{color}"/>',
            f'<text x="{LABEL + length + 8:.0f}" y="{y + 17}">{1000 * seconds:.0f} ms</text>',
        ]
    title = "CPU time of each stage for a 12 MP JPEG with five large faces"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {20 + ROW * len(stages)}"'
    style = ' font-family="sans-serif" font-size="15" fill="#777">'
    return "\n".join([head + style, f"<title>{title}</title>", *bars, "</svg>\n"])


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        photo = Path(folder) / "photo.jpg"
        make_photo(photo, Kind(12, 5, large=True))
        stages = cpu_seconds_by_stage(photo.read_bytes())
    SVG.write_text(drawing(stages))


if __name__ == "__main__":
    main()
