"""`build.py dev` without a browser: watched files, events for pages, packages for Python."""

from __future__ import annotations

import urllib.request
import zipfile
from collections.abc import Iterator
from http.client import HTTPResponse
from pathlib import Path

import pytest

from tooling import dev
from tooling.live_reload import LiveReload
from tooling.watch import Watch


def test_new_changed_and_deleted_files_are_reported_once(tmp_path: Path) -> None:
    kept, gone, new = (tmp_path / name for name in ("kept.py", "gone.py", "new.py"))
    kept.write_text("1")
    gone.write_text("1")
    watch = Watch([tmp_path])
    assert watch.changed() == set()
    kept.write_text("1, 2")
    gone.unlink()
    new.write_text("")
    assert watch.changed() == {kept, gone, new}
    assert watch.changed() == set()


def test_byte_code_is_not_watched(tmp_path: Path) -> None:
    watch = Watch([tmp_path])
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.cpython-311.pyc").write_text("")
    assert watch.changed() == set()


def test_deleted_folder_is_a_change(tmp_path: Path) -> None:
    file = tmp_path / "folder" / "a.py"
    file.parent.mkdir()
    file.write_text("")
    watch = Watch([tmp_path, file.parent])
    file.unlink()
    file.parent.rmdir()
    assert watch.changed() == {file}


@pytest.fixture
def live_reload() -> Iterator[LiveReload]:
    """A running `LiveReload`."""
    reload = LiveReload()
    yield reload
    reload.close()


def event(stream: HTTPResponse) -> str:
    """Return the next event as text."""
    lines = iter(stream.readline, b"\n")
    return " ".join(line.decode().strip() for line in lines)


def test_every_open_page_gets_an_event_for_a_change(live_reload: LiveReload) -> None:
    with urllib.request.urlopen(live_reload.url, timeout=60) as page:
        assert page.headers["Access-Control-Allow-Origin"] == "*"
        assert event(page) == "event: version data: 0"
        live_reload.swap_styles()
        assert event(page) == "event: styles data: 1"
        live_reload.reload()
        assert event(page) == "event: version data: 2"
        with urllib.request.urlopen(live_reload.url, timeout=60) as late:
            assert event(late) == "event: version data: 2", "it may have missed a change"


def test_packages_contain_our_sources_and_the_wheels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "py" / "earwitness" / "search"
    package.mkdir(parents=True)
    (package / "find.py").write_text("found = 1\n")
    (package / "__pycache__").mkdir()
    (package / "__pycache__" / "find.pyc").write_text("")
    with zipfile.ZipFile(tmp_path / "other-1.whl", "w") as wheel:
        wheel.writestr("other/__init__.py", "other = 1\n")
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    monkeypatch.setattr(dev, "WHEELS", tmp_path)
    dev.write_packages(tmp_path / "packages.zip")
    with zipfile.ZipFile(tmp_path / "packages.zip") as packages:
        assert packages.namelist() == ["other/__init__.py", "earwitness/search/find.py"]
        assert packages.read("earwitness/search/find.py") == b"found = 1\n"
