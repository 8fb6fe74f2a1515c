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
├── UnreadableForm   422  what was uploaded is no form
├── InvalidFaces     422  the faces to cover can't be understood
├── TooMuchMemory    422  a photo that would take more memory than a photo may
├── NoSuchFace       422  a reference photo doesn't show which face is meant
├── UnusableReference 422  a reference photo that can't be used, and why
├── RecognitionMissing 501  the packages that recognize people are not installed
├── UnsupportedOption 422  an option, or its combination with this photo, that we don't offer
├── PasswordNeeded   401  the server has a password, and it wasn't sent or is another
├── TooManyGuesses   429  too many wrong passwords came from one address
├── Busy             503  too many photos at once, or the wait was too long
└── TookTooLong      503  a photo was given up
"""

import re
import secrets
from collections.abc import Callable
from typing import Any, ClassVar

# The codes of what we have no error for, by HTTP's status. Not of http.HTTPStatus, whose names change with Python.
STATUS_CODES = {
    400: "bad_request",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    408: "request_timeout",
    414: "request_uri_too_long",
    417: "expectation_failed",
    431: "request_header_fields_too_large",
    500: "internal_server_error",
    501: "not_implemented",
    503: "service_unavailable",
    505: "http_version_not_supported",
}


def status_code(status: int) -> str:
    """The code of a status from 400; a rarer one means what the first of its hundred does (RFC 9110, 15)."""
    return STATUS_CODES.get(status) or STATUS_CODES[status // 100 * 100]


def new_request_id() -> str:
    """By which an answer and its line in the log find each other."""
    return secrets.token_hex(8)


def for_programs(detail: str, code: str, request_id: str) -> dict[str, str]:
    """The one shape in which every part of the server tells programs of an error, as JSON."""
    return {"detail": detail, "code": code, "request_id": request_id}


class TurdifyError(Exception):
    """The base: `message` is for people, `detail` and `code` for programs, `status` for HTTP.

    The code is the class's name: NotAPhoto's is "not_a_photo".

    The message is made of a `template`, which can be translated, and the `values` that it names in braces; a value may
    be another error, for its message.
    """

    status: ClassVar[int]
    code: ClassVar[str]
    retry_after_s: ClassVar[int] = 0  # 0: to send the same again is no use

    def __init_subclass__(cls, **settings: Any) -> None:
        super().__init_subclass__(**settings)
        cls.code = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    def __init__(self, template: str, **values: "str | TurdifyError") -> None:
        self.template = template
        self.values = values
        self.message = self.told(str)
        super().__init__(self.message)

    def __reduce__(self) -> tuple[Any, ...]:
        """Made anew of its fields: errors come back from other processes, which know no arguments of a class's own."""
        return Exception.__new__, (type(self), *self.args), self.__dict__

    def told(self, translate: Callable[[str], str]) -> str:
        """The translated message, with the values filled in; a text without values is taken as it is."""
        template = translate(self.template)
        values = {
            name: value.told(translate) if isinstance(value, TurdifyError) else value
            for name, value in self.values.items()
        }
        return template.format(**values) if values else template

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
        super().__init__("That file is {kind}, which we can't read. Save it as JPEG or PNG first.", kind=kind)


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


class TooMuchMemory(TurdifyError):
    status = 422

    def __init__(self) -> None:
        super().__init__("That photo takes more memory than there is. Please shrink it, or save it anew, first.")


class PhotoMissing(TurdifyError):
    status = 422


class UnreadableForm(TurdifyError):
    status = 422

    def __init__(self) -> None:
        super().__init__("That form is broken, or a part of it is missing. Send it again, as multipart/form-data.")


class InvalidFaces(TurdifyError):
    status = 422


class NoSuchFace(TurdifyError):
    """Of a photo that is to show somebody; `found` is how many faces are where the one was looked for."""

    status = 422

    def __init__(self, found: int) -> None:
        if found:
            super().__init__("There are {count} faces in it. Say which one is meant, or crop it.", count=str(found))
        else:
            super().__init__("There is no face in it that is large enough to be recognized.")


class UnusableReference(TurdifyError):
    """Wraps what is wrong with one of several reference photos, which are counted from 1."""

    status = 422

    def __init__(self, number: int, reason: TurdifyError) -> None:
        super().__init__("The photo of person {number} can't be used. {reason}", number=str(number), reason=reason)


class RecognitionMissing(TurdifyError):
    status = 501

    def __init__(self) -> None:
        super().__init__(
            "Recognizing people needs the packages face_recognition and dlib, which are not installed: "
            "pip install 'turdify[recognition]'."
        )


class UnsupportedOption(TurdifyError):
    status = 422


class PasswordNeeded(TurdifyError):
    status = 401

    def __init__(self) -> None:
        super().__init__("This turdify asks for a password. Reload the page to enter it.")

    @property
    def detail(self) -> str:
        return "Send this server's password by HTTP Basic authentication, under any user name."


class TooManyGuesses(TurdifyError):
    status = 429
    retry_after_s = 60

    def __init__(self) -> None:
        super().__init__("Too many wrong passwords came from your address. Please try again in a minute.")


class Busy(TurdifyError):
    """`waiting` is how many photos wait."""

    status = 503
    retry_after_s = 5

    def __init__(self, waiting: int) -> None:
        self.waiting = waiting
        super().__init__("Many photos are being worked on right now. Please try again in a few seconds.")


class TookTooLong(TurdifyError):
    status = 503
    retry_after_s = 30

    def __init__(self) -> None:
        super().__init__("That photo took too long and was given up. Nothing of it was kept. Please try again later.")
