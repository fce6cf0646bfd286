"""The connection to Discord: one client, few intents, small caches."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import aiohttp
import discord
from discord.ext import commands

from bot.adapters.discord.actions import ActionButton, ActionHandler, ActionMenu, require_ours
from bot.adapters.discord.actors import PLATFORM
from bot.adapters.discord.command_tree import CommandTree
from bot.adapters.discord.errors import explain
from bot.adapters.discord.forms import OPEN, Offered, give_back_unless_taken, open_offered
from bot.adapters.discord.permissions import NEEDED_TO_TELL, missing_permissions
from bot.adapters.discord.replies import PATIENCE, Replies, acknowledge_in_time
from bot.communities.calls import FormHandler, Handler, Handlers
from bot.communities.service import Communities
from bot.core.errors import NotSavedError, UserError
from bot.core.requests import Requests

log = logging.getLogger(__name__)

# Only what slash commands and permissions need; none of them is privileged.
INTENTS = discord.Intents(guilds=True)
# How Discord being away looks; a refusal is an HTTPException as well, with a status below 500.
AWAY = (
    discord.HTTPException,
    discord.RateLimited,
    discord.GatewayNotFound,
    aiohttp.ClientError,
    OSError,
    TimeoutError,
    RecursionError,  # how discord.py ends after more than an hour without a gateway
)
FIRST_PAUSE, LONGEST_PAUSE = 5, 300  # seconds
LONGEST_WAIT = 30  # seconds; a request that Discord limits for longer is made again later
TOKEN_REFUSED = 4004  # the gateway's close code
UNKNOWN_TOKEN = (
    "Discord does not know this token. Copy it anew (application, Bot, Reset Token) and set "
    "DISCORD_TOKEN."
)

discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # we have no voice to lose

# Looks after what names channels; the second argument tells whether a server has a channel.
ChannelCheck = Callable[[str, Callable[[str, str], bool]], Awaitable[None]]


class PaperclubClient(commands.AutoShardedBot):
    """The bot on Discord. Cogs and what to run beside it are handed in before it starts."""

    def __init__(
        self, communities: Communities, requests: Requests, *, shard_count: int | None = None
    ) -> None:
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            tree_cls=CommandTree,
            intents=INTENTS,
            allowed_mentions=discord.AllowedMentions.none(),
            allowed_contexts=discord.app_commands.AppCommandContext(guild=True),
            allowed_installs=discord.app_commands.AppInstallationType(guild=True),
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_messages=None,
            max_ratelimit_timeout=LONGEST_WAIT,
            shard_count=shard_count,
        )
        self.communities = communities
        self.requests = requests
        self.replies = Replies()
        self.offered = Offered()
        self.patience = PATIENCE
        self.handlers: dict[str, Handler] = {}  # of buttons and menus, by their action
        self.actions: dict[str, ActionHandler] = {OPEN: open_offered}  # those of Discord alone
        self.form_handlers: dict[str, FormHandler] = {}  # by the form's action
        self.cogs_to_add: list[commands.Cog] = []
        self.when_starting: list[Callable[[], Awaitable[None]]] = []
        self.when_ready: list[Callable[[], None]] = []
        self.when_closing: list[Callable[[], Awaitable[None]]] = []
        self.on_channels_changed: ChannelCheck = _nothing_to_check
        self._has_been_ready = False
        self._shards_away: set[int] = set()
        self._present: set[int] = set()  # ids of the servers that the bot is in
        self._syncing: asyncio.Task[None] | None = None

    def prepare(
        self,
        cogs: Iterable[commands.Cog],
        *,
        handlers: Iterable[Handlers] = (),
        when_starting: Iterable[Callable[[], Awaitable[None]]] = (),
        when_ready: Iterable[Callable[[], None]] = (),
        when_closing: Iterable[Callable[[], Awaitable[None]]] = (),
    ) -> None:
        """What to add, what buttons and forms lead to, what to do before anything else, what to
        begin at the first READY, and what to end with the client."""
        self.cogs_to_add += cogs
        for one in handlers:
            self.handlers |= one.actions
            self.form_handlers |= one.forms
        self.when_starting += when_starting
        self.when_ready += when_ready
        self.when_closing += when_closing

    def is_connected(self) -> bool:
        """Whether the gateway is there now; discord.py's `is_ready` stays true when it is lost."""
        return self.is_ready() and not self.is_closed() and not self._shards_away

    async def setup_hook(self) -> None:
        for prepare in self.when_starting:
            await prepare()
        self.add_dynamic_items(ActionButton, ActionMenu)
        await self.add_commands()
        if not await self._sync() and self._syncing is None:
            self._syncing = asyncio.create_task(self._keep_syncing(), name="sync commands")

    async def add_commands(self) -> None:
        """Put the cogs in their places, with the menus of messages that they have."""
        while self.cogs_to_add:  # a login that is repeated finds them added
            cog = self.cogs_to_add.pop(0)
            await self.add_cog(cog)
            for menu in getattr(cog, "menus", ()):
                self.tree.add_command(menu)

    async def start(self, token: str, *, reconnect: bool = True) -> None:
        """Log in and stay connected. Raises UserError when Discord does not know the token.

        Discord being away at the start is no reason to die: whoever restarts the process would
        only do the same, without the pauses.
        """
        for pause in _pauses():
            try:
                await super().start(token, reconnect=reconnect)
                return
            except discord.LoginFailure as error:
                raise UserError(UNKNOWN_TOKEN) from error
            except discord.ConnectionClosed as error:
                if error.code == TOKEN_REFUSED:
                    raise UserError(UNKNOWN_TOKEN) from error
                raise
            except AWAY as error:
                if self.is_closed() or _is_refusal(error):
                    raise
                log.warning("Discord can't be reached (%s); I try again in %d s", error, pause)
            await self.http.close()  # and with it the connector: the login makes another
            self.http.connector = discord.utils.MISSING
            await asyncio.sleep(pause)

    async def on_ready(self) -> None:
        log.info("ready in %d servers", len(self.guilds))
        if not self._has_been_ready:  # READY comes again after every lost connection
            self._has_been_ready = True
            for begin in self.when_ready:
                begin()
        self._present |= {guild.id for guild in self.guilds}
        for pause in _pauses():
            try:
                joined = {str(guild.id): _joined_at(guild) for guild in self.guilds}
                for ref in await self.communities.present(PLATFORM, joined):
                    guild = self.get_guild(int(ref))
                    if guild is not None:
                        await self.on_guild_join(guild)
                await self.communities.problems.retry_everywhere()
                await self.on_channels_changed(PLATFORM, self._has_channel)
                return
            except NotSavedError:  # another program holds the database for the moment
                await asyncio.sleep(pause)

    async def on_shard_disconnect(self, shard_id: int) -> None:
        self._shards_away.add(shard_id)

    async def on_shard_ready(self, shard_id: int) -> None:
        self._shards_away.discard(shard_id)

    async def on_shard_resumed(self, shard_id: int) -> None:
        self._shards_away.discard(shard_id)

    async def close(self) -> None:
        if self._syncing is not None:
            self._syncing.cancel()
        if not self.is_closed():
            for end in self.when_closing:
                await end()
        await super().close()

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Comes for each, after its handler has begun."""
        if interaction.type is discord.InteractionType.autocomplete:
            return
        acknowledge_in_time(interaction)
        try:
            if interaction.type is discord.InteractionType.modal_submit:
                await give_back_unless_taken(interaction)
            elif interaction.type is discord.InteractionType.component:
                require_ours(interaction)
        except Exception as error:
            await explain(interaction, error)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        self._present.add(guild.id)
        await self.communities.joined(PLATFORM, str(guild.id), greet_in=_place_to_greet(guild))

    async def on_guild_available(self, guild: discord.Guild) -> None:
        if (
            self._has_been_ready and guild.id not in self._present
        ):  # Discord may call a join so, too
            await self.on_guild_join(guild)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        self._present.discard(guild.id)
        await self.communities.left(PLATFORM, str(guild.id))

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        await self.on_channels_changed(PLATFORM, self._has_channel)

    def _has_channel(self, guild_ref: str, channel_ref: str) -> bool:
        """Whether it is there; of a server that is away nobody knows."""
        guild = self.get_guild(int(guild_ref))
        if guild is None or guild.unavailable:
            return True
        return guild.get_channel(int(channel_ref)) is not None

    async def on_guild_channel_update(
        self, before: discord.abc.GuildChannel, after: discord.abc.GuildChannel
    ) -> None:
        if before.overwrites != after.overwrites:
            await self._something_changed(after.guild)

    async def on_raw_thread_update(self, payload: discord.RawThreadUpdateEvent) -> None:
        """Somebody may have unlocked it. A thread that was archived isn't in the cache."""
        if not payload.data["thread_metadata"].get("locked"):
            thread_ref = str(payload.thread_id)
            await self.communities.problems.unlocked(PLATFORM, str(payload.guild_id), thread_ref)

    async def on_guild_role_update(self, before: discord.Role, after: discord.Role) -> None:
        if before.permissions != after.permissions:
            await self._something_changed(after.guild)

    async def on_member_update(self, before: discord.Member, after: discord.Member) -> None:
        if after.id == after.guild.me.id and before.roles != after.roles:
            await self._something_changed(after.guild)

    async def _sync(self) -> bool:
        """Tell Discord which commands there are. Those it knows go on working if it refuses."""
        try:
            await self.tree.sync()
        except AWAY as error:
            log.error("Discord did not take the commands: %s", error)
            return False
        return True

    async def _keep_syncing(self) -> None:
        for pause in _pauses():
            await asyncio.sleep(pause)
            if await self._sync():
                log.info("Discord has the commands now")
                return

    async def _something_changed(self, guild: discord.Guild) -> None:
        """What was refused may go through now."""
        await self.communities.problems.retry(PLATFORM, str(guild.id))


def _joined_at(guild: discord.Guild) -> datetime:
    """Since when the bot is in this server; for ever where Discord does not say so."""
    return (guild.me and guild.me.joined_at) or datetime.min.replace(tzinfo=UTC)


def _place_to_greet(guild: discord.Guild) -> str | None:
    """The channel for system messages if the bot may post there, else the first where it may."""
    for channel in (guild.system_channel, *guild.text_channels):
        if channel is not None and not missing_permissions(channel, NEEDED_TO_TELL):
            return str(channel.id)
    return None


async def _nothing_to_check(platform: str, is_there: Callable[[str, str], bool]) -> None:
    return


def _pauses() -> Iterator[float]:
    """Seconds between attempts: longer and longer, without end."""
    pause = FIRST_PAUSE
    while True:
        yield pause
        pause = min(2 * pause, LONGEST_PAUSE)


def _is_refusal(error: BaseException) -> bool:
    """Discord is there and says no: asking again would not change it."""
    if not isinstance(error, discord.HTTPException):
        return False
    return error.status < 500 and error.status != 429
