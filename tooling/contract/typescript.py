"""Dataclasses and type aliases of Python as declarations of TypeScript."""

from __future__ import annotations

import dataclasses
import json
import re
import types
import typing
from collections.abc import Iterable, Mapping, Sequence
from types import ModuleType
from typing import Any, Literal, Union, get_args, get_origin

from tooling.contract import docstrings

WIDTH = 100
_PRIMITIVES: dict[Any, str] = {
    str: "string",
    int: "number",
    float: "number",
    bool: "boolean",
    types.NoneType: "null",
    Any: "unknown",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Declared:
    """The types that one generated file declares, by name."""

    file: str
    """Its name without `.d.ts`."""
    classes: Mapping[str, type]
    aliases: Mapping[str, Any]
    """Of `Literal`."""
    unions: Mapping[str, Any]
    """Of dataclasses."""
    docs: Mapping[str, str]
    """Docstrings of aliases and unions."""


def declared(file: str, modules: Sequence[ModuleType], only: Iterable[str] = ()) -> Declared:
    """Collect the public dataclasses and aliases that `modules` define.

    A package has those that it names itself, wherever in it they are defined. `only` limits them
    to these names; empty means all.

    Raises:
        ValueError: a name of `only` is defined nowhere.
    """
    wanted = frozenset(only)
    classes: dict[str, type] = {}
    aliases: dict[str, Any] = {}
    unions: dict[str, Any] = {}
    docs: dict[str, str] = {}
    for module in modules:
        written = docstrings.of_variables(module)
        for name, value in vars(module).items():
            if name.startswith("_") or (wanted and name not in wanted):
                continue
            if isinstance(value, type) and dataclasses.is_dataclass(value):
                if f"{value.__module__}.".startswith(f"{module.__name__}."):
                    classes[name] = value
            elif get_origin(value) is Literal:
                aliases.setdefault(name, value)
            elif isinstance(value, types.UnionType):
                unions[name] = value
        docs |= written
    if missing := wanted - classes.keys() - aliases.keys() - unions.keys():
        raise ValueError(f"No module defines {', '.join(sorted(missing))}.")
    return Declared(file, classes, aliases, unions, docs)


class Writer:
    """Writes declarations; knows in which file each type is declared."""

    def __init__(self, files: Sequence[Declared]) -> None:
        self._homes: dict[Any, tuple[str, str]] = {}
        for each in files:
            for name, kind in (*each.aliases.items(), *each.classes.items()):
                self._homes.setdefault(kind, (each.file, name))
        self._used: dict[str, set[str]] = {}
        self._file = ""

    def declarations(self, file: Declared, inputs: Iterable[type] = ()) -> str:
        """Return the body of a `.d.ts` file, imports first.

        Fields with a default may be left out of `inputs`: Python fills them in.
        """
        self._file, self._used = file.file, {}
        optional = frozenset(inputs)
        parts = [
            union(name, map(quoted, get_args(alias)), file.docs.get(name, ""))
            for name, alias in file.aliases.items()
            if self._homes[alias] == (file.file, name)
        ]
        parts += [self._interface(kind, kind in optional) for kind in file.classes.values()]
        for name, either in file.unions.items():
            options = [self.type_of(option) for option in get_args(either)]
            parts.append(union(name, options, file.docs.get(name, "")))
        imports = [
            f"import type {{ {', '.join(sorted(names))} }} from './{home}';\n"
            for home, names in sorted(self._used.items())
        ]
        return "\n".join(["".join(imports), *parts] if imports else parts)

    def type_of(self, kind: Any) -> str:
        """Return the TypeScript type of an annotation.

        Raises:
            TypeError: it has none, or is a class that no file declares.
        """
        if kind in self._homes:
            return self._named(kind)
        if kind in _PRIMITIVES:
            return _PRIMITIVES[kind]
        origin, arguments = get_origin(kind), get_args(kind)
        if origin is Literal:
            return " | ".join(map(quoted, arguments))
        if origin in (Union, types.UnionType):
            return " | ".join(self.type_of(option) for option in arguments)
        if origin is dict and arguments[0] is str:
            return f"Record<string, {self.type_of(arguments[1])}>"
        if origin is list or (origin is tuple and arguments[-1] is Ellipsis):
            item = self.type_of(arguments[0])
            return f"({item})[]" if "|" in item else f"{item}[]"
        if origin is tuple:
            return f"[{', '.join(map(self.type_of, arguments))}]"
        raise TypeError(f"{kind!r} has no type in TypeScript here. Declare it in a generated file.")

    def _named(self, kind: Any) -> str:
        home, name = self._homes[kind]
        if home != self._file:
            self._used.setdefault(home, set()).add(name)
        return name

    def _interface(self, kind: type, optional: bool) -> str:
        hints, docs = typing.get_type_hints(kind), docstrings.of_fields(kind)
        lines = [f"{_doc(docstrings.of_class(kind))}export interface {kind.__name__} {{\n"]
        tag = getattr(kind, "type", None)
        if isinstance(tag, str):
            lines.append(f"  type: {quoted(tag)};\n")
        for field in dataclasses.fields(kind):
            mark = "?" if optional and has_default(field) else ""
            lines.append(_doc(docs.get(field.name, ""), "  "))
            lines.append(f"  {field.name}{mark}: {self.type_of(hints[field.name])};\n")
        return "".join([*lines, "}\n"])


def has_default(field: dataclasses.Field[Any]) -> bool:
    """Whether the field may be left out when the class is made."""
    made = (field.default, field.default_factory)
    return any(value is not dataclasses.MISSING for value in made)


def quoted(value: object) -> str:
    """Return a string as TypeScript writes it, in single quotes; other values as JSON."""
    if not isinstance(value, str):
        return json.dumps(value)
    inside = json.dumps(value)[1:-1].replace('\\"', '"').replace("'", "\\'")
    return f"'{inside}'"


def union(name: str, options: Iterable[str], about: str = "") -> str:
    """Return the declaration of a union type."""
    listed = list(options)
    line = f"export type {name} = {' | '.join(listed)};\n"
    if len(line) > WIDTH:
        line = f"export type {name} =\n" + "\n".join(f"  | {option}" for option in listed) + ";\n"
    return _doc(about) + line


def _doc(text: str, indent: str = "") -> str:
    text = re.sub(r"\bNone\b", "null", text)
    if not text:
        return ""
    lines = text.replace("*/", "*\\/").splitlines()
    if len(lines) == 1:
        return f"{indent}/** {lines[0]} */\n"
    middle = "".join(f"{indent} * {line}".rstrip() + "\n" for line in lines)
    return f"{indent}/**\n{middle}{indent} */\n"
