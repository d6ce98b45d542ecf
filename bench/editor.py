"""Correct made transcripts of 1,000, 5,000 and 20,000 sentences in the built page.

Times are from the key or the request until the text is painted: the frame after the one in which it
was drawn. Sentences last four seconds; one in forty has the word that is replaced.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from playwright.sync_api import Page, expect

from bench.page import Tab, page_server, playwright_driver
from bench.report import publish, say, table
from tests.support.made_library import SENTENCE_S, made_backup, segment
from tests.support.page_actions import load_backup, save_typed

LENGTHS = (1000, 5000, 20_000)
LIMITS_MS = {"saved_ms": 100, "key_ms": 50, "undo_ms": 100, "replace_ms": 1000}
KEYS = 100
KEY_REPEAT_MS = 30
"""Between two keys, as when one is held down: faster than anybody types."""
EVERY = 40
"""Every so many sentences one has the word that is replaced."""

_KEYS = """() => {
  globalThis.keyTimes = [];
  const channel = new MessageChannel();
  const begun = [];
  channel.port1.onmessage = () => keyTimes.push(performance.now() - begun.shift());
  addEventListener('keydown', ({ timeStamp }) => {
    requestAnimationFrame(() => {
      begun.push(timeStamp);
      channel.port2.postMessage(0);
    });
  }, { capture: true });
}"""
_SAVED = """() => new Promise((resolve) => {
  const listening = new AbortController();
  addEventListener('keydown', ({ key, timeStamp }) => {
    if (key !== 'Enter') return;
    listening.abort();
    const look = () => {
      const saved = [...document.querySelectorAll('[role=status]')].some(
        ({ textContent }) => textContent === 'Saved');
      if (!saved) return requestAnimationFrame(look);
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - timeStamp)));
    };
    look();
  }, { capture: true, signal: listening.signal });
})"""
_TIMED = """async ([what, id]) => {
  const began = performance.now();
  await earwitness[what](id);
  await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
  return performance.now() - began;
}"""
_REPLACED = """() => new Promise((resolve) => {
  const button = document.querySelector('dialog[open] button[form=find]');
  const began = performance.now();
  button.click();
  const look = () => {
    if (document.querySelector('dialog[open]')) return requestAnimationFrame(look);
    requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - began)));
  };
  look();
})"""
_EDITS = """async ([id, count]) => {
  for (let number = 0; number < count; number += 1) {
    await earwitness.update(id, { segments: { [number % 100]: `Correction number ${number}.` } });
  }
}"""


@dataclass(frozen=True)
class Edited:
    """The measurement of one transcript."""

    sentences: int
    saved_ms: float
    """From the key that saves a correction until it is saved and shown; the median."""
    key_ms: float
    """From a key to the paint; the 95th percentile."""
    undo_ms: float
    replace_ms: float
    places: int
    heap_mb: tuple[float, float]
    """Of the page's thread, before and after the further edits."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `bench editor`."""
    lengths = ",".join(map(str, LENGTHS))
    parser.add_argument(
        "--sentences", default=lengths, metavar="N,N,…", help=f"lengths (default {lengths})"
    )
    parser.add_argument("--repeats", type=int, default=9, help="of each change (default 9)")
    parser.add_argument(
        "--edits", type=int, default=1000, help="for the memory, in the shortest (default 1000)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Measure each length in a new browser. Returns 1 if a limit is exceeded."""
    measured: list[Edited] = []
    lengths = [*map(int, arguments.sentences.split(","))]
    with page_server() as server, playwright_driver() as playwright:
        for sentences in lengths:
            edits = arguments.edits if sentences == min(lengths) else 0
            with tempfile.TemporaryDirectory(prefix="earwitness-bench-") as folder:
                tab = Tab(playwright, server.url)
                try:
                    tab.open()
                    measured.append(
                        _measure(tab.page, Path(folder), sentences, arguments.repeats, edits)
                    )
                finally:
                    tab.close()
            say(str(measured[-1]))
    failed = [
        f"{each.sentences} sentences: {name} is {getattr(each, name):.0f}, at most {limit}"
        for each in measured
        for name, limit in LIMITS_MS.items()
        if getattr(each, name) > limit
    ]
    header = ["sentences", "saved and shown, ms", "key to paint (p95), ms", "undo, ms",
              "replace, ms", "places", "heap before and after, MB"]  # fmt: skip
    rows = [
        [
            f"{each.sentences:,}",
            f"{each.saved_ms:.0f}",
            f"{each.key_ms:.0f}",
            f"{each.undo_ms:.0f}",
            f"{each.replace_ms:.0f}",
            each.places,
            f"{each.heap_mb[0]:.1f}, {each.heap_mb[1]:.1f}" if each.heap_mb[1] else "",
        ]
        for each in measured
    ]
    text = f"## Corrections on the page\n\n{table(header, rows)}"
    verdict = "\n".join(f"- FAILED: {line}" for line in failed) or "No limit is exceeded."
    result = {"edited": [asdict(each) for each in measured], "failed": failed}
    publish(result, [text, verdict], arguments.json)
    return 1 if failed else 0


def _measure(page: Page, folder: Path, sentences: int, repeats: int, edits: int) -> Edited:
    id_ = f"made{sentences}"
    made = [segment(_text(index), index * SENTENCE_S) for index in range(sentences)]
    load_backup(page, made_backup(folder / f"{id_}.zip", id_, sentences, segments=made))
    middle = sentences // 2 + 1
    page.evaluate("([id, at_s]) => earwitness.open(id, { at_s })", [id_, middle * SENTENCE_S])
    page.wait_for_function(
        "(n) => document.querySelector('ew-transcript-text')?.segments[n]?.words.length > 0",
        arg=sentences - 1,
    )
    saved: list[float] = []
    for number in range(repeats):
        _type(page)
        page.keyboard.press("End")
        page.keyboard.type(f" More {number}.")
        page.evaluate(f"() => {{ globalThis.saved = ({_SAVED})(); }}")
        page.keyboard.press("Control+Enter")
        saved.append(page.evaluate("() => globalThis.saved"))
        expect(page.get_by_text("Saved", exact=True)).to_have_count(0)
    _type(page)
    page.evaluate(_KEYS)
    for number in range(KEYS):
        page.keyboard.press("abcdefghij "[number % 11])
        page.wait_for_timeout(KEY_REPEAT_MS)
    keys = sorted(page.evaluate("() => keyTimes"))
    save_typed(page)
    undone = [page.evaluate(_TIMED, ["undo", id_]) for _ in range(repeats)]
    replaced: list[float] = []
    places = 0
    for _ in range(max(1, repeats // 3)):
        page.keyboard.press("f")
        dialog = page.get_by_role("dialog", name="Find and replace")
        dialog.get_by_label("Find", exact=True).fill("harbour")
        dialog.get_by_label("Replace with").fill("port")
        expect(dialog.locator("ins").first).to_be_visible()
        places = page.evaluate(
            "() => parseInt(document.querySelector('[form=find]').textContent.match(/[0-9]+/))"
        )
        replaced.append(page.evaluate(_REPLACED))
        page.evaluate(_TIMED, ["undo", id_])
    heap = (0.0, 0.0)
    if edits:
        before = _heap_mb(page)
        page.evaluate(_EDITS, [id_, edits])
        heap = before, _heap_mb(page)
    key = keys[int(len(keys) * 0.95)]
    return Edited(sentences, median(saved), key, median(undone), median(replaced), places, heap)


def _type(page: Page) -> None:
    """Begin to type in the paragraph with the focus."""
    page.keyboard.press("e")
    expect(page.get_by_role("textbox", name="Text")).to_be_focused()


def _heap_mb(page: Page) -> float:
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    used: float = session.send("Runtime.getHeapUsage")["usedSize"]
    session.detach()
    return used / 1e6


def _text(index: int) -> str:
    ship = "harbour" if index % EVERY == 0 else "river"
    return f"Sentence number {index} is about the {ship}."
