"""Where templates, static files and the server's configuration are: beside the package, or in a wheel inside it."""

from pathlib import Path

PACKAGE = Path(__file__).parent

# As pyproject.toml maps them.
PACKED = {"gunicorn.conf.py": "serving/gunicorn.conf.py"}


def shipped(name: str) -> Path:
    """The file or folder that has this name at the top of a checkout."""
    packed = PACKAGE / PACKED.get(name, name)
    return packed if packed.exists() else PACKAGE.parent / name
