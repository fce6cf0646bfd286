"""The one greeting of a community that the bot is new to."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.model import Community
from bot.core.outbox import Outbox, Queued
from bot.core.post import Button, Post, Style

SET_UP = "set_up"  # opens the form
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


def greeting_key(community_id: int) -> str:
    return f"greeting:{community_id}"


def greeting_card() -> Post:
    return Post(
        title="Hello, I'm Paperclub",
        text="I run your reading group: a paper of the week with votes and reminders, internship "
        "experiences from blogs, and your questions.",
        details=(
            "An organiser can press *Set up*; it takes two minutes. `/help` shows what I can do.",
        ),
        buttons=(Button(SET_UP, "", "Set up", Style.PRIMARY),),
    )
