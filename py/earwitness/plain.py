"""Dataclasses to plain data and back: the only form in which anything crosses threads or HTTP.

The reader is strict: a missing field, an unknown field or a wrong type raises
`BadRequestError` naming the field, so that a message class documents what is really accepted.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from functools import cache
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin

from earwitness.errors import BadRequestError

T = TypeVar("T")
Plain = Any
"""JSON's values. Python's type system has no recursive alias on 3.11 that pyright accepts here."""


def to_plain(value: object) -> Plain:
    """Turn dataclasses, tuples and dicts into JSON's values, field names kept.

    Raises:
        TypeError: for a value that has no plain form.
    """
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {f.name: to_plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
        kind = getattr(type(value), "type", None)
        return {"type": kind, **fields} if isinstance(kind, str) and "type" not in fields else fields
    if isinstance(value, list | tuple):
        return [to_plain(item) for item in cast("list[object]", value)]
    if isinstance(value, dict):
        return {str(k): to_plain(v) for k, v in cast("dict[str, object]", value).items()}
    raise TypeError(f"{type(value).__name__} has no plain form")


def from_plain(kind: type[T], data: Plain, where: str = "") -> T:
    """Read plain data as `kind` (a dataclass, a primitive, a container or a union of them).

    Raises:
        BadRequestError: naming the first field that does not fit.
    """
    return cast("T", _read(kind, data, where or getattr(kind, "__name__", "value")))


def _read(kind: Any, data: Plain, where: str) -> object:
    if kind is Any:
        return data
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _read_union(get_args(kind), data, where)
    if origin is Literal:
        if data not in get_args(kind):
            raise _bad(where, f"one of {', '.join(map(repr, get_args(kind)))}", data)
        return data
    if origin in (tuple, list):
        if not isinstance(data, list):
            raise _bad(where, "a list", data)
        item = get_args(kind)[0]
        items = [_read(item, each, f"{where}[{i}]") for i, each in enumerate(data)]
        return tuple(items) if origin is tuple else items
    if origin is dict:
        if not isinstance(data, dict):
            raise _bad(where, "an object", data)
        value_kind = get_args(kind)[1]
        return {str(k): _read(value_kind, v, f"{where}.{k}") for k, v in data.items()}
    if dataclasses.is_dataclass(kind):
        return _read_dataclass(kind, data, where)
    return _read_primitive(kind, data, where)


def _read_primitive(kind: Any, data: Plain, where: str) -> object:
    if kind is float and isinstance(data, int) and not isinstance(data, bool):
        return float(data)
    if kind is type(None):
        kind = types.NoneType
    if not isinstance(data, kind) or (isinstance(data, bool) and kind is not bool):
        raise _bad(where, {str: "a string", bool: "true or false"}.get(kind, "a number"), data)
    return data


def _read_union(options: tuple[Any, ...], data: Plain, where: str) -> object:
    if data is None and types.NoneType in options:
        return None
    tagged = {k.type: k for k in options if isinstance(getattr(k, "type", None), str)}
    if tagged:
        tag = data.get("type") if isinstance(data, dict) else None
        if tag not in tagged:
            raise _bad(f"{where}.type", f"one of {', '.join(sorted(tagged))}", tag)
        return _read_dataclass(tagged[tag], data, str(tag))
    errors: list[BadRequestError] = []
    for option in options:
        try:
            return _read(option, data, where)
        except BadRequestError as error:
            errors.append(error)
    raise errors[-1]


def _read_dataclass(kind: Any, data: Plain, where: str) -> object:
    if not isinstance(data, dict):
        raise _bad(where, "an object", data)
    hints = _hints(kind)
    fields = {f.name: f for f in dataclasses.fields(kind)}
    given = {k: v for k, v in data.items() if not (k == "type" and "type" not in fields)}
    unknown = sorted(set(given) - set(fields))
    if unknown:
        raise BadRequestError(f"{where} has no field {unknown[0]!r}.", hint="Remove or rename it.")
    missing = [
        name
        for name, field in fields.items()
        if name not in given
        and field.default is dataclasses.MISSING
        and field.default_factory is dataclasses.MISSING
    ]
    if missing:
        raise BadRequestError(f"{where} needs the field {missing[0]!r}.", hint="Add it.")
    return kind(**{k: _read(hints[k], v, f"{where}.{k}") for k, v in given.items()})


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _bad(where: str, wanted: str, got: object) -> BadRequestError:
    return BadRequestError(f"{where} should be {wanted}, not {got!r:.60}.", hint="Correct it.")
