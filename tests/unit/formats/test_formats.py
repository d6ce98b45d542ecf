"""Every format: written, read back, and read as other programs write it."""

from __future__ import annotations

import csv
import dataclasses
import io
import itertools
import json
import re
from datetime import timedelta, timezone
from typing import get_args

import pytest
from earwitness import formats
from earwitness.domain.clock import clock, parse_clock
from earwitness.domain.file_names import file_name
from earwitness.errors import BadRequestError
from earwitness.formats.characters import width
from earwitness.formats.cues import COLUMNS, LINES, cues
from earwitness.formats.json import read_transcript
from earwitness.messages import ExportFormat
from earwitness.transcript import Segment, Transcript, Word
from hypothesis import given
from hypothesis import strategies as st

FORMATS: tuple[ExportFormat, ...] = get_args(ExportFormat)
PARAGRAPHS = {"docx", "chapters", "edl", "fcpxml"}
"""Formats that join sentences, and so have fewer times."""


def transcript_of(*segments: Segment) -> Transcript:
    return Transcript(
        id="t1",
        name="Interview – Zoë.mp3",
        created_at="2026-11-22T10:00:00.000Z",
        duration_s=400_005.0,
        model="base",
        language="en",
        segments=segments,
        tags=("radio", "två"),
    )


LONG = (
    " And here is a much longer sentence, which goes on and on, so that it needs at least"
    " three lines of text to be shown on a screen, really."
)
SAMPLE = transcript_of(
    Segment(0.0, 2.0, " Hello there."),
    Segment(2.5, 9.0, LONG),
    Segment(400_000.0, 400_001.0, " = {y} [x] <b> & C:\\New --> end"),
    Segment(400_001.0, 400_005.0, "東京都庁はAI技術を使っています。"),
)

texts = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\u2060\ue010\ue011"),
    min_size=1,
    max_size=160,
).filter(lambda text: any(c.isalnum() for c in text))


@st.composite
def transcripts(draw: st.DrawFn) -> Transcript:
    """Segments in order, with gaps, sometimes with words, sometimes overlapping."""
    segments: list[Segment] = []
    start_s = draw(st.floats(0, 500_000))
    for text in draw(st.lists(texts, max_size=6)):
        length_s = draw(st.floats(0, 30))
        tokens = re.findall(r"\s*\S+", text)
        step = length_s / max(1, len(tokens))
        words = tuple(
            Word(token, start_s + i * step, start_s + (i + 1) * step, 0.5)
            for i, token in enumerate(tokens)
        )
        with_words = draw(st.booleans())
        segments.append(Segment(start_s, start_s + length_s, text, words if with_words else ()))
        start_s += max(0.0, length_s + draw(st.floats(-1, 5)))
    return transcript_of(*segments)


def segments_of(name: str, content: str | bytes) -> tuple[Segment, ...]:
    data = content.encode() if isinstance(content, str) else content
    return formats.read(data, name).segments


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("format", FORMATS)
def test_format_reads_back_what_it_writes(format: ExportFormat) -> None:
    file = formats.export(SAMPLE, format)
    read = segments_of(file.name, formats.content_of(file))
    text = " ".join(segment.text for segment in read)
    assert "And here is a much longer sentence" in text
    assert "東京都庁は" in text
    if format != "txt":
        starts = [segment.start_s for segment in read]
        assert starts == sorted(starts)
        assert starts[0] == 0.0
        assert abs(starts[-1] - 400_003) < (3.1 if format in PARAGRAPHS else 2.1)


@pytest.mark.parametrize("format", sorted(set(FORMATS) - {"lrc", "srt", "chapters", "edl"}))
@given(transcript=transcripts())
def test_format_keeps_every_letter(format: ExportFormat, transcript: Transcript) -> None:
    file = formats.export(transcript, format)
    wanted = [s.text for s in transcript.segments]
    if not wanted:
        return
    read = segments_of(file.name, formats.content_of(file))
    assert squeezed("".join(s.text for s in read)) == squeezed("".join(wanted))


@given(transcript=transcripts(), format=st.sampled_from(FORMATS))
def test_reading_and_writing_again_changes_nothing(
    transcript: Transcript, format: ExportFormat
) -> None:
    """Every format has a fixed point: a file of ours survives a round through us."""
    first = formats.export(transcript, format)
    if format in ("txt", "json") or not transcript.segments:
        return
    once = segments_of(first.name, formats.content_of(first))
    second = formats.export(transcript_of(*once), format)
    again = segments_of(second.name, formats.content_of(second))
    assert squeezed("".join(s.text for s in again)) == squeezed("".join(s.text for s in once))


@pytest.mark.parametrize("format", ["html", "csv", "openai", "tsv", "labels"])
@given(transcript=transcripts(), speaker=st.sampled_from([None, "Ann Lee", "=Bob <&> 2"]))
def test_format_keeps_times_and_speakers_of_segments(
    format: ExportFormat, transcript: Transcript, speaker: str | None
) -> None:
    own = speaker if format not in ("tsv", "labels") else None
    segments = tuple(dataclasses.replace(s, speaker=own) for s in transcript.segments)
    if not segments:
        return
    file = formats.export(dataclasses.replace(transcript, segments=segments), format)
    read = segments_of(file.name, formats.content_of(file))
    assert [(" ".join(s.text.split()), s.speaker) for s in read] == [
        (" ".join(s.text.split()), s.speaker) for s in segments
    ]
    for mine, theirs in zip(segments, read, strict=True):
        assert abs(mine.start_s - theirs.start_s) < 0.0011
        assert abs(mine.end_s - theirs.end_s) < 0.0011


@given(transcript=transcripts())
def test_json_keeps_everything(transcript: Transcript) -> None:
    assert read_transcript(formats.export(transcript, "json").text) == transcript


@given(transcript=transcripts())
def test_subtitles_fit_the_screen_and_do_not_overlap(transcript: Transcript) -> None:
    made = cues(transcript.segments)
    for cue in made:
        assert 1 <= len(cue.lines) <= LINES
        assert all(width(line) <= COLUMNS for line in cue.lines)
        assert 0 <= cue.start_s < cue.end_s
    for cue, after in itertools.pairwise(made):
        assert cue.end_s <= after.start_s


@given(text=st.text(max_size=300), name=st.sampled_from([f"x.{f}" for f in FORMATS] + ["x"]))
def test_any_text_is_read_or_rejected(text: str, name: str) -> None:
    try:
        segments = segments_of(name, text)
    except BadRequestError:
        return
    assert all(0 <= s.start_s <= s.end_s for s in segments)


def test_long_segment_is_cut_at_pauses_with_the_times_of_words() -> None:
    tokens = re.findall(r"\s*\S+", LONG)
    words = tuple(Word(token, 10 + i, 10.5 + i) for i, token in enumerate(tokens))
    made = cues([Segment(10.0, 60.0, LONG, words)])
    assert [cue.text for cue in made] == [
        "And here is a much longer sentence, which goes on and on,",
        "so that it needs at least three lines of text to be shown on a screen, really.",
    ]
    assert made[0].start_s == 10.0
    assert made[0].end_s == 21.5
    assert made[1].start_s == 22.0


def test_vtt_has_word_times_and_escapes() -> None:
    words = (Word(" Hi", 1.0, 1.4), Word(" <you>", 1.5, 1.9), Word(" &", 1.95, 2.0))
    text = formats.export(transcript_of(Segment(1.0, 2.0, " Hi <you> &", words)), "vtt").text
    assert text == (
        "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n"
        "Hi <00:00:01.500>&lt;you&gt; <00:00:01.950>&amp;\n"
    )
    (segment,) = segments_of("a.vtt", text)
    assert segment.text == "Hi <you> &"
    assert [(word.text.strip(), word.start_s) for word in segment.words] == [
        ("Hi", 1.0),
        ("<you>", 1.5),
        ("&", 1.95),
    ]


def test_vtt_of_other_programs_is_read() -> None:
    text = (
        "\ufeffWEBVTT - title\r\nKind: captions\r\n\r\nNOTE 00:01.000 --> 00:02.000\r\nno\r\n\r\n"
        "STYLE\r\n::cue {}\r\n\r\nintro\r\n00:01.000 --> 00:02.500 align:start\r\n"
        "<v Ann>Hello <i>you</i>\r\nthere\r\n"
    )
    assert segments_of("a.vtt", text) == (Segment(1.0, 2.5, "Hello you there", speaker="Ann"),)


def test_srt_of_other_programs_is_read() -> None:
    text = (
        "\ufeff1\r\n00:00:01,000 --> 00:00:02,000 X1:0\r\n<i>One</i>\r\n42\r\n\r\n\r\n"
        "2\r\n100:00:03.5 --> 100:00:04.5\r\nTwo\r\n"
        "00:00:05,000 --> 00:00:04,000\r\nbackwards, without number\r\n"
    )
    assert segments_of("a.srt", text) == (
        Segment(1.0, 2.0, "One 42"),
        Segment(5.0, 5.0, "backwards, without number"),
        Segment(360_003.5, 360_004.5, "Two"),
    )


def test_lrc_of_other_programs_is_read() -> None:
    text = (
        "[ar:Someone]\n[offset:+500]\n[00:10.5][00:01.00]Twice\n[00:05:00]<00:05.0>One\n[00:12]\n"
    )
    assert [(s.start_s, s.end_s, s.text) for s in segments_of("a.lrc", text)] == [
        (0.5, 4.5, "Twice"),
        (4.5, 10.0, "One"),
        (10.0, 11.5, "Twice"),
    ]


def test_json_of_whisper_is_read() -> None:
    text = json.dumps(
        {
            "text": "Hi",
            "segments": [
                {"start": 0, "end": 1.5, "text": " Hi", "words": [
                    {"word": " Hi", "start": 0, "end": 1.0, "probability": 0.9}]}
            ],
        }
    )  # fmt: skip
    assert segments_of("a.json", text) == (Segment(0.0, 1.5, " Hi", (Word(" Hi", 0.0, 1.0, 0.9),)),)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"segments": 1}', '{"segments": [1]}', '{"segments": [{"start": NaN}]}',
     '{"earwitness": 2}', '{"earwitness": 1}', "[" * 100_000, '{"a": ' * 100_000],
)  # fmt: skip
def test_broken_json_is_rejected(text: str) -> None:
    with pytest.raises(BadRequestError):
        segments_of("a.json", text)


def test_csv_begins_with_the_mark_by_which_excel_knows_utf_8() -> None:
    segments = (Segment(0, 1, " Größe, „sagte“ er"), Segment(1, 2, "東京 · Łódź"))
    text = formats.export(transcript_of(*segments), "csv").text
    assert text.encode().startswith(b"\xef\xbb\xbfstart_s,")
    assert text.count("\ufeff") == 1
    for name in ("a.csv", "a.CSV"):
        read = segments_of(name, text)
        assert [s.text for s in read] == ["Größe, „sagte“ er", "東京 · Łódź"]


FORMULAS = ["=1+1", "-5, he said", "'=x", "''=x", "+1", "@SUM(A1)", "＝1", "＋1", "－1", "＠x",
            "\t=1", "\r=1", " =1", "\u00a0=1", "\u3000＝1"]  # fmt: skip


def test_csv_has_no_formulas() -> None:
    segments = [Segment(0, 1, text, speaker=text) for text in [*FORMULAS, "it's", '"q"', "'"]]
    text = formats.export(transcript_of(*segments), "csv").text
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    for row in rows:
        for cell in row.values():
            assert not cell.startswith(
                ("=", "-", "+", "@", "＝", "－", "＋", "＠", "\t", "\r", " ")
            )
    read = segments_of("a.csv", text)
    assert [s.text for s in read] == [" ".join(s.text.split()) for s in segments]
    assert [s.speaker for s in read] == [s.text for s in read]


@pytest.mark.parametrize(
    ("moment", "hours", "expected"),
    [
        ("2026-11-22T10:00:00.000Z", 13, "2026-11-22"),
        ("2026-11-22T11:00:00.000Z", 13, "2026-11-23"),
        ("2026-11-22T04:59:59.999Z", -5, "2026-11-21"),
        ("2026-12-31T23:30:00Z", 1, "2027-01-01"),
        ("", 1, ""),
    ],
)
def test_note_has_the_day_of_the_reader(moment: str, hours: int, expected: str) -> None:
    transcript = dataclasses.replace(SAMPLE, created_at=moment)
    note = formats.export(transcript, "md", timezone(timedelta(hours=hours))).text
    assert note.split("\n")[2].startswith(f"{expected} · ")


def test_invalid_times_are_corrected() -> None:
    crooked = transcript_of(
        Segment(-3.0, -1.0, "before"), Segment(5.0, 2.0, "back"), Segment(float("nan"), 1.0, "nan")
    )
    for format in FORMATS:
        if format == "json":
            continue
        file = formats.export(crooked, format)
        for segment in segments_of(file.name, formats.content_of(file)):
            assert 0 <= segment.start_s <= segment.end_s


def test_empty_transcript_is_written_and_rejected_when_read() -> None:
    for format in FORMATS:
        file = formats.export(transcript_of(), format)
        with pytest.raises(BadRequestError):
            segments_of(file.name, formats.content_of(file))


def test_clock_text() -> None:
    assert clock(3_661.2345) == "01:01:01.234"
    assert clock(360_000, separator=",") == "100:00:00,000"
    assert clock(59.9996) == "00:01:00.000"
    assert clock(-1) == "00:00:00.000"
    assert clock(75, digits=0, hours=None) == "1:15"
    assert clock(3_675, digits=0, hours=None) == "1:01:15"
    assert clock(9.96, digits=0, hours=None) == "0:09"
    assert clock(59.999, digits=0, hours=None) == "0:59"
    assert clock(6_000.5, digits=2, hours=False) == "100:00.50"
    assert parse_clock("1:02:03,5") == 3_723.5
    assert parse_clock("02:03.25") == 123.25
    assert parse_clock("x") is None


@given(time_s=st.floats(0, 1e7))
def test_clock_text_is_read_back(time_s: float) -> None:
    read = parse_clock(clock(time_s))
    assert read is not None
    assert abs(read - time_s) <= 0.0006


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("talk.mp3", "talk.srt"),
        ("Übung 1.final.WAV", "Übung 1.final.srt"),
        ("../../etc/passwd", "etc passwd.srt"),
        ("a/b\\c:d*e?.mp3", "a b c d e.srt"),
        ("CON.mp3", "_CON.srt"),
        ("nul", "_nul.srt"),
        (" .hidden", "hidden.srt"),
        ("", "transcript.srt"),
        ("...", "transcript.srt"),
        ("evil\u202egpj.exe", "evil gpj.exe.srt"),
        ("東京.m4a", "東京.srt"),
        ("half\ud800", "half.srt"),
    ],
)
def test_file_name_is_safe(name: str, expected: str) -> None:
    assert file_name(name, "srt") == expected


def test_mark_follows_the_name_of_a_file() -> None:
    assert file_name("talk.mp3", "wav", " 1-05") == "talk 1-05.wav"


@given(name=st.text(max_size=400))
def test_any_name_becomes_a_valid_file_name(name: str) -> None:
    made = file_name(name, "vtt")
    assert made.endswith(".vtt")
    assert len(made.encode()) <= 190
    assert not set(made) & set('<>:"/\\|?*\x00')
    assert made[0] not in ". "


def test_very_long_segment_is_cut() -> None:
    for endless in ("東" * 20_000, "a" * 20_000, "ä " * 10_000):
        made = cues([Segment(0, 10, endless)])
        assert squeezed("".join(cue.text for cue in made)) == squeezed(endless)


def test_vtt_names_the_language_of_a_segment_in_another_one() -> None:
    segments = (Segment(0, 2, "Good day."), Segment(2, 4, "Guten Tag & mehr.", language="de"))
    transcript = Transcript("1", "a", "", 4.0, "base", language="en", segments=segments)
    text = formats.export(transcript, "vtt").text
    assert "\nGood day.\n" in text
    assert "\n<lang de>Guten Tag &amp; mehr.</lang>\n" in text
    found = segments_of("a.vtt", text)
    assert [(segment.text, segment.language) for segment in found] == [
        ("Good day.", None),
        ("Guten Tag & mehr.", "de"),
    ]
