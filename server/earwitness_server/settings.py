"""Every setting of the server: an `EARWITNESS_…` variable, most of them an option too."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

Listed = Annotated[tuple[str, ...], NoDecode]
"""Several values in one variable, separated by commas."""


class Settings(BaseSettings):
    """What the operator chose. Read from the environment once, when the process starts."""

    model_config = SettingsConfigDict(env_prefix="EARWITNESS_", extra="ignore", frozen=True)

    host: str = "127.0.0.1"
    """Address to listen on. Anything but loopback needs TLS and keys, or `insecure`."""
    port: int = Field(default=8000, ge=0, le=65535)
    """Port to listen on; 0 lets the system choose."""
    dist: Path = Path("dist")
    """Folder of the built page."""
    tls_cert: Path | None = None
    """PEM certificate chain; with it the server speaks https."""
    tls_key: Path | None = None
    """PEM private key of `tls_cert`."""
    behind_proxy: bool = False
    """A proxy in front terminates TLS and sets X-Forwarded-For and X-Forwarded-Proto."""
    insecure: bool = False
    """Allow other addresses without TLS or keys. The page then loses storage and offline use."""
    hosts: Listed = ()
    """Host names this server answers to; empty: any, or loopback names only when on loopback."""
    connect_origins: Listed = ()
    """Further origins the page may talk to, for example another transcription server."""
    cors_origins: Listed = ()
    """Origins of other pages that may call this server's API from a browser."""

    @field_validator("hosts", "connect_origins", "cors_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @property
    def loopback(self) -> bool:
        """Only programs on this machine can reach the server."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def tls(self) -> bool:
        """The server itself speaks https."""
        return self.tls_cert is not None
