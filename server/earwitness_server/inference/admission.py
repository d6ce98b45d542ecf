"""Places of direct requests, taken at the head: only so many send their files at once."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from earwitness_server.errors import ApiError


def busy() -> ApiError:
    """The answer to a direct request that finds no place."""
    return ApiError(
        429,
        "The server is busy.",
        hint="Wait and send it again, or use /api/jobs, which keeps its place.",
        code="server_busy",
        retry_after_s=5,
    )


class Admission:
    """As many as are heard and may wait. With the largest upload they bound the files on disk."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken = 0

    @contextmanager
    def take(self) -> Generator[None]:
        """Have a place until the block ends.

        Raises:
            ApiError: 429, every place is taken.
        """
        if self._taken >= self._most:
            raise busy()
        self._taken += 1
        try:
            yield
        finally:
            self._taken -= 1
