"""Everything that can go wrong with a request, as people and programs are told.

TurdifyError
├── NotAPhoto        415  the bytes are not a picture of a kind that we read
├── DamagedPhoto     422  a picture, but incomplete or broken
├── TooManyPixels    422
├── PhotoTooLarge    413
├── PhotoMissing     422  nothing was uploaded
└── UnsupportedOption 422  an option, or its combination with this photo, that we don't offer
"""

from typing import ClassVar


class TurdifyError(Exception):
    """The base: `message` is for people, `detail` for programs, `status` for HTTP."""

    status: ClassVar[int]

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    @property
    def detail(self) -> str:
        return self.message


class NotAPhoto(TurdifyError):
    status = 415

    def __init__(self) -> None:
        super().__init__("That file isn't a photo we can read. Try JPEG, PNG, WebP or HEIC.")

    @property
    def detail(self) -> str:
        # Word for word what the original app answered; its clients may look for it.
        return "Unsupported Media Type: File is not recognized as an image"


class DamagedPhoto(TurdifyError):
    status = 422

    def __init__(self) -> None:
        super().__init__("That photo is incomplete or damaged. Try sending or saving it again.")


class TooManyPixels(TurdifyError):
    status = 422

    def __init__(self, max_pixels: int) -> None:
        megapixels = f"{max_pixels / 1e6:g}"
        super().__init__(f"That photo has too many pixels (max {megapixels} MP). Please shrink it first.")


class PhotoTooLarge(TurdifyError):
    status = 413

    def __init__(self, max_bytes: int) -> None:
        megabytes = f"{max_bytes / 2**20:g}"
        super().__init__(f"That photo is larger than {megabytes} MB. Please choose a smaller one.")


class PhotoMissing(TurdifyError):
    status = 422


class UnsupportedOption(TurdifyError):
    status = 422
