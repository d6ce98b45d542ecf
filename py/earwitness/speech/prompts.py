"""Build prompts: expected words, previous text, and the task."""

from __future__ import annotations

from dataclasses import dataclass

from earwitness.errors import BadRequestError
from earwitness.languages import english_only_refusal
from earwitness.speech.protocols import ModelSpec, Tokenizer
from earwitness.transcript import Task


@dataclass(frozen=True, slots=True)
class Prompt:
    """Tokens before the first one that the model generates."""

    tokens: tuple[int, ...]
    sot_index: int
    """Index of SOT; tokens before it are earlier text."""


def check_language(spec: ModelSpec, language: str) -> None:
    """Check that a model has a language.

    Raises:
        BadRequestError: the model does not have it.
    """
    refusal = "" if spec.multilingual else english_only_refusal(spec.id, language, "transcribe")
    if refusal:
        raise BadRequestError(refusal, hint="Choose a multilingual model, such as base.")
    if spec.multilingual and language not in ("", "auto") and language not in spec.languages:
        raise BadRequestError(
            f"The model {spec.id} does not support the language {language!r}.",
            hint="Use an ISO 639-1 code such as en, de or fr, or auto to detect the language.",
        )


def task_tokens(spec: ModelSpec, language: str, task: Task, *, timestamps: bool) -> tuple[int, ...]:
    """Return SOT, language and task (of a multilingual model), and no-timestamps if so."""
    tokens = [spec.sot]
    if spec.multilingual:
        tokens.append(spec.languages[language])
        tokens.append(spec.translate if task == "translate" else spec.transcribe)
    if not timestamps:
        tokens.append(spec.no_timestamps)
    return tuple(tokens)


def build_prompt(
    spec: ModelSpec,
    tokenizer: Tokenizer,
    *,
    language: str,
    task: Task,
    expected_words: str = "",
    previous_text: str = "",
    timestamps: bool = True,
) -> Prompt:
    """Return a prompt of expected words, previous text and task, as in openai/whisper.

    Half of the context is for the prompt. Expected words come first and are cut at their start; the
    last tokens of the previous text fill the rest.
    """
    task_part = task_tokens(spec, language, task, timestamps=timestamps)
    room = _room(spec)
    expected, previous = (_encoded(tokenizer, text) for text in (expected_words, previous_text))
    expected = expected[-room:]
    left = room - len(expected)
    earlier = [*expected, *(previous[-left:] if left else [])]
    if not earlier:
        return Prompt(task_part, 0)
    return Prompt((spec.sot_prev, *earlier, *task_part), len(earlier) + 1)


def fitting_end(spec: ModelSpec, tokenizer: Tokenizer, expected_words: str) -> str:
    """Return the end of the expected words that fits into a prompt, from a word's start on."""
    text = expected_words.strip()
    tokens = _encoded(tokenizer, text)
    if len(tokens) <= _room(spec):
        return text
    end = tokenizer.decode(tokens[-_room(spec) :]).lstrip("\ufffd")
    if text[-len(end) - 1 : -len(end)].isspace() or end[:1].isspace():
        return end.strip()
    return (end.partition(" ")[2] or end).strip()


def _room(spec: ModelSpec) -> int:
    return spec.max_target_tokens // 2 - 1


def _encoded(tokenizer: Tokenizer, text: str) -> list[int]:
    return tokenizer.encode(" " + text.strip()) if text.strip() else []
