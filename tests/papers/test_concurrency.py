"""Many people at once, and two processes on one file: no vote is lost, nothing is locked."""

import asyncio
import random
from dataclasses import replace

import pytest

from bot.app import Application
from bot.communities.service import Actor
from bot.core.errors import Repeated
from bot.papers.outcomes import (
    AlreadyUp,
    Nominated,
    Outcome,
)
from bot.papers.schedule.setup import Wanted
from tests.conftest import Start

PEOPLE = 50


def member(number: int) -> Actor:
    return Actor("discord", "100", str(number))


@pytest.fixture
async def bots(start: Start) -> list[Application]:
    """Two processes on the same database, as when a new version starts before the old one ends."""
    bots = [start(), start()]
    await bots[0].setup.start(
        Actor("discord", "100", "1", organiser=True),
        Wanted(
            zone="Europe/Berlin",
            papers_channel_ref="5",
            weekday=0,
            at="12:00",
        ),
    )
    return bots


async def nominate(bot: Application, number: int, link: str) -> Outcome:
    return await bot.nominations.nominate(member(number), link)


async def votes(bot: Application) -> list[int]:
    return [up.votes for up in await bot.queue.nominations(member(0))]


async def test_fifty_votes_at_once_all_count(bots) -> None:
    await nominate(bots[0], PEOPLE, "arXiv:1706.03762")
    await asyncio.gather(*(bots[n % 2].queue.toggle_vote(member(n), 1) for n in range(PEOPLE)))
    assert await votes(bots[0]) == [PEOPLE + 1]


async def test_every_second_click_takes_the_vote_back(bots) -> None:
    await nominate(bots[0], PEOPLE, "arXiv:1706.03762")
    clicks = [n for n in range(PEOPLE) for _ in range(1 + n % 3)]
    random.Random(3).shuffle(clicks)
    answers = await asyncio.gather(*(bots[n % 2].queue.toggle_vote(member(n), 1) for n in clicks))
    expected = sum((1 + n % 3) % 2 for n in range(PEOPLE))
    assert sum(1 if answer.counted else -1 for answer in answers) == expected
    assert await votes(bots[1]) == [expected + 1]


async def test_what_comes_late_and_again_does_not_undo_what_was_done_since(bots) -> None:
    """Each goes to both processes: a nomination that comes again adds no vote."""
    nominator, again = replace(member(1), request="nominate"), replace(member(1), request="vote")
    await bots[0].nominations.nominate(nominator, "arXiv:1706.03762")
    await bots[0].queue.toggle_vote(again, 1)
    for bot in bots:
        for repeated in (
            bot.nominations.nominate(nominator, "arXiv:1706.03762"),
            bot.queue.toggle_vote(again, 1),
        ):
            with pytest.raises(Repeated):
                await repeated
    assert await votes(bots[0]) == [0]


async def test_fifty_nominations_at_once_are_all_up(bots) -> None:
    outcomes = await asyncio.gather(
        *(nominate(bots[n % 2], n, f"arXiv:2401.{n:05}") for n in range(PEOPLE))
    )
    assert all(isinstance(outcome, Nominated) for outcome in outcomes)
    assert await votes(bots[0]) == [1] * PEOPLE


async def test_fifty_nominations_of_one_paper_make_one_with_50_votes(bots) -> None:
    outcomes = await asyncio.gather(
        *(nominate(bots[n % 2], n, "arXiv:1706.03762") for n in range(PEOPLE))
    )
    assert sum(isinstance(outcome, Nominated) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, AlreadyUp) and outcome.voted for outcome in outcomes) == 49
    assert await votes(bots[0]) == [50]
