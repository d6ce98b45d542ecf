"""What tests do with the page: choose files, transcribe, ask for states."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, Worker, expect

from tests.conftest import Clip
from tests.support.browser import ROOT, wait_until
from tests.support.waiting import wait_for

AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
OFFLINE_READY = "async () => (await window.earwitness.status()).offline"

PLAYS = "() => !!document.querySelector('.player .play')?.textContent.includes('Pause')"
"""Whether the player plays."""
AT = "() => Number(document.querySelector('.player [type=range]').value)"
"""The player's position in seconds."""


def choose(page: Page, *paths: Path) -> None:
    """Give files through the page's visible control."""
    page.get_by_label("Add files").set_input_files([str(path) for path in paths])


def load_backup(page: Page, backup: Path) -> None:
    """Add a made transcript to the library."""
    page.get_by_role("button", name="Settings").click()
    page.get_by_label("Load a backup").set_input_files(backup)
    page.get_by_role("button", name="Close", exact=True).click()
    expect(page.get_by_role("link", name=f"made-{backup.stem}")).to_be_visible()


def use_quick_model(page: Page) -> None:
    """Choose the small model of English in the settings: the test is not about the words."""
    page.get_by_role("button", name="Settings").click()
    page.get_by_role("radio", name="tiny").check()
    page.get_by_role("button", name="Close", exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def title(name: str) -> str:
    """A recording's name as the page shows it."""
    return re.sub(r"\.(flac|m4a|mkv|mp3|opus|wav)$", "", name)


def row(page: Page, name: str) -> Locator:
    """A recording's row in the library."""
    return page.get_by_role("listitem").filter(has=page.get_by_role("link", name=title(name)))


def finished(page: Page, name: str) -> Locator:
    """The row of a recording that is transcribed."""
    return row(page, name).locator("[data-state=done]")


def transcribed(page: Page, clip: Clip) -> None:
    """Give a clip and wait until it is transcribed."""
    choose(page, clip.path)
    expect(finished(page, clip.path.name)).to_be_visible()


def act(page: Page, name: str, action: str) -> None:
    """Choose something in the menu of a recording's row."""
    row(page, name).get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name=action).click()


def more(page: Page, action: str) -> None:
    """Choose something in the menu of the recording on show."""
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("menuitem", name=action).click()


def delete(page: Page, name: str) -> None:
    """Move a finished recording into the bin."""
    page.get_by_role("link", name=title(name)).first.click()
    more(page, "Delete")


def show_unreadable(page: Page) -> None:
    """Unfold the files that are no recordings."""
    shown = page.get_by_role("button", name="Hide", exact=True)
    folded = page.get_by_role("button", name="Show", exact=True)
    expect(shown.or_(folded)).to_be_visible()
    if folded.count():
        folded.click()


_SETTLED = """async () => {
  await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  const moves = () => document.getAnimations().some((animation) =>
    animation.playState === 'running' && animation.effect.getComputedTiming().endTime < Infinity);
  while (moves()) await new Promise(requestAnimationFrame);
}"""
"""Wait until no colour changes any more and nothing moves, but for what moves for ever."""


def violations(page: Page) -> list[str]:
    """What axe finds once it is loaded with `AXE`: rule and first element of each.

    Colours are measured at rest: halfway between two schemes they have no contrast.
    """
    page.evaluate(_SETTLED)
    return page.evaluate(
        """async () => (await axe.run()).violations.map(
             (rule) => `${rule.id}: ${rule.nodes[0].html.slice(0, 120)}`)"""
    )


def transcribe(page: Page, path: Path, **options: Any) -> dict[str, Any]:
    """Transcribe through the script interface; the finished transcript."""
    script = "(file, options) => window.earwitness.transcribe(file, options)"
    return page.evaluate(_WITH_FILE % script, _file(path, options))


def begin(page: Page, path: Path, **options: Any) -> None:
    """Start a transcription and do not wait for its end."""
    script = "(file, options) => void window.earwitness.transcribe(file, options).catch(() => {})"
    page.evaluate(_WITH_FILE % script, _file(path, options))


_WITH_FILE = """async ({ data, name, options }) => {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  return (%s)(new File([bytes], name), options);
}"""


def _file(path: Path, options: dict[str, Any]) -> dict[str, Any]:
    data = base64.b64encode(path.read_bytes()).decode()
    return {"data": data, "name": path.name, "options": options}


def rows(page: Page) -> dict[str, dict[str, Any]]:
    """Name -> summary of every transcript."""
    listed = page.evaluate("() => window.earwitness.list()")
    return {row["name"]: row for row in listed}


def states(page: Page) -> dict[str, str]:
    """Name -> job state of every transcript."""
    return {name: row["job"]["state"] for name, row in rows(page).items()}


def text_of(page: Page, name: str) -> str:
    """The text so far of the transcript of that name."""
    return page.evaluate("(id) => window.earwitness.get(id)", rows(page)[name]["id"])["text"]


def wait_state(page: Page, name: str, *wanted: str) -> dict[str, Any]:
    """Wait until the transcript of that name is in one of the states; its summary."""
    return wait_until(
        page,
        """async ([name, wanted]) => (await window.earwitness.list()).find(
          (row) => row.name === name && wanted.includes(row.job.state))""",
        [name, list(wanted)],
    )


def wait_done(page: Page, count: int) -> None:
    """Wait until `count` transcripts are done."""
    wait_until(
        page,
        """async (count) => {
          const rows = await window.earwitness.list();
          return rows.filter((row) => row.job.state === 'done').length >= count;
        }""",
        count,
    )


def wait_committed(page: Page, name: str) -> float:
    """Wait until something of the transcript is committed but not all; seconds decided."""
    return wait_until(
        page,
        """async (name) => {
          const row = (await window.earwitness.list()).find((each) => each.name === name);
          return row?.job.state === 'transcribing' && row.job.position_s;
        }""",
        name,
    )


def wait_gone(page: Page, worker: Worker) -> None:
    """Wait until a worker has ended; one that computes for ever takes Chromium a moment."""

    def gone() -> bool:
        page.wait_for_timeout(100)
        return worker not in page.workers

    wait_for(gone, f"the end of {worker.url}")


def wait_engine(page: Page) -> Worker:
    """Wait until there is a worker that computes; it may still be starting."""

    def begun() -> bool:
        page.wait_for_timeout(100)
        return any("role=engine" in worker.url for worker in page.workers)

    wait_for(begun, "the engine")
    return engine_worker(page)


def engine_worker(page: Page) -> Worker:
    """The worker that computes."""
    [engine] = [worker for worker in page.workers if "role=engine" in worker.url]
    return engine


_POINT = """async ([text, last]) => {
  const walker = document.createTreeWalker(
    document.querySelector('ew-transcript-text'), NodeFilter.SHOW_TEXT);
  const places = [];
  while (walker.nextNode()) {
    const { data } = walker.currentNode;
    for (let at = data.indexOf(text); at >= 0; at = data.indexOf(text, at + 1)) {
      places.push([walker.currentNode, at]);
    }
  }
  const place = places.at(last ? -1 : 0);
  if (!place) return null;
  const [node, at] = place;
  node.parentElement.scrollIntoView({ block: 'center', behavior: 'instant' });
  const range = document.createRange();
  range.setStart(node, at);
  range.setEnd(node, at + text.length);
  const middle = () => {
    const { left = 0, top = 0, width = 0, height = 0 } = range.getClientRects()[0] ?? {};
    return { x: left + width / 2, y: top + height / 2, height };
  };
  // A jump may still be on its way, and would move the words from under the pointer.
  const first = middle();
  for (let frame = 0; frame < 5; frame += 1) {
    await new Promise(requestAnimationFrame);
    const now = middle();
    if (!now.height || now.x !== first.x || now.y !== first.y) return null;
  }
  return first;
}"""


def point_at(page: Page, text: str, *, last: bool = False) -> tuple[float, float]:
    """Wait for words of the transcript on show, scroll to them; where their middle is."""
    point = wait_until(page, _POINT, [text, last])
    return point["x"], point["y"]


def select(page: Page, text: str) -> None:
    """Select these words of the text."""
    page.evaluate(
        """(text) => {
             const said = [...document.querySelectorAll('.said')];
             const node = said.find((each) => each.textContent.includes(text)).firstChild;
             const at = node.data.indexOf(text);
             getSelection().setBaseAndExtent(node, at, node, at + text.length);
           }""",
        text,
    )


def correct_at(page: Page, text: str, *, last: bool = False) -> None:
    """Begin to type in the paragraph with these words."""
    page.mouse.dblclick(*point_at(page, text, last=last))
    expect(page.get_by_role("textbox", name="Text")).to_be_focused()


_SELECT_SENTENCE = """() => {
  const field = document.activeElement;
  const selection = getSelection();
  const before = document.createRange();
  before.setStart(field, 0);
  before.setEnd(selection.anchorNode, selection.anchorOffset);
  const caret = before.toString().length;
  const own = document.querySelector('ew-transcript-text').segments.flatMap(({ text }) => {
    const at = field.textContent.indexOf(text.trim());
    return text.trim() && at >= 0 && at <= caret && caret <= at + text.trim().length
      ? [[at, at + text.trim().length]] : [];
  });
  const [begin, end] = own.at(-1) ?? [0, field.textContent.length];
  if (field.firstChild) selection.setBaseAndExtent(field.firstChild, begin, field.firstChild, end);
}"""


def retype(page: Page, text: str) -> None:
    """Type other words over the sentence with the caret."""
    page.evaluate(_SELECT_SENTENCE)
    if text:
        page.keyboard.insert_text(text)
    else:
        page.keyboard.press("Delete")


def save_typed(page: Page) -> None:
    """End the correction, and wait until it is saved."""
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("textbox", name="Text")).to_have_count(0)
    expect(page.get_by_text("Saving…")).to_have_count(0)


def shown_sentences(page: Page) -> list[str]:
    """The sentences of the transcript on show."""
    return wait_until(
        page,
        """() => {
          const text = document.querySelector('ew-transcript-text');
          return text?.querySelector('.paragraph') && text.segments.map((s) => s.text.trim());
        }""",
    )


def wait_sentences(page: Page, texts: list[str]) -> None:
    """Wait until the text on show has these sentences."""
    page.wait_for_function(
        """(texts) => {
             const { segments = [] } = document.querySelector('ew-transcript-text') ?? {};
             return JSON.stringify(texts) === JSON.stringify(segments.map((s) => s.text.trim()));
           }""",
        arg=texts,
    )


def imported(page: Page, text: str, name: str = "talk.srt") -> str:
    """Import a transcript; its id."""
    script = "([text, name]) => earwitness.import(new File([text], name)).then(({ id }) => id)"
    return page.evaluate(script, [text, name])
