"""`build.py package`: the server with the page as a wheel, or the page for any static host."""

from __future__ import annotations

import shutil
from pathlib import Path

from tooling.environment import execute
from tooling.paths import DIST, PYTHON, ROOT
from tooling.pipeline import REPORT_FIX, VERSION_FILE, version
from tooling.say import BuildError, say
from tooling.steps import Step, run_step

HOSTING = """\
Earwitness {version}

Put this folder on any web server that sends files, at any path, with https.
Nothing else is needed: recordings and texts stay in the visitor's browser.

- Files with .br beside them are the same, compressed with Brotli, for servers that can send them.
- The page needs cross-origin isolation for speed. If the server does not send

    Cross-Origin-Opener-Policy: same-origin
    Cross-Origin-Embedder-Policy: require-corp

  the page's service worker adds both after the first load.
- Files below assets, python, vendor, wheels and models have their content's hash in their names and
  may be cached for ever. index.html and service-worker.js must be asked for each time (no-cache).
- The page can be installed. Serve manifest.webmanifest as application/manifest+json. Systems share
  files with the installed page by POST to share-target, and the service worker takes them. Before
  it has started, the request reaches the server: answer with index.html, which asks to share again.
  A server that refuses POST shows its own error instead.
- An update: put the new folder in the place of the old one. Open tabs go on and offer to reload.
"""
WHAT = "packaging"


def package_server(out: Path) -> Path:
    """Leave the wheel of the server, with the built page inside, in `out`; return its path.

    Raises:
        BuildError: the wheel cannot be built.
    """
    server = ROOT / "server"
    wheel = out / f"earwitness-{version()}-py3-none-any.whl"
    run_step(
        Step(
            name="server-wheel",
            does="Packing the server and the page into a wheel",
            inputs=[VERSION_FILE.parent, ROOT / "models" / "earwitness_models", server, DIST],
            outputs=[wheel],
            action=lambda: execute(
                "packing the wheel",
                [PYTHON, "-m", "hatchling", "build", "-t", "wheel", "-d", out],
                REPORT_FIX,
                folder=server,
            ),
        )
    )
    say(f"The server is in {wheel}. Install: pip install {wheel.name}; start: earwitness serve")
    return wheel


def package_page(out: Path) -> Path:
    """Copy the built page to `out`, with a note on hosting; return that folder.

    A package that is there already is replaced when the new one is complete.

    Raises:
        BuildError: `out` holds something else, or cannot be written.
    """
    out = out.resolve()
    if out.is_file():
        raise BuildError(WHAT, f"{out} is a file.", "Name an empty or a new folder.")
    if out.exists() and any(out.iterdir()) and not (out / "HOSTING.txt").is_file():
        raise BuildError(WHAT, f"{out} holds other files.", "Name an empty or a new folder.")
    new = out.with_name(f"{out.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    try:
        new.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(DIST, new)
        text = HOSTING.format(version=version())
        (new / "HOSTING.txt").write_text(text, encoding="utf-8")
        shutil.rmtree(out, ignore_errors=True)
        new.rename(out)
    except OSError as error:
        raise BuildError(WHAT, str(error), "Free space, or name another folder.") from error
    say(f"The page for a static host is in {out}; HOSTING.txt says how to serve it")
    return out
