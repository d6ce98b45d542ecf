"""The files of the built page: typed, compressed, and cached as long as their names allow."""

from __future__ import annotations

import gzip
import re
from functools import lru_cache
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.types import Receive, Scope, Send

from earwitness_server.errors import ApiError
from earwitness_server.http import SHARE_TARGET

MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".webmanifest": "application/manifest+json",
    ".wasm": "application/wasm",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
    ".zip": "application/zip",
    ".whl": "application/zip",
}
"""By suffix, from this table only: the machine's own table changes nothing."""
COMPRESSIBLE = frozenset(
    (".html", ".css", ".js", ".mjs", ".json", ".map", ".webmanifest", ".svg", ".txt", ".wasm",
     ".zip", ".bin")
)  # fmt: skip
COMPRESS_AT_MOST_BYTES = 4 << 20
"""Larger files are compressed by the build only: its result lies beside the file."""
FINGERPRINTED_FOLDERS = ("assets", "python", "vendor", "wheels", "models")
_FINGERPRINT = re.compile(r"(?:^|[-.@_])(?:[0-9a-f]{8,64}|[A-Z2-7]{8})(?=$|[-.])|\d+\.\d+\.\d+")
_EXTENSION_WORKER = "assets/extension-worker"
"""Beginning of the address of the worker that runs extensions."""
_EXTENSION_POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'"
"""Its Content-Security-Policy: no connections, so that an extension can send nothing."""
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))


def cache_control(path: PurePosixPath) -> str:
    """Return Cache-Control for `path`, which is relative to the page's root."""
    named = any(_FINGERPRINT.search(part) for part in path.parts[1:])
    if path.parts and path.parts[0] in FINGERPRINTED_FOLDERS and named:
        return "public, max-age=31536000, immutable"
    return "no-cache"


def encodings_accepted(header: str) -> set[str]:
    """Return the content codings that a client accepts, without those with `q=0`."""
    accepted: set[str] = set()
    for part in header.lower().split(","):
        name, _, parameters = part.strip().partition(";")
        if not re.fullmatch(r"q=0(\.0*)?", parameters.replace(" ", "")):
            accepted.add(name.strip())
    return accepted


class StaticPage:
    """ASGI application that serves the files of one folder, and nothing outside it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one file.

        Raises:
            ApiError: 405, the method is neither GET nor HEAD, nor POST for `SHARE_TARGET`; 404,
                there is no such file.
        """
        shared = scope["path"] == SHARE_TARGET
        if scope["method"] not in ("GET", "HEAD") and not (shared and scope["method"] == "POST"):
            raise ApiError(405, "Use GET for the page's files.", headers={"allow": "GET, HEAD"})
        headers = Headers(scope=scope)
        path = self._find("/" if shared else scope["path"])
        response = self._respond(path, headers)
        await response(scope, receive, send)

    def _find(self, raw: str) -> Path:
        name = unquote(raw).lstrip("/")
        parts = PurePosixPath(name).parts
        hidden = any(part.startswith(".") for part in parts)
        if hidden or "\\" in name or "\x00" in name or len(name) > 1024:
            raise unknown_address(raw)
        path = (self._folder / name).resolve()
        if path.is_dir():
            path = path / "index.html"
        if not path.is_relative_to(self._folder) or not path.is_file():
            raise unknown_address(raw)
        return path

    def _respond(self, path: Path, request: Headers) -> Response:
        stat = path.stat()
        etag = f'"{stat.st_mtime_ns:x}-{stat.st_size:x}"'
        address = PurePosixPath(path.relative_to(self._folder))
        headers = {"cache-control": cache_control(address), "etag": etag}
        if str(address).startswith(_EXTENSION_WORKER):
            headers["content-security-policy"] = _EXTENSION_POLICY
        media_type = MEDIA_TYPES.get(path.suffix.lower(), "application/octet-stream")
        stored, body = path, None
        if "range" not in request:
            accepted = encodings_accepted(request.get("accept-encoding", ""))
            for coding, suffix in _ENCODINGS:
                beside = path.with_name(path.name + suffix)
                if coding in accepted and beside.is_file():
                    stored = beside
                    headers["content-encoding"] = coding
                    break
            else:
                small = stat.st_size <= COMPRESS_AT_MOST_BYTES
                if "gzip" in accepted and small and path.suffix.lower() in COMPRESSIBLE:
                    body = _gzipped(path, stat.st_mtime_ns)
                    headers["content-encoding"] = "gzip"
        if path.suffix.lower() in COMPRESSIBLE:
            headers["vary"] = "Accept-Encoding"
        if "content-encoding" in headers:
            etag = f'{etag[:-1]}-{headers["content-encoding"]}"'
            headers["etag"] = etag
        if etag in (tag.strip() for tag in request.get("if-none-match", "").split(",")):
            return Response(status_code=304, headers=headers)
        if body is not None:
            return Response(body, headers={**headers, "content-type": media_type})
        return FileResponse(stored, headers={**headers, "content-type": media_type})


@lru_cache(maxsize=64)
def _gzipped(path: Path, _modified_ns: int) -> bytes:
    return gzip.compress(path.read_bytes(), compresslevel=6, mtime=0)


def unknown_address(path: str) -> ApiError:
    """Return the error of a path that leads nowhere."""
    return ApiError(404, f"There is no {path[:200]!r} here.", hint="Check the address.")
