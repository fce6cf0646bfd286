"""AMAs: a guest answers what members ask, by votes, and it becomes a document.

open() ──> questions collect votes in the AMA's thread ── next() ──> the guest answers
                                                          close() ──> summary, export()
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.service import Actor, Communities
from bot.core.database import Database, after_commit
from bot.core.errors import UserError
from bot.core.outbox import Outbox, Queued
from bot.core.post import Action
from bot.core.requests import once
from bot.core.text import has_words, one_line
from bot.core.time.clock import Clock
from bot.core.time.parsing import parse_end
from bot.questions.ama.cards import (
    ama_card,
    ama_invitation,
    ama_summary_topic,
    ama_thread,
    ama_topic,
)
from bot.questions.keys import ama_card_key, ama_thread_key, channel_lane
from bot.questions.model import (
    SHOWN,
    Ama,
    AmaState,
    Answer,
    AnswerState,
    Question,
    QuestionState,
)
from bot.questions.posts.posts import NO_CHANNEL
from bot.questions.queries import open_ama, own_ama, settings_of, view_of, views_of
from bot.questions.rules import LONGEST_TITLE
from bot.questions.search import wanting
from bot.questions.views import AmaView, QuestionView

NONE_OPEN = "No AMA is open. An organiser can open one with `/ama open`."
GUEST_ONLY = "Only the guest can use that button. Everyone can use *Answer* below a question."
SUMMED_UP = 10  # questions that the summary names


class AmaSessions:
    """Open and close AMAs, and pick the guest's next question."""

    def __init__(
        self,
        database: Database,
        communities: Communities,
        outbox: Outbox,
        clock: Clock,
    ) -> None:
        self._database = database
        self._communities = communities
        self._outbox = outbox
        self._clock = clock
        self.on_change: Callable[[], None] = lambda: None  # an AMA may end at another time

    async def open(
        self,
        actor: Actor,
        *,
        guest_ref: str,
        guest_name: str,
        title: str,
        until: str | None = None,
    ) -> AmaView:
        """Open an AMA, until a time as people write it, or until it is closed.

        The guest is pinged, once.
        """
        actor.require_organiser()
        title, now = _title(title), self._clock.now()
        async with self._database.transaction() as session:
            await once(session, actor.request, "interviews.open", now)
            community = await self._communities.require(session, actor)
            ends = _end(until, now, community.zone) if until else None
            settings = await settings_of(session, community.id)
            if settings.channel_ref is None:
                raise UserError(NO_CHANNEL)
            await self._require_none_open(session, community.id)
            ama = Ama(
                community_id=community.id,
                title=title,
                guest_ref=guest_ref,
                guest_name=guest_name,
                channel_ref=settings.channel_ref,
                state=AmaState.OPEN,
                opened_by_ref=actor.member_ref,
                opened_at=now,
                until=ends,
            )
            session.add(ama)
            await session.flush()
            view = await self._view(session, ama)
            await self._outbox.put(session, *_posting(ama, view), now=now)
            after_commit(session, self.on_change)
            return view

    async def close(self, actor: Actor) -> AmaView:
        """Close the AMA that is open, and post a summary."""
        actor.require_organiser()
        async with self._database.transaction() as session:
            await once(session, actor.request, "interviews.close", self._clock.now())
            ama = await self._open_one(session, actor)
            return await self._close(session, ama)

    async def advance_due(self) -> datetime | None:
        """Close what is over; returns when the next AMA ends."""
        over = (Ama.state == AmaState.OPEN, Ama.until <= self._clock.now())
        ends_at = select(func.min(Ama.until)).where(Ama.state == AmaState.OPEN)
        async with self._database.reading() as session:
            next_at = (await session.execute(ends_at)).scalar_one()
        if next_at is None or next_at > self._clock.now():
            return next_at
        async with self._database.transaction() as session:
            for ama in (await session.execute(select(Ama).where(*over))).scalars().all():
                await self._close(session, ama)
            return (await session.execute(ends_at)).scalar_one()

    async def show(self, actor: Actor, ama_id: int) -> AmaView:
        """An AMA. Raises UserError where there is none, or it takes no questions any more."""
        async with self._database.reading() as session:
            ama = await own_ama(session, actor, ama_id)
            if ama.state != AmaState.OPEN:
                raise UserError("This AMA is closed. Ask everyone with `/ask`.")
            return await self._view(session, ama)

    async def next(self, actor: Actor, ama_id: int) -> QuestionView | None:
        """The question most people want answered that the guest has not; None if all are."""
        async with self._database.reading() as session:
            ama = await own_ama(session, actor, ama_id)
            if actor.member_ref != ama.guest_ref:
                raise UserError(GUEST_ONLY)
            answered = select(Answer.question_id).where(
                Answer.member_ref == ama.guest_ref, Answer.state == AnswerState.SHOWN
            )
            found = await session.execute(
                select(Question)
                .where(Question.ama_id == ama.id, Question.state == QuestionState.OPEN)
                .where(Question.id.not_in(answered))
                .where(Question.member_ref.is_distinct_from(ama.guest_ref))
                .order_by(wanting().desc(), Question.id)
                .limit(1)
            )
            question = found.scalar_one_or_none()
            return await view_of(session, self._outbox, question) if question else None

    async def _require_none_open(self, session: AsyncSession, community_id: int) -> None:
        known = await open_ama(session, community_id)
        if known is not None:
            title = (await self._view(session, known)).shown_title
            raise UserError(f"“{title}” is still open. Close it first with `/ama close`.")

    async def _close(self, session: AsyncSession, ama: Ama) -> AmaView:
        ama.state, ama.closed_at = AmaState.CLOSED, self._clock.now()
        await session.flush()
        view = await self._view(session, ama)
        now = self._clock.now()
        await self._outbox.put_edit(session, ama_card_key(ama.id), ama_card(view), now=now)
        answered = await session.execute(
            select(Question)
            .where(Question.ama_id == ama.id, Question.state.in_(SHOWN))
            .where(Question.id.in_(_with_answers()))
            .order_by(wanting().desc(), Question.id)
            .limit(SUMMED_UP)
        )
        best = await views_of(session, self._outbox, answered.scalars().all())
        row = _row(ama, f"ama:{ama.id}:summary", ama_summary_topic(view, best), anchor=None)
        await self._outbox.put(session, row, now=now)
        after_commit(session, self.on_change)
        return view

    async def _view(self, session: AsyncSession, ama: Ama) -> AmaView:
        asked = Question.ama_id == ama.id, Question.state.in_(SHOWN)
        questions = await session.execute(select(func.count(Question.id)).where(*asked))
        answered = await session.execute(
            select(func.count(Question.id)).where(*asked, Question.id.in_(_with_answers()))
        )
        thread = await self._outbox.find(session, ama_thread_key(ama.id))
        return AmaView(
            id=ama.id,
            title=ama.title,
            guest_ref=ama.guest_ref,
            open=ama.state == AmaState.OPEN,
            until=ama.until,
            questions=questions.scalar_one(),
            answered=answered.scalar_one(),
            thread_ref=thread.message_ref if thread else None,
        )

    async def _open_one(self, session: AsyncSession, actor: Actor) -> Ama:
        community = await self._communities.require(session, actor)
        ama = await open_ama(session, community.id)
        if ama is None:
            raise UserError(NONE_OPEN)
        return ama


def _with_answers() -> Select[int]:
    return select(Answer.question_id).where(Answer.state == AnswerState.SHOWN)


def _posting(ama: Ama, view: AmaView) -> Sequence[Queued]:
    card, thread = ama_card_key(ama.id), ama_thread_key(ama.id)
    return (
        _row(ama, card, ama_topic(view), anchor=None),
        _row(ama, thread, ama_thread(view), anchor=card),
        _row(ama, f"ama:{ama.id}:guest", ama_invitation(view), anchor=thread),
    )


def _row(ama: Ama, key: str, action: Action, *, anchor: str | None) -> Queued:
    return Queued(
        key=key,
        action=action,
        community_id=ama.community_id,
        destination=ama.channel_ref,
        lane=channel_lane(ama.channel_ref),
        anchor=anchor,
    )


def _end(typed: str, now: datetime, zone: str) -> datetime:
    ends = parse_end(typed, now, zone)
    if ends <= now:
        raise UserError("That time has passed. Choose a later one.")
    return ends


def _title(text: str) -> str:
    title = one_line(text)
    if not has_words(title):
        raise UserError("The AMA needs a title, such as “Ask Mina about her PhD”.")
    if len(title) > LONGEST_TITLE:
        raise UserError(f"That title is too long; the limit is {LONGEST_TITLE} characters.")
    return title
