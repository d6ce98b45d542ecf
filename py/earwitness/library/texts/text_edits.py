"""The user's changes of a text: written first, then shown; each can be taken back."""

from __future__ import annotations

import dataclasses
from collections import OrderedDict, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from earwitness.domain import (
    edits,
    find_replace,
    redaction_edits,
    retyping,
    speaker_edits,
    versions,
)
from earwitness.domain.changes import Change, Splice
from earwitness.domain.documents import OpenDocument
from earwitness.domain.edits import Edited, Wanted, edited
from earwitness.domain.heard_words import text_with
from earwitness.domain.highlights import in_order
from earwitness.domain.jobs import share
from earwitness.domain.records import Record, iso
from earwitness.domain.versions import Version
from earwitness.errors import BadRequestError
from earwitness.library.background import BackgroundTasks
from earwitness.library.ports import Clock
from earwitness.library.repository import LibraryRepository
from earwitness.library.store import Store, version_prefix
from earwitness.library.texts.document_cache import DocumentCache
from earwitness.messages import (
    ChangedSegments,
    CompareVersions,
    DeletedSegment,
    DeletedSegments,
    Differences,
    EditSegment,
    Find,
    FoundTexts,
    RedactionList,
    Replace,
    ReplaceWord,
    RestoreVersion,
    TextVersions,
    Undo,
    Update,
    Updated,
)
from earwitness.serialization import from_plain

_KEPT = "Your corrections over it"
_KNOWN_MOST = 4
"""Transcripts whose versions are kept in memory."""
_Next = tuple[OpenDocument, str]
"""A document after a change, and what the change was."""
_Make = Callable[[Record, OpenDocument, tuple[Version, ...]], _Next]


_Step = tuple[Change, str, int]
"""What takes a change back, what the change was, and the revision that it made."""


@dataclass(slots=True)
class _Taken:
    """What can be taken back in this visit, and made again; the latest last."""

    undo: list[_Step] = field(default_factory=list[_Step])
    redo: list[_Step] = field(default_factory=list[_Step])


@dataclass(frozen=True, slots=True)
class Synchronised:
    """A text after it was compared with the server's."""

    shared: OpenDocument
    """The text that the server has too."""
    after: OpenDocument
    """The same with the corrections that the server does not have."""
    what: str
    """What was changed on the server, in a few words."""
    by: str
    """Who changed it."""


@dataclass
class TextEdits:
    """Each change is one write: record, document, and what takes it back as a version."""

    _repository: LibraryRepository
    _documents: DocumentCache
    _store: Store
    _clock: Clock
    _background: BackgroundTasks

    def __post_init__(self) -> None:
        self._taken = defaultdict[str, _Taken](_Taken)
        self._versions: OrderedDict[str, tuple[Version, ...]] = OrderedDict()

    async def edit(self, request: EditSegment) -> None:
        """Replace a sentence; the heard one stays below, and comes back when it is typed again.

        Raises:
            NotFoundError, BadRequestError, StorageError.
        """
        wanted = Wanted({request.segment: request.text})
        await self._change(request.transcript_id, self._make(wanted, None))

    async def update(self, request: Update) -> Updated:
        """Change segments, all of them or none.

        Raises:
            EditConflictError: a segment has changed since the revision of the request, which is
                not to overwrite it.
            NotFoundError, BadRequestError, StorageError.
        """
        wanted = Wanted(
            {_index(key): text for key, text in request.segments.items()},
            [(each.segment, each.at_char) for each in request.split],
            request.join,
            [(each.segment, each.start_s, each.end_s) for each in request.move],
            request.delete,
            request.restore,
            {_index(key): name for key, name in request.speakers.items()},
            highlights=request.highlights,
            redact=request.redact,
            unredact=request.unredact,
            paragraphs={_index(key): begins for key, begins in request.paragraphs.items()},
        )
        wanted = retyping.with_retyped(wanted, request.retype)
        make = self._make(wanted, request.revision, overwrite=request.overwrite)
        return await self._change(request.transcript_id, make)

    def latest(self, transcript_id: str, kind: Literal["undo", "redo"]) -> object | None:
        """Return what names the next change to take back or make again; None: there is none."""
        taken = self._taken[transcript_id]
        entries = taken.undo if kind == "undo" else taken.redo
        return entries[-1] if entries else None

    async def undo(self, request: Undo) -> Updated:
        """Take back the latest change of this visit; with nothing to take back, change nothing.

        Raises:
            BadRequestError: the latest change is not the one that made the revision.
            NotFoundError, StorageError.
        """
        taken = self._taken[request.transcript_id]
        return await self._take(
            request.transcript_id, taken.undo, taken.redo, "Undone", request.revision
        )

    async def redo(self, transcript_id: str) -> Updated:
        """Make the change again that was taken back last; without one, change nothing.

        Raises:
            NotFoundError, StorageError.
        """
        taken = self._taken[transcript_id]
        return await self._take(transcript_id, taken.redo, taken.undo, "Redone")

    async def list_versions(self, transcript_id: str) -> TextVersions:
        """Return the versions, newest first.

        Raises:
            NotFoundError, StorageError.
        """
        record = self._repository.record(transcript_id)
        listed = versions.listed(await self.versions_of(transcript_id), record)
        return TextVersions(listed, record.revision, audio_bytes=record.audio_bytes)

    async def restore(self, request: RestoreVersion) -> Updated:
        """Go back to the text of a version.

        Raises:
            NotFoundError, StorageError.
        """

        def make(_record: Record, opened: OpenDocument, known: tuple[Version, ...]) -> _Next:
            document = versions.document_at(opened.document, known, request.version)
            after = redaction_edits.keep_hidden(opened, opened.with_document(document))
            return after, versions.restoring(request.version)

        return await self._change(request.transcript_id, make)

    async def compare(self, request: CompareVersions) -> Differences:
        """Return where two versions differ.

        Raises:
            NotFoundError, StorageError.
        """
        known = await self.versions_of(request.transcript_id)
        opened = await self._documents.open(request.transcript_id)

        def at(number: int) -> OpenDocument:
            return opened.with_document(versions.document_at(opened.document, known, number))

        after = opened if request.newer is None else at(request.newer)
        return Differences(versions.compare(at(request.version), after))

    async def find(self, request: Find) -> FoundTexts:
        """Return the places that match.

        Raises:
            NotFoundError, BadRequestError, StorageError.
        """
        opened = await self._documents.open(request.transcript_id)
        record = self._repository.record(request.transcript_id)
        places = find_replace.find(opened, request.query, request.replacement)
        return FoundTexts(places, record.revision)

    async def replace(self, request: Replace) -> Updated:
        """Replace what matches, as one change.

        Raises:
            NotFoundError, BadRequestError, StorageError.
        """

        def make(record: Record, opened: OpenDocument, _known: tuple[Version, ...]) -> _Next:
            wanted, count = find_replace.replace(
                opened, request.query, request.replacement, request.only
            )
            if request.only is not None and request.revision != record.revision:
                raise BadRequestError(
                    "The text has changed since the search.", hint="Search again."
                )
            places = "one place" if count == 1 else f"{count} places"
            what = f"“{request.query.text:.40}” replaced in {places}"
            return edits.apply(opened, wanted, self._now, record.duration_s), what

        return await self._change(request.transcript_id, make)

    async def replace_word(self, request: ReplaceWord) -> Updated:
        """Put another word in the place of one.

        Raises:
            BadRequestError: the text has changed since the revision of the request.
            NotFoundError, StorageError.
        """

        def make(record: Record, opened: OpenDocument, _known: tuple[Version, ...]) -> _Next:
            if request.revision not in (None, record.revision):
                raise BadRequestError(
                    "The text has changed meanwhile.", hint="Look at the word again."
                )
            text = text_with(opened, request.segment, request.word, request.text)
            what = f"“{request.text:.40}” put in the place of a word"
            wanted = Wanted({request.segment: text})
            return edits.apply(opened, wanted, self._now, record.duration_s), what

        return await self._change(request.transcript_id, make)

    async def list_deleted(self, transcript_id: str) -> DeletedSegments:
        """Return the deleted segments.

        Raises:
            NotFoundError, StorageError.
        """
        opened = await self._documents.open(transcript_id)
        return DeletedSegments(
            tuple(
                DeletedSegment(each.key, each.segment, each.text, each.start_s, each.end_s)
                for each in edits.deleted(opened)
            )
        )

    async def list_redactions(self, transcript_id: str) -> RedactionList:
        """Return the redactions with the words that they hide.

        Raises:
            NotFoundError, StorageError.
        """
        return RedactionList(redaction_edits.listed(await self._documents.open(transcript_id)))

    async def correct_speakers(
        self, transcript_id: str, what: str, correct: Callable[[OpenDocument, str], OpenDocument]
    ) -> Updated:
        """Correct who says what; `correct` gets the document and the moment.

        Raises:
            NotFoundError, BadRequestError, StorageError.
        """

        def make(_record: Record, opened: OpenDocument, _known: tuple[Version, ...]) -> _Next:
            return correct(opened, self._now), what

        return await self._change(transcript_id, make)

    async def synchronise(
        self,
        transcript_id: str,
        plan: Callable[[Record, OpenDocument, str], Synchronised],
        revision: int,
    ) -> Updated:
        """Take in a server's text, whose revision this is; undo does not take it back.

        `plan` gets the record, its text and the moment.

        Raises:
            NotFoundError, BadRequestError, StorageError.
        """
        at = self._now
        async with self._repository.transaction() as t:
            record = self._repository.record(transcript_id)
            job = self._repository.job(transcript_id)
            before = await self._documents.open(transcript_id)
            stored = await self.versions_of(transcript_id)
            done = plan(record, before, at)
            known = versions.with_earlier(stored, before.document, record)
            t.put_versions(transcript_id, versions.Recorded(known, known[len(stored) :]))
            taken = edited(record, before, done.shared)
            if taken.change:
                base = job.server.version
                recorded = versions.record_change(
                    known, before.document, taken, done.what, at, by=done.by, shared=base
                )
                t.put_versions(transcript_id, recorded)
                record, known = taken.record, recorded.versions
            job = share(job, revision, known[-1].number if known else 0)
            kept = edited(record, done.shared, done.after)
            if kept.change:
                recorded = versions.record_change(
                    known, done.shared.document, kept, _KEPT, at, shared=job.server.version
                )
                t.put_versions(transcript_id, recorded)
                record, known = kept.record, recorded.versions
            t.put(record, done.after.document, job)
        made = dataclasses.replace(edited(record, before, done.after), record=record)
        self._versions[transcript_id] = known
        self._show(made)
        return self._updated(made, done.what)

    def forget(self, transcript_id: str) -> None:
        """Forget what can be taken back: a run was removed, or the transcript is gone."""
        self._taken.pop(transcript_id, None)
        self._versions.pop(transcript_id, None)

    # ------------------------------------------------------------ writing

    @property
    def _now(self) -> str:
        return iso(self._clock.now())

    def _make(self, wanted: Wanted, revision: int | None, *, overwrite: bool = False) -> _Make:
        """Return what makes these changes of the text of a revision."""

        def make(record: Record, opened: OpenDocument, known: tuple[Version, ...]) -> _Next:
            now = versions.rebased(wanted, revision, record, opened, known, overwrite=overwrite)
            now = retyping.without_needless_joins(opened, now)
            after = speaker_edits.apply(opened, now, self._now, record.duration_s)
            return after, versions.described(now)

        return make

    async def _change(self, transcript_id: str, make: _Make) -> Updated:
        """Make a change that can be taken back."""
        made, what = await self._commit(transcript_id, make)
        if made.change:
            taken = self._taken[transcript_id]
            taken.undo.append((made.undo, what, made.record.revision))
            taken.redo.clear()
        return self._updated(made, what)

    async def _take(
        self,
        transcript_id: str,
        source: list[_Step],
        target: list[_Step],
        verb: str,
        revision: int | None = None,
    ) -> Updated:
        """Take the last change of one list back, and put what makes it again into the other."""

        def make(_record: Record, opened: OpenDocument, _known: tuple[Version, ...]) -> _Next:
            if revision is not None and (not source or source[-1][2] != revision):
                raise BadRequestError(
                    "This is not the latest change.", hint="Undo the later changes first."
                )
            if not source:
                return opened, ""
            change, what, _ = source[-1]
            return change.apply(opened)[0], f"{verb}: {what}"

        made, told = await self._commit(transcript_id, make)
        if source:
            _, what, _ = source.pop()
            target.append((made.undo, what, made.record.revision))
        return self._updated(made, told)

    async def _commit(self, transcript_id: str, make: _Make) -> tuple[Edited, str]:
        """Write a change, then let the search know."""
        async with self._repository.transaction() as t:
            record = self._repository.record(transcript_id)
            before = await self._documents.open(transcript_id)
            known = await self.versions_of(transcript_id)
            after, what = make(record, before, known)
            made = edited(record, before, after)
            if not made.change:
                return made, what
            shared = self._repository.job(transcript_id).server.version
            recorded = versions.record_change(
                known, before.document, made, what, self._now, shared=shared
            )
            t.put(made.record, made.opened.document)
            t.put_versions(transcript_id, recorded)
            if made.change.redactions:
                # What is stored for the search has the words no longer than the text.
                t.write(self._documents.shard(made.record, made.opened))
        self._versions[transcript_id] = recorded.versions
        self._show(made)
        return made, what

    def _show(self, made: Edited) -> None:
        self._documents.replace(made.opened)
        self._documents.index_splices(made.record, made.opened, made.splices)
        if made.change.highlights:
            self._documents.index_notes(made.record, made.opened)
        self._background.spawn(self._documents.save_shard(made.record.id))

    async def versions_of(self, transcript_id: str) -> tuple[Version, ...]:
        """Return the stored versions, oldest first.

        Raises:
            NotFoundError, StorageError.
        """
        self._repository.record(transcript_id)
        if transcript_id not in self._versions:
            rows = await self._store.scan("windows", prefix=version_prefix(transcript_id))
            self._versions[transcript_id] = tuple(from_plain(Version, row.value) for row in rows)
            if len(self._versions) > _KNOWN_MOST:
                self._versions.popitem(last=False)
        self._versions.move_to_end(transcript_id)
        return self._versions[transcript_id]

    def _updated(self, made: Edited, what: str) -> Updated:
        id_ = made.record.id
        taken = self._taken[id_]
        changes = tuple(_changed(made.opened, made.splices))
        return Updated(
            self._repository.summary(id_),
            changes,
            bool(taken.undo),
            bool(taken.redo),
            what if made.change else "",
            in_order(made.opened.document.highlights) if made.change.highlights else None,
        )


def _changed(opened: OpenDocument, splices: tuple[Splice, ...]) -> list[ChangedSegments]:
    found: list[ChangedSegments] = []
    moved = 0
    for splice in splices:
        first = splice.first + moved
        new = opened.read_from(first, first + splice.added)
        found.append(ChangedSegments(splice.first, splice.removed, new))
        moved += splice.added - splice.removed
    return found


def _index(key: str) -> int:
    if not key.isascii() or not key.isdigit() or len(key) > 9:
        raise BadRequestError(
            f"segments should have indices as keys, not {key!r:.40}.", hint="Correct it."
        )
    return int(key)
