"""The weekly digest: what is open, and what was answered best."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.model import Community
from bot.core.database import Database, has_come_by
from bot.core.outbox import Outbox, Queued
from bot.core.time.clock import Clock
from bot.core.time.weekly import FURTHEST, next_digest, week_before
from bot.questions.keys import channel_lane, digest_key
from bot.questions.model import (
    Answer,
    AnswerVote,
    Question,
    QuestionKind,
    QuestionSettingsRecord,
    QuestionState,
)
from bot.questions.posts.notices import BEST_IN_A_DIGEST, ROWS_IN_A_DIGEST, digest, digest_topic
from bot.questions.queries import views_of
from bot.questions.search import unanswered

DIGEST_LASTS = timedelta(days=2)  # after that the week is old news


class Digest:
    """Post each community's digest when it is due."""

    def __init__(self, database: Database, outbox: Outbox, clock: Clock) -> None:
        self._database = database
        self._outbox = outbox
        self._clock = clock

    async def post_due(self) -> None:
        """Post all that are due now."""
        for community_id in await self._due():
            await self._post(community_id)

    async def next_due(self, session: AsyncSession) -> datetime | None:
        """When the next one is due."""
        found = await session.execute(
            select(func.min(QuestionSettingsRecord.digest_at)).where(QuestionSettingsRecord.digest)
        )
        return found.scalar_one()

    async def _due(self) -> Sequence[int]:
        async with self._database.reading() as session:
            found = await session.execute(
                select(QuestionSettingsRecord.community_id).where(
                    QuestionSettingsRecord.digest,
                    has_come_by(QuestionSettingsRecord.digest_at, self._clock.now(), FURTHEST),
                )
            )
            return found.scalars().all()

    async def _post(self, community_id: int) -> None:
        """The week's digest, if there is anything to say and the week is not long over."""
        now = self._clock.now()
        async with self._database.transaction() as session:
            settings = await session.get_one(QuestionSettingsRecord, community_id)
            community = await session.get_one(Community, community_id)
            due_at = settings.digest_at
            zone = ZoneInfo(community.zone)
            settings.digest_at = next_digest(now, zone)
            if due_at is None or not timedelta(0) <= now - due_at <= DIGEST_LASTS:
                return
            if settings.channel_ref is None:
                return
            waiting = await unanswered(session, community_id, ROWS_IN_A_DIGEST)
            last_at = week_before(due_at, zone).astimezone(due_at.tzinfo)
            best = await _best(session, community_id, last_at, due_at)
            if not waiting and not best:
                return
            post = digest(
                await views_of(session, self._outbox, waiting),
                await views_of(session, self._outbox, best),
                await _open(session, community_id),
            )
            day = due_at.astimezone(zone).date()
            row = Queued(
                key=digest_key(community_id, day),
                action=digest_topic(post, day.isoformat()),
                community_id=community_id,
                destination=settings.channel_ref,
                lane=channel_lane(settings.channel_ref),
                due_at=due_at,
                expires_at=due_at + DIGEST_LASTS,
            )
            await self._outbox.put(session, row, now=now)


async def _best(
    session: AsyncSession, community_id: int, since: datetime, until: datetime
) -> list[Question]:
    """What was answered within this time, those first whose answers have the most upvotes."""
    votes = (
        select(func.count())
        .where(AnswerVote.answer_id == Question.accepted_id)
        .correlate(Question)
        .scalar_subquery()
    )
    found = await session.execute(
        select(Question)
        .join(Answer, Answer.id == Question.accepted_id)
        .where(Question.community_id == community_id, Question.state == QuestionState.ANSWERED)
        .where(Question.accepted_at > since, Question.accepted_at <= until)
        .order_by(votes.desc(), Question.id)
        .limit(BEST_IN_A_DIGEST)
    )
    return list(found.scalars())


async def _open(session: AsyncSession, community_id: int) -> int:
    found = await session.execute(
        select(func.count()).where(
            Question.community_id == community_id,
            Question.state == QuestionState.OPEN,
            Question.kind == QuestionKind.QUESTION,
            Question.ama_id.is_(None),
        )
    )
    return found.scalar_one()
