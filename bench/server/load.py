"""Direct requests of many clients, compared with faster-whisper called in this process.

faster-whisper is timed again before each number of clients, on the same number of threads, so that
other work on the machine slows both.
"""

from __future__ import annotations

import argparse
import json
import os
import time
import urllib.request
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any

from earwitness.speech.whisper import SAMPLE_RATE_HZ

from bench.native_model import decode_audio
from bench.paths import CORPUS, ROOT
from bench.server.process import percentile, resident_bytes, running_server
from tests.support.server_process import ServerProcess

CLIP = CORPUS / "en-instructions.flac"
MODELS = ROOT / "build" / "server-models"
REQUESTS = 16
"""Requests for each number of clients: at least one for each client, a quarter for one client."""
REQUEST_TIMEOUT_S = 600.0
TURNS = 2
"""How often each form of faster-whisper is timed before each number of clients."""


def measure(arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Return audio minutes per hour, latencies, and the ratios to faster-whisper."""
    clip = arguments.clip or CLIP
    clip_s = len(decode_audio(clip)) / SAMPLE_RATE_HZ
    peers = _peers(arguments.model, clip)
    for transcribe in peers.values():
        transcribe()
    alone_s: dict[str, list[float]] = {name: [] for name in peers}
    result: dict[str, Any] = {}
    options = ("--models", str(MODELS))
    settings = {"earwitness_default_model": arguments.model, "earwitness_waiting_limit": "64"}
    with running_server(folder, *options, **settings) as server:
        _request(server, arguments.model, clip)
        for clients in map(int, arguments.clients.split(",")):
            now_s = {name: [_timed(peer) for _ in range(TURNS)] for name, peer in peers.items()}
            for name, times_s in now_s.items():
                alone_s[name] += times_s
            count = max(REQUESTS, clients) if clients > 1 else REQUESTS // 4
            began = time.perf_counter()
            with ThreadPoolExecutor(clients) as pool:
                took = list(
                    pool.map(lambda _: _request(server, arguments.model, clip), range(count))
                )
            each_s = (time.perf_counter() - began) / count
            head = f"{clients} client" + "s" * (clients > 1)
            result[f"{head}, audio min/h"] = _rate(clip_s, each_s)
            result[f"{head}, latency median / p95, s"] = (
                f"{median(took):.1f} / {percentile(took, 0.95):.1f}"
            )
            result[f"{head}, throughput ÷ faster-whisper's"] = ", ".join(
                f"{name} {median(times_s) / each_s:.2f}" for name, times_s in now_s.items()
            )
        result["resident memory, MB"] = resident_bytes(server) >> 20
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


def _request(server: ServerProcess, model: str, clip: Path) -> float:
    """Transcribe `clip` with word times; the seconds until the answer."""
    boundary = uuid.uuid4().hex
    head = "".join(
        f"--{boundary}\r\nContent-Disposition: form-data; {field}\r\n\r\n{value}"
        for field, value in (
            ('name="model"', f"{model}\r\n"),
            ('name="response_format"', "verbose_json\r\n"),
            ('name="timestamp_granularities[]"', "word\r\n"),
            (f'name="file"; filename="{clip.name}"', ""),
        )
    )
    body = head.encode() + clip.read_bytes() + f"\r\n--{boundary}--\r\n".encode()
    began = time.perf_counter()
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    url = f"{server.origin}/v1/audio/transcriptions"
    request = urllib.request.Request(url, body, headers)
    with urllib.request.urlopen(request, timeout=REQUEST_TIMEOUT_S) as response:
        answer = json.load(response)
    took_s = time.perf_counter() - began
    assert len(answer["words"]) > 20, json.dumps(answer)
    return took_s


def _peers(model: str, clip: Path) -> dict[str, Callable[[], object]]:
    """faster-whisper with one beam, with five beams, and batched; all with word times."""
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
