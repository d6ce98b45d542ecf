"""Decode a batch of windows into segments with timed words.

Text that the model skipped is decoded as a window of its own, and hallucinations are dropped.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from earwitness.speech.activity import Span, overlap
from earwitness.speech.alignment import first_frames
from earwitness.speech.fallback import Decoded, EncodedPool, RowDecoder, decode_windows
from earwitness.speech.hallucination import is_hallucinated
from earwitness.speech.planner import Window
from earwitness.speech.prompts import Prompt, task_tokens
from earwitness.speech.protocols import AudioSource, Encoded, SpeechModel
from earwitness.speech.repetition import find_loop, keep_until_loop
from earwitness.speech.segments import Piece, split_at_timestamps
from earwitness.speech.sentences import group_words
from earwitness.speech.settings import SpeechSettings
from earwitness.speech.timing import drop_repeated_start, place_in_file
from earwitness.speech.whisper import SAMPLE_RATE_HZ, TIMESTAMP_STEP_S
from earwitness.speech.words import split_words, word_probability
from earwitness.transcript import Segment, Task, Word

MAX_FOLLOW_UPS = 4
"""Times that the rest of a window is decoded as a window of its own."""
MIN_PROGRESS_S = 1.0
"""A follow-up begins at least this long after its window."""


@dataclass(frozen=True, slots=True)
class Instructions:
    """What a run has in common for all its windows."""

    prompt: Prompt
    language: str
    task: Task
    words: bool
    fingerprint: str


@dataclass(frozen=True, slots=True)
class WindowResult:
    """The segments of one window."""

    segments: tuple[Segment, ...]
    retries: int
    temperature: float
    """The highest that a part of the window was decoded at."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A decode as pieces of text."""

    pieces: tuple[Piece, ...]
    skipped_from: int | None
    """The sample after which the model skipped speech; None: it skipped none."""


@dataclass(frozen=True, slots=True)
class WindowDecoder:
    """Decodes windows with one model and one set of instructions."""

    audio: AudioSource
    model: SpeechModel
    pool: EncodedPool
    instructions: Instructions
    settings: SpeechSettings

    async def decode(self, windows: Sequence[Window], encoded: Encoded) -> list[WindowResult]:
        """Return a result for each window; the rows of `encoded` are the windows in order.

        Raises:
            ModelError: the computation failed.
        """
        results = [WindowResult((), 0, 0.0) for _ in windows]
        owners = list(range(len(windows)))
        for follow_up in range(MAX_FOLLOW_UPS + 1):
            rests: list[Window] = []
            rest_owners: list[int] = []
            for owner, decoded in zip(owners, await self._decoded(windows, encoded), strict=True):
                parsed = self._parse(decoded)
                before = results[owner]
                segments = await self._segments(decoded, parsed, before.segments)
                results[owner] = WindowResult(
                    before.segments + segments,
                    before.retries + decoded.retries + (1 if follow_up else 0),
                    max(before.temperature, decoded.temperature),
                )
                if parsed.skipped_from is not None:
                    rests.append(await self._rest(decoded.window, parsed.skipped_from))
                    rest_owners.append(owner)
            if not rests:
                break
            windows, owners = rests, rest_owners
            encoded = await self.pool.encode(windows)
        return results

    async def _decoded(self, windows: Sequence[Window], encoded: Encoded) -> list[Decoded]:
        instructions = self.instructions
        decoder = RowDecoder(
            self.model,
            instructions.prompt,
            self.settings.decoding,
            instructions.language,
            instructions.fingerprint,
        )
        return await decode_windows(decoder, windows, encoded, self.pool)

    def _parse(self, decoded: Decoded) -> Parsed:
        """Return the pieces of a decode, without a loop's repetitions and a cut-off end."""
        if decoded.verdict == "silent":
            return Parsed((), None)
        spec, settings = self.model.spec, self.settings.decoding
        window, tokens = decoded.window, decoded.hypothesis.tokens
        loop = None
        if decoded.verdict == "needs_fallback":
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
        skipped_from = None if loop else self._skipped_from(window, tokens)
        return Parsed(tuple(pieces), skipped_from)

    def _skipped_from(self, window: Window, tokens: Sequence[int]) -> int | None:
        """Return the sample of the last timestamp, if the text ends there and speech goes on."""
        begin, settings = self.model.spec.timestamp_begin, self.settings.decoding
        if len(tokens) < 3 or tokens[-1] < begin:
            return None
        read_s = (tokens[-1] - begin) * TIMESTAMP_STEP_S
        start = window.start + round(read_s * SAMPLE_RATE_HZ)
        announced = tokens[-2] >= begin
        enough_s = settings.announced_speech_s if announced else settings.skipped_speech_s
        left_s = overlap(window.speech, start, window.stop) / SAMPLE_RATE_HZ
        return start if read_s >= MIN_PROGRESS_S and left_s > enough_s else None

    async def _rest(self, window: Window, start: int) -> Window:
        samples = await self.audio.slice(
            window.samples, start - window.start, window.stop - window.start
        )
        speech = tuple(
            Span(max(span.start, start), span.stop) for span in window.speech if span.stop > start
        )
        return Window(start, window.stop, speech, samples)

    async def _segments(
        self, decoded: Decoded, parsed: Parsed, before: Sequence[Segment]
    ) -> tuple[Segment, ...]:
        pieces = parsed.pieces
        words = await self._words(decoded, parsed) if self.instructions.words and pieces else []
        if not words:
            return self._untimed(decoded, pieces)
        if before:
            words = drop_repeated_start(before[-1].words, words)
        words = place_in_file(words, decoded.window, before[-1].end_s if before else 0.0)
        speech, text = decoded.window.speech, self.settings.text
        return tuple(
            self._segment(decoded, group[0].start_s, group[-1].end_s, group)
            for group in group_words(words, text)
            if not is_hallucinated(group, speech, text)
        )

    async def _words(self, decoded: Decoded, parsed: Parsed) -> list[Word]:
        """Return words timed from the window's start; none where the engine cannot align."""
        spec, instructions, window = self.model.spec, self.instructions, decoded.window
        pieces = parsed.pieces
        tokens = [token for piece in pieces for token in piece.tokens]
        prompt = task_tokens(spec, instructions.language, instructions.task, timestamps=False)
        matrix = await self.model.align(decoded.encoded, decoded.row, prompt, tokens)
        if matrix is None:
            return []
        read = (parsed.skipped_from or window.stop) - window.start
        frames = math.ceil(read / SAMPLE_RATE_HZ / matrix.frame_s)
        times_s = [frame * matrix.frame_s for frame in first_frames(matrix.rows, frames)]
        words: list[Word] = []
        offset = 0
        for piece in pieces:
            for word in split_words(self.model.tokenizer, piece.tokens):
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
        texts = [self.model.tokenizer.decode(piece.tokens).strip() for piece in pieces]
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
