"""What runs jobs: the engine of this device, or a server."""

from __future__ import annotations

from typing import Protocol


class Executor(Protocol):
    """Runs jobs in one place. Each method may be called for any job, and again."""

    async def start(self) -> None:
        """Start the waiting jobs that may start in this place, as far as there is room."""
        ...

    async def pause(self, transcript_id: str) -> None:
        """Stop a job's work after the batch in flight, or soon, so that it can go on later."""
        ...

    async def stop(self, transcript_id: str) -> None:
        """End a job's work now, and give up what this place keeps for it. Saved words stay."""
        ...
