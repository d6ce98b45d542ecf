"""Constants of Python that JavaScript uses as well, as a module of JavaScript."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Literal, cast, get_args

from earwitness.domain import (
    folder,
    jobs,
    paragraphs,
    records,
    redaction,
    sentence_ends,
    speakers,
)
from earwitness.domain.media_types import RECORDING_EXTENSIONS
from earwitness.domain.scripts import SCRIPTS, WIDE_CLOSING, WIDE_OPENING
from earwitness.domain.views import summary_of
from earwitness.formats import FORMATS, READ_EXTENSIONS
from earwitness.formats.registry import OPTIONS_OF_EVERY_FORMAT
from earwitness.languages import NAMES
from earwitness.library import store
from earwitness.library.bin import KEPT_DAYS
from earwitness.library.texts.document_cache import SHARD_SCHEMA
from earwitness.messages import (
    EXPORT_LIMITS,
    AudioFormat,
    ExportOptions,
    JobState,
    JobView,
    Settings,
    SpeakerState,
    TranscribeOptions,
)
from earwitness.search import snippet
from earwitness.serialization import Plain, to_plain
from earwitness.speech.whisper import SAMPLE_RATE_HZ
from earwitness.transcript import HighlightColour, Segment

from tooling.contract.typescript import WIDTH, quoted

IMPORTS = """\
/** @import { AudioFormat, ExportFormat, ExportOptions, Highlight } from './messages' */
/** @import { JobState, SpeakerState } from './messages' */
/** @import { Segment, Settings, TranscribeOptions, TranscriptSummary } from './messages' */
/** @import { Table } from './platform' */
"""

_STATES = {"JobState": JobState, "SpeakerState": SpeakerState}


def constants() -> str:
    """Return the body of `constants.js`."""
    parts = [
        IMPORTS,
        _list("LANGUAGES", "string", sorted(NAMES), "The languages of Whisper, by its own codes."),
        _list("JOB_STATES", "JobState", get_args(JobState), "Every state of a job."),
        _set("UNFINISHED", "JobState", jobs.UNFINISHED, "The recording is not done yet."),
        _set("RUNNING", "JobState", jobs.RUNNING, "An engine or a server works on the recording."),
        _record(
            "EXTENSIONS",
            "Record<ExportFormat, string>",
            {name: format.extension for name, format in FORMATS.items()},
            "Of the files of each export format.",
        ),
        _list("AUDIO_FORMATS", "AudioFormat", get_args(AudioFormat), "Of exported sound."),
        _record(
            "FORMAT_OPTIONS",
            "Record<ExportFormat, readonly (keyof ExportOptions)[]>",
            {name: [*format.options, *OPTIONS_OF_EVERY_FORMAT] for name, format in FORMATS.items()},
            "What may be chosen for the files of each export format.",
        ),
        _record(
            "FORMAT_SHOWS",
            "Record<ExportFormat, readonly (keyof ExportOptions)[]>",
            {name: [*format.shown] for name, format in FORMATS.items()},
            "Of these, what each format shows where the options leave it open.",
        ),
        _list(
            "HIGHLIGHT_COLOURS",
            "Highlight['colour']",
            get_args(HighlightColour),
            "Of highlights; the first one is the usual one.",
        ),
        _set(
            "FINDING_SPEAKERS",
            "SpeakerState",
            speakers.FINDING,
            "The speakers of the recording are still to be found.",
        ),
        _record("DEFAULT_SETTINGS", "Settings", to_plain(Settings()), "What a new library uses."),
        _record(
            "DEFAULT_OPTIONS",
            "TranscribeOptions",
            to_plain(TranscribeOptions()),
            "How a recording is transcribed if nothing else is asked for.",
        ),
        _list(
            "RECORDING_EXTENSIONS",
            "string",
            RECORDING_EXTENSIONS,
            "Of files that are recordings by their name.",
        ),
        _record(
            "EXPORT_LIMITS",
            "Record<string, readonly [least: number, most: number]>",
            {option: list(limits) for option, limits in EXPORT_LIMITS.items()},
            "Of each option of an export that is a number.",
        ),
        _list("FOLDER_FORMATS", "ExportFormat", folder.FORMATS, "Offered for texts in a folder."),
        _list(
            "READ_EXTENSIONS",
            "string",
            READ_EXTENSIONS,
            "Of files that hold transcripts and can be imported.",
        ),
        _record(
            "DEFAULT_EXPORT",
            "ExportOptions",
            to_plain(ExportOptions()),
            "How a file is written if nothing else is asked for.",
        ),
        _record(
            "NEW_SUMMARY",
            "TranscriptSummary",
            to_plain(summary_of(records.Record("", "", "", ""), JobView("", "queued"))),
            "Of a recording before anything is known of it.",
        ),
        _record(
            "NEW_SEGMENT",
            "Segment",
            to_plain(Segment(0.0, 0.0, "")),
            "Of a sentence of which only times and text are known.",
        ),
        _value("DATABASE_NAME", store.DATABASE_NAME, "The IndexedDB database of the library."),
        _value("SCHEMA_VERSION", store.SCHEMA_VERSION, "Of that database."),
        _list("TABLES", "Table", store.TABLES, "The object stores of that database."),
        _value("SETTINGS_KEY", store.SETTINGS_KEY, "In `settings`: a `Settings`."),
        _value("RECENT_KEY", store.RECENT_KEY, "In `snapshot`: a list of `TranscriptSummary`."),
        _value("SHARD_SCHEMA", SHARD_SCHEMA, "In `shards`: a transcript's lines for the search."),
        _value("UNNAMED", speakers.UNNAMED, "Matches the name of a speaker that nobody has named."),
        _value("NAME_MAX", records.NAME_MAX, "Characters of a transcript's name."),
        _value("TAG_MAX", records.TAG_MAX, "Characters of a tag."),
        _value("BIN_DAYS", KEPT_DAYS, "How long the bin keeps a transcript."),
        _value("SNIPPET_BEGIN", snippet.BEGIN, "Stands before a match in `Hit.snippet`."),
        _value("SNIPPET_END", snippet.END, "Stands after a match in `Hit.snippet`."),
        _value("REDACTED", redaction.SIGN, "Stands in texts in the place of redacted words."),
        _value("SAMPLE_RATE_HZ", SAMPLE_RATE_HZ, "Of the audio that the engine reads."),
        _value(
            "PARAGRAPH_PAUSE_S",
            paragraphs.PAUSE_S,
            "A longer pause after a sentence ends a paragraph.",
        ),
        _value(
            "PARAGRAPH_LONG_PAUSE_S",
            paragraphs.LONG_PAUSE_S,
            "A longer pause ends a paragraph also within a sentence.",
        ),
        _value(
            "PARAGRAPH_FULL_WORDS",
            paragraphs.FULL_WORDS,
            "A paragraph with as many words ends with its sentence.",
        ),
        _value(
            "PARAGRAPH_MOST_WORDS",
            paragraphs.MOST_WORDS,
            "A paragraph with as many words ends with its segment.",
        ),
        _value(
            "SENTENCE_END",
            "".join(sorted(sentence_ends.SENTENCE_END)),
            "Characters that end a sentence.",
        ),
        _value(
            "SENTENCE_CLOSERS",
            sentence_ends.CLOSERS,
            "Characters that may stand after the end of a sentence.",
        ),
        _value(
            "SENTENCE_OPENERS",
            sentence_ends.OPENERS,
            "Characters that may stand before the first letter of a sentence.",
        ),
        _list(
            "ABBREVIATIONS",
            "string",
            sorted(sentence_ends.ABBREVIATIONS),
            "Words, in lower case, whose full stop does not end a sentence.",
        ),
        _typed(
            "UNSPACED_SCRIPTS",
            "readonly [string, number][]",
            "Scripts without spaces, and about how many of their characters are a word.",
            _unspaced(),
        ),
        _value(
            "WIDE_OPENING",
            "".join(sorted(WIDE_OPENING)),
            "Marks of Chinese and Japanese before which no space stands.",
        ),
        _value(
            "WIDE_CLOSING",
            "".join(sorted(WIDE_CLOSING)),
            "Marks of Chinese and Japanese after which no space stands.",
        ),
    ]
    return "\n".join(parts)


def _unspaced() -> str:
    lines = [
        f"  [{quoted(script.characters)}, {script.characters_per_word}],\n" for script in SCRIPTS
    ]
    return f"[\n{''.join(lines)}]"


def _value(name: str, value: object, about: str) -> str:
    return f"/** {about} */\nexport const {name} = {quoted(value)};\n"


def _list(name: str, kind: str, values: Sequence[str], about: str) -> str:
    return _typed(name, f"readonly {kind}[]", about, _array(values))


def _set(
    name: str, kind: Literal["JobState", "SpeakerState"], values: frozenset[str], about: str
) -> str:
    ordered = [state for state in get_args(_STATES[kind]) if state in values]
    return _typed(name, f"ReadonlySet<{kind}>", about, f"new Set({_array(ordered)})")


def _record(name: str, kind: str, value: Plain, about: str) -> str:
    return _typed(name, f"Readonly<{kind}>", about, _literal(value))


def _typed(name: str, kind: str, about: str, value: str) -> str:
    return f"/** {about} @type {{{kind}}} */\nexport const {name} = {value};\n"


def _array(values: Sequence[str]) -> str:
    lines = [" "]
    for value in map(quoted, values):
        if len(lines[-1]) + len(value) + 2 > WIDTH:
            lines.append(" ")
        lines[-1] += f" {value},"
    return "[\n" + "\n".join(lines) + "\n]"


def _literal(value: Plain, indent: str = "") -> str:
    if isinstance(value, dict) and value:
        inner = indent + "  "
        items = cast("dict[str, Plain]", value).items()
        fields = (f"{inner}{key}: {_literal(each, inner)},\n" for key, each in items)
        return f"{{\n{''.join(fields)}{indent}}}"
    if isinstance(value, list) and value:
        return f"[{', '.join(quoted(each) for each in cast('list[Plain]', value))}]"
    return quoted(value) if isinstance(value, str) else json.dumps(value)
