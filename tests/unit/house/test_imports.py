"""Who may import whom. The rooms are described in `docs/architecture.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tooling.rooms import Graph, circles, imported_names, module_graph, packages
from tooling.sources import work_tree

ROOT = Path(__file__).resolve().parents[3]
SHARED = {"transcript", "messages", "engine_messages", "errors", "serialization", "languages"}
"""Modules of `earwitness` that every room of it may import."""
ROOMS = {
    "": set[str](),
    "domain": set[str](),
    "speech": {"domain"},
    "speakers": set[str](),
    "search": {"domain"},
    "formats": {"domain"},
    "remote": {"domain"},
    "library": {"domain", "search", "remote"},
    "browser": {"domain", "speech", "speakers", "search", "formats", "remote", "library"},
}
"""Rooms of `earwitness`, and which others each may import."""
PAGE_ONLY = {"js", "pyodide", "pyodide_js", "transformers_js_py", "_pyodide"}


def modules(folder: str) -> list[Path]:
    """Python files below a folder of the project."""
    return sorted(p for p in (ROOT / folder).rglob("*.py") if "__pycache__" not in p.parts)


def imports(path: Path) -> Iterator[str]:
    """Dotted names of everything a module imports, wherever in it."""
    return imported_names(path.read_text(encoding="utf-8"))


def room(path: Path) -> str:
    """One of `ROOMS`; '' for the top of the package."""
    parts = path.relative_to(ROOT / "py" / "earwitness").parts
    return parts[0] if len(parts) > 1 else ""


@pytest.mark.parametrize("path", modules("py/earwitness"), ids=lambda p: p.stem)
def test_a_room_of_the_package_keeps_to_itself(path: Path) -> None:
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
def test_the_server_never_imports_the_browser_room(path: Path) -> None:
    for name in imports(path):
        assert not name.startswith("earwitness.browser"), name
        assert name.split(".")[0] not in PAGE_ONLY, name


@pytest.mark.parametrize("path", modules("models"), ids=lambda p: p.stem)
def test_models_import_nothing_of_ours(path: Path) -> None:
    for name in imports(path):
        assert name.split(".")[0] not in {"earwitness", "earwitness_server", "tooling"}, name


@pytest.mark.parametrize("path", [ROOT / "build.py", *modules("tooling")], ids=lambda p: p.stem)
def test_tooling_runs_on_a_bare_python(path: Path) -> None:
    for name in imports(path):
        top = name.split(".")[0]
        # `earwitness` uses the standard library only; the contract is written from its classes.
        ours = top == "tooling" or (top == "earwitness" and path.parent.name == "contract")
        assert ours or top in sys.stdlib_module_names, name


def graphs() -> dict[str, Graph]:
    """All modules of ours, and the rooms of each package, with what they import."""
    sources = work_tree()
    rooms = {name: package.rooms for name, package in packages(sources).items()}
    return {"modules": module_graph(sources)} | rooms


@pytest.mark.parametrize("graph", graphs().values(), ids=graphs())
def test_imports_form_no_circle(graph: Graph) -> None:
    assert circles(graph) == []
