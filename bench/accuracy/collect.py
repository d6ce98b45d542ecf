"""Asks every engine about every recording."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from bench import corpus, made
from bench.corpus import Clip
from bench.heard import Engine, Heard, hear_all
from bench.report import say

Section = tuple[str, dict[str, Any], list[str]]
"""A report's text, its numbers, and the rules that were broken."""


@dataclass
class Answers:
    """What was asked, and what each engine heard."""

    ours: str
    """The engine that is judged."""
    peer: str
    """faster-whisper, beam 1."""
    speech: list[Clip]
    no_speech: list[Clip]
    half_silent: list[tuple[Clip, float, float]]
    heard: dict[str, dict[str, Heard]] = field(default_factory=dict)
    """Engine -> clip -> answer."""
    multilingual: bool = True

    def text(self, engine: str, clip: Clip) -> str:
        """What an engine heard in a recording."""
        return self.heard[engine][clip.id].text


def collect(arguments: argparse.Namespace) -> Answers:
    """Run every engine over the recordings, one engine after the other."""
    model: str = arguments.model
    multilingual = not model.endswith(".en")
    clips = [clip for clip in corpus.speech() if multilingual or clip.language == "en"]
    if arguments.no_long:
        clips = [clip for clip in clips if not clip.long]
    clips = limited(clips, arguments.limit)
    answers = Answers(
        ours=f"native-{model}" if arguments.no_page else f"page-{model}",
        peer=f"faster-whisper-{model}-beam1",
        speech=clips,
        no_speech=limited([*made.sounds(), *corpus.no_speech()], arguments.limit),
        half_silent=made.half_silent(),
        multilingual=multilingual,
    )
    others = [*answers.no_speech, *(clip for clip, _, _ in answers.half_silent)]
    for make in _makers(arguments):
        with ExitStack() as stack:
            engine = make(stack)
            wanted = clips if "beam5" in engine.name else [*clips, *others]
            answers.heard[engine.name] = hear_all(engine, wanted, say)
            if arguments.sentences and engine.name == f"native-{model}":
                for clip in clips:
                    parts = made.sentences_of(clip) if clip.long else []
                    answers.heard[engine.name] |= hear_all(engine, parts, say)
    return answers


def limited(clips: Sequence[Clip], limit: int | None) -> list[Clip]:
    """At most `limit` recordings of each set."""
    seen: Counter[str] = Counter()
    kept: list[Clip] = []
    for clip in clips:
        seen[clip.set] += 1
        if limit is None or seen[clip.set] <= limit:
            kept.append(clip)
    return kept


def _makers(arguments: argparse.Namespace) -> list[Any]:
    """What starts each engine: heavy imports and processes wait until their turn."""
    model: str = arguments.model

    def page(stack: ExitStack) -> Engine:
        from bench.page import PageEngine, Tab, playing, serving

        server = stack.enter_context(serving())
        tab = Tab(stack.enter_context(playing()), server.url)
        stack.callback(tab.close)
        tab.open()
        return PageEngine(tab, model)

    def native(stack: ExitStack) -> Engine:
        from bench.native import NativeEarwitness

        return NativeEarwitness(model)

    def server(stack: ExitStack) -> Engine:
        from bench.native import ServerEngine

        return ServerEngine(model)

    def peer(beam: int) -> Any:
        def make(stack: ExitStack) -> Engine:
            from bench.native import FasterWhisper

            return FasterWhisper(model, beam)

        return make

    makers: list[Any] = [peer(1), peer(5)]
    if not arguments.no_page:
        makers.append(page)
    if arguments.no_page or arguments.native or arguments.sentences:
        makers.append(native)
    if arguments.server:
        makers.append(server)
    return makers
