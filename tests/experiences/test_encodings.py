"""From bytes to text: what is stated is a hint, the bytes decide."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.experiences.sources.encodings import decode

PLAIN_KOREAN = "대학원 인턴 경험을 적어 봅니다. 연구실에서 일하고 배운 것들이 많이 있습니다."
KOREAN = f"{PLAIN_KOREAN} 쌰랑해요 똠방각하 펲시콜라"
JAPANESE = "研究室でのインターンシップの経験について書きます。とても楽しかったです。①②"
PLAIN_JAPANESE = "研究室でのインターンシップの経験について書きます。とても楽しかったです。"
CHINESE = "我在这个实验室实习了三个月，学到了很多东西，也认识了很多有意思的人。"
TRADITIONAL = "我在這個實驗室實習了三個月，學到了很多東西，也認識了很多有意思的人。"
RUSSIAN = "Этим летом я работал в лаборатории и хочу рассказать об этом."
UKRAINIAN = "Літня практика у лабораторії"
HEBREW = "התמחות קיץ במעבדה"
ARABIC = "تدريب صيفي في المختبر"
THAI = "ฝึกงานฤดูร้อนในห้องทดลอง"
FRENCH = "Cet été, j’ai travaillé à Genève — c’était une belle expérience."


def document(text: str, declared: str | None) -> str:
    stated = f' encoding="{declared}"' if declared else ""
    return f'<?xml version="1.0"{stated}?><rss><channel><title>{text}</title></channel></rss>'


@pytest.mark.parametrize(
    ("text", "declared", "real"),
    [
        (KOREAN, "utf-8", "utf-8"),
        (KOREAN, None, "utf-8"),
        (KOREAN, "utf-8", "utf-8-sig"),
        (KOREAN, "euc-kr", "utf-8-sig"),
        (KOREAN, "utf-16", "utf-16"),
        (KOREAN, "utf-16", "utf-16-le"),
        (KOREAN, "utf-16", "utf-16-be"),
        (KOREAN, "utf-32", "utf-32"),
        (KOREAN, "ks_c_5601-1987", "cp949"),
        (PLAIN_KOREAN, "euc-kr", "euc-kr"),
        (PLAIN_KOREAN, "EUC-KR", "euc-kr"),
        (PLAIN_JAPANESE, "euc-jp", "euc-jp"),
        (PLAIN_JAPANESE, "iso-2022-jp", "iso-2022-jp"),
        (CHINESE, "gbk", "gbk"),
        (TRADITIONAL, "big5", "big5"),
        (RUSSIAN, "windows-1251", "cp1251"),
        (RUSSIAN, "koi8-r", "koi8-r"),
        (RUSSIAN, "iso-8859-5", "iso8859-5"),
        (RUSSIAN, "ibm866", "cp866"),
        (UKRAINIAN, "koi8-u", "koi8-u"),
        (HEBREW, "windows-1255", "cp1255"),
        (HEBREW, "iso-8859-8-i", "iso8859-8"),
        (ARABIC, "windows-1256", "cp1256"),
        (ARABIC, "iso-8859-6", "iso8859-6"),
        (THAI, "tis-620", "cp874"),
        (THAI, "windows-874", "cp874"),
        (FRENCH, "windows-1252", "cp1252"),
    ],
)
def test_what_is_stated_rightly_is_read_without_a_note(
    text: str, declared: str | None, real: str
) -> None:
    decoded = decode(document(text, declared).encode(real), None)

    assert text in decoded.text
    assert decoded.note is None


@pytest.mark.parametrize(
    ("text", "declared", "real"),
    [
        (KOREAN, "euc-kr", "cp949"),
        (JAPANESE, "shift_jis", "cp932"),
        (JAPANESE, "x-sjis", "cp932"),
        (CHINESE + "镕㐀", "gb2312", "gb18030"),
        (FRENCH, "iso-8859-1", "cp1252"),
        (FRENCH, "us-ascii", "cp1252"),
    ],
)
def test_the_name_of_a_smaller_encoding_is_taken_for_the_larger_one(
    text: str, declared: str, real: str
) -> None:
    decoded = decode(document(text, declared).encode(real), None)

    assert text in decoded.text
    assert decoded.note is None


@pytest.mark.parametrize("declared", ["utf-8", "iso-8859-1", "windows-1252", None])
@pytest.mark.parametrize(
    ("text", "real"),
    [
        (PLAIN_KOREAN, "euc-kr"),
        (KOREAN, "cp949"),
        (PLAIN_JAPANESE, "euc-jp"),
        (PLAIN_JAPANESE, "shift_jis"),
        (CHINESE, "gb18030"),
        (TRADITIONAL, "big5"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (RUSSIAN, "iso8859-5"),
        (RUSSIAN, "cp866"),
        (UKRAINIAN, "koi8-u"),
        (HEBREW, "cp1255"),
        (ARABIC, "cp1256"),
        (ARABIC, "iso8859-6"),
        (THAI, "cp874"),
        (PLAIN_JAPANESE, "iso2022_jp"),
    ],
)
def test_what_is_stated_wrongly_is_detected_and_noted(
    text: str, real: str, declared: str | None
) -> None:
    decoded = decode(document(text, declared).encode(real), None)

    assert text in decoded.text
    assert decoded.note is not None


@pytest.mark.parametrize("declared", ["utf-8", None])
def test_european_text_that_is_not_utf_8_is_read_as_windows_reads_it(declared: str | None) -> None:
    assert FRENCH in decode(document(FRENCH, declared).encode("cp1252"), None).text


@pytest.mark.parametrize("declared", ["euc-kr", "iso-8859-1", "windows-1252", "no-such-thing"])
def test_utf_8_is_known_whatever_is_stated(declared: str) -> None:
    decoded = decode(document(KOREAN, declared).encode(), None)

    assert KOREAN in decoded.text


def test_the_server_counts_where_the_document_says_nothing() -> None:
    decoded = decode(document(PLAIN_KOREAN, None).encode("euc-kr"), "euc-kr")

    assert PLAIN_KOREAN in decoded.text
    assert decoded.note is None


def test_a_server_that_states_an_encoding_for_everything_does_no_harm() -> None:
    assert KOREAN in decode(document(KOREAN, "utf-8").encode(), "iso-8859-1").text
    assert KOREAN in decode(document(KOREAN, "euc-kr").encode("cp949"), "utf-8").text


def test_a_few_bytes_that_happen_to_be_utf_8_are_read_as_stated() -> None:
    chinese = "联通"  # the well-known example: both pass for UTF-8 letters

    assert chinese in decode(document(chinese, "gbk").encode("gbk"), None).text


def test_a_cut_character_spoils_nothing_else() -> None:
    body = document(KOREAN * 5, "utf-8").encode().replace("인턴".encode(), "인턴".encode()[:-1], 1)

    decoded = decode(body, None)

    assert decoded.text.count("경험을") == 5
    assert decoded.note == "1 of its characters can't be read."


@pytest.mark.parametrize("declared", ["punycode", "rot13", "zlib", "idna", "unicode_escape"])
def test_codecs_that_are_no_encodings_are_not_used(declared: str) -> None:
    assert "caf\\u00e9" in decode(document("caf\\u00e9", declared).encode(), declared).text


@given(st.binary(max_size=400), st.sampled_from([None, "utf-8", "euc-kr", "utf-16", "x", "gb2312"]))
def test_any_bytes_give_text(body: bytes, charset: str | None) -> None:
    decode(body, charset).text.encode("utf-8", "surrogatepass")
