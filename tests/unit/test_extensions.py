"""Extensions: what follows the Protocols is loaded, what fails is named."""

from __future__ import annotations

import importlib
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from earwitness import formats
from earwitness.errors import BadRequestError
from earwitness.extensions import added_format, added_rule, apply_rule, installed
from earwitness.transcript import Segment, Transcript

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "extension-example"
POINTS = """[earwitness.formats]
quotes = earwitness_example.quotes:Quotes
broken = earwitness_example.nothing:Nothing
wrong = earwitness_example.numbers:Numbers

[earwitness.rules]
clean-verbatim = earwitness_example.clean_verbatim:CleanVerbatim
numbers = earwitness_example.numbers:Numbers
"""
TALK = Transcript(
    "t", "Talk", "", 2.0, "base", language="en", segments=(Segment(0.0, 2.0, "Um, twenty two."),)
)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The example, as pip would have installed it, with entry points that are wrong as well."""
    about = tmp_path / "earwitness_example-1.0.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: earwitness-example\nVersion: 1\n")
    (about / "entry_points.txt").write_text(POINTS)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.syspath_prepend(str(EXAMPLE))
    importlib.invalidate_caches()
    yield
    for name in [name for name in sys.modules if name.startswith("earwitness_example")]:
        del sys.modules[name]


@pytest.mark.usefixtures("package")
def test_installed_extensions_are_loaded_and_broken_ones_named() -> None:
    found = installed()
    assert [each.extension for each in found.formats] == ["quotes"]
    assert [name for name, _ in found.rules] == ["clean-verbatim", "numbers"]
    assert len(found.errors) == 2
    assert all("was not loaded" in error for error in found.errors)
    file = formats.export(TALK, "quotes", added=found.formats)
    assert (file.name, file.media_type) == ("Talk.quotes", "text/plain")
    assert formats.content_of(file).decode() == "“Um, twenty two.” — 0.0 s\n"
    read = formats.read(formats.content_of(file), file.name, found.formats)
    assert [segment.text for segment in read.segments] == ["Um, twenty two."]
    assert read.id
    texts = [apply_rule(rule, TALK) for _, rule in found.rules]
    assert texts == [{0: "Twenty two."}, {0: "Um, 22."}]


@pytest.mark.usefixtures("package")
def test_tests_of_the_example_pass() -> None:
    tests = runpy.run_path(str(EXAMPLE / "tests" / "test_example.py"))
    ran = 0
    for name, test in tests.items():
        if not name.startswith("test_"):
            continue
        marks = [mark for mark in getattr(test, "pytestmark", []) if mark.name == "parametrize"]
        for case in marks[0].args[1] if marks else [()]:
            test(*case)
            ran += 1
    assert ran > 15


class Broken:
    """A format and a rule that fail."""

    extension = "bad"
    title = "Bad"
    media_type = "text/plain"

    def read(self, data: bytes) -> Transcript:
        raise RuntimeError("no")

    def write(self, transcript: Transcript) -> bytes:
        raise RuntimeError("no")

    def apply(self, transcript: Transcript) -> dict[int, str]:
        raise RuntimeError("no")


class Answers:
    """A rule that answers what it is given."""

    title = "Answers"

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def apply(self, transcript: Transcript) -> dict[int, str]:
        return self.answer


def test_failing_extension_is_named() -> None:
    bad = added_format(Broken())
    with pytest.raises(BadRequestError, match="Bad"):
        formats.export(TALK, "bad", added=[bad])
    with pytest.raises(BadRequestError, match="Bad"):
        formats.read(b"x", "x.bad", [bad])
    with pytest.raises(BadRequestError, match="failed"):
        apply_rule(added_rule(Broken()), TALK)
    for answer in (None, [1], {5: "x"}, {0: 7}, {-1: "x"}, {"a": "x"}):
        with pytest.raises(BadRequestError):
            apply_rule(Answers(answer), TALK)
    assert apply_rule(Answers({0: TALK.segments[0].text}), TALK) == {}


def test_object_that_follows_no_protocol_is_refused() -> None:
    with pytest.raises(BadRequestError):
        added_format(object())
    with pytest.raises(BadRequestError):
        added_rule(object())
    bad = Broken()
    bad.extension = "../x"
    with pytest.raises(BadRequestError):
        added_format(bad)


def test_unknown_format_is_refused() -> None:
    with pytest.raises(BadRequestError, match="Unknown format"):
        formats.export(TALK, "exe")
