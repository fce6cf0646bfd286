"""What organisers decide about questions that wait: post, decline, merge.

They see what was asked and never who did.
"""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.model import Community
from bot.communities.service import Actor, Communities
from bot.core.database import Database
from bot.core.edited import EditedSince
from bot.core.errors import UserError
from bot.core.outbox import Outbox
from bot.core.post import Post
from bot.core.requests import once
from bot.core.time.clock import Clock
from bot.questions.keys import review_key
from bot.questions.model import (
    SHOWN,
    Question,
    QuestionState,
)
from bot.questions.posts.cards import question_name
from bot.questions.posts.notices import review_card
from bot.questions.posts.posts import QuestionPosts
from bot.questions.queries import ama_title, own_question, settings_of, view_of, views_of
from bot.questions.views import QuestionView

DECIDED = "That question has already been decided."
MERGEABLE = 25  # what a menu can hold
EVERY_STATE = tuple(QuestionState)


class QuestionReviews:
    """Decide about what waits, and take a decision back."""

    def __init__(
        self,
        database: Database,
        communities: Communities,
        outbox: Outbox,
        posts: QuestionPosts,
        clock: Clock,
    ) -> None:
        self._database = database
        self._communities = communities
        self._outbox = outbox
        self._posts = posts
        self._clock = clock

    async def approve(
        self, actor: Actor, question_id: int, version: int | None = None
    ) -> QuestionView:
        """Post what waits. Raises EditedSince where that isn't the `version` any more that was
        looked at."""
        async with self._database.transaction() as session:
            await once(session, actor.request, "moderating.approve", self._clock.now())
            question = await self._waiting(session, actor, question_id, version)
            community = await session.get_one(Community, question.community_id)
            settings = await settings_of(session, community.id)
            await self._posts.publish(session, community, settings, question)
            await self._posts.tell_asker(session, question, "approved", "It's posted.")
            return await self._decided(session, actor, question, "Approved")

    async def decline(
        self, actor: Actor, question_id: int, version: int | None = None
    ) -> QuestionView:
        """Don't post what waits, and tell its author. Raises EditedSince."""
        async with self._database.transaction() as session:
            await once(session, actor.request, "moderating.decline", self._clock.now())
            question = await self._waiting(session, actor, question_id, version)
            question.state = QuestionState.DECLINED
            outcome = "The organisers decided not to post it."
            await self._posts.tell_asker(session, question, "declined", outcome, again=True)
            return await self._decided(session, actor, question, "Declined")

    async def merge(
        self, actor: Actor, question_id: int, into_id: int, version: int | None = None
    ) -> QuestionView:
        """Don't post what was asked already, and tell its author where. Raises EditedSince."""
        async with self._database.transaction() as session:
            await once(session, actor.request, "moderating.merge", self._clock.now())
            question = await self._waiting(session, actor, question_id, version)
            into = await own_question(session, actor, into_id)
            if into.ama_id != question.ama_id:
                raise UserError("These two questions weren't asked in the same place.")
            question.state, question.merged_into_id = QuestionState.MERGED, into.id
            known = await view_of(session, self._outbox, into)
            outcome = f"It has been asked already: {question_name(known)}"
            await self._posts.tell_asker(session, question, "merged", outcome, again=True)
            return await self._decided(session, actor, question, f"Merged into {into.number}")

    async def reconsider(self, actor: Actor, question_id: int) -> QuestionView:
        """Undo declining or merging: the question waits again, and its author is told.

        Pressed twice, it waits all the same. Raises UserError where something else became of it.
        """
        actor.require_organiser()
        async with self._database.transaction() as session:
            await once(session, actor.request, "moderating.reconsider", self._clock.now())
            question = await own_question(session, actor, question_id, EVERY_STATE)
            if question.state == QuestionState.WAITING:
                return await view_of(session, self._outbox, question)
            if question.state not in (QuestionState.DECLINED, QuestionState.MERGED):
                raise UserError(f"That can't be undone any more: the question is {question.state}.")
            question.state, question.merged_into_id = QuestionState.WAITING, None
            outcome = "The organisers are looking at it again."
            await self._posts.tell_asker(session, question, "reconsidered", outcome, again=True)
            return await self._decided(session, actor, question, "")

    async def waiting(self, actor: Actor) -> list[QuestionView]:
        """What waits for a decision, the oldest first."""
        actor.require_organiser()
        async with self._database.reading() as session:
            community = await self._communities.require(session, actor)
            found = await session.execute(
                select(Question)
                .where(Question.community_id == community.id)
                .where(Question.state == QuestionState.WAITING)
                .order_by(Question.id)
            )
            return await views_of(session, self._outbox, found.scalars().all())

    async def review(self, actor: Actor, question_id: int) -> Post:
        """The card of a question that waits, with its buttons."""
        async with self._database.reading() as session:
            question = await self._waiting(session, actor, question_id)
            return await self._review_card(session, actor, question)

    async def mergeable(
        self, actor: Actor, question_id: int, version: int | None = None
    ) -> list[QuestionView]:
        """What a waiting question can be merged into: those asked in the same place."""
        async with self._database.reading() as session:
            question = await self._waiting(session, actor, question_id, version)
            found = await session.execute(
                select(Question)
                .where(Question.community_id == question.community_id)
                .where(Question.state.in_(SHOWN))
                .where(Question.ama_id.is_not_distinct_from(question.ama_id))
                .order_by(Question.id.desc())
                .limit(MERGEABLE)
            )
            return await views_of(session, self._outbox, found.scalars().all())

    async def _decided(
        self, session: AsyncSession, actor: Actor, question: Question, outcome: str
    ) -> QuestionView:
        card = await self._review_card(session, actor, question, outcome)
        key = review_key(question.id)
        await self._communities.notices.settle(session, question.community_id, key, card)
        return await view_of(session, self._outbox, question)

    async def _review_card(
        self, session: AsyncSession, actor: Actor, question: Question, outcome: str = ""
    ) -> Post:
        view = await view_of(session, self._outbox, question)
        into = await ama_title(session, question)
        by = actor.member_ref
        return review_card(view, actor.community_ref, into=into, outcome=outcome, by=by)

    async def _waiting(
        self, session: AsyncSession, actor: Actor, question_id: int, version: int | None = None
    ) -> Question:
        """What waits for a decision of this community's organisers, as they have seen it."""
        actor.require_organiser()
        question = await own_question(session, actor, question_id, EVERY_STATE)
        if question.state != QuestionState.WAITING:
            raise UserError(DECIDED)
        if version is not None and version != question.version:
            raise EditedSince(await self._review_card(session, actor, question), question.version)
        return question
