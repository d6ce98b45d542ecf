"""Names and terms that recordings get from the settings, from tags and by themselves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from earwitness import messages as m
from earwitness.errors import BadRequestError

from tests.unit.library.harness import PageLibrary, transcribed, with_library


async def change(library: PageLibrary, **settings: Any) -> None:
    before = library.service.repository.settings
    await library.ask(m.ChangeSettings(replace(before, **settings)))


@with_library
async def test_a_new_recording_gets_its_own_and_the_general_terms(library: PageLibrary) -> None:
    await change(library, terms=(" Ada ", "Cox", ""), prompt="Helstone, Cox")
    await library.add("talk.wav", b"audio", terms=("Jane Eyre",))
    [job] = library.engines.started
    assert job.options.terms == ("Jane Eyre", "Ada", "Cox", "Helstone")
    assert job.options.prompt == "Helstone, Cox"
    assert library.service.repository.settings.terms == ("Ada", "Cox")


@with_library
async def test_without_lists_there_are_no_terms(library: PageLibrary) -> None:
    await library.add("talk.wav", b"audio", prompt="Helstone, Cox")
    [job] = library.engines.started
    assert job.options.terms == ()


@with_library
async def test_a_tag_gives_its_terms_to_a_job_that_has_not_begun(library: PageLibrary) -> None:
    await change(library, tag_terms={"Court": ("voir dire",)})
    running = await library.add("first.wav", b"one")
    waiting = await library.add("second.wav", b"two", terms=("Cox",))
    for id_ in (running, waiting):
        await library.ask(m.SetTags(id_, ("court",)))
    await library.restart()
    jobs = library.service.repository
    assert jobs.job(waiting).options.terms == ("Cox", "voir dire")
    assert jobs.job(running).options.terms == ()


@with_library
async def test_running_again_takes_the_terms_of_tags(library: PageLibrary) -> None:
    id_ = await transcribed(library, "Hello.", name="a.wav")
    await library.ask(m.SetTags(id_, ("court",)))
    assert library.service.repository.job(id_).options.terms == ()
    await change(library, tag_terms={"court": ("voir dire",)})
    await library.ask(m.Retranscribe(id_, m.TranscribeOptions(model="base")))
    assert library.engines.started[-1].options.terms == ("voir dire",)


@with_library
async def test_a_list_that_is_too_long_is_refused(library: PageLibrary) -> None:
    with pytest.raises(BadRequestError, match="1000 terms"):
        await library.add("talk.wav", b"audio", terms=tuple(map(str, range(1001))))
    with pytest.raises(BadRequestError, match="100 characters"):
        await change(library, tag_terms={"court": ("x" * 101,)})
