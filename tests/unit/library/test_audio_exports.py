"""Files of sound: their names, their parts, several in one zip."""

from __future__ import annotations

import io
import zipfile

import pytest
from earwitness import messages as m
from earwitness.errors import BadRequestError, NotFoundError

from tests.unit.library.harness import PageLibrary, transcribed, with_library


@with_library
async def test_file_is_called_after_the_recording(library: PageLibrary) -> None:
    id_ = await transcribed(library, "Hello.", name="talk: one.mp3", audio_track=1)
    made = await library.ask(m.ExportAudio(id_, "opus"))
    path = library.service.repository.record(id_).audio_path
    assert made == m.AudioExport("talk one.opus", path, 1, "", ())


@with_library
async def test_parts_are_in_order_and_overlapping_ones_are_joined(library: PageLibrary) -> None:
    id_ = await transcribed(library, "Hello.")
    parts = ((90.0, 95.0), (65.5, 70.0), (70.0, 72.0), (71.0, 71.5))
    made = await library.ask(m.ExportAudio(id_, "wav", parts))
    assert made.parts == ((65.5, 72.0), (90.0, 95.0))
    assert made.name == "talk 1-05.wav"


@with_library
async def test_highlights_are_the_parts_of_a_file(library: PageLibrary) -> None:
    id_ = await transcribed(library, "Hello.")
    with pytest.raises(BadRequestError, match=r"Nothing is highlighted in “talk\.wav”"):
        await library.ask(m.ExportAudio(id_, "wav", highlights_only=True))
    spans = ((0.5, 0.9), (0.1, 0.2), (0.8, 1.0))
    added = m.HighlightChanges(tuple(m.NewHighlight(*span) for span in spans))
    await library.ask(m.Update(id_, highlights=added))
    made = await library.ask(m.ExportAudio(id_, "wav", highlights_only=True))
    assert made.parts == ((0.1, 0.2), (0.5, 1.0))


@pytest.mark.parametrize("part", [(2.0, 2.0), (3.0, 2.0), (-1.0, 2.0), (1.0, float("inf"))])
@with_library
async def test_part_without_length_is_refused(
    library: PageLibrary, part: tuple[float, float]
) -> None:
    id_ = await transcribed(library, "Hello.")
    with pytest.raises(BadRequestError, match="no sound"):
        await library.ask(m.ExportAudio(id_, "wav", (part,)))


@with_library
async def test_transcript_without_its_recording_has_no_sound(library: PageLibrary) -> None:
    made = await library.ask(m.ImportFile("talk.txt"), b"Hello.")
    with pytest.raises(NotFoundError, match="not on this device"):
        await library.ask(m.ExportAudio(made.id, "wav"))


@with_library
async def test_several_files_share_a_zip_and_keep_their_names_apart(library: PageLibrary) -> None:
    names = ("talk.wav", "talk.wav", "Talk.wav")
    long = bytes(range(256)) * 10_000
    made = await library.ask(m.ZipFiles(names), b"one", b"two", long)
    assert made.name == "Recordings.zip"
    with zipfile.ZipFile(io.BytesIO(library.backups.files["Recordings.zip"])) as found:
        assert found.testzip() is None
        assert {name: found.read(name) for name in found.namelist()} == {
            "talk.wav": b"one",
            "talk (2).wav": b"two",
            "Talk (3).wav": long,
        }


@with_library
async def test_zip_without_files_is_refused(library: PageLibrary) -> None:
    with pytest.raises(BadRequestError):
        await library.ask(m.ZipFiles(()))
