"""Full-text search in any script. The one file that is SQLite's alone (FTS5), with the migrations.

FTS5 finds words and their beginnings, where scripts put spaces between words. Others don't, and
Korean hangs endings on its words; so each run of such characters is stored as its overlapping
pairs ("인턴십" as "인턴 턴십"), and asked for as a phrase of pairs, which is found inside of words.

Each entry bears labels, single words that say what it belongs to (its community, its tags), so that
one index answers "Korean experiences about robotics in this community" without looking
at any other.
"""

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.core.text import folded

INDEXED = 20_000  # characters of a text
MOST_FOUND = 100
MOST_TERMS = 12
MOST_TELLING = 6  # of a text's terms, the rarest that others have
LOOKED_BACK = 100  # entries with a term, the newest: how far back they reach tells how rare it is

_UNSPACED = (
    "\u1100-\u11ff\u3005-\u3007\u3040-\u30ff\u3130-\u318f\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
)
_RUN = re.compile(rf"(?P<pairs>[{_UNSPACED}]+)|(?P<word>[^\W_{_UNSPACED}]+)")
_UNSPACED_RUN = re.compile(f"[{_UNSPACED}]+")
_MARKS = re.compile("[\u0300-\u036f]")  # a part of words to FTS5, but not to `_RUN`

# Where there are few entries yet, these words are as rare as any other.
_COMMON = (
    "a about an and any are as at be been but by can could did do does for from get has have how i "
    "if in is it its me my no not of on one or our should so some than that the their them there "
    "these they this to us was we were what when where which who whom whose why will with would "
    "you your"
)
_TELL_NOTHING = frozenset(_COMMON.split())


@dataclass(frozen=True)
class Entry:
    """What is to be found under `id`: by all of its labels, and by words of its text."""

    id: int
    labels: Sequence[str]
    text: str


class SearchIndex:
    """One of the tables that searches look in; migrations make it.

    `labels` are never empty: the first one names the community.
    """

    def __init__(self, table: str) -> None:
        self._insert = text(
            f"INSERT INTO {table}(rowid, labels, words) VALUES (:id, :labels, :words)"
        )
        self._delete = text(f"DELETE FROM {table} WHERE rowid = :id")
        self._find = text(
            f"SELECT rowid FROM {table} WHERE {table} MATCH :query ORDER BY rowid DESC LIMIT :limit"
        )
        self._newest = text(f"SELECT rowid FROM {table} ORDER BY rowid DESC LIMIT 1")
        self._reaches = text(
            "SELECT (SELECT json_array(count(*), min(rowid)) FROM "
            f"(SELECT rowid FROM {table} WHERE {table} MATCH term.value "
            f"ORDER BY rowid DESC LIMIT {LOOKED_BACK})) FROM json_each(:terms) AS term"
        )

    async def put(self, session: AsyncSession, entries: Sequence[Entry]) -> None:
        """Have these found as they are now."""
        if not entries:
            return
        await session.execute(self._delete, [{"id": entry.id} for entry in entries])
        rows = [
            {"id": one.id, "labels": " ".join(one.labels), "words": _words(one.text[:INDEXED])}
            for one in entries
        ]
        await session.execute(self._insert, rows)

    async def drop(self, session: AsyncSession, entry_id: int) -> None:
        """Have this one found no more."""
        await session.execute(self._delete, {"id": entry_id})

    async def find(self, session: AsyncSession, wanted: str, labels: Iterable[str]) -> list[int]:
        """The ids of at most `MOST_FOUND` entries with all words and labels, the latest first."""
        terms = _terms(wanted)
        if wanted.strip() and not terms:
            return []
        return await self._matching(session, labels, terms, MOST_FOUND)

    async def alike(
        self, session: AsyncSession, wanted: str, labels: Sequence[str], least: float, most: int
    ) -> list[int]:
        """The ids of at most `most` entries that share much with a short text, the closest first.

        `least` is the part that they share at least, from 0 to 1; rare terms count for more.
        """
        rarity, unknown = await self._rarity(session, _distinct_terms(wanted))
        telling = dict(sorted(rarity.items(), key=lambda one: -one[1])[:MOST_TELLING])
        all_known = sum(telling.values())
        enough = least * (all_known + unknown)
        one_of_several = len(telling) == 1 and unknown > 0  # that is chance, not likeness
        if not telling or one_of_several or all_known < enough:
            return []
        found: dict[int, None] = {}
        for share in (all_known, enough):
            ways = " OR ".join(f"({way})" for way in _ways(telling, share))
            found |= dict.fromkeys(await self._matching(session, labels, [f"words:({ways})"], most))
            if len(found) >= most:
                break
        return list(found)[:most]

    async def _rarity(
        self, session: AsyncSession, terms: Sequence[str]
    ) -> tuple[dict[str, float], float]:
        """How much each term tells, of those that are anywhere; and all others together.

        What is nowhere counts half of what is there once: it may be another word for the same.
        """
        newest = (await session.execute(self._newest)).scalar_one_or_none() or 0
        asked = json.dumps([f'words:"{term}"' for term in terms])
        reaches = (await session.execute(self._reaches, {"terms": asked})).scalars()
        rarity, unknown = {}, 0.0
        for term, reach in zip(terms, reaches, strict=True):
            count, oldest = json.loads(reach)
            if count == LOOKED_BACK:  # there are more, about as many in each stretch
                count *= newest / (newest - oldest + 1)
            tells = math.log2(1 + (1 + newest) / (1 + max(count, 1))) ** 2
            if count:
                rarity[term] = tells
            else:
                unknown += tells / 2
        return rarity, unknown

    async def _matching(
        self, session: AsyncSession, labels: Iterable[str], terms: Iterable[str], limit: int
    ) -> list[int]:
        query = " AND ".join([*(f"labels:{label}" for label in labels), *terms])
        found = await session.execute(self._find, {"query": query, "limit": limit})
        return list(found.scalars())


def community_label(community_id: int) -> str:
    return f"c{community_id}"


def _words(text: str) -> str:
    """Text in which FTS5 finds the words that `_terms` asks for; it separates those with spaces."""
    text = folded(text)
    if text.isascii():
        return text
    return _UNSPACED_RUN.sub(lambda run: f" {' '.join(_pairs(run[0]))} ", _MARKS.sub(" ", text))


def _terms(wanted: str) -> list[str]:
    """What FTS5 is to look for: a word's beginning, or the pairs of a run one after the other."""
    terms = []
    for found in _RUN.finditer(folded(wanted)):
        if found["word"]:
            terms.append(f'words:"{found["word"]}"*')
        elif len(found["pairs"]) == 1:
            terms.append(f'words:"{found["pairs"]}"*')
        else:
            terms.append(f'words:"{" ".join(_pairs(found["pairs"]))}"')
    return list(dict.fromkeys(terms))[:MOST_TERMS]


def _distinct_terms(wanted: str) -> list[str]:
    """The words and pairs of a text, each once; those that tell nothing if there are no others."""
    terms: list[str] = []
    for found in _RUN.finditer(folded(wanted)):
        terms += [found["word"]] if found["word"] else _pairs(found["pairs"])
    telling = dict.fromkeys(term for term in terms if term not in _TELL_NOTHING)
    return list(telling or dict.fromkeys(terms))[: 2 * MOST_TERMS]


def _ways(weights: Mapping[str, float], needed: float) -> Iterator[str]:
    """What to look for so that what is found has terms of this weight, in any of the ways."""
    ways: list[set[str]] = []
    for size in range(1, len(weights) + 1):
        for some in combinations(weights, size):
            enough = sum(weights[term] for term in some) >= needed
            if enough and not any(way.issubset(some) for way in ways):
                ways.append(set(some))
                yield " AND ".join(f'"{term}"' for term in some)


def _pairs(run: str) -> Sequence[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)] or [run]
