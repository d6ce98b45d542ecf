"""Check a new run before anything is changed.

The page shows an error beside the fields it is about, so the error has their words and numbers.
"""

from __future__ import annotations

from collections.abc import Sequence

from earwitness.domain.clock import clock
from earwitness.errors import BadRequestError
from earwitness.languages import english_only_refusal
from earwitness.library.ports import ModelInfo
from earwitness.messages import Retranscribe, TranscribeOptions


def span_of(request: Retranscribe, duration_s: float) -> tuple[float, float | None]:
    """Return start and end of the part to run; None: to the end of the recording.

    Raises:
        BadRequestError: the part is empty or outside the recording.
    """
    start_s, end_s = max(0.0, request.start_s), request.end_s
    if end_s is not None and end_s <= start_s:
        raise BadRequestError(
            f"The part from {_clock(start_s)} to {_clock(end_s)} is empty.",
            hint="Choose an end after the start.",
        )
    if 0 < duration_s <= start_s:
        raise BadRequestError(
            f"The recording ends at {_clock(duration_s)}, before {_clock(start_s)}.",
            hint="Choose a start inside the recording.",
        )
    if end_s is not None and 0 < duration_s <= end_s:
        end_s = None
    return start_s, end_s


def check_model(options: TranscribeOptions, models: Sequence[ModelInfo]) -> None:
    """Check that a model of this device supports language and task.

    Raises:
        BadRequestError: the model supports English only.
    """
    model = next((model for model in models if model.id == options.model), None)
    if model is None or model.multilingual:
        return
    refusal = english_only_refusal(f"“{model.title}”", options.language, options.task)
    if refusal:
        able = next((f", such as “{each.title}”" for each in models if each.multilingual), "")
        raise BadRequestError(refusal, hint=f"Choose a multilingual model{able}.")


def _clock(time_s: float) -> str:
    """Return the time as the page writes it, `1:05:30`; a tenth only where there is one."""
    return clock(time_s, digits=1, hours=None).removesuffix(".0")
