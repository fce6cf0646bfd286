"""Setting a community up: everything it needs to begin, in one go."""

from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.model import Community
from bot.communities.service import Actor, Communities
from bot.core.database import Database
from bot.core.requests import is_new
from bot.core.time.clock import Clock
from bot.core.time.parsing import parse_time, parse_zone
from bot.papers.schedule.schedules import Schedules
from bot.papers.schedule.views import ScheduleView


class HasChannel(Protocol):
    """A feature that posts in a channel of its own."""

    async def set_channel(
        self, session: AsyncSession, community: Community, channel_ref: str
    ) -> None:
        """Post there from now on. Part of the caller's transaction."""


@dataclass(frozen=True)
class Wanted:
    """What organisers give. What is None stays as it was; an empty role takes away what was set."""

    zone: str
    papers_channel_ref: str
    weekday: int
    at: str
    ping_role_ref: str | None = None
    organisers_channel_ref: str | None = None
    organiser_role_ref: str | None = None
    experiences_channel_ref: str | None = None
    questions_channel_ref: str | None = None


class Setup:
    """The use case behind `/setup start` and its form."""

    def __init__(
        self,
        database: Database,
        communities: Communities,
        schedules: Schedules,
        questions: HasChannel,
        clock: Clock,
    ) -> None:
        self._database = database
        self._communities = communities
        self._schedules = schedules
        self._questions = questions
        self._clock = clock

    async def start(self, actor: Actor, wanted: Wanted) -> ScheduleView:
        """Set the community up, or change what is given; cadence, duration and the rest stay."""
        actor.require_organiser()
        zone, local_time = parse_zone(wanted.zone), parse_time(wanted.at)
        async with self._database.transaction() as session:
            if not await is_new(session, actor.request, "schedules.set_up", self._clock.now()):
                return await self._schedules.view(session, actor)
            await self._schedules.catch_up(session, await self._communities.find(session, actor))
            community = await self._communities.set_up(
                session,
                actor,
                zone=zone,
                papers_channel_ref=wanted.papers_channel_ref,
                ping_role_ref=wanted.ping_role_ref,
                organisers_channel_ref=wanted.organisers_channel_ref,
                organiser_role_ref=wanted.organiser_role_ref,
                experiences_channel_ref=wanted.experiences_channel_ref,
            )
            if wanted.questions_channel_ref is not None:
                await self._questions.set_channel(session, community, wanted.questions_channel_ref)
            return await self._schedules.change(
                session, community, weekday=wanted.weekday, local_time=local_time
            )
