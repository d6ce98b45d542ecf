"""The limits of the measurements: each fails on a result that exceeds it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.accuracy.collect import Comparison
from bench.accuracy.error_rates import language_section, rate_section
from bench.accuracy.long_recordings import long_section, missing_minutes, repeated_phrases
from bench.accuracy.silence import half_silence_section, no_speech_section
from bench.accuracy.word_times import time_section
from bench.corpus import Clip, Sentence
from bench.intervals import difference, rate
from bench.media import BROKEN, ERROR, _kind_of
from bench.results import Result, ResultWord
from bench.scale import _growth_mb, _halves
from bench.speed.interleaved import Row
from bench.speed.ratios import ratios, verdicts

WORDS = list(map("".join, zip("abcdefghijkl", "mnopqrstuvwx", "yzabcdefghij", strict=True)))
TEXT = " ".join(WORDS)


def clip(id: str = "en-set-1", text: str = TEXT, duration_s: float = 9.0) -> Clip:
    return Clip(id, Path("none"), "en", duration_s, text)


def result(clip: Clip, text: str, *, shift_s: float = 0.0, language: str = "en") -> Result:
    said = text.split()
    words = tuple(ResultWord(word, k + shift_s, k + 0.5 + shift_s) for k, word in enumerate(said))
    return Result(clip.id, text, language, ((0.0, float(len(said))),), words, 1.0)


def comparison(clips: list[Clip], ours: list[Result], theirs: list[Result]) -> Comparison:
    quiet = Clip("quiet", Path("none"), "", 30.0, None)
    return Comparison(
        ours="page",
        peer="peer",
        speech=clips,
        no_speech=[quiet],
        half_silent=[(clips[0], 4.0, 8.0)],
        results={
            "page": {each.clip: each for each in ours},
            "peer": {each.clip: each for each in theirs},
        },
    )


def test_equal_transcripts_exceed_no_limit() -> None:
    one = clip()
    same = comparison([one], [result(one, TEXT)], [result(one, TEXT)])
    for section in (rate_section, language_section, time_section, no_speech_section, long_section):
        assert section(same)[2] == [], section


def test_clearly_higher_error_rate_fails() -> None:
    clips = [clip(f"en-set-{k}") for k in range(12)]
    worse = [result(each, " ".join(WORDS[:9])) for each in clips]
    _, numbers, failed = rate_section(comparison(clips, worse, [result(c, TEXT) for c in clips]))
    assert failed
    assert "all English" in failed[0]
    assert numbers["error_rates"]["all English"]["difference"]["low"] > 0.2


def test_one_bad_recording_of_many_is_within_the_interval() -> None:
    clips = [clip(f"en-set-{k}") for k in range(12)]
    ours = [result(each, TEXT) for each in clips[1:]] + [result(clips[0], "alpha beta")]
    assert rate_section(comparison(clips, ours, [result(c, TEXT) for c in clips]))[2] == []


def test_wrong_languages_fail() -> None:
    clips = [clip(f"en-set-{k}") for k in range(4)]
    ours = [result(each, TEXT, language="de") for each in clips]
    failed = language_section(comparison(clips, ours, [result(c, TEXT) for c in clips]))[2]
    assert failed == ["only 0.0% of the detected languages are correct"]


def test_words_without_speech_fail() -> None:
    one = clip()
    given = comparison([one], [result(one, TEXT)], [result(one, "alpha beta")])
    given.results["page"]["quiet"] = result(Clip("quiet", Path(), "", 30, None), "Thank you.")
    assert no_speech_section(given)[2] == ["only 0% of the files without speech are empty"]
    assert half_silence_section(given)[2] == ["3 words in the silence beside speech"]


def test_refused_file_does_not_count_as_silent() -> None:
    one = clip()
    given = comparison([one], [], [])
    given.results["page"]["quiet"] = Result("quiet", "", "", (), (), 0.1, refused="MediaError")
    _text, numbers, failed = no_speech_section(given)
    assert numbers == {"no_speech_clean": {}}
    assert failed == []


def test_late_words_and_unordered_times_fail() -> None:
    one = clip()
    late = comparison([one], [result(one, TEXT, shift_s=0.3)], [result(one, TEXT)])
    assert time_section(late)[2] == ["the median distance of word starts is 300 ms"]
    words = (ResultWord("alpha", 2.0, 3.0), ResultWord("beta", 1.0, 1.5))
    backward = Result(one.id, "alpha beta", "en", ((0.0, 3.0),), words, 1.0)
    assert not backward.is_monotonic()
    assert (
        "times are not in order"
        in time_section(comparison([one], [backward], [result(one, TEXT)]))[2][-1]
    )


def long_clip(minutes: int) -> Clip:
    letters = "abcdefghijklmnopqrstuvwxyz"
    sentences = tuple(
        Sentence(60.0 * k, 60.0 * k + 50, " ".join(f"{letters[k]}q{other}" for other in letters))
        for k in range(minutes)
    )
    joined = " ".join(sentence.text for sentence in sentences)
    return Clip("en-long-x", Path(), "en", 60.0 * minutes, joined, sentences)


def test_missing_minute_is_found() -> None:
    whole = long_clip(10)
    kept = [s.text for k, s in enumerate(whole.sentences) if k != 4]
    assert missing_minutes(whole, " ".join(kept).split()) == [4]
    given = comparison([whole], [result(whole, " ".join(kept))], [result(whole, whole.text or "")])
    assert long_section(given)[2] == ["en-long-x: minutes [4] are missing"]


def test_repeated_phrase_is_found() -> None:
    once = [*WORDS, "and", "so", "on"]
    twice = [*WORDS[:8], *WORDS[4:8], *once[8:]]
    assert repeated_phrases(once, twice) == [" ".join(WORDS[4:8])]
    assert repeated_phrases(twice, twice) == []


def test_intervals_are_narrower_with_more_blocks() -> None:
    few, many = rate([(1, 10)] * 2 + [(0, 10)] * 2), rate([(1, 10)] * 200 + [(0, 10)] * 200)
    assert few.value == many.value == 0.05
    assert many.high - many.low < few.high - few.low
    with pytest.raises(ValueError, match="same reference"):
        difference([(1, 10)], [(1, 11)])


def test_internal_error_is_broken() -> None:
    plain = {"name": "MediaError", "message": "The file is empty. Choose another."}
    assert _kind_of(plain) == ERROR
    assert _kind_of({"name": "TypeError", "message": "x is not a function."}) == BROKEN
    assert _kind_of({"name": "MediaError", "message": "undefined"}) == BROKEN


def test_growth_and_slowdown_are_measured() -> None:
    flat = [(float(t), 10.0 * t, 800.0, 900.0) for t in range(0, 360, 2)]
    growing = [(t, p, 800 + max(0.0, p - 600) / 10, 900.0) for t, p, _, _ in flat]
    assert _growth_mb(flat) == 0
    assert (_growth_mb(growing) or 0) > 150
    slowing = [(t if p < 1800 else 180 + 3 * (t - 180), p, m, b) for t, p, m, b in flat]
    assert _halves(flat, 3600) == pytest.approx(1, abs=0.05)
    assert _halves(slowing, 3600) == pytest.approx(3, abs=0.1)


def test_stock_counts_at_its_faster_precision() -> None:
    def row(contender: str, clip: str, *times_s: float) -> Row:
        return Row("base", 2, contender, clip, 26.0, 0.1, list(times_s))

    rows = [
        row("Earwitness", "26s", 2.0, 2.2, 9.0),
        row("transformers.js q8", "26s", 6.6),
        row("transformers.js fp32", "26s", 4.4),
        row("Earwitness", "120s", 8.0),
        row("faster-whisper int8", "120s", 2.0),
    ]
    found = ratios(rows)
    assert found["stock_over_ours_26s"] == pytest.approx(2.0)
    assert found["ours_over_native_120s"] == pytest.approx(4.0)
    assert "stock_over_ours_120s" not in found
    lines = verdicts(found)
    assert [line.rsplit(" ", 1)[1] for line in lines] == ["met", "MISSED"]
