"""Recordings as people bring them, and what is heard in each: one list for page and server."""

from __future__ import annotations

import io
import struct
import wave
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt

Sound = npt.NDArray[np.float32]
"""[samples] at `RATE_HZ`."""
RATE_HZ = 16_000
CORPUS = Path(__file__).resolve().parents[1] / "corpus"
PART_S = 4.0


def speech(path: Path) -> Sound:
    """A recording at `RATE_HZ`."""
    resampler = av.AudioResampler("flt", "mono", RATE_HZ)
    with av.open(str(path)) as file:
        frames: list[Any] = [*file.decode(audio=0), None]
    pieces = [each.to_ndarray()[0] for frame in frames for each in resampler.resample(frame)]
    return np.concatenate(pieces)


def part(name: str, seconds: float = PART_S) -> Sound:
    """The beginning of a clip of the corpus."""
    return speech(CORPUS / name)[: round(seconds * RATE_HZ)]


A = part("en-connection.flac")
B = part("es-connection.flac")
SHORT = part("en-connection.flac", 2.0)


@dataclass(frozen=True)
class Case:
    """A file, and what is heard in it."""

    name: str
    make: Callable[[], bytes]
    sounds: tuple[tuple[Sound, float], ...]
    """What is heard, and when."""
    length_s: float
    is_cut_off: bool = False
    track: int = 0
    likeness: float = 0.9
    """The least correlation with the original."""
    suffix: str = ""
    """Of the file's name, where only that tells the container."""


def joined(*parts: tuple[Sound, float]) -> Sound:
    """Parts at their times, silence between them."""
    whole = np.zeros(max(round(at_s * RATE_HZ) + len(sound) for sound, at_s in parts), np.float32)
    for sound, at_s in parts:
        start = round(at_s * RATE_HZ)
        whole[start : start + len(sound)] = sound
    return whole


def encoded(
    container: str,
    codec: str,
    *parts: tuple[Sound, float],
    rate_hz: int = 48_000,
    layout: str = "mono",
    options: dict[str, str] | None = None,
    picture_s: float = 0.0,
    seekable: bool = True,
) -> bytes:
    """A file whose packets have the parts' times, with holes and overlaps as these have.

    `picture_s`: the length of moving pictures beside the sound. `seekable`: whether the program
    that writes it can go back to fill in sizes.
    """
    buffer = io.BytesIO() if seekable else _Pipe()
    with av.open(buffer, "w", format=container, options=options or {}) as file:
        screen: Any = file.add_stream("mpeg4", rate=5) if picture_s else None
        stream: Any = file.add_stream(codec, rate=rate_hz, options={"strict": "experimental"})
        stream.layout = layout
        stream.bit_rate = 64_000 * stream.codec_context.layout.nb_channels
        for packet in _pictures(screen, picture_s):
            file.mux(packet)
        for packet in _packets(stream, parts):
            file.mux(packet)
    return buffer.getvalue()


class _Pipe(io.BytesIO):
    def seekable(self) -> bool:
        return False

    def seek(self, *_: Any) -> int:
        raise io.UnsupportedOperation("seek")


def _pictures(screen: Any, seconds: float) -> list[Any]:
    if screen is None:
        return []
    screen.width, screen.height, screen.pix_fmt = 64, 48, "yuv420p"
    packets: list[Any] = []
    for number in range(int(seconds * 5)):
        grey = np.full((48, 64, 3), number * 7 % 255, np.uint8)
        packets += screen.encode(av.VideoFrame.from_ndarray(grey))
    return packets + screen.encode(None)


def _packets(stream: Any, parts: Sequence[tuple[Sound, float]]) -> list[Any]:
    whole = np.concatenate([sound for sound, _ in parts])
    context = stream.codec_context
    layout = context.layout.name
    channels = context.layout.nb_channels
    frame: Any = av.AudioFrame.from_ndarray(np.repeat(whole, channels)[None], "flt", layout)
    frame.rate, frame.pts, frame.time_base = RATE_HZ, 0, Fraction(1, RATE_HZ)
    resampler = av.AudioResampler(context.format, layout, stream.rate, context.frame_size or None)
    frames = [*resampler.resample(frame), *resampler.resample(None)]
    packets = [packet for each in [*frames, None] for packet in stream.encode(each)]
    starts = np.cumsum([0, *(len(sound) for sound, _ in parts)]) / RATE_HZ
    for packet in packets:
        time_s = float(packet.pts * packet.time_base)
        number = max(0, int(np.searchsorted(starts, time_s + 1e-6, "right")) - 1)
        number = min(number, len(parts) - 1)
        shift = round((parts[number][1] - starts[number]) / packet.time_base)
        packet.pts += shift
        packet.dts += shift
    return packets


def wav(sound: Sound, rate_hz: int = RATE_HZ, channels: int = 1) -> bytes:
    """A 16-bit WAV; `sound` is interleaved."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setparams((channels, 2, rate_hz, 0, "NONE", ""))
        file.writeframes((sound * 32767).astype("<i2").tobytes())
    return buffer.getvalue()


def chunked(*chunks: bytes, sign: bytes = b"RIFF", size: int | None = None) -> bytes:
    """A RIFF file of these chunks."""
    body = b"WAVE" + b"".join(chunks)
    return sign + struct.pack("<I", len(body) if size is None else size) + body


def chunk(name: bytes, body: bytes, size: int | None = None, *, padded: bool = True) -> bytes:
    """A chunk; `size`: what its header says."""
    padding = bytes(len(body) % 2) if padded else b""
    return name + struct.pack("<I", len(body) if size is None else size) + body + padding


PCM = (A * 32767).astype("<i2").tobytes()
LAYOUT = chunk(b"fmt ", struct.pack("<HHIIHH", 1, 1, RATE_HZ, 2 * RATE_HZ, 2, 16))
NOTES = chunk(b"LIST", b"INFOISFT" + struct.pack("<I", 2000) + b"A" * 2000)
BIG = (A * 32767).astype(">i2").tobytes()
W64 = bytes.fromhex("f3acd3118cd100c04f8edb8a")


def _rf64(size: int) -> bytes:
    sizes = chunk(b"ds64", struct.pack("<QQQI", size, size, size // 2, 0))
    return chunked(sizes, LAYOUT, chunk(b"data", PCM, 0xFFFFFFFF), sign=b"RF64", size=0xFFFFFFFF)


def _wave64(claimed: int, whole: int | None = None) -> bytes:
    def each(name: bytes, body: bytes, size: int | None = None) -> bytes:
        told = 24 + len(body) if size is None else size
        return name + W64 + struct.pack("<Q", told) + body + bytes(-len(body) % 8)

    body = each(b"fmt ", LAYOUT[8:]) + each(b"data", PCM, claimed)
    sign = b"riff" + bytes.fromhex("2e91cf11a5d628db04c10000")
    size = struct.pack("<Q", 40 + len(body) if whole is None else whole)
    return sign + size + b"wave" + W64 + body


def _aiff(size: int, frames: int) -> bytes:
    rate = struct.pack(">HQ", 16383 + 13, RATE_HZ << 50)
    common = b"COMM" + struct.pack(">IhIh", 18, 1, frames, 16) + rate
    body = b"AIFF" + common + b"SSND" + struct.pack(">III", size, 0, 0) + BIG
    return b"FORM" + struct.pack(">I", 0 if size == 0 else len(body)) + body


def _au(size: int) -> bytes:
    return b".snd" + struct.pack(">IIIII", 24, size, 3, RATE_HZ, 1) + BIG


def _caf(size: int) -> bytes:
    described = struct.pack(">d4sIIIII", float(RATE_HZ), b"lpcm", 2, 2, 1, 1, 16)
    head = b"caff" + struct.pack(">HH", 1, 0) + b"desc" + struct.pack(">q", 32) + described
    return head + b"data" + struct.pack(">q", size) + bytes(4) + PCM


FULL = len(PCM)
HEADERS: dict[str, bytes] = {
    "wav as it should be": chunked(LAYOUT, chunk(b"data", PCM), NOTES),
    "wav without sizes": chunked(LAYOUT, chunk(b"data", PCM, 0), size=0),
    "wav with the sizes of a stream": chunked(LAYOUT, chunk(b"data", PCM, 0xFFFFFFFF)),
    "wav with sizes that are too small": chunked(LAYOUT, chunk(b"data", PCM, 4000), size=4036),
    "wav with half its size": chunked(LAYOUT, chunk(b"data", PCM, FULL // 2)),
    "wav whose form is too small": chunked(LAYOUT, chunk(b"data", PCM), size=4),
    "wav with an odd note": chunked(
        LAYOUT, chunk(b"LIST", b"INFOabcde", padded=False), chunk(b"data", PCM)
    ),
    "wav with a long note": chunked(LAYOUT, chunk(b"JUNK", bytes(200_000)), chunk(b"data", PCM)),
    "wav behind a tag": b"ID3\x03\0\0\0\0\0\x0a" + bytes(10) + wav(A),
    "rf64": _rf64(FULL),
    "rf64 without sizes": _rf64(0),
    "rf64 with half its size": _rf64(FULL // 2),
    "w64": _wave64(24 + FULL),
    "w64 without sizes": _wave64(0, 0),
    "w64 with half its size": _wave64(24 + FULL // 2),
    "aiff": _aiff(FULL + 8, FULL // 2),
    "aiff without sizes": _aiff(0, 0),
    "aiff with half its size": _aiff(FULL // 2 + 8, FULL // 4),
    "au": _au(FULL),
    "au without a size": _au(0),
    "caf": _caf(FULL + 4),
    "caf without a size": _caf(-1),
    "caf with half its size": _caf(FULL // 2 + 4),
}


def trimmed(start_s: float, seconds: float) -> bytes:
    """An M4A of which an edit list keeps a part, as telephones trim recordings."""
    whole = joined((B, 0.0), (A, start_s), (B, start_s + PART_S))
    data = bytearray(encoded("mp4", "aac", (whole, 0.0), rate_hz=RATE_HZ))
    at = data.index(b"elst") + 4
    delay = struct.unpack(">i", data[at + 12 : at + 16])[0]
    struct.pack_into(">I", data, at + 8, round(seconds * 1000))
    struct.pack_into(">i", data, at + 12, delay + round(start_s * RATE_HZ))
    return bytes(data)


def overlapping() -> bytes:
    """A film of which the second part begins a second before the first one ends."""
    data = bytearray(
        encoded("matroska", "libopus", ONE, (B, 6.0), options={"cluster_time_limit": "500"})
    )
    at = 0
    while (at := data.find(b"\x1f\x43\xb6\x75", at + 1)) >= 0:
        time = data.index(b"\xe7\x82", at) + 2
        (ms,) = struct.unpack_from(">H", data, time) if time < at + 20 else (0,)
        if ms > 5500:
            struct.pack_into(">H", data, time, ms - 3000)
    struct.pack_into(">d", data, data.index(b"\x44\x89\x88") + 3, 7000.0)
    return bytes(data)


def message() -> bytes:
    """Opus in CAF, as Apple's Messages writes it."""
    packets: list[bytes] = []
    with av.open(io.BytesIO(encoded("ogg", "libopus", ONE)), "r") as file:
        packets = [bytes(packet) for packet in file.demux(audio=0) if packet.size]
    described = struct.pack(">d4sIIIII", 48_000.0, b"opus", 0, 0, 960, 1, 0)
    count = len(packets)
    table = struct.pack(">qqii", count, count * 960, 0, 0)
    table += b"".join(_varint(len(packet)) for packet in packets)
    body = bytes(4) + b"".join(packets)
    head = b"caff" + struct.pack(">HH", 1, 0)
    for name, content in ((b"desc", described), (b"pakt", table), (b"data", body)):
        head += name + struct.pack(">q", len(content)) + content
    return head


def _varint(value: int) -> bytes:
    return bytes([0x80 | value >> 7, value & 127]) if value > 127 else bytes([value])


def index_first(data: bytes) -> bytes:
    """An MP4 with its index before its sound, where it is read even if the rest is cut off."""
    boxes: dict[bytes, bytes] = {}
    at = 0
    while at < len(data):
        size, name = struct.unpack_from(">I4s", data, at)
        boxes[name] = data[at : at + size]
        at += size
    index = bytearray(boxes[b"moov"])
    place = index.index(b"stco") + 8
    (count,) = struct.unpack_from(">I", index, place)
    for number in range(count):
        (offset,) = struct.unpack_from(">I", index, place + 4 + 4 * number)
        struct.pack_into(">I", index, place + 4 + 4 * number, offset + len(index))
    rest = b"".join(boxes[name] for name in boxes if name not in (b"ftyp", b"moov"))
    return boxes[b"ftyp"] + bytes(index) + rest


def two_tracks(container: str, first: Sound, second: Sound, default: int) -> bytes:
    """A film with two tracks, of which one is the default."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=container) as file:
        streams: list[Any] = [file.add_stream("aac", rate=48_000, layout="mono") for _ in "12"]
        for number, stream in enumerate(streams):
            none = stream.disposition & ~stream.disposition
            stream.disposition = stream.disposition.default if number == default else none
        for stream, sound in zip(streams, (first, second), strict=True):
            for packet in _packets(stream, [(sound, 0.0)]):
                file.mux(packet)
    return buffer.getvalue()


def with_nan(sound: Sound) -> bytes:
    """A float WAV with samples that are no numbers."""
    bad = sound.copy()
    bad[1000], bad[2000], bad[3000] = np.nan, np.inf, -np.inf
    layout = struct.pack("<HHIIHH", 3, 1, RATE_HZ, 4 * RATE_HZ, 4, 32)
    return chunked(chunk(b"fmt ", layout), chunk(b"data", bad.astype("<f4").tobytes()))


def unsupported() -> bytes:
    """A film with sound in AC-4, which FFmpeg cannot decode."""
    return encoded("mp4", "alac", ONE).replace(b"alac", b"ac-4")


def half(data: bytes) -> bytes:
    """The first half of a file."""
    return data[: len(data) // 2]


def noise(seconds: float) -> Sound:
    """Sound that no encoder can make small, so that half the bytes are about half the time."""
    values = np.random.default_rng(7).uniform(-0.3, 0.3, round(seconds * RATE_HZ))
    return values.astype(np.float32)


def _case(name: str, make: Callable[[], bytes], *sounds: tuple[Sound, float], **more: Any) -> Case:
    end_s = max(at_s + len(sound) / RATE_HZ for sound, at_s in sounds)
    return Case(name, make, sounds, more.pop("length_s", end_s), **more)


ONE = (A, 0.0)
LATE = (A, 5.0)
HOLE = ((A, 0.0), (B, 12.0))
BOTH = ((A, 0.0), (B, PART_S))
XING = {"write_xing": "1"}
BARE = {"write_xing": "0"}


def _mp3(sound: Sound, options: dict[str, str]) -> bytes:
    return encoded("mp3", "libmp3lame", (sound, 0.0), rate_hz=44_100, options=options)


def stitched(*sounds: Sound) -> bytes:
    """MP3s one after the other; the first one's table tells the length of its own part."""
    return b"".join(_mp3(sound, XING) for sound in sounds)


CASES = [
    _case("late mkv film", lambda: encoded("matroska", "aac", LATE, picture_s=10), LATE),
    _case("late mkv", lambda: encoded("matroska", "libopus", LATE), LATE),
    _case("late mp4 film", lambda: encoded("mp4", "aac", LATE, picture_s=10), LATE),
    _case("late m4a", lambda: encoded("mp4", "aac", LATE), LATE),
    _case("late ts film", lambda: encoded("mpegts", "aac", LATE, picture_s=10), LATE),
    _case("hole in mkv", lambda: encoded("matroska", "libopus", *HOLE), *HOLE),
    _case("hole in webm", lambda: encoded("webm", "vorbis", *HOLE, layout="stereo"), *HOLE),
    _case("hole in mp4", lambda: encoded("mp4", "aac", *HOLE), *HOLE),
    _case("hole in ts", lambda: encoded("mpegts", "aac", *HOLE), *HOLE),
    _case(
        "overlap in mkv",
        overlapping,
        ONE,
        (B[RATE_HZ:], 4.0),
    ),
    _case("opus, chained", lambda: _twice("ogg", "libopus"), *BOTH),
    _case("vorbis, chained", lambda: _twice("ogg", "vorbis", layout="stereo"), *BOTH),
    _case(
        "opus, chained, the first part short",
        lambda: encoded("ogg", "libopus", (SHORT, 0.0)) + encoded("ogg", "libopus", (B, 0.0)),
        (SHORT, 0.0),
        (B, 2.0),
    ),
    _case("webm, joined", lambda: _twice("webm", "libopus"), *BOTH),
    _case(
        "webm, recorded live and joined",
        lambda: b"".join(
            encoded("webm", "libopus", (each, 0.0), seekable=False) for each in (A, B)
        ),
        *BOTH,
    ),
    _case("webm, recorded live", lambda: encoded("webm", "libopus", ONE, seekable=False), ONE),
    _case("mp3, stitched", lambda: stitched(A, B), (A, 0.0), (B, 4.05)),
    _case("mp3 without a length", lambda: _mp3(A, BARE), ONE),
    _case("aac, joined", lambda: _twice("adts", "aac"), (A, 0.0), (B, 4.03)),
    _case("flac, joined", lambda: _twice("flac", "flac"), *BOTH),
    _case("wav, joined", lambda: wav(A) + wav(B), *BOTH),
    _case("m4a, trimmed", lambda: trimmed(6.0, 4.0), ONE),
    _case(
        "mkv whose second track is the default",
        lambda: two_tracks("matroska", B, A, default=1),
        ONE,
    ),
    _case(
        "the other track of that mkv",
        lambda: two_tracks("matroska", B, A, default=1),
        (B, 0.0),
        track=1,
    ),
    _case("mp4 whose second track is the default", lambda: two_tracks("mp4", B, A, 1), ONE),
    _case("wav with samples that are no numbers", lambda: with_nan(A), ONE),
    _case(
        "wav with channels of opposite sign",
        lambda: wav(np.stack([A, -A], 1).ravel(), channels=2),
        ONE,
    ),
    _case(
        "a film that outlasts its sound", lambda: encoded("matroska", "aac", ONE, picture_s=12), ONE
    ),
    _case("the same in mp4", lambda: encoded("mp4", "aac", ONE, picture_s=12), ONE),
    _case("the same in avi", lambda: encoded("avi", "libmp3lame", ONE, picture_s=12), ONE),
    _case("caf, opus", message, ONE),
    _case("caf, alac", lambda: encoded("caf", "alac", ONE), ONE),
    _case("m4a, alac", lambda: encoded("mp4", "alac", ONE), ONE),
    _case("ac3", lambda: encoded("ac3", "ac3", ONE), ONE),
    _case("wma", lambda: encoded("asf", "wmav2", ONE, rate_hz=44_100), ONE),
    _case("adpcm", lambda: encoded("wav", "adpcm_ms", ONE, rate_hz=22_050), ONE),
    _case("g722", lambda: encoded("g722", "g722", ONE, rate_hz=16_000), ONE, suffix="g722"),
    _case("wavpack", lambda: encoded("wv", "wavpack", ONE), ONE),
    _case("flac, 5.1", lambda: encoded("flac", "flac", ONE, layout="5.1"), ONE),
    _case("opus, 7.1", lambda: encoded("ogg", "libopus", ONE, layout="7.1"), ONE),
    *(_case(name, lambda data=data: data, ONE) for name, data in HEADERS.items()),
    *(
        Case(f"half of {name}", lambda make=make: half(make()), (), 6.0, is_cut_off=True)
        for name, make in {
            "a wav": lambda: wav(noise(12.0)),
            "an mp3": lambda: _mp3(noise(12.0), XING),
            "a flac": lambda: encoded("flac", "flac", (noise(12.0), 0.0), rate_hz=RATE_HZ),
            "a webm": lambda: encoded("webm", "libopus", (noise(12.0), 0.0)),
            "an opus": lambda: encoded("ogg", "libopus", (noise(12.0), 0.0)),
            "an m4a": lambda: index_first(encoded("mp4", "aac", (noise(12.0), 0.0))),
        }.items()
    ),
]


def _twice(container: str, codec: str, **more: Any) -> bytes:
    return b"".join(encoded(container, codec, (each, 0.0), **more) for each in (A, B))


def check(case: Case, heard: Sound, is_cut_off: bool) -> None:
    """Assert that a side heard what it should."""
    tolerance_s = 1.5 if case.is_cut_off else 0.1
    assert abs(len(heard) / RATE_HZ - case.length_s) < tolerance_s, len(heard) / RATE_HZ
    assert is_cut_off is case.is_cut_off
    for sound, at_s in case.sounds:
        late_s, likeness = _found(heard, sound, at_s)
        assert abs(late_s) < 0.06, late_s
        assert likeness > case.likeness, likeness


def _found(heard: Sound, sound: Sound, at_s: float) -> tuple[float, float]:
    """How much later than `at_s` a sound is heard, and how alike it is."""
    margin = RATE_HZ // 2
    start = round(at_s * RATE_HZ)
    padded = np.concatenate([np.zeros(margin), heard, np.zeros(len(sound) + margin)])
    piece = padded[start : start + len(sound) + 2 * margin]
    size = 1 << (len(piece) + len(sound)).bit_length()
    product = np.fft.rfft(piece, size) * np.conj(np.fft.rfft(sound, size))
    shift = int(np.argmax(np.fft.irfft(product, size)[: 2 * margin]))
    there = piece[shift : shift + len(sound)]
    likeness = np.dot(there, sound) / (np.linalg.norm(there) * np.linalg.norm(sound) + 1e-9)
    return (shift - margin) / RATE_HZ, float(likeness)
