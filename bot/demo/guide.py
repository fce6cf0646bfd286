"""`/demo`: what only the demo has. It lets a newcomer watch a whole round in a minute."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

import discord
from discord import app_commands
from discord.ext import commands
from simcord.builders import ChannelHandle

from bot.adapters.discord.ui import Interaction, show, think
from bot.app import Application
from bot.core.post import Button, Post, Style, moment
from bot.core.text import escape
from bot.demo.pump import Pump
from bot.demo.reading import gist
from bot.demo.world import World

NEXT, LOOK = "demo_next", "demo_look"
_STEPS = 6  # how many silent steps may follow each other until something is to be seen
_SHOWN = 6  # posts that one report tells of


@dataclass(frozen=True)
class _Sight:
    """What there is to see: messages by channel, and the calendar."""

    messages: dict[int, discord.Message]
    places: dict[int, ChannelHandle]  # by message
    events: dict[int, tuple[str, discord.EventStatus]]


@app_commands.guild_only()
class Guide(commands.GroupCog, name="demo", description="Only in this demo: move time"):
    """The commands wait for `pump`, which exists once the page does."""

    pump: Pump

    def __init__(self, app: Application, world: World) -> None:
        self._app = app
        self._world = world
        self.actions = {NEXT: self._next, LOOK: self._look}

    @app_commands.command(name="next", description="Skip ahead to the next thing that is due")
    async def next_(self, interaction: Interaction) -> None:
        await self._next(interaction)

    @app_commands.command(description="Look into the discussion thread, or back into the channel")
    async def look(self, interaction: Interaction) -> None:
        await self._look(interaction)

    async def _next(self, interaction: Interaction, _: str = "") -> None:
        await think(interaction)

        async def step() -> None:
            post = await self._skip_ahead(interaction)
            await self.pump.run(show(interaction, post))

        self.pump.afterwards(step)

    async def _look(self, interaction: Interaction, _: str = "") -> None:
        thread = self._thread()
        if self.pump.channel.is_thread:
            target, post = self._world.channel, _back_in(self._world.channel)
        elif thread is not None:
            target, post = thread, _inside(thread)
        else:
            await show(interaction, _NO_THREAD)
            return
        await show(interaction, post)

        async def step() -> None:
            self.pump.show(target)

        self.pump.afterwards(step)

    async def _skip_ahead(self, interaction: Interaction) -> Post:
        before = await self._sight()
        for _ in range(_STEPS):
            due = await self._app.rounds.next_due()
            if due is None:
                return _NOTHING_DUE
            await self.pump.jump(due, interaction)
            with contextlib.suppress(TimeoutError):  # papers' details may hang on the network
                await self.pump.run(self._app.tick())
            news = tuple(_news(before, await self._sight()))
            if news:
                break
        return Post(
            title=f"Now it is {moment(self._app.clock.now())}",
            details=news[:_SHOWN] or ("Nothing was to be said.",),
            footnote="Only in this demo: time moves when you ask it to.",
            buttons=_buttons(thread=self._thread() is not None),
        )

    def _thread(self) -> ChannelHandle | None:
        """The newest thread."""
        return max(self._world.channel.threads, key=lambda thread: thread.id, default=None)

    async def _sight(self) -> _Sight:
        channels = [self._world.channel, *self._world.channel.threads]
        seen = [
            (message, channel)
            for channel in channels
            for message in channel.history(viewer=self._world.organiser)
            if not message.flags.ephemeral and message.type is discord.MessageType.default
        ]
        guild = self._app.client.get_guild(self._world.guild.id)
        events = await self.pump.run(guild.fetch_scheduled_events()) if guild is not None else []
        return _Sight(
            messages={message.id: message for message, _ in seen},
            places={message.id: channel for message, channel in seen},
            events={event.id: (event.name, event.status) for event in events},
        )


_NOTHING_DUE = Post(
    title="Nothing is due",
    text="No meeting is ahead. `/schedule show` tells why; an organiser can `/schedule resume`.",
)
_NO_THREAD = Post(
    title="There is no thread yet",
    text="It opens with the announcement: `/demo next`, or `/schedule pick` as the organiser.",
)


def _inside(thread: ChannelHandle) -> Post:
    return Post(
        title="Into the thread",
        text=f"You are in **{escape(thread.name or '')}** now. `/demo look` leads back.",
    )


def _back_in(channel: ChannelHandle) -> Post:
    return Post(title="Back in the channel", text=f"You are in {channel.mention} again.")


def _buttons(*, thread: bool) -> tuple[Button, ...]:
    on = Button(NEXT, "", "Skip ahead again", Style.PRIMARY)
    return (on, Button(LOOK, "", "Look into the thread")) if thread else (on,)


def _news(before: _Sight, after: _Sight) -> Iterator[str]:
    """In words, what is there now and was not before."""
    for number, message in sorted(after.messages.items()):
        if number not in before.messages:
            place = after.places[number]
            where = "In the thread" if place.is_thread else f"In {place.mention}"
            yield f"**{where}:** {gist(message)}"
    for number, (name, status) in after.events.items():
        if number not in before.events:
            yield f"**In the calendar:** {escape(name)}"
        elif before.events[number][1] is not status:
            yield f"**In the calendar:** {escape(name)} is {status.name} now"
