"""What an extension in Python brings: formats to read and write, and rules that clean up texts.

A package names its formats under the entry points `earwitness.formats` and its rules under
`earwitness.rules`. Each entry point is an object that follows one of these Protocols, or a class
without arguments whose instances do. docs/extension-example is such a package.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Protocol, cast, runtime_checkable

from earwitness.errors import BadRequestError
from earwitness.transcript import Transcript

FORMATS = "earwitness.formats"
RULES = "earwitness.rules"
"""Groups of entry points."""


class _EntryPoint(Protocol):
    """`importlib.metadata.EntryPoint`, as far as it is used here."""

    def load(self) -> Any: ...


@runtime_checkable
class Format(Protocol):
    """A file format. It also has `read(data: bytes) -> Transcript`,
    `write(transcript: Transcript) -> bytes` or both.
    """

    extension: str
    """Of its files, in lower case and without the point."""
    title: str
    """Shown to the user."""
    media_type: str


@runtime_checkable
class Reader(Protocol):
    """A format that can be read."""

    def read(self, data: bytes) -> Transcript:
        """Return the transcript of a file; its id does not matter."""
        ...


@runtime_checkable
class Writer(Protocol):
    """A format that can be written."""

    def write(self, transcript: Transcript) -> bytes:
        """Return the file."""
        ...


@runtime_checkable
class Rule(Protocol):
    """A way to clean up a document, which one undo takes back."""

    title: str
    """Shown to the user."""

    def apply(self, transcript: Transcript) -> dict[int, str]:
        """Return the new text of each segment that changes, by its index."""
        ...


@dataclass(frozen=True, slots=True)
class AddedFormat:
    """A format of an extension."""

    extension: str
    title: str
    media_type: str
    read: Callable[[bytes], Transcript] | None = None
    write: Callable[[Transcript], bytes] | None = None


@dataclass(frozen=True, slots=True)
class Installed:
    """What the installed packages bring, and what of it could not be loaded."""

    formats: tuple[AddedFormat, ...] = ()
    rules: tuple[tuple[str, Rule], ...] = ()
    """Name of the entry point, and the rule."""
    errors: tuple[str, ...] = ()
    """One sentence for each entry point that was left out."""


def installed() -> Installed:
    """Load the extensions that are installed beside this package. Their code runs here."""
    from importlib.metadata import entry_points  # Not needed to describe an extension.

    formats: list[AddedFormat] = []
    rules: list[tuple[str, Rule]] = []
    errors: list[str] = []
    for point in entry_points(group=FORMATS):
        try:
            formats.append(added_format(_loaded(point)))
        except Exception as error:  # A broken extension must not stop the others.
            errors.append(f"The format {point.name!r} was not loaded: {error!r:.200}")
    for point in entry_points(group=RULES):
        try:
            rules.append((point.name, added_rule(_loaded(point))))
        except Exception as error:
            errors.append(f"The rule {point.name!r} was not loaded: {error!r:.200}")
    return Installed(tuple(formats), tuple(rules), tuple(errors))


def of_module(name: str, module: ModuleType) -> Installed:
    """Return what a module of one file brings: its own classes and objects that follow a Protocol.

    A rule has the name of its class, in the module called `name`.
    """
    formats: list[AddedFormat] = []
    rules: list[tuple[str, Rule]] = []
    errors: list[str] = []
    for key, value in vars(module).items():
        kind = cast("type[Any]", value if isinstance(value, type) else type(value))
        if key.startswith("_") or kind.__module__ != module.__name__:
            continue
        try:
            made: object = kind() if isinstance(value, type) else value
            if isinstance(made, Rule):
                rules.append((f"{name}.{key}", made))
            elif isinstance(made, Format):
                formats.append(added_format(made))
        except Exception as error:
            errors.append(f"{key!r} was not loaded: {error!r:.200}")
    return Installed(tuple(formats), tuple(rules), tuple(errors))


def added_format(value: object) -> AddedFormat:
    """Return an extension's object as a format.

    Raises:
        BadRequestError: it does not follow the Protocol.
    """
    if not isinstance(value, Format) or not isinstance(value, Reader | Writer):
        raise BadRequestError(
            "This is not a format.",
            hint="It needs extension, title, media_type, and read or write.",
        )
    if not value.extension.isascii() or not value.extension.isalnum():
        raise BadRequestError(
            f"{value.extension!r:.40} is not a file extension.", hint="Use letters and digits."
        )
    return AddedFormat(
        value.extension.lower(),
        value.title,
        value.media_type,
        value.read if isinstance(value, Reader) else None,
        value.write if isinstance(value, Writer) else None,
    )


def added_rule(value: object) -> Rule:
    """Return an extension's object as a rule.

    Raises:
        BadRequestError: it does not follow the Protocol.
    """
    if not isinstance(value, Rule):
        raise BadRequestError("This is not a rule.", hint="It needs title and apply.")
    return value


def apply_rule(rule: Rule, transcript: Transcript) -> dict[int, str]:
    """Return the texts that a rule changes, by the segment's index.

    Raises:
        BadRequestError: the rule failed, or its answer is not of this form.
    """
    try:
        answer: Any = rule.apply(transcript)
        changed = {int(index): text for index, text in dict(answer).items()}
    except Exception as error:
        raise BadRequestError(
            f"The rule {rule.title!r:.80} failed.",
            hint="Update or remove the extension.",
            detail=repr(error)[:200],
        ) from error
    count = len(transcript.segments)
    for index, text in changed.items():
        if not isinstance(text, str) or not 0 <= index < count:
            raise BadRequestError(
                f"The rule {rule.title!r:.80} returned something else than texts of sentences.",
                hint="Update or remove the extension.",
            )
    return {i: text for i, text in changed.items() if text != transcript.segments[i].text}


def _loaded(point: _EntryPoint) -> object:
    value: Any = point.load()
    return value() if isinstance(value, type) else value
