"""Answers: written in the form, posted in the thread, upvoted."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.authors import Author
from bot.communities.blocks import is_blocked
from bot.communities.model import Community
from bot.communities.pseudonyms import Pseudonyms
from bot.communities.service import Actor, Communities
from bot.core.database import Database
from bot.core.errors import UserError
from bot.core.outbox import Outbox
from bot.core.requests import is_new, once
from bot.core.time.clock import Clock
from bot.questions.keys import answer_key
from bot.questions.model import (
    Answer,
    AnswerVote,
    Question,
    QuestionInterest,
    QuestionState,
)
from bot.questions.posts.cards import MOST_PINGED, answer_card
from bot.questions.posts.notices import also_pinged, answered_for_you
from bot.questions.posts.posts import QuestionPosts
from bot.questions.posts.rows import in_thread, to_asker
from bot.questions.queries import (
    CLOSED,
    add_answer,
    answer_with,
    own_answer,
    own_question,
    settings_of,
    view_of,
    view_of_answer,
)
from bot.questions.refresh import refresh_answer
from bot.questions.rules import answer_of
from bot.questions.views import AnswerView, QuestionView

NOT_ANONYMOUS = "This group takes no anonymous answers. Send it again without *Anonymous*."


@dataclass(frozen=True)
class Answered:
    """The answer is posted; or it is anonymous, and nothing more is told of it."""

    question: QuestionView
    answer: AnswerView | None


class Answers:
    """Take answers and upvotes."""

    def __init__(
        self,
        database: Database,
        communities: Communities,
        outbox: Outbox,
        posts: QuestionPosts,
        pseudonyms: Pseudonyms,
        clock: Clock,
    ) -> None:
        self._database = database
        self._communities = communities
        self._outbox = outbox
        self._posts = posts
        self._pseudonyms = pseudonyms
        self._clock = clock

    async def show(self, actor: Actor, question_id: int) -> QuestionView:
        """The question that is to be answered. Raises UserError where it takes no answers."""
        async with self._database.reading() as session:
            question = await self._answerable(session, actor, question_id)
            return await view_of(session, self._outbox, question)

    async def anonymous_allowed(self, actor: Actor) -> bool:
        """Whether this group takes anonymous answers."""
        async with self._database.reading() as session:
            community = await self._communities.require(session, actor)
            return (await settings_of(session, community.id)).anonymous_answers

    async def answer(
        self, actor: Actor, question_id: int, text: str, *, anonymous: bool = False, key: str
    ) -> Answered:
        """Answer a question; who asked it and who follows it are told.

        `key` is an idempotency key, kept for ever.
        """
        text = answer_of(text)
        async with self._database.transaction() as session:
            await is_new(session, actor.request, "answering.answer", self._clock.now())
            question = await self._answerable(session, actor, question_id)
            settings = await settings_of(session, question.community_id)
            if anonymous and not settings.anonymous_answers:
                raise UserError(NOT_ANONYMOUS)
            author = Author.of(actor, question.community_id, self._pseudonyms, anonymous=anonymous)
            answer = await answer_with(session, question.community_id, key)
            if answer is None:
                blocked = await is_blocked(session, question.community_id, author.pseudonym)
                answer = await add_answer(
                    session, question, author, text, key, self._clock.now(), withheld=blocked
                )
                if not blocked:
                    await self._post(session, question, answer)
            view = await view_of(session, self._outbox, question)
            given = None if anonymous else await view_of_answer(session, answer, question)
            return Answered(view, given)

    async def upvote(self, actor: Actor, answer_id: int, *, wanted: bool = True) -> AnswerView:
        """Count the member's upvote, or take it back; it counts once, however often."""
        async with self._database.transaction() as session:
            await once(session, actor.request, "answering.upvote", self._clock.now())
            answer, question = await own_answer(session, actor, answer_id)
            key = (answer.id, actor.member_ref)
            vote = await session.get(AnswerVote, key)
            if vote is not None and not wanted:
                await session.delete(vote)
            elif vote is None and wanted:
                session.add(
                    AnswerVote(
                        answer_id=answer.id,
                        member_ref=actor.member_ref,
                        created_at=self._clock.now(),
                    )
                )
            await session.flush()
            view = await view_of(session, self._outbox, question)
            return await refresh_answer(session, self._outbox, answer, view, self._clock.now())

    async def _post(self, session: AsyncSession, question: Question, answer: Answer) -> None:
        """The answer in the thread, with a ping for those who wait for it."""
        view = await self._posts.changed(session, question)
        given = await view_of_answer(session, answer, question)
        waiting = await self._waiting_for(session, question, answer)
        first, others = waiting[:MOST_PINGED], waiting[MOST_PINGED:]
        rows = [in_thread(question, answer_key(answer.id), answer_card(given, view, first))]
        for start in range(0, len(others), MOST_PINGED):
            post = also_pinged(given, others[start : start + MOST_PINGED])
            rows.append(in_thread(question, f"answer:{answer.id}:ping:{start}", post))
        if question.pseudonym is not None:
            # Also if the answer is the asker's own: nothing is to tell that it is.
            community = await session.get_one(Community, question.community_id)
            post = answered_for_you(given, view, community.external_id)
            rows.append(to_asker(question, f"answer:{answer.id}:asker", post))
        await self._outbox.put(session, *rows, now=self._clock.now())

    async def _waiting_for(
        self, session: AsyncSession, question: Question, answer: Answer
    ) -> list[str]:
        """Who is pinged: followers and a named asker, but not a named author of the answer."""
        followers = await session.execute(
            select(QuestionInterest.member_ref).where(
                QuestionInterest.question_id == question.id, QuestionInterest.follows
            )
        )
        refs = {*followers.scalars(), *([question.member_ref] if question.member_ref else [])}
        return sorted(refs - {answer.member_ref or ""})

    async def _answerable(self, session: AsyncSession, actor: Actor, question_id: int) -> Question:
        question = await own_question(session, actor, question_id)
        if question.state == QuestionState.CLOSED:
            raise UserError(CLOSED)
        return question
