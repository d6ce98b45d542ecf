"""Ratios of times, and whether they meet the targets."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log
from typing import Any

from bench.speed.contenders import NATIVE, OURS
from bench.speed.interleaved import Row, by_contender

SHORT = ("3s", "7s")
STOCK = "transformers.js"
TARGETS = {
    "stock_over_ours_26s": (1.5, 2.0),
    "stock_over_ours_10s": (3.0, 4.0),
    "stock_over_ours_120s": (3.0, 5.0),
    "ours_over_native_120s": (3.5, 2.0),
    "warm_ready_over_bare_cold": (0.35, 0.15),
}
"""The first target and the next one."""
AT_MOST = ("ours_over_native_120s", "warm_ready_over_bare_cold")
"""Targets that are upper limits; the others are lower limits."""


def ratios(rows: Sequence[Row]) -> dict[str, Any]:
    """Return ratios of medians. "Stock" is transformers.js at its faster precision per clip."""
    found: dict[str, Any] = {}
    for name, clips in (
        ("stock_over_ours_10s", SHORT),
        ("stock_over_ours_26s", ("26s",)),
        ("stock_over_ours_120s", ("120s",)),
    ):
        each = [value for clip in clips if (value := _stock_over_ours(rows, clip))]
        if each:
            found[name] = exp(sum(map(log, each)) / len(each))
    two_minutes = by_contender(rows, "120s")
    if OURS in two_minutes and NATIVE in two_minutes:
        found["ours_over_native_120s"] = two_minutes[OURS].median_s / two_minutes[NATIVE].median_s
    found["error_rates"] = {
        clip: {name: row.error_rate for name, row in by_contender(rows, clip).items()}
        for clip in dict.fromkeys(row.clip for row in rows)
    }
    found["medians_s"] = {
        clip: {name: row.median_s for name, row in by_contender(rows, clip).items()}
        for clip in dict.fromkeys(row.clip for row in rows)
    }
    return found


def verdicts(found: dict[str, Any]) -> list[str]:
    """Return one line for each target."""
    lines: list[str] = []
    for name, (first, then) in TARGETS.items():
        if name not in found:
            continue
        value = found[name]
        below = name in AT_MOST
        met = value <= first if below else value >= first
        sign = "≤" if below else "≥"
        words = "met" if met else "MISSED"
        lines.append(f"- {name}: {value:.2f} (target {sign} {first}, then {then}): {words}")
    return lines


def _stock_over_ours(rows: Sequence[Row], clip: str) -> float | None:
    known = by_contender(rows, clip)
    stock = [row.median_s for name, row in known.items() if name.startswith(STOCK)]
    if OURS not in known or not stock:
        return None
    return min(stock) / known[OURS].median_s
