"""Everything that can go wrong with a request, as people and programs are told.

TurdifyError
├── NotAPhoto        415  the bytes are not a picture of a kind that we read
├── UnreadableKind   415  they are of a kind that we know and don't read
├── DamagedPhoto     422  a picture, but broken
├── IncompletePhoto  422  a picture, but a part of it is missing
├── TooManyPixels    422
├── PhotoTooLong     422  too many pixels on a side
├── PhotoTooLarge    413
├── PhotoMissing     422  nothing was uploaded
├── InvalidFaces     422  the faces to cover can't be understood
└── UnsupportedOption 422  an option, or its combination with this photo, that we don't offer
"""

from typing import ClassVar


class TurdifyError(Exception):
    """The base: `message` is for people, `detail` for programs, `status` for HTTP.

    The message is made of a `template`, which can be translated, and the `values` that it names in braces.
    """

    status: ClassVar[int]

    def __init__(self, template: str, **values: str) -> None:
        self.template = template
        self.values = values
        self.message = self.filled(template)
        super().__init__(self.message)

    def filled(self, template: str) -> str:
        """The template, or its translation, with the values filled in; a text without values is taken as it is."""
        return template.format(**self.values) if self.values else template

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


class UnreadableKind(TurdifyError):
    status = 415

    def __init__(self, kind: str) -> None:
        super().__init__("That is a {kind} file, which we can't read. Save it as JPEG or PNG first.", kind=kind)


class DamagedPhoto(TurdifyError):
    status = 422

    def __init__(self) -> None:
        super().__init__("That photo is damaged. Try saving it again.")


class IncompletePhoto(TurdifyError):
    status = 422

    def __init__(self) -> None:
        super().__init__("A part of that photo is missing. Try sending or saving it again.")


class TooManyPixels(TurdifyError):
    status = 422

    def __init__(self, max_pixels: int) -> None:
        super().__init__(
            "That photo has too many pixels (max {megapixels} MP). Please shrink it first.",
            megapixels=f"{max_pixels / 1e6:g}",
        )


class PhotoTooLong(TurdifyError):
    status = 422

    def __init__(self, max_side: int) -> None:
        super().__init__(
            "That photo has more than {side} pixels on a side. Please shrink it first.", side=str(max_side)
        )


class PhotoTooLarge(TurdifyError):
    status = 413

    def __init__(self, max_bytes: int) -> None:
        super().__init__(
            "That photo is larger than {megabytes} MB. Please choose a smaller one.",
            megabytes=f"{max_bytes / 2**20:g}",
        )


class PhotoMissing(TurdifyError):
    status = 422


class InvalidFaces(TurdifyError):
    status = 422


class UnsupportedOption(TurdifyError):
    status = 422
