"""The graph's decoding rules against openai/whisper's in plain Python, on scripted logits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from earwitness_models.graph import BOOL, FLOAT, INT64, Graph
from earwitness_models.rules import CLOSING, NEVER, Controls, History, Rules
from earwitness_models.tokens import TIMESTAMPS, SpecialTokens
from numpy.typing import NDArray

from tests.models.native import Arrays, run, session

EOT, SOT, NO_TIMESTAMPS, BEGIN = 40, 41, 49, 50
VOCABULARY = BEGIN + TIMESTAMPS
TOKENS = SpecialTokens(
    sot=SOT, eot=EOT, transcribe=43, translate=44, no_timestamps=NO_TIMESTAMPS,
    sot_prev=45, sot_lm=46, no_speech=47, timestamp_begin=BEGIN, languages={"en": 42},
)  # fmt: skip
CONTROLS = {
    "suppress_bias": (FLOAT, [2, VOCABULARY]),
    "timestamps": (BOOL, [1]),
    "max_initial_timestamp": (INT64, [1]),
    "temperature": (FLOAT, [1]),
    "uniforms": (FLOAT, ["steps", "batch"]),
    "last_uniform": (INT64, [1]),
    "sampled_rows": (INT64, [1]),
}
HISTORY = {
    "ended_in_timestamp": (BOOL, ["batch", 1]),
    "before_it": (BOOL, ["batch", 1]),
    "newest_timestamp": (INT64, ["batch", 1]),
}


@pytest.fixture(scope="module")
def step():
    graph = Graph("rules")
    graph.input("logits", FLOAT, ["batch", VOCABULARY])
    graph.input("step", INT64, [])
    for name, (kind, shape) in (CONTROLS | HISTORY).items():
        graph.input(name, kind, shape)
    audio_end = graph.input("audio_end", INT64, ["batch", 1])
    rules = Rules(graph, TOKENS, Controls(**{name: name for name in CONTROLS}))
    history = History(**{name: name for name in HISTORY})
    scores = rules.score("logits", "step", history, audio_end, "sampled_rows")
    choice = rules.choose(scores, "step")
    after = rules.update_history(history, "step", choice.tokens)
    graph.output(choice.tokens, INT64, ["batch", 1], "tokens")
    graph.output(choice.log_probabilities, FLOAT, ["batch", 1], "log_probabilities")
    for name, (kind, shape) in HISTORY.items():
        graph.output(getattr(after, name), kind, shape, f"new_{name}")
    runner = session(graph.model("rules"))
    return lambda inputs: run(runner, inputs)


@dataclass(frozen=True)
class Settings:
    timestamps: bool = True
    max_initial: int = 50
    temperature: float = 0.0
    audio_end: int = TIMESTAMPS


def masked_by_whisper(
    logits: NDArray[np.float64], sampled: list[int], settings: Settings
) -> NDArray[np.float64]:
    """openai/whisper's ApplyTimestampRules for one row, and our two rules more."""
    logits = logits.copy()
    if not settings.timestamps:
        logits[BEGIN:] = -np.inf
        return logits
    logits[NO_TIMESTAMPS] = -np.inf
    last = bool(sampled) and sampled[-1] >= BEGIN
    before = len(sampled) < 2 or sampled[-2] >= BEGIN
    if last and before:
        logits[BEGIN:] = -np.inf
    elif last:
        logits[:EOT] = -np.inf
    times = [token for token in sampled if token >= BEGIN]
    if times:
        lowest = times[-1] if last and not before else times[-1] + 1
        logits[BEGIN:lowest] = -np.inf
    if last and not before and times[-1] >= BEGIN + settings.audio_end - CLOSING:
        logits[BEGIN:] = -np.inf
    if sampled:
        logits[BEGIN + settings.audio_end + 1 :] = -np.inf
    else:
        logits[:BEGIN] = -np.inf
        logits[BEGIN + settings.max_initial + 1 :] = -np.inf
    with np.errstate(divide="ignore"):
        time_mass = np.log(np.exp(logits[BEGIN:] - logits.max()).sum()) + logits.max()
    if time_mass > logits[:BEGIN].max():
        logits[:BEGIN] = -np.inf
    return logits


def scripted(random: np.random.Generator, rows: int) -> NDArray[np.float32]:
    """Logits in which text, specials, single times and many small times all win now and then."""
    logits = random.normal(0, 2, (rows, VOCABULARY))
    logits[:, BEGIN:] += random.choice([-9.0, -5.0, -3.0, 0.0], (rows, 1))
    logits[:, EOT:BEGIN] += random.choice([-8.0, 0.0, 2.0], (rows, 1))
    spike = random.integers(0, TIMESTAMPS, rows)
    logits[np.arange(rows), BEGIN + spike] += random.choice([0.0, 12.0], rows)
    return logits.astype(np.float32)


def first_inputs(rows: int, settings: Settings) -> Arrays:
    bias = np.zeros((2, VOCABULARY), dtype=np.float32)
    bias[:, [3, 5, SOT]] = NEVER
    bias[0, [7, EOT]] = NEVER
    if settings.timestamps:
        bias[:, NO_TIMESTAMPS] = NEVER
    return {
        "suppress_bias": bias,
        "timestamps": np.array([settings.timestamps]),
        "max_initial_timestamp": np.array([settings.max_initial]),
        "temperature": np.array([settings.temperature], dtype=np.float32),
        "uniforms": np.zeros((1, rows), dtype=np.float32),
        "last_uniform": np.array([0]),
        "sampled_rows": np.array([rows if settings.temperature else 0]),
        "audio_end": np.full((rows, 1), settings.audio_end),
        "ended_in_timestamp": np.zeros((rows, 1), dtype=bool),
        "before_it": np.ones((rows, 1), dtype=bool),
        "newest_timestamp": np.full((rows, 1), -1),
    }


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(
    "settings",
    [
        Settings(),
        Settings(max_initial=0),
        Settings(audio_end=400),
        Settings(audio_end=60, max_initial=30),
        Settings(timestamps=False),
        Settings(temperature=0.7),
        Settings(timestamps=False, temperature=1.0),
    ],
    ids=str,
)
def test_every_step_equals_whisper_s(step, settings: Settings, seed: int) -> None:
    rows, steps = 6, 25
    random = np.random.default_rng(seed)
    inputs = first_inputs(rows, settings)
    inputs["uniforms"] = random.random((steps, rows)).astype(np.float32)
    inputs["last_uniform"] = np.array([steps - 1])
    sampled: list[list[int]] = [[] for _ in range(rows)]
    kinds: set[str] = set()
    for index in range(steps):
        logits = scripted(random, rows)
        result = step(inputs | {"logits": logits, "step": np.array(index)})
        for row in range(rows):
            biased = logits[row].astype(np.float64) + inputs["suppress_bias"][min(index, 1)]
            expected = masked_by_whisper(biased, sampled[row], settings)
            token = int(result["tokens"][row, 0])
            shifted = expected - expected.max()
            likelihood = shifted - np.log(np.exp(shifted).sum())
            if settings.temperature:
                scaled = np.exp(shifted / settings.temperature)
                reached = np.cumsum(scaled / scaled.sum())
                low, high = reached[token - 1] if token else 0.0, reached[token]
                assert low - 1e-5 <= inputs["uniforms"][index, row] <= high + 1e-5
                assert scaled[token] > 0
            else:
                assert token == int(expected.argmax())
            found = result["log_probabilities"][row, 0]
            assert found == pytest.approx(likelihood[token], abs=2e-4)
            sampled[row].append(token)
            kinds.add("word" if token < EOT else "special" if token < BEGIN else "time")
        inputs |= {name: result[f"new_{name}"] for name in HISTORY}
    assert "word" in kinds
    assert ("time" in kinds) == settings.timestamps


def test_same_random_numbers_draw_the_same_tokens(step) -> None:
    inputs = first_inputs(4, Settings(timestamps=False, temperature=0.8))
    inputs |= {"step": np.array(0), "logits": scripted(np.random.default_rng(1), 4)}
    inputs["uniforms"] = np.array([[0.1, 0.5, 0.9, 0.9999999]], dtype=np.float32)
    once, again = step(inputs), step(inputs)
    np.testing.assert_array_equal(once["tokens"], again["tokens"])
    np.testing.assert_array_equal(once["log_probabilities"], again["log_probabilities"])


def test_sampling_follows_the_probabilities(step) -> None:
    rows = 4000
    inputs = first_inputs(rows, Settings(timestamps=False, temperature=0.5))
    logits = np.full((rows, VOCABULARY), -30.0, dtype=np.float32)
    logits[:, [10, 20]] = np.log([0.6, 0.4])
    uniforms = (np.arange(rows) / rows).astype(np.float32)
    result = step(inputs | {"step": np.array(0), "logits": logits, "uniforms": uniforms[None]})
    share = np.mean(result["tokens"] == 10)
    assert share == pytest.approx(0.6**2 / (0.6**2 + 0.4**2), abs=2e-3)
