/**
 * The shapes of `py/earwitness/messages.py` and `transcript.py` as JSON, for the type checker.
 * Python defines them; nothing here may add to them.
 */

export type Task = 'transcribe' | 'translate';
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
export type BootStage = 'starting' | 'python' | 'library' | 'ready' | 'failed';
export type ExportFormat = 'txt' | 'srt' | 'vtt' | 'json' | 'tsv' | 'csv' | 'md' | 'lrc' | 'ass';
export type Where = 'device' | 'server' | 'auto';

export interface ErrorView {
  type: string;
  message: string;
  hint: string;
  detail: string;
}

export interface Word {
  text: string;
  start_s: number;
  end_s: number;
  probability: number | null;
}

export interface Segment {
  start_s: number;
  end_s: number;
  text: string;
  words: Word[];
  speaker: string | null;
  temperature: number;
  average_log_probability: number | null;
  compression_ratio: number | null;
  no_speech_probability: number | null;
  heard: string | null;
}

export interface Transcript {
  id: string;
  name: string;
  created_at: string;
  duration_s: number;
  model: string;
  task: Task;
  language: string | null;
  language_probability: number | null;
  segments: Segment[];
  tags: string[];
}

export interface TranscribeOptions {
  model: string;
  language: string;
  task: Task;
  words: boolean;
  prompt: string;
  where: Where;
  voice_activity: boolean;
  audio_track: number;
}

export interface JobView {
  transcript_id: string;
  state: JobState;
  position_s: number;
  duration_s: number;
  loaded_bytes: number;
  total_bytes: number;
  remaining_s: number | null;
  queue_position: number;
  error: ErrorView | null;
  options: TranscribeOptions;
  server: string;
}

export interface TranscriptSummary {
  id: string;
  name: string;
  created_at: string;
  duration_s: number;
  model: string;
  task: Task;
  language: string | null;
  language_probability: number | null;
  preview: string;
  word_count: number;
  audio_kept: boolean;
  tags: string[];
  job: JobView;
  tracks: string[];
  ends_s: number;
  same_as: string;
  earlier: boolean;
  nothing_heard: boolean;
}

export interface Hit {
  transcript_id: string;
  name: string;
  segment: number | null;
  start_s: number;
  end_s: number;
  snippet: string;
  score: number;
  server: string;
}

export interface ModelView {
  id: string;
  title: string;
  bytes: number;
  multilingual: boolean;
  cached: boolean;
  realtime_factor: number | null;
}

export interface Settings {
  model: string;
  language: string;
  task: Task;
  words: boolean;
  keep_audio: boolean;
  voice_activity: boolean;
  prompt: string;
  threads: number;
  device: 'auto' | 'wasm' | 'webgpu';
  confirm_download: boolean;
  where: Where;
  server_url: string;
  server_key: string;
  server_model: string;
  server_after_s: number;
  server_consent: Record<string, boolean>;
}

export interface GetStatus {
  type: 'get-status';
}
export interface AddFile {
  type: 'add-file';
  name: string;
  options: TranscribeOptions;
  transcript_id: string;
}
export interface ProvideFile {
  type: 'provide-file';
  transcript_id: string;
}
export interface ListTranscripts {
  type: 'list-transcripts';
  before: string;
  limit: number;
  removed: boolean;
}
export interface GetTranscript {
  type: 'get-transcript';
  transcript_id: string;
}
export interface Search {
  type: 'search';
  query: string;
  limit: number;
  language: string;
  tag: string;
  transcript_id: string;
  where: 'device' | 'server';
}
export interface CopyTranscript {
  type: 'copy-transcript';
  transcript_id: string;
}
export interface Rename {
  type: 'rename';
  transcript_id: string;
  name: string;
}
export interface SetTags {
  type: 'set-tags';
  transcript_id: string;
  tags: string[];
}
export interface EditSegment {
  type: 'edit-segment';
  transcript_id: string;
  segment: number;
  text: string;
}
export interface Remove {
  type: 'remove';
  transcript_ids: string[];
}
export interface Restore {
  type: 'restore';
  transcript_ids: string[];
}
export interface EmptyBin {
  type: 'empty-bin';
}
export interface Export {
  type: 'export';
  transcript_id: string;
  format: ExportFormat;
}
export interface Retranscribe {
  type: 'retranscribe';
  transcript_id: string;
  options: TranscribeOptions;
  start_s: number;
  end_s: number | null;
  replace_corrections: boolean;
}
export interface GoBack {
  type: 'go-back';
  transcript_id: string;
  replace_corrections: boolean;
}
export interface Pause {
  type: 'pause';
  transcript_id: string;
}
export interface Resume {
  type: 'resume';
  transcript_id: string;
}
export interface Cancel {
  type: 'cancel';
  transcript_id: string;
}
export interface Prioritise {
  type: 'prioritise';
  transcript_id: string;
}
export interface MoveJob {
  type: 'move-job';
  transcript_id: string;
  where: 'device' | 'server';
}
export interface AllowServer {
  type: 'allow-server';
  origin: string;
  allowed: boolean;
}
export interface CheckServer {
  type: 'check-server';
}
export interface ApproveDownload {
  type: 'approve-download';
  model: string;
  approved: boolean;
}
export interface Estimate {
  type: 'estimate';
  duration_s: number;
}
export interface ChangeSettings {
  type: 'change-settings';
  settings: Settings;
}
export interface GetAudio {
  type: 'get-audio';
  transcript_id: string;
}
export interface SaveBackup {
  type: 'save-backup';
  audio: boolean;
}
export interface LoadBackup {
  type: 'load-backup';
}

export interface Done {
  type: 'done';
}
export interface ServerView {
  type: 'server-view';
  origin: string;
  kind: 'earwitness' | 'openai';
  allowed: boolean;
  models: string[];
}
export interface Status {
  type: 'status';
  stage: BootStage;
  engine: 'off' | 'loading' | 'ready' | 'busy' | 'failed';
  device: 'unknown' | 'wasm' | 'webgpu';
  threads: number;
  isolated: boolean;
  persisted: boolean;
  storage_used_bytes: number;
  storage_quota_bytes: number;
  models: ModelView[];
  settings: Settings;
  marks_ms: Record<string, number>;
  version: string;
  server: ServerView | null;
}
export interface TranscriptList {
  type: 'transcript-list';
  transcripts: TranscriptSummary[];
  next: string;
}
export interface SearchResult {
  type: 'search-result';
  hits: Hit[];
  took_ms: number;
  indexing: boolean;
}
export interface ExportedFile {
  type: 'exported-file';
  name: string;
  media_type: string;
  text: string;
}
export interface Estimates {
  type: 'estimates';
  seconds_by_model: Record<string, number>;
}
export interface AudioFile {
  type: 'audio-file';
  path: string;
  media_type: string;
}

export interface BackupFile {
  type: 'backup-file';
  path: string;
  name: string;
  bytes: number;
}
export interface BackupLoaded {
  type: 'backup-loaded';
  added: string[];
  known: string[];
}

/** Each request beside its reply. A request's fields with a default in Python may be left out. */
export interface Conversation {
  'get-status': { request: GetStatus; reply: Status };
  'add-file': { request: AddFile; reply: TranscriptSummary };
  'provide-file': { request: ProvideFile; reply: TranscriptSummary };
  'list-transcripts': { request: ListTranscripts; reply: TranscriptList };
  'get-transcript': { request: GetTranscript; reply: Transcript };
  search: { request: Search; reply: SearchResult };
  rename: { request: Rename; reply: TranscriptSummary };
  'set-tags': { request: SetTags; reply: TranscriptSummary };
  'edit-segment': { request: EditSegment; reply: Transcript };
  remove: { request: Remove; reply: Done };
  restore: { request: Restore; reply: Done };
  'empty-bin': { request: EmptyBin; reply: Done };
  export: { request: Export; reply: ExportedFile };
  retranscribe: { request: Retranscribe; reply: TranscriptSummary };
  'go-back': { request: GoBack; reply: TranscriptSummary };
  pause: { request: Pause; reply: TranscriptSummary };
  resume: { request: Resume; reply: TranscriptSummary };
  cancel: { request: Cancel; reply: TranscriptSummary };
  prioritise: { request: Prioritise; reply: TranscriptSummary };
  'move-job': { request: MoveJob; reply: TranscriptSummary };
  'copy-transcript': { request: CopyTranscript; reply: TranscriptSummary };
  'allow-server': { request: AllowServer; reply: Done };
  'check-server': { request: CheckServer; reply: ServerView };
  'approve-download': { request: ApproveDownload; reply: Done };
  estimate: { request: Estimate; reply: Estimates };
  'change-settings': { request: ChangeSettings; reply: Settings };
  'get-audio': { request: GetAudio; reply: AudioFile };
  'save-backup': { request: SaveBackup; reply: BackupFile };
  'load-backup': { request: LoadBackup; reply: BackupLoaded };
}
export type RequestType = keyof Conversation;
export type Request = Conversation[RequestType]['request'];
export type Reply = Conversation[RequestType]['reply'];

export interface BootChanged {
  type: 'boot-changed';
  stage: BootStage;
  error: ErrorView | null;
}
export interface TranscriptChanged {
  type: 'transcript-changed';
  transcript: TranscriptSummary;
}
export interface SegmentsSaved {
  type: 'segments-saved';
  transcript_id: string;
  first: number;
  segments: Segment[];
}
export interface TranscriptsRemoved {
  type: 'transcripts-removed';
  transcript_ids: string[];
}
export interface DownloadNeeded {
  type: 'download-needed';
  model: string;
  bytes: number;
  metered: boolean;
}
export interface ServerNeeded {
  type: 'server-needed';
  origin: string;
  transcript_id: string;
  name: string;
  bytes: number;
  reason: 'cannot' | 'too-long';
  seconds: number;
}
export interface StatusChanged {
  type: 'status-changed';
  status: Status;
}
export type Event =
  | BootChanged
  | TranscriptChanged
  | SegmentsSaved
  | TranscriptsRemoved
  | DownloadNeeded
  | ServerNeeded
  | StatusChanged;
