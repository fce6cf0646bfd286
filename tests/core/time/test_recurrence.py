"""When a group meets, on both sides of every clock change."""

import datetime as dt
from bisect import bisect_left
from collections.abc import Iterator
from itertools import islice, pairwise, takewhile
from zoneinfo import ZoneInfo, available_timezones

import pytest
from apscheduler.triggers.cron import CronTrigger
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.core.time.recurrence import Cadence, Recurrence, next_weekday

MINUTE = dt.timedelta(minutes=1)
ZONES = sorted(available_timezones() - {"Factory", "localtime"})
GROUPS = (
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
)
CADENCES = [
    (Cadence.WEEKLY, None),
    (Cadence.FORTNIGHTLY, None),
    *((Cadence.MONTHLY, nth) for nth in (1, 2, 3, 4, -1)),
]


def meeting(
    zone: str,
    day: dt.date,
    time: dt.time,
    cadence: Cadence = Cadence.WEEKLY,
    nth: int | None = None,
) -> Recurrence:
    """The recurrence in which a meeting falls on `day` (when `nth` agrees)."""
    return Recurrence(zone, day.weekday(), time, cadence, day, nth)


def wall(instant: dt.datetime, zone: str) -> dt.datetime:
    return instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def instant_of(zone: str, local: str) -> str:
    """`YYYY-MM-DD HH:MM` in UTC of the weekly meeting with this local date and time."""
    wanted = dt.datetime.fromisoformat(local)
    instant = meeting(zone, wanted.date(), wanted.time()).instant(wanted.date())
    assert instant.tzinfo is dt.UTC
    return f"{instant:%Y-%m-%d %H:%M}"


# Years of ordinary meetings


@pytest.mark.parametrize("zone", GROUPS)
@pytest.mark.parametrize(("cadence", "nth"), CADENCES)
@pytest.mark.parametrize("time", [dt.time(9), dt.time(17), dt.time(23, 59)])
def test_every_meeting_of_eight_years_is_at_its_local_time(
    zone: str, cadence: Cadence, nth: int | None, time: dt.time
) -> None:
    rule = meeting(zone, dt.date(2024, 1, 2), time, cadence, nth)
    met = list(
        takewhile(
            lambda found: found[0].year < 2032, rule.after(dt.datetime(2024, 1, 1, tzinfo=dt.UTC))
        )
    )

    assert len(met) == {Cadence.WEEKLY: 418, Cadence.FORTNIGHTLY: 209, Cadence.MONTHLY: 96}[cadence]
    for day, instant in met:
        assert day.weekday() == 1
        assert wall(instant, zone) == dt.datetime.combine(day, time)


def test_a_weekly_meeting_moves_in_utc_when_clocks_change() -> None:
    assert instant_of("Europe/Berlin", "2026-03-24 17:00") == "2026-03-24 16:00"
    assert instant_of("Europe/Berlin", "2026-03-31 17:00") == "2026-03-31 15:00"
    assert instant_of("Asia/Kolkata", "2026-03-31 17:00") == "2026-03-31 11:30"
    # Morocco goes *back* for Ramadan, and forward again after it.
    assert instant_of("Africa/Casablanca", "2026-02-10 17:00") == "2026-02-10 16:00"
    assert instant_of("Africa/Casablanca", "2026-02-24 17:00") == "2026-02-24 17:00"
    assert instant_of("Africa/Casablanca", "2026-03-31 17:00") == "2026-03-31 16:00"


def test_fortnightly_counts_from_the_anchor_across_new_year_and_backwards() -> None:
    rule = meeting("Europe/Berlin", dt.date(2026, 12, 15), dt.time(17), Cadence.FORTNIGHTLY)

    assert [f"{day:%m-%d}" for day in islice(rule.dates(dt.date(2026, 12, 1)), 4)] == [
        "12-01",
        "12-15",
        "12-29",
        "01-12",
    ]
    assert not rule.meeting_on(dt.date(2026, 12, 22))


@pytest.mark.parametrize(
    ("nth", "dates"),
    [
        (1, ["05-01", "06-05", "07-03"]),
        (2, ["05-08", "06-12", "07-10"]),
        (4, ["05-22", "06-26", "07-24"]),
        (-1, ["05-29", "06-26", "07-31"]),
    ],
)
def test_monthly_finds_the_nth_friday_and_the_last_one(nth: int, dates: list[str]) -> None:
    rule = meeting("Asia/Seoul", dt.date(2026, 5, 1), dt.time(19), Cadence.MONTHLY, nth)
    assert [f"{day:%m-%d}" for day in islice(rule.dates(dt.date(2026, 5, 1)), 3)] == dates


def test_monthly_skips_this_month_when_its_day_is_over() -> None:
    rule = meeting("Asia/Seoul", dt.date(2026, 5, 1), dt.time(19), Cadence.MONTHLY, 1)
    assert next(rule.dates(dt.date(2026, 5, 2))) == dt.date(2026, 6, 5)


# Skipped and doubled times


@pytest.mark.parametrize(
    ("zone", "local", "happens"),
    [
        ("Europe/Berlin", "2026-03-29 01:59", "2026-03-29 01:59"),
        ("Europe/Berlin", "2026-03-29 02:00", "2026-03-29 03:00"),
        ("Europe/Berlin", "2026-03-29 02:30", "2026-03-29 03:00"),
        ("Europe/Berlin", "2026-03-29 02:59", "2026-03-29 03:00"),
        ("Europe/Berlin", "2026-03-29 03:00", "2026-03-29 03:00"),
        ("America/New_York", "2026-03-08 02:30", "2026-03-08 03:00"),
        ("Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-04 02:30"),
        ("Africa/Casablanca", "2026-03-22 02:30", "2026-03-22 03:00"),
        ("Africa/Cairo", "2026-04-24 00:30", "2026-04-24 01:00"),
        ("America/Santiago", "2026-09-06 00:00", "2026-09-06 01:00"),
        ("Antarctica/Troll", "2026-03-29 01:15", "2026-03-29 03:00"),
        ("Pacific/Apia", "2011-12-30 00:00", "2011-12-31 00:00"),
        ("Pacific/Apia", "2011-12-30 17:00", "2011-12-31 00:00"),
        ("Pacific/Kwajalein", "1993-08-21 17:00", "1993-08-22 00:00"),
        # The gap ended at 00:44:30, in the middle of a minute.
        ("Africa/Monrovia", "1972-01-07 00:10", "1972-01-07 00:45"),
    ],
)
def test_a_skipped_time_happens_at_the_next_valid_minute(
    zone: str, local: str, happens: str
) -> None:
    wanted = dt.datetime.fromisoformat(local)
    instant = meeting(zone, wanted.date(), wanted.time()).instant(wanted.date())
    assert wall(instant, zone) == dt.datetime.fromisoformat(happens)


@pytest.mark.parametrize(
    ("zone", "local", "utc"),
    [
        ("Europe/Berlin", "2026-10-25 02:00", "2026-10-25 00:00"),
        ("Europe/Berlin", "2026-10-25 02:59", "2026-10-25 00:59"),
        ("Europe/Berlin", "2026-10-25 03:00", "2026-10-25 02:00"),
        ("America/New_York", "2026-11-01 01:30", "2026-11-01 05:30"),
        ("Australia/Lord_Howe", "2026-04-05 01:45", "2026-04-04 14:45"),
        ("Africa/Casablanca", "2026-02-15 02:30", "2026-02-15 01:30"),
        ("Pacific/Kwajalein", "1969-09-30 17:00", "1969-09-30 06:00"),
    ],
)
def test_a_time_that_comes_twice_happens_the_first_time(zone: str, local: str, utc: str) -> None:
    assert instant_of(zone, local) == utc


def test_a_stored_fold_does_not_choose_the_second_time() -> None:
    day = dt.date(2026, 10, 25)
    rule = meeting("Europe/Berlin", day, dt.time(2, 30, fold=1))
    assert rule.instant(day) == dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)


def test_a_week_with_a_skipped_or_doubled_time_has_one_meeting() -> None:
    for zone, day, time in (
        ("Europe/Berlin", dt.date(2026, 3, 29), dt.time(2, 30)),
        ("Europe/Berlin", dt.date(2026, 10, 25), dt.time(2, 30)),
        ("Africa/Cairo", dt.date(2026, 4, 24), dt.time(0, 30)),
        ("Pacific/Apia", dt.date(2011, 12, 30), dt.time(17)),
    ):
        rule = meeting(zone, day, time)
        before = rule.instant(day - dt.timedelta(days=7))
        days = [found for found, _ in islice(rule.after(before), 2)]
        assert days == [day, day + dt.timedelta(days=7)]
        # Once it has begun it isn't offered again, at whatever pass of the clock.
        assert next(rule.after(rule.instant(day)))[0] == days[1]


def changes(zone: ZoneInfo, first_year: int, end_year: int) -> Iterator[dt.datetime]:
    """The instants at which the zone's offset changes, found by looking at its clock only."""
    day = dt.timedelta(days=1)
    moment = dt.datetime(first_year, 1, 1, tzinfo=dt.UTC)
    offset = moment.astimezone(zone).utcoffset()
    while moment.year < end_year:
        later = (moment + day).astimezone(zone).utcoffset()
        if later != offset:
            yield moment + MINUTE * bisect_left(
                range(24 * 60),
                True,
                key=lambda minute: (
                    (moment + MINUTE * minute).astimezone(zone).utcoffset() != offset
                ),
            )
        moment, offset = moment + day, later


def by_looking(zone: str, local: dt.datetime, around: dt.datetime) -> dt.datetime:
    """What the rule demands, from the wall clock at every minute of the hours around a change."""
    minutes = [around + MINUTE * count for count in range(-30 * 60, 30 * 60)]
    clock = [wall(minute, zone) for minute in minutes]
    if local in clock:
        return minutes[clock.index(local)]
    step = next(i for i, (a, b) in enumerate(pairwise(clock)) if a < local < b)
    return minutes[step + 1]


def test_all_changes_of_all_zones_follow_the_rule() -> None:
    seen: set[tuple[object, ...]] = set()
    for zone in ZONES:
        for change in changes(ZoneInfo(zone), 2020, 2028):
            before = wall(change - MINUTE, zone) + MINUTE
            after = wall(change, zone)
            if (change, before, after) in seen:
                continue
            seen.add((change, before, after))
            low, high = min(before, after), max(before, after)
            for local in (low - MINUTE, low, low + (high - low) / 2, high - MINUTE, high):
                local = local.replace(second=0)
                found = meeting(zone, local.date(), local.time()).instant(local.date())
                if before <= local < after:  # skipped
                    assert found == change, (zone, local)
                elif after <= local < before:  # doubled
                    assert found == change - (before - local), (zone, local)
                else:
                    assert wall(found, zone) == local, (zone, local)
    assert len(seen) > 200  # the search itself found something


# Properties

days = st.dates(dt.date(1975, 1, 1), dt.date(2100, 1, 1))
times = st.builds(dt.time, st.integers(0, 23), st.integers(0, 59), fold=st.integers(0, 1))


@st.composite
def recurrences(draw: st.DrawFn) -> Recurrence:
    cadence, nth = draw(st.sampled_from(CADENCES))
    return meeting(draw(st.sampled_from(ZONES)), draw(days), draw(times), cadence, nth)


@given(recurrences(), days)
@settings(deadline=None)
def test_dates_are_the_meetings_from_the_start_on_and_evenly_spaced(
    rule: Recurrence, start: dt.date
) -> None:
    found = list(islice(rule.dates(start), 30))

    spacing = {Cadence.WEEKLY: {7}, Cadence.FORTNIGHTLY: {14}, Cadence.MONTHLY: {28, 35}}
    assert {(b - a).days for a, b in pairwise(found)} <= spacing[rule.cadence]
    assert all(day.weekday() == rule.weekday for day in found)
    assert 0 <= (found[0] - start).days < max(spacing[rule.cadence])
    # No meeting between the start and the first one is left out.
    every_day = [start + dt.timedelta(days=n) for n in range((found[2] - start).days + 1)]
    assert [day for day in every_day if rule.meeting_on(day)] == found[:3]


@given(recurrences(), days)
@settings(deadline=None)
def test_the_wall_clock_shows_the_time_unless_it_does_not_exist_that_day(
    rule: Recurrence, start: dt.date
) -> None:
    for day in islice(rule.dates(start), 10):
        local = dt.datetime.combine(day, rule.time)
        shown = wall(rule.instant(day), rule.zone)
        assert shown >= local
        if shown != local:
            zone = ZoneInfo(rule.zone)
            for fold in (0, 1):
                there = local.replace(tzinfo=zone, fold=fold).astimezone(dt.UTC)
                assert wall(there, rule.zone) != local


@given(st.sampled_from(ZONES), st.data())
@settings(deadline=None, max_examples=40)
def test_around_a_change_the_instant_is_what_looking_at_the_clock_gives(
    zone: str, data: st.DataObject
) -> None:
    year = data.draw(st.integers(1990, 2036))
    found = list(changes(ZoneInfo(zone), year, year + 1))
    assume(found)
    change = data.draw(st.sampled_from(found))
    local = wall(change, zone) + MINUTE * data.draw(st.integers(-90, 90))
    assume(local.second == 0)

    rule = meeting(zone, local.date(), local.time())

    assert rule.instant(local.date()) == by_looking(zone, local, change)


@given(recurrences(), st.datetimes(dt.datetime(1975, 1, 1), dt.datetime(2100, 1, 1)))
@settings(deadline=None)
def test_after_is_strictly_after_in_order_and_misses_nothing(
    rule: Recurrence, moment: dt.datetime
) -> None:
    moment = moment.replace(tzinfo=dt.UTC)

    found = list(islice(rule.after(moment), 5))

    assert found[0][1] > moment
    assert all(a[1] < b[1] for a, b in pairwise(found))
    assert all(instant == rule.instant(day) for day, instant in found)
    around = rule.dates(moment.date() - dt.timedelta(days=40))
    wanted = [day for day in islice(around, 14) if rule.instant(day) > moment]
    assert [day for day, _ in found] == wanted[:5]
    # Going on from a meeting gives the next one: the chain that a schedule lives by.
    assert next(rule.after(found[0][1])) == found[1]


@given(recurrences(), st.datetimes(dt.datetime(1975, 1, 1), dt.datetime(2100, 1, 1)))
@settings(deadline=None)
def test_after_does_not_depend_on_the_zone_of_the_moment(
    rule: Recurrence, moment: dt.datetime
) -> None:
    moment = moment.replace(tzinfo=dt.UTC)
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        assert next(rule.after(moment.astimezone(ZoneInfo(zone)))) == next(rule.after(moment))


# APScheduler's CronTrigger, where no time is skipped or doubled

ORDINALS = {1: "1st", 2: "2nd", 3: "3rd", 4: "4th", -1: "last"}
NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@given(
    st.sampled_from(GROUPS),
    st.integers(0, 6),
    st.times(dt.time(4), dt.time(23, 59)),
    st.sampled_from([None, *ORDINALS]),
    st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2036, 1, 1)),
)
@settings(deadline=None, max_examples=60)
def test_ordinary_meetings_agree_with_crontrigger(
    zone: str, weekday: int, time: dt.time, nth: int | None, start: dt.datetime
) -> None:
    time = time.replace(second=0, microsecond=0)
    cadence = Cadence.WEEKLY if nth is None else Cadence.MONTHLY
    rule = Recurrence(zone, weekday, time, cadence, dt.date(2020, 1, 1), nth)
    when = {"day_of_week": weekday} if nth is None else {"day": f"{ORDINALS[nth]} {NAMES[weekday]}"}
    trigger = CronTrigger(timezone=ZoneInfo(zone), hour=time.hour, minute=time.minute, **when)

    moment = start.replace(tzinfo=dt.UTC)
    for _, instant in islice(rule.after(moment), 30):
        # The trigger's first answer may be the moment itself; ours is strictly after it.
        assert trigger.get_next_fire_time(None, moment + dt.timedelta(microseconds=1)) == instant
        moment = instant


# The ends of the calendar, and rules that make no sense


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
@pytest.mark.parametrize(("cadence", "nth"), CADENCES)
def test_meetings_stop_quietly_at_the_end_of_the_calendar(
    zone: str, cadence: Cadence, nth: int | None
) -> None:
    rule = meeting(zone, dt.date.max, dt.time(23, 59), cadence, nth)

    *_, last = rule.dates(dt.date(9999, 11, 1))
    assert last == (dt.date.max if nth in (None, -1) else dt.date(9999, 12, 7 * nth - 4))
    assert list(rule.after(dt.datetime.max.replace(tzinfo=dt.UTC))) == []
    first = next(
        meeting(zone, dt.date.min, dt.time(0)).after(dt.datetime.min.replace(tzinfo=dt.UTC))
    )
    assert first[0] <= dt.date(1, 1, 8)


def test_a_naive_moment_is_refused() -> None:
    rule = meeting("Europe/Berlin", dt.date(2026, 3, 10), dt.time(17))
    with pytest.raises(TypeError):
        next(rule.after(dt.datetime(2026, 3, 10)))


@pytest.mark.parametrize(
    "change",
    [
        {"zone": "Mars/Olympus"},
        {"zone": "../../etc/passwd"},
        {"zone": "Europe"},
        {"weekday": 7},
        {"time": dt.time(17, 0, 1)},
        {"time": dt.time(17, tzinfo=dt.UTC)},
        {"cadence": Cadence.FORTNIGHTLY, "anchor": dt.date(2026, 3, 11)},
        {"cadence": Cadence.MONTHLY},
        {"cadence": Cadence.MONTHLY, "nth": 5},
        {"cadence": Cadence.WEEKLY, "nth": 1},
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_at_once(change: dict[str, object]) -> None:
    tuesday = {
        "zone": "Europe/Berlin",
        "weekday": 1,
        "time": dt.time(17),
        "cadence": Cadence.WEEKLY,
        "anchor": dt.date(2026, 3, 10),
    }
    Recurrence(**tuesday)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"time zone|weekday|whole minutes|nth"):
        Recurrence(**(tuesday | change))  # type: ignore[arg-type]


def test_next_weekday_is_the_day_itself_or_the_next_such_day() -> None:
    tuesday = dt.date(2026, 3, 10)
    assert next_weekday(tuesday, 1) == tuesday
    assert next_weekday(tuesday, 0) == dt.date(2026, 3, 16)
