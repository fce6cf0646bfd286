"""What organisers decide: what is posted, hidden, and which anonymous authors are blocked.

They see what was asked and never who did: a block is made by something that was written, and holds
for its author's pseudonym.
"""

from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.blocks import block, unblock
from bot.communities.model import Block, Community
from bot.communities.service import Actor, Communities
from bot.core.database import Database
from bot.core.edited import EditedSince
from bot.core.errors import UserError
from bot.core.outbox import Outbox
from bot.core.post import Lock, Post
from bot.core.requests import once
from bot.core.time.clock import Clock
from bot.questions.cards import hidden_answer, question_name
from bot.questions.keys import answer_key, review_key, thread_key
from bot.questions.model import (
    SHOWN,
    Answer,
    AnswerState,
    Question,
    QuestionState,
)
from bot.questions.notices import review_card
from bot.questions.posts import QuestionPosts
from bot.questions.queries import ama_title, own_question, settings_of, view_of, views_of
from bot.questions.refresh import refresh_answer
from bot.questions.views import QuestionView

DECIDED = "That question has already been decided."
MERGEABLE = 25  # what a menu can hold
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
        """Don't post what waits; whoever asked is told. Raises EditedSince."""
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
        """What waits is asked already: whoever asked is told where. Raises EditedSince."""
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
        """Undo declining or merging: the question waits again, and whoever asked is told.

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

    async def hide(self, actor: Actor, question_id: int) -> QuestionView:
        """Nobody sees the question any more; its thread stays."""
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
        """Nobody sees the answer any more; if it was accepted, the question is open again."""
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


def _answered_or_open(question: Question) -> QuestionState:
    answered = question.accepted_id is not None
    return QuestionState.ANSWERED if answered else QuestionState.OPEN


def _cause(question_id: int, answer_id: int) -> dict[str, int]:
    return {"question_id": question_id} if question_id else {"answer_id": answer_id}
