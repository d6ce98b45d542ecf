"""Files of other programs: found out, decoded, read, put in order, or refused."""

from __future__ import annotations

import contextlib
import io
import json
import tracemalloc
import zipfile
from typing import Any

import docx
import pytest
from earwitness import formats
from earwitness.errors import BadRequestError
from earwitness.formats import limits
from earwitness.formats.reading import format_of
from earwitness.serialization import to_plain
from earwitness.transcript import Segment, Transcript, Word
from hypothesis import given
from hypothesis import strategies as st


def read(content: str | bytes, name: str = "talk") -> tuple[Segment, ...]:
    data = content.encode() if isinstance(content, str) else content
    return formats.read(data, name).segments


def rows(content: str | bytes, name: str = "talk") -> list[tuple[float, float, str, str | None]]:
    return [(s.start_s, s.end_s, s.text, s.speaker) for s in read(content, name)]


SBV = "0:00:01.000,0:00:02.500\nOne\ntwo\n\n0:01:00.000,0:01:01.000\nThree\n"
MICRODVD = "{1}{1}25.000\n{25}{50}{y:i}One|two\n{75}{100}/Three\n"
SAMI = """<SAMI><HEAD><STYLE><!-- P {} .ENCC {} --></STYLE></HEAD><BODY>
<SYNC Start=1000><P Class=ENCC>One<br>two
<SYNC Start=2500><P Class=ENCC>&nbsp;
<SYNC Start=60000><P Class=ENCC>Three &amp; four<P Class=FRCC>Trois
<SYNC Start=61000><P Class=ENCC>&nbsp;
</BODY></SAMI>"""
TTML = """<?xml version="1.0" encoding="utf-16"?>
<tt:tt xmlns:tt="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter"
 xmlns:ttm="http://www.w3.org/ns/ttml#metadata" xml:lang="en-GB" ttp:frameRate="25"
 ttp:tickRate="1000"><tt:head><tt:metadata>
<ttm:agent xml:id="a"><ttm:name>Ann</ttm:name></ttm:agent>
</tt:metadata></tt:head><tt:body><tt:div begin="1s">
<tt:p begin="0s" dur="1500ms" ttm:agent="a">One<tt:br/>two</tt:p>
<tt:p begin="00:00:09:05" end="10000t">Three</tt:p></tt:div></tt:body></tt:tt>"""
ASS = """[Script Info]
Title: x

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Comment: 0,0:00:00.00,0:00:01.00,Default,,0,0,0,,no
Dialogue: 1,0:00:01.00,0:00:02.50,Default,Ann,0,0,0,,{\\an8}One\\Ntwo
Dialogue: 0,0:00:01.00,0:00:02.50,Default,Ann,0,0,0,,{\\b1}One\\Ntwo
"""


def test_sbv_is_read() -> None:
    assert rows(SBV) == [(1.0, 2.5, "One two", None), (60.0, 61.0, "Three", None)]


def test_microdvd_is_read_with_its_rate() -> None:
    assert rows(MICRODVD) == [(1.0, 2.0, "One two", None), (3.0, 4.0, "Three", None)]
    assert rows("{50}{}One\n{100}{125}Two")[0][:2] == (2.0, 4.0)


def test_sami_is_read_in_its_first_language() -> None:
    assert rows(SAMI) == [(1.0, 2.5, "One two", None), (60.0, 61.0, "Three & four", None)]


def test_ttml_is_read_with_nested_times_frames_ticks_and_speakers() -> None:
    transcript = formats.read(TTML.encode(), "a.xml")
    assert transcript.language == "en"
    assert rows(TTML) == [(1.0, 2.5, "One two", "Ann"), (10.2, 11.0, "Three", None)]


def test_layers_of_a_style_are_read_once() -> None:
    assert rows(ASS) == [(1.0, 2.5, "One two", "Ann")]


WHISPER_X = {
    "segments": [
        {
            "start": 0.1, "end": 1.0, "text": " In 1999.", "speaker": "SPEAKER_00",
            "words": [{"word": "In", "start": 0.1, "end": 0.3, "score": 0.9}, {"word": "1999."}],
        }
    ],
    "language": "en",
}  # fmt: skip
OPENAI = {
    "task": "transcribe", "language": "german", "duration": 2.0, "text": "Hallo du.",
    "segments": [{"id": 0, "start": 0.0, "end": 2.0, "text": " Hallo du.", "avg_logprob": -0.2}],
    "words": [{"word": "Hallo", "start": 0.0, "end": 0.5},
              {"word": "du", "start": 0.6, "end": 1.0}],
}  # fmt: skip
DIARIZED = {
    "text": "Hi. Yes.",
    "segments": [
        {"type": "transcript.text.segment", "id": "s0", "start": 0.0, "end": 1.0, "text": "Hi.",
         "speaker": "agent"},
        {"type": "transcript.text.segment", "id": "s1", "start": 1.0, "end": 2.0, "text": "Yes.",
         "speaker": "A"},
    ],
}  # fmt: skip
WHISPER_CPP = {
    "result": {"language": "en"},
    "transcription": [
        {"timestamps": {"from": "00:00:00,000", "to": "00:00:02,000"},
         "offsets": {"from": 0, "to": 2000}, "text": " Hi there."},
        {"timestamps": {"from": "00:00:02,000", "to": "00:00:03,500"}, "text": " Bye."},
    ],
}  # fmt: skip
AWS = {
    "jobName": "x", "status": "COMPLETED",
    "results": {
        "transcripts": [{"transcript": "Hi there. Yes."}], "language_code": "en-US",
        "items": [
            {"type": "pronunciation", "start_time": "0.1", "end_time": "0.5",
             "speaker_label": "spk_0",
             "alternatives": [{"confidence": "0.99", "content": "Hi"}]},
            {"type": "pronunciation", "start_time": "0.5", "end_time": "0.9",
             "speaker_label": "spk_0",
             "alternatives": [{"confidence": "0.98", "content": "there"}]},
            {"type": "punctuation", "alternatives": [{"confidence": "0.0", "content": "."}]},
            {"type": "pronunciation", "start_time": "1.5", "end_time": "1.9",
             "speaker_label": "spk_1",
             "alternatives": [{"confidence": "0.5", "content": "Yes"}]},
            {"type": "punctuation", "alternatives": [{"confidence": "0.0", "content": "."}]},
        ],
    },
}  # fmt: skip
GOOGLE = {
    "results": [
        {"alternatives": [{"transcript": "hi there", "confidence": 0.9, "words": [
            {"startTime": "0.100s", "endTime": "0.500s", "word": "hi"},
            {"startTime": "0.500s", "endTime": "0.900s", "word": "there"}]}],
         "languageCode": "en-us"},
        {"alternatives": [{"words": [
            {"startTime": "0.100s", "endTime": "0.500s", "word": "hi", "speakerTag": 1},
            {"startTime": "0.500s", "endTime": "0.900s", "word": "there", "speakerTag": 2}]}]},
    ]
}  # fmt: skip
GOOGLE_V2 = {
    "results": [
        {"alternatives": [{"transcript": "hi there"}], "resultEndOffset": "0.9s",
         "languageCode": "en-US"},
        {"alternatives": [{"transcript": "yes", "words": [
            {"startOffset": "1s", "endOffset": "1.5s", "word": "yes"}]}]},
    ]
}  # fmt: skip
DEEPGRAM = {
    "results": {
        "channels": [{"detected_language": "en", "alternatives": [{"transcript": "Hi there.",
            "words": [
            {"word": "hi", "punctuated_word": "Hi", "start": 0.1, "end": 0.5, "speaker": 0},
            {"word": "there", "punctuated_word": "there.", "start": 0.5, "end": 0.9,
             "speaker": 0}]}]}],
    }
}  # fmt: skip
UTTERANCES = {
    "results": {"channels": [], "utterances": [
        {"start": 0.1, "end": 0.9, "transcript": "Hi there.", "speaker": 1, "words": []}]}
}  # fmt: skip
ASSEMBLY = {
    "text": "Hi there.", "language_code": "en_us",
    "words": [{"text": "Hi", "start": 100, "end": 500, "confidence": 0.9, "speaker": "A"},
              {"text": "there.", "start": 500, "end": 900, "confidence": 0.9, "speaker": "B"}],
}  # fmt: skip
YOUTUBE = {"wireMagic": "pb3", "events": [
    {"tStartMs": 0, "dDurationMs": 1000},
    {"tStartMs": 100, "dDurationMs": 800, "segs": [{"utf8": "Hi"}, {"utf8": " there"}]},
]}  # fmt: skip


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (WHISPER_X, [(0.1, 1.0, " In 1999.", "SPEAKER_00")]),
        (OPENAI, [(0.0, 2.0, " Hallo du.", None)]),
        (OPENAI["segments"], [(0.0, 2.0, " Hallo du.", None)]),
        (DIARIZED, [(0.0, 1.0, "Hi.", "agent"), (1.0, 2.0, "Yes.", "A")]),
        (WHISPER_CPP, [(0.0, 2.0, " Hi there.", None), (2.0, 3.5, " Bye.", None)]),
        (AWS, [(0.1, 0.9, "Hi there.", "Speaker 1"), (1.5, 1.9, "Yes.", "Speaker 2")]),
        (GOOGLE, [(0.1, 0.5, "hi", "Speaker 1"), (0.5, 0.9, "there", "Speaker 2")]),
        ({"name": "1", "response": GOOGLE}, [(0.1, 0.5, "hi", "Speaker 1"),
                                             (0.5, 0.9, "there", "Speaker 2")]),
        (GOOGLE_V2, [(0.0, 0.9, "hi there", None), (1.0, 1.5, "yes", None)]),
        (DEEPGRAM, [(0.1, 0.9, "Hi there.", "Speaker 1")]),
        (UTTERANCES, [(0.1, 0.9, "Hi there.", "Speaker 2")]),
        (ASSEMBLY, [(0.1, 0.5, "Hi", "A"), (0.5, 0.9, "there.", "B")]),
        (YOUTUBE, [(0.1, 0.9, "Hi there", None)]),
    ],
)  # fmt: skip
def test_json_of_programs_and_services_is_read(data: Any, expected: list[Any]) -> None:
    assert rows(json.dumps(data), "x.json") == expected
    assert rows(json.dumps(data, indent=2), "x.txt") == expected


def test_own_json_keeps_what_competed_with_a_word() -> None:
    words = (Word(" Hell", 0.0, 1.0, 0.4, alternatives=("Hale", "hell")), Word(" left", 1.0, 2.0))
    segments = (Segment(0.0, 2.0, "Hell left", words),)
    made = Transcript("x", "x", "2026-12-01T12:00:00.000Z", 2.0, "base", segments=segments)
    written = formats.content_of(formats.export(made, "json", None, None))
    assert formats.read(written, "x.json").segments[0].words == words


def test_json_keeps_words_language_and_probability() -> None:
    [segment] = read(json.dumps(OPENAI), "x.json")
    assert segment.words == (Word("Hallo", 0.0, 0.5), Word(" du", 0.6, 1.0))
    assert formats.read(json.dumps(OPENAI).encode(), "x.json").language == "de"
    assert formats.read(json.dumps(AWS).encode(), "x.json").language == "en"
    [segment] = read(json.dumps(WHISPER_X), "x.json")
    assert segment.words == (Word("In", 0.1, 0.3, 0.9),)


OTTER = "Ann Lee  0:03  \nHello there.\nHow are you?\n\nBob  0:09\nFine.\n"
TEAMS = "Interview\nJanuary 1, 2026, 9:00AM\n\nAnn Lee   0:03\nHello there.\nBob   0:09\nFine.\n"
TEAMS_OLD = "0:0:3.0 --> 0:0:9.5\nAnn Lee\nHello there.\n\n0:0:9.5 --> 0:0:11.0\nBob\nFine.\n"
TEAMS_VTT = (
    "WEBVTT\n\n8a-0/12-0\n00:00:03.000 --> 00:00:09.500\n<v Ann Lee>Hello there.</v>\n\n"
    "8a-0/12-1\n00:00:09.500 --> 00:00:11.000\n<v Bob>Fine.</v>\n"
)


@pytest.mark.parametrize("text", [OTTER, TEAMS, TEAMS_OLD, TEAMS_VTT])
def test_transcripts_of_meetings_are_read(text: str) -> None:
    found = read(text)
    assert found[0].speaker == "Ann Lee"
    assert found[0].text == "Hello there."
    assert (found[-1].speaker, found[-1].text) == ("Bob", "Fine.")
    assert (found[0].start_s, found[-1].start_s) in [(3.0, 9.0), (3.0, 9.5)]


def test_document_of_a_meeting_is_read() -> None:
    document = docx.Document()
    document.add_heading("Interview", 1)
    for header, text in (("Ann Lee   0:03", "Hello there."), ("Bob   0:09", "Fine.")):
        paragraph = document.add_paragraph(header)
        paragraph.add_run().add_break()
        paragraph.add_run(text)
    out = io.BytesIO()
    document.save(out)
    assert rows(out.getvalue(), "x.docx") == [
        (3.0, 9.0, "Hello there.", "Ann Lee"),
        (9.0, 9.0, "Fine.", "Bob"),
    ]


def test_rolling_captions_are_read_once() -> None:
    text = (
        "WEBVTT\nKind: captions\nLanguage: en\n\n"
        "00:00:00.000 --> 00:00:02.000 align:start\n \nHello<00:00:00.500><c> there</c>\n\n"
        "00:00:02.000 --> 00:00:02.010 align:start\nHello there\n \n\n"
        "00:00:02.010 --> 00:00:04.000 align:start\nHello there\nhow<00:00:02.500><c> are</c>\n\n"
        "00:00:04.000 --> 00:00:06.000\nNo.\n\n00:00:06.000 --> 00:00:08.000\nNo.\n"
    )
    assert [s.text for s in read(text)] == ["Hello there", "how are", "No.", "No."]


def test_plain_text_that_speaks_of_times_is_not_cut() -> None:
    text = "We met at 12:30\nand left\n12:45 was too late\nfor the train\n"
    assert [s.text for s in read(text, "x.txt")] == text.splitlines()


def test_lines_with_times_are_read() -> None:
    text = "[0:05] Ann: Hello.\n[0:09] Bob: Fine.\nReally.\n"
    assert rows(text, "x.txt") == [
        (5.0, 9.0, "Hello.", "Ann"),
        (9.0, 9.0, "Fine.", "Bob"),
        (9.0, 9.0, "Really.", "Bob"),
    ]


@pytest.mark.parametrize(
    ("content", "kind"),
    [(SBV, "sbv"), (MICRODVD, "sub"), (SAMI, "smi"), (TTML, "ttml"), (ASS, "ass"),
     ("WEBVTT\n", "vtt"),
     ("1\n00:00:01,000 --> 00:00:02,000\nx", "srt"), ("[ti:x]\n[00:01.00]x", "lrc"),
     ('{"a": 1}', "json"),
     ("start\tend\ttext\n0\t1\tx", "tsv"), ("start_s,end_s,speaker,text\n", "csv"),
     ("0.5\t1.5\tx\n", "labels"), ("TITLE: x\nFCM: NON-DROP FRAME\n", "edl"), ("Hello", "txt"),
     ("[laughs] Hello there", "txt"), ("<html><body>x", "html"), ("", "txt")],
)  # fmt: skip
def test_content_shows_the_format_whatever_the_name(content: str, kind: str) -> None:
    for name in ("x", "x.txt", "x.mp4", "x.exe"):
        assert format_of(content, name) == kind


def test_wrong_extension_does_not_matter() -> None:
    assert rows(SBV, "x.srt") == rows(SBV)
    assert rows(MICRODVD, "x.json") == rows(MICRODVD)


def test_segments_are_put_in_the_order_of_their_times() -> None:
    text = (
        "2\n00:00:05,000 --> 00:00:07,000\nsecond\n\n1\n00:00:01,000 --> 00:00:06,000\nfirst\n\n"
        "3\n00:00:06,000 --> 00:00:02,000\nthird, backwards\n"
    )
    assert rows(text) == [
        (1.0, 6.0, "first", None),
        (5.0, 7.0, "second", None),
        (6.0, 6.0, "third, backwards", None),
    ]


def test_huge_and_negative_times_are_cut() -> None:
    data = {
        "segments": [{"start": -5, "end": 1e300, "text": "x"}, {"start": 1, "end": 0, "text": "y"}]
    }
    assert [row[:2] for row in rows(json.dumps(data))] == [(0.0, 1e8), (1.0, 1.0)]
    assert rows("{999999999999}{}x")[0][0] == 1e8
    assert rows("WEBVTT\n\n999999999:00:00.000 --> 999999999:00:01.000\nx\n")[0][0] == 1e8
    nothing = {"segments": [{"start": 10**400, "end": 10**400, "text": "x"}]}
    with pytest.raises(BadRequestError):
        read(json.dumps(nothing))


def test_imported_transcript_has_an_id_and_name_of_its_own() -> None:
    file = formats.export(Transcript("mine", "Talk.mp3", "", 9.0, "base", segments=(
        Segment(0.0, 1.0, "x"),)), "json")  # fmt: skip
    first, second = (formats.read(file.text.encode(), file.name) for _ in range(2))
    assert len({"mine", first.id, second.id}) == 3
    assert (first.name, first.duration_s, first.model) == ("Talk.mp3", 9.0, "base")
    assert formats.read(SBV.encode(), "C:\\talks\\Über uns.sbv").name == "Über uns"


def test_json_of_ours_with_strange_facts_is_cleaned() -> None:
    strange = Transcript("../x", "a\u202eb\n", "yesterday", -5.0, "", language="<x>", segments=(
        Segment(0.0, 1.0, "x\0y", speaker="A\nB", language="de><b>"),))  # fmt: skip
    text = json.dumps(to_plain(strange) | {"earwitness": 1})
    found = formats.read(text.encode(), "x.json")
    assert (found.name, found.language, found.duration_s) == ("a b", None, 1.0)
    assert found.created_at.endswith("Z")
    [segment] = found.segments
    assert (segment.text, segment.speaker, segment.language) == ("xy", "A B", None)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Příliš žluťoučký kůň úpěl ďábelské ódy.", "cp1250"),
        ("Zażółć gęślą jaźń, proszę państwa, którą mamy.", "cp1250"),
        ("Árvíztűrő tükörfúrógép, kérem szépen.", "cp1250"),
        ("Größe und Übermut tun selten gut, weißt du?", "cp1252"),
        ("Où étais-tu cet été, déjà à l’école ? Ça va très bien, « mon ami ».", "cp1252"),
        ("¿Dónde está el niño? ¡Mañana será otro día!", "cp1252"),
        ("Blåbær og rødgrød med fløde, sagde hun på øen.", "cp1252"),
        ("Não há coração que não aceite a solução.", "cp1252"),
        ("Съешь же ещё этих мягких французских булок.", "cp1251"),
        ("Ξεσκεπάζω την ψυχοφθόρα βδελυγμία.", "cp1253"),
        ("Pijamalı hasta yağız şoföre çabucak güvendi, değil mi?", "cp1254"),
        ("דג סקרן שט בים מאוכזב ולפתע מצא חברה", "cp1255"),
        ("نص حكيم له سر قاطع وذو شأن عظيم مكتوب على ثوب أخضر", "cp1256"),
        ("Įlinkdama fechtuotojo špaga sublykčiojusi pragręžė apvalų arbūzą.", "cp1257"),
        ("เป็นมนุษย์สุดประเสริฐเลิศคุณค่า", "cp874"),
        ("Příliš žluťoučký kůň", "utf-8-sig"),
        ("Příliš žluťoučký kůň", "utf-16"),
        ("Plain English, please.", "utf-16-le"),
        ("Plain English, please.", "utf-16-be"),
        ("東京都庁", "utf-8"),
    ],
)
def test_encoding_is_detected(text: str, encoding: str) -> None:
    srt = f"1\r\n00:00:01,000 --> 00:00:02,000\r\n{text}\r\n"
    assert [s.text for s in read(srt.encode(encoding), "x.srt")] == [text]


def test_file_that_was_cut_inside_a_letter_is_read() -> None:
    assert (
        read("Müller & Söhne\nKönig".encode()[:-4] + b"\xc3", "x.txt")[0].text == "Müller & Söhne"
    )


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


BODY = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">{}</w:document>'
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE tt [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    '<tt xmlns="http://www.w3.org/ns/ttml"><body><p begin="0s" end="1s">&b;</p></body></tt>'
)
OUTSIDE = LAUGHS.replace('<!ENTITY a "ha">', '<!ENTITY a SYSTEM "file:///etc/passwd">')
DEEP = '<tt xmlns="http://www.w3.org/ns/ttml">' + "<div>" * 5000


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (LAUGHS, "x.ttml"),
        (OUTSIDE, "x.ttml"),
        (DEEP, "x.ttml"),
        ("<tt><p>", "x.ttml"),
        (zipped({"word/document.xml": b" " * 50_000_000}), "x.docx"),
        (zipped({"word/document.xml": LAUGHS.encode()}), "x.docx"),
        (zipped({"a/" * 25 + "b": b"x", "word/document.xml": b"x"}), "x.docx"),
        (zipped({"a.txt": b"x"}), "x.docx"),
        (b"PK\x03\x04" + b"\0" * 99, "x.docx"),
        (b"MZ\x90\0\3\0\0\0\4\0" * 50, "x.srt"),
        (b"%PDF-1.7\n%\xe2\xe3", "x.txt"),
        ('{"a":' * 100_000, "x.json"),
        ("[" + "{}," * 3_000_000 + "{}]", "x.json"),
        (b"<html><script>alert(1)</script></html>", "x.html"),
        ("1\n00:00:01,000 --> 00:00:02,000\n\n", "x.srt"),
        (b"", "x.srt"),
    ],
)  # fmt: skip
def test_damaged_or_hostile_file_is_refused_with_a_sentence(
    content: str | bytes, name: str
) -> None:
    with pytest.raises(BadRequestError) as caught:
        read(content, name)
    assert caught.value.message.endswith(".")
    assert caught.value.hint


def test_document_with_outside_parts_is_read_without_them() -> None:
    body = BODY.format(
        '<w:body><w:p><w:hyperlink r:id="r1" xmlns:r="x"><w:r><w:t>a link</w:t></w:r></w:hyperlink>'
        "<w:r><w:instrText>INCLUDETEXT http://x</w:instrText></w:r></w:p></w:body>"
    )
    relations = '<Relationships><Relationship Id="r1" Target="http://x"/></Relationships>'
    files = {"word/document.xml": body.encode(), "word/_rels/document.xml.rels": relations.encode()}
    assert rows(zipped(files), "x.docx") == [(0.0, 0.0, "a link", None)]


@pytest.mark.parametrize("line", ["{1}{2}a\n", "[0:1]a\n", "0:00:01.000,0:00:02.000\na\n\n"])
def test_ten_million_cues_are_refused_in_little_memory(line: str) -> None:
    data = line.encode() * 9_000_000 if len(line) < 12 else line.encode() * 2_500_000
    tracemalloc.start()
    try:
        with pytest.raises(BadRequestError, match="too large"):
            formats.read(data, "x.sub")
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak_bytes < 4 * limits.BYTES_MAX


def test_many_cues_are_refused() -> None:
    text = "".join(f"{{{i}}}{{{i + 1}}}a\n" for i in range(limits.CUES_MAX + 1))
    with pytest.raises(BadRequestError, match="too large"):
        read(text)


@given(
    data=st.binary(max_size=400), name=st.sampled_from(["x.docx", "x.srt", "x.ttml", "x.json", "x"])
)
def test_any_bytes_are_read_or_refused(data: bytes, name: str) -> None:
    try:
        transcript = formats.read(data, name)
    except BadRequestError:
        return
    starts = [s.start_s for s in transcript.segments]
    assert starts == sorted(starts)
    assert all(0 <= s.start_s <= s.end_s for s in transcript.segments)


@given(
    start=st.sampled_from([SBV, MICRODVD, SAMI, TTML, ASS, OTTER, TEAMS_OLD, TEAMS_VTT,
                           json.dumps(AWS), json.dumps(GOOGLE), json.dumps(DEEPGRAM)]),
    at=st.integers(0, 900), length=st.integers(0, 60), put=st.text(max_size=20),
)  # fmt: skip
def test_damaged_files_are_read_or_refused(start: str, at: int, length: int, put: str) -> None:
    with contextlib.suppress(BadRequestError):
        read(start[:at] + put + start[at + length :])
