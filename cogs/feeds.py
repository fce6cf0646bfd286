"""`/feed`: which blogs are followed, and how they fare. All of it is for organisers."""

import io
from dataclasses import replace

import discord
from discord import app_commands
from discord.ext import commands

from bot.adapters.discord.actors import actor_of
from bot.adapters.discord.permissions import missing_permissions
from bot.adapters.discord.replies import Interaction, answer, say, show, think, turn_page
from bot.communities.service import Actor
from bot.core.errors import UserError
from bot.core.ids import chosen, pressed
from bot.core.paging import page_of, target_of
from bot.core.post import Button, Job, Post
from bot.core.text import one_line
from bot.experiences.cards import PAUSE, RETRY, UNDO_PAUSE, UNDO_RESUME, feed_link
from bot.experiences.feeds import CLEAR, Following, Wishes
from bot.experiences.model import Delivery
from bot.experiences.replies import (
    added_sentence,
    checked_sentence,
    feed_row,
    imported_card,
    look_card,
    look_title,
    paused_sentence,
    resumed_sentence,
    wanted_sentence,
    why_row,
)
from bot.experiences.rules import MOST_LATEST
from bot.experiences.views import FeedView
from cogs.choices import Choices, suggestions, titled
from cogs.deciding import deciding

UNDO_REMOVE = "undo_feed_remove"
LONGEST_ADDRESS = 500
LONGEST_WORDS = 300
LONGEST_TURNED = 80  # characters of an address in a button
LARGEST_LIST = 1_000_000  # bytes of an OPML file
DELIVERY_CHOICES: list[app_commands.Choice[str | int | float]] = [
    app_commands.Choice(name="Each experience as it comes", value=Delivery.AT_ONCE.value),
    app_commands.Choice(name="A digest on Mondays", value=Delivery.WEEKLY.value),
]
DESCRIPTIONS = {
    "channel": "Where its experiences go: a text channel or a forum; left out, that of experiences",
    "categories": "Only experiences with one of these categories or tags",
    "keywords": 'Only experiences with one of these words or "quoted phrases"',
    "exclude": "No experiences with one of these words or phrases",
    "latest": f"How many of those that are there to post now, 0 to {MOST_LATEST}; 1 if left out",
    "delivery": "Each experience as it comes, or a weekly digest",
}

EDITED = {
    "channel": "Where its experiences go: a text channel or a forum",
    **{
        name: f"{DESCRIPTIONS[name]}; {CLEAR} for none"
        for name in ("categories", "keywords", "exclude")
    },
    "delivery": DESCRIPTIONS["delivery"],
}

Words = app_commands.Range[str, 1, LONGEST_WORDS]
Address = app_commands.Range[str, 1, LONGEST_ADDRESS]
Place = discord.TextChannel | discord.ForumChannel


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class Feeds(commands.GroupCog, name="feed", description="Blogs that are followed (organisers)"):
    def __init__(self, following: Following) -> None:
        self._following = following
        self.actions = {
            RETRY: self._retry,
            PAUSE: self._pause_by_button,
            UNDO_REMOVE: self._undo_remove,
            UNDO_PAUSE: self._undo_pause,
            UNDO_RESUME: self._undo_resume,
            "feeds": self._turn_list,
            "why": self._turn_why,
        }

    @app_commands.command(description="Follow a blog: new experiences are posted by themselves")
    @app_commands.describe(url="The blog's address, or its feed's", **DESCRIPTIONS)
    @app_commands.choices(delivery=DELIVERY_CHOICES)
    async def add(
        self,
        interaction: Interaction,
        url: Address,
        channel: Place | None = None,
        categories: Words | None = None,
        keywords: Words | None = None,
        exclude: Words | None = None,
        latest: app_commands.Range[int, 0, MOST_LATEST] | None = None,
        delivery: str | None = None,
    ) -> None:
        await think(interaction)
        wishes = replace(
            _wishes(channel, categories, keywords, exclude, delivery),
            latest=latest,
            here_ref=_here(interaction),
        )
        added = await self._following.add(await actor_of(interaction), url, wishes)
        await say(
            interaction, " ".join((added_sentence(added), *_warning(interaction, added.feed)))
        )

    @app_commands.command(description="Change how a feed is followed; the rest stays as it is")
    @app_commands.describe(feed="Type a part of its title", **EDITED)
    @app_commands.choices(delivery=DELIVERY_CHOICES)
    async def edit(
        self,
        interaction: Interaction,
        feed: str,
        channel: Place | None = None,
        categories: Words | None = None,
        keywords: Words | None = None,
        exclude: Words | None = None,
        delivery: str | None = None,
    ) -> None:
        wishes = _wishes(channel, categories, keywords, exclude, delivery)
        edited = await self._following.edit(await actor_of(interaction), chosen(feed), wishes)
        await say(interaction, "\n".join((wanted_sentence(edited), *_warning(interaction, edited))))

    @app_commands.command(name="list", description="Show the feeds that are followed")
    async def list_feeds(self, interaction: Interaction) -> None:
        await show(interaction, await self._list_page(interaction, 0))

    @app_commands.command(description="Show what a blog's experiences would look like here")
    @app_commands.describe(url="The blog's address, or its feed's")
    async def preview(self, interaction: Interaction, url: Address) -> None:
        await think(interaction)
        look = await self._following.look(await actor_of(interaction), url)
        await show(interaction, look_card(look))

    @app_commands.command(description="Say what becomes of each entry of a feed, and why")
    @app_commands.describe(url="The blog's address, or its feed's")
    async def why(self, interaction: Interaction, url: Address) -> None:
        await think(interaction)
        await show(interaction, await self._why_page(interaction, url, 0))

    @app_commands.command(description="Stop asking a feed for a while")
    @app_commands.describe(feed="Type a part of its title")
    async def pause(self, interaction: Interaction, feed: str) -> None:
        await self._pause(interaction, await actor_of(interaction), chosen(feed))

    @app_commands.command(description="Go on with a feed that was paused")
    @app_commands.describe(feed="Type a part of its title")
    async def resume(self, interaction: Interaction, feed: str) -> None:
        actor = await actor_of(interaction)
        resumed = await self._following.resume(actor, chosen(feed))
        undo = Button(UNDO_RESUME, f"{actor.community_ref}.{resumed.id}", "Undo")
        await say(interaction, resumed_sentence(resumed), undo)

    @app_commands.command(description="Follow a feed no more; its experiences stay in the archive")
    @app_commands.describe(feed="Type a part of its title")
    async def remove(self, interaction: Interaction, feed: str) -> None:
        removed = await self._following.remove(await actor_of(interaction), chosen(feed))
        undo = Button(UNDO_REMOVE, str(removed.id), "Undo")
        await say(interaction, f"I don't follow {feed_link(removed)} any more.", undo)

    @app_commands.command(description="Ask a feed for news now")
    @app_commands.describe(feed="Type a part of its title")
    async def check(self, interaction: Interaction, feed: str) -> None:
        await think(interaction)
        checked, answer = await self._following.check(await actor_of(interaction), chosen(feed))
        await say(interaction, checked_sentence(checked, answer))

    @app_commands.command(name="import", description="Follow all feeds of an OPML file")
    @app_commands.describe(
        file="An OPML file, as feed readers export it", channel=DESCRIPTIONS["channel"]
    )
    async def import_list(
        self, interaction: Interaction, file: discord.Attachment, channel: Place | None = None
    ) -> None:
        await think(interaction)
        if file.size > LARGEST_LIST:
            raise UserError("That file is too large for a list of feeds.")
        wishes = replace(_wishes(channel), here_ref=_here(interaction))
        result = await self._following.import_list(
            await actor_of(interaction), await file.read(), wishes
        )
        await show(interaction, imported_card(result))

    @app_commands.command(name="export", description="Get the list of feeds as an OPML file")
    async def export_list(self, interaction: Interaction) -> None:
        listed = await self._following.export_list(await actor_of(interaction))
        file = discord.File(io.BytesIO(listed), "feeds.opml")
        await answer(interaction, file=file)

    @edit.autocomplete("feed")
    @pause.autocomplete("feed")
    @resume.autocomplete("feed")
    @remove.autocomplete("feed")
    @check.autocomplete("feed")
    @suggestions
    async def _feeds_like(self, interaction: Interaction, typed: str) -> Choices:
        feeds = await self._following.feeds(await actor_of(interaction))
        return titled(((feed.title, feed.id) for feed in feeds), typed)

    async def _list_page(self, interaction: Interaction, number: int) -> Post:
        rows = [feed_row(feed) for feed in await self._following.feeds(await actor_of(interaction))]
        empty = "No feed is followed yet. `/feed add` takes a blog's address."
        return page_of("Feeds", rows, number, "feeds", empty=empty, job=Job.EXPERIENCES)

    async def _turn_list(self, interaction: Interaction, target: str) -> None:
        number, _ = target_of(target)
        await turn_page(interaction, await self._list_page(interaction, number))

    async def _why_page(self, interaction: Interaction, url: str, number: int) -> Post:
        look = await self._following.look(await actor_of(interaction), url)
        rows = [f"**Note:** {note}" for note in look.notes]
        rows += [why_row(decision) for decision in look.decisions]
        empty = "There is nothing in that feed."
        argument = one_line(url)
        page = page_of(
            look_title(look),
            rows,
            number,
            "why",
            empty=empty,
            argument=argument,
            job=Job.EXPERIENCES,
        )
        if len(argument) <= LONGEST_TURNED or not page.buttons:
            return page
        first = f"The first {len(page.details)} of {len(rows)}: no button could hold this address."
        return replace(page, buttons=(), footnote=first)

    async def _turn_why(self, interaction: Interaction, target: str) -> None:
        number, url = target_of(target)
        await turn_page(interaction, await self._why_page(interaction, url, number))

    async def _undo_remove(self, interaction: Interaction, target: str) -> None:
        restored = await self._following.restore(await actor_of(interaction), pressed(target))
        await say(interaction, f"I follow {feed_link(restored)} again, as before.")

    async def _retry(self, interaction: Interaction, target: str) -> None:
        """The button of a notice, which may be in a direct message."""
        await think(interaction)
        by = await deciding(interaction, target)
        checked, answer = await self._following.check(by.actor, by.number)
        await say(interaction, checked_sentence(checked, answer))

    async def _pause_by_button(self, interaction: Interaction, target: str) -> None:
        by = await deciding(interaction, target)
        await self._pause(interaction, by.actor, by.number)

    async def _pause(self, interaction: Interaction, actor: Actor, feed_id: int) -> None:
        paused = await self._following.pause(actor, feed_id)
        undo = Button(UNDO_PAUSE, f"{actor.community_ref}.{feed_id}", "Undo")
        await say(interaction, paused_sentence(paused), undo)

    async def _undo_pause(self, interaction: Interaction, target: str) -> None:
        by = await deciding(interaction, target)
        resumed = await self._following.resume(by.actor, by.number, undo=True)
        await say(interaction, resumed_sentence(resumed))

    async def _undo_resume(self, interaction: Interaction, target: str) -> None:
        by = await deciding(interaction, target)
        paused = await self._following.pause(by.actor, by.number, undo=True)
        await say(interaction, paused_sentence(paused))


def _wishes(
    channel: Place | None,
    categories: str | None = None,
    keywords: str | None = None,
    excluded: str | None = None,
    delivery: str | None = None,
) -> Wishes:
    return Wishes(
        channel_ref=str(channel.id) if channel else None,
        categories=categories,
        keywords=keywords,
        excluded=excluded,
        delivery=Delivery(delivery) if delivery else None,
    )


def _here(interaction: Interaction) -> str | None:
    """The channel of the command, if accounts can go there."""
    here = interaction.channel
    return str(here.id) if isinstance(here, discord.TextChannel | discord.ForumChannel) else None


def _warning(interaction: Interaction, feed: FeedView) -> tuple[str, ...]:
    """What keeps a feed's accounts from being posted."""
    guild = interaction.guild
    place = guild.get_channel(int(feed.channel_ref)) if guild else None
    if not isinstance(place, discord.TextChannel | discord.ForumChannel):
        return ("**I can't see that channel.** `/feed edit` takes another one.",)
    lacking = missing_permissions(place)
    if not lacking:
        return ()
    return (f"**I can't post in {place.mention} yet**: give me {lacking}.",)
