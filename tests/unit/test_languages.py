"""Languages by every name that a client may send."""

from __future__ import annotations

import pytest
from earwitness.errors import BadRequestError
from earwitness.languages import NAMES, code_of, known_code


@pytest.mark.parametrize("code", NAMES)
def test_code_and_name_mean_the_language(code: str) -> None:
    spellings = (code, code.upper(), NAMES[code], NAMES[code].title(), f" {code}-XX ", f"{code}_XX")
    for spelling in spellings:
        assert known_code(spelling) == code


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("nb", "no"), ("nb-NO", "no"), ("nn-NO", "nn"), ("nob", "no"), ("iw", "he"),
        ("iw-IL", "he"), ("in", "id"), ("ji", "yi"), ("jv", "jw"), ("jv-ID", "jw"), ("fil", "tl"),
        ("fil-PH", "tl"), ("tgl", "tl"), ("mo", "ro"), ("sh", "sr"), ("cmn", "zh"),
        ("cmn-Hans-CN", "zh"), ("zh-Hant-TW", "zh"), ("zh_CN", "zh"), ("zh-HK", "zh"),
        ("zh-yue", "yue"), ("yue-Hant-HK", "yue"), ("en-US", "en"), ("EN", "en"),
        ("en_GB.UTF-8", "en"), ("english", "en"), ("English", "en"), ("eng", "en"),
        ("en-US-x-twain", "en"), ("es-419", "es"), ("de-CH-1996", "de"), ("ger", "de"),
        ("deu", "de"), ("gsw", "de"), ("Deutsch", "de"), ("français", "fr"), ("Francais", "fr"),
        ("Español", "es"), ("castilian", "es"), ("português", "pt"), ("pt-BR", "pt"),
        ("日本語", "ja"), ("jpn", "ja"), ("中文", "zh"), ("한국어", "ko"), ("Русский", "ru"),
        ("العربية", "ar"), ("arb", "ar"), ("arz", "ar"), ("עברית", "he"), ("farsi", "fa"),
        ("Haitian Creole", "ht"), ("flemish", "nl"), ("Norwegian Bokmål", "no"),
        ("norwegian-nynorsk", "nn"), ("Tiếng Việt", "vi"), ("mandarin", "zh"),
        ("cantonese", "yue"), ("Burmese", "my"), ("sr-Latn", "sr"), ("German (Germany)", "de"),
        ("und", "auto"), ("AUTO", "auto"), ("", ""), ("  ", ""),
    ],
)  # fmt: skip
def test_name_of_another_standard_means_the_language(asked: str, code: str) -> None:
    assert known_code(asked) == code


@pytest.mark.parametrize(
    "asked", ["klingon", "tlh", "xx", "e n", "1", "-", "tok-pisin", "日本", "\0"]
)
def test_unknown_language_is_refused(asked: str) -> None:
    with pytest.raises(BadRequestError, match="Unknown language"):
        known_code(asked)
    assert code_of(asked) == asked.lower()
