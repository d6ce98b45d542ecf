"""Exit codes of the commands; docs/cli.md lists them."""

from __future__ import annotations

from collections.abc import Collection

from earwitness.errors import EarwitnessError, ServerAwayError, ServerError

DONE = 0
FAILED = 1
"""Some of the files failed."""
UNUSABLE = 2
"""The arguments or settings cannot be used, or a model is missing."""
UNREACHABLE = 3
"""The server does not answer."""
REFUSED = 4
"""The server refuses the key."""
INTERRUPTED = 130

_KEY_REFUSED = (401, 403)


def exit_code(error: EarwitnessError, otherwise: int = UNUSABLE) -> int:
    """Return the code for an error: that of the server's state, or `otherwise`."""
    if isinstance(error, ServerAwayError):
        return UNREACHABLE
    if isinstance(error, ServerError) and error.status in _KEY_REFUSED:
        return REFUSED
    return otherwise


def of_files(codes: Collection[int]) -> int:
    """Return the code of a run over several files: the one that all failed files share, or 1."""
    failed = {code for code in codes if code != DONE}
    if not failed:
        return DONE
    return failed.pop() if len(failed) == 1 else FAILED
