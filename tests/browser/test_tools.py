"""The tools worker of the built page: packages that are installed when they are first needed."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.support.browser import Visitor, wait_ready
from tests.support.server_process import ServerProcess

JAPANESE = (
    "今日は天気がいいですね。",
    "明日も晴れるでしょうか。",
    "私は昨日、友達と一緒に映画を見に行きました。",
    "とても面白かったので、あなたにもお勧めします。",
)
MPL2 = "[10][30]Good morning,|everybody\n[40][65]/Is it raining?\n"


def srt(lines: tuple[str, ...]) -> str:
    cues = (
        f"{number}\n00:00:{number:02},000 --> 00:00:{number:02},900\n{line}\n"
        for number, line in enumerate(lines, 1)
    )
    return "\n".join(cues)


def import_bytes(page: Page, data: bytes, name: str) -> list[tuple[float, float, str]]:
    found = page.evaluate(
        """async ([bytes, name]) => {
          const file = new File([new Uint8Array(bytes)], name);
          return (await earwitness.import(file)).segments;
        }""",
        [list(data), name],
    )
    return [(each["start_s"], each["end_s"], each["text"].strip()) for each in found]


def tool_workers(page: Page) -> list[str]:
    return [worker.url for worker in page.workers if "role=tools" in worker.url]


def wheels_fetched(page: Page) -> int:
    return page.evaluate(
        "async () => (await caches.open('earwitness-static')).keys()"
        ".then((all) => all.filter(({ url }) => url.includes('/wheels/')).length)"
    )


def test_rare_encodings_and_formats_are_read_also_offline_after_the_first_use(
    visitor: Visitor, server: ServerProcess
) -> None:
    page = visitor.open(server.url)
    page.evaluate("() => navigator.serviceWorker.ready")
    page.reload()
    wait_ready(page)
    assert wheels_fetched(page) == 0
    read = import_bytes(page, srt(JAPANESE).encode("cp932"), "talk.srt")
    assert [text for _, _, text in read] == list(JAPANESE)
    assert import_bytes(page, MPL2.encode(), "film.txt") == [
        (1.0, 3.0, "Good morning,\neverybody"),
        (4.0, 6.5, "Is it raining?"),
    ]
    fetched = wheels_fetched(page)
    assert fetched == 5  # micropip, and two wheels with their pages of links
    visitor.context.set_offline(True)
    page.reload()
    wait_ready(page)
    read = import_bytes(page, srt(JAPANESE[::-1]).encode("euc_jp"), "again.srt")
    assert [text for _, _, text in read] == list(JAPANESE[::-1])
    visitor.context.set_offline(False)
