"""Times from opening the tab to the first words, compared with a bare Pyodide."""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Playwright

from bench.page import Tab, page_server
from bench.paths import NODE_MODULES, ROOT
from bench.report import say, table
from bench.static import hosting

WATCH_INPUT = """(() => {
  const look = () => {
    if (document.querySelector('input[type=file]')) globalThis.benchInputMs = performance.now();
    else requestAnimationFrame(look);
  };
  look();
})();"""
_MARKS = """async () => ({
  painted: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null,
  input: globalThis.benchInputMs ?? null,
  ...(await globalThis.earwitness.status()).marks_ms,
})"""


def measure_starts(playwright: Playwright, clip: Path, model: str, rounds: int) -> dict[str, Any]:
    """Return medians in milliseconds since navigation: cold (new profile), warm (second visit)."""
    cold: list[dict[str, float]] = []
    warm: list[dict[str, float]] = []
    bare: dict[str, list[float]] = {"cold": [], "warm": []}
    pages = {"": ROOT / "bench" / "pages", "pyodide": NODE_MODULES / "pyodide"}
    with page_server() as server, hosting(pages) as host:
        for turn in range(rounds):
            tab = Tab(playwright, server.url, before_page=WATCH_INPUT)
            try:
                cold.append(_visit(tab, clip, model))
                tab.page.wait_for_function(
                    "async () => (await globalThis.earwitness.status()).offline"
                )
                warm.append(_visit(tab, clip, model))
            finally:
                tab.close()
            tab = Tab(playwright, host)
            try:
                for visits in bare.values():
                    tab.page.goto(f"{host}bare.html")
                    tab.page.wait_for_function("() => globalThis.readyMs")
                    visits.append(tab.page.evaluate("() => globalThis.readyMs"))
            finally:
                tab.close()
            say(f"start {turn + 1}: {cold[-1]} {warm[-1]} bare {bare}")
    result: dict[str, Any] = {
        "cold_ms": _medians(cold),
        "warm_ms": _medians(warm),
        "bare_pyodide_ms": {name: median(values) for name, values in bare.items()},
    }
    ready = result["warm_ms"]["library-ready"]
    result["warm_ready_over_bare_cold"] = ready / result["bare_pyodide_ms"]["cold"]
    result["warm_ready_over_bare_warm"] = ready / result["bare_pyodide_ms"]["warm"]
    return result


def starts_table(result: dict[str, Any]) -> str:
    """Return the table of the marks."""
    names = list(result["warm_ms"])
    rows = [
        [
            name,
            *(_ms(result[visit], name) for visit in ("cold_ms", "warm_ms")),
        ]
        for name in names
    ]
    bare = result["bare_pyodide_ms"]
    rows.append(["bare loadPyodide from npm's files", f"{bare['cold']:.0f}", f"{bare['warm']:.0f}"])
    text = "## Start, ms since navigation\n\n" + table(
        ["mark", "first visit", "second visit"], rows
    )
    return (
        f"{text}\n\nPython ready in a warm tab over bare Pyodide: "
        f"{result['warm_ready_over_bare_cold']:.2f} of its first visit, "
        f"{result['warm_ready_over_bare_warm']:.2f} of its second."
    )


def _visit(tab: Tab, clip: Path, model: str) -> dict[str, float]:
    """Open a new page in the tab's browser and transcribe a file at once."""
    page = tab.page
    tab.page = tab.context.new_page()
    page.close()
    began = time.monotonic()
    tab.open()
    tab.transcribe(clip, model=model, words=False)
    first_words_ms = 1000 * (time.monotonic() - began)
    marks: dict[str, float | None] = tab.page.evaluate(_MARKS)
    marks["first words of a short file"] = first_words_ms
    return {name: value for name, value in marks.items() if value is not None}


def _ms(visit: dict[str, float], name: str) -> str:
    return f"{visit[name]:.0f}" if name in visit else ""


def _medians(visits: list[dict[str, float]]) -> dict[str, float]:
    names = [name for name in visits[0] if all(name in visit for visit in visits)]
    return {name: median(visit[name] for visit in visits) for name in names}
