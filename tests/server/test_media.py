"""Decoding of untrusted files by a process with limits."""

from __future__ import annotations

import asyncio
import io
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from earwitness.domain.media_types import format_of, media_type_of
from earwitness.errors import MediaError
from earwitness_server.media.source import DecodedAudio, DecodeLimits, Pcm

from tests.conftest import Clip
from tests.support.recordings import Track, save
from tests.support.waiting import LIMIT_S

RATE_HZ = 16_000


def decode(
    path: Path, limits: DecodeLimits | None = None, piece: int = 50_000, media_type: str = ""
) -> Pcm:
    """All samples of a file, read forward in pieces."""

    async def run() -> Pcm:
        audio = await DecodedAudio.open(path, 0, limits or DecodeLimits(), media_type)
        pieces: list[Pcm] = []
        at = 0
        try:
            while len(samples := await audio.read(at, at + piece)):
                pieces.append(samples)
                at += len(samples)
        finally:
            await audio.close()
        return await audio.concatenate(pieces)

    return asyncio.run(run())


@pytest.fixture
def tone(tmp_path: Path) -> Callable[..., Path]:
    """Write a WAV file of a tone."""

    def make(seconds: float = 2.0, hz: float = 440.0, rate_hz: int = 44_100) -> Path:
        times_s = np.arange(int(seconds * rate_hz)) / rate_hz
        samples = (np.sin(2 * np.pi * hz * times_s) * 16_000).astype("<i2")
        path = tmp_path / f"{hz:g}-{rate_hz}.wav"
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, rate_hz, 0, "NONE", ""))
            file.writeframes(samples.tobytes())
        return path

    return make


def test_decoded_length_matches_the_clip(clips: dict[str, Clip]) -> None:
    for name in ("en-connection", "en-echotest"):
        assert len(decode(clips[name].path)) / RATE_HZ == pytest.approx(
            clips[name].duration_s, abs=0.05
        )


def test_samples_do_not_depend_on_the_read_size(clips: dict[str, Clip]) -> None:
    path = clips["en-echotest"].path
    assert np.array_equal(decode(path, piece=1000), decode(path, piece=1_000_000))


def test_resampling_does_not_alias(tone: Callable[..., Path]) -> None:
    heard, inaudible = decode(tone(hz=1_000.0)), decode(tone(hz=12_000.0))
    assert np.abs(heard).mean() > 0.2
    assert np.abs(inaudible).mean() < 0.002


def test_reading_may_skip_forward_but_not_back(clips: dict[str, Clip]) -> None:
    path = clips["en-echotest"].path
    whole = decode(path)

    async def run() -> None:
        audio = await DecodedAudio.open(path, 0, DecodeLimits())
        try:
            assert np.array_equal(await audio.read(100_000, 110_000), whole[100_000:110_000])
            with pytest.raises(ValueError, match="were dropped"):
                await audio.read(0, 10)
            assert len(await audio.read(len(whole) + 5, len(whole) + 10)) == 0
        finally:
            await audio.close()

    asyncio.run(run())


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "file is empty"),
        (b"just text, no sound at all", "not a recording"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "not a recording"),
        (b"RIFF\xff\xff\xff\xffWAVEfmt ", "not a recording|no sound"),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "not a recording"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "not a recording"),
        (b"<?xml version='1.0'?><MPD xmlns='urn:mpeg:dash:schema:mpd:2011'></MPD>", "not a"),
    ],
)
def test_file_without_audio_is_rejected_with_one_sentence(
    tmp_path: Path, content: bytes, message: str
) -> None:
    path = tmp_path / "file.wav"
    path.write_bytes(content)
    with pytest.raises(MediaError, match=message) as refused:
        decode(path)
    assert refused.value.hint
    assert str(tmp_path) not in refused.value.detail


def test_truncated_file_is_decoded_as_far_as_it_goes(
    clips: dict[str, Clip], tmp_path: Path
) -> None:
    content = clips["en-connection"].path.read_bytes()
    half = tmp_path / "half.flac"
    half.write_bytes(content[: len(content) // 2])
    assert 4 * RATE_HZ < len(decode(half)) < 12 * RATE_HZ


@pytest.fixture
def make_audio(clips: dict[str, Clip], tmp_path: Path) -> Callable[[str, str], Path]:
    """A clip in another format, in a file whose name says nothing."""

    def make(container: str, codec: str) -> Path:
        written = io.BytesIO()
        with (
            av.open(str(clips["en-echotest"].path)) as source,
            av.open(written, "w", format=container) as out,
        ):
            stream: Any = out.add_stream(codec, rate=RATE_HZ, layout="mono")
            resampler = av.AudioResampler(stream.format.name, "mono", RATE_HZ, stream.frame_size)
            for frame in [*source.decode(audio=0), None]:
                for ready in resampler.resample(frame):
                    ready.pts = None
                    out.mux(stream.encode(ready))
            out.mux(stream.encode(None))
        path = tmp_path / f"recording-{codec}"
        path.write_bytes(written.getvalue())
        return path

    return make


def test_headerless_recording_is_decoded_by_its_name(
    make_audio: Callable[[str, str], Path], clips: dict[str, Clip]
) -> None:
    path = make_audio("g722", "g722")
    with pytest.raises(MediaError, match="not a recording"):
        decode(path)
    heard = decode(path, media_type=media_type_of("Anruf vom 3. Mai.G722", "text/plain"))
    original = decode(clips["en-echotest"].path)
    length = min(len(heard), len(original))
    assert length / RATE_HZ == pytest.approx(clips["en-echotest"].duration_s, abs=0.05)
    # The codec delays by 22 samples.
    assert np.corrcoef(heard[22:length], original[: length - 22])[0, 1] > 0.95


@pytest.mark.parametrize(("container", "codec"), [("wav", "pcm_s16le"), ("mp3", "mp3")])
def test_content_takes_precedence_over_the_file_name(
    make_audio: Callable[[str, str], Path], container: str, codec: str
) -> None:
    path = make_audio(container, codec)
    assert np.array_equal(decode(path, media_type=media_type_of("a.g722", "")), decode(path))


def test_file_name_selects_only_known_formats() -> None:
    assert format_of(media_type_of("a.g722", "")) == "g722"
    for name in ("a.m3u8", "a.concat", "g722", "a.g722.wav", "lavfi", ""):
        assert format_of(media_type_of(name, "application/x-concat")) == "", name


def test_empty_file_is_reported_as_empty(tmp_path: Path) -> None:
    path = tmp_path / "empty"
    path.write_bytes(b"")
    with pytest.raises(MediaError, match="The file is empty"):
        decode(path, media_type="audio/G722")


def test_too_long_recording_is_rejected_by_header_and_by_samples(
    tone: Callable[..., Path], tmp_path: Path
) -> None:
    path = tone(seconds=8.0)
    limits = DecodeLimits(longest_s=5)
    with pytest.raises(MediaError, match="longer than"):
        decode(path, limits)
    lying = tmp_path / "lying.wav"
    content = bytearray(path.read_bytes())
    content[40:44] = (0).to_bytes(4, "little")
    lying.write_bytes(content)
    with pytest.raises(MediaError, match=r"longer than|no sound"):
        decode(lying, limits)


def test_recording_can_be_closed_while_its_decoder_is_ahead(tone: Callable[..., Path]) -> None:
    path = tone(seconds=600.0, rate_hz=RATE_HZ)

    async def run() -> None:
        audio = await DecodedAudio.open(path, 0, DecodeLimits())
        await audio.read(0, RATE_HZ)
        # Long enough that everything between the two processes is full, as a rule.
        await asyncio.sleep(1.5)
        await asyncio.wait_for(audio.close(), LIMIT_S)

    asyncio.run(run())


def test_decoding_time_is_limited(tone: Callable[..., Path]) -> None:
    with pytest.raises(MediaError):
        decode(tone(seconds=600.0, rate_hz=48_000), DecodeLimits(cpu_s=0))


def test_missing_audio_track_is_rejected(clips: dict[str, Clip]) -> None:
    with pytest.raises(MediaError, match="no audio track 4"):
        asyncio.run(DecodedAudio.open(clips["en-echotest"].path, 3, DecodeLimits()))


def test_every_corpus_file_is_decoded_or_rejected_with_a_sentence(shared: Path) -> None:
    files = [each for each in (shared / "media").rglob("*") if each.is_file()]
    assert len(files) > 50
    refusals: list[MediaError] = []
    for path in files:
        try:
            assert len(decode(path, DecodeLimits(longest_s=1200), piece=1 << 20)) > 0
        except MediaError as refused:
            refusals.append(refused)
    assert all(refused.hint for refused in refusals)
    assert len(refusals) < len(files) / 2


def test_channels_are_read_one_by_one(tmp_path: Path) -> None:
    times = np.arange(RATE_HZ, dtype=np.float32) / RATE_HZ
    sound = np.stack([np.sin(2 * np.pi * hz * times) / 4 for hz in (440, 880)]).astype(np.float32)
    path = save(tmp_path / "two.wav", Track(sound, RATE_HZ), codec="pcm_s16le", layout="stereo")

    async def read(channel: int) -> tuple[int, Pcm]:
        audio = await DecodedAudio.open(path, 0, DecodeLimits(), channel=channel)
        try:
            return audio.channels, await audio.read(0, RATE_HZ)
        finally:
            await audio.close()

    for channel in range(2):
        count, samples = asyncio.run(read(channel))
        assert count == 2
        assert np.abs(samples - sound[channel]).max() < 1e-3
    assert not asyncio.run(read(2))[1].any()
