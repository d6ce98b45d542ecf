"""One error shape for the whole API: `{"error": {"message", "type", "param", "code"}}`."""

from __future__ import annotations

from typing import Any

from earwitness.errors import (
    BadRequestError,
    EarwitnessError,
    MediaError,
    NotFoundError,
)
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

KINDS = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    405: "invalid_request_error",
    409: "invalid_request_error",
    413: "invalid_request_error",
    415: "invalid_request_error",
    422: "invalid_request_error",
    429: "rate_limit_error",
    507: "server_error",
}
"""Status -> type, as OpenAI's clients know them; anything else is a server error."""


class ApiError(EarwitnessError):
    """An answer other than success, with its status."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        hint: str = "",
        code: str | None = None,
        param: str | None = None,
        retry_after_s: int | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.code = code
        self.param = param
        self.headers = dict(headers or {})
        if retry_after_s is not None:
            self.headers["retry-after"] = str(max(1, int(retry_after_s)))


class StartError(EarwitnessError):
    """The server cannot start as configured."""


def error_response(
    status: int,
    message: str,
    *,
    code: str | None = None,
    param: str | None = None,
    kind: str | None = None,
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    """The one error shape as an answer."""
    kind = kind or KINDS.get(status, "server_error")
    body = {"error": {"message": message, "type": kind, "param": param, "code": code}}
    return JSONResponse(body, status, headers)


def install(app: FastAPI) -> None:
    """Make every failure of `app` leave in the one shape."""
    app.add_exception_handler(ApiError, _api_error)
    app.add_exception_handler(EarwitnessError, _our_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)


async def _api_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ApiError)
    return error_response(
        error.status, str(error), code=error.code, param=error.param, headers=error.headers
    )


async def _our_error(_request: Request, error: Exception) -> JSONResponse:
    status = 500
    if isinstance(error, NotFoundError):
        status = 404
    elif isinstance(error, BadRequestError | MediaError):
        status = 400
    return error_response(status, str(error), code=type(error).__name__)


async def _validation_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first: dict[str, Any] = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"][1:]) or str(first["loc"][0])
    return error_response(
        422, f"{where}: {first['msg']}. Correct it and send the request again.", param=where
    )


async def _http_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers) if error.headers else None
    return error_response(error.status_code, str(error.detail), headers=headers)
