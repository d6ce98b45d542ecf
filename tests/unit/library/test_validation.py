"""Impossible reruns are rejected before they are queued."""

from __future__ import annotations

from typing import Any

import pytest
from earwitness import messages as m
from earwitness.errors import BadRequestError

from tests.unit.library.harness import (
    CZECH,
    PageLibrary,
    batch,
    finished,
    summary,
    transcribed,
    with_library,
)


@with_library
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"language": "es"}, "“Tiny, English” supports English only, not Spanish"),
        ({"task": "translate"}, "“Tiny, English” supports English only and cannot translate"),
    ],
)
async def test_english_only_models_refuse_other_languages_and_translation(
    library: PageLibrary, options: dict[str, Any], message: str
) -> None:
    id_ = await transcribed(library, "One.")
    await library.ask(m.EditSegment(id_, 0, "First."))
    before, writes = await summary(library, id_), library.store.writes
    for agreed in (False, True):
        wish = m.TranscribeOptions(model="tiny.en", **options)
        with pytest.raises(BadRequestError, match=message) as caught:
            await library.ask(m.Retranscribe(id_, wish, replace_corrections=agreed))
        assert "such as “Base”" in caught.value.hint
        assert caught.value.view().type == "BadRequestError"
    part = m.TranscribeOptions(model="tiny.en", where="server", **options)
    with pytest.raises(BadRequestError, match=message):
        await library.ask(m.Retranscribe(id_, part, 5.0))
    assert await summary(library, id_) == before
    assert library.store.writes == writes


@with_library
@pytest.mark.parametrize(
    ("span", "message"),
    [
        ((330.0, 300.0), "from 5:30 to 5:00 is empty"),
        ((330.0, 480.0), "ends at 1:13.3, before 5:30"),
        ((3930.0, None), "ends at 1:13.3, before 1:05:30"),
    ],
)
async def test_impossible_spans_are_refused_in_clock_times(
    library: PageLibrary, span: tuple[float, float | None], message: str
) -> None:
    id_ = await library.add()
    await library.hear(batch(id_, 1, "One."))
    await library.hear(finished(id_, duration_s=73.3))
    with pytest.raises(BadRequestError, match=message):
        await library.ask(m.Retranscribe(id_, CZECH, *span))
