"""`AudioSource` over the decoding process: reads forward, and drops the samples behind."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
from earwitness.domain.media_types import format_of
from earwitness.errors import MediaError
from earwitness.speech.whisper import SAMPLE_RATE_HZ
from numpy.typing import NDArray

Pcm = NDArray[np.float32]
"""Mono float32 at `SAMPLE_RATE_HZ`, shape [samples]."""
_SCRIPT = Path(__file__).with_name("decoder.py")
_PIECE_BYTES = 1 << 18


@dataclass(frozen=True, slots=True)
class DecodeLimits:
    """Limits of the decoding process."""

    longest_s: float = 12 * 3600.0
    memory_bytes: int = 2 << 30
    """Address space, libraries included."""
    cpu_s: int = 1800
    silence_s: float = 60.0
    """Time without a sample after which the process is killed."""


class DecodedAudio:
    """One recording being decoded. Use `open`, and `close` in a `finally`."""

    def __init__(self, process: asyncio.subprocess.Process, limits: DecodeLimits) -> None:
        self._process = process
        self._limits = limits
        self._held: Pcm = np.empty(0, np.float32)
        self._held_from = 0
        self._rest = b""
        self._ended = False
        self._lines: list[dict[str, Any]] = []
        self._listening = asyncio.ensure_future(self._listen())
        self._opened = asyncio.Event()
        self.tracks: tuple[str, ...] = ()
        self.duration_s: float | None = None
        self.channels = 0
        """Channels of the track, as the container tells."""
        self.is_cut_off = False
        """Whether the file ends before it should; known once it is read to its end."""

    @classmethod
    async def open(
        cls,
        path: Path,
        track: int,
        limits: DecodeLimits,
        media_type: str = "",
        *,
        channel: int | None = None,
    ) -> DecodedAudio:
        """Start decoding `path`, and return when the container is read.

        `media_type` counts only where the content does not identify itself. `channel`: only this
        one of the track's channels, from 0; None: all, mixed.

        Raises:
            MediaError: the file is not a recording, or lacks the track.
        """
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-I", str(_SCRIPT), str(path), format_of(media_type), str(track),
            str(limits.longest_s), str(limits.memory_bytes), str(limits.cpu_s),
            *([] if channel is None else [str(channel)]),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=_PIECE_BYTES,
            env={"LC_ALL": "C.UTF-8", "OMP_NUM_THREADS": "1"},
        )  # fmt: skip
        audio = cls(process, limits)
        try:
            await asyncio.wait_for(audio._opened.wait(), limits.silence_s)
            await audio._fill(1)
        except TimeoutError:
            await audio.close()
            raise _stuck() from None
        except BaseException:
            await audio.close()
            raise
        return audio

    async def close(self) -> None:
        """Kill the process."""
        if self._process.returncode is None:
            self._process.kill()
        # asyncio takes a process for running until its output is read to the end.
        stdout = self._process.stdout
        assert stdout is not None
        while await stdout.read(_PIECE_BYTES):
            pass
        await self._process.wait()
        self._listening.cancel()

    async def read(self, start: int, stop: int) -> Pcm:
        """Return samples [start, stop), fewer at the end. `start` must not decrease.

        Raises:
            MediaError: the file cannot be decoded from here on.
        """
        if start < self._held_from:
            raise ValueError(f"samples before {self._held_from} were dropped; asked for {start}")
        while not self._ended and self._held_from + len(self._held) < start:
            self._drop(start)
            await self._fill(SAMPLE_RATE_HZ)
        self._drop(start)
        await self._fill(stop - self._held_from)
        return self._held[start - self._held_from : max(0, stop - self._held_from)].copy()

    async def slice(self, samples: Pcm, start: int, stop: int) -> Pcm:
        """Return a part of samples already read."""
        return samples[start:stop]

    async def concatenate(self, parts: Sequence[Pcm]) -> Pcm:
        """Return parts already read, one after the other."""
        return np.concatenate([np.empty(0, np.float32), *parts])

    async def silence(self, length: int) -> Pcm:
        """Return so many samples of silence."""
        return np.zeros(length, np.float32)

    def _drop(self, start: int) -> None:
        behind = min(start - self._held_from, len(self._held))
        if behind > 0:
            self._held = self._held[behind:]
            self._held_from += behind

    async def _fill(self, wanted: int) -> None:
        stdout = self._process.stdout
        assert stdout is not None
        pieces, have = [self._held], len(self._held)
        while have < wanted and not self._ended:
            try:
                piece = await asyncio.wait_for(stdout.read(_PIECE_BYTES), self._limits.silence_s)
            except TimeoutError:
                await self.close()
                raise _stuck() from None
            if not piece:
                await self._finish()
                break
            data = self._rest + piece
            whole = len(data) // 4 * 4
            self._rest = data[whole:]
            pieces.append(np.nan_to_num(np.frombuffer(data[:whole], "<f4")).clip(-1, 1))
            have += whole // 4
        if len(pieces) > 1:
            self._held = np.concatenate(pieces)

    async def _finish(self) -> None:
        self._ended = True
        status = await self._process.wait()
        await asyncio.wait({self._listening}, timeout=5)
        for line in self._lines:
            if "error" in line:
                raise MediaError(line["error"], hint=line["hint"], detail=line["detail"])
        if status in (-signal.SIGXCPU, -signal.SIGKILL):
            raise MediaError(
                "Decoding this recording takes more computing time than this server allows.",
                hint="Convert it to WAV, FLAC or MP3 and try again.",
            )
        if status != 0:
            raise MediaError(
                "The decoder failed on this recording.",
                hint="The file may be damaged: convert it to WAV and try again.",
                detail=f"exit status {status}",
            )

    async def _listen(self) -> None:
        stderr = self._process.stderr
        assert stderr is not None
        async for raw in stderr:
            try:
                line: object = json.loads(raw)
            except ValueError:
                continue
            if isinstance(line, dict):
                fields = cast("dict[str, Any]", line)
                self._lines.append(fields)
                if "duration_s" in fields:
                    self.duration_s = fields["duration_s"] or None
                    self.tracks = tuple(fields["tracks"])
                    self.channels = fields["channels"]
                self.is_cut_off = fields.get("is_cut_off", self.is_cut_off)
                self._opened.set()
        self._opened.set()


def _stuck() -> MediaError:
    return MediaError(
        "Decoding this recording takes too long.",
        hint="The file may be damaged: convert it to WAV and try again.",
    )
