"""`/experience`: read, find, write and ask about experiences of internships."""

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from discord import app_commands
from discord.ext import commands

from bot.adapters.discord.calls import Choices, handle, suggest
from bot.adapters.discord.replies import Interaction
from bot.experiences.archive import LONGEST_FACT, LONGEST_SEARCH
from bot.experiences.handlers.archive import ArchiveHandlers
from bot.experiences.handlers.submissions import SubmissionHandlers

FILTERS = {
    "organisation": "Where it was, such as CERN",
    "country": "In which country",
    "role": "As what, such as Research Intern",
    "season": "When, such as Summer 2019",
    "programme": "With which programme, such as MITACS",
    "field": "In which field",
    "tag": "With this tag of the blog's",
}

Filter = app_commands.Range[str, 1, LONGEST_FACT]


@app_commands.guild_only()
class Experiences(
    commands.GroupCog, name="experience", description="First-hand reports of internships"
):
    def __init__(self, archive: ArchiveHandlers, submissions: SubmissionHandlers) -> None:
        self._archive = archive
        self._submissions = submissions

    async def cog_load(self) -> None:
        """Each filter suggests what there is."""
        for command in (self.latest, self.search):
            for kind in FILTERS:
                command.autocomplete(kind)(self._values_of(kind))

    @app_commands.command(description="Read experiences, the latest first")
    @app_commands.describe(**FILTERS)
    async def latest(
        self,
        interaction: Interaction,
        organisation: Filter | None = None,
        country: Filter | None = None,
        role: Filter | None = None,
        season: Filter | None = None,
        programme: Filter | None = None,
        field: Filter | None = None,
        tag: Filter | None = None,
    ) -> None:
        filters = _filters(organisation, country, role, season, programme, field, tag)
        await handle(interaction, self._archive.latest, filters)

    @app_commands.command(description="Find experiences by what they say")
    @app_commands.describe(text="Words to look for; all must occur", **FILTERS)
    async def search(
        self,
        interaction: Interaction,
        text: app_commands.Range[str, 1, LONGEST_SEARCH],
        organisation: Filter | None = None,
        country: Filter | None = None,
        role: Filter | None = None,
        season: Filter | None = None,
        programme: Filter | None = None,
        field: Filter | None = None,
        tag: Filter | None = None,
    ) -> None:
        filters = _filters(organisation, country, role, season, programme, field, tag)
        await handle(interaction, self._archive.search, text, filters)

    @app_commands.command(description="Write about your own internship; organisers look first")
    @app_commands.describe(
        anonymous="Members and organisers won't see who wrote it. /about: what hosts could find out"
    )
    async def submit(self, interaction: Interaction, anonymous: bool = False) -> None:
        await handle(interaction, self._submissions.submit, anonymous)

    @app_commands.command(description="Edit an experience that you submitted")
    @app_commands.describe(experience="One of yours")
    async def edit(self, interaction: Interaction, experience: str) -> None:
        await handle(interaction, self._submissions.edit, experience)

    @app_commands.command(description="Delete an experience that you submitted, for good")
    @app_commands.describe(experience="One of yours")
    async def delete(self, interaction: Interaction, experience: str) -> None:
        await handle(interaction, self._submissions.delete, experience)

    @app_commands.command(description="Ask about an experience")
    @app_commands.describe(experience="Type a word of it")
    async def ask(self, interaction: Interaction, experience: str) -> None:
        await handle(interaction, self._archive.ask, experience)

    @edit.autocomplete("experience")
    async def _editable(self, interaction: Interaction, typed: str) -> Choices:
        return await suggest(interaction, self._submissions.editable_like, typed)

    @delete.autocomplete("experience")
    async def _deletable(self, interaction: Interaction, typed: str) -> Choices:
        return await suggest(interaction, self._submissions.deletable_like, typed)

    @ask.autocomplete("experience")
    async def _experiences_like(self, interaction: Interaction, typed: str) -> Choices:
        return await suggest(interaction, self._archive.experiences_like, typed)

    def _values_of(self, kind: str) -> Callable[[Interaction, str], Coroutine[Any, Any, Choices]]:
        async def values(interaction: Interaction, typed: str) -> Choices:
            return await suggest(interaction, partial(self._archive.values_like, kind), typed)

        return values


def _filters(*given: str | None) -> dict[str, str | None]:
    """In the order of `FILTERS`."""
    return dict(zip(FILTERS, given, strict=True))
