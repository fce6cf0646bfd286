"""Long documents are shortened before they are parsed: the parser takes a quarter of a millisecond
for every entry, also for those that nobody will look at."""

import re
from datetime import datetime

from bot.experiences.sources import dates
from bot.experiences.sources.documents import MOST_ENTRIES
from bot.experiences.sources.items import newest

_ENTRY = re.compile(r"<(?:[\w-]{1,30}:)?(?:item|entry)(?=[\s>])")
_ENTRY_END = re.compile(r"</(?:[\w-]{1,30}:)?(?:item|entry)\s{0,10}>")
_DATE = re.compile(
    r"<(?:[\w-]{1,30}:)?(?:pubDate|published|issued|date|created|updated|modified)(?:\s[^<>]{0,200})?>"
    r"\s{0,100}(?:<!\[CDATA\[)?([^<>\]]{4,60})"
)


_LONG_NAME = re.compile(  # feedparser's time for a name grows with its square
    r"(<(?:[\w-]{1,30}:)?(?:author|creator|contributor|managingEditor|webMaster|publisher|name)"
    r"(?:\s[^<>]{0,500})?>(?:[^<&]{2000}|\s*<!\[CDATA\[[^\]]{2000}))[^<\]]+"
)


def shortened(text: str) -> str:
    """XML without the rest of names that are much too long to be some."""
    return _LONG_NAME.sub(r"\1", text)


def thinned(text: str, now: datetime) -> tuple[str, int]:
    """XML with at most `MOST_ENTRIES` entries, the newest, and how many it had."""
    starts = [match.start() for match in _ENTRY.finditer(text)]
    if len(starts) <= MOST_ENTRIES:
        return text, len(starts)
    end = _end(text, starts[-1])
    bounds = list(zip(starts, [*starts[1:], end], strict=True))
    places = newest([_date(text, *bound, now) for bound in bounds])
    kept = [text[slice(*bounds[place])] for place in places]
    return "".join([text[: starts[0]], *kept, text[end:]]), len(starts)


def _end(text: str, last_start: int) -> int:
    """Where the last entry ends."""
    found = _ENTRY_END.search(text, last_start)
    return found.end() if found else len(text)


def _date(text: str, start: int, end: int, now: datetime) -> datetime | None:
    found = _DATE.search(text, start, end)
    return dates.parse(found.group(1), now) if found else None
