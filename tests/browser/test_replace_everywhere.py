"""Find and replace in all recordings: preview, what stays, one undo, by scripts."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from tests.support.browser import Visitor, wait_until
from tests.support.page_actions import imported
from tests.support.server_process import ServerProcess

TEXTS = {
    "a.srt": ["Ms Maier is here.", "Maier and Maier."],
    "b.srt": ["Nobody."],
    "c.srt": ["Ask Maier."],
}


def srt(lines: list[str]) -> str:
    return "\n".join(
        f"{number}\n00:00:{2 * number:02},000 --> 00:00:{2 * number + 1:02},500\n{line}\n"
        for number, line in enumerate(lines)
    )


def library(page: Page) -> dict[str, str]:
    return {name: imported(page, srt(lines), name) for name, lines in TEXTS.items()}


def texts(page: Page, ids: dict[str, str]) -> dict[str, Any]:
    script = "(id) => earwitness.get(id).then(({ segments }) => segments.map((s) => s.text.trim()))"
    return {name: page.evaluate(script, id_) for name, id_ in ids.items()}


def wait_texts(page: Page, id_: str, expected: list[str]) -> None:
    script = """async ([id, expected]) => {
      const { segments } = await earwitness.get(id);
      return JSON.stringify(segments.map((s) => s.text.trim())) === JSON.stringify(expected);
    }"""
    wait_until(page, script, [id_, expected])


def test_name_is_replaced_in_chosen_recordings_and_taken_back_at_once(
    visitor: Visitor, server: ServerProcess
) -> None:
    page = visitor.open(server.url)
    ids = library(page)
    other = imported(page, srt(["Not this Maier."]), "d.srt")
    page.evaluate("(id) => earwitness.open(id)", ids["a.srt"])
    page.keyboard.press("f")
    dialog = page.get_by_role("dialog", name="Find and replace")
    dialog.get_by_label("Find", exact=True).fill("maier")
    dialog.get_by_label("Replace with").fill("Meyer")
    expect(dialog.get_by_text("3 places found")).to_be_visible()
    dialog.get_by_label("In all recordings").check()
    expect(dialog.get_by_text("5 places found in 3 recordings")).to_be_visible()
    groups = dialog.locator(".found-recording")
    expect(groups).to_have_count(3)
    expect(groups.nth(0)).to_contain_text("Not this MaierMeyer.")
    groups.nth(0).get_by_role("checkbox").uncheck()
    expect(groups.nth(0).locator("ins")).to_have_count(0)
    dialog.get_by_label("Expect “Meyer” in later recordings").check()
    dialog.get_by_role("button", name="Replace 4 places").click()
    expect(page.get_by_text("4 places replaced in 2 recordings.")).to_be_visible()
    expect(page.locator(".said").first).to_contain_text("Ms Meyer is here.")
    wait_texts(page, ids["c.srt"], ["Ask Meyer."])
    wait_texts(page, other, ["Not this Maier."])
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".said").first).to_contain_text("Ms Maier is here.")
    wait_texts(page, ids["c.srt"], ["Ask Maier."])
    assert texts(page, ids) == TEXTS


def test_pattern_that_never_ends_is_refused_in_all_recordings(
    visitor: Visitor, server: ServerProcess
) -> None:
    page = visitor.open(server.url)
    ids = library(page)
    page.evaluate("(id) => earwitness.open(id)", ids["a.srt"])
    page.keyboard.press("f")
    dialog = page.get_by_role("dialog", name="Find and replace")
    dialog.get_by_label("Regular expression").check()
    dialog.get_by_label("In all recordings").check()
    dialog.get_by_label("Find", exact=True).fill("(a+)+b")
    expect(dialog.get_by_role("status")).to_contain_text("may take for ever")
    expect(dialog.get_by_role("button", name="Replace 0 places")).to_be_disabled()


def test_script_replaces_in_all_or_named_recordings_and_undoes_all(
    visitor: Visitor, server: ServerProcess
) -> None:
    page = visitor.open(server.url)
    ids = library(page)
    script = "(what) => earwitness.replace(what)"
    only = {"find": "Maier", "replace": "Meyer", "ids": [ids["c.srt"]]}
    done = page.evaluate(script, only)
    assert [(each["name"], each["count"]) for each in done["replaced"]] == [("c", 1)]
    page.evaluate("(id) => earwitness.undo(id)", ids["c.srt"])
    pattern = {"find": r"M(ai)er", "replace": r"M-\1-er", "regular_expression": True}
    done = page.evaluate(script, pattern)
    assert [(each["name"], each["count"]) for each in done["replaced"]] == [
        ("c", 1),
        ("a", 3),
    ]
    assert texts(page, ids)["c.srt"] == ["Ask M-ai-er."]
    page.evaluate("(id) => earwitness.undo(id)", ids["a.srt"])
    assert texts(page, ids) == TEXTS
    page.evaluate("(id) => earwitness.redo(id)", ids["c.srt"])
    assert texts(page, ids)["a.srt"] == ["Ms M-ai-er is here.", "M-ai-er and M-ai-er."]
