"""Reduced precision keeps the transcribed words of the corpus."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from earwitness_models.graph import FLOAT, INT64, Graph
from earwitness_models.precision import PRECISIONS
from earwitness_models.quantise import (
    FullEmbeddings,
    Int8Embeddings,
    WidenedEmbeddings,
    attend_full,
    attend_int8,
    int8_by_output,
    multiply_full,
    multiply_int8,
    multiply_widened,
)
from jiwer import process_words
from tokenizers import Tokenizer
from whisper_normalizer.english import EnglishTextNormalizer

from tests.conftest import Clip
from tests.models.native import Exported, audio_of, run, session

NAMES = ["en-echotest", "en-connection", "en-instructions", "en-congratulations"]
INPUTS, OUTPUTS = 64, 48


def weight() -> np.ndarray:
    """Columns of very different size, as trained ones are."""
    random = np.random.default_rng(5)
    return random.normal(size=(INPUTS, OUTPUTS)) * np.geomspace(0.01, 3, OUTPUTS)


def product(multiply, x: np.ndarray) -> np.ndarray:
    graph = Graph("product")
    name = graph.input("x", FLOAT, ["batch", "length", INPUTS])
    graph.output(multiply(graph, name, "weight", weight()), FLOAT, ["batch", None, OUTPUTS], "y")
    return run(session(graph.model("product")), {"x": x})["y"]


def test_int8_error_is_at_most_half_a_step() -> None:
    small, scale = int8_by_output(weight(), 1)
    assert small.dtype == np.int8
    assert np.abs(small).max(axis=0).tolist() == [127] * OUTPUTS
    assert (np.abs(small * scale - weight()) <= scale / 2 * 1.001).all()


@pytest.mark.parametrize("multiply", [multiply_widened, multiply_int8])
def test_large_activation_does_not_affect_other_tokens(multiply) -> None:
    random = np.random.default_rng(1)
    x = random.normal(size=(2, 5, INPUTS)).astype(np.float32)
    x[1, 3] *= 1000
    exact, rounded = product(multiply_full, x), product(multiply, x)
    error = np.linalg.norm(rounded - exact, axis=-1) / np.linalg.norm(exact, axis=-1)
    assert error.max() < 0.02
    alone = product(multiply, x[:1])
    np.testing.assert_allclose(alone[0], rounded[0], rtol=1e-5, atol=1e-6)


def attended(attend, query: np.ndarray, key: np.ndarray, value: np.ndarray) -> np.ndarray:
    graph = Graph("attention")
    names = [graph.input(name, FLOAT, ["batch", "length", 32]) for name in ("q", "k", "v")]
    graph.output(attend(graph, *names, 4, 8), FLOAT, ["batch", None, None], "y")
    return run(session(graph.model("attention")), {"q": query, "k": key, "v": value})["y"]


def test_int8_attention_has_the_same_weights() -> None:
    random = np.random.default_rng(4)
    query, key, value = random.normal(size=(3, 2, 50, 32)).astype(np.float32) * 2
    key[0, 7] *= 20
    exact = attended(attend_full, query, key, value)
    rounded = attended(attend_int8, query, key, value)
    error = np.linalg.norm(rounded - exact, axis=-1) / np.linalg.norm(exact, axis=-1)
    assert 0 < np.median(error) < 0.02
    alone = attended(attend_int8, query[1:], key[1:], value[1:])
    np.testing.assert_allclose(alone[0], rounded[1], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("make", [FullEmbeddings, WidenedEmbeddings, Int8Embeddings])
def test_quantised_embeddings_are_looked_up_and_multiplied(make) -> None:
    rows = weight().T
    graph = Graph("embeddings")
    graph.input("tokens", INT64, ["batch", "length"])
    graph.input("hidden", FLOAT, ["rows", INPUTS])
    embeddings = make(graph, rows)
    graph.output(embeddings.lookup(graph, "tokens"), FLOAT, [None, None, INPUTS], "looked_up")
    graph.output(embeddings.project(graph, "hidden"), FLOAT, [None, OUTPUTS], "projected")
    hidden = np.random.default_rng(2).normal(size=(3, INPUTS)).astype(np.float32)
    inputs = {"tokens": np.array([[3, 40]]), "hidden": hidden}
    result = run(session(graph.model("embeddings")), inputs)
    np.testing.assert_allclose(result["looked_up"][0], rows[[3, 40]], atol=0.02)
    exact = hidden @ rows.T
    error = np.abs(result["projected"] - exact).max(axis=0) / np.abs(rows).max(axis=1)
    assert error.max() < 0.2


def words(model: Exported, clip: Clip) -> str:
    """The normalised words that a model hears in a clip."""
    tokenizer = Tokenizer.from_file(str(model.folder / "tokenizer.json"))
    audio = audio_of(clip.path, min(480_000, int((clip.duration_s + 1) * 50) * 320))
    tokens = model.transcribe(audio, "en", timestamps=False)
    return EnglishTextNormalizer()(tokenizer.decode(tokens))


@pytest.fixture(scope="module")
def exact_texts(tiny: Exported, clips: dict[str, Clip]) -> list[str]:
    """The words of `NAMES` in full precision."""
    return [words(tiny, clips[name]) for name in NAMES]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "darwin", reason="int8 kernels differ; the page's are tested")
@pytest.mark.parametrize("precision", [name for name in PRECISIONS if name != "fp32"])
def test_transcribed_words_stay_the_same(
    precision: str,
    tiny: Exported,
    exact_texts: list[str],
    export: Callable[[str, str], Path],
    clips: dict[str, Clip],
) -> None:
    smaller = Exported(export("tiny.en", precision))
    edits = process_words(exact_texts, [words(smaller, clips[name]) for name in NAMES])
    assert edits.wer <= 0.02
    size = (smaller.folder / "encoder.onnx").stat().st_size
    assert size < 0.4 * (tiny.folder / "encoder.onnx").stat().st_size
