"""What goes wrong, told to people on the page and to programs as {"detail": "...", "code": "..."}."""

from collections.abc import Callable
from http import HTTPStatus
from typing import TypeVar

from flask import Flask, Response, make_response, render_template, request
from flask.globals import request_ctx
from flask_babel import gettext, lazy_gettext
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestEntityTooLarge, SecurityError

from turdify.errors import (
    Busy,
    PasswordNeeded,
    PhotoTooLarge,
    TooManyGuesses,
    TooMuchMemory,
    TurdifyError,
    for_programs,
    status_code,
)
from turdify.web import api, page
from turdify.web.log import request_id
from turdify.web.metrics import Metrics
from turdify.web.texts import language
from turdify.web.uploads import received
from turdify.web.work import Gone

FOR_PEOPLE = {
    HTTPStatus.NOT_FOUND: lazy_gettext("There is nothing here. The page for your photo is this one."),
    HTTPStatus.METHOD_NOT_ALLOWED: lazy_gettext("That's not how this page works. Please choose a photo below."),
    HTTPStatus.BAD_REQUEST: lazy_gettext("Your browser sent something we don't understand. Please try again."),
    HTTPStatus.FORBIDDEN: lazy_gettext("That came from another website. Please choose your photo here."),
    HTTPStatus.REQUEST_TIMEOUT: lazy_gettext("Your photo took too long to arrive. Please try again."),
}

Error = TypeVar("Error", bound=Exception)

# nginx's word for a client that left before its answer; nobody reads it but the log.
CLIENT_CLOSED_REQUEST = 499


def register(app: Flask, max_bytes: int, metrics: Metrics) -> None:
    def too_large(_: RequestEntityTooLarge) -> Response:
        if (request.content_length or received()) > max_bytes:
            return turdify_error(PhotoTooLarge(max_bytes))
        return tell(413, gettext("The form has too many fields, or too large ones."), code="form_too_large")

    def clogged(error: Exception) -> Response:
        app.logger.error("request %s", request_id(), exc_info=error)
        template = gettext("Something clogged on our side (ref {reference}). Please try again.")
        return tell(500, template.format(reference=request_id()))

    def other_host(_: SecurityError) -> Response:
        return tell(400, gettext("This server doesn't go by that name. Whoever runs it adds names to TURDIFY_HOSTS."))

    def counted(answer: Callable[[Error], Response]) -> Callable[[Error], Response]:
        def answer_and_count(error: Error) -> Response:
            metrics.refused(error)
            return answer(error)

        return answer_and_count

    app.register_error_handler(TurdifyError, counted(turdify_error))
    app.register_error_handler(MemoryError, lambda _: counted(turdify_error)(TooMuchMemory()))
    app.register_error_handler(Gone, counted(lambda _: Response(status=CLIENT_CLOSED_REQUEST)))
    app.register_error_handler(RequestEntityTooLarge, counted(too_large))
    app.register_error_handler(SecurityError, counted(other_host))
    app.register_error_handler(HTTPException, counted(http_error))
    app.register_error_handler(Exception, counted(clogged))


def turdify_error(error: TurdifyError) -> Response:
    message = error.told(gettext)
    more = {"waiting": error.waiting} if isinstance(error, Busy) else {}
    response = tell(
        error.status, message, message if error.detail == error.message else error.detail, error.code, **more
    )
    if isinstance(error, PasswordNeeded):
        response.headers["WWW-Authenticate"] = 'Basic realm="turdify", charset="UTF-8"'
    if error.retry_after_s:
        response.headers["Retry-After"] = str(error.retry_after_s)
    return response


def http_error(error: HTTPException) -> Response:
    status = HTTPStatus(error.code or 500)
    response = tell(status, str(FOR_PEOPLE.get(status, f"{status.phrase}. Please try again.")), status.phrase)
    if isinstance(error, MethodNotAllowed):
        response.headers["Allow"] = ", ".join(error.valid_methods or ())
    return response


def tell(status: int, message: str, detail: str | None = None, code: str | None = None, **more: object) -> Response:
    """The message as JSON where a program asked, with what `more` there is to say, and else on the page.

    Also as JSON where the page can't be made: it has addresses in it, and Flask knows none for a host that can't be.
    Without a code, it is the status's.
    """
    if request.path.startswith(api.PATHS) or request_ctx.url_adapter is None:
        said = for_programs(detail or message, code or status_code(status), request_id())
        return make_response({**said, **more}, status)
    if status in (PasswordNeeded.status, TooManyGuesses.status):  # who may not have the page's style and scripts
        return make_response(render_template("locked.html", language=language(), message=message), status)
    return make_response(page.render_error(message), status)
