"""Packages of the user: kept in the library, run in the extension worker, one call at a time."""

from __future__ import annotations

import base64
import dataclasses
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from earwitness import messages as m
from earwitness.errors import BadRequestError, NotFoundError
from earwitness.library.ports import Attachment, BackupFiles
from earwitness.library.store import EXTENSIONS, Delete, Put, Store, extension_key
from earwitness.serialization import from_newer_plain, to_plain
from earwitness.tool_messages import (
    ApplyRule,
    DescribeExtension,
    ReadByExtension,
    Tools,
    WriteByExtension,
)
from earwitness.transcript import Transcript

BYTES_MAX = 16 * 1024 * 1024
"""Of an extension with all that it depends on."""
FILES_MAX = 20
_NAME = re.compile(r"[\w.!+-]{1,200}\.(?:whl|py)")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A wheel, or a module."""

    name: str
    base64: str


@dataclass(frozen=True, slots=True)
class StoredExtension:
    """An extension as it is kept, under its name."""

    view: m.ExtensionView
    files: tuple[StoredFile, ...]
    """First the package itself, then those that it depends on."""


@dataclass(frozen=True)
class Extensions:
    """Keeps extensions and asks the extension worker to run them."""

    _store: Store
    _tools: Tools
    _files: BackupFiles

    async def add(self, names: Sequence[str], attachments: Sequence[Attachment]) -> None:
        """Keep a package, in the place of one of the same name, once it has shown what it brings.

        Raises:
            BadRequestError: it is too large, no wheel or module, or brings nothing.
            EarwitnessError: it failed, or took too long.
            StorageError: it does not fit.
        """
        files = self._read(names, attachments)
        found = await self._tools.ask(DescribeExtension(tuple(names)), files)
        view = m.ExtensionView(
            found.name, found.version, found.summary, True, found.formats, found.rules
        )
        kept = StoredExtension(
            view,
            tuple(
                StoredFile(name, base64.b64encode(data).decode())
                for name, data in zip(names, files, strict=True)
            ),
        )
        await self._put(kept)

    async def list(self) -> m.ExtensionList:
        """Return all extensions by name."""
        return m.ExtensionList(tuple(each.view for each in await self._all()))

    async def enable(self, name: str, on: bool) -> None:
        """Switch an extension on or off.

        Raises:
            NotFoundError: there is none of this name.
        """
        kept = await self._get(name)
        await self._put(dataclasses.replace(kept, view=dataclasses.replace(kept.view, on=on)))

    async def remove(self, name: str) -> None:
        """Delete an extension; nothing happens if there is none of this name."""
        await self._store.write([Delete("settings", extension_key(name))])

    async def read(self, data: bytes, name: str) -> Transcript | None:
        """Return the transcript in a file whose ending an extension reads; None: none does.

        Raises:
            EarwitnessError: the extension failed, or took too long.
        """
        ending = name.rpartition(".")[2].lower() if "." in name else ""
        for kept in await self._all():
            if kept.view.on and any(
                each.reads and each.extension == ending for each in kept.view.formats
            ):
                wheels, files = _content(kept)
                answer = await self._tools.ask(ReadByExtension(wheels, ending), [*files, data])
                return answer.transcript
        return None

    async def write(self, transcript: Transcript, format: str) -> m.ExportedFile:
        """Return a transcript as a file in a format that an extension writes.

        Raises:
            NotFoundError: no extension that is on does.
            EarwitnessError: the extension failed, or took too long.
        """
        for kept in await self._all():
            if kept.view.on and any(
                each.writes and each.extension == format for each in kept.view.formats
            ):
                wheels, files = _content(kept)
                return await self._tools.ask(WriteByExtension(wheels, format, transcript), files)
        raise NotFoundError(
            f"No extension writes {format!r:.80}.", hint="Add one in the settings, or switch it on."
        )

    async def apply(self, rule: str, transcript: Transcript) -> dict[str, str]:
        """Return the texts that a rule changes, by the index of their segment.

        Raises:
            NotFoundError: no extension that is on has it.
            EarwitnessError: the extension failed, or took too long.
        """
        for kept in await self._all():
            if kept.view.on and any(each.name == rule for each in kept.view.rules):
                wheels, files = _content(kept)
                answer = await self._tools.ask(ApplyRule(wheels, rule, transcript), files)
                return answer.segments
        raise NotFoundError(
            f"No extension has the rule {rule!r:.80}.",
            hint="Add one in the settings, or switch it on.",
        )

    def _read(self, names: Sequence[str], attachments: Sequence[Attachment]) -> list[bytes]:
        if not 1 <= len(names) <= FILES_MAX or len(names) != len(attachments):
            raise BadRequestError(
                f"An extension has 1 to {FILES_MAX} files.",
                hint="Choose its wheel, and those that it depends on.",
            )
        for name in names:
            if not _NAME.fullmatch(name):
                raise BadRequestError(
                    f"{name!r:.80} is no extension.",
                    hint="Use a wheel (.whl) or a module (.py) under its own name.",
                )
        left, files = BYTES_MAX, list[bytes]()
        for attachment in attachments:
            with self._files.open(attachment) as file:
                data = file.read(left + 1)
            if len(data) > left:
                raise BadRequestError(
                    f"This extension is larger than {BYTES_MAX // 2**20} MB.",
                    hint="Use a smaller one.",
                )
            left -= len(data)
            files.append(data)
        return files

    async def _all(self) -> list[StoredExtension]:
        rows = await self._store.scan("settings", prefix=EXTENSIONS)
        return [from_newer_plain(StoredExtension, row.value) for row in rows]

    async def _get(self, name: str) -> StoredExtension:
        value = await self._store.get("settings", extension_key(name))
        if value is None:
            raise NotFoundError(f"There is no extension {name!r:.80}.", hint="Add it again.")
        return from_newer_plain(StoredExtension, value)

    async def _put(self, kept: StoredExtension) -> None:
        key = extension_key(kept.view.name)
        await self._store.write([Put("settings", key, cast("object", to_plain(kept)))])


def _content(kept: StoredExtension) -> tuple[tuple[str, ...], list[bytes]]:
    names = tuple(file.name for file in kept.files)
    return names, [base64.b64decode(file.base64) for file in kept.files]
