"""What organisers decide: what is posted, hidden, and which anonymous authors are blocked.

They see what was asked and never who did: a block is made by something that was written, and holds
for its author's pseudonym.
"""

from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.blocks import block, unblock
from bot.communities.model import Block
from bot.communities.service import Actor, Communities
from bot.core.database import Database
from bot.core.errors import UserError
from bot.core.outbox import Outbox
from bot.core.post import Lock
from bot.core.requests import once
from bot.core.time.clock import Clock
from bot.questions.keys import answer_key, thread_key
from bot.questions.model import (
    SHOWN,
    Answer,
    AnswerState,
    Question,
    QuestionState,
)
from bot.questions.posts.cards import hidden_answer
from bot.questions.posts.posts import QuestionPosts
from bot.questions.queries import own_question, view_of
from bot.questions.refresh import refresh_answer
from bot.questions.views import QuestionView

EVERY_STATE = tuple(QuestionState)
MOST_LISTED = 100


@dataclass(frozen=True)
class Moderated:
    """A question or an answer, `question.<id>` or `answer.<id>`, and how people know it again."""

    target: str
    number: int  # of the question; 0 while it is not posted
    text: str

    @property
    def is_answer(self) -> bool:
        return self.target.startswith("answer")


class Moderation:
    """What organisers decide about questions and answers."""

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

    async def hide(self, actor: Actor, question_id: int) -> QuestionView:
        """Hide the question; its thread stays."""
        actor.require_organiser()
        async with self._database.transaction() as session:
            await once(session, actor.request, "moderating.hide", self._clock.now())
            states = (*SHOWN, QuestionState.HIDDEN)
            question = await own_question(session, actor, question_id, states)
            if question.state != QuestionState.HIDDEN:
                question.state_before = question.state
            question.state = QuestionState.HIDDEN
            return await self._posts.retitled(session, question)

    async def show_again(self, actor: Actor, question_id: int) -> QuestionView:
        """A hidden question is shown again, as it was; its thread takes messages again."""
        actor.require_organiser()
        async with self._database.transaction() as session:
            await once(session, actor.request, "moderating.show_again", self._clock.now())
            states = (*SHOWN, QuestionState.HIDDEN)
            question = await own_question(session, actor, question_id, states)
            if question.state != QuestionState.HIDDEN:
                return await view_of(session, self._outbox, question)
            open_again = question.state_before != QuestionState.CLOSED
            question.state = _answered_or_open(question) if open_again else QuestionState.CLOSED
            question.state_before = None
            await self._unlock(session, question)
            return await self._posts.retitled(session, question)

    async def lock(self, actor: Actor, question_id: int) -> QuestionView:
        """A hidden question's own thread takes no more messages from members."""
        actor.require_organiser()
        async with self._database.transaction() as session:
            await once(session, actor.request, "moderating.lock", self._clock.now())
            question = await own_question(session, actor, question_id, (QuestionState.HIDDEN,))
            view = await view_of(session, self._outbox, question)
            if not view.own_thread:
                raise UserError("It shares its thread with other questions, so I won't lock it.")
            key, now = thread_key(question.id), self._clock.now()
            await self._outbox.put_change(session, key, Lock(locked=True), now=now)
            return view

    async def _unlock(self, session: AsyncSession, question: Question) -> None:
        """Only what was locked by us."""
        key = thread_key(question.id)
        if await self._outbox.find(session, f"{key}:lock") is not None:
            now = self._clock.now()
            await self._outbox.put_change(session, key, Lock(locked=False), now=now)

    async def hide_answer(self, actor: Actor, answer_id: int) -> None:
        """Hide the answer; if it was accepted, the question is open again."""
        actor.require_organiser()
        async with self._database.transaction() as session:
            await once(session, actor.request, "moderating.hide_answer", self._clock.now())
            states = (AnswerState.SHOWN, AnswerState.HIDDEN)
            answer, question = await self._answer(session, actor, answer_id, *states)
            answer.state = AnswerState.HIDDEN
            self._posts.unaccept(question, answer.id)
            card = hidden_answer(question.number or 0)
            await self._outbox.put_edit(session, answer_key(answer.id), card, now=self._clock.now())
            await self._posts.changed(session, question)

    async def show_answer_again(self, actor: Actor, answer_id: int) -> None:
        actor.require_organiser()
        async with self._database.transaction() as session:
            await once(session, actor.request, "moderating.show_answer_again", self._clock.now())
            states = (AnswerState.SHOWN, AnswerState.HIDDEN)
            answer, question = await self._answer(session, actor, answer_id, *states)
            answer.state = AnswerState.SHOWN
            view = await self._posts.changed(session, question)
            await refresh_answer(session, self._outbox, answer, view, self._clock.now())

    async def block(self, actor: Actor, *, question_id: int = 0, answer_id: int = 0) -> None:
        """Block the anonymous author of this: nobody sees what they write anonymously from now on.

        They are not told. Raises UserError where it was written by name.
        """
        actor.require_organiser()
        async with self._database.transaction() as session:
            now = self._clock.now()
            await once(session, actor.request, "moderating.block", now)
            written = await self._written(session, actor, question_id, answer_id)
            cause = _cause(question_id, answer_id)
            await block(session, written.community_id, written, actor, now, **cause)

    async def unblock(self, actor: Actor, *, question_id: int = 0, answer_id: int = 0) -> None:
        """Take the block back that was made by this. What was withheld meanwhile stays so."""
        actor.require_organiser()
        async with self._database.transaction() as session:
            await once(session, actor.request, "moderating.unblock", self._clock.now())
            await self._written(session, actor, question_id, answer_id)
            await unblock(session, **_cause(question_id, answer_id))

    async def hidden(self, actor: Actor) -> list[Moderated]:
        """What is hidden, the latest first: questions, then answers."""
        return await self._moderated(
            actor,
            select(Question).where(Question.state == QuestionState.HIDDEN),
            select(Answer, Question.number).where(Answer.state == AnswerState.HIDDEN),
        )

    async def blocking(self, actor: Actor) -> list[Moderated]:
        """That by which somebody is blocked, the latest first: questions, then answers."""
        return await self._moderated(
            actor,
            select(Question).join(Block, Block.question_id == Question.id),
            select(Answer, Question.number).join(Block, Block.answer_id == Answer.id),
        )

    async def _moderated(
        self, actor: Actor, questions: Select[Question], answers: Select[Answer, int | None]
    ) -> list[Moderated]:
        actor.require_organiser()
        async with self._database.reading() as session:
            community = await self._communities.require(session, actor)
            asked = await session.execute(
                questions.where(Question.community_id == community.id)
                .order_by(Question.id.desc())
                .limit(MOST_LISTED)
            )
            given = await session.execute(
                answers.join(Question, Question.id == Answer.question_id)
                .where(Answer.community_id == community.id)
                .order_by(Answer.id.desc())
                .limit(MOST_LISTED)
            )
            return [
                *(
                    Moderated(f"question.{one.id}", one.number or 0, one.title)
                    for one in asked.scalars()
                ),
                *(Moderated(f"answer.{one.id}", number or 0, one.text) for one, number in given),
            ]

    async def _written(
        self, session: AsyncSession, actor: Actor, question_id: int, answer_id: int
    ) -> Question | Answer:
        if question_id:
            return await own_question(session, actor, question_id, EVERY_STATE)
        answer = await session.get(Answer, answer_id)
        if answer is None:
            raise UserError("I don't know that answer.")
        await own_question(session, actor, answer.question_id, EVERY_STATE)
        return answer

    async def _answer(
        self, session: AsyncSession, actor: Actor, answer_id: int, *states: AnswerState
    ) -> tuple[Answer, Question]:
        answer = await session.get(Answer, answer_id)
        if answer is None or answer.state not in states:
            raise UserError("I don't know that answer any more.")
        return answer, await own_question(session, actor, answer.question_id)


def _answered_or_open(question: Question) -> QuestionState:
    answered = question.accepted_id is not None
    return QuestionState.ANSWERED if answered else QuestionState.OPEN


def _cause(question_id: int, answer_id: int) -> dict[str, int]:
    return {"question_id": question_id} if question_id else {"answer_id": answer_id}
