"""How long members wait for a search among questions, and for those that are like theirs."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from bot.app import Application, build
from bot.communities.service import Actor
from bot.core.database.migrate import migrate
from bot.core.search import community_label
from bot.questions.model import Question
from bot.questions.queries import INDEX
from bot.questions.rules import LONGEST_TITLE
from bot.questions.search import Filter
from tests.benchmarks.beside import p95
from tests.benchmarks.figures import Figure, Target, at_most
from tests.benchmarks.question_archive import Questions
from tests.benchmarks.search_archive import Archive
from tests.benchmarks.seed import PLATFORM, seed, settings_for

QUESTIONS = 100_000
EACH = 25  # of each kind that is looked for
SEED = 4
COMMUNITY = 1
MEMBER = Actor(PLATFORM, str(COMMUNITY), "member-7")
T = TypeVar("T")


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for, or the title of what they ask."""

    kind: str
    text: str


async def questions(folder: Path, rounds: int) -> list[Figure]:
    """100,000 questions in one community, half of them Korean, with 150,000 answers.

    Titles have 3 to 12 words, details up to 80 and answers 20 to 100, out of the vocabularies of
    *Search*. Looked for are words of all kinds, as there; *shown* is all that `/question search`
    does before it answers. Titles for which similar questions are looked up are of few and many
    words, frequent ones, rare ones and such as nobody has; some are those of a question that is
    answered, or have half of its words. Lists are those of `/question list`.
    """
    url = f"sqlite+aiosqlite:///{folder / 'questions.db'}"
    migrate(url)
    await seed(url, [(str(COMMUNITY), "papers", "olga")])
    application = build(settings_for(url))
    await application.scheduler.stop()
    made = Questions(Archive(SEED), COMMUNITY)
    await made.fill(application.database, QUESTIONS)
    figures = await _timed(application, made, rounds)
    await application.database.close()
    return figures


async def _timed(application: Application, made: Questions, rounds: int) -> list[Figure]:
    async def find(wanted: Wanted) -> None:
        async with application.database.reading() as session:
            await INDEX.find(session, wanted.text, [community_label(COMMUNITY)])

    async def shown(wanted: Wanted) -> None:
        await application.question_search.search(MEMBER, wanted.text)

    async def similar(wanted: Wanted) -> None:
        question = Question(community_id=COMMUNITY, title=wanted.text)
        async with application.database.reading() as session:
            await application.question_submissions._similar(session, question)

    async def listed(wanted: Filter) -> None:
        await application.question_search.listed(MEMBER, wanted)

    searches, titles = _searches(made.archive), _titles(made)
    figures = [
        await _figure("searches", find, searches, rounds, at_most(20)),
        await _figure("searches, shown", shown, searches, rounds, at_most(20)),
        await _slowest("searches, shown", shown, searches),
        await _figure("look-ups of similar questions", similar, titles, rounds, at_most(30)),
        await _slowest("look-ups of similar questions", similar, titles),
    ]
    for wanted in Filter:
        figures.append(await _figure(f"lists ({wanted})", listed, [wanted] * EACH, rounds))
    return figures


async def _figure(
    what: str,
    run: Callable[[T], Awaitable[None]],
    given: Sequence[T],
    rounds: int,
    target: Target | None = None,
) -> Figure:
    took = [await p95(run, given) for _ in range(rounds)]
    return Figure.of(f"95 of 100 {what} within", "ms", took, target=target)


async def _slowest(
    what: str, run: Callable[[Wanted], Awaitable[None]], given: Sequence[Wanted]
) -> Figure:
    took = {
        kind: await p95(run, [one for one in given if one.kind == kind])
        for kind in dict.fromkeys(one.kind for one in given)
    }
    kind = max(took, key=lambda kind: took[kind])
    return Figure.of(f"95 of 100 {what}, of the slowest kind ({kind}) within", "ms", [took[kind]])


def _ranks() -> list[int]:
    """From that of the most frequent word to that of one which hardly anybody uses."""
    return [int(29_000 ** (step / EACH)) for step in range(EACH)]


def _searches(archive: Archive) -> list[Wanted]:
    latin, korean, japanese = archive.latin.words, archive.korean.words, archive.japanese.words
    short = [word for word in korean if len(word) == 2]
    long = [word for word in korean if len(word) > 2]
    wanted = []
    for number, rank in enumerate(_ranks()):
        usual = short[rank % len(short)]
        wanted += [
            Wanted("one word", latin[rank]),
            Wanted("two words", f"{latin[rank]} {latin[number]}"),
            Wanted("six words", " ".join(latin[rank : rank + 6])),
            Wanted("the beginning of a word", latin[rank][:3]),
            Wanted("a letter", latin[rank][:1]),
            Wanted("two syllables", usual),
            Wanted("more syllables", long[rank % len(long)]),
            Wanted("two Korean words", f"{usual} {short[number]}"),
            Wanted("Japanese", japanese[rank % len(japanese)]),
            Wanted("a word that nobody has", f"xq{latin[rank]}"),
            Wanted("syllables that nobody has", f"뷁쀍{usual}"),
        ]
    return wanted


def _titles(made: Questions) -> list[Wanted]:
    archive, luck = made.archive, made.archive.luck
    latin, korean, japanese = archive.latin, archive.korean, archive.japanese

    def of(kind: str, words: Sequence[str]) -> Wanted:
        return Wanted(kind, " ".join(words)[:LONGEST_TITLE])

    wanted = []
    for rank in _ranks():
        asked = luck.choice(made.answered)
        half = [word for place, word in enumerate(asked) if place % 2]
        wanted += [
            of("as it was asked", asked),
            of("half as it was asked", half + latin.some(luck, len(half))),
            of("frequent words alone", luck.sample(latin.words[:30], 8)),
            of("frequent Korean words alone", luck.sample(korean.words[:30], 8)),
            of("one word", latin.words[rank : rank + 1]),
            of("usual words", latin.some(luck, 8)),
            of("usual Korean words", korean.some(luck, 6)),
            of("Japanese", japanese.some(luck, 6)),
            of("rare words", luck.sample(latin.words[-10_000:], 8)),
            of("long", latin.some(luck, 60)),
            of("long, frequent words", latin.words[:60]),
            of("long, Korean", korean.some(luck, 60)),
            of("of both languages", [*korean.some(luck, 4), *latin.some(luck, 4)]),
            of("that nobody has", [f"xq{word}" for word in latin.some(luck, 8)]),
        ]
    return wanted
