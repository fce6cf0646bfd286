"""`/question`: lists, searches, one question whole; closing, and helping with a topic."""

from discord import app_commands
from discord.ext import commands

from bot.adapters.discord.actors import actor_of, person_behind
from bot.adapters.discord.forms import open_form
from bot.adapters.discord.replies import Interaction, request_of, say, show, turn_page
from bot.core.errors import UserError
from bot.core.ids import GONE, chosen
from bot.core.paging import page_of, target_of
from bot.core.post import Button, Job, Post
from bot.core.text import escape, one_line
from bot.questions.cards import CLOSE, STILL_OPEN, question_name
from bot.questions.model import SHOWN, QuestionState
from bot.questions.replies import (
    UNDO_CLOSE,
    list_empty,
    list_title,
    question_row,
    search_row,
    whole_question,
)
from bot.questions.rules import LONGEST_REASON
from bot.questions.search import Filter, Finding
from bot.questions.settings import Preferences
from bot.questions.submissions import Asking
from cogs.choices import MOST, Choices, questions_like, suggestions
from cogs.question_forms import ReasonForm
from cogs.revisions import RevisionActions

LIST, SEARCH = "question_list", "question_search"
LONGEST_SEARCH = 60  # a button's id holds it


@app_commands.guild_only()
class Questions(commands.GroupCog, name="question", description="What members ask and answer"):
    """`actions` are the buttons that belong to it."""

    def __init__(
        self,
        asking: Asking,
        finding: Finding,
        preferences: Preferences,
        revisions: RevisionActions,
    ) -> None:
        self._revisions = revisions
        self._asking = asking
        self._finding = finding
        self._preferences = preferences
        self.actions = {
            STILL_OPEN: self._still_open,
            CLOSE: self._open_close,
            LIST: self._turn_list,
            SEARCH: self._turn_search,
            UNDO_CLOSE: self._undo_close,
            **revisions.actions,
        }

    async def cog_load(self) -> None:
        """Each option that names a question suggests some."""
        for command, states in (
            (self.show_question, SHOWN),
            (self.close, (QuestionState.OPEN, QuestionState.ANSWERED)),
            (self.reopen, (QuestionState.CLOSED, QuestionState.ANSWERED)),
        ):
            command.autocomplete("question")(questions_like(self._finding, states))
        for own in (self.edit, self.delete):
            own.autocomplete("what")(self._revisions.suggest)

    @app_commands.command(name="list", description="List questions: open ones, or as you choose")
    @app_commands.describe(which="Which ones", topic="Only those of this topic")
    @app_commands.choices(
        which=[
            app_commands.Choice(name="open", value="open"),
            app_commands.Choice(name="without an answer", value="unanswered"),
            app_commands.Choice(name="answered", value="answered"),
            app_commands.Choice(name="most wanted", value="wanted"),
            app_commands.Choice(name="open research questions", value="research"),
            app_commands.Choice(name="mine", value="mine"),
        ]
    )
    async def list_questions(
        self,
        interaction: Interaction,
        which: str = "open",
        topic: app_commands.Range[str, 1, 40] | None = None,
    ) -> None:
        await show(interaction, await self._list_page(interaction, Filter(which), topic or "", 0))

    @app_commands.command(description="Find questions by words in them or in their answers")
    @app_commands.describe(text="Words to look for; all must occur")
    async def search(
        self, interaction: Interaction, text: app_commands.Range[str, 1, LONGEST_SEARCH]
    ) -> None:
        await show(interaction, await self._search_page(interaction, text, 0))

    @app_commands.command(name="show", description="Show a question with all its answers")
    @app_commands.describe(question="Its number, or a word of it")
    async def show_question(self, interaction: Interaction, question: str) -> None:
        page = await self._finding.show(await actor_of(interaction), chosen(question))
        await show(interaction, whole_question(page))

    @app_commands.command(description="Close a question of yours; organisers can close any")
    @app_commands.describe(question="Its number, or a word of it", reason="Shown with the question")
    async def close(
        self,
        interaction: Interaction,
        question: str,
        reason: app_commands.Range[str, 1, LONGEST_REASON] | None = None,
    ) -> None:
        await self._close(interaction, question, reason or "")

    @app_commands.command(description="Open a question again; organisers can open any")
    @app_commands.describe(question="Its number, or a word of it", reason="Shown with the question")
    async def reopen(
        self,
        interaction: Interaction,
        question: str,
        reason: app_commands.Range[str, 1, LONGEST_REASON] | None = None,
    ) -> None:
        actor = await actor_of(interaction)
        opened = await self._asking.reopen(actor, chosen(question), reason)
        await say(interaction, f"{question_name(opened)} is open again.")

    @app_commands.command(description="Edit a question or an answer that you wrote")
    @app_commands.describe(what="Your question or answer; type a word of it")
    async def edit(self, interaction: Interaction, what: str) -> None:
        await self._revisions.edit(interaction, what)

    @app_commands.command(description="Delete a question or an answer that you wrote")
    @app_commands.describe(what="Your question or answer; type a word of it")
    async def delete(self, interaction: Interaction, what: str) -> None:
        await self._revisions.delete(interaction, what)

    @app_commands.command(description="Hear of unanswered questions of a topic, or not any more")
    @app_commands.describe(topic="The topic you can help with")
    async def helper(self, interaction: Interaction, topic: app_commands.Range[str, 1, 40]) -> None:
        actor = await actor_of(interaction)
        helping = await self._preferences.help_with(actor, topic)
        topics = ", ".join(map(escape, await self._preferences.helps_with(actor)))
        if helping:
            said = "You are pinged, once, when a question of that topic has no answer after a day."
        else:
            said = "You are not pinged for that topic any more."
        await say(interaction, f"{said} You help with: {topics or 'nothing'}.")

    @list_questions.autocomplete("topic")
    @helper.autocomplete("topic")
    @suggestions
    async def _topics_like(self, interaction: Interaction, typed: str) -> Choices:
        preferences = await self._preferences.show(await actor_of(interaction))
        fitting = [one for one in preferences.topics if typed.casefold() in one.casefold()]
        return [app_commands.Choice(name=topic, value=topic) for topic in fitting[:MOST]]

    async def _still_open(self, interaction: Interaction, target: str) -> None:
        actor, number = await person_behind(interaction, target)
        question = await self._asking.still_open(actor, chosen(number))
        await say(interaction, f"{question_name(question)} stays open.")

    async def _open_close(self, interaction: Interaction, target: str) -> None:
        async def send(sender: Interaction, reason: str) -> None:
            await self._close(sender, target, reason)

        await open_form(interaction, ReasonForm(send))

    async def _close(self, interaction: Interaction, target: str, reason: str) -> None:
        actor, number = await person_behind(interaction, target)
        key = f"closed:{request_of(interaction)}"
        closed = await self._asking.close(actor, chosen(number), reason, key=key)
        undo = Button(UNDO_CLOSE, target, "Undo")
        await say(interaction, f"{question_name(closed)} is closed.", undo)

    async def _undo_close(self, interaction: Interaction, target: str) -> None:
        actor, number = await person_behind(interaction, target)
        key = f"undone:{request_of(interaction)}"
        question = await self._asking.undo_close(actor, chosen(number), key=key)
        await say(interaction, f"Undone: {question_name(question)} is {question.state} again.")

    async def _list_page(
        self, interaction: Interaction, wanted: Filter, topic: str, number: int
    ) -> Post:
        questions = await self._finding.listed(await actor_of(interaction), wanted, topic)
        return page_of(
            list_title(wanted, topic),
            [question_row(question) for question in questions],
            number,
            LIST,
            empty=list_empty(wanted),
            argument=f"{wanted}.{one_line(topic)}",
            job=Job.QUESTIONS,
        )

    async def _search_page(self, interaction: Interaction, text: str, number: int) -> Post:
        found = await self._finding.search(await actor_of(interaction), text)
        return page_of(
            "Questions found",
            [search_row(question) for question in found],
            number,
            SEARCH,
            empty="Nothing here has all of these words. `/ask` takes your question.",
            argument=one_line(text),
            job=Job.QUESTIONS,
        )

    async def _turn_list(self, interaction: Interaction, target: str) -> None:
        number, rest = target_of(target)
        wanted, _, topic = rest.partition(".")
        if wanted not in tuple(Filter):
            raise UserError(GONE)
        await turn_page(
            interaction, await self._list_page(interaction, Filter(wanted), topic, number)
        )

    async def _turn_search(self, interaction: Interaction, target: str) -> None:
        number, text = target_of(target)
        await turn_page(interaction, await self._search_page(interaction, text, number))
