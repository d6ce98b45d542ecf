"""Where the library is kept: a few tables of plain JSON values under string keys.

The library decides what belongs together; a store only promises that one `write` happens wholly
or not at all, and that it is safe once `write` returned. IndexedDB, SQL and a dict can all do that.

Tables and their keys:

| table         | key                              | value                                        |
|---------------|----------------------------------|----------------------------------------------|
| `transcripts` | transcript id                    | the record (`records.Record`)                |
| `jobs`        | transcript id                    | its latest job (`jobs.Job`)                  |
| `documents`   | transcript id                    | layers and edits (`documents.Document`)      |
| `windows`     | `window_key` (id/run/window)     | what the machine heard (`WindowRow`)         |
| `windows`     | `version_key` (id/edits/number)  | a change of the text (`versions.Version`)    |
| `windows`     | `speaker_key` (id/speakers/window) | who speaks in it (`SpeakerWindow`)         |
| `settings`    | `settings`, `speeds` …           | one object each                              |
| `settings`    | `folder`                         | the folder kept in step (`FolderState`)      |
| `settings`    | `extension_key` (extensions/name) | a package of the user (`StoredExtension`)   |
| `shards`      | transcript id                    | its text for the search index (a cache)      |
| `snapshot`    | `recent`                         | newest summaries, read by the page itself    |
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, get_args

from earwitness.messages import Message
from earwitness.serialization import Plain

Table = Literal["transcripts", "jobs", "documents", "windows", "settings", "shards", "snapshot"]
TABLES: tuple[Table, ...] = get_args(Table)
SCHEMA_VERSION = 1
"""Of the tables above. A store keeps it, and migrates or refuses what is newer. To raise it, add
a step to `migrate` in web/workers/store.js."""
DATABASE_NAME = "earwitness"
"""Of the page's IndexedDB database."""
SETTINGS_KEY = "settings"
"""In `settings`: a `messages.Settings`. Read by the page before Python has started."""
VOICES_KEY = "voices"
"""In `settings`: a `domain.known_voices.KnownVoices`."""
SPEEDS_KEY = "speeds"
"""In `settings`: a `domain.estimate.Speeds`."""
FOLDER_KEY = "folder"
"""In `settings`: a `domain.folder.FolderState`."""
EXTENSIONS = "extensions/"
"""Beginning of keys in `settings`."""
EDITS = "edits"
"""In keys of `windows`, where those of windows have the run. A store of 0.1.0 has no other table
whose rows it deletes with their transcript."""
SPEAKERS = "speakers"
"""In keys of `windows`, where the others have the run."""
RECENT_KEY = "recent"
"""In `snapshot`: a list of `messages.TranscriptSummary`. Read by the page before Python has
started."""


class Put(Message):
    """Write a value, replacing what was under its key."""

    table: Table
    key: str
    value: Plain


class Delete(Message):
    """Delete one key; nothing happens when it is not there."""

    table: Table
    key: str


class DeletePrefix(Message):
    """Delete every key that starts with `prefix` (never empty)."""

    table: Table
    prefix: str


Change = Put | Delete | DeletePrefix


@dataclass(frozen=True, slots=True)
class Row:
    """A key and its value."""

    key: str
    value: Plain


class Store(Protocol):
    """Durable tables. One process writes at a time, so reads need no transaction of their own.

    Values are JSON: in the browser the cheap way across is one JSON string a call.
    """

    async def get(self, table: Table, key: str) -> Plain | None:
        """Return the value under `key`, or None.

        Raises:
            StorageError: the store cannot be read.
        """
        ...

    async def scan(self, table: Table, *, prefix: str = "") -> list[Row]:
        """Return the rows whose keys start with `prefix`, in the order of their keys (code points).

        Raises:
            StorageError: the store cannot be read.
        """
        ...

    async def write(self, changes: Sequence[Change]) -> None:
        """Apply all changes in their order in ONE transaction; they are durable on return.

        Raises:
            StorageError: nothing was applied; quota, private mode or a failed transaction.
        """
        ...


def extension_key(name: str) -> str:
    """Key in `settings` of an extension."""
    return f"{EXTENSIONS}{name}"


def window_key(transcript_id: str, run: int, window: int) -> str:
    """Key in `windows`; sorts by run, then window."""
    return f"{run_prefix(transcript_id, run)}{window:06d}"


def version_key(transcript_id: str, number: int) -> str:
    """Key in `windows` of a version of a transcript's text."""
    return f"{version_prefix(transcript_id)}{number:09d}"


def version_prefix(transcript_id: str) -> str:
    """Prefix in `windows` of all versions of a transcript's text."""
    return f"{transcript_prefix(transcript_id)}{EDITS}/"


def speaker_key(transcript_id: str, window: int) -> str:
    """Key in `windows` of what the analysis of speakers found in one window."""
    return f"{speaker_prefix(transcript_id)}{window:06d}"


def speaker_prefix(transcript_id: str) -> str:
    """Prefix in `windows` of what the analysis of speakers found in one recording."""
    return f"{transcript_prefix(transcript_id)}{SPEAKERS}/"


def run_prefix(transcript_id: str, run: int) -> str:
    """Prefix in `windows` of everything one run heard."""
    return f"{transcript_prefix(transcript_id)}{run:04d}/"


def transcript_prefix(transcript_id: str) -> str:
    """Prefix in `windows` of everything heard in one recording."""
    return f"{transcript_id}/"
