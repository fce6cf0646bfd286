"""What Discord knows of a thread."""

import asyncio
import logging
from datetime import datetime

import aiohttp
import discord

log = logging.getLogger(__name__)

LOOKED_AT = 50  # messages; who has not answered by then is not going to be found further on
LONGEST_CALL = 30  # seconds


class DiscordThreads:
    """See `bot.questions.reminders.Threads`. Who wrote is known without reading what they wrote."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def has_reply(self, thread_ref: str, since: datetime, besides: str | None) -> bool:
        channel = self._client.get_partial_messageable(int(thread_ref))
        try:
            async with asyncio.timeout(LONGEST_CALL):
                async for message in channel.history(limit=LOOKED_AT, after=since):
                    if not message.author.bot and str(message.author.id) != besides:
                        return True
        except (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError) as error:
            log.info("a thread could not be looked into: %s", error)
        return False
