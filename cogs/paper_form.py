"""The form for a paper that no source knows, and what leads to it."""

import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import discord

from bot.adapters.discord.actors import actor_of
from bot.adapters.discord.fields import text_field, value_of
from bot.adapters.discord.forms import Form
from bot.adapters.discord.replies import Interaction
from bot.communities.service import Actor
from bot.core.errors import UserError
from bot.core.post import Button, Style
from bot.core.text import ELLIPSIS, cut
from bot.papers.nominations import (
    LONGEST_LINK,
    LONGEST_REASON,
    LONGEST_TITLE,
    NeedsDetails,
    Nominated,
    Nominations,
    Outcome,
    PaperDraft,
    Unconfirmed,
)

DETAILS, SAME = "details", "same"
LONGEST_AUTHORS = 500


@dataclass(frozen=True)
class Draft:
    """What a member has given of a paper that no source knows."""

    title: str
    link: str
    why: str = ""

    @property
    def label(self) -> str:
        """As much of it as a button can hold."""
        return cut(self.title or self.link, 80)

    @classmethod
    def of_label(cls, label: str) -> "Draft":
        """What is left of it after a restart. Half an address is no address."""
        if not label.startswith(("http://", "https://")):
            return cls(title=label, link="")
        return cls(title="", link="" if label.endswith(ELLIPSIS) else label)


class PaperDrafts:
    """What nominators look at before they post it, the latest of them; a restart forgets it."""

    def __init__(self, kept: int = 1000) -> None:
        self._kept = kept
        self._drafts: OrderedDict[tuple[str, str, str], PaperDraft] = OrderedDict()

    def keep(self, actor: Actor, draft: PaperDraft) -> str:
        """Keep a draft; returns the id that its buttons hold."""
        draft_id = secrets.token_hex(4)
        self._drafts[self._key(actor, draft_id)] = draft
        if len(self._drafts) > self._kept:
            self._drafts.popitem(last=False)
        return draft_id

    def get(self, actor: Actor, draft_id: str) -> PaperDraft:
        """The member's own draft, or UserError once it is gone."""
        draft = self._drafts.get(self._key(actor, draft_id))
        if draft is None:
            raise UserError("That draft has expired. Nominate the paper again: `/paper nominate`.")
        return draft

    def drop(self, actor: Actor, draft_id: str) -> None:
        self._drafts.pop(self._key(actor, draft_id), None)

    @staticmethod
    def _key(actor: Actor, draft_id: str) -> tuple[str, str, str]:
        return actor.community_ref, actor.member_ref, draft_id


Show = Callable[[Interaction, Outcome | Unconfirmed], Awaitable[None]]


class PaperForm(Form, title="Nominate a paper"):
    """For a paper that no source knows."""

    def __init__(
        self,
        nominations: Nominations,
        show: Show,
        *,
        title: str = "",
        authors: str = "",
        link: str = "",
        why: str = "",
    ) -> None:
        super().__init__()
        self._nominations, self._show = nominations, show
        self.paper_title = text_field("Title", "as it stands on the paper", title, LONGEST_TITLE)
        self.authors = text_field(
            "Authors", "Ada Lovelace, Alan Turing", authors, LONGEST_AUTHORS, required=False
        )
        self.link = text_field("Link", "https://…", link, LONGEST_LINK, required=False)
        self.why = text_field("Why this paper?", "", why, LONGEST_REASON, required=False)
        for field in (self.paper_title, self.authors, self.link, self.why):
            self.add_item(field)

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        outcome = await self._nominations.preview(
            await actor_of(interaction),
            title=value_of(self.paper_title),
            authors=value_of(self.authors),
            link=value_of(self.link),
            reason=value_of(self.why),
        )
        await self._show(interaction, outcome)

    def again(self) -> "PaperForm":
        return PaperForm(
            self._nominations,
            self._show,
            title=value_of(self.paper_title),
            authors=value_of(self.authors),
            link=value_of(self.link),
            why=value_of(self.why),
        )


def next_steps(outcome: Outcome) -> tuple[Button, ...]:
    """What the person may want to press after a nomination."""
    match outcome:
        case NeedsDetails(_, title, link):
            return (Button(DETAILS, Draft(title, link).label, "Type it in", Style.PRIMARY),)
        case Nominated(nomination, similar, _) if similar is not None:
            pair = f"{nomination.id}.{similar.id}"
            return (Button(SAME, pair, "The same: join them", Style.PRIMARY),)
        case _:
            return ()
