"""Find and replace, and the regular expressions that are refused."""

from __future__ import annotations

import re
import time

import pytest
from earwitness.domain import edits
from earwitness.domain.documents import Document, Layer, OpenDocument
from earwitness.domain.find_replace import find, replace
from earwitness.domain.patterns import compiled
from earwitness.engine_messages import WindowRow
from earwitness.errors import BadRequestError
from earwitness.messages import FindText
from earwitness.transcript import Segment
from hypothesis import given, settings
from hypothesis import strategies as st

AT = "2026-11-30T10:00:00.000Z"


def opened(*texts: str) -> OpenDocument:
    segments = tuple(Segment(i, i + 1, f" {text}") for i, text in enumerate(texts))
    rows = [WindowRow(0, 0, 0.0, float(len(texts)), segments)]
    return OpenDocument(Document("x", (Layer(1, finished=True),)), {1: rows})


def after(document: OpenDocument, query: FindText, new: str) -> list[str]:
    wanted, _ = replace(document, query, new)
    return [text.strip() for text in edits.apply(document, wanted, AT).texts()]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (FindText("ann"), ["X met X.", "X was X, XXy says"]),
        (FindText("ann", match_case=True), ["Ann met X.", "ANN was X, XXy says"]),
        (FindText("ann", whole_words=True), ["X met X.", "X was X, annanny says"]),
        (FindText("ann .", regular_expression=True), ["Xet ann.", "Xas ann, annanny says"]),
        (FindText("a.n\\b", regular_expression=True), ["X met X.", "X was X, annanny says"]),
    ],
)
def test_options_of_a_search(query: FindText, expected: list[str]) -> None:
    assert after(opened("Ann met ann.", "ANN was ann, annanny says"), query, "X") == expected


def test_phrase_across_segments_goes_to_the_first_and_empty_ones_are_deleted() -> None:
    document = opened("we saw New", "York", "City today", "in New York City")
    query = FindText("new york city", across_segments=True)
    [one, other] = find(document, query, "NYC")
    assert (one.segment, one.text, one.before, one.after) == (
        0,
        "New York City",
        "we saw ",
        " today",
    )
    assert (other.segment, other.text) == (3, "New York City")
    assert after(document, query, "NYC") == ["we saw NYC", "today", "in NYC"]
    assert find(document, FindText("new york city"))[0].segment == 3


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("Told by ", " on Monday.", ("Told by ", " on Monday.")),
        (f"{'a' * 31} was told ", f" b{' bb' * 14} c", ("…was told ", f" b{' bb' * 12}…")),
        ("x" * 90, "y" * 90, ("…" + "x" * 40, "y" * 40 + "…")),
        ("日" * 41, "本" * 40, ("…" + "日" * 40, "本" * 40)),
    ],
)
def test_place_is_shown_among_whole_words(before: str, after: str, shown: tuple[str, str]) -> None:
    [place] = find(opened(f"{before}Ann{after}"), FindText("Ann"))
    assert (place.before, place.after) == shown


def test_groups_of_a_pattern_can_be_used() -> None:
    query = FindText(r"(\d+)\s(?P<unit>km|m)\b", regular_expression=True)
    assert after(opened("12 km and 3 m"), query, r"\g<unit> \1") == ["km 12 and m 3"]
    with pytest.raises(BadRequestError, match="does not fit"):
        replace(opened("12 km"), query, r"\7")


def test_only_some_places_are_replaced() -> None:
    document = opened("a a a", "a")
    wanted, count = replace(document, FindText("a"), "b", only=[1, 3])
    assert count == 2
    assert wanted.texts == {0: "a b a", 1: "b"}


@pytest.mark.parametrize("text", ["", "  ", "x" * 1001])
def test_text_to_find_is_checked(text: str) -> None:
    with pytest.raises(BadRequestError):
        find(opened("a"), FindText(text))


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+b", "(a|a)*b", "(a|aa)+$", "((ab)*)*", "(a?){30}a{30}", r"(a)\1", "(?=a)a",
        "(?<!a)b", "a*a*a*a*a*b", "(a{1,9}){1,9}", r"(\w+\s)+", "(?i)a", "(?#x)a", "a{1001}",
        r"\x41", "(", "[", "*",
    ],
)  # fmt: skip
def test_pattern_that_may_never_end_is_refused(pattern: str) -> None:
    with pytest.raises(BadRequestError):
        compiled(pattern, re.RegexFlag.NOFLAG)


@pytest.mark.parametrize(
    "pattern",
    [
        r"\w+ \w+ \w+", "cat|dog|bird", r"(\d+)[-.](\d+)", ".*x.*y", "[a-z]+ing", "(?:ab)+c?",
        "a{2,3}b", "colou?r", r"^\s*well,?\s", r"[^\]]+\]", "[]a]+", "a+?b", r"\bMr\b\.?",
        "(?P<n>a)b",
    ],
)  # fmt: skip
def test_usual_pattern_is_accepted(pattern: str) -> None:
    text = "well, a cat colours 12-34 abab aab a]b singing x y Mr. " * 2
    found = [match.group() for match in compiled(pattern, re.IGNORECASE).finditer(text, deadline())]
    expected = [match.group() for match in re.finditer(pattern, text, re.IGNORECASE)]
    assert found == [each for each in expected if each]


def deadline() -> float:
    return time.monotonic() + 60


@settings(max_examples=300, deadline=None)
@given(st.text("ab.|()*+?{2,}[]\\w^$", max_size=12))
def test_accepted_pattern_takes_few_steps(pattern: str) -> None:
    try:
        accepted = compiled(pattern, re.RegexFlag.NOFLAG)
    except BadRequestError:
        return
    cost = accepted.cost
    assert cost.repeats <= 4
    for text in ("a" * 40, "ab" * 20 + "c"):
        if cost.ways * (len(text) + 1) ** (cost.repeats + 1) < 200_000:
            for match in accepted.finditer(text, deadline()):
                assert match.group()


def test_search_that_takes_too_long_ends() -> None:
    pattern = compiled("a*a*a*b", re.RegexFlag.NOFLAG)
    with pytest.raises(BadRequestError, match="too long"):
        list(pattern.finditer("a" * 5000, deadline()))
    with pytest.raises(BadRequestError, match="too long"):
        list(pattern.finditer("a" * 100, time.monotonic() - 1))
