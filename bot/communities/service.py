"""What a community has set, and who acts in it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.greeting import WORTH_SAYING, greet
from bot.communities.keys import NOTICE, greeting_key
from bot.communities.model import Community
from bot.communities.notices import Notices
from bot.communities.problems import Problems
from bot.communities.queries import find_community
from bot.core.database import Database, after_commit
from bot.core.errors import UserError
from bot.core.outbox import Outbox, Parked
from bot.core.time.clock import Clock, elapsed

NOT_SET_UP = (
    "Paperclub isn't set up here yet. An organiser can run `/setup start`; it takes two minutes."
)


@dataclass(frozen=True)
class Actor:
    """Who does something, and where. `name` is what others see them called: their own text.

    `request` is the same whenever one press, command or form arrives; empty where none is known.
    """

    platform: str
    community_ref: str
    member_ref: str
    organiser: bool = False
    name: str = field(default="", compare=False)
    request: str = field(default="", compare=False)

    def require_organiser(self) -> None:
        """Raise UserError unless this is an organiser."""
        if not self.organiser:
            raise UserError(
                "Only organisers can do that: people with *Manage Server* or the organiser role."
            )


@dataclass(frozen=True)
class CommunitySettings:
    """What a community has set."""

    id: int
    zone: str
    papers_channel_ref: str | None
    experiences_channel_ref: str | None
    organisers_channel_ref: str | None
    organiser_role_ref: str | None
    ping_role_ref: str | None
    set_up_by_ref: str | None


# Moves what a feature has stored that depends on the zone, in the transaction that changes it.
ZoneChanged = Callable[[AsyncSession, Community], Awaitable[None]]


class Communities:
    """What communities have set, in which ones the bot is, and who organises them."""

    def __init__(self, database: Database, outbox: Outbox, clock: Clock) -> None:
        self._database = database
        self._outbox = outbox
        self._clock = clock
        self.notices = Notices(outbox, clock)
        self.problems = Problems(database, outbox, self.notices, clock)
        self._organiser_roles: dict[tuple[str, str], str | None] = {}
        self.when_zone_changes: list[ZoneChanged] = []

    async def settings(self, actor: Actor) -> CommunitySettings:
        """What is set; raises UserError where nothing is."""
        async with self._database.reading() as session:
            return _settings(await self.require(session, actor))

    async def is_set_up(self, actor: Actor) -> bool:
        """Whether an organiser has run the set-up here."""
        async with self._database.reading() as session:
            found = await self.find(session, actor)
        return found is not None and found.papers_channel_ref is not None

    async def organiser_role(self, platform: str, community_ref: str) -> str | None:
        """The role that makes organisers, remembered, since every organiser command asks."""
        key = (platform, community_ref)
        if key not in self._organiser_roles:
            async with self._database.reading() as session:
                found = await find_community(session, platform, community_ref)
            role = found.organiser_role_ref if found else None
            self._organiser_roles.setdefault(key, role)  # or it was set while we read
        return self._organiser_roles[key]

    async def find(self, session: AsyncSession, actor: Actor) -> Community | None:
        """The community's record, if it has one."""
        return await find_community(session, actor.platform, actor.community_ref)

    async def require(self, session: AsyncSession, actor: Actor) -> Community:
        """The community's record; raises UserError where it has not been set up."""
        found = await self.find(session, actor)
        if found is None or found.papers_channel_ref is None:
            raise UserError(NOT_SET_UP)
        return found

    async def set_up(
        self,
        session: AsyncSession,
        actor: Actor,
        *,
        zone: str,
        papers_channel_ref: str,
        ping_role_ref: str | None,
        organisers_channel_ref: str | None,
        organiser_role_ref: str | None,
        experiences_channel_ref: str | None = None,
    ) -> Community:
        """Create the community or change its settings.

        What is None stays as it was; an empty role takes away what was set. Problems are not
        reported in the papers channel, since most of them mean that nothing can be posted there:
        whoever names that channel for both gets a direct message. What waits for the old channel
        follows to the new one.
        """
        actor.require_organiser()
        found = await self.find(session, actor)
        if found is None:
            found = Community(
                platform=actor.platform,
                external_id=actor.community_ref,
                created_at=self._clock.now(),
            )
            session.add(found)
        found.papers_channel_ref = papers_channel_ref
        if experiences_channel_ref is not None:
            found.experiences_channel_ref = experiences_channel_ref
        if ping_role_ref is not None:
            found.ping_role_ref = ping_role_ref or None
        if organiser_role_ref is not None:
            found.organiser_role_ref = organiser_role_ref or None
        if organisers_channel_ref is not None:
            found.organisers_channel_ref = organisers_channel_ref
        if found.organisers_channel_ref == papers_channel_ref:
            found.organisers_channel_ref = None
        found.set_up_by_ref = actor.member_ref
        found.left_at = None
        await session.flush()
        await self.change_zone(session, found, zone)
        await self._follow_set_up(session, found, papers_channel_ref)
        return found

    async def _follow_set_up(
        self, session: AsyncSession, community: Community, papers_channel_ref: str
    ) -> None:
        """Remember the organiser role, and send what waits to the channels that are set now."""
        now, role = self._clock.now(), community.organiser_role_ref
        key = (community.platform, community.external_id)
        after_commit(session, lambda: self._organiser_roles.update({key: role}))
        await self._outbox.cancel(session, [greeting_key(community.id)], now=now)  # if unsent
        await self._outbox.redirect(
            session, community_id=community.id, new=papers_channel_ref, now=now
        )
        await self.notices.readdress(session, community, now)

    async def change_zone(self, session: AsyncSession, community: Community, zone: str) -> None:
        """The community is in another time zone; what features have stored follows."""
        community.zone = zone
        for follow in self.when_zone_changes:
            await follow(session, community)

    async def joined(self, platform: str, community_ref: str, greet_in: str | None = None) -> None:
        """The bot is in this community (again). What was refused meanwhile is tried again.

        A community that it is new to is greeted in the channel `greet_in`.
        """
        await self._set_left(platform, community_ref, None)
        await self.problems.retry(platform, community_ref)
        if greet_in is None:
            return
        now = self._clock.now()
        async with self._database.transaction() as session:
            found = await find_community(session, platform, community_ref)
            if found is None:
                found = Community(platform=platform, external_id=community_ref, created_at=now)
                session.add(found)
                await session.flush()
            await greet(session, self._outbox, found, greet_in, now)

    async def left(self, platform: str, community_ref: str) -> None:
        """The bot was removed: nothing is posted there until it is back; nothing is deleted."""
        await self._set_left(platform, community_ref, self._clock.now())

    async def present(self, platform: str, joined: Mapping[str, datetime]) -> set[str]:
        """The bot is in these communities and no others, after a time when it could not follow.

        `joined` says since when; returns those that have invited it lately and are new to it.
        """
        now, new = self._clock.now(), set(joined)
        async with self._database.transaction() as session:
            known = await session.stream(
                select(Community.id, Community.external_id, Community.left_at)
                .where(Community.platform == platform)
                .execution_options(yield_per=100)
            )
            changed = []
            async for row in known:
                new.discard(row.external_id)
                if (row.external_id in joined) != (row.left_at is None):
                    changed.append({"id": row.id, "left_at": now if row.left_at is None else None})
            if changed:
                await session.execute(update(Community), changed)
        return {ref for ref in new if elapsed(joined[ref], now) < WORTH_SAYING}

    async def parked(self, actor: Actor) -> list[Parked]:
        """What could not be delivered here, for organisers.

        Nothing that was meant for one member: to whom it goes may be nobody's business.
        """
        actor.require_organiser()
        async with self._database.reading() as session:
            community = await self.require(session, actor)
            parked = await self._outbox.parked(session, community.id)
            return [
                one
                for one in parked
                if one.key.startswith(NOTICE) or not one.destination.startswith("user:")
            ]

    async def _set_left(self, platform: str, community_ref: str, at: datetime | None) -> None:
        async with self._database.transaction() as session:
            await session.execute(
                update(Community)
                .where(Community.platform == platform, Community.external_id == community_ref)
                .values(left_at=at)
            )


def _settings(community: Community) -> CommunitySettings:
    return CommunitySettings(
        id=community.id,
        zone=community.zone,
        papers_channel_ref=community.papers_channel_ref,
        experiences_channel_ref=community.experiences_channel_ref,
        organisers_channel_ref=community.organisers_channel_ref,
        organiser_role_ref=community.organiser_role_ref,
        ping_role_ref=community.ping_role_ref,
        set_up_by_ref=community.set_up_by_ref,
    )
