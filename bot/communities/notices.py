"""What organisers are notified of: in their channel, or whoever has set the bot up in person."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.cards import waiting_count
from bot.communities.keys import NOTICE, WAITING_COUNT, notices_lane
from bot.communities.model import Community, Incident
from bot.communities.queries import in_person, open_incident
from bot.core.outbox import Outbox, Queued, State
from bot.core.post import Post
from bot.core.time.clock import Clock

WAITING = "waiting"  # the subject of the incident while nobody can be notified


class Notices:
    """All of it is part of the caller's transaction."""

    def __init__(self, outbox: Outbox, clock: Clock) -> None:
        self._outbox = outbox
        self._clock = clock

    async def post(self, session: AsyncSession, community_id: int, key: str, post: Post) -> None:
        """Notify the organisers, once for each key."""
        community = await session.get_one(Community, community_id)
        destination = community.organisers_channel_ref or in_person(community)
        notice = Queued(
            key=f"{NOTICE}{key}",
            action=post,
            community_id=community_id,
            destination=destination,
            lane=notices_lane(destination),
        )
        await self._outbox.put(session, notice, now=self._clock.now())

    async def settle(self, session: AsyncSession, community_id: int, key: str, card: Post) -> None:
        """Have a notice say that it is decided; one that nobody could be given is dropped."""
        key, now = f"{NOTICE}{key}", self._clock.now()
        notice = await self._outbox.find(session, key)
        if notice is None or notice.state != State.FAILED:
            await self._outbox.put_edit(session, key, card, now=now)
            return
        await self._outbox.cancel(session, [key], now=now)
        incident = await open_incident(session, community_id, WAITING)
        if incident is not None:
            await self._recount(session, incident, now)

    async def readdress(self, session: AsyncSession, community: Community, now: datetime) -> None:
        """Send what still waits to where organisers are notified now."""
        organisers = community.organisers_channel_ref or in_person(community)
        for pattern, place in (
            (f"{NOTICE}%", organisers),
            (f"{WAITING_COUNT}%", community.papers_channel_ref or organisers),
        ):
            keys = await self._outbox.waiting(session, community.id, pattern)
            await self._move(session, keys, place, now)

    async def send_in_person(
        self, session: AsyncSession, community: Community, key: str, now: datetime
    ) -> None:
        """Send a notice that was refused to whoever has set the bot up."""
        await self._move(session, [key], in_person(community), now)

    async def count_undeliverable(
        self, session: AsyncSession, community: Community, reason: str, now: datetime
    ) -> None:
        """Have a message where papers go say how many notices nobody could be given."""
        incident = await open_incident(session, community.id, WAITING)
        if incident is not None:
            await self._recount(session, incident, now)
        elif community.papers_channel_ref is not None:
            incident = Incident(
                community_id=community.id, subject=WAITING, reason=reason, opened_at=now
            )
            session.add(incident)
            await session.flush()
            queued = Queued(
                key=f"{WAITING_COUNT}{incident.id}",
                action=waiting_count(await self._undeliverable(session, community.id)),
                community_id=community.id,
                destination=community.papers_channel_ref,
                lane=notices_lane(community.papers_channel_ref),
            )
            await self._outbox.put(session, queued, now=now)

    async def recount_if_none_wait(
        self, session: AsyncSession, incident: Incident, now: datetime
    ) -> None:
        """Say that nothing waits any more, once that is so."""
        if not await self._undeliverable(session, incident.community_id):
            await self._recount(session, incident, now)

    async def _recount(self, session: AsyncSession, incident: Incident, now: datetime) -> None:
        count = await self._undeliverable(session, incident.community_id)
        if not count:
            incident.closed_at = now
        key = f"{WAITING_COUNT}{incident.id}"
        await self._outbox.put_edit(session, key, waiting_count(count), now=now)

    async def _undeliverable(self, session: AsyncSession, community_id: int) -> int:
        """How many notices nobody could be given."""
        parked = await self._outbox.parked(session, community_id)
        return sum(one.key.startswith(NOTICE) for one in parked)

    async def _move(
        self, session: AsyncSession, keys: list[str], destination: str, now: datetime
    ) -> None:
        lane = notices_lane(destination)
        await self._outbox.move(session, keys, destination=destination, lane=lane, now=now)
