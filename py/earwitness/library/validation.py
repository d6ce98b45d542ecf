"""Whether a new run can be done as it is asked for: refused before anything is changed.

Each refusal is a sentence beside the fields that it is about, in the words and numbers of these.
"""

from __future__ import annotations

from collections.abc import Iterable

from earwitness.errors import BadRequestError
from earwitness.languages import name_of
from earwitness.library.ports import ModelInfo
from earwitness.messages import Retranscribe, TranscribeOptions


def span_of(request: Retranscribe, duration_s: float) -> tuple[float, float | None]:
    """Start and end of what is to be run; None: to the end of the recording.

    Raises:
        BadRequestError: there is nothing in between.
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


def check_model(options: TranscribeOptions, models: Iterable[ModelInfo]) -> None:
    """Refuse what an English-only model of this device would be asked in vain.

    Raises:
        BadRequestError: another language, or a translation.
    """
    models = tuple(models)
    model = next((model for model in models if model.id == options.model), None)
    if model is None or model.multilingual:
        return
    able = next((f", such as “{each.title}”" for each in models if each.multilingual), "")
    other = f"Choose a model for many languages{able}, or"
    if options.language not in ("", "auto", "en"):
        language = name_of(options.language).capitalize()
        raise BadRequestError(
            f"The model “{model.title}” knows only English, not {language}.",
            hint=f"{other} English as the language.",
        )
    if options.task == "translate":
        raise BadRequestError(
            f"The model “{model.title}” knows only English and translates nothing.",
            hint=f"{other} the text in the language spoken.",
        )


def _clock(time_s: float) -> str:
    """As the page writes it, `1:05:30`; a tenth only where there is one."""
    tenths = round(max(0.0, time_s) * 10)
    minutes, tenths = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    seconds, tenth = divmod(tenths, 10)
    head = f"{hours}:{minutes:02d}" if hours else f"{minutes}"
    return f"{head}:{seconds:02d}" + (f".{tenth}" if tenth else "")
