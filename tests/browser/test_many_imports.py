"""Two hundred transcripts of five other programs in the page: read, found, written, and equal."""

from __future__ import annotations

import io
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import docx
from playwright.sync_api import expect

from tests.support.browser import Visitor, wait_until
from tests.support.foreign_transcripts import FORMS, Cue
from tests.support.server_process import ServerProcess

SENTENCES = [
    "The ferry leaves from the old harbour.",
    "Kam zmizel ten žlutý kůň?",
    "Où est passé le petit cheval, demanda-t-elle.",
    "Wir fuhren über die Brücke nach Süden.",
    "東京は大きい町です。",
    "Поезд опоздал на два часа.",
    "Nobody had asked her about it before.",
]
TOPICS = [
    "lighthouse", "orchard", "viaduct", "granary", "foundry", "quarry", "chapel", "tannery",
    "brewery", "saltworks", "observatory", "glasshouse", "windmill", "dockyard", "almshouse",
]  # fmt: skip


def cues(topic: int) -> list[Cue]:
    """What is said about a topic: four sentences, one of them with its name."""
    said = [SENTENCES[(topic + n) % len(SENTENCES)] for n in range(3)]
    said.insert(2, f"They talked about the {TOPICS[topic]}.")
    return [(n * 4000 + 120, n * 4000 + 3320, text) for n, text in enumerate(said)]


def test_files_of_other_programs_are_read_alike(
    visitor: Visitor, server: ServerProcess, tmp_path: Path
) -> None:
    paths: dict[str, Any] = {}
    for topic, name in enumerate(TOPICS):
        for form in FORMS:
            path = tmp_path / f"{name} by {form.program} {form.extension}.{form.extension}"
            path.write_bytes(form.write(cues(topic)))
            paths[path.stem] = (path, topic, form)
    assert len(paths) >= 200
    assert len({form.program for form in FORMS}) >= 5
    page = visitor.open(server.url)
    page.locator("input[type=file]").first.set_input_files([path for path, *_ in paths.values()])
    # Whatever is refused is an error on show, and is not in the list.
    wait_until(
        page,
        "async (count) => (await earwitness.list()).length >= count"
        " || document.querySelector('.toast[data-kind=error]') !== null",
        len(paths),
    )
    assert page.locator(".toast[data-kind=error]").all_inner_texts() == []
    transcripts: list[dict[str, Any]] = page.evaluate(
        "async () => Promise.all((await earwitness.list()).map(({ id }) => earwitness.get(id)))"
    )
    by_topic: dict[int, set[tuple[str, ...]]] = defaultdict(set)
    for each in transcripts:
        _, topic, form = paths.pop(each["name"])
        by_topic[topic].add(tuple(segment["text"].strip() for segment in each["segments"]))
        for segment, (start, end, _) in zip(each["segments"], cues(topic), strict=True):
            assert abs(segment["start_s"] * 1000 - start) <= form.step_ms, each["name"]
            if form.has_ends:
                assert abs(segment["end_s"] * 1000 - end) <= form.step_ms, each["name"]
    assert not paths
    for topic, texts in by_topic.items():
        assert texts == {tuple(text for _, _, text in cues(topic))}

    page.get_by_role("searchbox", name="Search").fill('"talked about the viaduct"')
    hits = page.locator(".hits .hit")
    expect(hits.filter(has_text="talked about the viaduct")).to_have_count(len(FORMS))
    hits.first.click()
    page.get_by_role("button", name="Export", exact=True).click()
    with page.expect_download() as waiting:
        page.get_by_role("menuitem", name=re.compile("Word")).click()
    document = docx.Document(io.BytesIO(Path(waiting.value.path()).read_bytes()))
    written = " ".join(paragraph.text for paragraph in document.paragraphs)
    assert all(text in written for _, _, text in cues(TOPICS.index("viaduct")))
