"""The folder that is kept in step: the store has what is known of it, the page reads and writes."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import cast

from earwitness import messages as m
from earwitness.domain import folder
from earwitness.domain.folder import FolderState
from earwitness.domain.records import clean_name
from earwitness.library.importing.imports import Importer
from earwitness.library.ports import Attachment, Clock
from earwitness.library.repository import LibraryRepository
from earwitness.library.store import FOLDER_KEY, Put, Store
from earwitness.serialization import from_newer_plain, to_plain

STABLE_S = 5.0
"""A file is complete if it has not changed for this long."""
_AT_WORK = ("queued", "loading", "running")


@dataclass
class Folder:
    """Decides about one folder at a time."""

    _store: Store
    _repository: LibraryRepository
    _importer: Importer
    _clock: Clock

    def __post_init__(self) -> None:
        self._state: FolderState | None = None
        self._before: tuple[m.FolderFile, ...] = ()
        self._looked_s = 0.0
        self._digest = ""

    async def view(self) -> m.FolderView:
        """Return what was chosen, and what was done."""
        state = await self._read()
        texts = sum(bool(each.transcript_id) for each in state.written.values())
        return m.FolderView(
            state.name, state.formats, state.backup, len(state.added), texts, state.backup_day
        )

    async def choose(self, request: m.ChooseFolder) -> m.FolderView:
        """Begin with a folder; what was chosen for another one stays chosen."""
        state = await self._read()
        if not request.known:
            state = FolderState(formats=state.formats, backup=state.backup)
        self._before, self._looked_s = (), 0.0
        await self._write(dataclasses.replace(state, name=clean_name(request.name)))
        return await self.view()

    async def change(self, request: m.ChangeFolder) -> m.FolderView:
        """Choose what is written into it.

        Raises:
            BadRequestError: a format that is not offered.
        """
        formats = folder.checked_formats(request.formats)
        state = await self._read()
        await self._write(dataclasses.replace(state, formats=formats, backup=request.backup))
        return await self.view()

    async def look(self, request: m.LookAtFolder) -> m.FolderPlan:
        """Return what to do in the folder, and remember its files for a later look."""
        state = await self._read()
        before: tuple[m.FolderFile, ...] = ()
        now_s = self._clock.now()
        if now_s - self._looked_s >= STABLE_S:
            before, self._before, self._looked_s = self._before, request.files, now_s
        today = self._clock.today()
        due = state.backup != "off" and state.backup_day != today
        if due:
            records = self._repository.records() + self._repository.records(in_bin=True)
            self._digest = folder.digest(records)
            due = bool(records) and folder.is_backup_due(state, self._digest, today)
        return folder.plan(
            state, request.files, before, self._revisions(), backup_due=due, today=today
        )

    async def add(self, request: m.AddFromFolder, attachment: Attachment) -> str:
        """Add a recording unless the library has its audio already; return the transcript's id.

        Raises:
            BadRequestError: as for `AddFile`.
            NotFoundError: the file cannot be read any more.
            StorageError: it does not fit; nothing is left behind.
        """
        name = request.file.path.rpartition("/")[2]
        asked = self._importer.check(m.AddFile(name, request.options))
        id_ = await self._importer.add(asked, attachment, only_new=True)
        await self._write(folder.with_added(await self._read(), request.file, id_))
        return id_

    async def written(self, request: m.FolderFileWritten) -> None:
        """Remember a file that was written."""
        state = folder.with_written(await self._read(), request.file, request.text)
        if request.text is None:
            today = self._clock.today()
            state = dataclasses.replace(state, backup_day=today, backed_up=self._digest)
        await self._write(state)

    def _revisions(self) -> dict[str, int]:
        """Return the revisions of finished texts by the id of their transcript."""
        return {
            record.id: record.revision
            for record in self._repository.records()
            if self._repository.job(record.id).state == "done"
            and not (record.speaker_job and record.speaker_job.state in _AT_WORK)
        }

    async def _read(self) -> FolderState:
        if self._state is None:
            value = await self._store.get("settings", FOLDER_KEY)
            self._state = FolderState() if value is None else from_newer_plain(FolderState, value)
        return self._state

    async def _write(self, state: FolderState) -> None:
        value = cast("object", to_plain(state))
        await self._store.write([Put("settings", FOLDER_KEY, value)])
        self._state = state
