"""Problems that organisers hear of, once each until it is over; and what is tried again then."""

from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.cards import NOTHING_SAVED, problem_notice
from bot.communities.keys import NOTICE, WAITING_COUNT
from bot.communities.model import Community, Incident
from bot.communities.notices import WAITING, Notices
from bot.communities.queries import find_community, in_person, open_incident
from bot.core.courier import Problem
from bot.core.database import Database
from bot.core.outbox import Outbox
from bot.core.requests import once
from bot.core.time.clock import Clock

OUTAGE = "outage"  # the subject of an incident that the platform itself causes

# Made once, since every delivery asks it.
_OPEN = select(Incident).where(
    Incident.community_id == bindparam("community_id"), Incident.closed_at.is_(None)
)


class Problems:
    """The courier's ledger, and use cases around what was refused."""

    def __init__(self, database: Database, outbox: Outbox, notices: Notices, clock: Clock) -> None:
        self._database = database
        self._outbox = outbox
        self._notices = notices
        self._clock = clock

    async def report(self, session: AsyncSession, problem: Problem, now: datetime) -> None:
        """Notify the organisers, once for each problem. Part of the courier's record."""
        community = await session.get_one(Community, problem.community_id)
        if community.left_at is not None:
            return  # nobody there waits for anything
        if problem.key.startswith(WAITING_COUNT):
            return  # there is no place left to report it in
        if not (problem.key.startswith(NOTICE) and problem.lasting):
            subject = _refused_in(problem.destination) if problem.lasting else OUTAGE
            await self._open(session, community, problem, subject, now)
        elif problem.destination != in_person(community):
            await self._notices.send_in_person(session, community, problem.key, now)
            await self._open(session, community, problem, _refused_in(problem.destination), now)
        else:
            await self._notices.count_undeliverable(session, community, problem.reason, now)

    async def delivered(
        self, session: AsyncSession, community_id: int, destination: str, now: datetime
    ) -> None:
        """A post got through: problems of its kind are over. Part of the courier's record.

        One is over when nothing is left that it holds up: with a permission missing, edits may
        get through where messages don't.
        """
        incidents = await session.execute(_OPEN, {"community_id": community_id})
        for incident in incidents.scalars().all():  # seldom any
            if incident.subject == WAITING:
                await self._notices.recount_if_none_wait(session, incident, now)
            elif not await self._lasts(session, incident, destination):
                incident.closed_at = now

    async def retry(self, platform: str, community_ref: str, request: str = "") -> int:
        """Try again all that was refused here, because something has changed; returns how much."""
        async with self._database.transaction() as session:
            await once(session, request, "communities.retry", self._clock.now())
            found = await find_community(session, platform, community_ref)
            if found is None:
                return 0
            return await self._outbox.revive(session, now=self._clock.now(), community_id=found.id)

    async def retry_everywhere(self) -> None:
        """Try again all that was refused anywhere: much may have changed while we were away."""
        async with self._database.transaction() as session:
            await self._outbox.revive(session, now=self._clock.now())

    async def unlocked(self, platform: str, community_ref: str, thread_ref: str) -> None:
        """A thread takes messages. If it was refused, what waits is tried again."""
        known = (
            select(Incident.id)
            .join(Community, Community.id == Incident.community_id)
            .where(Community.platform == platform, Community.external_id == community_ref)
            .where(Incident.subject == _refused_in(thread_ref), Incident.closed_at.is_(None))
        )
        async with self._database.reading() as session:
            if (await session.execute(known)).first() is None:
                return
        async with self._database.transaction() as session:
            await session.execute(
                update(Incident).where(Incident.id.in_(known)).values(closed_at=self._clock.now())
            )
        await self.retry(platform, community_ref)

    async def report_storage(self) -> None:
        """Notify organisers everywhere that nothing could be saved for a while, once it can be.

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
                await self._notices.post(session, community_id, key, NOTHING_SAVED)
        self._database.unreported = None

    async def _open(
        self,
        session: AsyncSession,
        community: Community,
        problem: Problem,
        subject: str,
        now: datetime,
    ) -> None:
        """Notify the organisers, unless they know and it isn't over."""
        if await open_incident(session, community.id, subject) is not None:
            return
        incident = Incident(
            community_id=community.id, subject=subject, reason=problem.reason, opened_at=now
        )
        session.add(incident)
        await session.flush()
        notice = problem_notice(problem, community)
        await self._notices.post(session, community.id, str(incident.id), notice)

    async def _lasts(self, session: AsyncSession, incident: Incident, destination: str) -> bool:
        """Whether it isn't over, although a post got through to this destination."""
        if incident.subject == OUTAGE:
            return await self._outbox.is_struggling(session, incident.community_id)
        if incident.subject == _refused_in(destination):
            return await self._outbox.is_held_up(session, incident.community_id, destination)
        return True


def _refused_in(destination: str) -> str:
    """The subject of an incident where a destination takes nothing."""
    return f"refused:{destination}"
