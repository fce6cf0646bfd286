"""How long members wait for a search, and whether it finds what is there."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from sqlalchemy import text

from bot.app import Application, build
from bot.communities.service import Actor
from bot.core.database import Database
from bot.core.database.migrate import migrate
from bot.core.search import MOST_FOUND
from bot.experiences import search as searching
from bot.experiences.archive import Wanted
from bot.experiences.feeds.entries import add_experiences
from bot.experiences.labels import label_of
from tests.benchmarks.beside import p95
from tests.benchmarks.figures import Figure, at_least, at_most
from tests.benchmarks.search_archive import Archive
from tests.benchmarks.seed import PLATFORM, seed, settings_for

EXPERIENCES, NEXT_DOOR = 100_000, 10_000
EACH = 25  # questions of each kind
COMPARED = 40  # Korean words of two syllables
AT_ONCE = 1_000  # rows in a transaction
SEED = 3
NEWEST = text(
    "SELECT id FROM experience WHERE community_id = 1 AND "
    "(title LIKE :like OR text LIKE :like OR author LIKE :like) ORDER BY id DESC LIMIT :most"
)


@dataclass(frozen=True)
class Question:
    """What a member looks for, and which of the found ones they look at."""

    kind: str
    wanted: Wanted
    number: int = 0


async def search(folder: Path, rounds: int) -> list[Figure]:
    """100,000 experiences in one community, half of them Korean, and 10,000 in one next to it.

    They have 100 to 300 words out of seeded vocabularies, in which few words are frequent and most
    are rare. Looked for are one and two words, beginnings of words, Korean words of two and more
    syllables, Japanese ones, words together with filters, filters alone, and words that nobody has;
    frequent, usual and rare ones of each. A search is a call of `search` in a session of its own; a
    page is what `/experience search` shows, with its one experience. What is found for Korean words
    of two syllables is compared with what LIKE finds.
    """
    url = f"sqlite+aiosqlite:///{folder / 'search.db'}"
    migrate(url)
    await seed(url, [(str(number), "papers", "olga") for number in (1, 2)])
    application = build(settings_for(url))
    await application.scheduler.stop()
    archive = Archive(SEED)
    for community, count in ((1, EXPERIENCES), (2, NEXT_DOOR)):
        await _fill(application.database, archive, community, count)
    questions = _questions(archive)
    figures = []
    for community, where in ((1, "100,000 experiences"), (2, "10,000 next to them")):
        figures += await _timed(application, questions, community, where, rounds)
    figures.append(await _compared(application.database, archive))
    await application.database.close()
    return figures


async def _fill(database: Database, archive: Archive, community: int, count: int) -> None:
    made = archive.rows(community, count)
    while rows := list(islice(made, AT_ONCE)):
        async with database.transaction() as session:
            await add_experiences(session, rows)
            await searching.catch_up(session, len(rows))


def _questions(archive: Archive) -> list[Question]:
    """Words of all ranks, from the most frequent one to such as hardly anybody uses."""
    ranks = [int(29_000 ** (step / EACH)) for step in range(EACH)]
    latin, korean = archive.latin.words, archive.korean.words
    japanese = archive.japanese.words
    short = [word for word in korean if len(word) == 2]
    long = [word for word in korean if len(word) > 2]
    labels = [
        (label_of("country", "Germany"),),
        (label_of("season", "Summer 2024"),),
        (label_of("country", "Japan"), label_of("tag", "robotics")),
    ]
    asked = []
    for number, rank in enumerate(ranks):
        label = labels[number % len(labels)]
        usual = short[rank % len(short)]
        asked += [
            Question("one word", Wanted(latin[rank]), number),
            Question("two words", Wanted(f"{latin[rank]} {latin[number]}"), number),
            Question("the beginning of a word", Wanted(latin[rank][:3]), number),
            Question("a letter", Wanted(latin[rank][:1]), number),
            Question("two syllables", Wanted(usual), number),
            Question("more syllables", Wanted(long[rank % len(long)]), number),
            Question("two Korean words", Wanted(f"{usual} {short[number]}"), number),
            Question("Japanese", Wanted(japanese[rank % len(japanese)]), number),
            Question("a word and filters", Wanted(latin[rank], label), number),
            Question("two syllables and filters", Wanted(usual, label), number),
            Question("filters", Wanted("", label), number),
            Question("nothing", Wanted(), number * 1000),
            Question("a word that nobody has", Wanted(f"xq{latin[rank]}"), number),
            Question("syllables that nobody has", Wanted(f"뷁쀍{usual}"), number),
        ]
    return asked


async def _timed(
    application: Application,
    questions: Sequence[Question],
    community: int,
    where: str,
    rounds: int,
) -> list[Figure]:
    actor = Actor(PLATFORM, str(community), "mina")

    async def find(asked: Question) -> None:
        async with application.database.reading() as session:
            await searching.search(session, community, asked.wanted.text, asked.wanted.labels)

    async def page(asked: Question) -> None:
        await application.archive.page(actor, asked.wanted, asked.number)

    found = [await p95(find, questions) for _ in range(rounds)]
    shown = [await p95(page, questions) for _ in range(rounds)]
    figures = [
        Figure.of(f"{where}: 95 of 100 searches within", "ms", found, target=at_most(20)),
        Figure.of(f"{where}: 95 of 100 pages within", "ms", shown, target=at_most(20)),
    ]
    kinds = dict.fromkeys(question.kind for question in questions)
    slowest = {}
    for kind in kinds:
        alike = [question for question in questions if question.kind == kind]
        slowest[kind] = await p95(page, alike)
    worst = max(slowest, key=lambda kind: slowest[kind])
    what = f"{where}: 95 of 100 pages of the slowest kind ({worst}) within"
    return [*figures, Figure.of(what, "ms", [slowest[worst]])]


async def _compared(database: Database, archive: Archive) -> Figure:
    """The part of what LIKE finds, of the newest as many as a search returns."""
    short = [word for word in archive.korean.words if len(word) == 2]
    there = found = 0
    async with database.reading() as session:
        for word in islice(short, 0, None, len(short) // COMPARED):
            given = {"like": f"%{word}%", "most": MOST_FOUND}
            wanted = set((await session.execute(NEWEST, given)).scalars())
            there += len(wanted)
            found += len(wanted & set(await searching.search(session, 1, word)))
    assert there, "the words are from the texts"
    return Figure.of(
        "found of what LIKE finds, two syllables", "%", [100 * found / there], target=at_least(99)
    )
