"""Meetings made from real voices: turns, pauses, overlap, unequal levels, noise.

`plan.json` has their seeds. It was committed before anything was tuned; what is tuned hears the
half `tuning`, the tables show the half `report`.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from bench.paths import WORK
from bench.speakers.voices import RATE_HZ, Array, Utterance, utterances
from bench.synthetic import write

PLAN = Path(__file__).with_name("plan.json")
Turns = list[tuple[float, float, str]]
"""Start and end in seconds, and who speaks."""


@dataclass(frozen=True)
class Recording:
    """A recording and who speaks when in it."""

    id: str
    path: Path
    duration_s: float
    turns: Turns
    made: bool = False

    @property
    def people(self) -> int:
        """The number of people who speak."""
        return len({who for _, _, who in self.turns})


def recordings(half: str, speech: Path, longest_s: float = float("inf")) -> list[Recording]:
    """Return real recordings and made meetings of a half of the plan, `tuning` or `report`."""
    plan = json.loads(PLAN.read_text("utf-8"))
    real = [_real(id, speech) for id in plan["recordings"][half]]
    made = [_made(each, speech) for each in plan[half] if 60 * each["minutes"] <= longest_s]
    return [each for each in real if each.duration_s <= longest_s] + made


def _real(id: str, speech: Path) -> Recording:
    [path] = [p for p in speech.glob(f"{id}.*") if p.suffix not in (".jsonl", ".rttm")]
    turns: Turns = []
    for line in (speech / f"{id}.rttm").read_text("utf-8").splitlines():
        fields = line.split()
        start_s, length_s = float(fields[3]), float(fields[4])
        turns.append((start_s, start_s + length_s, fields[7]))
    rows = (json.loads(line) for line in (speech / "manifest.jsonl").open(encoding="utf-8"))
    [seconds] = [row["seconds"] for row in rows if row["id"] == id]
    return Recording(id, path, seconds, turns)


def _made(meeting: dict[str, Any], speech: Path) -> Recording:
    """Make a meeting, or use the one made before from the same plan."""
    folder = WORK / "speakers"
    folder.mkdir(parents=True, exist_ok=True)
    notes = folder / f"{meeting['id']}.json"
    path = folder / f"{meeting['id']}.flac"
    kept: dict[str, Any] = json.loads(notes.read_text("utf-8")) if notes.exists() else {}
    if kept.get("plan") != meeting:
        samples, turns = _Maker(meeting, speech).make()
        made = write(f"{meeting['id']}.flac", samples)
        made.replace(path)
        kept = {"plan": meeting, "turns": turns}
        notes.write_text(json.dumps(kept), encoding="utf-8")
    turns: Turns = [(start, end, who) for start, end, who in kept["turns"]]
    return Recording(meeting["id"], path, 60.0 * meeting["minutes"], turns, made=True)


@cache
def _utterances(voice: str, speech: Path) -> tuple[Utterance, ...]:
    return tuple(utterances(voice, speech))


class _Maker:
    """Puts utterances one after the other, some before the end of the one before."""

    def __init__(self, meeting: dict[str, Any], speech: Path) -> None:
        self.meeting = meeting
        self.speech = speech
        self.chance = random.Random(meeting["seed"])
        self.size = round(60 * meeting["minutes"] * RATE_HZ)
        self.samples = np.zeros(self.size, np.float32)
        self.turns: list[tuple[int, int, str]] = []
        self.stock: dict[str, list[Utterance]] = {voice: [] for voice in meeting["voices"]}
        half = meeting["level_db"] / 2
        self.gain = {
            voice: 10 ** (self.chance.uniform(-half, half) / 20) for voice in meeting["voices"]
        }
        self.eagerness = {voice: self.chance.uniform(0.5, 1.5) for voice in meeting["voices"]}
        self.overlapped = self.spoken = 0

    def make(self) -> tuple[Array, Turns]:
        position, last = round(self.chance.uniform(0.3, 2) * RATE_HZ), ""
        while True:
            voice = self._next(last, position)
            for number in range(self.chance.choice((1, 1, 1, 2, 2, 3, 4))):
                utterance = self._utterance(voice)
                start = self._start(position, utterance, changed=number == 0 and voice != last)
                if start + len(utterance.samples) > self.size - RATE_HZ:
                    return self._with_noise(), self._reference()
                self._put(start, utterance, voice)
                position = max(position, start + len(utterance.samples))
            last = voice

    def _next(self, last: str, position: int) -> str:
        """Somebody else; who `returns` is away for the hour after the first ten minutes."""
        away = self.meeting.get("returns")
        minute = position / RATE_HZ / 60
        voices = [v for v in self.meeting["voices"] if v != last] or [last]
        if away and 10 < minute < self.meeting["minutes"] - 40:
            voices = [v for v in voices if v != away] or [last]
        return self.chance.choices(voices, [self.eagerness[v] for v in voices])[0]

    def _utterance(self, voice: str) -> Utterance:
        if not self.stock[voice]:
            self.stock[voice] = list(_utterances(voice, self.speech))
            self.chance.shuffle(self.stock[voice])
        return self.stock[voice].pop()

    def _start(self, position: int, utterance: Utterance, *, changed: bool) -> int:
        """The first sample: before the end of what was said last, or after a pause."""
        wanted = self.meeting["overlap"]
        if changed and self.turns and self.overlapped < wanted * self.spoken:
            last = self.turns[-1][1] - self.turns[-1][0]
            longest = 0.8 * min(last, len(utterance.samples))
            return position - round(min(longest, self.chance.uniform(0.4, 3.0) * RATE_HZ))
        return position + round(min(4.0, self.chance.expovariate(2.0) + 0.05) * RATE_HZ)

    def _put(self, start: int, utterance: Utterance, voice: str) -> None:
        stop = start + len(utterance.samples)
        self.overlapped += max(0, max((end for _, end, _ in self.turns), default=0) - start)
        self.spoken += stop - start
        self.samples[start:stop] += self.gain[voice] * utterance.samples
        self.turns += [(start + first, start + last, voice) for first, last in utterance.spans]

    def _with_noise(self) -> Array:
        """Noise that falls with the frequency, at the meeting's distance from the speech."""
        noise = np.random.default_rng(self.meeting["seed"]).standard_normal(self.size)
        for _ in range(2):
            noise = 0.6 * noise + 0.4 * np.roll(noise, 1)
        speech = np.concatenate([self.samples[start:stop] for start, stop, _ in self.turns[:200]])
        level = np.sqrt(np.mean(speech**2)) * 10 ** (-self.meeting["snr_db"] / 20)
        mixed = self.samples + noise * (level / np.sqrt(np.mean(noise**2)))
        return (mixed * (0.9 / max(0.9, np.abs(mixed).max()))).astype(np.float32)

    def _reference(self) -> Turns:
        return [(start / RATE_HZ, stop / RATE_HZ, who) for start, stop, who in sorted(self.turns)]
