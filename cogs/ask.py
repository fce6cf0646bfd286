"""`/ask`: its form, and the ways to it from what a question is about."""

from dataclasses import replace

import discord
from discord import app_commands
from discord.ext import commands

from bot.adapters.discord.actors import actor_of
from bot.adapters.discord.forms import open_form
from bot.adapters.discord.render import mark_of
from bot.adapters.discord.replies import Interaction, request_of, say, show
from bot.communities.subjects import ASK, EXPERIENCE, MEETING, PAPER, Subject
from bot.core.errors import UserError
from bot.core.ids import chosen
from bot.core.text import cut, one_line
from bot.questions.cards import POST_ANYWAY
from bot.questions.replies import asked_sentence, similar_card
from bot.questions.settings import Preferences
from bot.questions.submissions import Asked, Asking, Draft, Similar
from cogs.choices import LONGEST_NAME, MOST, Choices, message_menu, suggestions
from cogs.question_forms import Allowed, AskForm

LONGEST_REF = 60
# What is chosen already, where the group has such topics.
TOPICS = {PAPER: "Papers", MEETING: "Papers", EXPERIENCE: "Internships"}
MESSAGE = "message"


class Ask(commands.Cog):
    """`actions` and `menus` are the buttons and context menus that belong to it."""

    def __init__(self, asking: Asking, preferences: Preferences) -> None:
        self._asking = asking
        self._preferences = preferences
        self.actions = {ASK: self.open_about, POST_ANYWAY: self._post_anyway}
        self.menus = [message_menu("Ask about this", self._ask_about_message)]

    @app_commands.command(description="Ask the group, by name or without it")
    @app_commands.guild_only()
    @app_commands.describe(about="A paper, a meeting or an internship experience; type a word")
    async def ask(
        self, interaction: Interaction, about: app_commands.Range[str, 1, LONGEST_REF] | None = None
    ) -> None:
        await self.open_about(interaction, about or "")

    @ask.autocomplete("about")
    @suggestions
    async def _subjects_like(self, interaction: Interaction, typed: str) -> Choices:
        found = await self._asking.subjects_like(await actor_of(interaction), typed)
        return [
            app_commands.Choice(
                name=cut(f"{subject.kind}: {one_line(subject.title)}", LONGEST_NAME),
                value=subject.ref,
            )
            for subject in found[:MOST]
        ]

    async def open_about(self, interaction: Interaction, ref: str) -> None:
        """The form, about the thing with this `Subject.ref`; about nothing where that is empty."""
        subject = None
        if ref:
            subject = await self._asking.subject(await actor_of(interaction), ref)
        await self._open(interaction, subject)

    async def _open(self, interaction: Interaction, subject: Subject | None) -> None:
        preferences = await self._preferences.show(await actor_of(interaction))

        async def send(sender: Interaction, draft: Draft) -> None:
            self._require_channel(sender, preferences.channel_ref)
            actor = await actor_of(sender)
            await self._answer_asked(
                sender, await self._asking.ask(actor, draft, key=request_of(sender))
            )

        name = f"About: {one_line(subject.title)}" if subject else "Ask the group"
        allowed = Allowed(preferences.topics, preferences.anonymous_questions)
        draft = Draft(title="", about=subject)
        if subject is not None:
            topic = TOPICS.get(subject.kind, "")
            draft = replace(
                draft,
                topic=topic if topic in preferences.topics else "",
                to=subject.member_ref,
            )
        await open_form(interaction, AskForm(name, allowed, send, draft))

    def _require_channel(self, interaction: Interaction, channel_ref: str | None) -> None:
        """A channel that is gone would swallow the question; it is better to know at once."""
        if channel_ref is None or interaction.guild is None:
            return
        if interaction.guild.get_channel(int(channel_ref)) is None:
            raise UserError(
                "The channel for questions is gone. An organiser names another one with "
                "`/settings questions`; then send it again."
            )

    async def _answer_asked(self, interaction: Interaction, outcome: Asked | Similar) -> None:
        if isinstance(outcome, Similar):
            await show(interaction, similar_card(outcome))
        else:
            await say(interaction, asked_sentence(outcome))

    async def _post_anyway(self, interaction: Interaction, number: str) -> None:
        asked = await self._asking.post_draft(await actor_of(interaction), chosen(number))
        await say(interaction, asked_sentence(asked))

    async def _ask_about_message(self, interaction: Interaction, message: discord.Message) -> None:
        """The context menu: about what a message of ours shows, or about the message itself."""
        subject = None
        if interaction.client.user is not None and message.author.id == interaction.client.user.id:
            actor = await actor_of(interaction)
            subject = await self._asking.subject_behind(actor, mark_of(message))
        if subject is None:
            said = one_line(message.content) or "a message"
            subject = Subject(MESSAGE, None, cut(said, LONGEST_NAME), message.jump_url)
        await self._open(interaction, subject)
