"""Questions become posts: a card with a thread, or a card in a thread that is there."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.model import Community
from bot.communities.subjects import Subjects, number_in
from bot.core.database import after_commit
from bot.core.errors import UserError
from bot.core.outbox import Outbox, Queued
from bot.core.post import Rename, pinging
from bot.core.time.clock import Clock
from bot.questions.keys import (
    addressed_key,
    ama_thread_key,
    card_key,
    channel_lane,
    pointed_key,
    thread_key,
)
from bot.questions.model import Ama, Question, QuestionSettingsRecord, QuestionState
from bot.questions.posts.cards import (
    thread_name,
)
from bot.questions.posts.notices import addressed, decided, pointed_to
from bot.questions.posts.rows import in_thread, lines_about, out_of_date, question_rows, to_asker
from bot.questions.queries import view_of
from bot.questions.refresh import index, refresh, schedule_check
from bot.questions.views import QuestionView, question_view

NO_CHANNEL = (
    "There's no channel for questions yet. An organiser can choose one with `/settings questions`."
)

_LAST_NUMBER = select(func.max(Question.number)).where(
    Question.community_id == bindparam("community_id")
)


class QuestionPosts:
    """Puts questions into the outbox, inside the transactions of others."""

    def __init__(self, outbox: Outbox, subjects: Mapping[str, Subjects], clock: Clock) -> None:
        self._outbox = outbox
        self._subjects = subjects
        self._clock = clock
        self.on_change: Callable[[], None] = lambda: None  # something may be due at another time

    async def publish(
        self,
        session: AsyncSession,
        community: Community,
        settings: QuestionSettingsRecord,
        question: Question,
    ) -> QuestionView:
        """Number it and queue it with all that goes with it."""
        now = self._clock.now()
        question.number = await _next_number(session, community.id)
        question.state = QuestionState.OPEN
        question.posted_at = question.moved_at = now
        channel_ref, thread = await self.place(session, settings, question)
        question.channel_ref = channel_ref
        question.place = thread or thread_key(question.id)
        await schedule_check(session, question, answers=0)
        view = question_view(question)
        if thread is not None:  # it is there, and in it perhaps what this follows up
            view = await view_of(session, self._outbox, question)
        rows = question_rows(view, community.id, channel_ref, thread)
        rows += await self._beside(session, question, view, thread)
        await self._outbox.put(session, *rows, now=now)
        await index(session, question, answers=())
        after_commit(session, self.on_change)
        return view

    async def place(
        self, session: AsyncSession, settings: QuestionSettingsRecord, question: Question
    ) -> tuple[str, str | None]:
        """The channel to post in, and the key of the thread in it, where it has none of its own.

        That is the channel for questions. Without one, what is about something is asked where that
        is discussed. Raises UserError where there is neither.
        """
        if question.ama_id is not None:
            ama = await session.get_one(Ama, question.ama_id)
            return ama.channel_ref, ama_thread_key(ama.id)
        if settings.channel_ref is not None:
            return settings.channel_ref, None
        thread = await self._thread_of(session, question, opening=True)
        there = await self._outbox.find(session, thread) if thread else None
        if thread is None or there is None:
            raise UserError(NO_CHANNEL)
        return there.destination, thread

    async def changed(self, session: AsyncSession, question: Question) -> QuestionView:
        """Have its card, searches and the next look at it go by what it is now."""
        now = self._clock.now()
        await schedule_check(session, question, moved_at=now)
        await index(session, question)
        view = await refresh(session, self._outbox, question, now)
        if keys := out_of_date(question, view):
            await self._outbox.cancel(session, keys, now=now)
        return view

    async def retitled(self, session: AsyncSession, question: Question) -> QuestionView:
        """The same where its title has changed, or isn't to be seen: all that shows it follows."""
        view, now = await self.changed(session, question), self._clock.now()
        if view.own_thread:
            name = Rename(thread_name(view))
            await self._outbox.put_change(session, thread_key(question.id), name, now=now)
        lines = lines_about(question, view)
        if question.state == QuestionState.DELETED:  # nobody is to be pinged about it any more
            await self._outbox.cancel(session, [key for key, _ in lines], now=now)
        for key, post in lines:
            await self._outbox.put_edit(session, key, post, still_pings=True, now=now)
        return view

    def unaccept(self, question: Question, answer_id: int) -> None:
        """Take back that an answer is accepted, as it is hidden or deleted."""
        if question.accepted_id == answer_id:
            question.accepted_id, question.accepted_by_asker = None, False
            if question.state == QuestionState.ANSWERED:
                question.state = QuestionState.OPEN

    async def tell_asker(
        self,
        session: AsyncSession,
        question: Question,
        what: str,
        outcome: str,
        *,
        again: bool = False,
    ) -> None:
        """Tell the asker: in the thread, or in a direct message where they are anonymous."""
        view = await view_of(session, self._outbox, question)
        post = decided(view, outcome)
        key = f"question:{question.id}:{what}"
        if again:  # what was decided, undone and decided once more is told once more
            key = await self._outbox.unused(session, key)
        if question.member_ref is None:
            row = to_asker(question, key, post)
        else:
            row = in_thread(question, key, pinging(post, [question.member_ref]))
        await self._outbox.put(session, row, now=self._clock.now())

    async def _thread_of(
        self, session: AsyncSession, question: Question, *, opening: bool
    ) -> str | None:
        """The thread of what it is about."""
        if question.subject_kind is None or question.subject_id is None:
            return None
        kind = self._subjects[question.subject_kind]
        return await kind.thread_of(
            session, question.community_id, question.subject_id, opening=opening
        )

    async def _beside(
        self, session: AsyncSession, question: Question, view: QuestionView, thread: str | None
    ) -> list[Queued]:
        """What goes with the question: a ping for its addressee, a line where its subject is."""
        rows = []
        if question.addressee_ref is not None:
            rows.append(in_thread(question, addressed_key(question.id), addressed(view)))
        elsewhere = None
        if thread is None:
            elsewhere = await self._thread_of(session, question, opening=False)
        there = await self._outbox.find(session, elsewhere) if elsewhere else None
        if there is not None:
            assert question.channel_ref is not None
            post = pointed_to(view, question.channel_ref)
            line = in_thread(question, pointed_key(question.id), post)
            rows.append(replace(line, destination=there.destination, anchor=elsewhere))
        return rows


async def _next_number(session: AsyncSession, community_id: int) -> int:
    last = await session.execute(_LAST_NUMBER, {"community_id": community_id})
    return (last.scalar_one() or 0) + 1


async def move_to(
    session: AsyncSession, outbox: Outbox, community_id: int, channel_ref: str, now: datetime
) -> None:
    """What has not been posted in the old channel is to be posted in this one."""
    for key in await outbox.waiting(session, community_id, card_key("%")):
        question = await session.get_one(Question, number_in(key, "question"))
        if question.place != thread_key(question.id):
            continue  # it stands where its subject or its AMA is
        keys = (key, thread_key(question.id))
        lane = channel_lane(channel_ref)
        await outbox.move(session, keys, destination=channel_ref, lane=lane, now=now)
        card = await outbox.find(session, key)
        if card is not None:
            question.channel_ref = card.destination  # the old one, if it may have arrived there
