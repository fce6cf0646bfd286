"""What is decided about feeds: which entries count, what is posted when, when to ask again.

An entry's way ends at the first of these that holds:

    it is known ─> it is filtered out ─> the experience is known from elsewhere ─> it was there
    before anybody followed, or is as old ─> its date lies ahead ─> it waits for its turn ─> posted
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.errors import UserError

AT_ONCE = 5  # experiences of a feed in one poll; the rest comes with the next
MOST_LATEST = 10
MOST_WORDS = 20
LONGEST_WORD = 60

SHORTEST_INTERVAL = timedelta(minutes=15)
FIRST_INTERVAL = timedelta(minutes=30)
LONGEST_INTERVAL = timedelta(days=1)
QUIET_PART = 48  # a feed is asked 48 times in the time since it had something new
FIRST_DELAY = timedelta(minutes=5)
TOLD_AFTER = timedelta(days=1)
TOLD_AT_ONCE = frozenset({401, 403, 404, 410})
GONE = 410
OLD_BEFORE = timedelta(days=7)  # before the feed was followed
TURNED_OVER = 0.9  # of a document's entries that look new
TURNOVERS, LONE_TURNOVERS = 3, 10  # in a row; a document with one entry may well be the newest
TURNOVERS_WITHIN = timedelta(hours=36)

_QUOTED = re.compile(r'"([^"]*)"|([^\s,"]+)')


class Verdict(StrEnum):
    """What became of an entry, for `/feed why`."""

    POST = "post"
    EARLIER = "earlier"  # it was there before anybody followed the feed
    OLD = "old"  # it came later, and is dated long before anybody followed the feed
    FILTERED = "filtered"
    DUPLICATE = "duplicate"  # the experience is known from another feed, a member or the archive


@dataclass(frozen=True)
class Filter:
    """What a community wants of a feed. Empty lists let everything through."""

    categories: Sequence[str] = ()
    keywords: Sequence[str] = ()
    excluded: Sequence[str] = ()

    def refusal(self, title: str, text: str, tags: Iterable[str]) -> str | None:
        """Why an entry is left out, as a sentence; None where it is not."""
        if not (self.categories or self.keywords or self.excluded):
            return None
        tags = {_folded(tag) for tag in tags}
        if self.categories and not tags & {_folded(name) for name in self.categories}:
            return "It has none of the categories."
        words = f" {_folded(title)} {_folded(text)} {' '.join(tags)} "
        if self.keywords and not any(_has(words, keyword) for keyword in self.keywords):
            return "It has none of the keywords."
        for keyword in self.excluded:
            if _has(words, keyword):
                return f"It has the excluded keyword “{keyword}”."
        return None


def phrases(text: str | None) -> list[str]:
    """The words and "quoted phrases" of a list as a person writes it. Raises UserError."""
    found = [quoted or word for quoted, word in _QUOTED.findall(text or "")]
    found = list(dict.fromkeys(" ".join(phrase.split()) for phrase in found if phrase.strip()))
    if len(found) > MOST_WORDS:
        raise UserError(f"Those are {len(found)} words; {MOST_WORDS} are the most I look for.")
    if any(len(phrase) > LONGEST_WORD for phrase in found):
        raise UserError(f"A word or phrase can have {LONGEST_WORD} characters at most.")
    return found


def next_interval(
    quiet_for: timedelta | None, *, asked_for: timedelta | None, luck: float
) -> timedelta:
    """How long to wait before the next poll.

    `quiet_for` is the time since the feed had something new, `asked_for` what the site wants,
    `luck` a number from 0 to 1 that keeps feeds from being asked all at once.
    """
    interval = FIRST_INTERVAL if quiet_for is None else quiet_for / QUIET_PART
    interval = min(
        max(interval, SHORTEST_INTERVAL, asked_for or SHORTEST_INTERVAL), LONGEST_INTERVAL
    )
    return interval * (0.9 + 0.2 * luck)


def next_delay(failures: int, *, asked_for: timedelta | None, luck: float) -> timedelta:
    """How long to wait after the `failures`th failure in a row: ever longer, at most a day."""
    longer: timedelta = FIRST_DELAY * 2 ** min(failures - 1, 10)
    delay = min(longer, LONGEST_INTERVAL)
    return max(delay * (0.9 + 0.2 * luck), min(asked_for or delay, LONGEST_INTERVAL))


def out_of_skipped(at: datetime, skip_hours: Iterable[int]) -> datetime:
    """The first instant from `at` on whose hour (UTC) the site does not ask to be left alone in."""
    skipped = set(skip_hours)
    if len(skipped) >= 24:
        return at
    while at.hour in skipped:
        at = at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return at


def is_to_be_told(
    status: int | None, failing_since: datetime, told_at: datetime | None, now: datetime
) -> bool:
    """Whether the organisers are to hear of a failure now: once, when it is likely to last."""
    if told_at is not None:
        return False
    return status in TOLD_AT_ONCE or now - failing_since >= TOLD_AFTER


def in_time_to_tell(failing_since: datetime, now: datetime, at: datetime) -> datetime:
    """`at`, or the earlier instant at which the organisers are to hear of the failing."""
    told_at = failing_since + TOLD_AFTER
    return min(at, told_at) if now < told_at else at


def is_old(
    published_at: datetime | None, since: datetime | None, newest_at: datetime | None
) -> bool:
    """Whether an entry is too old to be news for those who have followed its feed `since` then.

    What is newer than all that the feed had by then is news, however late its date is read.
    """
    if published_at is None or since is None:
        return False
    before = since - OLD_BEFORE
    return published_at < (min(before, newest_at) if newest_at else before)


def is_turned_over(new: int, entries: int) -> bool:
    """Whether so many new entries are all that a document has."""
    return new > 0 and new >= TURNED_OVER * entries


def is_impossible(turnovers: int, entries: int) -> bool:
    """Whether nobody writes that much: the site must be giving old entries as new ones."""
    return turnovers >= (TURNOVERS if entries > 1 else LONE_TURNOVERS)


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _has(words: str, keyword: str) -> bool:
    """Whether a text has a word or phrase. In scripts without spaces it may stand inside a word."""
    keyword = _folded(keyword)
    if not keyword.isascii():
        return keyword in words
    return re.search(rf"(?<!\w){re.escape(keyword)}(?!\w)", words) is not None
