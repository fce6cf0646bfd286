"""Who comes to a meeting."""

from datetime import timedelta

from bot.communities.service import Actor, Communities
from bot.core.database import Database
from bot.core.errors import UserError
from bot.core.requests import once
from bot.core.time.clock import Clock
from bot.papers.model import Round, RoundState, Rsvp
from bot.papers.rounds.rounds import Rounds
from bot.papers.views import RoundView


class Rsvps:
    """The use case behind *Going*, *Maybe* and *Can't*."""

    def __init__(
        self, database: Database, communities: Communities, rounds: Rounds, clock: Clock
    ) -> None:
        self._database = database
        self._communities = communities
        self._rounds = rounds
        self._clock = clock

    async def answer(self, actor: Actor, round_id: int, answer: str) -> RoundView:
        """A member says whether they come: going, maybe or cant."""
        now = self._clock.now()
        async with self._database.transaction() as session:
            await once(session, actor.request, "rounds.answer", now)
            community = await self._communities.require(session, actor)
            round_ = await session.get(Round, round_id)
            if round_ is None or round_.community_id != community.id:
                raise UserError("I can't find that meeting.")
            over = now >= round_.meets_at + timedelta(minutes=round_.duration_minutes)
            if round_.state != RoundState.ANNOUNCED or over:
                raise UserError("That meeting is over or called off.")
            steps = self._rounds.steps(session, community, round_)
            rsvp = await session.get(Rsvp, (round_id, actor.member_ref))
            if rsvp is None:
                rsvp = Rsvp(round_id=round_id, member_ref=actor.member_ref, name="")
                session.add(rsvp)
            elif (rsvp.answer, rsvp.name) == (answer, actor.name):
                return await steps.view()
            if rsvp.answer != answer:  # the first to answer stand first
                rsvp.answer, rsvp.answered_at = answer, now
            rsvp.name = actor.name
            await session.flush()
            await steps.edit_announcement()
            return await steps.view()
