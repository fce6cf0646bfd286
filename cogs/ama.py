"""`/ama`: a guest answers what members ask."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.adapters.discord.calls import Choices, handle, person_of, suggest
from bot.adapters.discord.replies import Interaction
from bot.questions.handlers.ama import JEKYLL, PLAIN, AmaHandlers
from bot.questions.handlers.consent import ConsentHandlers
from bot.questions.rules import LONGEST_TITLE

LONGEST_NOTE = 1000
LONGEST_TIME = 40


@app_commands.guild_only()
class AmaCommands(commands.GroupCog, name="ama", description="A guest answers your questions"):
    def __init__(self, amas: AmaHandlers, consent: ConsentHandlers) -> None:
        self._amas = amas
        self._consent = consent

    @app_commands.command(name="open", description="Open an AMA with a guest (organisers)")
    @app_commands.describe(
        guest="Who answers",
        title="Its title",
        until="When it ends, such as 18:00 or 12 March 18:00; if empty, when you close it",
    )
    async def open_ama(
        self,
        interaction: Interaction,
        guest: discord.Member,
        title: app_commands.Range[str, 1, LONGEST_TITLE],
        until: app_commands.Range[str, 1, LONGEST_TIME] | None = None,
    ) -> None:
        await handle(interaction, self._amas.open, person_of(guest), title, until)

    @app_commands.command(description="Close the AMA and post a summary (organisers)")
    async def close(self, interaction: Interaction) -> None:
        await handle(interaction, self._amas.close)

    @app_commands.command(description="Get an AMA as a document (organisers)")
    @app_commands.describe(
        ama="Which AMA", form="For a Jekyll blog (with front matter) or plain Markdown"
    )
    @app_commands.choices(
        form=[
            app_commands.Choice(name="for a Jekyll blog", value=JEKYLL),
            app_commands.Choice(name="plain Markdown", value=PLAIN),
        ]
    )
    async def export(self, interaction: Interaction, ama: str, form: str = JEKYLL) -> None:
        await handle(interaction, self._amas.export, ama, form)

    @app_commands.command(description="Add an editor's note to an AMA's document (organisers)")
    @app_commands.describe(
        text="The note", question="Below which question; if empty, at the top of the latest AMA"
    )
    async def note(
        self,
        interaction: Interaction,
        text: app_commands.Range[str, 1, LONGEST_NOTE],
        question: str | None = None,
    ) -> None:
        await handle(interaction, self._amas.note, text, question)

    @app_commands.command(description="Choose whether what you write in AMAs may be published")
    @app_commands.describe(
        agree="Whether it may", anonymous="For what you write anonymously, not under your name"
    )
    async def consent(self, interaction: Interaction, agree: bool, anonymous: bool = False) -> None:
        await handle(interaction, self._consent.decide, agreed=agree, anonymous=anonymous)

    @export.autocomplete("ama")
    async def _amas_like(self, interaction: Interaction, typed: str) -> Choices:
        return await suggest(interaction, self._amas.titles_like, typed)

    @note.autocomplete("question")
    async def _questions_like(self, interaction: Interaction, typed: str) -> Choices:
        return await suggest(interaction, self._amas.questions_like, typed)
