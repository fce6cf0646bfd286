"""What organisers type about time, and how a schedule is said back to them.

Only what can be read in one way is accepted. Everything else is a UserError that says why, and
what to write instead.
"""

import datetime as dt
import re
import unicodedata
from typing import NoReturn
from zoneinfo import ZoneInfo

from bot.core.errors import UserError
from bot.core.text import cut, escape, one_line
from bot.core.time.recurrence import Cadence, Recurrence
from bot.core.time.zones import find_zone, fixed_offset, suggest_zones

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_NTH = {1: "first", 2: "second", 3: "third", 4: "fourth", -1: "last"}

_TIME_EXAMPLE = "Write it like `17:00` or `5:30 pm`."
_CLOCK = re.compile(r"(\d{1,2})(?:[:.h](\d\d))?(?: ?(h)| ?([ap])\.?m\.?)?")
_FOUR_DIGITS = re.compile(r"(\d\d)(\d\d)")
_NOON, _MIDNIGHT = ("noon", "midday"), ("midnight", "24:00", "24.00", "24h00", "24h")
_NAMED_TIMES = {*_NOON, *_MIDNIGHT}

_YEARS_AHEAD = 10
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})")
_DAY_MONTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[. ]*(?:of )?([a-z]{3,})(?:[.,]? ?(\d{4}))?")
_MONTH_DAY = re.compile(r"([a-z]{3,})[. ]*(\d{1,2})(?:st|nd|rd|th)?(?:(?:, ?| )(\d{4}))?")


def parse_time(text: str) -> dt.time:
    """A time of day: `17:00`, `17.30`, `17h30`, `17h`, `1700`, `5pm`, `5:30 p.m.`, `noon`."""
    typed = _folded(text)
    if digits := _FOUR_DIGITS.fullmatch(typed):
        typed = f"{digits[1]}:{digits[2]}"
    if not typed:
        raise UserError(f"I need a time of day. {_TIME_EXAMPLE}")
    if typed in _NOON:
        return dt.time(12)
    if typed in _MIDNIGHT:
        raise UserError(
            "Midnight lies between two days, so I can't tell which one you mean. "
            "Write `00:00` and choose the day that begins then."
        )
    match = _CLOCK.fullmatch(typed)
    if not match:
        raise UserError(f"I can't read {_quoted(text)} as a time of day. {_TIME_EXAMPLE}")
    hour, minute = int(match[1]), int(match[2] or 0)
    if minute > 59:
        raise UserError(f"{_quoted(text)} has minutes above 59. {_TIME_EXAMPLE}")
    if half := match[4]:
        return dt.time(_hour_of_half(text, hour, half), minute)
    if hour > 23:
        raise UserError(f"{_quoted(text)} has an hour above 23. {_TIME_EXAMPLE}")
    if 1 <= hour <= 12 and not (match[2] or match[3]):
        early, late = hour % 12, hour % 12 + 12
        raise UserError(
            f"{_quoted(text)} comes twice a day, so I can't tell which one you mean. "
            f"Write `{early:02}:00` or `{late:02}:00`."
        )
    return dt.time(hour, minute)


def parse_zone(text: str) -> str:
    """A time zone, spelt as IANA spells it, from its name or from a city."""
    if zone := find_zone(text):
        return zone
    if not one_line(text):
        raise UserError(
            "I need the group's time zone. Name a city that shares its time, such as "
            "`Europe/Berlin`."
        )
    if cities := fixed_offset(text):
        raise UserError(
            f"{_quoted(text)} doesn't say where the group is, so I can't tell when its clocks "
            f"change. Name a city that shares its time, such as {_either(cities)}."
        )
    if near := suggest_zones(text, 3):
        raise UserError(
            f"I don't know a time zone called {_quoted(text)}. Did you mean {_either(near)}?"
        )
    raise UserError(
        f"I don't know a time zone called {_quoted(text)}. Name a big city that shares its time, "
        "such as `Europe/Berlin`."
    )


def parse_date(text: str, today: dt.date) -> dt.date:
    """A date from `today` on: `2026-03-12`, `12 March`, `March 12, 2026`, `today`, `tomorrow`.

    Without a year it is the next such date. `12.3.2026` is refused, because it is 12 March to some
    and 3 December to others; `13.3.2026` can only be one.
    """
    typed = re.sub(r" ?([-/.]) ?", r"\1", _folded(text)).removesuffix(".")
    if not typed:
        raise UserError(f"I need a date. {_date_example(today)}")
    if typed in ("today", "tomorrow"):
        return today + dt.timedelta(days=typed == "tomorrow")
    day = _read_date(text, typed, today)
    if day < today:
        raise UserError(
            f"{_spelt(day)} is in the past: today is {_spelt(today)}. "
            f"Choose a date from today on, such as `{today + dt.timedelta(days=7)}`."
        )
    if day.year > today.year + _YEARS_AHEAD:
        raise UserError(
            f"{_spelt(day)} is more than {_YEARS_AHEAD} years away, which looks like a typo. "
            f"Check the year: `{dt.date(today.year + 1, 1, 31)}` would be next January."
        )
    return day


def parse_end(text: str, now: dt.datetime, zone: str) -> dt.datetime:
    """When something ends, on the clock of the group's zone: `18:00`, `12 March`, or both.

    A time alone is the next such time; a date alone, the end of that day. Returns an instant in
    UTC, which can be past where both are given.
    """
    today = now.astimezone(ZoneInfo(zone)).date()
    words = _folded(text).split()
    if not words:
        raise UserError("I need to know when it ends, such as `18:00`, `12 March` or both.")
    if _is_clock(" ".join(words)):
        at = parse_time(text)
        end = _instant(today, at, zone)
        return end if end > now else _instant(today + dt.timedelta(days=1), at, zone)
    for place in range(1, len(words)):
        for day, time in ((words[:place], words[place:]), (words[place:], words[:place])):
            typed = " ".join(time)
            if _is_clock(typed) and not typed.isdecimal():  # that may be a year
                return _instant(parse_date(_bare(day), today), parse_time(typed), zone)
    return _instant(parse_date(text, today) + dt.timedelta(days=1), dt.time(), zone)


def describe(recurrence: Recurrence) -> str:
    """`Every second Tuesday at 17:00 (Europe/Berlin)`."""
    weekday = WEEKDAYS[recurrence.weekday]
    if recurrence.nth is not None:
        days = f"The {_NTH[recurrence.nth]} {weekday} of each month"
    elif recurrence.cadence is Cadence.FORTNIGHTLY:
        days = f"Every second {weekday}"
    else:
        days = f"{weekday}s"
    return f"{days} at {recurrence.time:%H:%M} ({recurrence.zone})"


def _is_clock(typed: str) -> bool:
    """Whether this is meant as a time of day, even if as one that can't be."""
    return typed in _NAMED_TIMES or bool(_CLOCK.fullmatch(typed) or _FOUR_DIGITS.fullmatch(typed))


def _bare(words: list[str]) -> str:
    """A date without what joins it to a time: `12 March at`, `on 12 March,`."""
    joined = [word for word in words if word not in ("at", "on")]
    return " ".join(joined).strip(" ,")


def _instant(day: dt.date, at: dt.time, zone: str) -> dt.datetime:
    """By the rules of meetings, in hours that a clock change skips or doubles."""
    return Recurrence(zone, day.weekday(), at, Cadence.WEEKLY, day).instant(day)


def _hour_of_half(text: str, hour: int, half: str) -> int:
    if 1 <= hour <= 12:
        return hour % 12 + (12 if half == "p" else 0)
    raise UserError(
        f"{_quoted(text)} mixes two ways of writing: with am and pm, hours go from 1 to 12. "
        f"{_TIME_EXAMPLE}"
    )


def _read_date(text: str, typed: str, today: dt.date) -> dt.date:
    if match := _YEAR_FIRST.fullmatch(typed):
        return _only(text, today, (match[1], match[3], match[4]))
    if match := _YEAR_LAST.fullmatch(typed):
        year, first, second = match[4], match[1], match[3]
        return _only(text, today, (year, second, first), (year, first, second))
    if match := _DAY_MONTH.fullmatch(typed):
        day, name, year = match.groups()
    elif match := _MONTH_DAY.fullmatch(typed):
        name, day, year = match.groups()
    else:
        _refuse_date(text, today)
    month = next((i for i, known in enumerate(MONTHS, 1) if known.lower().startswith(name)), 0)
    if name == "sept":
        month = 9
    if not month:
        _refuse_date(text, today)
    if year is None:
        year = today.year + ((month, int(day)) < (today.month, today.day))
    return _only(text, today, (year, month, day))


def _only(text: str, today: dt.date, *readings: tuple[str | int, ...]) -> dt.date:
    """The one date among (year, month, day) readings; none or two are refused."""
    dates = []
    for year, month, day in readings:
        try:
            dates.append(dt.date(int(year), int(month), int(day)))
        except ValueError:
            continue
    if not dates:
        raise UserError(f"{_quoted(text)} isn't in the calendar. {_date_example(today)}")
    if len(set(dates)) > 1:
        raise UserError(
            f"{_quoted(text)} can mean {_spelt(dates[0])} or {_spelt(dates[1])}. "
            f"Write `{dates[0]}` or `{dates[1]}`."
        )
    return dates[0]


def _refuse_date(text: str, today: dt.date) -> NoReturn:
    raise UserError(f"I can't read {_quoted(text)} as a date. {_date_example(today)}")


def _date_example(today: dt.date) -> str:
    day = today + dt.timedelta(days=7)
    return f"Write it like `{day}` or `{day.day} {MONTHS[day.month - 1]}`."


def _spelt(day: dt.date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _folded(text: str) -> str:
    """Lower case, ordinary spaces, no full-width forms."""
    return unicodedata.normalize("NFKC", one_line(text)).casefold()


def _quoted(text: str) -> str:
    # Escaped with its quotation marks on, since nothing inside them stands at the start of a line.
    return escape(f"“{cut(one_line(text), 40)}”")


def _either(zones: tuple[str, ...] | list[str]) -> str:
    *first, last = (f"`{zone}`" for zone in zones)
    return f"{', '.join(first)} or {last}" if first else last
