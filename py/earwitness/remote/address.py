"""The address of a server, read from what the user typed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from earwitness.errors import BadRequestError

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_NAME = re.compile(r"[\w.:-]+")
"""A host name in any script, or an IP address."""
_HINT = "Write it like https://server.example, or https://api.example/v1 for OpenAI's API."


@dataclass(frozen=True, slots=True)
class Address:
    """A server's address and the API it has."""

    base: str
    """The address without a slash at its end."""
    kind: Literal["earwitness", "openai"]

    @property
    def origin(self) -> str:
        """Scheme, host and port, as the user is shown them."""
        return origin_of(self.base)


def read_address(text: str, page_origin: str) -> Address:
    """Return the address that the user typed; an empty one is the page's own server.

    An address that ends in `/v1` has OpenAI's API, as the clients of that API write it.

    Raises:
        BadRequestError: the text is not an address, or this page may not talk to it.
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
            "A page loaded over https cannot use a server over http.",
            hint="Give the server a certificate, or serve it from the page's own address.",
        )
    base = f"{parts.scheme}://{parts.netloc.lower()}{parts.path.rstrip('/')}"
    return Address(base, "openai" if base.endswith("/v1") else "earwitness")


def origin_of(base: str) -> str:
    """Return scheme, host and port of an address."""
    parts = urlsplit(base)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else base


def _bad(text: str) -> BadRequestError:
    return BadRequestError(f"{text.strip()[:80]!r} is not a server's address.", hint=_HINT)
