"""`build.py dev` on a copy of the work tree: a saved line is in the open page, or in the server."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.browser import Visitor, wait_ready
from tests.support.server_process import ServerProcess
from tests.support.waiting import wait_for

ROOT = Path(__file__).resolve().parents[2]
BUILT = ("python-runtime", "wheels", "tool-wheels", "models", "server-models", "stamps")
PROBE = "getComputedStyle(document.documentElement).getPropertyValue('--probe')"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The files of the work tree; what is built and installed is linked."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in names.splitlines():
        if (ROOT / name).is_file() and not name.startswith(("tests/", "bench/")):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, tmp_path / name)
    for name in (".venv", "node_modules"):
        (tmp_path / name).symlink_to(ROOT / name)
    for name in BUILT:
        shutil.copytree(ROOT / "build" / name, tmp_path / "build" / name, copy_function=link)
    return tmp_path


def link(source: str, target: str) -> None:
    """Link a file, or copy it where that is not possible."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


@contextmanager
def developing(tree: Path, port: int) -> Iterator[None]:
    """`build.py dev` on that tree."""
    command = [sys.executable, str(tree / "build.py"), "dev", "--offline", "--port", str(port)]
    with (tree / "dev.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        packages = tree / "build" / "dev" / "python" / "packages.zip"
        wait_for(packages.is_file, "the bundled page")
        wait_for(lambda: is_up(process, port), "the server")
        yield
    finally:
        process.terminate()
        process.wait(60)
        print((tree / "dev.log").read_text())


def append(path: Path, text: str) -> None:
    """As an editor does it: a new file takes the place of the old one."""
    new = path.with_name(f"{path.name}.new")
    new.write_text(path.read_text() + text)
    new.replace(path)


def is_up(process: subprocess.Popen[bytes], port: int) -> bool:
    """Whether the server answers; fails when the command has ended."""
    assert process.poll() is None, "build.py dev has ended"
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=60):
        return True


def title(url: str) -> str:
    """What the server's API calls itself."""
    with urllib.request.urlopen(f"{url}openapi.json", timeout=60) as answer:
        return json.load(answer)["info"]["title"]


def test_saved_lines_reach_the_open_page_and_the_server(
    own_server: ServerProcess, visitor: Visitor, tree: Path
) -> None:
    url = own_server.url
    page = visitor.open(url)
    page.evaluate("() => navigator.serviceWorker.ready.then(() => {})")
    own_server.stop()
    visitor.expect_errors("ERR_", "Failed to load resource")
    with developing(tree, own_server.port):
        # The build's worker may still answer this, and then goes with its page.
        page.goto(url, wait_until="commit")
        page.wait_for_selector("script[src='assets/main.js']", state="attached")
        wait_ready(page)
        workers = "async () => (await navigator.serviceWorker.getRegistrations()).length"
        assert page.evaluate(workers) == 0, "the build's service worker has gone"
        assert page.evaluate("() => crossOriginIsolated")

        page.evaluate("() => { window.untouched = true; }")
        append(tree / "web" / "style" / "main.css", ":root { --probe: 1; }\n")
        page.wait_for_function(f"() => {PROBE} === '1'")
        page.wait_for_function(
            "() => document.querySelectorAll('link[rel=stylesheet]').length === 1"
        )
        assert page.evaluate("() => window.untouched"), "styles need no new page"

        append(tree / "server" / "earwitness_server" / "app.py", SERVER_LINE)
        wait_for(lambda: title(url) == "Changed", "the server with the new line")
        assert page.evaluate("() => window.untouched"), "the page is not the server's"

        append(tree / "web" / "app" / "main.js", "this is no JavaScript;\n")
        wait_for(lambda: "cannot be bundled" in (tree / "dev.log").read_text(), "the error")
        assert page.evaluate("() => window.untouched"), "what cannot be bundled is not shown"

        script = tree / "web" / "app" / "main.js"
        text = script.read_text().replace("this is no JavaScript;", "window.probe = 'script';")
        script.write_text(text)
        page.wait_for_function("() => window.probe === 'script'")
        wait_ready(page)

        types = tree / "web" / "generated" / "messages.d.ts"
        types.unlink()
        with page.expect_console_message(lambda said: said.text == "a saved line", timeout=240_000):
            append(tree / "py" / "earwitness" / "browser" / "library_worker.py", PAGE_LINE)
        wait_ready(page)
        assert page.evaluate("() => window.probe") == "script"
        wait_for(types.is_file, "the contract, written again")


SERVER_LINE = """

_created = create_app


def create_app(*given, **named):
    app = _created(*given, **named)
    app.title = "Changed"
    return app
"""
PAGE_LINE = """
import js

js.console.log("a saved line")
"""
