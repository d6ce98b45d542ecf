"""Hypotheses, languages and alignments from the decoder's output."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from earwitness.browser.manifest import CarriedState
from earwitness.browser.transformers import NEVER
from earwitness.browser.whisper_onnx import EncodedBatch, WhisperOnnx
from earwitness.speech.decode_steps import FIRST_PIECE
from earwitness.speech.protocols import DecodeRequest, ModelSpec

EOT = 9
SPEC = ModelSpec(
    id="m",
    multilingual=True,
    languages={"en": 2, "cs": 4},
    sot=1,
    eot=EOT,
    transcribe=5,
    translate=6,
    no_timestamps=7,
    sot_prev=8,
    no_speech=10,
    timestamp_begin=11,
    vocabulary_size=20,
)


class Tensors:
    """Tensors as (values, dims); a graph that records what it is fed and answers a script."""

    def __init__(self, **outputs: list[Any]) -> None:
        self.outputs = outputs
        self.fed: dict[str, Any] = {}

    def tensor(self, type: str, values: Any, dims: list[int]) -> tuple[list[Any], list[int]]:
        return (list(values), list(dims))

    def bias(self, size: int, suppressed: tuple[int, ...]) -> tuple[list[float], list[int]]:
        return ([NEVER if token in suppressed else 0.0 for token in range(size)], [size])

    def rows(self, tensor: Any, rows: Any) -> Any:
        return [tensor[row] for row in rows]

    def numbers(self, tensor: Any) -> list[Any]:
        return tensor

    async def __call__(self, inputs: dict[str, Any]) -> dict[str, Any]:
        self.fed = inputs
        return self.outputs


def model(tensors: Tensors) -> WhisperOnnx:
    return WhisperOnnx(SPEC, None, tensors, tensors, (), tensors, None)  # type: ignore[arg-type]


def encoded(rows: int) -> EncodedBatch:
    return EncodedBatch({"cross_key_0": [f"row {row}" for row in range(rows)]}, [50] * rows, 1.0)


def request(count: int, **changes: Any) -> DecodeRequest:
    return DecodeRequest(((1, 2, 5),) * count, 0, 4, **changes)


def test_rows_end_with_eot_at_the_limit_or_in_a_loop() -> None:
    tensors = Tensors(
        tokens=[12, 3, 13, EOT, 12, 3, 3, 3, 12, EOT, EOT, EOT],
        lengths=[3, 4, 1],
        log_probabilities=[-1, -2, -3, -4, -5, -6, -7, -8, -9, 0, 0, 0],
        no_speech_probability=[0.1, 0.2, 0.3],
        looped=[0, 0, 1],
    )
    ended, cut, looped = asyncio.run(model(tensors).decode(encoded(3), request(3)))
    assert ended.tokens == (12, 3, 13)
    assert ended.token_log_probabilities == (-1, -2, -3, -4)
    assert ended.finished
    assert cut.tokens == (12, 3, 3, 3)
    assert cut.token_log_probabilities == (-5, -6, -7, -8)
    assert not cut.finished
    assert looped.tokens == (12,)
    assert looped.token_log_probabilities == (-9,)
    assert not looped.finished
    assert [each.no_speech_probability for each in (ended, cut, looped)] == [0.1, 0.2, 0.3]


def silence() -> Tensors:
    return Tensors(
        tokens=[EOT], lengths=[0], log_probabilities=[-1], no_speech_probability=[0], looped=[0]
    )


def test_graph_is_given_the_request() -> None:
    tensors = silence()
    asked = request(
        1,
        timestamps=True,
        max_initial_timestamp_s=1.0,
        suppress_tokens=(3,),
        begin_suppress_tokens=(4, 9),
        rows=(2,),
    )
    asyncio.run(model(tensors).decode(encoded(3), asked))
    fed = tensors.fed
    assert fed["cross_key_0"] == ["row 2"]
    assert fed["prompt"] == ([1, 2, 5], [1, 3])
    assert fed["max_steps"] == ([4], [1])
    assert fed["max_initial_timestamp"] == ([50], [1])
    assert fed["timestamps"] == ([True], [1])
    assert [index for index, bias in enumerate(fed["suppress_bias"][0]) if bias < 0] == [3]
    assert [index for index, bias in enumerate(fed["begin_suppress_bias"][0]) if bias < 0] == [4, 9]
    assert fed["uniforms"] == ([0.0], [1, 1])


def test_row_samples_the_same_alone_and_in_a_batch() -> None:
    def draws(seeds: tuple[int, ...], rows: tuple[int, ...]) -> list[list[float]]:
        tensors = silence()
        tensors.outputs["lengths"] = [0] * len(rows)
        for name in ("tokens", "log_probabilities", "no_speech_probability", "looped"):
            tensors.outputs[name] = [0] * len(rows)
        asked = request(len(rows), temperature=0.4, seeds=seeds, rows=rows)
        asyncio.run(model(tensors).decode(encoded(3), asked))
        values, [steps, width] = tensors.fed["uniforms"]
        assert steps == 4
        return [values[row::width] for row in range(width)]

    both = draws((11, 12), (0, 1))
    assert both[0] != both[1]
    assert draws((12,), (1,)) == [both[1]]
    assert all(0 <= value < 1 for row in both for value in row)


def test_language_probabilities_sum_to_one() -> None:
    logits = [0.0] * 40
    logits[2], logits[4] = 3.0, 1.0
    logits[20 + 4] = 5.0
    tensors = Tensors(first_logits=logits)
    first, second = asyncio.run(model(tensors).language_probabilities(encoded(2)))
    assert tensors.fed["prompt"] == ([1, 1], [2, 1])
    assert first["en"] == pytest.approx(0.8808, abs=1e-4)
    assert sum(first.values()) == pytest.approx(1)
    assert second["cs"] > 0.99


def test_alignment_has_a_row_for_each_token_and_eot() -> None:
    prompt, tokens, frames = (1, 2, 5, 7), (3, 3), 2
    length = len(prompt) + len(tokens) + 1
    weights = [float(index) for index in range(length * frames)]
    tensors = Tensors(alignment=weights)
    matrix = asyncio.run(model(tensors).align(encoded(2), 1, prompt, tokens))
    assert matrix is not None
    assert tensors.fed["prompt"] == ([1, 2, 5, 7, 3, 3, EOT], [1, length])
    assert tensors.fed["cross_key_0"] == ["row 1"]
    assert [list(row) for row in matrix.rows] == [[6, 7], [8, 9], [10, 11]]


class Runs(Tensors):
    """A graph that answers one run after the other, and records what each is fed."""

    def __init__(self, *answers: dict[str, list[Any]]) -> None:
        super().__init__()
        self.answers = list(answers)
        self.runs: list[dict[str, Any]] = []

    async def __call__(self, inputs: dict[str, Any]) -> dict[str, Any]:
        self.runs.append(inputs)
        return self.answers[len(self.runs) - 1]


STATES = (CarriedState("finished", "bool", (-1, 1)), CarriedState("self_key_0", "float32", (-1, 0)))


def run_of(tokens: list[int], length: int, *, finished: bool) -> dict[str, list[Any]]:
    return {
        "tokens": tokens,
        "lengths": [length],
        "log_probabilities": [-1] * len(tokens),
        "no_speech_probability": [0.1],
        "looped": [0],
        "next_finished": [finished],
        "next_self_key_0": ["cache"],
    }


def decode_in_pieces(graph: Runs, states: tuple[CarriedState, ...], told: list[Any]) -> Any:
    whisper = WhisperOnnx(SPEC, None, graph, graph, states, graph, None)  # type: ignore[arg-type]
    asked = replace(request(1, on_partial=told.append), max_new_tokens=100)
    [found] = asyncio.run(whisper.decode(encoded(1), asked))
    return found


def test_listener_hears_each_piece_of_the_text() -> None:
    first = [3] * FIRST_PIECE
    graph = Runs(run_of(first, FIRST_PIECE, finished=False), run_of([4, EOT], 1, finished=True))
    told: list[Any] = []
    found = decode_in_pieces(graph, STATES, told)
    assert told == [[tuple(first)], [(*first, 4)]]
    assert found.tokens == (*first, 4)
    assert found.finished
    begin, then = graph.runs
    assert begin["past_self_key_0"] == ([], [1, 0])
    assert begin["past_finished"] == ([0], [1, 1])
    assert (begin["first_step"], begin["hand_on"]) == (([0], [1]), ([True], [1]))
    assert then["past_self_key_0"] == ["cache"]
    assert then["first_step"] == ([FIRST_PIECE], [1])


def test_graph_of_an_older_export_decodes_in_one_run() -> None:
    graph = Runs(run_of([3, EOT], 1, finished=True))
    told: list[Any] = []
    assert decode_in_pieces(graph, (), told).tokens == (3,)
    assert told == [[(3,)]]
    assert "first_step" not in graph.runs[0]
