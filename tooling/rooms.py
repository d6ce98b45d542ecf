"""Rooms of a Python package and the arrows between them, from the imports.

A room is a module or a sub-package directly in the package (`__init__` is not one, `__main__` is).
An arrow leads from a room to another one of the same package that it imports, at whatever place in
a file and for whatever purpose; a pair counts once.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from tooling.sources import Sources

PACKAGES = {"earwitness": "py", "earwitness_server": "server"}
"""Our packages, and the folder in which each lies."""
Graph = Mapping[str, set[str]]
"""Name -> names that it imports."""


@dataclass(frozen=True)
class Package:
    """A package's rooms, and what each imports of the others."""

    name: str
    rooms: Graph

    @property
    def arrows(self) -> int:
        """Pairs of rooms of which one imports the other."""
        return sum(map(len, self.rooms.values()))


def packages(sources: Sources) -> dict[str, Package]:
    """Every package of ours with two rooms or more, sub-packages included."""
    modules = module_graph(sources)
    names = {name.rpartition(".")[0] for name in modules}
    found = (Package(name, _rooms(name, modules)) for name in sorted(names))
    return {package.name: package for package in found if len(package.rooms) > 1}


def module_graph(sources: Sources) -> dict[str, set[str]]:
    """Every module of ours by its dotted name -> the modules of ours that it imports.

    `__init__` has the name of its package with `.__init__`.
    """
    texts = {name: text for path, text in sources.items() if (name := module_of(path))}
    return {
        name: {target for each in imported_names(text) if (target := _module(each, texts))} - {name}
        for name, text in texts.items()
    }


def reachable(graph: Graph, start: str) -> set[str]:
    """The modules that are imported when `start` is, directly or not, `start` among them."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name in graph and name not in found:
            found.add(name)
            packages_of = itertools.accumulate(name.split("."), "{}.{}".format)
            waiting += [*graph[name], *(f"{package}.__init__" for package in packages_of)]
    return found


def module_of(path: str) -> str:
    """The dotted name of the module in a file of ours; empty: it is no module of `PACKAGES`."""
    for package, folder in PACKAGES.items():
        if path.startswith(f"{folder}/{package}/") and path.endswith(".py"):
            return ".".join(PurePosixPath(path).relative_to(folder).with_suffix("").parts)
    return ""


def imported_names(text: str) -> Iterator[str]:
    """Dotted names of everything a module imports, wherever in it."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def circles(graph: Graph) -> list[list[str]]:
    """Groups of names that import each other, directly or not (Tarjan's algorithm)."""
    found: list[list[str]] = []
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    path: list[str] = []

    def visit(name: str) -> None:
        order[name] = lowest[name] = len(order)
        path.append(name)
        for target in sorted(graph[name]):
            if target not in order:
                visit(target)
                lowest[name] = min(lowest[name], lowest[target])
            elif target in path:
                lowest[name] = min(lowest[name], order[target])
        if lowest[name] == order[name]:
            group = path[path.index(name) :]
            del path[path.index(name) :]
            if len(group) > 1:
                found.append(sorted(group))

    for name in sorted(graph):
        if name not in order:
            visit(name)
    return sorted(found)


def _rooms(package: str, modules: Graph) -> Graph:
    prefix = f"{package}."
    rooms: dict[str, set[str]] = {}
    for name, targets in modules.items():
        room = _room(name, prefix)
        if room:
            others = {_room(target, prefix) for target in targets} - {"", room}
            rooms[room] = rooms.get(room, set()) | others
    return rooms


def _room(module: str, prefix: str) -> str:
    """The room of a module; empty: it is not in a room of this package."""
    name = module.removeprefix(prefix).split(".")[0] if module.startswith(prefix) else ""
    return "" if name == "__init__" else name


def _module(imported: str, modules: Iterable[str]) -> str:
    """The module of ours that an imported name is or lies in; empty: it is none of ours."""
    parts = imported.split(".")
    for length in range(len(parts), 0, -1):
        name = ".".join(parts[:length])
        for candidate in (name, f"{name}.__init__"):
            if candidate in modules:
                return candidate
    return ""
