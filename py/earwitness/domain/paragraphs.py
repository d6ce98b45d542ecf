"""Where paragraphs of a transcript begin. web/app/paragraphs.js is its twin.

Paragraphs are made when a text is drawn or exported. Only those that the user began are stored.
tests/fixtures/paragraph-cases.json holds the cases that both must solve.
"""

from __future__ import annotations

from collections.abc import Sequence

from earwitness.domain.scripts import reading_words
from earwitness.domain.sentence_ends import ends_sentence
from earwitness.transcript import Segment

PAUSE_S = 1.0
"""A paragraph begins after a longer pause, if a sentence has ended."""
LONG_PAUSE_S = 4.0
"""A paragraph begins after a longer pause also within a sentence: songs have no full stops."""
FULL_WORDS = 60
"""A paragraph with as many words ends with its sentence."""
MOST_WORDS = 180
"""A paragraph with as many words ends with its segment: some texts have no full stops."""


def paragraph_starts(segments: Sequence[Segment]) -> list[int]:
    """Return the indices, in order, of the segments that begin a paragraph.

    A segment begins one if its speaker differs from the segment's before, after a pause, and where
    the paragraph before is long enough; and where the user said so, which moves none of the others.
    Later segments never change the result for earlier ones.
    """
    starts: list[int] = []
    words = 0.0
    last_word = ""
    for index, segment in enumerate(segments):
        text = segment.text.strip()
        begins = index == 0 or _begins(segments[index - 1], segment, last_word, words)
        if begins or segment.begins_paragraph:
            starts.append(index)
        if begins:
            words = 0.0
        words += reading_words(text)
        if text:
            last_word = text.split()[-1]
    return starts


def _begins(before: Segment, segment: Segment, last_word: str, words: float) -> bool:
    if segment.speaker != before.speaker or words >= MOST_WORDS:
        return True
    pause_s = segment.start_s - before.end_s
    if pause_s > LONG_PAUSE_S:
        return True
    return (pause_s > PAUSE_S or words >= FULL_WORDS) and ends_sentence(last_word, segment.text)
