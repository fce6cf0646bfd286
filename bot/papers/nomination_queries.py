"""Nominations and their votes as records. These functions run inside a service's transaction."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.communities.model import Community
from bot.communities.service import Actor, Communities
from bot.core.errors import UserError
from bot.core.outbox import Outbox, Queued
from bot.core.post import Post
from bot.papers.cards.nominations import nomination_card
from bot.papers.keys import card_key, nomination_key
from bot.papers.model import Nomination, NominationState, Vote
from bot.papers.rules import Candidate, ranked
from bot.papers.views import NominationView

UP = (NominationState.OPEN, NominationState.PICKED)

# Made once, since every vote asks them.
_OWN = (
    select(Nomination)
    .join(Community, Community.id == Nomination.community_id)
    .where(Nomination.id == bindparam("id"))
    .where(
        Community.platform == bindparam("platform"),
        Community.external_id == bindparam("community_ref"),
    )
)
_COUNT_VOTES = select(func.count()).where(Vote.nomination_id == bindparam("nomination_id"))
_EARLIER = aliased(Nomination)
_VOTES = select(func.count()).where(Vote.nomination_id == Nomination.id).scalar_subquery()
_PAST_PICKS = (
    select(func.count())
    .where(_EARLIER.community_id == Nomination.community_id)
    .where(_EARLIER.state.in_((NominationState.PICKED, NominationState.DISCUSSED)))
    .where(_EARLIER.member_ref == Nomination.member_ref)
    .scalar_subquery()
)
_CANDIDATES = select(Nomination, _VOTES, _PAST_PICKS).where(
    Nomination.community_id == bindparam("community_id"), Nomination.state == NominationState.OPEN
)


async def nomination_up(session: AsyncSession, paper_id: int) -> Nomination | None:
    """The nomination of this paper that is up for vote or picked."""
    found = await session.execute(
        select(Nomination).where(Nomination.paper_id == paper_id, Nomination.state.in_(UP))
    )
    return found.scalar_one_or_none()


async def own_nomination(
    session: AsyncSession, communities: Communities, actor: Actor, nomination_id: int
) -> Nomination:
    """The nomination. Raises UserError unless it is of the actor's community."""
    found = await session.execute(
        _OWN,
        {"id": nomination_id, "platform": actor.platform, "community_ref": actor.community_ref},
    )
    nomination = found.scalar_one_or_none()
    if nomination is None:
        await communities.require(session, actor)
        raise UserError("I can't find that nomination. `/paper queue` shows what's up for vote.")
    return nomination


async def open_records(session: AsyncSession, community_id: int) -> Sequence[Nomination]:
    """The nominations that are up for vote."""
    found = await session.execute(
        select(Nomination)
        .where(Nomination.community_id == community_id)
        .where(Nomination.state == NominationState.OPEN)
    )
    return found.scalars().all()


async def candidates(
    session: AsyncSession, community_id: int
) -> list[tuple[Candidate, Nomination]]:
    """What is up for vote, as the rules see it, each with its record."""
    found = await session.execute(_CANDIDATES, {"community_id": community_id})
    return [
        (Candidate(nomination.id, votes, past_picks, nomination.created_at), nomination)
        for nomination, votes, past_picks in found
    ]


async def open_nominations(session: AsyncSession, community_id: int) -> list[NominationView]:
    """What is up for vote, in the order in which it would be picked."""
    up = dict(await candidates(session, community_id))
    return [NominationView.of(up[candidate], candidate.votes) for candidate in ranked(up)]


async def add_vote(
    session: AsyncSession, actor: Actor, nomination: Nomination, now: datetime
) -> bool:
    """Add the member's vote; returns False, having done nothing, where it is there already."""
    vote = await session.get(Vote, (nomination.id, actor.member_ref))
    if vote is None:
        session.add(Vote(nomination_id=nomination.id, member_ref=actor.member_ref, created_at=now))
        await session.flush()
    return vote is None


async def count_votes(session: AsyncSession, nomination_id: int) -> int:
    return (await session.execute(_COUNT_VOTES, {"nomination_id": nomination_id})).scalar_one()


async def count_votes_of_others(session: AsyncSession, nomination: Nomination) -> int:
    """Votes without the nominator's own."""
    others = _COUNT_VOTES.where(Vote.member_ref != nomination.member_ref)
    return (await session.execute(others, {"nomination_id": nomination.id})).scalar_one()


async def view(session: AsyncSession, nomination: Nomination) -> NominationView:
    return NominationView.of(nomination, await count_votes(session, nomination.id))


async def refresh_card(session: AsyncSession, outbox: Outbox, paper_id: int, now: datetime) -> None:
    """Have the card of the paper's nomination show what is known of the paper now."""
    nomination = await nomination_up(session, paper_id)
    if nomination is not None:
        await session.flush()
        await session.refresh(nomination)
        await refresh_nomination(session, outbox, nomination, now)


async def refresh_nomination(
    session: AsyncSession, outbox: Outbox, nomination: Nomination, now: datetime
) -> NominationView:
    """Have the nomination's card show its state and votes, which are returned."""
    await session.flush()
    shown = await view(session, nomination)
    await outbox.put_edit(session, card_key(nomination.id), nomination_card(shown), now=now)
    return shown


async def notify_nominator(
    session: AsyncSession,
    outbox: Outbox,
    nomination: Nomination,
    name: str,
    post: Post,
    now: datetime,
) -> None:
    """Ping the nominator where papers go, once for each `name`."""
    community = await session.get_one(Community, nomination.community_id)
    assert community.papers_channel_ref is not None, "what was nominated has a channel"
    answer = Queued(
        key=nomination_key(nomination.id, name),
        action=post,
        community_id=community.id,
        destination=community.papers_channel_ref,
    )
    await outbox.put(session, answer, now=now)
