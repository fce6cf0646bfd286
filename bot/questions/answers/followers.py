"""Who wants to know a question, too, and who is pinged about its answers."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.service import Actor
from bot.core.database import Database
from bot.core.errors import UserError
from bot.core.outbox import Outbox
from bot.core.requests import once
from bot.core.time.clock import Clock
from bot.questions.model import (
    Answer,
    Question,
    QuestionInterest,
)
from bot.questions.queries import own_question, view_of
from bot.questions.refresh import refresh
from bot.questions.views import QuestionView

YOURS_ALREADY = "This is your question, so I ping you about its answers anyway."


class Followers:
    """Count *Me too*, follow and unfollow."""

    def __init__(
        self,
        database: Database,
        outbox: Outbox,
        clock: Clock,
    ) -> None:
        self._database = database
        self._outbox = outbox
        self._clock = clock

    async def me_too(self, actor: Actor, question_id: int, *, wanted: bool = True) -> QuestionView:
        """Count or take back *Me too*; whoever wants to know follows the question as well."""
        async with self._database.transaction() as session:
            await once(session, actor.request, "answering.me_too", self._clock.now())
            question = await own_question(session, actor, question_id)
            if question.member_ref == actor.member_ref:
                raise UserError(YOURS_ALREADY)
            interest = await self._interest(session, question, actor)
            interest.me_too = wanted
            interest.follows = wanted or interest.follows
            return await refresh(session, self._outbox, question, self._clock.now())

    async def follow(self, actor: Actor, question_id: int, *, wanted: bool = True) -> QuestionView:
        """Follow or unfollow: followers are pinged about answers."""
        async with self._database.transaction() as session:
            await once(session, actor.request, "answering.follow", self._clock.now())
            question = await own_question(session, actor, question_id)
            if question.member_ref == actor.member_ref:
                raise UserError(YOURS_ALREADY)
            interest = await self._interest(session, question, actor)
            interest.follows = wanted
            await session.flush()
            if not wanted:
                await self._spare(session, question, actor.member_ref)
            return await view_of(session, self._outbox, question)

    async def _interest(
        self, session: AsyncSession, question: Question, actor: Actor
    ) -> QuestionInterest:
        found = await session.get(QuestionInterest, (question.id, actor.member_ref))
        if found is None:
            found = QuestionInterest(
                question_id=question.id,
                member_ref=actor.member_ref,
                me_too=False,
                follows=False,
                created_at=self._clock.now(),
            )
            session.add(found)
        return found

    async def _spare(self, session: AsyncSession, question: Question, member_ref: str) -> None:
        """What waits in the outbox pings them no more."""
        answers = await session.execute(select(Answer.id).where(Answer.question_id == question.id))
        for number in answers.scalars():
            await self._outbox.spare(
                session, question.community_id, f"answer:{number}:%", member_ref
            )
