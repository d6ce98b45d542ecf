"""A model's folder: CTranslate2 weights, a tokenizer, and the tokens that the policy needs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from earwitness.errors import ModelError
from earwitness.speech.protocols import ModelSpec

from earwitness_server.inference.model_registry import is_english_only

FILES = ("model.bin", "config.json", "tokenizer.json")
VOCABULARIES = ("vocabulary.json", "vocabulary.txt")
"""CTranslate2 needs one of them."""


def is_model(folder: Path) -> bool:
    """Return whether a folder has all the files of a model."""
    return all((folder / name).is_file() for name in FILES) and any(
        (folder / name).is_file() for name in VOCABULARIES
    )


def installed_models(folder: Path) -> list[str]:
    """Return the names of the models in a folder, sorted."""
    if not folder.is_dir():
        return []
    return sorted(each.name for each in folder.iterdir() if is_model(each))


def read_spec(folder: Path) -> ModelSpec:
    """Return the tokens and suppression lists of a model; its id is the folder's name.

    Raises:
        ModelError: a file is missing or damaged.
    """
    try:
        config: dict[str, Any] = json.loads((folder / "config.json").read_bytes())
        tokenizer: dict[str, Any] = json.loads((folder / "tokenizer.json").read_bytes())
        ids = {str(token["content"]): int(token["id"]) for token in tokenizer["added_tokens"]}
        sot, translate = ids["<|startoftranscript|>"], ids["<|translate|>"]
        no_timestamps = ids["<|notimestamps|>"]
        multilingual = not is_english_only(folder.name)
        languages = {name[2:-2]: i for name, i in ids.items() if sot < i < translate}
        return ModelSpec(
            id=folder.name,
            multilingual=multilingual,
            languages=languages if multilingual else {},
            sot=sot,
            eot=ids["<|endoftext|>"],
            transcribe=ids["<|transcribe|>"],
            translate=translate,
            no_timestamps=no_timestamps,
            sot_prev=ids["<|startofprev|>"],
            no_speech=ids.get("<|nospeech|>", ids.get("<|nocaptions|>", no_timestamps - 1)),
            timestamp_begin=no_timestamps + 1,
            vocabulary_size=no_timestamps + 1502,
            suppress_tokens=tuple(config.get("suppress_ids", ())),
            begin_suppress_tokens=tuple(config.get("suppress_ids_begin", ())),
            margin_s=1.0,
            confident_log_probability=-0.4 if folder.name == "tiny.en" else -0.5,
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(
            f"The model {folder.name} is missing or damaged.",
            hint="Delete its folder, and fetch it again with `earwitness models`.",
            detail=f"{type(error).__name__}: {error}",
        ) from error
