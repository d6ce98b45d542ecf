"""Resumable uploads after tus 1.0: creation, creation-with-upload, termination, expiration."""

from __future__ import annotations

import asyncio
import base64
import binascii
from email.utils import formatdate
from typing import Annotated

from earwitness.domain.media_types import media_type_of
from fastapi import APIRouter, Header, Request, Response
from starlette.requests import ClientDisconnect

from earwitness_server.errors import ApiError, error_answers
from earwitness_server.http.auth import GuardedRoute, MayTranscribe
from earwitness_server.http.body_limit import too_large
from earwitness_server.services import CurrentServices, Services
from earwitness_server.storage.errors import OffsetMismatchError
from earwitness_server.storage.uploads import Upload

router = APIRouter(prefix="/api/uploads", tags=["uploads"], route_class=GuardedRoute)
VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,termination,expiration"
CONTENT_TYPE = "application/offset+octet-stream"
PIECE_BYTES = 4 << 20
"""In memory for each upload in flight, and stored as one object."""
ERRORS = error_answers(400, 401, 403, 404, 408, 409, 413, 415, 422, 429, 503, 507)


@router.options("", status_code=204, response_class=Response)
async def capabilities(services: CurrentServices) -> Response:
    """What this server can do of tus."""
    most = services.settings.max_upload_bytes
    headers = {
        "tus-resumable": VERSION,
        "tus-version": VERSION,
        "tus-extension": EXTENSIONS,
        "tus-max-size": str(most),
    }
    return Response(status_code=204, headers=headers)


@router.post("", status_code=201, response_class=Response, responses=ERRORS)
async def create(
    request: Request,
    services: CurrentServices,
    caller: MayTranscribe,
    upload_length: Annotated[int, Header(ge=0)],
    upload_metadata: Annotated[str, Header(max_length=4000)] = "",
) -> Response:
    """Begin an upload; the body may already hold its first bytes."""
    if upload_length > services.settings.max_upload_bytes:
        raise too_large(services.settings.max_upload_bytes)
    fields = _metadata(upload_metadata)
    name = fields.get("filename", "").replace("\0", "")
    upload = await asyncio.to_thread(
        services.uploads.create,
        caller.owner,
        upload_length,
        name,
        media_type_of(name, fields.get("filetype", "")),
        services.settings.upload_days,
        lambda connection: services.quotas.check_bytes(connection, caller, upload_length),
    )
    received = 0
    if request.headers.get("content-type") == CONTENT_TYPE:
        received = await _receive(request, services, upload, 0)
    headers = {"location": f"/api/uploads/{upload.id}", **_headers(upload, received)}
    return Response(status_code=201, headers=headers)


@router.head("/{upload_id}", response_class=Response, responses=ERRORS)
async def position(services: CurrentServices, caller: MayTranscribe, upload_id: str) -> Response:
    """How much has arrived."""
    upload = await asyncio.to_thread(services.uploads.get, caller.owner, upload_id)
    headers = {"cache-control": "no-store", "upload-length": str(upload.length)}
    return Response(headers={**headers, **_headers(upload, upload.received)})


@router.patch("/{upload_id}", status_code=204, response_class=Response, responses=ERRORS)
async def add(
    request: Request,
    services: CurrentServices,
    caller: MayTranscribe,
    upload_id: str,
    upload_offset: Annotated[int, Header(ge=0)],
) -> Response:
    """Go on with an upload. What arrives is kept even when the connection breaks."""
    if request.headers.get("content-type") != CONTENT_TYPE:
        raise ApiError(415, f"Send the bytes as {CONTENT_TYPE}.", code="unsupported_media_type")
    upload = await asyncio.to_thread(services.uploads.get, caller.owner, upload_id)
    if upload_offset != upload.received:
        raise OffsetMismatchError(upload_offset)
    received = await _receive(request, services, upload, upload_offset)
    return Response(status_code=204, headers=_headers(upload, received))


@router.delete("/{upload_id}", status_code=204, response_class=Response, responses=ERRORS)
async def remove(services: CurrentServices, caller: MayTranscribe, upload_id: str) -> Response:
    """Give an upload up."""
    upload = await asyncio.to_thread(services.uploads.get, caller.owner, upload_id)
    await asyncio.to_thread(services.uploads.delete, upload.id)
    return Response(status_code=204, headers={"tus-resumable": VERSION})


async def _receive(request: Request, services: Services, upload: Upload, offset: int) -> int:
    held = bytearray()

    async def keep() -> None:
        nonlocal offset
        piece = bytes(held)
        held.clear()
        offset = await asyncio.to_thread(services.uploads.append, upload, offset, piece)

    try:
        async for piece in request.stream():
            held += piece
            if offset + len(held) > upload.length:
                raise ApiError(
                    413,
                    "The upload is longer than it announced.",
                    hint="Start again with the right Upload-Length.",
                    code="upload_too_long",
                )
            if len(held) >= PIECE_BYTES:
                await keep()
    except ClientDisconnect:
        pass
    finally:
        if held and offset + len(held) <= upload.length:
            await keep()
    return offset


def _headers(upload: Upload, received: int) -> dict[str, str]:
    return {
        "tus-resumable": VERSION,
        "upload-offset": str(received),
        "upload-expires": formatdate(upload.expires_s, usegmt=True),
    }


def _metadata(header: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    for pair in header.split(","):
        name, _, value = pair.strip().partition(" ")
        try:
            fields[name] = base64.b64decode(value, validate=True).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            raise ApiError(
                400,
                f"Upload-Metadata {name!r:.40} is not base64.",
                hint="Encode each value as tus says.",
                code="invalid_metadata",
            ) from None
    return fields
