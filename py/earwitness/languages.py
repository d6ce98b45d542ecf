"""Whisper's languages: codes and English names."""

from __future__ import annotations

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
_CODES = {name: code for code, name in NAMES.items()}


def name_of(code: str | None) -> str:
    """Return the name of a code, in lower case; an unknown code is returned itself."""
    return NAMES.get(code or "", code or "")


def code_of(language: str) -> str:
    """Return the code of `English`, `EN` or `en-GB`; unknown text is returned in lower case."""
    lowered = language.strip().lower()
    if lowered in _CODES:
        return _CODES[lowered]
    primary = lowered.replace("_", "-").split("-")[0]
    return primary if primary in NAMES else lowered


def english_only_refusal(model: str, language: str, task: Task) -> str:
    """Return why an English-only model cannot do this; empty if it can.

    `language`: a code, or empty or `auto` to detect it.
    """
    if language not in ("", "auto", "en"):
        return f"The model {model} supports English only, not {name_of(language).capitalize()}."
    if task == "translate":
        return f"The model {model} supports English only and cannot translate."
    return ""
