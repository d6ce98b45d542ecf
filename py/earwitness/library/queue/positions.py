"""Who waits hears when their place in the queue has changed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from earwitness.domain.jobs import places
from earwitness.library.repository import Ledger


class Places:
    """Remembers the places told last."""

    def __init__(self, ledger: Ledger, changed: Callable[[str], Awaitable[None]]) -> None:
        self._ledger = ledger
        self._changed = changed
        self._told: dict[str, int] = {}

    async def tell(self) -> None:
        """Announce every waiting job that stands elsewhere than it was told."""
        before, self._told = self._told, places(self._ledger.active_jobs())
        for id_, place in self._told.items():
            if before.get(id_) != place:
                await self._changed(id_)
