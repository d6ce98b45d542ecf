"""Why a transcription is refused before it begins."""

from __future__ import annotations

from collections.abc import Sequence

from earwitness.errors import BadRequestError, EarwitnessError, ModelError, NotFoundError


class ServerBusyError(EarwitnessError):
    """Every place for direct requests is taken."""

    def __init__(self) -> None:
        super().__init__(
            "The server is busy.",
            hint="Wait and send it again, or use /api/jobs, which keeps its place.",
        )


class UnknownModelError(NotFoundError):
    """This server has no model of that name."""

    def __init__(self, name: str, offered: Sequence[str]) -> None:
        super().__init__(
            f"There is no model {name!r:.100} on this server.",
            hint=f"Use one of: {', '.join(offered)}.",
        )
        self.field = "model"


class UnsupportedValueError(BadRequestError):
    """The model cannot do what one field asks for."""

    def __init__(self, message: str, *, hint: str, field: str) -> None:
        super().__init__(message, hint=hint)
        self.field = field
        """The field at fault: `model` or `language`."""


class SpeakersUnavailableError(ModelError):
    """The models that tell speakers apart are not installed, or not in this process."""

    def __init__(
        self,
        message: str = "This server has no models that tell speakers apart.",
        hint: str = "Its operator can install them: python -m earwitness_server models speakers.",
    ) -> None:
        super().__init__(message, hint=hint)
