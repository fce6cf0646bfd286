"""Organisers block whoever wrote something unnamed, by what they wrote; nobody learns who it is."""

import shutil
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from bot.communities.service import Actor
from bot.core.errors import UserError
from bot.questions import replies
from bot.questions.answers.answers import Answered
from bot.questions.lists import question_row, similar_card
from bot.questions.search import Filter
from bot.questions.submissions import Asked, Draft, Similar
from bot.settings import Settings
from tests.group import raised
from tests.questions.doings import ANNA, CARL, CHANNEL, ZOE
from tests.questions.lives import Life, beginning


class Blocking:
    """What members ask, and what comes of it."""

    def __init__(self, life: Life) -> None:
        self.life, self.bot = life, life.bot
        self.organiser = life.doings.organiser
        self._count = 0

    async def ask(self, who: str, title: str = "", *, unnamed: bool = True) -> Asked | Similar:
        self._count += 1
        draft = Draft(title=title or f"Question of {self._count} words", anonymous=unnamed)
        asked = await self.bot.application.question_submissions.ask(
            self.actor(who), draft, f"{self._count}"
        )
        await self.bot.settle()
        return asked

    async def answer(self, who: str, text: str, *, unnamed: bool = True) -> Answered:
        self._count += 1
        answered = await self.bot.application.answers.answer(
            self.actor(who), 1, text, anonymous=unnamed, key=f"{self._count}"
        )
        await self.bot.settle()
        return answered

    async def block(self, question_id: int = 1) -> None:
        await self.bot.application.moderation.block(self.organiser, question_id=question_id)

    async def unblock(self, question_id: int = 1) -> None:
        await self.bot.application.moderation.unblock(self.organiser, question_id=question_id)

    def actor(self, who: str) -> Actor:
        return self.life.doings.actor(who)

    def asked(self) -> list[str]:
        """The questions that stand in the channel."""
        return [message.post.title for message in self.bot.world.within(CHANNEL)]

    def answers(self) -> list[str]:
        return [message.post.text for message in self.bot.world.titled("Answer to")]


@pytest.fixture
async def club(settings: Settings, migrated: Path) -> AsyncIterator[Blocking]:
    """Anna has asked something without her name."""
    shutil.copy(migrated, settings.database_url.removeprefix("sqlite+aiosqlite:///"))
    async with beginning(settings) as life:
        club = Blocking(life)
        await club.ask(ANNA, "Something rude")
        yield club


async def test_nobody_sees_what_a_blocked_author_asks_or_answers_unnamed(club: Blocking) -> None:
    await club.block()
    await club.ask(ANNA, "More of it")
    await club.answer(ANNA, "And more of it")
    assert club.asked() == ["Something rude"]
    assert club.answers() == []
    finding = club.bot.application.question_search
    for reader in (club.actor(CARL), club.organiser):
        assert await finding.search(reader, "more") == []
        assert len(await finding.listed(reader)) == 1


async def test_it_holds_for_nobody_else_and_for_nothing_by_name(club: Blocking) -> None:
    await club.block()
    await club.ask(ZOE, "A fair question")
    await club.ask(ANNA, "A question by name", unnamed=False)
    await club.answer(ZOE, "A fair answer")
    await club.answer(ANNA, "An answer by name", unnamed=False)
    assert club.asked() == ["Something rude", "A fair question", "A question by name"]
    assert club.answers() == ["A fair answer", "An answer by name"]


async def test_it_survives_a_restart(club: Blocking) -> None:
    await club.block()
    await club.bot.restart()
    await club.ask(ANNA, "More of it")
    assert club.asked() == ["Something rude"]


async def test_a_draft_from_before_the_block_is_not_posted_after_it(club: Blocking) -> None:
    await club.answer(CARL, "An answer", unnamed=False)
    similar = await club.ask(ANNA, "Something rude")
    assert isinstance(similar, Similar)
    await club.block()
    await club.bot.application.question_submissions.post_draft(club.actor(ANNA), similar.draft_id)
    await club.bot.settle()
    assert club.asked() == ["Something rude"]


async def test_it_ends_when_it_is_taken_back(club: Blocking) -> None:
    """What was withheld meanwhile stays so, and nobody is told of it."""
    await club.block()
    await club.ask(ANNA, "Written meanwhile")
    await club.unblock()
    await club.ask(ANNA, "Written afterwards")
    assert club.asked() == ["Something rude", "Written afterwards"]


async def test_two_blocks_of_one_author_are_taken_back_one_by_one(club: Blocking) -> None:
    """That the second one holds on tells nobody that both were the same person's."""
    await club.ask(ANNA, "Something rude as well")
    await club.block(1)
    await club.block(2)
    await club.unblock(1)
    await club.ask(ANNA, "More of it")
    assert len(club.asked()) == 2
    await club.unblock(2)
    await club.ask(ANNA, "Something kind")
    assert len(club.asked()) == 3


async def test_only_what_is_unnamed_can_be_blocked_by(club: Blocking) -> None:
    await club.ask(ANNA, "By name", unnamed=False)
    error = await raised(club.block(2), UserError)
    assert "isn't anonymous" in str(error)


@pytest.mark.parametrize("approval", [False, True])
async def test_a_blocked_author_is_told_what_everybody_is_told(
    club: Blocking, approval: bool
) -> None:
    await club.answer(CARL, "An answer", unnamed=False)
    await club.block()
    await club.bot.application.question_settings.set(club.organiser, approval=approval)

    async def told(who: str) -> list[Any]:
        similar = await club.ask(who, "Something rude")
        assert isinstance(similar, Similar)
        shown = similar_card(similar)
        posted = await club.bot.application.question_submissions.post_draft(
            club.actor(who), similar.draft_id
        )
        asked = await club.ask(who, "Of another kind")
        assert isinstance(asked, Asked)
        answered = await club.answer(who, "Like this")
        return [
            (shown.title, shown.text, shown.details, shown.footnote),
            replies.asked(posted),
            replies.asked(asked),
            replies.answered(answered),
        ]

    assert await told(ANNA) == await told(ZOE)


async def test_what_is_withheld_looks_to_its_author_as_if_it_waited(club: Blocking) -> None:
    await club.block()
    await club.bot.application.question_settings.set(club.organiser, approval=True)
    for who in (ANNA, ZOE):
        await club.ask(who, "Of another kind")
    rows = {
        who: question_row(
            (await club.bot.application.question_search.listed(club.actor(who), Filter.MINE))[0]
        )
        for who in (ANNA, ZOE)
    }
    assert rows[ANNA] == rows[ZOE]


async def test_as_many_of_a_blocked_authors_questions_can_wait_as_of_anybodys(
    club: Blocking,
) -> None:
    await club.block()
    await club.bot.application.question_settings.set(club.organiser, approval=True)
    refusals = {}
    for who in (ANNA, ZOE):
        for _ in range(5):
            await club.ask(who)
        refusals[who] = str(await raised(club.ask(who), UserError))
    assert refusals[ANNA] == refusals[ZOE]


@contextmanager
def counted(club: Blocking) -> Iterator[Counter[str]]:
    """What is asked of the database."""
    engine = club.bot.application.database._engine.sync_engine
    counts: Counter[str] = Counter()

    def statement(*_: Any) -> None:
        counts["statements"] += 1

    def commit(*_: Any) -> None:
        counts["commits"] += 1

    event.listen(engine, "before_cursor_execute", statement)
    event.listen(engine, "commit", commit)
    yield counts
    event.remove(engine, "before_cursor_execute", statement)
    event.remove(engine, "commit", commit)


@pytest.mark.parametrize("approval", [False, True])
@pytest.mark.parametrize("what", ["ask", "answer"])
async def test_being_blocked_shows_in_no_order_of_magnitude_of_time(
    club: Blocking, approval: bool, what: str
) -> None:
    """The wait is that of the commit, once for each; what it takes besides is much the same."""
    await club.block()
    await club.bot.application.question_settings.set(club.organiser, approval=approval)
    app = club.bot.application
    took = {}
    for who in (CARL, ANNA, ZOE):  # Carl's makes SQLAlchemy ready
        with counted(club) as counts:
            if what == "ask":
                draft = Draft(title="Of another kind", anonymous=True)
                await app.question_submissions.ask(club.actor(who), draft, f"of {who}")
            else:
                await app.answers.answer(
                    club.actor(who), 1, "Like this", anonymous=True, key=f"of {who}"
                )
        took[who] = counts
        await club.bot.settle()
    assert took[ANNA]["commits"] == took[ZOE]["commits"] == 1
    assert took[ANNA]["statements"] >= took[ZOE]["statements"] / 4
