"""`/ama`: sessions in which a guest answers what members ask."""

import io

import discord
from discord import app_commands
from discord.ext import commands

from bot.adapters.discord.actors import actor_of, person_behind
from bot.adapters.discord.forms import open_form
from bot.adapters.discord.replies import Interaction, answer, request_of, say
from bot.communities.service import Communities
from bot.core.errors import UserError
from bot.core.ids import GONE, chosen
from bot.core.time.clock import Clock
from bot.core.time.parsing import parse_end
from bot.questions.ama.cards import AMA_ASK, AMA_NEXT
from bot.questions.ama.sessions import Interviews
from bot.questions.answers import Answering
from bot.questions.cards import FOLLOW_UP
from bot.questions.replies import (
    AGREE,
    DISAGREE,
    answered_sentence,
    asked_sentence,
    closed_sentence,
    consent_buttons,
    consent_sentence,
    exported_sentence,
    next_button,
    opened_sentence,
)
from bot.questions.rules import LONGEST_TITLE
from bot.questions.settings import Preferences
from bot.questions.submissions import Asked, Asking, Draft
from cogs.choices import Choices, question_choices, suggestions, titled
from cogs.question_forms import Allowed, AnswerForm, AskForm

LONGEST_NOTE = 1000


@app_commands.guild_only()
class AmaSessions(commands.GroupCog, name="ama", description="A guest answers your questions"):
    """`actions` are the buttons that belong to it."""

    def __init__(
        self,
        interviews: Interviews,
        asking: Asking,
        answering: Answering,
        preferences: Preferences,
        communities: Communities,
        clock: Clock,
    ) -> None:
        self._interviews = interviews
        self._asking = asking
        self._answering = answering
        self._preferences = preferences
        self._communities = communities
        self._clock = clock
        self.actions = {
            AMA_ASK: self._open_question,
            AMA_NEXT: self._open_next,
            FOLLOW_UP: self._open_follow_up,
            AGREE: self._agree,
            DISAGREE: self._disagree,
        }

    @app_commands.command(name="open", description="Open a session with a guest (organisers)")
    @app_commands.describe(
        guest="Who answers",
        title="What the session is called",
        until="When it ends, such as 18:00 or 12 March 18:00; without it, when you close it",
    )
    async def open_session(
        self,
        interaction: Interaction,
        guest: discord.Member,
        title: app_commands.Range[str, 1, LONGEST_TITLE],
        until: app_commands.Range[str, 1, 40] | None = None,
    ) -> None:
        actor = await actor_of(interaction)
        actor.require_organiser()
        if guest.bot:
            raise UserError("That guest is a bot, which doesn't answer. Choose a person.")
        settings = await self._communities.settings(actor)
        ends = parse_end(until, self._clock.now(), settings.zone) if until else None
        ama = await self._interviews.open(
            actor,
            guest_ref=str(guest.id),
            guest_name=guest.display_name,
            title=title,
            until=ends,
        )
        preferences = await self._preferences.show(actor)
        await say(interaction, opened_sentence(ama, preferences.channel_ref))

    @app_commands.command(description="Close the session and post what came of it (organisers)")
    async def close(self, interaction: Interaction) -> None:
        ama = await self._interviews.close(await actor_of(interaction))
        await say(interaction, closed_sentence(ama))

    @app_commands.command(description="Get a session as a document (organisers)")
    @app_commands.describe(
        session="Which one", form="With front matter for a Jekyll blog, or plain Markdown"
    )
    @app_commands.choices(
        form=[
            app_commands.Choice(name="for a Jekyll blog", value="jekyll"),
            app_commands.Choice(name="plain Markdown", value="plain"),
        ]
    )
    async def export(self, interaction: Interaction, session: str, form: str = "jekyll") -> None:
        exported = await self._interviews.export(
            await actor_of(interaction), chosen(session), jekyll=form == "jekyll"
        )
        await answer(
            interaction,
            content=exported_sentence(exported),
            file=discord.File(io.BytesIO(exported.text.encode()), filename=exported.file_name),
        )

    @app_commands.command(description="Add an editor's note to a session's document (organisers)")
    @app_commands.describe(
        text="The note", question="Below which question; without it, at the top of the latest one"
    )
    async def note(
        self,
        interaction: Interaction,
        text: app_commands.Range[str, 1, LONGEST_NOTE],
        question: str | None = None,
    ) -> None:
        actor = await actor_of(interaction)
        actor.require_organiser()
        if question is not None:
            await self._interviews.note(actor, text, question_id=chosen(question))
        else:
            latest = next(iter(await self._interviews.titles(actor)), None)
            if latest is None:
                raise UserError("There was no session yet. `/ama open` opens one.")
            await self._interviews.note(actor, text, ama_id=latest)
        await say(interaction, "Noted. `/ama export` has it.")

    @app_commands.command(description="Say whether what you write in sessions may be published")
    @app_commands.describe(
        agree="Whether it may", unnamed="What you write without your name, instead of with it"
    )
    async def consent(self, interaction: Interaction, agree: bool, unnamed: bool = False) -> None:
        actor = await actor_of(interaction)
        await self._interviews.agree(actor, anonymous=unnamed, agreed=agree)
        await say(interaction, consent_sentence(agree, anonymous=unnamed))

    @export.autocomplete("session")
    @suggestions
    async def _sessions_like(self, interaction: Interaction, typed: str) -> Choices:
        found = await self._interviews.titles(await actor_of(interaction))
        return titled(((title, number) for number, title in found.items()), typed)

    @note.autocomplete("question")
    @suggestions
    async def _questions_like(self, interaction: Interaction, typed: str) -> Choices:
        return question_choices(
            await self._interviews.questions(await actor_of(interaction), typed)
        )

    async def _open_question(self, interaction: Interaction, number: str) -> None:
        ama = await self._interviews.show(await actor_of(interaction), chosen(number))
        await self._open_form(interaction, f"Ask: {ama.title}", Draft(title="", ama_id=ama.id))

    async def _open_follow_up(self, interaction: Interaction, number: str) -> None:
        actor = await actor_of(interaction)
        question = await self._answering.show(actor, chosen(number))
        ama = await self._interviews.show(actor, question.ama_id or 0)
        draft = Draft(title="", ama_id=ama.id, parent_id=question.id)
        await self._open_form(interaction, f"Follow up: {question.title}", draft)

    async def _open_form(self, interaction: Interaction, name: str, draft: Draft) -> None:
        async def send(sender: Interaction, typed: Draft) -> None:
            asked = await self._asking.ask(await actor_of(sender), typed, key=request_of(sender))
            assert isinstance(asked, Asked), "a guest is asked anew"
            await say(sender, asked_sentence(asked))
            await self.ask_consent(sender, typed.anonymous)

        preferences = await self._preferences.show(await actor_of(interaction))
        allowed = Allowed((), preferences.anonymous_questions, in_session=True)
        await open_form(interaction, AskForm(name, allowed, send, draft))

    async def _open_next(self, interaction: Interaction, number: str) -> None:
        """The guest's button: the question that most want answered."""

        async def send(sender: Interaction, text: str, anonymous: bool) -> None:
            assert question is not None
            answered = await self._answering.answer(
                await actor_of(sender),
                question.id,
                text,
                anonymous=anonymous,
                key=request_of(sender),
            )
            sentence = answered_sentence(answered.question, answered.answer)
            await say(sender, sentence, next_button(ama_id))
            await self.ask_consent(sender, anonymous)

        ama_id = chosen(number)
        question = await self._interviews.next(await actor_of(interaction), ama_id)
        if question is None:
            await say(interaction, "All is answered. New questions come into the thread.")
            return
        form = AnswerForm(question, send, may_be_unnamed=False)
        await open_form(interaction, form)

    async def ask_consent(self, interaction: Interaction, anonymous: bool) -> None:
        """Ask, once, whether what they write may be published."""
        actor = await actor_of(interaction)
        consent = await self._interviews.consent(actor, anonymous=anonymous)
        if consent.first:
            await say(
                interaction,
                consent_sentence(None, anonymous=anonymous),
                *consent_buttons(actor.community_ref, anonymous=anonymous),
            )

    async def _agree(self, interaction: Interaction, target: str) -> None:
        await self._say_consent(interaction, target, agreed=True)

    async def _disagree(self, interaction: Interaction, target: str) -> None:
        await self._say_consent(interaction, target, agreed=False)

    async def _say_consent(self, interaction: Interaction, target: str, *, agreed: bool) -> None:
        actor, anonymous = await person_behind(interaction, target)
        if anonymous not in ("0", "1"):
            raise UserError(GONE)
        await self._interviews.agree(actor, anonymous=anonymous == "1", agreed=agreed)
        await say(interaction, consent_sentence(agreed, anonymous=anonymous == "1"))
