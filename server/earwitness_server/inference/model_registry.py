"""Which models may be asked for, by which names, and in which languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from earwitness.languages import NAMES, code_of, english_only_refusal

from earwitness_server.errors import ApiError

ALIASES = ("whisper-1", "gpt-4o-transcribe", "gpt-4o-mini-transcribe", "gpt-transcribe")
"""Names that OpenAI's clients send; they mean this server's default model, with a date as well."""
_DATE = re.compile(r"-\d{4}-\d{2}-\d{2}$")
_WITH_SPEAKERS = "-diarize"

CANTONESE = "yue"
BEFORE_CANTONESE = ("tiny", "base", "small", "medium", "large-v1", "large-v2")
"""Whisper learnt it with large-v3."""


def knows_only_english(model_id: str) -> bool:
    """Whisper's own names tell: `tiny.en`."""
    return model_id.endswith(".en")


class ModelRegistry:
    """The models of this server, or of its workers where it has none itself."""

    def __init__(self, names: Callable[[], Sequence[str]], default: str) -> None:
        self._names = names
        self._default = default

    def names(self) -> list[str]:
        """What can be asked for; `whisper-1` is the default model."""
        return [*self._names(), ALIASES[0]] if self._names() else []

    def resolve_to_translate(self, name: str) -> str:
        """The id of the model meant, which must know more than English.

        Raises:
            ApiError: 404, there is none of that name; 400, it cannot translate.
        """
        found = self.resolve(name)
        if knows_only_english(found):
            refusal = english_only_refusal(found, "", "translate")
            raise _refused(refusal, self._multilingual(), "model")
        return found

    def language(self, asked: str, model_id: str) -> str:
        """The code of a language that was asked for; empty means to find it out.

        Raises:
            ApiError: 400, there is none such, or the model does not know it.
        """
        language = code_of(asked) if asked.strip() else "auto"
        if language != "auto" and language not in NAMES:
            raise _refused(
                f"There is no language {asked!r:.60}.",
                "Use an ISO-639-1 code such as en, de or fr, or auto to have it found out.",
                "language",
            )
        refusal = english_only_refusal(model_id, language, "transcribe")
        if refusal and knows_only_english(model_id):
            raise _refused(refusal, self._multilingual(), "language")
        if language == CANTONESE and model_id in BEFORE_CANTONESE:
            raise _refused(
                f"The model {model_id} does not support the language {language!r}.",
                "Use zh, or large-v3 where this server has it.",
                "language",
            )
        return language

    def _multilingual(self) -> str:
        able = [each for each in self._names() if not knows_only_english(each)]
        if not able:
            return "This server has no multilingual model; its operator can install base."
        return f"Use one of: {', '.join(able)}."

    def resolve(self, name: str) -> str:
        """The id of the model meant; empty means the default one.

        Raises:
            ApiError: 404, there is none of that name; 400, it would tell speakers apart.
        """
        if not name or _DATE.sub("", name) in ALIASES:
            return self._default
        if name.endswith(_WITH_SPEAKERS):
            raise _refused(
                "This server cannot tell speakers apart.",
                f"Use one of: {', '.join(self.names())}.",
                "model",
            )
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


def _refused(message: str, hint: str, param: str) -> ApiError:
    return ApiError(400, message, hint=hint, param=param, code="unsupported_value")
