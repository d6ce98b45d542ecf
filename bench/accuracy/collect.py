"""Transcribes every recording with every engine."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from bench import corpus, synthetic
from bench.corpus import Clip
from bench.report import say
from bench.results import Engine, Result, transcribe_all

Section = tuple[str, dict[str, Any], list[str]]
"""A section's text, its numbers, and a line for each limit that is exceeded."""


@dataclass
class Comparison:
    """The recordings, and the transcripts of every engine."""

    ours: str
    """Name of our engine, which the limits apply to."""
    peer: str
    """Name of the engine to compare with: faster-whisper, beam 1."""
    speech: list[Clip]
    no_speech: list[Clip]
    half_silent: list[tuple[Clip, float, float]]
    """(recording, start and end of its silence in seconds)"""
    results: dict[str, dict[str, Result]] = field(default_factory=dict)
    """Engine -> recording -> its transcript."""
    multilingual: bool = True

    def text(self, engine: str, clip: Clip) -> str:
        """Return the text that an engine gave for a recording."""
        return self.results[engine][clip.id].text


def collect(arguments: argparse.Namespace) -> Comparison:
    """Transcribe the chosen recordings with every chosen engine, one engine after the other."""
    model: str = arguments.model
    multilingual = not model.endswith(".en")
    clips = [clip for clip in corpus.speech() if multilingual or clip.language == "en"]
    if arguments.no_long:
        clips = [clip for clip in clips if not clip.long]
    clips = limited(clips, arguments.limit)
    comparison = Comparison(
        ours=f"native-{model}" if arguments.no_page else f"page-{model}",
        peer=f"faster-whisper-{model}-beam1",
        speech=clips,
        no_speech=limited([*synthetic.noises(), *corpus.no_speech()], arguments.limit),
        half_silent=synthetic.half_silent(),
        multilingual=multilingual,
    )
    others = [*comparison.no_speech, *(clip for clip, _, _ in comparison.half_silent)]
    for make in engine_makers(arguments):
        with ExitStack() as stack:
            engine = make(stack)
            wanted = clips if "beam5" in engine.name else [*clips, *others]
            comparison.results[engine.name] = transcribe_all(engine, wanted, say)
            if arguments.sentences and engine.name == f"native-{model}":
                for clip in clips:
                    parts = synthetic.split_sentences(clip) if clip.long else []
                    comparison.results[engine.name] |= transcribe_all(engine, parts, say)
    return comparison


def limited(clips: Sequence[Clip], limit: int | None) -> list[Clip]:
    """Return at most `limit` recordings of each set."""
    seen: Counter[str] = Counter()
    kept: list[Clip] = []
    for clip in clips:
        seen[clip.set] += 1
        if limit is None or seen[clip.set] <= limit:
            kept.append(clip)
    return kept


def engine_makers(
    arguments: argparse.Namespace, peers: Sequence[int] = (1, 5)
) -> list[Callable[[ExitStack], Engine]]:
    """Return a function for each engine that loads and starts the engine when it is called.

    `peers`: the widths of faster-whisper's beam.
    """
    model: str = arguments.model

    def page(stack: ExitStack) -> Engine:
        from bench.page import PageEngine, Tab, page_server, playwright_driver

        server = stack.enter_context(page_server())
        tab = Tab(stack.enter_context(playwright_driver()), server.url)
        stack.callback(tab.close)
        tab.open()
        return PageEngine(tab, model)

    def native(stack: ExitStack) -> Engine:
        from bench.native import NativeEarwitness

        return NativeEarwitness(model)

    def server(stack: ExitStack) -> Engine:
        from bench.native import ServerEngine

        return ServerEngine(model)

    def peer(beam: int) -> Callable[[ExitStack], Engine]:
        def make(stack: ExitStack) -> Engine:
            from bench.native import FasterWhisper

            return FasterWhisper(model, beam)

        return make

    makers = [peer(beam) for beam in peers]
    if not arguments.no_page:
        makers.append(page)
    if arguments.no_page or arguments.native or arguments.sentences:
        makers.append(native)
    if arguments.server:
        makers.append(server)
    return makers
