"""One batch to segments: decode, follow up what was skipped, time words, drop inventions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from earwitness.speech.activity import Span, overlap
from earwitness.speech.alignment import first_frames
from earwitness.speech.fallback import Decoded, Ear, Shelf, decode_windows, encoded_length_s
from earwitness.speech.hallucination import is_invented
from earwitness.speech.planner import Window
from earwitness.speech.prompts import Prompt, task_tokens
from earwitness.speech.protocols import AudioSource, Encoded, SpeechModel
from earwitness.speech.repetition import find_loop, keep_until_loop
from earwitness.speech.segments import Piece, split_at_timestamps
from earwitness.speech.sentences import group_words
from earwitness.speech.settings import SpeechSettings
from earwitness.speech.timing import settle, without_echo
from earwitness.speech.whisper import SAMPLE_RATE_HZ, TIMESTAMP_STEP_S
from earwitness.speech.words import split_words, word_probability
from earwitness.transcript import Segment, Task, Word

MAX_FOLLOW_UPS = 4
"""How often the rest of a window is decoded as a window of its own."""
MIN_PROGRESS_S = 1.0
"""A follow-up must begin at least this far into its window."""


@dataclass(frozen=True, slots=True)
class Instructions:
    """What a run asks of every window."""

    prompt: Prompt
    language: str
    task: Task
    words: bool
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard in one window."""

    segments: tuple[Segment, ...]
    retries: int
    temperature: float
    """The highest that any part of the window needed."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A decode's pieces, and the sample from which its window was left unread (None: all read)."""

    pieces: tuple[Piece, ...]
    unread_from: int | None


class Listener:
    """Hears windows with one model and one set of instructions."""

    def __init__(
        self,
        audio: AudioSource,
        model: SpeechModel,
        shelf: Shelf,
        instructions: Instructions,
        settings: SpeechSettings,
    ) -> None:
        self._audio = audio
        self._model = model
        self._shelf = shelf
        self._instructions = instructions
        self._settings = settings

    async def hear(self, windows: Sequence[Window], encoded: Encoded) -> list[Heard]:
        """Segments of each window; `encoded` holds the windows in order.

        Raises:
            ModelError: the computation failed.
        """
        heard = [Heard((), 0, 0.0) for _ in windows]
        owners = list(range(len(windows)))
        for follow_up in range(MAX_FOLLOW_UPS + 1):
            rests: list[Window] = []
            rest_owners: list[int] = []
            for owner, decoded in zip(owners, await self._decode(windows, encoded), strict=True):
                reading = self._read(decoded)
                before = heard[owner]
                segments = await self._segments(decoded, reading, before.segments)
                heard[owner] = Heard(
                    before.segments + segments,
                    before.retries + decoded.retries + (1 if follow_up else 0),
                    max(before.temperature, decoded.temperature),
                )
                if reading.unread_from is not None:
                    rests.append(await self._rest(decoded.window, reading.unread_from))
                    rest_owners.append(owner)
            if not rests:
                break
            windows, owners = rests, rest_owners
            encoded = await self._shelf.encode(windows, self.length_s(windows))
        return heard

    def length_s(self, windows: Sequence[Window]) -> float:
        """To what length these windows are padded when they are encoded together."""
        margin_s = self._model.spec.margin_s
        return encoded_length_s(windows, margin_s, self._settings.windows.length_step_s)

    async def _decode(self, windows: Sequence[Window], encoded: Encoded) -> list[Decoded]:
        orders = self._instructions
        ear = Ear(
            self._model,
            orders.prompt,
            self._settings.decoding,
            orders.language,
            orders.fingerprint,
        )
        return await decode_windows(ear, windows, encoded, self._shelf)

    def _read(self, decoded: Decoded) -> Reading:
        """Pieces of a decode, without what a loop or the token limit spoilt."""
        if decoded.verdict == "silent":
            return Reading((), None)
        spec, settings = self._model.spec, self._settings.decoding
        window, tokens = decoded.window, decoded.hypothesis.tokens
        loop = None
        if decoded.verdict == "doubted":
            loop = find_loop(
                tokens, min_repeats=settings.loop_repeats, min_tokens=settings.loop_tokens
            )
        tokens = tokens[: keep_until_loop(len(tokens), loop)]
        marks = [i for i, token in enumerate(tokens) if token >= spec.timestamp_begin]
        if not decoded.hypothesis.finished and loop is None and len(marks) > 1:
            tokens = tokens[: marks[-1] + 1]
        pieces = split_at_timestamps(
            spec, tokens, decoded.hypothesis.token_log_probabilities, window.length_s
        )
        unread_from = None if loop else self._unread_from(window, tokens)
        return Reading(tuple(pieces), unread_from)

    def _unread_from(self, window: Window, tokens: Sequence[int]) -> int | None:
        """Where a text that ends in a timestamp stopped, if there is more speech after it."""
        begin, settings = self._model.spec.timestamp_begin, self._settings.decoding
        if len(tokens) < 3 or tokens[-1] < begin:
            return None
        read_s = (tokens[-1] - begin) * TIMESTAMP_STEP_S
        start = window.start + round(read_s * SAMPLE_RATE_HZ)
        announced = tokens[-2] >= begin
        enough_s = settings.announced_speech_s if announced else settings.skipped_speech_s
        left_s = overlap(window.speech, start, window.stop) / SAMPLE_RATE_HZ
        return start if read_s >= MIN_PROGRESS_S and left_s > enough_s else None

    async def _rest(self, window: Window, start: int) -> Window:
        samples = await self._audio.slice(
            window.samples, start - window.start, window.stop - window.start
        )
        speech = tuple(
            Span(max(span.start, start), span.stop) for span in window.speech if span.stop > start
        )
        return Window(start, window.stop, speech, samples)

    async def _segments(
        self, decoded: Decoded, reading: Reading, before: Sequence[Segment]
    ) -> tuple[Segment, ...]:
        pieces = reading.pieces
        words = await self._words(decoded, reading) if self._instructions.words and pieces else []
        if not words:
            return self._untimed(decoded, pieces)
        if before:
            words = without_echo(before[-1].words, words)
        words = settle(words, decoded.window, before[-1].end_s if before else 0.0)
        speech, text = decoded.window.speech, self._settings.text
        return tuple(
            self._segment(decoded, group[0].start_s, group[-1].end_s, group)
            for group in group_words(words, text)
            if not is_invented(group, speech, text)
        )

    async def _words(self, decoded: Decoded, reading: Reading) -> list[Word]:
        """Words timed from the window's start; none where the engine cannot align."""
        spec, orders, window = self._model.spec, self._instructions, decoded.window
        pieces = reading.pieces
        tokens = [token for piece in pieces for token in piece.tokens]
        prompt = task_tokens(spec, orders.language, orders.task, timestamps=False)
        matrix = await self._model.align(decoded.encoded, decoded.row, prompt, tokens)
        if matrix is None:
            return []
        read = (reading.unread_from or window.stop) - window.start
        frames = math.ceil(read / SAMPLE_RATE_HZ / matrix.frame_s)
        times_s = [frame * matrix.frame_s for frame in first_frames(matrix.rows, frames)]
        words: list[Word] = []
        offset = 0
        for piece in pieces:
            for word in split_words(self._model.tokenizer, piece.tokens, orders.language):
                words.append(
                    Word(
                        word.text,
                        times_s[offset + word.first],
                        times_s[offset + word.last],
                        word_probability(piece.log_probabilities[word.first : word.last]),
                    )
                )
            offset += len(piece.tokens)
        return words

    def _untimed(self, decoded: Decoded, pieces: Sequence[Piece]) -> tuple[Segment, ...]:
        start_s = decoded.window.start / SAMPLE_RATE_HZ
        texts = [self._model.tokenizer.decode(piece.tokens).strip() for piece in pieces]
        return tuple(
            self._segment(decoded, start_s + piece.start_s, start_s + piece.end_s, (), text)
            for piece, text in zip(pieces, texts, strict=True)
            if text
        )

    def _segment(
        self,
        decoded: Decoded,
        start_s: float,
        end_s: float,
        words: tuple[Word, ...],
        text: str = "",
    ) -> Segment:
        return Segment(
            start_s=round(start_s, 3),
            end_s=round(end_s, 3),
            text=text or "".join(word.text for word in words).strip(),
            words=words,
            temperature=decoded.temperature,
            average_log_probability=round(decoded.hypothesis.average_log_probability, 4),
            compression_ratio=round(decoded.compression_ratio, 3),
            no_speech_probability=round(decoded.hypothesis.no_speech_probability, 4),
        )
