"""What cannot work is refused before a new run is queued, in the user's words and numbers."""

from __future__ import annotations

from typing import Any

import pytest
from earwitness import messages as m
from earwitness.errors import BadRequestError

from tests.unit.library.house import (
    CZECH,
    House,
    batch,
    finished,
    lived,
    summary,
    transcribed,
)


@lived
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"language": "es"}, "“Tiny, English” supports English only, not Spanish"),
        ({"task": "translate"}, "“Tiny, English” supports English only and cannot translate"),
    ],
)
async def test_what_an_english_model_cannot_do_is_refused_before_anything_happens(
    house: House, options: dict[str, Any], message: str
) -> None:
    id_ = await transcribed(house, "One.")
    await house.ask(m.EditSegment(id_, 0, "First."))
    before, writes = await summary(house, id_), house.store.writes
    for agreed in (False, True):
        wish = m.TranscribeOptions(model="tiny.en", **options)
        with pytest.raises(BadRequestError, match=message) as caught:
            await house.ask(m.Retranscribe(id_, wish, replace_corrections=agreed))
        assert "such as “Base”" in caught.value.hint
        assert caught.value.view().type == "BadRequestError"
    part = m.TranscribeOptions(model="tiny.en", where="server", **options)
    with pytest.raises(BadRequestError, match=message):
        await house.ask(m.Retranscribe(id_, part, 5.0))
    assert await summary(house, id_) == before
    assert house.store.writes == writes


@lived
@pytest.mark.parametrize(
    ("span", "message"),
    [
        ((330.0, 300.0), "from 5:30 to 5:00 is empty"),
        ((330.0, 480.0), "ends at 1:13.3, before 5:30"),
        ((3930.0, None), "ends at 1:13.3, before 1:05:30"),
    ],
)
async def test_times_are_refused_as_the_user_wrote_them(
    house: House, span: tuple[float, float | None], message: str
) -> None:
    id_ = await house.add()
    await house.hear(batch(id_, 1, "One."))
    await house.hear(finished(id_, duration_s=73.3))
    with pytest.raises(BadRequestError, match=message):
        await house.ask(m.Retranscribe(id_, CZECH, *span))
