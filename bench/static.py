"""A static web server for the peers' pages, with the headers that allow threads."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit


class _Handler(SimpleHTTPRequestHandler):
    """Serves each folder below its first path segment."""

    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".mjs": "text/javascript",
        ".js": "text/javascript",
        ".wasm": "application/wasm",
    }

    def __init__(self, *arguments: Any, mounts: Mapping[str, Path], **named: Any) -> None:
        self._mounts = mounts
        super().__init__(*arguments, **named)

    def translate_path(self, path: str) -> str:
        parts = [part for part in unquote(urlsplit(path).path).split("/") if part not in ("", "..")]
        folder = self._mounts.get(parts[0]) if parts else None
        if folder is None:
            return str(self._mounts[""].joinpath(*parts))
        return str(folder.joinpath(*parts[1:]))

    def end_headers(self) -> None:
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
        self.send_header("Cache-Control", "max-age=3600")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Print nothing, because standard output is the result."""


@contextmanager
def hosting(mounts: Mapping[str, Path]) -> Iterator[str]:
    """Serve folders by the first path segment, the folder of "" for any other; gives the URL."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, mounts=mounts))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
