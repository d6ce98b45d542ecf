"""Which models can be requested, by which names, and in which languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from earwitness.errors import BadRequestError
from earwitness.languages import english_only_refusal, known_code

from earwitness_server.inference.errors import (
    SpeakersUnavailableError,
    UnknownModelError,
    UnsupportedValueError,
)

ALIASES = (
    "whisper-1",
    "gpt-4o-transcribe",
    "gpt-4o-mini-transcribe",
    "gpt-4o-transcribe-diarize",
    "gpt-transcribe",
)
"""Names that OpenAI's clients send, with a date as well; they mean this server's default model."""
_DATE = re.compile(r"-\d{4}-\d{2}-\d{2}$")
CANTONESE = "yue"
BEFORE_CANTONESE = ("tiny", "base", "small", "medium", "large-v1", "large-v2")
"""Models older than large-v3, which was the first to learn Cantonese."""


def is_english_only(model_id: str) -> bool:
    """Return whether a model supports English only; Whisper's own names tell: `tiny.en`."""
    return model_id.endswith(".en")


class ModelRegistry:
    """The models of this server, or of its workers where it has none itself."""

    def __init__(
        self,
        names: Callable[[], Sequence[str]],
        default: str,
        tells_speakers: Callable[[], bool] = lambda: True,
    ) -> None:
        """`tells_speakers`: whether the models for it are there, as far as this process knows."""
        self._tells_speakers = tells_speakers
        self._names = names
        self._default = default

    def names(self) -> list[str]:
        """Return the names that can be requested; `whisper-1` is the default model."""
        return [*self._names(), ALIASES[0]] if self._names() else []

    def resolve(self, name: str, *, to_translate: bool = False) -> str:
        """Return the id of the model meant; an empty name means the default one.

        Raises:
            UnknownModelError: this server has no such model.
            UnsupportedValueError: it cannot translate.
        """
        found = self._find(name)
        if to_translate and is_english_only(found):
            message = english_only_refusal(found, "", "translate")
            raise UnsupportedValueError(message, hint=self._multilingual(), field="model")
        return found

    def _find(self, name: str) -> str:
        if not name or _DATE.sub("", name) in ALIASES:
            return self._default
        plain = name.removeprefix("openai/").removeprefix("Systran/").removeprefix("faster-")
        plain = plain.removeprefix("whisper-")
        if plain not in self._names():
            raise UnknownModelError(name, self.names())
        return plain

    def check_speakers(self) -> None:
        """Check that speakers can be told apart.

        Raises:
            SpeakersUnavailableError: the models for it are not installed.
        """
        if not self._tells_speakers():
            raise SpeakersUnavailableError

    def language(self, requested: str, model_id: str) -> str:
        """Return the code of a language; an empty one means to detect it.

        Raises:
            UnsupportedValueError: the language is unknown, or this model does not support it.
        """
        try:
            language = known_code(requested) or "auto"
        except BadRequestError as error:
            raise UnsupportedValueError(error.message, hint=error.hint, field="language") from error
        if is_english_only(model_id):
            message = english_only_refusal(model_id, language, "transcribe")
            if message:
                raise UnsupportedValueError(message, hint=self._multilingual(), field="language")
        if language == CANTONESE and model_id in BEFORE_CANTONESE:
            raise UnsupportedValueError(
                f"The model {model_id} does not support the language {language!r}.",
                hint="Use zh, or large-v3 where this server has it.",
                field="language",
            )
        return language

    def _multilingual(self) -> str:
        able = [each for each in self._names() if not is_english_only(each)]
        if not able:
            return "This server has no multilingual model; its operator can install base."
        return f"Use one of: {', '.join(able)}."
