"""Read a `ModelSpec` from a model's JSON files: our own layout, and the model hub's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from earwitness.errors import ModelError
from earwitness.speech.protocols import ModelSpec

TensorType = Literal["float32", "int64", "bool"]
OWN_LAYOUT = "earwitness-2"
SPECIAL_TOKENS = (
    "sot", "eot", "transcribe", "translate", "no_timestamps", "sot_prev", "no_speech",
    "timestamp_begin",
)  # fmt: skip
"""Names of tokens in our own manifest and in `ModelSpec`."""
HUB_LAYOUT = "hub"
SPEAKERS_LAYOUT = "earwitness-speakers-1"
NO_MARGIN_S = 0.0
"""Hub graphs always encode 30 s."""


def read_spec(manifest: dict[str, Any]) -> ModelSpec:
    """Return the spec of a model in our own layout.

    Raises:
        ModelError: the layout is unknown to this version.
    """
    if manifest.get("layout") != OWN_LAYOUT:
        raise ModelError(
            f"This version cannot run the layout of the model {manifest.get('id', '')}.",
            hint="Reload the page to get the current version, or choose another model.",
            detail=str(manifest.get("layout")),
        )
    tokens = manifest["tokens"]
    return ModelSpec(
        id=manifest["id"],
        multilingual=manifest["multilingual"],
        languages=tokens["languages"] if manifest["multilingual"] else {},
        **{name: tokens[name] for name in SPECIAL_TOKENS},
        vocabulary_size=manifest["dims"]["vocab"],
        max_target_tokens=manifest["dims"]["max_target"],
        suppress_tokens=tuple(manifest["suppress_tokens"]),
        begin_suppress_tokens=tuple(manifest["begin_suppress_tokens"]),
        margin_s=manifest["margin_s"],
        confident_log_probability=manifest["sure"],
    )


@dataclass(frozen=True, slots=True)
class CarriedState:
    """A tensor that a decode hands on from one run of the graph to the next."""

    name: str
    type: TensorType
    shape: tuple[int, ...]
    """Before the first run; -1 is the number of windows."""

    def first_shape(self, windows: int) -> list[int]:
        """Return the shape before the first run with so many windows."""
        return [windows if size < 0 else size for size in self.shape]


def read_states(manifest: dict[str, Any]) -> tuple[CarriedState, ...]:
    """Return the decoder's states; none for a model that decodes in one run only."""
    return tuple(
        CarriedState(each["name"], each["type"], tuple(each["shape"]))
        for each in manifest.get("states", ())
    )


def check_speakers_layout(manifest: dict[str, Any]) -> None:
    """Check that this version can run the models that tell speakers apart.

    Raises:
        ModelError: the layout is unknown to this version.
    """
    if manifest.get("layout") != SPEAKERS_LAYOUT:
        raise ModelError(
            "This version cannot run these speaker models.",
            hint="Reload the page to get the current version.",
            detail=str(manifest.get("layout")),
        )


@dataclass(frozen=True, slots=True)
class CacheShape:
    """The shape of the decoder's cache."""

    layers: int
    heads: int
    head_dim: int


def read_hub_spec(
    model_id: str, config: dict[str, Any], generation: dict[str, Any]
) -> tuple[ModelSpec, CacheShape]:
    """Return spec and cache of a hub model, from `config.json` and `generation_config.json`.

    Raises:
        ModelError: it is not a Whisper model, or of an unknown kind.
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
            f"“{model_id}” is not a Whisper model that this version can run.",
            hint="Choose a Whisper model that was exported for transformers.js.",
            detail=f"config.json or generation_config.json: {error!r}",
        ) from error
    return spec, cache
