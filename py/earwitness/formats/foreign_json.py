"""JSON of other programs and services: one table of their layouts, and a reader for each.

OpenAI (verbose and diarized), whisper, faster-whisper, WhisperX, whisper.cpp, AWS Transcribe,
Google Speech-to-Text, Deepgram, AssemblyAI and YouTube.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, cast

from earwitness.domain.clock import parse_clock, valid_time_s
from earwitness.domain.scripts import join_texts
from earwitness.languages import NAMES, code_of
from earwitness.transcript import Segment, Word

Plain = Any
"""JSON's values."""
_PAUSE_S = 1.5
"""A list of words without sentences is cut at a pause of this length …"""
_WORDS_MAX = 40
"""… and after this many words."""
_ENDS = (".", "?", "!", "…", "。", "？", "！", "؟", "।")


@dataclass(frozen=True, slots=True)
class Found:
    """What a file holds."""

    segments: tuple[Segment, ...]
    language: str | None = None


def read(data: Plain) -> Found | None:
    """Return what the data holds, None where no layout fits.

    Raises:
        KeyError, TypeError, ValueError, AttributeError, IndexError: a part lacks something.
    """
    if isinstance(data, list):
        rows = cast("list[Plain]", data)
        return _whisper({"segments": rows}) if rows and isinstance(rows[0], dict) else None
    for fits, reader in _LAYOUTS:
        if fits(data):
            return reader(data)
    return None


def language(name: Plain) -> str | None:
    """Return Whisper's code of a language's name or tag, None where it is unknown."""
    code = code_of(name) if isinstance(name, str) else ""
    return code if code in NAMES else None


def _whisper(data: Plain) -> Found:
    rows = [_whisper_segment(row) for row in data["segments"]]
    loose = data.get("words") or data.get("word_segments")
    if loose and not any(segment.words for segment in rows):
        rows = _with_words(rows, [word for each in loose if (word := _word(each)) is not None])
    return Found(tuple(rows), language(data.get("language")))


def _whisper_segment(row: Plain) -> Segment:
    start_s, end_s = _span_s(row["start"], row["end"])
    words = tuple(word for each in row.get("words") or () if (word := _word(each)) is not None)
    speaker = row.get("speaker")
    return Segment(
        start_s,
        end_s,
        str(row["text"]),
        words,
        None if speaker is None else str(speaker),
        average_log_probability=_optional(row.get("avg_logprob")),
        compression_ratio=_optional(row.get("compression_ratio")),
        no_speech_probability=_optional(row.get("no_speech_prob")),
    )


def _word(row: Plain) -> Word | None:
    """Return a word, None where it has no time (WhisperX leaves numbers without)."""
    if row.get("start") is None or row.get("end") is None:
        return None
    start_s, end_s = _span_s(row["start"], row["end"])
    score = row.get("probability", row.get("score"))
    return Word(str(row["word"]), start_s, end_s, _optional(score))


def _with_words(segments: list[Segment], words: list[Word]) -> list[Segment]:
    """Return the segments, each with the words that begin in it."""
    starts = [segment.start_s for segment in segments]
    own: list[list[Word]] = [[] for _ in segments]
    for word in words:
        at = bisect_right(starts, (word.start_s + word.end_s) / 2) - 1
        if at >= 0:
            space = "" if word.text[:1].isspace() or not own[at] else " "
            own[at].append(Word(space + word.text, word.start_s, word.end_s, word.probability))
    return [
        Segment(s.start_s, s.end_s, s.text, tuple(mine), s.speaker)
        for s, mine in zip(segments, own, strict=True)
    ]


def _whisper_cpp(data: Plain) -> Found:
    found: list[Segment] = []
    for row in data["transcription"]:
        offsets: Plain = row.get("offsets")
        if offsets:
            start_s, end_s = _span_s(offsets["from"] / 1000, offsets["to"] / 1000)
        else:
            start_s, end_s = _span_s(
                *(parse_clock(str(row["timestamps"][k])) for k in ("from", "to"))
            )
        speaker = row.get("speaker")
        name = None if speaker in (None, "", "?") else str(speaker)
        found.append(Segment(start_s, end_s, str(row["text"]), speaker=name))
    result: Plain = data.get("result")
    return Found(tuple(found), language(result["language"] if result else None))


def _aws(data: Plain) -> Found:
    results = data["results"]
    words: list[tuple[Word, str | None]] = []
    for item in results["items"]:
        best = item["alternatives"][0]
        text = str(best["content"])
        if item.get("type") == "punctuation" and words:
            last, speaker = words[-1]
            words[-1] = (replace(last, text=last.text + text), speaker)
        elif "start_time" in item:
            start_s, end_s = _span_s(item["start_time"], item["end_time"])
            word = Word(f" {text}", start_s, end_s, _optional(best.get("confidence")))
            words.append((word, _speaker(item.get("speaker_label"))))
    return Found(_sentences(words), language(results.get("language_code")))


def _google(data: Plain) -> Found:
    results = [row for row in _google_results(data) if row.get("alternatives")]
    bests = [row["alternatives"][0] for row in results]
    tagged = bests[-1].get("words", ()) if bests else ()
    code = language(next((row["languageCode"] for row in results if "languageCode" in row), None))
    # With speakers, the last result repeats all words, each with its speaker.
    if len(bests) > 1 and tagged and not bests[-1].get("transcript"):
        return Found(_sentences([_google_word(word) for word in tagged]), code)
    found: list[Segment] = []
    at_s = 0.0
    for row, best in zip(results, bests, strict=True):
        words = [_google_word(word) for word in best.get("words") or ()]
        if words:
            found += _sentences(words)
            at_s = words[-1][0].end_s
        elif best.get("transcript"):
            end = row.get("resultEndTime", row.get("resultEndOffset", at_s))
            start_s, end_s = _span_s(at_s, _google_s(end))
            found.append(Segment(start_s, end_s, str(best["transcript"])))
            at_s = end_s
    return Found(tuple(found), code)


def _google_results(data: Plain) -> list[Plain]:
    if "response" in data:
        data = data["response"]
    return cast("list[Plain]", data["results"])


def _google_word(row: Plain) -> tuple[Word, str | None]:
    start = row.get("startTime", row.get("startOffset", "0s"))
    end = row.get("endTime", row.get("endOffset", "0s"))
    start_s, end_s = _span_s(_google_s(start), _google_s(end))
    tag = row.get("speakerLabel") or row.get("speakerTag")
    word = Word(f" {row['word']}", start_s, end_s, _optional(row.get("confidence")))
    return word, f"Speaker {tag}" if tag else None


def _google_s(value: Plain) -> float:
    if isinstance(value, dict):
        parts = cast("dict[str, Plain]", value)
        return float(parts.get("seconds", 0)) + float(parts.get("nanos", 0)) / 1e9
    return float(str(value).removesuffix("s"))


def _deepgram(data: Plain) -> Found:
    results = data["results"]
    if results.get("utterances"):
        spoken = results["utterances"]
        return Found(tuple(_deepgram_segment(row) for row in spoken), _deepgram_language(results))
    words: list[tuple[Word, str | None]] = []
    for channel in results["channels"]:
        for row in channel["alternatives"][0].get("words") or ():
            words.append((_deepgram_word(row), _speaker(row.get("speaker"))))
    words.sort(key=lambda each: each[0].start_s)
    return Found(_sentences(words), _deepgram_language(results))


def _deepgram_segment(row: Plain) -> Segment:
    start_s, end_s = _span_s(row["start"], row["end"])
    words = tuple(_deepgram_word(word) for word in row.get("words") or ())
    return Segment(start_s, end_s, str(row["transcript"]), words, _speaker(row.get("speaker")))


def _deepgram_word(row: Plain) -> Word:
    start_s, end_s = _span_s(row["start"], row["end"])
    text = str(row.get("punctuated_word", row["word"]))
    return Word(f" {text}", start_s, end_s, _optional(row.get("confidence")))


def _deepgram_language(results: Plain) -> str | None:
    return language(next((c["detected_language"] for c in results.get("channels") or ()
                          if "detected_language" in c), None))  # fmt: skip


def _assembly(data: Plain) -> Found:
    code = language(data.get("language_code"))
    spoken = data.get("utterances")
    if spoken:
        found: list[Segment] = []
        for row in spoken:
            words = [_assembly_word(word) for word in row.get("words") or ()]
            if words:
                found += _sentences(words)
            else:
                start_s, end_s = _span_s(row["start"] / 1000, row["end"] / 1000)
                speaker = _speaker(row.get("speaker"))
                found.append(Segment(start_s, end_s, str(row["text"]), speaker=speaker))
        return Found(tuple(found), code)
    return Found(_sentences([_assembly_word(word) for word in data["words"]]), code)


def _assembly_word(row: Plain) -> tuple[Word, str | None]:
    start_s, end_s = _span_s(row["start"] / 1000, row["end"] / 1000)
    word = Word(f" {row['text']}", start_s, end_s, _optional(row.get("confidence")))
    return word, _speaker(row.get("speaker"))


def _youtube(data: Plain) -> Found:
    found: list[Segment] = []
    for event in data["events"]:
        text = "".join(str(piece.get("utf8", "")) for piece in event.get("segs") or ())
        if text.strip():
            start_s = float(event["tStartMs"]) / 1000
            start_s, end_s = _span_s(start_s, start_s + float(event.get("dDurationMs", 0)) / 1000)
            found.append(Segment(start_s, end_s, " ".join(text.split())))
    return Found(tuple(found))


_LAYOUTS: tuple[tuple[Callable[[Plain], bool], Callable[[Plain], Found]], ...] = (
    (lambda data: isinstance(data.get("segments"), list), _whisper),
    (lambda data: isinstance(data.get("transcription"), list), _whisper_cpp),
    (lambda data: isinstance(data.get("events"), list), _youtube),
    (lambda data: _has(data.get("results"), "items"), _aws),
    (lambda data: _has(data.get("results"), "channels"), _deepgram),
    (lambda data: _is_google(data), _google),
    (lambda data: isinstance(data.get("words"), list) and _is_assembly(data["words"]), _assembly),
    (lambda data: isinstance(data.get("utterances"), list), _assembly),
)


def _has(data: Plain, key: str) -> bool:
    return isinstance(data, dict) and isinstance(cast("dict[str, Plain]", data).get(key), list)


def _is_google(data: Plain) -> bool:
    inner = data.get("response", data)
    return isinstance(inner, dict) and _has(inner, "results")


def _is_assembly(words: list[Plain]) -> bool:
    return bool(words) and isinstance(words[0], dict) and "text" in words[0]


def _sentences(words: list[tuple[Word, str | None]]) -> tuple[Segment, ...]:
    """Return segments of words: cut at sentences' ends, pauses, other speakers, and in the end."""
    return tuple(_segment(run) for run in _runs(words))


def _runs(words: list[tuple[Word, str | None]]) -> Iterator[list[tuple[Word, str | None]]]:
    run: list[tuple[Word, str | None]] = []
    for word, speaker in words:
        if run:
            last, other = run[-1]
            ended = last.text.rstrip().endswith(_ENDS) or len(run) >= _WORDS_MAX
            if ended or other != speaker or word.start_s - last.end_s >= _PAUSE_S:
                yield run
                run = []
        run.append((word, speaker))
    if run:
        yield run


def _segment(run: list[tuple[Word, str | None]]) -> Segment:
    words = tuple(word for word, _ in run)
    start_s, end_s = words[0].start_s, max(words[0].start_s, words[-1].end_s)
    return Segment(start_s, end_s, join_texts(word.text for word in words), words, run[0][1])


def _speaker(label: Plain) -> str | None:
    if label is None or label == "":
        return None
    text = str(label)
    number = text.removeprefix("spk_").removeprefix("SPEAKER_")
    # Services count from 0.
    return f"Speaker {int(number) + 1}" if number.isdigit() and len(number) < 6 else text


def _span_s(start: Plain, end: Plain) -> tuple[float, float]:
    start_s = valid_time_s(float(start))
    return start_s, max(start_s, valid_time_s(float(end)))


def _optional(value: Plain) -> float | None:
    return None if value is None else float(value)
