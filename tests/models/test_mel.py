"""The graph's spectrogram against one written with numpy's Fourier transform."""

from __future__ import annotations

import numpy as np
import pytest
from earwitness_models.graph import FLOAT, Graph
from earwitness_models.mel import log_mel, mel_filters
from faster_whisper.feature_extractor import FeatureExtractor
from numpy.typing import NDArray

from tests.conftest import Clip
from tests.models.native import audio_of, run, session


@pytest.fixture(scope="module")
def spectrogram():
    graph = Graph("mel")
    audio = graph.input("audio", FLOAT, ["batch", "samples"])
    graph.output(log_mel(graph, audio, 80), FLOAT, ["batch", 80, "frames"], "mel")
    runner = session(graph.model("log-mel"))
    return lambda audio: run(runner, {"audio": audio})["mel"]


def by_fourier(audio: NDArray[np.float32]) -> NDArray[np.float64]:
    """openai/whisper's definition, one row at a time."""
    window = np.hanning(401)[:400]
    rows = []
    for row in audio.astype(np.float64):
        padded = np.pad(row, 200, mode="reflect")
        frames = np.lib.stride_tricks.sliding_window_view(padded, 400)[::160][: len(row) // 160]
        power = np.abs(np.fft.rfft(frames * window)) ** 2
        log = np.log10(np.maximum(mel_filters(80).astype(np.float64) @ power.T, 1e-10))
        rows.append((np.maximum(log, log.max() - 8) + 4) / 4)
    return np.stack(rows)


@pytest.mark.parametrize("samples", [3_200, 16_000, 16_123, 480_000])
def test_spectrogram_equals_the_definition(
    spectrogram, clips: dict[str, Clip], samples: int
) -> None:
    audio = audio_of(clips["en-congratulations"].path, samples)
    mel = spectrogram(audio)
    assert mel.shape == (1, 80, samples // 160)
    np.testing.assert_allclose(mel, by_fourier(audio), atol=2e-4)


def test_rows_of_a_batch_are_independent(spectrogram, clips: dict[str, Clip]) -> None:
    audio = audio_of(clips["en-connection"].path, 160_000)
    quiet = audio * np.float32(0.01)
    both = spectrogram(np.concatenate([audio, quiet]))
    np.testing.assert_allclose(both[1], spectrogram(quiet)[0], atol=1e-6)


def test_spectrogram_of_silence_is_finite(spectrogram) -> None:
    mel = spectrogram(np.zeros((1, 16_000), dtype=np.float32))
    np.testing.assert_allclose(mel, (np.log10(1e-10) + 4) / 4, atol=1e-5)


def test_filters_equal_faster_whisper_s() -> None:
    theirs = FeatureExtractor().mel_filters
    np.testing.assert_allclose(mel_filters(80), theirs, atol=1e-7)
