"""Close a question, open it again, keep it open."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.pseudonyms import Pseudonyms
from bot.communities.service import Actor
from bot.core.database import Database
from bot.core.errors import UserError
from bot.core.outbox import Outbox
from bot.core.requests import once
from bot.core.text import shown
from bot.core.time.clock import Clock
from bot.questions.model import (
    SHOWN,
    Answer,
    Question,
    QuestionState,
)
from bot.questions.posts.posts import QuestionPosts
from bot.questions.queries import is_author, own_question, view_of
from bot.questions.refresh import refresh_answer, schedule_check
from bot.questions.rules import (
    LONGEST_REASON,
    reason_of,
)
from bot.questions.views import QuestionView

NOT_YOURS = "Only the person who asked or an organiser can do that."


class QuestionLifecycle:
    """Change what has become of a question, for its author and organisers."""

    def __init__(
        self,
        database: Database,
        outbox: Outbox,
        posts: QuestionPosts,
        pseudonyms: Pseudonyms,
        clock: Clock,
    ) -> None:
        self._database = database
        self._outbox = outbox
        self._posts = posts
        self._pseudonyms = pseudonyms
        self._clock = clock

    async def close(
        self, actor: Actor, question_id: int, reason: str | None = None, *, key: str
    ) -> QuestionView:
        """Close a question: one's own, or any as an organiser. `key` is an idempotency key."""
        reason = reason_of(reason)
        async with self._database.transaction() as session:
            await once(session, actor.request, "asking.close", self._clock.now())
            states = (QuestionState.OPEN, QuestionState.ANSWERED)
            question = await self._own(session, actor, question_id, states)
            question.state, question.state_reason = QuestionState.CLOSED, reason
            said = f": {shown(reason, LONGEST_REASON)}" if reason else "."
            if question.member_ref != actor.member_ref:
                # Anonymous askers hear of it in any case: nothing is to tell that it was theirs.
                await self._posts.tell_asker(session, question, key, f"It's closed{said}")
            return await self._posts.changed(session, question)

    async def reopen(
        self, actor: Actor, question_id: int, reason: str | None = None
    ) -> QuestionView:
        """Open a closed question again, or one whose accepted answer does not help after all."""
        reason = reason_of(reason)
        async with self._database.transaction() as session:
            await once(session, actor.request, "asking.reopen", self._clock.now())
            states = (QuestionState.CLOSED, QuestionState.ANSWERED)
            question = await self._own(session, actor, question_id, states)
            question.state, question.state_reason = QuestionState.OPEN, reason
            before = question.accepted_id
            question.accepted_id, question.accepted_by_asker = None, False
            view = await self._posts.changed(session, question)
            if before is not None:  # its card says no more that it is accepted
                answer = await session.get_one(Answer, before)
                await refresh_answer(session, self._outbox, answer, view, self._clock.now())
            return view

    async def undo_close(self, actor: Actor, question_id: int, *, key: str) -> QuestionView:
        """A closed question is what it was before; pressed twice, it is so all the same."""
        async with self._database.transaction() as session:
            await once(session, actor.request, "asking.undo_close", self._clock.now())
            question = await self._own(session, actor, question_id, SHOWN)
            if question.state != QuestionState.CLOSED:
                return await view_of(session, self._outbox, question)
            answered = question.accepted_id is not None
            question.state = QuestionState.ANSWERED if answered else QuestionState.OPEN
            question.state_reason = None
            if question.member_ref != actor.member_ref:
                outcome = "It's no longer closed."
                await self._posts.tell_asker(session, question, key, outcome)
            return await self._posts.changed(session, question)

    async def still_open(self, actor: Actor, question_id: int) -> QuestionView:
        """The author says that the question is still open: it is asked about again later."""
        async with self._database.transaction() as session:
            await once(session, actor.request, "asking.still_open", self._clock.now())
            question = await self._own(session, actor, question_id, (QuestionState.OPEN,))
            await schedule_check(session, question, moved_at=self._clock.now())
            return await view_of(session, self._outbox, question)

    async def _own(
        self,
        session: AsyncSession,
        actor: Actor,
        question_id: int,
        states: Sequence[QuestionState],
    ) -> Question:
        """One's own question, or any as an organiser."""
        question = await own_question(session, actor, question_id)
        if not (actor.organiser or is_author(self._pseudonyms, question, actor)):
            raise UserError(NOT_YOURS)
        if question.state not in states:
            raise UserError(f"That question is {question.state}.")
        return question
