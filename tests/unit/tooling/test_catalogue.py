"""The catalogue of models that the page reads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tooling import pipeline


@pytest.mark.parametrize("has_speakers", [True, False])
def test_catalogue_lists_what_is_exported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_speakers: bool
) -> None:
    monkeypatch.setattr(pipeline, "EXPORTED_MODELS", tmp_path)
    for name in ("base", pipeline.VAD, *([pipeline.SPEAKERS] if has_speakers else [])):
        (tmp_path / name).mkdir()
        manifest = {"revision": "r1", "files": [{"bytes": 5}, {"bytes": 7}]}
        (tmp_path / name / "manifest.json").write_text(json.dumps(manifest))
    pipeline._write_catalogue("base")  # pyright: ignore[reportPrivateUsage]
    catalogue = json.loads((tmp_path / "catalogue.json").read_text())
    assert [each["id"] for each in catalogue["models"]] == ["base"]
    assert ("speakers" in catalogue) is has_speakers
    if has_speakers:
        assert catalogue["speakers"]["bytes"] == 12
        assert catalogue["speakers"]["path"] == "speakers/r1"
