"""Find and replace in many transcripts, and take it back in all of them at once."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Literal

from earwitness.domain import find_replace
from earwitness.domain.patterns import LIMIT_S
from earwitness.errors import BadRequestError, ErrorView, NotFoundError, StorageError
from earwitness.library.repository import LibraryRepository
from earwitness.library.texts.document_cache import DocumentCache
from earwitness.library.texts.text_edits import TextEdits
from earwitness.messages import (
    FindEverywhere,
    FoundEverywhere,
    FoundInRecording,
    Replace,
    ReplacedEverywhere,
    ReplacedInRecording,
    ReplaceEverywhere,
    Undo,
    Updated,
)

SHOWN_PLACES = 3
"""Of each transcript in a preview."""
_Kind = Literal["undo", "redo"]


@dataclass(slots=True)
class _Group:
    """Changes that are one for the user: transcript id -> what names its change."""

    undo: dict[str, object] = field(default_factory=dict[str, object])
    redo: dict[str, object] = field(default_factory=dict[str, object])

    def of(self, kind: _Kind) -> dict[str, object]:
        return self.undo if kind == "undo" else self.redo


class ReplaceAll:
    """Replaces in one transcript after the other; each is saved by itself."""

    def __init__(
        self, repository: LibraryRepository, documents: DocumentCache, edits: TextEdits
    ) -> None:
        self._repository = repository
        self._documents = documents
        self._edits = edits
        self._groups: list[_Group] = []

    async def find(self, request: FindEverywhere) -> FoundEverywhere:
        """Return the transcripts with places that match.

        Raises:
            NotFoundError: a transcript is not in the library.
            BadRequestError: nothing to look for, a pattern that is not valid or takes too long, or
                too many places.
            StorageError: a text cannot be read.
        """
        left_s, count = LIMIT_S, 0
        found: list[FoundInRecording] = []
        for id_ in request.transcript_ids or [each.id for each in self._repository.records()]:
            opened = await self._documents.open(id_)
            record = self._repository.record(id_)
            began = time.monotonic()
            places = find_replace.find(opened, request.query, request.replacement, left_s)
            left_s -= time.monotonic() - began
            count += len(places)
            if count > find_replace.PLACES_MAX:
                raise BadRequestError(
                    f"There are more than {find_replace.PLACES_MAX} places.",
                    hint="Look for a longer text.",
                )
            if places:
                shown = places[:SHOWN_PLACES]
                found.append(
                    FoundInRecording(id_, record.name, record.revision, len(places), shown)
                )
        return FoundEverywhere(tuple(found))

    async def replace(self, request: ReplaceEverywhere) -> ReplacedEverywhere:
        """Replace what matches in each transcript that has not changed since the search.

        Raises:
            BadRequestError: nothing to look for, or a pattern that is not valid or takes too long.
            StorageError: the first transcript cannot be saved.
        """
        group = _Group()
        replaced: list[ReplacedInRecording] = []
        changed: list[str] = []
        unsaved: list[str] = []
        error: ErrorView | None = None
        for each in request.recordings:
            id_ = each.transcript_id
            if id_ not in self._repository:
                continue
            name = self._repository.record(id_).name
            if error:
                unsaved.append(name)
                continue
            if self._repository.record(id_).revision != each.revision:
                changed.append(name)
                continue
            try:
                opened = await self._documents.open(id_)
                count = len(find_replace.find(opened, request.query, request.replacement))
                one = Replace(id_, request.query, request.replacement)
                updated = await self._edits.replace(one)
            except StorageError as thrown:
                if not replaced:
                    raise
                error = thrown.view()
                unsaved.append(name)
                continue
            latest = self._edits.latest(id_, "undo")
            if updated.changes and latest:
                group.undo[id_] = latest
                revision = updated.transcript.revision
                replaced.append(ReplacedInRecording(id_, name, count, revision))
        if len(group.undo) > 1:
            self._groups.append(group)
        return ReplacedEverywhere(tuple(replaced), tuple(changed), tuple(unsaved), error)

    async def take(
        self,
        transcript_id: str,
        kind: _Kind,
        revision: int | None,
        announce: Callable[[str], object],
    ) -> Updated:
        """Take back, or make again, the latest change of a transcript.

        A change that replaced in several transcripts goes in all of them, except where the text
        was changed after it. `revision`: see `Undo`. `announce` is called with the id of each other
        transcript.

        Raises:
            BadRequestError, NotFoundError, StorageError.
        """

        def step(id_: str) -> Awaitable[Updated]:
            if kind == "redo":
                return self._edits.redo(id_)
            return self._edits.undo(Undo(id_, revision if id_ == transcript_id else None))

        other: _Kind = "redo" if kind == "undo" else "undo"
        latest = self._edits.latest(transcript_id, kind)
        group = next(
            (
                each
                for each in self._groups
                if latest and each.of(kind).get(transcript_id) is latest
            ),
            None,
        )
        if group is None:
            return await step(transcript_id)
        moved = 0
        own: Updated | None = None
        members = [id_ for id_ in group.of(kind) if id_ != transcript_id]
        for id_ in (transcript_id, *members):
            if self._edits.latest(id_, kind) is not group.of(kind)[id_]:
                continue
            try:
                updated = await step(id_)
            except NotFoundError:
                continue
            del group.of(kind)[id_]
            made = self._edits.latest(id_, other)
            if made:
                group.of(other)[id_] = made
            moved += 1
            if own is None:
                own = updated
            else:
                announce(id_)
        assert own is not None
        kept = len(members) + 1 - moved
        what = f"{own.what}, in {_counted(moved)}"
        if kept:
            what += f"; {_counted(kept)} changed later not included"
        return dataclasses.replace(own, what=what)


def _counted(number: int) -> str:
    return "one recording" if number == 1 else f"{number} recordings"
