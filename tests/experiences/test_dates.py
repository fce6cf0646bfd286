"""Dates as feeds write them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.experiences.sources.dates import parse

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]  # a date has at most seven


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        # RFC 822, as it should be and as it is
        ("Mon, 01 Jan 2024 10:00:00 +0900", utc(2024, 1, 1, 1)),
        ("Mon, 01 Jan 2024 10:00:00 GMT", utc(2024, 1, 1, 10)),
        # Names and numbers of other languages
        ("ma, 05 tammi 2026 10:00:00 +0200", utc(2026, 1, 5, 8)),
        ("5. července 2026", utc(2026, 7, 5)),
        ("5. června 2026", utc(2026, 6, 5)),
        ("5. januar 2026 kl. 10.30", utc(2026, 1, 5, 10, 30)),
        ("5 noiembrie 2026", utc(2026, 11, 5)),
        ("5 януари 2026 г.", utc(2026, 1, 5)),
        ("5 בינואר 2026", utc(2026, 1, 5)),
        ("۵ ژانویه ۲۰۲۶", utc(2026, 1, 5)),
        ("5 มกราคม 2569", utc(2026, 1, 5)),
        ("월, 05 1월 2026 10:00:00 +0900", utc(2026, 1, 5, 1)),
        ("星期一, 05 十二月 2025 10:00:00 +0800", utc(2025, 12, 5, 2)),
        ("令和8年1月5日（月）10時30分", utc(2026, 1, 5, 10, 30)),
        ("民國115年1月5日", utc(2026, 1, 5)),
        ("/Date(1767607200000)/", utc(2026, 1, 5, 10)),
        ("Mon, 01 Jan 2024 10:00:00 KST", utc(2024, 1, 1, 1)),
        ("Mon, 01 Jan 2024 10:00:00 JST", utc(2024, 1, 1, 1)),
        ("Mon, 01 Jan 2024 10:00:00 EST", utc(2024, 1, 1, 15)),
        ("Mon, 01 Jan 2024 10:00:00 +0900 (KST)", utc(2024, 1, 1, 1)),
        ("Mon, 01 Jan 2024 10:00:00 GMT+0900 (Korean Standard Time)", utc(2024, 1, 1, 1)),
        ("Mon, 01 Jan 2024 10:00:00 GMT+9", utc(2024, 1, 1, 1)),
        ("Mon, 01 Jan 2024 10:00:00 Asia/Seoul", utc(2024, 1, 1, 1)),
        ("Mon, 01 Jan 2024 10:00:00 XYZ", utc(2024, 1, 1, 10)),
        ("Friday, 01 Jan 2024 10:00:00 GMT", utc(2024, 1, 1, 10)),
        ("Xyz, 1 January 2024 10:00 UT", utc(2024, 1, 1, 10)),
        ("1 Jan 24 10:00:00 Z", utc(2024, 1, 1, 10)),
        ("01-Jan-99 10:00:00", utc(1999, 1, 1, 10)),
        ("Sun, 31 Dec 2023 24:00:00 GMT", utc(2024, 1, 1)),
        ("Sat, 31 Dec 2016 23:59:60 GMT", utc(2016, 12, 31, 23, 59, 59)),
        ("Mon Jan  1 10:00:00 2024", utc(2024, 1, 1, 10)),
        ("Mon Jan  1 10:00:00 KST 2024", utc(2024, 1, 1, 1)),
        ("January 1, 2024 3:05 PM", utc(2024, 1, 1, 15, 5)),
        ("Jan 1st, 2024", utc(2024, 1, 1)),
        ("1. Mai 2024", utc(2024, 5, 1)),
        ("  Mon,\n 01  Jan 2024 10:00:00 GMT ", utc(2024, 1, 1, 10)),
        # ISO 8601, the same
        ("2024-01-01T10:00:00Z", utc(2024, 1, 1, 10)),
        ("2024-01-01T10:00:00+09:00", utc(2024, 1, 1, 1)),
        ("2024-01-01T10:00:00.123456789Z", utc(2024, 1, 1, 10, 0, 0, 123456)),
        ("2024-01-01T10:00:00", utc(2024, 1, 1, 10)),
        ("2024-01-01 10:00:00 +0900", utc(2024, 1, 1, 1)),
        ("2024-01-01 10:00:00 KST", utc(2024, 1, 1, 1)),
        ("2024-01-01t10:00:00z", utc(2024, 1, 1, 10)),
        ("2024-01-01T24:00:00Z", utc(2024, 1, 2)),
        ("2024-1-1", utc(2024, 1, 1)),
        ("2024-01", utc(2024, 1, 1)),
        ("2024", utc(2024, 1, 1)),
        ("20240101", utc(2024, 1, 1)),
        ("20240101100000", utc(2024, 1, 1, 10)),
        ("2024/01/01 10:00", utc(2024, 1, 1, 10)),
        # Korean, Japanese, Chinese
        ("2024년 1월 1일", utc(2024, 1, 1)),
        ("2024년 11월 1일 (금)", utc(2024, 11, 1)),
        ("2024년 1월 1일 오후 3:05", utc(2024, 1, 1, 15, 5)),
        ("2024년 1월 1일 오전 12시 30분", utc(2024, 1, 1, 0, 30)),
        ("2024년 1월 1일 월요일 10시 5분 7초 KST", utc(2024, 1, 1, 1, 5, 7)),
        ("2024. 1. 1.", utc(2024, 1, 1)),
        ("2024. 1. 1. 오후 12:00:00", utc(2024, 1, 1, 12)),
        ("2024.01.01 10:00", utc(2024, 1, 1, 10)),
        ("2024年1月1日", utc(2024, 1, 1)),
        ("2024年1月1日(月) 午後3時5分", utc(2024, 1, 1, 15, 5)),
        ("2024年1月1日 下午3:05", utc(2024, 1, 1, 15, 5)),
        # other languages, and what can mean one day only
        ("segunda-feira, 24 de novembro de 2025 às 10:30", utc(2025, 11, 24, 10, 30)),
        ("lundi 24 novembre 2025 à 10h30", utc(2025, 11, 24, 10, 30)),
        ("24 Kasım 2025 Pazartesi 10:00", utc(2025, 11, 24, 10)),
        ("24 listopada 2025", utc(2025, 11, 24)),
        ("Senin, 24 Agustus 2025", utc(2025, 8, 24)),
        ("24 ноября 2025 г. 10:00", utc(2025, 11, 24, 10)),
        ("24 tháng 11, 2025", utc(2025, 11, 24)),
        ("٢٤ نوفمبر ٢٠٢٥", utc(2025, 11, 24)),
        ("24 मार्च 2025", utc(2025, 3, 24)),
        ("3 Μαΐου 2025", utc(2025, 5, 3)),
        ("2025. november 24.", utc(2025, 11, 24)),
        ("11/24/2025", utc(2025, 11, 24)),
        ("05/05/2025", utc(2025, 5, 5)),
        # seconds since 1970, and fractions
        ("1704067200", utc(2024, 1, 1)),
        ("1704067200.5", utc(2024, 1, 1)),
        ("1704067200000", utc(2024, 1, 1)),
    ],
)
def test_a_date_is_read(raw: str, expected: datetime) -> None:
    found = parse(raw, NOW)

    assert found == expected
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    "raw",
    [
        None,
        "",
        "yesterday",
        "Mon, 30 Feb 2024 10:00:00 GMT",
        "2024-13-01T00:00:00Z",
        "2024-01-01T25:00:00Z",
        "2024-01-01T10:61:00Z",
        "Mon, 01 Jan 2024 10:00:00 +9900",
        "-0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "1989-12-31T23:59:59Z",
        "2036-12-01T00:00:00Z",
        "0",
        "99999999999999999999",
        "2024년 13월 1일",
        "Mon, 01 Xyz 2024 10:00:00 GMT",
        "0000-00-00 00:00:00",
        "03/04/2025",
        "3-4-2025 10:00",
    ],
)
def test_what_is_no_date_or_an_impossible_or_far_off_one_is_none(raw: str | None) -> None:
    assert parse(raw, NOW) is None


def test_a_date_in_the_near_future_stays() -> None:
    assert parse("2027-01-01T00:00:00Z", NOW) == utc(2027, 1, 1)


@given(st.text(max_size=120))
def test_any_text_gives_a_possible_date_or_none(raw: str) -> None:
    found = parse(raw, NOW)

    assert found is None or utc(1990, 1, 1) <= found <= NOW + timedelta(days=3700)


@given(st.datetimes(datetime(1990, 1, 2), datetime(2036, 1, 1), timezones=st.just(UTC)))
def test_what_email_writes_is_read_back(moment: datetime) -> None:
    raw = moment.strftime("%a, %d %b %Y %H:%M:%S +0000")

    assert parse(raw, NOW) == moment.replace(microsecond=0)
