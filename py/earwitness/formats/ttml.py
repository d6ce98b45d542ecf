"""TTML (W3C), also called DFXP and IMSC: subtitles in XML, with speakers and times of words."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from earwitness.domain.clock import clock, valid_time_s
from earwitness.formats.cues import Cue, join_lines
from earwitness.formats.limits import parse_xml
from earwitness.formats.subtitles import subtitle_cues
from earwitness.languages import NAMES, code_of
from earwitness.messages import ExportOptions
from earwitness.transcript import Segment, Transcript, Word

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttm="http://www.w3.org/ns/ttml#metadata" \
xmlns:ttp="http://www.w3.org/ns/ttml#parameter" xmlns:tts="http://www.w3.org/ns/ttml#styling" \
ttp:timeBase="media" xml:lang={language}>
<head>
<metadata><ttm:title>{title}</ttm:title>{agents}</metadata>
<styling><style xml:id="s" tts:color="white" tts:textAlign="center"/></styling>
<layout><region xml:id="r" tts:origin="10% 80%" tts:extent="80% 15%" tts:displayAlign="after"/>
</layout>
</head>
<body><div>
"""
_TAIL = "</div></body>\n</tt>\n"
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CLOCK = re.compile(r"(\d{1,9}):(\d{1,2}):(\d{1,2})(?:(\.\d{1,9})|:(\d{1,6})(?:\.\d+)?)?")
_OFFSET = re.compile(r"(\d{1,15}(?:\.\d{1,9})?)(h|m|s|ms|f|t)")
_UNITS_S = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}


def xml_text(text: str) -> str:
    """Return the text escaped for XML, without characters that XML cannot hold."""
    return escape(_NO_XML.sub("", text))


def xml_attribute(text: str) -> str:
    """Return the text as an attribute's value in its quotes."""
    return quoteattr(_NO_XML.sub("", text))


def write(transcript: Transcript, options: ExportOptions | None = None) -> str:
    """Write subtitles, each word in a span of its time."""
    made = subtitle_cues(transcript, options or ExportOptions())
    speakers = list(dict.fromkeys(cue.speaker for cue in made if cue.speaker))
    agents = "".join(
        f'<ttm:agent type="person" xml:id="a{i}"><ttm:name type="full">{xml_text(name)}</ttm:name>'
        "</ttm:agent>"
        for i, name in enumerate(speakers, 1)
    )
    head = _HEAD.format(
        language=xml_attribute(transcript.language or ""),
        title=xml_text(" ".join(transcript.name.split())),
        agents=agents,
    )
    rows = [
        f'<p begin="{clock(cue.start_s)}" end="{clock(cue.end_s)}" region="r" style="s"'
        f"{_agent(cue, speakers)}>{_body(cue)}</p>\n"
        for cue in made
    ]
    return head + "".join(rows) + _TAIL


def _agent(cue: Cue, speakers: list[str]) -> str:
    return f' ttm:agent="a{speakers.index(cue.speaker) + 1}"' if cue.speaker else ""


def _body(cue: Cue) -> str:
    text = "\n".join(cue.lines)
    parts: list[str] = []
    at = 0
    for word in cue.words:
        token = word.text.strip()
        found = text.find(token, at)
        start_s = max(0.0, valid_time_s(word.start_s) - cue.start_s)
        end_s = valid_time_s(word.end_s) - cue.start_s
        if found < 0 or end_s <= start_s:
            continue
        # The times of a span are counted from its paragraph's.
        span = f'<span begin="{start_s:.3f}s" end="{end_s:.3f}s">{_lines(token)}</span>'
        parts += [_lines(text[at:found]), span]
        at = found + len(token)
    return "".join([*parts, _lines(text[at:])])


def _lines(text: str) -> str:
    return xml_text(text).replace("\n", "<br/>")


@dataclass(slots=True)
class _Open:
    """An element that has begun: its times, and what it says."""

    name: str
    begin_s: float
    end_s: float | None
    agent: str | None


@dataclass(slots=True)
class _File:
    """What has been read so far."""

    rate: float = 30.0
    ticks: float = 1.0
    language: str | None = None
    agents: dict[str, str] = field(default_factory=dict[str, str])
    found: list[tuple[Segment, str | None]] = field(
        default_factory=list[tuple[Segment, str | None]]
    )
    open: list[_Open] = field(default_factory=list[_Open])
    text: list[str] = field(default_factory=list[str])
    words: list[Word] = field(default_factory=list[Word])
    word_from: int = 0
    agent_id: str = ""

    def start(self, name: str, given: dict[str, str]) -> None:
        parent = self.open[-1] if self.open else None
        base_s = parent.begin_s if parent else 0.0
        begin_s, end_s = self.time_s(given.get("begin")), self.time_s(given.get("end"))
        length_s = self.time_s(given.get("dur"))
        first_s = base_s + (begin_s or 0.0)
        last_s = None if end_s is None else base_s + end_s
        if length_s is not None:
            last_s = first_s + length_s if last_s is None else min(last_s, first_s + length_s)
        if last_s is None and parent:
            last_s = parent.end_s
        agent = given.get("agent", parent.agent if parent else None)
        self.open.append(_Open(name, first_s, last_s, agent))
        if name == "tt":
            self.language = given.get("lang") or None
            multiplier = [
                _number(each, 1.0) for each in given.get("frameRateMultiplier", "").split()
            ]
            factor = multiplier[0] / multiplier[1] if len(multiplier) == 2 else 1.0
            self.rate = _number(given.get("frameRate"), 30.0) * factor
            self.ticks = _number(given.get("tickRate"), 1.0)
        elif name == "agent":
            self.agent_id = given.get("id", "")
        elif name in ("p", "name"):
            self.text, self.words = [], []
        elif name == "br":
            self.text.append("\n")
        elif name == "span":
            self.word_from = len(self.text)

    def end(self, name: str) -> None:
        ended = self.open.pop()
        if name == "name" and self.agent_id:
            self.agents[self.agent_id] = " ".join("".join(self.text).split())
        elif name == "span" and ended.end_s is not None and ended.begin_s < ended.end_s:
            word = "".join(self.text[self.word_from :])
            if (
                word.strip()
                and self.open[-1].name == "p"
                and ended.begin_s >= self.open[-1].begin_s
            ):
                space = " " if "".join(self.text[: self.word_from])[-1:].isspace() else ""
                self.words.append(Word(space + word.strip(), ended.begin_s, ended.end_s))
        elif name == "p":
            self.close(ended)

    def close(self, ended: _Open) -> None:
        body = join_lines([" ".join(line.split()) for line in "".join(self.text).split("\n")])
        start_s = valid_time_s(ended.begin_s)
        end_s = start_s if ended.end_s is None else valid_time_s(ended.end_s)
        spelled = "".join("".join(word.text for word in self.words).split())
        # Spans are words only if they hold the whole text.
        words = tuple(self.words) if spelled == "".join(body.split()) else ()
        if words and ended.end_s is None:
            start_s, end_s = words[0].start_s, words[-1].end_s
        if body:
            self.found.append((Segment(start_s, max(start_s, end_s), body, words), ended.agent))
        self.text, self.words = [], []

    def characters(self, text: str) -> None:
        # Line ends of the file are spaces; `<br>` ends a line.
        self.text.append(re.sub(r"\s", " ", text))

    def time_s(self, text: str | None) -> float | None:
        """Return the seconds of a time expression, None where there is none."""
        text = (text or "").strip()
        if match := _CLOCK.fullmatch(text):
            whole = int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3])
            fraction = float(match[4]) if match[4] else int(match[5] or 0) / self.rate
            return whole + fraction
        if match := _OFFSET.fullmatch(text):
            units = _UNITS_S | {"f": 1 / self.rate, "t": 1 / self.ticks}
            return float(match[1]) * units[match[2]]
        return None


def read(text: str) -> tuple[Segment, ...]:
    """Read paragraphs with their times, speakers and words; styles are skipped.

    Raises:
        BadRequestError: the XML is damaged, or has a document type.
    """
    file = _File()
    parse_xml("TTML", text, file.start, file.end, file.characters)
    agents = file.agents
    return tuple(
        Segment(s.start_s, s.end_s, s.text, s.words, agents.get(agent or "") or None)
        for s, agent in file.found
    )


def language_of(text: str) -> str | None:
    """Return Whisper's code of the file's language, None where it is unknown."""
    match = re.search(r"""<[\w:]*tt\b[^>]*?\bxml:lang\s*=\s*["']([^"']*)""", text)
    code = code_of(match[1]) if match else ""
    return code if code in NAMES else None


def _number(text: str | None, other: float) -> float:
    try:
        value = float(text or "")
    except ValueError:
        return other
    return value if 0 < value < 1e12 else other
