"""A static host in this process, whose faults a test can choose."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

ISOLATION = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}


class StaticSite:
    """A folder that is served over HTTP until `close`."""

    def __init__(self, folder: Path, *, isolating: bool = True) -> None:
        self.folder = folder
        self.isolating = isolating
        """Send the headers that isolate a page."""
        self.faults: dict[str, Callable[[bytes], bytes]] = {}
        """Path -> what replaces the answer's body."""
        self.gone = False
        """Break every connection."""
        self.requests: list[tuple[str, str]] = []
        """(path, Range header) of every request."""
        handler = functools.partial(_Handler, site=self)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def origin(self) -> str:
        """The address without a path."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def url(self) -> str:
        """The address of the page."""
        return f"{self.origin}/"

    def put(self, name: str, data: bytes) -> str:
        """Add a file; its path."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return f"/{name}"

    def ranges(self, path: str) -> list[str]:
        """Range headers of the requests for a path, in order."""
        return [wanted for asked, wanted in self.requests if asked == path]

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Handler(SimpleHTTPRequestHandler):
    """Serves ranges, sends isolation headers, and obeys the site's faults."""

    def __init__(self, *arguments: Any, site: StaticSite) -> None:
        self.site = site
        super().__init__(*arguments, directory=str(site.folder))

    def end_headers(self) -> None:
        for name, value in ISOLATION.items() if self.site.isolating else ():
            self.send_header(name, value)
        super().end_headers()

    def do_GET(self) -> None:
        path, wanted = self.path, self.headers.get("Range", "")
        # Whole seconds are too coarse for tests that change a file.
        del self.headers["If-Modified-Since"]
        self.site.requests.append((path, wanted))
        if self.site.gone:
            self.close_connection = True
            self.connection.close()
            return
        if path == "/favicon.ico":
            self.send_response(204)
            self.end_headers()
            return
        if path not in self.site.faults and not wanted:
            super().do_GET()
            return
        self._partly(Path(self.translate_path(path)).read_bytes(), path, wanted)

    def _partly(self, data: bytes, path: str, wanted: str) -> None:
        """Promise the whole, or the range; send what the fault leaves of it."""
        start = int(wanted.removeprefix("bytes=").split("-")[0]) if wanted else 0
        promised = data[start:]
        self.send_response(206 if wanted else 200)
        self.send_header("Content-Length", str(len(promised)))
        self.end_headers()
        fault = self.site.faults.get(path)
        self.wfile.write(fault(promised) if fault else promised)
        self.close_connection = True

    def log_message(self, format: str, *arguments: Any) -> None:
        """Keep the test's output clean."""
