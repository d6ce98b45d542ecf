"""How long a recording will take here: seconds of work a second of audio, learned as we go."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from earwitness.domain.views import remaining_s

DEFAULT_FACTORS = {"tiny": 0.12, "tiny.en": 0.12, "base": 0.25, "base.en": 0.25, "small": 0.8}
"""Before anything is measured: rough figures for two laptop cores, on the careful side."""
STEADY_S = 45.0
"""Seconds of audio that must be measured before a time left is shown: earlier ones jump."""
MEMORY_S = 1200.0
"""Seconds of audio after which what was measured before counts half."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Work and audio of one model on this device, older measurements fading."""

    compute_s: float = 0.0
    audio_s: float = 0.0

    @property
    def factor(self) -> float | None:
        """Seconds of work a second of audio; None before the first batch."""
        return self.compute_s / self.audio_s if self.audio_s > 0 else None


@dataclass(frozen=True, slots=True)
class Speeds:
    """What was measured, by model."""

    models: dict[str, Measured] = field(default_factory=dict[str, Measured])

    def learned(self, model: str, compute_s: float, audio_s: float) -> Speeds:
        """These speeds after one more batch."""
        if compute_s <= 0 or audio_s <= 0:
            return self
        old = self.models.get(model, Measured())
        fade = 0.5 ** (audio_s / MEMORY_S)
        new = Measured(old.compute_s * fade + compute_s, old.audio_s * fade + audio_s)
        return Speeds({**self.models, model: new})

    def measured(self, model: str) -> float | None:
        """The factor measured here; None before the first run."""
        return self.models.get(model, Measured()).factor

    def factor(self, model: str) -> float:
        """The factor measured here, else the default scaled by what other models took here."""
        own = self.measured(model)
        if own is not None:
            return own
        return DEFAULT_FACTORS.get(model, DEFAULT_FACTORS["base"]) * self._scale()

    def cautious_factor(self, model: str) -> float:
        """The factor, but never a quicker one than before anything was measured."""
        return max(self.factor(model), DEFAULT_FACTORS.get(model, DEFAULT_FACTORS["base"]))

    def remaining_s(self, model: str, position_s: float, end_s: float) -> float | None:
        """Time until done; None while the end is not known."""
        return remaining_s(position_s, end_s, self.factor(model))

    def shown_remaining_s(self, model: str, position_s: float, end_s: float) -> float | None:
        """Time until done as it is shown; None while too little is measured to be steady."""
        if self.models.get(model, Measured()).audio_s < STEADY_S:
            return None
        return self.remaining_s(model, position_s, end_s)

    def by_model(self, duration_s: float, models: Iterable[str]) -> dict[str, float]:
        """Seconds for each model."""
        return {model: round(max(0.0, duration_s) * self.factor(model), 1) for model in models}

    def _scale(self) -> float:
        known = [
            (factor, DEFAULT_FACTORS[model])
            for model, one in self.models.items()
            if model in DEFAULT_FACTORS and (factor := one.factor) is not None
        ]
        return sum(f for f, _ in known) / sum(d for _, d in known) if known else 1.0
