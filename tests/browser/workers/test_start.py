"""Python's start in the built page: damaged parts, marks, the memory image."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Route

from tests.support.browser import visiting, wait_until
from tests.support.server_process import ServerProcess

FAILED = """async () => {
    const status = await window.earwitness?.status();
    return status?.stage === 'failed' && status;
}"""


def cut(body: bytes) -> bytes:
    return body[: len(body) // 2]


def flip(body: bytes) -> bytes:
    return body[:1000] + bytes(64) + body[1064:]


@pytest.mark.parametrize(
    ("part", "damage"),
    [
        ("pyodide.asm.wasm", cut),
        ("python_stdlib.zip", cut),
        ("packages.zip", cut),
        ("packages.zip", flip),
    ],
)
def test_damaged_part_of_python_is_named(
    browser: Browser, server: ServerProcess, part: str, damage: Callable[[bytes], bytes]
) -> None:
    def damaged(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=damage(answer.body()))

    with visiting(browser, service_workers="block") as person:
        person.expect_errors(
            "wasm", "WebAssembly", "Aborted", "integrity", "zip", "Failed", "Error"
        )
        person.context.route(f"**/python/*/{part}", damaged)
        page = person.open(server.url, ready=False)
        error = wait_until(page, FAILED)["error"]
        assert error["message"].startswith("A part of Earwitness is missing or damaged")
        assert part.split("-")[0] in error["detail"]
        assert error["hint"]
        answer = page.evaluate("() => window.earwitness.list().catch((error) => error.message)")
        assert "damaged" in str(answer), "what is asked later is answered too"


def test_start_marks_are_in_the_status(browser: Browser, server: ServerProcess) -> None:
    with visiting(browser, service_workers="block") as person:
        page = person.open(server.url)
        marks = wait_until(
            page,
            """async () => {
                const { marks_ms } = await window.earwitness.status();
                return marks_ms['library-ready'] && marks_ms;
            }""",
        )
        names = ["worker", "pyodide-script", "python", "imported", "ready"]
        times = [marks[f"library-{name}"] for name in names]
        assert times == sorted(times)
        assert times[0] > 0


OFFLINE = "async () => (await window.earwitness.status()).offline"
READY = """async () => {
    const { marks_ms } = await window.earwitness.status();
    return marks_ms['library-ready'] && marks_ms;
}"""
HALVE_IMAGE = """async () => {
    const cache = await caches.open('earwitness-static');
    for (const request of await cache.keys()) {
        if (!request.url.endsWith('memory-image.bin')) continue;
        const kept = await cache.match(request);
        const bytes = new Uint8Array(await kept.arrayBuffer());
        await cache.put(request, new Response(bytes.slice(0, bytes.length / 2)));
    }
}"""

KEPT_AGAIN = """async () => {
    const cache = await caches.open('earwitness-static');
    return (await cache.keys()).some((request) => request.url.endsWith('memory-image.bin'));
}"""


def test_later_visit_starts_from_the_memory_image(browser: Browser, server: ServerProcess) -> None:
    with visiting(browser) as person:
        page = person.open(server.url)
        assert "library-memory-image" not in wait_until(page, READY), "it would delay a first visit"
        wait_until(page, OFFLINE)
        page.close()
        marks = wait_until(person.open(server.url), READY)
        assert marks["library-memory-image"] <= marks["library-ready"]


def test_python_starts_without_a_valid_memory_image(
    browser: Browser, server: ServerProcess
) -> None:
    with visiting(browser) as person:
        page = person.open(server.url)
        wait_until(page, OFFLINE)
        page.evaluate(HALVE_IMAGE)
        person.expect_errors("memory image")
        page.close()
        page = person.open(server.url)
        assert "library-memory-image" not in wait_until(page, READY)
        assert page.evaluate("() => window.earwitness.list()") is not None
        wait_until(page, OFFLINE)
        wait_until(page, KEPT_AGAIN)
        page.close()
        marks = wait_until(person.open(server.url), READY)
        assert "library-memory-image" in marks, "it was fetched again"
