"""Extensions and zips of the library: what is kept, what is asked of the worker."""

from __future__ import annotations

import io
import zipfile

import pytest
from earwitness import messages as m
from earwitness.errors import BadRequestError, NotFoundError
from earwitness.library.extensions import BYTES_MAX
from earwitness.tool_messages import (
    ApplyRule,
    EncodingDetected,
    ExtensionDescribed,
    ReadByExtension,
    TextsChanged,
    TranscriptRead,
    WriteByExtension,
)
from earwitness.transcript import Segment, Transcript

from tests.unit.library.harness import PageLibrary, with_library

SRT = b"1\n00:00:01,000 --> 00:00:02,500\nGood morning.\n"
WHEEL = "shout-1.0-py3-none-any.whl"
SHOUT = ExtensionDescribed(
    "shout",
    "1.0",
    "Shouts",
    (m.FormatOfExtension("shout", "Shouted", "text/plain", reads=True, writes=True),),
    (m.RuleOfExtension("capitals", "Capital letters"),),
)


async def add_extension(library: PageLibrary) -> None:
    library.tools.answers["describe-extension"] = SHOUT
    await library.ask(m.AddExtension((WHEEL,)), b"wheel")


@with_library
async def test_extension_is_kept_switched_and_removed(library: PageLibrary) -> None:
    await add_extension(library)
    await library.restart()
    [view] = (await library.ask(m.ListExtensions())).extensions
    assert (view.name, view.version, view.on, view.rules) == ("shout", "1.0", True, SHOUT.rules)
    [view] = (await library.ask(m.EnableExtension("shout", False))).extensions
    assert not view.on
    with pytest.raises(NotFoundError, match="no extension 'other'"):
        await library.ask(m.EnableExtension("other", True))
    assert (await library.ask(m.RemoveExtension("shout"))).extensions == ()


@with_library
async def test_rule_is_one_change_and_gets_one_transcript(library: PageLibrary) -> None:
    await add_extension(library)
    id_ = (await library.ask(m.ImportFile("a.srt"), SRT)).id
    library.tools.answers["apply-rule"] = TextsChanged({"0": "GOOD MORNING."})
    updated = await library.ask(m.ApplyRule(id_, "capitals"))
    assert [each.text for each in updated.changes[0].segments] == ["GOOD MORNING."]
    request, files = library.tools.asked[-1]
    assert isinstance(request, ApplyRule)
    assert (request.wheels, files, request.transcript.id) == ((WHEEL,), [b"wheel"], id_)
    await library.ask(m.Undo(id_))
    assert (await library.ask(m.GetTranscript(id_))).text == "Good morning."
    await library.ask(m.EnableExtension("shout", False))
    with pytest.raises(NotFoundError, match="No extension has the rule"):
        await library.ask(m.ApplyRule(id_, "capitals"))


@with_library
async def test_files_are_read_and_written_in_a_format_of_an_extension(library: PageLibrary) -> None:
    await add_extension(library)
    found = Transcript(
        "x", "X", "2026-11-30T00:00:00Z", 1.0, "shout", segments=(Segment(0, 1, "A"),)
    )
    library.tools.answers["read-by-extension"] = TranscriptRead(found)
    id_ = (await library.ask(m.ImportFile("talk.shout"), b"A!")).id
    assert id_ != "x"
    assert (await library.ask(m.GetTranscript(id_))).text == "A"
    request, files = library.tools.asked[-1]
    assert (request, files) == (ReadByExtension((WHEEL,), "shout"), [b"wheel", b"A!"])
    written = m.ExportedFile("X.shout", "text/plain", "A!")
    library.tools.answers["write-by-extension"] = written
    assert await library.ask(m.ExportByExtension(id_, "shout")) == written
    assert isinstance(library.tools.asked[-1][0], WriteByExtension)


@with_library
async def test_what_is_no_extension_is_refused_before_it_is_run(library: PageLibrary) -> None:
    with pytest.raises(BadRequestError, match=r"'a\.exe' is no extension"):
        await library.ask(m.AddExtension(("a.exe",)), b"x")
    with pytest.raises(BadRequestError, match="larger than 16 MB"):
        await library.ask(m.AddExtension((WHEEL,)), b"x" * (BYTES_MAX + 1))
    with pytest.raises(BadRequestError, match="1 to 20 files"):
        await library.ask(m.AddExtension((WHEEL, "b.py")), b"x")
    assert library.tools.asked == []


@with_library
async def test_unknown_encoding_is_asked_of_the_tools_and_guessed_without_them(
    library: PageLibrary,
) -> None:
    data = SRT.replace(b"Good morning.", "今日は天気がいいですね。".encode("euc_jp"))
    guessed = (await library.ask(m.ImportFile("a.srt"), data)).id
    assert (await library.ask(m.GetTranscript(guessed))).text
    library.tools.answers["detect-encoding"] = EncodingDetected("euc_jp")
    id_ = (await library.ask(m.ImportFile("b.srt"), data)).id
    assert (await library.ask(m.GetTranscript(id_))).text == "今日は天気がいいですね。"
    await library.ask(m.ImportFile("c.srt"), SRT)
    assert len(library.tools.asked) == 2


@with_library
async def test_several_transcripts_are_written_into_one_zip(library: PageLibrary) -> None:
    ids = [(await library.ask(m.ImportFile("Talk.srt"), SRT)).id for _ in range(2)]
    options = m.ExportOptions(times=True)
    file = await library.ask(m.ExportSeveral(tuple(ids), "txt", options))
    with zipfile.ZipFile(io.BytesIO(library.backups.files[file.name])) as found:
        assert found.namelist() == ["Talk.txt", "Talk (2).txt"]
        assert found.read("Talk.txt") == found.read("Talk (2).txt")
        assert "0:01" in found.read("Talk.txt").decode()
    only = m.ExportOptions(highlights_only=True)
    with pytest.raises(BadRequestError, match="Nothing is highlighted in these"):
        await library.ask(m.ExportSeveral(tuple(ids), "srt", only))
    await library.ask(m.Update(ids[1], highlights=m.HighlightChanges((m.NewHighlight(0, 9),))))
    file = await library.ask(m.ExportSeveral(tuple(ids), "srt", only))
    with zipfile.ZipFile(io.BytesIO(library.backups.files[file.name])) as found:
        assert found.namelist() == ["Talk.srt"]
    with pytest.raises(NotFoundError):
        await library.ask(m.ExportSeveral(("no",), "txt"))
    with pytest.raises(BadRequestError, match="No transcript is chosen"):
        await library.ask(m.ExportSeveral((), "txt"))
