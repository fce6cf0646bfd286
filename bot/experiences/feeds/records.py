"""Records of feeds: found, counted, made, and made anew where one was removed."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.service import Actor
from bot.core.errors import UserError
from bot.core.text import shown
from bot.experiences.model import Delivery, Experience, Feed, FeedState
from bot.experiences.publishing import Publishing

MOST_FEEDS = 500  # of a community


async def find_feed(session: AsyncSession, community_id: int, url: str) -> Feed | None:
    """The feed at an address, also one that was removed a moment ago."""
    found = await session.execute(
        select(Feed).where(Feed.community_id == community_id, Feed.url == url)
    )
    return found.scalar_one_or_none()


async def count_by_state(session: AsyncSession, feed_id: int) -> dict[str, int]:
    """How many experiences of a feed are in which state."""
    counted = await session.execute(
        select(Experience.state, func.count().label("how_many"))
        .where(Experience.feed_id == feed_id)
        .group_by(Experience.state)
    )
    return {row.state: row.how_many for row in counted}


async def count_feeds(session: AsyncSession, community_id: int) -> int:
    count = (
        select(func.count())
        .select_from(Feed)
        .where(Feed.community_id == community_id, Feed.removed_at.is_(None))
    )
    return (await session.execute(count)).scalar_one()


async def require_room(session: AsyncSession, community_id: int) -> None:
    if await count_feeds(session, community_id) >= MOST_FEEDS:
        raise UserError(f"I follow at most {MOST_FEEDS} feeds. Unfollow one with `/feed remove`.")


def new_feed(
    community_id: int, actor: Actor, url: str, title: str, place: str, now: datetime
) -> Feed:
    """A feed of which nothing particular is wanted yet."""
    return Feed(
        community_id=community_id,
        url=url,
        title=title or shown(url, 200),
        channel_ref=place,
        categories=[],
        keywords=[],
        excluded=[],
        latest=1,
        delivery=Delivery.AT_ONCE,
        state=FeedState.FOLLOWED,
        added_by_ref=actor.member_ref,
        created_at=now,
        next_poll_at=now,
        skip_hours=[],
        notes=[],
        failures=0,
    )


async def renew(
    session: AsyncSession, publishing: Publishing, removed: Feed | None, new: Feed
) -> Feed:
    """The new feed; or the one that was removed, as the new one, but with its memory."""
    if removed is None:
        session.add(new)
        return new
    await publishing.shelve(session, removed)
    for name in _OF_A_NEW_ONE:
        setattr(removed, name, getattr(new, name))
    removed.removed_at = removed.digest_at = None
    removed.turnovers, removed.turning_since = 0, None
    return removed


_OF_A_NEW_ONE = (
    *("channel_ref", "categories", "keywords", "excluded", "latest", "delivery"),
    *("state", "added_by_ref", "next_poll_at"),
)
