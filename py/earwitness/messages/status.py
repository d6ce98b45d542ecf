"""Settings, and the state of everything that is no transcript."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from earwitness.errors import ErrorView
from earwitness.messages.base import Message
from earwitness.messages.servers import ServerView
from earwitness.messages.summaries import SpeakerCount, Where
from earwitness.serialization import ADDED
from earwitness.transcript import Task

BootStage = Literal["starting", "python", "library", "ready", "failed"]


@dataclass(frozen=True, slots=True)
class ModelView:
    """A model the user can choose."""

    id: str
    title: str
    bytes: int
    multilingual: bool
    cached: bool
    """Whether the whole model is on this device."""
    realtime_factor: float | None
    """Seconds of work for a second of audio, measured here; None before the first run."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user chose, kept across visits."""

    model: str = "base"
    language: str = "auto"
    task: Task = "transcribe"
    words: bool = True
    keep_audio: bool = True
    """Keep the audio after the transcript is done, to play it beside the text."""
    voice_activity: bool = True
    prompt: str = ""
    """Names and terms that recordings are likely to contain."""
    threads: int = 0
    """0: as many as measured best."""
    device: Literal["auto", "wasm", "webgpu"] = "auto"
    confirm_download: bool = True
    where: Where = "device"
    """Where recordings are transcribed. `auto`: here, or on the server if this device fails or
    would take too long."""
    server_url: str = ""
    """Empty: the page's own server. An address that ends in `/v1` has OpenAI's API."""
    server_key: str = ""
    server_model: str = ""
    """Empty: the server's default."""
    server_after_s: float = 1800.0
    """With `auto`: a recording that takes longer here goes to the server; 0: none does."""
    server_consent: dict[str, bool] = field(default_factory=dict[str, bool])
    """The user's answer to `ServerNeeded`, by the server's origin."""
    follow_languages: bool = field(default=True, metadata=ADDED)
    """See `TranscribeOptions`."""
    server_name: str = field(default="", metadata=ADDED)
    """What the user calls the server; empty: its address."""
    search_server: bool = field(default=False, metadata=ADDED)
    """Search and read the server's library, also while no recording is sent to it."""
    terms: tuple[str, ...] = field(default=(), metadata=ADDED)
    """Names and terms that any recording may contain; see `TranscribeOptions`."""
    tag_terms: dict[str, tuple[str, ...]] = field(
        default_factory=dict[str, tuple[str, ...]], metadata=ADDED
    )
    """By tag: names and terms that recordings with this tag may contain."""
    speakers: SpeakerCount = field(default=False, metadata=ADDED)
    """See `TranscribeOptions`."""


class Status(Message):
    """State of boot, engine, storage, models and settings."""

    stage: BootStage
    engine: Literal["off", "loading", "ready", "busy", "failed"]
    device: Literal["unknown", "wasm", "webgpu"]
    threads: int
    isolated: bool
    persisted: bool
    """The browser promised not to evict our data."""
    storage_used_bytes: int
    storage_quota_bytes: int
    models: tuple[ModelView, ...]
    settings: Settings
    marks_ms: dict[str, float]
    """User Timing marks of this boot, milliseconds since navigation."""
    version: str
    server: ServerView | None = None
    """None while nothing is sent to a server or asked of it, or the address is no address."""
    speaker_models: ModelView | None = field(default=None, metadata=ADDED)
    """The models that tell speakers apart, one download; None: there are none here."""
    known_voices: tuple[str, ...] = field(default=(), metadata=ADDED)
    """Names of the voices that the user asked to remember."""


class GetStatus(Message):
    """Ask for stage, engine, storage, models, settings and boot marks."""

    reply: ClassVar = Status


class ChangeSettings(Message):
    """Replace the settings."""

    reply: ClassVar = Settings
    settings: Settings


class BootChanged(Message):
    """Python's start advanced. `failed` is terminal until the page starts the worker again."""

    stage: BootStage
    error: ErrorView | None = None


class StatusChanged(Message):
    """Engine, storage, models or settings changed."""

    status: Status
