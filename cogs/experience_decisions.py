"""The buttons by which organisers decide about experiences; named authors about corrections."""

from bot.adapters.discord.forms import open_form
from bot.adapters.discord.replies import Interaction, say
from bot.communities.blocks import BLOCK, BLOCK_AUTHOR, CAN_BLOCK
from bot.communities.service import Actor
from bot.communities.subjects import EXPERIENCE
from bot.core.edited import EditedSince
from bot.core.errors import UserError
from bot.core.post import Button, Style
from bot.experiences.cards import experience_link
from bot.experiences.corrections import Corrections
from bot.experiences.hiding import Hiding
from bot.experiences.keys import (
    ACCEPT_CORRECTION,
    APPROVE,
    DECLINE,
    DECLINE_CORRECTION,
    EDIT,
    PUT_BACK,
    RECONSIDER,
    REOPEN,
    REVERT,
    TAKE_DOWN,
)
from bot.experiences.replies import reverted_sentence, taken_down_sentence
from bot.experiences.submissions import Submissions
from bot.experiences.views import ExperienceView
from cogs.deciding import deciding
from cogs.experience_forms import AccountForm

EDITED_MEANWHILE = (
    "Its author has edited it since you opened this form. Look at its card in the organisers' "
    "channel; send yours again only if it is to replace theirs."
)


class ExperienceDecisions:
    """What the buttons do. `actions` are the buttons."""

    def __init__(self, submissions: Submissions, corrections: Corrections, hiding: Hiding) -> None:
        self._submissions = submissions
        self._corrections = corrections
        self._hiding = hiding
        self.actions = {
            APPROVE: self._approve,
            EDIT: self._open_edit,
            DECLINE: self._decline,
            REOPEN: self._reopen,
            TAKE_DOWN: self._take_down,
            PUT_BACK: self._put_back,
            REVERT: self._revert,
            ACCEPT_CORRECTION: self._accept_correction,
            DECLINE_CORRECTION: self._decline_correction,
            RECONSIDER: self._reconsider_correction,
        }

    async def _revert(self, interaction: Interaction, target: str) -> None:
        by = await deciding(interaction, target)
        reverted = await self._corrections.revert(by.actor, by.number)
        await say(interaction, reverted_sentence(reverted))

    async def _accept_correction(self, interaction: Interaction, target: str) -> None:
        by = await deciding(interaction, target)
        accepted = await self._corrections.accept(by.actor, by.number)
        undo = Button(REVERT, by.target, "Undo")
        await say(interaction, f"Corrected: {experience_link(accepted.experience)}.", undo)

    async def _decline_correction(self, interaction: Interaction, target: str) -> None:
        by = await deciding(interaction, target)
        declined = await self._corrections.decline(by.actor, by.number)
        undo = Button(RECONSIDER, by.target, "Undo")
        await say(interaction, f"{experience_link(declined.experience)} stays as it is.", undo)

    async def _reconsider_correction(self, interaction: Interaction, target: str) -> None:
        by = await deciding(interaction, target)
        await self._corrections.reconsider(by.actor, by.number)
        await say(interaction, "Undone: the correction waits for a decision again.")

    async def _approve(self, interaction: Interaction, target: str) -> None:
        by = await deciding(interaction, target)
        approved = await self._submissions.approve(by.actor, by.number, by.version)
        said = f"{experience_link(approved)} is posted."
        await say(interaction, said, Button(TAKE_DOWN, by.target, "Take it down"))

    async def _take_down(self, interaction: Interaction, target: str) -> None:
        by = await deciding(interaction, target)
        taken_down = await self._hiding.hide(by.actor, by.number)
        await say_taken_down(interaction, by.actor, taken_down)

    async def _put_back(self, interaction: Interaction, target: str) -> None:
        by = await deciding(interaction, target)
        put_back = await self._hiding.show_again(by.actor, by.number)
        await say(interaction, f"{experience_link(put_back)} is shown again.")

    async def _decline(self, interaction: Interaction, target: str) -> None:
        by = await deciding(interaction, target)
        declined = await self._submissions.decline(by.actor, by.number, by.version)
        said = f"{experience_link(declined)} is declined; I tell its author."
        if declined.edits:
            said += " The old version stays posted."
        await say(interaction, said, Button(REOPEN, by.target, "Undo"))

    async def _reopen(self, interaction: Interaction, target: str) -> None:
        by = await deciding(interaction, target)
        reopened = await self._submissions.reopen(by.actor, by.number)
        await say(interaction, f"Undone: {experience_link(reopened)} waits for a decision again.")

    async def _open_edit(self, interaction: Interaction, target: str) -> None:
        by = await deciding(interaction, target)
        written = await self._submissions.read(by.actor, by.number)
        seen = written.version

        async def send(sender: Interaction, title: str, story: str, link: str) -> None:
            nonlocal seen
            editor = (await deciding(sender, target)).actor
            typed = {"title": title, "story": story, "link": link}
            try:
                await self._submissions.edit(editor, by.number, seen, **typed)
            except EditedSince as error:
                seen = error.version  # sent again, it replaces what they have heard of
                raise UserError(EDITED_MEANWHILE) from error
            await say(sender, "Changed. It still waits for *Approve* or *Decline*.")

        form = AccountForm(
            "Edit this experience",
            send,
            title=written.title,
            story=written.story,
            link=written.link or "",
        )
        await open_form(interaction, form)


async def say_taken_down(
    interaction: Interaction, actor: Actor, taken_down: ExperienceView
) -> None:
    """Say it with *Undo*; in the server, an anonymous author can be blocked."""
    sentence = taken_down_sentence(taken_down)
    buttons = [Button(PUT_BACK, f"{actor.community_ref}.{taken_down.id}", "Undo")]
    if taken_down.anonymous and interaction.guild_id is not None:
        sentence = f"{sentence} {CAN_BLOCK}"
        target = f"{EXPERIENCE}.{taken_down.id}"
        buttons.append(Button(BLOCK, target, BLOCK_AUTHOR, Style.DANGER))
    await say(interaction, sentence, *buttons)
