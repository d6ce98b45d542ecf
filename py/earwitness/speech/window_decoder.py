"""Decode a batch of windows into segments with timed words.

Text that the model skipped is decoded as a window of its own, a window that repeats itself in
parts, and hallucinations are dropped.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from earwitness.speech.activity import Span
from earwitness.speech.alignment import first_frames
from earwitness.speech.alternatives import word_alternatives
from earwitness.speech.fallback import Decoded, EncodedPool, RowDecoder, decode_windows
from earwitness.speech.hallucination import is_hallucinated
from earwitness.speech.partial_text import PartialTexts
from earwitness.speech.parts import find_skipped, take_part
from earwitness.speech.planner import Window
from earwitness.speech.prompts import Prompt, task_tokens
from earwitness.speech.protocols import AudioSource, Encoded, SpeechModel
from earwitness.speech.repeated_words import drop_repeated_start, drop_unheard_repeats
from earwitness.speech.repetition import find_loop, keep_until_loop, letter_count
from earwitness.speech.segments import Piece, split_at_timestamps
from earwitness.speech.sentences import group_words
from earwitness.speech.settings import SpeechSettings
from earwitness.speech.term_rescoring import TermRescorer
from earwitness.speech.terms import Term
from earwitness.speech.timing import place_in_file
from earwitness.speech.whisper import SAMPLE_RATE_HZ
from earwitness.speech.words import TokenWord, split_words, word_probability
from earwitness.transcript import Segment, Task, Word, speaker_of

MAX_FOLLOW_UPS = 4
"""Times that the rest of a window is decoded as a window of its own."""


@dataclass(frozen=True, slots=True)
class Instructions:
    """What a run has in common for all its windows."""

    prompt: Prompt
    language: str
    task: Task
    words: bool
    fingerprint: str
    followed: bool = False
    """Whether languages are followed: then each segment tells its own."""
    terms: tuple[Term, ...] = ()
    """Names and terms to write where they are said."""


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


@dataclass
class _Piece:
    """A window, or what is left of it, and its text."""

    window: Window
    before: Segment | None = None
    """The segment inside which the piece begins; None: it begins in silence."""
    follow_up: int = 0
    """How many pieces of the same window it continues."""
    retries: int = 0
    done: bool = False
    temperature: float = 0.0
    segments: tuple[Segment, ...] = ()
    following: list[_Piece] = field(default_factory=list["_Piece"])
    """Pieces that are decoded next: the parts, or the rest."""

    @property
    def result(self) -> WindowResult:
        return WindowResult(self.segments, self.retries, self.temperature)

    def unfolded(self) -> list[_Piece]:
        """Return the piece and what follows it; from then on these are pieces by themselves."""
        following, self.following = self.following, []
        return [self, *following]


def join_results(results: Sequence[WindowResult]) -> WindowResult:
    """Return the results of the parts of a window as one."""
    return WindowResult(
        tuple(segment for each in results for segment in each.segments),
        sum(each.retries for each in results),
        max(each.temperature for each in results),
    )


@dataclass(frozen=True, slots=True)
class WindowDecoder:
    """Decodes windows with one model and one set of instructions."""

    audio: AudioSource
    model: SpeechModel
    pool: EncodedPool
    instructions: Instructions
    settings: SpeechSettings
    partial: PartialTexts | None = None

    async def decode(
        self, windows: Sequence[Window], encoded: Encoded, rows: Sequence[int]
    ) -> list[WindowResult]:
        """Return a result for each window; `rows`: where each window is in `encoded`.

        Raises:
            ModelError: the computation failed.
        """
        found = [_Piece(window) for window in windows]
        pieces = [[piece] for piece in found]
        while found:
            for piece, decoded in zip(
                found, await self._decoded(windows, encoded, rows), strict=True
            ):
                await self._take(piece, decoded)
            pieces = [[each for piece in row for each in piece.unfolded()] for row in pieces]
            found = [piece for row in pieces for piece in row if not piece.done]
            windows = [piece.window for piece in found]
            if found:
                encoded, rows = await self.pool.encode(windows), range(len(windows))
        return [join_results([piece.result for piece in row]) for row in pieces]

    async def _take(self, piece: _Piece, decoded: Decoded) -> None:
        """Finish a piece with its decode, or divide it."""
        window = decoded.window
        piece.done = True
        piece.retries += decoded.retries
        if decoded.parts:
            piece.following = [
                _Piece(await take_part(self.audio, window, part, divided=True), retries=1)
                for part in decoded.parts
            ]
            return
        decoded = await self._with_terms(decoded)
        parsed = self._parse(decoded)
        piece.segments = await self._segments(decoded, parsed, piece.before)
        piece.temperature = decoded.temperature
        if parsed.skipped_from is not None and piece.follow_up < MAX_FOLLOW_UPS:
            rest = Span(parsed.skipped_from, window.stop)
            before = piece.segments[-1] if piece.segments else piece.before
            piece.following = [
                _Piece(
                    await take_part(self.audio, window, rest),
                    before=before,
                    follow_up=piece.follow_up + 1,
                    retries=1,
                )
            ]

    async def _decoded(
        self, windows: Sequence[Window], encoded: Encoded, rows: Sequence[int]
    ) -> list[Decoded]:
        instructions = self.instructions
        decoder = RowDecoder(
            self.model,
            instructions.prompt,
            self.settings.decoding,
            instructions.language,
            instructions.fingerprint,
            self.settings.repetition,
            self.partial,
        )
        return await decode_windows(decoder, windows, encoded, self.pool, rows)

    async def _with_terms(self, decoded: Decoded) -> Decoded:
        """Return a decode with the expected terms that were said."""
        instructions = self.instructions
        if not instructions.terms or instructions.task == "translate":
            return decoded
        rescorer = TermRescorer(self.model, instructions.terms, self.settings.terms)
        return await rescorer.rescore(decoded, self._alignment_prompt)

    @property
    def _alignment_prompt(self) -> tuple[int, ...]:
        spec, instructions = self.model.spec, self.instructions
        return task_tokens(spec, instructions.language, instructions.task, timestamps=False)

    def _parse(self, decoded: Decoded) -> Parsed:
        """Return the pieces of a decode, without a loop's repetitions and a cut-off end."""
        if decoded.verdict == "silent" or not letter_count(self._text(decoded)):
            return Parsed((), None)
        spec, settings = self.model.spec, self.settings.decoding
        window, tokens = decoded.window, decoded.hypothesis.tokens
        loop = None
        if decoded.verdict == "repeats" and not decoded.sayable:
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
        skipped_from = None if loop else find_skipped(spec, window, tokens, settings)
        return Parsed(tuple(pieces), skipped_from)

    def _text(self, decoded: Decoded) -> str:
        eot = self.model.spec.eot
        return self.model.tokenizer.decode([t for t in decoded.hypothesis.tokens if t < eot])

    async def _segments(
        self, decoded: Decoded, parsed: Parsed, before: Segment | None
    ) -> tuple[Segment, ...]:
        """Return the segments of a decode, which may begin inside the segment `before`."""
        pieces = parsed.pieces
        words = await self._words(decoded, parsed) if self.instructions.words and pieces else []
        if not words:
            return self._untimed(decoded, pieces)
        words = place_in_file(words, decoded.window, before.end_s if before else 0.0)
        if before:
            words = drop_repeated_start(before.words, words, self.settings.repetition)
        words = drop_unheard_repeats(words, self.settings.repetition)
        speech, text = decoded.window.speech, self.settings.text
        return tuple(
            self._segment(decoded, group[0].start_s, group[-1].end_s, group)
            for group in group_words(words, text)
            if not is_hallucinated(group, speech, text)
        )

    async def _words(self, decoded: Decoded, parsed: Parsed) -> list[Word]:
        """Return words timed from the window's start; none where the engine cannot align."""
        window, pieces = decoded.window, parsed.pieces
        tokens = [token for piece in pieces for token in piece.tokens]
        prompt = self._alignment_prompt
        matrix = await self.model.align(decoded.encoded, decoded.row, prompt, tokens)
        if matrix is None:
            return []
        read = (parsed.skipped_from or window.stop) - window.start
        frames = math.ceil(read / SAMPLE_RATE_HZ / matrix.frame_s)
        times_s = [frame * matrix.frame_s for frame in first_frames(matrix.rows, frames)]
        values = [value for piece in pieces for value in piece.log_probabilities]
        words: list[TokenWord] = []
        offset = 0
        for piece in pieces:
            words += (
                TokenWord(word.text, offset + word.first, offset + word.last)
                for word in split_words(self.model.tokenizer, piece.tokens)
            )
            offset += len(piece.tokens)
        alternatives = word_alternatives(
            self.model.tokenizer, decoded.hypothesis, words, self.model.spec.eot
        )
        return [
            Word(
                word.text,
                times_s[word.first],
                times_s[word.last],
                word_probability(values[word.first : word.last]),
                alternatives=others,
            )
            for word, others in zip(words, alternatives, strict=True)
        ]

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
        channel = decoded.window.channel
        speaker = None if channel is None else speaker_of(channel)
        return Segment(
            start_s=round(start_s, 3),
            end_s=round(end_s, 3),
            text=text or "".join(word.text for word in words).strip(),
            words=tuple(replace(word, speaker=speaker) for word in words) if speaker else words,
            speaker=speaker,
            temperature=decoded.temperature,
            average_log_probability=round(decoded.hypothesis.average_log_probability, 4),
            compression_ratio=round(decoded.compression_ratio, 3),
            no_speech_probability=round(decoded.hypothesis.no_speech_probability, 4),
            language=self.instructions.language if self.instructions.followed else None,
            channel=channel,
        )
