"""`bench field`: what counts as a fault."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.field import Heard, Row, faults, read_manifest

ASK = Row("a.wav", "ask not what your country", times=(("ask", 5.0),), length_s=10.0)
RIGHT = Heard("Ask not what your country", (("Ask", 5.1), ("not", 5.4)), 7.0, 10.1)


def test_right_answer_has_no_fault() -> None:
    assert faults(ASK, RIGHT) == []


@pytest.mark.parametrize(
    ("heard", "fault"),
    [
        (Heard("ask for", (("ask", 5.0),), 7.0, 10.0), "of the words are wrong"),
        (Heard(RIGHT.text, (("ask", 0.2),), 7.0, 10.0), "'ask' at 0.20, not 5.00 s"),
        (Heard(RIGHT.text, (), 7.0, 10.0), "'ask' was not heard"),
        (Heard(RIGHT.text, RIGHT.words, 7.0, 11.0), "11.00 s long, not 10.00 s"),
        (Heard(RIGHT.text, RIGHT.words, 10.6, 10.0), "text until 10.60 s"),
        (Heard(error="damaged"), "damaged"),
    ],
)
def test_each_fault_is_named(heard: Heard, fault: str) -> None:
    (found,) = faults(ASK, heard)
    assert fault in found


def test_nearest_of_several_places_counts() -> None:
    twice = Heard(RIGHT.text, (("ask", 0.5), ("ask", 5.2)), 7.0, 10.0)
    assert faults(ASK, twice) == []


def test_words_over_music_are_a_fault() -> None:
    assert faults(Row("music.wav"), Heard("", (), 0.0, 60.0)) == []
    assert faults(Row("music.wav"), Heard("Thank you.", (), 3.0, 60.0)) != []


def test_expected_error_is_no_fault() -> None:
    row = Row("a.xyz", error="format")
    assert faults(row, Heard(error="This format is unknown.")) == []
    assert faults(row, Heard("words", (), 1.0, 2.0)) != []


def test_manifest_with_an_unknown_field_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="missing"):
        read_manifest(tmp_path / "manifest.json")
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps([{"file": "a.wav", "txt": "words"}]), encoding="utf-8")
    with pytest.raises(SystemExit, match="txt"):
        read_manifest(path)


def test_manifest_of_the_field_can_be_read() -> None:
    rows = read_manifest(Path(__file__).parents[2] / "bench" / "field.json")
    assert len({row.file for row in rows}) >= 17
    assert all(row.text or "music" in row.file for row in rows)
