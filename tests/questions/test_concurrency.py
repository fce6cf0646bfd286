"""Many people at once, and two processes on one file: one of each for each, and right counts."""

import asyncio
import random
from collections.abc import AsyncIterator

import pytest

from bot.app import Application
from bot.communities.service import Actor
from bot.core.errors import UserError
from bot.questions.answers.answers import Answered
from bot.questions.search import Filter
from bot.questions.submissions import Asked, Draft
from bot.questions.views import QuestionView
from tests.group import Bot, Group, text_of

PEOPLE, CLICKS = 50, 50


def member(number: int) -> Actor:
    return Actor("test", "club", str(number))


@pytest.fixture
async def bots(bot: Bot, group: Group) -> AsyncIterator[list[Application]]:
    """Two processes on the same database, as when a new version starts before the old one ends."""
    first = bot.application
    bot.start()
    other = bot.application
    yield [first, other]
    for end in first.client.when_closing:
        await end()


async def asked(app: Application, who: Actor, title: str = "Where are labs?") -> QuestionView:
    outcome = await app.question_submissions.ask(
        who, Draft(title=title), key=f"{who.member_ref} {title}"
    )
    assert isinstance(outcome, Asked)
    assert outcome.question is not None
    return outcome.question


async def answered(app: Application, question: QuestionView, number: int) -> Answered:
    return await app.answers.answer(
        member(number), question.id, f"In town {number}.", key=f"answer {number}"
    )


async def shown(group: Group, bots: list[Application], beginning: str) -> str:
    """What the one message with this title shows when nothing is under way."""
    for app in bots:
        await app.tick()
    (message,) = group.bot.world.titled(beginning)
    return text_of(message.post)


async def test_one_me_too_each(group: Group, bots: list[Application]) -> None:
    question = await asked(bots[0], member(0))
    clicks = [number for number in range(1, PEOPLE + 1) for _ in range(1 + number % 3)]
    random.Random(5).shuffle(clicks)
    await asyncio.gather(*(bots[n % 2].followers.me_too(member(n), question.id) for n in clicks))
    assert f"{PEOPLE} other people want to know" in await shown(group, bots, "Where are labs?")


async def test_fifty_clicks_of_one_person_are_one_vote(
    group: Group, bots: list[Application]
) -> None:
    question = await asked(bots[0], member(0))
    given = (await answered(bots[0], question, 1)).answer
    assert given is not None
    votes = [bots[n % 2].answers.upvote(member(2), given.id) for n in range(CLICKS)]
    interest = [bots[n % 2].followers.me_too(member(2), question.id) for n in range(CLICKS)]
    await asyncio.gather(*votes, *interest)
    assert "**1 upvote**" in await shown(group, bots, "Answer to question")
    assert "1 other person wants to know" in await shown(group, bots, "Where are labs?")
    await asyncio.gather(
        *(bots[n % 2].answers.upvote(member(2), given.id, wanted=False) for n in range(CLICKS))
    )
    assert "**0 upvotes**" in await shown(group, bots, "Answer to question")


async def test_one_answer_is_accepted_of_all_that_are_clicked_at_once(
    group: Group, bots: list[Application]
) -> None:
    question = await asked(bots[0], member(0))
    given = [(await answered(bots[0], question, n)).answer for n in range(1, 6)]
    ids = [answer.id for answer in given if answer is not None]
    await asyncio.gather(
        *(bots[n % 2].acceptance.accept(member(0), ids[n % 5]) for n in range(CLICKS))
    )
    page = await bots[0].question_search.show(member(9), question.id)
    assert [answer.accepted for answer in page.answers] == [True, False, False, False, False]
    for app in bots:
        await app.tick()
    ticked = group.bot.world.titled("✓ Answer to question")
    assert [message.post.text for message in ticked] == [page.answers[0].text]
    assert f"**Answered by <@{page.answers[0].member_ref}>:**" in await shown(
        group, bots, "✓ Where are labs?"
    )


async def test_fifty_questions_at_once_have_fifty_numbers(
    group: Group, bots: list[Application]
) -> None:
    questions = await asyncio.gather(
        *(asked(bots[n % 2], member(n), f"Topic{n} or subject{n * 7}?") for n in range(PEOPLE))
    )
    assert sorted(question.number for question in questions) == list(range(1, PEOPLE + 1))
    listed = await bots[1].question_search.listed(member(0), Filter.OPEN)
    assert len(listed) == PEOPLE


async def test_the_same_form_sent_often_is_one_question(
    group: Group, bots: list[Application]
) -> None:
    await asyncio.gather(*(asked(bots[n % 2], member(0)) for n in range(CLICKS)))
    question = await asked(bots[0], member(0))
    assert question.number == 1
    await asyncio.gather(*(answered(bots[n % 2], question, 1) for n in range(CLICKS)))
    assert "1 answer" in await shown(group, bots, "Where are labs?")
    assert len(group.bot.world.titled("Answer to question 1")) == 1


async def test_edits_and_a_deletion_at_once_end_in_one_state(
    group: Group, bots: list[Application]
) -> None:
    """What is deleted stays so, whatever edits come with it; each is done or refused."""
    question = await asked(bots[0], member(0))
    await answered(bots[0], question, 1)
    edits = [
        bots[n % 2].revisions.edit_question(member(0), question.id, title=f"Edited {n}", details="")
        for n in range(10)
    ]
    deletions = [bots[n % 2].revisions.delete_question(member(0), question.id) for n in range(4)]
    outcomes = await asyncio.gather(*edits, *deletions, return_exceptions=True)
    assert all(one is None or isinstance(one, UserError) for one in outcomes)
    assert outcomes[-4:] == [None] * 4
    assert "deleted by its author" in await shown(group, bots, "Question 1")
    assert list(group.bot.world.threads.values()) == ["1 · deleted by its author"]
    assert "In town 1." in await shown(group, bots, "Answer to question 1")
