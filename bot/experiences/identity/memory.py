"""Which of the experiences that are known the entries of a document are.

    id and address ─> one of them with the title ─> title, date and text ─> the text alone

A document is compared as a whole: what stands side by side in it is different, so each entry is
one of those that are known, and no two are the same one.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.experiences.identity.keys import (
    Fresh,
    Keys,
    Known,
    alike_side_by_side,
    content_of,
    is_nearly,
    is_on_the_web,
    says_something,
    second_of,
    telling_dates,
)
from bot.experiences.identity.likeness import LIKELIEST, Likeness, Texts, same_key

_KEYLESS = 1_000  # of those that their texts have to tell apart, the newest


@dataclass(frozen=True, slots=True)
class Match:
    """What an entry is. `rebuilt`: only title and text say so; id, link and date are others."""

    known: Known
    rebuilt: bool = False


class Memory:
    """The experiences that are known; `match` tells which of them the entries of a document are.

    `one_feed`: they were all in the feed that the document is of.
    """

    def __init__(self, known: Iterable[Known] = (), *, one_feed: bool = True) -> None:
        self._one_feed = one_feed
        self._by_key: dict[tuple[object, ...], list[Known]] = {}
        self._keyless: dict[int, Known] = {}
        self._texts: dict[int, str] = {}
        for one in known:
            self.add(one)

    def add(self, known: Known, text: str | None = None) -> None:
        """What is added later counts as newer."""
        if text is not None:
            self._texts[known.id] = text
            if known.content is None:
                known = replace(known, content=content_of(known.keys, text))
        for key in _labelled(known.keys, known.content, known.published_at):
            self._by_key.setdefault(key, []).append(known)
        keys = known.keys
        if self._one_feed and (keys.title is None or (keys.guid is None and keys.address is None)):
            self._keyless[known.id] = known

    def undecided(self, *fresh: Fresh) -> set[int]:
        """The experiences whose texts `match` has to see; hand them in with `learn`."""
        return _Comparison(self, fresh).wanted()

    def learn(self, texts: dict[int, str]) -> None:
        self._texts |= texts

    def match(self, *fresh: Fresh) -> list[Match | None]:
        """What each entry of a document is, if it is known. No two are the same one."""
        return _Comparison(self, fresh).matches()

    def find(self, fresh: Fresh) -> Known | None:
        """Which experience this is, if it is known."""
        (match,) = self.match(fresh)
        return match.known if match else None

    @property
    def one_feed(self) -> bool:
        return self._one_feed

    def text(self, known: Known) -> str | None:
        """Its text, if that is at hand; None where it isn't known."""
        return self._texts.get(known.id)

    def alike(self, keys: Keys, content: str | None, date: datetime | None) -> Iterator[Known]:
        """Those that have a key in common with an entry."""
        shared = (("guid", keys.shared_guid), ("address", keys.shared_address))
        for key in (*_labelled(keys, content, date), *shared):
            yield from self._by_key.get(key, ())[-LIKELIEST:]

    def is_only(self, known: Known) -> bool:
        """Whether no other has its title."""
        return self._by_key.get(("title", known.keys.title)) == [known]

    def keyless(self) -> list[Known]:
        """The newest of those that have no key of their own, or no title."""
        return list(self._keyless.values())[-_KEYLESS:]


class _Comparison:
    """A document beside what is known: the surest pairs first, each known one once."""

    def __init__(self, memory: Memory, fresh: Sequence[Fresh]) -> None:
        self._memory = memory
        self._fresh = fresh
        self._dates = telling_dates(fresh)
        self._contents = [content_of(one.keys, one.text) for one in fresh]
        self._series = alike_side_by_side(fresh)
        self._titles = Counter(one.keys.name for one in fresh)
        self._found: dict[int, Match] = {}
        self._taken: set[int] = set()
        self._open: list[tuple[int, Known, Likeness]] = []  # pairs that texts decide
        self._by_keys()

    def wanted(self) -> set[int]:
        keyless = self._memory.keyless() if self._unknown() else []
        known = [
            *keyless,
            *(known for place, known, _ in self._open if self._is_free(place, known)),
        ]
        untold = (one for one in known if self._memory.text(one) is None)
        return {one.id for one in untold if one.id not in self._taken}

    def matches(self) -> list[Match | None]:
        self._take(
            (likeness.score, place, known)
            for place, known, likeness in self._open
            if self._is_free(place, known) and self._by_text(place, known, likeness)
        )
        if self._memory.one_feed and self._unknown():
            self._by_text_alone()
            self._rebuilt()
        return [self._found.get(place) for place in range(len(self._fresh))]

    def _by_keys(self) -> None:
        sure = []
        for place, fresh in enumerate(self._fresh):
            for known in self._alike(place):
                likeness = self._likeness(place, known)
                if place in self._series and likeness.tells_apart:
                    continue
                verdict = self._verdict(fresh, known, likeness)
                if verdict:
                    sure.append((likeness.score, place, known))
                elif verdict is None:
                    self._open.append((place, known, likeness))
        self._take(sure)

    def _take(self, pairs: Iterable[tuple[int, int, Known]]) -> None:
        for _, place, known in sorted(pairs, key=lambda pair: (-pair[0], pair[1], -pair[2].id)):
            if self._is_free(place, known):
                self._found[place] = Match(known)
                self._taken.add(known.id)

    def _is_free(self, place: int, known: Known) -> bool:
        return place not in self._found and known.id not in self._taken

    def _unknown(self) -> list[int]:
        return [place for place in range(len(self._fresh)) if place not in self._found]

    def _alike(self, place: int) -> Iterable[Known]:
        keys, date = self._fresh[place].keys, self._dates[place]
        found = self._memory.alike(keys, self._contents[place], date)
        return {one.id: one for one in found}.values()

    def _likeness(self, place: int, known: Known) -> Likeness:
        mine, others = self._fresh[place].keys, known.keys
        address = same_key(mine.address, others.address)
        if not (is_on_the_web(mine) and is_on_the_web(others)):
            address = address or None  # a file is the same experience at another place
        return Likeness(
            guid=same_key(mine.guid, others.guid),
            address=address,
            title=same_key(mine.name or mine.title, others.name or others.title),
            slug=bool(same_key(mine.slug, others.slug)),
            content=same_key(self._contents[place], known.content),
            date=same_key(self._dates[place], second_of(known.published_at)),
        )

    def _verdict(self, fresh: Fresh, known: Known, like: Likeness) -> bool | None:
        """Whether the keys say that two are the same; None where their texts decide."""
        if like.guid and like.address:
            return None if like.agrees_in_nothing else True
        if like.guid or like.address:
            if like.title and (False not in (like.guid, like.address) or like.date is not False):
                return True
            return like.content or None
        if like.is_contradicted:
            copied = like.content and says_something(fresh.text) and like.address is None
            return bool(copied or self._is_filled_in(fresh, known))
        if like.content and (fresh.text or self._memory.one_feed):
            return True  # in one feed a title that is all there is suffices
        return None

    def _is_filled_in(self, fresh: Fresh, known: Known) -> bool:
        """Whether a draft that was nothing but a title, which no other has, got its text."""
        title = fresh.keys.name
        if not (self._memory.one_feed and title and fresh.text and self._titles[title] == 1):
            return False
        return known.content == content_of(fresh.keys, "") and self._memory.is_only(known)

    def _by_text(self, place: int, known: Known, like: Likeness) -> bool:
        """Whether two are the same that have some keys in common, and not each of the others."""
        fresh, told = self._fresh[place], self._memory.text(known)
        text = told or ""
        if is_nearly(fresh.text, text):
            shared = {fresh.keys.shared_guid, fresh.keys.shared_address} - {None}
            return bool(
                like.guid
                or like.address
                or like.title
                or shared & {known.keys.guid, known.keys.address}
            )
        lacking = not (fresh.text and text)  # a text that is missing contradicts nothing
        if like.guid or like.address:
            return self._is_rewritten(place, known, like)
        if not like.title:
            return False
        brief = says_something(fresh.text) != says_something(text)
        if like.slug and (lacking or (like.address is None and brief)):
            # An excerpt beside a whole text says little, unless both are on the web: people of
            # one site write under the same title.
            return True
        if not self._memory.one_feed:
            return False
        drafted = lacking and told is not None
        return drafted or bool(like.date and (lacking or brief or not says_something(text)))

    def _is_rewritten(self, place: int, known: Known, like: Likeness) -> bool:
        """Whether somebody rewrote it, and its date stays; or else the site used a key again."""
        fresh, text = self._fresh[place], self._memory.text(known) or ""
        lacking = not (fresh.text and text)
        if like.title:
            return lacking
        if False in (like.guid, like.address):
            return lacking and bool(like.guid and like.date)  # the id stays, and the day
        if like.guid and like.address:
            brief = not (says_something(fresh.text) and says_something(text))
            return brief or like.date is not False
        drafted = bool(fresh.text) and self._memory.text(known) == ""
        return drafted or second_of(fresh.published_at) == second_of(known.published_at)

    def _by_text_alone(self) -> None:
        """What has no key of its own is known by its text, or by nearly the same one."""
        there = Texts(
            (one, text)
            for one in self._memory.keyless()
            if one.id not in self._taken and (text := self._memory.text(one))
        )
        pairs = []
        for place in self._unknown():
            text = self._fresh[place].text
            for known, same in there.like(text) if text else ():
                like = self._likeness(place, known)
                if like.is_contradicted or (place in self._series and like.tells_apart):
                    continue
                renamed = like.title is False
                if (same and like.date) if renamed else (same or like.date is not False):
                    pairs.append((like.score + 2 * same, place, known))
        self._take(pairs)

    def _rebuilt(self) -> None:
        """A document whose titles and texts are all known is the one that it was before."""
        again: dict[str, tuple[int, Known]] = {}
        for place in self._unknown():
            content = self._contents[place]
            for known in self._alike(place):
                if content is not None and known.content == content and self._is_free(place, known):
                    again[content] = (place, known)
        if len(again) > 1 and len(again) * 2 > len(self._fresh):
            for place, known in again.values():
                self._found[place] = Match(known, rebuilt=True)
                self._taken.add(known.id)


def _labelled(
    keys: Keys, content: str | None, date: datetime | None
) -> Iterator[tuple[object, ...]]:
    yield from (
        (label, key)
        for label, key in (
            ("guid", keys.guid),
            ("address", keys.address),
            ("title", keys.title),
            ("content", content),
        )
        if key is not None
    )
    if content is not None and date is not None:
        yield "content", content, second_of(date)
