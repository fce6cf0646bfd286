"""Accept an answer: one of ours, or what somebody has written in the thread."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.authors import Author
from bot.communities.calls import Message
from bot.communities.pseudonyms import Pseudonyms
from bot.communities.service import Actor, Communities
from bot.communities.subjects import number_in
from bot.core.database import Database
from bot.core.errors import UserError
from bot.core.outbox import Outbox
from bot.core.requests import once
from bot.core.text import cut, plain
from bot.core.time.clock import Clock
from bot.questions.model import (
    Answer,
    AnswerState,
    Question,
    QuestionState,
)
from bot.questions.posts.posts import QuestionPosts
from bot.questions.queries import (
    CLOSED,
    add_answer,
    answer_with,
    is_author,
    own_answer,
    own_question,
    view_of,
)
from bot.questions.refresh import refresh_answer
from bot.questions.rules import LONGEST_TEXT
from bot.questions.views import QuestionView

ONLY_ASKER = "Only the person who asked or an organiser can accept an answer."
THE_ASKERS_CHOICE = "The person who asked has accepted another answer, so I left it at that."


@dataclass(frozen=True)
class Accepted:
    """An answer is accepted. `before` is the one that was, or 0."""

    question: QuestionView
    answer_id: int
    before: int


class Acceptance:
    """Accept answers, and undo that."""

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

    async def accept(self, actor: Actor, answer_id: int) -> Accepted:
        """Accept an answer: the asker, or an organiser where the asker has not."""
        async with self._database.transaction() as session:
            await once(session, actor.request, "answering.accept", self._clock.now())
            answer, question = await own_answer(session, actor, answer_id)
            return await self._accept(session, actor, question, answer)

    async def undo_accept(self, actor: Actor, answer_id: int, before: int) -> QuestionView:
        """The answer is accepted no more; `before` is again, if it still can be.

        Pressed twice, it is so all the same. Raises UserError where another one is accepted.
        """
        async with self._database.transaction() as session:
            await once(session, actor.request, "answering.undo_accept", self._clock.now())
            answer, question = await own_answer(session, actor, answer_id)
            self._require_may_accept(actor, question)
            by_asker = is_author(self._pseudonyms, question, actor)
            if question.accepted_by_asker and not by_asker:
                raise UserError(THE_ASKERS_CHOICE)
            if question.accepted_id not in (answer.id, before or None):
                raise UserError("That can't be undone any more: another answer has been accepted.")
            if question.accepted_id == answer.id:
                earlier = await session.get(Answer, before) if before else None
                if earlier is not None and (
                    earlier.question_id != question.id or earlier.state != AnswerState.SHOWN
                ):
                    earlier = None
                question.accepted_id = earlier.id if earlier else None
                question.accepted_by_asker = by_asker and earlier is not None
                question.state = QuestionState.ANSWERED if earlier else QuestionState.OPEN
                await self._show_acceptance(session, question, answer.id, question.accepted_id)
            return await view_of(session, self._outbox, question)

    async def accept_message(self, actor: Actor, message: Message) -> Accepted:
        """Accept what somebody has written in the question's thread."""
        async with self._database.transaction() as session:
            await once(session, actor.request, "answering.accept_message", self._clock.now())
            question = await self._discussed_in(session, actor, message.place_ref)
            self._require_may_accept(actor, question)
            key = f"message:{message.ref}"
            answer = await answer_with(session, question.community_id, key)
            if answer is None:
                author = Author(message.author_ref, message.author_name, None)
                text = cut(plain(message.text).strip(), LONGEST_TEXT)
                if not text and not message.attached:
                    raise UserError("There's nothing in that message to accept.")
                answer = await add_answer(session, question, author, text, key, self._clock.now())
                answer.message_ref, answer.message_url = message.ref, message.url
                answer.attached = message.attached
            return await self._accept(session, actor, question, answer)

    async def _accept(
        self, session: AsyncSession, actor: Actor, question: Question, answer: Answer
    ) -> Accepted:
        self._require_may_accept(actor, question)
        by_asker = is_author(self._pseudonyms, question, actor)
        before = question.accepted_id
        if before == answer.id and question.accepted_by_asker >= by_asker:
            return Accepted(await view_of(session, self._outbox, question), answer.id, 0)
        if question.accepted_by_asker and not by_asker:
            raise UserError(THE_ASKERS_CHOICE)
        question.accepted_id, question.accepted_by_asker = answer.id, by_asker
        question.accepted_at = self._clock.now()
        question.state, question.state_reason = QuestionState.ANSWERED, None
        view = await self._show_acceptance(session, question, before, answer.id)
        return Accepted(view, answer.id, 0 if before == answer.id else before or 0)

    async def _show_acceptance(
        self, session: AsyncSession, question: Question, *answers: int | None
    ) -> QuestionView:
        """The cards of the question and of these answers say which one is accepted."""
        view = await self._posts.changed(session, question)
        for number in set(answers) - {None}:
            changed = await session.get_one(Answer, number)
            await refresh_answer(session, self._outbox, changed, view, self._clock.now())
        return view

    def _require_may_accept(self, actor: Actor, question: Question) -> None:
        if question.state == QuestionState.CLOSED:
            raise UserError(CLOSED)
        if not (actor.organiser or is_author(self._pseudonyms, question, actor)):
            raise UserError(ONLY_ASKER)

    async def _discussed_in(self, session: AsyncSession, actor: Actor, thread_ref: str) -> Question:
        """The question whose own thread this is."""
        community = await self._communities.require(session, actor)
        key = await self._outbox.key_of(session, community.id, thread_ref)
        number = number_in(key or "", "question")
        if not number:
            raise UserError(
                "That message isn't in a question's thread. You can accept messages there."
            )
        return await own_question(session, actor, number)
