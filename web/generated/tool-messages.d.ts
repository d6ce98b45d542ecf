// Written by `python3 build.py contract` from py/earwitness. Edit the Python, not this file.

import type { ExportedFile, FormatOfExtension, RuleOfExtension, Segment, Transcript } from './messages';

/** Formats that pysubs2 reads for us: MPL2 and TMPlayer. */
export type RareFormat = 'mpl2' | 'tmp';

/** The likeliest encoding of a text. */
export interface EncodingDetected {
  type: 'encoding-detected';
  /** Python's name of it; empty: the bytes are no text. */
  encoding: string;
}

/** The cues of a file of subtitles. */
export interface CuesRead {
  type: 'cues-read';
  segments: Segment[];
}

/** What a package brings. */
export interface ExtensionDescribed {
  type: 'extension-described';
  /** The package's. */
  name: string;
  version: string;
  summary: string;
  formats: FormatOfExtension[];
  rules: RuleOfExtension[];
}

/** The transcript in a file of an extension's format. */
export interface TranscriptRead {
  type: 'transcript-read';
  transcript: Transcript;
}

/** What a rule changes. */
export interface TextsChanged {
  type: 'texts-changed';
  /** New texts by the index of their segment. */
  segments: Record<string, string>;
}

/** Find out the encoding of a text (file 0). */
export interface DetectEncoding {
  type: 'detect-encoding';
}

/** Read subtitles in a format that few programs write (file 0: text in UTF-8). */
export interface ReadCues {
  type: 'read-cues';
  format: RareFormat;
}

/** Install a package and list what it brings (files: its wheel, then those it depends on). */
export interface DescribeExtension {
  type: 'describe-extension';
  /** Names of the files. */
  wheels: string[];
}

/** Read a file (the last one, after the wheels) in an extension's format. */
export interface ReadByExtension {
  type: 'read-by-extension';
  wheels: string[];
  /** Of the format's files. */
  extension: string;
}

/** Write a transcript in an extension's format (files: the wheels). */
export interface WriteByExtension {
  type: 'write-by-extension';
  wheels: string[];
  extension: string;
  transcript: Transcript;
}

/** Apply an extension's rule to a transcript (files: the wheels). */
export interface ApplyRule {
  type: 'apply-rule';
  wheels: string[];
  rule: string;
  transcript: Transcript;
}

export type ToolRequest = DetectEncoding | ReadCues;

export type ExtensionRequest = DescribeExtension | ReadByExtension | WriteByExtension | ApplyRule;

export type ToolReply =
  | EncodingDetected
  | CuesRead
  | ExtensionDescribed
  | TranscriptRead
  | ExportedFile
  | TextsChanged;
