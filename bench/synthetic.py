"""Recordings that are computed or cut from the corpora: noises, half-silent files, any length.

Random numbers have fixed seeds, so that every machine has the same recordings.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from bench.corpus import Clip, Sentence, long_recording
from bench.native_model import decode_audio
from bench.paths import CORPUS, WORK

Array = NDArray[np.float32]
RATE_HZ = 16_000
FOLDER = WORK / "synthetic"


def write(name: str, samples: Array) -> Path:
    """Write a 16-bit FLAC file into `FOLDER`; returns its path."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / name
    partial = path.with_suffix(".partial")
    soundfile.write(partial, np.clip(samples, -1, 1), RATE_HZ, "PCM_16", format="FLAC")
    partial.rename(path)
    return path


def noises(duration_s: float = 30.0) -> list[Clip]:
    """Return noise, hum, applause, clicks, chords and near silence: recordings without speech."""
    makers: dict[str, Callable[[int], Array]] = {
        "pink-noise": lambda n: _coloured(n, 0.5),
        "brown-noise": lambda n: _coloured(n, 1.0),
        "mains-hum": _hum,
        "applause": _applause,
        "clicks": _clicks,
        "chords": _chords,
        "near-silence": lambda n: _noise(n) * np.float32(1e-4),
        "swell": lambda n: _noise(n) * np.linspace(0, 0.5, n, dtype=np.float32),
    }
    clips: list[Clip] = []
    for name, make in makers.items():
        path = FOLDER / f"{name}.flac"
        if not path.exists():
            write(path.name, make(round(duration_s * RATE_HZ)))
        clips.append(Clip(f"synthetic-{name}", path, "", duration_s, None))
    return clips


def half_silent() -> list[tuple[Clip, float, float]]:
    """Return speech with as much silence before, after or inside: (clip, silence start, end)."""
    speech = decode_audio(CORPUS / "en-connection.flac")
    silence = _noise(len(speech)) * np.float32(1e-4)
    half = len(speech) / RATE_HZ
    layouts = {
        "silence-first": ([silence, speech], 0.0, half),
        "silence-last": ([speech, silence], half, 2 * half),
        "silence-inside": ([speech, silence, silence, speech], half, 3 * half),
    }
    found: list[tuple[Clip, float, float]] = []
    for name, (parts, start_s, end_s) in layouts.items():
        path = FOLDER / f"{name}.flac"
        if not path.exists():
            write(path.name, np.concatenate(parts))
        duration_s = sum(map(len, parts)) / RATE_HZ
        found.append((Clip(f"synthetic-{name}", path, "en", duration_s, None), start_s, end_s))
    return found


def speech_of_length(minutes: float) -> Path:
    """Return a file of read speech of this length; shorter speech is repeated."""
    long = long_recording()
    source = long.path if long else CORPUS / "en-instructions.flac"
    path = FOLDER / f"{source.stem}-{minutes:g}min.flac"
    if path.exists():
        return path
    original = decode_audio(source)
    wanted = round(minutes * 60 * RATE_HZ)
    return write(path.name, np.tile(original, -(-wanted // len(original)))[:wanted])


def joined(name: str, clips: list[Clip]) -> Clip:
    """Return several recordings joined to one with their references; its id is `name`."""
    path = FOLDER / f"{name}.flac"
    if not path.exists():
        gap = np.zeros(RATE_HZ // 2, np.float32)
        parts = [part for clip in clips for part in (decode_audio(clip.path), gap)]
        write(path.name, np.concatenate(parts))
    text = " ".join(clip.text or "" for clip in clips)
    return Clip(name, path, clips[0].language, soundfile.info(path).duration, text)


def first_part(clip: Clip, longest_s: float) -> Clip:
    """Return a recording up to its last sentence that ends within `longest_s`."""
    kept = [sentence for sentence in clip.sentences if sentence.end_s <= longest_s]
    path = FOLDER / f"{clip.id}-{longest_s:.0f}s.flac"
    if not path.exists():
        write(path.name, decode_audio(clip.path)[: round(kept[-1].end_s * RATE_HZ) + RATE_HZ // 4])
    text = " ".join(sentence.text for sentence in kept)
    return Clip(path.stem, path, clip.language, kept[-1].end_s, text, tuple(kept))


def part_of(clip: Clip, sentences: Sequence[Sentence]) -> Clip:
    """Return neighbouring sentences of a joined recording as a recording of its own."""
    start_s, end_s = sentences[0].start_s, sentences[-1].end_s
    name = f"{clip.id}/{start_s:.2f}-{end_s:.2f}"
    path = FOLDER / f"{name}.flac"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        start, stop = (round(time_s * RATE_HZ) for time_s in (start_s, end_s))
        write(path.relative_to(FOLDER).as_posix(), decode_audio(clip.path)[start:stop])
    text = " ".join(sentence.text for sentence in sentences)
    return Clip(name, path, clip.language, end_s - start_s, text)


def split_sentences(clip: Clip) -> list[Clip]:
    """Return each sentence of a joined recording as a recording of its own."""
    samples: Array | None = None
    parts: list[Clip] = []
    for index, sentence in enumerate(clip.sentences):
        path = FOLDER / clip.id / f"{index:04d}.flac"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            samples = decode_audio(clip.path) if samples is None else samples
            start, stop = (round(t * RATE_HZ) for t in (sentence.start_s, sentence.end_s))
            write(f"{clip.id}/{path.name}", samples[start:stop])
        length_s = sentence.end_s - sentence.start_s
        parts.append(Clip(f"{clip.id}/{index}", path, clip.language, length_s, sentence.text))
    return parts


def _noise(count: int) -> Array:
    return np.random.default_rng(count).standard_normal(count).astype(np.float32)


def _coloured(count: int, slope: float) -> Array:
    spectrum = np.fft.rfft(_noise(count))
    spectrum /= np.maximum(np.arange(len(spectrum)), 20.0) ** slope
    sound = np.fft.irfft(spectrum, count)
    return (0.3 * sound / np.abs(sound).max()).astype(np.float32)


def _hum(count: int) -> Array:
    time_s = np.arange(count) / RATE_HZ
    tones = np.sum([np.sin(2 * np.pi * 50 * k * time_s) / k for k in range(1, 9)], axis=0)
    return (0.1 * tones).astype(np.float32)


def _applause(count: int) -> Array:
    """Short bursts of noise at random moments, louder in the middle."""
    random = np.random.default_rng(7)
    sound = np.zeros(count, np.float32)
    burst = np.exp(-np.arange(800) / 120.0)
    for start in random.integers(0, count - 800, size=count // 400):
        loud = random.uniform(0.02, 0.2) * np.sin(np.pi * start / count)
        sound[start : start + 800] += loud * burst * random.standard_normal(800)
    return sound


def _clicks(count: int) -> Array:
    sound = _noise(count) * np.float32(0.002)
    sound[np.random.default_rng(8).integers(0, count, size=count // 4000)] = 0.8
    return sound


def _chords(count: int) -> Array:
    """A slow progression of plucked chords, one every 2 s."""
    time_s = np.arange(count) / RATE_HZ
    sound = np.zeros(count)
    roots_hz = [220.0, 174.6, 261.6, 196.0]
    for index in range(int(time_s[-1] // 2) + 1):
        since_s = time_s - 2 * index
        envelope = np.where(since_s >= 0, np.exp(-1.5 * np.maximum(since_s, 0)), 0)
        for ratio in (1, 1.26, 1.5, 2):
            sound += envelope * np.sin(2 * np.pi * roots_hz[index % 4] * ratio * since_s)
    return (0.1 * sound).astype(np.float32)
