"""Names of files that are put into one zip."""

from __future__ import annotations

import pytest
from earwitness.domain.file_names import free_name


@pytest.mark.parametrize(
    ("name", "second"),
    [
        ("Talk.srt", "Talk (2).srt"),
        ("2026.05.01 Talk.srt", "2026.05.01 Talk (2).srt"),
        ("Talk.openai.json", "Talk (2).openai.json"),
        ("v1.2.labels.txt", "v1.2 (2).labels.txt"),
    ],
)
def test_number_of_a_taken_name_stands_before_its_ending(name: str, second: str) -> None:
    taken = {name.lower()}
    assert free_name(name, taken) == second
    assert free_name("Other.srt", taken) == "Other.srt"
