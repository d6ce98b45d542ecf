"""Uncompressed recordings in AIFF, AU, CAF and Wave64: every order of bytes, width and sign."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Worker

RATE_HZ = 16_000
COUNT = 8000
WORST = """async (path) => {
    const { samples } = await hear(path);
    let worst = 0;
    for (let i = 0; i < samples.length; i++) {
        const wanted = 0.5 * Math.sin(2 * Math.PI * 500 * i / 16000);
        worst = Math.max(worst, Math.abs(samples[i] - wanted));
    }
    return { length: samples.length, worst };
}"""


def tone() -> list[float]:
    return [0.5 * math.sin(2 * math.pi * 500 * index / RATE_HZ) for index in range(COUNT)]


def integers(bits: int, order: str, *, signed: bool = True) -> bytes:
    """The tone as integers, `<` or `>`."""
    top = 2 ** (bits - 1) - 1
    shift = 0 if signed else 2 ** (bits - 1)
    byte_order = "little" if order == "<" else "big"
    return b"".join(
        (round(value * top) + shift).to_bytes(bits // 8, byte_order, signed=signed)
        for value in tone()
    )


def floats(code: str) -> bytes:
    return struct.pack(f"{code[0]}{COUNT}{code[1]}", *tone())


def chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack(">I", len(body)) + body + b"\0" * (len(body) % 2)


def aiff(data: bytes, bits: int, codec: bytes = b"") -> bytes:
    extended = struct.pack(">HQ", 16383 + 13, RATE_HZ << (63 - 13))
    common = struct.pack(">hIh", 1, COUNT, bits) + extended + (codec + b"\0\0" if codec else b"")
    sound = chunk(b"SSND", bytes(8) + data)
    body = (b"AIFC" if codec else b"AIFF") + chunk(b"NAME", b"odd") + chunk(b"COMM", common) + sound
    return chunk(b"FORM", body)


def au(data: bytes, coding: int) -> bytes:
    header = struct.pack(">4sIIIII", b".snd", 28, 0xFFFFFFFF, coding, RATE_HZ, 1)
    return header + b"note" + data


def caf(data: bytes, bits: int, flags: int) -> bytes:
    facts = struct.pack(">d4sIIIII", RATE_HZ, b"lpcm", flags, bits // 8, 1, 1, bits)
    described = b"desc" + struct.pack(">q", len(facts)) + facts
    return b"caff\0\1\0\0" + described + b"data" + struct.pack(">q", -1) + bytes(4) + data


def wave64(data: bytes, bits: int, tag: int) -> bytes:
    guid = bytes.fromhex("f3acd3118cd100c04f8edb8a")
    facts = struct.pack("<HHIIHH", tag, 1, RATE_HZ, RATE_HZ * bits // 8, bits // 8, bits)
    riff = bytes.fromhex("2e91cf11a5d628db04c10000")

    def part(name: bytes, body: bytes) -> bytes:
        size = struct.pack("<Q", 24 + len(body))
        return name + guid + size + body + bytes(-len(body) % 8)

    body = part(b"fmt ", facts) + part(b"data", data)
    whole = struct.pack("<Q", 40 + len(body))
    return b"riff" + riff + whole + b"wave" + guid + body


FILES: dict[str, tuple[Callable[[], bytes], float]] = {
    "big-16.aiff": (lambda: aiff(integers(16, ">"), 16), 1e-4),
    "big-24.aiff": (lambda: aiff(integers(24, ">"), 24), 1e-4),
    "signed-8.aiff": (lambda: aiff(integers(8, ">"), 8), 0.01),
    "little-16.aifc": (lambda: aiff(integers(16, "<"), 16, b"sowt"), 1e-4),
    "float.aifc": (lambda: aiff(floats(">f"), 32, b"fl32"), 1e-5),
    "big-16.au": (lambda: au(integers(16, ">"), 3), 1e-4),
    "double.au": (lambda: au(floats(">d"), 7), 1e-5),
    "little-float.caf": (lambda: caf(floats("<f"), 32, 3), 1e-5),
    "big-24.caf": (lambda: caf(integers(24, ">"), 24, 0), 1e-4),
    "sixteen.w64": (lambda: wave64(integers(16, "<"), 16, 1), 1e-4),
    "eight.w64": (lambda: wave64(integers(8, "<", signed=False), 8, 1), 0.01),
}


@pytest.mark.parametrize("name", FILES)
def test_every_sample_comes_through(worker: Worker, site: Any, name: str) -> None:
    make, tolerance = FILES[name]
    heard = worker.evaluate(WORST, site.put(name, make()))
    assert heard["length"] == COUNT
    assert heard["worst"] < tolerance


@pytest.mark.parametrize(
    "data",
    [
        aiff(b"", 16),
        aiff(integers(16, ">"), 16)[:40],
        aiff(integers(16, ">"), 16, b"ima4"),
        au(b"", 3),
        au(integers(16, ">"), 99),
        caf(integers(16, ">"), 17, 0),
        b".snd" + b"\xff" * 60,
        b"caff" + b"\xff" * 60,
        b"riff" + b"\xff" * 90,
    ],
    ids=lambda data: data[:4].decode() + str(len(data)),
)
def test_what_is_cut_or_unknown_is_refused_in_time(worker: Worker, site: Any, data: bytes) -> None:
    path = site.put("refused.bin", data)
    error = worker.evaluate("(path) => attempt(() => hear(path))", path)["error"]
    assert error["type"] == "MediaError"
    assert error["hint"]
