"""Commands, presses and forms on Discord: handlers are told of them, and their replies shown."""

import io
import re
from collections.abc import Awaitable, Callable, Iterable
from typing import Concatenate, ParamSpec

import discord
from discord import app_commands

from bot.adapters.discord import replies
from bot.adapters.discord.actors import actor_of, organiser_behind, person_behind
from bot.adapters.discord.command_tree import CommandTree
from bot.adapters.discord.forms import FormModal, open_form
from bot.adapters.discord.permissions import lacking
from bot.adapters.discord.render import mark_of
from bot.adapters.discord.replies import Interaction
from bot.communities.calls import (
    Call,
    ChannelKind,
    Command,
    Message,
    Need,
    Person,
    Upload,
)
from bot.communities.service import Actor
from bot.core.errors import UserError
from bot.core.form import Form, Values
from bot.core.ids import GONE
from bot.core.reply import Reply
from bot.core.text import cut, one_line

P = ParamSpec("P")
Choices = list[app_commands.Choice[str]]

MOST_CHOICES = 25  # Discord's limit
LONGEST_CHOICE = 100  # characters, Discord's limit

_CHANNEL_KINDS = (
    (discord.TextChannel, ChannelKind.TEXT),
    (discord.ForumChannel, ChannelKind.FORUM),
    (discord.VoiceChannel, ChannelKind.VOICE),
    (discord.StageChannel, ChannelKind.VOICE),
)
_CHANNEL = re.compile(
    r"<#(\d{1,20})>|https://(?:\w+\.)?discord(?:app)?\.com/channels/\d+/(\d{1,20})/?"
)


class DiscordCall:
    """A `Call` on Discord."""

    def __init__(self, interaction: Interaction, actor: Actor | None) -> None:
        self._interaction = interaction
        self._actor = actor

    @property
    def actor(self) -> Actor:
        if self._actor is None:
            raise UserError(GONE)
        return self._actor

    @property
    def place_ref(self) -> str:
        return str(self._interaction.channel_id)

    @property
    def in_community(self) -> bool:
        return self._interaction.guild_id is not None

    async def organiser_of(self, community_ref: str) -> Actor:
        return await organiser_behind(self._interaction, community_ref)

    async def person_of(self, target: str) -> tuple[Actor, str]:
        return await person_behind(self._interaction, target)

    def mention(self, command: str) -> str:
        return self._tree.mention(command)

    def commands(self) -> list[Command]:
        return self._tree.described()

    def channel_in(self, text: str) -> str | None:
        found = _CHANNEL.fullmatch(text.strip())
        return found and (found[1] or found[2])

    def channel_kind(self, channel_ref: str) -> ChannelKind | None:
        guild = self._interaction.guild
        channel = guild.get_channel_or_thread(int(channel_ref)) if guild else None
        if channel is None:
            return None
        kinds = (kind for type_, kind in _CHANNEL_KINDS if isinstance(channel, type_))
        return next(kinds, ChannelKind.OTHER)

    def can_ping(self, role_ref: str, channel_ref: str) -> bool:
        guild = self._interaction.guild
        role = guild.get_role(int(role_ref)) if guild else None
        channel = guild.get_channel(int(channel_ref)) if guild else None
        if guild is None or role is None or channel is None or role.mentionable:
            return True
        return channel.permissions_for(guild.me).mention_everyone

    def can_lock_threads(self) -> bool:
        guild = self._interaction.guild
        return guild is None or guild.me.guild_permissions.manage_threads

    def has_channel(self, channel_ref: str) -> bool:
        guild = self._interaction.guild
        return guild is None or guild.get_channel(int(channel_ref)) is not None

    def lacks(self, channel_ref: str, need: Need) -> str:
        guild = self._interaction.guild
        channel = guild.get_channel(int(channel_ref)) if guild else None
        return lacking(channel, need) if channel is not None else ""

    @property
    def _tree(self) -> CommandTree:
        tree = self._interaction.client.tree
        assert isinstance(tree, CommandTree)
        return tree


async def handle(
    interaction: Interaction,
    handler: Callable[Concatenate[Call, P], Awaitable[Reply]],
    *args: P.args,
    **options: P.kwargs,
) -> None:
    """Have a handler see to what somebody did, and show them what it replies."""
    in_guild = interaction.guild_id is not None
    call = DiscordCall(interaction, await actor_of(interaction) if in_guild else None)
    reply: Reply | None = await handler(call, *args, **options)
    while reply is not None:
        await _show(interaction, reply)
        reply = reply.then


async def suggest(
    interaction: Interaction,
    like: Callable[[Actor, str], Awaitable[Iterable[tuple[str, str]]]],
    typed: str,
) -> Choices:
    """Autocomplete: what `like` finds, as labels and values. It suggests nothing where a command
    would explain why it can't."""
    try:
        found = await like(await actor_of(interaction), typed)
    except UserError:
        return []
    choices = (
        app_commands.Choice(name=cut(one_line(label), LONGEST_CHOICE), value=value)
        for label, value in found
    )
    return [choice for choice, _ in zip(choices, range(MOST_CHOICES), strict=False)]


def message_of(interaction: Interaction, message: discord.Message) -> Message:
    """A message that somebody chose by a context menu."""
    user = interaction.client.user
    return Message(
        ref=f"{message.channel.id}/{message.id}",
        place_ref=str(message.channel.id),
        author_ref=str(message.author.id),
        author_name=message.author.display_name,
        text=_text_of(message),
        url=message.jump_url,
        attached=_attached_to(message),
        previews=tuple(embed.url for embed in message.embeds if embed.url),
        is_ours=user is not None and message.author.id == user.id,
        by_bot=message.author.bot,
        is_note=message.is_system(),
        mark=mark_of(message),
    )


def person_of(member: discord.Member) -> Person:
    """Somebody who was chosen as a command's option."""
    return Person(str(member.id), member.display_name, member.bot)


def upload_of(file: discord.Attachment) -> Upload:
    """A file that somebody gave to a command."""
    return Upload(file.size, file.read)


async def _show(interaction: Interaction, reply: Reply) -> None:
    if reply.form is not None:
        await open_form(interaction, FormModal(reply.form, _take))
    elif reply.card is not None and reply.replaces:
        await replies.turn_page(interaction, reply.card)
    elif reply.card is not None:
        await replies.show(interaction, reply.card)
    elif reply.file is not None:
        file = discord.File(io.BytesIO(reply.file.text.encode()), reply.file.name)
        await replies.answer(interaction, content=reply.text, file=file)
    else:
        await replies.say(interaction, reply.text, *reply.buttons)


async def _take(interaction: Interaction, form: Form, values: Values) -> None:
    """A form that was sent."""
    handler = interaction.client.form_handlers[form.action]
    await handle(interaction, handler, form.argument, values)


def _text_of(message: discord.Message) -> str:
    """What somebody wrote, forwarded or asked in a poll."""
    texts = [message.content, *(one.content for one in message.message_snapshots)]
    if message.poll is not None:
        texts.append(message.poll.question)
    return "\n".join(text for text in texts if text)


def _attached_to(message: discord.Message) -> str | None:
    """What a message has beside text, in words."""
    forwarded = [file for one in message.message_snapshots for file in one.attachments]
    files = [*message.attachments, *forwarded]
    kinds = {(file.content_type or "").partition("/")[0] for file in files}
    for kind, words in (("image", "a picture"), ("video", "a video"), ("audio", "a recording")):
        if kind in kinds:
            return words if len(files) == 1 else f"{words} and more"
    if files:
        return "a file" if len(files) == 1 else "files"
    if message.poll is not None:
        return "a poll"
    if message.message_snapshots:
        return "a forwarded message"
    if message.stickers:
        return "a sticker"
    return "a preview of a link" if message.embeds else None
