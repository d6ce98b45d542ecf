"""A paragraph that the user has typed over: which of its segments have which text now."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import accumulate, pairwise

from earwitness.domain.documents import OpenDocument
from earwitness.domain.edits import TEXT_MAX, Wanted, letters_before
from earwitness.domain.passages import clean
from earwitness.domain.scripts import SCRIPTS
from earwitness.domain.sentence_ends import ends_sentence
from earwitness.errors import BadRequestError
from earwitness.messages import RetypedText

RETYPED_MAX = 200_000
"""Characters of one paragraph."""
_COMPARED_MOST = 3000
"""Words on one side of a comparison; in longer stretches borders are placed by proportion."""
_UNSPACED = "".join(script.characters for script in SCRIPTS)
_TOKEN = re.compile(rf"[{_UNSPACED}]|[^\s{_UNSPACED}]+")


def with_retyped(wanted: Wanted, paragraphs: Iterable[RetypedText]) -> Wanted:
    """Return changes with those that make typed paragraphs of what was there before.

    Raises:
        BadRequestError: a paragraph is too long, has no segments, or joins others than its own.
    """
    for paragraph in paragraphs:
        wanted = _with(wanted, paragraph)
    return wanted


def _with(wanted: Wanted, paragraph: RetypedText) -> Wanted:
    first, count = paragraph.first, len(paragraph.before)
    own = range(first, first + count - 1)
    if first < 0 or not count or any(segment not in own for segment in paragraph.join):
        raise BadRequestError(
            "A paragraph has segments, and joins only those.", hint="Open the transcript again."
        )
    if len(paragraph.text) > RETYPED_MAX:
        raise BadRequestError(
            f"A paragraph can have {RETYPED_MAX} characters.", hint="Paste less at a time."
        )
    texts, cuts = dict(wanted.texts), [*wanted.cuts]
    deletions = [*wanted.deletions]
    parts = _parts(paragraph.before, paragraph.text)
    joins = [segment for segment in paragraph.join if not parts[segment - first].breaks_after]
    joined = {*joins, *(segment + 1 for segment in joins)}
    paragraphs = {**wanted.paragraphs, **{segment + 1: False for segment in joins}}
    begins = False
    for segment, (before, part) in enumerate(zip(paragraph.before, parts, strict=True), first):
        if begins and part.text:
            paragraphs[segment] = True
        begins = part.breaks_after or (begins and not part.text)
        if not part.text and clean(before) and segment not in joined:
            deletions.append(segment)
        elif part.text != clean(before):
            texts[segment] = part.text
        cuts += [(segment, letters) for letters in part.cuts]
    return replace(
        wanted,
        texts=texts,
        cuts=tuple(cuts),
        deletions=tuple(deletions),
        joins=(*wanted.joins, *joins),
        paragraphs=paragraphs,
        seen={**wanted.seen, **dict(enumerate(paragraph.before, first))},
    )


def without_needless_joins(opened: OpenDocument, wanted: Wanted) -> Wanted:
    """Return changes that leave two sentences as they are where only their paragraphs become one.

    So it is where the user began a paragraph between them, and takes that back.
    """
    needless = {
        segment
        for segment in wanted.joins
        if wanted.paragraphs.get(segment + 1) is False
        and segment + 1 < len(opened.pieces)
        and opened.read(segment + 1).begins_paragraph
        and _ends(wanted.texts.get(segment, opened.text(opened.pieces[segment])))
    }
    return replace(wanted, joins=[each for each in wanted.joins if each not in needless])


def _ends(text: str) -> bool:
    words = text.split()
    return bool(words) and ends_sentence(words[-1])


@dataclass(frozen=True, slots=True)
class _Part:
    """The text of one segment, and the letters after which it is split."""

    text: str
    cuts: tuple[int, ...]
    breaks_after: bool
    """Whether a line break follows it."""


def _parts(before: Sequence[str], text: str) -> list[_Part]:
    """Return what of a text is whose."""
    old = [_TOKEN.findall(each) for each in before]
    found = [*_TOKEN.finditer(text)]
    new = [match.group() for match in found]
    borders = [*accumulate(map(len, old))][:-1]
    edges = [0, *_moved([token for each in old for token in each], new, borders), len(new)]
    starts = [*(match.start() for match in found), len(text)]
    breaks = [match.start() for match in re.finditer("\n", text)]
    parts: list[_Part] = []
    for begin, end in pairwise(edges):
        own = text[starts[begin] : starts[end]].rstrip() if end > begin else ""
        inside = (at - starts[begin] for at in breaks if starts[begin] < at < starts[end])
        whole = letters_before(own, len(own))
        every = {letters_before(own, at) for at in inside}
        cuts = sorted(each for each in every if 0 < each < whole)
        cleaned = clean(own)
        parts.append(_Part(cleaned, tuple(_short(cleaned, cuts)), 0 < whole in every))
    return parts


def _short(text: str, cuts: Sequence[int]) -> list[int]:
    """Return the cuts, and more of them where a text between two would be too long."""
    if len(text) <= TEXT_MAX:
        return [*cuts]
    letters = [i for i, character in enumerate(text) if not character.isspace()]
    places: list[int] = []
    begin = 0
    for end in (*(letters[cut] for cut in cuts), len(text)):
        while end - begin > TEXT_MAX:
            space = text.rfind(" ", begin + 1, begin + TEXT_MAX)
            begin = space if space > 0 else begin + TEXT_MAX
            places.append(begin)
        if end < len(text):
            places.append(end)
        begin = end
    return [letters_before(text, place) for place in places]


# ---------------------------------------------------------------- borders


def _moved(old: Sequence[str], new: Sequence[str], borders: Sequence[int]) -> list[int]:
    """Return where borders between words of one text are in another text."""
    if not borders:
        return []
    codes = _codes(old, new)
    found: list[int] = []
    least = 0
    for border in borders:
        least = max(least, _place(border, codes, new))
        found.append(least)
    return found


_Code = tuple[str, int, int, int, int]


def _codes(old: Sequence[str], new: Sequence[str]) -> list[_Code]:
    """Return how one text becomes another, as `SequenceMatcher` tells it."""
    most = min(len(old), len(new))
    head = next((i for i in range(most) if old[i] != new[i]), most)
    tail = next((i for i in range(most - head) if old[-1 - i] != new[-1 - i]), most - head)
    i_end, j_end = len(old) - tail, len(new) - tail
    one, other = old[head:i_end], new[head:j_end]
    if max(len(one), len(other)) > _COMPARED_MOST:
        middle: list[_Code] = [("replace", head, i_end, head, j_end)]
    else:
        matched = SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
        middle = [(tag, a + head, b + head, c + head, d + head) for tag, a, b, c, d in matched]
    return [("equal", 0, head, 0, head), *middle, ("equal", i_end, len(old), j_end, len(new))]


def _place(border: int, codes: Sequence[_Code], new: Sequence[str]) -> int:
    """Return where the border before an old word is among the new ones."""
    place = 0
    for tag, i1, i2, j1, j2 in codes:
        if i1 < border <= i2:
            if tag == "equal":
                place = j1 + border - i1
            elif border == i2:
                place = j2
            else:
                place = _near(j1 + (border - i1) * (j2 - j1) / (i2 - i1), j1, j2, new)
        elif i1 == i2 == border and j2 > j1 and ends_sentence(new[j2 - 1]):
            # A whole sentence that was typed between two is of the first one.
            place = j2
    return place


def _near(about: float, first: int, last: int, new: Sequence[str]) -> int:
    """Return the end of a sentence that is near to a place, or the place itself."""
    ends = [j for j in range(first + 1, last + 1) if ends_sentence(new[j - 1])]
    return min(ends, key=lambda j: abs(j - about)) if ends else round(about)
