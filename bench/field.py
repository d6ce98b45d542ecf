"""Transcribe a folder's recordings on the page and the server, and compare with what is expected.

The folder holds `manifest.json`, a list of objects, one a row:

    file        name in the folder
    text        the words expected; "" where nobody speaks
    error_rate  share of the words that may be wrong (0.2)
    times       [[word, seconds], …]: where words begin; the first one that is near counts
    within_s    how near (0.5)
    length_s    length that is shown; missing: not checked
    language    the recording's language (en), for the comparison and, with `given`, the request
    given       true: the request names the language
    error       a part of the message that is expected instead of a transcript
    sides       ["page", "server"]
    options     options of the request, as in `earwitness.transcribe`
"""

from __future__ import annotations

import argparse
import json
import re
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Error

from bench.page import Tab, page_server, playwright_driver
from bench.report import publish, say, table
from bench.words import error_rate
from tests.support.server_models import installed_models
from tests.support.server_process import ServerProcess

SIDES = ("page", "server")
LENGTH_S = 0.15
"""How far the length may be off: a frame of the codecs with the longest ones."""
REQUEST_S = 3600.0


@dataclass(frozen=True)
class Row:
    """One recording and what is right; the module's text says what each field means."""

    file: str
    text: str = ""
    error_rate: float = 0.2
    times: tuple[tuple[str, float], ...] = ()
    within_s: float = 0.5
    length_s: float | None = None
    language: str = "en"
    given: bool = False
    error: str = ""
    sides: tuple[str, ...] = SIDES
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Heard:
    """What one side made of a recording, or its error."""

    text: str = ""
    words: tuple[tuple[str, float], ...] = ()
    """Each word and where it begins, in seconds."""
    ends_s: float = 0.0
    """The end of the last segment."""
    length_s: float = 0.0
    error: str = ""


@dataclass(frozen=True)
class Outcome:
    """A row on one side; `faults` is empty where everything is right."""

    file: str
    side: str
    faults: tuple[str, ...]
    text: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `bench field`."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="recordings and manifest.json")
    parser.add_argument(
        "--manifest", type=Path, metavar="FILE", help="instead of DIR's manifest.json"
    )
    parser.add_argument("--model", default="base", help="tiny.en, base (default) or small")
    parser.add_argument("--side", choices=SIDES, help="only this side")
    parser.add_argument("--only", default="", metavar="TEXT", help="files whose name has this")


def run(arguments: argparse.Namespace) -> int:
    """Transcribe every row on its sides. Returns 1 if any row fails."""
    manifest = arguments.manifest or arguments.folder / "manifest.json"
    rows = [row for row in read_manifest(manifest) if arguments.only in row.file]
    sides = [arguments.side] if arguments.side else list(SIDES)
    outcomes: list[Outcome] = []
    with page_server(models=installed_models()) as server, playwright_driver() as playwright:
        tab = Tab(playwright, server.url)
        hear: dict[str, Callable[[Path, Row], Heard]] = {
            "page": lambda path, row: _on_page(tab, path, row, arguments.model),
            "server": lambda path, row: _on_server(server, path, row, arguments.model),
        }
        if "page" in sides:
            tab.open()
        for row in rows:
            for side in (side for side in sides if side in row.sides):
                heard = hear[side](arguments.folder / row.file, row)
                outcome = Outcome(row.file, side, tuple(faults(row, heard)), heard.text)
                say(f"{side}: {row.file}: {'; '.join(outcome.faults) or 'pass'}")
                outcomes.append(outcome)
        tab.close()
    failed = sum(bool(outcome.faults) for outcome in outcomes)
    cells = [[o.file, o.side, "; ".join(o.faults) or "pass", o.text[:120]] for o in outcomes]
    verdict = f"{len(outcomes) - failed} passed, {failed} failed"
    report = [table(["file", "side", "result", "text"], cells), verdict]
    publish({"rows": [asdict(outcome) for outcome in outcomes]}, report, arguments.json)
    return 1 if failed else 0


def read_manifest(path: Path) -> list[Row]:
    """Return the rows of a manifest.

    Raises:
        SystemExit: there is no manifest, or a row has an unknown field.
    """
    if not path.is_file():
        raise SystemExit(f"{path} is missing. `build.py bench field --help` describes it.")
    try:
        rows = [Row(**row) for row in json.loads(path.read_text("utf-8"))]
    except TypeError as error:
        raise SystemExit(f"{path}: {error}. Correct that row.") from error
    return rows


def faults(row: Row, heard: Heard) -> list[str]:
    """Return what is wrong with what one side heard; nothing where everything is right."""
    if row.error:
        return [] if row.error in heard.error else [f"no error with {row.error!r}: {heard.error!r}"]
    if heard.error:
        return [heard.error]
    found: list[str] = []
    if not row.text:
        found += (
            [f"{heard.text[:60]!r} was heard where nobody speaks"] if heard.text.strip() else []
        )
    elif (rate := error_rate(row.text, heard.text, row.language)) > row.error_rate:
        found.append(f"{rate:.0%} of the words are wrong")
    found += [fault for word, at_s in row.times if (fault := _misplaced(word, at_s, row, heard))]
    if row.length_s is not None and abs(heard.length_s - row.length_s) > LENGTH_S:
        found.append(f"{heard.length_s:.2f} s long, not {row.length_s:.2f} s")
    if heard.length_s and heard.ends_s > heard.length_s + LENGTH_S:
        found.append(f"text until {heard.ends_s:.2f} s in {heard.length_s:.2f} s")
    return found


def _misplaced(word: str, at_s: float, row: Row, heard: Heard) -> str:
    starts = [start_s for text, start_s in heard.words if _bare(text) == _bare(word)]
    if not starts:
        return f"{word!r} was not heard"
    near_s = min(starts, key=lambda start_s: abs(start_s - at_s))
    return (
        "" if abs(near_s - at_s) <= row.within_s else f"{word!r} at {near_s:.2f}, not {at_s:.2f} s"
    )


def _bare(word: str) -> str:
    return re.sub(r"\W", "", word).lower()


def _on_page(tab: Tab, path: Path, row: Row, model: str) -> Heard:
    language = row.language if row.given else "auto"
    options = {"model": model, "words": True, "language": language} | row.options
    try:
        transcript = tab.transcribe(path, **options)["transcript"]
    except Error as error:
        return Heard(error=error.message.splitlines()[0])
    tab.remove(transcript["id"])
    segments = transcript["segments"]
    return Heard(
        " ".join(segment["text"].strip() for segment in segments),
        tuple((word["text"], word["start_s"]) for each in segments for word in each["words"]),
        max((segment["end_s"] for segment in segments), default=0.0),
        transcript["duration_s"],
    )


def _on_server(server: ServerProcess, path: Path, row: Row, model: str) -> Heard:
    fields: list[tuple[str, str]] = [
        ("model", model), ("response_format", "verbose_json"),
        ("timestamp_granularities[]", "word"), ("timestamp_granularities[]", "segment"),
        *([("language", row.language)] if row.given else []),
        *((name, str(value)) for name, value in row.options.items()),
    ]  # fmt: skip
    body, kind = _form(fields, path)
    request = urllib.request.Request(
        f"{server.origin}/v1/audio/transcriptions", body, {"content-type": kind}
    )
    try:
        with urllib.request.urlopen(request, timeout=REQUEST_S) as response:
            answer = json.load(response)
    except urllib.error.HTTPError as error:
        return Heard(error=json.load(error)["error"]["message"])
    return Heard(
        answer["text"],
        tuple((word["word"], word["start"]) for word in answer.get("words") or ()),
        max((segment["end"] for segment in answer.get("segments") or ()), default=0.0),
        answer["duration"],
    )


def _form(fields: Sequence[tuple[str, str]], path: Path) -> tuple[bytes, str]:
    """Return the body of a multipart form with a file, and its content type."""
    border = uuid.uuid4().hex
    parts = [
        f'--{border}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields
    ]
    head = f'--{border}\r\nContent-Disposition: form-data; name="file"; filename="{path.name}"\r\n'
    kind = "Content-Type: application/octet-stream\r\n\r\n"
    end = f"\r\n--{border}--\r\n".encode()
    body = b"".join([*parts, (head + kind).encode(), path.read_bytes(), end])
    return body, f"multipart/form-data; boundary={border}"
