"""Count the rules of style guides that subtitles of a folder's transcripts break.

Reads every file that `earwitness.formats` reads, and `*.segments.jsonl` (start, end, text, speaker
a line) of the corpora. For each transcript and each style guide it prints how often each rule is
broken, and how many of these places the speech leaves room to avoid: there should be none. The exit
status is 1 if there is one.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from earwitness import formats
from earwitness.errors import BadRequestError
from earwitness.formats.cues import cues
from earwitness.formats.subtitle_rules import avoidable, rules_for, violations
from earwitness.formats.subtitles import timed_cues
from earwitness.languages import NAMES
from earwitness.messages import ExportOptions, SubtitleRules
from earwitness.transcript import Segment, Transcript

from bench.paths import CORPUS, shared_folder
from bench.report import publish, say, table

_LINES = ".segments.jsonl"
_HEADER = ("transcript", "rules", "cues", "broken", "avoidable")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the measurement's options."""
    parser.add_argument("folder", nargs="?", type=Path, help="transcripts; default: the corpora's")
    parser.add_argument("--children", action="store_true", help="with children's reading speed")


def run(arguments: argparse.Namespace) -> int:
    """Print the counts; return 1 if a rule is broken that could be kept."""
    shared = shared_folder()
    folder = arguments.folder or (shared / "speech" if shared else CORPUS)
    rows: list[list[str]] = []
    results: list[dict[str, Any]] = []
    for name, transcript in transcripts(folder):
        say(name)
        if not transcript.duration_s:
            continue  # A text without times.
        for rules in (None, *get_args(SubtitleRules)):
            result = counted(transcript, rules, arguments.children)
            results.append({"transcript": name, **result})
            rows.append([name, *map(str, result.values())])
    publish({"subtitles": results}, [table(_HEADER, rows)], arguments.json)
    return 1 if any(each["rules"] != "default" and each["avoidable"] for each in results) else 0


def transcripts(folder: Path) -> Iterator[tuple[str, Transcript]]:
    """Return the name and content of every transcript in a folder, sorted."""
    for path in sorted(folder.iterdir()):
        try:
            if path.name.endswith(_LINES):
                yield path.name.removesuffix(_LINES), _lines(path)
            elif path.suffix[1:] in formats.READ_EXTENSIONS and path.name != "manifest.jsonl":
                yield path.name, formats.read(path.read_bytes(), path.name)
        except BadRequestError as error:
            say(f"{path.name}: {error.message}")


def counted(transcript: Transcript, rules: SubtitleRules | None, children: bool) -> dict[str, Any]:
    """Return how many cues there are and how many break a rule.

    `rules`: the style guide; None: cues as they are without one, held against `earwitness`.
    """
    options = ExportOptions(rules=rules or "earwitness", children=children)
    chosen = rules_for(options, transcript.language)
    if rules is None:
        made = cues(transcript.segments)
        spans = [(cue.start_s, cue.end_s) for cue in made]
    else:
        timed = timed_cues(transcript.segments, chosen, transcript.language)
        made, spans = [cue for cue, _ in timed], [span for _, span in timed]
    found = violations(made, chosen)
    counts = Counter(each.rule for each in found)
    return {
        "rules": rules or "default",
        "cues": len(made),
        "broken": ", ".join(f"{rule} {count}" for rule, count in sorted(counts.items())),
        "avoidable": len(avoidable(found, made, spans, chosen)),
    }


def _lines(path: Path) -> Transcript:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
    segments = tuple(
        Segment(row["start"], row["end"], row["text"], speaker=row.get("speaker")) for row in rows
    )
    code = path.name.partition("-")[0]
    language = code if code in NAMES else None
    end_s = max((segment.end_s for segment in segments), default=0.0)
    return Transcript(path.name, path.name, "", end_s, "", language=language, segments=segments)
