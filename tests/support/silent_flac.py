"""A small FLAC file that is days of silence: frames of one constant, and no length in the head."""

from __future__ import annotations

RATE_HZ = 8_000
BLOCK = 32_768
"""Samples of a frame."""


def days_of_silence(days: float) -> bytes:
    """Some 13 bytes for each 4 seconds."""
    rate_and_form = (RATE_HZ << 44 | 0 << 41 | 15 << 36).to_bytes(8, "big")
    info = BLOCK.to_bytes(2, "big") * 2 + bytes(6) + rate_and_form + bytes(16)
    frames = round(days * 86_400 * RATE_HZ / BLOCK)
    head = b"fLaC\x80" + len(info).to_bytes(3, "big") + info
    return head + b"".join(map(_frame, range(frames)))


def _frame(number: int) -> bytes:
    """Mono, 16 bits, every sample zero."""
    head = b"\xff\xf8\xf4\x08" + chr(number).encode("utf-8", "surrogatepass")
    frame = head + bytes([_crc(head, 8, 0x07)]) + bytes(3)
    return frame + _crc(frame, 16, 0x8005).to_bytes(2, "big")


def _crc(data: bytes, bits: int, polynomial: int) -> int:
    value, top, all_ = 0, 1 << (bits - 1), (1 << bits) - 1
    for byte in data:
        value ^= byte << (bits - 8)
        for _ in range(8):
            value = (value << 1 ^ polynomial if value & top else value << 1) & all_
    return value
