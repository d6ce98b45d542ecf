"""One web page that holds everything: text, player and, by choice, the recording itself.

A click on a sentence plays it. The page names no address outside, and its own policy lets nothing
be loaded or executed but the one script whose hash it names; all text is escaped.
"""

from __future__ import annotations

import base64
import hashlib
import html
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo
from html.parser import HTMLParser

from earwitness.domain.clock import valid_time_s
from earwitness.formats.blocks import blocks
from earwitness.formats.cues import tidy, valid_span_s
from earwitness.formats.facts import fact_lines
from earwitness.formats.noted import HEADING, Noted, noted, pieces
from earwitness.messages import ExportOptions
from earwitness.transcript import Highlight, Segment, Transcript

_STYLE = """
:root { color-scheme: light dark; --ink-2: #566160; --line: #e2dfd7; --now: #cbe6e8;
 --accent: #0f5963 }
@media (prefers-color-scheme: dark) { :root { --ink-2: #9aa7a4; --line: #2d3436; --now: #17545d;
 --accent: #7cc9d2 } }
body { margin: 0 auto; padding: 24px; max-width: 66ch; font: 17px/28px system-ui, sans-serif }
h1 { font-size: 24px; line-height: 32px; margin: 0 }
.facts { color: var(--ink-2); font-size: 14px; margin: 0 0 8px }
.player { position: sticky; top: 0; padding: 8px 0; background: Canvas;
 border-bottom: 1px solid var(--line) }
.player audio { width: 100%; display: block }
h2 { font-size: 17px; line-height: 28px; margin: 24px 0 0 }
p { margin: 0 0 12px }
.time { font: 13px/20px system-ui, sans-serif; font-variant-numeric: tabular-nums; border: 0;
 padding: 4px 8px 4px 0; background: none; color: var(--accent); cursor: pointer }
.said { cursor: pointer; border-radius: 3px }
.said.now { background: var(--now) }
@media print { .player { display: none } body { max-width: none; padding: 0 }
 h2 { break-after: avoid } .time { color: inherit } .said.now { background: none } }
"""
_MARKS = """:root { --yellow: #fdf3c4; --green: #dcf2d6; --blue: #dcebfb;
 --pink: #fbe0e8; --purple: #eae1f7 }
@media (prefers-color-scheme: dark) { :root { --yellow: #453f1c; --green: #23422a; --blue: #223d57;
 --pink: #4f2a38; --purple: #3a2f55 } }
mark { color: inherit; text-decoration: underline 2px }
mark.yellow { background: var(--yellow) }
mark.green { background: var(--green); text-decoration-style: double }
mark.blue { background: var(--blue); text-decoration-style: dashed }
mark.pink { background: var(--pink); text-decoration-style: dotted }
mark.purple { background: var(--purple); text-decoration-thickness: 4px }
.highlights { border-top: 1px solid var(--line); margin-top: 24px }
.highlights li { margin: 0 0 12px }
.note { color: var(--ink-2); white-space: pre-line; margin: 0 }
"""
"""Only in pages with highlights."""
_SCRIPT = """
const audio = document.querySelector('audio');
const said = [...document.querySelectorAll('.said')];
const starts = said.map((each) => Number(each.dataset.start));
document.querySelector('input')?.addEventListener('change', (event) => {
  const file = event.target.files[0];
  if (file) audio.src = URL.createObjectURL(file);
});
addEventListener('click', (event) => {
  const place = event.target.closest('[data-start]');
  if (!place || !audio.src || !getSelection().isCollapsed) return;
  audio.currentTime = Number(place.dataset.start);
  audio.play();
});
let now;
audio.addEventListener('timeupdate', () => {
  let at = starts.findIndex((start) => start > audio.currentTime + 0.01);
  at = (at < 0 ? starts.length : at) - 1;
  if (said[at] === now) return;
  now?.classList.remove('now');
  now = said[at];
  now?.classList.add('now');
  now?.scrollIntoView({ block: 'nearest' });
});
"""
_MARK = "earwitness transcript"
"""Names the generator, so that the file is known when it is read."""


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _policy(style: str) -> str:
    return (
        f"default-src 'none'; script-src {_hash(_SCRIPT)}; style-src {_hash(style)};"
        " media-src data: blob:; base-uri 'none'; form-action 'none'"
    )


@dataclass(frozen=True, slots=True)
class Audio:
    """A recording to put into the page."""

    media_type: str
    data: bytes


def write(
    transcript: Transcript,
    options: ExportOptions | None = None,
    zone: tzinfo | None = UTC,
    audio: Audio | None = None,
) -> str:
    """Return the page; without a recording the reader can choose its file.

    The day of the recording is that of a time zone; None: this process's zone.
    """
    before, after = halves(transcript, options or ExportOptions(), zone, has_audio=bool(audio))
    if audio is None:
        return before + after
    kind = html.escape(audio.media_type or "application/octet-stream")
    return f"{before}data:{kind};base64,{base64.b64encode(audio.data).decode()}{after}"


def halves(
    transcript: Transcript, options: ExportOptions, zone: tzinfo | None, *, has_audio: bool
) -> tuple[str, str]:
    """Return the page in two parts: the recording as a `data:` address stands between them.

    So a caller can write a long recording without holding it in memory.
    """
    title = _escape(tidy(transcript.name))
    listed = noted(transcript, options, usual=True)
    style = f"{_STYLE}{_MARKS}" if listed else _STYLE
    language = html.escape(transcript.language or "")
    facts = "".join(
        f'<p class="facts">{_escape(line)}</p>\n' for line in fact_lines(transcript, zone)
    )
    head = (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_policy(style)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="generator" content="{_MARK}">\n'
        f"<title>{title}</title>\n<style>{style}</style>\n</head>\n<body>\n<header>\n"
        f'<h1 dir="auto">{title}</h1>\n{facts}</header>\n<div class="player">'
    )
    body = "" if options.highlights_only else _body(transcript, options, marked=bool(listed))
    body += _list(listed)
    tail = f"<main>\n{body}</main>\n<script>{_SCRIPT}</script>\n</body>\n</html>\n"
    if has_audio:
        return f'{head}<audio controls preload="metadata" src="', f'"></audio></div>\n{tail}'
    choice = '<label>Recording: <input type="file" accept="audio/*,video/*"></label>'
    return f"{head}{choice}<audio controls></audio></div>\n{tail}", ""


def _body(transcript: Transcript, options: ExportOptions, *, marked: bool) -> str:
    highlights = transcript.highlights if marked else ()
    parts: list[str] = []
    speaker: str | None = None
    for block in blocks(transcript, options, speakers=True, times=True, paragraphs=True):
        if block.speaker and block.speaker != speaker:
            parts.append(f'<h2 dir="auto">{_escape(block.speaker)}</h2>\n')
        speaker = block.speaker
        time = ""
        if block.time:
            start = f"{block.start_s:.3f}"
            time = f'<button class="time" data-start="{start}">{block.time}</button>'
        said = " ".join(_said(segment, highlights) for segment in block.segments)
        parts.append(f'<p dir="auto">{time}{said}</p>\n')
    return "".join(parts)


def _list(highlights: list[Noted]) -> str:
    if not highlights:
        return ""
    items = "".join(map(_item, highlights))
    return f'<section class="highlights"><h3>{HEADING}</h3>\n<ul>\n{items}</ul></section>\n'


def _item(highlight: Noted) -> str:
    start = f"{valid_time_s(highlight.start_s):.3f}"
    time = f'<button class="time" data-start="{start}">{highlight.time}</button>'
    speaker = f"<b>{_escape(highlight.speaker)}:</b> " if highlight.speaker else ""
    label = f" ({_escape(highlight.label)})" if highlight.label else ""
    text = f'<mark class="{highlight.colour}">{_escape(highlight.text)}</mark>'
    note = f'<p class="note" dir="auto">{_escape(highlight.note)}</p>' if highlight.note else ""
    return f'<li dir="auto">{time}{speaker}{text}{label}{note}</li>\n'


def _said(segment: Segment, highlights: tuple[Highlight, ...]) -> str:
    segment = replace(segment, text=tidy(segment.text))
    text = _escape(segment.text)
    if highlights:
        text = "".join(
            _escape(piece) if index < 0 else _mark(piece, highlights[index])
            for piece, index in pieces(segment, highlights)
        )
    start_s, end_s = valid_span_s(segment)
    return f'<span class="said" data-start="{start_s:.3f}" data-end="{end_s:.3f}">{text}</span>'


def _mark(text: str, highlight: Highlight) -> str:
    about = ": ".join(each for each in (highlight.label, highlight.note) if each)
    title = f' title="{_escape(about)}"' if about else ""
    return f'<mark class="{highlight.colour}"{title}>{_escape(text)}</mark>'


def _escape(text: str) -> str:
    return html.escape(text.encode("utf-8", "replace").decode())


def is_ours(text: str) -> bool:
    """Return whether this is a page that `write` made."""
    return f'content="{_MARK}"' in text[:4000]


def read(text: str) -> tuple[Segment, ...]:
    """Read the sentences of a page of ours; nothing in it is executed."""
    if not is_ours(text):
        return ()
    page = _Page()
    page.feed(text)
    page.close()
    return tuple(page.found)


@dataclass
class _Page(HTMLParser):
    """What has been read of a page so far."""

    found: list[Segment] = field(default_factory=list[Segment])
    speaker: str | None = None
    span: tuple[float, float] | None = None
    text: list[str] = field(default_factory=list[str])

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "span" and given.get("class") == "said":
            start_s = _time_s(given.get("data-start"))
            self.span = (start_s, max(start_s, _time_s(given.get("data-end"))))
        if tag in ("h2", "span"):
            self.text = []

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def handle_endtag(self, tag: str) -> None:
        text = " ".join("".join(self.text).split())
        if tag == "h2":
            self.speaker = text or None
        elif tag == "span" and self.span is not None:
            if text:
                self.found.append(Segment(*self.span, text, speaker=self.speaker))
            self.span = None


def _time_s(text: str | None) -> float:
    try:
        return valid_time_s(float(text or 0))
    except ValueError:
        return 0.0
