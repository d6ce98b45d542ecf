"""The page as a folder for a static host, and what the server's wheel needs."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tooling import package
from tooling.paths import ROOT
from tooling.pipeline import version
from tooling.rooms import imported_names
from tooling.say import BuildError


@pytest.fixture
def dist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A built page of two files."""
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("page", encoding="utf-8")
    (folder / "assets" / "main.js").write_text("script", encoding="utf-8")
    monkeypatch.setattr(package, "DIST", folder)
    return folder


@pytest.mark.usefixtures("dist")
def test_package_holds_the_page_and_how_to_host_it(tmp_path: Path) -> None:
    out = package.package_page(tmp_path / "packages" / "page")
    assert (out / "assets" / "main.js").read_text(encoding="utf-8") == "script"
    assert version() in (out / "HOSTING.txt").read_text(encoding="utf-8")


def test_package_of_before_is_replaced_whole(tmp_path: Path, dist: Path) -> None:
    out = package.package_page(tmp_path / "page")
    (dist / "assets" / "main.js").rename(dist / "assets" / "other.js")
    package.package_page(out)
    assert [each.name for each in (out / "assets").iterdir()] == ["other.js"]
    assert not list(tmp_path.glob("*.new"))


@pytest.mark.usefixtures("dist")
def test_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    other = tmp_path / "papers"
    other.mkdir()
    (other / "thesis.txt").write_text("kept", encoding="utf-8")
    with pytest.raises(BuildError, match="other files"):
        package.package_page(other)
    assert (other / "thesis.txt").read_text(encoding="utf-8") == "kept"


@pytest.mark.usefixtures("dist")
def test_file_is_refused_in_the_place_of_a_folder(tmp_path: Path) -> None:
    file = tmp_path / "thesis.txt"
    file.write_text("kept", encoding="utf-8")
    with pytest.raises(BuildError, match="is a file"):
        package.package_page(file)
    assert file.read_text(encoding="utf-8") == "kept"


@pytest.mark.usefixtures("dist")
def test_folder_in_which_the_command_runs_is_refused_with_other_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "thesis.txt").write_text("kept", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BuildError, match="other files"):
        package.package_page(Path())
    assert (tmp_path / "thesis.txt").is_file()


# ---------------------------------------------------------------- the server's wheel


def declared() -> dict[str, Requirement]:
    """What the wheel's metadata asks for, by name."""
    project = tomllib.loads((ROOT / "server" / "pyproject.toml").read_text(encoding="utf-8"))
    needs = map(Requirement, project["project"]["dependencies"])
    return {canonicalize_name(each.name): each for each in needs}


def imported() -> Iterator[str]:
    """Packages of others that the server and the models import."""
    paths = [*(ROOT / "server").rglob("*.py"), *(ROOT / "models").rglob("*.py")]
    local = {path.stem for path in paths} | {"earwitness", "earwitness_server", "earwitness_models"}
    optional = {"huggingface_hub"}  # For models that no package has.
    for path in paths:
        for name in imported_names(path.read_text(encoding="utf-8")):
            top = name.split(".")[0]
            # A relative import of a package has no name.
            if top not in local | optional | sys.stdlib_module_names | {"None"}:
                yield top


def test_wheel_declares_every_package_that_is_imported() -> None:
    distributions = packages_distributions()
    found = set(imported())
    assert len(found) > 15
    for name in found:
        names = set(map(canonicalize_name, distributions[name]))
        assert names & declared().keys(), f"server/pyproject.toml lacks {name}"


def test_declared_ranges_admit_the_tested_versions() -> None:
    lock = (ROOT / "requirements" / "run.txt").read_text(encoding="utf-8")
    lines = [line.rstrip("\\ ") for line in lock.splitlines() if "==" in line and line[0] != " "]
    pins = list(map(Requirement, lines))
    for name, need in declared().items():
        tested = [pin.specifier for pin in pins if canonicalize_name(pin.name) == name]
        assert tested, f"requirements/run.txt lacks {name}"
        for each in tested:
            [pin] = each
            assert need.specifier.contains(pin.version), f"{need} excludes {pin.version}"
