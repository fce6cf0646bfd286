"""`/demo`: what only the demo has. It lets a newcomer watch a whole round in a minute."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import discord
from discord import app_commands
from discord.ext import commands
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

from bot.adapters.discord.replies import Interaction, show, think
from bot.app import Application
from bot.core.post import Button, Post, Style, moment
from bot.core.text import cut, escape
from bot.demo.blog import DemoBlog
from bot.demo.pump import Pump, may_see
from bot.demo.reading import gist
from bot.demo.world import World

NEXT, LOOK = "demo_next", "demo_look"
PAPERS, EXPERIENCES, QUESTIONS, ORGANISERS = "papers", "experiences", "questions", "organisers"
THREAD, MESSAGES = "thread", "messages"
_LABELS = {
    THREAD: "Look into the thread",
    EXPERIENCES: "Look into #experiences",
    QUESTIONS: "Look into #questions",
    PAPERS: "Look into #papers",
}
_PLACES = {
    PAPERS: "#papers",
    THREAD: "the paper's thread",
    EXPERIENCES: "#experiences",
    QUESTIONS: "#questions",
    ORGANISERS: "#organisers",
    MESSAGES: "your direct messages",
}
_STEPS = 6  # how many silent steps may follow each other until something is to be seen
_SHOWN = 6  # posts that one report tells of
_SUGGESTED, _LONGEST_NAME = 25, 100  # Discord's limits for suggestions


@dataclass(frozen=True)
class _Sight:
    """What there is to see: messages by channel, and the calendar."""

    messages: dict[int, discord.Message]
    places: dict[int, ChannelHandle]  # by message
    events: dict[int, tuple[str, discord.EventStatus]]


@app_commands.allowed_contexts(guilds=True, dms=True)
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
        place="A channel, a thread, your messages; if left out, the newest thread here, or back"
    )
    async def look(self, interaction: Interaction, place: str | None = None) -> None:
        await self._look(interaction, place or "")

    @look.autocomplete("place")
    async def _places_like(
        self, interaction: Interaction, typed: str
    ) -> list[app_commands.Choice[str]]:
        threads = [
            (cut(thread.name or "", _LONGEST_NAME), str(thread.id))
            for channel in self._channels_of(self._person(interaction))
            for thread in channel.threads
        ]
        places = [(name, place) for place, name in _PLACES.items()] + threads
        return [
            app_commands.Choice(name=name, value=place)
            for name, place in places
            if typed.casefold() in name.casefold()
        ][:_SUGGESTED]

    async def _next(self, interaction: Interaction, _: str = "") -> None:
        await think(interaction)

        async def step() -> None:
            post = await self._skip_ahead(interaction)
            await self.pump.run(show(interaction, post))

        self.pump.afterwards(step)

    async def _look(self, interaction: Interaction, place: str = "") -> None:
        person = self._person(interaction)
        target = self._target(place, person)
        if target is None:
            await show(interaction, _NO_THREAD)
            return
        if target.guild is not None and not may_see(person, target):
            await show(interaction, _NOT_FOR_YOU)
            return
        await show(interaction, _inside(target))

        async def step() -> None:
            self.pump.show(target)

        self.pump.afterwards(step)

    def _person(self, interaction: Interaction) -> MemberActor:
        """Who types or presses."""
        everybody = (*self._world.people, *self._world.others)
        return next(one for one in everybody if one.id == interaction.user.id)

    def _channels_of(self, person: MemberActor) -> list[ChannelHandle]:
        return [one for one in self._world.channels if may_see(person, one)]

    def _target(self, place: str, person: MemberActor) -> ChannelHandle | None:
        """What to look into; None for a thread that is not there."""
        world, here = self._world, self.pump.channel
        channels = {
            PAPERS: world.channel,
            EXPERIENCES: world.experiences,
            QUESTIONS: world.questions,
            ORGANISERS: world.organisers,
            MESSAGES: person.user.dm_channel,
            THREAD: _newest_thread(world.channel),
        }
        threads = {str(one.id): one for channel in world.channels for one in channel.threads}
        if place:
            return channels.get(place) or threads.get(place)
        if here.is_thread:
            around = (one for one in world.channels if here.id in {t.id for t in one.threads})
            return next(around, world.channel)
        return _newest_thread(here) if here.guild is not None else world.channel

    async def _skip_ahead(self, interaction: Interaction) -> Post:
        person = self._person(interaction)
        before = await self._sight(person)
        awaits_pick = await self._awaits_pick()
        for _ in range(_STEPS):
            due = await self._next_due(awaits_pick)
            if due is None:
                return _NOTHING_DUE
            await self.pump.jump(due, interaction)
            with contextlib.suppress(TimeoutError):  # papers' details may hang on the network
                await self.pump.run(self._app.tick())
            awaits_pick = awaits_pick and await self._awaits_pick()
            news = tuple(self._news(before, await self._sight(person)))
            if news and not awaits_pick:
                break
        return Post(
            title=f"Now it is {moment(self._app.clock.now())}",
            details=news[:_SHOWN] or ("Nothing new.",),
            footnote="Only in this demo: time moves when you ask it to.",
            buttons=self._buttons(person),
        )

    async def _awaits_pick(self) -> bool:
        """Whether a first paper is still to be announced; there is no thread before it."""
        return not self._world.channel.threads and await self._app.rounds.next_due() is not None

    async def _next_due(self, awaits_pick: bool) -> datetime | None:
        """When the next round is to move on, a question is to be looked at, a session ends, or the
        next experience is read. Whatever the weekday, the first thing to see is the pick."""
        round_ = await self._app.rounds.next_due()
        if awaits_pick and round_ is not None:
            return round_
        experience, poll = self._blog.next_at(), await self._app.polling.next_due()
        due = (
            round_,
            await self._app.question_reminders.next_due(),
            await self._app.amas.advance_due(),  # what is over is closed by now
            max(experience, poll) if experience and poll else None,
        )
        return min((at for at in due if at is not None), default=None)

    def _buttons(self, person: MemberActor) -> tuple[Button, ...]:
        on = Button(NEXT, "", "Skip ahead again", Style.PRIMARY)
        targets = ((place, self._target(place, person)) for place in _LABELS)
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
        if place.guild is None:
            return "To you alone"
        if place.id == self._world.experiences.id:
            return f"A new experience in {place.mention}"
        if place.is_thread and place.id in {one.id for one in self._world.channel.threads}:
            return "In the thread"
        return f"In {place.mention}"

    async def _sight(self, person: MemberActor) -> _Sight:
        """What this person could see by looking everywhere."""
        messages = person.user.dm_channel
        seen = [
            (message, place)
            for channel in self._channels_of(person)
            for place in (channel, *channel.threads)
            for message in place.history(viewer=person)
        ] + [(message, messages) for message in messages.history(viewer=person.user)]
        seen = [
            (message, place)
            for message, place in seen
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
    text="In #papers it opens with the announcement: `/demo next`, or `/schedule pick` as the "
    "organiser. In #questions each question has one.",
)
_NOT_FOR_YOU = Post(
    title="That is for organisers",
    text="Choose the organiser under “Viewing as”, then look again.",
)


def _inside(place: ChannelHandle) -> Post:
    """In which kind of place one is now, and how to leave it."""
    if place.guild is None:
        return Post(
            title="Into your direct messages",
            text="Nobody else sees what I write to you here. `/demo look` leads back.",
        )
    if place.is_thread:
        return Post(
            title="Into the thread",
            text=f"You are in **{escape(place.name or '')}** now. `/demo look` leads back.",
        )
    return Post(
        title="Into the channel",
        text=f"You are in {place.mention} now. `/demo look` with a `place` leads elsewhere.",
    )


def _newest_thread(channel: ChannelHandle) -> ChannelHandle | None:
    """The one in which something was said last."""
    return max(channel.threads, key=_last_said, default=None)


def _last_said(thread: ChannelHandle) -> int:
    return max((message.id for message in thread.history()), default=thread.id)
