"""`docs/decisions.md`: each record has its date, its three parts and its place in the index."""

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
    """The address that Markdown viewers give a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_records_are_numbered_and_in_the_order_of_their_dates() -> None:
    assert [int(heading.split(".")[0]) for heading in HEADINGS] == list(range(1, len(HEADINGS) + 1))
    dates: list[date] = []
    for record in RECORDS:
        found = re.search(r"^\*(\d{4}-\d\d-\d\d)", record, re.MULTILINE)
        assert found, record[:60]
        dates.append(date.fromisoformat(found[1]))
    assert dates == sorted(dates)


def test_every_record_has_context_decision_and_consequences() -> None:
    for record in RECORDS:
        parts = re.findall(r"^\*\*(\w+)\.\*\* \S", record, re.MULTILINE)
        assert parts == ["Context", "Decision", "Consequences"], record[:60]


def test_the_index_lists_every_record() -> None:
    listed = re.findall(r"^(\d+)\. \[(.+?)\]\(#(.+?)\)", INTRODUCTION, re.MULTILINE)
    assert [f"{number}. {title}" for number, title, _ in listed] == HEADINGS
    assert [address for *_, address in listed] == [anchor(heading) for heading in HEADINGS]


def test_links_to_records_lead_to_a_record() -> None:
    anchors = {anchor(heading) for heading in HEADINGS}
    for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        text = path.read_text(encoding="utf-8")
        local = r"\]\(#([^)]+)\)" if path.name == "decisions.md" else r"decisions\.md#([^)]+)\)"
        for target in re.findall(local, text):
            assert target in anchors, f"{path.name} links to #{target}"
