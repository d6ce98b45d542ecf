"""Reads the tensors of a PyTorch checkpoint without unpickling it.

A checkpoint is a zip file: `data.pkl` describes the tensors, `data/<key>` has the values of each
storage. A pickle is a program that can call any function. This module imports and calls nothing: it
follows the program with plain tuples and dicts in the place of calls, and refuses an opcode that
tensors do not need.
"""

from __future__ import annotations

import pickletools
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import WeightFormatError

_TYPES: dict[str, type[np.generic]] = {
    "torch HalfStorage": np.float16,
    "torch FloatStorage": np.float32,
    "torch LongStorage": np.int64,
}
_REBUILD = "torch._utils _rebuild_tensor_v2"
_MARK = object()
_LOST = object()
"""The result of a call that is not made."""


@dataclass(frozen=True)
class _Function:
    name: str


@dataclass(frozen=True)
class _Storage:
    kind: str
    key: str


def read_torch(path: Path) -> dict[str, NDArray[Any]]:
    """Return names and arrays of a state dict, or of the one under `state_dict`.

    Raises:
        WeightFormatError: not a PyTorch zip file, truncated, of an unknown type, or with an opcode
            that a state dict does not need.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return _Reader(path, archive).tensors()
    except WeightFormatError:
        raise
    except (zipfile.BadZipFile, LookupError, ValueError, TypeError, AttributeError) as error:
        raise WeightFormatError(path, f"it is damaged ({error})") from error


class _Reader:
    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        self.path = path
        self.archive = archive
        programs = [name for name in archive.namelist() if name.endswith("/data.pkl")]
        if len(programs) != 1:
            raise WeightFormatError(path, "it has no data.pkl")
        self.folder = programs[0].removesuffix("data.pkl")

    def tensors(self) -> dict[str, NDArray[Any]]:
        found = self._follow(self.archive.read(f"{self.folder}data.pkl"))
        if isinstance(found, dict) and isinstance(found.get("state_dict"), dict):
            found = found["state_dict"]
        if not isinstance(found, dict):
            raise WeightFormatError(self.path, "it contains no state dict")
        return {name: value for name, value in found.items() if isinstance(value, np.ndarray)}

    def _follow(self, program: bytes) -> Any:
        """The value that the program builds; calls other than those of tensors are not made."""
        stack: list[Any] = []
        memory: dict[int, Any] = {}

        def since_mark() -> list[Any]:
            index = len(stack) - 1
            while stack[index] is not _MARK:
                index -= 1
            values = stack[index + 1 :]
            del stack[index:]
            return values

        for opcode, argument, _ in pickletools.genops(program):
            match opcode.name:
                case "PROTO":
                    pass
                case "MARK":
                    stack.append(_MARK)
                case "EMPTY_DICT":
                    stack.append({})
                case "EMPTY_LIST":
                    stack.append([])
                case "EMPTY_TUPLE":
                    stack.append(())
                case "NONE":
                    stack.append(None)
                case "NEWTRUE" | "NEWFALSE":
                    stack.append(opcode.name == "NEWTRUE")
                case "BINUNICODE" | "BININT" | "BININT1" | "BININT2" | "BINFLOAT" | "LONG1":
                    stack.append(argument)
                case "GLOBAL":
                    stack.append(_Function(str(argument)))
                case "BINPUT" | "LONG_BINPUT":
                    memory[int(str(argument))] = stack[-1]
                case "BINGET" | "LONG_BINGET":
                    stack.append(memory[int(str(argument))])
                case "TUPLE":
                    stack.append(tuple(since_mark()))
                case "TUPLE1" | "TUPLE2" | "TUPLE3":
                    count = int(opcode.name[-1])
                    values = tuple(stack[-count:])
                    del stack[-count:]
                    stack.append(values)
                case "APPENDS":
                    values = since_mark()
                    stack[-1].extend(values)
                case "SETITEM":
                    value, key = stack.pop(), stack.pop()
                    self._set(stack[-1], key, value)
                case "SETITEMS":
                    values = since_mark()
                    for key, value in zip(values[::2], values[1::2], strict=True):
                        self._set(stack[-1], key, value)
                case "BINPERSID":
                    stack.append(self._storage(stack.pop()))
                case "REDUCE" | "NEWOBJ":
                    arguments, function = stack.pop(), stack.pop()
                    stack.append(self._call(function, arguments))
                case "BUILD":
                    stack.pop()
                case "STOP":
                    return stack.pop()
                case other:
                    raise WeightFormatError(self.path, f"its description uses {other}")
        raise WeightFormatError(self.path, "its description does not end")

    def _set(self, target: Any, key: Any, value: Any) -> None:
        if isinstance(target, dict) and isinstance(key, str | int):
            target[key] = value

    def _storage(self, identity: Any) -> _Storage:
        _, function, key, *_ = identity
        return _Storage(function.name, str(key))

    def _call(self, function: Any, arguments: Any) -> Any:
        name = function.name if isinstance(function, _Function) else ""
        if name == "collections OrderedDict":
            return {}
        if name != _REBUILD:
            return _LOST
        storage, offset, shape, strides, *_ = arguments
        kind = _TYPES.get(storage.kind)
        if kind is None:
            raise WeightFormatError(self.path, f"the type {storage.kind} is unknown")
        values = np.frombuffer(self.archive.read(f"{self.folder}data/{storage.key}"), dtype=kind)
        last = offset + sum((n - 1) * step for n, step in zip(shape, strides, strict=True))
        if 0 in shape or last >= len(values) or min((offset, *strides)) < 0:
            raise WeightFormatError(self.path, f"storage {storage.key} is truncated")
        size = values.itemsize
        steps = [step * size for step in strides]
        return np.lib.stride_tricks.as_strided(values[offset:], shape, steps, writeable=False)
