"""`/paper`: nominate, vote, look things up."""

import re
from collections import OrderedDict
from dataclasses import replace

import discord
from discord import app_commands
from discord.ext import commands

from bot.adapters.discord.actors import actor_of
from bot.adapters.discord.forms import open_form
from bot.adapters.discord.replies import Interaction, say, show, think, turn_page
from bot.communities.service import Actor
from bot.core.errors import UserError
from bot.core.ids import chosen, pressed
from bot.core.paging import page_of, target_of
from bot.core.post import Button, Menu, Post
from bot.core.text import cut, one_line, plural
from bot.papers.cards import VOTE, paper_link
from bot.papers.library import Library
from bot.papers.nominations import (
    LONGEST_LINK,
    LONGEST_REASON,
    LONGEST_TITLE,
    NeedsDetails,
    Nominations,
    Outcome,
    Unconfirmed,
)
from bot.papers.replies import (
    DROP_DRAFT,
    FIX_DRAFT,
    POST_DRAFT,
    QUEUE_VOTE,
    history_row,
    outcome_sentence,
    paper_card,
    paper_row,
    preview_card,
    queue_row,
    queue_votes,
)
from cogs.choices import MOST, Choices, or_why, suggestions, titled
from cogs.paper_form import (
    DETAILS,
    LONGEST_AUTHORS,
    SAME,
    Draft,
    PaperDrafts,
    PaperForm,
    next_steps,
)

NO_PAPERS = "Nothing has been nominated yet. /paper nominate takes any link."
NOT_YOURS = "You have no such nomination that is up for vote."
SHOW_PAPER = "show_paper"
LONGEST_SEARCH = 60  # a button's id holds it
DRAFTS_KEPT = 1000


@app_commands.guild_only()
class Papers(commands.GroupCog, name="paper", description="The papers this group reads"):
    """`actions` and `menus` are the buttons and context menus that belong to it."""

    def __init__(self, nominations: Nominations, library: Library) -> None:
        self._nominations = nominations
        self._library = library
        self._drafts: OrderedDict[Actor, Draft] = OrderedDict()
        self._previews = PaperDrafts()
        nominate_message = app_commands.ContextMenu(
            name="Nominate this paper", callback=self._nominate_message
        )
        nominate_message.guild_only = True
        self.menus = [nominate_message]
        self.actions = {
            VOTE: self._vote,
            DETAILS: self._open_form,
            SAME: self._same_paper,
            POST_DRAFT: self._post_draft,
            FIX_DRAFT: self._fix_draft,
            DROP_DRAFT: self._drop_draft,
            "queue": self._turn_queue,
            QUEUE_VOTE: self._vote_in_queue,
            "history": self._turn_history,
            "search": self._turn_search,
            SHOW_PAPER: self._show_chosen,
        }

    @app_commands.command(description="Put a paper forward, by link, id, DOI or title")
    @app_commands.describe(
        link="A link, an arXiv id, a DOI or the title",
        why="Why the group should read it; shown with the paper",
    )
    async def nominate(
        self,
        interaction: Interaction,
        link: app_commands.Range[str, 1, 1000],
        why: app_commands.Range[str, 1, LONGEST_REASON] | None = None,
    ) -> None:
        await self._nominate(interaction, link, why)

    @app_commands.command(description="Show what is up for vote, with votes")
    async def queue(self, interaction: Interaction) -> None:
        await show(interaction, await self._queue_page(interaction, 0))

    @app_commands.command(name="show", description="Show a paper: abstract, links, votes")
    @app_commands.describe(paper="Type a part of its title")
    async def show_paper(self, interaction: Interaction, paper: str) -> None:
        actor = await actor_of(interaction)
        await show(interaction, paper_card(await self._library.show(actor, chosen(paper))))

    @app_commands.command(description="Find papers by title, author, venue or year")
    @app_commands.describe(text="Words to look for; all must occur")
    async def search(
        self, interaction: Interaction, text: app_commands.Range[str, 1, LONGEST_SEARCH]
    ) -> None:
        await show(interaction, await self._search_page(interaction, text, 0))

    @app_commands.command(description="List the papers this group has discussed")
    async def history(self, interaction: Interaction) -> None:
        await show(interaction, await self._history_page(interaction, 0))

    @app_commands.command(description="Take back your nomination; organisers can take any")
    @app_commands.describe(nomination="Type a part of its title")
    async def withdraw(self, interaction: Interaction, nomination: str) -> None:
        actor = await actor_of(interaction)
        withdrawn = await self._nominations.withdraw(actor, chosen(nomination))
        undo = Button("undo_withdraw", str(withdrawn.id), "Undo")
        await say(interaction, f"Withdrawn: {paper_link(withdrawn.paper)}.", undo)

    @show_paper.autocomplete("paper")
    @suggestions
    async def _papers_like(self, interaction: Interaction, typed: str) -> Choices:
        actor = await actor_of(interaction)
        papers = await self._library.search(actor, typed, limit=MOST)
        fitting = titled((paper.title, paper.id) for paper in papers)
        return or_why(fitting, "No paper here has these words." if typed else NO_PAPERS)

    @withdraw.autocomplete("nomination")
    @suggestions
    async def _nominations_like(self, interaction: Interaction, typed: str) -> Choices:
        actor = await actor_of(interaction)
        own_or_any = (
            (nomination.paper.title, nomination.id)
            for nomination in await self._nominations.queue(actor)
            if actor.organiser or nomination.member_ref == actor.member_ref
        )
        return or_why(titled(own_or_any, typed), NOT_YOURS)

    async def _nominate_message(self, interaction: Interaction, message: discord.Message) -> None:
        """The context menu: the first paper that the message, or a preview in it, links to."""
        embeds = [embed.url for embed in message.embeds if embed.url]
        found = re.search(r"\S", message.content)
        if found is None and not embeds:
            raise UserError("There is no text in that message, so there is no paper to find.")
        text = "\n".join([message.content, *embeds])
        await self._nominate(interaction, text, None, title_allowed=False)

    async def _nominate(
        self, interaction: Interaction, text: str, why: str | None, *, title_allowed: bool = True
    ) -> None:
        await think(interaction)
        actor = await actor_of(interaction)
        outcome = await self._nominations.nominate(actor, text, why, title_allowed=title_allowed)
        if isinstance(outcome, NeedsDetails):
            self._keep(actor, Draft(outcome.title, outcome.link, why or ""))
        await self._show_outcome(interaction, outcome)

    async def _show_outcome(self, interaction: Interaction, outcome: Outcome | Unconfirmed) -> None:
        if isinstance(outcome, Unconfirmed):
            draft_id = self._previews.keep(await actor_of(interaction), outcome.draft)
            await show(interaction, preview_card(outcome, draft_id))
        else:
            await say(interaction, outcome_sentence(outcome), *next_steps(outcome))

    async def _post_draft(self, interaction: Interaction, draft_id: str) -> None:
        actor = await actor_of(interaction)
        outcome = await self._nominations.post(actor, self._previews.get(actor, draft_id))
        done = Post("Nominated", outcome_sentence(outcome), buttons=next_steps(outcome))
        await turn_page(interaction, done)

    async def _fix_draft(self, interaction: Interaction, draft_id: str) -> None:
        draft = self._previews.get(await actor_of(interaction), draft_id)
        await open_form(
            interaction,
            self._form(draft.title, draft.link, draft.reason or "", ", ".join(draft.authors)),
        )

    def _form(self, title: str, link: str, why: str, authors: str = "") -> PaperForm:
        """The form, filled in as far as its fields have room."""
        return PaperForm(
            self._nominations,
            self._show_outcome,
            title=cut(title, LONGEST_TITLE),
            authors=cut(authors, LONGEST_AUTHORS),
            link=link if len(link) <= LONGEST_LINK else "",
            why=why,
        )

    async def _drop_draft(self, interaction: Interaction, draft_id: str) -> None:
        self._previews.drop(await actor_of(interaction), draft_id)
        await turn_page(interaction, Post("Cancelled", "Nothing was posted."))

    async def _vote(self, interaction: Interaction, nomination_id: str) -> None:
        actor = await actor_of(interaction)
        vote = await self._nominations.toggle_vote(actor, pressed(nomination_id))
        did = "Your vote counts" if vote.counted else "Your vote is taken back"
        votes = plural(vote.nomination.votes, "vote")
        await say(interaction, f"{did}: {paper_link(vote.nomination.paper)} has {votes}.")

    def _keep(self, actor: Actor, draft: Draft) -> None:
        self._drafts[actor] = draft
        if len(self._drafts) > DRAFTS_KEPT:
            self._drafts.popitem(last=False)

    async def _open_form(self, interaction: Interaction, label: str) -> None:
        draft = self._drafts.get(await actor_of(interaction))
        if draft is None or draft.label != label:
            draft = Draft.of_label(label)
        await open_form(
            interaction,
            self._form(draft.title, draft.link, draft.why),
        )

    async def _same_paper(self, interaction: Interaction, pair: str) -> None:
        mine, _, other = pair.partition(".")
        actor = await actor_of(interaction)
        joined = await self._nominations.same_paper(actor, pressed(mine), pressed(other))
        votes = plural(joined.votes, "vote")
        await say(interaction, f"Joined: {paper_link(joined.paper)} has {votes}.")

    async def _queue_page(self, interaction: Interaction, number: int) -> Post:
        actor = await actor_of(interaction)
        nominations = await self._nominations.queue(actor)
        voted = await self._nominations.votes_of(actor)
        rows = [queue_row(n, one, voted=one.id in voted) for n, one in enumerate(nominations, 1)]
        empty = "Nothing is nominated yet. `/paper nominate` takes any link."
        page = page_of("Up for vote", rows, number, "queue", empty=empty)
        return queue_votes(page, number, nominations, voted)

    async def _vote_in_queue(self, interaction: Interaction, target: str) -> None:
        """Vote from the list, or take the vote back; the list shows it."""
        number, nomination_id = target_of(target)
        await self._nominations.toggle_vote(await actor_of(interaction), chosen(nomination_id))
        await turn_page(interaction, await self._queue_page(interaction, number))

    async def _history_page(self, interaction: Interaction, number: int) -> Post:
        discussed = await self._library.history(await actor_of(interaction))
        rows = [history_row(one) for one in discussed]
        empty = "Nothing was discussed yet. `/schedule show` tells when we meet."
        return page_of("Discussed so far", rows, number, "history", empty=empty)

    async def _search_page(self, interaction: Interaction, text: str, number: int) -> Post:
        papers = await self._library.search(await actor_of(interaction), text)
        rows = [paper_row(paper) for paper in papers]
        options = {
            row: (str(paper.id), one_line(paper.title))
            for row, paper in zip(rows, papers, strict=True)
        }
        empty = "Nothing here has all of these words. `/paper nominate` puts a paper forward."
        page = page_of("Papers found", rows, number, "search", empty=empty, argument=one_line(text))
        on_page = dict(options[row] for row in page.details)
        return replace(page, menu=Menu(SHOW_PAPER, "Show one of these", tuple(on_page.items())))

    async def _show_chosen(self, interaction: Interaction, paper_id: str) -> None:
        actor = await actor_of(interaction)
        await show(interaction, paper_card(await self._library.show(actor, chosen(paper_id))))

    async def _turn_queue(self, interaction: Interaction, target: str) -> None:
        number, _ = target_of(target)
        await turn_page(interaction, await self._queue_page(interaction, number))

    async def _turn_history(self, interaction: Interaction, target: str) -> None:
        number, _ = target_of(target)
        await turn_page(interaction, await self._history_page(interaction, number))

    async def _turn_search(self, interaction: Interaction, target: str) -> None:
        number, text = target_of(target)
        await turn_page(interaction, await self._search_page(interaction, text, number))
