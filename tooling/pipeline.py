"""The steps from a fresh clone to `dist/`, each skipped while nothing it depends on has changed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tooling.chromium import ensure_chromium
from tooling.environment import (
    REGISTRY_FIX,
    ensure_node_packages,
    ensure_python,
    execute,
    has_tools,
    node,
)
from tooling.paths import BUILD, CACHE, DIST, PYTHON, ROOT
from tooling.say import BuildError, say
from tooling.steps import OFFLINE_FIX, Step, run_step

MODELS = ("tiny.en", "base", "small")
DEFAULT_MODEL = "base"
PAGE_MODELS = ("base", "tiny.en")
"""What a plain `build.py run` offers: the default, and a smaller one for weak devices."""
VAD = "silero-vad"
"""The voice activity detector, which every model needs."""
SPEAKERS = "speakers"
"""The models that tell speakers apart; the page fetches them when they are first wanted."""
PAGE_PYTHON_VERSION = "3.14"
"""Pyodide's; wheels for the page are chosen for it, not for the host."""
HUB_FIX = (
    "small is published on Hugging Face only: check that it can be reached, or name a "
    "mirror in HF_ENDPOINT; base and tiny.en need neither."
)
REPORT_FIX = "Run it again; if it fails the same way, delete build/ and report it with this text."

VERSION_FILE = ROOT / "py" / "earwitness" / "__init__.py"
"""The one place where the version stands."""
WHEELS = BUILD / "wheels"
"""Packages of others that run in the page."""
TOOL_WHEELS = BUILD / "tool-wheels"
"""Packages that the page's tools worker installs when they are first needed."""
_OWN_WHEEL = BUILD / "own-wheel"
PAGE_RUNTIME = BUILD / "python-runtime"
"""Pyodide and the compiled standard library."""
_PAGE_PYTHON = BUILD / "python"
EXPORTED_MODELS = BUILD / "models"
SERVER_MODELS = BUILD / "server-models"
_COMPILER = [ROOT / "py" / "compiler.mjs", ROOT / "py" / "compile_for_page.py"]
_PYTHON_START = [ROOT / "web" / "workers" / "memory-image.js",
                 ROOT / "web" / "workers" / "python-start.js"]  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """How the goals are prepared.

    `models` is what the page offers, the first one by default. While `offline` nothing is
    downloaded: what was downloaded before is used, whatever its lock file says now.
    """

    models: tuple[str, ...] = PAGE_MODELS
    offline: bool = False


def prepare(plan: Plan, *goals: str) -> None:
    """Bring each of `goals` (see `GOALS`) up to date, and what it depends on.

    Raises:
        BuildError: a step failed, or the plan is offline and something is not here yet.
    """
    if plan.offline:
        _check_offline(plan.models if _wanted(goals) & {"models"} else ())
    done: set[str] = set()
    for goal in goals:
        _reach(goal, plan, done)


def _reach(goal: str, plan: Plan, done: set[str]) -> None:
    if goal in done:
        return
    for needed in GOALS[goal].needs:
        _reach(needed, plan, done)
    GOALS[goal].action(plan)
    done.add(goal)


def _wanted(goals: Sequence[str]) -> set[str]:
    """The goals and everything they depend on."""
    return set(goals).union(*(_wanted(GOALS[goal].needs) for goal in goals))


def _check_offline(models: tuple[str, ...]) -> None:
    what = "starting offline"
    if not has_tools():
        raise BuildError(what, "nothing has been set up here yet.", OFFLINE_FIX)
    if missing := ", ".join(each for each in models if not _manifest(each).is_file()):
        raise BuildError(what, f"nothing has been built with {missing} yet.", OFFLINE_FIX)


def version() -> str:
    """The project's version."""
    text = VERSION_FILE.read_text(encoding="utf-8")
    return text.split('__version__ = "')[1].split('"')[0]


def _tools(plan: Plan) -> None:
    ensure_python("run", offline=plan.offline)
    ensure_node_packages(offline=plan.offline)


def _test_tools(plan: Plan) -> None:
    ensure_python("test", offline=plan.offline)
    ensure_node_packages(offline=plan.offline)


def _chromium(_: Plan) -> None:
    say(f"The browser for the tests is {ensure_chromium()}")


def _download_wheels(plan: Plan, name: str, does: str, lock: Path, target: Path) -> None:
    def download() -> None:
        shutil.rmtree(target, ignore_errors=True)
        execute(
            "fetching the page's Python wheels",
            [PYTHON, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes",
             "--only-binary=:all:", "--python-version", PAGE_PYTHON_VERSION, "--platform", "any",
             "-d", target, "-r", lock],
            REGISTRY_FIX,
        )  # fmt: skip

    run_step(
        Step(name=name, does=does, inputs=[lock], outputs=[target], downloads=True,
             action=download),
        offline=plan.offline,
    )  # fmt: skip


def _runtime(plan: Plan) -> None:
    """Pyodide with its standard library, and the packages of others: no line of ours is in it."""
    locks = ROOT / "requirements"
    does = "Fetching the wheels of others that run in the page (hash-checked)"
    _download_wheels(plan, "page-downloads", does, locks / "pyodide.txt", WHEELS)
    does = "Fetching the wheels for the page's tools worker (hash-checked)"
    _download_wheels(plan, "tool-downloads", does, locks / "tools.txt", TOOL_WHEELS)
    run_step(
        Step(
            name="page-runtime",
            does="Compiling Python's standard library for the page (in Pyodide itself)",
            inputs=[*_COMPILER, ROOT / "py" / "build-runtime.mjs", ROOT / "package-lock.json"],
            outputs=[PAGE_RUNTIME / "pyodide-lock.json"],
            action=lambda: execute(
                "compiling Python's standard library",
                [node(), ROOT / "py" / "build-runtime.mjs", PAGE_RUNTIME],
                REPORT_FIX,
            ),
        )
    )


def _python(_: Plan) -> None:
    """Our own Python for the page. Needs no network."""
    sources = [ROOT / "py" / "earwitness", ROOT / "pyproject.toml"]

    def compile_() -> None:
        shutil.rmtree(_OWN_WHEEL, ignore_errors=True)
        execute(
            "building our wheel",
            [PYTHON, "-m", "hatchling", "build", "-t", "wheel", "-d", _OWN_WHEEL],
            REPORT_FIX,
        )
        execute(
            "compiling Python for the page",
            [node(), ROOT / "py" / "build.mjs", PAGE_RUNTIME, _PAGE_PYTHON, _OWN_WHEEL, WHEELS],
            REPORT_FIX,
        )

    run_step(
        Step(
            name="page-python",
            does="Compiling our Python for the page",
            inputs=[*sources, *_COMPILER, *_PYTHON_START, ROOT / "py" / "build.mjs",
                    ROOT / "py" / "import_for_page.py", PAGE_RUNTIME, WHEELS],
            outputs=[_PAGE_PYTHON / "memory-image.bin"],
            action=compile_,
        )
    )  # fmt: skip


def _models(plan: Plan) -> None:
    """Downloads only what the cache lacks."""
    for model in (*plan.models, VAD):
        _export(model)
    _server_models(plan.models)
    if not plan.offline or _manifest(SPEAKERS).is_file():
        _export(SPEAKERS)
        _server_speakers()
    _write_catalogue(plan.models[0])


def _speakers(_: Plan) -> None:
    _export(SPEAKERS)


def _export(model: str) -> None:
    fix = HUB_FIX if model == "small" else REGISTRY_FIX
    sizes = {"tiny.en": "71 MB", "base": "150 MB", "small": "480 MB", SPEAKERS: "81 MB"}
    size = sizes.get(model, "11 MB")
    run_step(
        Step(
            name=f"model-{model}",
            does=f"Fetching and exporting {model} (download about {size}, hash-checked)",
            inputs=[ROOT / "models" / "earwitness_models"],
            outputs=[_manifest(model)],
            action=lambda: execute(
                f"exporting {model}",
                [PYTHON, "-m", "earwitness_models", "export", model, "--out", EXPORTED_MODELS,
                 "--cache", CACHE / "weights"],
                fix,
                quiet=False,
            ),
        )
    )  # fmt: skip


def _server_models(models: tuple[str, ...]) -> None:
    """Unpack CTranslate2's weights for the server, of the models that are published so."""
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


def _server_speakers() -> None:
    """The same models that tell speakers apart, for the server's engine."""

    def copy() -> None:
        shutil.copytree(EXPORTED_MODELS / SPEAKERS, SERVER_MODELS / SPEAKERS, dirs_exist_ok=True)

    run_step(
        Step(
            name="server-speakers",
            does="Copying the speaker models for the server",
            inputs=[_manifest(SPEAKERS)],
            outputs=[SERVER_MODELS / SPEAKERS / "embedding.onnx"],
            action=copy,
        )
    )


def _write_catalogue(default: str) -> None:
    """List what is exported, for the page; models/README.md describes the file."""
    entries = {path.parent.name: _catalogue_entry(path) for path in _manifests()}
    vad = entries.pop(VAD)
    speakers = {"speakers": entries[SPEAKERS]} if SPEAKERS in entries else {}
    models = [entries[name] for name in MODELS if name in entries]
    catalogue = {"models": models, "default": default, "vad": vad, **speakers}
    target, text = EXPORTED_MODELS / "catalogue.json", json.dumps(catalogue, indent=1)
    if not target.is_file() or target.read_text() != text:
        target.write_text(text)


def exported_models() -> tuple[str, ...]:
    """Those of `PAGE_MODELS` that have been exported."""
    return tuple(model for model in PAGE_MODELS if _manifest(model).is_file())


def _manifest(model: str) -> Path:
    return EXPORTED_MODELS / model / "manifest.json"


def _manifests() -> list[Path]:
    return sorted(EXPORTED_MODELS.glob("*/manifest.json"))


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


def _page(_: Plan) -> None:
    manifests = (EXPORTED_MODELS / "catalogue.json").read_text()
    run_step(
        Step(
            name="page",
            does="Bundling the page into dist/",
            inputs=[ROOT / "web", ROOT / "package-lock.json", _PAGE_PYTHON, TOOL_WHEELS],
            outputs=[DIST / "index.html", DIST / "service-worker.js"],
            salt=manifests + version(),
            action=lambda: execute(
                "bundling the page",
                [node(), ROOT / "web" / "build.mjs", _PAGE_PYTHON, EXPORTED_MODELS, TOOL_WHEELS,
                 DIST, version()],
                REPORT_FIX,
            ),
        )
    )  # fmt: skip


@dataclass(frozen=True)
class Goal:
    """Something that a command can ask for, with the goals that it depends on."""

    help: str
    action: Callable[[Plan], None]
    needs: tuple[str, ...] = ()


GOALS = {
    "tools": Goal("the Python packages, Node and its packages", _tools),
    "test-tools": Goal("the same, and what tests and checks need", _test_tools),
    "chromium": Goal("a browser for the tests", _chromium),
    "runtime": Goal("Pyodide and the compiled standard library", _runtime, ("tools",)),
    "python": Goal("our Python as the page loads it", _python, ("runtime",)),
    "models": Goal("the models of page and server", _models, ("tools",)),
    "speakers": Goal("the models that tell speakers apart", _speakers, ("tools",)),
    "page": Goal("the page in dist/, with all that it needs", _page, ("python", "models")),
}
