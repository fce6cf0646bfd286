"""The form for a paper that no source knows, and what leads to it."""

from dataclasses import dataclass
from typing import Any

import discord

from bot.adapters.discord.ui import Form, actor_of, say
from bot.core.post import Button, Style
from bot.core.text import ELLIPSIS, cut
from bot.papers.cards import outcome_sentence
from bot.papers.nominations import (
    LONGEST_LINK,
    LONGEST_REASON,
    LONGEST_TITLE,
    NeedsDetails,
    Nominated,
    Nominations,
    Outcome,
)
from cogs.forms import text_field, value_of

DETAILS, SAME = "details", "same"


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


class PaperForm(Form, title="Nominate a paper"):
    """For a paper that no source knows."""

    def __init__(
        self,
        nominations: Nominations,
        *,
        title: str = "",
        authors: str = "",
        link: str = "",
        why: str = "",
    ) -> None:
        super().__init__()
        self._nominations = nominations
        self.paper_title = text_field("Title", "as it stands on the paper", title, LONGEST_TITLE)
        self.authors = text_field(
            "Authors", "Ada Lovelace, Alan Turing", authors, 500, required=False
        )
        self.link = text_field("Link", "https://…", link, LONGEST_LINK, required=False)
        self.why = text_field("Why this paper?", "", why, LONGEST_REASON, required=False)
        for field in (self.paper_title, self.authors, self.link, self.why):
            self.add_item(field)

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        outcome = await self._nominations.nominate_typed(
            await actor_of(interaction),
            title=value_of(self.paper_title),
            authors=value_of(self.authors),
            link=value_of(self.link),
            reason=value_of(self.why),
        )
        await say(interaction, outcome_sentence(outcome), *next_steps(outcome))

    def again(self) -> "PaperForm":
        return PaperForm(
            self._nominations,
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
