"""When feeds are asked, what counts, what goes out."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import UserError
from bot.core.time.weekly import next_digest
from bot.experiences.feeds.rules import (
    LONGEST_INTERVAL,
    SHORTEST_INTERVAL,
    Filter,
    in_time_to_tell,
    is_to_be_told,
    next_delay,
    next_interval,
    out_of_skipped,
    phrases,
)

NOW = datetime(2026, 1, 7, 12, tzinfo=UTC)  # a Wednesday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LUCK = st.floats(0, 1)


@pytest.mark.parametrize(
    ("wanted", "passes"),
    [
        (Filter(), True),
        (Filter(categories=["Career"]), True),
        (Filter(categories=["slides"]), False),
        (Filter(keywords=["robotics"]), True),
        (Filter(keywords=["ROBOTICS", "nothing"]), True),
        (Filter(keywords=["robot"]), False),  # a whole word, not a part of one
        (Filter(keywords=["my own lab"]), True),
        (Filter(keywords=["own my lab"]), False),
        (Filter(keywords=["인턴"]), True),  # Korean endings hang on the word
        (Filter(keywords=["c++"]), True),
        (Filter(excluded=["robotics"]), False),
        (Filter(excluded=["dance"]), True),
        (Filter(categories=["career"], keywords=["robotics"], excluded=["my own lab"]), False),
    ],
    ids=str,
)
def test_a_filter_lets_through_what_was_asked_for(wanted, passes):
    refusal = wanted.refusal("Robotics in  my own\nlab", "인턴십을 했다. I learnt C++.", ["career"])
    assert (refusal is None) == passes


def test_a_filter_says_why_in_a_sentence():
    refusal = Filter(excluded=["dance"]).refusal("A dance", "", [])
    assert refusal == "It has the excluded keyword “dance”."


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        (None, []),
        ("", []),
        ("robotics vision", ["robotics", "vision"]),
        ('robotics, "deep  learning",vision', ["robotics", "deep learning", "vision"]),
        ('"unclosed phrase', ["unclosed", "phrase"]),
        ('"" , robotics robotics', ["robotics"]),
        (".* (a|b)", [".*", "(a|b)"]),  # no regular expressions
    ],
)
def test_words_and_quoted_phrases_are_told_apart(typed, found):
    assert phrases(typed) == found


@pytest.mark.parametrize("typed", ["x" * 61, " ".join(f"word{n}" for n in range(21))])
def test_too_much_is_refused_with_the_limit(typed):
    with pytest.raises(UserError, match=r"\d"):
        phrases(typed)


def test_a_pattern_in_a_keyword_is_looked_for_as_it_is():
    assert Filter(keywords=["(a+)+$"]).refusal("a" * 50, "", []) is not None
    assert Filter(keywords=["(a+)+$"]).refusal("It has (a+)+$ in it", "", []) is None


@given(
    st.none() | st.timedeltas(timedelta(0), 4000 * DAY),
    st.none() | st.timedeltas(timedelta(0), 4000 * DAY),
    LUCK,
)
def test_a_feed_is_asked_between_four_times_an_hour_and_once_a_day(quiet_for, asked_for, luck):
    interval = next_interval(quiet_for, asked_for=asked_for, luck=luck)
    assert SHORTEST_INTERVAL * 0.9 <= interval <= LONGEST_INTERVAL * 1.1


def test_a_feed_that_is_quiet_is_asked_less_often_and_a_wish_is_honoured():
    def minutes(quiet_for, asked_for=None):
        interval = next_interval(quiet_for, asked_for=asked_for, luck=0.5)
        return interval.total_seconds() / 60

    assert minutes(None) == 30
    assert minutes(HOUR) == 15
    assert minutes(DAY) == 30
    assert minutes(10 * DAY) == 300
    assert minutes(100 * DAY) == 24 * 60
    assert minutes(HOUR, asked_for=2 * HOUR) == 120


@given(st.integers(1, 10_000), st.none() | st.timedeltas(timedelta(0), 30 * DAY), LUCK)
def test_after_failures_it_is_asked_ever_less_often_but_for_ever(failures, asked_for, luck):
    delay = next_delay(failures, asked_for=asked_for, luck=luck)
    assert timedelta(minutes=4) <= delay <= LONGEST_INTERVAL * 1.1
    assert delay >= min(asked_for or delay, LONGEST_INTERVAL)


def test_the_first_pauses_after_failures_double():
    delays = [next_delay(n, asked_for=None, luck=0.5) for n in range(1, 6)]
    assert [delay.total_seconds() / 60 for delay in delays] == [5, 10, 20, 40, 80]


def test_hours_that_a_site_wants_to_be_left_alone_in_are_left_out():
    assert out_of_skipped(NOW, []) == NOW
    assert out_of_skipped(NOW + HOUR / 2, [12, 13]) == NOW + 2 * HOUR
    assert out_of_skipped(NOW, range(24)) == NOW  # or it could never be asked


@pytest.mark.parametrize(
    ("status", "for_hours", "told", "expected"),
    [
        (404, 0, False, True),
        (410, 0, False, True),
        (401, 0, False, True),
        (500, 0, False, False),
        (None, 23, False, False),
        (None, 24, False, True),
        (404, 100, True, False),
    ],
)
def test_organisers_hear_once_of_what_is_likely_to_last(status, for_hours, told, expected):
    since = NOW - for_hours * HOUR
    assert is_to_be_told(status, since, NOW if told else None, NOW) is expected


def test_it_is_asked_in_time_to_tell_the_organisers_after_a_day():
    assert in_time_to_tell(NOW, NOW + 21 * HOUR, NOW + 42 * HOUR) == NOW + DAY
    assert in_time_to_tell(NOW, NOW + HOUR, NOW + 2 * HOUR) == NOW + 2 * HOUR
    assert in_time_to_tell(NOW, NOW + DAY, NOW + 2 * DAY) == NOW + 2 * DAY


@pytest.mark.parametrize("zone", ["UTC", "Asia/Seoul", "America/New_York", "Australia/Lord_Howe"])
def test_a_digest_goes_out_on_monday_morning_where_the_group_is(zone):
    at = NOW
    for _ in range(60):
        following = next_digest(at, ZoneInfo(zone))
        local = following.astimezone(ZoneInfo(zone))
        assert (local.weekday(), local.hour, local.minute) == (0, 9, 0)
        assert timedelta(0) < following - at <= 7 * DAY + HOUR
        at = following
