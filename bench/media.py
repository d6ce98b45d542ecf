"""Transcribe every file of a folder: each must give a transcript or a clear error message."""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import earwitness.errors
from playwright.sync_api import Error, Playwright

from bench.page import Tab, page_server, playwright_driver
from bench.paths import WORK
from bench.report import publish, say, table

KNOWN_ERRORS = {name for name in vars(earwitness.errors) if name.endswith("Error")}
"""Classes of the errors that the page reports on purpose. Any other is a defect."""
IGNORED = (".json", ".jsonl", ".md", ".txt")
"""Extensions of the notes beside the recordings."""
TRANSCRIPT, ERROR, BROKEN = "transcript", "error", "BROKEN"


@dataclass(frozen=True)
class Outcome:
    """The result of one file."""

    file: str
    kind: str
    """`transcript`, `error`, or `BROKEN`: no result in time, an unknown error, or a crash."""
    text: str
    """The transcript, the error message, or a description of the defect."""
    took_s: float


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `bench media`."""
    parser.add_argument(
        "folder", type=Path, metavar="DIR", help="folder of the files, with its subfolders"
    )
    parser.add_argument("--model", default="tiny.en", help="tiny.en (default), base or small")
    parser.add_argument(
        "--bound", type=float, default=600.0, metavar="S", help="time limit per file (default 600)"
    )
    parser.add_argument(
        "--fuzz", type=int, default=0, metavar="N", help="also try N damaged copies of the files"
    )


def run(arguments: argparse.Namespace) -> int:
    """Transcribe the files one after the other in one tab. Returns 1 if any is BROKEN."""
    files = sorted(path for path in arguments.folder.rglob("*") if path.is_file())
    files = [path for path in files if path.suffix not in IGNORED]
    files += damaged_copies(files, arguments.fuzz)
    with page_server() as server, playwright_driver() as playwright:
        outcomes = _transcribe_files(playwright, server.url, files, arguments)
    counts = Counter(outcome.kind for outcome in outcomes)
    rows = [[o.file, o.kind, o.text[:160].replace("\n", " "), f"{o.took_s:.1f}"] for o in outcomes]
    text = f"## Every file of {arguments.folder.name}\n\n"
    text += table(["file", "result", "text", "time, s"], rows)
    verdict = ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items()))
    result = {"counts": dict(counts), "files": [asdict(outcome) for outcome in outcomes]}
    publish(result, [text, verdict], arguments.json)
    return 1 if counts[BROKEN] else 0


def damaged_copies(files: list[Path], count: int) -> list[Path]:
    """Return damaged copies: half of them end early, half have random bytes at the start."""
    chance = random.Random(20261122)
    usable = [path for path in files if 1000 < path.stat().st_size < 1_000_000]
    folder = WORK / "damaged"
    folder.mkdir(parents=True, exist_ok=True)
    copies: list[Path] = []
    for index in range(count if usable else 0):
        source = chance.choice(usable)
        data = bytearray(source.read_bytes())
        if index % 2:
            del data[chance.randrange(8, len(data)) :]
        else:
            for _ in range(chance.randrange(1, 40)):
                data[chance.randrange(min(len(data), 2000))] = chance.randrange(256)
        path = folder / f"{index:03d}-{source.name}"
        path.write_bytes(data)
        copies.append(path)
    return copies


def _transcribe_files(
    playwright: Playwright, url: str, files: list[Path], arguments: argparse.Namespace
) -> list[Outcome]:
    outcomes: list[Outcome] = []
    tab: Tab | None = None
    try:
        for path in files:
            if tab is None:
                tab = Tab(playwright, url)
                tab.open()
            outcome = _transcribe_file(tab, path, arguments)
            say(f"{outcome.kind}: {outcome.file} ({outcome.took_s:.1f} s) {outcome.text[:80]!r}")
            outcomes.append(outcome)
            if outcome.kind == BROKEN:
                tab.close()
                tab = None
    finally:
        if tab:
            tab.close()
    return outcomes


def _transcribe_file(tab: Tab, path: Path, arguments: argparse.Namespace) -> Outcome:
    began = time.monotonic()

    def outcome(kind: str, text: str) -> Outcome:
        return Outcome(path.name, kind, text, time.monotonic() - began)

    try:
        tab.start(path, model=arguments.model, language="auto")
        progress = tab.progress()
        while not progress["finished"]:
            if time.monotonic() - began > arguments.bound:
                return outcome(BROKEN, f"no result after {arguments.bound:.0f} s: {progress}")
            time.sleep(0.1)
            progress = tab.progress()
        if tab.status()["stage"] != "ready" or tab.errors:
            return outcome(BROKEN, f"the tab broke: {tab.errors}")
        if progress["error"]:
            return outcome(_kind_of(progress["error"]), f"{progress['error']['message']}")
        transcript = tab.result() or {}
        tab.remove(transcript["id"])
        return outcome(TRANSCRIPT, transcript["text"])
    except Error as error:
        return outcome(BROKEN, error.message)


def _kind_of(error: dict[str, Any]) -> str:
    """`error` for a known error class with a whole sentence as its message, otherwise BROKEN."""
    clear = error["name"] in KNOWN_ERRORS and error["message"].rstrip().endswith((".", "!", "?"))
    return ERROR if clear else BROKEN
