"""Errors as answers: one table from domain errors to statuses, and one shape for the whole API.

The shape is `{"error": {"message", "type", "param", "code"}}`.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

from earwitness import errors
from earwitness.domain.versions import EditConflictError
from earwitness.serialization import to_plain
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from earwitness_server.drain import StoppingError
from earwitness_server.inference import errors as inference
from earwitness_server.storage import errors as storage


@dataclass(frozen=True, slots=True)
class Answer:
    """How an error is answered."""

    status: int
    code: str
    retry_after_s: int | None = None
    param: str | None = None
    close: bool = False
    """The connection ends with the answer."""


ANSWERS: dict[type[errors.EarwitnessError], Answer] = {
    errors.BadRequestError: Answer(400, "bad_request"),
    errors.MediaError: Answer(400, "invalid_media"),
    inference.UnsupportedValueError: Answer(400, "unsupported_value"),
    errors.NotFoundError: Answer(404, "not_found"),
    inference.UnknownModelError: Answer(404, "model_not_found"),
    EditConflictError: Answer(409, "edit_conflict", param="revision"),
    storage.OffsetMismatchError: Answer(409, "offset_mismatch"),
    storage.IdempotencyKeyReusedError: Answer(
        422, "idempotency_key_reused", param="idempotency-key"
    ),
    inference.ServerBusyError: Answer(429, "server_busy", retry_after_s=5),
    storage.TooManyJobsError: Answer(429, "too_many_jobs", retry_after_s=30),
    errors.EarwitnessError: Answer(500, "server_error"),
    inference.SpeakersUnavailableError: Answer(503, "speakers_unavailable"),
    errors.ModelError: Answer(503, "model_failed", retry_after_s=10),
    storage.QueueFullError: Answer(503, "queue_full", retry_after_s=60),
    StoppingError: Answer(503, "server_stopping", retry_after_s=5, close=True),
    errors.StorageError: Answer(503, "storage_unavailable", retry_after_s=10),
    storage.QuotaExceededError: Answer(507, "storage_quota_exceeded"),
}
"""The nearest class counts: an error that is not listed is answered as its base class."""
TYPES = {
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    429: "rate_limit_error",
}
"""Status -> type, as OpenAI's clients know them; others are invalid requests or server errors."""


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
    """Return the documentation of a route's error answers."""
    return {status: {"model": ErrorBody} for status in statuses}


class ApiError(errors.EarwitnessError):
    """An error of the HTTP request itself, with its status: raised by routes and middleware."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        hint: str = "",
        code: str | None = None,
        param: str | None = None,
        retry_after_s: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.code = code
        self.param = param
        self.headers = dict(headers or {})
        if retry_after_s is not None:
            self.headers["retry-after"] = str(max(1, retry_after_s))


def answer(error: errors.EarwitnessError) -> JSONResponse:
    """Return the answer to an error: as `ANSWERS` says, or as an `ApiError` says itself.

    That of a conflict also has the revision of the text now, and both texts of each segment or
    highlight.
    """
    more: dict[str, Any] = {}
    if isinstance(error, EditConflictError):
        more = {"revision": error.revision, "conflicts": to_plain(error.conflicts, "set")}
    if not isinstance(error, ApiError):
        found = next(ANSWERS[kind] for kind in type(error).__mro__ if kind in ANSWERS)
        error = ApiError(
            found.status,
            str(error),
            code=found.code,
            param=getattr(error, "field", found.param),
            retry_after_s=found.retry_after_s,
            headers={"connection": "close"} if found.close else None,
        )
    body = error_body(error.status, str(error), code=error.code, param=error.param)
    body["error"] |= more
    return JSONResponse(body, error.status, error.headers)


def error_body(
    status: int, message: str, *, code: str | None = None, param: str | None = None
) -> dict[str, Any]:
    """Return the one error shape."""
    kind = TYPES.get(status, "server_error" if status >= 500 else "invalid_request_error")
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


async def _our_error(_request: Request, error: errors.EarwitnessError) -> JSONResponse:
    return answer(error)


async def _validation_error(request: Request, error: RequestValidationError) -> JSONResponse:
    first: dict[str, Any] = error.errors()[0]
    where: str | None = ".".join(str(part) for part in first["loc"][1:]) or str(first["loc"][0])
    problem = f"{where}: {first['msg']}."
    if first["type"] == "json_invalid":
        where, problem = None, "The body is not JSON."
    elif "UploadFile" in first["msg"]:
        problem = f"{where}: This is a text and must be a file, with a file name of its own."
    # OpenAI's service answers 400 where FastAPI's habit is 422.
    status = 400 if request.url.path.startswith("/v1/") else 422
    hint = "Correct it and send the request again."
    return answer(ApiError(status, problem, hint=hint, param=where, code="invalid_value"))


async def _http_error(_request: Request, error: HTTPException) -> JSONResponse:
    # Raised while the body was read, and wrapped by FastAPI.
    if isinstance(error.__cause__, errors.EarwitnessError):
        return answer(error.__cause__)
    return answer(ApiError(error.status_code, str(error.detail), headers=error.headers))


HANDLERS: dict[int | type[Exception], Callable[[Request, Any], Coroutine[Any, Any, Response]]] = {
    errors.EarwitnessError: _our_error,
    RequestValidationError: _validation_error,
    HTTPException: _http_error,
}
"""They make every failure of an application leave in the one shape."""
