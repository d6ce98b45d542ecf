"""The arguments of `transcribe`, `search` and `export`, and what they mean."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

from earwitness.errors import BadRequestError
from earwitness.formats import NAMES
from earwitness.messages import (
    EXPORT_LIMITS,
    ExportOptions,
    SpeakerCount,
    SubtitleRules,
    TranscribeOptions,
)

KEY_VARIABLE = "EARWITNESS_KEY"
SERVER_VARIABLE = "EARWITNESS_SERVER"
_PEOPLE = re.compile(r"(\d{1,3})(?:-(\d{1,3}))?")


def add_transcribe(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `transcribe`."""
    add = parser.add_argument
    add("files", nargs="*", metavar="FILE", help="recordings, or patterns such as 'talks/**/*.mp3'")
    add("--watch", type=Path, metavar="DIR",
        help="transcribe each recording that appears in this folder, until stopped")  # fmt: skip
    add("--models", type=Path, default=argparse.SUPPRESS, metavar="DIR",
        help="folder of models, without a server")  # fmt: skip
    add_server(parser, "let this server transcribe (otherwise this machine does)")
    speech = parser.add_argument_group("transcription")
    add = speech.add_argument
    add("--model", default="", help="base, tiny.en … (default: the server's or base)")
    add("--language", default="auto", help="code, tag or name, such as en or Deutsch")
    add("--task", choices=("transcribe", "translate"), default="transcribe",
        help="translate: write English")  # fmt: skip
    add("--prompt", default="", help="names and terms that are likely to be said")
    add("--term", action="append", default=[], dest="terms",
        help="a name or term to write where it is said; can be repeated")  # fmt: skip
    add("--speakers", action="store_true", help="tell speakers apart, and write who speaks")
    add("--people", metavar="N", help="how many speakers there are, such as 2 or 3-5")
    add(
        "--audio-track",
        type=_within(int, 0, 1000),
        default=0,
        metavar="N",
        help="0 is the first (default)",
    )
    add("--no-words", action="store_false", dest="words", help="find no times of words")
    add("--no-voice-activity", action="store_false", dest="voice_activity",
        help="do not skip what is not speech")  # fmt: skip
    add("--no-follow-languages", action="store_false", dest="follow_languages",
        help="the recording has one language")  # fmt: skip
    _add_output(parser)


def add_export(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `export`."""
    parser.add_argument(
        "transcripts", nargs="+", metavar="TRANSCRIPT",
        help="a transcript's id on the server, or a saved file: json, or another that can be read",
    )  # fmt: skip
    add_server(parser, "the server that has the transcripts")
    _add_output(parser)
    parser.add_argument("--no-speakers", action="store_true", help="leave the speakers' names out")
    parser.add_argument("--highlights", action=argparse.BooleanOptionalAction,
                        help="mark and list highlights, with labels and notes")  # fmt: skip
    parser.add_argument("--highlights-only", action="store_true",
                        help="write what is highlighted, and nothing else")  # fmt: skip
    parser.add_argument("--no-words", action="store_false", dest="words",
                        help="leave the times of words out")  # fmt: skip


def add_search(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `search`."""
    add = parser.add_argument
    add("query", help='words, or "a phrase"')
    add(
        "--limit",
        type=_within(int, 1, 500),
        default=50,
        metavar="N",
        help="the most hits (default: 50)",
    )
    add("--language", default="", help="only transcripts in this language, a code such as en")
    add("--tag", default="", help="only transcripts with this tag")
    add("--speaker", default="", help="only what this person says")
    add("--label", default="", help="only in highlights with this label")
    add("--json", action="store_true", help="print the answer as JSON")
    add_server(parser, "the server that is searched")


def add_server(parser: argparse.ArgumentParser, use: str) -> None:
    """Add the arguments that name a server and the key for it."""
    named = os.environ.get(SERVER_VARIABLE, "")
    parser.add_argument("--server", default=named, metavar="URL",
                        help=f"{use}; also {SERVER_VARIABLE}")  # fmt: skip
    parser.add_argument("--key-file", type=Path, metavar="FILE",
                        help=f"file with the server's key; otherwise {KEY_VARIABLE}")  # fmt: skip


def _add_output(parser: argparse.ArgumentParser) -> None:
    output = parser.add_argument_group("output", "docs/formats.md says which format knows what.")
    add = output.add_argument
    add("--format", action="append", default=[], dest="formats", metavar="NAME",
        help=f"{', '.join(NAMES)}, or of an extension; can be repeated (default: txt)")  # fmt: skip
    add("--to", type=Path, metavar="DIR", help="folder for the files (default: beside the input)")
    ways = output.add_mutually_exclusive_group()
    ways.add_argument("--stdout", action="store_true", help="print the text and write no file")
    ways.add_argument("--json", action="store_true", help="print a line of JSON for each file")
    boolean = argparse.BooleanOptionalAction
    add("--times", action=boolean, help="show times in texts and documents")
    add(
        "--times-every-s",
        type=_within(float, *EXPORT_LIMITS["times_every_s"]),
        default=0.0,
        metavar="S",
        help="the least time between them",
    )
    add("--paragraphs", action=boolean, help="join the sentences of a paragraph")
    add("--table", action="store_true", help="a table of times, speakers and texts (docx)")
    add("--rules", choices=get_args(SubtitleRules), default="earwitness",
        help="the style guide of subtitles")  # fmt: skip
    add("--children", action="store_true", help="subtitles for children")
    add(
        "--columns",
        type=_within(int, *EXPORT_LIMITS["columns"]),
        default=0,
        metavar="N",
        help="the most characters of a line",
    )
    add(
        "--lines",
        type=_within(int, *EXPORT_LIMITS["lines"]),
        default=0,
        metavar="N",
        help="the most lines of a subtitle",
    )
    add(
        "--frames-per-s",
        type=_within(float, *EXPORT_LIMITS["frames_per_s"]),
        default=25.0,
        metavar="N",
        help="of the video (default: 25)",
    )
    add("--no-byte-order-mark", action="store_false", dest="byte_order_mark",
        help="a csv without the mark that Excel needs")  # fmt: skip


def transcribe_options(parsed: argparse.Namespace) -> TranscribeOptions:
    """Return the options of a transcription.

    Raises:
        BadRequestError: --people is no number and no range.
    """
    own = {each.name for each in fields(TranscribeOptions)}
    given = {name: value for name, value in vars(parsed).items() if name in own}
    given["terms"] = tuple(parsed.terms)
    given["speakers"] = _people(parsed.people) if parsed.people else parsed.speakers
    return TranscribeOptions(**given)


def export_options(parsed: argparse.Namespace) -> ExportOptions:
    """Return how files are written; `transcribe --speakers` writes names in every format."""
    own = {each.name for each in fields(ExportOptions)} - {"speakers"}
    given: dict[str, Any] = {name: value for name, value in vars(parsed).items() if name in own}
    if parsed.command == "transcribe":
        wanted = True if parsed.speakers or parsed.people else None
    else:
        wanted = False if parsed.no_speakers else None
    return ExportOptions(**given, speakers=wanted)


def formats_of(parsed: argparse.Namespace) -> list[str]:
    """Return the names of the formats, each once."""
    names = [name.strip() for text in parsed.formats for name in text.split(",")]
    return list(dict.fromkeys(names)) or ["txt"]


def _people(text: str) -> SpeakerCount:
    found = _PEOPLE.fullmatch(text.strip())
    if found is None:
        raise BadRequestError(
            f"--people {text!r:.40} is no number.", hint="Use a number such as 2, or 3-5."
        )
    least, most = int(found[1]), found[2]
    return (least, int(most)) if most else least


def _within(
    kind: Callable[[str], int | float], least: float, most: float
) -> Callable[[str], int | float]:
    """Return what reads a number in a range."""

    def number(text: str) -> int | float:
        value = kind(text)
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"{text} is not a number from {least:g} to {most:g}")
        return value

    return number
