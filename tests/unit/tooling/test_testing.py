"""The split of all tests into parts, and the report over them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tooling import suite_parts
from tooling.suite_parts import PART_S, split
from tooling.suite_report import Report

RESULTS = """<testsuites><testsuite>
<testcase classname="tests.unit.test_a" name="test_one" time="2.5"/>
<testcase classname="tests.unit.test_a" name="test_two" time="0.25"><failure/></testcase>
<testcase classname="tests.unit.test_b" name="test_three" time="0"><skipped/></testcase>
</testsuite></testsuites>"""


def test_every_file_is_in_one_part_and_long_parts_come_first() -> None:
    durations_s = {f"tests/server/test_{i}.py": float(i) for i in range(40)}
    durations_s |= {f"tests/browser/test_{i}.py": 50.0 for i in range(5)}
    found = split(durations_s)
    files = [file for part in found for file in part.files]
    assert sorted(files) == sorted(durations_s)
    assert [part.expected_s for part in found] == sorted(
        (part.expected_s for part in found), reverse=True
    )
    assert all(part.expected_s <= PART_S for part in found)


def test_files_of_the_page_and_others_are_never_in_one_part() -> None:
    found = split({"tests/browser/test_a.py": 1.0, "tests/bench/test_b.py": 1.0,
                   "tests/server/test_c.py": 1.0})  # fmt: skip
    assert {part.files for part in found} == {
        ("tests/bench/test_b.py", "tests/browser/test_a.py"),
        ("tests/server/test_c.py",),
    }
    assert [part.of_the_page for part in found] == [True, False]


def test_file_longer_than_a_part_is_a_part_of_its_own() -> None:
    [long, short] = split({"tests/models/test_a.py": 5 * PART_S, "tests/models/test_b.py": 1.0})
    assert (long.files, short.files) == (("tests/models/test_a.py",), ("tests/models/test_b.py",))


def test_durations_of_a_run_are_kept_for_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suite_parts, "RECORD", tmp_path / "durations.json")
    monkeypatch.setattr(suite_parts, "ROOT", tmp_path)
    for name in ("a", "b"):
        (tmp_path / "tests" / "models").mkdir(parents=True, exist_ok=True)
        (tmp_path / "tests" / "models" / f"test_{name}.py").touch()
    suite_parts.remember({"tests/models/test_a.py": 70.0, "tests/models/test_gone.py": 1.0})
    suite_parts.remember({"tests/models/test_b.py": 60.0})
    assert [part.expected_s for part in suite_parts.parts()] == [70.0, 60.0]


def test_first_run_goes_by_the_files_that_take_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suite_parts, "RECORD", tmp_path / "none.json")
    monkeypatch.setattr(suite_parts, "LONG", tmp_path / "long.json")
    monkeypatch.setattr(suite_parts, "ROOT", tmp_path)
    (tmp_path / "long.json").write_text('{"tests/server/test_b.py": 80.0, "gone.py": 90.0}')
    (tmp_path / "tests" / "server").mkdir(parents=True)
    for name in ("a", "b"):
        (tmp_path / "tests" / "server" / f"test_{name}.py").touch()
    [long] = suite_parts.parts()
    assert long.files == ("tests/server/test_a.py", "tests/server/test_b.py")
    assert long.expected_s == 80.0 + suite_parts.GUESSES_S["tests/server"]


def test_report_counts_tests_and_sums_durations_by_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    results = tmp_path / "other-1.xml"
    results.write_text(RESULTS)
    report = Report()
    assert report.add(results, 1, "SKIPPED [1] tests/unit/test_b.py:3: no model") == (
        "1 passed, 1 failed, 1 skipped"
    )
    report.add(tmp_path / "other-2.xml", 4, "usage error")
    assert report.status == 1
    assert report.file_durations_s() == {"tests/unit/test_a.py": 2.75, "tests/unit/test_b.py": 0.0}
    report.print_summary(slowest=1)
    printed = capsys.readouterr().out
    assert "SKIPPED [1] tests/unit/test_b.py:3: no model" in printed
    assert "2.5 s  tests.unit.test_a::test_one" in printed
    assert "test_three" not in printed
    assert "FAILED tests.unit.test_a::test_two" in printed
    assert "FAILED other-2" in printed
