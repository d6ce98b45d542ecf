"""Files of ours in the hands of other programs' readers: every cue arrives."""

from __future__ import annotations

import csv
import io
import json
from fractions import Fraction
from itertools import pairwise
from xml.etree import ElementTree

import pysubs2
import pytest
import webvtt
from earwitness import formats
from earwitness.formats.cues import cues
from earwitness.messages import ExportOptions, SubtitleRules
from earwitness.transcript import Segment, Transcript, Word
from hypothesis import given
from hypothesis import strategies as st

LETTERS = st.characters(
    categories=("Lu", "Ll", "Lo", "Nd", "Po", "Zs"), exclude_characters="\\{}<>&"
)


@st.composite
def transcripts(draw: st.DrawFn) -> Transcript:
    """Sentences in order, of two speakers, some with the times of words."""
    segments: list[Segment] = []
    start_s = 0.0
    for text in draw(st.lists(st.text(LETTERS, min_size=1, max_size=120), min_size=1, max_size=6)):
        if not any(letter.isalnum() for letter in text):
            continue
        length_s = draw(st.floats(0.2, 9))
        tokens = text.split()
        step_s = length_s / len(tokens)
        words = tuple(
            Word(f" {token}", start_s + i * step_s, start_s + (i + 1) * step_s)
            for i, token in enumerate(tokens)
        )
        speaker = draw(st.sampled_from([None, "Ann", "Bob"]))
        chosen = words if draw(st.booleans()) else ()
        segments.append(Segment(start_s, start_s + length_s, text, chosen, speaker))
        start_s += length_s + draw(st.floats(0, 3))
    language = draw(st.sampled_from(["en", "ja", "th", None]))
    return Transcript("t", "Talk", "", start_s, "base", language=language, segments=tuple(segments))


def letters(text: str) -> str:
    return "".join(text.split()).replace("\u2060", "").replace("\u202b", "").replace("\u202c", "")


def near(found: list[tuple[float, float]], wanted: list[tuple[float, float]]) -> bool:
    pairs = zip(sum(found, ()), sum(wanted, ()), strict=True)
    return all(abs(a - b) <= 0.011 for a, b in pairs)


@pytest.mark.parametrize("format", ["srt", "vtt", "ass", "ttml"])
@given(transcript=transcripts())
def test_pysubs2_reads_every_cue(format: str, transcript: Transcript) -> None:
    made = cues(transcript.segments)
    options = ExportOptions(speakers=False, words=False)
    text = formats.export(transcript, format, options=options).text
    found = pysubs2.SSAFile.from_string(text, format)
    assert near(
        [(event.start / 1000, event.end / 1000) for event in found],
        [(cue.start_s, cue.end_s) for cue in made],
    )
    if format != "ttml":
        plain = [letters(event.plaintext) for event in found]
        assert plain == [letters("".join(cue.lines)) for cue in made]


@pytest.mark.parametrize("rules", ["earwitness", "netflix", "bbc"])
@given(transcript=transcripts())
def test_webvtt_reads_every_cue(rules: SubtitleRules, transcript: Transcript) -> None:
    if not transcript.segments:
        return
    text = formats.export(transcript, "vtt", options=ExportOptions(rules=rules)).text
    found = webvtt.from_string(text)
    spelled = "".join(letters(cue.text) for cue in found)
    wanted = "".join(letters(segment.text) for segment in transcript.segments)
    assert spelled.replace("-", "") == wanted.replace("-", "")
    times = [(cue.start_in_seconds, cue.end_in_seconds) for cue in found]
    assert all(start <= end for start, end in times)
    assert all(a[1] <= b[0] for a, b in pairwise(times))


@given(transcript=transcripts())
def test_ttml_is_xml_with_times_of_words(transcript: Transcript) -> None:
    tree = ElementTree.fromstring(formats.export(transcript, "ttml").text)  # noqa: S314
    name = "{http://www.w3.org/ns/ttml}p"
    found = ["".join(paragraph.itertext()) for paragraph in tree.iter(name)]
    made = cues(transcript.segments)
    assert [letters(text) for text in found] == [letters("".join(cue.lines)) for cue in made]
    read = formats.read(ElementTree.tostring(tree), "x.ttml").segments if made else ()
    assert [s.speaker for s in read] == [cue.speaker for cue in made if letters("".join(cue.lines))]


@given(transcript=transcripts())
def test_labels_csv_and_openai_json_keep_every_segment(transcript: Transcript) -> None:
    wanted = [(s.start_s, s.end_s, " ".join(s.text.split())) for s in transcript.segments]
    labels = formats.export(transcript, "labels", options=ExportOptions(speakers=False)).text
    rows = [line.split("\t") for line in labels.splitlines()]
    assert [text for _, _, text in rows] == [text for _, _, text in wanted]
    assert near([(float(a), float(b)) for a, b, _ in rows], [(a, b) for a, b, _ in wanted])
    table = formats.export(transcript, "csv").text.removeprefix("\ufeff")
    assert len(list(csv.DictReader(io.StringIO(table)))) == len(wanted)
    body = json.loads(formats.export(transcript, "openai").text)
    assert [(s["start"], s["end"], s["text"]) for s in body["segments"]] == [
        (s.start_s, s.end_s, s.text) for s in transcript.segments
    ]


TALK = Transcript(
    "t", "Talk", "", 100.0, "base", segments=(
        Segment(0.5, 2.0, "First | one.", speaker="Ann"),
        Segment(61.0, 62.0, "Second.", speaker="Bob"),
    ),
)  # fmt: skip


@pytest.mark.parametrize(("rate", "exact"), [(25.0, Fraction(25)), (29.97, Fraction(30000, 1001))])
def test_markers_stand_at_their_frames(rate: float, exact: Fraction) -> None:
    options = ExportOptions(frames_per_s=rate)
    written = formats.export(TALK, "fcpxml", options=options).text
    tree = ElementTree.fromstring(written)  # noqa: S314
    found = [(m.get("start"), m.get("value")) for m in tree.iter("marker")]
    assert [value for _, value in found] == ["Ann: First | one.", "Bob: Second."]
    for (start, _), segment in zip(found, TALK.segments, strict=True):
        time_s = Fraction(str(start).removesuffix("s"))
        assert (time_s * exact).denominator == 1
        assert abs(time_s - Fraction(segment.start_s)) <= 1 / exact
    text = formats.export(TALK, "edl", options=options).text
    assert text.startswith("TITLE: Talk\nFCM: NON-DROP FRAME\n\n001  001      V     C   ")
    assert " |C:ResolveColorBlue |M:Ann: First / one. |D:1\n" in text
    for format in ("edl", "fcpxml"):
        file = formats.export(TALK, format)
        read = formats.read(file.text.encode(), file.name).segments
        assert [abs(s.start_s - t.start_s) < 0.03 for s, t in zip(read, TALK.segments, strict=True)]


def test_chapters_begin_at_zero_and_are_long_enough() -> None:
    segments = tuple(
        Segment(
            20.0 * i, 20.0 * i + 5, f"Sentence number {i}, which is a rather long one for a title."
        )
        for i in range(12)
    )
    transcript = Transcript("t", "Talk", "", 240.0, "base", segments=segments)
    lines = formats.export(transcript, "chapters").text.splitlines()
    assert [line.split()[0] for line in lines] == ["0:00", "1:00", "2:00", "3:00"]
    assert all(len(line) < 70 for line in lines)
    assert lines[0].startswith("0:00 Sentence number 0, which is")
