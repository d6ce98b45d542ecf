"""What counts as said again and as lost in recordings cut at random."""

from __future__ import annotations

from pathlib import Path

from bench.accuracy.cuts import Cut, is_lost, said_again
from bench.corpus import Clip
from bench.results import Result


def result(text: str) -> Result:
    return Result("c", text, "en", (), (), 1.0)


def test_phrase_is_said_again_if_neither_the_reference_nor_the_peer_has_it_twice() -> None:
    clip = Clip("c", Path("c.flac"), "en", 8.0, "he told me to come and see him")
    cut = Cut(clip, "cut", clip.text or "")
    again = result("he told me to come and see him to come and see him")
    once = result("he told me to come and see him")
    assert said_again(cut, again, once) == ["to come and see him"]
    assert said_again(cut, once, once) == []
    assert said_again(cut, again, again) == []


def test_phrase_that_comes_back_later_is_said_again() -> None:
    clip = Clip("c", Path("c.flac"), "en", 8.0, "press the pound key to enter a new name for it")
    cut = Cut(clip, "mixed", clip.text or "")
    echo = result("press the pound key to enter a new file press the pound key to enter a new name")
    assert said_again(cut, echo, None) == ["press the pound key to enter"]
    assert said_again(cut, result("go go go on"), None) == ["go go go"]
    assert said_again(cut, result("go go on"), None) == []


def test_empty_answer_is_lost_where_the_peer_hears_words() -> None:
    assert is_lost(result(" "), result("Two voices at once."))
    assert not is_lost(result(""), result("you"))
    assert not is_lost(result("Two"), result("Two voices at once."))
