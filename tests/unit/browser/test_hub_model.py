"""A hub model: token rules, log-probabilities, cache, rows."""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from earwitness.browser.hub_model import HubEncoded, HubWhisper
from earwitness.browser.manifest import CacheShape, read_hub_spec
from earwitness.browser.transformers import NEVER
from earwitness.errors import ModelError
from earwitness.speech.protocols import DecodeRequest, ModelSpec
from earwitness.speech.token_rules import allowed_next

EOT, BEGIN, SIZE = 6, 12, 20
SPEC = ModelSpec(
    id="hub",
    multilingual=True,
    languages={"en": 8, "cs": 9},
    sot=7,
    eot=EOT,
    transcribe=8,
    translate=9,
    no_timestamps=11,
    sot_prev=9,
    no_speech=10,
    timestamp_begin=BEGIN,
    vocabulary_size=SIZE,
)
Logits = Callable[[int, Sequence[int]], list[float]]
"""(row, tokens so far, prompt included) -> logits of the next token."""


class Library:
    """transformers.js's part in plain Python: tensors are lists, the graphs a scripted function."""

    def __init__(self, logits: Logits) -> None:
        self.logits = logits
        self.histories: list[list[int]] = []
        self.runs: list[dict[str, Any]] = []

    async def features(self, processor: Any, windows: Any) -> Any:
        return [f"mel of {window}" for window in windows]

    def tensor(self, type: str, values: Any, dims: Sequence[int]) -> Any:
        if len(dims) != 2:
            return list(values)
        width = dims[1]
        return [list(values[i : i + width]) for i in range(0, len(values), width)]

    def bias(self, size: int, suppressed: tuple[int, ...]) -> list[float]:
        return [NEVER if token in suppressed else 0.0 for token in range(size)]

    def rows(self, tensor: Any, rows: Sequence[int]) -> Any:
        return [tensor[row] for row in rows]

    def scores(
        self, logits: Any, place: int, bias: Any, ranges: Sequence[tuple[int, int]]
    ) -> list[tuple[float, float, float]]:
        values = [logit + add for logit, add in zip(logits[place], bias, strict=True)]
        found: list[tuple[float, float, float]] = []
        for start, stop in ranges:
            part = values[start:stop]
            total = math.log(sum(math.exp(value - max(part)) for value in part)) + max(part)
            found.append((max(part), float(start + part.index(max(part))), total))
        return found

    def draw(
        self, logits: Any, place: int, bias: Any, ranges: Any, temperature: float, uniform: float
    ) -> tuple[int, float]:
        tokens = [token for start, stop in ranges for token in range(start, stop)]
        token = tokens[int(uniform * len(tokens))]
        return token, logits[place][token] + bias[token]

    async def __call__(self, inputs: dict[str, Any]) -> dict[str, Any]:
        if "input_features" in inputs:
            return {"last_hidden_state": inputs["input_features"]}
        self.runs.append(inputs)
        cached = inputs["use_cache_branch"] in ([[True]], [True])
        tokens = inputs["input_ids"]
        if not cached:
            self.histories = [[] for _ in tokens]
        flat: list[list[float]] = []
        for row, new in enumerate(tokens):
            for token in new:
                self.histories[row].append(token)
                flat.append(self.logits(row, self.histories[row]))
        outputs: dict[str, Any] = {"logits": flat}
        for name in inputs:
            if name.startswith("past"):
                side = "decoder" if ".decoder." in name else f"encoder, cached {cached}"
                outputs[name.replace("past_key_values", "present")] = side
        return outputs


def model(logits: Logits) -> tuple[HubWhisper, Library]:
    library = Library(logits)
    shape = CacheShape(layers=1, heads=2, head_dim=3)
    whisper = HubWhisper(SPEC, None, None, library, library, shape, library)  # type: ignore[arg-type]
    return whisper, library


def writes(*tokens: int) -> Logits:
    """Prefers these tokens after a prompt of two, then the end."""

    def logits(row: int, history: Sequence[int]) -> list[float]:
        step = len(history) - 2
        wanted = tokens[step] if 0 <= step < len(tokens) else EOT
        return [5.0 if token == wanted else 0.0 for token in range(SIZE)]

    return logits


def decode(whisper: HubWhisper, rows: int = 1, **changes: Any) -> Any:
    options: dict[str, Any] = {"max_new_tokens": 8, "max_initial_timestamp_s": None} | changes
    request = DecodeRequest(((7, 8),) * rows, 0, **options)
    return asyncio.run(whisper.decode(HubEncoded(["a", "b"][:rows], rows), request))


def test_row_ends_with_eot_and_scores_every_token() -> None:
    whisper, _ = model(writes(BEGIN, 1, 2, BEGIN + 3))
    [row] = decode(whisper)
    assert row.tokens == (BEGIN, 1, 2, BEGIN + 3)
    assert row.finished
    assert len(row.token_log_probabilities) == 5
    first = 5.0 - math.log(math.exp(5.0) + (SIZE - BEGIN - 1))
    assert row.token_log_probabilities[0] == pytest.approx(first)
    assert row.no_speech_probability == pytest.approx(1 / (math.exp(5.0) + SIZE - 1))


def test_row_at_the_limit_is_unfinished() -> None:
    whisper, _ = model(writes(1, 2, 3, 4, 5))
    [row] = decode(whisper, max_new_tokens=3, timestamps=False)
    assert row.tokens == (1, 2, 3)
    assert not row.finished
    assert len(row.token_log_probabilities) == 3


def test_suppressed_tokens_are_not_chosen() -> None:
    whisper, _ = model(writes(1, 1, 2))
    suppressed: dict[str, Any] = {"suppress_tokens": (2,), "begin_suppress_tokens": (1,)}
    [row] = decode(whisper, max_new_tokens=3, timestamps=False, **suppressed)
    assert row.tokens[0] != 1
    assert row.tokens[1] == 1
    assert 2 not in row.tokens


def test_encoder_cache_is_that_of_the_first_step() -> None:
    whisper, library = model(writes(1, 2))
    decode(whisper, timestamps=False)
    assert [run["use_cache_branch"] for run in library.runs] == [[False], [True], [True]]
    assert library.runs[0]["past_key_values.0.encoder.key"] == []
    assert library.runs[2]["past_key_values.0.encoder.key"] == "encoder, cached False"
    assert library.runs[2]["past_key_values.0.decoder.value"] == "decoder"
    assert [len(run["input_ids"][0]) for run in library.runs] == [2, 1, 1]


def test_ended_row_waits_for_the_others() -> None:
    def logits(row: int, history: Sequence[int]) -> list[float]:
        return writes(1)(row, history) if row == 0 else writes(2, 3, 4)(row, history)

    whisper, _ = model(logits)
    first, second = decode(whisper, rows=2, timestamps=False)
    assert (first.tokens, second.tokens) == ((1,), (2, 3, 4))
    assert first.finished
    assert second.finished


def test_sampling_is_the_same_for_the_same_seed() -> None:
    def once(seed: int) -> tuple[int, ...]:
        whisper, _ = model(lambda row, history: [0.0] * SIZE)
        [row] = decode(whisper, temperature=0.6, seeds=(seed,), timestamps=False)
        return row.tokens

    assert once(3) == once(3)
    assert len({once(seed) for seed in range(5)}) > 1


def test_languages_are_compared_only_with_each_other() -> None:
    whisper, library = model(
        lambda row, history: [9.0 if t == 1 else float(t) for t in range(SIZE)]
    )
    [found] = asyncio.run(whisper.language_probabilities(HubEncoded(["a"], 1)))
    assert library.runs[0]["input_ids"] == [[SPEC.sot]]
    assert found["cs"] == pytest.approx(math.e / (1 + math.e))
    assert sum(found.values()) == pytest.approx(1)


def reference(written: list[int], timestamps: bool, initial: int | None) -> set[int]:
    """Which tokens openai/whisper's filters leave, written down as their masks."""
    left = set(range(SIZE))
    if not timestamps:
        return {token for token in left if token < BEGIN}
    last = bool(written) and written[-1] >= BEGIN
    before = len(written) < 2 or written[-2] >= BEGIN
    if last and before:
        left -= set(range(BEGIN, SIZE))
    elif last:
        left -= set(range(EOT))
    stamps = [token for token in written if token >= BEGIN]
    if stamps:
        left -= set(range(BEGIN, stamps[-1] + (0 if last and not before else 1)))
    if not written:
        left -= set(range(BEGIN))
        if initial is not None:
            left -= set(range(BEGIN + initial + 1, SIZE))
    return left


def test_token_rules_are_those_of_whisper() -> None:
    source = random.Random(1)
    for _ in range(3000):
        written = [source.randrange(SIZE) for _ in range(source.randrange(6))]
        timestamps = source.random() < 0.8
        initial = source.choice([None, 0, 3])
        allowed = allowed_next(
            SPEC,
            written,
            timestamps=timestamps,
            max_initial_timestamp_s=None if initial is None else initial * 0.02,
        )
        ranges = (*allowed.words, *allowed.stamps)
        assert {t for start, stop in ranges for t in range(start, stop)} == reference(
            written, timestamps, initial
        )
        assert all(start < stop for start, stop in ranges)


def test_spec_is_read_from_the_hubs_files() -> None:
    config = {
        "vocab_size": 51865,
        "max_target_positions": 448,
        "decoder_layers": 6,
        "decoder_attention_heads": 8,
        "d_model": 512,
    }
    generation = {
        "no_timestamps_token_id": 50363,
        "decoder_start_token_id": 50258,
        "eos_token_id": 50257,
        "is_multilingual": True,
        "lang_to_id": {"<|en|>": 50259},
        "task_to_id": {"transcribe": 50359, "translate": 50358},
        "suppress_tokens": [1, 2],
        "begin_suppress_tokens": [220, 50257],
    }
    spec, cache = read_hub_spec("own", config, generation)
    assert cache == CacheShape(6, 8, 64)
    assert (spec.no_speech, spec.sot_prev, spec.timestamp_begin) == (50362, 50361, 50364)
    assert spec.languages == {"en": 50259}
    with pytest.raises(ModelError, match="not a Whisper model"):
        read_hub_spec("own", {"vocab_size": 3}, generation)
