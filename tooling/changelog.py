"""CHANGELOG.md in the form of Keep a Changelog."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from tooling.say import BuildError

UNRELEASED = "Unreleased"
KINDS = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")
_HEADING = re.compile(r"^## \[(?P<name>[^\]]+)\](?: - (?P<date>\d{4}-\d{2}-\d{2}))?$", re.MULTILINE)


@dataclass(frozen=True)
class Section:
    """A version and what is new in it, as Markdown."""

    name: str
    date: str
    text: str


def sections(changelog: str) -> list[Section]:
    """The sections in their order."""
    found = list(_HEADING.finditer(changelog))
    ends = [*(each.start() for each in found[1:]), len(changelog)]
    return [
        Section(each["name"], each["date"] or "", changelog[each.end() : end].strip())
        for each, end in zip(found, ends, strict=True)
    ]


def released(changelog: str, version: str, day: date) -> str:
    """The changelog with what is unreleased moved to a section of `version`.

    Raises:
        BuildError: there is no such section first, or nothing is in it.
    """
    first = next(iter(sections(changelog)), None)
    if first is None or first.name != UNRELEASED or not first.text:
        why = f"the section [{UNRELEASED}] of CHANGELOG.md is missing or empty."
        raise BuildError("releasing", why, "Write there what is new for users.")
    heading = f"## [{UNRELEASED}]"
    return changelog.replace(heading, f"{heading}\n\n## [{version}] - {day.isoformat()}", 1)
