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
"""JSON's values: None, bool, int, float, str, and lists and objects of them."""
_PRIMITIVE_NAMES: dict[Any, str] = {
    str: "a string",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
}


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
        return (
            {"type": kind, **fields} if isinstance(kind, str) and "type" not in fields else fields
        )
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
        item = get_args(kind)[0]
        given = enumerate(_a_list(data, where))
        items = [_read(item, each, f"{where}[{i}]") for i, each in given]
        return tuple(items) if origin is tuple else items
    if origin is dict:
        value_kind = get_args(kind)[1]
        fields = _an_object(data, where).items()
        return {name: _read(value_kind, value, f"{where}.{name}") for name, value in fields}
    if dataclasses.is_dataclass(kind):
        return _read_dataclass(kind, data, where)
    return _read_primitive(kind, data, where)


def _read_primitive(kind: Any, data: Plain, where: str) -> object:
    if kind is float and isinstance(data, int) and not isinstance(data, bool):
        return float(data)
    if not isinstance(data, kind) or (isinstance(data, bool) and kind is not bool):
        raise _bad(where, _PRIMITIVE_NAMES.get(kind, "null"), data)
    return data


def _read_union(options: tuple[Any, ...], data: Plain, where: str) -> object:
    if data is None and types.NoneType in options:
        return None
    tagged = {k.type: k for k in options if isinstance(getattr(k, "type", None), str)}
    if tagged:
        tag: object = _an_object(data, where).get("type")
        if not isinstance(tag, str) or tag not in tagged:
            raise _bad(f"{where}.type", f"one of {', '.join(sorted(tagged))}", tag)
        return _read_dataclass(tagged[tag], data, tag)
    errors: list[BadRequestError] = []
    for option in options:
        try:
            return _read(option, data, where)
        except BadRequestError as error:
            errors.append(error)
    raise errors[-1]


def _read_dataclass(kind: Any, data: Plain, where: str) -> object:
    hints = _hints(kind)
    fields = {f.name: f for f in dataclasses.fields(kind)}
    given = dict(_an_object(data, where))
    if "type" not in fields:
        given.pop("type", None)
    unknown = sorted(set(given) - set(fields))
    if unknown:
        raise BadRequestError(f"{where} has no field {unknown[0]!r}.", hint="Remove or rename it.")
    for name, field in fields.items():
        optional = (
            field.default is not dataclasses.MISSING
            or field.default_factory is not dataclasses.MISSING
        )
        if name not in given and not optional:
            raise BadRequestError(f"{where} needs the field {name!r}.", hint="Add it.")
    return kind(**{k: _read(hints[k], v, f"{where}.{k}") for k, v in given.items()})


def _a_list(data: Plain, where: str) -> list[Plain]:
    if not isinstance(data, list):
        raise _bad(where, "a list", data)
    return cast("list[Plain]", data)


def _an_object(data: Plain, where: str) -> dict[str, Plain]:
    if not isinstance(data, dict):
        raise _bad(where, "an object", data)
    fields = cast("dict[object, Plain]", data)
    return {str(name): value for name, value in fields.items()}


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _bad(where: str, wanted: str, got: object) -> BadRequestError:
    return BadRequestError(f"{where} should be {wanted}, not {got!r:.60}.", hint="Correct it.")
