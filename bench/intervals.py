"""Bootstrap intervals over blocks of reference words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

DRAWS = 4000
SEED = 20261122


@dataclass(frozen=True)
class Estimate:
    """A rate, or a difference of rates, with its 95 % interval."""

    value: float
    low: float
    high: float

    def percent(self, signed: bool = False) -> str:
        """Return value and interval in percent, for a table."""
        form = "+.2f" if signed else ".2f"
        low, high = 100 * self.low, 100 * self.high
        return f"{100 * self.value:{form}} ({low:{form}} … {high:{form}})"


def rate(blocks: Sequence[tuple[int, int]]) -> Estimate:
    """Return the error rate, pooled over blocks of (errors, units)."""
    return _estimate([errors for errors, _ in blocks], [total for _, total in blocks])


def difference(first: Sequence[tuple[int, int]], second: Sequence[tuple[int, int]]) -> Estimate:
    """Return the rate of `first` minus the rate of `second` (paired bootstrap).

    Raises:
        ValueError: the blocks of `first` and `second` differ in their units.
    """
    if [total for _, total in first] != [total for _, total in second]:
        raise ValueError("A paired difference needs counts over the same reference.")
    errors = [a - b for (a, _), (b, _) in zip(first, second, strict=True)]
    return _estimate(errors, [total for _, total in first])


def _estimate(errors: Sequence[int], totals: Sequence[int]) -> Estimate:
    above, below = np.array(errors, float), np.array(totals, float)
    if not below.sum():
        return Estimate(0.0, 0.0, 0.0)
    draws = np.random.default_rng(SEED).multinomial(
        len(above), np.full(len(above), 1 / len(above)), size=DRAWS
    )
    rates = (draws @ above) / np.maximum(draws @ below, 1)
    low, high = np.quantile(rates, [0.025, 0.975])
    return Estimate(float(above.sum() / below.sum()), float(low), float(high))
