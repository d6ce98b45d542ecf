"""Remembers and forgets voices, as the user asks, and recognises them in later recordings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from earwitness.domain.known_voices import KnownVoice
from earwitness.domain.speakers import speakers_of
from earwitness.engine_messages import SpeakersFound, SpeakerWindow
from earwitness.errors import BadRequestError, NotFoundError
from earwitness.library.repository import LibraryRepository
from earwitness.library.store import Store, speaker_prefix
from earwitness.library.texts.document_cache import DocumentCache
from earwitness.serialization import from_plain
from earwitness.speakers.diarization import Diarization
from earwitness.speakers.likeness import voice_of
from earwitness.speakers.recognition import Recognised, recognise
from earwitness.speakers.voices import pack, scaled, total, unpack

SENTENCES_MAX = 60
"""The longest sentences of a speaker are enough to know a voice."""
HEARD_MIN_S = 5.0
"""A voice is remembered if its sentences have at least this much."""


@dataclass(frozen=True)
class RememberedVoices:
    """The voices lie in the repository, beside the settings."""

    _repository: LibraryRepository
    _documents: DocumentCache
    _store: Store

    async def remember(self, transcript_id: str, speaker: str) -> None:
        """Keep the voice of a speaker under the speaker's name; one of that name becomes better.

        Raises:
            NotFoundError: there is no such transcript or speaker.
            BadRequestError: the speaker has no name, or the voice is not stored or too short.
            StorageError: nothing was written.
        """
        opened = await self._documents.open(transcript_id)
        person = next((each for each in speakers_of(opened) if each.id == speaker), None)
        if person is None:
            raise NotFoundError(
                f"There is no speaker {speaker!r:.80} in this transcript.",
                hint="Open the transcript again.",
            )
        if person.name == person.id:
            raise BadRequestError("This speaker has no name.", hint="Type one first.")
        windows = await stored_windows(self._store, transcript_id)
        times = [
            (piece.start_s, piece.end_s)
            for piece in opened.pieces
            if opened.speaker(piece) == speaker
        ]
        times = sorted(times, key=lambda each: each[0] - each[1])[:SENTENCES_MAX]
        voices = [(end - start, voice_of(windows, (start, end))) for start, end in times]
        heard_s = sum(length_s for length_s, voice in voices if voice is not None)
        if heard_s < HEARD_MIN_S:
            raise BadRequestError(
                "This speaker says too little to know the voice.",
                hint="Remember it in a recording in which the speaker says more.",
            )
        vector = total([voice for _, voice in voices if voice is not None])
        before = self._repository.known_voices.named(person.name)
        earlier = unpack(before.voice) if before is not None else []
        if before is not None and len(earlier) == len(vector):
            own = unpack(pack(vector))
            vector = total([scaled(own, heard_s), scaled(earlier, before.heard_s)])
            heard_s += before.heard_s
        known = KnownVoice(person.name, pack(vector), round(heard_s, 3))
        async with self._repository.transaction() as t:
            t.put(self._repository.known_voices.with_voice(known))

    async def forget(self, names: tuple[str, ...]) -> None:
        """Delete the voices of these names; without names: all.

        Raises:
            StorageError: nothing was deleted.
        """
        async with self._repository.transaction() as t:
            t.put(self._repository.known_voices.without(names))

    async def recognise(self, event: SpeakersFound) -> Recognised:
        """Return the people that an analysis found, with the names of known voices."""
        found = Diarization(event.speakers, event.turns)
        known = self._repository.known_voices.voices
        if not known:
            return Recognised(found, {})
        rows = await self._store.scan("windows", prefix=speaker_prefix(event.transcript_id))
        windows = [from_plain(SpeakerWindow, row.value) for row in rows]
        return recognise(found, windows, {each.name: unpack(each.voice) for each in known})


async def stored_windows(store: Store, transcript_id: str) -> Sequence[SpeakerWindow]:
    """Return the voices of a recording, as the analysis left them.

    Raises:
        BadRequestError: there are none here.
    """
    rows = await store.scan("windows", prefix=speaker_prefix(transcript_id))
    if not rows:
        raise BadRequestError(
            "The voices of this recording are not stored here.",
            hint="Find the speakers of this recording again.",
        )
    return [from_plain(SpeakerWindow, row.value) for row in rows]
