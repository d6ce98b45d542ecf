// Written by `python3 build.py contract` from py/earwitness. Edit the Python, not this file.

export type Table =
  | 'transcripts'
  | 'jobs'
  | 'documents'
  | 'windows'
  | 'settings'
  | 'shards'
  | 'snapshot';

/** From the library worker to the page. */
export type HostCall = 'start-engine' | 'stop-engine' | 'wake-lock' | 'persist';

/** To the library worker, from the page or from the worker's own shim. */
export type HostNotice = 'engine-port' | 'engine-lost' | 'persisted' | 'online';

/** Write a value, replacing what was under its key. */
export interface Put {
  type: 'put';
  table: Table;
  key: string;
  value: unknown;
}

/** Delete one key; nothing happens when it is not there. */
export interface Delete {
  type: 'delete';
  table: Table;
  key: string;
}

/** Delete every key that starts with `prefix` (never empty). */
export interface DeletePrefix {
  type: 'delete-prefix';
  table: Table;
  prefix: string;
}

/** A part of a stored recording; it is streamed from the disk to the network. */
export interface AudioPart {
  /** As in `StoredAudio.path`. */
  path: string;
  /** The first byte. */
  start: number;
  /** The byte after the last one; null: to the end of the file. */
  end: number | null;
  /** The file's name in a form. */
  name: string;
  media_type: string;
}

/** An HTTP request. Its body is `text` or `audio`; with `fields` it is a form. */
export interface Request {
  method: string;
  url: string;
  headers: Record<string, string>;
  text: string;
  audio: AudioPart | null;
  /** Not empty: a multipart form of these fields and of the audio as `file`. */
  fields: [string, string][];
}

/** An HTTP response of any status. */
export interface Response {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  text: string;
}

/** A recording in the audio store. */
export interface StoredAudio {
  /** In the origin's private file system. */
  path: string;
  bytes: number;
  /** SHA-256 of the content, hex: recognises the same file given again, seeds sampling. */
  fingerprint: string;
  media_type?: string;
}

/** What the platform knows at this moment. */
export interface HostFacts {
  isolated?: boolean;
  persisted?: boolean;
  storage_used_bytes?: number;
  storage_quota_bytes?: number;
  /** The connection counts bytes, or the user asked to save data. */
  metered?: boolean;
  marks_ms?: Record<string, number>;
  version?: string;
}

export type Change = Put | Delete | DeletePrefix;
