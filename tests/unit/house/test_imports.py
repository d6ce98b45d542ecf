"""Which room may import which. `docs/architecture.md` describes the rooms."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tooling.rooms import Graph, circles, imported_names, module_graph, packages
from tooling.sources import work_tree

ROOT = Path(__file__).resolve().parents[3]
SHARED = {"transcript", "messages", "engine_messages", "errors", "serialization", "languages",
          "language_tags", "extensions", "tool_messages"}  # fmt: skip
"""Modules of `earwitness` that all its rooms may import."""
ROOMS = {
    "": set[str](),
    "messages": set[str](),
    "domain": set[str](),
    "speech": {"domain"},
    "speakers": {"speech"},
    "search": {"domain"},
    "formats": {"domain"},
    "remote": {"domain"},
    "library": {"domain", "speakers", "search", "remote"},
    "browser": {"domain", "speech", "speakers", "search", "formats", "remote", "library"},
}
"""Rooms of `earwitness`, and the other rooms that each may import."""
PAGE_ONLY = {"js", "pyodide", "pyodide_js", "transformers_js_py", "_pyodide", "micropip", "pysubs2",
             "charset_normalizer"}  # fmt: skip


def modules(folder: str) -> list[Path]:
    """Return the Python files below a folder of the project."""
    return sorted(p for p in (ROOT / folder).rglob("*.py") if "__pycache__" not in p.parts)


def imports(path: Path) -> Iterator[str]:
    """Return the dotted names of all imports of a module, also of those in functions."""
    return imported_names(path.read_text(encoding="utf-8"))


def room(path: Path) -> str:
    """Return a room's name from `ROOMS`, '' for the modules at the top of the package."""
    parts = path.relative_to(ROOT / "py" / "earwitness").parts
    return parts[0] if len(parts) > 1 else ""


@pytest.mark.parametrize("path", modules("py/earwitness"), ids=lambda p: p.stem)
def test_rooms_of_earwitness_import_only_allowed_rooms(path: Path) -> None:
    here = room(path)
    for name in imports(path):
        top, *rest = name.split(".")
        if top in PAGE_ONLY:
            assert here == "browser", f"{name} belongs in earwitness/browser only"
        elif top == "earwitness":
            target = rest[0] if rest else ""
            allowed = SHARED | {here, ""} | ROOMS[here]
            assert target in allowed, f"{here or 'the top'} must not import {name}"
        else:
            assert top in sys.stdlib_module_names, f"{name}: py/ uses the standard library only"


@pytest.mark.parametrize("path", modules("server"), ids=lambda p: p.stem)
def test_server_does_not_import_browser_modules(path: Path) -> None:
    for name in imports(path):
        assert not name.startswith("earwitness.browser"), name
        assert name.split(".")[0] not in PAGE_ONLY, name


@pytest.mark.parametrize("path", modules("models"), ids=lambda p: p.stem)
def test_models_import_no_other_package_of_the_project(path: Path) -> None:
    for name in imports(path):
        assert name.split(".")[0] not in {"earwitness", "earwitness_server", "tooling"}, name


@pytest.mark.parametrize("path", [ROOT / "build.py", *modules("tooling")], ids=lambda p: p.stem)
def test_tooling_imports_only_the_standard_library(path: Path) -> None:
    for name in imports(path):
        top = name.split(".")[0]
        # `earwitness` uses the standard library only; the contract is written from its classes.
        ours = top == "tooling" or (top == "earwitness" and path.parent.name == "contract")
        assert ours or top in sys.stdlib_module_names, name


def graphs() -> dict[str, Graph]:
    """Imports between all modules of the project, and between the rooms of each package."""
    sources = work_tree()
    rooms = {name: package.rooms for name, package in packages(sources).items()}
    return {"modules": module_graph(sources)} | rooms


@pytest.mark.parametrize("graph", graphs().values(), ids=graphs())
def test_imports_have_no_cycle(graph: Graph) -> None:
    assert circles(graph) == []
