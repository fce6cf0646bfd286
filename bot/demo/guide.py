"""`/demo`: what only the demo has. It lets a newcomer watch a whole round in a minute."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import discord
from discord import app_commands
from discord.ext import commands
from simcord.builders import ChannelHandle

from bot.adapters.discord.ui import Interaction, show, think
from bot.app import Application
from bot.core.post import Button, Post, Style, moment
from bot.core.text import escape
from bot.demo.blog import DemoBlog
from bot.demo.pump import Pump
from bot.demo.reading import gist
from bot.demo.world import World

NEXT, LOOK = "demo_next", "demo_look"
Place = Literal["papers", "experiences", "thread"]
_LABELS: dict[Place, str] = {
    "thread": "Look into the thread",
    "experiences": "Look into #experiences",
    "papers": "Look into #papers",
}
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

    def __init__(self, app: Application, world: World, blog: DemoBlog) -> None:
        self._app = app
        self._world = world
        self._blog = blog
        self.actions = {NEXT: self._next, LOOK: self._look}

    @app_commands.command(name="next", description="Skip ahead to the next thing that is due")
    async def next_(self, interaction: Interaction) -> None:
        await self._next(interaction)

    @app_commands.command(description="Look into a thread, another channel, or back")
    @app_commands.describe(
        place="A channel, or the paper's thread; if left out, the newest thread here, or back"
    )
    async def look(self, interaction: Interaction, place: Place | None = None) -> None:
        await self._look(interaction, place or "")

    async def _next(self, interaction: Interaction, _: str = "") -> None:
        await think(interaction)

        async def step() -> None:
            post = await self._skip_ahead(interaction)
            await self.pump.run(show(interaction, post))

        self.pump.afterwards(step)

    async def _look(self, interaction: Interaction, place: str = "") -> None:
        target = self._target(place)
        if target is None:
            await show(interaction, _NO_THREAD)
            return
        await show(interaction, _inside(target) if target.is_thread else _in_channel(target))

        async def step() -> None:
            self.pump.show(target)

        self.pump.afterwards(step)

    def _target(self, place: str) -> ChannelHandle | None:
        """What to look into; None for a thread that is not there yet."""
        world, here = self._world, self.pump.channel
        if place:
            channels = {"papers": world.channel, "experiences": world.experiences}
            return channels.get(place) or _newest_thread(world.channel)
        if here.is_thread:
            around = (one for one in world.channels if here.id in {t.id for t in one.threads})
            return next(around, world.channel)
        return _newest_thread(here)

    async def _skip_ahead(self, interaction: Interaction) -> Post:
        before = await self._sight()
        for _ in range(_STEPS):
            due = await self._next_due()
            if due is None:
                return _NOTHING_DUE
            await self.pump.jump(due, interaction)
            with contextlib.suppress(TimeoutError):  # papers' details may hang on the network
                await self.pump.run(self._app.tick())
            news = tuple(self._news(before, await self._sight()))
            if news:
                break
        return Post(
            title=f"Now it is {moment(self._app.clock.now())}",
            details=news[:_SHOWN] or ("Nothing was to be said.",),
            footnote="Only in this demo: time moves when you ask it to.",
            buttons=self._buttons(),
        )

    async def _next_due(self) -> datetime | None:
        """When the next round is to move on, or the next account is read."""
        account, poll = self._blog.next_at(), await self._app.polling.next_due()
        reading = max(account, poll) if account and poll else None
        due = (await self._app.rounds.next_due(), reading)
        return min((at for at in due if at is not None), default=None)

    def _buttons(self) -> tuple[Button, ...]:
        on = Button(NEXT, "", "Skip ahead again", Style.PRIMARY)
        targets = ((place, self._target(place)) for place in _LABELS)
        here = self.pump.channel.id
        elsewhere = [place for place, target in targets if target and target.id != here]
        return (on, *(Button(LOOK, place, _LABELS[place]) for place in elsewhere))

    def _news(self, before: _Sight, after: _Sight) -> Iterator[str]:
        """In words, what is there now and was not before."""
        for number, message in sorted(after.messages.items()):
            if number not in before.messages:
                yield f"**{self._where(after.places[number])}:** {gist(message)}"
        for number, (name, status) in after.events.items():
            if number not in before.events:
                yield f"**In the calendar:** {escape(name)}"
            elif before.events[number][1] is not status:
                yield f"**In the calendar:** {escape(name)} is {status.name} now"

    def _where(self, place: ChannelHandle) -> str:
        if place.id == self._world.experiences.id:
            return f"A new account in {place.mention}"
        return "In the thread" if place.is_thread else f"In {place.mention}"

    async def _sight(self) -> _Sight:
        seen = [
            (message, place)
            for channel in self._world.channels
            for place in (channel, *channel.threads)
            for message in place.history(viewer=self._world.organiser)
            if not message.flags.ephemeral and message.type is discord.MessageType.default
        ]
        guild = self._app.client.get_guild(self._world.guild.id)
        events = await self.pump.run(guild.fetch_scheduled_events()) if guild is not None else []
        return _Sight(
            messages={message.id: message for message, _ in seen},
            places={message.id: place for message, place in seen},
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


def _in_channel(channel: ChannelHandle) -> Post:
    return Post(
        title="Into the channel",
        text=f"You are in {channel.mention} now. `/demo look` with a `place` leads elsewhere.",
    )


def _newest_thread(channel: ChannelHandle) -> ChannelHandle | None:
    return max(channel.threads, key=lambda thread: thread.id, default=None)
