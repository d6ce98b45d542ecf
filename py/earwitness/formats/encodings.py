"""Which encoding the text of a file has: UTF-8, UTF-16, UTF-32 or a Windows code page.

A mark at the start decides, else the bytes: text that is valid UTF-8 is UTF-8. Old subtitles are in
the code page of their language, which no file names. Each page is tried, and the one whose letters
are common in its languages, and stand where letters stand, is taken.
"""

from __future__ import annotations

import codecs
import re

from earwitness.errors import BadRequestError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE_BYTES = 65_536
_LETTERS = {
    "cp1252": "äöüßéèàçñåøæêôîùáíóúãõâûëïìòœÿ",
    "cp1250": "áéíóúýěščřžůďťňąćęłńśźżőűăâîşţđöüäôľ",
    "cp1254": "çğıöşüâîûİ",
    "cp1257": "ąčęėįšųūžāēģīķļņõäöüåé",
    "cp1251": "абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєґўћђљњџј",
    "cp1253": "αβγδεζηθικλμνξοπρστυφχψωςάέήίόύώϊϋ",
    "cp1255": "אבגדהוזחטיךכלםמןנסעףפץצקרשת",
    "cp1256": "ابتثجحخدذرزسشصضطظعغفقكلمنهويىةءأإآئؤپچژگ",
    "cp1258": "ăâđêôơưàáãèéìíòóùúýạảấầẩẫậắằẳẵặ\u0300\u0301\u0303\u0309\u0323",
    "cp874": "".join(map(chr, (*range(0x0E01, 0x0E3B), *range(0x0E40, 0x0E4E)))),
}
"""Letters of each code page's languages; the first page wins where two are as likely."""
_TYPICAL = {
    "cp1252": "äöüßéèàçñåøæêã",
    "cp1250": "ěščřžůąęłśźżőűäöüßéç",
    "cp1254": "ğışäöüßéèàçñ",
    "cp1257": "ėįųūāēģīķļņäöüßéå",
    "cp1258": "ơưđ\u0300\u0301\u0303\u0309\u0323",
    "cp1251": "оеаинт",
    "cp1253": "αοιετς",
    "cp1255": "יוהלאם",
    "cp1256": "اليمنو",
    "cp874": "านรอกเ",
}
"""Letters that few other readings of the same bytes have."""
_LATIN = frozenset({"cp1252", "cp1250", "cp1254", "cp1257", "cp1258"})
_SURE = 0.9
"""The least score of a letter in the right code page."""
_THAI_LETTER = re.compile("[\u0e01-\u0e4e]")
_THAI_MARK = re.compile("[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]")
_MISPLACED_MARK = re.compile(
    "(?<![\u0e01-\u0e2e\u0e31\u0e34-\u0e3a\u0e47-\u0e4e])[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]"
)
_VOWELS = {"cp1251": "аеёиоуыэюяіїє", "cp1253": "άέήίόύώΐΰ"}
"""A word has one of these: a vowel, in Greek one with its accent."""
_WORD = re.compile(r"[^\W\d_]{4,}")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


def decode(data: bytes) -> str:
    """Return the text of a file with `\\n` at line ends and without its mark.

    Raises:
        BadRequestError: the bytes are no text.
    """
    text = _decoded(data)
    sample = text[:_SAMPLE_BYTES]
    if len(_CONTROL.findall(sample)) > len(sample) // 100:
        raise no_text()
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", text)


def is_unsure(data: bytes) -> bool:
    """Return whether the encoding of a text is a mere guess: no Windows code page fits it well.

    It may be one of East Asia or an older one, which this module does not know.
    """
    sample = data[:_SAMPLE_BYTES]
    if data.startswith(tuple(mark for mark, _ in _MARKS)) or _wide(sample) is not None:
        return False
    try:
        data.decode()
    except UnicodeDecodeError as error:
        if error.start >= len(data) - 3:
            return False
    else:
        return False
    letters = sum(byte >= 0x80 for byte in sample)
    if sample.decode(errors="replace").count("\ufffd") * 50 < letters:
        return False
    best = max(_LETTERS, key=lambda each: _score(sample, each))
    if best == "cp874":
        # It gives nearly all bytes a letter, so that any other encoding looks like it.
        return not _is_thai(sample.decode(best, "replace"))
    return _score(sample, best) < _SURE * letters


def _is_thai(text: str) -> bool:
    """Return whether vowels and tones over letters stand where Thai has them.

    In East Asia's encodings the same first byte stands before every second one.
    """
    letters = _THAI_LETTER.findall(text)
    marks, misplaced = len(_THAI_MARK.findall(text)), len(_MISPLACED_MARK.findall(text))
    commonest = max(map(letters.count, set(letters)), default=0)
    return (
        "\ufffd" not in text
        and marks * 50 >= len(letters)
        and misplaced * 20 <= marks
        and commonest <= max(4, len(letters) // 4)
    )


def no_text() -> BadRequestError:
    """Return the error for a file that holds no text."""
    return BadRequestError(
        "This file is not a transcript: it holds no text.",
        hint="Use subtitles, a text, a Word document or JSON.",
    )


def _decoded(data: bytes) -> str:
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace")
    if (wide := _wide(data[:_SAMPLE_BYTES])) is not None:
        return data.decode(wide, "replace")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        # A file that was cut off may end inside a letter.
        if error.start >= len(data) - 3:
            return data.decode(errors="ignore")
    sample = data[:_SAMPLE_BYTES]
    broken = sample.decode(errors="replace").count("\ufffd")
    if broken * 50 < sum(byte >= 0x80 for byte in sample):
        return data.decode(errors="replace")
    name = max(_LETTERS, key=lambda each: _score(sample, each))
    return data.decode(name, "replace")


def _wide(sample: bytes) -> str | None:
    """Return the encoding of UTF-16 without a mark: every second byte of most text is 0."""
    half = len(sample) // 2
    if half < 4:
        return None
    even, odd = sample[0 : 2 * half : 2].count(0), sample[1 : 2 * half : 2].count(0)
    if odd > half * 0.4 and even < half * 0.1:
        return "utf-16-le"
    return "utf-16-be" if even > half * 0.4 and odd < half * 0.1 else None


def _score(sample: bytes, name: str) -> float:
    """Return how likely the bytes are text in this code page."""
    letters, typical = _LETTERS[name], _TYPICAL.get(name, "")
    text = sample.decode(name, "replace")
    is_latin, vowels = name in _LATIN, _VOWELS.get(name)
    score = 0.0
    if vowels:
        words = (word.lower() for word in _WORD.findall(text) if not word.isascii())
        score -= 2 * sum(not any(vowel in word for vowel in vowels) for word in words)
    for before, letter, after in zip(" " + text, text, text[1:] + " ", strict=False):
        if letter.isascii():
            continue
        around = [each for each in (before, after) if each.isalpha()]
        # Latin text is mostly ASCII; other scripts have no ASCII letters inside their words.
        if around and all(each.isascii() for each in around) != is_latin:
            score -= 0.7 if is_latin else 2
        if letter == "\ufffd":
            score -= 5
        elif letter in letters:
            score += 1.5 if letter in typical else 1
        elif letter.lower() in letters:
            # A capital inside a word is a sign of a wrong page.
            score += -2 if before.islower() else 0.7
        elif letter.isalpha():
            score -= 1
        elif len(around) == 2 and letter not in "’‘´·-–—\u00ad":
            score -= 2
    return score
