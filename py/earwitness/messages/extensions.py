"""Packages of the user that add formats and rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from earwitness.messages.base import Message
from earwitness.messages.edits import Updated
from earwitness.messages.exports import ExportedFile
from earwitness.messages.summaries import TranscriptRequest


@dataclass(frozen=True, slots=True)
class FormatOfExtension:
    """A format that a package brings."""

    extension: str
    title: str
    media_type: str
    reads: bool
    writes: bool


@dataclass(frozen=True, slots=True)
class RuleOfExtension:
    """A rule that a package brings."""

    name: str
    """Of its entry point."""
    title: str


@dataclass(frozen=True, slots=True)
class ExtensionView:
    """A package of the user that adds formats and rules."""

    name: str
    version: str
    summary: str
    on: bool
    formats: tuple[FormatOfExtension, ...] = ()
    rules: tuple[RuleOfExtension, ...] = ()


class ExtensionList(Message):
    """The extensions on this device, by name."""

    extensions: tuple[ExtensionView, ...]


class ListExtensions(Message):
    """List the extensions on this device."""

    reply: ClassVar = ExtensionList


class AddExtension(Message):
    """Add an extension (attachment 0: its wheel, or a module; then wheels that it depends on)."""

    reply: ClassVar = ExtensionList
    names: tuple[str, ...]
    """Of the files, in the order of the attachments."""


class EnableExtension(Message):
    """Switch an extension on or off."""

    reply: ClassVar = ExtensionList
    name: str
    on: bool


class RemoveExtension(Message):
    """Delete an extension from this device."""

    reply: ClassVar = ExtensionList
    name: str


class ExportByExtension(TranscriptRequest):
    """Write a transcript as a file in a format of an extension."""

    reply: ClassVar = ExportedFile
    format: str
    """The extension of its files."""


class ApplyRule(TranscriptRequest):
    """Change a text by a rule of an extension, as one change."""

    reply: ClassVar = Updated
    rule: str
