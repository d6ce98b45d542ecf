"""Estimates of how long a recording takes on this device."""

from __future__ import annotations

import pytest
from earwitness.domain.estimate import DEFAULT_FACTORS, Speeds


def test_estimate_follows_new_measurements() -> None:
    speeds = Speeds()
    assert speeds.measured("base") is None
    assert speeds.factor("base") == DEFAULT_FACTORS["base"]
    speeds = speeds.learned("base", 50.0, 100.0)
    assert speeds.factor("base") == pytest.approx(0.5)
    assert speeds.factor("small") == pytest.approx(DEFAULT_FACTORS["small"] * 2)
    for _ in range(50):
        speeds = speeds.learned("base", 100.0, 1000.0)
    assert speeds.factor("base") == pytest.approx(0.1, rel=0.01)
    assert speeds.learned("base", 0.0, 10.0) == speeds
    assert speeds.remaining_s("base", 90.0, 60.0) == 0.0
    assert speeds.remaining_s("base", 0.0, 0.0) is None
