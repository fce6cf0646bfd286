"""`/question`: look questions up, close and change them, help with a topic."""

from discord import app_commands
from discord.ext import commands

from bot.adapters.discord.calls import Choices, handle, suggest
from bot.adapters.discord.replies import Interaction
from bot.questions.handlers.helpers import HelperHandlers
from bot.questions.handlers.lifecycle import LifecycleHandlers
from bot.questions.handlers.questions import QuestionHandlers
from bot.questions.handlers.revisions import RevisionHandlers
from bot.questions.rules import LONGEST_REASON, LONGEST_TOPIC
from bot.questions.search import Filter

LONGEST_SEARCH = 60  # a button's id holds it
KINDS = {
    Filter.OPEN: "open",
    Filter.UNANSWERED: "without an answer",
    Filter.ANSWERED: "answered",
    Filter.WANTED: "most wanted",
    Filter.RESEARCH: "open research questions",
    Filter.MINE: "mine",
}

Topic = app_commands.Range[str, 1, LONGEST_TOPIC]
Reason = app_commands.Range[str, 1, LONGEST_REASON]


@app_commands.guild_only()
class Questions(commands.GroupCog, name="question", description="What members ask and answer"):
    def __init__(
        self,
        questions: QuestionHandlers,
        lifecycle: LifecycleHandlers,
        revisions: RevisionHandlers,
        helpers: HelperHandlers,
    ) -> None:
        self._questions = questions
        self._lifecycle = lifecycle
        self._revisions = revisions
        self._helpers = helpers

    @app_commands.command(name="list", description="List open questions, or others")
    @app_commands.describe(which="Which ones", topic="Only this topic")
    @app_commands.choices(
        which=[app_commands.Choice(name=name, value=kind.value) for kind, name in KINDS.items()]
    )
    async def list_questions(
        self, interaction: Interaction, which: str = Filter.OPEN, topic: Topic | None = None
    ) -> None:
        await handle(interaction, self._questions.list_kind, which, topic)

    @app_commands.command(description="Find questions by words in them or their answers")
    @app_commands.describe(text="Words to find; all must occur")
    async def search(
        self, interaction: Interaction, text: app_commands.Range[str, 1, LONGEST_SEARCH]
    ) -> None:
        await handle(interaction, self._questions.search, text)

    @app_commands.command(name="show", description="Show a question with all its answers")
    @app_commands.describe(question="Its number, or a word of it")
    async def show_question(self, interaction: Interaction, question: str) -> None:
        await handle(interaction, self._questions.show, question)

    @app_commands.command(description="Close your question; organisers can close any")
    @app_commands.describe(question="Its number, or a word of it", reason="Shown with the question")
    async def close(
        self, interaction: Interaction, question: str, reason: Reason | None = None
    ) -> None:
        await handle(interaction, self._lifecycle.close, question, reason)

    @app_commands.command(description="Reopen your question; organisers can reopen any")
    @app_commands.describe(question="Its number, or a word of it", reason="Shown with the question")
    async def reopen(
        self, interaction: Interaction, question: str, reason: Reason | None = None
    ) -> None:
        await handle(interaction, self._lifecycle.reopen, question, reason)

    @app_commands.command(description="Edit your question or answer")
    @app_commands.describe(what="Your question or answer; type a word of it")
    async def edit(self, interaction: Interaction, what: str) -> None:
        await handle(interaction, self._revisions.edit, what)

    @app_commands.command(description="Delete your question or answer")
    @app_commands.describe(what="Your question or answer; type a word of it")
    async def delete(self, interaction: Interaction, what: str) -> None:
        await handle(interaction, self._revisions.delete, what)

    @app_commands.command(description="Turn pings for a topic on or off")
    @app_commands.describe(topic="A topic you can help with")
    async def helper(self, interaction: Interaction, topic: Topic) -> None:
        await handle(interaction, self._helpers.turn_pings, topic)

    @list_questions.autocomplete("topic")
    @helper.autocomplete("topic")
    async def _topics_like(self, interaction: Interaction, typed: str) -> Choices:
        return await suggest(interaction, self._helpers.topics_like, typed)

    @show_question.autocomplete("question")
    async def _any_like(self, interaction: Interaction, typed: str) -> Choices:
        return await suggest(interaction, self._questions.any_like, typed)

    @close.autocomplete("question")
    async def _closable_like(self, interaction: Interaction, typed: str) -> Choices:
        return await suggest(interaction, self._questions.closable_like, typed)

    @reopen.autocomplete("question")
    async def _reopenable_like(self, interaction: Interaction, typed: str) -> Choices:
        return await suggest(interaction, self._questions.reopenable_like, typed)

    @edit.autocomplete("what")
    @delete.autocomplete("what")
    async def _own_like(self, interaction: Interaction, typed: str) -> Choices:
        return await suggest(interaction, self._revisions.own_like, typed)
