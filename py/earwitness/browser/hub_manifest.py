"""A model in the layout of the model hub, as its own JSON files describe it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from earwitness.errors import ModelError
from earwitness.speech.protocols import ModelSpec

LAYOUT = "hub"
NO_MARGIN_S = 0.0
"""These graphs always hear 30 s."""


@dataclass(frozen=True, slots=True)
class CacheShape:
    """What the decoder's cache looks like before the first token."""

    layers: int
    heads: int
    head_dim: int


def read_hub(
    model_id: str, config: dict[str, Any], generation: dict[str, Any]
) -> tuple[ModelSpec, CacheShape]:
    """From `config.json` and `generation_config.json`.

    Raises:
        ModelError: it is no Whisper model, or one of a kind that this version does not know.
    """
    try:
        no_timestamps = generation["no_timestamps_token_id"]
        languages = generation.get("lang_to_id", {})
        tasks = generation.get("task_to_id", {})
        heads = config["decoder_attention_heads"]
        spec = ModelSpec(
            id=model_id,
            multilingual=bool(generation.get("is_multilingual", languages)),
            languages={name.strip("<|>"): token for name, token in languages.items()},
            sot=generation["decoder_start_token_id"],
            eot=generation["eos_token_id"],
            transcribe=tasks.get("transcribe", no_timestamps - 4),
            translate=tasks.get("translate", no_timestamps - 5),
            no_timestamps=no_timestamps,
            # The order of the specials is the same in every Whisper vocabulary.
            sot_prev=no_timestamps - 2,
            no_speech=no_timestamps - 1,
            timestamp_begin=no_timestamps + 1,
            vocabulary_size=config["vocab_size"],
            max_target_tokens=config["max_target_positions"],
            suppress_tokens=tuple(generation.get("suppress_tokens", ())),
            begin_suppress_tokens=tuple(generation.get("begin_suppress_tokens", ())),
            margin_s=NO_MARGIN_S,
            beam_search=False,
        )
        cache = CacheShape(config["decoder_layers"], heads, config["d_model"] // heads)
    except (KeyError, TypeError) as error:
        raise ModelError(
            f"“{model_id}” is not a Whisper model that can be run here.",
            hint="Choose a Whisper model that was exported for transformers.js.",
            detail=f"config.json or generation_config.json: {error!r}",
        ) from error
    return spec, cache
