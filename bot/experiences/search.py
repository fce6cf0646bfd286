"""Full-text search over accounts, in any script. The one file that is SQLite's alone (FTS5).

FTS5 finds words and their beginnings, where scripts put spaces between words. Others don't, and
Korean hangs endings on its words; so each run of such characters is stored as its overlapping
pairs ("인턴십" as "인턴 턴십"), and asked for as a phrase of pairs, which is found inside of words.

A community's accounts bear a word of their own, as each tag and fact does, so that one index
answers "Korean accounts about robotics in this community" without looking at any other.

Facts are found, and accounts made findable, after they are recorded (`catch_up`): it takes longer
than recording them, and nobody waits for it.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.experiences.labels import folded, label_of
from bot.experiences.model import SHOWN, Experience
from bot.experiences.sources.facts import facts_of

INDEXED = 20_000  # characters of a text
MOST_FOUND = 100
MOST_TERMS = 12

_UNSPACED = (
    "\u1100-\u11ff\u3005-\u3007\u3040-\u30ff\u3130-\u318f\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
)
_RUN = re.compile(rf"(?P<pairs>[{_UNSPACED}]+)|(?P<word>[^\W_{_UNSPACED}]+)")
_UNSPACED_RUN = re.compile(f"[{_UNSPACED}]+")
_MARKS = re.compile("[\u0300-\u036f]")  # a part of words to FTS5, but not to `_RUN`
_TABLE = "experience_search"
_INSERT = text(f"INSERT INTO {_TABLE}(rowid, labels, words) VALUES (:id, :labels, :words)")
_DELETE = text(f"DELETE FROM {_TABLE} WHERE rowid = :id")
_DUE = (
    select(Experience)
    .where(text("NOT experience.searchable"))  # in the words of the index that has these alone
    .where(Experience.state.in_(SHOWN))
    .order_by(Experience.id)
    .limit(bindparam("most"))
)
_FIND = text(
    f"SELECT rowid FROM {_TABLE} WHERE {_TABLE} MATCH :query ORDER BY rowid DESC LIMIT :limit"
)


async def catch_up(session: AsyncSession, most: int = 10) -> int:
    """Have some accounts found that are new or have changed; returns how many."""
    found = (await session.execute(_DUE, {"most": most})).scalars().all()
    for one in found:
        one.facts = facts_of(one.title, one.text, one.tags)
    if found:
        await session.execute(_DELETE, [{"id": one.id} for one in found])
        await session.execute(_INSERT, [_row(one) for one in found])
        for one in found:
            one.searchable = True
        await session.flush()
    return len(found)


async def search(
    session: AsyncSession, community_id: int, wanted: str, labels: Iterable[str] = ()
) -> list[int]:
    """The ids of at most `MOST_FOUND` accounts with all words and labels, the latest first."""
    terms = _terms(wanted)
    if wanted.strip() and not terms:
        return []
    labels = [_community(community_id), *labels]
    query = " AND ".join([*(f"labels:{label}" for label in labels), *terms])
    found = await session.execute(_FIND, {"query": query, "limit": MOST_FOUND})
    return list(found.scalars())


def _row(experience: Experience) -> dict[str, Any]:
    facts = experience.facts | experience.corrections
    labels = [_community(experience.community_id)]
    labels += [label_of("tag", tag) for tag in experience.tags]
    labels += [label_of(kind, value) for kind, value in facts.items() if value]
    said = (experience.title, experience.author, experience.blog, *experience.tags)
    words = _words("\n".join((*said, *facts.values(), experience.text[:INDEXED])))
    return {"id": experience.id, "labels": " ".join(labels), "words": words}


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


def _pairs(run: str) -> Sequence[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)] or [run]


def _community(community_id: int) -> str:
    return f"c{community_id}"
