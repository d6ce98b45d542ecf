"""The encoder on the graphics card, where there is one that computes what the processor does.

Only the encoder: it is one run of large matrices a batch. The decoder's loop takes thousands of
small steps, and stays on the processor.
"""

from __future__ import annotations

import logging

from earwitness.browser.audio import PlatformSamples
from earwitness.browser.transformers import ComputeError, Graph, Transformers
from earwitness.speech.whisper import SAMPLE_RATE_HZ

TRIAL_S = 1.0
TOLERANCE = 0.05
"""Largest relative distance between the two encoders' first keys."""

_log = logging.getLogger("earwitness.engine")


async def trusted_encoder(
    transformers: Transformers, model_id: str, samples: PlatformSamples, on_cpu: Graph
) -> Graph | None:
    """The encoder on WebGPU if it agrees with the one given; None if it fails or does not."""
    try:
        on_gpu = await transformers.graph(model_id, "encoder", "webgpu")
    except ComputeError as error:
        _log.warning("The graphics card cannot load the encoder: %s", error.detail)
        return None
    length = round(TRIAL_S * SAMPLE_RATE_HZ)
    audio = {"audio": transformers.tensor("float32", samples.noise(length), [1, length])}
    try:
        found, wanted = await on_gpu(audio), await on_cpu(audio)
        apart = max(transformers.distance(found[name], wanted[name]) for name in wanted)
    except ComputeError as error:
        _log.warning("The graphics card fails on the encoder: %s", error.detail)
        apart = float("inf")
    if apart <= TOLERANCE:
        return on_gpu
    _log.warning("The graphics card is not used: its result is %.3f apart", apart)
    await on_gpu.dispose()
    return None
