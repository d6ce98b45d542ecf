"""Kills at random moments: the interrupted run must end in the words of an undisturbed one."""

from __future__ import annotations

import argparse
import random
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Playwright

from bench import made
from bench.page import Tab, playing, serving
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
"""Runs more at most, until one was killed more than half as often as was asked."""
ENGINE_SHARE = 0.7
"""Of kills that take the engine where either may be taken; the others take the whole tab."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Flags of `bench resume`."""
    parser.add_argument("--model", default="tiny.en")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)


def run(arguments: argparse.Namespace) -> int:
    """One undisturbed run, then one in which engine and tab are killed in turn."""
    path = made.of_length(arguments.minutes)
    with serving() as server, playing() as playwright:
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
    text = "## Killed and resumed\n\n" + table(["killed", "saved until, s", "after, s"], rows)
    verdict = (
        f"{'The same' if same else 'NOT the same'} {len(wanted)} words and times; "
        f"{undisturbed['took_s']:.0f} s undisturbed, {disturbed['took_s']:.0f} s with kills. "
        f"{'' if same else result['first_difference']}"
    )
    publish(result, [text, verdict], arguments.json)
    return 0 if same else 1


def _disturbed(
    playwright: Playwright, url: str, path: Path, arguments: argparse.Namespace, took_s: float
) -> dict[str, Any]:
    """A run with kills; again, with less time between them, where it was over before most."""
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
    """Transcribe in a fresh browser, killing at random moments, `apart_s` apart on average.

    Two deaths of the engine at one window end a job, so without progress the tab is taken.
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
                raise TimeoutError(f"stands still at {position_s:.0f} s: {state}")
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
