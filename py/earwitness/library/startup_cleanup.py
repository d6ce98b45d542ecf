"""What is put in order when the library opens."""

from __future__ import annotations

from earwitness.domain.jobs import Job, after_boot
from earwitness.domain.records import without_audio
from earwitness.library.bin import KEPT_S, Bin
from earwitness.library.ports import AudioStore, id_of
from earwitness.library.repository import LibraryRepository


async def clean_up(repository: LibraryRepository, audio_store: AudioStore, bin: Bin) -> list[Job]:
    """Make database and audio store agree, queue interrupted jobs again, and clear the bin.

    Returns:
        The jobs of recordings that were in the bin for too long, and are deleted now.

    Raises:
        StorageError: the database or the audio store refuses.
    """
    here = await audio_store.list()
    async with repository.transaction() as t:
        for before in repository.jobs_and_bin():
            path = repository.record(before.transcript_id, in_bin=True).audio_path
            job = after_boot(before, audio_here=path in here)
            if job != before:
                t.put(job)
        for record in (*repository.records(), *repository.records(in_bin=True)):
            if record.audio_path and record.audio_path not in here:
                t.put(without_audio(record))
    everything = (*repository.records(), *repository.records(in_bin=True))
    paths = {each.id: each.audio_path for each in everything}
    for path in here:
        id_ = id_of(path)
        if not paths.get(id_):
            await audio_store.delete(id_)
        elif paths[id_] != path:
            await audio_store.delete_older(id_, paths[id_])
    await audio_store.delete_player_files_except(
        [each.id for each in everything if each.audio_path]
    )
    return await bin.empty(KEPT_S)
