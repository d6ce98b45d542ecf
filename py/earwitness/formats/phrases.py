"""Words that belong to the next one: no line of subtitles ends with an article or a preposition."""

from __future__ import annotations

_CLINGING = {
    "en": "a an the of to in on at by for from with into as and or but nor if that than who"
    " which my your his her its our their this these those no not very is are was were be"
    " been has have had will would can could should must may might do does did don't i he"
    " she we they",
    "de": "der die das den dem des ein eine einen einem einer eines und oder aber dass weil"
    " wenn als in im an am auf aus bei mit nach von vom vor zu zum zur für über um ohne"
    " durch gegen mein dein sein ihr unser nicht kein keine sehr ist sind war hat haben"
    " wird ich du er sie wir",
    "fr": "le la les un une des du de d l au aux à en dans sur sous par pour avec sans et ou"
    " mais que qui dont si mon ma mes ton ta tes son sa ses notre votre leur ce cet cette"
    " ces ne pas très est sont a ont je tu il elle on nous vous ils",
    "es": "el la los las un una unos unas de del a al en con por para sin sobre y e o u pero"
    " que si como mi tu su sus nuestro este esta ese esa no muy es son ha han se me te lo"
    " le",
    "it": "il lo la i gli le un uno una di del dello della dei degli delle a al allo alla ai"
    " agli alle da dal in nel nella con su sul per tra fra e o ma che se mio tuo suo"
    " questo questa non è sono ha hanno si mi ti",
    "pt": "o a os as um uma de do da dos das em no na nos nas por pelo pela para com sem e ou"
    " mas que se meu seu sua este esta não muito é são tem",
    "nl": "de het een van in op aan bij met naar uit voor over om te door zonder en of maar dat"
    " als die mijn jouw zijn haar ons hun deze dit niet geen heel is was heeft ik je hij"
    " ze we",
    "cs": "a i o u k ke s se v ve z ze na do od po pro při přes bez za před nad pod že aby když"
    " nebo ale ten ta to můj tvůj jeho její není je jsou byl si",
}
"""Articles, prepositions, conjunctions, pronouns and auxiliaries, by Whisper's code."""
_SETS = {code: frozenset(words.split()) for code, words in _CLINGING.items()}
_ROUGHER = 0.3


def clinging(text: str, at: int, language: str | None) -> float:
    """Return how much rougher a break before an offset is because of the word before it."""
    words = _SETS.get(language or "en")
    if not words or not at or not text[at - 1].isspace():
        return 0.0
    before = text[max(0, at - 16) : at].split()
    return _ROUGHER if before and before[-1].lower() in words else 0.0
