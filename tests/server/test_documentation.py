"""The manual documents every setting, route and scope."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from earwitness_server.app import create_app
from earwitness_server.settings import Settings
from earwitness_server.storage.keys import SCOPES

MANUAL = Path(__file__).resolve().parents[2] / "docs" / "server.md"


@pytest.fixture(scope="module")
def manual() -> str:
    return MANUAL.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented(manual: str, name: str) -> None:
    assert f"`EARWITNESS_{name.upper()}`" in manual


def test_documented_settings_exist(manual: str) -> None:
    named = set(re.findall(r"`EARWITNESS_([A-Z_]+)`", manual))
    assert named <= {name.upper() for name in Settings.model_fields}


def test_every_route_is_documented(manual: str) -> None:
    described = create_app(Settings()).openapi()["paths"]
    assert len(described) > 15
    for path, methods in described.items():
        line = next((line for line in manual.splitlines() if f"{path}`" in line), "")
        for method in methods:
            assert method.upper() in line, f"{method.upper()} {path} is not in the manual"


def test_every_scope_is_documented(manual: str) -> None:
    assert all(f"`{scope}`" in manual for scope in SCOPES)
