"""What was heard where a word of the text stands; the word marked as right, or another one there.

Words are named by their index in the visible segment.
"""

from __future__ import annotations

import dataclasses

from earwitness.domain.documents import OpenDocument
from earwitness.domain.redaction import SIGN, parts_of, places_of
from earwitness.domain.scripts import split_marks
from earwitness.errors import NotFoundError
from earwitness.messages import HeardWord
from earwitness.transcript import Segment, Word


def heard_at(opened: OpenDocument, segment: int, word: int) -> HeardWord:
    """Return what was heard at a word.

    Words that are redacted are left out.

    Raises:
        NotFoundError: there is no such word.
    """
    shown = _read(opened, segment)
    own = _word(shown, word)
    if own.text.strip() == SIGN:
        return HeardWord("", ())
    parts = parts_of(opened.document.redactions)
    # A word that stayed as it was heard is nothing else's.
    others = {(each.start_s, each.end_s) for each in shown.words if each is not own}
    heard = [
        each
        for _, _, each in opened.heard_words(opened.pieces[segment])
        if _meet(own, each)
        and (each.start_s, each.end_s) not in others
        and not parts.touch(each.start_s, each.end_s)
    ]
    alternatives = heard[0].alternatives if len(heard) == 1 else ()
    return HeardWord("".join(each.text for each in heard).strip(), alternatives)


def text_with(opened: OpenDocument, segment: int, word: int, text: str) -> str:
    """Return a segment's text with another word in the place of one.

    The marks around it stay where `text` has none.

    Raises:
        NotFoundError: there is no such word.
    """
    shown = _read(opened, segment)
    own = _word(shown, word)
    places = places_of(shown.text, shown.words)
    if places is None or own.text.strip() == SIGN:
        raise _no_such_word()
    begin, end = places[word]
    before, _, after = split_marks(shown.text[begin:end])
    own_before, new, own_after = split_marks(text.strip())
    new = f"{own_before or before}{new}{own_after or after}" if new else text.strip()
    return shown.text[:begin] + new + shown.text[end:]


def check_word(opened: OpenDocument, segment: int, word: int) -> OpenDocument:
    """Return the document with a word marked as right.

    A word that the user typed was never doubtful; for such a word the document stays as it is.

    Raises:
        NotFoundError: there is no such word.
    """
    own = _word(_read(opened, segment), word)
    known = opened.document.checked
    for key, index, heard in opened.heard_words(opened.pieces[segment]):
        is_it = (heard.start_s, heard.end_s) == (own.start_s, own.end_s)
        if is_it and own.probability is not None:
            checked = known | {key: tuple(sorted({*known.get(key, ()), index}))}
            return opened.with_document(dataclasses.replace(opened.document, checked=checked))
    return opened


def _meet(own: Word, heard: Word) -> bool:
    """Return whether the middle of one lies in the other."""
    return (
        own.start_s <= (heard.start_s + heard.end_s) / 2 <= own.end_s
        or heard.start_s <= (own.start_s + own.end_s) / 2 <= heard.end_s
    )


def _read(opened: OpenDocument, segment: int) -> Segment:
    if not 0 <= segment < len(opened.pieces):
        raise _no_such_word()
    return opened.read(segment)


def _word(segment: Segment, word: int) -> Word:
    if not 0 <= word < len(segment.words):
        raise _no_such_word()
    return segment.words[word]


def _no_such_word() -> NotFoundError:
    return NotFoundError("There is no such word.", hint="Open the transcript again.")
