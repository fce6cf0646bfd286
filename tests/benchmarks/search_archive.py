"""100,000 experiences out of seeded words, half of them Korean, and words to look for."""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any

from bot.experiences.model import ExperienceState, Origin

SHORTEST, LONGEST = 100, 300  # words of an experience
_BEGUN = datetime(2010, 1, 1, tzinfo=UTC)
_ENDINGS = (
    "",
    "",
    "은",
    "는",
    "이",
    "가",
    "을",
    "를",
    "에서",
    "으로",
    "의",
    "했다",
    "에게",
    "까지",
)
_INITIALS, _NUCLEI, _FINALS = 19, 21, 28
_SEASONS = ("Summer", "Winter", "Spring", "Autumn")
_COUNTRIES = ("Germany", "Canada", "Japan", "Korea", "France", "Norway", "Chile", "Kenya")
_TAGS = ("robotics", "vision", "language", "biology", "physics", "인턴", "연구", "후기")


class Vocabulary:
    """Words, each used as often as its rank lets it be in a language: few often, most hardly."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = words
        self._weights = list(accumulate(1 / (rank + 3) for rank in range(len(words))))

    def some(self, luck: random.Random, count: int) -> list[str]:
        return luck.choices(self.words, cum_weights=self._weights, k=count)


class Archive:
    """Makes experiences, and the words for the questions."""

    def __init__(self, seed: int) -> None:
        self.luck = random.Random(seed)
        self.latin = _latin(self.luck, 30_000)
        self.korean = _korean(self.luck, 30_000)
        self.japanese = _japanese(self.luck, 5_000)

    def rows(self, community_id: int, count: int) -> Iterator[dict[str, Any]]:
        """Half are Korean with some Latin words, as blogs there are; some are Japanese."""
        for number in range(count):
            yield self._row(community_id, number)

    def words(self, number: int, size: int) -> list[str]:
        """A text's; every second one is Korean."""
        if number % 2:
            words = [
                word + self.luck.choice(_ENDINGS) for word in self.korean.some(self.luck, size)
            ]
            words += self.latin.some(self.luck, size // 15)
            self.luck.shuffle(words)
            return words
        return (self.latin if number % 20 else self.japanese).some(self.luck, size)

    def _row(self, community_id: int, number: int) -> dict[str, Any]:
        words = self.words(number, self.luck.randint(SHORTEST, LONGEST))
        return self._as_row(community_id, number, words)

    def _as_row(self, community_id: int, number: int, words: Sequence[str]) -> dict[str, Any]:
        dated = _BEGUN + timedelta(hours=number)
        return {
            "community_id": community_id,
            "feed_id": None,
            "origin": Origin.ARCHIVE,
            "state": ExperienceState.KEPT,
            "title": " ".join(words[:6]),
            "author": " ".join(self.latin.some(self.luck, 2)),
            "blog": f"Blog {number % 500}",
            "link": f"https://blog-{number % 500}.example/{number}",
            "address_key": f"{community_id}-{number}",
            "title_key": None,
            "slug_key": None,
            "published_at": dated,
            "dated_at": dated,
            "lead": f"<p>{' '.join(words[:120])}</p>",
            "text": " ".join(words),
            "image_url": None,
            "image_text": "",
            "tags": [self.luck.choice(_TAGS)],
            "corrections": {  # in words made of syllables, rules find nothing
                "season": f"{self.luck.choice(_SEASONS)} {2010 + number % 16}",
                "country": self.luck.choice(_COUNTRIES),
            },
        }


def _latin(luck: random.Random, count: int) -> Vocabulary:
    syllables = [c + v for c in "bcdfghjklmnprstvwz" for v in ("a", "e", "i", "o", "u", "ai", "on")]
    return Vocabulary(_different(count, lambda: "".join(luck.choices(syllables, k=_size(luck)))))


def _korean(luck: random.Random, count: int) -> Vocabulary:
    """Without endings. A few hundred syllables make up most words, as they do in Korean."""
    usual = luck.sample(range(_INITIALS * _NUCLEI * _FINALS), 600)
    syllables = Vocabulary([chr(0xAC00 + number) for number in usual])
    return Vocabulary(_different(count, lambda: "".join(syllables.some(luck, _size(luck)))))


def _japanese(luck: random.Random, count: int) -> Vocabulary:
    characters = [chr(number) for number in (*range(0x3042, 0x3094), *range(0x4E00, 0x5000))]
    return Vocabulary(_different(count, lambda: "".join(luck.choices(characters, k=_size(luck)))))


def _size(luck: random.Random) -> int:
    """Of a word, in syllables."""
    return luck.choice((2, 2, 2, 3, 3, 4))


def _different(count: int, make: Callable[[], str]) -> list[str]:
    words: dict[str, None] = {}
    while len(words) < count:
        words[make()] = None
    return list(words)
