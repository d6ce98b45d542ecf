"""Check the options of a new job before it is accepted: later its sender may be gone."""

from __future__ import annotations

import dataclasses

from earwitness.domain.terms import clean_terms
from earwitness.errors import BadRequestError
from earwitness.messages import TranscribeOptions

from earwitness_server.errors import ApiError
from earwitness_server.inference.errors import UnknownModelError, UnsupportedValueError
from earwitness_server.inference.model_registry import ModelRegistry


def validate_options(registry: ModelRegistry, options: TranscribeOptions) -> TranscribeOptions:
    """Return the options with the ids of the model and the language that they mean.

    Raises:
        UnknownModelError: there is no such model.
        ApiError: 422, an option that cannot work.
    """
    if options.where != "device":
        raise _invalid(
            f"This server transcribes every recording itself, not {options.where!r}.",
            "Use device, or leave the field out.",
            "where",
        )
    # How many tracks a file has is known only once it is decoded.
    if options.audio_track < 0:
        raise _invalid(
            f"There is no audio track {options.audio_track}.",
            "Use 0 for the first one, 1 for the second.",
            "audio_track",
        )
    try:
        model = registry.resolve(options.model, to_translate=options.task == "translate")
        language = registry.language(options.language, model)
    except UnsupportedValueError as error:
        raise _invalid(error.message, error.hint, error.field) from error
    except UnknownModelError as error:
        error.field = f"options.{error.field}"
        raise
    try:
        terms = clean_terms(options.terms)
    except BadRequestError as error:
        raise _invalid(error.message, error.hint, "terms") from error
    return dataclasses.replace(options, model=model, language=language, terms=terms)


def _invalid(message: str, hint: str, field: str) -> ApiError:
    return ApiError(422, message, hint=hint, code="unsupported_value", param=f"options.{field}")
