"""Convert dataclasses to plain data and JSON and back: the form that crosses threads and HTTP.

Reading is strict: a missing field, an unknown field or a wrong type raises `BadRequestError` with
the field's name. A reader is built once for each type, because a long transcript has a hundred
thousand small objects.
"""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from collections.abc import Callable
from functools import cache
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin

from earwitness.errors import BadRequestError

T = TypeVar("T")
Plain = Any
"""JSON's values: None, bool, int, float, str, and lists and objects of them."""
_Place = tuple[Any, str]
"""The position of a value: the position around it, and its name there. For errors."""
_Reader = Callable[[Plain, _Place], object]

_ATOMS = frozenset({str, int, float, bool, types.NoneType})
_PRIMITIVE_NAMES: dict[Any, str] = {
    str: "a string",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
}


def to_plain(value: object) -> Plain:
    """Return the value as JSON's values; a dataclass becomes an object of its fields.

    Raises:
        TypeError: the value has no plain form.
    """
    kind = type(value)
    if kind in _ATOMS:
        return value
    shape = _shape(kind)
    if shape is not None:
        head, names = shape
        return head | {name: to_plain(getattr(value, name)) for name in names}
    if isinstance(value, list | tuple):
        return [to_plain(item) for item in cast("list[object]", value)]
    if isinstance(value, dict):
        return {str(k): to_plain(v) for k, v in cast("dict[str, object]", value).items()}
    if isinstance(value, int | float | str):
        return value
    raise TypeError(f"{kind.__name__} has no plain form")


def from_plain(kind: type[T], data: Plain, where: str = "") -> T:
    """Return plain data as `kind`: a dataclass, a primitive, a container or a union of these.

    Raises:
        BadRequestError: a field is missing, unknown or of a wrong type.
    """
    name: str = where or getattr(kind, "__name__", "value")
    return cast("T", _reader(kind)(data, (None, name)))


def to_json(value: object) -> str:
    """Return `to_plain` of the value as compact JSON."""
    return json.dumps(to_plain(value), ensure_ascii=False, separators=(",", ":"))


def from_json(kind: type[T], text: str) -> T:
    """Return the value of `to_json`. Raises as `from_plain`, or ValueError for invalid JSON."""
    return from_plain(kind, json.loads(text))


@cache
def _shape(kind: type) -> tuple[dict[str, str], tuple[str, ...]] | None:
    """Return a dataclass's tag (of a message) and the names of its fields; None for others."""
    if not dataclasses.is_dataclass(kind):
        return None
    names = tuple(field.name for field in dataclasses.fields(kind))
    tag: object = getattr(kind, "type", None)
    return ({"type": tag} if isinstance(tag, str) and "type" not in names else {}), names


@cache
def _reader(kind: Any) -> _Reader:
    if kind is Any:
        return lambda data, place: data
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _union_reader(get_args(kind))
    if origin is Literal:
        return _literal_reader(get_args(kind))
    if origin in (tuple, list):
        return _list_reader(_reader(get_args(kind)[0]), origin)
    if origin is dict:
        return _dict_reader(_reader(get_args(kind)[1]))
    if dataclasses.is_dataclass(kind):
        return _dataclass_reader(kind)
    return _float_reader if kind is float else _primitive_reader(kind)


def _float_reader(data: Plain, place: _Place) -> object:
    if type(data) is float:
        return data
    if type(data) is int and abs(data) < 1 << 1000:
        return float(data)
    raise _bad(place, _PRIMITIVE_NAMES[float], data)


def _primitive_reader(kind: Any) -> _Reader:
    def read(data: Plain, place: _Place) -> object:
        if type(data) is kind:
            return data
        raise _bad(place, _PRIMITIVE_NAMES.get(kind, "null"), data)

    return read


def _literal_reader(values: tuple[Any, ...]) -> _Reader:
    def read(data: Plain, place: _Place) -> object:
        if type(data) in _ATOMS and data in values:
            return data
        raise _bad(place, f"one of {', '.join(map(repr, values))}", data)

    return read


def _list_reader(item: _Reader, container: Any) -> _Reader:
    def read(data: Plain, place: _Place) -> object:
        if not isinstance(data, list):
            raise _bad(place, "a list", data)
        given = enumerate(cast("list[Plain]", data))
        return container([item(each, (place, f"[{i}]")) for i, each in given])

    return read


def _dict_reader(value: _Reader) -> _Reader:
    def read(data: Plain, place: _Place) -> object:
        return {
            name: value(each, (place, f".{name}")) for name, each in _object(data, place).items()
        }

    return read


def _union_reader(options: tuple[Any, ...]) -> _Reader:
    tagged = {k.type: _reader(k) for k in options if isinstance(getattr(k, "type", None), str)}
    readers = [_reader(option) for option in options if option is not types.NoneType]
    nullable = types.NoneType in options

    def read(data: Plain, place: _Place) -> object:
        if data is None and nullable:
            return None
        if tagged:
            tag = _object(data, place).get("type")
            if not isinstance(tag, str) or tag not in tagged:
                raise _bad((place, ".type"), f"one of {', '.join(sorted(tagged))}", tag)
            return tagged[tag](data, (None, tag))
        for reader in readers[:-1]:
            try:
                return reader(data, place)
            except BadRequestError:
                continue
        return readers[-1](data, place)

    return read


def _dataclass_reader(kind: Any) -> _Reader:
    hints = typing.get_type_hints(kind)
    fields = dataclasses.fields(kind)
    readers = {field.name: (_reader(hints[field.name]), f".{field.name}") for field in fields}
    needed = [
        field.name
        for field in fields
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    ]

    def read(data: Plain, place: _Place) -> object:
        values: dict[str, object] = {}
        for name, value in _object(data, place).items():
            found = readers.get(name)
            if found is not None:
                values[name] = found[0](value, (place, found[1]))
            elif name != "type":
                raise BadRequestError(
                    f"{_spelled(place)} has no field {name!r:.60}.", hint="Remove or rename it."
                )
        for name in needed:
            if name not in values:
                raise BadRequestError(
                    f"{_spelled(place)} needs the field {name!r}.", hint="Add it."
                )
        return kind(**values)

    return read


def _object(data: Plain, place: _Place) -> dict[str, Plain]:
    if not isinstance(data, dict):
        raise _bad(place, "an object", data)
    return cast("dict[str, Plain]", data)


def _spelled(place: _Place | None) -> str:
    parts: list[str] = []
    while place is not None:
        parts.append(place[1])
        place = place[0]
    return "".join(reversed(parts))


def _bad(place: _Place, wanted: str, got: object) -> BadRequestError:
    return BadRequestError(
        f"{_spelled(place)} should be {wanted}, not {got!r:.60}.", hint="Correct it."
    )
