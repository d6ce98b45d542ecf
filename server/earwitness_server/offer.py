"""Which models may be asked for, and by which names."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from earwitness_server.errors import ApiError

ALIASES = ("whisper-1", "gpt-4o-transcribe", "gpt-4o-mini-transcribe", "gpt-transcribe")
"""Names that OpenAI's clients send by default; they mean this server's default model."""


class Offer:
    """The models of this server, or of its workers where it has none itself."""

    def __init__(self, names: Callable[[], Sequence[str]], default: str) -> None:
        self._names = names
        self._default = default

    def names(self) -> list[str]:
        """What can be asked for; `whisper-1` is the default model."""
        return [*self._names(), ALIASES[0]] if self._names() else []

    def resolve(self, name: str) -> str:
        """The id of the model meant; empty means the default one.

        Raises:
            ApiError: 404, there is none of that name.
        """
        if not name or name in ALIASES:
            return self._default
        plain = name.removeprefix("openai/").removeprefix("Systran/").removeprefix("faster-")
        plain = plain.removeprefix("whisper-")
        if plain not in self._names():
            raise ApiError(
                404,
                f"There is no model {name!r:.100} on this server.",
                hint=f"Use one of: {', '.join(self.names())}.",
                code="model_not_found",
                param="model",
            )
        return plain
