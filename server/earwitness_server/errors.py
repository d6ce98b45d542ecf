"""One error shape for the whole API: `{"error": {"message", "type", "param", "code"}}`."""

from __future__ import annotations

from typing import Any, cast

from earwitness.errors import (
    BadRequestError,
    EarwitnessError,
    MediaError,
    ModelError,
    NotFoundError,
    StorageError,
)
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

KINDS = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    405: "invalid_request_error",
    408: "invalid_request_error",
    409: "invalid_request_error",
    413: "invalid_request_error",
    415: "invalid_request_error",
    422: "invalid_request_error",
    429: "rate_limit_error",
    507: "server_error",
}
"""Status -> type, as OpenAI's clients know them; anything else is a server error."""
CODES: dict[type[EarwitnessError], str] = {
    NotFoundError: "not_found",
    BadRequestError: "bad_request",
    MediaError: "invalid_media",
    ModelError: "model_failed",
    StorageError: "storage_unavailable",
}


class ErrorDetail(BaseModel):
    """What went wrong, and what to do next."""

    message: str
    type: str
    param: str | None
    code: str | None


class ErrorBody(BaseModel):
    """The body of every answer that is not a success."""

    error: ErrorDetail


def error_answers(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Documentation of the error answers of a route."""
    return {status: {"model": ErrorBody} for status in statuses}


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
    return JSONResponse(error_body(message, kind=kind, param=param, code=code), status, headers)


def error_body(
    message: str, *, kind: str, param: str | None = None, code: str | None = None
) -> dict[str, Any]:
    """The one error shape."""
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


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
    status, headers = 500, None
    if isinstance(error, NotFoundError):
        status = 404
    elif isinstance(error, BadRequestError | MediaError):
        status = 400
    elif isinstance(error, StorageError | ModelError):
        status, headers = 503, {"retry-after": "10"}
    code = CODES.get(cast("type[EarwitnessError]", type(error)), "server_error")
    return error_response(status, str(error), code=code, headers=headers)


async def _validation_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first: dict[str, Any] = error.errors()[0]
    where: str | None = ".".join(str(part) for part in first["loc"][1:]) or str(first["loc"][0])
    problem = f"{where}: {first['msg']}."
    if first["type"] == "json_invalid":
        where, problem = None, "The body is not JSON."
    elif "UploadFile" in first["msg"]:
        problem = f"{where}: This is a text and must be a file, with a file name of its own."
    # OpenAI's service answers 400 where FastAPI's habit is 422.
    status = 400 if request.url.path.startswith("/v1/") else 422
    message = f"{problem} Correct it and send the request again."
    return error_response(status, message, param=where, code="invalid_value")


async def _http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    if isinstance(error.__cause__, ApiError):
        return await _api_error(request, error.__cause__)
    headers = dict(error.headers) if error.headers else None
    return error_response(error.status_code, str(error.detail), headers=headers)
