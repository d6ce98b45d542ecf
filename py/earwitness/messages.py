"""Every request, reply and event, typed once: for the workers' ports and for HTTP.

A request goes from the page to the library worker and gets exactly one reply, of the class that
its `reply` names, or an `ErrorView`. An event goes to every open page and is never answered. Files
travel beside a request as attachments, never inside it. The engine talks to the library in
`engine_messages`. `build.py contract` writes the page's types from these classes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import ClassVar, Literal, dataclass_transform

from earwitness.errors import ErrorView
from earwitness.serialization import ADDED
from earwitness.transcript import (
    Highlight,
    HighlightColour,
    Redaction,
    Segment,
    Speaker,
    Task,
    Transcript,
)

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
ExportFormat = Literal[
    "txt", "srt", "vtt", "json", "tsv", "csv", "md", "lrc", "ass",
    "docx", "html", "ttml", "openai", "labels", "chapters", "edl", "fcpxml",
]  # fmt: skip
AudioFormat = Literal["wav", "m4a", "opus"]
"""Of exported sound. Each browser writes `wav`; some write the others."""
SubtitleRules = Literal["earwitness", "netflix", "bbc"]
Where = Literal["device", "server", "auto"]
SpeakerCount = bool | int | tuple[int, ...]
"""Whether speakers are told apart, and how many there are: a number, or the least and the most."""
FolderBackup = Literal["off", "texts", "everything"]
"""What the daily backup in the folder holds: words, or recordings as well."""
SpeakerState = Literal["queued", "loading", "running", "done", "failed"]


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
class Message:
    """A frozen dataclass with a `type`: the name of its class in lower case, with hyphens."""

    type: ClassVar[str]

    def __init_subclass__(cls) -> None:
        dataclass(frozen=True)(cls)
        cls.type = re.sub(r"\B(?=[A-Z])", "-", cls.__name__).lower()


# ---------------------------------------------------------------- shapes inside messages


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """How a file is written. None and 0 stand for the format's own way.

    `docs/formats.md` says which format knows which option; the others ignore it.
    """

    speakers: bool | None = None
    """Write the speakers' names."""
    times: bool | None = None
    """Write times in texts and documents."""
    times_every_s: float = 0.0
    """The least time from one written time to the next."""
    paragraphs: bool | None = None
    """Join the sentences of a paragraph."""
    words: bool = True
    """Write the times of words."""
    table: bool = False
    """A table of times, speakers and texts in a document, for interviews."""
    rules: SubtitleRules = "earwitness"
    """The style guide that subtitles follow."""
    children: bool = False
    """Subtitles for children, who read more slowly."""
    columns: int = 0
    """The most characters of a line of subtitles."""
    lines: int = 0
    """The most lines of a subtitle."""
    frames_per_s: float = 25.0
    """The video's frame rate, for gaps between subtitles and for markers."""
    byte_order_mark: bool = True
    """Begin a table with the mark by which Excel knows UTF-8."""
    highlights: bool | None = field(default=None, metadata=ADDED)
    """Write highlights: marked in the text, and listed with their notes."""
    highlights_only: bool = field(default=False, metadata=ADDED)
    """Write nothing but the highlights; other formats, nothing but their words."""


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
    follow_languages: bool = field(default=True, metadata=ADDED)
    """With `auto`: notice where the language changes. Off: the recording has one language."""
    terms: tuple[str, ...] = field(default=(), metadata=ADDED)
    """Names and terms to write where they are said. `prompt` only makes them likelier."""
    speakers: SpeakerCount = field(default=False, metadata=ADDED)
    """Tell speakers apart once the words are there."""


@dataclass(frozen=True, slots=True)
class PartialText:
    """What is decoded so far of a window; its words are not saved, and may still change."""

    start_s: float
    text: str


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
    """Why it failed; or what it waits for, while `queued`, `paused`, or `loading` on a server."""
    options: TranscribeOptions = field(default_factory=TranscribeOptions)
    """The options of the run."""
    server: str = ""
    """Origin of the server that does this, or did; empty: this device."""
    prompt_used: str = field(default="", metadata=ADDED)
    """The end of a prompt that is too long, which alone is used; empty: all of it is used."""
    copied: bool = field(default=False, metadata=ADDED)
    """The text was copied from the server's library, where the original is."""
    ends_s: float = field(default=0.0, metadata=ADDED)
    """Where the sound ended before the end of the file; 0: it did not, or the job is not done."""
    partial: tuple[PartialText, ...] = field(default=(), metadata=ADDED)
    """The text after `position_s` so far, in order, while it is decoded on this device."""


@dataclass(frozen=True, slots=True)
class SpeakerJob:
    """The state of the analysis that tells a recording's speakers apart. It follows the words."""

    state: SpeakerState = "queued"
    speakers: SpeakerCount = True
    """How many people were asked for."""
    position_s: float = 0.0
    """How far into the recording it is saved."""
    loaded_bytes: int = 0
    """Of the models, while `loading`."""
    total_bytes: int = 0
    error: ErrorView | None = None
    """Why it failed. The text is as it was."""
    recognised: dict[str, float] = field(default_factory=dict[str, float], metadata=ADDED)
    """Names given because a remembered voice is alike, and the cosine of the two voices."""


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
    revision: int = field(default=0, metadata=ADDED)
    """Grows with each change of the text."""
    speakers: tuple[Speaker, ...] = field(default=(), metadata=ADDED)
    speaker_job: SpeakerJob | None = field(default=None, metadata=ADDED)
    """None: nobody has asked to tell its speakers apart."""
    labels: tuple[str, ...] = field(default=(), metadata=ADDED)
    """Of its highlights, sorted."""
    redactions: tuple[Redaction, ...] = field(default=(), metadata=ADDED)
    """Parts whose words are in no text, search or export."""


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
    guess: bool = field(default=False, metadata=ADDED)
    """The line has words that are spelled like the ones typed, not these words."""
    note: bool = field(default=False, metadata=ADDED)
    """The label or the note of a highlight matched. `segment` is where the highlight begins."""


@dataclass(frozen=True, slots=True)
class SplitAt:
    """Where a segment is split."""

    segment: int
    at_char: int
    """Index of the first character of the second part, in Unicode code points."""


@dataclass(frozen=True, slots=True)
class MoveEdges:
    """New times of a segment; None: as before."""

    segment: int
    start_s: float | None = None
    end_s: float | None = None


@dataclass(frozen=True, slots=True)
class NewHighlight:
    """A part of the recording to mark."""

    start_s: float
    end_s: float
    colour: HighlightColour = "yellow"
    label: str = ""
    note: str = ""
    id: str = ""
    """1 to 64 letters, digits, '-' or '_'; empty: the library chooses one."""


@dataclass(frozen=True, slots=True)
class ChangedHighlight:
    """New values of a highlight; None: as before."""

    start_s: float | None = None
    end_s: float | None = None
    colour: HighlightColour | None = None
    label: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class HighlightChanges:
    """Changes of a transcript's highlights."""

    add: tuple[NewHighlight, ...] = ()
    change: dict[str, ChangedHighlight] = field(default_factory=dict[str, ChangedHighlight])
    """By the highlight's id."""
    remove: tuple[str, ...] = ()
    """Ids."""

    def __bool__(self) -> bool:
        """Return whether there is any change."""
        return bool(self.add or self.change or self.remove)


@dataclass(frozen=True, slots=True)
class RedactText:
    """Characters of a segment, without space at its ends, whose words are redacted."""

    segment: int
    from_char: int
    """In Unicode code points."""
    to_char: int
    """The one after the last."""


@dataclass(frozen=True, slots=True)
class RedactedPart:
    """A redaction of a transcript."""

    id: str
    start_s: float
    end_s: float
    final: bool
    """The words are deleted, and the recording is silent there."""
    segment: int | None
    """Index of the first segment of which it hides words; None: there are no words."""
    text: str
    """The hidden words; empty where it is final."""


@dataclass(frozen=True, slots=True)
class SilencedAudio:
    """A recording that is silent where words are redacted, in the audio store."""

    path: str
    bytes: int
    fingerprint: str
    """SHA-256 of the content, hex."""
    media_type: str


@dataclass(frozen=True, slots=True)
class RetypedText:
    """A paragraph that the user has typed over."""

    first: int
    """Index of its first segment."""
    before: tuple[str, ...]
    """The texts of its segments when the user began."""
    text: str
    """All of it now. A segment is split at each line break; one without words is deleted."""
    join: tuple[int, ...] = ()
    """Segments of it that become one with the next."""


@dataclass(frozen=True, slots=True)
class TextVersion:
    """The text of a transcript after a change."""

    id: int
    """0: what was recognised."""
    at: str
    """UTC, ISO 8601 with a `Z`."""
    what: str
    """What the change was, in a few words."""
    by: str = field(default="", metadata=ADDED)
    """Who made it, as a server knows them; empty: it is not known."""
    revision: int = field(default=0, metadata=ADDED)
    """Of the transcript after the change."""


@dataclass(frozen=True, slots=True)
class DifferentWords:
    """A stretch of words in a comparison."""

    kind: Literal["same", "removed", "added"]
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """Segments that differ between two versions."""

    segment: int
    """Index of the first of them in the newer version."""
    start_s: float
    words: tuple[DifferentWords, ...]


@dataclass(frozen=True, slots=True)
class FindText:
    """What to look for in a transcript."""

    text: str
    match_case: bool = False
    whole_words: bool = False
    regular_expression: bool = False
    """In the syntax of Python's `re`, within one segment."""
    across_segments: bool = False
    """A phrase may begin in one segment and end in another."""


@dataclass(frozen=True, slots=True)
class FoundText:
    """A place that matches."""

    segment: int
    """Where it begins."""
    start: int
    """Index of its first character in the text without space at its ends, in code points."""
    text: str
    before: str
    """A few words before it."""
    after: str
    replacement: str


@dataclass(frozen=True, slots=True)
class FoundInRecording:
    """The places of one transcript that match."""

    transcript_id: str
    name: str
    revision: int
    """Of the text that was searched."""
    count: int
    places: tuple[FoundText, ...]
    """The first few of them."""


@dataclass(frozen=True, slots=True)
class SearchedRecording:
    """A transcript in which everything that matches is replaced."""

    transcript_id: str
    revision: int
    """That of `FoundInRecording`; a text that has changed since is left as it is."""


@dataclass(frozen=True, slots=True)
class ReplacedInRecording:
    """The places of one transcript that were replaced."""

    transcript_id: str
    name: str
    count: int
    revision: int
    """That the replacement made, for `Undo`."""


@dataclass(frozen=True, slots=True)
class DeletedSegment:
    """A segment that the user deleted."""

    key: str
    """Names it in `Update`."""
    segment: int
    """Index of the segment that stands in its place now."""
    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class ChangedSegments:
    """Segments that stand in the place of others."""

    first: int
    """Index of the first one before the change."""
    removed: int
    """How many were there."""
    segments: tuple[Segment, ...]


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
class FormatOfExtension:
    """A format that a package brings."""

    extension: str
    title: str
    media_type: str
    reads: bool
    writes: bool


@dataclass(frozen=True, slots=True)
class RuleOfExtension:
    """A rule that a package brings."""

    name: str
    """Of its entry point."""
    title: str


@dataclass(frozen=True, slots=True)
class ExtensionView:
    """A package of the user that adds formats and rules."""

    name: str
    version: str
    summary: str
    on: bool
    formats: tuple[FormatOfExtension, ...] = ()
    rules: tuple[RuleOfExtension, ...] = ()


@dataclass(frozen=True, slots=True)
class FolderFile:
    """A file in the folder that is kept in step."""

    path: str
    """From the folder on, with slashes."""
    bytes: int
    modified_ms: int
    """Since 1970, UTC."""


@dataclass(frozen=True, slots=True)
class FolderText:
    """A transcript to write into the folder."""

    path: str
    transcript_id: str
    format: ExportFormat
    revision: int
    replaces: FolderFile | None
    """The file to write over, if it is still like this; None: there must be none."""


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
    follow_languages: bool = field(default=True, metadata=ADDED)
    """See `TranscribeOptions`."""
    server_name: str = field(default="", metadata=ADDED)
    """What the user calls the server; empty: its address."""
    search_server: bool = field(default=False, metadata=ADDED)
    """Search and read the server's library, also while no recording is sent to it."""
    terms: tuple[str, ...] = field(default=(), metadata=ADDED)
    """Names and terms that any recording may contain; see `TranscribeOptions`."""
    tag_terms: dict[str, tuple[str, ...]] = field(
        default_factory=dict[str, tuple[str, ...]], metadata=ADDED
    )
    """By tag: names and terms that recordings with this tag may contain."""
    speakers: SpeakerCount = field(default=False, metadata=ADDED)
    """See `TranscribeOptions`."""


# ---------------------------------------------------------------- replies


class Done(Message):
    """The request is carried out and saved."""


class ServerView(Message):
    """The server that the settings name."""

    origin: str
    kind: Literal["earwitness", "openai"]
    """`earwitness`: resumable jobs and search; `openai`: one request a recording."""
    allowed: bool
    """The user chose it, or agreed to it: recordings may go there."""
    models: tuple[str, ...] = ()
    """Its models; only in the reply to `CheckServer`."""


class Status(Message):
    """State of boot, engine, storage, models and settings."""

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
    """None while nothing is sent to a server or asked of it, or the address is no address."""
    speaker_models: ModelView | None = field(default=None, metadata=ADDED)
    """The models that tell speakers apart, one download; None: there are none here."""
    known_voices: tuple[str, ...] = field(default=(), metadata=ADDED)
    """Names of the voices that the user asked to remember."""


class TranscriptList(Message):
    """A page of the history."""

    transcripts: tuple[TranscriptSummary, ...]
    next: str = ""
    """Give it as `before` for the next page; empty at the end."""


class SearchResult(Message):
    """Hits, best first."""

    hits: tuple[Hit, ...]
    took_ms: float
    indexing: bool = False
    """Whether the index is still being built, so that hits may be missing."""


class Updated(Message):
    """A change of the text is saved."""

    transcript: TranscriptSummary
    changes: tuple[ChangedSegments, ...]
    """What to put in the place of what, from the last one to the first."""
    can_undo: bool
    can_redo: bool
    what: str = field(default="", metadata=ADDED)
    """The change in a few words; empty: nothing was changed."""
    highlights: tuple[Highlight, ...] | None = field(default=None, metadata=ADDED)
    """All highlights, in order, if the change was of highlights; else None."""


class TextVersions(Message):
    """The versions of a text, newest first; the last one is what was recognised."""

    versions: tuple[TextVersion, ...]
    revision: int = field(default=0, metadata=ADDED)
    """Of the text now."""
    may_change: bool = field(default=True, metadata=ADDED)
    """Whether who asks may change the text."""
    audio_bytes: int = field(default=0, metadata=ADDED)
    """Of the recording that is kept beside the text; 0: none is."""


class OriginalView(Message):
    """How the text of a server, and this library's copy of it, differ."""

    unsent: int
    """At how many places the user has corrected the copy since both were the same."""
    newer: tuple[TextVersion, ...] = ()
    """What was changed on the server since then, newest first."""
    may_change: bool = False
    """Whether corrections may be sent there; False as well while the server is not asked."""
    audio_bytes: int = 0
    """Of the recording there, where this library has none."""
    error: ErrorView | None = None
    """Why the server cannot be asked."""


class Differences(Message):
    """Where two versions of a text differ, in order."""

    differences: tuple[Difference, ...]


class FoundTexts(Message):
    """The places that match, in order."""

    places: tuple[FoundText, ...]
    revision: int
    """Of the text that was searched."""


class FoundEverywhere(Message):
    """The transcripts with places that match, newest first."""

    recordings: tuple[FoundInRecording, ...]


class ReplacedEverywhere(Message):
    """What was replaced, as one change; `Undo` in any of the transcripts takes all of it back."""

    replaced: tuple[ReplacedInRecording, ...]
    changed_since: tuple[str, ...]
    """Names of transcripts that have changed since the search, and were left as they are."""
    not_saved: tuple[str, ...] = ()
    """Names of transcripts that could not be saved."""
    error: ErrorView | None = None
    """Why they could not be saved."""


class RedactionList(Message):
    """The redactions of a transcript, in order of time, with the words that they hide."""

    redactions: tuple[RedactedPart, ...]


class RedactionsFinal(Message):
    """The redactions of a transcript are final."""

    transcript: TranscriptSummary
    server: str
    """Origin of the server that still has the words of the recording; empty: none."""


class DeletedSegments(Message):
    """The segments that the user deleted, in order."""

    segments: tuple[DeletedSegment, ...]


class DoubtfulWords(Message):
    """Places of the words that a reader should check, in order."""

    words: tuple[tuple[int, int], ...]
    """Index of the segment, and of the word in it."""
    speakers: tuple[tuple[int, int, int], ...] = field(default=(), metadata=ADDED)
    """Stretches whose speaker is uncertain: segment, first word, and the word after the last."""


class ExportedFile(Message):
    """A file to save: text in UTF-8, or bytes."""

    name: str
    media_type: str
    text: str
    base64: str = field(default="", metadata=ADDED)
    """The bytes of a file that is no text; `text` is empty then."""


class ExtensionList(Message):
    """The extensions on this device, by name."""

    extensions: tuple[ExtensionView, ...]


class FolderView(Message):
    """The folder that is kept in step, and what was done in it."""

    name: str
    """Empty: none was chosen yet."""
    formats: tuple[ExportFormat, ...]
    backup: FolderBackup
    recordings: int
    """Added from it."""
    texts: int
    """Written into it."""
    backup_day: str
    """Date of the last backup in it; empty: none yet."""


class FolderPlan(Message):
    """What to do in the folder now."""

    add: tuple[str, ...]
    """Paths of recordings that the library does not have yet."""
    write: tuple[FolderText, ...]
    backup: str
    """Path of a backup to write; empty: none is due."""


class Estimates(Message):
    """Time a recording would take with each model, slowest choice included."""

    seconds_by_model: dict[str, float]


class AudioFile(Message):
    """A path in the origin's private file system; empty if the audio is not stored."""

    path: str
    media_type: str
    container: str = field(default="", metadata=ADDED)
    """As `domain.media_types` names it, where the content does not identify itself."""


class AudioExport(Message):
    """What a file with a recording's sound holds. The page writes it, because it decodes."""

    name: str
    """Of the file."""
    path: str
    """As `AudioFile` has it."""
    track: int
    container: str
    parts: tuple[tuple[float, float], ...]
    """Starts and ends in seconds, in order; none: the whole recording."""
    silent: tuple[tuple[float, float], ...] = ()
    """Starts and ends of what must not be heard."""


class BackupFile(Message):
    """A zip file in the origin's private file system; the next visit deletes it."""

    path: str
    name: str
    bytes: int


class BackupLoaded(Message):
    """Ids that were added, and ids that the library had already, which are unchanged."""

    added: tuple[str, ...]
    """They are in the library now; some may have been in its bin."""
    known: tuple[str, ...]
    in_bin: tuple[str, ...] = field(default=(), metadata=ADDED)
    """These came into the bin, where they were when the backup was saved."""


Reply = (
    Done | Status | TranscriptSummary | TranscriptList | Transcript | SearchResult | ExportedFile
    | Estimates | Settings | AudioFile | ServerView | BackupFile | BackupLoaded | Updated
    | TextVersions | Differences | FoundTexts | DeletedSegments | RedactionList | RedactionsFinal
    | DoubtfulWords | ExtensionList | AudioExport | FoundEverywhere | ReplacedEverywhere
    | FolderView | FolderPlan | OriginalView
)  # fmt: skip


# ---------------------------------------------------------------- events


class BootChanged(Message):
    """Python's start advanced. `failed` is terminal until the page starts the worker again."""

    stage: BootStage
    error: ErrorView | None = None


class TranscriptChanged(Message):
    """A record or its job changed; at most ten a second for one transcript."""

    transcript: TranscriptSummary


class SegmentsSaved(Message):
    """Words are committed: from index `first` on, the transcript now has exactly these segments.

    A first run only appends. A run over a part also sends the segments after the part.
    """

    transcript_id: str
    first: int
    segments: tuple[Segment, ...]


class TranscriptsRemoved(Message):
    """Transcripts were moved to the bin."""

    transcript_ids: tuple[str, ...]


class DownloadNeeded(Message):
    """A model must be fetched before the work can go on, and the user has not agreed yet."""

    model: str
    bytes: int
    metered: bool


class ServerNeeded(Message):
    """`auto` would send a recording to a server, and the user has not been asked yet."""

    origin: str
    transcript_id: str
    name: str
    bytes: int
    reason: Literal["cannot", "too-long"]
    """This device failed at it, or would take longer than the settings allow."""
    seconds: float = 0.0
    """How long this device would take, where that is the reason."""


class StatusChanged(Message):
    """Engine, storage, models or settings changed."""

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


class _TranscriptRequest(Message):
    """A request about one transcript; the reply is its line of the history, or the one named."""

    reply: ClassVar = TranscriptSummary
    transcript_id: str


class GetStatus(Message):
    """Ask for stage, engine, storage, models, settings and boot marks."""

    reply: ClassVar = Status


class AddFile(Message):
    """Add a recording (attachment 0: a Blob); answered once its audio is stored.

    A file that cannot be a recording, such as an empty one, is listed as `failed`.
    """

    reply: ClassVar = TranscriptSummary
    name: str
    options: TranscribeOptions = field(default_factory=TranscribeOptions)
    transcript_id: str = ""
    """Chosen by the page, so that it can show the row at once; made here when empty."""
    hold_double: bool = field(default=False, metadata=ADDED)
    """A recording that the library has already is paused until the user says what to do."""


class ImportFile(Message):
    """Add a transcript that another program made (attachment 0: a Blob).

    Its recording may come with it (attachment 1: a Blob); nothing is transcribed.
    """

    reply: ClassVar = TranscriptSummary
    name: str
    """Of the transcript's file; its extension is a sign of its format."""
    transcript_id: str = ""
    """Made here when empty."""


class ReplaceText(_TranscriptRequest):
    """Put the text of a file (attachment 0: a Blob) in the place of a recording's text.

    The former one is the previous version. A text without times gets those of the words that were
    heard. The answer is a `CorrectionsError` if corrections would be hidden: its message is the
    question.
    """

    name: str
    """Of the file; its extension is a sign of its format."""
    replace_corrections: bool = False
    """The user was asked and agreed."""


class ProvideFile(_TranscriptRequest):
    """Give the audio (attachment 0) again to a job in state `needs-file`."""


class ListTranscripts(Message):
    """List a page of the history or of the bin, newest first."""

    reply: ClassVar = TranscriptList
    before: str = ""
    """Cursor: the `next` of the page before."""
    limit: int = 100
    removed: bool = False
    """Those in the bin instead."""
    where: Literal["device", "server"] = field(default="device", metadata=ADDED)
    """In this library, or in the one of the server that the settings name."""


class GetTranscript(_TranscriptRequest):
    """Read a transcript with all segments and words."""

    reply: ClassVar = Transcript


class Search(Message):
    """Find words in names and texts, in this library or on the server."""

    reply: ClassVar = SearchResult
    query: str
    limit: int = 50
    language: str = ""
    tag: str = ""
    transcript_id: str = ""
    """Only in this transcript."""
    where: Literal["device", "server"] = "device"
    """In this library, or in the one of the server that the settings name."""
    speaker: str = field(default="", metadata=ADDED)
    """Only what a speaker of this name says; empty: what anybody says, and names of transcripts."""
    label: str = field(default="", metadata=ADDED)
    """Only words in highlights with this label, and what is noted there."""
    since: str = field(default="", metadata=ADDED)
    """A moment as in `created_at`: only transcripts made then or later; empty: also older ones."""
    until: str = field(default="", metadata=ADDED)
    """A moment: only transcripts made before; empty: also newer ones."""


class CopyTranscript(Message):
    """Copy a transcript that a search found on the server into this library."""

    reply: ClassVar = TranscriptSummary
    transcript_id: str
    """The hit's."""


class GetOriginal(_TranscriptRequest):
    """Compare a transcript with the one of the same run that a server has."""

    reply: ClassVar = OriginalView
    ask: bool = True
    """Ask the server too; False: only what is known here."""


class Synchronise(_TranscriptRequest):
    """Take in what was changed in the server's text, and send the user's corrections there.

    The answer is an `EditConflictError` if the same sentence was changed on both sides; its detail
    is JSON with the server's revision and both texts, and nothing is changed then.
    """

    reply: ClassVar = Updated
    send: bool = True
    """False: only take in what was changed on the server."""
    keep: dict[str, Literal["mine", "theirs"]] = field(
        default_factory=dict[str, 'Literal["mine", "theirs"]']
    )
    """Whose text stays in a conflict, by the index of its segment."""
    revision: int | None = None
    """That of the conflict which `keep` decides; another one of the server's asks again."""


class FetchAudio(_TranscriptRequest):
    """Copy the recording of a transcript from the server that has it."""


class Rename(_TranscriptRequest):
    """Change the name of a transcript."""

    name: str


class SetTags(_TranscriptRequest):
    """Replace the tags of a transcript."""

    tags: tuple[str, ...]


class EditSegment(_TranscriptRequest):
    """Replace a segment's text; the recognised text is kept beside it."""

    reply: ClassVar = Transcript
    segment: int
    text: str


class Update(_TranscriptRequest):
    """Change segments of a transcript, all at once.

    Indices and characters are those before the change. With the `revision` of the text that they
    were taken from, the answer is an `EditConflictError` if one of the segments or highlights has
    changed since; its detail is JSON with the new revision and both texts.
    """

    reply: ClassVar = Updated
    segments: dict[str, str] = field(default_factory=dict[str, str])
    """New texts by the index of their segment."""
    speakers: dict[str, str | None] = field(default_factory=dict[str, "str | None"])
    """Names of speakers by the index of the segment; null: nobody known."""
    split: tuple[SplitAt, ...] = ()
    join: tuple[int, ...] = ()
    """Segments that become one with the next."""
    move: tuple[MoveEdges, ...] = ()
    delete: tuple[int, ...] = ()
    restore: tuple[str, ...] = ()
    """Keys of deleted segments."""
    revision: int | None = None
    retype: tuple[RetypedText, ...] = ()
    """Paragraphs, which are compared with what was there: only segments that differ change."""
    highlights: HighlightChanges = field(default=HighlightChanges(), metadata=ADDED)
    overwrite: bool = False
    """Where a segment has changed since the revision, let these changes of the text win."""
    redact: tuple[RedactText, ...] = field(default=(), metadata=ADDED)
    unredact: tuple[str, ...] = field(default=(), metadata=ADDED)
    """Ids of redactions that are taken away."""


class Undo(_TranscriptRequest):
    """Take back the latest change of a text since the library was opened.

    With a `revision`, only if it is the change that made that revision.
    """

    reply: ClassVar = Updated
    revision: int | None = None


class Redo(_TranscriptRequest):
    """Make the change again that was taken back last."""

    reply: ClassVar = Updated


class ListVersions(_TranscriptRequest):
    """List the versions of a text, also those of earlier visits."""

    reply: ClassVar = TextVersions
    where: Literal["device", "server"] = field(default="device", metadata=ADDED)
    """Of the text here, or of the one on the server, with who changed what."""


class RestoreVersion(_TranscriptRequest):
    """Go back to the text of a version. That is a change like any other."""

    reply: ClassVar = Updated
    version: int


class CompareVersions(_TranscriptRequest):
    """Compare a version with a newer one, word by word."""

    reply: ClassVar = Differences
    version: int
    newer: int | None = None
    """None: the text as it is now."""


class Find(_TranscriptRequest):
    """Find text in a transcript, and see what would stand in its place."""

    reply: ClassVar = FoundTexts
    query: FindText
    replacement: str = ""


class Replace(_TranscriptRequest):
    """Replace what `Find` finds, as one change."""

    reply: ClassVar = Updated
    query: FindText
    replacement: str
    only: tuple[int, ...] | None = None
    """Numbers of the places in the result of `Find`; None: all of them."""
    revision: int | None = None
    """That of `FoundTexts`; needed with `only`."""


class FindEverywhere(Message):
    """Find text in all transcripts, and see what would stand in its place."""

    reply: ClassVar = FoundEverywhere
    query: FindText
    replacement: str = ""
    transcript_ids: tuple[str, ...] = ()
    """Where to look; none: in all of them."""


class ReplaceEverywhere(Message):
    """Replace what `FindEverywhere` finds, as one change."""

    reply: ClassVar = ReplacedEverywhere
    query: FindText
    replacement: str
    recordings: tuple[SearchedRecording, ...]


class ListDeleted(_TranscriptRequest):
    """List the segments that the user deleted."""

    reply: ClassVar = DeletedSegments


class ListRedactions(_TranscriptRequest):
    """List what is redacted in a transcript, with the words that are hidden."""

    reply: ClassVar = RedactionList


class MakeRedactionsFinal(_TranscriptRequest):
    """Delete the words of all redactions of a transcript, and the recording with these words.

    This cannot be undone. The versions of the text are deleted as well.
    """

    reply: ClassVar = RedactionsFinal
    redactions: tuple[Redaction, ...]
    """Those of the transcript, as the user saw them."""
    audio: SilencedAudio | None = None
    """Takes the place of the recording; null: no recording is stored."""


class FindSpeakers(_TranscriptRequest):
    """Tell the speakers of a recording apart, once its words are there.

    With another number the same analysis is used. False withdraws what has not ended.
    """

    speakers: SpeakerCount = True


class RenameSpeaker(_TranscriptRequest):
    """Give a speaker another name, everywhere.

    The answer is a `SameNameError` if another speaker has the name: its message is the question
    whether to merge the two, and its detail is the other's id.
    """

    reply: ClassVar = Transcript
    speaker: str
    name: str


class MergeSpeakers(_TranscriptRequest):
    """Make one speaker of two; the name is that of `into`."""

    reply: ClassVar = Transcript
    speaker: str
    into: str


class AddSpeaker(_TranscriptRequest):
    """Add a speaker by hand, who says nothing yet."""

    reply: ClassVar = Transcript
    name: str


class AssignSpeaker(_TranscriptRequest):
    """Say who says a segment."""

    reply: ClassVar = Transcript
    segment: int
    speaker: str
    """Empty: nobody known."""
    following: bool = False
    """Also every later segment of the same speaker."""


class SplitBySpeaker(_TranscriptRequest):
    """Split a segment before one of its words; another speaker says the rest."""

    reply: ClassVar = Transcript
    segment: int
    word: int
    speaker: str
    """Empty: nobody known."""


class AssignWords(_TranscriptRequest):
    """Say who says some words; segments are split where these words begin and end."""

    reply: ClassVar = Updated
    first: int
    """Index of the segment in which they begin."""
    start: int
    """Index of the first character in the text without space at its ends, in code points."""
    last: int
    """Index of the segment in which they end."""
    stop: int
    """Index of the character after the last one, as `start`."""
    speaker: str
    """Id of the speaker; empty: nobody known."""
    name: str = ""
    """Of a speaker who is new, instead of `speaker`."""


class SplitByVoice(_TranscriptRequest):
    """Give a segment, and all of the same speaker with the same voice, to a new speaker."""

    reply: ClassVar = Transcript
    segment: int


class RememberVoice(_TranscriptRequest):
    """Keep the voice of a speaker, so that later recordings have the speaker's name."""

    reply: ClassVar = Done
    speaker: str


class ForgetVoices(Message):
    """Delete remembered voices."""

    reply: ClassVar = Done
    names: tuple[str, ...] = ()
    """Empty: all."""


class GetDoubtfulWords(_TranscriptRequest):
    """Ask which words of a transcript a reader should check."""

    reply: ClassVar = DoubtfulWords


class CheckWord(_TranscriptRequest):
    """Mark a word as right, so that it is not doubtful any more."""

    reply: ClassVar = Done
    segment: int
    word: int


class Remove(Message):
    """Move transcripts to the bin, which keeps them for 30 days at most."""

    reply: ClassVar = Done
    transcript_ids: tuple[str, ...]


class Restore(Message):
    """Move transcripts from the bin back to the history."""

    reply: ClassVar = Done
    transcript_ids: tuple[str, ...]


class EmptyBin(Message):
    """Delete everything in the bin for good."""

    reply: ClassVar = Done


class Export(_TranscriptRequest):
    """Write a transcript as a file in one of the export formats."""

    reply: ClassVar = ExportedFile
    format: ExportFormat
    options: ExportOptions = field(default=ExportOptions(), metadata=ADDED)


class ExportSeveral(Message):
    """Write transcripts as files in one zip."""

    reply: ClassVar = BackupFile
    transcript_ids: tuple[str, ...]
    format: ExportFormat
    options: ExportOptions = ExportOptions()


class ExportAudio(_TranscriptRequest):
    """Describe a file with a recording's sound, or with parts of it."""

    reply: ClassVar = AudioExport
    format: AudioFormat
    parts: tuple[tuple[float, float], ...] = ()
    """Starts and ends in seconds; none: the whole recording."""


class ZipFiles(Message):
    """Write the attachments into one zip, under these names."""

    reply: ClassVar = BackupFile
    names: tuple[str, ...]


class ExportByExtension(_TranscriptRequest):
    """Write a transcript as a file in a format of an extension."""

    reply: ClassVar = ExportedFile
    format: str
    """The extension of its files."""


class ApplyRule(_TranscriptRequest):
    """Change a text by a rule of an extension, as one change."""

    reply: ClassVar = Updated
    rule: str


class ListExtensions(Message):
    """List the extensions on this device."""

    reply: ClassVar = ExtensionList


class AddExtension(Message):
    """Add an extension (attachment 0: its wheel, or a module; then wheels that it depends on)."""

    reply: ClassVar = ExtensionList
    names: tuple[str, ...]
    """Of the files, in the order of the attachments."""


class EnableExtension(Message):
    """Switch an extension on or off."""

    reply: ClassVar = ExtensionList
    name: str
    on: bool


class RemoveExtension(Message):
    """Delete an extension from this device."""

    reply: ClassVar = ExtensionList
    name: str


class GetFolder(Message):
    """Ask about the folder that is kept in step."""

    reply: ClassVar = FolderView


class ChooseFolder(Message):
    """Keep a folder in step from now on."""

    reply: ClassVar = FolderView
    name: str
    known: bool = False
    """It is the one that was chosen last: what was done in it counts."""


class ChangeFolder(Message):
    """Choose what is written into the folder."""

    reply: ClassVar = FolderView
    formats: tuple[ExportFormat, ...]
    backup: FolderBackup


class LookAtFolder(Message):
    """Ask what to do in the folder.

    A recording counts only if it was the same some seconds before: one that grows is not complete.
    """

    reply: ClassVar = FolderPlan
    files: tuple[FolderFile, ...]
    """All that are in it."""


class AddFromFolder(Message):
    """Add a recording of the folder (attachment 0: a Blob) if the library does not have it."""

    reply: ClassVar = TranscriptSummary
    file: FolderFile
    options: TranscribeOptions


class FolderFileWritten(Message):
    """A file was written into the folder: it is ours to write over."""

    reply: ClassVar = Done
    file: FolderFile
    """As it is now."""
    text: FolderText | None = None
    """What the plan said of it; None: it is the backup."""


class Retranscribe(_TranscriptRequest):
    """Transcribe again, whole or a span; edits outside the span stay.

    The answer is a `CorrectionsError` if corrections would be hidden: its message is the question.
    """

    options: TranscribeOptions
    start_s: float = 0.0
    end_s: float | None = None
    replace_corrections: bool = False
    """The user was asked and agreed."""


class GoBack(_TranscriptRequest):
    """Restore the text, corrections and job from before the latest run.

    The answer is a `CorrectionsError` if corrections made since would be hidden: its message is
    the question.
    """

    replace_corrections: bool = False
    """The user was asked and agreed."""


class Pause(_TranscriptRequest):
    """Stop a job after the batch in progress; the pause survives a reload."""


class Resume(_TranscriptRequest):
    """Continue a paused, failed or cancelled job from its last window."""


class Cancel(_TranscriptRequest):
    """End a job now; a first run keeps its words, a later run is taken away."""


class Prioritise(_TranscriptRequest):
    """Move a queued job to the front of the queue."""


class MoveJob(_TranscriptRequest):
    """Continue an unfinished or failed job on this device or on the server."""

    where: Literal["device", "server"]


class AllowServer(Message):
    """Store the answer to `ServerNeeded` in the settings."""

    reply: ClassVar = Done
    origin: str
    allowed: bool = True


class CheckServer(Message):
    """Check that the server of the settings answers and accepts the key."""

    reply: ClassVar = ServerView


class ApproveDownload(Message):
    """Answer `DownloadNeeded`: agreed or declined."""

    reply: ClassVar = Done
    model: str
    approved: bool = True


class Estimate(Message):
    """Estimate how long a recording of this length takes here, model by model."""

    reply: ClassVar = Estimates
    duration_s: float


class ChangeSettings(Message):
    """Replace the settings."""

    reply: ClassVar = Settings
    settings: Settings


class GetAudio(_TranscriptRequest):
    """Locate the stored audio for the player."""

    reply: ClassVar = AudioFile


class SaveBackup(Message):
    """Write the whole library into one zip file."""

    reply: ClassVar = BackupFile
    audio: bool = True
    """The kept recordings too, not only their words."""


class LoadBackup(Message):
    """Add the transcripts of a backup (attachment 0) that the library lacks or has in its bin."""

    reply: ClassVar = BackupLoaded


Request = (
    GetStatus | AddFile | ImportFile | ReplaceText | ProvideFile | ListTranscripts
    | GetTranscript | Search | Rename | SetTags | EditSegment | Remove | Restore | EmptyBin
    | Export | Retranscribe | GoBack | Pause | Resume | Cancel | Prioritise | MoveJob
    | ApproveDownload | AllowServer | CheckServer | Estimate | ChangeSettings | GetAudio
    | CopyTranscript | SaveBackup | LoadBackup | Update | Undo | Redo | ListVersions
    | RestoreVersion | CompareVersions | Find | Replace | ListDeleted | ListRedactions
    | MakeRedactionsFinal
    | FindSpeakers
    | RenameSpeaker | MergeSpeakers | AddSpeaker | AssignSpeaker | SplitBySpeaker | AssignWords
    | SplitByVoice | RememberVoice | ForgetVoices | GetDoubtfulWords | CheckWord
    | ExportSeveral | ExportByExtension | ApplyRule
    | ListExtensions | AddExtension | EnableExtension | RemoveExtension | ExportAudio | ZipFiles
    | GetFolder | ChooseFolder | ChangeFolder | LookAtFolder | AddFromFolder | FolderFileWritten
    | FindEverywhere | ReplaceEverywhere
    | GetOriginal | Synchronise | FetchAudio
)  # fmt: skip
