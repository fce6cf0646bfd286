"""How often a feed wants to be asked, and when not."""

import re

_SKIPPED = re.compile(r"<skipHours>([\s\S]{0,2000}?)</skipHours>", re.IGNORECASE)
_HOUR = re.compile(r"<hour>\s{0,20}(\d{1,2})\s{0,20}<", re.IGNORECASE)
_PERIODS = {
    "hourly": 60,
    "daily": 24 * 60,
    "weekly": 7 * 24 * 60,
    "monthly": 30 * 24 * 60,
    "yearly": 365 * 24 * 60,
}


def every_minutes(ttl: object, period: object, frequency: object) -> int | None:
    """From RSS's `ttl`, or the syndication module's so many times in a period."""
    if minutes := _number(ttl):
        return minutes
    length = _PERIODS.get(str(period or "").strip().lower())
    return max(1, length // (_number(frequency) or 1)) if length else None


def skip_hours(text: str) -> frozenset[int]:
    """Hours of the day; some count from 1 to 24."""
    if not (found := _SKIPPED.search(text)):
        return frozenset()
    return frozenset(int(hour) % 24 for hour in _HOUR.findall(found[1]) if int(hour) <= 24)


def _number(raw: object) -> int | None:
    """A number of minutes or times that makes sense: more than none, and at most a year's."""
    text = str(raw or "").strip()
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
    return number if 0 < number <= _PERIODS["yearly"] else None
