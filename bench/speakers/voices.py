"""Voices of the corpora, each as utterances of one person cut at its pauses."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from earwitness.speech.activity import find_speech
from earwitness.speech.settings import VadSettings
from earwitness.speech.silero import VAD_FRAME_SAMPLES
from numpy.typing import NDArray

from bench.native_model import SileroVad, decode_audio
from bench.paths import MODELS

Array = NDArray[np.float32]
RATE_HZ = 16_000
_SPLIT_S = 0.35
"""A pause from this length on ends an utterance if the utterance is long enough."""
_SHORTEST_S, _LONG_ENOUGH_S = 0.4, 1.5
PAUSE_S = 0.3
"""A pause from this length on is not speech in the reference."""

FILES = {
    "ls-1688": "en-ls-1688-ten-utterances",
    "ls-2033": "en-ls-2033-ten-utterances",
    "ls-2609": "en-ls-2609-ten-utterances",
    "ls-3331": "en-ls-3331-ten-utterances",
    "ls-367": "en-ls-367-ten-utterances",
    "lj": "en-lj-printing-a",
    "bush": "en-gb0-radio-address",
    "gael": "fr-long-baudelaire-dev:Gael",
    "christian": "fr-long-baudelaire-dev:Christian",
    "stephanie": "fr-long-baudelaire-dev:Stephanie",
    "sandra": "fr-long-baudelaire-dev:Sandra",
    "margot": "fr-long-baudelaire-dev:Margot",
    "linda": "fr-long-baudelaire-dev:Linda",
    "sonia": "fr-long-baudelaire-dev:Sonia",
    "cs-small": "cs-long-conversation-dev:small_fish",
    "cs-big": "cs-long-conversation-dev:big_fish",
    "nl-small": "nl-conversation-library:small_fish",
    "nl-big": "nl-conversation-barrel:big_fish",
    "allison": "en-long-telephone-dev",
}
"""Recordings of the larger corpora by voice; after a colon, the speaker in the recording."""


@dataclass(frozen=True)
class Utterance:
    """Speech of one person. `spans` are its samples without longer pauses."""

    samples: Array
    spans: tuple[tuple[int, int], ...]


def utterances(voice: str, folder: Path) -> list[Utterance]:
    """Return the voice's utterances, each at the same loudness."""
    name, _, speaker = FILES[voice].partition(":")
    [path] = [p for p in folder.glob(f"{name}.*") if p.suffix not in (".jsonl", ".rttm")]
    samples = decode_audio(path)
    sentences = folder / f"{name}.segments.jsonl"
    parts = [samples]
    if sentences.exists():
        rows = [json.loads(line) for line in sentences.read_text("utf-8").splitlines()]
        parts = [
            samples[round(row["start"] * RATE_HZ) : round(row["end"] * RATE_HZ)]
            for row in rows
            if not speaker or row["speaker"] == speaker
        ]
    return [each for part in parts for each in _split(part)]


def _split(samples: Array) -> list[Utterance]:
    """Cut at pauses; drop what is too short."""
    found: list[Utterance] = []
    group: list[tuple[int, int]] = []
    spans = _speech(samples)
    for index, span in enumerate(spans):
        group.append(span)
        following = spans[index + 1][0] if index + 1 < len(spans) else len(samples) + RATE_HZ
        size = span[1] - group[0][0]
        pause = following - span[1]
        if pause >= _SPLIT_S * RATE_HZ and size >= _LONG_ENOUGH_S * RATE_HZ:
            found.append(_utterance(samples, group))
            group = []
    if group and group[-1][1] - group[0][0] >= _SHORTEST_S * RATE_HZ:
        found.append(_utterance(samples, group))
    return found


def _utterance(samples: Array, spans: list[tuple[int, int]]) -> Utterance:
    first, last = spans[0][0], spans[-1][1]
    part = samples[first:last]
    loudness = np.sqrt(np.mean(part**2)) + 1e-9
    inner = tuple((start - first, stop - first) for start, stop in spans)
    return Utterance((part * (0.08 / loudness)).astype(np.float32), inner)


def _speech(samples: Array) -> list[tuple[int, int]]:
    """Spans of samples with speech in the clean recording, apart by at least `PAUSE_S`.

    Silero decides. So does senko, which has an advantage from that, if anybody has.
    """
    probabilities = asyncio.run(_detector().speech_probabilities(samples))
    found = find_speech(probabilities, VadSettings(min_silence_s=PAUSE_S))
    frame = VAD_FRAME_SAMPLES
    return [(s.start * frame, min(len(samples), s.stop * frame)) for s in found]


@cache
def _detector() -> SileroVad:
    return SileroVad(MODELS / "silero-vad" / "vad.onnx")
