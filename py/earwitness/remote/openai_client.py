"""A server that speaks OpenAI's API: one request, one answer, as Whisper's `verbose_json`."""

from __future__ import annotations

import asyncio
import dataclasses
from typing import Any

from earwitness.errors import ServerError
from earwitness.languages import code_of
from earwitness.messages import TranscribeOptions
from earwitness.remote.address import origin_of
from earwitness.remote.http import Answer, AudioPart, Question, Wire, bearer, checked
from earwitness.transcript import Segment, Transcript, Word

DEFAULT_MODEL = "whisper-1"
_TIMED = ("response_format", "timestamp_granularities[]", "timestamp_granularities")
_MARKS = ".,;:!?…)]}»”’%"


class OpenAiApi:
    """One server, one key."""

    def __init__(self, wire: Wire, base: str, key: str) -> None:
        self._wire = wire
        self._base = base
        self._headers = bearer(key)

    async def transcribe(
        self, audio: AudioPart, options: TranscribeOptions, model: str
    ) -> Transcript:
        """Send a recording whole and wait for its words. The id and name are the caller's to give.

        Raises:
            ServerError: refused (`ServerAwayError`: nobody answers, or too busy).
        """
        model = model or DEFAULT_MODEL
        what = "translations" if options.task == "translate" else "transcriptions"
        fields = [("model", model), ("response_format", "verbose_json")]
        if what == "transcriptions":
            fields += [("timestamp_granularities[]", "segment")]
            fields += [("timestamp_granularities[]", "word")] if options.words else []
            fields += [("language", options.language)] if options.language != "auto" else []
        if options.prompt:
            fields += [("prompt", options.prompt)]
        url = f"{self._base}/audio/{what}"
        question = Question("POST", url, self._headers, audio=audio, fields=tuple(fields))
        answer = await self._wire.ask(question)
        if answer.status == 400 and any(name in answer.text for name in _TIMED):
            # Some models have no times to tell: better one long sentence than none.
            plain = [("response_format", "json")]
            plain += [(name, value) for name, value in fields if name not in _TIMED]
            answer = await self._wire.ask(dataclasses.replace(question, fields=tuple(plain)))
        checked(answer, url)
        # A long answer takes its time to read: let the rest of the library breathe before.
        await asyncio.sleep(0)
        return _transcript(answer, url, model, options)

    async def models(self) -> tuple[str, ...]:
        """What it offers.

        Raises:
            ServerError: it does not speak this API, or refuses the key.
        """
        url = f"{self._base}/models"
        body = checked(await self._wire.ask(Question("GET", url, self._headers)), url).json(url)
        return tuple(str(each.get("id", "")) for each in body.get("data", []))


def _transcript(answer: Answer, url: str, model: str, options: TranscribeOptions) -> Transcript:
    body: dict[str, Any] = answer.json(url)
    try:
        words = [_word(each) for each in body.get("words") or ()]
        heard = [_segment(each) for each in body.get("segments") or ()]
        used: dict[str, Any] = body.get("usage") or {}
        told_s = body.get("duration") or used.get("seconds")
        duration_s = float(told_s or (heard[-1].end_s if heard else 0.0))
        if not heard and str(body.get("text", "")).strip():
            heard = [Segment(0.0, duration_s, str(body["text"]))]
    except (TypeError, ValueError, LookupError, AttributeError) as error:
        raise ServerError(
            f"{origin_of(url)} answered in a form that this page does not know.",
            hint="It should be verbose_json of OpenAI's API.",
            detail=repr(error),
        ) from error
    named = str(body.get("language") or "").lower()
    language = code_of(named) if options.language == "auto" else options.language
    return Transcript(
        id="",
        name="",
        created_at="",
        duration_s=duration_s,
        model=model,
        task=options.task,
        language=language or None,
        segments=tuple(_with_words(heard, words)),
    )


def _word(body: dict[str, Any]) -> Word:
    return Word(str(body["word"]), float(body["start"]), float(body["end"]))


def _segment(body: dict[str, Any]) -> Segment:
    return Segment(
        start_s=float(body["start"]),
        end_s=float(body["end"]),
        text=str(body["text"]),
        temperature=float(body.get("temperature") or 0.0),
        average_log_probability=body.get("avg_logprob"),
        compression_ratio=body.get("compression_ratio"),
        no_speech_probability=body.get("no_speech_prob"),
    )


def _with_words(segments: list[Segment], words: list[Word]) -> list[Segment]:
    """Each word into the segment whose text it stands in, with the spaces it has there."""
    filled: list[Segment] = []
    at = 0
    for segment in segments:
        own: list[Word] = []
        place = 0
        while at < len(words):
            bare = words[at].text.strip()
            found = segment.text.find(bare, place)
            if found < 0 or words[at].start_s >= segment.end_s + 1.0:
                break
            gap, place = segment.text[place:found], found + len(bare)
            # A mark belongs to the word before it, a space to the one after.
            marks = gap[: len(gap) - len(gap.lstrip(_MARKS))] if own else ""
            _end_with(own, marks)
            own.append(dataclasses.replace(words[at], text=gap[len(marks) :] + bare))
            at += 1
        _end_with(own, segment.text[place:])
        filled.append(dataclasses.replace(segment, words=tuple(own)))
    return filled


def _end_with(words: list[Word], text: str) -> None:
    if words and text:
        words[-1] = dataclasses.replace(words[-1], text=words[-1].text + text)
