"""Transcripts as other programs write them: the programs themselves do it, in their own formats."""

from __future__ import annotations

import dataclasses
import io
import json
from collections.abc import Callable, Sequence

import av
import docx
import pysubs2
import webvtt
from av.subtitles.codeccontext import SubtitleCodecContext
from faster_whisper.transcribe import Segment as HeardSegment

Cue = tuple[int, int, str]
"""Start and end in milliseconds, and the text."""


@dataclasses.dataclass(frozen=True)
class Form:
    """A format as one program writes it."""

    program: str
    extension: str
    write: Callable[[Sequence[Cue]], bytes]
    has_ends: bool = True
    """Whether cues keep their ends."""
    step_ms: int = 10
    """How exact its times are."""


def _pysubs2(format: str, encoding: str = "utf-8", fps: float | None = None) -> Form:
    def write(cues: Sequence[Cue]) -> bytes:
        file = pysubs2.SSAFile()
        file.events = [pysubs2.SSAEvent(start, end, text=text) for start, end, text in cues]
        return file.to_string(format, fps=fps).encode(encoding)

    extension = {"microdvd": "sub"}.get(format, format)
    return Form("pysubs2", extension, write, step_ms=42 if fps else 10)


def _webvtt(cues: Sequence[Cue]) -> webvtt.WebVTT:
    file = webvtt.WebVTT()
    for start, end, text in cues:
        file.captions.append(webvtt.Caption(_clock(start), _clock(end), text))
    return file


def _as_vtt(cues: Sequence[Cue]) -> bytes:
    return _webvtt(cues).content.encode()


def _as_srt(cues: Sequence[Cue]) -> bytes:
    out = io.StringIO()
    _webvtt(cues).write(out, format="srt")
    return out.getvalue().replace("\n", "\r\n").encode()


def _ffmpeg(format: str, codec: str, extension: str, *, has_ends: bool = True) -> Form:
    def write(cues: Sequence[Cue]) -> bytes:
        out = io.BytesIO()
        with (
            av.open(io.BytesIO(_as_srt(cues)), "r", format="srt") as source,
            av.open(out, "w", format=format) as target,
        ):
            read = source.streams.subtitles[0]
            written = target.add_stream(codec)
            decoder, encoder = read.codec_context, written.codec_context
            assert isinstance(decoder, SubtitleCodecContext)
            assert isinstance(encoder, SubtitleCodecContext)
            decoder.open(strict=False)
            encoder.subtitle_header = decoder.subtitle_header
            for packet in source.demux(read):
                if subtitle := decoder.decode2(packet):
                    made = encoder.encode_subtitle(subtitle)
                    made.pts = made.dts = packet.pts
                    made.duration, made.time_base = packet.duration, packet.time_base
                    made.stream = written
                    target.mux(made)
        return out.getvalue()

    return Form("ffmpeg", extension, write, has_ends)


def _word(cues: Sequence[Cue]) -> bytes:
    document = docx.Document()
    for start, _, text in cues:
        document.add_paragraph(f"{_clock(start)} {text}")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _whisper(cues: Sequence[Cue]) -> bytes:
    heard = [
        HeardSegment(
            number, 0, start / 1000, end / 1000, f" {text}", [], -0.2, 1.2, 0.01, None, 0.0
        )
        for number, (start, end, text) in enumerate(cues)
    ]
    return json.dumps({"segments": [dataclasses.asdict(each) for each in heard]}).encode()


def _clock(ms: int) -> str:
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}.{ms % 1000:03}"


FORMS = (
    _pysubs2("srt", "utf-16"),
    _pysubs2("vtt", "utf-8-sig"),
    _pysubs2("ass"),
    _pysubs2("ssa"),
    _pysubs2("microdvd", fps=25),
    Form("webvtt-py", "vtt", _as_vtt),
    Form("webvtt-py", "srt", _as_srt),
    _ffmpeg("srt", "subrip", "srt"),
    _ffmpeg("ass", "ass", "ass"),
    _ffmpeg("webvtt", "webvtt", "vtt"),
    _ffmpeg("ttml", "ttml", "ttml"),
    _ffmpeg("lrc", "text", "lrc", has_ends=False),
    Form("python-docx", "docx", _word, has_ends=False),
    Form("faster-whisper", "json", _whisper),
)
