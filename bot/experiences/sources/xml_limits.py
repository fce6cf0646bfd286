"""What long or hostile XML may cost: entries, names and attributes beyond a measure are left out
before and while it is parsed. The parser takes a quarter of a millisecond for every entry, also for
those that nobody will look at, and feedparser's time grows with the square of attributes.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from itertools import islice
from typing import Any
from xml.sax.expatreader import ExpatParser

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


_PIECE = 64 * 1024  # bytes
_MOST_ATTRIBUTES = 100


class _Parser(ExpatParser):
    _parser: Any  # of the standard library, which doesn't say so

    def reset(self) -> None:
        super().reset()
        self._parser.buffer_text = True
        self._parser.buffer_size = _PIECE

    def start_element_ns(self, name: str, attributes: Mapping[str, str]) -> None:
        if len(attributes) > _MOST_ATTRIBUTES:
            attributes = dict(islice(attributes.items(), _MOST_ATTRIBUTES))
        super().start_element_ns(name, attributes)


def create_parser() -> ExpatParser:
    """What `xml.sax.make_parser` looks for in a module whose name it is given."""
    return _Parser()
