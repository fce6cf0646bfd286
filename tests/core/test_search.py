"""An index finds words in any script, within labels, and what is like a short text."""

from dataclasses import dataclass, field

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from bot.core.database import Database
from bot.core.search import MOST_FOUND, Entry, SearchIndex

HERE, ELSEWHERE = "c1", "c2"
ENOUGH, MOST = 0.6, 3
LAB = "How do I find a lab in Berlin?"
VISA = "Do I need a visa for an internship in Canada?"
HOUSING = "Where do interns find a flat in Munich?"
PHD = "박사 과정에 지원하려면 추천서가 필요한가요?"
INTERNSHIP = "독일에서 인턴십을 구하는 방법"
ASKED = (LAB, VISA, HOUSING, PHD, INTERNSHIP, "研究室の見学はできますか")


@dataclass
class Shelf:
    """Texts in an index, found by what they are."""

    database: Database
    index: SearchIndex
    texts: dict[int, str] = field(default_factory=dict)

    async def add(self, *texts: str, labels: tuple[str, ...] = (HERE,)) -> None:
        first = len(self.texts) + 1
        entries = [Entry(first + place, labels, text) for place, text in enumerate(texts)]
        self.texts |= {entry.id: entry.text for entry in entries}
        async with self.database.transaction() as session:
            await self.index.put(session, entries)

    async def find(self, wanted: str, *labels: str) -> list[str]:
        async with self.database.reading() as session:
            return self._named(await self.index.find(session, wanted, labels or (HERE,)))

    async def alike(self, title: str, *labels: str) -> list[str]:
        async with self.database.reading() as session:
            return self._named(await self._alike(session, title, labels or (HERE,)))

    async def _alike(self, session: AsyncSession, title: str, labels: tuple[str, ...]) -> list[int]:
        return await self.index.alike(session, title, labels, ENOUGH, MOST)

    def _named(self, ids: list[int]) -> list[str]:
        return [self.texts[one] for one in ids]


@pytest.fixture
def shelf(database: Database) -> Shelf:
    return Shelf(database, SearchIndex("question_search"))


@pytest.fixture
async def asked(shelf: Shelf) -> Shelf:
    await shelf.add(*ASKED)
    return shelf


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("berlin", [LAB]),
        ("visa internship", [VISA]),
        ("internship visa", [VISA]),
        ("intern", [HOUSING, VISA]),
        ("interns", [HOUSING, VISA]),
        ("INTERNSHIP", [VISA]),
        ("find in", [HOUSING, LAB]),
        ("visa berlin", []),
        ("ternship", []),
        ("추천", [PHD]),
        ("추천서", [PHD]),
        ("천서", [PHD]),
        ("인턴", [INTERNSHIP]),
        ("독일 인턴십", [INTERNSHIP]),
        ("독", [INTERNSHIP]),
        ("십인", []),
        ("研究室", [ASKED[-1]]),
        ("見学", [ASKED[-1]]),
        ("できま", [ASKED[-1]]),
    ],
)
async def test_all_words_are_found_whole_or_by_their_beginning(asked: Shelf, wanted, found) -> None:
    """Korean and Japanese ones also within others; what was put there last comes first."""
    assert await asked.find(wanted) == found


async def test_labels_hold_all_together(shelf: Shelf) -> None:
    await shelf.add("ours, answered", labels=(HERE, "answered"))
    await shelf.add("ours")
    await shelf.add("theirs, answered", labels=(ELSEWHERE, "answered"))
    assert await shelf.find("", HERE) == ["ours", "ours, answered"]
    assert await shelf.find("ours", HERE, "answered") == ["ours, answered"]
    assert await shelf.find("answered", ELSEWHERE) == ["theirs, answered"]
    assert await shelf.find("ours", ELSEWHERE) == []


async def test_a_text_that_names_a_label_does_not_bear_it(shelf: Shelf) -> None:
    await shelf.add("c2 answered labels", labels=(HERE,))
    assert await shelf.find("labels", ELSEWHERE) == []
    assert await shelf.find("labels", HERE, "answered") == []


async def test_what_is_put_again_or_dropped_is_found_as_it_is(shelf: Shelf) -> None:
    await shelf.add("before")
    async with shelf.database.transaction() as session:
        await shelf.index.put(session, [Entry(1, [HERE], "after")])
    assert await shelf.find("before") == []
    assert len(await shelf.find("after")) == 1
    async with shelf.database.transaction() as session:
        await shelf.index.drop(session, 1)
    assert await shelf.find("after") == []


async def test_of_many_the_latest_are_found(shelf: Shelf) -> None:
    await shelf.add(*(f"lab {number}" for number in range(MOST_FOUND + 5)))
    found = await shelf.find("lab")
    assert len(found) == MOST_FOUND
    assert found[0] == f"lab {MOST_FOUND + 4}"


HOSTILE = (
    '"',
    '""" OR ""',
    "*",
    "a*b*",
    "NEAR(lab visa, 5)",
    "lab OR visa",
    "lab AND NOT visa",
    "NOT lab",
    "labels:c2",
    "words:lab",
    "{labels words}: lab",
    "^lab",
    "(((",
    "lab) OR (labels:c2",
    "-lab",
    "lab + visa",
    "'; DROP TABLE question_search; --",
    "\\",
    "\x00lab",
    "%_?",
    "🙂🎉",
    "👩🏽‍🔬",
    " ",
    "\u200b",
    "\u0301\u0302",
    "x̃" * 100,
    "w" * 200,
    "가" * 200,
    "あ" * 200,
    "가 " * 100,
    " ".join(f"w{number}" for number in range(50)),
)


@pytest.mark.parametrize("typed", HOSTILE)
async def test_whatever_is_typed_is_words(asked: Shelf, typed: str) -> None:
    """No sign is taken for a query's; nothing of another community is found."""
    await asked.add("lab and visa of others", labels=(ELSEWHERE,))
    ours = {*await asked.find(typed), *await asked.alike(typed)}
    assert ours <= set(ASKED)


@pytest.mark.parametrize("typed", ["NEAR", "OR", "AND", "NOT"])
async def test_words_that_mean_something_to_queries_are_found(shelf: Shelf, typed: str) -> None:
    await shelf.add(f"a flat {typed} a room")
    assert len(await shelf.find(typed)) == 1
    assert len(await shelf.alike(f"flat {typed} room")) == 1


@pytest.mark.parametrize("typed", ["🙂🎉", "?!", "—", '"*"'])
async def test_signs_alone_find_nothing(asked: Shelf, typed: str) -> None:
    assert await asked.find(typed) == []
    assert await asked.alike(typed) == []


@pytest.mark.parametrize(
    ("title", "found"),
    [
        (LAB, [LAB]),
        (LAB.upper(), [LAB]),
        ("How does one find a lab in Berlin or Potsdam?", [LAB]),
        ("Visa for an internship in Canada", [VISA]),
        ("인턴십을 독일에서 구하려면?", [INTERNSHIP]),
        ("박사 지원에 추천서가 필요한지", [PHD]),
        ("研究室の見学", [ASKED[-1]]),
    ],
)
async def test_a_title_in_other_words_is_alike(asked: Shelf, title, found) -> None:
    assert await asked.alike(title) == found


@pytest.mark.parametrize(
    "title",
    [
        "",
        "   ",
        "What should we cook on Friday?",
        "Which editor do you like best?",
        "Quantum gravity, loops and strings",
        "오늘 저녁에 뭐 먹을까요?",
        "今日の天気",
        "zzz qqq xxx",
    ],
)
async def test_nothing_is_like_an_unrelated_or_empty_title(asked: Shelf, title: str) -> None:
    assert await asked.alike(title) == []


async def test_nothing_is_alike_where_nothing_is(shelf: Shelf) -> None:
    assert await shelf.alike(LAB) == []


async def test_rare_words_count_for_more(shelf: Shelf) -> None:
    """The question about the same thing is alike, those with the same phrases are not."""
    things = ("flat", "visa", "bank", "phone", "bike", "desk", "badge", "lunch", "ticket", "card")
    await shelf.add(*(f"where can I get a {thing} here" for thing in things))
    assert await shelf.alike("where to get a bike") == ["where can I get a bike here"]
    assert await shelf.alike("where can I get a hovercraft") == []


async def test_what_shares_most_comes_first(shelf: Shelf) -> None:
    await shelf.add("robotics lab in Kyoto with stipend", "robotics lab in Kyoto", "poetry in Oslo")
    alike = await shelf.alike("robotics lab Kyoto stipend")
    assert alike == ["robotics lab in Kyoto with stipend", "robotics lab in Kyoto"]


async def test_what_is_alike_is_found_however_long_ago_it_was(shelf: Shelf) -> None:
    """Frequent words alone make it alike; hundreds of newer texts have some of them."""
    asked = "which lab takes interns in spring"
    others = ("which lab pays", "who takes interns", "what happens in spring", "in which building")
    await shelf.add(asked, *(f"{others[number % 4]} {number}" for number in range(800)))
    assert await shelf.alike(asked) == [asked]


async def test_alike_is_only_what_bears_the_labels(shelf: Shelf) -> None:
    await shelf.add(LAB, labels=(HERE,))
    await shelf.add(LAB, labels=(ELSEWHERE, "answered"))
    await shelf.add(f"{LAB} Still.", labels=(HERE, "answered"))
    assert await shelf.alike(LAB, HERE, "answered") == [f"{LAB} Still."]


async def test_accents_make_no_difference(shelf: Shelf) -> None:
    await shelf.add("Où est le café près de l'école ?", "Wo ist die Bücherei?")
    assert len(await shelf.find("cafe")) == 1
    assert len(await shelf.alike("cafe pres ecole")) == 1
    assert len(await shelf.alike("Bücherei")) == 1
