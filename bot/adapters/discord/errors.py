"""What people read when something went wrong: the one error handler."""

import logging
import secrets
from typing import Any

import aiohttp
import discord
from discord import app_commands

from bot.adapters.discord import replies
from bot.adapters.discord.render import card
from bot.adapters.discord.replies import Interaction
from bot.core.edited import EditedSince
from bot.core.errors import Repeated, UserError
from bot.core.post import Post

log = logging.getLogger(__name__)

# How it looks when an answer did not get through; what was asked for is done by then.
UNREACHABLE = (
    discord.DiscordServerError,
    aiohttp.ClientError,
    ConnectionError,
    TimeoutError,
)


async def explain(interaction: Interaction, error: Exception) -> None:
    """The one error handler, for commands, buttons and forms.

    A UserError's sentence is shown as it is. Anything else but a lost answer is a bug: the person
    gets a short reference, and the log has the traceback under it. It may have come up after what
    was asked for was done, as when Discord refuses the answer.
    """
    cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
    if isinstance(cause, Repeated):
        await replies.answer_again(interaction)
        return
    shown: Post | None = None
    if isinstance(cause, UserError):
        sentence = str(cause)
        shown = cause.card if isinstance(cause, EditedSince) else None
    elif isinstance(cause, UNREACHABLE):
        log.warning("an answer in %s did not get through: %s", _where(interaction), cause)
        sentence = (
            "Discord didn't accept my reply at first, so this may already be done. Please check "
            "before you try again."
        )
    else:
        reference = secrets.token_hex(3)
        log.error("error %s in %s", reference, _where(interaction), exc_info=cause)
        sentence = (
            "Something went wrong on my side. This may already be done, so please check before you "
            f"try again. If it keeps happening, give the reference `{reference}` to the person who "
            "hosts me."
        )
    message = {"content": sentence} if shown is None else {"view": card(shown)}
    try:
        await replies.answer(interaction, kept=False, **message)
    except (discord.HTTPException, *UNREACHABLE) as unheard:
        # The person left, or Discord gave up waiting: nobody is there to read it.
        log.info("an error could not be explained: %s", unheard)


def _where(interaction: Interaction) -> str:
    command = interaction.command
    if command is not None:
        return f"/{command.qualified_name}"
    data: dict[str, Any] = dict(interaction.data or {})
    return str(data.get("custom_id", "an interaction"))
