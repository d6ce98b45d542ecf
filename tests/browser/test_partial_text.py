"""The text of a window is shown while it is decoded, and is nowhere once its words are saved."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.conftest import Clip
from tests.support.browser import Visitor, wait_ready, wait_until
from tests.support.page_actions import choose, finished, row, wait_done
from tests.support.server_process import ServerProcess

WATCH = """() => {
  window.partial = [];
  const note = () => {
    const shown = [...document.querySelectorAll('.partial .said')].map((each) => each.textContent);
    const saved = document.querySelectorAll('ew-transcript-text .said').length;
    const last = window.partial.at(-1);
    if (shown.length && JSON.stringify(last?.shown) !== JSON.stringify(shown)) {
      window.partial.push({ shown, saved });
    }
  };
  new MutationObserver(note).observe(document.body, {
    subtree: true, childList: true, characterData: true,
  });
}"""
STORED = """async () => {
  const found = [];
  for (const { name, version } of await indexedDB.databases()) {
    const database = await new Promise((resolve, reject) => {
      const request = indexedDB.open(name, version);
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    for (const store of database.objectStoreNames) {
      const request = database.transaction(store).objectStore(store).getAll();
      found.push(...await new Promise((resolve) => {
        request.onsuccess = () => resolve(request.result);
      }));
    }
    database.close();
  }
  return JSON.stringify(found);
}"""


def test_text_grows_while_it_is_decoded(
    visitor: Visitor, server: ServerProcess, clips: dict[str, Clip]
) -> None:
    clip = clips["en-echotest"]
    page = visitor.open(server.url, ready=False)
    page.evaluate(WATCH)
    choose(page, clip.path)
    wait_ready(page)
    row(page, clip.path.name).get_by_role("link").click()
    wait_until(page, "() => window.partial.length > 1")
    assert '"partial":[{' not in page.evaluate(STORED)
    wait_done(page, 1)
    expect(page.locator(".partial")).to_have_count(0)
    seen = page.evaluate("() => window.partial")
    assert seen[0]["saved"] == 0
    lengths = [len(" ".join(each["shown"])) for each in seen if not each["saved"]]
    assert lengths == sorted(lengths)
    text = page.locator(".text").inner_text()
    for each in seen:
        for word in each["shown"][0].split()[:3]:
            assert word in text
    assert '"partial":[{' not in page.evaluate(STORED)
    expect(finished(page, clip.path.name)).to_be_visible()
