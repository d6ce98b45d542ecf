"""The client of a server with OpenAI's API: one request, answered as `verbose_json`."""

from __future__ import annotations

import asyncio
import dataclasses
from typing import Any

from earwitness.errors import ServerError
from earwitness.languages import code_of
from earwitness.messages import TranscribeOptions
from earwitness.remote import http
from earwitness.remote.address import origin_of
from earwitness.transcript import Segment, Transcript, Word

DEFAULT_MODEL = "whisper-1"
_TIME_FIELDS = ("response_format", "timestamp_granularities[]", "timestamp_granularities")
_CLOSING_MARKS = ".,;:!?…)]}»”’%"


class OpenAiClient(http.ServerClient):
    """One server and one key."""

    async def transcribe(
        self, audio: http.AudioPart, options: TranscribeOptions, model: str
    ) -> Transcript:
        """Send a whole recording and return its transcript, with empty id, name and date.

        Raises:
            ServerError: the server refused, or (`ServerAwayError`) it does not answer or is busy.
        """
        model = model or DEFAULT_MODEL
        route = "translations" if options.task == "translate" else "transcriptions"
        fields = [("model", model), ("response_format", "verbose_json")]
        if route == "transcriptions":
            fields += [("timestamp_granularities[]", "segment")]
            fields += [("timestamp_granularities[]", "word")] if options.words else []
            fields += [("language", options.language)] if options.language != "auto" else []
        # Only our own API has terms; any server can be told of them in its prompt.
        prompt = ", ".join(filter(None, (options.prompt, *options.terms)))
        if prompt:
            fields += [("prompt", prompt)]
        url = f"{self._base}/audio/{route}"
        request = http.Request("POST", url, self._headers, audio=audio, fields=tuple(fields))
        response = await self._http.send(request)
        if response.status == 400 and any(name in response.text for name in _TIME_FIELDS):
            # Some models give no times: one long segment is better than none.
            plain = [("response_format", "json")]
            plain += [(name, value) for name, value in fields if name not in _TIME_FIELDS]
            response = await self._http.send(dataclasses.replace(request, fields=tuple(plain)))
        http.require_success(response, url)
        # Reading a long answer takes time: let the rest of the library run before.
        await asyncio.sleep(0)
        return _transcript(response.json(url), url, model, options)

    async def models(self) -> tuple[str, ...]:
        """Return the names of its models.

        Raises:
            ServerError: it does not have this API, or refuses the key.
        """
        url = f"{self._base}/models"
        response = await self._http.send(http.Request("GET", url, self._headers))
        body = http.require_success(response, url).json(url)
        return tuple(str(each.get("id", "")) for each in body.get("data", []))


def _transcript(body: Any, url: str, model: str, options: TranscribeOptions) -> Transcript:
    try:
        words = [_word(each) for each in body.get("words") or ()]
        segments = [_segment(each) for each in body.get("segments") or ()]
        usage: dict[str, Any] = body.get("usage") or {}
        given_s = body.get("duration") or usage.get("seconds")
        duration_s = float(given_s or (segments[-1].end_s if segments else 0.0))
        if not segments and str(body.get("text", "")).strip():
            segments = [Segment(0.0, duration_s, str(body["text"]))]
    except (TypeError, ValueError, LookupError, AttributeError) as error:
        raise ServerError(
            f"{origin_of(url)} answered in an unknown format.",
            hint="The server must answer with verbose_json of OpenAI's API.",
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
        segments=tuple(_with_words(segments, words)),
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
    """Return the segments with the words in their text, each word with its spaces and marks."""
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
            # A mark belongs to the word before the gap, a space to the word after it.
            marks = gap[: len(gap) - len(gap.lstrip(_CLOSING_MARKS))] if own else ""
            _end_with(own, marks)
            own.append(dataclasses.replace(words[at], text=gap[len(marks) :] + bare))
            at += 1
        _end_with(own, segment.text[place:])
        filled.append(dataclasses.replace(segment, words=tuple(own)))
    return filled


def _end_with(words: list[Word], text: str) -> None:
    if words and text:
        words[-1] = dataclasses.replace(words[-1], text=words[-1].text + text)
