"""`/experience`: reading, finding, correcting and writing accounts of internships."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from discord import app_commands
from discord.ext import commands

from bot.adapters.discord.actors import actor_of
from bot.adapters.discord.forms import open_form
from bot.adapters.discord.replies import Interaction, say, show, turn_page
from bot.communities.subjects import EXPERIENCE
from bot.core.errors import UserError
from bot.core.ids import GONE, chosen
from bot.core.paging import target_of
from bot.core.post import Button, Post, Style
from bot.core.text import one_line
from bot.experiences.archive import LONGEST_FACT, MOST_LABELS, Archive, Wanted
from bot.experiences.cards import facts_to_correct, whole_account
from bot.experiences.corrections import CORRECTABLE, Corrections
from bot.experiences.keys import CORRECT, CORRECT_FACT, DELETE, READ, REVERT, REVISE, TURN
from bot.experiences.labels import label_of, labels_in
from bot.experiences.own import OwnExperiences
from bot.experiences.replies import (
    corrected_sentence,
    edited_sentence,
    page_card,
    submitted_sentence,
)
from bot.experiences.submissions import Submissions
from cogs.choices import MOST, Choices, suggestions, titled
from cogs.experience_decisions import ExperienceDecisions
from cogs.experience_forms import AccountForm, CorrectionForm

LONGEST_SEARCH = 40
ASK_ONCE = "experience_ask"  # of cards that were posted when only accounts could be asked about
FILTERS = {
    "organisation": "Where it was, such as CERN",
    "country": "In which country",
    "role": "As what, such as Research Intern",
    "season": "When, such as Summer 2019",
    "programme": "With which programme, such as MITACS",
    "field": "In which field",
    "tag": "With this tag of the blog's",
}

OpenQuestion = Callable[[Interaction, str], Awaitable[None]]
Filter = app_commands.Range[str, 1, LONGEST_FACT]


@app_commands.guild_only()
class Experiences(
    commands.GroupCog, name="experience", description="First-hand reports of internships"
):
    def __init__(
        self,
        archive: Archive,
        corrections: Corrections,
        submissions: Submissions,
        own: OwnExperiences,
        decisions: ExperienceDecisions,
        open_question: OpenQuestion,
    ) -> None:
        self._archive = archive
        self._corrections = corrections
        self._submissions = submissions
        self._own = own
        self._open_question = open_question
        self.actions = {
            **decisions.actions,
            TURN: self._turn,
            ASK_ONCE: self._ask_about,
            CORRECT: self._choose_fact,
            CORRECT_FACT: self._open_correction,
            READ: self._read,
            REVISE: self._open_revision,
            DELETE: self._delete,
        }

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
        labels = _labels(
            organisation=organisation,
            country=country,
            role=role,
            season=season,
            programme=programme,
            field=field,
            tag=tag,
        )
        await show(interaction, await self._page(interaction, Wanted("", labels), 0))

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
        labels = _labels(
            organisation=organisation,
            country=country,
            role=role,
            season=season,
            programme=programme,
            field=field,
            tag=tag,
        )
        wanted = Wanted(one_line(text)[:LONGEST_SEARCH], labels)  # it may have grown
        await show(interaction, await self._page(interaction, wanted, 0))

    @app_commands.command(description="Write about your own internship; organisers look first")
    @app_commands.describe(
        anonymous="Members and organisers won't see who wrote it. /about: what hosts could find out"
    )
    async def submit(self, interaction: Interaction, anonymous: bool = False) -> None:
        async def send(sender: Interaction, title: str, story: str, link: str) -> None:
            experience = await self._submissions.submit(
                await actor_of(sender), title=title, story=story, link=link, anonymous=anonymous
            )
            edit = Button(REVISE, str(experience.id), "Edit")
            sentence = submitted_sentence(experience, anonymous=anonymous)
            await say(sender, sentence, edit, Button(DELETE, str(experience.id), "Delete"))

        name = "Your internship, anonymously" if anonymous else "Your internship"
        await open_form(interaction, AccountForm(name, send))

    @app_commands.command(description="Edit an experience that you handed in")
    @app_commands.describe(experience="One of yours")
    async def edit(self, interaction: Interaction, experience: str) -> None:
        await self._open_revision(interaction, experience)

    @app_commands.command(description="Delete an experience that you handed in, for good")
    @app_commands.describe(experience="One of yours")
    async def delete(self, interaction: Interaction, experience: str) -> None:
        number = str(chosen(experience))
        button = Button(DELETE, number, "Delete for good", Style.DANGER)
        await say(interaction, "Its text will be gone; this can't be undone.", button)

    @edit.autocomplete("experience")
    @suggestions
    async def _editable(self, interaction: Interaction, typed: str) -> Choices:
        found = await self._own.listed(await actor_of(interaction), editable=True)
        return titled(((experience.title, experience.id) for experience in found), typed)

    @delete.autocomplete("experience")
    @suggestions
    async def _deletable(self, interaction: Interaction, typed: str) -> Choices:
        found = await self._own.listed(await actor_of(interaction), editable=False)
        return titled(((experience.title, experience.id) for experience in found), typed)

    async def _open_revision(self, interaction: Interaction, number: str) -> None:
        async def send(sender: Interaction, title: str, story: str, link: str) -> None:
            author = await actor_of(sender)
            edited = await self._own.edit(author, written.id, title=title, story=story, link=link)
            await say(sender, edited_sentence(edited))

        written = await self._own.read(await actor_of(interaction), chosen(number))
        typed = {"title": written.title, "story": written.story, "link": written.link or ""}
        await open_form(interaction, AccountForm("Edit your experience", send, **typed))

    async def _delete(self, interaction: Interaction, number: str) -> None:
        await self._own.delete(await actor_of(interaction), chosen(number))
        await say(interaction, "Deleted. Questions about it stay.")

    @app_commands.command(description="Ask about an experience")
    @app_commands.describe(experience="Type a word of it")
    async def ask(self, interaction: Interaction, experience: str) -> None:
        await self._ask_about(interaction, experience)

    @ask.autocomplete("experience")
    @suggestions
    async def _experiences_like(self, interaction: Interaction, typed: str) -> Choices:
        found = await self._archive.like(await actor_of(interaction), typed)
        return titled((experience.title or "Untitled", experience.id) for experience in found)

    async def cog_load(self) -> None:
        """Each filter suggests what there is."""
        for command in (self.latest, self.search):
            for kind in FILTERS:
                command.autocomplete(kind)(self._values_of(kind))

    def _values_of(self, kind: str) -> Callable[[Interaction, str], Coroutine[Any, Any, Choices]]:
        @suggestions
        async def values(interaction: Interaction, typed: str) -> Choices:
            found = await self._archive.values(await actor_of(interaction), kind, typed)
            fitting = [value for value in found if len(value) <= LONGEST_FACT]
            return [app_commands.Choice(name=value, value=value) for value in fitting[:MOST]]

        return values

    async def _page(self, interaction: Interaction, wanted: Wanted, number: int) -> Post:
        page = await self._archive.page(await actor_of(interaction), wanted, number)
        return page_card(page, wanted)

    async def _turn(self, interaction: Interaction, target: str) -> None:
        number, rest = target_of(target)
        joined, _, text = rest.partition(".")
        labels = labels_in(joined)
        if labels is None:
            raise UserError(GONE)
        await turn_page(interaction, await self._page(interaction, Wanted(text, labels), number))

    async def _ask_about(self, interaction: Interaction, number: str) -> None:
        await self._open_question(interaction, f"{EXPERIENCE}.{chosen(number)}")

    async def _read(self, interaction: Interaction, number: str) -> None:
        experience = await self._archive.show(await actor_of(interaction), chosen(number))
        await show(interaction, whole_account(experience))

    async def _choose_fact(self, interaction: Interaction, number: str) -> None:
        experience = await self._archive.show(await actor_of(interaction), chosen(number))
        await show(interaction, facts_to_correct(experience))

    async def _open_correction(self, interaction: Interaction, target: str) -> None:
        number, _, kind = target.partition(".")

        async def send(sender: Interaction, value: str) -> None:
            actor = await actor_of(sender)
            corrected = await self._corrections.correct(actor, chosen(number), kind, value)
            if corrected is None:
                await say(sender, "Nothing has changed: that's what it says.")
                return
            argument = f"{actor.community_ref}.{corrected.correction.id}"
            await say(sender, corrected_sentence(corrected), Button(REVERT, argument, "Undo"))

        experience = await self._archive.show(await actor_of(interaction), chosen(number))
        if kind not in CORRECTABLE:
            raise UserError("I don't know that kind of fact.")
        value = experience.facts.get(kind, "")[:LONGEST_FACT]
        await open_form(interaction, CorrectionForm(kind, value, send))


def _labels(**wanted: str | None) -> tuple[str, ...]:
    given = tuple(label_of(kind, value) for kind, value in wanted.items() if value)
    if len(given) > MOST_LABELS:
        raise UserError(f"{MOST_LABELS} filters at once are the most I can follow.")
    return given
