"""Picks by organisers: the next paper now, or another one than was announced."""

from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.service import Actor, Communities
from bot.core.database import Database
from bot.core.errors import UserError
from bot.core.requests import once
from bot.core.time.clock import Clock
from bot.papers.model import Nomination, RoundState
from bot.papers.nomination_queries import candidates, view
from bot.papers.rounds.queries import active_round
from bot.papers.rounds.rounds import Rounds
from bot.papers.rules import Choice, choose
from bot.papers.schedule.meetings import schedule_of
from bot.papers.views import NominationView, RoundView


class Picks:
    """Use cases around which paper is read. For organisers."""

    def __init__(
        self, database: Database, communities: Communities, rounds: Rounds, clock: Clock
    ) -> None:
        self._database = database
        self._communities = communities
        self._rounds = rounds
        self._clock = clock

    async def pick(self, actor: Actor, paper_id: int | None = None) -> RoundView:
        """Pick the next paper now, by votes or this one, and announce it."""
        actor.require_organiser()
        async with self._database.transaction() as session:
            await once(session, actor.request, "rounds.pick", self._clock.now())
            community = await self._communities.require(session, actor)
            schedule = await schedule_of(session, community.id)
            if schedule is not None:
                await self._rounds.catch_up(session, schedule)
            round_ = await active_round(session, community.id)
            if schedule is None or round_ is None:
                raise UserError("There's no next meeting. `/schedule show` tells you why.")
            if round_.state == RoundState.ANNOUNCED:
                raise UserError(
                    "This meeting's paper is already announced. `/schedule change` replaces it; "
                    "`/schedule skip` calls the meeting off."
                )
            choice = await _choice(session, community.id, paper_id)
            steps = self._rounds.steps(session, community, round_)
            await steps.pick(choice, due_at=self._clock.now())
            await self._rounds.advance(session, schedule)
            return await steps.view()

    async def change(self, actor: Actor, paper_id: int) -> tuple[RoundView, NominationView]:
        """Replace the announced paper; returns what it replaces, too."""
        actor.require_organiser()
        async with self._database.transaction() as session:
            await once(session, actor.request, "rounds.change", self._clock.now())
            community = await self._communities.require(session, actor)
            schedule = await schedule_of(session, community.id)
            if schedule is not None:
                await self._rounds.catch_up(session, schedule)
            round_ = await active_round(session, community.id)
            if schedule is None or round_ is None or round_.state != RoundState.ANNOUNCED:
                raise UserError("No paper is announced yet. `/schedule pick` picks one now.")
            self._rounds.require_ahead(round_)
            revisions = self._rounds.revisions(session, community, round_)
            if revisions.nomination().paper_id == paper_id:
                raise UserError("That's already this week's paper.")
            choice = await _choice(session, community.id, paper_id)
            before = await view(session, revisions.nomination())
            await revisions.replace(await session.get_one(Nomination, choice.nomination_id))
            return await revisions.view(), before


async def _choice(session: AsyncSession, community_id: int, paper_id: int | None) -> Choice:
    up = await candidates(session, community_id)
    if paper_id is None:
        choice = choose([candidate for candidate, _ in up])
        if choice is None:
            raise UserError("Nothing is up for vote yet. Nominate a paper with `/paper nominate`.")
        return choice
    for _, nomination in up:
        if nomination.paper_id == paper_id:
            return Choice(nomination.id, None)
    raise UserError("That paper isn't up for vote. Nominate it first with `/paper nominate`.")
