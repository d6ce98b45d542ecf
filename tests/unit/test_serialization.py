"""Dataclasses to plain data and JSON and back."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, Literal

import pytest
from earwitness import engine_messages, messages
from earwitness.errors import BadRequestError
from earwitness.serialization import (
    ADDED,
    AddedFields,
    from_json,
    from_newer_plain,
    from_plain,
    to_json,
    to_plain,
)
from earwitness.transcript import Segment, Transcript, Word
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SLOW_ONES = [
    HealthCheck.too_slow,
    HealthCheck.data_too_large,
    HealthCheck.filter_too_much,
    HealthCheck.large_base_example,
]
"""A message with many fields takes long to draw, which says nothing against it."""


@dataclass(frozen=True)
class Inner:
    number: float
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outer:
    inner: Inner
    kind: Literal["a", "b"] = "a"
    count: int = 0
    by_name: dict[str, float] = field(default_factory=dict)
    maybe: Inner | None = None


def message_classes() -> list[Any]:
    """Every dataclass of the two message modules."""
    found = [*vars(messages).values(), *vars(engine_messages).values()]
    return [c for c in found if isinstance(c, type) and is_dataclass(c)]


@pytest.mark.parametrize("kind", message_classes(), ids=lambda c: c.__name__)
def test_every_message_class_is_read_back(kind: Any) -> None:
    st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))

    @settings(max_examples=10, deadline=None, suppress_health_check=SLOW_ONES)
    @given(st.builds(kind))
    def round_trip(value: Any) -> None:
        assert from_json(kind, to_json(value)) == value

    round_trip()


def test_transcript_keeps_its_words() -> None:
    word = Word(" said", 1.0, 1.25, 0.5)
    transcript = Transcript("i", "n", "t", 2.0, "base", segments=(Segment(1, 2, "said", (word,)),))
    assert from_plain(Transcript, to_plain(transcript)) == transcript
    assert transcript.text == "said"


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        ({}, "needs the field 'inner'"),
        ({"inner": {"number": "3"}}, "Outer.inner.number should be a number"),
        ({"inner": {"number": True}}, "Outer.inner.number should be a number"),
        ({"inner": {"number": 1}, "kind": "c"}, "Outer.kind should be one of 'a', 'b'"),
        ({"inner": {"number": 1}, "count": 1.5}, "Outer.count should be a whole number"),
        ({"inner": {"number": 1, "names": "x"}}, "Outer.inner.names should be a list"),
        ({"inner": {"number": 1}, "by_name": []}, "Outer.by_name should be an object"),
        ({"inner": {"number": 1}, "extra": 1}, "has no field 'extra'"),
        ([], "Outer should be an object"),
    ],
)
def test_error_names_the_field(data: object, complaint: str) -> None:
    with pytest.raises(BadRequestError, match=complaint.replace("[", r"\[")):
        from_plain(Outer, data)


def test_json_is_compact_and_keeps_every_character() -> None:
    assert to_json({"reply": messages.Done()}) == '{"reply":{"type":"done"}}'
    assert to_json("\ue000čeština\ue001") == '"\ue000čeština\ue001"'


def test_request_is_read_by_its_type() -> None:
    request = from_plain(messages.Request, {"type": "search", "query": "x"})  # type: ignore[arg-type]
    assert request == messages.Search("x")
    with pytest.raises(BadRequestError, match=r"one of .*add-file"):
        from_plain(messages.Request, {"type": "reformat-disk"})  # type: ignore[arg-type]


def test_types_of_messages_are_unique() -> None:
    for union in (messages.Request, messages.Event, engine_messages.EngineRequest):
        kinds = [c.type for c in union.__args__]
        assert len(set(kinds)) == len(kinds)
    assert not {c.type for c in messages.Request.__args__} & {
        c.type for c in messages.Event.__args__
    }


def test_message_classes_are_documented_and_frozen() -> None:
    for kind in message_classes():
        assert kind.__doc__, kind
        assert kind.__dataclass_params__.frozen, kind
        assert all(f.name == f.name.lower() for f in fields(kind))


@dataclass(frozen=True, slots=True)
class Grown:
    """A class of 0.1.0 with two fields that came later."""

    text: str
    times: tuple[float, ...] = field(default=(), metadata=ADDED)
    speaker: str | None = field(default=None, metadata=ADDED)


@dataclass(frozen=True, slots=True)
class Holder:
    """Holds values of a class that has grown."""

    parts: tuple[Grown, ...]


@pytest.mark.parametrize(
    ("added", "first"),
    [
        ("all", {"text": "one", "times": [1.5], "speaker": None}),
        ("set", {"text": "one", "times": [1.5]}),
        ("none", {"text": "one"}),
    ],
)
def test_added_fields_are_written_for_those_who_know_them(
    added: AddedFields, first: dict[str, object]
) -> None:
    held = Holder((Grown("one", (1.5,)), Grown("two")))
    plain = to_plain(held, added)
    assert plain["parts"][0] == first
    assert set(plain["parts"][1]) == set(first) - ({"times"} if added == "set" else set())
    assert from_plain(Holder, to_plain(held, "set")) == held


def test_fields_of_a_newer_version_are_skipped_at_every_depth() -> None:
    newer = {"parts": [{"text": "one", "mood": "calm"}], "made_by": "0.9"}
    assert from_newer_plain(Holder, newer) == Holder((Grown("one"),))
    with pytest.raises(BadRequestError, match="mood"):
        from_plain(Holder, newer)
    with pytest.raises(BadRequestError, match="needs the field 'text'"):
        from_newer_plain(Holder, {"parts": [{"mood": "calm"}]})
