// Written by `python3 build.py contract` from py/earwitness. Edit the Python, not this file.

export type Task = 'transcribe' | 'translate';

export type HighlightColour = 'yellow' | 'green' | 'blue' | 'pink' | 'purple';

/** Of exported sound. Each browser writes `wav`; some write the others. */
export type AudioFormat = 'wav' | 'm4a' | 'opus';

export type ExportFormat =
  | 'txt'
  | 'srt'
  | 'vtt'
  | 'json'
  | 'tsv'
  | 'csv'
  | 'md'
  | 'lrc'
  | 'ass'
  | 'docx'
  | 'html'
  | 'ttml'
  | 'openai'
  | 'labels'
  | 'chapters'
  | 'edl'
  | 'fcpxml';

export type SubtitleRules = 'earwitness' | 'netflix' | 'bbc';

/** What the daily backup in the folder holds: words, or recordings as well. */
export type FolderBackup = 'off' | 'texts' | 'everything';

export type BootStage = 'starting' | 'python' | 'library' | 'ready' | 'failed';

/** `pausing`: the pause is saved, but the engine is not free yet; shown, never kept. */
export type JobState =
  | 'queued'
  | 'loading'
  | 'transcribing'
  | 'pausing'
  | 'paused'
  | 'needs-file'
  | 'done'
  | 'failed'
  | 'cancelled';

export type SpeakerState = 'queued' | 'loading' | 'running' | 'done' | 'failed';

export type Where = 'device' | 'server' | 'auto';

/** One word; `text` begins with a space where the script has one. */
export interface Word {
  text: string;
  start_s: number;
  end_s: number;
  /** Mean probability of the word's tokens, 0 to 1; null where it is unknown. */
  probability: number | null;
  /** The id of the person who says it; null where it is unknown. */
  speaker: string | null;
  /** What else the recognition heard it as, likeliest first, without spaces and marks around. */
  alternatives: string[];
}

/** A part of the speech, about a sentence. Times are in order within a transcript. */
export interface Segment {
  start_s: number;
  end_s: number;
  text: string;
  words: Word[];
  /** The id of one of the transcript's speakers; null where it is unknown. */
  speaker: string | null;
  temperature: number;
  average_log_probability: number | null;
  compression_ratio: number | null;
  no_speech_probability: number | null;
  /** The recognised text, where `text` is a correction; null: there is no correction. */
  heard: string | null;
  /** Whisper's code of the spoken language; null: the transcript's. */
  language: string | null;
  /** Indices of the words whose times are estimated, because the user typed them. */
  estimated_words: number[];
  /** Whether start or end are estimated: the user split the segment where no word ends. */
  edges_estimated: boolean;
  /** The channel that it was heard in, from 0; null: all channels were heard together. */
  channel: number | null;
  /** Whether the user began a paragraph with it; others begin where `domain.paragraphs` says. */
  begins_paragraph: boolean;
}

/** A person of a recording. */
export interface Speaker {
  id: string;
  /** At first the id. */
  name: string;
  /** How long the person speaks. */
  spoken_s: number;
}

/**
 * One person speaks without a longer pause, as measured in the sound.
 *
 * Turns of different people may overlap.
 */
export interface Turn {
  /** The person's id. */
  speaker: string;
  start_s: number;
  end_s: number;
}

/**
 * A part of the recording that the user marked; the words in it may change.
 *
 * A word belongs to it if the word's middle lies in it.
 */
export interface Highlight {
  id: string;
  start_s: number;
  end_s: number;
  colour: HighlightColour;
  /** What it is about, in a word or two, for filters. */
  label: string;
  /** What the user says about it; it may have several lines. */
  note: string;
}

/** A part of the recording whose words nobody is to read or hear. */
export interface Redaction {
  /** Unique in the transcript. */
  id: string;
  start_s: number;
  end_s: number;
  /** The words are deleted and the recording is silent there; this cannot be undone. */
  final: boolean;
}

/** A recording's text, and what a reader or an export needs beside it. */
export interface Transcript {
  id: string;
  /** The name shown to the user; at first the file's name. */
  name: string;
  /** UTC, ISO 8601 with a `Z`. */
  created_at: string;
  duration_s: number;
  model: string;
  task: Task;
  /** Whisper's code (`en`, `cs` …) of the language spoken longest; null until it is known. */
  language: string | null;
  /** 1.0 if the user chose the language. */
  language_probability: number | null;
  segments: Segment[];
  tags: string[];
  /** Grows with each change of the text; a change names the one that it was made on. */
  revision: number;
  /** The people who speak, in the order of their first words; empty where they are unknown. */
  speakers: Speaker[];
  /** Who speaks when, in the order of the starts; empty where the sound was not analysed. */
  turns: Turn[];
  /** What the user marked, in the order of the starts. */
  highlights: Highlight[];
  /** In order of time. The segments do not have the words of these parts. */
  redactions: Redaction[];
}

/** An error as plain data. */
export interface ErrorView {
  type: string;
  /** What happened, one sentence for the user. */
  message: string;
  /** What to do next, one sentence for the user; may be empty. */
  hint: string;
  /** Details for a bug report; may be empty. */
  detail: string;
}

/** A zip file in the origin's private file system; the next visit deletes it. */
export interface BackupFile {
  type: 'backup-file';
  path: string;
  name: string;
  bytes: number;
}

/** Ids that were added, and ids that the library had already, which are unchanged. */
export interface BackupLoaded {
  type: 'backup-loaded';
  /** They are in the library now; some may have been in its bin. */
  added: string[];
  known: string[];
  /** These came into the bin, where they were when the backup was saved. */
  in_bin: string[];
}

/** Add the transcripts of a backup (attachment 0) that the library lacks or has in its bin. */
export interface LoadBackup {
  type: 'load-backup';
  /** What is added counts as made now, as the sample recording that comes with the page. */
  made_now?: boolean;
}

/** Write the whole library into one zip file. */
export interface SaveBackup {
  type: 'save-backup';
  /** The kept recordings too, not only their words. */
  audio?: boolean;
}

/** The request is carried out and saved. */
export interface Done {
  type: 'done';
}

/** New values of a highlight; null: as before. */
export interface ChangedHighlight {
  start_s: number | null;
  end_s: number | null;
  colour: HighlightColour | null;
  label: string | null;
  note: string | null;
}

/** Segments that stand in the place of others. */
export interface ChangedSegments {
  /** Index of the first one before the change. */
  first: number;
  /** How many were there. */
  removed: number;
  segments: Segment[];
}

/** Mark a word as right, so that it is not doubtful any more. */
export interface CheckWord {
  type: 'check-word';
  transcript_id: string;
  segment: number;
  word: number;
}

/** A segment that the user deleted. */
export interface DeletedSegment {
  /** Names it in `Update`. */
  key: string;
  /** Index of the segment that stands in its place now. */
  segment: number;
  text: string;
  start_s: number;
  end_s: number;
}

/** The segments that the user deleted, in order. */
export interface DeletedSegments {
  type: 'deleted-segments';
  segments: DeletedSegment[];
}

/** Places of the words that a reader should check, in order. */
export interface DoubtfulWords {
  type: 'doubtful-words';
  /** Index of the segment, and of the word in it. */
  words: [number, number][];
  /** Stretches whose speaker is uncertain: segment, first word, and the word after the last. */
  speakers: [number, number, number][];
}

/** Replace a segment's text; the recognised text is kept beside it. */
export interface EditSegment {
  type: 'edit-segment';
  transcript_id: string;
  segment: number;
  text: string;
}

/** Ask which words of a transcript a reader should check. */
export interface GetDoubtfulWords {
  type: 'get-doubtful-words';
  transcript_id: string;
}

/** Ask what was heard at a word of the text. */
export interface GetHeardWord {
  type: 'get-heard-word';
  transcript_id: string;
  segment: number;
  word: number;
}

/** What was heard where a word stands. */
export interface HeardWord {
  type: 'heard-word';
  /** Of one word or several; empty where nothing was. */
  text: string;
  /** What else the recognition heard it as, likeliest first, without marks around it. */
  alternatives: string[];
}

/** Changes of a transcript's highlights. */
export interface HighlightChanges {
  add: NewHighlight[];
  /** By the highlight's id. */
  change: Record<string, ChangedHighlight>;
  /** Ids. */
  remove: string[];
}

/** List the segments that the user deleted. */
export interface ListDeleted {
  type: 'list-deleted';
  transcript_id: string;
}

/** New times of a segment; null: as before. */
export interface MoveEdges {
  segment: number;
  start_s: number | null;
  end_s: number | null;
}

/** A part of the recording to mark. */
export interface NewHighlight {
  start_s: number;
  end_s: number;
  colour: HighlightColour;
  label: string;
  note: string;
  /** 1 to 64 letters, digits, '-' or '_'; empty: the library chooses one. */
  id: string;
}

/** Characters of a segment, without space at its ends, whose words are redacted. */
export interface RedactText {
  segment: number;
  /** In Unicode code points. */
  from_char: number;
  /** The one after the last. */
  to_char: number;
}

/** Put another word in the place of one; the marks around it stay where `text` has none. */
export interface ReplaceWord {
  type: 'replace-word';
  transcript_id: string;
  segment: number;
  word: number;
  text: string;
  /** As in `Update`. */
  revision?: number | null;
}

/** A paragraph that the user has typed over. */
export interface RetypedText {
  /** Index of its first segment. */
  first: number;
  /** The texts of its segments when the user began. */
  before: string[];
  /**
   * All of it now. A paragraph begins after each line break, and a segment is split there; one
   * without words is deleted.
   */
  text: string;
  /**
   * Segments of it that become one with the next. Where the user began a paragraph between two
   * sentences they stay two, of one paragraph.
   */
  join: number[];
}

/** Where a segment is split. */
export interface SplitAt {
  segment: number;
  /** Index of the first character of the second part, in Unicode code points. */
  at_char: number;
}

/**
 * Change segments of a transcript, all at once.
 *
 * Indices and characters are those before the change. With the `revision` of the text that they
 * were taken from, the answer is an `EditConflictError` if one of the segments or highlights has
 * changed since; its detail is JSON with the new revision and both texts.
 */
export interface Update {
  type: 'update';
  transcript_id: string;
  /** New texts by the index of their segment. */
  segments?: Record<string, string>;
  /** Names of speakers by the index of the segment; null: nobody known. */
  speakers?: Record<string, string | null>;
  split?: SplitAt[];
  /** Segments that become one with the next. */
  join?: number[];
  move?: MoveEdges[];
  delete?: number[];
  /** Keys of deleted segments. */
  restore?: string[];
  revision?: number | null;
  /** Paragraphs, which are compared with what was there: only segments that differ change. */
  retype?: RetypedText[];
  highlights?: HighlightChanges;
  /** Where a segment has changed since the revision, let these changes of the text win. */
  overwrite?: boolean;
  redact?: RedactText[];
  /** Ids of redactions that are taken away. */
  unredact?: string[];
  /** Whether a paragraph begins with a segment because the user wants it, by its index. */
  paragraphs?: Record<string, boolean>;
}

/** A change of the text is saved. */
export interface Updated {
  type: 'updated';
  transcript: TranscriptSummary;
  /** What to put in the place of what, from the last one to the first. */
  changes: ChangedSegments[];
  can_undo: boolean;
  can_redo: boolean;
  /** The change in a few words; empty: nothing was changed. */
  what: string;
  /** All highlights, in order, if the change was of highlights; else null. */
  highlights: Highlight[] | null;
}

/** What a file with a recording's sound holds. The page writes it, because it decodes. */
export interface AudioExport {
  type: 'audio-export';
  /** Of the file. */
  name: string;
  /** As `AudioFile` has it. */
  path: string;
  track: number;
  container: string;
  /** Starts and ends in seconds, in order; none: the whole recording. */
  parts: [number, number][];
  /** Starts and ends of what must not be heard. */
  silent: [number, number][];
}

/** Write a transcript as a file in one of the export formats. */
export interface Export {
  type: 'export';
  transcript_id: string;
  format: ExportFormat;
  options?: ExportOptions;
}

/** Describe a file with a recording's sound, or with parts of it. */
export interface ExportAudio {
  type: 'export-audio';
  transcript_id: string;
  format: AudioFormat;
  /** Starts and ends in seconds; none: the whole recording. */
  parts?: [number, number][];
  /** What is highlighted, in order, instead of `parts`. */
  highlights_only?: boolean;
}

/** A file to save: text in UTF-8, or bytes. */
export interface ExportedFile {
  type: 'exported-file';
  name: string;
  media_type: string;
  text: string;
  /** The bytes of a file that is no text; `text` is empty then. */
  base64: string;
}

/**
 * How a file is written. null and 0 stand for the format's own way.
 *
 * `docs/formats.md` says which format knows which option; the others ignore it.
 */
export interface ExportOptions {
  /** Write the speakers' names. */
  speakers: boolean | null;
  /** Write times in texts and documents. */
  times: boolean | null;
  /** The least time from one written time to the next. */
  times_every_s: number;
  /** Join the sentences of a paragraph. */
  paragraphs: boolean | null;
  /** Write the times of words. */
  words: boolean;
  /** A table of times, speakers and texts in a document, for interviews. */
  table: boolean;
  /** The style guide that subtitles follow. */
  rules: SubtitleRules;
  /** Subtitles for children, who read more slowly. */
  children: boolean;
  /** The most characters of a line of subtitles. */
  columns: number;
  /** The most lines of a subtitle. */
  lines: number;
  /** The video's frame rate, for gaps between subtitles and for markers. */
  frames_per_s: number;
  /** Begin a table with the mark by which Excel knows UTF-8. */
  byte_order_mark: boolean;
  /** Write highlights: marked in the text, and listed with their notes. */
  highlights: boolean | null;
  /** Write nothing but the highlights; other formats, nothing but their words. */
  highlights_only: boolean;
}

/** Write transcripts as files in one zip. */
export interface ExportSeveral {
  type: 'export-several';
  transcript_ids: string[];
  format: ExportFormat;
  options?: ExportOptions;
}

/** Write the attachments into one zip, under these names. */
export interface ZipFiles {
  type: 'zip-files';
  names: string[];
}

/** Add an extension (attachment 0: its wheel, or a module; then wheels that it depends on). */
export interface AddExtension {
  type: 'add-extension';
  /** Of the files, in the order of the attachments. */
  names: string[];
}

/** Change a text by a rule of an extension, as one change. */
export interface ApplyRule {
  type: 'apply-rule';
  transcript_id: string;
  rule: string;
}

/** Switch an extension on or off. */
export interface EnableExtension {
  type: 'enable-extension';
  name: string;
  on: boolean;
}

/** Write a transcript as a file in a format of an extension. */
export interface ExportByExtension {
  type: 'export-by-extension';
  transcript_id: string;
  /** The extension of its files. */
  format: string;
}

/** The extensions on this device, by name. */
export interface ExtensionList {
  type: 'extension-list';
  extensions: ExtensionView[];
}

/** A package of the user that adds formats and rules. */
export interface ExtensionView {
  name: string;
  version: string;
  summary: string;
  on: boolean;
  formats: FormatOfExtension[];
  rules: RuleOfExtension[];
}

/** A format that a package brings. */
export interface FormatOfExtension {
  extension: string;
  title: string;
  media_type: string;
  reads: boolean;
  writes: boolean;
}

/** List the extensions on this device. */
export interface ListExtensions {
  type: 'list-extensions';
}

/** Delete an extension from this device. */
export interface RemoveExtension {
  type: 'remove-extension';
  name: string;
}

/** A rule that a package brings. */
export interface RuleOfExtension {
  /** Of its entry point. */
  name: string;
  title: string;
}

/** Add a recording of the folder (attachment 0: a Blob) if the library does not have it. */
export interface AddFromFolder {
  type: 'add-from-folder';
  file: FolderFile;
  options: TranscribeOptions;
}

/** Choose what is written into the folder. */
export interface ChangeFolder {
  type: 'change-folder';
  formats: ExportFormat[];
  backup: FolderBackup;
}

/** Keep a folder in step from now on. */
export interface ChooseFolder {
  type: 'choose-folder';
  name: string;
  /** It is the one that was chosen last: what was done in it counts. */
  known?: boolean;
}

/** A file in the folder that is kept in step. */
export interface FolderFile {
  /** From the folder on, with slashes. */
  path: string;
  bytes: number;
  /** Since 1970, UTC. */
  modified_ms: number;
}

/** A file was written into the folder: it is ours to write over. */
export interface FolderFileWritten {
  type: 'folder-file-written';
  /** As it is now. */
  file: FolderFile;
  /** What the plan said of it; null: it is the backup. */
  text?: FolderText | null;
}

/** What to do in the folder now. */
export interface FolderPlan {
  type: 'folder-plan';
  /** Paths of recordings that the library does not have yet. */
  add: string[];
  write: FolderText[];
  /** Path of a backup to write; empty: none is due. */
  backup: string;
}

/** A transcript to write into the folder. */
export interface FolderText {
  path: string;
  transcript_id: string;
  format: ExportFormat;
  revision: number;
  /** The file to write over, if it is still like this; null: there must be none. */
  replaces: FolderFile | null;
}

/** The folder that is kept in step, and what was done in it. */
export interface FolderView {
  type: 'folder-view';
  /** Empty: none was chosen yet. */
  name: string;
  formats: ExportFormat[];
  backup: FolderBackup;
  /** Added from it. */
  recordings: number;
  /** Written into it. */
  texts: number;
  /** Date of the last backup in it; empty: none yet. */
  backup_day: string;
}

/** Ask about the folder that is kept in step. */
export interface GetFolder {
  type: 'get-folder';
}

/**
 * Ask what to do in the folder.
 *
 * A recording counts only if it was the same some seconds before: one that grows is not complete.
 */
export interface LookAtFolder {
  type: 'look-at-folder';
  /** All that are in it. */
  files: FolderFile[];
}

/** Store the answer to `ServerNeeded` in the settings. */
export interface AllowServer {
  type: 'allow-server';
  origin: string;
  allowed?: boolean;
}

/** Answer `DownloadNeeded`: agreed or declined. */
export interface ApproveDownload {
  type: 'approve-download';
  model: string;
  approved?: boolean;
}

/** End a job now; a first run keeps its words, a later run is taken away. */
export interface Cancel {
  type: 'cancel';
  transcript_id: string;
}

/** A model must be fetched before the work can go on, and the user has not agreed yet. */
export interface DownloadNeeded {
  type: 'download-needed';
  model: string;
  bytes: number;
  metered: boolean;
}

/** Estimate how long a recording of this length takes here, model by model. */
export interface Estimate {
  type: 'estimate';
  duration_s: number;
}

/** Time a recording would take with each model, slowest choice included. */
export interface Estimates {
  type: 'estimates';
  seconds_by_model: Record<string, number>;
}

/**
 * Restore the text, corrections and job from before the latest run.
 *
 * The answer is a `CorrectionsError` if corrections made since would be hidden: its message is
 * the question.
 */
export interface GoBack {
  type: 'go-back';
  transcript_id: string;
  /** The user was asked and agreed. */
  replace_corrections?: boolean;
}

/** Continue an unfinished or failed job on this device or on the server. */
export interface MoveJob {
  type: 'move-job';
  transcript_id: string;
  where: 'device' | 'server';
}

/** Stop a job after the batch in progress; the pause survives a reload. */
export interface Pause {
  type: 'pause';
  transcript_id: string;
}

/** Move a queued job to the front of the queue. */
export interface Prioritise {
  type: 'prioritise';
  transcript_id: string;
}

/** Give the audio (attachment 0) again to a job in state `needs-file`. */
export interface ProvideFile {
  type: 'provide-file';
  transcript_id: string;
}

/** Continue a paused, failed or cancelled job from its last window. */
export interface Resume {
  type: 'resume';
  transcript_id: string;
}

/**
 * Transcribe again, whole or a span; edits outside the span stay.
 *
 * The answer is a `CorrectionsError` if corrections would be hidden: its message is the question.
 */
export interface Retranscribe {
  type: 'retranscribe';
  transcript_id: string;
  options: TranscribeOptions;
  start_s?: number;
  end_s?: number | null;
  /** The user was asked and agreed. */
  replace_corrections?: boolean;
}

/** `auto` would send a recording to a server, and the user has not been asked yet. */
export interface ServerNeeded {
  type: 'server-needed';
  origin: string;
  transcript_id: string;
  name: string;
  bytes: number;
  /** This device failed at it, or would take longer than the settings allow. */
  reason: 'cannot' | 'too-long';
  /** How long this device would take, where that is the reason. */
  seconds: number;
}

/** List what is redacted in a transcript, with the words that are hidden. */
export interface ListRedactions {
  type: 'list-redactions';
  transcript_id: string;
}

/**
 * Delete the words of all redactions of a transcript, and the recording with these words.
 *
 * This cannot be undone. The versions of the text are deleted as well.
 */
export interface MakeRedactionsFinal {
  type: 'make-redactions-final';
  transcript_id: string;
  /** Those of the transcript, as the user saw them. */
  redactions: Redaction[];
  /** Takes the place of the recording; null: no recording is stored. */
  audio?: SilencedAudio | null;
}

/** A redaction of a transcript. */
export interface RedactedPart {
  id: string;
  start_s: number;
  end_s: number;
  /** The words are deleted, and the recording is silent there. */
  final: boolean;
  /** Index of the first segment of which it hides words; null: there are no words. */
  segment: number | null;
  /** The hidden words; empty where it is final. */
  text: string;
}

/** The redactions of a transcript, in order of time, with the words that they hide. */
export interface RedactionList {
  type: 'redaction-list';
  redactions: RedactedPart[];
}

/** The redactions of a transcript are final. */
export interface RedactionsFinal {
  type: 'redactions-final';
  transcript: TranscriptSummary;
  /** Origin of the server that still has the words of the recording; empty: none. */
  server: string;
}

/** A recording that is silent where words are redacted, in the audio store. */
export interface SilencedAudio {
  path: string;
  bytes: number;
  /** SHA-256 of the content, hex. */
  fingerprint: string;
  media_type: string;
}

/** Find text in a transcript, and see what would stand in its place. */
export interface Find {
  type: 'find';
  transcript_id: string;
  query: FindText;
  replacement?: string;
}

/** Find text in all transcripts, and see what would stand in its place. */
export interface FindEverywhere {
  type: 'find-everywhere';
  query: FindText;
  replacement?: string;
  /** Where to look; none: in all of them. */
  transcript_ids?: string[];
}

/** What to look for in a transcript. */
export interface FindText {
  text: string;
  match_case: boolean;
  whole_words: boolean;
  /** In the syntax of Python's `re`, within one segment. */
  regular_expression: boolean;
  /** A phrase may begin in one segment and end in another. */
  across_segments: boolean;
}

/** The transcripts with places that match, newest first. */
export interface FoundEverywhere {
  type: 'found-everywhere';
  recordings: FoundInRecording[];
}

/** The places of one transcript that match. */
export interface FoundInRecording {
  transcript_id: string;
  name: string;
  /** Of the text that was searched. */
  revision: number;
  count: number;
  /** The first few of them. */
  places: FoundText[];
}

/** A place that matches. */
export interface FoundText {
  /** Where it begins. */
  segment: number;
  /** Index of its first character in the text without space at its ends, in code points. */
  start: number;
  text: string;
  /** A few words before it. */
  before: string;
  after: string;
  replacement: string;
}

/** The places that match, in order. */
export interface FoundTexts {
  type: 'found-texts';
  places: FoundText[];
  /** Of the text that was searched. */
  revision: number;
}

/** Replace what `Find` finds, as one change. */
export interface Replace {
  type: 'replace';
  transcript_id: string;
  query: FindText;
  replacement: string;
  /** Numbers of the places in the result of `Find`; null: all of them. */
  only?: number[] | null;
  /** That of `FoundTexts`; needed with `only`. */
  revision?: number | null;
}

/** What was replaced, as one change; `Undo` in any of the transcripts takes all of it back. */
export interface ReplacedEverywhere {
  type: 'replaced-everywhere';
  replaced: ReplacedInRecording[];
  /** Names of transcripts that have changed since the search, and were left as they are. */
  changed_since: string[];
  /** Names of transcripts that could not be saved. */
  not_saved: string[];
  /** Why they could not be saved. */
  error: ErrorView | null;
}

/** The places of one transcript that were replaced. */
export interface ReplacedInRecording {
  transcript_id: string;
  name: string;
  count: number;
  /** That the replacement made, for `Undo`. */
  revision: number;
}

/** Replace what `FindEverywhere` finds, as one change. */
export interface ReplaceEverywhere {
  type: 'replace-everywhere';
  query: FindText;
  replacement: string;
  recordings: SearchedRecording[];
}

/** A transcript in which everything that matches is replaced. */
export interface SearchedRecording {
  transcript_id: string;
  /** That of `FoundInRecording`; a text that has changed since is left as it is. */
  revision: number;
}

/** One place where a search matched. */
export interface Hit {
  transcript_id: string;
  name: string;
  /** Index of the segment in the transcript; null where the name matched. */
  segment: number | null;
  start_s: number;
  end_s: number;
  /** Text around the match; matched parts stand between U+E000 and U+E001. */
  snippet: string;
  score: number;
  /** Origin of the server that alone has it; empty: it is in this library. */
  server: string;
  /** The line has words that are spelled like the ones typed, not these words. */
  guess: boolean;
  /** The label or the note of a highlight matched. `segment` is where the highlight begins. */
  note: boolean;
}

/** Find words in names and texts, in this library or on the server. */
export interface Search {
  type: 'search';
  query: string;
  limit?: number;
  language?: string;
  tag?: string;
  /** Only in this transcript. */
  transcript_id?: string;
  /** In this library, or in the one of the server that the settings name. */
  where?: 'device' | 'server';
  /** Only what a speaker of this name says; empty: what anybody says, and names of transcripts. */
  speaker?: string;
  /** Only words in highlights with this label, and what is noted there. */
  label?: string;
  /** A moment as in `created_at`: only transcripts made then or later; empty: also older ones. */
  since?: string;
  /** A moment: only transcripts made before; empty: also newer ones. */
  until?: string;
}

/** Hits, best first. */
export interface SearchResult {
  type: 'search-result';
  hits: Hit[];
  took_ms: number;
  /** Whether the index is still being built, so that hits may be missing. */
  indexing: boolean;
}

/** Check that the server of the settings answers and accepts the key. */
export interface CheckServer {
  type: 'check-server';
}

/** Copy a transcript that a search found on the server into this library. */
export interface CopyTranscript {
  type: 'copy-transcript';
  /** The hit's. */
  transcript_id: string;
}

/** Copy the recording of a transcript from the server that has it. */
export interface FetchAudio {
  type: 'fetch-audio';
  transcript_id: string;
}

/** Compare a transcript with the one of the same run that a server has. */
export interface GetOriginal {
  type: 'get-original';
  transcript_id: string;
  /** Ask the server too; False: only what is known here. */
  ask?: boolean;
}

/** How the text of a server, and this library's copy of it, differ. */
export interface OriginalView {
  type: 'original-view';
  /** At how many places the user has corrected the copy since both were the same. */
  unsent: number;
  /** What was changed on the server since then, newest first. */
  newer: TextVersion[];
  /** Whether corrections may be sent there; False as well while the server is not asked. */
  may_change: boolean;
  /** Of the recording there, where this library has none. */
  audio_bytes: number;
  /** Why the server cannot be asked. */
  error: ErrorView | null;
}

/** The server that the settings name. */
export interface ServerView {
  type: 'server-view';
  origin: string;
  /** `earwitness`: resumable jobs and search; `openai`: one request a recording. */
  kind: 'earwitness' | 'openai';
  /** The user chose it, or agreed to it: recordings may go there. */
  allowed: boolean;
  /** Its models; only in the reply to `CheckServer`. */
  models: string[];
}

/**
 * Take in what was changed in the server's text, and send the user's corrections there.
 *
 * The answer is an `EditConflictError` if the same sentence was changed on both sides; its detail
 * is JSON with the server's revision and both texts, and nothing is changed then.
 */
export interface Synchronise {
  type: 'synchronise';
  transcript_id: string;
  /** False: only take in what was changed on the server. */
  send?: boolean;
  /** Whose text stays in a conflict, by the index of its segment. */
  keep?: Record<string, 'mine' | 'theirs'>;
  /** That of the conflict which `keep` decides; another one of the server's asks again. */
  revision?: number | null;
}

/** Add a speaker by hand, who says nothing yet. */
export interface AddSpeaker {
  type: 'add-speaker';
  transcript_id: string;
  name: string;
}

/** Say who says a segment. */
export interface AssignSpeaker {
  type: 'assign-speaker';
  transcript_id: string;
  segment: number;
  /** Empty: nobody known. */
  speaker: string;
  /** Also every later segment of the same speaker. */
  following?: boolean;
}

/** Say who says some words; segments are split where these words begin and end. */
export interface AssignWords {
  type: 'assign-words';
  transcript_id: string;
  /** Index of the segment in which they begin. */
  first: number;
  /** Index of the first character in the text without space at its ends, in code points. */
  start: number;
  /** Index of the segment in which they end. */
  last: number;
  /** Index of the character after the last one, as `start`. */
  stop: number;
  /** Id of the speaker; empty: nobody known. */
  speaker: string;
  /** Of a speaker who is new, instead of `speaker`. */
  name?: string;
}

/**
 * Tell the speakers of a recording apart, once its words are there.
 *
 * With another number the same analysis is used. False withdraws what has not ended.
 */
export interface FindSpeakers {
  type: 'find-speakers';
  transcript_id: string;
  speakers?: boolean | number | number[];
}

/** Delete remembered voices. */
export interface ForgetVoices {
  type: 'forget-voices';
  /** Empty: all. */
  names?: string[];
}

/** Make one speaker of two; the name is that of `into`. */
export interface MergeSpeakers {
  type: 'merge-speakers';
  transcript_id: string;
  speaker: string;
  into: string;
}

/** Keep the voice of a speaker, so that later recordings have the speaker's name. */
export interface RememberVoice {
  type: 'remember-voice';
  transcript_id: string;
  speaker: string;
}

/**
 * Give a speaker another name, everywhere.
 *
 * The answer is a `SameNameError` if another speaker has the name: its message is the question
 * whether to merge the two, and its detail is the other's id.
 */
export interface RenameSpeaker {
  type: 'rename-speaker';
  transcript_id: string;
  speaker: string;
  name: string;
}

/** Give a segment, and all of the same speaker with the same voice, to a new speaker. */
export interface SplitByVoice {
  type: 'split-by-voice';
  transcript_id: string;
  segment: number;
}

/** Python's start advanced. `failed` is terminal until the page starts the worker again. */
export interface BootChanged {
  type: 'boot-changed';
  stage: BootStage;
  error: ErrorView | null;
}

/** Replace the settings. */
export interface ChangeSettings {
  type: 'change-settings';
  settings: Settings;
}

/** Ask for stage, engine, storage, models, settings and boot marks. */
export interface GetStatus {
  type: 'get-status';
}

/** A model the user can choose. */
export interface ModelView {
  id: string;
  title: string;
  bytes: number;
  multilingual: boolean;
  /** Whether the whole model is on this device. */
  cached: boolean;
  /** Seconds of work for a second of audio, measured here; null before the first run. */
  realtime_factor: number | null;
}

/** What the user chose, kept across visits. */
export interface Settings {
  model: string;
  language: string;
  task: Task;
  words: boolean;
  /** Keep the audio after the transcript is done, to play it beside the text. */
  keep_audio: boolean;
  voice_activity: boolean;
  /** Names and terms that recordings are likely to contain. */
  prompt: string;
  /** 0: as many as measured best. */
  threads: number;
  device: 'auto' | 'wasm' | 'webgpu';
  confirm_download: boolean;
  /**
   * Where recordings are transcribed. `auto`: here, or on the server if this device fails or
   * would take too long.
   */
  where: Where;
  /** Empty: the page's own server. An address that ends in `/v1` has OpenAI's API. */
  server_url: string;
  server_key: string;
  /** Empty: the server's default. */
  server_model: string;
  /** With `auto`: a recording that takes longer here goes to the server; 0: none does. */
  server_after_s: number;
  /** The user's answer to `ServerNeeded`, by the server's origin. */
  server_consent: Record<string, boolean>;
  /** See `TranscribeOptions`. */
  follow_languages: boolean;
  /** What the user calls the server; empty: its address. */
  server_name: string;
  /** Search and read the server's library, also while no recording is sent to it. */
  search_server: boolean;
  /** Names and terms that any recording may contain; see `TranscribeOptions`. */
  terms: string[];
  /** By tag: names and terms that recordings with this tag may contain. */
  tag_terms: Record<string, string[]>;
  /** See `TranscribeOptions`. */
  speakers: boolean | number | number[];
}

/** State of boot, engine, storage, models and settings. */
export interface Status {
  type: 'status';
  stage: BootStage;
  engine: 'off' | 'loading' | 'ready' | 'busy' | 'failed';
  device: 'unknown' | 'wasm' | 'webgpu';
  threads: number;
  isolated: boolean;
  /** The browser promised not to evict our data. */
  persisted: boolean;
  storage_used_bytes: number;
  storage_quota_bytes: number;
  models: ModelView[];
  settings: Settings;
  /** User Timing marks of this boot, milliseconds since navigation. */
  marks_ms: Record<string, number>;
  version: string;
  /** null while nothing is sent to a server or asked of it, or the address is no address. */
  server: ServerView | null;
  /** The models that tell speakers apart, one download; null: there are none here. */
  speaker_models: ModelView | null;
  /** Names of the voices that the user asked to remember. */
  known_voices: string[];
}

/** Engine, storage, models or settings changed. */
export interface StatusChanged {
  type: 'status-changed';
  status: Status;
}

/** The state of one recording's job, as the page shows it. */
export interface JobView {
  transcript_id: string;
  state: JobState;
  /** How far into the recording every word is saved. */
  position_s: number;
  /** 0 while it is not known. */
  duration_s: number;
  /** Of the model, while `loading`. */
  loaded_bytes: number;
  total_bytes: number;
  /** Estimated time until done; null while there is nothing to estimate from. */
  remaining_s: number | null;
  queue_position: number;
  /** Why it failed; or what it waits for, while `queued`, `paused`, or `loading` on a server. */
  error: ErrorView | null;
  /** The options of the run. */
  options: TranscribeOptions;
  /** Origin of the server that does this, or did; empty: this device. */
  server: string;
  /** The end of a prompt that is too long, which alone is used; empty: all of it is used. */
  prompt_used: string;
  /** The text was copied from the server's library, where the original is. */
  copied: boolean;
  /** Where the sound ended before the end of the file; 0: it did not, or the job is not done. */
  ends_s: number;
  /** The text after `position_s` so far, in order, while it is decoded on this device. */
  partial: PartialText[];
}

/** What is decoded so far of a window; its words are not saved, and may still change. */
export interface PartialText {
  start_s: number;
  text: string;
}

/** The state of the analysis that tells a recording's speakers apart. It follows the words. */
export interface SpeakerJob {
  state: SpeakerState;
  /** How many people were asked for. */
  speakers: boolean | number | number[];
  /** How far into the recording it is saved. */
  position_s: number;
  /** Of the models, while `loading`. */
  loaded_bytes: number;
  total_bytes: number;
  /** Why it failed. The text is as it was. */
  error: ErrorView | null;
  /** Names given because a remembered voice is alike, and the cosine of the two voices. */
  recognised: Record<string, number>;
}

/** How to transcribe one recording. An empty string stands for the value in the settings. */
export interface TranscribeOptions {
  model: string;
  /** Whisper's code, or `auto` to detect it. */
  language: string;
  task: Task;
  /** Find each word's time. */
  words: boolean;
  /** Names and terms that the recording is likely to contain; part of every prompt. */
  prompt: string;
  where: Where;
  /** Skip what is not speech. */
  voice_activity: boolean;
  /** Which of the file's audio tracks to transcribe; 0 is the main one. */
  audio_track: number;
  /** With `auto`: notice where the language changes. Off: the recording has one language. */
  follow_languages: boolean;
  /** Names and terms to write where they are said. `prompt` only makes them likelier. */
  terms: string[];
  /** Tell speakers apart once the words are there. */
  speakers: boolean | number | number[];
}

/** A record or its job changed; at most ten a second for one transcript. */
export interface TranscriptChanged {
  type: 'transcript-changed';
  transcript: TranscriptSummary;
}

/** A line of the history. */
export interface TranscriptSummary {
  id: string;
  name: string;
  created_at: string;
  duration_s: number;
  model: string;
  task: Task;
  language: string | null;
  language_probability: number | null;
  /** The first words. */
  preview: string;
  word_count: number;
  audio_kept: boolean;
  tags: string[];
  job: JobView;
  /** A name for each audio track of the file, the main one first; empty until it was opened. */
  tracks: string[];
  /** Where the sound ended before the end of the file; 0: it did not. */
  ends_s: number;
  /** Id of another recording in the library with the same audio, older than this one. */
  same_as: string;
  /** Whether there is a whole text from before the latest run, which `GoBack` restores. */
  earlier: boolean;
  /** Whether it failed and no run has text, so that deleting it loses nothing. */
  nothing_heard: boolean;
  /** Grows with each change of the text. */
  revision: number;
  speakers: Speaker[];
  /** null: nobody has asked to tell its speakers apart. */
  speaker_job: SpeakerJob | null;
  /** Of its highlights, sorted. */
  labels: string[];
  /** Parts whose words are in no text, search or export. */
  redactions: Redaction[];
}

/**
 * Add a recording (attachment 0: a Blob); answered once its audio is stored.
 *
 * A file that cannot be a recording, such as an empty one, is listed as `failed`.
 */
export interface AddFile {
  type: 'add-file';
  name: string;
  options?: TranscribeOptions;
  /** Chosen by the page, so that it can show the row at once; made here when empty. */
  transcript_id?: string;
  /** A recording that the library has already is paused until the user says what to do. */
  hold_double?: boolean;
}

/** A path in the origin's private file system; empty if the audio is not stored. */
export interface AudioFile {
  type: 'audio-file';
  path: string;
  media_type: string;
  /** As `domain.media_types` names it, where the content does not identify itself. */
  container: string;
}

/** Delete everything in the bin for good. */
export interface EmptyBin {
  type: 'empty-bin';
}

/** Locate the stored audio for the player. */
export interface GetAudio {
  type: 'get-audio';
  transcript_id: string;
}

/** Read a transcript with all segments and words. */
export interface GetTranscript {
  type: 'get-transcript';
  transcript_id: string;
}

/**
 * Add a transcript that another program made (attachment 0: a Blob).
 *
 * Its recording may come with it (attachment 1: a Blob); nothing is transcribed.
 */
export interface ImportFile {
  type: 'import-file';
  /** Of the transcript's file; its extension is a sign of its format. */
  name: string;
  /** Made here when empty. */
  transcript_id?: string;
}

/** List a page of the history or of the bin, newest first. */
export interface ListTranscripts {
  type: 'list-transcripts';
  /** Cursor: the `next` of the page before. */
  before?: string;
  limit?: number;
  /** Those in the bin instead. */
  removed?: boolean;
  /** In this library, or in the one of the server that the settings name. */
  where?: 'device' | 'server';
}

/** Move transcripts to the bin, which keeps them for 30 days at most. */
export interface Remove {
  type: 'remove';
  transcript_ids: string[];
}

/** Change the name of a transcript. */
export interface Rename {
  type: 'rename';
  transcript_id: string;
  name: string;
}

/**
 * Put the text of a file (attachment 0: a Blob) in the place of a recording's text.
 *
 * The former one is the previous version. A text without times gets those of the words that were
 * heard. The answer is a `CorrectionsError` if corrections would be hidden: its message is the
 * question.
 */
export interface ReplaceText {
  type: 'replace-text';
  transcript_id: string;
  /** Of the file; its extension is a sign of its format. */
  name: string;
  /** The user was asked and agreed. */
  replace_corrections?: boolean;
}

/** Move transcripts from the bin back to the history. */
export interface Restore {
  type: 'restore';
  transcript_ids: string[];
}

/**
 * Words are committed: from index `first` on, the transcript now has exactly these segments.
 *
 * A first run only appends. A run over a part also sends the segments after the part.
 */
export interface SegmentsSaved {
  type: 'segments-saved';
  transcript_id: string;
  first: number;
  segments: Segment[];
}

/** Replace the tags of a transcript. */
export interface SetTags {
  type: 'set-tags';
  transcript_id: string;
  tags: string[];
}

/** A page of the history. */
export interface TranscriptList {
  type: 'transcript-list';
  transcripts: TranscriptSummary[];
  /** Give it as `before` for the next page; empty at the end. */
  next: string;
}

/** Transcripts were moved to the bin. */
export interface TranscriptsRemoved {
  type: 'transcripts-removed';
  transcript_ids: string[];
}

/** Compare a version with a newer one, word by word. */
export interface CompareVersions {
  type: 'compare-versions';
  transcript_id: string;
  version: number;
  /** null: the text as it is now. */
  newer?: number | null;
}

/** Segments that differ between two versions. */
export interface Difference {
  /** Index of the first of them in the newer version. */
  segment: number;
  start_s: number;
  words: DifferentWords[];
}

/** Where two versions of a text differ, in order. */
export interface Differences {
  type: 'differences';
  differences: Difference[];
}

/** A stretch of words in a comparison. */
export interface DifferentWords {
  kind: 'same' | 'removed' | 'added';
  text: string;
}

/** List the versions of a text, also those of earlier visits. */
export interface ListVersions {
  type: 'list-versions';
  transcript_id: string;
  /** Of the text here, or of the one on the server, with who changed what. */
  where?: 'device' | 'server';
}

/** Make the change again that was taken back last. */
export interface Redo {
  type: 'redo';
  transcript_id: string;
}

/** Go back to the text of a version. That is a change like any other. */
export interface RestoreVersion {
  type: 'restore-version';
  transcript_id: string;
  version: number;
}

/** The text of a transcript after a change. */
export interface TextVersion {
  /** 0: what was recognised. */
  id: number;
  /** UTC, ISO 8601 with a `Z`. */
  at: string;
  /** What the change was, in a few words. */
  what: string;
  /** Who made it, as a server knows them; empty: it is not known. */
  by: string;
  /** Of the transcript after the change. */
  revision: number;
}

/** The versions of a text, newest first; the last one is what was recognised. */
export interface TextVersions {
  type: 'text-versions';
  versions: TextVersion[];
  /** Of the text now. */
  revision: number;
  /** Whether who asks may change the text. */
  may_change: boolean;
  /** Of the recording that is kept beside the text; 0: none is. */
  audio_bytes: number;
}

/**
 * Take back the latest change of a text since the library was opened.
 *
 * With a `revision`, only if it is the change that made that revision.
 */
export interface Undo {
  type: 'undo';
  transcript_id: string;
  revision?: number | null;
}

/** Whether speakers are told apart, and how many there are: a number, or the least and the most. */
export type SpeakerCount = boolean | number | number[];

export type Reply =
  | Done
  | Status
  | TranscriptSummary
  | TranscriptList
  | Transcript
  | SearchResult
  | ExportedFile
  | Estimates
  | Settings
  | AudioFile
  | ServerView
  | BackupFile
  | BackupLoaded
  | Updated
  | TextVersions
  | Differences
  | FoundTexts
  | DeletedSegments
  | RedactionList
  | RedactionsFinal
  | DoubtfulWords
  | HeardWord
  | ExtensionList
  | AudioExport
  | FoundEverywhere
  | ReplacedEverywhere
  | FolderView
  | FolderPlan
  | OriginalView;

export type Event =
  | BootChanged
  | TranscriptChanged
  | SegmentsSaved
  | TranscriptsRemoved
  | DownloadNeeded
  | ServerNeeded
  | StatusChanged;

export type Request =
  | GetStatus
  | AddFile
  | ImportFile
  | ReplaceText
  | ProvideFile
  | ListTranscripts
  | GetTranscript
  | Search
  | Rename
  | SetTags
  | EditSegment
  | Remove
  | Restore
  | EmptyBin
  | Export
  | Retranscribe
  | GoBack
  | Pause
  | Resume
  | Cancel
  | Prioritise
  | MoveJob
  | ApproveDownload
  | AllowServer
  | CheckServer
  | Estimate
  | ChangeSettings
  | GetAudio
  | CopyTranscript
  | SaveBackup
  | LoadBackup
  | Update
  | Undo
  | Redo
  | ListVersions
  | RestoreVersion
  | CompareVersions
  | Find
  | Replace
  | ListDeleted
  | ListRedactions
  | MakeRedactionsFinal
  | FindSpeakers
  | RenameSpeaker
  | MergeSpeakers
  | AddSpeaker
  | AssignSpeaker
  | AssignWords
  | SplitByVoice
  | RememberVoice
  | ForgetVoices
  | GetDoubtfulWords
  | CheckWord
  | GetHeardWord
  | ReplaceWord
  | ExportSeveral
  | ExportByExtension
  | ApplyRule
  | ListExtensions
  | AddExtension
  | EnableExtension
  | RemoveExtension
  | ExportAudio
  | ZipFiles
  | GetFolder
  | ChooseFolder
  | ChangeFolder
  | LookAtFolder
  | AddFromFolder
  | FolderFileWritten
  | FindEverywhere
  | ReplaceEverywhere
  | GetOriginal
  | Synchronise
  | FetchAudio;

/** Each request beside its reply. */
export interface Conversation {
  'get-status': { request: GetStatus; reply: Status };
  'add-file': { request: AddFile; reply: TranscriptSummary };
  'import-file': { request: ImportFile; reply: TranscriptSummary };
  'replace-text': { request: ReplaceText; reply: TranscriptSummary };
  'provide-file': { request: ProvideFile; reply: TranscriptSummary };
  'list-transcripts': { request: ListTranscripts; reply: TranscriptList };
  'get-transcript': { request: GetTranscript; reply: Transcript };
  'search': { request: Search; reply: SearchResult };
  'rename': { request: Rename; reply: TranscriptSummary };
  'set-tags': { request: SetTags; reply: TranscriptSummary };
  'edit-segment': { request: EditSegment; reply: Transcript };
  'remove': { request: Remove; reply: Done };
  'restore': { request: Restore; reply: Done };
  'empty-bin': { request: EmptyBin; reply: Done };
  'export': { request: Export; reply: ExportedFile };
  'retranscribe': { request: Retranscribe; reply: TranscriptSummary };
  'go-back': { request: GoBack; reply: TranscriptSummary };
  'pause': { request: Pause; reply: TranscriptSummary };
  'resume': { request: Resume; reply: TranscriptSummary };
  'cancel': { request: Cancel; reply: TranscriptSummary };
  'prioritise': { request: Prioritise; reply: TranscriptSummary };
  'move-job': { request: MoveJob; reply: TranscriptSummary };
  'approve-download': { request: ApproveDownload; reply: Done };
  'allow-server': { request: AllowServer; reply: Done };
  'check-server': { request: CheckServer; reply: ServerView };
  'estimate': { request: Estimate; reply: Estimates };
  'change-settings': { request: ChangeSettings; reply: Settings };
  'get-audio': { request: GetAudio; reply: AudioFile };
  'copy-transcript': { request: CopyTranscript; reply: TranscriptSummary };
  'save-backup': { request: SaveBackup; reply: BackupFile };
  'load-backup': { request: LoadBackup; reply: BackupLoaded };
  'update': { request: Update; reply: Updated };
  'undo': { request: Undo; reply: Updated };
  'redo': { request: Redo; reply: Updated };
  'list-versions': { request: ListVersions; reply: TextVersions };
  'restore-version': { request: RestoreVersion; reply: Updated };
  'compare-versions': { request: CompareVersions; reply: Differences };
  'find': { request: Find; reply: FoundTexts };
  'replace': { request: Replace; reply: Updated };
  'list-deleted': { request: ListDeleted; reply: DeletedSegments };
  'list-redactions': { request: ListRedactions; reply: RedactionList };
  'make-redactions-final': { request: MakeRedactionsFinal; reply: RedactionsFinal };
  'find-speakers': { request: FindSpeakers; reply: TranscriptSummary };
  'rename-speaker': { request: RenameSpeaker; reply: Transcript };
  'merge-speakers': { request: MergeSpeakers; reply: Transcript };
  'add-speaker': { request: AddSpeaker; reply: Transcript };
  'assign-speaker': { request: AssignSpeaker; reply: Transcript };
  'assign-words': { request: AssignWords; reply: Updated };
  'split-by-voice': { request: SplitByVoice; reply: Transcript };
  'remember-voice': { request: RememberVoice; reply: Done };
  'forget-voices': { request: ForgetVoices; reply: Done };
  'get-doubtful-words': { request: GetDoubtfulWords; reply: DoubtfulWords };
  'check-word': { request: CheckWord; reply: Done };
  'get-heard-word': { request: GetHeardWord; reply: HeardWord };
  'replace-word': { request: ReplaceWord; reply: Updated };
  'export-several': { request: ExportSeveral; reply: BackupFile };
  'export-by-extension': { request: ExportByExtension; reply: ExportedFile };
  'apply-rule': { request: ApplyRule; reply: Updated };
  'list-extensions': { request: ListExtensions; reply: ExtensionList };
  'add-extension': { request: AddExtension; reply: ExtensionList };
  'enable-extension': { request: EnableExtension; reply: ExtensionList };
  'remove-extension': { request: RemoveExtension; reply: ExtensionList };
  'export-audio': { request: ExportAudio; reply: AudioExport };
  'zip-files': { request: ZipFiles; reply: BackupFile };
  'get-folder': { request: GetFolder; reply: FolderView };
  'choose-folder': { request: ChooseFolder; reply: FolderView };
  'change-folder': { request: ChangeFolder; reply: FolderView };
  'look-at-folder': { request: LookAtFolder; reply: FolderPlan };
  'add-from-folder': { request: AddFromFolder; reply: TranscriptSummary };
  'folder-file-written': { request: FolderFileWritten; reply: Done };
  'find-everywhere': { request: FindEverywhere; reply: FoundEverywhere };
  'replace-everywhere': { request: ReplaceEverywhere; reply: ReplacedEverywhere };
  'get-original': { request: GetOriginal; reply: OriginalView };
  'synchronise': { request: Synchronise; reply: Updated };
  'fetch-audio': { request: FetchAudio; reply: TranscriptSummary };
}
export type RequestType = keyof Conversation;

/** Errors that JavaScript raises by the name of their Python class. */
export type PlatformErrorKind =
  | 'EarwitnessError'
  | 'MediaError'
  | 'ModelError'
  | 'StorageError'
  | 'NotFoundError';

/** Values of `ErrorView.type` that the library gives and the page may compare. */
export type ErrorKind =
  | 'EarwitnessError'
  | 'MediaError'
  | 'ModelError'
  | 'StorageError'
  | 'NotFoundError'
  | 'ServerError'
  | 'ServerAwayError'
  | 'BadRequestError'
  | 'CorrectionsError'
  | 'SameNameError'
  | 'EditConflictError';
