"""What all of Paperclub's messages on Discord share: cards, buttons, lists, and the error handler.

A card is a container with the accent colour of its job: a heading, a few short lines, buttons
below. Buttons carry `pc:<action>:<argument>` and need nothing in memory, so that they work for
ever; cogs register what an action does in `PaperclubClient.actions`.
"""

import logging
import re
import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

import aiohttp
import discord
from discord import app_commands, ui

from bot.adapters.discord import replies
from bot.adapters.discord.replies import Interaction
from bot.communities.service import Actor
from bot.core.edited import EditedSince
from bot.core.errors import Repeated, UserError
from bot.core.ids import GONE, number_in, pressed
from bot.core.markup import cut_rich
from bot.core.post import Button, Job, LinkButton, Menu, Picture, Post, Style
from bot.core.text import cut

if TYPE_CHECKING:
    from bot.adapters.discord.client import PaperclubClient

log = logging.getLogger(__name__)

PLATFORM = "discord"
ACCENTS = {
    Job.PAPERS: discord.Colour(0x4F46E5),
    Job.EXPERIENCES: discord.Colour(0x0D9488),
    Job.QUESTIONS: discord.Colour(0xD97706),
    Job.NOTICE: discord.Colour(0x64748B),
}
SETTLED = discord.Colour(0x16A34A)
STYLES = {
    Style.PRIMARY: discord.ButtonStyle.primary,
    Style.SECONDARY: discord.ButtonStyle.secondary,
    Style.SUCCESS: discord.ButtonStyle.success,
    Style.DANGER: discord.ButtonStyle.danger,
}
NEEDED = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "embed_links": "Embed Links",
    "read_message_history": "Read Message History",
    "create_public_threads": "Create Public Threads",
    "send_messages_in_threads": "Send Messages in Threads",
}
NEEDED_TO_TELL = ("view_channel", "send_messages", "embed_links")
# What Discord asks of whoever puts an event into such a channel, besides *Create Events*.
NEEDED_FOR_VOICE_EVENTS = {"view_channel": "View Channel", "connect": "Connect"}
NEEDED_FOR_STAGE_EVENTS = {
    "view_channel": "View Channel",
    "manage_channels": "Manage Channels",
    "mute_members": "Mute Members",
    "move_members": "Move Members",
}
ROWS_A_PAGE = 10
MOST_TEXT = 4000  # characters that a card's texts have together
PART = 1500  # characters of each, where there are more of them than fit
PAGE = 3500  # characters of a list's rows, or less where its title is long
SMALL_PRINT = 100  # characters of a list's footnote and of the marks before title and footnote
LONGEST_REF = 20  # digits of an id of Discord's
BUTTONS_A_ROW = 5
LONGEST_OPTION = 100  # characters
MOST_OPTIONS = 25
BESIDE_A_PICTURE = 3  # texts, at most
ALT_TEXT = 256  # characters
# A card's container has this number and the outbox row's as its id, which members never see. Ids
# from one on are what Discord gives to components that have none.
FIRST_MARK = 1_000_000

# How it looks when an answer did not get through; what was asked for is done by then.
UNREACHABLE = (
    discord.DiscordServerError,
    aiohttp.ClientError,
    ConnectionError,
    TimeoutError,
)

ActionHandler = Callable[[Interaction, str], Awaitable[None]]

_BUTTON = re.compile(r"pc:(?P<action>[a-z_]+):(?P<arg>(?s:.*))")
_MENU = re.compile(r"pm:(?P<action>[a-z_]+):")


def card(post: Post, *, late: bool = False, row_id: int | None = None) -> ui.LayoutView:
    """The post as Discord shows it. `row_id` marks it as the delivery of that outbox row."""
    lines = [f"### {post.title}"]
    if late:
        lines.append("-# This is late: I could not post it in time.")
    lines += [part for part in (post.text, *post.details) if part]
    if post.footnote:
        lines.append(f"-# {post.footnote}")
    longest = PART if sum(map(len, lines)) > MOST_TEXT else MOST_TEXT
    texts: list[ui.TextDisplay[Any]] = [ui.TextDisplay(cut_rich(line, longest)) for line in lines]
    body: list[ui.Item[Any]] = [*_beside(post.picture, texts)]
    if post.menu is not None and post.menu.options:
        body.append(ui.ActionRow(_select(post.menu)))
    for start in range(0, len(post.buttons), BUTTONS_A_ROW):
        row = post.buttons[start : start + BUTTONS_A_ROW]
        body.append(ui.ActionRow(*(_button(button) for button in row)))
    container = ui.Container[Any](
        *body,
        accent_colour=SETTLED if post.settled else ACCENTS[post.job],
        id=None if row_id is None else FIRST_MARK + row_id,
    )
    return _view(*([ui.TextDisplay[Any](post.pinged)] if post.pinged else []), container)


def _beside(picture: Picture | None, texts: list[ui.TextDisplay[Any]]) -> list[ui.Item[Any]]:
    """The texts, the first of them beside the picture if there is one."""
    if picture is None:
        return [*texts]
    thumbnail = ui.Thumbnail[Any](picture.url, description=cut(picture.text, ALT_TEXT) or None)
    return [ui.Section(*texts[:BESIDE_A_PICTURE], accessory=thumbnail), *texts[BESIDE_A_PICTURE:]]


def _view(*items: ui.Item[Any]) -> ui.LayoutView:
    view = ui.LayoutView(timeout=None)
    for item in items:
        view.add_item(item)
    view.stop()  # or discord.py would remember every message ever sent
    return view


def _button(button: Button | LinkButton) -> ui.Button[Any]:
    if isinstance(button, LinkButton):
        return ui.Button(label=button.label, url=button.url)
    return ui.Button(
        label=button.label,
        style=STYLES[button.style],
        custom_id=f"pc:{button.action}:{button.argument}",
    )


def _select(menu: Menu) -> ui.Select[Any]:
    options = [
        discord.SelectOption(label=cut(label, LONGEST_OPTION), value=value)
        for value, label in menu.options[:MOST_OPTIONS]
    ]
    hint = cut(menu.hint, LONGEST_OPTION)
    return ui.Select(custom_id=f"pm:{menu.action}:", placeholder=hint, options=options)


def mark_of(message: discord.Message) -> int | None:
    """The outbox row that this message delivers, if it is one of ours."""
    for component in message.components:
        if isinstance(component, discord.Container) and (number := component.id or 0) >= FIRST_MARK:
            return number - FIRST_MARK
    return None


class ActionButton(ui.DynamicItem[ui.Button[Any]], template=_BUTTON):
    """Every button of every card; discord.py makes one from the custom id when it is pressed."""

    def __init__(self, item: ui.Button[Any], action: str, argument: str) -> None:
        super().__init__(item)
        self.action = action
        self.argument = argument

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        assert isinstance(item, ui.Button)
        return cls(item, match["action"], match["arg"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        try:
            handler = interaction.client.actions.get(self.action)
            if handler is None:
                raise UserError(GONE)
            await handler(interaction, self.argument)
        except Exception as error:
            await explain(interaction, error)


class ActionMenu(ui.DynamicItem[ui.Select[Any]], template=_MENU):
    """Every menu of every card; what is chosen is the action's argument."""

    def __init__(self, item: ui.Select[Any], action: str) -> None:
        super().__init__(item)
        self.action = action

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        assert isinstance(item, ui.Select)
        return cls(item, match["action"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        try:
            handler = interaction.client.actions.get(self.action)
            if handler is None or not self.item.values:
                raise UserError("This menu does nothing any more. `/help` shows what I can do.")
            await handler(interaction, str(self.item.values[0]))
        except Exception as error:
            await explain(interaction, error)


def require_ours(interaction: Interaction) -> None:
    """Raise UserError for a button or menu that none of these answers."""
    custom_id = str(dict(interaction.data or {}).get("custom_id"))
    if not (_BUTTON.fullmatch(custom_id) or _MENU.fullmatch(custom_id)):
        raise UserError(GONE)


class CommandTree(app_commands.CommandTree["PaperclubClient"]):
    """A command tree whose errors are explained like all others, and that can name its commands
    so that they can be clicked."""

    def __init__(self, client: "PaperclubClient", **options: Any) -> None:
        super().__init__(client, **options)
        self._ids: dict[str, int] = {}  # as Discord numbers them

    async def sync(
        self, *, guild: discord.abc.Snowflake | None = None
    ) -> list[app_commands.AppCommand]:
        synced = await super().sync(guild=guild)
        self._ids |= {command.name: command.id for command in synced}
        return synced

    def mention(self, name: str) -> str:
        """A slash command by its whole name, to click on as soon as Discord has numbered it."""
        number = self._ids.get(name.partition(" ")[0])
        return f"`/{name}`" if number is None else f"</{name}:{number}>"

    async def on_error(
        self, interaction: Interaction, error: app_commands.AppCommandError, /
    ) -> None:
        await explain(interaction, error)


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
            "Discord did not take my answer at first, so what you asked for may be done already. "
            "Look before you try again."
        )
    else:
        reference = secrets.token_hex(3)
        log.error("error %s in %s", reference, _where(interaction), exc_info=cause)
        sentence = (
            "Something went wrong on my side. What you asked for may be done already; look before "
            "you try again. If it stays so, tell the person who hosts me the reference "
            f"`{reference}`."
        )
    message = {"content": sentence} if shown is None else {"view": card(shown)}
    try:
        await replies.answer(interaction, kept=False, **message)
    except (discord.HTTPException, *UNREACHABLE) as unheard:
        # The person left, or Discord gave up waiting: nobody is there to read it.
        log.info("an error could not be explained: %s", unheard)


def missing_permissions(channel: discord.abc.GuildChannel, needed: Iterable[str] = NEEDED) -> str:
    """What the bot needs in a channel and does not have, in words; else nothing.

    A channel for papers takes all of `NEEDED`, one in which it only tells something fewer.
    """
    return _lacking(channel, {name: NEEDED[name] for name in needed})


def missing_for_events(channel: discord.VoiceChannel | discord.StageChannel) -> str:
    """What the bot needs to put an event into this channel and does not have; else nothing."""
    stage = isinstance(channel, discord.StageChannel)
    return _lacking(channel, NEEDED_FOR_STAGE_EVENTS if stage else NEEDED_FOR_VOICE_EVENTS)


def _lacking(channel: discord.abc.GuildChannel, needed: Mapping[str, str]) -> str:
    allowed = channel.permissions_for(channel.guild.me)
    return ", ".join(f"*{words}*" for name, words in needed.items() if not getattr(allowed, name))


async def say(interaction: Interaction, sentence: str, *buttons: Button | LinkButton) -> None:
    """Answer with a sentence that only this person sees."""
    if buttons:
        row = ui.ActionRow[Any](*(_button(button) for button in buttons))
        await replies.answer(interaction, view=_view(ui.TextDisplay[Any](sentence), row))
    else:
        await replies.answer(interaction, content=sentence)


async def show(interaction: Interaction, post: Post) -> None:
    """Answer with a card that only this person sees."""
    await replies.answer(interaction, view=card(post))


async def actor_of(interaction: Interaction) -> Actor:
    """Who presses or types. An organiser has *Manage Server* or the organiser role."""
    return await _actor(
        interaction,
        str(interaction.guild_id),
        interaction.user,
        manages=interaction.permissions.manage_guild,
    )


async def organiser_behind(interaction: Interaction, community_ref: str) -> Actor:
    """Who presses a button of a notice, which names its community: it may be in a DM.

    There Discord does not say what they may do in the community, so that it has to be asked.
    """
    if interaction.guild_id is not None:
        if community_ref != str(interaction.guild_id):
            raise UserError(GONE)
        return await actor_of(interaction)
    guild = interaction.client.get_guild(number_in(community_ref, GONE, LONGEST_REF))
    if guild is None:
        raise UserError("I'm not in that server any more.")
    try:
        member = await guild.fetch_member(interaction.user.id)
    except discord.NotFound as error:
        raise UserError("You are not in that server any more.") from error
    manages = member.guild_permissions.manage_guild
    return await _actor(interaction, str(guild.id), member, manages=manages)


async def person_behind(interaction: Interaction, target: str) -> tuple[Actor, str]:
    """Who presses a button, and its argument; in a direct message it begins with the community.

    There, nobody is taken for an organiser; whoever has left is nobody there any more.
    """
    community_ref, _, argument = target.rpartition(".")
    if interaction.guild_id is not None and not community_ref:
        return await actor_of(interaction), argument
    actor = await organiser_behind(interaction, community_ref)
    return (replace(actor, organiser=False) if interaction.guild_id is None else actor), argument


async def _actor(
    interaction: Interaction,
    community_ref: str,
    person: discord.User | discord.Member,
    *,
    manages: bool,
) -> Actor:
    organiser_role = await interaction.client.communities.organiser_role(PLATFORM, community_ref)
    roles = {str(role.id) for role in getattr(person, "roles", ())}
    return Actor(
        platform=PLATFORM,
        community_ref=community_ref,
        member_ref=str(person.id),
        organiser=manages or organiser_role in roles,
        name=person.display_name,
        request=replies.request_of(interaction),
    )


def page_of(
    title: str,
    rows: Sequence[str],
    number: int,
    action: str,
    *,
    empty: str,
    argument: str = "",
    job: Job = Job.PAPERS,
) -> Post:
    """One page of a long list, with Previous and Next where they lead somewhere.

    The buttons' argument is the number of the page they lead to, then `argument`.
    """
    if not rows:
        return Post(title=title, text=empty, job=job)
    pages = _in_pages(rows, min(PAGE, MOST_TEXT - len(title) - SMALL_PRINT))
    number = min(max(number, 0), len(pages) - 1)
    turns = [("Previous", number - 1)] if number > 0 else []
    turns += [("Next", number + 1)] if number < len(pages) - 1 else []
    return Post(
        title=title,
        details=tuple(pages[number]),
        footnote=f"{number + 1} of {len(pages)}" if len(pages) > 1 else "",
        buttons=tuple(Button(action, f"{target}.{argument}", label) for label, target in turns),
        job=job,
    )


def target_of(argument: str) -> tuple[int, str]:
    """The page and the argument that `page_of` has put into a button."""
    number, _, rest = argument.partition(".")
    return pressed(number), rest


def _in_pages(rows: Sequence[str], room: int) -> list[list[str]]:
    """Ten rows a page; fewer where they are so long that a message could not hold them."""
    pages: list[list[str]] = [[]]
    for row in rows:
        full = len(pages[-1]) == ROWS_A_PAGE
        if full or sum(map(len, pages[-1])) + len(row) > room:
            pages.append([])
        pages[-1].append(row)
    return pages


async def turn_page(interaction: Interaction, post: Post) -> None:
    """Replace the list that is shown by another page of it."""
    await replies.edit(interaction, card(post))


def _where(interaction: Interaction) -> str:
    command = interaction.command
    if command is not None:
        return f"/{command.qualified_name}"
    data: dict[str, Any] = dict(interaction.data or {})
    return str(data.get("custom_id", "an interaction"))
