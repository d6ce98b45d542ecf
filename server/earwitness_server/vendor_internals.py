"""Private names of other libraries, used where no public name does the same.

`tests/server/test_vendor_internals.py` fails when a release of theirs changes one of them.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import sqlalchemy as sa
from dbos import DBOS
from starlette.datastructures import Headers
from starlette.formparsers import MultiPartParser


@dataclass(frozen=True, slots=True)
class LargeFields:
    """Fields of a form that may be larger than the others."""

    prefix: str
    """Of their names."""
    most: int
    """How many of them; further ones have the limit of other fields."""
    bytes: int


class SpoolingParser(MultiPartParser):
    """Starlette's parser of forms, with its files in a folder and under a name from the first byte.

    Starlette keeps them in memory, and later in a file without a name in the system's folder.
    """

    def __init__(
        self,
        headers: Headers,
        stream: AsyncGenerator[bytes],
        folder: Path,
        large: LargeFields,
        **limits: int,
    ) -> None:
        super().__init__(headers, stream, **limits)
        self._folder = folder
        self._large = large
        self._large_left = large.most
        self._usual_bytes = self.max_part_size

    def on_headers_finished(self) -> None:
        """Replace the file of a part that has begun."""
        super().on_headers_finished()
        self.max_part_size = self._usual_bytes
        if self._large_left and self._current_part.field_name.startswith(self._large.prefix):
            self._large_left -= 1
            self.max_part_size = self._large.bytes
        part = self._current_part.file
        if part is not None:
            part.file.close()
            # It has every method that UploadFile uses.
            file: Any = NamedTemporaryFile(dir=self._folder)  # noqa: SIM115
            part.file = file
            self._files_to_close_on_error.append(file)


def limit_claims(dbos: DBOS, excluded: Callable[[], Sequence[str]]) -> None:
    """Let this process take no workflow of these ids from a queue; asked before each look.

    A queue of DBOS gives every worker the oldest workflow, whatever it needs. Its public ways to
    choose (queues, partitions, versions) would each give our workflows other names.
    """
    database: Any = dbos._sys_db  # pyright: ignore[reportPrivateUsage]
    ids = database.tables.workflow_status.c.workflow_uuid

    def claim_gate(_queue: str, _partition: str | None) -> list[sa.ColumnElement[bool]]:
        unwanted = excluded()
        return [ids.not_in(unwanted)] if unwanted else []

    assert callable(database._claim_gate)
    database._claim_gate = claim_gate


def recover_workflows(executors: Iterable[str]) -> None:
    """Let DBOS start the workflows of dead executors again; attempts go on being counted.

    The public `resume_workflow` sets their number back, and takes workflows from the living.
    """
    DBOS._recover_pending_workflows(sorted(executors))  # pyright: ignore[reportPrivateUsage]
