"""Every request, reply and event, typed once: for the workers' ports and for HTTP.

A request goes from the page to the library worker and gets exactly one reply, of the class that
its `reply` names, or an `ErrorView`. An event goes to every open page and is never answered. Files
travel beside a request as attachments, never inside it. The engine talks to the library in
`engine_messages`. `build.py contract` writes the page's types from these classes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from earwitness.errors import ErrorView
from earwitness.transcript import Segment, Task, Transcript

JobState = Literal[
    "queued",
    "loading",
    "transcribing",
    "pausing",
    "paused",
    "needs-file",
    "done",
    "failed",
    "cancelled",
]
"""`pausing`: the pause is saved, but the engine is not free yet; shown, never kept."""
BootStage = Literal["starting", "python", "library", "ready", "failed"]
ExportFormat = Literal["txt", "srt", "vtt", "json", "tsv", "csv", "md", "lrc", "ass"]
Where = Literal["device", "server", "auto"]


# ---------------------------------------------------------------- shapes inside messages


@dataclass(frozen=True, slots=True)
class TranscribeOptions:
    """How to transcribe one recording. An empty string stands for the value in the settings."""

    model: str = ""
    language: str = "auto"
    """Whisper's code, or `auto` to detect it."""
    task: Task = "transcribe"
    words: bool = True
    """Find each word's time."""
    prompt: str = ""
    """Names and terms that the recording is likely to contain; part of every prompt."""
    where: Where = "device"
    voice_activity: bool = True
    """Skip what is not speech."""
    audio_track: int = 0
    """Which of the file's audio tracks to transcribe; 0 is the main one."""
    follow_languages: bool = True
    """With `auto`: notice where the language changes. Off: the recording has one language."""


@dataclass(frozen=True, slots=True)
class JobView:
    """The state of one recording's job, as the page shows it."""

    transcript_id: str
    state: JobState
    position_s: float = 0.0
    """How far into the recording every word is saved."""
    duration_s: float = 0.0
    """0 while it is not known."""
    loaded_bytes: int = 0
    """Of the model, while `loading`."""
    total_bytes: int = 0
    remaining_s: float | None = None
    """Estimated time until done; None while there is nothing to estimate from."""
    queue_position: int = 0
    error: ErrorView | None = None
    """Why it failed; or, while `queued` or `paused`, what it waits for."""
    options: TranscribeOptions = field(default_factory=TranscribeOptions)
    """The options of the run."""
    server: str = ""
    """Origin of the server that does this, or did; empty: this device."""
    prompt_used: str = ""
    """The end of a prompt that is too long, which alone is used; empty: all of it is used."""


@dataclass(frozen=True, slots=True)
class TranscriptSummary:
    """A line of the history."""

    id: str
    name: str
    created_at: str
    duration_s: float
    model: str
    task: Task
    language: str | None
    language_probability: float | None
    preview: str
    """The first words."""
    word_count: int
    audio_kept: bool
    tags: tuple[str, ...]
    job: JobView
    tracks: tuple[str, ...] = ()
    """A name for each audio track of the file, the main one first; empty until it was opened."""
    ends_s: float = 0.0
    """Where the sound ended before the end of the file; 0: it did not."""
    same_as: str = ""
    """Id of another recording in the library with the same audio, older than this one."""
    earlier: bool = False
    """Whether there is a whole text from before the latest run, which `GoBack` restores."""
    nothing_heard: bool = False
    """Whether it failed and no run has text, so that deleting it loses nothing."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One place where a search matched."""

    transcript_id: str
    name: str
    segment: int | None
    """Index of the segment in the transcript; None where the name matched."""
    start_s: float
    end_s: float
    snippet: str
    """Text around the match; matched parts stand between U+E000 and U+E001."""
    score: float
    server: str = ""
    """Origin of the server that alone has it; empty: it is in this library."""


@dataclass(frozen=True, slots=True)
class ModelView:
    """A model the user can choose."""

    id: str
    title: str
    bytes: int
    multilingual: bool
    cached: bool
    """Whether the whole model is on this device."""
    realtime_factor: float | None
    """Seconds of work for a second of audio, measured here; None before the first run."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user chose, kept across visits."""

    model: str = "base"
    language: str = "auto"
    task: Task = "transcribe"
    words: bool = True
    keep_audio: bool = True
    """Keep the audio after the transcript is done, to play it beside the text."""
    voice_activity: bool = True
    prompt: str = ""
    """Names and terms that recordings are likely to contain."""
    threads: int = 0
    """0: as many as measured best."""
    device: Literal["auto", "wasm", "webgpu"] = "auto"
    confirm_download: bool = True
    where: Where = "device"
    """Where recordings are transcribed. `auto`: here, or on the server if this device fails or
    would take too long."""
    server_url: str = ""
    """Empty: the page's own server. An address that ends in `/v1` has OpenAI's API."""
    server_key: str = ""
    server_model: str = ""
    """Empty: the server's default."""
    server_after_s: float = 1800.0
    """With `auto`: a recording that takes longer here goes to the server; 0: none does."""
    server_consent: dict[str, bool] = field(default_factory=dict[str, bool])
    """The user's answer to `ServerNeeded`, by the server's origin."""
    follow_languages: bool = True
    """See `TranscribeOptions`."""


# ---------------------------------------------------------------- replies


@dataclass(frozen=True, slots=True)
class Done:
    """The request is carried out and saved."""

    type: ClassVar[str] = "done"


@dataclass(frozen=True, slots=True)
class ServerView:
    """The server that the settings name."""

    type: ClassVar[str] = "server-view"
    origin: str
    kind: Literal["earwitness", "openai"]
    """`earwitness`: resumable jobs and search; `openai`: one request a recording."""
    allowed: bool
    """The user chose it, or agreed to it: recordings may go there."""
    models: tuple[str, ...] = ()
    """Its models; only in the reply to `CheckServer`."""


@dataclass(frozen=True, slots=True)
class Status:
    """State of boot, engine, storage, models and settings."""

    type: ClassVar[str] = "status"
    stage: BootStage
    engine: Literal["off", "loading", "ready", "busy", "failed"]
    device: Literal["unknown", "wasm", "webgpu"]
    threads: int
    isolated: bool
    persisted: bool
    """The browser promised not to evict our data."""
    storage_used_bytes: int
    storage_quota_bytes: int
    models: tuple[ModelView, ...]
    settings: Settings
    marks_ms: dict[str, float]
    """User Timing marks of this boot, milliseconds since navigation."""
    version: str
    server: ServerView | None = None
    """None while everything is done on this device, or the address is no address."""


@dataclass(frozen=True, slots=True)
class TranscriptList:
    """A page of the history."""

    type: ClassVar[str] = "transcript-list"
    transcripts: tuple[TranscriptSummary, ...]
    next: str = ""
    """Give it as `before` for the next page; empty at the end."""


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Hits, best first."""

    type: ClassVar[str] = "search-result"
    hits: tuple[Hit, ...]
    took_ms: float
    indexing: bool = False
    """Whether the index is still being built, so that hits may be missing."""


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """A file to save; always text, UTF-8."""

    type: ClassVar[str] = "exported-file"
    name: str
    media_type: str
    text: str


@dataclass(frozen=True, slots=True)
class Estimates:
    """Time a recording would take with each model, slowest choice included."""

    type: ClassVar[str] = "estimates"
    seconds_by_model: dict[str, float]


@dataclass(frozen=True, slots=True)
class AudioFile:
    """A path in the origin's private file system; empty if the audio is not stored."""

    type: ClassVar[str] = "audio-file"
    path: str
    media_type: str


@dataclass(frozen=True, slots=True)
class BackupFile:
    """A zip file in the origin's private file system; the next visit deletes it."""

    type: ClassVar[str] = "backup-file"
    path: str
    name: str
    bytes: int


@dataclass(frozen=True, slots=True)
class BackupLoaded:
    """Ids that were added, and ids that the library had already, which are unchanged."""

    type: ClassVar[str] = "backup-loaded"
    added: tuple[str, ...]
    known: tuple[str, ...]


Reply = (
    Done | Status | TranscriptSummary | TranscriptList | Transcript | SearchResult | ExportedFile
    | Estimates | Settings | AudioFile | ServerView | BackupFile | BackupLoaded
)  # fmt: skip


# ---------------------------------------------------------------- events


@dataclass(frozen=True, slots=True)
class BootChanged:
    """Python's start advanced. `failed` is terminal until the page starts the worker again."""

    type: ClassVar[str] = "boot-changed"
    stage: BootStage
    error: ErrorView | None = None


@dataclass(frozen=True, slots=True)
class TranscriptChanged:
    """A record or its job changed; at most ten a second for one transcript."""

    type: ClassVar[str] = "transcript-changed"
    transcript: TranscriptSummary


@dataclass(frozen=True, slots=True)
class SegmentsSaved:
    """Words are committed: from index `first` on, the transcript now has exactly these segments.

    A first run only appends. A run over a part also sends the segments after the part.
    """

    type: ClassVar[str] = "segments-saved"
    transcript_id: str
    first: int
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class TranscriptsRemoved:
    """Transcripts were moved to the bin."""

    type: ClassVar[str] = "transcripts-removed"
    transcript_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DownloadNeeded:
    """A model must be fetched before the work can go on, and the user has not agreed yet."""

    type: ClassVar[str] = "download-needed"
    model: str
    bytes: int
    metered: bool


@dataclass(frozen=True, slots=True)
class ServerNeeded:
    """`auto` would send a recording to a server, and the user has not been asked yet."""

    type: ClassVar[str] = "server-needed"
    origin: str
    transcript_id: str
    name: str
    bytes: int
    reason: Literal["cannot", "too-long"]
    """This device failed at it, or would take longer than the settings allow."""
    seconds: float = 0.0
    """How long this device would take, where that is the reason."""


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """Engine, storage, models or settings changed."""

    type: ClassVar[str] = "status-changed"
    status: Status


Event = (
    BootChanged
    | TranscriptChanged
    | SegmentsSaved
    | TranscriptsRemoved
    | DownloadNeeded
    | ServerNeeded
    | StatusChanged
)


# ---------------------------------------------------------------- requests


@dataclass(frozen=True, slots=True)
class GetStatus:
    """Ask for stage, engine, storage, models, settings and boot marks."""

    type: ClassVar[str] = "get-status"
    reply: ClassVar = Status


@dataclass(frozen=True, slots=True)
class AddFile:
    """Add a recording (attachment 0: a Blob); answered once its audio is stored.

    A file that cannot be a recording, such as an empty one, is listed as `failed`.
    """

    type: ClassVar[str] = "add-file"
    reply: ClassVar = TranscriptSummary
    name: str
    options: TranscribeOptions = field(default_factory=TranscribeOptions)
    transcript_id: str = ""
    """Chosen by the page, so that it can show the row at once; made here when empty."""


@dataclass(frozen=True, slots=True)
class ProvideFile:
    """Give the audio (attachment 0) again to a job in state `needs-file`."""

    type: ClassVar[str] = "provide-file"
    reply: ClassVar = TranscriptSummary
    transcript_id: str


@dataclass(frozen=True, slots=True)
class ListTranscripts:
    """List a page of the history or of the bin, newest first."""

    type: ClassVar[str] = "list-transcripts"
    reply: ClassVar = TranscriptList
    before: str = ""
    """Cursor: the `next` of the page before."""
    limit: int = 100
    removed: bool = False
    """Those in the bin instead."""


@dataclass(frozen=True, slots=True)
class GetTranscript:
    """Read a transcript with all segments and words."""

    type: ClassVar[str] = "get-transcript"
    reply: ClassVar = Transcript
    transcript_id: str


@dataclass(frozen=True, slots=True)
class Search:
    """Find words in names and texts, in this library or on the server."""

    type: ClassVar[str] = "search"
    reply: ClassVar = SearchResult
    query: str
    limit: int = 50
    language: str = ""
    tag: str = ""
    transcript_id: str = ""
    """Only in this transcript."""
    where: Literal["device", "server"] = "device"
    """In this library, or in the one of the server that the settings name."""


@dataclass(frozen=True, slots=True)
class CopyTranscript:
    """Copy a transcript that a search found on the server into this library."""

    type: ClassVar[str] = "copy-transcript"
    reply: ClassVar = TranscriptSummary
    transcript_id: str
    """The hit's."""


@dataclass(frozen=True, slots=True)
class Rename:
    """Change the name of a transcript."""

    type: ClassVar[str] = "rename"
    reply: ClassVar = TranscriptSummary
    transcript_id: str
    name: str


@dataclass(frozen=True, slots=True)
class SetTags:
    """Replace the tags of a transcript."""

    type: ClassVar[str] = "set-tags"
    reply: ClassVar = TranscriptSummary
    transcript_id: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EditSegment:
    """Replace a segment's text; the recognised text is kept beside it."""

    type: ClassVar[str] = "edit-segment"
    reply: ClassVar = Transcript
    transcript_id: str
    segment: int
    text: str


@dataclass(frozen=True, slots=True)
class Remove:
    """Move transcripts to the bin, which keeps them for 30 days at most."""

    type: ClassVar[str] = "remove"
    reply: ClassVar = Done
    transcript_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Restore:
    """Move transcripts from the bin back to the history."""

    type: ClassVar[str] = "restore"
    reply: ClassVar = Done
    transcript_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EmptyBin:
    """Delete everything in the bin for good."""

    type: ClassVar[str] = "empty-bin"
    reply: ClassVar = Done


@dataclass(frozen=True, slots=True)
class Export:
    """Write a transcript as a file in one of the export formats."""

    type: ClassVar[str] = "export"
    reply: ClassVar = ExportedFile
    transcript_id: str
    format: ExportFormat


@dataclass(frozen=True, slots=True)
class Retranscribe:
    """Transcribe again, whole or a span; edits outside the span stay.

    The answer is a `CorrectionsError` if corrections would be hidden: its message is the question.
    """

    type: ClassVar[str] = "retranscribe"
    reply: ClassVar = TranscriptSummary
    transcript_id: str
    options: TranscribeOptions
    start_s: float = 0.0
    end_s: float | None = None
    replace_corrections: bool = False
    """The user was asked and agreed."""


@dataclass(frozen=True, slots=True)
class GoBack:
    """Restore the text, corrections and job from before the latest run.

    The answer is a `CorrectionsError` if corrections made since would be hidden: its message is
    the question.
    """

    type: ClassVar[str] = "go-back"
    reply: ClassVar = TranscriptSummary
    transcript_id: str
    replace_corrections: bool = False
    """The user was asked and agreed."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Stop a job after the batch in progress; the pause survives a reload."""

    type: ClassVar[str] = "pause"
    reply: ClassVar = TranscriptSummary
    transcript_id: str


@dataclass(frozen=True, slots=True)
class Resume:
    """Continue a paused, failed or cancelled job from its last window."""

    type: ClassVar[str] = "resume"
    reply: ClassVar = TranscriptSummary
    transcript_id: str


@dataclass(frozen=True, slots=True)
class Cancel:
    """End a job now; a first run keeps its words, a later run is taken away."""

    type: ClassVar[str] = "cancel"
    reply: ClassVar = TranscriptSummary
    transcript_id: str


@dataclass(frozen=True, slots=True)
class Prioritise:
    """Move a queued job to the front of the queue."""

    type: ClassVar[str] = "prioritise"
    reply: ClassVar = TranscriptSummary
    transcript_id: str


@dataclass(frozen=True, slots=True)
class MoveJob:
    """Continue an unfinished or failed job on this device or on the server."""

    type: ClassVar[str] = "move-job"
    reply: ClassVar = TranscriptSummary
    transcript_id: str
    where: Literal["device", "server"]


@dataclass(frozen=True, slots=True)
class AllowServer:
    """Store the answer to `ServerNeeded` in the settings."""

    type: ClassVar[str] = "allow-server"
    reply: ClassVar = Done
    origin: str
    allowed: bool = True


@dataclass(frozen=True, slots=True)
class CheckServer:
    """Check that the server of the settings answers and accepts the key."""

    type: ClassVar[str] = "check-server"
    reply: ClassVar = ServerView


@dataclass(frozen=True, slots=True)
class ApproveDownload:
    """Answer `DownloadNeeded`: agreed or declined."""

    type: ClassVar[str] = "approve-download"
    reply: ClassVar = Done
    model: str
    approved: bool = True


@dataclass(frozen=True, slots=True)
class Estimate:
    """Estimate how long a recording of this length takes here, model by model."""

    type: ClassVar[str] = "estimate"
    reply: ClassVar = Estimates
    duration_s: float


@dataclass(frozen=True, slots=True)
class ChangeSettings:
    """Replace the settings."""

    type: ClassVar[str] = "change-settings"
    reply: ClassVar = Settings
    settings: Settings


@dataclass(frozen=True, slots=True)
class GetAudio:
    """Locate the stored audio for the player."""

    type: ClassVar[str] = "get-audio"
    reply: ClassVar = AudioFile
    transcript_id: str


@dataclass(frozen=True, slots=True)
class SaveBackup:
    """Write the whole library into one zip file."""

    type: ClassVar[str] = "save-backup"
    reply: ClassVar = BackupFile
    audio: bool = True
    """The kept recordings too, not only their words."""


@dataclass(frozen=True, slots=True)
class LoadBackup:
    """Add the transcripts of a backup (attachment 0) that the library does not have."""

    type: ClassVar[str] = "load-backup"
    reply: ClassVar = BackupLoaded


Request = (
    GetStatus | AddFile | ProvideFile | ListTranscripts | GetTranscript | Search | Rename | SetTags
    | EditSegment | Remove | Restore | EmptyBin | Export | Retranscribe | GoBack | Pause | Resume
    | Cancel | Prioritise | MoveJob | ApproveDownload | AllowServer | CheckServer | Estimate
    | ChangeSettings | GetAudio | CopyTranscript | SaveBackup | LoadBackup
)  # fmt: skip
