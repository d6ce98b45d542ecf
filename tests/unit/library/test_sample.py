"""The sample that ships with the page is a backup that every library can load."""

from __future__ import annotations

from earwitness import messages as m
from earwitness.domain.records import iso

from tests.conftest import ROOT
from tests.unit.library.harness import PageLibrary, with_library

SAMPLE = ROOT / "web" / "sample" / "sample.zip"


@with_library
async def test_sample_is_loaded_with_its_audio_and_every_word(library: PageLibrary) -> None:
    assert SAMPLE.stat().st_size <= 300_000
    loaded = await library.ask(m.LoadBackup(), SAMPLE.read_bytes())
    [id_] = loaded.added
    transcript = await library.ask(m.GetTranscript(id_))
    words = [word for segment in transcript.segments for word in segment.words]
    assert len(words) > 100
    assert all(word.probability is not None for word in words)
    assert any(word.probability is not None and word.probability < 0.5 for word in words)
    [summary] = (await library.ask(m.ListTranscripts())).transcripts
    assert summary.audio_kept
    again = await library.ask(m.LoadBackup(), SAMPLE.read_bytes())
    assert (again.added, again.known) == ((), (id_,))


@with_library
async def test_sample_of_the_page_is_made_when_it_comes_in(library: PageLibrary) -> None:
    now = iso(library.clock.now())
    [id_] = (await library.ask(m.LoadBackup(made_now=True), SAMPLE.read_bytes())).added
    assert (await library.ask(m.GetTranscript(id_))).created_at == now
