"""Open and play made transcripts of 1,000, 5,000 and 20,000 sentences in the built page."""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bench.page import Tab, page_server, playwright_driver
from bench.report import publish, say, table
from tests.support.made_library import SENTENCE_S, made_backup, marker
from tests.support.page_actions import load_backup
from tests.support.recordings import Track, save

LIMITS_MS = {1000: 300, 5000: 500, 20_000: 800}
"""From the click to the first words that can be read, by the number of sentences."""
LONG_TASK_MS = 50
MEMORY_MB = 100
"""Of page and workers, over the empty page."""
RATE_HZ = 8000
PLAYS_S = 10.0

_OPEN = """(id) => new Promise((resolve) => {
  const began = performance.now();
  document.querySelector(`a[href^="#/t/${id}"]`).click();
  const look = () => {
    const said = document.querySelector('.said')?.getBoundingClientRect();
    const name = document.querySelector('#sheet-title')?.textContent ?? '';
    if (!said?.height || !name.includes(id)) return requestAnimationFrame(look);
    requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - began)));
  };
  look();
})"""
_PLAY = """(length_ms) => new Promise((resolve) => {
  const tasks = [];
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) tasks.push(duration);
  });
  observer.observe({ type: 'longtask' });
  const began = performance.now();
  let frames = 0;
  let before = began;
  let longest_ms = 0;
  const frame = (now) => {
    frames += 1;
    longest_ms = Math.max(longest_ms, now - before);
    before = now;
    if (now - began < length_ms) return requestAnimationFrame(frame);
    observer.disconnect();
    resolve({ frames_per_s: frames / ((now - began) / 1000), longest_ms, tasks });
  };
  requestAnimationFrame(frame);
})"""
_MEMORY = "async () => (await performance.measureUserAgentSpecificMemory()).bytes / 1e6"


@dataclass(frozen=True)
class Reading:
    """The measurement of one transcript."""

    sentences: int
    first_words_ms: float
    whole_text_ms: float
    """Until every word of it has its time."""
    jump_ms: float
    """To a sentence at nine tenths of the text."""
    frames_per_s: float
    longest_frame_ms: float
    long_tasks: int
    """While it plays."""
    memory_mb: float
    """Of page and workers, over the empty page, as the browser tells it."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `bench page`."""
    parser.add_argument(
        "--sentences",
        default=",".join(map(str, LIMITS_MS)),
        metavar="N,N,…",
        help="lengths in sentences (default 1000,5000,20000)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Measure each length in a new browser. Returns 1 if a limit is exceeded."""
    readings: list[Reading] = []
    with page_server() as server, playwright_driver() as playwright:
        for sentences in map(int, arguments.sentences.split(",")):
            with tempfile.TemporaryDirectory(prefix="earwitness-bench-") as folder:
                tab = Tab(playwright, server.url)
                try:
                    tab.open()
                    readings.append(measure(tab, Path(folder), sentences))
                finally:
                    tab.close()
            say(str(readings[-1]))
    failed = [line for reading in readings for line in _exceeded(reading)]
    header = ["sentences", "first words, ms", "whole text, ms", "jump, ms", "frames a second",
              "longest frame, ms", "tasks over 50 ms", "memory, MB"]  # fmt: skip
    rows = [
        [
            f"{each.sentences:,}",
            f"{each.first_words_ms:.0f}",
            f"{each.whole_text_ms:.0f}",
            f"{each.jump_ms:.0f}",
            f"{each.frames_per_s:.0f}",
            f"{each.longest_frame_ms:.0f}",
            each.long_tasks,
            f"{each.memory_mb:.0f}",
        ]
        for each in readings
    ]
    text = f"## Long transcripts on the page\n\n{table(header, rows)}"
    verdict = "\n".join(f"- FAILED: {line}" for line in failed) or "No limit is exceeded."
    result = {"readings": [asdict(each) for each in readings], "failed": failed}
    publish(result, [text, verdict], arguments.json)
    return 1 if failed else 0


def measure(tab: Tab, folder: Path, sentences: int) -> Reading:
    """Load a made transcript with its sound into the library; open it, jump, play."""
    id_ = f"made{sentences}"
    empty_mb = tab.page.evaluate(_MEMORY)
    silence = np.zeros((1, int(RATE_HZ * sentences * SENTENCE_S)), np.float32)
    sound = save(folder / f"{id_}.flac", Track(silence, RATE_HZ), codec="flac")
    load_backup(tab.page, made_backup(folder / f"{id_}.zip", id_, sentences, sound))
    tab.page.reload()
    tab.page.evaluate("() => earwitness.ready")
    tab.page.wait_for_selector(f'a[href^="#/t/{id_}"]')
    began = tab.page.evaluate("() => performance.now()")
    first_words_ms = tab.page.evaluate(_OPEN, id_)
    tab.page.wait_for_function(
        "(n) => document.querySelector('ew-transcript-text')?.segments[n]?.words.length > 0",
        arg=sentences - 1,
    )
    whole_ms = tab.page.evaluate("(began) => performance.now() - began", began)
    far = int(sentences * 0.9)
    jump_ms = tab.page.evaluate(
        """async ([id, at_s, text]) => {
             const began = performance.now();
             await earwitness.open(id, { at_s, play: true });
             if (!document.activeElement.textContent.includes(text)) throw new Error(text);
             return performance.now() - began;
           }""",
        [id_, far * SENTENCE_S, marker(id_, far)],
    )
    tab.page.wait_for_timeout(1000)
    played: dict[str, Any] = tab.page.evaluate(_PLAY, PLAYS_S * 1000)
    return Reading(
        sentences,
        first_words_ms,
        whole_ms,
        jump_ms,
        played["frames_per_s"],
        played["longest_ms"],
        sum(task > LONG_TASK_MS for task in played["tasks"]),
        tab.page.evaluate(_MEMORY) - empty_mb,
    )


def _exceeded(reading: Reading) -> list[str]:
    failed: list[str] = []
    limit_ms = LIMITS_MS.get(reading.sentences)
    if limit_ms is not None and reading.first_words_ms > limit_ms:
        failed.append(
            f"{reading.sentences:,} sentences: first words after {reading.first_words_ms:.0f} ms, "
            f"not {limit_ms} ms"
        )
    if reading.long_tasks:
        failed.append(
            f"{reading.sentences:,} sentences: {reading.long_tasks} tasks over {LONG_TASK_MS} ms "
            "while playing"
        )
    if reading.memory_mb > MEMORY_MB:
        failed.append(
            f"{reading.sentences:,} sentences: {reading.memory_mb:.0f} MB above the empty page, "
            f"at most {MEMORY_MB}"
        )
    return failed
