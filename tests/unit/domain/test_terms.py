"""Lists of names and terms: what is kept of them, and which a recording gets."""

from __future__ import annotations

import pytest
from earwitness.domain.terms import (
    MAX_CHARACTERS,
    MAX_TERMS,
    clean_tag_terms,
    clean_terms,
    joined_terms,
    listed_terms,
    terms_for,
)
from earwitness.errors import BadRequestError
from earwitness.messages import Settings


def test_a_list_is_cleaned() -> None:
    assert clean_terms([" Ada ", "Jane\n Eyre", "", "Ada"]) == ("Ada", "Jane Eyre")
    assert clean_tag_terms({"work": ["Ada"], "none": [" "]}) == {"work": ("Ada",)}


def test_a_list_has_limits() -> None:
    longest = [str(number) for number in range(MAX_TERMS)]
    assert len(clean_terms(longest)) == MAX_TERMS
    with pytest.raises(BadRequestError, match="1001"):
        clean_terms([*longest, "one more"])
    assert clean_terms(["x" * MAX_CHARACTERS])
    with pytest.raises(BadRequestError, match="not 101"):
        clean_terms(["x" * (MAX_CHARACTERS + 1)])


def test_two_lists_are_cut_where_they_are_too_long_together() -> None:
    many = [str(number) for number in range(MAX_TERMS)]
    assert joined_terms(["Ada"], many) == ("Ada", *many[:-1])


def test_a_text_lists_names_by_commas_and_lines() -> None:
    assert listed_terms("Helstone, Jane Eyre; Cox\nAda.") == ("Helstone", "Jane Eyre", "Cox", "Ada")
    assert listed_terms("Helstone") == ("Helstone",)
    assert listed_terms("The following is a talk about the sea, Ada") == ("Ada",)
    assert listed_terms("") == ()


def test_a_recording_gets_its_own_terms_then_those_of_its_tags_then_the_general_ones() -> None:
    settings = Settings(
        prompt="Helstone, Cox",
        terms=("Cox", "Ada"),
        tag_terms={"Court": ("voir dire",), "sea": ("jib",)},
    )
    assert terms_for(settings, ("Jane Eyre",), ("court",)) == (
        "Jane Eyre", "voir dire", "Cox", "Ada", "Helstone",
    )  # fmt: skip
    assert terms_for(Settings(), (), ("court",)) == ()
