"""A server's address as the user typed it, and what kind of server it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from earwitness.errors import BadRequestError

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_NAME = re.compile(r"[\w.:-]+")
"""Of a machine, in any script, or an address in numbers."""
_HINT = "Write it like https://server.example, or https://api.example/v1 for OpenAI's API."


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server is, and how it is spoken to."""

    base: str
    """Without a slash at its end."""
    kind: Literal["earwitness", "openai"]

    @property
    def origin(self) -> str:
        """Scheme, name and port: what the user is shown."""
        return origin_of(self.base)


def read_address(text: str, page_origin: str) -> Address:
    """Read what stands in the settings; empty means the server that the page came from.

    An address that ends in `/v1` is OpenAI's API, as its clients write it.

    Raises:
        BadRequestError: it is no address, or one that this page cannot talk to.
    """
    given = text.strip() or page_origin
    if "://" not in given:
        name = urlsplit(f"//{given}").hostname or ""
        given = f"{'http' if name in _LOOPBACK else 'https'}://{given}"
    try:
        parts = urlsplit(given)
        named = bool(_NAME.fullmatch(parts.hostname or "")) and parts.port != 0
    except ValueError:
        raise _bad(text) from None
    if parts.scheme not in ("http", "https") or not named or parts.username or parts.query:
        raise _bad(text)
    in_clear = parts.scheme == "http" and parts.hostname not in _LOOPBACK
    if in_clear and page_origin.startswith("https:"):
        raise BadRequestError(
            "A page that came over https may not talk to a server without it.",
            hint="Give the server a certificate, or put it behind the page's own address.",
        )
    base = f"{parts.scheme}://{parts.netloc.lower()}{parts.path.rstrip('/')}"
    return Address(base, "openai" if base.endswith("/v1") else "earwitness")


def origin_of(base: str) -> str:
    """Scheme, name and port of an address."""
    parts = urlsplit(base)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else base


def _bad(text: str) -> BadRequestError:
    return BadRequestError(f"{text.strip()[:80]!r} is no address of a server.", hint=_HINT)
