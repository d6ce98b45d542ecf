"""Reads Whisper's special tokens from a `tokenizer.json`."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

TIMESTAMPS = 1501
"""Number of timestamp tokens: <|0.00|> to <|30.00|> in steps of 20 ms."""


@dataclass(frozen=True)
class SpecialTokens:
    """Token ids. English-only models also have ids of languages, but never predict them."""

    sot: int
    eot: int
    transcribe: int
    translate: int
    no_timestamps: int
    sot_prev: int
    sot_lm: int
    no_speech: int
    timestamp_begin: int
    languages: dict[str, int]

    def as_json(self) -> dict[str, Any]:
        """The tokens as `manifest.json` holds them."""
        return asdict(self)


def _ids(tokenizer: dict[str, Any]) -> dict[str, int]:
    return {str(token["content"]): int(token["id"]) for token in tokenizer["added_tokens"]}


def special_tokens(tokenizer: dict[str, Any]) -> SpecialTokens:
    """Return the special tokens of a parsed `tokenizer.json`.

    Raises:
        KeyError: a token that every Whisper tokenizer has is missing.
    """
    ids = _ids(tokenizer)
    first, last = ids["<|startoftranscript|>"], ids["<|translate|>"]
    languages = {name[2:-2]: id for name, id in ids.items() if first < id < last}
    no_speech = ids["<|nospeech|>"] if "<|nospeech|>" in ids else ids["<|nocaptions|>"]
    return SpecialTokens(
        sot=first,
        eot=ids["<|endoftext|>"],
        transcribe=ids["<|transcribe|>"],
        translate=last,
        no_timestamps=ids["<|notimestamps|>"],
        sot_prev=ids["<|startofprev|>"],
        sot_lm=ids["<|startoflm|>"],
        no_speech=no_speech,
        timestamp_begin=ids["<|notimestamps|>"] + 1,
        languages=languages,
    )


def with_timestamps(tokenizer: dict[str, Any]) -> dict[str, Any]:
    """Return the tokenizer with every timestamp token; some published files lack these."""
    begin = special_tokens(tokenizer).timestamp_begin
    known = _ids(tokenizer)
    missing: list[dict[str, Any]] = []
    for step in range(TIMESTAMPS):
        content = f"<|{step * 0.02:.2f}|>"
        if content not in known:
            entry = {"id": begin + step, "content": content, "special": False}
            flags = ("single_word", "lstrip", "rstrip", "normalized")
            missing.append(entry | dict.fromkeys(flags, False))
    return tokenizer | {"added_tokens": [*tokenizer["added_tokens"], *missing]}
