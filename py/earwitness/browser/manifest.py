"""A model's `manifest.json` as the policy reads it."""

from __future__ import annotations

from typing import Any

from earwitness.errors import ModelError
from earwitness.speech.protocols import ModelSpec

LAYOUT = "earwitness-2"


def read_spec(manifest: dict[str, Any]) -> ModelSpec:
    """What the policy must know of a model.

    Raises:
        ModelError: the manifest is of a layout that this version does not know.
    """
    if manifest.get("layout") != LAYOUT:
        raise ModelError(
            f"The model {manifest.get('id', '')} has a layout that this version cannot run.",
            hint="Reload the page to get the current version, or choose another model.",
            detail=str(manifest.get("layout")),
        )
    tokens = manifest["tokens"]
    return ModelSpec(
        id=manifest["id"],
        multilingual=manifest["multilingual"],
        languages=tokens["languages"] if manifest["multilingual"] else {},
        sot=tokens["sot"],
        eot=tokens["eot"],
        transcribe=tokens["transcribe"],
        translate=tokens["translate"],
        no_timestamps=tokens["no_timestamps"],
        sot_prev=tokens["sot_prev"],
        no_speech=tokens["no_speech"],
        timestamp_begin=tokens["timestamp_begin"],
        vocabulary_size=manifest["dims"]["vocab"],
        max_target_tokens=manifest["dims"]["max_target"],
        suppress_tokens=tuple(manifest["suppress_tokens"]),
        begin_suppress_tokens=tuple(manifest["begin_suppress_tokens"]),
        margin_s=manifest["margin_s"],
        confident_log_probability=manifest["sure"],
    )
