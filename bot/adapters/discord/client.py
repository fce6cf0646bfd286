"""The connection to Discord: one client, few intents, small caches."""

import logging
from collections.abc import Awaitable, Callable, Iterable

import discord
from discord.ext import commands

from bot.adapters.discord.ui import PLATFORM, ActionButton, ActionHandler, CommandTree, Interaction
from bot.communities.service import Communities
from bot.core.errors import UserError

log = logging.getLogger(__name__)

# Only what slash commands and permissions need; none of them is privileged.
INTENTS = discord.Intents(guilds=True)


class PaperclubClient(commands.AutoShardedBot):
    """The bot on Discord. Cogs and what to run beside it are handed in before it starts."""

    def __init__(self, communities: Communities, *, shard_count: int | None = None) -> None:
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
            shard_count=shard_count,
        )
        self.communities = communities
        self.actions: dict[str, ActionHandler] = {"retry": self._retry}
        self.cogs_to_add: list[commands.Cog] = []
        self.when_ready: list[Callable[[], None]] = []
        self.when_closing: list[Callable[[], Awaitable[None]]] = []
        self._has_been_ready = False

    def prepare(
        self,
        cogs: Iterable[commands.Cog],
        *,
        when_ready: Iterable[Callable[[], None]] = (),
        when_closing: Iterable[Callable[[], Awaitable[None]]] = (),
    ) -> None:
        """What to add, what to begin at the first READY, and what to end with the client."""
        self.cogs_to_add += cogs
        self.when_ready += when_ready
        self.when_closing += when_closing

    async def setup_hook(self) -> None:
        self.add_dynamic_items(ActionButton)
        for cog in self.cogs_to_add:
            await self.add_cog(cog)
            self.actions |= getattr(cog, "actions", {})
            for menu in getattr(cog, "menus", ()):
                self.tree.add_command(menu)
        await self.tree.sync()

    async def start(self, token: str, *, reconnect: bool = True) -> None:
        """Log in and stay connected. Raises UserError when Discord does not know the token."""
        try:
            await super().start(token, reconnect=reconnect)
        except discord.LoginFailure as error:
            raise UserError(
                "Discord does not know this token. Copy it anew (application, Bot, Reset Token) "
                "and set DISCORD_TOKEN."
            ) from error

    async def on_ready(self) -> None:
        log.info("ready in %d servers", len(self.guilds))
        if not self._has_been_ready:  # READY comes again after every lost connection
            self._has_been_ready = True
            for begin in self.when_ready:
                begin()

    async def close(self) -> None:
        if not self.is_closed():
            for end in self.when_closing:
                await end()
        await super().close()

    async def on_guild_join(self, guild: discord.Guild) -> None:
        await self.communities.joined(PLATFORM, str(guild.id))

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        await self.communities.left(PLATFORM, str(guild.id))

    async def on_guild_channel_update(
        self, before: discord.abc.GuildChannel, after: discord.abc.GuildChannel
    ) -> None:
        if before.overwrites != after.overwrites:
            await self._something_changed(after.guild)

    async def on_guild_role_update(self, before: discord.Role, after: discord.Role) -> None:
        if before.permissions != after.permissions:
            await self._something_changed(after.guild)

    async def on_member_update(self, before: discord.Member, after: discord.Member) -> None:
        if after.id == after.guild.me.id and before.roles != after.roles:
            await self._something_changed(after.guild)

    async def _something_changed(self, guild: discord.Guild) -> None:
        """What was refused may go through now."""
        await self.communities.retry(PLATFORM, str(guild.id))

    async def _retry(self, interaction: Interaction, argument: str) -> None:
        """The *Try again* button of a notice, which names the community: it may be in a DM."""
        await interaction.response.defer()
        await self.communities.retry(PLATFORM, argument)
