"""`docs/decisions.md`: number, date, parts and index entry of each decision."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
INTRODUCTION, *RECORDS = re.split(
    r"^## ", (ROOT / "docs" / "decisions.md").read_text(encoding="utf-8"), flags=re.MULTILINE
)
HEADINGS = [record.split("\n", 1)[0] for record in RECORDS]


def anchor(heading: str) -> str:
    """Return the anchor that Markdown viewers give a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_decisions_are_numbered_in_order_of_date() -> None:
    numbers = [int(heading.split(".")[0]) for heading in HEADINGS]
    assert numbers == sorted(set(numbers))
    dates: list[date] = []
    for record in RECORDS:
        found = re.search(r"^\*(\d{4}-\d\d-\d\d)", record, re.MULTILINE)
        assert found, record[:60]
        dates.append(date.fromisoformat(found[1]))
    assert dates == sorted(dates)


def test_every_decision_has_context_decision_and_consequences() -> None:
    for record in RECORDS:
        parts = re.findall(r"^\*\*(\w+)\.\*\* \S", record, re.MULTILINE)
        assert parts == ["Context", "Decision", "Consequences"], record[:60]


def test_index_lists_every_decision() -> None:
    listed = re.findall(r"^(\d+)\. \[(.+?)\]\(#(.+?)\)", INTRODUCTION, re.MULTILINE)
    assert [f"{number}. {title}" for number, title, _ in listed] == HEADINGS
    assert [address for *_, address in listed] == [anchor(heading) for heading in HEADINGS]


def test_links_to_decisions_are_valid() -> None:
    anchors = {anchor(heading) for heading in HEADINGS}
    for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        text = path.read_text(encoding="utf-8")
        local = r"\]\(#([^)]+)\)" if path.name == "decisions.md" else r"decisions\.md#([^)]+)\)"
        for target in re.findall(local, text):
            assert target in anchors, f"{path.name} links to #{target}"
