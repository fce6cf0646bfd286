"""What is up for vote: shown, voted for, withdrawn and merged."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.service import Actor, Communities
from bot.core.database import Database
from bot.core.errors import UserError
from bot.core.outbox import Outbox
from bot.core.requests import once
from bot.core.time.clock import Clock
from bot.papers.merging import merge
from bot.papers.model import Nomination, NominationState, Paper, Vote
from bot.papers.nomination_queries import (
    add_vote,
    nomination_up,
    open_nominations,
    own_nomination,
    refresh_nomination,
)
from bot.papers.views import NominationView


@dataclass(frozen=True)
class Voted:
    """What a press of the vote button did."""

    counted: bool  # False: the vote was taken back
    nomination: NominationView


class Queue:
    """Use cases around what is up for vote."""

    def __init__(
        self, database: Database, communities: Communities, outbox: Outbox, clock: Clock
    ) -> None:
        self._database = database
        self._communities = communities
        self._outbox = outbox
        self._clock = clock

    async def nominations(self, actor: Actor) -> list[NominationView]:
        """What is up for vote, in the order in which it would be picked."""
        async with self._database.reading() as session:
            community = await self._communities.require(session, actor)
            return await open_nominations(session, community.id)

    async def votes_of(self, actor: Actor) -> frozenset[int]:
        """The nominations that are up and have the member's vote, by id."""
        async with self._database.reading() as session:
            community = await self._communities.require(session, actor)
            found = await session.execute(
                select(Vote.nomination_id)
                .join(Nomination, Nomination.id == Vote.nomination_id)
                .where(Nomination.community_id == community.id)
                .where(Nomination.state == NominationState.OPEN)
                .where(Vote.member_ref == actor.member_ref)
            )
            return frozenset(found.scalars())

    async def toggle_vote(self, actor: Actor, nomination_id: int) -> Voted:
        """Vote, or take the vote back. Raises UserError when voting on it is over."""
        async with self._database.transaction() as session:
            await once(session, actor.request, "nominations.toggle_vote", self._clock.now())
            nomination = await own_nomination(session, self._communities, actor, nomination_id)
            if nomination.state != NominationState.OPEN:
                raise UserError(
                    "Voting on this paper is over. `/paper queue` shows what's up for vote."
                )
            counted = await add_vote(session, actor, nomination, self._clock.now())
            if not counted:
                vote = await session.get_one(Vote, (nomination.id, actor.member_ref))
                await session.delete(vote)
                await session.flush()
            return Voted(counted, await self._refresh(session, nomination))

    async def withdraw(self, actor: Actor, nomination_id: int) -> NominationView:
        """Take a nomination back: one's own, or any as an organiser."""
        async with self._database.transaction() as session:
            await once(session, actor.request, "nominations.withdraw", self._clock.now())
            nomination = await own_nomination(session, self._communities, actor, nomination_id)
            if nomination.member_ref != actor.member_ref and not actor.organiser:
                raise UserError("Only the nominator or an organiser can withdraw a nomination.")
            if nomination.state != NominationState.OPEN:
                raise UserError("That nomination is no longer up for vote.")
            nomination.state = NominationState.WITHDRAWN
            return await self._refresh(session, nomination)

    async def merge(self, actor: Actor, mine_id: int, other_id: int) -> NominationView:
        """The member says that two nominations are one work: theirs is merged into the other."""
        async with self._database.transaction() as session:
            await once(session, actor.request, "nominations.same_paper", self._clock.now())
            mine = await own_nomination(session, self._communities, actor, mine_id)
            other = await own_nomination(session, self._communities, actor, other_id)
            if mine.member_ref != actor.member_ref and not actor.organiser:
                raise UserError("Only the nominator or an organiser can merge two nominations.")
            if mine.state != NominationState.OPEN or mine.paper_id == other.paper_id:
                raise UserError("These two are already merged, or no longer up for vote.")
            kept = await session.get_one(Paper, other.paper_id)
            dropped = await session.get_one(Paper, mine.paper_id)
            await merge(session, self._outbox, kept=kept, dropped=dropped, now=self._clock.now())
            up = await nomination_up(session, other.paper_id)
            return await self._refresh(session, up or other)

    async def _refresh(self, session: AsyncSession, nomination: Nomination) -> NominationView:
        """The nomination as it is now, which its card is to show too."""
        return await refresh_nomination(session, self._outbox, nomination, self._clock.now())
