"""What whoever runs turdify may set, read from the environment once at the start."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from turdify.detection import DEFAULT, DETECTORS
from turdify.photo import MAX_BYTES, MAX_PIXELS

# Where Pillow itself refuses a picture, whatever is set here: twice its MAX_IMAGE_PIXELS.
PIXELS_LIMIT = 178_956_970
BYTES_LIMIT = 2**30


@dataclass(frozen=True)
class Settings:
    """The variables TURDIFY_DETECTOR, TURDIFY_MAX_BYTES, TURDIFY_MAX_PIXELS and TURDIFY_SECRET_KEY.

    Without a secret key the app makes one when it starts, and forms opened before that have to be opened again.
    """

    detector: str = DEFAULT
    max_bytes: int = MAX_BYTES
    max_pixels: int = MAX_PIXELS
    secret_key: str = field(default="", repr=False)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Raises ValueError, naming the variable, for a value that can't be used."""
        detector = environment.get("TURDIFY_DETECTOR", DEFAULT)
        if detector not in DETECTORS:
            raise ValueError(f"TURDIFY_DETECTOR must be one of {', '.join(DETECTORS)}, not {detector!r}.")
        return cls(
            detector,
            whole_number(environment, "TURDIFY_MAX_BYTES", MAX_BYTES, BYTES_LIMIT),
            whole_number(environment, "TURDIFY_MAX_PIXELS", MAX_PIXELS, PIXELS_LIMIT),
            environment.get("TURDIFY_SECRET_KEY", ""),
        )


def whole_number(environment: Mapping[str, str], name: str, default: int, limit: int) -> int:
    """The variable's value, from 1 to `limit`; ValueError names it otherwise."""
    text = environment.get(name, str(default))
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= limit):
        raise ValueError(f"{name} must be a whole number from 1 to {limit}, not {text!r}.")
    return int(text)
