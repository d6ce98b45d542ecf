"""What clients call a language: tags of BCP 47, codes of ISO 639, English and native names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_OTHER_NAMES = """
af afr|am amh አማርኛ|ar ara arb arz apc apd acm ajp aeb ary arq ars العربية عربي|as asm অসমীয়া
az aze azj azb azərbaycan|ba bak башҡорт|be bel беларуская|bg bul български|bn ben bangla বাংলা
bo bod tib བོད་སྐད|br bre brezhoneg|bs bos bosanski|ca cat català valencian valencià
cs ces cze čeština český|cy cym wel cymraeg|da dan dansk|de deu ger gsw bar deutsch
el ell gre ελληνικά|en eng|es spa castilian español castellano|et est ekk eesti|eu eus baq euskara
fa fas per pes prs farsi dari فارسی|fi fin suomi|fo fao føroyskt|fr fra fre français|gl glg galego
gu guj ગુજરાતી|ha hau|haw ʻōlelo_hawaiʻi|he heb iw ivrit עברית|hi hin हिन्दी हिंदी|hr hrv hrvatski
ht hat haitian haitian_creole kreyòl kreyòl_ayisyen|hu hun magyar|hy hye arm hyw հայերեն
id ind in bahasa_indonesia|is isl ice íslenska|it ita italiano|ja jpn 日本語
jw jav jv basa_jawa jawa|ka kat geo ქართული|kk kaz қазақ қазақша қазақ_тілі
km khm cambodian ភាសាខ្មែរ ខ្មែរ|kn kan ಕನ್ನಡ|ko kor 한국어 한국말|la lat latina
lb ltz letzeburgesch lëtzebuergesch|ln lin lingála|lo lao ລາວ ພາສາລາວ|lt lit lietuvių
lv lav lvs latviešu|mg mlg plt|mi mri mao māori|mk mkd mac македонски|ml mal മലയാളം
mn mon khk монгол|mr mar मराठी|ms msa may zsm zlm bahasa_melayu melayu|mt mlt malti
my mya bur burmese မြန်မာ မြန်မာဘာသာ|ne nep npi नेपाली|nl nld dut flemish vlaams nederlands
nn nno norwegian_nynorsk norsk_nynorsk
no nor nb nob norsk bokmål bokmal norwegian_bokmål norwegian_bokmal norsk_bokmål|oc oci
pa pan panjabi ਪੰਜਾਬੀ|pl pol polski|ps pus pbt pbu pushto پښتو|pt por português
ro ron rum mo mol moldavian moldovan română|ru rus русский|sa san संस्कृतम्|sd snd سنڌي
si sin sinhalese සිංහල|sk slk slo slovenčina|sl slv slovenščina|sn sna chishona|so som soomaali
sq sqi alb als shqip|sr srp sh hbs scc српски srpski|su sun basa_sunda|sv swe svenska
sw swa swh kiswahili|ta tam தமிழ்|te tel తెలుగు|tg tgk тоҷикӣ|th tha ไทย ภาษาไทย
tk tuk türkmen türkmençe|tl tgl fil filipino pilipino|tr tur türkçe|tt tat татар татарча
uk ukr українська|ur urd اردو|uz uzb uzn oʻzbek ўзбек|vi vie tiếng_việt|yi yid ydd ji ייִדיש
yo yor yorùbá|yue zh_yue zh_cantonese 粵語 粤语 廣東話 广东话
zh zho chi cmn mandarin 中文 汉语 漢語 普通话 國語 国语 华语|auto auto und mul detect automatic
"""
"""Whisper's code, then other codes and names; `_` stands for a space or a hyphen.

`iw`, `in`, `ji` and `mo` are codes that ISO 639 gave up; `fil`, `cmn`, `arb` and others belong to a
language that Whisper knows by another code.
"""


def plain(name: str) -> str:
    """Return the name in lower case without accents on Latin letters, its words joined by `-`."""
    parts = unicodedata.normalize("NFKD", name.strip().replace("ʻ", "").casefold())
    bare = re.sub(r"(?<=[a-z])[\u0300-\u036f]+", "", parts)
    return re.sub(r"[\s_-]+", "-", unicodedata.normalize("NFC", bare))


OTHER_CODES = {
    plain(name): code
    for line in _OTHER_NAMES.strip().splitlines()
    for code, *names in (entry.split() for entry in line.split("|"))
    for name in names
}
"""Name as `plain` returns it -> Whisper's code, or `auto`."""


def shorter_tags(language: str) -> Iterator[str]:
    """Yield a tag as `plain` returns it, then the same without its last part, and so on.

    Of `nb-NO`, `pt_BR.UTF-8` and `zh-Hant-TW` the last ones are `nb`, `pt` and `zh`.
    """
    name = plain(re.split(r"[.@(]", language)[0])
    while name:
        yield name
        name, _, subtag = name.rpartition("-")
        if not re.fullmatch(r"[a-z0-9]{1,8}", subtag):
            return
