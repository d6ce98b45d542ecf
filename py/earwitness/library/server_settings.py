"""The server that the settings name, and whether recordings may go there."""

from __future__ import annotations

from earwitness.errors import BadRequestError
from earwitness.messages import ServerView, Settings
from earwitness.remote.address import Address, read_address


def server_address(settings: Settings, page_origin: str) -> Address:
    """Return the server's address; without one in the settings, the page's own.

    Raises:
        BadRequestError: the settings hold no valid address.
    """
    return read_address(settings.server_url, page_origin)


def server_consent(settings: Settings, page_origin: str) -> bool | None:
    """Return what the user answered when `auto` asked for this server; None: not asked yet.

    Without a valid address nothing can be sent, which counts as no.
    """
    try:
        origin = server_address(settings, page_origin).origin
    except BadRequestError:
        return False
    return settings.server_consent.get(origin)


def server_view(settings: Settings, page_origin: str) -> ServerView | None:
    """Return the server as the page shows it; None while everything stays on this device."""
    if settings.where == "device":
        return None
    try:
        address = server_address(settings, page_origin)
    except BadRequestError:
        return None
    allowed = settings.where == "server" or settings.server_consent.get(address.origin, False)
    return ServerView(address.origin, address.kind, allowed)
