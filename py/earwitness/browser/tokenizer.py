"""Whisper's BPE through transformers.js's tokenizer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class BrowserTokenizer:
    """Implements `earwitness.speech.protocols.Tokenizer`."""

    def __init__(self, tokenizer: Any, first_special: int) -> None:
        self._tokenizer = tokenizer
        self._first_special = first_special
        self._encode_options = {"add_special_tokens": False}
        self._decode_options = {
            "skip_special_tokens": True,
            "clean_up_tokenization_spaces": False,
        }

    def encode(self, text: str) -> list[int]:
        """Text tokens only, no specials."""
        return list(self._tokenizer.encode(text, self._encode_options))

    def decode(self, tokens: Sequence[int]) -> str:
        """Text of text tokens; specials and timestamps are skipped."""
        text = [token for token in tokens if token < self._first_special]
        if not text:
            return ""
        return self._tokenizer.decode(text, self._decode_options)
