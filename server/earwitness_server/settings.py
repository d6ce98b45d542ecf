"""Every setting of the server: an `EARWITNESS_…` variable, and some an option too."""

from __future__ import annotations

import os
import sys
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from earwitness.errors import EarwitnessError
from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

Listed = Annotated[tuple[str, ...], NoDecode]
"""Several values in one variable, separated by commas."""


PAGE = Path(__file__).with_name("page")
"""The built page in the wheel; a checkout has none here."""


def user_folder() -> Path:
    """Return the folder of this program's data among those of the user."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home()) / "Earwitness"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "Earwitness"
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data) / "earwitness"


_IS_PACKAGED = PAGE.is_dir()
DOWNLOADS = None if _IS_PACKAGED else Path(".cache/weights")
"""Where downloads of models are kept; None: they are deleted once the models are there."""
_DATA = user_folder() if _IS_PACKAGED else Path("var")


class StartError(EarwitnessError):
    """The server cannot start with these settings."""


class Settings(BaseSettings):
    """The operator's choices, read from the environment once, when the process starts."""

    model_config = SettingsConfigDict(env_prefix="EARWITNESS_", extra="ignore", frozen=True)

    host: str = "127.0.0.1"
    """Address to listen on. Any address but loopback needs TLS and keys, or `insecure`."""
    port: int = Field(default=8400, ge=0, le=65535)
    """Port to listen on; 0 lets the system choose."""
    dist: Path = PAGE if _IS_PACKAGED else Path("dist")
    """Folder of the built page."""
    tls_cert: Path | None = None
    """PEM certificate chain; with it the server speaks https."""
    tls_key: Path | None = None
    """PEM private key of `tls_cert`."""
    behind_proxy: bool = False
    """A proxy in front terminates TLS and sets X-Forwarded-For and X-Forwarded-Proto."""
    insecure: bool = False
    """Allow other addresses without TLS or keys. The page then loses storage and offline use."""
    require_keys: bool | None = None
    """Whether the API requires a key; unset: yes, unless on loopback or `insecure`."""
    data: Path = _DATA
    """Folder for the database, audio and temporary files."""
    database_url: str = ""
    """SQLAlchemy address, such as postgresql+psycopg://…; empty: a SQLite file in `data`."""
    objects: str = ""
    """Where audio is kept: a folder or s3://bucket/prefix; empty: a folder in `data`."""
    role: Literal["all", "web", "worker", "page"] = "all"
    """What this process does: `web` has no model in memory, `worker` transcribes jobs and has no
    API, `page` serves the page only."""
    models: Path = _DATA / "models"
    """Folder with one folder a model."""
    fetch_models: bool = True
    """Fetch the default model at the start if the folder has no model."""
    default_model: str = "base"
    """The model for requests that name none, or `whisper-1`."""
    offered_models: Listed = ("base",)
    """With the role `web`: the models of the workers."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    """The device that models run on."""
    threads: int = Field(default=0, ge=0, le=256)
    """Threads of one model; 0: at most four."""
    slots: int = Field(default=2, ge=1, le=256)
    """Recordings that this process transcribes at the same time: jobs and direct requests each."""
    waiting_limit: int = Field(default=32, ge=0)
    """Direct requests that may wait for a slot; further ones are refused."""
    queue_limit: int = Field(default=10_000, ge=1)
    """Unfinished jobs of all owners together; further ones are refused."""
    max_upload_bytes: int = Field(default=4 << 30, ge=1)
    """Largest file."""
    max_duration_s: float = Field(default=12 * 3600.0, gt=0)
    """Longest recording."""
    decode_memory_bytes: int = Field(default=2 << 30, ge=256 << 20)
    """Memory of the process that decodes one file."""
    decode_cpu_s: int = Field(default=1800, ge=1)
    """Computing time of the process that decodes one file."""
    upload_idle_s: float = Field(default=30.0, gt=0)
    """A request body must continue within this time."""
    upload_slowest_bytes_s: float = Field(default=500.0, ge=0)
    """A request body must have this rate on average, after `upload_idle_s` of waiting."""
    head_s: float = Field(default=20.0, gt=0)
    """A request's first line and headers must be complete within this time."""
    drain_s: float = Field(default=25.0, ge=0)
    """When told to stop, the server lets requests in flight continue for this long."""
    upload_days: float = Field(default=2.0, gt=0)
    """An unfinished upload is deleted after this."""
    retention_days: float | None = Field(default=None, gt=0)
    """Transcripts and their audio are deleted after this; unset: never."""
    worker_away_s: float = Field(default=30.0, gt=0)
    """A worker without a heartbeat for this long is taken for dead; others continue its jobs."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """The lowest level that is logged."""
    hosts: Listed = ()
    """Host names this server answers to; empty: any, or only loopback names when on loopback."""
    connect_origins: Listed = ()
    """Further origins the page may talk to, for example another transcription server."""
    cors_origins: Listed = ()
    """Origins of other pages that may call this server's API from a browser; `*`: of all pages,
    which needs keys."""

    @field_validator("hosts", "connect_origins", "cors_origins", "offered_models", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("cors_origins")
    @classmethod
    def _as_browsers_send_them(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(_origin, value))

    @property
    def keys_required(self) -> bool:
        """Whether the API requires a key."""
        if self.require_keys is not None:
            return self.require_keys
        return not self.loopback and not self.insecure

    @property
    def database(self) -> str:
        """SQLAlchemy address of the database."""
        return self.database_url or f"sqlite:///{self.data.resolve() / 'earwitness.sqlite'}"

    @property
    def loopback(self) -> bool:
        """Whether only programs on this machine can reach the server."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def tls(self) -> bool:
        """Whether the server itself terminates TLS."""
        return self.tls_cert is not None


def _origin(address: str) -> str:
    """Return the origin of a page as browsers send it: lower case, without a path or usual port.

    Raises:
        ValueError: the address is not that of a site.
    """
    if address == "*":
        return address
    parts = urlsplit(address)
    if not parts.scheme or not parts.hostname or parts.path not in ("", "/") or parts.query:
        raise ValueError(f"{address!r:.100} is not an origin such as https://example.org")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    port = "" if parts.port in (None, usual) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"
