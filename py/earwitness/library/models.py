"""The speech models that this device can use."""

from __future__ import annotations

from contextlib import suppress

from earwitness.errors import EarwitnessError
from earwitness.library.ports import Host, ModelInfo


class ModelCatalogue:
    """What the host offered when it was asked last; empty before."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._models: tuple[ModelInfo, ...] = ()
        self.speakers: ModelInfo | None = None
        """The models that tell speakers apart, one download; None: there are none here."""

    async def refresh(self) -> None:
        """Ask which models there are, and which of them are on this device.

        Where the catalogue cannot be read, what was known stays.
        """
        with suppress(EarwitnessError):
            found = await self._host.models()
            self._models, self.speakers = found.models, found.speakers

    def all(self) -> tuple[ModelInfo, ...]:
        """Return the models in the order to show them."""
        return self._models

    def find(self, model_id: str) -> ModelInfo | None:
        """Return the model of that id; None: it is not in the catalogue."""
        return next((model for model in self._models if model.id == model_id), None)
