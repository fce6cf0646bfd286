"""Delivers the outbox to Discord, and finds again what an earlier attempt has left there."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Any, Final

import aiohttp
import discord

from bot.adapters.discord.client import LONGEST_WAIT
from bot.adapters.discord.events import DiscordEvents
from bot.adapters.discord.permissions import missing_permissions
from bot.adapters.discord.render import card, mark_of
from bot.adapters.discord.stopwatch import Stopwatch, anchor_of
from bot.core.courier import Anchor, Delivery, Sent
from bot.core.errors import DeliveryDelayed, DeliveryRefused
from bot.core.post import (
    Edit,
    Event,
    EventEdit,
    EventStatus,
    Lock,
    Post,
    Rename,
    Thread,
    Topic,
)
from bot.core.time.clock import Clock

# Seconds. discord.py makes five attempts and waits at most `LONGEST_WAIT` before each; being cut
# off while it waits for the limit of all requests would stop it for good.
LONGEST_CALL = 6 * LONGEST_WAIT
LOOK_BACK = timedelta(days=1)  # Discord's clock and ours may differ
NONCE_LASTS = timedelta(minutes=2)  # Discord remembers a nonce "for a few minutes"
THREAD_EXISTS = 160004
THREAD_ARCHIVED, THREAD_LOCKED = 50083, 160005
UNKNOWN_CHANNEL, UNKNOWN_MESSAGE = 10003, 10008
CLOSED = (UNKNOWN_CHANNEL, THREAD_ARCHIVED, THREAD_LOCKED)
LOCKED = "The thread is locked. Please unlock it, or give me *Manage Threads*."
SLOW_DOWN = "Discord asks me to slow down."
MOST_TAGS = 5  # on a forum's post
A_WEEK: Final = 10080  # minutes without a message until a thread is archived


class DiscordSender:
    """The courier's way to Discord. See `bot.core.courier.Sender`."""

    def __init__(self, client: discord.Client, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._events = DiscordEvents(client)

    async def find(self, delivery: Delivery) -> Sent | None:
        """Look for what may have arrived. Edits and states can be repeated: nothing to look for."""
        async with self._told_apart(delivery):
            match delivery.action:
                case Post():
                    return await self._find_post(delivery)
                case Topic():
                    if forum := await self._forum(delivery.destination):
                        return await self._find_topic(forum, delivery)
                    return await self._find_message(delivery, delivery.destination)
                case Event():
                    return await self._events.find(delivery)
                case _:
                    return None

    async def send(self, delivery: Delivery) -> Sent:
        async with self._told_apart(delivery):
            match delivery.action:
                case Post() as post:
                    return await self._post(delivery, post)
                case Edit() as edit:
                    return await self._edit(delivery, edit)
                case Thread() as thread:
                    return await self._open_thread(delivery, thread)
                case Rename(name):
                    return await self._change_thread(delivery, name=name)
                case Lock(locked):
                    return await self._change_thread(delivery, locked=locked)
                case Topic() as topic:
                    if forum := await self._forum(delivery.destination):
                        return await self._open_topic(forum, delivery, topic)
                    return await self._post(delivery, topic.post)
                case Event() as event:
                    return await self._events.make(delivery, event)
                case EventStatus() as change:
                    return await self._events.set_status(delivery, change.status)
                case EventEdit(event):
                    return await self._events.edit(delivery, event)

    async def _post(self, delivery: Delivery, post: Post) -> Sent:
        place, stopwatch = delivery.destination, Stopwatch()
        try:
            return await self._post_in(place, delivery, post)
        except discord.HTTPException as error:
            if error.code not in CLOSED or delivery.elsewhere is None:
                raise
            if stopwatch.may_have_repeated:
                raise DeliveryDelayed("The thread may have been closed meanwhile.") from error
            if error.code == UNKNOWN_CHANNEL:
                gone = "Someone deleted the thread."
                raise DeliveryRefused(gone, thread_ref=place, gone=True) from error
            if error.code == THREAD_LOCKED or not await self._may_open(place):
                raise DeliveryRefused(LOCKED, thread_ref=place) from error
        await self._open(place)
        return await self._post_in(place, delivery, post)

    async def _may_open(self, thread_ref: str) -> bool:
        """Anybody who writes in it opens an archived thread, but not one that is locked."""
        thread = await self._client.fetch_channel(int(thread_ref))
        if not isinstance(thread, discord.Thread) or not thread.locked:
            return True
        return thread.permissions_for(thread.guild.me).manage_threads

    async def _open(self, thread_ref: str) -> None:
        """Take an archived thread out of the archive."""
        try:
            await self._client.http.edit_channel(int(thread_ref), archived=False)
        except discord.Forbidden as error:
            raise DeliveryRefused(LOCKED, thread_ref=thread_ref) from error

    async def _post_in(self, place: str, delivery: Delivery, post: Post) -> Sent:
        channel = await self._channel(place)
        message = await channel.send(
            view=card(post, late=delivery.late, row_id=delivery.id),
            allowed_mentions=discord.AllowedMentions(
                everyone=False,
                users=[discord.Object(int(ref)) for ref in post.ping_members],
                roles=[discord.Object(int(ref)) for ref in post.ping_roles],
            ),
            # Discord drops a second message with the same nonce for a few minutes. The instant
            # keeps a database that was made anew from meeting the nonces of the old one.
            nonce=f"{delivery.id}-{int(delivery.claimed_at.timestamp())}",
        )
        return _sent(message.channel.id, message.id)

    async def _find_post(self, delivery: Delivery) -> Sent | None:
        """Where it was to go, or in the channel that the thread is in."""
        if delivery.elsewhere is None:
            return await self._find_message(delivery, delivery.destination)
        try:
            found = await self._find_message(delivery, delivery.destination)
        except discord.NotFound as error:
            if error.code != UNKNOWN_CHANNEL:
                raise
            found = None  # somebody deleted the thread
        if found is None and await self._forum(delivery.elsewhere) is None:
            found = await self._find_message(delivery, delivery.elsewhere)
        return found

    async def _find_message(self, delivery: Delivery, place: str) -> Sent | None:
        young = abs(self._clock.now() - delivery.claimed_at) < NONCE_LASTS
        if not self._may_read_history(place):
            if young:
                return None  # the nonce sees to it
            raise DeliveryRefused(
                "I can't tell whether my last message arrived: I'm missing *Read Message "
                "History*. Please give it to me."
            )
        channel = await self._channel(place)
        async for message in channel.history(
            after=self._look_from(delivery), oldest_first=True, limit=None
        ):
            if message.author.id == self._me and mark_of(message) == delivery.id:
                return _sent(message.channel.id, message.id)
        return None

    async def _edit(self, delivery: Delivery, edit: Edit) -> Sent:
        anchor = anchor_of(delivery)
        try:
            await self._show(anchor, edit, late=delivery.late)
        except discord.NotFound as error:
            if error.code != UNKNOWN_MESSAGE:
                raise
            # Somebody deleted the message: there is nothing left to keep right.
        except discord.HTTPException as error:
            if error.code != THREAD_ARCHIVED:
                raise
            # As a forum's post is after a week of silence.
            await self._open(anchor.message_ref.partition("/")[0])
            await self._show(anchor, edit, late=delivery.late)
        if edit.tags is not None:
            await self._tag(anchor, edit.tags)
        return Sent(anchor.message_ref)

    async def _tag(self, anchor: Anchor, tags: tuple[str, ...]) -> None:
        """Put these tags on the thread that the message begins, if it is a forum's."""
        thread = await self._known_channel(int(anchor.message_ref.partition("/")[0]))
        if isinstance(thread, discord.Thread) and isinstance(thread.parent, discord.ForumChannel):
            fitting = _tags_for(thread.parent, tags)
            if {tag.id for tag in fitting} != {tag.id for tag in thread.applied_tags}:
                # Where it takes more than we may, the message has said it all the same.
                with suppress(discord.Forbidden):
                    await thread.edit(applied_tags=fitting)

    async def _show(self, anchor: Anchor, edit: Edit, *, late: bool) -> None:
        await self._message(anchor).edit(
            view=card(edit.post, late=late, row_id=anchor.id),
            allowed_mentions=discord.AllowedMentions.none(),
        )

    async def _open_thread(self, delivery: Delivery, thread: Thread) -> Sent:
        channel_id, message_id = anchor_of(delivery).message_ref.split("/")
        if isinstance(await self._known_channel(int(channel_id)), discord.Thread):
            return Sent(
                channel_id, channel_id
            )  # a forum's: the message stands in its thread already
        try:
            await self._client.http.start_thread_with_message(
                int(channel_id), int(message_id), name=thread.name, auto_archive_duration=A_WEEK
            )
        except discord.HTTPException as error:
            if error.code != THREAD_EXISTS:
                raise
        return Sent(message_id, message_id)  # a message's thread has the message's id

    async def _change_thread(self, delivery: Delivery, **change: Any) -> Sent:
        """Where we may not, the card has the right title all the same."""
        anchor = anchor_of(delivery)
        with suppress(discord.Forbidden, discord.NotFound):
            thread_ref = int(anchor.message_ref)
            await self._client.http.edit_channel(thread_ref, archived=False, **change)
        return Sent(anchor.message_ref)

    async def _open_topic(
        self, forum: discord.ForumChannel, delivery: Delivery, topic: Topic
    ) -> Sent:
        """Discord takes no nonce here: what may have been opened twice is looked for."""
        stopwatch = Stopwatch()
        made = await forum.create_thread(
            name=topic.name,
            view=card(topic.post, late=delivery.late, row_id=delivery.id),
            applied_tags=_tags_for(forum, topic.tags),
            auto_archive_duration=A_WEEK,
            allowed_mentions=discord.AllowedMentions.none(),
        )
        if stopwatch.may_have_repeated:
            raise DeliveryDelayed("Discord may have opened the forum's post twice.")
        return _sent(made.thread.id, made.message.id)

    async def _find_topic(self, forum: discord.ForumChannel, delivery: Delivery) -> Sent | None:
        """What an earlier attempt has opened; a second one was made by mistake."""
        ours = sorted([thread async for thread in self._topics(forum, delivery)], key=_age)
        for double in ours[1:]:
            try:
                await double.delete()
            except discord.Forbidden:  # that takes Manage Threads; its message is ours
                await double.get_partial_message(double.id).delete()
        return _sent(ours[0].id, ours[0].id) if ours else None

    async def _topics(
        self, forum: discord.ForumChannel, delivery: Delivery
    ) -> AsyncIterator[discord.Thread]:
        """The forum's posts that deliver this row."""
        since = discord.utils.time_snowflake(self._look_from(delivery))
        threads = [t for t in await forum.guild.active_threads() if t.parent_id == forum.id]
        async for archived in forum.archived_threads(limit=None):
            if archived.id < since:
                break
            threads.append(archived)
        for thread in threads:
            if thread.id >= since and thread.owner_id == self._me:
                with suppress(discord.NotFound):  # somebody deleted its first message
                    message = await thread.fetch_message(thread.id)
                    if mark_of(message) == delivery.id:
                        yield thread

    def _look_from(self, delivery: Delivery) -> datetime:
        """Since when it may be there, also if a clock that was ahead has claimed it."""
        return min(delivery.claimed_at, self._clock.now()) - LOOK_BACK

    async def _channel(self, destination: str) -> discord.abc.Messageable:
        kind, _, ref = destination.rpartition(":")
        if kind == "user":
            return await self._client.create_dm(discord.Object(int(ref)))
        return self._client.get_partial_messageable(int(ref))

    async def _forum(self, ref: str) -> discord.ForumChannel | None:
        """The forum, if the channel is one."""
        channel = await self._known_channel(int(ref))
        return channel if isinstance(channel, discord.ForumChannel) else None

    async def _known_channel(self, ref: int) -> object:
        """The channel or thread; archived threads are not remembered."""
        return self._client.get_channel(ref) or await self._client.fetch_channel(ref)

    def _message(self, anchor: Anchor) -> discord.PartialMessage:
        channel_id, message_id = anchor.message_ref.split("/")
        channel = self._client.get_partial_messageable(int(channel_id))
        return channel.get_partial_message(int(message_id))

    @property
    def _me(self) -> int:
        assert self._client.user is not None, "posts go out after the login"
        return self._client.user.id

    def _may_read_history(self, destination: str) -> bool:
        """As far as is known; Discord answers with an empty history where it may not be read."""
        channel = self._client.get_channel(int(destination)) if destination.isdigit() else None
        if not isinstance(channel, discord.abc.GuildChannel | discord.Thread):
            return True
        return channel.permissions_for(channel.guild.me).read_message_history

    @asynccontextmanager
    async def _told_apart(self, delivery: Delivery) -> AsyncIterator[None]:
        """Every failure becomes "later" or "not before somebody changes something"."""
        stopwatch = Stopwatch()
        try:
            async with asyncio.timeout(LONGEST_CALL):
                yield
        except discord.RateLimited as error:
            raise DeliveryDelayed(
                SLOW_DOWN,
                uncertain=stopwatch.may_have_repeated,
                retry_after=timedelta(seconds=error.retry_after),
            ) from error
        except discord.HTTPException as error:
            if error.status >= 500:
                raise DeliveryDelayed("Discord had a problem of its own.") from error
            uncertain = stopwatch.may_have_repeated
            if error.status == 429:
                raise DeliveryDelayed(SLOW_DOWN, uncertain=uncertain) from error
            raise DeliveryRefused(self._reason(delivery, error), uncertain=uncertain) from error
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise DeliveryDelayed("I couldn't reach Discord.") from error

    def _reason(self, delivery: Delivery, error: discord.HTTPException) -> str:
        """Why Discord refused, and what to do, in a sentence for organisers."""
        if delivery.destination.startswith("user:"):
            return "This person doesn't accept messages from me."
        words = re.sub(r"\s+", " ", error.text)[:200]
        not_taken = f"Discord refused it: {discord.utils.escape_markdown(words)}."
        if isinstance(delivery.action, Event | EventEdit | EventStatus):
            if error.status == 403:
                return "I'm missing *Create Events*. Please give it to me."
            return not_taken
        channel = self._client.get_channel(int(delivery.destination))
        if isinstance(channel, discord.abc.GuildChannel):
            missing = missing_permissions(channel)
            if missing:
                return f"I'm missing {missing} in <#{channel.id}>. Please give it to me."
        if error.status == 404:
            return "The channel is gone. Please choose another one with `/setup start`."
        if error.status == 403:
            return "I'm not allowed in there. Please check my permissions in that channel."
        return not_taken


def _tags_for(forum: discord.ForumChannel, tags: Iterable[str]) -> list[discord.ForumTag]:
    """The forum's tags that fit and that we may use; if it wants one and none fits, its first."""
    wanted = {tag.casefold() for tag in tags}
    may_use_all = forum.permissions_for(forum.guild.me).manage_threads
    usable = [tag for tag in forum.available_tags if may_use_all or not tag.moderated]
    fitting = [tag for tag in usable if tag.name.casefold() in wanted]
    if not fitting and forum.flags.require_tag:
        fitting = usable[:1]
    return fitting[:MOST_TAGS]


def _sent(place: int, message: int) -> Sent:
    """A message's ref is `<channel or thread>/<message>`; a thread's or an event's is its id."""
    return Sent(f"{place}/{message}", str(place))


def _age(thread: discord.Thread) -> int:
    return thread.id
