"""Build steps: when they run, when they are skipped, and how `--offline` works."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tooling import environment, pipeline, steps
from tooling.pipeline import GOALS, Plan, prepare
from tooling.say import BuildError
from tooling.steps import Step, run_step


@pytest.fixture
def step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Step:
    """A step that copies `lock` to `copy`."""
    monkeypatch.setattr(steps, "ROOT", tmp_path)
    monkeypatch.setattr(steps, "BUILD", tmp_path / "build")
    lock, copy = tmp_path / "lock", tmp_path / "copy"
    lock.write_text("1")

    def action() -> None:
        copy.write_text(lock.read_text())

    return Step("copy", "Copying", [lock], [copy], action)


def test_step_runs_once_for_the_same_inputs(step: Step) -> None:
    assert run_step(step)
    assert not run_step(step)


def test_step_runs_again_after_a_change(step: Step) -> None:
    [lock], [copy] = step.inputs, step.outputs
    run_step(step)
    lock.write_text("2")
    assert run_step(step)
    assert copy.read_text() == "2"
    copy.unlink()
    assert run_step(step), "its output is gone"
    assert run_step(replace(step, salt="another flag"))


def test_failed_step_runs_again(step: Step) -> None:
    def fail() -> None:
        raise BuildError("copying", "the disk is full.", "Free some space.")

    with pytest.raises(BuildError):
        run_step(replace(step, action=fail))
    assert run_step(step)


def test_offline_uses_an_older_download(step: Step) -> None:
    [lock], [copy] = step.inputs, step.outputs
    download = replace(step, downloads=True)
    run_step(download)
    lock.write_text("2")
    assert not run_step(download, offline=True)
    assert copy.read_text() == "1"
    assert run_step(download), "with a network it is fetched again"


def test_offline_rejects_a_missing_download(step: Step) -> None:
    with pytest.raises(BuildError, match="without --offline"):
        run_step(replace(step, downloads=True), offline=True)


def test_offline_runs_steps_that_download_nothing(step: Step) -> None:
    assert run_step(step, offline=True)


@pytest.fixture
def reached(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the goals in the order in which they are reached; their actions are replaced."""
    names: list[str] = []

    def note(name: str) -> Callable[[Plan], None]:
        return lambda _: names.append(name)

    for name, goal in GOALS.items():
        monkeypatch.setitem(GOALS, name, replace(goal, action=note(name)))
    return names


def test_goal_runs_once_and_after_its_requirements(reached: list[str]) -> None:
    prepare(Plan(), "test-tools", "python", "page")
    assert reached == ["test-tools", "tools", "runtime", "python", "models", "page"]


def test_tools_need_no_model_and_no_browser(reached: list[str]) -> None:
    prepare(Plan(), "test-tools", "python")
    assert not {"models", "chromium", "page"} & set(reached)


def test_downloads_depend_on_lock_files_only(monkeypatch: pytest.MonkeyPatch) -> None:
    downloads: list[Step] = []

    def note(step: Step, *, offline: bool = False) -> bool:
        if step.downloads:
            downloads.append(step)
        return False

    monkeypatch.setattr(environment, "run_step", note)
    monkeypatch.setattr(environment, "is_current", lambda _: False)
    monkeypatch.setattr(pipeline, "run_step", note)
    prepare(Plan(), "test-tools", "python")
    inputs = {path.name for step in downloads for path in step.inputs}
    assert inputs == {
        "test.txt", "run.txt", "pyodide.txt", "tools.txt", "package.json", "package-lock.json",
    }  # fmt: skip
