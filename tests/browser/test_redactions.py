"""Words are redacted in the page, shown again, and made final: then no store has them."""

from __future__ import annotations

import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import Visitor, visiting, wait_until
from tests.support.made_library import SENTENCE_S, made_backup, marker
from tests.support.page_actions import (
    AXE,
    correct_at,
    load_backup,
    more,
    retype,
    save_typed,
    select,
    violations,
)
from tests.support.server_process import ServerProcess

SIGN = "[redacted]"
SENTENCES = 6
RATE_HZ = 16_000
HIDDEN = marker("talk", 2)
HEARD_AT_S = 2 * SENTENCE_S + 0.2
"""A moment inside the hidden word, the second one of its sentence."""

STORES = """async ([word, sound]) => {
  const found = [];
  const needle = Uint8Array.from(sound);
  const holds = (bytes) => {
    for (let at = bytes.indexOf(needle[0]); at >= 0; at = bytes.indexOf(needle[0], at + 1)) {
      if (needle.every((byte, index) => bytes[at + index] === byte)) return true;
    }
    return false;
  };
  const look = (place, text) => {
    if (text.toLowerCase().includes(word)) found.push(place);
  };
  const opened = (name) => new Promise((resolve, reject) => {
    const request = indexedDB.open(name);
    request.onsuccess = () => resolve(request.result);
    request.onerror = reject;
  });
  const all = (store) => new Promise((resolve, reject) => {
    const request = store.getAll();
    request.onsuccess = () => resolve(request.result);
    request.onerror = reject;
  });
  for (const { name } of await indexedDB.databases()) {
    const database = await opened(name);
    for (const table of database.objectStoreNames) {
      const rows = await all(database.transaction(table).objectStore(table));
      look(`${name}/${table}`, JSON.stringify(rows));
    }
    database.close();
  }
  const walk = async (folder, path) => {
    for await (const [name, handle] of folder.entries()) {
      const place = `${path}/${name}`;
      if (handle.kind === 'directory') await walk(handle, place);
      else {
        const bytes = new Uint8Array(await (await handle.getFile()).arrayBuffer());
        if (bytes.length < 1e7) look(place, new TextDecoder('latin1').decode(bytes));
        if (holds(bytes)) found.push(place);
      }
    }
  };
  await walk(await navigator.storage.getDirectory(), 'opfs');
  for (const name of await caches.keys()) {
    for (const request of await (await caches.open(name)).keys()) look(name, request.url);
  }
  look('localStorage', JSON.stringify({ ...localStorage }));
  look('sessionStorage', JSON.stringify({ ...sessionStorage }));
  return found;
}"""
"""The places in the browser's storage that hold a word, or bytes of a recording."""


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Noise, in which no two moments sound alike."""
    path = tmp_path_factory.mktemp("sound") / "talk.wav"
    length = int(RATE_HZ * SENTENCES * SENTENCE_S)
    samples = np.random.default_rng(2).integers(-9000, 9000, length, np.int16)
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE_HZ)
        out.writeframes(samples.tobytes())
    return path


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Visitor]:
    with visiting(browser) as person:
        yield person


@pytest.fixture
def page(visitor: Visitor, server: ServerProcess, recording: Path, tmp_path: Path) -> Page:
    """The text of a made recording with its sound."""
    page = visitor.open(server.url)
    load_backup(page, made_backup(tmp_path / "talk.zip", "talk", SENTENCES, recording))
    page.get_by_role("link", name="made-talk").first.click()
    expect(page.locator(".said").first).to_contain_text(marker("talk", 0))
    return page


def sound_at(recording: Path, at_s: float) -> list[int]:
    """Some bytes of a recording."""
    at = 44 + 2 * round(at_s * RATE_HZ)
    return list(recording.read_bytes()[at : at + 48])


def redact(page: Page, words: str) -> None:
    select(page, words)
    page.get_by_role("toolbar", name="Selected text").get_by_role("button", name="Redact").click()
    expect(page.locator(".text")).to_contain_text(SIGN)
    expect(page.locator(".text")).not_to_contain_text(words)


def exported(page: Page, kind: str) -> str:
    script = "async (kind) => (await earwitness.export('talk', kind)).text()"
    return str(page.evaluate(script, kind))


def make_final(page: Page) -> None:
    more(page, "Redactions")
    page.get_by_role("dialog", name="Redactions").get_by_role("button", name="Make final").click()
    question = page.get_by_role("dialog", name="Make final?")
    expect(question).to_contain_text("1 word is deleted for good")
    expect(question).to_contain_text("of the recording become")
    question.get_by_role("button", name="Make final").click()
    expect(page.get_by_text("The redactions are final.").first).to_be_visible()


def test_redacted_words_are_hidden_until_they_are_shown_again(page: Page) -> None:
    redact(page, HIDDEN)
    assert HIDDEN not in exported(page, "txt") + exported(page, "json")
    assert SIGN in exported(page, "srt")
    hits = page.evaluate("(word) => earwitness.search(word)", HIDDEN)
    assert [hit for hit in hits if not hit["guess"]] == []
    assert page.evaluate("CSS.highlights.get('redacted').size") == 1
    # What is typed around the sign keeps the word below it.
    correct_at(page, "is about rivers and the water went on and on below the bridge and")
    retype(page, f"Now {SIGN} is a lake.")
    save_typed(page)
    expect(page.locator(".text")).to_contain_text(f"Now {SIGN} is a lake.")
    more(page, "Redactions")
    dialog = page.get_by_role("dialog", name="Redactions")
    expect(dialog).to_contain_text(HIDDEN)
    page.evaluate(AXE)
    assert violations(page) == []
    dialog.get_by_role("button", name="Show again").click()
    expect(dialog).to_contain_text("Nothing is redacted.")
    dialog.get_by_role("button", name="Close").click()
    expect(page.locator(".text")).to_contain_text(f"Now {HIDDEN} is a lake.")
    page.evaluate("earwitness.undo()")
    expect(page.locator(".text")).to_contain_text(f"Now {SIGN} is a lake.")


def test_final_redaction_leaves_the_words_in_no_store(page: Page, recording: Path) -> None:
    secret = [HIDDEN, sound_at(recording, HEARD_AT_S)]
    # The text is indexed and the player has prepared what it needs.
    assert page.evaluate("(word) => earwitness.search(word)", HIDDEN)
    wait_until(page, "() => earwitness.player.duration_s > 0")
    redact(page, HIDDEN)
    before = set(page.evaluate(STORES, secret))
    assert {"earwitness/windows", "opfs/audio/talk"} <= before, before
    text = page.locator(".text").inner_text()
    make_final(page)
    places = page.evaluate(STORES, secret)
    assert places == []
    assert page.locator(".text").inner_text() == text
    wait_until(page, "() => earwitness.player.duration_s > 0")
    sounds: dict[str, Any] = page.evaluate(
        """async ([hidden, heard]) => {
             const root = await navigator.storage.getDirectory();
             const folder = await root.getDirectoryHandle('audio');
             const names = [];
             for await (const [name] of folder.entries()) names.push(name);
             const file = await (await folder.getFileHandle(names[0])).getFile();
             const view = new DataView(await file.arrayBuffer());
             const rate = view.getUint32(24, true);
             const loudest = (at_s) => Math.max(...Array.from({ length: 400 }, (_, index) =>
               Math.abs(view.getInt16(44 + 2 * (Math.round(at_s * rate) + index), true))));
             const length_s = (view.byteLength - 44) / 2 / rate;
             return { names, hidden: loudest(hidden), heard: loudest(heard), length_s };
           }""",
        [HEARD_AT_S, HEARD_AT_S + 2],
    )
    assert sounds["names"] == ["talk.1"]
    assert sounds["hidden"] == 0
    assert sounds["heard"] > 1000
    assert abs(sounds["length_s"] - SENTENCES * SENTENCE_S) < 0.1
    versions = page.evaluate("earwitness.versions('talk')")
    assert [version["id"] for version in versions] == [0]
    page.evaluate("earwitness.undo()")
    assert HIDDEN not in exported(page, "json")
    page.reload()
    expect(page.locator(".text")).to_contain_text(SIGN)
    assert page.evaluate(STORES, secret) == []
    more(page, "Redactions")
    expect(page.get_by_role("dialog", name="Redactions")).to_contain_text("Final")


def test_full_storage_changes_nothing(page: Page, visitor: Visitor) -> None:
    redact(page, HIDDEN)
    visitor.context.new_cdp_session(page).send(
        "Storage.overrideQuotaForOrigin",
        {"origin": page.evaluate("location.origin"), "quotaSize": 1},
    )
    more(page, "Redactions")
    page.get_by_role("dialog", name="Redactions").get_by_role("button", name="Make final").click()
    page.get_by_role("dialog", name="Make final?").get_by_role("button", name="Make final").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    visitor.context.new_cdp_session(page).send(
        "Storage.overrideQuotaForOrigin", {"origin": page.evaluate("location.origin")}
    )
    page.evaluate("earwitness.undo()")
    page.reload()
    expect(page.locator(".text")).to_contain_text(HIDDEN)


def test_scripts_redact_and_make_final(page: Page) -> None:
    text = page.evaluate("earwitness.get('talk')")["segments"][2]["text"].strip()
    at = text.index(HIDDEN)
    part = {"segment": 2, "from_char": at, "to_char": at + len(HIDDEN)}
    page.evaluate("(part) => earwitness.update('talk', { redact: [part] })", part)
    found = page.evaluate("earwitness.get('talk')")
    assert HIDDEN not in found["text"]
    [redaction] = found["redactions"]
    page.evaluate("(id) => earwitness.update('talk', { unredact: [id] })", redaction["id"])
    assert HIDDEN in page.evaluate("earwitness.get('talk')")["text"]
    page.evaluate("(part) => earwitness.update('talk', { redact: [part] })", part)
    assert page.evaluate("earwitness.makeRedactionsFinal('talk')") == {"server": ""}
    [redaction] = page.evaluate("earwitness.get('talk')")["redactions"]
    assert redaction["final"]
