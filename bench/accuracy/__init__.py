"""Measure errors in words, languages and times, compared with faster-whisper on the same weights.

Transcripts are stored under build/bench/transcripts by engine and version, so that an interrupted
run continues where it stopped.
"""

from __future__ import annotations

import argparse
from typing import Any

from bench.accuracy.collect import Comparison, collect
from bench.accuracy.cuts import run_cuts
from bench.accuracy.error_rates import language_section, rate_section
from bench.accuracy.long_recordings import long_section
from bench.accuracy.silence import half_silence_section, no_speech_section
from bench.accuracy.word_times import retry_section, time_section
from bench.report import publish


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `bench accuracy`."""
    parser.add_argument("--model", default="base", help="tiny.en, base (default) or small")
    parser.add_argument("--limit", type=int, help="use at most this many recordings of each set")
    parser.add_argument(
        "--no-long", action="store_true", help="skip recordings of 10 minutes and more"
    )
    parser.add_argument("--server", action="store_true", help="measure the server's engine as well")
    parser.add_argument(
        "--native", action="store_true", help="measure our engine without a browser as well"
    )
    parser.add_argument(
        "--no-page",
        action="store_true",
        help="measure our engine without a browser instead of the page (faster)",
    )
    parser.add_argument(
        "--cuts",
        type=int,
        metavar="N",
        help="instead, cut recordings at N random places and mix them two by two",
    )
    parser.add_argument(
        "--sentences",
        action="store_true",
        help="also transcribe each sentence of the long recordings by itself (slow)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Measure and print. Returns 1 if a limit is exceeded, otherwise 0."""
    if arguments.cuts:
        return run_cuts(arguments)
    comparison = collect(arguments)
    sections: list[str] = []
    result: dict[str, Any] = {"model": arguments.model, "ours": comparison.ours, "failed": []}
    for section in SECTIONS:
        text, numbers, failed = section(comparison)
        sections += [text] if text else []
        result |= numbers
        result["failed"] += failed
    verdict = "\n".join(f"- FAILED: {line}" for line in result["failed"]) or "No limit is exceeded."
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

__all__ = ["SECTIONS", "Comparison", "add_arguments", "run"]
