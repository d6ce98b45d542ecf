// Written by `python3 build.py contract` from py/earwitness. Edit the Python, not this file.

import type { ErrorView, PartialText, Segment, Speaker, TranscribeOptions, Turn } from './messages';

/** Where a run continues: all that the next batch depends on, committed with the last one. */
export interface ResumePoint {
  /** Batches committed so far. */
  batch: number;
  /** Windows committed so far. */
  window: number;
  /** Planning continues here: samples at `SAMPLE_RATE_HZ` from the start of the recording. */
  sample: number;
  /** The language spoken longest so far; empty until somebody was heard. */
  language: string;
  language_probability: number | null;
  /** Used only when conditioning on previous text is on. */
  previous_text: string;
  /** Where a server's stream of events continues; empty on this device. */
  mark: string;
  /** The end of a prompt that is too long, which alone is used; empty: all of it is used. */
  prompt_used: string;
  /** The language of the last window, where languages are followed. */
  current_language: string;
  /** Seconds of text in each language so far, where languages are followed. */
  spoken_s: Record<string, number>;
  /**
   * The level of speech in each channel, where channels are heard one by one; empty: their mix
   * is heard.
   */
  channel_dbfs: number[];
}

/** The segments of one window: immutable, and unique by (transcript, run, window). */
export interface WindowRow {
  window: number;
  batch: number;
  start_s: number;
  end_s: number;
  segments: Segment[];
  /** Decodes beyond the first: temperature fallback, full-window retry. */
  retries: number;
}

/** One stretch of a person in a window, or all of the person's shorter ones. */
export interface LocalSpeaker {
  /**
   * The segmentation's number of the person in this window; the second channel's people follow
   * those of the first one.
   */
  number: number;
  /** Samples of the recording in which the person speaks. */
  spans: [number, number][];
  /** The packed vector of the voice; empty where the person alone spoke too little. */
  voice: string;
  /** Speech that the vector was computed from. */
  heard_s: number;
}

/** What was found in one window. */
export interface SpeakerWindow {
  /** The first sample. */
  start: number;
  /** The end of the recording, or of the window. */
  stop: number;
  /** The samples that this window answers for: the middle, up to the neighbours' middles. */
  own: [number, number];
  speakers: LocalSpeaker[];
  /** The recording ends in this window. */
  last: boolean;
  /** Channels that were analysed one by one, because each holds a voice; 1: their mix was. */
  channels: number;
}

/** Start or continue a job. */
export interface Transcribe {
  type: 'transcribe';
  transcript_id: string;
  run: number;
  /** In the origin's private file system. */
  audio_path: string;
  /** Identifies the audio; seeds sampling. */
  fingerprint: string;
  options: TranscribeOptions;
  resume: ResumePoint;
  device: string;
  threads: number;
  start_s: number;
  end_s: number | null;
  /** As `domain.media_types` has it; counts only where the content does not tell. */
  media_type: string;
}

/** The batch is committed. */
export interface WindowsSaved {
  type: 'windows-saved';
  batch: number;
}

/** Stop after the batch in progress. */
export interface Pause {
  type: 'pause';
}

/** Load this model now, because files are being chosen. */
export interface WarmUp {
  type: 'warm-up';
  model: string;
  device: string;
  threads: number;
}

/** Tell the speakers of a recording apart, or continue with that. */
export interface FindSpeakers {
  type: 'find-speakers';
  transcript_id: string;
  audio_path: string;
  audio_track: number;
  /** Those that are analysed already, from the first one on. */
  windows: SpeakerWindow[];
  /** People that the recording has at least. */
  least: number;
  /** People that it has at most; null: as many as are found. */
  most: number | null;
  device: string;
  threads: number;
  /** As `domain.media_types` has it; counts only where the content does not tell. */
  media_type: string;
}

/** A model is loaded. */
export interface EngineReady {
  type: 'engine-ready';
  model: string;
  device: string;
  threads: number;
}

/** Bytes of the model read so far, from the network or this device. */
export interface ModelLoading {
  type: 'model-loading';
  model: string;
  loaded_bytes: number;
  total_bytes: number;
}

/** The file is audio, with the duration in its container (0: unknown). */
export interface AudioOpened {
  type: 'audio-opened';
  transcript_id: string;
  duration_s: number;
  tracks: string[];
}

/** A computation is done: the engine works, and its batch is not ready yet. */
export interface Working {
  type: 'working';
}

/** What is decoded so far of the windows in work. Nothing of it is saved. */
export interface PartialTexts {
  type: 'partial-texts';
  transcript_id: string;
  run: number;
  texts: PartialText[];
}

/** A batch is decoded; the library commits it and answers `WindowsSaved`. */
export interface WindowsReady {
  type: 'windows-ready';
  transcript_id: string;
  run: number;
  windows: WindowRow[];
  resume: ResumePoint;
  /** Everything before this time is final. */
  position_s: number;
  /** Wall time of this batch. */
  compute_s: number;
}

/** Windows are analysed. The library saves them; the engine does not wait for that. */
export interface SpeakersReady {
  type: 'speakers-ready';
  transcript_id: string;
  /** Number of the first of these windows. */
  first: number;
  windows: SpeakerWindow[];
  /** The recording is analysed up to here. */
  position_s: number;
}

/** The analysis reached its end, or a pause before it. */
export interface SpeakersFound {
  type: 'speakers-found';
  transcript_id: string;
  speakers: Speaker[];
  turns: Turn[];
  paused: boolean;
}

/** The run reached its end, or a pause before it. */
export interface Finished {
  type: 'finished';
  transcript_id: string;
  run: number;
  duration_s: number;
  paused: boolean;
  /** Where the sound ended; null where the run did not get there. */
  ends_s: number | null;
  /** Whether the file ends there before it should. */
  broken_off: boolean;
}

/** The job, or the analysis of speakers, failed. What is saved stays. */
export interface EngineFailed {
  type: 'engine-failed';
  transcript_id: string;
  run: number;
  error: ErrorView;
  /** Whether the engine must be replaced before the next job. */
  engine_lost: boolean;
}

/** Python did not start in the engine worker; its shim sends this. */
export interface EngineBootFailed {
  type: 'engine-boot-failed';
  error: ErrorView;
}

export type EngineRequest = Transcribe | FindSpeakers | WindowsSaved | Pause | WarmUp;

export type EngineEvent =
  | EngineReady
  | ModelLoading
  | AudioOpened
  | Working
  | WindowsReady
  | Finished
  | EngineFailed
  | PartialTexts
  | SpeakersReady
  | SpeakersFound;
