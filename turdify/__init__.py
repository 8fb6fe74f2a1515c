"""Put a turd on every face in a photo.

    from pathlib import Path
    from turdify import turdify

    result = turdify(Path("group.jpg").read_bytes())
    Path("group-turdified.jpg").write_bytes(result.data)

docs/python.md tells more.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from turdify.errors import TurdifyError
    from turdify.faces import Box, Face
    from turdify.pipeline import Found, Options, Result, find_faces, read_artwork, turdify
else:
    # Loaded when they are asked for: gunicorn's parent imports turdify.machine and must stay without NumPy's threads.
    PLACES = {
        "TurdifyError": "errors",
        "Box": "faces",
        "Face": "faces",
        **dict.fromkeys(("Found", "Options", "Result", "find_faces", "read_artwork", "turdify"), "pipeline"),
    }

    def __getattr__(name: str) -> object:
        from importlib import import_module

        if name not in PLACES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"turdify.{PLACES[name]}"), name)

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})


__all__ = ["Box", "Face", "Found", "Options", "Result", "TurdifyError", "find_faces", "read_artwork", "turdify"]
__version__ = "0.1.0"
