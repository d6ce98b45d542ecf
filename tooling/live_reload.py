"""Tells open pages of changes, as server-sent events."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEEP_ALIVE_S = 15.0


class LiveReload:
    """A server of one address. Each page that listens first hears the version of what is served."""

    def __init__(self) -> None:
        self._listeners: set[queue.Queue[str]] = set()
        self._lock = threading.Lock()
        self._version = 0
        reload = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.send_header("Cache-Control", "no-store")
                # The page is of another origin: another port.
                self.send_header("Access-Control-Allow-Origin", "*")
                self.end_headers()
                with suppress(ConnectionError):
                    reload.serve(self._write)

            def _write(self, text: str) -> None:
                self.wfile.write(text.encode())
                self.wfile.flush()

            def log_message(self, format: str, *args: object) -> None:
                """Log nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """Where pages listen."""
        return f"{self.origin}/changes"

    @property
    def origin(self) -> str:
        """What the page's policy must allow."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def reload(self) -> None:
        """Every open page loads again."""
        self._tell("version")

    def swap_styles(self) -> None:
        """Every open page takes the new styles in place of its own."""
        self._tell("styles")

    def close(self) -> None:
        """End all connections."""
        self._server.shutdown()
        self._server.server_close()

    def serve(self, write: Callable[[str], None]) -> None:
        """Write events for one page until its connection is gone."""
        heard: queue.Queue[str] = queue.Queue()
        with self._lock:
            self._listeners.add(heard)
            heard.put(_event("version", self._version))
        try:
            while True:
                try:
                    write(heard.get(timeout=KEEP_ALIVE_S))
                except queue.Empty:
                    write(":\n\n")  # Fails where nobody listens any more.
        finally:
            with self._lock:
                self._listeners.discard(heard)

    def _tell(self, kind: str) -> None:
        with self._lock:
            self._version += 1
            for heard in self._listeners:
                heard.put(_event(kind, self._version))


def _event(kind: str, version: int) -> str:
    return f"event: {kind}\ndata: {version}\n\n"
