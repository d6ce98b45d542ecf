"""Short measurements, as commands, on the recordings of every clone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, Clip

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def bench(*arguments: str) -> dict[str, Any]:
    """Run `bench …` on the recordings that every clone has; its result, when it met its rules."""
    done = subprocess.run(
        [sys.executable, "-m", "bench", *arguments, "--json"],
        cwd=ROOT,
        env={**os.environ, "EARWITNESS_SHARED": "/nowhere"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return json.loads(done.stdout)


def test_resume_after_random_kills_gives_the_same_text() -> None:
    result = bench("resume", "--minutes", "1.25", "--kills", "3")
    assert result["same"]
    assert result["words"] > 150
    assert len(result["kills"]) >= 2


def test_every_media_file_ends_in_text_or_a_sentence(
    tmp_path: Path, clips: dict[str, Clip]
) -> None:
    speech = clips["en-connection"].path
    shutil.copy(speech, tmp_path / "speech.flac")
    shutil.copy(clips["en-echotest"].path, tmp_path / "naïve — 日本語 #2 %20.wav")
    (tmp_path / "half.flac").write_bytes(speech.read_bytes()[: speech.stat().st_size // 2])
    (tmp_path / "empty.mp3").write_bytes(b"")
    (tmp_path / "letter.wav").write_text("Dear sir, this is no recording.\n" * 40)
    (tmp_path / "header.wav").write_bytes(clips["en-echotest"].path.read_bytes()[:44])
    result = bench("media", str(tmp_path), "--fuzz", "4")
    ends = {file["file"]: (file["kind"], file["text"]) for file in result["files"]}
    assert "demonstration" in ends["speech.flac"][1]
    assert "hanging up" in ends["naïve — 日本語 #2 %20.wav"][1]
    assert ends["half.flac"][0] == "transcript"
    for name in ("empty.mp3", "letter.wav", "header.wav"):
        assert ends[name][0] == "error", ends[name]
    assert len(ends) == 10
    assert "BROKEN" not in result["counts"]
