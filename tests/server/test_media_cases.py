"""What the server hears in the recordings that people bring. The page hears the same."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from earwitness_server.media import decoder
from earwitness_server.media.refusals import RefusedError

from tests.support.media_cases import CASES, Case, Sound, check, unsupported


def hear(path: Path, track: int = 0, container: str = "") -> tuple[Sound, dict[str, Any]]:
    """All samples of a track, and what the decoder told."""
    told: dict[str, Any] = {}
    out = io.BytesIO()
    with pytest.MonkeyPatch.context() as patch, path.open("rb") as file:
        patch.setattr(decoder, "tell", told.update)
        decoder.decode(file, container, track, 3600.0, out)
    return np.frombuffer(out.getvalue(), "<f4").clip(-1, 1), told


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_server_hears_every_recording_whole_and_in_time(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "recording"
    path.write_bytes(case.make())
    heard, told = hear(path, case.track, case.suffix)
    check(case, heard, told["is_cut_off"])


def test_unsupported_codec_is_named(tmp_path: Path) -> None:
    path = tmp_path / "recording"
    path.write_bytes(unsupported())
    with pytest.raises(RefusedError, match=r"cannot decode the file's audio \(ac4\)"):
        hear(path)
