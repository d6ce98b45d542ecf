// Written by `python3 build.py contract` from py/earwitness. Edit the Python, not this file.

/** @import { AudioFormat, ExportFormat, ExportOptions, Highlight } from './messages' */
/** @import { JobState, SpeakerState } from './messages' */
/** @import { Segment, Settings, TranscribeOptions, TranscriptSummary } from './messages' */
/** @import { Table } from './platform' */

/** The languages of Whisper, by its own codes. @type {readonly string[]} */
export const LANGUAGES = [
  'af', 'am', 'ar', 'as', 'az', 'ba', 'be', 'bg', 'bn', 'bo', 'br', 'bs', 'ca', 'cs', 'cy', 'da',
  'de', 'el', 'en', 'es', 'et', 'eu', 'fa', 'fi', 'fo', 'fr', 'gl', 'gu', 'ha', 'haw', 'he', 'hi',
  'hr', 'ht', 'hu', 'hy', 'id', 'is', 'it', 'ja', 'jw', 'ka', 'kk', 'km', 'kn', 'ko', 'la', 'lb',
  'ln', 'lo', 'lt', 'lv', 'mg', 'mi', 'mk', 'ml', 'mn', 'mr', 'ms', 'mt', 'my', 'ne', 'nl', 'nn',
  'no', 'oc', 'pa', 'pl', 'ps', 'pt', 'ro', 'ru', 'sa', 'sd', 'si', 'sk', 'sl', 'sn', 'so', 'sq',
  'sr', 'su', 'sv', 'sw', 'ta', 'te', 'tg', 'th', 'tk', 'tl', 'tr', 'tt', 'uk', 'ur', 'uz', 'vi',
  'yi', 'yo', 'yue', 'zh',
];

/** Every state of a job. @type {readonly JobState[]} */
export const JOB_STATES = [
  'queued', 'loading', 'transcribing', 'pausing', 'paused', 'needs-file', 'done', 'failed',
  'cancelled',
];

/** The recording is not done yet. @type {ReadonlySet<JobState>} */
export const UNFINISHED = new Set([
  'queued', 'loading', 'transcribing', 'pausing', 'paused', 'needs-file',
]);

/** An engine or a server works on the recording. @type {ReadonlySet<JobState>} */
export const RUNNING = new Set([
  'loading', 'transcribing', 'pausing',
]);

/** Of the files of each export format. @type {Readonly<Record<ExportFormat, string>>} */
export const EXTENSIONS = {
  txt: 'txt',
  srt: 'srt',
  vtt: 'vtt',
  json: 'json',
  tsv: 'tsv',
  csv: 'csv',
  md: 'md',
  lrc: 'lrc',
  ass: 'ass',
  docx: 'docx',
  html: 'html',
  ttml: 'ttml',
  openai: 'json',
  labels: 'txt',
  chapters: 'txt',
  edl: 'edl',
  fcpxml: 'fcpxml',
};

/** Of exported sound. @type {readonly AudioFormat[]} */
export const AUDIO_FORMATS = [
  'wav', 'm4a', 'opus',
];

/** What may be chosen for the files of each export format. @type {Readonly<Record<ExportFormat, readonly (keyof ExportOptions)[]>>} */
export const FORMAT_OPTIONS = {
  txt: ['speakers', 'times', 'times_every_s', 'paragraphs', 'highlights', 'highlights_only'],
  srt: ['speakers', 'rules', 'children', 'columns', 'lines', 'frames_per_s', 'highlights_only'],
  vtt: ['speakers', 'words', 'rules', 'children', 'columns', 'lines', 'frames_per_s', 'highlights_only'],
  json: ['speakers', 'highlights', 'words', 'highlights_only'],
  tsv: ['highlights_only'],
  csv: ['speakers', 'byte_order_mark', 'highlights_only'],
  md: ['speakers', 'times', 'times_every_s', 'paragraphs', 'highlights', 'highlights_only'],
  lrc: ['highlights_only'],
  ass: ['speakers', 'rules', 'children', 'columns', 'lines', 'frames_per_s', 'highlights_only'],
  docx: ['speakers', 'times', 'times_every_s', 'paragraphs', 'highlights', 'table', 'highlights_only'],
  html: ['speakers', 'times', 'times_every_s', 'paragraphs', 'highlights', 'highlights_only'],
  ttml: ['speakers', 'words', 'rules', 'children', 'columns', 'lines', 'frames_per_s', 'highlights_only'],
  openai: ['speakers', 'words', 'highlights_only'],
  labels: ['speakers', 'highlights_only'],
  chapters: ['speakers', 'times_every_s', 'highlights_only'],
  edl: ['speakers', 'paragraphs', 'frames_per_s', 'highlights_only'],
  fcpxml: ['speakers', 'paragraphs', 'frames_per_s', 'highlights_only'],
};

/** Of these, what each format shows where the options leave it open. @type {Readonly<Record<ExportFormat, readonly (keyof ExportOptions)[]>>} */
export const FORMAT_SHOWS = {
  txt: [],
  srt: ['speakers'],
  vtt: ['speakers'],
  json: ['speakers', 'highlights'],
  tsv: [],
  csv: ['speakers'],
  md: ['speakers', 'times', 'highlights'],
  lrc: [],
  ass: ['speakers'],
  docx: ['speakers', 'times', 'paragraphs', 'highlights'],
  html: ['speakers', 'times', 'paragraphs', 'highlights'],
  ttml: ['speakers'],
  openai: ['speakers'],
  labels: ['speakers'],
  chapters: [],
  edl: ['speakers', 'paragraphs'],
  fcpxml: ['speakers', 'paragraphs'],
};

/** Of highlights; the first one is the usual one. @type {readonly Highlight['colour'][]} */
export const HIGHLIGHT_COLOURS = [
  'yellow', 'green', 'blue', 'pink', 'purple',
];

/** The speakers of the recording are still to be found. @type {ReadonlySet<SpeakerState>} */
export const FINDING_SPEAKERS = new Set([
  'queued', 'loading', 'running',
]);

/** What a new library uses. @type {Readonly<Settings>} */
export const DEFAULT_SETTINGS = {
  model: 'base',
  language: 'auto',
  task: 'transcribe',
  words: true,
  keep_audio: true,
  voice_activity: true,
  prompt: '',
  threads: 0,
  device: 'auto',
  confirm_download: true,
  where: 'device',
  server_url: '',
  server_key: '',
  server_model: '',
  server_after_s: 1800.0,
  server_consent: {},
  follow_languages: true,
  server_name: '',
  search_server: false,
  terms: [],
  tag_terms: {},
  speakers: false,
};

/** How a recording is transcribed if nothing else is asked for. @type {Readonly<TranscribeOptions>} */
export const DEFAULT_OPTIONS = {
  model: '',
  language: 'auto',
  task: 'transcribe',
  words: true,
  prompt: '',
  where: 'device',
  voice_activity: true,
  audio_track: 0,
  follow_languages: true,
  terms: [],
  speakers: false,
};

/** Of files that are recordings by their name. @type {readonly string[]} */
export const RECORDING_EXTENSIONS = [
  'aac', 'aif', 'aiff', 'amr', 'avi', 'caf', 'flac', 'm4a', 'm4b', 'm4v', 'mka', 'mkv', 'mov',
  'mp3', 'mp4', 'mpeg', 'mpg', 'oga', 'ogg', 'ogv', 'opus', 'wav', 'weba', 'webm', 'wma',
];

/** Of each option of an export that is a number. @type {Readonly<Record<string, readonly [least: number, most: number]>>} */
export const EXPORT_LIMITS = {
  times_every_s: [0, 86400],
  columns: [0, 200],
  lines: [0, 4],
  frames_per_s: [1, 240],
};

/** Offered for texts in a folder. @type {readonly ExportFormat[]} */
export const FOLDER_FORMATS = [
  'txt', 'srt', 'json',
];

/** Of files that hold transcripts and can be imported. @type {readonly string[]} */
export const READ_EXTENSIONS = [
  'srt', 'vtt', 'ass', 'ssa', 'ttml', 'dfxp', 'xml', 'sbv', 'lrc', 'sub', 'smi', 'sami', 'tsv',
  'csv', 'json', 'md', 'txt', 'docx', 'html', 'edl', 'fcpxml',
];

/** How a file is written if nothing else is asked for. @type {Readonly<ExportOptions>} */
export const DEFAULT_EXPORT = {
  speakers: null,
  times: null,
  times_every_s: 0.0,
  paragraphs: null,
  words: true,
  table: false,
  rules: 'earwitness',
  children: false,
  columns: 0,
  lines: 0,
  frames_per_s: 25.0,
  byte_order_mark: true,
  highlights: null,
  highlights_only: false,
};

/** Of a recording before anything is known of it. @type {Readonly<TranscriptSummary>} */
export const NEW_SUMMARY = {
  id: '',
  name: '',
  created_at: '',
  duration_s: 0.0,
  model: '',
  task: 'transcribe',
  language: null,
  language_probability: null,
  preview: '',
  word_count: 0,
  audio_kept: false,
  tags: [],
  job: {
    transcript_id: '',
    state: 'queued',
    position_s: 0.0,
    duration_s: 0.0,
    loaded_bytes: 0,
    total_bytes: 0,
    remaining_s: null,
    queue_position: 0,
    error: null,
    options: {
      model: '',
      language: 'auto',
      task: 'transcribe',
      words: true,
      prompt: '',
      where: 'device',
      voice_activity: true,
      audio_track: 0,
      follow_languages: true,
      terms: [],
      speakers: false,
    },
    server: '',
    prompt_used: '',
    copied: false,
    ends_s: 0.0,
    partial: [],
  },
  tracks: [],
  ends_s: 0.0,
  same_as: '',
  earlier: false,
  nothing_heard: false,
  revision: 0,
  speakers: [],
  speaker_job: null,
  labels: [],
  redactions: [],
};

/** Of a sentence of which only times and text are known. @type {Readonly<Segment>} */
export const NEW_SEGMENT = {
  start_s: 0.0,
  end_s: 0.0,
  text: '',
  words: [],
  speaker: null,
  temperature: 0.0,
  average_log_probability: null,
  compression_ratio: null,
  no_speech_probability: null,
  heard: null,
  language: null,
  estimated_words: [],
  edges_estimated: false,
  channel: null,
  begins_paragraph: false,
};

/** The IndexedDB database of the library. */
export const DATABASE_NAME = 'earwitness';

/** Of that database. */
export const SCHEMA_VERSION = 1;

/** The object stores of that database. @type {readonly Table[]} */
export const TABLES = [
  'transcripts', 'jobs', 'documents', 'windows', 'settings', 'shards', 'snapshot',
];

/** In `settings`: a `Settings`. */
export const SETTINGS_KEY = 'settings';

/** In `snapshot`: a list of `TranscriptSummary`. */
export const RECENT_KEY = 'recent';

/** In `shards`: a transcript's lines for the search. */
export const SHARD_SCHEMA = 1;

/** Matches the name of a speaker that nobody has named. */
export const UNNAMED = '^S\\d+$';

/** Characters of a transcript's name. */
export const NAME_MAX = 300;

/** Characters of a tag. */
export const TAG_MAX = 60;

/** How long the bin keeps a transcript. */
export const BIN_DAYS = 30;

/** Stands before a match in `Hit.snippet`. */
export const SNIPPET_BEGIN = '\ue000';

/** Stands after a match in `Hit.snippet`. */
export const SNIPPET_END = '\ue001';

/** Stands in texts in the place of redacted words. */
export const REDACTED = '[redacted]';

/** Of the audio that the engine reads. */
export const SAMPLE_RATE_HZ = 16000;

/** A longer pause after a sentence ends a paragraph. */
export const PARAGRAPH_PAUSE_S = 1.0;

/** A longer pause ends a paragraph also within a sentence. */
export const PARAGRAPH_LONG_PAUSE_S = 4.0;

/** A paragraph with as many words ends with its sentence. */
export const PARAGRAPH_FULL_WORDS = 60;

/** A paragraph with as many words ends with its segment. */
export const PARAGRAPH_MOST_WORDS = 180;

/** Characters that end a sentence. */
export const SENTENCE_END = '!.?\u061f\u0964\u1362\u2026\u3002\uff01\uff1f';

/** Characters that may stand after the end of a sentence. */
export const SENTENCE_CLOSERS = '"\'\u201d\u2019)]}\u00bb\u300d\u300f\uff09\u3011\u300b';

/** Characters that may stand before the first letter of a sentence. */
export const SENTENCE_OPENERS = '"\'\u201c\u2018\u00bf\u00a1([{\u00ab';

/** Words, in lower case, whose full stop does not end a sentence. @type {readonly string[]} */
export const ABBREVIATIONS = [
  'dr.', 'etc.', 'gen.', 'jr.', 'mr.', 'mrs.', 'ms.', 'no.', 'prof.', 'sr.', 'st.', 'vs.',
];

/** Scripts without spaces, and about how many of their characters are a word. @type {readonly [string, number][]} */
export const UNSPACED_SCRIPTS = [
  ['\u0e00-\u0e7f', 4],
  ['\u0e80-\u0eff', 4],
  ['\u1000-\u109f\uaa60-\uaa7f', 5],
  ['\u1780-\u17ff', 5],
  ['\u3041-\u30ff\u31f0-\u31ff', 2],
  ['\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\ud840\udc00-\ud8bf\udfff', 2],
];

/** Marks of Chinese and Japanese before which no space stands. */
export const WIDE_OPENING = '\u3008\u300a\u300c\u300e\u3010\uff08';

/** Marks of Chinese and Japanese after which no space stands. */
export const WIDE_CLOSING = '\u2026\u3001\u3002\u3009\u300b\u300d\u300f\u3011\uff01\uff09\uff0c\uff1a\uff1b\uff1f';
