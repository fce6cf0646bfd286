"""The settings of a community, who its organisers are, and how they hear of trouble."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.greeting import WORTH_SAYING, greet, greeting_key
from bot.communities.model import Community, Incident
from bot.core.courier import Trouble
from bot.core.database import Database, after_commit
from bot.core.errors import UserError
from bot.core.outbox import Outbox, Parked, Queued, State
from bot.core.post import Button, Job, Post, Style, channel, member, moment
from bot.core.requests import once
from bot.core.time.clock import Clock, elapsed

NOT_SET_UP = (
    "Paperclub isn't set up here yet. An organiser can run `/setup start`; it takes two minutes."
)


NOTICE = "notice:"  # what the keys of all that organisers are told begin with
QUEUE = "waiting:"  # and that of the message which counts what they could not be told
WAITING = "waiting"  # the incident's subject

NOTHING_SAVED = Post(
    title="I couldn't save anything for a while",
    text="My disk was full or broken. Anyone who used me then was told that nothing had changed, "
    "and can try again. Please tell the person who hosts me.",
    job=Job.NOTICE,
)

# Made once: every command asks the first, and every delivery the second.
_BY_REF = select(Community).where(
    Community.platform == bindparam("platform"), Community.external_id == bindparam("external_id")
)
_OPEN_INCIDENTS = select(Incident).where(
    Incident.community_id == bindparam("community_id"), Incident.closed_at.is_(None)
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
    """Settings of communities, and the courier's ledger: it turns trouble into one notice."""

    def __init__(self, database: Database, outbox: Outbox, clock: Clock) -> None:
        self._database = database
        self._outbox = outbox
        self._clock = clock
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
                found = await _find(session, platform, community_ref)
            role = found.organiser_role_ref if found else None
            self._organiser_roles.setdefault(key, role)  # or it was set while we read
        return self._organiser_roles[key]

    async def find(self, session: AsyncSession, actor: Actor) -> Community | None:
        """The community's record, if it has one."""
        return await _find(session, actor.platform, actor.community_ref)

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

        What is None stays as it was; an empty role takes away what was set. Trouble is not told in
        the papers channel, since most of it means that nothing can be posted there: who names that
        channel for both is written to. What waits for the old channel follows to the new one.
        """
        actor.require_organiser()
        now = self._clock.now()
        found = await self.find(session, actor)
        if found is None:
            found = Community(
                platform=actor.platform, external_id=actor.community_ref, created_at=now
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
        role = found.organiser_role_ref
        key = (actor.platform, actor.community_ref)
        after_commit(session, lambda: self._organiser_roles.update({key: role}))
        await self._outbox.cancel(session, [greeting_key(found.id)], now=now)  # if still unsaid
        await self._outbox.redirect(session, community_id=found.id, new=papers_channel_ref, now=now)
        await self._readdress(session, found, now)
        return found

    async def _readdress(self, session: AsyncSession, community: Community, now: datetime) -> None:
        """What organisers have not been told yet goes where they are told things now."""
        organisers = community.organisers_channel_ref or _in_person(community)
        for pattern, place in (
            (f"{NOTICE}%", organisers),
            (f"{QUEUE}%", community.papers_channel_ref or organisers),
        ):
            keys = await self._outbox.waiting(session, community.id, pattern)
            await self._outbox.move(session, keys, destination=place, lane=_lane(place), now=now)

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
        await self.retry(platform, community_ref)
        if greet_in is None:
            return
        now = self._clock.now()
        async with self._database.transaction() as session:
            found = await _find(session, platform, community_ref)
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

    async def retry(self, platform: str, community_ref: str, request: str = "") -> int:
        """Try again all that was refused here, because something has changed; returns how much."""
        async with self._database.transaction() as session:
            await once(session, request, "communities.retry", self._clock.now())
            found = await _find(session, platform, community_ref)
            if found is None:
                return 0
            return await self._outbox.revive(session, now=self._clock.now(), community_id=found.id)

    async def unlocked(self, platform: str, community_ref: str, thread_ref: str) -> None:
        """A thread takes messages. If it was refused, what waits is tried again."""
        known = (
            select(Incident.id)
            .join(Community, Community.id == Incident.community_id)
            .where(Community.platform == platform, Community.external_id == community_ref)
            .where(Incident.subject == f"refused:{thread_ref}", Incident.closed_at.is_(None))
        )
        async with self._database.reading() as session:
            if (await session.execute(known)).first() is None:
                return
        async with self._database.transaction() as session:
            await session.execute(
                update(Incident).where(Incident.id.in_(known)).values(closed_at=self._clock.now())
            )
        await self.retry(platform, community_ref)

    async def retry_everywhere(self) -> None:
        """Try again all that was refused anywhere: much may have changed while we were away."""
        async with self._database.transaction() as session:
            await self._outbox.revive(session, now=self._clock.now())

    async def trouble(self, session: AsyncSession, trouble: Trouble, now: datetime) -> None:
        """Tell the organisers, once for each piece of trouble. Part of the courier's record."""
        community = await session.get_one(Community, trouble.community_id)
        if community.left_at is not None:
            return  # nobody there waits for anything
        if trouble.key.startswith(QUEUE):
            return  # there is no place left to tell of it
        if trouble.key.startswith(NOTICE) and trouble.lasting:
            await self._undeliverable(session, community, trouble, now)
            return
        subject = f"refused:{trouble.destination}" if trouble.lasting else "outage"
        await self._open(session, trouble, now, subject)

    async def _open(
        self, session: AsyncSession, trouble: Trouble, now: datetime, subject: str | None = None
    ) -> None:
        """Tell of it, unless that was done and it isn't over."""
        subject = subject or f"refused:{trouble.destination}"
        if await self._incident(session, trouble.community_id, subject) is not None:
            return
        incident = Incident(
            community_id=trouble.community_id,
            subject=subject,
            reason=trouble.reason,
            opened_at=now,
        )
        session.add(incident)
        await session.flush()
        community = await session.get_one(Community, trouble.community_id)
        await self.tell(session, community.id, str(incident.id), _notice(trouble, community))

    async def tell(self, session: AsyncSession, community_id: int, key: str, post: Post) -> None:
        """Tell the organisers something: in their channel, or whoever has set the bot up."""
        community = await session.get_one(Community, community_id)
        destination = community.organisers_channel_ref or _in_person(community)
        notice = Queued(
            key=f"{NOTICE}{key}",
            action=post,
            community_id=community_id,
            destination=destination,
            lane=_lane(destination),
        )
        await self._outbox.put(session, notice, now=self._clock.now())

    async def report_storage(self) -> None:
        """Tell organisers everywhere that nothing could be saved for a while, once it can be.

        Raises NotSavedError while it can't.
        """
        if self._database.unreported is None:
            return
        now = self._clock.now()
        async with self._database.transaction() as session:
            found = await session.execute(
                select(Community.id)
                .where(Community.left_at.is_(None), Community.set_up_by_ref.is_not(None))
                .order_by(Community.id)
            )
            for community_id in found.scalars().all():
                key = f"storage:{community_id}:{now:%Y-%m-%d}"
                await self.tell(session, community_id, key, NOTHING_SAVED)
        self._database.unreported = None

    async def settled(self, session: AsyncSession, community_id: int, key: str, card: Post) -> None:
        """What organisers were asked is decided: the notice says so, or needn't arrive any more."""
        key, now = f"{NOTICE}{key}", self._clock.now()
        notice = await self._outbox.find(session, key)
        if notice is None or notice.state != State.FAILED:
            await self._outbox.put_edit(session, key, card, now=now)
            return
        await self._outbox.cancel(session, [key], now=now)
        incident = await self._incident(session, community_id, WAITING)
        if incident is not None:
            await self._recount(session, incident, now)

    async def _undeliverable(
        self, session: AsyncSession, community: Community, trouble: Trouble, now: datetime
    ) -> None:
        """A notice was refused: whoever has set the bot up gets it; after that it is counted."""
        person = _in_person(community)
        if trouble.destination != person:
            await self._outbox.move(
                session, [trouble.key], destination=person, lane=_lane(person), now=now
            )
            await self._open(session, trouble, now)
            return
        incident = await self._incident(session, community.id, WAITING)
        if incident is None and community.papers_channel_ref is not None:
            incident = Incident(
                community_id=community.id, subject=WAITING, reason=trouble.reason, opened_at=now
            )
            session.add(incident)
            await session.flush()
            count = await self._waiting(session, community.id)
            queued = Queued(
                key=f"{QUEUE}{incident.id}",
                action=_counted(count),
                community_id=community.id,
                destination=community.papers_channel_ref,
                lane=_lane(community.papers_channel_ref),
            )
            await self._outbox.put(session, queued, now=now)
        elif incident is not None:
            await self._recount(session, incident, now)

    async def _recount(self, session: AsyncSession, incident: Incident, now: datetime) -> None:
        """The message in the papers channel says how much waits now."""
        count = await self._waiting(session, incident.community_id)
        if not count:
            incident.closed_at = now
        await self._outbox.put_edit(session, f"{QUEUE}{incident.id}", _counted(count), now=now)

    async def _waiting(self, session: AsyncSession, community_id: int) -> int:
        """How many notices nobody could be given."""
        parked = await self._outbox.parked(session, community_id)
        return sum(one.key.startswith(NOTICE) for one in parked)

    async def _incident(
        self, session: AsyncSession, community_id: int, subject: str
    ) -> Incident | None:
        found = await session.execute(
            select(Incident)
            .where(Incident.community_id == community_id, Incident.subject == subject)
            .where(Incident.closed_at.is_(None))
        )
        return found.scalars().first()

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

    async def delivered(
        self, session: AsyncSession, community_id: int, destination: str, now: datetime
    ) -> None:
        """A post got through: trouble of this kind is over. Part of the courier's record.

        It is over when nothing is left that it holds up: with a permission missing, edits may
        get through where messages don't.
        """
        incidents = await session.execute(_OPEN_INCIDENTS, {"community_id": community_id})
        for incident in incidents.scalars().all():  # seldom any
            if incident.subject == "outage":
                lasts = await self._outbox.is_struggling(session, community_id)
            elif incident.subject == WAITING:
                if not await self._waiting(session, community_id):
                    await self._recount(session, incident, now)
                continue
            elif incident.subject == f"refused:{destination}":
                lasts = await self._outbox.is_held_up(session, community_id, destination)
            else:
                continue
            if not lasts:
                incident.closed_at = now

    async def _set_left(self, platform: str, community_ref: str, at: datetime | None) -> None:
        async with self._database.transaction() as session:
            await session.execute(
                update(Community)
                .where(Community.platform == platform, Community.external_id == community_ref)
                .values(left_at=at)
            )


async def _find(session: AsyncSession, platform: str, external_id: str) -> Community | None:
    found = await session.execute(_BY_REF, {"platform": platform, "external_id": external_id})
    return found.scalar_one_or_none()


def _in_person(community: Community) -> str:
    return f"user:{community.set_up_by_ref}"


def _lane(destination: str) -> str:
    return f"notices:{destination}"


def _counted(count: int) -> Post:
    """For a channel that everybody reads: not a word of what it is."""
    if not count:
        return Post(title="Nothing is waiting for an organiser any more", job=Job.NOTICE)
    waits = "1 thing is waiting" if count == 1 else f"{count:,} things are waiting"
    return Post(
        title=f"{waits} for an organiser",
        text="I couldn't reach you any other way. `/moderate queue` lists what's waiting; "
        "`/setup start` sets a channel for organisers.",
        job=Job.NOTICE,
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


def _notice(trouble: Trouble, community: Community) -> Post:
    kind, _, ref = trouble.destination.rpartition(":")
    is_reader = trouble.destination == _in_person(community)
    what = {
        "": f"post in {channel(ref)}",
        "user": "write to you" if is_reader else f"write to {member(ref)}",
        "community": "update the calendar",
    }[kind]
    if trouble.instead is not None:
        return Post(
            title=f"I can't {what}",
            text=f"{trouble.reason} Until then, I'll post in {channel(trouble.instead)} instead.",
            job=Job.NOTICE,
        )
    if trouble.lasting:
        return Post(
            title=f"I can't {what}",
            text=f"{trouble.reason} I keep what I couldn't post, and post it once that's fixed.",
            buttons=(Button("retry", community.external_id, "Try again", Style.PRIMARY),),
            job=Job.NOTICE,
        )
    return Post(
        title=f"I couldn't {what} for a while",
        text=f"{trouble.reason} I kept trying since {moment(trouble.since)}. "
        "Late posts say so; reminders for meetings that have started are dropped.",
        job=Job.NOTICE,
    )
