"""The rooms of the server: which of them know HTTP, and that their imports form no circle."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "server" / "earwitness_server"
WITHOUT_HTTP = ("storage", "inference", "jobs", "search", "media", "observability")
HTTP = ("fastapi", "starlette", "uvicorn", "h11", "earwitness_server.errors",
        "earwitness_server.http", "earwitness_server.routes", "earwitness_server.app")  # fmt: skip


def imports(path: Path) -> Iterator[str]:
    """Dotted names of what a module imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("room", WITHOUT_HTTP)
def test_packages_below_the_routes_do_not_import_http(room: str) -> None:
    paths = list((PACKAGE / room).rglob("*.py"))
    assert len(paths) > 1
    for path in paths:
        for name in imports(path):
            assert not f"{name}.".startswith(tuple(f"{each}." for each in HTTP)), (path, name)


def test_packages_import_each_other_in_one_direction() -> None:
    arrows: dict[str, set[str]] = {}
    for path in PACKAGE.rglob("*.py"):
        room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        for name in imports(path):
            package, _, rest = name.partition(".")
            if package == PACKAGE.name and rest.split(".")[0] != room:
                arrows.setdefault(room, set()).add(rest.split(".")[0])
    assert len(arrows) > 5
    TopologicalSorter(arrows).prepare()
