"""The one greeting of a community that the bot is new to."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.cards import greeting_card
from bot.communities.keys import greeting_key
from bot.communities.model import Community
from bot.core.outbox import Outbox, Queued

WORTH_SAYING = timedelta(days=7)


async def greet(
    session: AsyncSession, outbox: Outbox, community: Community, channel_ref: str, now: datetime
) -> None:
    """Say hello, unless that was done before or the community is set up already."""
    if community.papers_channel_ref is None:
        row = Queued(
            key=greeting_key(community.id),
            action=greeting_card(),
            community_id=community.id,
            destination=channel_ref,
            expires_at=now + WORTH_SAYING,
        )
        await outbox.put(session, row, now=now)
