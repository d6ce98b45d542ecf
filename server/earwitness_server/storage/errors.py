"""Why the storage refuses a request. Nothing is written then."""

from __future__ import annotations

from earwitness.errors import EarwitnessError


class RefusedError(EarwitnessError):
    """Root of the refusals: the storage works, but the request breaks a rule or a limit."""


class OffsetMismatchError(RefusedError):
    """A piece of an upload does not begin where the previous piece ended."""

    def __init__(self, offset: int) -> None:
        super().__init__(
            f"The upload does not continue at byte {offset}.",
            hint="Ask for its offset with HEAD and continue from there.",
        )


class IdempotencyKeyReusedError(RefusedError):
    """The idempotency key belongs to another job already."""

    def __init__(self) -> None:
        super().__init__(
            "This Idempotency-Key was used for another recording or other options.",
            hint="Use a fresh key for each new job.",
        )


class QueueFullError(RefusedError):
    """The queue holds as many unfinished jobs as the operator allows."""

    def __init__(self) -> None:
        super().__init__(
            "The queue is full.", hint="Your upload is kept: send the job again later."
        )


class TooManyJobsError(RefusedError):
    """The owner of a key has as many unfinished jobs and direct requests as the key allows."""

    def __init__(self, limit: int, hint: str) -> None:
        super().__init__(f"This key allows {limit} unfinished jobs and direct requests.", hint=hint)


class QuotaExceededError(RefusedError):
    """The owner of a key would keep more bytes than the key allows."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(
            f"This key allows {_size(limit_bytes)} of audio, and this recording exceeds that.",
            hint="Delete transcripts or their audio first.",
        )


def _size(count: int) -> str:
    """Return a number of bytes in the largest unit that is not above it."""
    for shift, unit in ((30, "GiB"), (20, "MiB"), (10, "KiB")):
        if count >= 1 << shift:
            return f"{count / (1 << shift):.1f}".removesuffix(".0") + f" {unit}"
    return f"{count} bytes"
