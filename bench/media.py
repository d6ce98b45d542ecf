"""Any folder of files: each must end in a transcript or in a clear sentence, the tab alive."""

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

from bench.page import Tab, playing, serving
from bench.paths import WORK
from bench.report import publish, say, table

PLAIN_ERRORS = {name for name in vars(earwitness.errors) if name.endswith("Error")}
"""What the page says on purpose; anything else escaped from somewhere."""
TEXT = (".json", ".jsonl", ".md", ".txt")
"""Notes beside the recordings."""
HEARD, SAID, BROKEN = "transcript", "sentence", "BROKEN"


@dataclass(frozen=True)
class Outcome:
    """How one file ended."""

    file: str
    kind: str
    """transcript, sentence, or BROKEN."""
    text: str
    """The transcript, the sentence, or what broke."""
    took_s: float


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Flags of `bench media`."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="files, also in folders below it")
    parser.add_argument("--model", default="tiny.en")
    parser.add_argument("--bound", type=float, default=600.0, help="seconds a file may take")
    parser.add_argument("--fuzz", type=int, default=0, help="also so many damaged variants")


def run(arguments: argparse.Namespace) -> int:
    """Every file through the page, one after the other, in one tab while it lives."""
    files = sorted(path for path in arguments.folder.rglob("*") if path.is_file())
    files = [path for path in files if path.suffix not in TEXT]
    files += damaged(files, arguments.fuzz)
    with serving() as server, playing() as playwright:
        outcomes = _hear(playwright, server.url, files, arguments)
    counts = Counter(outcome.kind for outcome in outcomes)
    rows = [[o.file, o.kind, o.text[:160].replace("\n", " "), f"{o.took_s:.1f}"] for o in outcomes]
    text = f"## Every file of {arguments.folder.name}\n\n"
    text += table(["file", "ends in", "text", "s"], rows)
    verdict = ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items()))
    result = {"counts": dict(counts), "files": [asdict(outcome) for outcome in outcomes]}
    publish(result, [text, verdict], arguments.json)
    return 1 if counts[BROKEN] else 0


def damaged(files: list[Path], count: int) -> list[Path]:
    """Cut or scrambled copies: half of them end early, half have random bytes in their start."""
    chance = random.Random(20261122)
    usable = [path for path in files if 1000 < path.stat().st_size < 1_000_000]
    folder = WORK / "damaged"
    folder.mkdir(parents=True, exist_ok=True)
    made: list[Path] = []
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
        made.append(path)
    return made


def _hear(
    playwright: Playwright, url: str, files: list[Path], arguments: argparse.Namespace
) -> list[Outcome]:
    outcomes: list[Outcome] = []
    tab: Tab | None = None
    try:
        for path in files:
            if tab is None:
                tab = Tab(playwright, url)
                tab.open()
            outcome = _one(tab, path, arguments)
            say(f"{outcome.kind}: {outcome.file} ({outcome.took_s:.1f} s) {outcome.text[:80]!r}")
            outcomes.append(outcome)
            if outcome.kind == BROKEN:
                tab.close()
                tab = None
    finally:
        if tab:
            tab.close()
    return outcomes


def _one(tab: Tab, path: Path, arguments: argparse.Namespace) -> Outcome:
    began = time.monotonic()

    def outcome(kind: str, text: str) -> Outcome:
        return Outcome(path.name, kind, text, time.monotonic() - began)

    try:
        tab.start(path, model=arguments.model, language="auto")
        look = tab.look()
        while not look["finished"]:
            if time.monotonic() - began > arguments.bound:
                return outcome(BROKEN, f"no end after {arguments.bound:.0f} s: {look}")
            time.sleep(0.1)
            look = tab.look()
        if tab.status()["stage"] != "ready" or tab.errors:
            return outcome(BROKEN, f"the tab broke: {tab.errors}")
        if look["error"]:
            return outcome(_judge(look["error"]), f"{look['error']['message']}")
        transcript = tab.result() or {}
        tab.forget(transcript["id"])
        return outcome(HEARD, transcript["text"])
    except Error as error:
        return outcome(BROKEN, error.message)


def _judge(error: dict[str, Any]) -> str:
    """A sentence with a known class counts; a name from somewhere inside does not."""
    clear = error["name"] in PLAIN_ERRORS and error["message"].rstrip().endswith((".", "!", "?"))
    return SAID if clear else BROKEN
