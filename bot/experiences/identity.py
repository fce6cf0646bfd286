"""How an account is known again: in the next poll, in another feed, at another address.

    guid, where it is the entry's own ─> address ─> title with nearly the same text

What a site says about identity is often wrong: ids are shared, change at every poll, or move with
the site's address. So no key decides against all others, and each that is the same for several
entries of one document, or that belongs to the site, counts for nothing.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from urllib.parse import parse_qsl, urlencode, urlsplit

_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|mc_[ce]id|ref|source|amp", re.IGNORECASE)
_INDEX = re.compile(r"/(index\.(html?|php))?$", re.IGNORECASE)
_WORD = re.compile(r"\w+")
_FILE = "file-"
_SHINGLE = 3  # words
_ENOUGH = 8  # shingles; fewer say too little
_COMPARED = 5_000  # characters
_OFTEN = 3  # what is said more often, says nothing
_NEARLY = 0.75  # of the shorter text's shingles that the longer one has, too


@dataclass(frozen=True)
class Keys:
    """What identifies an account. All but `guid` hold across feeds.

    `slug` is the title with the last part of the address: it stays when a site moves.
    """

    guid: str | None = None
    address: str | None = None
    title: str | None = None
    slug: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """An account that is known, by the id of its record."""

    id: int
    keys: Keys
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Fresh:
    """An entry of a document, as far as it can be compared."""

    keys: Keys
    text: str = ""
    published_at: datetime | None = None


def keys_of(
    entries: Iterable[tuple[str | None, str | None, str]], site: Iterable[str | None]
) -> list[Keys]:
    """The keys of a document's entries, each given by guid, link and title.

    `site` are addresses of the site and of the feed itself.
    """
    given = list(entries)
    own = {address_of(url) for url in site} | {None}
    addresses = [address_of(link) for _, link, _ in given]
    folded = [_folded(title) for _, _, title in given]
    titles = [_if(words, True) for words in folded]
    guids, links, names = (
        Counter(keys) for keys in ([guid for guid, _, _ in given], addresses, titles)
    )
    return [
        Keys(
            guid=_if(guid, guids[guid] == 1 and not _is_sites(guid, own)),
            address=_if(address, links[address] == 1 and address not in own),
            title=name if names[name] <= _OFTEN else None,
            slug=_slug(words, address),
        )
        for (guid, _, _), address, name, words in zip(given, addresses, titles, folded, strict=True)
    ]


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
    if not host or not (path or query):
        return None
    return f"{host}{path}?{query}" if query else f"{host}{path}"


def file_key(uri: str) -> str:
    """What stands for the address of an account that comes from a file."""
    return _FILE + hashed(uri)[len(_FILE) :]


def title_key(title: str) -> str | None:
    """A title without case, width, punctuation and spaces."""
    folded = _folded(title)
    return hashed(folded) if folded else None


def hashed(text: str) -> str:
    """A short name for a text of any length."""
    return blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()


def is_nearly(one: str, other: str) -> bool:
    """Whether one text is nearly the other one, or a part of it, as an excerpt is."""
    if one == other:
        return bool(one)
    mine, others = _shingles(one), _shingles(other)
    fewer = min(len(mine), len(others))
    return fewer >= _ENOUGH and len(mine & others) >= _NEARLY * fewer


class Memory:
    """The accounts that are known; `find` tells which of them an entry is."""

    def __init__(self, known: Iterable[Known] = ()) -> None:
        self._by_key: dict[tuple[str, str], list[Known]] = {}
        self._texts: dict[int, str] = {}
        for one in known:
            self.add(one)

    def add(self, known: Known, text: str | None = None) -> None:
        for key in _labelled(known.keys):
            self._by_key.setdefault(key, []).append(known)
        if text is not None:
            self._texts[known.id] = text

    def undecided(self, fresh: Fresh) -> set[int]:
        """The accounts whose texts `find` has to see; hand them in with `learn`."""
        found = set()
        for known in self._candidates(fresh):
            verdict = _by_keys(fresh, known)
            if verdict:
                break
            if verdict is None and known.id not in self._texts:
                found.add(known.id)
        return found

    def learn(self, texts: dict[int, str]) -> None:
        self._texts |= texts

    def find(self, fresh: Fresh) -> Known | None:
        """Which account this is, if it is known."""
        return next((one for one in self._candidates(fresh) if self._is_same(fresh, one)), None)

    def _candidates(self, fresh: Fresh) -> list[Known]:
        """All that it might be, the likeliest first."""
        found = [self._by_key[key] for key in _labelled(fresh.keys) if key in self._by_key]
        return list({one.id: one for known in found for one in known[-_OFTEN:]}.values())

    def _is_same(self, fresh: Fresh, known: Known) -> bool:
        verdict = _by_keys(fresh, known)
        if verdict is None:
            return _by_text(fresh, known, self._texts.get(known.id, ""))
        return verdict


def _by_keys(fresh: Fresh, known: Known) -> bool | None:
    """Whether it is this account; None where the keys contradict each other."""
    mine, others = fresh.keys, known.keys
    same_guid = mine.guid is not None and mine.guid == others.guid
    same_address = mine.address is not None and mine.address == others.address
    same_title = mine.title is not None and mine.title == others.title
    return True if same_guid + same_address + same_title > 1 else None


def _by_text(fresh: Fresh, known: Known, text: str) -> bool:
    """Whether it is this account, of which one key is the same, and not each of the others."""
    if is_nearly(fresh.text, text):
        return True
    mine, others = fresh.keys, known.keys
    if mine.slug is not None and mine.slug == others.slug:
        # A text that is missing contradicts nothing; nor does an excerpt beside a whole text,
        # unless both are on the web: people of one site write under the same title.
        unplaced = not (_is_on_the_web(mine) and _is_on_the_web(others))
        brief = _says_something(fresh.text) != _says_something(text)
        return not (fresh.text and text) or (unplaced and brief)
    # Everything else changed. Somebody rewrote the account, and its date stays; or the site has
    # used a key again, and the date moves on.
    moved = None not in (mine.address, others.address) and mine.address != others.address
    renamed = None not in (mine.guid, others.guid) and mine.guid != others.guid
    by_title = mine.title == others.title
    return not (moved or renamed or by_title) and fresh.published_at == known.published_at


def _is_on_the_web(keys: Keys) -> bool:
    return keys.address is not None and not keys.address.startswith(_FILE)


def _says_something(text: str) -> bool:
    return len(_shingles(text)) >= _ENOUGH


def _labelled(keys: Keys) -> list[tuple[str, str]]:
    given = (("guid", keys.guid), ("address", keys.address), ("title", keys.title))
    return [(label, key) for label, key in given if key is not None]


def _telling(query: str) -> str:
    """A query without what only says where somebody came from, in an order of ours."""
    return urlencode(sorted(q for q in parse_qsl(query) if not _TRACKING.fullmatch(q[0])))


def _slug(folded: str, address: str | None) -> str | None:
    last = (address or "").rpartition("/")[2]
    return hashed(f"{folded}/{last}") if folded and last else None


def _folded(title: str) -> str:
    folded = title if title.isascii() else unicodedata.normalize("NFKC", title)
    return "".join(_WORD.findall(folded.casefold()))


def _if(key: str | None, says_something: bool) -> str | None:
    return hashed(key) if key and says_something else None


def _is_sites(guid: str | None, own: set[str | None]) -> bool:
    """Whether an id is an address of the site itself."""
    is_address = (guid or "").startswith(("http://", "https://"))
    return is_address and address_of(guid) in own


@lru_cache(maxsize=256)
def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    words = _WORD.findall(text[:_COMPARED].casefold())
    return frozenset(zip(*(words[i:] for i in range(_SHINGLE)), strict=False))
