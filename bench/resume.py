"""Kill engine and tab at random moments: the words must be those of an undisturbed run."""

from __future__ import annotations

import argparse
import random
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Playwright

from bench import synthetic
from bench.page import Tab, page_server, playwright_driver
from bench.report import publish, say, table

CATCH_ENGINE = """(() => {
  const Real = globalThis.Worker;
  globalThis.Worker = class extends Real {
    constructor(url, options) {
      super(url, options);
      if (String(url).includes('role=engine')) globalThis.benchEngine = this;
    }
  };
})();"""
KILL_ENGINE = """() => {
  const engine = globalThis.benchEngine;
  if (!engine) return false;
  globalThis.benchEngine = null;
  engine.terminate();
  engine.dispatchEvent(new ErrorEvent('error', { message: 'killed', cancelable: true }));
  return true;
}"""
STATE = """async () => {
  const [row] = await globalThis.earwitness.list();
  return row ? { id: row.id, ...row.job } : null;
}"""
STALLED_S = 900.0
MORE_TRIES = 3
"""Further runs at most, until one has more than half of the requested kills."""
ENGINE_SHARE = 0.7
"""Share of the kills that end the engine if both are possible. The others end the whole tab."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `bench resume`."""
    parser.add_argument("--model", default="tiny.en", help="tiny.en (default), base or small")
    parser.add_argument(
        "--minutes", type=float, default=10.0, help="length of the recording (default 10)"
    )
    parser.add_argument("--kills", type=int, default=10, help="number of kills (default 10)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the moments (default 1)")


def run(arguments: argparse.Namespace) -> int:
    """Compare an undisturbed run with one that has kills. Returns 1 if any word or time differs."""
    path = synthetic.speech_of_length(arguments.minutes)
    with page_server() as server, playwright_driver() as playwright:
        undisturbed = _session(playwright, server.url, path, arguments, kills=0, apart_s=0)
        disturbed = _disturbed(playwright, server.url, path, arguments, undisturbed["took_s"])
    wanted, got = _words(undisturbed["transcript"]), _words(disturbed["transcript"])
    same = wanted == got
    at = next((i for i, (a, b) in enumerate(zip(wanted, got, strict=False)) if a != b), None)
    result = {
        "same": same,
        "kills": disturbed["kills"],
        "words": len(wanted),
        "first_difference": None if at is None else [wanted[at], got[at]],
        "undisturbed_s": undisturbed["took_s"],
        "disturbed_s": disturbed["took_s"],
    }
    rows = [[kill["how"], f"{kill['position_s']:.1f}", f"{kill['at_s']:.1f}"]
            for kill in disturbed["kills"]]  # fmt: skip
    text = "## Killed and resumed\n\n" + table(
        ["killed", "saved until, s", "time of the kill, s"], rows
    )
    verdict = (
        f"{'All' if same else 'NOT all'} {len(wanted)} words and their times are the same; "
        f"{undisturbed['took_s']:.0f} s undisturbed, {disturbed['took_s']:.0f} s with kills. "
        f"{'' if same else result['first_difference']}"
    )
    publish(result, [text, verdict], arguments.json)
    return 0 if same else 1


def _disturbed(
    playwright: Playwright, url: str, path: Path, arguments: argparse.Namespace, took_s: float
) -> dict[str, Any]:
    """A run with kills. If it ends before most of them, another run has less time between them."""
    kills = arguments.kills
    apart_s = took_s / (kills + 1)
    run = _session(playwright, url, path, arguments, kills=kills, apart_s=apart_s)
    for _ in range(MORE_TRIES):
        if len(run["kills"]) > kills / 2:
            break
        apart_s = run["took_s"] / (kills + 1) / 2
        run = _session(playwright, url, path, arguments, kills=kills, apart_s=apart_s)
    return run


def _session(
    playwright: Playwright,
    url: str,
    path: Path,
    arguments: argparse.Namespace,
    *,
    kills: int,
    apart_s: float,
) -> dict[str, Any]:
    """Transcribe in a new browser with kills at random moments, `apart_s` apart on average.

    A job fails if the engine ends twice at the same window, so without progress the tab is killed.
    """
    chance = random.Random(arguments.seed)
    tab = Tab(playwright, url, before_page=CATCH_ENGINE)
    killed: list[dict[str, Any]] = []
    try:
        tab.open()
        began = moved = time.monotonic()
        tab.start(path, model=arguments.model, words=True)
        position_s, engine_died_at_s, due = 0.0, -1.0, 0.0
        while True:
            time.sleep(0.2)
            now = time.monotonic()
            state = tab.page.evaluate(STATE)
            if state and state["state"] == "done":
                break
            if state and state["state"] in ("failed", "cancelled", "needs-file"):
                raise RuntimeError(f"the job ended as {state}")
            if state and state["position_s"] > position_s:
                position_s, moved = state["position_s"], now
            if now - moved > STALLED_S:
                raise TimeoutError(f"no progress since {position_s:.0f} s: {state}")
            if not state or state["state"] != "transcribing" or len(killed) == kills:
                continue
            if not due:
                due = now + chance.uniform(0, 2 * apart_s)
            elif now >= due:
                due = 0.0
                how = "tab"
                if position_s > engine_died_at_s and chance.random() < ENGINE_SHARE:
                    how, engine_died_at_s = "engine", position_s
                _kill(tab, how)
                killed.append({"how": how, "position_s": position_s, "at_s": now - began})
                say(f"killed the {how} with {position_s:.1f} s saved")
        took_s = time.monotonic() - began
        transcript = tab.page.evaluate("(id) => globalThis.earwitness.get(id)", state["id"])
        return {"transcript": transcript, "took_s": took_s, "kills": killed}
    finally:
        tab.close()


def _kill(tab: Tab, how: str) -> None:
    if how == "tab":
        tab.open()
    else:
        tab.page.evaluate(KILL_ENGINE)


def _words(transcript: dict[str, Any]) -> list[tuple[str, float, float]]:
    return [
        (word["text"], word["start_s"], word["end_s"])
        for segment in transcript["segments"]
        for word in segment["words"]
    ]
