"""Lines end where a reader of the language expects it, in every script."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from earwitness import formats
from earwitness.formats.characters import break_class, is_wide, width
from earwitness.formats.cues import COLUMNS, cues
from earwitness.formats.line_break_table import CLASSES, WIDTHS
from earwitness.formats.line_breaks import breaks
from earwitness.messages import ExportFormat
from earwitness.transcript import Segment, Transcript
from hypothesis import given
from hypothesis import strategies as st

THAI = (
    "กรุงเทพมหานครเป็นเมืองหลวงของประเทศไทยและเป็นศูนย์กลางการปกครองการศึกษาการคมนาคมการเงิน"
    "และการธนาคารซึ่งตั้งอยู่บนสามเหลี่ยมปากแม่น้ำเจ้าพระยาและมีประชากรมากกว่าสิบล้านคน"
)
THAI_TALK = "วันนี้เราจะไปกินข้าวที่ร้านอาหารใกล้ๆ สถานีรถไฟฟ้าแล้วก็กลับบ้านเพราะเหนื่อยมากจริงๆ นะครับ"
LAO = "ຂ້ອຍໄປຕະຫຼາດເພື່ອຊື້ເຄື່ອງແລະອາຫານສຳລັບຄອບຄົວຂອງຂ້ອຍໃນມື້ນີ້ເພາະວ່າພວກເຂົາຈະມາຢາມ"
KHMER = "ខ្ញុំទៅផ្សារដើម្បីទិញម្ហូបសម្រាប់គ្រួសាររបស់ខ្ញុំនៅថ្ងៃនេះព្រោះពួកគេនឹងមកលេងនៅផ្ទះ។"
BURMESE = "ကျွန်တော်သည်ရန်ကုန်မြို့တွင်နေထိုင်ပြီးကျောင်းတွင်ဆရာအဖြစ်အလုပ်လုပ်ကိုင်ပါသည်။ဝမ်းသာပါတယ်။"
TIBETAN = "བོད་ཀྱི་སྐད་ཡིག་ནི་བོད་མི་རིགས་ཀྱི་སྐད་ཡིག་ཡིན་པས་དེ་ནི་ཧ་ཅང་གལ་ཆེན་པོ་ཡིན།"
JAPANESE = (
    "この町でいちばん大きなショッピングセンターへ行って、"
    "「コーヒー」を飲みながらゆっくりと話しました。"
)
CHINESE = (
    "我们今天在这里讨论的问题是关于人工智能技术的发展，"
    "以及“它对社会的影响”。大家好！《红楼梦》是一部小说。"
)
KOREAN = (
    "우리는 내일 아침에 부산으로 출발하기로 약속했습니다 "
    "그리고 모레 저녁에는 서울로 돌아올 예정입니다"
)


def parts(text: str) -> list[str]:
    """The text cut at every place where a line may end."""
    at = [0, *(each.at for each in breaks(text)), len(text)]
    return [text[begin:stop] for begin, stop in pairwise(at)]


def lines(text: str) -> list[str]:
    """Every line of a text's subtitles, in order."""
    return [line for cue in cues([Segment(0, 60, text)]) for line in cue.lines]


@pytest.mark.parametrize("text", [THAI, THAI_TALK, LAO])
def test_thai_and_lao_end_no_line_inside_a_cluster(text: str) -> None:
    for before, after in [*pairwise(parts(text)), *pairwise(lines(text))]:
        assert before[-1] not in "เแโใไເແໂໃໄ"
        assert after[0] not in "ะาำๅๆฯະາຳຽໆຯ"
        assert unicodedata.category(after[0]) not in ("Mn", "Mc")
        assert after[1:2] not in ("\u0e4c", "\u0ecc")


@pytest.mark.parametrize("text", [KHMER, BURMESE])
def test_khmer_and_burmese_end_no_line_inside_a_syllable(text: str) -> None:
    for before, after in [*pairwise(parts(text)), *pairwise(lines(text))]:
        assert before[-1] not in "\u17d2\u1039"
        assert unicodedata.category(after[0]) not in ("Mn", "Mc")
        assert after[0] not in "ៗ។៕၊။"
        assert not set(after[1:2]) & set("\u103a\u1039\u17cb\u17cd")


@pytest.mark.parametrize("text", [THAI, LAO, KHMER, BURMESE])
def test_scripts_without_spaces_have_lines_of_about_the_same_length(text: str) -> None:
    for cue in cues([Segment(0, 60, text)]):
        widths = [width(line) for line in cue.lines]
        assert max(widths) <= COLUMNS
        assert min(widths) > 12


def test_zero_width_space_ends_a_line() -> None:
    text = "\u200b".join(["ខ្ញុំទៅផ្សារ", "ដើម្បីទិញម្ហូប", "សម្រាប់គ្រួសារ", "របស់ខ្ញុំនៅថ្ងៃនេះ"] * 2)
    assert all(line.endswith("\u200b") for line in lines(text)[:-1])


@pytest.mark.parametrize("text", [JAPANESE, CHINESE])
def test_chinese_and_japanese_keep_kinsoku(text: str) -> None:
    for before, after in [*pairwise(parts(text)), *pairwise(lines(text))]:
        assert before[-1] not in "「『（“《"
        assert after[0] not in "、。，」』）”》！？ーァィゥェォッャュョぁぃぅぇぉっゃゅょ々・"


def test_japanese_keeps_words_in_katakana() -> None:
    assert lines("この町でいちばん大きなショッピングセンターへ行った") == [
        "この町でいちばん大きな", "ショッピングセンターへ行った",
    ]  # fmt: skip


def test_units_and_signs_stay_with_their_numbers() -> None:
    for text in (
        "価格は￥１００です",
        "湿度は５０％です",
        "気温は20℃です",
        "速さは時速１２０キロです",
    ):
        for before, after in pairwise(parts(text)):
            assert before[-1] not in "￥"
            assert after[0] not in "％℃"
            assert not (before[-1].isdigit() and after[0].isdigit())


def test_korean_is_broken_at_spaces() -> None:
    assert parts(KOREAN) == [f"{word} " for word in KOREAN.split()[:-1]] + [KOREAN.split()[-1]]
    assert lines("우리는 내일 아침에 부산으로 출발하기로 약속했습니다") == [
        "우리는 내일 아침에 부산으로", "출발하기로 약속했습니다",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "title",
    ["Mr.", "Mrs.", "Ms.", "Dr.", "Prof.", "St.", "Mr", "Dr", "Mme", "M.", "Sr.", "Sra.", "Hr.",
     "Herr", "J.", "J. R. R.", "Sig.", "проф.", "Lt.", "dott."],
)  # fmt: skip
def test_name_stays_with_its_title(title: str) -> None:
    for head in ("Then in the evening there came", "Then there came the old"):
        text = f"{head} {title} Watson and all of them went home."
        assert f"{title} Watson" in " / ".join(lines(text))
        assert f"{title} Watson " in parts(text)


def test_number_stays_with_what_it_numbers() -> None:
    assert "No. 10 " in parts("He lives at No. 10 in the old street")
    assert "No. " in parts("He said: No. Then he went away")


def test_title_ends_a_line_only_if_nothing_else_does() -> None:
    assert parts("Mr. Watson") == ["Mr. ", "Watson"]


@pytest.mark.parametrize(
    ("text", "together"),
    [
        ("Il a dit : « Bonjour à tous » et puis il est parti !",
            ["dit : ", "« Bonjour ", "tous » ", "parti !"]),
        ("Er rief: „Halt!“ und »Komm her«, dann ging er", ["„Halt!“ ", "»Komm ", "her«, "]),
        ("It grew by 3.5 % in one year (or so they say)", ["3.5 % ", "(or ", "say)"]),
        ("यह वाक्य यहीं समाप्त होता है ।", ["है ।"]),
        ("¿Qué dice usted? ¡Nada! ¿De verdad?", ["usted? ", "¡Nada! "]),
        ("هل هذا صحيح ؟ نعم ، بالتأكيد", ["صحيح ؟ ", "نعم ، "]),
    ],
)  # fmt: skip
def test_marks_stay_with_their_words(text: str, together: list[str]) -> None:
    assert set(together) <= set(parts(text))


def test_word_of_an_alphabet_is_cut_only_where_nothing_else_fits() -> None:
    assert parts("well-known e-mail") == ["well-known ", "e-mail"]
    assert parts("well-known") == ["well-", "known"]
    assert parts("Haus") == ["H", "a", "u", "s"]


def test_character_of_several_code_points_is_never_cut() -> None:
    for whole in ("👩‍👩‍👧", "🇩🇪🇫🇷", "👍🏽", "e\u0301", "क्ष", "각"):
        found = parts(whole * 3)
        assert "".join(found) == whole * 3
        assert not any(unicodedata.category(part[0]) in ("Mn", "Mc") for part in found)
        assert not any(part[-1] == "\u200d" or part[0] == "\u200d" for part in found)
    assert parts("🇩🇪🇫🇷") == ["🇩🇪", "🇫🇷"]


@pytest.mark.parametrize("format", ["srt", "vtt", "ass"])
@pytest.mark.parametrize(
    "text",
    [THAI_TALK[:70], LAO, KHMER[:60], BURMESE[:60], TIBETAN, JAPANESE[:38],
     "はい そうです " * 5 + "ね",
     KOREAN[:38], "東京 Tower と 大阪 の あいだ を 新幹線 で 行く と とても 速い です"],
)  # fmt: skip
def test_lines_read_back_equal(format: ExportFormat, text: str) -> None:
    transcript = Transcript("t1", "Talk", "", 60.0, "base", segments=(Segment(0, 60, text),))
    file = formats.export(transcript, format)
    assert "\n" in file.text.split("\n\n")[-1].strip() or "\\N" in file.text
    [segment] = formats.read(file.text.encode(), file.name).segments
    assert segment.text == text


def test_languages_of_two_lines_are_joined_with_a_space() -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\n你好世界\nHello world\n"
    assert formats.read(text.encode(), "a.srt").segments[0].text == "你好世界 Hello world"


@given(text=st.text(max_size=200).map(lambda text: " ".join(text.split())))
def test_any_text_has_breaks_between_its_characters(text: str) -> None:
    found = breaks(text)
    assert [each.at for each in found] == sorted({each.at for each in found})
    assert len(text) < 2 or found
    assert all(0 < each.at < len(text) and 0 <= each.roughness <= 1 for each in found)


def test_table_covers_unicode_and_agrees_with_python() -> None:
    for runs in (CLASSES, WIDTHS):
        assert is_wide("東") is not is_wide("e"), runs
    assert (break_class("\U0010ffff"), is_wide("\U0010ffff")) == ("A", False)
    assert "".join(map(break_class, "(、ョ東ก\u0e31\u00a09-한")) == "OCNISMGDBH"
    known = [chr(code) for code in range(0x20, 0x30000) if unicodedata.name(chr(code), "")]
    wide = [c for c in known if unicodedata.east_asian_width(c) in "WF"]
    assert [c for c in known if is_wide(c)] == wide
