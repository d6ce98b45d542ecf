"""What a new job asks for, checked before it is accepted: later nobody is there to be told."""

from __future__ import annotations

import dataclasses

from earwitness.messages import TranscribeOptions

from earwitness_server.errors import ApiError
from earwitness_server.inference.model_registry import ModelRegistry


def checked(registry: ModelRegistry, options: TranscribeOptions) -> TranscribeOptions:
    """The options with the model and the language that they mean.

    Raises:
        ApiError: 404, there is no such model; 422, an option that cannot work.
    """
    if options.where != "device":
        raise _refused(
            f"This server transcribes everything itself, not {options.where!r}.",
            "Use device, or leave the field out.",
            "where",
        )
    # How many tracks there are is known only once the file is decoded.
    if options.audio_track < 0:
        raise _refused(
            f"There is no audio track {options.audio_track}.",
            "Use 0 for the first one, 1 for the second.",
            "audio_track",
        )
    resolve = registry.resolve_to_translate if options.task == "translate" else registry.resolve
    try:
        model = resolve(options.model)
        language = registry.language(options.language, model)
    except ApiError as refused:
        raise _in_a_job(refused) from refused
    return dataclasses.replace(options, model=model, language=language)


def _in_a_job(refused: ApiError) -> ApiError:
    # The registry answers as OpenAI's service does: 400, and fields that lie in nothing.
    return ApiError(
        422 if refused.status == 400 else refused.status,
        refused.message,
        hint=refused.hint,
        code=refused.code,
        param=f"options.{refused.param}",
    )


def _refused(message: str, hint: str, field: str) -> ApiError:
    return ApiError(422, message, hint=hint, code="unsupported_value", param=f"options.{field}")
