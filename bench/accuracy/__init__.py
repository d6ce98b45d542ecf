"""Words, languages and times, side by side with faster-whisper on the same weights.

Answers are kept under build/bench/heard, by engine and version: a run goes on where it stopped.
"""

from __future__ import annotations

import argparse
from typing import Any

from bench.accuracy.collect import Answers, collect
from bench.accuracy.joins import long_section
from bench.accuracy.rates import language_section, rate_section
from bench.accuracy.silence import half_silence_section, no_speech_section
from bench.accuracy.times import retry_section, time_section
from bench.report import publish


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Flags of `bench accuracy`."""
    parser.add_argument("--model", default="base", help="tiny.en, base or small")
    parser.add_argument("--limit", type=int, help="at most this many recordings of each set")
    parser.add_argument("--no-long", action="store_true", help="leave out 10 minutes and more")
    parser.add_argument("--server", action="store_true", help="the server's engine, too")
    parser.add_argument("--native", action="store_true", help="our engine without a browser, too")
    parser.add_argument(
        "--no-page", action="store_true", help="judge our engine without a browser (faster)"
    )
    parser.add_argument(
        "--sentences", action="store_true", help="give long recordings in sentences, too (slow)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Measure, print, and fail when a rule is broken."""
    answers = collect(arguments)
    sections: list[str] = []
    result: dict[str, Any] = {"model": arguments.model, "ours": answers.ours, "failed": []}
    for section in SECTIONS:
        text, numbers, failed = section(answers)
        sections += [text] if text else []
        result |= numbers
        result["failed"] += failed
    verdict = "\n".join(f"- FAILED: {line}" for line in result["failed"]) or "Every rule is met."
    publish(result, [*sections, verdict], arguments.json)
    return 1 if result["failed"] else 0


SECTIONS = (
    rate_section,
    language_section,
    no_speech_section,
    half_silence_section,
    time_section,
    long_section,
    retry_section,
)

__all__ = ["SECTIONS", "Answers", "add_arguments", "run"]
