"""What organisers type about time: read the one way it can be meant, or refused with a reason."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.errors import UserError
from bot.core.time.parsing import describe, parse_date, parse_end, parse_time, parse_zone
from bot.core.time.recurrence import Cadence, Recurrence
from bot.core.time.zones import suggest_zones

TODAY = dt.date(2026, 3, 14)

anything = st.one_of(
    st.text(max_size=60),
    st.text("0123456789:.-/ hapm,", max_size=14),
    st.text("aceEuroplin/_+-GMT0123", max_size=20),
)


def refusal(parse: object, *arguments: object) -> str:
    with pytest.raises(UserError) as caught:
        parse(*arguments)  # type: ignore[operator]
    return str(caught.value)


# Time of day


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("17:00", "17:00"),
        ("9:05", "09:05"),
        ("5:30", "05:30"),
        ("0:00", "00:00"),
        ("17.30", "17:30"),
        ("17h30", "17:30"),
        ("17h", "17:00"),
        ("5h", "05:00"),
        ("1700", "17:00"),
        ("0930", "09:30"),
        ("17", "17:00"),
        ("5pm", "17:00"),
        ("5 PM", "17:00"),
        ("5:30 pm", "17:30"),
        ("5.30 p.m.", "17:30"),
        ("12am", "00:00"),
        ("12 pm", "12:00"),
        ("noon", "12:00"),
        ("  17:00\n", "17:00"),
        ("１７：００", "17:00"),
    ],
)
def test_times_are_read_as_people_write_them(text: str, time: str) -> None:
    assert parse_time(text) == dt.time.fromisoformat(time)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "I need a time of day"),
        ("   ", "I need a time of day"),
        ("25:00", "hour above 23"),
        ("2560", "minutes above 59"),
        ("17:60", "minutes above 59"),
        ("24:00", "`00:00`"),
        ("2400", "`00:00`"),
        ("midnight", "`00:00`"),
        ("17:00 pm", "1 to 12"),
        ("0am", "1 to 12"),
        ("5", "`05:00` or `17:00`"),
        ("12", "`00:00` or `12:00`"),
        ("5:3", "can't read"),
        ("-5:00", "can't read"),
        ("17:00:00", "can't read"),
        ("17:00 Berlin", "can't read"),
        ("after lunch", "can't read"),
        ("1" * 5000, "can't read"),
    ],
)
def test_a_time_that_is_unclear_gets_a_reason_and_an_example(text: str, says: str) -> None:
    sentence = refusal(parse_time, text)
    assert says in sentence
    assert "00`" in sentence
    assert len(sentence) < 200


@given(st.times())
def test_every_minute_of_the_day_can_be_written(time: dt.time) -> None:
    time = time.replace(second=0, microsecond=0, fold=0)
    for text in (
        f"{time:%H:%M}",
        f"{time:%H.%M}",
        f"{time:%Hh%M}",
        f"{time:%H%M}",
        f"{time:%I:%M %p}",
    ):
        assert parse_time(text) == time


# Dates


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-20", "2026-03-20"),
        ("2026/3/20", "2026-03-20"),
        ("2026. 3. 20.", "2026-03-20"),
        ("20 March", "2026-03-20"),
        ("20 mar 2026", "2026-03-20"),
        ("20. March 2026", "2026-03-20"),
        ("20th of March", "2026-03-20"),
        ("March 20", "2026-03-20"),
        ("March 20th, 2026", "2026-03-20"),
        ("Sept 3", "2026-09-03"),
        ("today", "2026-03-14"),
        ("14 March", "2026-03-14"),
        ("Tomorrow", "2026-03-15"),
        ("13 March", "2027-03-13"),
        ("20.3.2026", "2026-03-20"),
        ("3/20/2026", "2026-03-20"),
        ("4.4.2026", "2026-04-04"),
        ("29 February 2028", "2028-02-29"),
    ],
)
def test_dates_are_read_when_they_can_mean_one_day_only(text: str, day: str) -> None:
    assert parse_date(text, TODAY) == dt.date.fromisoformat(day)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "I need a date"),
        ("2026-03-12", "12 March 2026 is in the past: today is 14 March 2026"),
        ("13 March 2026", "in the past"),
        ("12.3.2026", "12 March 2026 or 3 December 2026"),
        ("4/5/2026", "4 May 2026 or 5 April 2026"),
        ("30 February", "isn't in the calendar"),
        ("29 February", "isn't in the calendar"),
        ("2026-13-01", "isn't in the calendar"),
        ("0000-01-01", "isn't in the calendar"),
        ("2062-03-20", "more than 10 years away"),
        ("9999-12-31", "more than 10 years away"),
        ("20 Marsh", "can't read"),
        ("5 ma", "can't read"),
        ("20.3.26", "can't read"),
        ("March 2026", "can't read"),
        ("next week", "can't read"),
        ("20" * 3000, "can't read"),
    ],
)
def test_a_date_that_is_unclear_gets_a_reason_and_an_example(text: str, says: str) -> None:
    sentence = refusal(parse_date, text, TODAY)
    assert says in sentence
    assert "`202" in sentence
    assert len(sentence) < 200


@given(st.dates(dt.date(2020, 1, 1), dt.date(2090, 1, 1)), st.integers(0, 3000))
def test_a_date_said_with_its_month_is_read_back(today: dt.date, ahead: int) -> None:
    day = today + dt.timedelta(days=ahead)
    for text in (f"{day}", f"{day:%d %B %Y}", f"{day:%B} {day.day}, {day.year}", f"{day:%d %b %Y}"):
        assert parse_date(text, today) == day


# Ends


NOON = dt.datetime(2026, 3, 14, 11, tzinfo=dt.UTC)  # in Berlin


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("18:00", "2026-03-14 18:00"),
        ("12:01", "2026-03-14 12:01"),
        ("12:00", "2026-03-15 12:00"),
        ("noon", "2026-03-15 12:00"),
        ("9:30 am", "2026-03-15 09:30"),
        ("1800", "2026-03-14 18:00"),
        ("00:00", "2026-03-15 00:00"),
        ("today", "2026-03-15 00:00"),
        ("tomorrow", "2026-03-16 00:00"),
        ("20 March", "2026-03-21 00:00"),
        ("20 March 2026", "2026-03-21 00:00"),
        ("2026. 3. 20.", "2026-03-21 00:00"),
        ("31 December", "2027-01-01 00:00"),
        ("28 March", "2026-03-29 00:00"),
        ("29 March", "2026-03-30 00:00"),
        ("tomorrow 18:00", "2026-03-15 18:00"),
        ("18:00 tomorrow", "2026-03-15 18:00"),
        ("Today, 6 PM", "2026-03-14 18:00"),
        ("20 March at 5:30 pm", "2026-03-20 17:30"),
        ("5 pm on 20 March 2026", "2026-03-20 17:00"),
        ("2026-03-20 00:00", "2026-03-20 00:00"),
        ("2026. 3. 20. １８：００", "2026-03-20 18:00"),
        ("today 9:00", "2026-03-14 09:00"),
    ],
)
def test_an_end_is_the_next_time_the_end_of_a_day_or_both(text: str, end: str) -> None:
    local = dt.datetime.fromisoformat(end).replace(tzinfo=ZoneInfo("Europe/Berlin"))
    found = parse_end(text, NOON, "Europe/Berlin")
    assert found == local
    assert found.tzinfo is dt.UTC


def test_an_end_in_an_hour_that_a_clock_change_skips_is_right_after_it() -> None:
    before = dt.datetime(2026, 3, 29, 0, tzinfo=dt.UTC)
    after = dt.datetime(2026, 3, 29, 1, tzinfo=dt.UTC)  # 3:00 in Berlin
    assert parse_end("2:30", before, "Europe/Berlin") == after
    assert parse_end("29 March 02:30", NOON, "Europe/Berlin") == after


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kolkata"])
def test_a_time_alone_is_within_a_day_wherever_the_group_is(zone: str) -> None:
    end = parse_end("18:00", NOON, zone)
    assert NOON < end <= NOON + dt.timedelta(days=1)
    assert end.astimezone(ZoneInfo(zone)).time() == dt.time(18)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "such as `18:00`, `12 March` or both"),
        ("5", "`05:00` or `17:00`"),
        ("25:00", "hour above 23"),
        ("midnight", "`00:00`"),
        ("tomorrow midnight", "`00:00`"),
        ("tomorrow 25:00", "hour above 23"),
        ("13 March 2026", "in the past"),
        ("13 March 2026 18:00", "in the past"),
        ("13 March 1800", "in the past"),
        ("12.3.2026", "12 March 2026 or 3 December 2026"),
        ("next week", "can't read “next week” as a date"),
        ("banana 18:00", "can't read “banana” as a date"),
        ("18:00 19:00", "as a date"),
    ],
)
def test_an_end_that_is_unclear_gets_a_reason_and_an_example(text: str, says: str) -> None:
    sentence = refusal(parse_end, text, NOON, "Europe/Berlin")
    assert says in sentence
    assert "`" in sentence
    assert len(sentence) < 200


# Zones


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("america/new york", "America/New_York"),
        (" Asia / Kolkata ", "Asia/Kolkata"),
        ("america/port-au-prince", "America/Port-au-Prince"),
        ("Berlin", "Europe/Berlin"),
        ("sao paulo", "America/Sao_Paulo"),
        ("São Paulo", "America/Sao_Paulo"),
        ("Mumbai", "Asia/Kolkata"),
        ("Tübingen", "Europe/Berlin"),
        ("istanbul", "Europe/Istanbul"),
        ("US/Eastern", "US/Eastern"),
        ("japan", "Japan"),
        ("utc", "UTC"),
        ("Etc/UTC", "UTC"),
        ("Zulu", "UTC"),
    ],
)
def test_zones_are_found_by_name_and_by_city(text: str, zone: str) -> None:
    assert parse_zone(text) == zone


@pytest.mark.parametrize(
    ("text", "city"),
    [
        ("CET", "`Europe/Berlin`"),
        ("cest", "`Europe/Berlin`"),
        ("EST", "`America/New_York`"),
        ("EST5EDT", "`America/New_York`"),
        ("IST", "`Asia/Kolkata`, `Asia/Jerusalem` or `Europe/Dublin`"),
        ("GMT", "`Europe/London`"),
        ("GMT0", "`Europe/Berlin`"),
        ("GMT+2", "`Europe/Berlin`"),
        ("UTC-5", "`Europe/Berlin`"),
        ("UTC+5:30", "`Europe/Berlin`"),
        ("+0530", "`Europe/Berlin`"),
        ("Etc/GMT+2", "`Europe/Berlin`"),
    ],
)
def test_abbreviations_and_offsets_are_refused_in_favour_of_a_city(text: str, city: str) -> None:
    sentence = refusal(parse_zone, text)
    assert f"“{text}”" in sentence
    assert "when its clocks change" in sentence
    assert city in sentence


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "I need the group's time zone"),
        (" \u200b", "I need the group's time zone"),
        ("Europe/Berln", "Did you mean `Europe/Berlin`"),
        ("Germany", "Did you mean `Europe/Berlin` or `Europe/Busingen`?"),
        ("Europe/Berlin\0", "Did you mean `Europe/Berlin`"),
        ("../../etc/passwd", "Name a big city"),
        ("/etc/localtime", "Name a big city"),
        ("localtime", "Name a big city"),
        ("Factory", "Name a big city"),
        ("posixrules", "Name a big city"),
        ("Europe", "Did you mean"),
        ("zone.tab", "Name a big city"),
        ("x" * 100_000, "Name a big city"),
        ("Europe/Berlin" + " " * 100 + "x", "Did you mean"),
    ],
)
def test_an_unknown_zone_gets_close_matches_or_advice(text: str, says: str) -> None:
    sentence = refusal(parse_zone, text)
    assert says in sentence
    assert len(sentence) < 250


def test_every_name_that_is_accepted_is_a_zone_that_can_be_loaded() -> None:
    for zone in suggest_zones("", 100) + [
        z for a in "abcdefghijklmnopqrstuvwxyz" for z in suggest_zones(a, 999)
    ]:
        assert parse_zone(zone) == zone
        ZoneInfo(zone)


# What is echoed


@given(anything)
@settings(deadline=None)
def test_whatever_is_typed_gives_a_value_or_a_short_sentence_on_one_line(text: str) -> None:
    for parse, arguments in (
        (parse_time, (text,)),
        (parse_zone, (text,)),
        (parse_date, (text, TODAY)),
        (parse_end, (text, NOON, "Europe/Berlin")),
    ):
        try:
            parse(*arguments)
        except UserError as error:
            sentence = str(error)
            assert len(sentence) < 300
            assert sentence.splitlines() == [sentence]
            assert sentence.endswith((".", "?"))


@pytest.mark.parametrize(
    "parse",
    [
        parse_time,
        parse_zone,
        lambda text: parse_date(text, TODAY),
        lambda text: parse_end(text, NOON, "Europe/Berlin"),
    ],
)
def test_what_is_echoed_neither_pings_nor_formats_nor_runs_on(parse: object) -> None:
    sentence = refusal(parse, "@everyone **now** `x`\n# <@123> " + "long " * 50)
    assert "@everyone" not in sentence
    assert "<@123>" not in sentence
    assert "**now**" not in sentence
    assert "\n" not in sentence
    assert "…”" in sentence


def test_a_date_is_echoed_as_it_was_typed() -> None:
    assert refusal(parse_date, "12.3.2026", TODAY).startswith("“12.3.2026” can mean")


# Saying it back


@pytest.mark.parametrize(
    ("cadence", "nth", "said"),
    [
        (Cadence.WEEKLY, None, "Tuesdays at 17:00 (Europe/Berlin)"),
        (Cadence.FORTNIGHTLY, None, "Every second Tuesday at 17:00 (Europe/Berlin)"),
        (Cadence.MONTHLY, 2, "The second Tuesday of each month at 17:00 (Europe/Berlin)"),
        (Cadence.MONTHLY, -1, "The last Tuesday of each month at 17:00 (Europe/Berlin)"),
    ],
)
def test_a_schedule_is_said_in_words(cadence: Cadence, nth: int | None, said: str) -> None:
    rule = Recurrence("Europe/Berlin", 1, dt.time(17), cadence, dt.date(2026, 3, 10), nth)
    assert describe(rule) == said
