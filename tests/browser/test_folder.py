"""A folder that is kept in step; a directory of the origin's own file system stands for it."""

from __future__ import annotations

import base64

from playwright.sync_api import Locator, Page, expect

from tests.conftest import Clip
from tests.support.browser import Visitor, wait_until
from tests.support.page_actions import finished, use_quick_model
from tests.support.server_process import ServerProcess

PICKER = """window.showDirectoryPicker = async () => {
  const root = await navigator.storage.getDirectory();
  return root.getDirectoryHandle('Interviews', { create: true });
};"""
WRITE = """async ([path, base64]) => {
  let folder = await window.showDirectoryPicker();
  const names = path.split('/');
  for (const name of names.slice(0, -1)) {
    folder = await folder.getDirectoryHandle(name, { create: true });
  }
  const file = await folder.getFileHandle(names.at(-1), { create: true });
  const out = await file.createWritable();
  await out.write(Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0)));
  await out.close();
}"""
READ_ALL = """async () => {
  const walk = async (folder, path, found) => {
    for await (const [name, entry] of folder.entries()) {
      if (entry.kind === 'directory') await walk(entry, `${path}${name}/`, found);
      else {
        const file = await entry.getFile();
        found[`${path}${name}`] = name.endsWith('.zip') ? `${file.size > 0}` : await file.text();
      }
    }
    return found;
  };
  for (;;) {
    try {
      return await walk(await window.showDirectoryPicker(), '', {});
    } catch (error) {
      // A file was replaced in the middle of the walk.
      if (!['NotFoundError', 'NotReadableError'].includes(error.name)) throw error;
    }
  }
}"""


def put(page: Page, path: str, content: bytes) -> None:
    """Write a file into the folder, as another program would."""
    page.evaluate(WRITE, [path, base64.b64encode(content).decode()])


def files_of(page: Page, *wanted: str) -> dict[str, str]:
    """Wait until these files are in the folder; what is in each file."""
    wait_until(
        page,
        f"async (wanted) => {{ const found = await ({READ_ALL})();"
        " return wanted.every((path) => path in found); }",
        list(wanted),
    )
    return page.evaluate(READ_ALL)


def panel(page: Page) -> Locator:
    """The folder's part of the settings, on show."""
    page.get_by_role("button", name="Settings").click()
    page.get_by_role("button", name="Privacy & storage").click()
    return page.get_by_role("region", name="Folder", exact=True)


def close_settings(page: Page) -> None:
    """Close the settings."""
    page.get_by_role("button", name="Close", exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_folder_is_kept_in_step_without_a_connection(
    visitor: Visitor, own_server: ServerProcess, clips: dict[str, Clip]
) -> None:
    visitor.context.add_init_script(PICKER)
    page = visitor.open(own_server.url)
    use_quick_model(page)
    clip = clips["en-echotest"].path
    put(page, f"May/{clip.name}", clip.read_bytes())
    put(page, "May/en-echotest.txt", b"Mine.")
    put(page, "notes.txt", b"Also mine.")
    section = panel(page)
    section.get_by_role("button", name="Choose a folder").click()
    expect(section.get_by_role("status")).to_contain_text("“Interviews” is kept in step")
    section.get_by_role("switch", name="Subtitles (srt)").check()
    close_settings(page)
    expect(finished(page, clip.name)).to_be_visible()
    day = page.evaluate("() => new Date().toLocaleDateString('sv')")
    backup = f"earwitness-{day}.zip"
    found = files_of(page, "May/en-echotest.srt", f"May/{clip.name}.txt", backup)
    assert found["May/en-echotest.txt"] == "Mine."
    assert found["notes.txt"] == "Also mine."
    assert "hanging" in found["May/en-echotest.srt"]
    assert "-->" in found["May/en-echotest.srt"]
    assert "hanging" in found[f"May/{clip.name}.txt"]
    assert found[backup] == "true"

    page.evaluate("() => navigator.serviceWorker.ready.then(() => {})")
    own_server.close()
    [row] = page.evaluate("() => earwitness.list()")
    page.evaluate(
        "(id) => earwitness.update(id, { segments: { 0: 'Corrected words.' } })", row["id"]
    )
    wait_until(
        page, f"async () => (await ({READ_ALL})())['May/en-echotest.srt'].includes('Corrected')"
    )
    assert set(page.evaluate(READ_ALL)) == set(found), "nothing is written twice"
    section = panel(page)
    expect(section.get_by_role("status")).to_contain_text("1 recording added, 2 texts written.")
    section.get_by_role("button", name="Stop").click()
    expect(section.get_by_role("button", name="Choose a folder")).to_be_visible()
    visitor.expect_errors("ERR_CONNECTION", "Failed to fetch")


def test_folder_asks_for_permission_again_after_a_restart(
    visitor: Visitor, server: ServerProcess
) -> None:
    visitor.context.add_init_script(PICKER)
    page = visitor.open(server.url)
    section = panel(page)
    section.get_by_role("button", name="Choose a folder").click()
    expect(section.get_by_role("status")).to_contain_text("is kept in step")
    page.close()
    visitor.context.add_init_script(
        """window.allowed = 'prompt';
           // The first document of a tab has none.
           if (window.FileSystemHandle) Object.assign(FileSystemHandle.prototype, {
             queryPermission: async () => window.allowed,
             requestPermission: async () => (window.allowed = 'granted'),
           });"""
    )
    page = visitor.open(server.url)
    expect(page.get_by_text("The browser asks again")).to_be_visible()
    section = panel(page)
    expect(section.get_by_role("status")).to_contain_text("The browser asks again")
    section.get_by_role("button", name="Allow").click()
    expect(section.get_by_role("status")).to_contain_text("is kept in step")


def test_folder_is_hidden_where_the_browser_has_none(
    visitor: Visitor, server: ServerProcess
) -> None:
    visitor.context.add_init_script("delete window.showDirectoryPicker;")
    page = visitor.open(server.url)
    expect(panel(page)).to_have_count(0)
    expect(page.get_by_role("heading", name="Backup")).to_be_visible()
