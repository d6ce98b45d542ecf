"""Clients that all want an answer now, beside faster-whisper called directly in this process."""

from __future__ import annotations

import argparse
import json
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any

from bench.server.process import ROOT, Server, percentile, server

CLIP = ROOT / "tests" / "corpus" / "en-instructions.flac"
CLIP_S = 73.349
MODELS = ROOT / "build" / "server-models"
REQUESTS = 16
"""For each number of clients, but at least one a client."""


def measure(arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Minutes of audio an hour, and how long a request of 73 s of speech takes."""
    result: dict[str, Any] = {"faster-whisper alone, audio min/h": _peer(arguments.model)}
    options = ("--models", str(MODELS))
    with server(
        folder, *options, EARWITNESS_DEFAULT_MODEL=arguments.model, EARWITNESS_WAITING_LIMIT="64"
    ) as one:
        _ask(one, arguments.model)
        for clients in map(int, arguments.clients.split(",")):
            count = max(REQUESTS, clients) if clients > 1 else REQUESTS // 4
            began = time.perf_counter()
            with ThreadPoolExecutor(clients) as pool:
                took = list(pool.map(lambda _: _ask(one, arguments.model), range(count)))
            wall_s = time.perf_counter() - began
            result[f"{clients} clients, audio min/h"] = round(count * CLIP_S / wall_s * 60)
            result[f"{clients} clients, latency median / p95, s"] = (
                f"{median(took):.1f} / {percentile(took, 0.95):.1f}"
            )
        result["resident memory, MB"] = one.resident_bytes() >> 20
    return result


def _ask(one: Server, model: str) -> float:
    mark = uuid.uuid4().hex
    head = (
        f'--{mark}\r\nContent-Disposition: form-data; name="model"\r\n\r\n{model}\r\n'
        f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="a.flac"\r\n\r\n'
    )
    body = head.encode() + CLIP.read_bytes() + f"\r\n--{mark}--\r\n".encode()
    began = time.perf_counter()
    content_type = {"Content-Type": f"multipart/form-data; boundary={mark}"}
    text = one.call("POST", "/v1/audio/transcriptions", body, **content_type)["text"]
    assert len(text) > 500, json.dumps(text)
    return time.perf_counter() - began


def _peer(model: str) -> int:
    from faster_whisper import WhisperModel

    peer = WhisperModel(str(MODELS / model), compute_type="int8", cpu_threads=4)
    times_s: list[float] = []
    for _ in range(4):
        began = time.perf_counter()
        segments, _info = peer.transcribe(
            str(CLIP), beam_size=1, vad_filter=True, word_timestamps=True
        )
        assert list(segments)
        times_s.append(time.perf_counter() - began)
    return round(CLIP_S / median(times_s[1:]) * 60)
