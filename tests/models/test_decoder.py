"""The decode loop: batches, sampling, limits, alignment."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from earwitness_models.alignment import MEDIAN_WIDTH, alignment
from earwitness_models.graph import FLOAT, INT64, Graph
from earwitness_models.silence import SILENT_FRAMES, sound_then_silence

from tests.conftest import Clip
from tests.models.native import Arrays, Exported, audio_of, beside, run, session

NAMES = ["en-echotest", "en-connection", "en-instructions", "en-congratulations"]


@pytest.fixture(scope="module")
def encoded(tiny: Exported, clips: dict[str, Clip]):
    """Each clip's first ten seconds and a second of silence."""

    def opening(name: str) -> np.ndarray:
        return np.pad(audio_of(clips[name].path, 160_000), ((0, 0), (0, 16_000)))

    return [tiny.encode(opening(name)) for name in NAMES]


def test_batch_of_four_equals_its_rows_alone(tiny: Exported, encoded) -> None:
    prompt = np.array([tiny.start("en", timestamps=True)])
    together = tiny.decode(beside(encoded), np.repeat(prompt, 4, axis=0))
    assert len(set(together["lengths"].tolist())) > 1
    for row, cross in enumerate(encoded):
        alone = tiny.decode(cross, prompt)
        length = int(alone["lengths"][0])
        assert length > 5
        assert together["lengths"][row] == length
        expected = alone["tokens"][0, 0, : length + 1]
        np.testing.assert_array_equal(together["tokens"][row, 0, : length + 1], expected)
        assert (together["tokens"][row, 0, length:] == tiny.tokens["eot"]).all()
        np.testing.assert_allclose(
            together["log_probabilities"][row, 0, : length + 1],
            alone["log_probabilities"][0, 0, : length + 1],
            atol=1e-3,
        )
        assert (together["log_probabilities"][row, 0, length + 1 :] == 0).all()


def test_short_audio_gives_the_same_text(tiny: Exported, clips: dict[str, Clip]) -> None:
    clip = clips["en-echotest"]
    whole = tiny.transcribe(audio_of(clip.path), "en", timestamps=False)
    short = audio_of(clip.path, int((clip.duration_s + 1) * 50) * 320)
    assert tiny.transcribe(short, "en", timestamps=False) == whole


def test_silence_is_appended_up_to_a_window(tiny: Exported) -> None:
    def frames(seconds: float) -> int:
        audio = np.zeros((2, int(seconds * 16_000)), dtype=np.float32)
        return tiny.encode(audio)["cross_value_0"].shape[2]

    assert frames(2) == 100 + SILENT_FRAMES
    assert frames(25) == frames(29.98) == frames(30) == 1500


def test_appended_silence_equals_encoded_silence(tiny: Exported) -> None:
    """The graph and the exporter's own arithmetic agree on the window it was taken from."""
    whole = tiny.encode(sound_then_silence().astype(np.float32)[None])
    short = tiny.encode(np.zeros((1, 32_000), dtype=np.float32))
    for name, axis in (("cross_key_0", 3), ("cross_value_3", 2)):
        ours, theirs = (
            np.take(cross[name], range(-SILENT_FRAMES, 0), axis) for cross in (short, whole)
        )
        np.testing.assert_allclose(ours, theirs, atol=0.05 * np.abs(theirs).max())
        assert np.corrcoef(ours.ravel(), theirs.ravel())[0, 1] > 0.999


def test_sampling_depends_only_on_the_random_numbers(tiny: Exported, encoded) -> None:
    cross, prompt = beside(encoded[:2]), np.array([tiny.start("en", timestamps=True)] * 2)
    random = np.random.default_rng(7)
    changes = {
        "temperature": np.array([1.0], dtype=np.float32),
        "max_steps": np.array([40]),
        "uniforms": random.random((40, 2)).astype(np.float32),
    }
    once, again = tiny.decode(cross, prompt, **changes), tiny.decode(cross, prompt, **changes)
    np.testing.assert_array_equal(once["tokens"], again["tokens"])
    changes["uniforms"] = random.random((40, 2)).astype(np.float32)
    other = tiny.decode(cross, prompt, **changes)
    assert once["tokens"].tolist() != other["tokens"].tolist()


def test_steps_are_limited(tiny: Exported, encoded) -> None:
    prompt = np.array([tiny.start("en", timestamps=True)])
    result = tiny.decode(encoded[0], prompt, max_steps=np.array([5]))
    assert result["tokens"].shape == (1, 1, 5)
    assert result["lengths"].tolist() == [5]
    assert result["first_logits"].shape == (1, tiny.manifest["dims"]["vocab"])


def test_repeating_row_is_stopped_and_marked(tiny: Exported, encoded) -> None:
    """A model that may say one word only says it until the guard has heard enough."""
    vocabulary = tiny.manifest["dims"]["vocab"]
    bias = np.full(vocabulary, -1e30, dtype=np.float32)
    bias[1000] = 0
    prompt = np.array([tiny.start("en", timestamps=False)])
    result = tiny.decode(encoded[0], prompt, suppress_bias=bias, timestamps=np.array([False]))
    assert result["looped"].tolist() == [True]
    assert result["tokens"].tolist() == [[[1000] * 32]]


def test_long_prompt_is_read_in_the_first_step(tiny: Exported, encoded) -> None:
    tokens = tiny.tokens
    before = [tokens["sot_prev"], 383, 1049, 286, 1392]
    prompt = np.array([[*before, *tiny.start("en", timestamps=True)]])
    told = tiny.decode(encoded[0], prompt, sot_index=np.array([len(before)]))
    assert told["lengths"][0] > 0
    untold = tiny.decode(encoded[0], prompt[:, len(before) :])
    assert told["no_speech_probability"][0] != untold["no_speech_probability"][0]


def test_forced_text_has_the_likelihood_of_its_decoding(tiny: Exported, encoded) -> None:
    """One pass over the whole sequence ends where step by step decoding did."""
    start = tiny.start("en", timestamps=False)
    text = tiny.decode(encoded[1], np.array([start]), timestamps=np.array([False]))
    length = int(text["lengths"][0])
    whole = np.array([[*start, *text["tokens"][0, 0, :length].tolist()]])
    forced = tiny.decode(
        encoded[1],
        whole,
        max_steps=np.array([1]),
        timestamps=np.array([False]),
        begin_suppress_bias=np.zeros(tiny.manifest["dims"]["vocab"], dtype=np.float32),
    )
    assert forced["tokens"].tolist() == [[[tiny.tokens["eot"]]]]
    expected = text["log_probabilities"][0, 0, length]
    assert forced["log_probabilities"][0, 0, 0] == pytest.approx(expected, abs=1e-3)


def test_alignment_equals_whisper_s() -> None:
    """Standardised over the counted tokens, median of seven, mean over the heads."""
    graph = Graph("alignment")
    graph.input("attention", FLOAT, ["batch", 3, "tokens", "frames"])
    graph.input("frames_heard", INT64, ["batch"])
    graph.input("tokens_counted", INT64, ["batch"])
    result = alignment(graph, "attention", "frames_heard", "tokens_counted")
    graph.output(result, FLOAT, ["batch", "tokens", "frames"], "alignment")
    random = np.random.default_rng(3)
    attention = random.dirichlet(np.full(60, 0.3), (2, 3, 9)).astype(np.float32)
    heard, counted = np.array([60, 41]), np.array([9, 6])
    found = run(
        session(graph.model("alignment")),
        {"attention": attention, "frames_heard": heard, "tokens_counted": counted},
    )["alignment"]
    half = MEDIAN_WIDTH // 2
    for row in range(2):
        part = attention[row, :, : counted[row], : heard[row]].astype(np.float64)
        part /= part.sum(axis=-1, keepdims=True)
        part = (part - part.mean(axis=1, keepdims=True)) / part.std(axis=1, keepdims=True)
        padded = np.pad(part, ((0, 0), (0, 0), (half, half)), mode="reflect")
        windows = np.lib.stride_tricks.sliding_window_view(padded, MEDIAN_WIDTH, axis=-1)
        expected = np.median(windows, axis=-1).mean(axis=0)
        inner = slice(0, heard[row] if row == 0 else heard[row] - half)
        np.testing.assert_allclose(found[row, : counted[row], inner], expected[:, inner], atol=2e-4)


def scores(tiny: Exported, cross, prompt: list[int], start: int, **changes) -> list[float]:
    """Log-probabilities of the prompt's tokens from index `start` on."""
    result = tiny.decode(
        cross,
        np.array([prompt]),
        max_steps=np.array([1]),
        timestamps=np.array([False]),
        scored_from=np.array([start]),
        **changes,
    )
    return result["scores"][0].tolist()


def test_tokens_of_the_prompt_are_scored_as_they_are_decoded(tiny: Exported, encoded) -> None:
    start = tiny.start("en", timestamps=False)
    vocabulary = tiny.manifest["dims"]["vocab"]
    # Nothing is suppressed, so that the log-probabilities are over the same tokens.
    free = {
        name: np.zeros(vocabulary, dtype=np.float32)
        for name in ("suppress_bias", "begin_suppress_bias")
    }
    text = tiny.decode(encoded[1], np.array([start]), timestamps=np.array([False]), **free)
    length = int(text["lengths"][0])
    told = scores(tiny, encoded[1], [*start, *text["tokens"][0, 0, :length].tolist()], len(start))
    assert length > 5
    assert told == pytest.approx(text["log_probabilities"][0, 0, :length].tolist(), abs=0.01)


def test_branches_of_a_text_are_scored_as_texts_of_their_own(tiny: Exported, encoded) -> None:
    start = tiny.start("en", timestamps=False)
    text = tiny.decode(encoded[1], np.array([start]), timestamps=np.array([False]))
    said = text["tokens"][0, 0, : int(text["lengths"][0])].tolist()
    variants = [(2, [1049, 286, 1392]), (0, [383, said[0]]), (len(said), [262])]
    prompt = [*start, *said]
    prefixes, begins = [0] * len(prompt), [0] * len(prompt)
    for first, tokens in variants:
        begins += [len(prompt)] * len(tokens)
        prefixes += [len(start) + first] * len(tokens)
        prompt += tokens
    branches = np.array([prefixes, begins])
    together = scores(tiny, encoded[1], prompt, len(start), branches=branches)
    alone = [scores(tiny, encoded[1], [*start, *said], len(start))]
    for first, tokens in variants:
        whole = [*start, *said[:first], *tokens]
        alone.append(scores(tiny, encoded[1], whole, len(start) + first))
    assert together == pytest.approx([each for part in alone for each in part], abs=1e-3)


@pytest.fixture(scope="module")
def in_one_run(tiny: Exported, encoded: list[Arrays]) -> Callable[[int, int], Arrays]:
    """Decodes the clips with so many beams in so many steps at most, each pair once."""

    @cache
    def decode(beams: int, limit: int) -> Arrays:
        prompt = np.array([tiny.start("en", timestamps=True)] * len(encoded))
        steps = {"max_steps": np.array([limit]), "beams": np.array([beams])}
        return tiny.decode(beside(encoded), prompt, **steps)

    return decode


@pytest.mark.parametrize("beams", [1, 5])
@pytest.mark.parametrize("length", [1, 7, 24])
def test_decode_in_several_runs_is_the_decode_in_one(
    tiny: Exported,
    encoded: list[Arrays],
    in_one_run: Callable[[int, int], Arrays],
    beams: int,
    length: int,
) -> None:
    """Bit for bit: what is shown while a window is decoded costs nothing of its text."""
    cross = beside(encoded)
    prompt = np.array([tiny.start("en", timestamps=True)] * len(encoded))
    names = ("tokens", "log_probabilities", "parents", "endings")
    limit = 40 if length == 1 else 224
    options = {"beams": np.array([beams])}
    whole = in_one_run(beams, limit)
    runs: list[Arrays] = []
    past: Arrays = {}
    while (done := sum(each["tokens"].shape[2] for each in runs)) < limit:
        piece = {
            "max_steps": np.array([min(length, limit - done)]),
            "first_step": np.array([done]),
            "hand_on": np.array([True]),
        }
        runs.append(tiny.decode(cross, prompt, **options, **piece, **past))
        states = [each["name"] for each in tiny.manifest["states"]]
        past = {f"past_{name}": runs[-1][f"next_{name}"] for name in states}
        if past["past_finished"].all():
            break
    assert len(runs) > 1
    for name in names:
        assert np.array_equal(np.concatenate([each[name] for each in runs], 2), whole[name])
    assert np.array_equal(sum(each["lengths"] for each in runs), whole["lengths"])
    for name in ("no_speech_probability", "first_logits", "looped"):
        assert np.array_equal(runs[-1][name], whole[name])


def test_decode_in_one_run_hands_no_cache_on(tiny: Exported, encoded: list[Arrays]) -> None:
    """A copy of the caches costs time in the page."""
    prompt = np.array([tiny.start("en", timestamps=True)])
    result = tiny.decode(encoded[0], prompt)
    large = [name for name in result if name.startswith("next_self_")]
    assert large
    assert all(not result[name].size for name in [*large, "next_first_logits"])
