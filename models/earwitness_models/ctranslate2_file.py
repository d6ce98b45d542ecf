"""Reads CTranslate2's `model.bin` (binary versions 5 and 6, written by its `model_spec.py`).

Layout: u32 version, name, u32 revision, u32 count; then for each variable a name, u8 rank,
u32 dimensions, u8 type, u32 bytes and the values; then u32 count and pairs of names (aliases).
A name is a u16 length, which includes the closing NUL, and the characters.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import WeightFormatError

_TYPES: dict[int, type[np.generic]] = {
    0: np.float32,
    1: np.int8,
    2: np.int16,
    3: np.int32,
    4: np.float16,
}
_NEWEST_VERSION = 6


class _Cursor:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.data = np.memmap(path, dtype=np.uint8, mode="r")
        self.offset = 0

    def take(self, count: int) -> NDArray[np.uint8]:
        end = self.offset + count
        if end > len(self.data):
            raise WeightFormatError(self.path, f"the file ends at byte {len(self.data)} of {end}")
        view = self.data[self.offset : end]
        self.offset = end
        return view

    def number(self, layout: str) -> int:
        size = struct.calcsize(layout)
        return int(struct.unpack(layout, self.take(size).tobytes())[0])

    def text(self) -> str:
        return self.take(self.number("<H")).tobytes().rstrip(b"\0").decode("utf-8")


def read_ctranslate2(path: Path) -> dict[str, NDArray[Any]]:
    """Return variable names and arrays. The arrays point into the mapped file; nothing is copied.

    Raises:
        WeightFormatError: not a CTranslate2 file, an unknown version, truncated, or quantised in a
            way that loses the original values.
    """
    cursor = _Cursor(path)
    version = cursor.number("<I")
    if version > _NEWEST_VERSION or version < 5:
        raise WeightFormatError(path, f"its binary version is {version}; 5 or 6 is needed")
    spec = cursor.text()
    if spec != "WhisperSpec":
        raise WeightFormatError(path, f"it contains {spec or 'a model without a name'}")
    cursor.number("<I")
    variables: dict[str, NDArray[Any]] = {}
    for _ in range(cursor.number("<I")):
        name = cursor.text()
        shape = tuple(cursor.number("<I") for _ in range(cursor.number("<B")))
        kind = _TYPES.get(cursor.number("<B"))
        raw = cursor.take(cursor.number("<I"))
        if kind is None:
            raise WeightFormatError(path, f"the type of {name} is unknown")
        variables[name] = np.frombuffer(raw, dtype=kind).reshape(shape)
    for _ in range(cursor.number("<I")):
        alias, target = cursor.text(), cursor.text()
        variables[alias] = variables[target]
    if any(name.endswith("weight_scale") for name in variables):
        raise WeightFormatError(path, "its weights are quantised; float16 or float32 is needed")
    return variables
