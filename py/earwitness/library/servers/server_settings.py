"""The server that the settings name, and whether recordings may go there."""

from __future__ import annotations

from earwitness.errors import BadRequestError
from earwitness.library.repository import LibraryRepository
from earwitness.messages import ServerView
from earwitness.remote.address import Address, read_address


def server_address(repository: LibraryRepository) -> Address:
    """Return the server's address; without one in the settings, the page's own.

    Raises:
        BadRequestError: the settings hold no valid address.
    """
    return read_address(repository.settings.server_url, repository.page_origin)


def server_consent(repository: LibraryRepository) -> bool | None:
    """Return what the user answered when `auto` asked for this server; None: not asked yet.

    Without a valid address nothing can be sent, which counts as no.
    """
    try:
        origin = server_address(repository).origin
    except BadRequestError:
        return False
    return repository.settings.server_consent.get(origin)


def server_view(repository: LibraryRepository) -> ServerView | None:
    """Return the server as the page shows it; None while nothing is sent to it or asked of it."""
    settings = repository.settings
    if settings.where == "device" and not settings.search_server:
        return None
    try:
        address = server_address(repository)
    except BadRequestError:
        return None
    agreed = settings.where == "auto" and settings.server_consent.get(address.origin, False)
    allowed = settings.where == "server" or agreed
    return ServerView(address.origin, address.kind, allowed)
