"""When a week's digest goes out."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

FURTHEST = timedelta(days=8)  # no digest is due later, also where a week has an hour more
DIGEST_WEEKDAY, DIGEST_TIME = 0, time(9)  # Mondays, by the clock on the wall


def next_digest(now: datetime, zone: ZoneInfo) -> datetime:
    """The next Monday morning of the group's zone, after `now`."""
    local = now.astimezone(zone)
    day = local.date() + timedelta(days=(DIGEST_WEEKDAY - local.weekday()) % 7)
    at = datetime.combine(day, DIGEST_TIME, zone).astimezone(now.tzinfo)
    if at <= now:
        day += timedelta(days=7)
        at = datetime.combine(day, DIGEST_TIME, zone).astimezone(now.tzinfo)
    return at


def week_before(at: datetime, zone: ZoneInfo) -> datetime:
    """The same time of day a week earlier, by the clock on the wall of the group's zone."""
    return at.astimezone(zone) - timedelta(days=7)
