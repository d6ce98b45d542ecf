"""The platform's modules alone in a real worker, on a site whose faults a test can choose."""

from __future__ import annotations

import functools
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Worker

from tooling.environment import node

ROOT = Path(__file__).resolve().parents[3]
ISOLATION = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}


@dataclass
class Site:
    """A folder served over HTTP. `faults` maps a path to what replaces the answer's body."""

    folder: Path
    port: int = 0
    faults: dict[str, Callable[[bytes], bytes]] = field(default_factory=dict)
    gone: bool = False
    isolating: bool = True
    """Send the headers that isolate a page."""
    requests: list[tuple[str, str]] = field(default_factory=list)
    """(path, Range header) of every request."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def put(self, name: str, data: bytes) -> str:
        """Add a file; returns its address."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return f"/{name}"

    def asked(self, path: str) -> list[str]:
        """Range headers of the requests for a path, in order."""
        return [wanted for asked, wanted in self.requests if asked == path]


class Handler(SimpleHTTPRequestHandler):
    """Serves ranges, sends isolation headers, and obeys the site's faults."""

    def __init__(self, *arguments: Any, site: Site) -> None:
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


@pytest.fixture(scope="session")
def glue_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled modules and the speech corpus."""
    folder = tmp_path_factory.mktemp("glue")
    esbuild = ROOT / "node_modules" / "esbuild" / "bin" / "esbuild"
    entry = Path(__file__).with_name("glue.js")
    options = ["--bundle", "--format=esm", "--log-level=warning", f"--outfile={folder}/glue.js"]
    subprocess.run([node(), esbuild, entry, *options], check=True, cwd=ROOT)
    start = "new Worker('glue.js', {type: 'module'})"
    (folder / "start.js").write_text(start)
    page = '<!doctype html><title>glue</title><script type="module" src="start.js"></script>'
    (folder / "index.html").write_text(page)
    shutil.copytree(ROOT / "tests" / "corpus", folder / "corpus")
    return folder


@pytest.fixture
def site(glue_folder: Path) -> Iterator[Site]:
    """A site of the test's own, without faults yet."""
    own = Site(glue_folder)
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, site=own))
    own.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield own
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """An empty browser profile."""
    profile = browser.new_context()
    yield profile
    profile.close()


@pytest.fixture
def limit_storage(context: BrowserContext, site: Site) -> Iterator[Callable[[int], None]]:
    """Set the origin's quota. The browser remembers an older one for a while, so do it first."""
    page = context.new_page()
    page.goto(f"{site.url}corpus/clips.json")
    session = context.new_cdp_session(page)

    def limit(quota_bytes: int) -> None:
        origin = site.url.rstrip("/")
        session.send("Storage.overrideQuotaForOrigin", {"origin": origin, "quotaSize": quota_bytes})

    yield limit
    session.detach()


@pytest.fixture
def open_worker(context: BrowserContext, site: Site) -> Callable[[], Worker]:
    """Open one more page of the site; returns its worker once its modules are loaded."""

    def open_() -> Worker:
        page = context.new_page()
        with page.expect_worker() as started:
            page.goto(site.url)
        loaded = "async () => { while (!globalThis.hear) await new Promise(r => setTimeout(r, 9)) }"
        started.value.evaluate(loaded)
        return started.value

    return open_


@pytest.fixture
def worker(open_worker: Callable[[], Worker]) -> Worker:
    """The modules, on an empty profile."""
    return open_worker()
