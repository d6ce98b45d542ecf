"""Clients that all want an answer now, beside faster-whisper called directly in this process.

The peers take their turn before every number of clients, on the same threads: what disturbs the
machine disturbs both.
"""

from __future__ import annotations

import argparse
import json
import os
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any

from earwitness.speech.whisper import SAMPLE_RATE_HZ

from bench.native_model import decode_audio
from bench.server.process import ROOT, Server, percentile, server

CLIP = ROOT / "tests" / "corpus" / "en-instructions.flac"
MODELS = ROOT / "build" / "server-models"
REQUESTS = 16
"""For each number of clients, but at least one a client; a quarter for one client."""
TURNS = 2
"""Of each peer, before each number of clients."""


def measure(arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Minutes of audio an hour, how long a request takes, and both beside each peer's."""
    clip = arguments.clip or CLIP
    clip_s = len(decode_audio(clip)) / SAMPLE_RATE_HZ
    peers = _peers(arguments.model, clip)
    for hear in peers.values():
        hear()
    alone_s: dict[str, list[float]] = {name: [] for name in peers}
    result: dict[str, Any] = {}
    options = ("--models", str(MODELS))
    with server(
        folder, *options, EARWITNESS_DEFAULT_MODEL=arguments.model, EARWITNESS_WAITING_LIMIT="64"
    ) as one:
        _ask(one, arguments.model, clip)
        for clients in map(int, arguments.clients.split(",")):
            now_s = {name: [_timed(hear) for _ in range(TURNS)] for name, hear in peers.items()}
            for name, times_s in now_s.items():
                alone_s[name] += times_s
            count = max(REQUESTS, clients) if clients > 1 else REQUESTS // 4
            began = time.perf_counter()
            with ThreadPoolExecutor(clients) as pool:
                took = list(pool.map(lambda _: _ask(one, arguments.model, clip), range(count)))
            each_s = (time.perf_counter() - began) / count
            head = f"{clients} client" + "s" * (clients > 1)
            result[f"{head}, audio min/h"] = _rate(clip_s, each_s)
            result[f"{head}, latency median / p95, s"] = (
                f"{median(took):.1f} / {percentile(took, 0.95):.1f}"
            )
            result[f"{head}, throughput ÷ each peer's"] = ", ".join(
                f"{name} {median(times_s) / each_s:.2f}" for name, times_s in now_s.items()
            )
        result["resident memory, MB"] = one.resident_bytes() >> 20
    rates = {
        f"faster-whisper alone, {name}, audio min/h (slowest … fastest)": (
            f"{_rate(clip_s, median(times_s))} "
            f"({_rate(clip_s, max(times_s))} … {_rate(clip_s, min(times_s))})"
        )
        for name, times_s in alone_s.items()
    }
    return {
        "recording": f"{clip.name}, {clip_s:.0f} s",
        "model": arguments.model,
        **rates,
        **result,
    }


def _rate(clip_s: float, each_s: float) -> int:
    return round(clip_s / each_s * 60)


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _ask(one: Server, model: str, clip: Path) -> float:
    mark = uuid.uuid4().hex
    head = "".join(
        f"--{mark}\r\nContent-Disposition: form-data; {field}\r\n\r\n{value}"
        for field, value in (
            ('name="model"', f"{model}\r\n"),
            ('name="response_format"', "verbose_json\r\n"),
            ('name="timestamp_granularities[]"', "word\r\n"),
            (f'name="file"; filename="{clip.name}"', ""),
        )
    )
    body = head.encode() + clip.read_bytes() + f"\r\n--{mark}--\r\n".encode()
    began = time.perf_counter()
    content_type = {"Content-Type": f"multipart/form-data; boundary={mark}"}
    answer = one.call("POST", "/v1/audio/transcriptions", body, **content_type)
    took_s = time.perf_counter() - began
    assert len(answer["words"]) > 20, json.dumps(answer)
    return took_s


def _peers(model: str, clip: Path) -> dict[str, Callable[[], object]]:
    """One after the other greedily and with beams, and its batched form, all with word times."""
    from faster_whisper import BatchedInferencePipeline, WhisperModel

    threads = min(4, os.cpu_count() or 1)
    peer = WhisperModel(str(MODELS / model), compute_type="int8", cpu_threads=threads)
    batched = BatchedInferencePipeline(peer)

    def alone(beams: int) -> object:
        found, _ = peer.transcribe(
            str(clip), beam_size=beams, vad_filter=True, word_timestamps=True
        )
        return list(found)

    def together(beams: int) -> object:
        found, _ = batched.transcribe(
            str(clip), beam_size=beams, word_timestamps=True, batch_size=8
        )
        return list(found)

    return {
        "beam 1": lambda: alone(1),
        "beam 5": lambda: alone(5),
        "batched, beam 5": lambda: together(5),
    }
