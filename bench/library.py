"""Search, open and grow made libraries of 10, 1,000 and 10,000 transcripts in the built page.

A transcript has a thousand words in sentences of twelve, drawn from 50,000 made words by Zipf's
law; the words have no times of their own, which neither the list nor the search needs. A keystroke
is timed from the input event, in an empty field, until its answer is painted.
"""

from __future__ import annotations

import argparse
import json
import random
import string
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import accumulate
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from playwright.sync_api import Page

from bench.memory import browser_mb
from bench.page import Tab, page_server, playwright_driver
from bench.report import publish, say, table
from tests.support.browser import wait_ready

SIZES = (10, 1000, 10_000)
LIMITS = {"list_ms": 1500, "key_ms": 100, "letter_ms": 200, "process_mb": 1000}
"""At the largest library; `key_ms` and `letter_ms` are 95th percentiles."""
WORDS = 1000
SENTENCE = 12
VOCABULARY = 50_000
TYPED = 20
"""Words that are typed into the search, letter by letter."""
LETTERS = 5
ADDED = 7
"""Transcripts that are added one by one; the median counts."""
SEED = 1

_LIST = """() => new Promise((resolve) => {
  const look = () => document.querySelector('a[href^="#/t/"]')
    ? requestAnimationFrame(() => setTimeout(() => resolve(performance.now())))
    : requestAnimationFrame(look);
  look();
})"""
"""Milliseconds from the navigation until the list is painted."""
_KEY = """async (query) => {
  const results = document.querySelector('ew-search-results');
  const input = document.querySelector('ew-search-box input');
  const type = (text) => {
    input.value = text;
    input.dispatchEvent(new Event('input', { bubbles: true }));
  };
  const painted = () => new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
  type('');
  while (results.querySelector('.results')) await painted();
  const began = performance.now();
  type(query);
  while (!results.querySelector('.hit, .nothing-found')) await painted();
  await painted();
  return performance.now() - began;
}"""
_INDEXED = """async () => {
  const results = document.querySelector('ew-search-results');
  const input = document.querySelector('ew-search-box input');
  input.value = 'a';
  input.dispatchEvent(new Event('input', { bubbles: true }));
  const isReading = () =>
    !results.querySelector('.hit, .nothing-found') || results.textContent.includes('Still reading');
  while (isReading()) await new Promise((wait) => setTimeout(wait, 50));
  return performance.now() / 1000;
}"""
_ADD = """async (text) => {
  const began = performance.now();
  await earwitness.import(new File([text], 'added.srt'));
  return performance.now() - began;
}"""
_MEMORY = "async () => (await performance.measureUserAgentSpecificMemory()).bytes / 1e6"


@dataclass(frozen=True)
class Measured:
    """The measurement of one library."""

    transcripts: int
    list_ms: float
    """From the navigation until the list is painted; the median of three."""
    indexed_s: float
    """From the navigation until the search knows the whole library."""
    key_ms: float
    letter_ms: float
    """The same with one letter in the field."""
    add_ms: float
    memory_mb: float
    """Of the page and its workers, as the browser tells it."""
    process_mb: float
    """Of their processes."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `bench library`."""
    sizes = ",".join(map(str, SIZES))
    parser.add_argument("--transcripts", default=sizes, metavar="N,N,…", help=f"default {sizes}")


def run(arguments: argparse.Namespace) -> int:
    """Measure each library in a new browser. Returns 1 if a limit is exceeded."""
    sizes = [*map(int, arguments.transcripts.split(","))]
    measured: list[Measured] = []
    with page_server() as server, playwright_driver() as playwright:
        for size in sizes:
            with tempfile.TemporaryDirectory(prefix="earwitness-bench-") as folder:
                tab = Tab(playwright, server.url)
                try:
                    measured.append(_measure(tab, Path(folder), size))
                finally:
                    tab.close()
            say(str(measured[-1]))
    failed = [
        f"{each.transcripts:,} transcripts: {name} is {getattr(each, name):.0f}, at most {limit}"
        for each in measured
        for name, limit in LIMITS.items()
        if getattr(each, name) > limit
    ]
    header = ["transcripts", "list, ms", "all searchable, s", "keystroke (p95), ms",
              "one letter (p95), ms", "added, ms", "memory, MB", "processes, MB"]  # fmt: skip
    rows = [
        [f"{each.transcripts:,}", *(f"{value:.0f}" for value in [*asdict(each).values()][1:])]
        for each in measured
    ]
    text = f"## Libraries on the page\n\n{table(header, rows)}"
    verdict = "\n".join(f"- FAILED: {line}" for line in failed) or "No limit is exceeded."
    result = {"libraries": [asdict(each) for each in measured], "failed": failed}
    publish(result, [text, verdict], arguments.json)
    return 1 if failed else 0


def _measure(tab: Tab, folder: Path, size: int) -> Measured:
    chance = random.Random(SEED)
    vocabulary = _vocabulary(chance)
    weights = [*accumulate(1 / (rank + 1) for rank in range(VOCABULARY))]
    backup = folder / "library.zip"
    _write(backup, size, _texts(chance, vocabulary, weights))
    tab.open()
    page = tab.page
    page.get_by_role("button", name="Settings").click()
    page.get_by_label("Load a backup").set_input_files(backup)
    page.get_by_text(f"{size:,} transcripts added.").wait_for()
    say(f"{size:,} transcripts are loaded")
    lists: list[float] = []
    for _ in range(3):
        page.reload()
        lists.append(page.evaluate(_LIST))
    wait_ready(page)
    indexed_s = page.evaluate(_INDEXED)
    frequent = vocabulary[:2000]
    typed = [chance.choice(frequent) for _ in range(TYPED)]
    keys = [
        page.evaluate(_KEY, word[:count])
        for word in typed
        for count in range(2, min(len(word), LETTERS) + 1)
    ]
    letters = [page.evaluate(_KEY, letter) for letter in string.ascii_lowercase]
    sentences = (" ".join(chance.choices(vocabulary, k=SENTENCE)) for _ in range(ADDED * 80))
    added = [
        page.evaluate(_ADD, "\n\n".join(_cue(at, next(sentences)) for at in range(80)))
        for _ in range(ADDED)
    ]
    return Measured(
        size,
        median(lists),
        indexed_s,
        _p95(keys),
        _p95(letters),
        median(added),
        _memory_mb(page),
        browser_mb(tab.profile)["renderers"],
    )


def _p95(values: Sequence[float]) -> float:
    return quantiles(values, n=20)[-1]


def _memory_mb(page: Page) -> float:
    page.evaluate("() => document.querySelector('ew-search-box input').value = ''")
    return page.evaluate(_MEMORY)


def _cue(at: int, text: str) -> str:
    minutes, seconds = divmod(at * 4, 60)
    start, end = (f"00:{minutes:02}:{seconds + more:02},000" for more in (0, 3))
    return f"{at + 1}\n{start} --> {end}\n{text}"


def _vocabulary(chance: random.Random) -> list[str]:
    words: dict[str, None] = {}
    while len(words) < VOCABULARY:
        words["".join(chance.choices(string.ascii_lowercase, k=chance.randint(2, 10)))] = None
    return [*words]


def _texts(
    chance: random.Random, vocabulary: Sequence[str], weights: Sequence[float]
) -> Iterator[list[str]]:
    """Yield the sentences of one transcript after the other."""
    while True:
        words = chance.choices(vocabulary, cum_weights=weights, k=WORDS)
        yield [" ".join(words[at : at + SENTENCE]) + "." for at in range(0, WORDS, SENTENCE)]


def _write(path: Path, size: int, texts: Iterator[list[str]]) -> None:
    """Write a backup of so many transcripts."""
    ids = [f"made{number:05}" for number in range(size)]
    with zipfile.ZipFile(path, "w") as file:
        for id_, text in zip(ids, texts, strict=False):
            file.writestr(f"transcripts/{id_}.json", json.dumps(_saved(id_, text)))
        head: dict[str, Any] = {
            "kind": "earwitness-backup", "version": 1, "created_at": "2026-11-30T12:00:00.000Z",
            "transcripts": ids,
        }  # fmt: skip
        file.writestr("earwitness.json", json.dumps(head))


def _saved(id_: str, text: Sequence[str]) -> dict[str, Any]:
    end_s = 4.0 * len(text)
    segments = [
        {"start_s": 4.0 * at, "end_s": 4.0 * at + 3.5, "text": sentence, "words": []}
        for at, sentence in enumerate(text)
    ]
    record = {
        "id": id_, "name": f"Recording {id_}", "created_at": "2026-11-30T12:00:00.000Z",
        "model": "base", "task": "transcribe", "duration_s": end_s, "language": "en",
        "language_probability": None, "preview": text[0], "word_count": WORDS,
        "audio_path": "", "audio_bytes": 0, "fingerprint": "",
    }  # fmt: skip
    layer = {"run": 1, "start_s": 0.0, "until_s": end_s, "finished": True}
    window = {"window": 0, "batch": 0, "start_s": 0.0, "end_s": end_s, "segments": segments}
    return {
        "record": record,
        "document": {"transcript_id": id_, "layers": [layer]},
        "windows": {"1": [window]},
    }
