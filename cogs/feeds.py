"""`/feed`: which blogs are followed, and how they fare. All of it is for organisers."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.adapters.discord.calls import Choices, handle, suggest, upload_of
from bot.adapters.discord.replies import Interaction
from bot.experiences.feeds.rules import MOST_LATEST
from bot.experiences.feeds.wishes import CLEAR, Wishes
from bot.experiences.handlers.feeds import FeedHandlers
from bot.experiences.model import Delivery

DELIVERY_CHOICES: list[app_commands.Choice[str | int | float]] = [
    app_commands.Choice(name="Each experience as it comes", value=Delivery.AT_ONCE.value),
    app_commands.Choice(name="A digest on Mondays", value=Delivery.WEEKLY.value),
]
URL = "The blog's address, or its feed's"
FEED = "Type a part of its title"
PLACE = "Where to post its experiences: a text channel or a forum"
CHANNEL = f"{PLACE}; if left out, the one for experiences"
FILTERS = {
    "categories": "Only experiences with one of these categories or tags",
    "keywords": 'Only experiences with one of these words or "quoted phrases"',
    "exclude": "No experiences with one of these words or phrases",
}
CLEARABLE = {name: f"{text}; {CLEAR} for none" for name, text in FILTERS.items()}
LATEST = f"How many of the latest experiences to post now, 0 to {MOST_LATEST}; 1 if left out"
DELIVERY = "Each experience as it comes, or a weekly digest"

Words = app_commands.Range[str, 1, 300]
Address = app_commands.Range[str, 1, 500]
Place = discord.TextChannel | discord.ForumChannel


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class FeedCommands(commands.GroupCog, name="feed", description="The blogs we follow (organisers)"):
    def __init__(self, feeds: FeedHandlers) -> None:
        self._feeds = feeds

    @app_commands.command(description="Follow a blog: I post its new experiences")
    @app_commands.describe(url=URL, channel=CHANNEL, **FILTERS, latest=LATEST, delivery=DELIVERY)
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
        wishes = Wishes(_ref(channel), categories, keywords, exclude, latest, _delivery(delivery))
        await handle(interaction, self._feeds.add, url, wishes)

    @app_commands.command(description="Change how a feed is followed; the rest stays as it is")
    @app_commands.describe(feed=FEED, channel=PLACE, **CLEARABLE, delivery=DELIVERY)
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
        wishes = Wishes(_ref(channel), categories, keywords, exclude, None, _delivery(delivery))
        await handle(interaction, self._feeds.edit, feed, wishes)

    @app_commands.command(name="list", description="List the feeds we follow")
    async def list_feeds(self, interaction: Interaction) -> None:
        await handle(interaction, self._feeds.list_feeds)

    @app_commands.command(description="Show what a blog's experiences would look like here")
    @app_commands.describe(url=URL)
    async def preview(self, interaction: Interaction, url: Address) -> None:
        await handle(interaction, self._feeds.preview, url)

    @app_commands.command(description="Explain what becomes of each entry of a feed")
    @app_commands.describe(url=URL)
    async def why(self, interaction: Interaction, url: Address) -> None:
        await handle(interaction, self._feeds.why, url)

    @app_commands.command(description="Pause a feed")
    @app_commands.describe(feed=FEED)
    async def pause(self, interaction: Interaction, feed: str) -> None:
        await handle(interaction, self._feeds.pause, feed)

    @app_commands.command(description="Resume a feed that is paused")
    @app_commands.describe(feed=FEED)
    async def resume(self, interaction: Interaction, feed: str) -> None:
        await handle(interaction, self._feeds.resume, feed)

    @app_commands.command(description="Unfollow a feed; its experiences stay in the archive")
    @app_commands.describe(feed=FEED)
    async def remove(self, interaction: Interaction, feed: str) -> None:
        await handle(interaction, self._feeds.remove, feed)

    @app_commands.command(description="Check a feed now")
    @app_commands.describe(feed=FEED)
    async def check(self, interaction: Interaction, feed: str) -> None:
        await handle(interaction, self._feeds.check, feed)

    @app_commands.command(name="import", description="Follow all feeds of an OPML file")
    @app_commands.describe(file="An OPML file, as feed readers export it", channel=CHANNEL)
    async def import_list(
        self, interaction: Interaction, file: discord.Attachment, channel: Place | None = None
    ) -> None:
        await handle(interaction, self._feeds.import_list, upload_of(file), _ref(channel))

    @app_commands.command(name="export", description="Get the list of feeds as an OPML file")
    async def export_list(self, interaction: Interaction) -> None:
        await handle(interaction, self._feeds.export_list)

    @edit.autocomplete("feed")
    @pause.autocomplete("feed")
    @resume.autocomplete("feed")
    @remove.autocomplete("feed")
    @check.autocomplete("feed")
    async def _feeds_like(self, interaction: Interaction, typed: str) -> Choices:
        return await suggest(interaction, self._feeds.feeds_like, typed)


def _ref(channel: Place | None) -> str | None:
    return str(channel.id) if channel else None


def _delivery(chosen: str | None) -> Delivery | None:
    return Delivery(chosen) if chosen else None
