"""Documents: which segments of which run are shown."""

from __future__ import annotations

from earwitness.domain.documents import Document, Layer, OpenDocument
from earwitness.engine_messages import WindowRow
from earwitness.transcript import Segment


def window(number: int, *spans: tuple[float, float, str]) -> WindowRow:
    segments = tuple(Segment(start, end, text) for start, end, text in spans)
    return WindowRow(number, number, spans[0][0], spans[-1][1], segments)


def test_newest_run_covers_older_runs_up_to_its_position() -> None:
    base = [window(0, (0, 10, "a"), (10, 20, "b")), window(1, (20, 30, "c"), (30, 40, "d"))]
    over = [window(0, (10, 20, "B")), window(1, (20, 30, "C"))]
    half = Document("x", (Layer(1, finished=True), Layer(2, 10.0, 30.0, until_s=20.0)))
    opened = OpenDocument(half, {1: base, 2: over[:1]})
    assert [s.text for s in opened.segments] == ["a", "B", "c", "d"]
    whole = Document("x", (Layer(1, finished=True), Layer(2, 10.0, 30.0, 30.0, finished=True)))
    assert opened.add(whole, over[1:]) == 2
    assert [s.text for s in opened.segments] == ["a", "B", "C", "d"]


def test_versions_below_a_whole_run_are_invisible() -> None:
    layers = (Layer(1, finished=True), Layer(2, finished=True), Layer(3, 5.0, 9.0))
    assert [layer.run for layer in Document("x", layers).visible()] == [2, 3]
