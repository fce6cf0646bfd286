"""How far two experiences are alike: by their keys, or by their texts."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.experiences.identity.keys import ENOUGH, NEARLY, Known, shingles_of

LIKELIEST = 10  # of those that have a key in common, the newest


@dataclass(frozen=True, slots=True)
class Likeness:
    """Which of their keys two have in common; None where one of them has no such key."""

    guid: bool | None
    address: bool | None
    title: bool | None
    slug: bool
    content: bool | None
    date: bool | None

    @property
    def score(self) -> int:
        """How much speaks for it: a key with which all else is other may have been used again."""
        key = 1 if self.agrees_in_nothing else 4
        weights = ((self.guid, key), (self.address, key), (self.content, 3), (self.title, 2))
        return sum(weight for same, weight in (*weights, (self.date, 1)) if same)

    @property
    def agrees_in_nothing(self) -> bool:
        """Whether title, text and date are all others, as far as they are known."""
        return not self.title and self.content is False and not self.date

    @property
    def is_contradicted(self) -> bool:
        """Whether date and place, or date and id of what has no place, speak against it."""
        return self.date is False and self.is_elsewhere and not self.guid

    @property
    def is_elsewhere(self) -> bool:
        """Whether the place, or the id of what has no place, is another."""
        return self.address is False or (self.address is None and self.guid is False)

    @property
    def tells_apart(self) -> bool:
        """Whether place, id and date say that two of a series are different ones."""
        if self.guid or self.address or self.date:
            return False
        return self.is_elsewhere or self.date is False


class Texts:
    """Texts to find one that is the same, or nearly so, without comparing each with each."""

    def __init__(self, texts: Iterable[tuple[Known, str]]) -> None:
        self._known: list[Known] = []
        self._sizes: list[int] = []
        self._same: dict[str, list[int]] = defaultdict(list)
        self._with: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for number, (known, text) in enumerate(texts):
            shingles = shingles_of(text)
            self._known.append(known)
            self._sizes.append(len(shingles))
            self._same[text].append(number)
            for shingle in shingles:
                self._with[shingle].append(number)

    def like(self, text: str) -> Iterator[tuple[Known, bool]]:
        """Those with the same text, then those with nearly the same; whether it is the same."""
        same = self._same.get(text, [])
        yield from ((self._known[number], True) for number in same[-LIKELIEST:])
        shingles = shingles_of(text)
        shared = Counter(n for one in shingles for n in self._with.get(one, ()) if n not in same)
        for number, count in shared.most_common(LIKELIEST):
            fewer = min(len(shingles), self._sizes[number])
            if fewer >= ENOUGH and count >= NEARLY * fewer:
                yield self._known[number], False


def same_key(one: object, other: object) -> bool | None:
    """Whether a key is the same; None where one of them has none."""
    return None if one is None or other is None else one == other
