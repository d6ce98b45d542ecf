"""The page as a folder for a static host."""

from __future__ import annotations

from pathlib import Path

import pytest

from tooling import package
from tooling.pipeline import version
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
