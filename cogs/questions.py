"""`/ask` and `/question`: asking, answering, finding; and the buttons below questions."""

from collections.abc import Awaitable, Callable

import discord
from discord import app_commands
from discord.ext import commands

from bot.adapters.discord.ui import (
    Interaction,
    actor_of,
    mark_of,
    page_of,
    person_behind,
    say,
    show,
    target_of,
    think,
    turn_page,
)
from bot.communities.subjects import ASK, Subject
from bot.core.errors import UserError
from bot.core.post import Job, Post
from bot.core.text import cut, escape, one_line
from bot.questions.answering import Answering, ThreadMessage
from bot.questions.asking import Asked, Asking, Draft, Similar
from bot.questions.cards import (
    accepted_sentence,
    answered_sentence,
    asked_sentence,
    choice_name,
    follow_buttons,
    followed_sentence,
    list_empty,
    list_title,
    me_too_buttons,
    me_too_sentence,
    question_row,
    search_row,
    similar_card,
    vote_buttons,
    voted_sentence,
    whole_question,
)
from bot.questions.finding import Filter, Finding
from bot.questions.model import QuestionState
from bot.questions.pointing import Pointing
from bot.questions.posts import (
    ACCEPT,
    ANSWER,
    CLOSE,
    FOLLOW,
    ME_TOO,
    NOT_ME,
    POINT,
    POST_ANYWAY,
    STILL_OPEN,
    TAKE_BACK,
    UNFOLLOW,
    UPVOTE,
    question_name,
)
from bot.questions.preferences import Preferences
from bot.questions.rules import LONGEST_REASON
from bot.questions.views import QuestionView
from cogs.choices import LONGEST_NAME, MOST, Choices, chosen, suggestions
from cogs.question_forms import Allowed, AnswerForm, AskForm, PointerForm, ReasonForm

LIST, SEARCH = "question_list", "question_search"
LONGEST_SEARCH = 60  # a button's id holds it
LONGEST_REF = 60
MESSAGE = "message"

AskConsent = Callable[[Interaction, bool], Awaitable[None]]


@app_commands.guild_only()
class Questions(commands.GroupCog, name="question", description="What members ask and answer"):
    """`actions` and `menus` are the buttons and context menus that belong to it."""

    def __init__(
        self,
        asking: Asking,
        answering: Answering,
        finding: Finding,
        pointing: Pointing,
        preferences: Preferences,
        ask_consent: AskConsent,
    ) -> None:
        self._asking = asking
        self._answering = answering
        self._finding = finding
        self._pointing = pointing
        self._preferences = preferences
        self._ask_consent = ask_consent
        self.actions = {
            ASK: self.open_about,
            POST_ANYWAY: self._post_anyway,
            ANSWER: self.open_answer,
            ME_TOO: self._me_too,
            NOT_ME: self._not_me,
            FOLLOW: self._follow,
            UNFOLLOW: self._unfollow,
            UPVOTE: self._upvote,
            TAKE_BACK: self._take_back,
            ACCEPT: self._accept,
            POINT: self._open_pointer,
            STILL_OPEN: self._still_open,
            CLOSE: self._open_close,
            LIST: self._turn_list,
            SEARCH: self._turn_search,
        }
        self.menus = [
            _menu("Ask about this", self._ask_about_message),
            _menu("Accept as answer", self._accept_message),
        ]

    async def cog_load(self) -> None:
        """Each option that names a question suggests some."""
        posted = (QuestionState.OPEN, QuestionState.ANSWERED, QuestionState.CLOSED)
        for command, states in (
            (self.show_question, posted),
            (self.close, (QuestionState.OPEN, QuestionState.ANSWERED)),
            (self.reopen, (QuestionState.CLOSED, QuestionState.ANSWERED)),
        ):
            command.autocomplete("question")(questions_like(self._finding, states))

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

    async def open_form(self, interaction: Interaction, about: str | None) -> None:
        """The form of `/ask`; `about` is a `Subject.ref`."""
        subject = None
        if about:
            subject = await self._asking.subject(await actor_of(interaction), about)
        await self._open(interaction, subject)

    async def open_about(self, interaction: Interaction, ref: str) -> None:
        """The *Ask about this* button."""
        await self.open_form(interaction, ref)

    async def _open(self, interaction: Interaction, subject: Subject | None) -> None:
        preferences = await self._preferences.show(await actor_of(interaction))

        async def send(sender: Interaction, draft: Draft) -> None:
            self._require_channel(sender, preferences.channel_ref)
            actor = await actor_of(sender)
            await self._answer_asked(
                sender, await self._asking.ask(actor, draft, key=str(sender.id))
            )

        name = f"About: {one_line(subject.title)}" if subject else "Ask the group"
        allowed = Allowed(preferences.topics, preferences.anonymous_questions)
        draft = Draft(title="", about=subject, to=subject.member_ref if subject else None)
        await interaction.response.send_modal(AskForm(name, allowed, send, draft))

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

    async def open_answer(self, interaction: Interaction, number: str) -> None:
        """The *Answer* button."""
        actor = await actor_of(interaction)
        question = await self._answering.show(actor, chosen(number))

        async def send(sender: Interaction, text: str, anonymous: bool) -> None:
            answered = await self._answering.answer(
                await actor_of(sender), question.id, text, anonymous=anonymous, key=str(sender.id)
            )
            await say(sender, answered_sentence(answered.question, answered.answer))
            if question.ama_id is not None:
                await self._ask_consent(sender, anonymous)

        may_be_unnamed = await self._answering.may_be_unnamed(actor)
        form = AnswerForm(question, send, may_be_unnamed=may_be_unnamed)
        await interaction.response.send_modal(form)

    async def _me_too(self, interaction: Interaction, number: str) -> None:
        await self._want(interaction, number, wanted=True)

    async def _not_me(self, interaction: Interaction, number: str) -> None:
        await self._want(interaction, number, wanted=False)

    async def _want(self, interaction: Interaction, number: str, *, wanted: bool) -> None:
        actor = await actor_of(interaction)
        question = await self._answering.me_too(actor, chosen(number), wanted=wanted)
        buttons = me_too_buttons(question, wanted=wanted)
        await say(interaction, me_too_sentence(question, wanted=wanted), *buttons)

    async def _follow(self, interaction: Interaction, number: str) -> None:
        await self._hear(interaction, number, wanted=True)

    async def _unfollow(self, interaction: Interaction, number: str) -> None:
        await self._hear(interaction, number, wanted=False)

    async def _hear(self, interaction: Interaction, number: str, *, wanted: bool) -> None:
        actor = await actor_of(interaction)
        question = await self._answering.follow(actor, chosen(number), wanted=wanted)
        buttons = follow_buttons(question, wanted=wanted)
        await say(interaction, followed_sentence(wanted=wanted), *buttons)

    async def _upvote(self, interaction: Interaction, number: str) -> None:
        await self._vote(interaction, number, wanted=True)

    async def _take_back(self, interaction: Interaction, number: str) -> None:
        await self._vote(interaction, number, wanted=False)

    async def _vote(self, interaction: Interaction, number: str, *, wanted: bool) -> None:
        actor = await actor_of(interaction)
        answer = await self._answering.upvote(actor, chosen(number), wanted=wanted)
        sentence = voted_sentence(answer, wanted=wanted)
        await say(interaction, sentence, *vote_buttons(answer, wanted=wanted))

    async def _accept(self, interaction: Interaction, target: str) -> None:
        actor, number = await person_behind(interaction, target)
        await say(
            interaction, accepted_sentence(await self._answering.accept(actor, chosen(number)))
        )

    async def _open_pointer(self, interaction: Interaction, number: str) -> None:
        question = await self._pointing.show(await actor_of(interaction), chosen(number))

        async def send(sender: Interaction, link: str, note: str) -> None:
            await think(sender)
            work = await self._pointing.point(await actor_of(sender), question.id, link, note)
            await say(sender, f"Thank you. **{escape(cut(one_line(work.title), 200))}** is added.")

        await interaction.response.send_modal(PointerForm(question, send))

    async def _still_open(self, interaction: Interaction, target: str) -> None:
        actor, number = await person_behind(interaction, target)
        question = await self._asking.still_open(actor, chosen(number))
        await say(interaction, f"{question_name(question)} stays open.")

    async def _open_close(self, interaction: Interaction, target: str) -> None:
        async def send(sender: Interaction, reason: str) -> None:
            await self._close(sender, target, reason)

        await interaction.response.send_modal(ReasonForm(send))

    async def _close(self, interaction: Interaction, target: str, reason: str) -> None:
        actor, number = await person_behind(interaction, target)
        key = f"closed:{interaction.id}"
        closed = await self._asking.close(actor, chosen(number), reason, key=key)
        await say(interaction, f"{question_name(closed)} is closed.")

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

    async def _accept_message(self, interaction: Interaction, message: discord.Message) -> None:
        """The context menu: a message in a question's thread, or one of our answers."""
        actor = await actor_of(interaction)
        mine = (
            interaction.client.user is not None and message.author.id == interaction.client.user.id
        )
        if mine:
            written = await self._finding.behind(actor, mark_of(message))
            if not written.answer_id:
                raise UserError("That message is no answer.")
            question = await self._answering.accept(actor, written.answer_id)
        else:
            if message.author.bot:
                raise UserError("That message is a bot's.")
            question = await self._answering.accept_message(
                actor,
                ThreadMessage(
                    ref=f"{message.channel.id}/{message.id}",
                    thread_ref=str(message.channel.id),
                    author_ref=str(message.author.id),
                    author_name=message.author.display_name,
                    text=message.content,
                ),
            )
        await say(interaction, accepted_sentence(question))

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
        await turn_page(
            interaction, await self._list_page(interaction, Filter(wanted), topic, number)
        )

    async def _turn_search(self, interaction: Interaction, target: str) -> None:
        number, text = target_of(target)
        await turn_page(interaction, await self._search_page(interaction, text, number))


class Ask(commands.Cog):
    """`/ask`, which stands by itself: it is what most people come for."""

    def __init__(self, asking: Asking, questions: Questions) -> None:
        self._asking = asking
        self._questions = questions

    @app_commands.command(description="Ask the group, by name or without it")
    @app_commands.guild_only()
    @app_commands.describe(about="A paper, a meeting or an account of an internship; type a word")
    async def ask(
        self, interaction: Interaction, about: app_commands.Range[str, 1, LONGEST_REF] | None = None
    ) -> None:
        await self._questions.open_form(interaction, about)

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


def questions_like(finding: Finding, states: tuple[QuestionState, ...]):  # type: ignore[no-untyped-def]
    """Autocomplete of questions in these states."""

    @suggestions
    async def like(interaction: Interaction, typed: str) -> Choices:
        found = await finding.like(await actor_of(interaction), typed, states)
        return question_choices(found)

    return like


def question_choices(questions: list[QuestionView]) -> Choices:
    return [
        app_commands.Choice(name=choice_name(question), value=str(question.id))
        for question in questions[:MOST]
    ]


def _menu(name: str, callback) -> app_commands.ContextMenu:  # type: ignore[no-untyped-def]
    menu = app_commands.ContextMenu(name=name, callback=callback)
    menu.guild_only = True
    return menu
