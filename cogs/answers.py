"""The buttons below questions and answers, and the menu *Accept as answer*."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import discord
from discord.ext import commands

from bot.adapters.discord.actors import actor_of, person_behind
from bot.adapters.discord.forms import open_form
from bot.adapters.discord.render import mark_of
from bot.adapters.discord.replies import Interaction, request_of, say, think
from bot.core.errors import UserError
from bot.core.ids import chosen
from bot.core.text import cut, escape, one_line
from bot.questions.answers import Accepted, Answering, ThreadMessage
from bot.questions.cards import (
    ACCEPT,
    ANSWER,
    FOLLOW,
    ME_TOO,
    NOT_ME,
    POINT,
    TAKE_BACK,
    UNFOLLOW,
    UPVOTE,
)
from bot.questions.paper_links import Pointing
from bot.questions.replies import (
    UNDO_ACCEPT,
    accepted_sentence,
    answered_sentence,
    follow_buttons,
    followed_sentence,
    me_too_buttons,
    me_too_sentence,
    undo_accept_button,
    vote_buttons,
    voted_sentence,
)
from bot.questions.search import Finding
from cogs.choices import message_menu
from cogs.question_forms import AnswerForm, PointerForm

AskConsent = Callable[[Interaction, bool], Awaitable[None]]


class Answers(commands.Cog):
    """`actions` and `menus` are the buttons and context menus that belong to it."""

    def __init__(
        self,
        answering: Answering,
        finding: Finding,
        pointing: Pointing,
        ask_consent: AskConsent,
    ) -> None:
        self._answering = answering
        self._finding = finding
        self._pointing = pointing
        self._ask_consent = ask_consent
        self.actions = {
            ANSWER: self._open_answer,
            ME_TOO: self._me_too,
            NOT_ME: self._not_me,
            FOLLOW: self._follow,
            UNFOLLOW: self._unfollow,
            UPVOTE: self._upvote,
            TAKE_BACK: self._take_back,
            ACCEPT: self._accept,
            POINT: self._open_pointer,
            UNDO_ACCEPT: self._undo_accept,
        }
        self.menus = [message_menu("Accept as answer", self._accept_message)]

    async def _open_answer(self, interaction: Interaction, number: str) -> None:
        """The *Answer* button."""
        actor = await actor_of(interaction)
        question = await self._answering.show(actor, chosen(number))

        async def send(sender: Interaction, text: str, anonymous: bool) -> None:
            answered = await self._answering.answer(
                await actor_of(sender),
                question.id,
                text,
                anonymous=anonymous,
                key=request_of(sender),
            )
            await say(sender, answered_sentence(answered.question, answered.answer))
            if question.ama_id is not None:
                await self._ask_consent(sender, anonymous)

        may_be_unnamed = await self._answering.may_be_unnamed(actor)
        form = AnswerForm(question, send, may_be_unnamed=may_be_unnamed)
        await open_form(interaction, form)

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
        await self._say_accepted(
            interaction, target, await self._answering.accept(actor, chosen(number))
        )

    async def _say_accepted(
        self, interaction: Interaction, target: str, accepted: Accepted
    ) -> None:
        """In a direct message, the button of *Undo* names the community, too."""
        community_ref, _, _ = target.rpartition(".")
        undo = undo_accept_button(accepted)
        if community_ref:
            undo = replace(undo, argument=f"{community_ref}.{undo.argument}")
        await say(interaction, accepted_sentence(accepted.question), undo)

    async def _undo_accept(self, interaction: Interaction, target: str) -> None:
        actor, ids = await person_behind(interaction, target)
        answer_id, _, before = ids.partition("-")
        question = await self._answering.undo_accept(actor, chosen(answer_id), chosen(before))
        await say(interaction, f"Undone: question {question.number} is {question.state}.")

    async def _open_pointer(self, interaction: Interaction, number: str) -> None:
        question = await self._pointing.show(await actor_of(interaction), chosen(number))

        async def send(sender: Interaction, link: str, note: str) -> None:
            await think(sender)
            work = await self._pointing.point(await actor_of(sender), question.id, link, note)
            await say(sender, f"Thank you. **{escape(cut(one_line(work.title), 200))}** is added.")

        await open_form(interaction, PointerForm(question, send))

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
            accepted = await self._answering.accept(actor, written.answer_id)
        else:
            if message.author.bot:
                raise UserError("That message is a bot's.")
            if message.is_system():
                raise UserError("That's a note by Discord, with nothing in it to accept.")
            accepted = await self._answering.accept_message(
                actor,
                ThreadMessage(
                    ref=f"{message.channel.id}/{message.id}",
                    thread_ref=str(message.channel.id),
                    author_ref=str(message.author.id),
                    author_name=message.author.display_name,
                    text=_text_of(message),
                    url=message.jump_url,
                    attached=_attached_to(message),
                ),
            )
        await self._say_accepted(interaction, "", accepted)


def _text_of(message: discord.Message) -> str:
    """What somebody wrote, forwarded or asked in a poll."""
    texts = [message.content, *(one.content for one in message.message_snapshots)]
    if message.poll is not None:
        texts.append(message.poll.question)
    return "\n".join(text for text in texts if text)


def _attached_to(message: discord.Message) -> str | None:
    """What a message has beside text, in words."""
    forwarded = [file for one in message.message_snapshots for file in one.attachments]
    files = [*message.attachments, *forwarded]
    kinds = {(file.content_type or "").partition("/")[0] for file in files}
    for kind, words in (("image", "a picture"), ("video", "a video"), ("audio", "a recording")):
        if kind in kinds:
            return words if len(files) == 1 else f"{words} and more"
    if files:
        return "a file" if len(files) == 1 else "files"
    if message.poll is not None:
        return "a poll"
    if message.message_snapshots:
        return "a forwarded message"
    if message.stickers:
        return "a sticker"
    return "a preview of a link" if message.embeds else None
