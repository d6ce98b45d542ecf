"""The page of an earlier version, built from the history of this checkout."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.support.browser import ROOT
from tooling.environment import environment, node
from tooling.say import BuildError

VERSION, COMMIT = "0.1.0", "3c61a4a"
MEDIABUNNY = "mediabunny@1.61.0"
"""What the page of then used and the page of today does not."""
BUILD = ROOT / "build"


def old_page() -> Path:
    """Return `dist` of 0.1.0. It is built once and kept under `build/`.

    Skips the test where the history or a package cannot be had.
    """
    folder = BUILD / f"page-{VERSION}"
    if not (folder / "dist" / "index.html").is_file():
        shutil.rmtree(folder, ignore_errors=True)
        source = folder / "source"
        _unpack(source)
        _link_packages(source)
        _build(folder, source)
    return folder / "dist"


def _unpack(source: Path) -> None:
    done = subprocess.run(
        ["git", "archive", COMMIT, "py", "web", "package.json", "package-lock.json"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        pytest.skip(f"needs the history of this checkout back to {COMMIT} (version {VERSION})")
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(source, filter="data")


def _link_packages(source: Path) -> None:
    """Give the old sources today's packages, which have the same versions, and mediabunny's own."""
    here = ROOT / "node_modules"
    packages = source / "node_modules"
    packages.mkdir()
    for package in here.iterdir():
        if package.name != "mediabunny":
            (packages / package.name).symlink_to(package)
    npm = node().parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    alone = source.parent / "mediabunny"
    alone.mkdir()
    (alone / "package.json").write_text("{}")
    command = [node(), npm, "install", "--ignore-scripts", "--no-audit", "--no-fund", MEDIABUNNY]
    done = subprocess.run(
        [str(part) for part in command],
        cwd=alone,
        env=environment(),
        capture_output=True,
        check=False,
    )
    if done.returncode:
        pytest.skip(f"needs the package {MEDIABUNNY}, which cannot be fetched")
    (packages / "mediabunny").symlink_to(alone / "node_modules" / "mediabunny")


def _build(folder: Path, source: Path) -> None:
    wheels = folder / "wheels"
    wheels.mkdir()
    for wheel in (BUILD / "wheels").glob("*.whl"):
        shutil.copy(wheel, wheels)
    with zipfile.ZipFile(wheels / f"earwitness-{VERSION}-py3-none-any.whl", "w") as wheel:
        for path in sorted((source / "py" / "earwitness").rglob("*.py")):
            wheel.write(path, path.relative_to(source / "py").as_posix())
    catalogue = json.loads((BUILD / "models" / "catalogue.json").read_text("utf-8"))
    models = folder / "models"
    models.mkdir()
    for model in [*catalogue["models"], catalogue["vad"]]:
        (models / model["id"]).symlink_to(BUILD / "models" / model["id"])
    kept = {name: catalogue[name] for name in ("models", "default", "vad")}
    (models / "catalogue.json").write_text(json.dumps(kept))
    script = source / "web" / "build.mjs"
    # Compression takes minutes and changes nothing that a test sees.
    script.write_text(script.read_text("utf-8").replace("await compressAll();\n", ""), "utf-8")
    for command in (
        [source / "py" / "build.mjs", wheels, folder / "python"],
        [script, folder / "python", models, folder / "dist", VERSION],
    ):
        done = subprocess.run(
            [str(part) for part in (node(), *command)],
            cwd=source,
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise BuildError(f"building the page of {VERSION}", done.stderr[-2000:], "")
