"""What an experience is known by, in the next poll, in another feed, at another address.

What a site says about identity is often wrong: ids are shared, change at every poll, or move with
the site's address. So there are several keys, none of which decides alone: see `memory`.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from itertools import pairwise
from urllib.parse import parse_qsl, urlencode, urlsplit

_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|mc_[ce]id|ref|source|amp", re.IGNORECASE)
_INDEX = re.compile(r"/(index\.(html?|php))?$", re.IGNORECASE)
_WORD = re.compile(r"\w+")
# Where words stand side by side without spaces, pieces stand for them: of signs, as in Japanese,
# shorter ones than of letters, as in Thai.
_SIGNS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_LETTERS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_PIECE = re.compile(
    rf"(?=([{_SIGNS}]{{2}}))[{_SIGNS}]|(?=([{_LETTERS}]{{6}}))[{_LETTERS}]|"
    rf"([{_SIGNS}]|[{_LETTERS}]{{1,5}}|[^\W{_SIGNS}{_LETTERS}]+)"
)
_ROUTE = re.compile(r"!?/?(?<=[!/])[^!/]")  # a fragment that stands for a page of its own
_FILE = "file-"
_SHINGLE = 3  # words
ENOUGH = 8  # shingles; fewer say too little
_COMPARED = 5_000  # characters
_OFTEN = 3  # a title that more entries have tells nothing apart
NEARLY = 0.75  # of the shorter text's shingles that the longer one has, too


@dataclass(frozen=True)
class Keys:
    """What identifies an experience. All but `guid` hold across feeds.

    `slug` is the title with the last part of the address: it stays when a site moves. `name` is
    the title however many have it; `shared_guid` and `shared_address` are others' or the site's,
    too, and only say what an entry is to be compared with. None of these is stored.
    """

    guid: str | None = None
    address: str | None = None
    title: str | None = None
    slug: str | None = None
    name: str | None = None
    shared_guid: str | None = None
    shared_address: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """An experience that is known, by the id of its record. `content`: see `content_of`."""

    id: int
    keys: Keys
    published_at: datetime | None = None
    content: str | None = None


@dataclass(frozen=True, slots=True)
class Fresh:
    """An entry of a document, as far as it can be compared."""

    keys: Keys
    text: str = ""
    published_at: datetime | None = None


def keys_of(
    entries: Iterable[tuple[str | None, str | None, str] | tuple[str | None, str | None, str, str]],
    site: Iterable[str | None],
) -> list[Keys]:
    """The keys of a document's entries, each given by guid, link and title, and by text if any.

    `site` are addresses of the site and of the feed itself.
    """
    given = [(guid or None, link, title, "".join(text)) for guid, link, title, *text in entries]
    own = {address_of(url) for url in site} | {None}
    addresses = [address_of(link) for _, link, _, _ in given]
    folded = [_folded(title) for _, _, title, _ in given]
    times = Counter(folded)
    # An entry that is listed twice has a key of its own all the same.
    pages = list(zip(given, addresses, folded, strict=True))
    guids = _own((guid, (address, words, text)) for (guid, _, _, text), address, words in pages)
    links = _own((address, (guid, words, text)) for (guid, _, _, text), address, words in pages)
    found = []
    for (guid, link, title, _), address, words in pages:
        own_guid = guid in guids and not _is_sites(guid, own)
        own_address = address in links and address not in own
        found.append(
            Keys(
                guid=_if(guid, own_guid),
                address=_if(address, own_address),
                title=_if(words, times[words] <= _OFTEN),
                slug=_slug(words, address),
                name=_if(words or title.strip(), True),
                shared_guid=_if(guid, not own_guid),
                shared_address=_if(address or link, not own_address),
            )
        )
    return found


@lru_cache(maxsize=2_000)
def address_of(url: str | None) -> str | None:
    """An address without what does not tell pages apart; None for a site's front page."""
    try:
        parts = urlsplit(url or "")
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:  # of "http://[": no address at all
        return None
    path = _INDEX.sub("", parts.path)
    query = _telling(parts.query) if parts.query else ""
    route = parts.fragment if _ROUTE.match(parts.fragment) else ""
    if not host or not (path or query or route):
        return None
    return host + path + (query and f"?{query}") + (route and f"#{route}")


def file_key(uri: str) -> str:
    """What stands for the address of an experience that comes from a file."""
    return _FILE + hashed(uri)[len(_FILE) :]


def title_key(title: str) -> str | None:
    """A title without case, width, punctuation and spaces."""
    folded = _folded(title)
    return hashed(folded) if folded else None


def comparable(text: str, image_url: str | None) -> str:
    """What tells an entry apart from others beside its title: its text, or else its picture."""
    return text or address_of(image_url) or ""


def content_of(keys: Keys, text: str) -> str | None:
    """The last key: title and text together. With the date it tells apart what has no other."""
    name = keys.name or keys.title or ""
    return hashed(f"{name}\x00{text}") if name or text else None


def hashed(text: str) -> str:
    """A short name for a text of any length."""
    return blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()


def is_nearly(one: str, other: str) -> bool:
    """Whether one text is nearly the other one, or a part of it, as an excerpt is."""
    if one == other:
        return bool(one)
    mine, others = shingles_of(one), shingles_of(other)
    fewer = min(len(mine), len(others))
    return fewer >= ENOUGH and len(mine & others) >= NEARLY * fewer


def second_of(date: datetime | None) -> datetime | None:
    """A date as it is compared: some sites state fractions that are others at each build."""
    return date and date.replace(microsecond=0)


def telling_dates(fresh: Sequence[Fresh]) -> list[datetime | None]:
    """The entries' dates; none where all have the same one, which is when the feed was built."""
    dates = [second_of(one.published_at) for one in fresh]
    return [None] * len(dates) if len(dates) > 1 and len(set(dates)) == 1 else dates


def twins(fresh: Sequence[Fresh]) -> set[int]:
    """The places of entries that stand in a document twice: as they are, or as another version.

    Documents are given the oldest first, so that the one that is nearest to the top stays.
    """
    dates = telling_dates(fresh)
    seen, found = set(), set()
    versions: dict[tuple[str, str | None, datetime], list[str]] = defaultdict(list)
    for place in reversed(range(len(fresh))):
        keys, text, date = fresh[place].keys, fresh[place].text, dates[place]
        copied = not is_on_the_web(keys) and says_something(text)  # from a file to another one
        address = None if copied else keys.address
        dated = None if keys.guid or address else date
        same = (
            *(keys.guid or keys.shared_guid, address or keys.shared_address),
            *(content_of(keys, text), dated),
        )
        if same in seen:
            found.add(place)
            continue
        seen.add(same)
        if keys.shared_guid is None or date is None:
            continue
        others = versions[keys.shared_guid, keys.name, date]
        if any(is_nearly(text, other) for other in others):
            found.add(place)
        elif len(others) < _OFTEN:
            others.append(text)
    return found


def alike_side_by_side(fresh: Sequence[Fresh]) -> set[int]:
    """The places of entries whose title and text a neighbour has as well, as in a series: only
    ids, links and dates tell such apart."""
    titled: dict[str | None, list[int]] = defaultdict(list)
    for place, one in enumerate(fresh):
        titled[one.keys.name].append(place)
    found: set[int] = set()
    for places in titled.values():
        for pair in pairwise(places):
            texts = [fresh[place].text for place in pair]
            if not any(texts) or is_nearly(*texts):
                found |= {*pair}
    return found


def is_on_the_web(keys: Keys) -> bool:
    return keys.address is not None and not keys.address.startswith(_FILE)


def says_something(text: str) -> bool:
    return len(shingles_of(text)) >= ENOUGH


def _own(keys: Iterable[tuple[str | None, object]]) -> set[str]:
    """The keys that stand for one thing only."""
    things: dict[str, object] = {}
    shared = set()
    for key, thing in keys:
        if key is not None and things.setdefault(key, thing) != thing:
            shared.add(key)
    return things.keys() - shared


def _telling(query: str) -> str:
    """A query without what only says where somebody came from, in an order of ours."""
    return urlencode(sorted(q for q in parse_qsl(query) if not _TRACKING.fullmatch(q[0])))


def _slug(folded: str, address: str | None) -> str | None:
    last = (address or "").rpartition("/")[2]
    return hashed(f"{folded}/{last}") if folded and last else None


def _folded(title: str) -> str:
    folded = title if title.isascii() else unicodedata.normalize("NFKC", title)
    return "".join(_WORD.findall(folded.casefold()))


def _if(key: str | None, holds: bool) -> str | None:
    return hashed(key) if key and holds else None


def _is_sites(guid: str | None, own: set[str | None]) -> bool:
    """Whether an id is an address of the site itself."""
    is_address = (guid or "").startswith(("http://", "https://"))
    return is_address and address_of(guid) in own


@lru_cache(maxsize=256)
def shingles_of(text: str) -> frozenset[tuple[str, ...]]:
    words = ["".join(piece) for piece in _PIECE.findall(text[:_COMPARED].casefold())]
    return frozenset(zip(*(words[i:] for i in range(_SHINGLE)), strict=False))
