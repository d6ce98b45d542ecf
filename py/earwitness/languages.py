"""Whisper's languages: codes and English names."""

from __future__ import annotations

from earwitness.errors import BadRequestError
from earwitness.language_tags import OTHER_CODES, plain, shorter_tags
from earwitness.transcript import Task

_TABLE = """
af Afrikaans|am Amharic|ar Arabic|as Assamese|az Azerbaijani|ba Bashkir|be Belarusian|bg Bulgarian
bn Bengali|bo Tibetan|br Breton|bs Bosnian|ca Catalan|cs Czech|cy Welsh|da Danish|de German|el Greek
en English|es Spanish|et Estonian|eu Basque|fa Persian|fi Finnish|fo Faroese|fr French|gl Galician
gu Gujarati|ha Hausa|haw Hawaiian|he Hebrew|hi Hindi|hr Croatian|ht Haitian creole|hu Hungarian
hy Armenian|id Indonesian|is Icelandic|it Italian|ja Japanese|jw Javanese|ka Georgian|kk Kazakh
km Khmer|kn Kannada|ko Korean|la Latin|lb Luxembourgish|ln Lingala|lo Lao|lt Lithuanian|lv Latvian
mg Malagasy|mi Maori|mk Macedonian|ml Malayalam|mn Mongolian|mr Marathi|ms Malay|mt Maltese
my Myanmar|ne Nepali|nl Dutch|nn Nynorsk|no Norwegian|oc Occitan|pa Punjabi|pl Polish|ps Pashto
pt Portuguese|ro Romanian|ru Russian|sa Sanskrit|sd Sindhi|si Sinhala|sk Slovak|sl Slovenian
sn Shona|so Somali|sq Albanian|sr Serbian|su Sundanese|sv Swedish|sw Swahili|ta Tamil|te Telugu
tg Tajik|th Thai|tk Turkmen|tl Tagalog|tr Turkish|tt Tatar|uk Ukrainian|ur Urdu|uz Uzbek
vi Vietnamese|yi Yiddish|yo Yoruba|yue Cantonese|zh Chinese
"""
NAMES: dict[str, str] = {
    code: name.lower()
    for code, _, name in (
        entry.partition(" ") for line in _TABLE.strip().splitlines() for entry in line.split("|")
    )
}
_CODES = {
    **OTHER_CODES,
    **{plain(name): code for code, name in NAMES.items()},
    **{code: code for code in NAMES},
}
"""Whatever a language is called -> its code."""


def name_of(code: str | None) -> str:
    """Return the name of a code, in lower case; an unknown code is returned itself."""
    return NAMES.get(code or "", code or "")


def code_of(language: str) -> str:
    """Return the code of `English`, `EN`, `en-GB`, `iw` or `日本語`; unknown text in lower case.

    What stands for no language, such as `und`, is `auto`.
    """
    lowered = language.strip().lower()
    return next((_CODES[tag] for tag in shorter_tags(lowered) if tag in _CODES), lowered)


def known_code(language: str) -> str:
    """Return the code of a language as `code_of` does, and an empty text as it is.

    Raises:
        BadRequestError: the language is unknown.
    """
    code = code_of(language)
    if code not in ("", "auto") and code not in NAMES:
        raise BadRequestError(
            f"Unknown language: {language!r:.60}.",
            hint="Use an ISO-639-1 code such as en, de or fr, or auto to detect it.",
        )
    return code


def english_only_refusal(model: str, language: str, task: Task) -> str:
    """Return why an English-only model cannot do this; empty if it can.

    `language`: a code, or empty or `auto` to detect it.
    """
    if language not in ("", "auto", "en"):
        return f"The model {model} supports English only, not {name_of(language).capitalize()}."
    if task == "translate":
        return f"The model {model} supports English only and cannot translate."
    return ""
