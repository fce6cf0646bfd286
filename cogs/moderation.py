"""`/moderate`: what organisers decide about questions and answers. They never learn who asked."""

from collections.abc import Awaitable, Callable, Iterable

import discord
from discord import app_commands
from discord.ext import commands

from bot.adapters.discord.actors import actor_of
from bot.adapters.discord.forms import open_form
from bot.adapters.discord.render import mark_of
from bot.adapters.discord.replies import Interaction, say, show, turn_page
from bot.communities.blocks import BLOCK, BLOCK_AUTHOR, CAN_BLOCK
from bot.communities.service import Actor
from bot.communities.subjects import EXPERIENCE
from bot.core.errors import UserError
from bot.core.ids import CHOOSE, chosen
from bot.core.paging import page_of, target_of
from bot.core.post import Button, Job, Post, Style
from bot.core.text import escape
from bot.experiences.author_blocks import AuthorBlocks
from bot.experiences.hiding import Hiding
from bot.experiences.replies import taken_down
from bot.experiences.views import ExperienceView
from bot.questions.cards import APPROVE, DECLINE, HIDE, MERGE, question_name
from bot.questions.model import SHOWN, QuestionState
from bot.questions.moderation import Moderated, Moderating
from bot.questions.replies import UNDO_DECISION, moderated_name
from bot.questions.search import Finding, Written
from cogs.choices import (
    MOST,
    Choices,
    Suggest,
    question_choices,
    questions_like,
    suggestions,
)
from cogs.deciding import deciding
from cogs.moderation_queue import ModerationQueue
from cogs.question_forms import MergeForm

UNBLOCK, BLOCKED = "moderate_unblock", "moderate_blocked"
SHOW_AGAIN, LOCK = "moderate_show", "moderate_lock"
MOST_EXPERIENCES = 10  # beside questions
BLOCKABLE = (
    *SHOWN,
    QuestionState.HIDDEN,
    QuestionState.WAITING,
    QuestionState.DECLINED,
    QuestionState.DELETED,
)
BLOCKED_SENTENCE = (
    "Blocked. Whoever wrote this can write on without a name, and nobody sees it; they are not "
    "told. `/moderate unblock` takes it back."
)


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class Moderation(
    commands.GroupCog, name="moderate", description="Questions and answers (organisers)"
):
    """`actions` and `menus` are the buttons and context menus that belong to it."""

    def __init__(
        self,
        moderating: Moderating,
        finding: Finding,
        hiding: Hiding,
        author_blocks: AuthorBlocks,
        queue: ModerationQueue,
    ) -> None:
        self._moderating = moderating
        self._queue = queue
        self._finding = finding
        self._hiding = hiding
        self._author_blocks = author_blocks
        self.actions = {
            **queue.actions,
            APPROVE: self._approve,
            MERGE: self._open_merge,
            DECLINE: self._decline,
            BLOCK: self._block,
            UNBLOCK: self._unblock,
            SHOW_AGAIN: self._show_again,
            HIDE: self._hide_posted,
            LOCK: self._lock,
            UNDO_DECISION: self._reconsider,
            BLOCKED: self._turn_blocked,
        }
        hide = app_commands.ContextMenu(name="Hide this", callback=self._hide_message)
        hide.guild_only = True
        hide.default_permissions = discord.Permissions(manage_guild=True)
        self.menus = [hide]

    async def cog_load(self) -> None:
        """Each option that names a question suggests some."""
        self.hide.autocomplete("question")(questions_like(self._finding, SHOWN))
        self.block.autocomplete("what")(self._blockable_like)
        self.show_again.autocomplete("what")(_moderated_like(self._hidden))
        self.unblock.autocomplete("what")(_moderated_like(self._blocking))

    @app_commands.command(description="List what waits for organisers, and open each card")
    async def queue(self, interaction: Interaction) -> None:
        await show(interaction, await self._queue.page(await actor_of(interaction), 0))

    @app_commands.command(description="Hide a question; its thread stays")
    @app_commands.describe(question="Its number, or a word of it")
    async def hide(self, interaction: Interaction, question: str) -> None:
        await self._hide(interaction, Written(question_id=chosen(question)))

    @app_commands.command(name="show", description="Show what was hidden or taken down again")
    @app_commands.describe(what="A word of it")
    async def show_again(self, interaction: Interaction, what: str) -> None:
        await self._show_again(interaction, what)

    @app_commands.command(description="Block the anonymous author of a question or an experience")
    @app_commands.describe(what="A question's number, or a word of it or of an experience")
    async def block(self, interaction: Interaction, what: str) -> None:
        is_number = "." not in what
        await self._block(interaction, f"question.{chosen(what)}" if is_number else what)

    @app_commands.command(description="Unblock an author, by what they were blocked for")
    @app_commands.describe(what="A word of it")
    async def unblock(self, interaction: Interaction, what: str) -> None:
        await self._unblock(interaction, what)

    @app_commands.command(description="List what authors are blocked for")
    async def blocked(self, interaction: Interaction) -> None:
        await show(interaction, await self._blocked_page(interaction, 0))

    async def _hide_message(self, interaction: Interaction, message: discord.Message) -> None:
        """The context menu, on a question, an answer or an experience of ours."""
        actor, mark = await actor_of(interaction), mark_of(message)
        actor.require_organiser()
        experience = await self._hiding.behind(actor, mark)
        if experience is None:
            await self._hide(interaction, await self._finding.behind(actor, mark))
            return
        hidden = await self._hiding.hide(actor, experience)
        reply = taken_down(hidden, actor.community_ref, can_block=True)
        await say(interaction, reply.text, *reply.buttons)

    async def _hidden(self, actor: Actor) -> list[Moderated]:
        """Questions, answers and experiences that `/moderate show` shows again."""
        return [
            *await self._moderating.hidden(actor),
            *_as_moderated(await self._hiding.hidden(actor)),
        ]

    async def _blocking(self, actor: Actor) -> list[Moderated]:
        """Questions, answers and experiences for which their authors are blocked."""
        return [
            *await self._moderating.blocking(actor),
            *_as_moderated(await self._author_blocks.blocking(actor)),
        ]

    @suggestions
    async def _blockable_like(self, interaction: Interaction, typed: str) -> Choices:
        """Questions, and anonymous experiences, for which an author can be blocked."""
        actor = await actor_of(interaction)
        questions = await self._finding.like(actor, typed, BLOCKABLE)
        experiences = _choices(_as_moderated(await self._author_blocks.blockable(actor)), typed)
        experiences = experiences[:MOST_EXPERIENCES]
        return [*question_choices(questions)[: MOST - len(experiences)], *experiences]

    async def _hide_posted(self, interaction: Interaction, target: str) -> None:
        """*Hide it*, on a notice or after approving: it may be in a direct message."""
        by = await deciding(interaction, target)
        await self._hide(interaction, Written(question_id=by.number), by.actor)

    async def _hide(
        self, interaction: Interaction, written: Written, actor: Actor | None = None
    ) -> None:
        actor = actor or await actor_of(interaction)
        lock = []
        if written.answer_id:
            await self._moderating.hide_answer(actor, written.answer_id)
            target = f"answer.{written.answer_id}"
        else:
            hidden = await self._moderating.hide(actor, written.question_id)
            target = f"question.{written.question_id}"
            if hidden.own_thread:
                lock = [Button(LOCK, str(hidden.id), "Lock its thread")]
        if interaction.guild_id is None:
            await say(interaction, "Hidden. `/moderate show` shows it again.")
            return
        await say(
            interaction,
            f"Hidden. {CAN_BLOCK}",
            Button(SHOW_AGAIN, target, "Undo"),
            *lock,
            Button(BLOCK, target, BLOCK_AUTHOR, Style.DANGER),
        )

    async def _lock(self, interaction: Interaction, number: str) -> None:
        actor = await actor_of(interaction)
        guild = interaction.guild
        if guild is not None and not guild.me.guild_permissions.manage_threads:
            raise UserError(
                "I can't lock threads: I'm missing *Manage Threads*. Give it to me, or lock the "
                "thread yourself by its menu."
            )
        await self._moderating.lock(actor, chosen(number))
        await say(interaction, "Locked: members can't write in its thread any more.")

    async def _show_again(self, interaction: Interaction, target: str) -> None:
        actor, kind, number = await actor_of(interaction), *_written(target)
        if kind == "answer":
            await self._moderating.show_answer_again(actor, number)
        elif kind == EXPERIENCE:
            await self._hiding.show_again(actor, number)
        else:
            await self._moderating.show_again(actor, number)
        await say(interaction, "It is shown again.")

    async def _block(self, interaction: Interaction, target: str) -> None:
        actor, kind, number = await actor_of(interaction), *_written(target)
        if kind == EXPERIENCE:
            await self._author_blocks.block(actor, number)
        else:
            await self._moderating.block(actor, **{f"{kind}_id": number})
        await say(interaction, BLOCKED_SENTENCE, Button(UNBLOCK, target, "Undo"))

    async def _unblock(self, interaction: Interaction, target: str) -> None:
        actor, kind, number = await actor_of(interaction), *_written(target)
        if kind == EXPERIENCE:
            await self._author_blocks.unblock(actor, number)
        else:
            await self._moderating.unblock(actor, **{f"{kind}_id": number})
        await say(interaction, "Unblocked. What they wrote meanwhile stays unseen.")

    async def _approve(self, interaction: Interaction, target: str) -> None:
        by = await deciding(interaction, target)
        approved = await self._moderating.approve(by.actor, by.number, by.version)
        hide = Button(HIDE, by.target, "Hide it")
        await say(interaction, f"{question_name(approved)} is posted.", hide)

    async def _decline(self, interaction: Interaction, target: str) -> None:
        by = await deciding(interaction, target)
        await self._moderating.decline(by.actor, by.number, by.version)
        undo = Button(UNDO_DECISION, by.target, "Undo")
        await say(interaction, "Declined; I tell whoever asked.", undo)

    async def _reconsider(self, interaction: Interaction, target: str) -> None:
        by = await deciding(interaction, target)
        await self._moderating.reconsider(by.actor, by.number)
        await say(interaction, "Undone: the question waits again. I tell whoever asked.")

    async def _open_merge(self, interaction: Interaction, target: str) -> None:
        async def send(sender: Interaction, into: str) -> None:
            by = await deciding(sender, target)
            await self._moderating.merge(by.actor, by.number, chosen(into), by.version)
            undo = Button(UNDO_DECISION, by.target, "Undo")
            await say(sender, "Merged; I tell whoever asked.", undo)

        by = await deciding(interaction, target)
        others = await self._moderating.mergeable(by.actor, by.number, by.version)
        if not others:
            await say(interaction, "There is no other question yet that it could be merged into.")
            return
        await open_form(interaction, MergeForm(others, send))

    async def _blocked_page(self, interaction: Interaction, number: int) -> Post:
        found = await self._blocking(await actor_of(interaction))
        return page_of(
            "Blocked for these",
            [f"- {escape(moderated_name(one))}" for one in found],
            number,
            BLOCKED,
            empty="Nobody is blocked.",
            job=Job.QUESTIONS,
        )

    async def _turn_blocked(self, interaction: Interaction, target: str) -> None:
        number, _ = target_of(target)
        await turn_page(interaction, await self._blocked_page(interaction, number))


def _written(target: str) -> tuple[str, int]:
    """The kind and the id in a target such as `answer.7`. Raises UserError for any other text."""
    kind, _, number = target.partition(".")
    if kind not in ("question", "answer", EXPERIENCE):
        raise UserError(CHOOSE)
    return kind, chosen(number)


def _as_moderated(experiences: Iterable[ExperienceView]) -> list[Moderated]:
    return [Moderated(f"{EXPERIENCE}.{one.id}", 0, one.title) for one in experiences]


def _choices(found: Iterable[Moderated], typed: str) -> Choices:
    names = ((moderated_name(one), one.target) for one in found)
    return [
        app_commands.Choice(name=name, value=target)
        for name, target in names
        if typed.casefold() in name.casefold()
    ][:MOST]


def _moderated_like(found: Callable[[Actor], Awaitable[list[Moderated]]]) -> Suggest:
    """Autocomplete of questions and answers."""

    @suggestions
    async def like(interaction: Interaction, typed: str) -> Choices:
        return _choices(await found(await actor_of(interaction)), typed)

    return like
