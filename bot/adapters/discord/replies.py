"""How what somebody does on Discord is answered: in time, and alike if it comes again.

Discord waits three seconds for the first answer to a command, a button or a form. What takes
longer is acknowledged for its handler, which need not know: all answers go through here, one at a
time for each interaction.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import aiohttp
import discord
from discord import ui

from bot.adapters.discord import render
from bot.core.latest import Latest
from bot.core.post import Button, LinkButton, Post

if TYPE_CHECKING:
    from bot.adapters.discord.client import PaperclubClient  # noqa: F401 - named in annotations

log = logging.getLogger(__name__)

Interaction = discord.Interaction["PaperclubClient"]

PATIENCE = 1.5  # seconds that a handler has before Discord is told that it takes longer
ALREADY_ACKNOWLEDGED = 40060  # Discord's code: an answer that seemed lost has arrived, or another's
ELSEWHERE = "acknowledged elsewhere"
REPLIES_KEPT = 500
TWICE = "I got that twice and did it once. Nothing else has changed."

Reply = Callable[[Interaction], Awaitable[None]]


class Replies(Latest[str, Reply]):
    """The last answers, so that what is delivered again is answered as it was."""

    def __init__(self) -> None:
        super().__init__(REPLIES_KEPT)


def request_of(interaction: Interaction) -> str:
    """What names this press, command or form, whenever it arrives.

    A form has a key of its own from when it is opened: sent again, Discord gives it another id.
    """
    if interaction.type is discord.InteractionType.modal_submit:
        return f"form:{dict(interaction.data or {}).get('custom_id')}"
    return str(interaction.id)


async def answer(interaction: Interaction, *, kept: bool = True, **message: Any) -> None:
    """Answer so that only this person sees it; what is `kept` is the answer whenever it repeats."""
    if kept and "file" not in message:  # which is read once
        interaction.client.replies.keep(request_of(interaction), partial(answer, **message))
    async with _turn(interaction):
        respond = partial(interaction.response.send_message, ephemeral=True, **message)
        if not await _is_first(interaction, respond):
            await interaction.followup.send(ephemeral=True, **message)


async def answer_again(interaction: Interaction) -> None:
    """Answer what has come before as it was answered then."""
    kept = interaction.client.replies.find(request_of(interaction))
    await (kept or partial(answer, content=TWICE))(interaction)


async def edit(interaction: Interaction, view: ui.LayoutView) -> None:
    """Replace the message whose button was pressed."""
    interaction.client.replies.keep(request_of(interaction), partial(edit, view=view))
    async with _turn(interaction):
        if await _is_first(interaction, partial(interaction.response.edit_message, view=view)):
            return
        acknowledged = interaction.response.type
        if acknowledged in (None, discord.InteractionResponseType.deferred_message_update):
            await interaction.edit_original_response(view=view)
        else:
            await interaction.followup.send(view=view, ephemeral=True)


async def send_modal(interaction: Interaction, modal: ui.Modal) -> bool:
    """Open a form; returns whether that could still be done."""
    async with _turn(interaction):
        if interaction.response.is_done():
            return False
        # Before it is open: if the answer seems lost, people may have the form and send it.
        interaction._state.store_view(modal)
        await _is_first(interaction, partial(interaction.response.send_modal, modal))
        return True


async def think(interaction: Interaction) -> None:
    """Tell Discord at once that the answer takes a moment; it will be for this person only."""
    async with _turn(interaction):
        respond = partial(interaction.response.defer, ephemeral=True, thinking=True)
        await _is_first(interaction, respond)


async def say(interaction: Interaction, sentence: str, *buttons: Button | LinkButton) -> None:
    """Answer with a sentence that only this person sees."""
    if buttons:
        row = ui.ActionRow[Any](*(render.button(button) for button in buttons))
        await answer(interaction, view=render.view_of(ui.TextDisplay[Any](sentence), row))
    else:
        await answer(interaction, content=sentence)


async def show(interaction: Interaction, post: Post) -> None:
    """Answer with a card that only this person sees."""
    await answer(interaction, view=render.card(post))


async def turn_page(interaction: Interaction, post: Post) -> None:
    """Replace the list that is shown by another page of it."""
    await edit(interaction, render.card(post))


async def _is_first(interaction: Interaction, respond: Callable[[], Awaitable[Any]]) -> bool:
    """Give the first answer; returns False, having done nothing, if there is one.

    It may be another delivery's, or ours that Discord took although it seemed lost.
    """
    if _is_answered(interaction):
        return False
    try:
        await respond()
    except discord.HTTPException as error:
        if error.code != ALREADY_ACKNOWLEDGED:
            raise
        interaction.extras[ELSEWHERE] = True
        return False
    return True


def acknowledge_in_time(interaction: Interaction) -> None:
    """Have Discord told that it takes longer, unless it is answered before."""
    if not _is_answered(interaction):
        loop, patience = asyncio.get_running_loop(), interaction.client.patience
        timer = loop.call_later(patience, _begin_to_acknowledge, interaction)
        interaction.extras["timer"] = timer


def _begin_to_acknowledge(interaction: Interaction) -> None:
    if not _is_answered(interaction):
        task = asyncio.create_task(_acknowledge(interaction), name="acknowledge")
        interaction.extras["acknowledging"] = task  # or it could be collected before its end


async def _acknowledge(interaction: Interaction) -> None:
    """A button's message stays as it is: its handler may replace it, or answer apart from it."""
    of_button = interaction.type is discord.InteractionType.component
    try:
        async with _turn(interaction):
            respond = partial(interaction.response.defer, ephemeral=True, thinking=not of_button)
            await _is_first(interaction, respond)
    except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError) as error:
        log.info("an interaction could not be acknowledged: %s", error)


@asynccontextmanager
async def _turn(interaction: Interaction) -> AsyncIterator[None]:
    """One answer at a time; after the first nobody needs to be told that it takes longer."""
    lock: asyncio.Lock = interaction.extras.setdefault("turn", asyncio.Lock())
    async with lock:
        yield
        if _is_answered(interaction) and "timer" in interaction.extras:
            interaction.extras["timer"].cancel()


def _is_answered(interaction: Interaction) -> bool:
    return interaction.response.is_done() or interaction.extras.get(ELSEWHERE, False)
