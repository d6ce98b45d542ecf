"""Decode windows, and decode again where the result cannot be trusted.

The first decode is at the window's own length, which is fast. English is decoded greedily, then by
beam search over the same encoding where the model was not confident; other languages are decoded by
beam search at once. A text that repeats itself is decoded in parts, where the window has silences:
what was said again is in every part, and a loop is in none. Another row that needs fallback is
decoded padded to Whisper's full 30 s, because a short window can loop, and then at rising
temperatures. A text that ends with a phrase which it has had before is decoded at full length as
well. Only these rows are decoded again, and the likeliest decode counts.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

from earwitness.speech.activity import Span
from earwitness.speech.alternatives import competitors_in
from earwitness.speech.partial_text import PartialTexts
from earwitness.speech.parts import find_skipped, split_in_silence
from earwitness.speech.planner import Window
from earwitness.speech.prompts import Prompt
from earwitness.speech.protocols import DecodeRequest, Encoded, Hypothesis, ModelSpec, SpeechModel
from earwitness.speech.repetition import (
    Loop,
    compression_ratio,
    copies_in_row,
    find_loop,
    letter_count,
    longest_loop,
    without_repeated_end,
)
from earwitness.speech.settings import DecodingSettings, RepetitionSettings
from earwitness.speech.whisper import FRAME_S, WINDOW_MAX_S

Verdict = Literal["accepted", "silent", "repeats", "unlikely"]
"""`repeats` and `unlikely` need fallback."""
FAILING: frozenset[Verdict] = frozenset({"repeats", "unlikely"})
NEARLY_FULL_S = 28.0
"""A window of this length gains nothing from padding to 30 s."""
MOSTLY = 0.9
"""A text of which copies of one phrase are this share is decoded in parts: some may be missing."""
WORDLESS_COST = 10.0
"""What a text without letters loses of its log-probability: any words are better."""
SPARE_TOKENS = 16
"""Tokens that even the shortest window may have: timestamps and a few words."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """The decode chosen for one window, and where the window is encoded."""

    window: Window
    hypothesis: Hypothesis
    verdict: Verdict
    compression_ratio: float
    temperature: float
    retries: int
    encoded: Encoded
    row: int
    score: float
    """See `_Judged.score`."""
    sayable: bool
    """Whether the window has enough speech for the text."""
    parts: tuple[Span, ...] = ()
    """The window in parts, which are to be decoded instead; empty: the hypothesis counts."""


class EncodedPool:
    """Encoded batches in use, released together."""

    def __init__(self, model: SpeechModel, length_step_s: float) -> None:
        """`length_step_s`: see `encoded_length_s`."""
        self._model = model
        self._length_step_s = length_step_s
        self._batches: list[Encoded] = []
        self._languages: dict[int, list[dict[str, float]]] = {}

    async def encode(self, windows: Sequence[Window], duration_s: float | None = None) -> Encoded:
        """Return the windows encoded, valid until `release`.

        `duration_s`: the length to pad to; None: the shared length, `encoded_length_s`.
        """
        if duration_s is None:
            margin_s = self._model.spec.margin_s
            duration_s = encoded_length_s(windows, margin_s, self._length_step_s)
        encoded = await self._model.encode([window.samples for window in windows], duration_s)
        self._batches.append(encoded)
        return encoded

    async def language_probabilities(self, encoded: Encoded) -> list[dict[str, float]]:
        """Return language code -> probability for each row of a batch, computed once."""
        if id(encoded) not in self._languages:
            self._languages[id(encoded)] = await self._model.language_probabilities(encoded)
        return self._languages[id(encoded)]

    def release(self) -> None:
        """Release every batch."""
        self._languages.clear()
        while self._batches:
            self._batches.pop().release()


def encoded_length_s(windows: Sequence[Window], margin_s: float, step_s: float) -> float:
    """Return the shared length of a batch: its longest window and the margin, in whole steps.

    The length is at least one frame below 30 s: the full 30 s are for fallback.
    """
    longest = max(window.length_s for window in windows)
    return min(WINDOW_MAX_S - FRAME_S, math.ceil(round((longest + margin_s) / step_s, 6)) * step_s)


def group_by_length(windows: Sequence[Window], evenness: float) -> list[list[int]]:
    """Return groups of indices to encode together, longest first.

    No window in a group is shorter than `evenness` times the longest.
    """
    groups: list[list[int]] = []
    for index in sorted(range(len(windows)), key=lambda i: (-windows[i].length_s, i)):
        if groups and windows[index].length_s >= evenness * windows[groups[-1][0]].length_s:
            groups[-1].append(index)
        else:
            groups.append([index])
    return groups


def judge(
    hypothesis: Hypothesis,
    text: str,
    speech_s: float,
    settings: DecodingSettings,
    ratio: float | None = None,
) -> Verdict:
    """Return whether to trust a hypothesis, by openai/whisper's rules and a loop guard.

    `ratio`: how much the text repeats itself; None: its compression ratio. The less speech was
    detected in the window, the more the text has to be sure.
    """
    average, no_speech = hypothesis.average_log_probability, hypothesis.no_speech_probability
    doubtful = no_speech > settings.no_speech and average < settings.log_probability
    if doubtful and speech_s < settings.certain_s:
        return "silent"
    brief = speech_s < settings.brief_s
    if brief and no_speech > settings.brief_no_speech and average < settings.brief_log_probability:
        return "silent"
    if not letter_count(text):
        return "silent" if brief else "unlikely"
    repeats = settings.loop_repeats if hypothesis.finished else settings.unfinished_repeats
    loop = find_loop(hypothesis.tokens, min_repeats=repeats, min_tokens=settings.loop_tokens)
    ratio = compression_ratio(text) if ratio is None else ratio
    repeated = ratio > settings.compression_ratio or loop is not None
    if speech_s <= 0:
        sure = average >= settings.unvoiced_log_probability
        sure = sure and no_speech <= settings.unvoiced_no_speech
        return "accepted" if sure and not repeated and hypothesis.finished else "silent"
    if average < settings.log_probability:
        return "unlikely"
    return "repeats" if repeated else "accepted"


def repetition_ratio(text: str, settings: RepetitionSettings) -> float:
    """Return the compression ratio, or the number of copies that it does not tell."""
    copies = copies_in_row(text, min_copies=settings.loop_copies, min_letters=settings.run_letters)
    return max(compression_ratio(text), copies)


def repetition_cost(
    ratio: float, settings: DecodingSettings, repetition: RepetitionSettings
) -> float:
    """Return what a ratio takes from a text's log-probability in comparisons."""
    doublings = math.log2(max(1.0, ratio / settings.compression_ratio))
    return min(repetition.max_penalty, repetition.penalty * doublings)


def is_sayable(text: str, speech_s: float, settings: RepetitionSettings) -> bool:
    """Return whether there is enough speech for so much text."""
    return letter_count(text) <= settings.max_letters_per_s * speech_s


def seed(fingerprint: str, window: Window, attempt: int) -> int:
    """Return a seed of 32 bits that depends on audio, window and attempt only."""
    key = f"{fingerprint}:{window.start}:{window.stop}:{attempt}".encode()
    return int.from_bytes(hashlib.sha256(key).digest()[:4], "big")


class _Judged(NamedTuple):
    hypothesis: Hypothesis
    ratio: float
    verdict: Verdict
    score: float
    """The average log-probability, less what its repetition costs."""

    def compared(self, other: _Judged) -> _Judged:
        """Return the same with what another one has in other words."""
        own, tokens = self.hypothesis, other.hypothesis.tokens
        competitors = (*own.competitors, *competitors_in(own.tokens, tokens))
        return self._replace(hypothesis=replace(own, competitors=competitors))


@dataclass(frozen=True, slots=True)
class RowDecoder:
    """A model with its prompt; decodes rows greedily or by beam search."""

    model: SpeechModel
    prompt: Prompt
    settings: DecodingSettings
    language: str
    fingerprint: str
    """Of the audio; seeds sampling."""
    repetition: RepetitionSettings = field(default_factory=RepetitionSettings)
    partial: PartialTexts | None = None
    """Is told the text so far, where the engine tells it."""

    async def decode(
        self,
        encoded: Encoded,
        windows: Sequence[tuple[Window, int]],
        temperature: float,
        attempt: int,
    ) -> list[_Judged]:
        """Return the judged hypothesis of each (window, row of `encoded`)."""
        rows = tuple(row for _, row in windows)
        seeds = tuple(seed(self.fingerprint, window, attempt) for window, _ in windows)
        request = request_for(
            self.model.spec, self.prompt, self.settings, encoded, rows, temperature, seeds
        )
        can_search = self.model.spec.beam_search and temperature == 0
        beams = self.settings.beams if can_search else 1
        if self.language != "en":
            return await self._decode(encoded, replace(request, beams=beams), windows)
        judged = await self._decode(encoded, request, windows)
        unsure = [
            index
            for index, each in enumerate(judged)
            if self._is_unsure(each) and not self.parts(windows[index][0], each)
        ]
        if beams > 1 and unsure:
            prompts, again = request.prompts[: len(unsure)], tuple(rows[i] for i in unsure)
            search = replace(request, prompts=prompts, rows=again, seeds=(), beams=beams)
            again_windows = [windows[index] for index in unsure]
            found_again = await self._decode(encoded, search, again_windows)
            for index, found in zip(unsure, found_again, strict=True):
                better, other = sorted((judged[index], found), key=lambda each: -each.score)
                judged[index] = better.compared(other)
        return judged

    async def _decode(
        self, encoded: Encoded, request: DecodeRequest, windows: Sequence[tuple[Window, int]]
    ) -> list[_Judged]:
        if self.partial is not None:
            told = [window for window, _ in windows]
            listener = self.partial.listener(told, self.model.spec, self.model.tokenizer)
            request = replace(request, on_partial=listener)
        found = await self.model.decode(encoded, request)
        return [
            self._judge(each, window.speech_s)
            for each, (window, _) in zip(found, windows, strict=True)
        ]

    def _judge(self, hypothesis: Hypothesis, speech_s: float) -> _Judged:
        text = self.text(hypothesis)
        ratio = repetition_ratio(text, self.repetition)
        cost = repetition_cost(ratio, self.settings, self.repetition)
        if self.ends_again(text, speech_s):
            cost += self.repetition.end_penalty
        if not letter_count(text):
            cost += WORDLESS_COST
        score = hypothesis.average_log_probability - cost
        verdict = judge(hypothesis, text, speech_s, self.settings, ratio)
        return _Judged(hypothesis, compression_ratio(text), verdict, score)

    def text(self, hypothesis: Hypothesis) -> str:
        """Return the text of a hypothesis."""
        spec = self.model.spec
        return self.model.tokenizer.decode([t for t in hypothesis.tokens if t < spec.eot]).strip()

    def ends_again(self, text: str, speech_s: float) -> bool:
        """Return whether a text ends with a phrase that it has had before, and needs it once only.

        Where the rest would be too little for so much speech, the phrase was said again.
        """
        rest = letter_count(without_repeated_end(text, self.repetition.end_letters))
        enough = rest >= self.repetition.end_letters_per_s * speech_s
        return enough and rest < letter_count(text)

    def is_sayable(self, hypothesis: Hypothesis, window: Window) -> bool:
        """Return whether a window has enough speech for the text of a hypothesis."""
        return is_sayable(self.text(hypothesis), window.speech_s, self.repetition)

    def parts(self, window: Window, judged: _Judged) -> tuple[Span, ...]:
        """Return a window that repeats itself in parts of a copy each.

        None without silences, and none if the text is trusted: it has few copies beside other words
        and does not break off after them.
        """
        settings = self.repetition
        if window.divided or judged.verdict in ("silent", "unlikely"):
            return ()
        tokens = [t for t in judged.hypothesis.tokens if t < self.model.spec.eot]
        loop = longest_loop(tokens)
        copy = tokens if loop is None else tokens[loop.start : loop.start + loop.period]
        letters = letter_count(self.model.tokenizer.decode(copy))
        only_copies = loop is not None and loop.length >= MOSTLY * len(tokens)
        enough = loop is not None and letters * loop.repeats >= settings.run_letters
        trusted = judged.verdict == "accepted" and not (only_copies and enough)
        if trusted and not self._breaks_off(window, judged, tokens, loop):
            return ()
        part_s = settings.part_copies * letters / settings.usual_letters_per_s
        most_s = min(max(settings.part_min_s, part_s), window.speech_s / 2)
        parts = split_in_silence(window, most_s)
        return tuple(parts) if len(parts) > 1 else ()

    def _breaks_off(
        self, window: Window, judged: _Judged, tokens: Sequence[int], loop: Loop | None
    ) -> bool:
        """Return whether the text is two copies or more, and speech goes on after them."""
        if loop is None or 2 * loop.length < len(tokens):
            return False
        spec, heard = self.model.spec, judged.hypothesis.tokens
        return find_skipped(spec, window, heard, self.settings) is not None

    def _is_unsure(self, judged: _Judged) -> bool:
        if judged.verdict == "accepted":
            average = judged.hypothesis.average_log_probability
            return average < self.model.spec.confident_log_probability
        return judged.verdict in FAILING


async def decode_windows(
    decoder: RowDecoder,
    windows: Sequence[Window],
    encoded: Encoded,
    pool: EncodedPool,
    rows: Sequence[int] | None = None,
) -> list[Decoded]:
    """Decode each window until it is accepted, silent or in parts, or all temperatures are tried.

    `rows`: where each window is in `encoded`; None: in order.

    Raises:
        ModelError: the computation failed.
    """
    settings = decoder.settings
    tries: list[list[Decoded]] = [[] for _ in windows]
    pending = list(enumerate(range(len(windows)) if rows is None else rows))
    only_compared: set[int] = set()
    """Windows whose first decode is accepted unless the one at full length is better."""
    attempts = [(temperature, False) for temperature in settings.temperatures]
    short = [
        encoded.duration_s < WINDOW_MAX_S and window.length_s < NEARLY_FULL_S for window in windows
    ]
    if any(short):
        attempts.insert(1, (settings.temperatures[0], True))
    for attempt, (temperature, at_full_length) in enumerate(attempts):
        if at_full_length:
            failing = [index for index, _ in pending]
            encoded = await pool.encode([windows[index] for index in failing], WINDOW_MAX_S)
            pending = [(index, row) for row, index in enumerate(failing)]
        asked = [(windows[index], row) for index, row in pending]
        judged = await decoder.decode(encoded, asked, temperature, attempt)
        failing_rows: list[tuple[int, int]] = []
        first = not attempt
        for (index, row), each in zip(pending, judged, strict=True):
            hypothesis, ratio, verdict, score = each
            window = windows[index]
            if verdict == "accepted" and not hypothesis.finished and short[index] and first:
                verdict = "unlikely"
            parts = decoder.parts(window, each)
            compared = verdict == "accepted" and short[index] and first and not parts
            if compared and decoder.ends_again(decoder.text(hypothesis), window.speech_s):
                only_compared.add(index)
            sayable = decoder.is_sayable(hypothesis, window)
            tries[index].append(
                Decoded(
                    window, hypothesis, verdict, ratio, temperature, attempt, encoded, row, score,
                    sayable, parts,
                )
            )  # fmt: skip
            if index in only_compared:
                fails = first
            else:
                fails = verdict in FAILING and not parts
            if fails:
                failing_rows.append((index, row))
        pending = failing_rows
        if not pending:
            break
    return [_choose(each) for each in tries]


def request_for(
    spec: ModelSpec,
    prompt: Prompt,
    settings: DecodingSettings,
    encoded: Encoded,
    rows: tuple[int, ...],
    temperature: float = 0.0,
    seeds: tuple[int, ...] = (),
) -> DecodeRequest:
    """Return a request to decode rows with timestamps; short windows may have fewer tokens."""
    longest = SPARE_TOKENS + math.ceil(encoded.duration_s * settings.max_tokens_per_s)
    specials = {spec.sot, spec.transcribe, spec.translate, spec.sot_prev, spec.no_speech}
    return DecodeRequest(
        prompts=(prompt.tokens,) * len(rows),
        sot_index=prompt.sot_index,
        max_new_tokens=min(
            settings.max_new_tokens, longest, spec.max_target_tokens - len(prompt.tokens)
        ),
        temperature=temperature,
        seeds=seeds,
        max_initial_timestamp_s=settings.max_initial_timestamp_s,
        suppress_tokens=tuple(sorted({*spec.suppress_tokens, *specials})),
        begin_suppress_tokens=spec.begin_suppress_tokens,
        rows=rows,
    )


def _choose(tries: Sequence[Decoded]) -> Decoded:
    """Return the last decode if it is silent or in parts, else the one with the best score."""
    last = tries[-1]
    if last.verdict == "silent" or last.parts:
        return last
    return replace(max(tries, key=lambda each: each.score), retries=last.retries)
