"""Every request, reply and event, typed once: for the workers' ports and for HTTP.

A request goes from the page to the library worker and gets exactly one reply, of the class that
its `reply` names, or an `ErrorView`. An event goes to every open page and is never answered. Files
travel beside a request as attachments, never inside it. The engine talks to the library in
`engine_messages`. `build.py contract` writes the page's types from these classes.

Each module has the messages of one subject, and what they hold. Here are the names of all.
"""

# pyright: reportUnusedImport=false

from __future__ import annotations

from earwitness.messages.backups import (
    BackupFile,
    BackupLoaded,
    LoadBackup,
    SaveBackup,
)
from earwitness.messages.base import (
    Done,
    Message,
)
from earwitness.messages.edits import (
    ChangedHighlight,
    ChangedSegments,
    CheckWord,
    DeletedSegment,
    DeletedSegments,
    DoubtfulWords,
    EditSegment,
    GetDoubtfulWords,
    GetHeardWord,
    HeardWord,
    HighlightChanges,
    ListDeleted,
    MoveEdges,
    NewHighlight,
    RedactText,
    ReplaceWord,
    RetypedText,
    SplitAt,
    Update,
    Updated,
)
from earwitness.messages.exports import (
    EXPORT_LIMITS,
    AudioExport,
    AudioFormat,
    Export,
    ExportAudio,
    ExportedFile,
    ExportFormat,
    ExportOptions,
    ExportSeveral,
    SubtitleRules,
    ZipFiles,
)
from earwitness.messages.extensions import (
    AddExtension,
    ApplyRule,
    EnableExtension,
    ExportByExtension,
    ExtensionList,
    ExtensionView,
    FormatOfExtension,
    ListExtensions,
    RemoveExtension,
    RuleOfExtension,
)
from earwitness.messages.folder import (
    AddFromFolder,
    ChangeFolder,
    ChooseFolder,
    FolderBackup,
    FolderFile,
    FolderFileWritten,
    FolderPlan,
    FolderText,
    FolderView,
    GetFolder,
    LookAtFolder,
)
from earwitness.messages.jobs import (
    AllowServer,
    ApproveDownload,
    Cancel,
    DownloadNeeded,
    Estimate,
    Estimates,
    GoBack,
    MoveJob,
    Pause,
    Prioritise,
    ProvideFile,
    Resume,
    Retranscribe,
    ServerNeeded,
)
from earwitness.messages.redactions import (
    ListRedactions,
    MakeRedactionsFinal,
    RedactedPart,
    RedactionList,
    RedactionsFinal,
    SilencedAudio,
)
from earwitness.messages.replacing import (
    Find,
    FindEverywhere,
    FindText,
    FoundEverywhere,
    FoundInRecording,
    FoundText,
    FoundTexts,
    Replace,
    ReplacedEverywhere,
    ReplacedInRecording,
    ReplaceEverywhere,
    SearchedRecording,
)
from earwitness.messages.search import (
    Hit,
    Search,
    SearchResult,
)
from earwitness.messages.servers import (
    CheckServer,
    CopyTranscript,
    FetchAudio,
    GetOriginal,
    OriginalView,
    ServerView,
    Synchronise,
)
from earwitness.messages.speakers import (
    AddSpeaker,
    AssignSpeaker,
    AssignWords,
    FindSpeakers,
    ForgetVoices,
    MergeSpeakers,
    RememberVoice,
    RenameSpeaker,
    SplitByVoice,
)
from earwitness.messages.status import (
    BootChanged,
    BootStage,
    ChangeSettings,
    GetStatus,
    ModelView,
    Settings,
    Status,
    StatusChanged,
)
from earwitness.messages.summaries import (
    JobState,
    JobView,
    PartialText,
    SpeakerCount,
    SpeakerJob,
    SpeakerState,
    TranscribeOptions,
    TranscriptChanged,
    TranscriptSummary,
    Where,
)
from earwitness.messages.transcripts import (
    AddFile,
    AudioFile,
    EmptyBin,
    GetAudio,
    GetTranscript,
    ImportFile,
    ListTranscripts,
    Remove,
    Rename,
    ReplaceText,
    Restore,
    SegmentsSaved,
    SetTags,
    TranscriptList,
    TranscriptsRemoved,
)
from earwitness.messages.versions import (
    CompareVersions,
    Difference,
    Differences,
    DifferentWords,
    ListVersions,
    Redo,
    RestoreVersion,
    TextVersion,
    TextVersions,
    Undo,
)
from earwitness.transcript import Transcript

Reply = (
    Done | Status | TranscriptSummary | TranscriptList | Transcript | SearchResult | ExportedFile
    | Estimates | Settings | AudioFile | ServerView | BackupFile | BackupLoaded | Updated
    | TextVersions | Differences | FoundTexts | DeletedSegments | RedactionList | RedactionsFinal
    | DoubtfulWords | HeardWord | ExtensionList | AudioExport | FoundEverywhere | ReplacedEverywhere
    | FolderView | FolderPlan | OriginalView
)  # fmt: skip

Event = (
    BootChanged
    | TranscriptChanged
    | SegmentsSaved
    | TranscriptsRemoved
    | DownloadNeeded
    | ServerNeeded
    | StatusChanged
)

Request = (
    GetStatus | AddFile | ImportFile | ReplaceText | ProvideFile | ListTranscripts
    | GetTranscript | Search | Rename | SetTags | EditSegment | Remove | Restore | EmptyBin
    | Export | Retranscribe | GoBack | Pause | Resume | Cancel | Prioritise | MoveJob
    | ApproveDownload | AllowServer | CheckServer | Estimate | ChangeSettings | GetAudio
    | CopyTranscript | SaveBackup | LoadBackup | Update | Undo | Redo | ListVersions
    | RestoreVersion | CompareVersions | Find | Replace | ListDeleted | ListRedactions
    | MakeRedactionsFinal
    | FindSpeakers
    | RenameSpeaker | MergeSpeakers | AddSpeaker | AssignSpeaker | AssignWords
    | SplitByVoice | RememberVoice | ForgetVoices | GetDoubtfulWords | CheckWord
    | GetHeardWord | ReplaceWord
    | ExportSeveral | ExportByExtension | ApplyRule
    | ListExtensions | AddExtension | EnableExtension | RemoveExtension | ExportAudio | ZipFiles
    | GetFolder | ChooseFolder | ChangeFolder | LookAtFolder | AddFromFolder | FolderFileWritten
    | FindEverywhere | ReplaceEverywhere
    | GetOriginal | Synchronise | FetchAudio
)  # fmt: skip
