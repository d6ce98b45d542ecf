"""Backups: a backup restores everything, and a hostile one is rejected."""

from __future__ import annotations

import io
import json
import struct
import warnings
import zipfile
from dataclasses import replace
from typing import Any

import pytest
from earwitness import messages as m
from earwitness.domain.jobs import ServerJob
from earwitness.errors import BadRequestError, StorageError
from earwitness.library.backup.read import BackupReader
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.library.harness import PageLibrary, batch, finished, ready, with_library


async def filled(library: PageLibrary) -> str:
    id_ = await library.add("talk.wav", b"some audio bytes")
    await library.hear(ready())
    await library.hear(batch(id_, 1, "Hello everyone.", "The bugdet is fine."))
    await library.hear(finished(id_, duration_s=30.0))
    await library.ask(m.EditSegment(id_, 1, "The budget is fine."))
    await library.ask(m.SetTags(id_, ("work",)))
    return id_


async def saved(library: PageLibrary, *, audio: bool = True) -> bytes:
    made = await library.ask(m.SaveBackup(audio))
    return library.backups.files[made.name]


async def load(library: PageLibrary, data: bytes) -> m.BackupLoaded:
    loaded = await library.ask(m.LoadBackup(), data)
    assert isinstance(loaded, m.BackupLoaded)
    return loaded


@with_library
async def test_backup_restores_everything_on_another_device(library: PageLibrary) -> None:
    id_ = await filled(library)
    data = await saved(library)
    before = await library.ask(m.GetTranscript(id_))
    other = PageLibrary()
    await other.open()
    loaded = await load(other, data)
    assert (loaded.added, loaded.known) == ((id_,), ())
    assert await other.ask(m.GetTranscript(id_)) == before
    assert await other.find("budget") == [(id_, 1)]
    assert other.audio_store.files == {id_: b"some audio bytes"}
    await other.restart()
    assert await other.ask(m.GetTranscript(id_)) == before
    assert (await load(other, data)).known == (id_,)
    undone = await other.ask(m.EditSegment(id_, 1, "The bugdet is fine."))
    assert undone.segments[1].text == " The bugdet is fine."


@with_library
async def test_a_backup_without_audio_has_only_words(library: PageLibrary) -> None:
    id_ = await filled(library)
    data = await saved(library, audio=False)
    assert zipfile.ZipFile(io.BytesIO(data)).namelist() == [
        f"transcripts/{id_}.json",
        "earwitness.json",
    ]
    other = PageLibrary()
    await other.open()
    await load(other, data)
    assert (await other.ask(m.GetAudio(id_))).path == ""


@with_library
async def test_same_library_gives_the_same_backup(library: PageLibrary) -> None:
    await filled(library)
    assert await saved(library) == await saved(library)


def transcript_json(id_: str = "a", **changes: Any) -> dict[str, Any]:
    record = {
        "id": id_, "name": "x", "created_at": "2026-11-22T10:00:00.000Z", "model": "base",
    }  # fmt: skip
    plain: dict[str, Any] = {"record": record, "document": {"transcript_id": id_}, "windows": {}}
    for path, value in changes.items():
        target = plain
        *way, last = path.split("__")
        for step in way:
            target = target[step]
        target[last] = value
    return plain


def zipped(entries: list[tuple[str, bytes]], manifest: Any = None) -> bytes:
    about = manifest or {"kind": "earwitness-backup", "version": 1}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in entries:
            compression = zipfile.ZIP_STORED if name.startswith("audio/") else None
            with warnings.catch_warnings(action="ignore"):
                file.writestr(name, content, compression)
        file.writestr("earwitness.json", json.dumps(about))
    return out.getvalue()


def plain(**changes: Any) -> bytes:
    return json.dumps(transcript_json(**changes)).encode()


GOOD = ("transcripts/a.json", plain())


def read_all(data: bytes) -> None:
    reader = BackupReader(io.BytesIO(data))
    for id_ in reader.ids:
        reader.read(id_)
        start, stop = reader.audio(id_) or (1, 1)
        assert 0 < start <= stop <= len(data)


def test_the_template_for_hostile_backups_is_valid() -> None:
    read_all(zipped([GOOD, ("audio/a", b"sound")]))


@pytest.mark.parametrize(
    "entries",
    [
        [("../evil.json", plain())],
        [("/etc/passwd", b"x")],
        [("transcripts/../../x.json", plain())],
        [("transcripts/a/b.json", plain())],
        [("transcripts\\a.json", plain())],
        [("transcripts/\u0430.json", plain())],
        [("transcripts/" + "a" * 65 + ".json", plain())],
        [GOOD, GOOD],
        [GOOD, ("audio/b", b"x")],
        [GOOD, ("readme.txt", b"x")],
        [("transcripts/a.json", b" " * 50_000_000)],
        [("transcripts/a.json", b"[" * 60_000)],
        [("transcripts/a.json", b"not json")],
        [("transcripts/a.json", b'{"record": NaN}')],
        [("transcripts/a.json", plain(id_="b"))],
        [("transcripts/a.json", plain(record__id="../b"))],
        [("transcripts/a.json", plain(record__runs="1"))],
        [("transcripts/a.json", plain(record__duration_s=None))],
        [("transcripts/a.json", plain(record__surprise=1))],
        [("transcripts/a.json", plain(record__created_at="yesterday"))],
        [("transcripts/a.json", plain(record__tags=[str(i) for i in range(60)]))],
        [("transcripts/a.json", plain(document__transcript_id="b"))],
        [("transcripts/a.json", plain(document__layers=[{"run": -1}]))],
        *[[("transcripts/a.json", plain(document__speakers={marks: {"x": value}}))]
          for marks, value in (("found", "S1"), ("chosen", "S1"), ("splits", [1]))],
        [("transcripts/a.json", plain(document__speakers={"found": {"1/0/0~1": "S1"}}))],
        [("transcripts/a.json", plain(document__speakers={"chosen": {"1/0/0~": "S1"}}))],
        [("transcripts/a.json", plain(windows__x=[]))],
        [("transcripts/a.json", plain(windows__1=[{"window": 0}]))],
        [("transcripts/a.json", plain(windows={"1": [
            {"window": -1, "batch": 0, "start_s": 0, "end_s": 1, "segments": []}]}))],
    ],
)  # fmt: skip
def test_hostile_backup_is_rejected(entries: list[tuple[str, bytes]]) -> None:
    with pytest.raises(BadRequestError):
        read_all(zipped(entries))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x05\x06" + b"\0" * 18,
        b"not a zip",
        zipped([GOOD])[:-30],
        zipped([GOOD], {"kind": "other", "version": 1}),
        zipped([GOOD], {"kind": "earwitness-backup", "version": 2}),
        zipped([GOOD], [1]),
    ],
)
def test_invalid_backup_is_rejected(data: bytes) -> None:
    with pytest.raises(BadRequestError):
        read_all(data)


def test_entry_larger_than_its_header_is_rejected() -> None:
    """A bomb that lies in the table of contents: only what was promised is ever unpacked."""
    data = bytearray(zipped([("transcripts/a.json", b" " * 200_000 + plain())]))
    central = data.index(b"PK\x01\x02")
    data[central + 24 : central + 28] = struct.pack("<I", 300)
    with pytest.raises(BadRequestError):
        read_all(bytes(data))


def test_compressed_audio_is_rejected() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(*GOOD)
        file.writestr("audio/a", b"\0" * 10_000_000)
        file.writestr("earwitness.json", '{"kind": "earwitness-backup", "version": 1}')
    with pytest.raises(BadRequestError, match="compressed"):
        read_all(out.getvalue())


@settings(max_examples=300)
@given(at=st.integers(0, 700), value=st.integers(0, 255), cut=st.integers(0, 700))
def test_changed_bytes_are_read_or_rejected(at: int, value: int, cut: int) -> None:
    data = bytearray(zipped([GOOD, ("audio/a", b"sound")]))
    data[at % len(data)] = value
    if cut % 5 == 0:
        del data[cut % len(data) :]
    try:
        read_all(bytes(data))
    except BadRequestError:
        return


def test_speakers_of_parts_are_read() -> None:
    chosen = {"1/0/0": "S1", "1/0/0:4": "S1", "1/0/0~2": "S1", "1/0/0:4~2": "S1"}
    marks = {"chosen": chosen, "found": {"1/0/0:4": "S1"}, "splits": {"1/0/0": [4]}}
    read_all(zipped([("transcripts/a.json", plain(document__speakers=marks))]))


@pytest.mark.parametrize("key", ["x", "1/0", "1/0/0~", "~1"])
def test_version_with_a_speaker_of_nothing_is_rejected(key: str) -> None:
    version = {
        "number": 1, "at": "2026-11-22T10:00:00.000Z", "what": "x", "revision": 1,
        "undo": {"chosen": {key: "S1"}}, "splices": None,
    }  # fmt: skip
    about = {
        "kind": "earwitness-backup", "version": 1, "corrections": {"a": {"versions": [version]}},
    }  # fmt: skip
    with pytest.raises(BadRequestError, match="corrections of nothing"):
        BackupReader(io.BytesIO(zipped([GOOD], about))).versions("a")


@with_library
async def test_recordings_before_a_damaged_one_are_kept(library: PageLibrary) -> None:
    data = zipped([GOOD, ("transcripts/b.json", b"{}")])
    with pytest.raises(BadRequestError):
        await load(library, data)
    assert [t.id for t in (await library.ask(m.ListTranscripts())).transcripts] == ["a"]


@with_library
async def test_backup_file_is_deleted_at_the_next_start(library: PageLibrary) -> None:
    id_ = await filled(library)
    made = await library.ask(m.SaveBackup())
    assert made.name == "earwitness-2026-11-19.zip"
    assert {made.name: made.bytes} == {k: len(v) for k, v in library.backups.files.items()}
    assert not library.host.awake
    smaller = await library.ask(m.SaveBackup(audio=False))
    assert smaller.bytes < made.bytes
    await library.restart()
    assert library.backups.files == {}
    assert await library.texts(id_)


@with_library
async def test_a_backup_that_does_not_fit_is_reported(library: PageLibrary) -> None:
    await filled(library)
    library.backups.full = True
    with pytest.raises(StorageError, match="full"):
        await library.ask(m.SaveBackup())
    assert not library.host.awake
    library.backups.full = False
    assert (await library.ask(m.SaveBackup())).bytes > 0


@with_library
async def test_audio_with_another_fingerprint_is_refused(library: PageLibrary) -> None:
    await filled(library)
    data = (await saved(library)).replace(b"some audio bytes", b"some otherrbytes")
    other = PageLibrary()
    await other.open()
    with pytest.raises(BadRequestError, match="audio file in it is damaged"):
        await load(other, data)
    assert other.audio_store.files == {}
    assert (await other.ask(m.ListTranscripts())).transcripts == ()


@with_library
async def test_failed_import_deletes_its_audio(library: PageLibrary) -> None:
    await filled(library)
    data = await saved(library)
    other = PageLibrary()
    await other.open()
    other.store.fails = 1
    with pytest.raises(StorageError):
        await load(other, data)
    assert other.audio_store.files == {}
    assert (await load(other, data)).added


@with_library
async def test_loaded_transcripts_are_announced(library: PageLibrary) -> None:
    id_ = await filled(library)
    data = await saved(library)
    other = PageLibrary()
    await other.open()
    other.events.clear()
    await load(other, data)
    assert [e.transcript.id for e in other.of(m.TranscriptChanged)] == [id_]


async def elsewhere(data: bytes) -> tuple[PageLibrary, m.BackupLoaded]:
    """Another device with an empty library, and what came in."""
    other = PageLibrary()
    await other.open()
    return other, await load(other, data)


async def in_bin(library: PageLibrary) -> list[str]:
    listed = await library.ask(m.ListTranscripts(removed=True))
    return [each.id for each in listed.transcripts]


@with_library
async def test_what_lay_in_the_bin_comes_into_the_bin(library: PageLibrary) -> None:
    id_ = await filled(library)
    await library.ask(m.Remove((id_,)))
    other, loaded = await elsewhere(await saved(library))
    assert (loaded.added, loaded.known, loaded.in_bin) == ((), (), (id_,))
    assert await in_bin(other) == [id_]
    assert await other.find("budget") == []
    assert other.of(m.TranscriptChanged) == []
    await other.restart()
    assert await in_bin(other) == [id_]
    await other.ask(m.Restore((id_,)))
    assert await other.find("budget") == [(id_, 1)]
    assert other.audio_store.files == {id_: b"some audio bytes"}


@with_library
async def test_bin_of_an_old_backup_is_kept_for_another_30_days(library: PageLibrary) -> None:
    id_ = await filled(library)
    await library.ask(m.Remove((id_,)))
    other = PageLibrary()
    other.clock.time_s += 90 * 86_400
    await other.open()
    await load(other, await saved(library))
    await other.restart()
    assert await in_bin(other) == [id_]


@with_library
async def test_what_lies_in_the_bin_comes_back_from_a_backup(library: PageLibrary) -> None:
    id_ = await filled(library)
    data = await saved(library)
    await library.ask(m.Remove((id_,)))
    loaded = await load(library, data)
    assert (loaded.added, loaded.known, loaded.in_bin) == ((id_,), (), ())
    assert await in_bin(library) == []
    assert await library.find("budget") == [(id_, 1)]
    await library.ask(m.Remove((id_,)))
    later = await load(library, await saved(library))
    assert (later.added, later.known, later.in_bin) == ((), (id_,), ())
    assert await in_bin(library) == [id_]


@with_library
async def test_unfinished_jobs_go_on_with_their_words(library: PageLibrary) -> None:
    begun = await library.add("begun.wav", b"first", model="base", language="en")
    await library.hear(ready())
    await library.hear(batch(begun, 1, "Saved already."))
    waiting = await library.add("waiting.wav", b"second", model="tiny.en")
    other, loaded = await elsewhere(await saved(library))
    assert set(loaded.added) == {begun, waiting}
    assert await other.texts(begun) == [" Saved already."]
    [started] = other.engines.started
    assert (started.transcript_id, started.resume.batch) == (begun, 1)
    assert (started.options.model, started.options.language) == ("base", "en")
    assert await other.state(waiting) == "queued"
    await other.hear(ready())
    await other.hear(batch(begun, 2, "And the rest."))
    await other.hear(finished(begun, duration_s=60.0))
    assert await other.texts(begun) == [" Saved already.", " And the rest."]
    assert [job.transcript_id for job in other.engines.started] == [begun, waiting]


@with_library
async def test_unfinished_jobs_without_audio_wait_for_their_file(library: PageLibrary) -> None:
    begun = await library.add("begun.wav", b"first")
    await library.hear(ready())
    await library.hear(batch(begun, 1, "Saved already."))
    other, _ = await elsewhere(await saved(library, audio=False))
    assert await other.state(begun) == "needs-file"
    assert await other.texts(begun) == [" Saved already."]
    await other.ask(m.ProvideFile(begun), b"first")
    assert [job.resume.batch for job in other.engines.started] == [1]


@with_library
async def test_failed_paused_and_cancelled_jobs_stay_so(library: PageLibrary) -> None:
    failed = await library.add("nothing.mp3", b"")
    paused = await library.add("paused.wav", b"first")
    await library.ask(m.Pause(paused))
    cancelled = await library.add("cancelled.wav", b"second")
    await library.ask(m.Cancel(cancelled))
    other, _ = await elsewhere(await saved(library))
    states = [await other.state(id_) for id_ in (failed, paused, cancelled)]
    assert states == ["failed", "paused", "cancelled"]
    views = {each.id: each for each in (await other.ask(m.ListTranscripts())).transcripts}
    assert views[failed].job.error.type == "MediaError"
    assert views[failed].nothing_heard
    assert other.engines.started == []
    await other.ask(m.Resume(cancelled))
    assert [job.transcript_id for job in other.engines.started] == [cancelled]


@with_library
async def test_job_of_a_server_is_not_continued_by_its_number(library: PageLibrary) -> None:
    id_ = await library.add("talk.wav", b"first")
    repository = library.service.repository
    server = ServerJob("https://asr.example", id="17")
    await repository.change_job(id_, lambda job: replace(job, server=server, state="paused"))
    other, _ = await elsewhere(await saved(library))
    assert other.service.repository.job(id_).server == ServerJob()


@with_library
async def test_lists_of_terms_are_joined_with_those_there(library: PageLibrary) -> None:
    settings = library.service.repository.settings
    given = replace(settings, terms=("Helstone", "Cox"), tag_terms={"court": ("voir dire",)})
    await library.ask(m.ChangeSettings(given))
    other = PageLibrary()
    await other.open()
    here = replace(settings, terms=("Ada", "Cox"), tag_terms={"court": ("amicus",)})
    await other.ask(m.ChangeSettings(here))
    await load(other, await saved(library))
    await other.restart()
    kept = other.service.repository.settings
    assert kept.terms == ("Ada", "Cox", "Helstone")
    assert kept.tag_terms == {"court": ("amicus", "voir dire")}
    assert kept.model == settings.model


@pytest.mark.parametrize(
    "terms",
    [[], {"everything": "Cox"}, {"by_tag": ["court"]}, {"everything": ["x" * 200]},
     {"everything": [str(n) for n in range(1001)]}, {"others": []}],
)  # fmt: skip
def test_hostile_list_of_terms_is_rejected(terms: Any) -> None:
    about = {"kind": "earwitness-backup", "version": 1, "terms": terms}
    with pytest.raises(BadRequestError):
        BackupReader(io.BytesIO(zipped([GOOD], about)))


@pytest.mark.parametrize(
    "jobs",
    [
        [],
        {"a": 1},
        {"a": {"transcript_id": "b", "options": {}, "order": 0}},
        {"a": {"transcript_id": "a", "options": {}, "order": 0, "run": 0}},
        {"a": {"transcript_id": "a", "options": {}, "order": 0, "state": "done"}},
        {"a": {"transcript_id": "a", "options": {}, "order": 0, "state": "resting"}},
        {"a": {"transcript_id": "a", "options": {}, "order": 0, "position_s": -1}},
        {"a": {"transcript_id": "a", "options": {}, "order": 0, "resume": {"window": -1}}},
    ],
)
def test_hostile_job_is_rejected(jobs: Any) -> None:
    about = {"kind": "earwitness-backup", "version": 1, "jobs": jobs}
    reader_of = zipped([GOOD], about)
    with pytest.raises(BadRequestError):
        BackupReader(io.BytesIO(reader_of)).job("a")
