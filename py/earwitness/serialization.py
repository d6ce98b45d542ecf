"""Convert dataclasses to plain data and JSON and back: the form that crosses threads and HTTP.

Reading is strict: a missing field, an unknown field or a wrong type raises `BadRequestError` with
the field's name. What another version of Earwitness wrote may have fields that this one does not
know: `from_newer_plain` skips them. A reader is built once for each type, because a long transcript
has a hundred thousand small objects.

A field added after 0.1.0 is declared with a default and `metadata=ADDED`. Pages of 0.1.0 refuse
fields they do not know, so `to_plain` can leave the added ones out.
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

ADDED = {"added": True}
"""Metadata of a dataclass field that 0.1.0 does not have."""
AddedFields = Literal["all", "set", "none"]
"""Which of the added fields `to_plain` writes: all, those that differ from their default, none."""

_ATOMS = frozenset({str, int, float, bool, types.NoneType})
_PRIMITIVE_NAMES: dict[Any, str] = {
    str: "a string",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
}


def to_plain(value: object, added: AddedFields = "all") -> Plain:
    """Return the value as JSON's values; a dataclass becomes an object of its fields.

    Raises:
        TypeError: the value has no plain form.
    """
    kind = type(value)
    if kind in _ATOMS:
        return value
    shape = _shape(kind)
    if shape is not None:
        head, names, defaults = shape
        plain = head | {name: to_plain(getattr(value, name), added) for name in names}
        for name, default in defaults.items():
            given = getattr(value, name)
            if added == "all" or (added == "set" and given != default):
                plain[name] = to_plain(given, added)
        return plain
    if isinstance(value, list | tuple):
        return [to_plain(item, added) for item in cast("list[object]", value)]
    if isinstance(value, dict):
        return {str(k): to_plain(v, added) for k, v in cast("dict[str, object]", value).items()}
    if isinstance(value, int | float | str):
        return value
    raise TypeError(f"{kind.__name__} has no plain form")


def from_plain(kind: type[T], data: Plain, where: str = "") -> T:
    """Return plain data as `kind`: a dataclass, a primitive, a container or a union of these.

    Raises:
        BadRequestError: a field is missing, unknown or of a wrong type.
    """
    name: str = where or getattr(kind, "__name__", "value")
    return cast("T", _reader(kind, True)(data, (None, name)))


def from_newer_plain(kind: type[T], data: Plain) -> T:
    """Return plain data as `from_plain` does, without the fields that `kind` does not have."""
    name: str = getattr(kind, "__name__", "value")
    return cast("T", _reader(kind, False)(data, (None, name)))


def to_json(value: object, added: AddedFields = "all") -> str:
    """Return `to_plain` of the value as compact JSON."""
    return json.dumps(to_plain(value, added), ensure_ascii=False, separators=(",", ":"))


def from_json(kind: type[T], text: str) -> T:
    """Return the value of `to_json`. Raises as `from_plain`, or ValueError for invalid JSON."""
    return from_plain(kind, json.loads(text))


@cache
def _shape(kind: type) -> tuple[dict[str, str], tuple[str, ...], dict[str, object]] | None:
    """Return a dataclass's tag (of a message), names of fields, and defaults of added fields."""
    if not dataclasses.is_dataclass(kind):
        return None
    fields = dataclasses.fields(kind)
    names = tuple(field.name for field in fields if not field.metadata)
    defaults = {field.name: _default(field) for field in fields if field.metadata}
    tag: object = getattr(kind, "type", None)
    head = {"type": tag} if isinstance(tag, str) and "type" not in names else {}
    return head, names, defaults


def _default(field: dataclasses.Field[Any]) -> object:
    if field.default is not dataclasses.MISSING:
        return field.default
    assert field.default_factory is not dataclasses.MISSING, "an added field has a default"
    return field.default_factory()


@cache
def _reader(kind: Any, strict: bool) -> _Reader:
    if kind is Any:
        return lambda data, place: data
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _union_reader(get_args(kind), strict)
    if origin is Literal:
        return _literal_reader(get_args(kind))
    if origin in (tuple, list):
        return _list_reader(_reader(get_args(kind)[0], strict), origin)
    if origin is dict:
        return _dict_reader(_reader(get_args(kind)[1], strict))
    if dataclasses.is_dataclass(kind):
        return _dataclass_reader(kind, strict)
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


def _union_reader(options: tuple[Any, ...], strict: bool) -> _Reader:
    tagged = {
        option.type: _reader(option, strict)
        for option in options
        if isinstance(getattr(option, "type", None), str)
    }
    readers = [_reader(option, strict) for option in options if option is not types.NoneType]
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


def _dataclass_reader(kind: Any, strict: bool) -> _Reader:
    hints = typing.get_type_hints(kind)
    fields = dataclasses.fields(kind)
    readers = {
        field.name: (_reader(hints[field.name], strict), f".{field.name}") for field in fields
    }
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
            elif strict and name != "type":
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
