"""Reminders about open questions: pings for helpers, a look at old ones, the weekly digest.

question.check_at ──> was it answered in its thread? ──> offer, or ask what has become of it
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.model import Community
from bot.core.database import Database
from bot.core.outbox import Outbox
from bot.core.time.clock import Clock
from bot.questions.keys import nudge_key, offer_key
from bot.questions.model import (
    Helper,
    Question,
    QuestionState,
)
from bot.questions.posts.notices import nudge, offer
from bot.questions.posts.rows import in_thread, to_asker
from bot.questions.queries import thread_ref, view_of
from bot.questions.refresh import progress_of, schedule_check
from bot.questions.reminders.digest import Digest
from bot.questions.rules import nudge_due_at, offer_due_at
from bot.questions.views import QuestionView

CHECKED_AT_ONCE = 20
MOST_ASKED = 20  # helpers for one question: those who were not asked for the longest time


class Threads(Protocol):
    """What the platform knows of a thread; it never raises for problems out there."""

    async def has_reply(self, thread_ref: str, since: datetime, besides: str | None) -> bool:
        """Whether somebody has written in it since, other than us and the member `besides`."""
        ...


class QuestionReminders:
    """Ask helpers for answers, and authors whether a question is still open."""

    def __init__(
        self, database: Database, outbox: Outbox, digest: Digest, threads: Threads, clock: Clock
    ) -> None:
        self._database = database
        self._outbox = outbox
        self._digest = digest
        self._threads = threads
        self._clock = clock

    async def advance_due(self) -> datetime | None:
        """Do all that is due now; returns when something is due next."""
        for question_id in await self._due():
            await self._check(question_id)
        await self._digest.post_due()
        return await self.next_due()

    async def next_due(self) -> datetime | None:
        async with self._database.reading() as session:
            checks = await session.execute(select(func.min(Question.check_at)))
            due = (checks.scalar_one(), await self._digest.next_due(session))
        return min((at for at in due if at is not None), default=None)

    async def _due(self) -> Sequence[int]:
        """What is to be looked at now, or put right: see `_put_right`."""
        now = self._clock.now()
        async with self._database.reading() as session:
            found = await session.execute(
                select(Question.id)
                .where(Question.check_at.is_not(None))
                .where(
                    or_(Question.check_at <= now, Question.posted_at > now, Question.moved_at > now)
                )
                .order_by(Question.check_at)
                .limit(CHECKED_AT_ONCE)
            )
            return found.scalars().all()

    async def _check(self, question_id: int) -> None:
        replied = await self._is_replied_to(question_id)
        now = self._clock.now()
        async with self._database.transaction() as session:
            question = await session.get_one(Question, question_id)
            if question.state != QuestionState.OPEN:
                question.check_at = None
                return
            _put_right(question, now)
            view = await view_of(session, self._outbox, question)
            progress = progress_of(question, answers=view.answers)
            offer_at, nudge_at = offer_due_at(progress), nudge_due_at(progress)
            if offer_at is not None and offer_at <= now:
                question.offered_at = now
                if not replied:
                    await self._offer(session, question, view)
            elif nudge_at is not None and nudge_at <= now:
                question.nudges += 1
                await self._nudge(session, question, view)
                question.moved_at = now
            await schedule_check(session, question)

    async def _is_replied_to(self, question_id: int) -> bool:
        """Whether somebody has answered in the thread without the form.

        Of an anonymous question any message counts: to leave its asker's out would tell who it is.
        """
        async with self._database.reading() as session:
            question = await session.get_one(Question, question_id)
            if question.offered_at is not None:
                return False
            ref = await thread_ref(session, self._outbox, question)
        if ref is None or question.posted_at is None:
            return False
        return await self._threads.has_reply(ref, question.posted_at, question.member_ref)

    async def _offer(self, session: AsyncSession, question: Question, view: QuestionView) -> None:
        """Ping those who help with its topic, but not an author who isn't anonymous."""
        found = await session.execute(
            select(Helper)
            .where(Helper.community_id == question.community_id, Helper.topic == question.topic)
            .order_by(Helper.offered_at.asc().nulls_first(), Helper.member_ref)
        )
        helpers = [one for one in found.scalars() if one.member_ref != question.member_ref]
        asked = helpers[:MOST_ASKED]
        if not asked:
            return
        for helper in asked:
            helper.offered_at = self._clock.now()
        post = offer(view, [helper.member_ref for helper in asked])
        row = in_thread(question, offer_key(question.id), post)
        await self._outbox.put(session, row, now=self._clock.now())

    async def _nudge(self, session: AsyncSession, question: Question, view: QuestionView) -> None:
        """Ask in the thread, and an anonymous asker in a direct message, too."""
        key = nudge_key(question.id, question.nudges)
        rows = [in_thread(question, key, nudge(view))]
        if question.pseudonym is not None:
            community = await session.get_one(Community, question.community_id)
            post = nudge(view, private_in=community.external_id)
            rows.append(to_asker(question, f"{key}:asker", post))
        await self._outbox.put(session, *rows, now=self._clock.now())


def _put_right(question: Question, now: datetime) -> None:
    """What a clock that was ahead has stored counts as now."""
    if question.posted_at is not None:
        question.posted_at = min(question.posted_at, now)
    if question.moved_at is not None:
        question.moved_at = min(question.moved_at, now)
