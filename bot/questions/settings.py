"""How a community wants its questions, and who wants to hear of which."""

from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.model import Community
from bot.communities.service import Actor, Communities
from bot.core.database import Database, after_commit
from bot.core.errors import UserError
from bot.core.outbox import Outbox
from bot.core.requests import is_new
from bot.core.time.clock import Clock
from bot.core.time.weekly import next_digest, week_before
from bot.questions.keys import channel_lane, digest_key
from bot.questions.model import DEFAULTS, QuestionSettingsRecord
from bot.questions.posts.posts import move_to
from bot.questions.queries import settings_of
from bot.questions.rules import LONGEST_COOLDOWN, topics_of


@dataclass(frozen=True)
class QuestionSettingsView:
    """What is set."""

    channel_ref: str | None
    topics: tuple[str, ...]
    anonymous_questions: bool
    anonymous_answers: bool
    approval: bool
    cooldown_minutes: int
    digest: bool

    @classmethod
    def of(cls, settings: QuestionSettingsRecord) -> "QuestionSettingsView":
        return cls(
            settings.channel_ref,
            tuple(settings.topics),
            settings.anonymous_questions,
            settings.anonymous_answers,
            settings.approval,
            settings.cooldown_minutes,
            settings.digest,
        )


class QuestionSettings:
    """Read and change how a community wants its questions."""

    def __init__(
        self, database: Database, communities: Communities, outbox: Outbox, clock: Clock
    ) -> None:
        self._database = database
        self._communities = communities
        self._outbox = outbox
        self._clock = clock
        self.on_change: Callable[[], None] = lambda: None  # a digest may be due at another time

    async def show(self, actor: Actor) -> QuestionSettingsView:
        async with self._database.reading() as session:
            community = await self._communities.require(session, actor)
            return QuestionSettingsView.of(await settings_of(session, community.id))

    async def set(
        self,
        actor: Actor,
        *,
        channel_ref: str | None = None,
        topics: str | None = None,
        anonymous_questions: bool | None = None,
        anonymous_answers: bool | None = None,
        approval: bool | None = None,
        cooldown_minutes: int | None = None,
        digest: bool | None = None,
    ) -> QuestionSettingsView:
        """Change what is not None. Raises UserError where it can't be so.

        What has not been posted yet in the old channel goes to the new one.
        """
        actor.require_organiser()
        if cooldown_minutes is not None and not 0 <= cooldown_minutes <= LONGEST_COOLDOWN:
            raise UserError("The pause between questions can be up to a day.")
        given = {
            "topics": topics_of(topics) if topics is not None else None,
            "anonymous_questions": anonymous_questions,
            "anonymous_answers": anonymous_answers,
            "approval": approval,
            "cooldown_minutes": cooldown_minutes,
            "digest": digest,
        }
        async with self._database.transaction() as session:
            community = await self._communities.require(session, actor)
            settings = await self._settings(session, community.id)
            if not await is_new(session, actor.request, "preferences.set", self._clock.now()):
                return QuestionSettingsView.of(settings)
            for name, value in given.items():
                if value is not None:
                    setattr(settings, name, value)
            if channel_ref is not None:
                await self._move(session, community, settings, channel_ref)
            self._plan_digest(session, community, settings)
            return QuestionSettingsView.of(settings)

    async def set_channel(
        self, session: AsyncSession, community: Community, channel_ref: str
    ) -> None:
        """Post questions there from now on. Part of the caller's transaction."""
        settings = await self._settings(session, community.id)
        await self._move(session, community, settings, channel_ref)
        self._plan_digest(session, community, settings)

    async def follow_zone(self, session: AsyncSession, community: Community) -> None:
        """The digest comes at its time in the community's new zone. Part of the caller's
        transaction."""
        settings = await session.get(QuestionSettingsRecord, community.id)
        if settings is not None:
            self._plan_digest(session, community, settings)

    async def _settings(self, session: AsyncSession, community_id: int) -> QuestionSettingsRecord:
        """What is set, as a record that can be changed."""
        settings = await session.get(QuestionSettingsRecord, community_id)
        if settings is None:
            settings = QuestionSettingsRecord(community_id=community_id, **DEFAULTS)
            session.add(settings)
        return settings

    async def _move(
        self,
        session: AsyncSession,
        community: Community,
        settings: QuestionSettingsRecord,
        channel_ref: str,
    ) -> None:
        """Another channel; what has not been posted yet in the old one goes there."""
        if channel_ref == settings.channel_ref:
            return
        now = self._clock.now()
        await move_to(session, self._outbox, community.id, channel_ref, now)
        if settings.digest_at is not None:
            day = week_before(settings.digest_at, ZoneInfo(community.zone)).date()
            await self._outbox.move(
                session,
                [digest_key(community.id, day)],
                destination=channel_ref,
                lane=channel_lane(channel_ref),
                now=now,
            )
        settings.channel_ref = channel_ref

    def _plan_digest(
        self, session: AsyncSession, community: Community, settings: QuestionSettingsRecord
    ) -> None:
        settings.digest_at = None
        if settings.digest and settings.channel_ref is not None:
            settings.digest_at = next_digest(self._clock.now(), ZoneInfo(community.zone))
        after_commit(session, self.on_change)
